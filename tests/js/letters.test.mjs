import assert from "node:assert/strict";
import test from "node:test";
import { featureName, neuronName, parameterNames } from "../../nn/assets/letters.js";

test("weights, biases and neurons have the lecture's letters, an index that could only be 1 left out", () => {
  const names = ["w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾", "w₁⁽²⁾", "w₂⁽²⁾", "b⁽²⁾"];
  assert.deepEqual(parameterNames([2, 2, 1]), names);
  assert.deepEqual(
    [neuronName([2, 2, 1], 1, 1), neuronName([2, 2, 1], 2, 0), neuronName([2, 3], 1, 2)],
    ["h₂⁽¹⁾", "f\u0303", "f\u0303₃"],
  );
  assert.equal(parameterNames([2, 12, 1])[33], "w₁₂‚₁⁽¹⁾"); // a comma where an index has two digits
});

test("a feature is written as a formula of x₁ and x₂", () => {
  assert.deepEqual(["x1", "x1 * x2", "sin(3 * x12)"].map(featureName), ["x₁", "x₁·x₂", "sin(3·x₁₂)"]);
});
