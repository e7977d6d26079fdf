import assert from "node:assert/strict";
import test from "node:test";
import { clamp, linspace, mean, range } from "../../autograd/view/assets/arrays.js";
import { isolate, scripts, shorten } from "../../autograd/view/assets/text.js";

test("a long name keeps its beginning and its end", () => {
  assert.equal(shorten("layers[0].neurons[2].w[1]"), "layers[0].neurons[2].w[1]");
  const short = shorten("x".repeat(20) + "y".repeat(20));
  assert.equal(short.length, 26);
  assert.match(short, /^x+…y+$/);
});

test("only a name from right to left is isolated", () => {
  assert.equal(isolate("w"), "w");
  assert.equal(isolate("שלום"), "\u2068שלום\u2069");
});

test("indices are digits in runs below and above the line, as in a drawing", () => {
  assert.deepEqual(scripts("w₁‚₁₀⁽²⁾·x"), [
    ["w", 0],
    ["1,10", -1],
    ["(2)", 1],
    ["·x", 0],
  ]);
  assert.deepEqual(scripts("loss"), [["loss", 0]]);
  assert.deepEqual(scripts(""), []);
});

test("lists of numbers are NumPy's", () => {
  assert.deepEqual(range(3), [0, 1, 2]);
  assert.deepEqual(linspace(-1, 1, 5), [-1, -0.5, 0, 0.5, 1]);
  assert.equal(mean([1, 2, 6]), 3);
  assert.deepEqual(
    [-2, 0.5, 2].map((x) => clamp(x, 0, 1)),
    [0, 0.5, 1],
  );
});
