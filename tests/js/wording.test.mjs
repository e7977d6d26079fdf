import assert from "node:assert/strict";
import test from "node:test";
import { plain } from "../../autograd/view/assets/phrase.js";
import { lettered } from "../../autograd/view/assets/text.js";
import { equation, fill, rule, slope } from "../../autograd/view/assets/wording.js";
import { diamond } from "./fixtures.mjs";

test("what holds together less than it has to is bracketed", () => {
  const [sum, x] = [
    { text: "a + b", binds: 2 },
    { text: "x", binds: 9 },
  ];
  assert.equal(plain(fill("{0:3}·{1:5}", [sum, x])), "(a + b)·x");
  assert.equal(plain(fill("{0:2} + {1:4}", [sum, x])), "a + b + x");
  assert.equal(plain(fill("1 − {y:9}²", [], { text: "−0.5", binds: 3 })), "1 − (−0.5)²");
});

test("equation, slope and rule are in the names of the graph", () => {
  const trace = diamond();
  const [, , z, L] = trace.nodes;
  assert.equal(plain(equation(trace, z)), "z = w·3 = 2 · 3 = 6");
  assert.equal(plain(slope(trace, L, 0)), "∂L/∂z = w = 2");
  assert.equal(plain(slope(trace, z, 0)), ""); // 3 is all that there is to say
  assert.equal(plain(rule(trace, z, 0)), "for z = w·3, ∂z/∂w = 3");
});

test("the lecture's letters travel as ASCII", () => {
  assert.equal(lettered("w_1,12^3"), "w₁‚₁₂⁽³⁾");
  assert.equal(lettered("x_2^"), "x₂");
  assert.equal(lettered("b_^10"), "b⁽¹⁰⁾");
});
