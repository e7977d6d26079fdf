import assert from "node:assert/strict";
import test from "node:test";
import { mistakenPass } from "../../autograd/view/assets/mistakes.js";
import { plain } from "../../autograd/view/assets/phrase.js";
import { diagnose, question, ruleOf } from "../../autograd/view/assets/prediction.js";
import { sentence } from "../../autograd/view/assets/sentences.js";
import { diamond } from "./fixtures.mjs";

function said(trace, pass = trace.correct) {
  return Array.from({ length: pass.end + 1 }, (_, time) => plain(sentence(trace, pass, time)));
}

test("every moment has its sentence", () => {
  assert.deepEqual(said(diamond()), [
    "Nothing is computed yet. Press ▶ (or →) for the first step.",
    "Given: parameter w = 2; constant v1 = 3.",
    "Forward: z = w·3 = 2 · 3 = 6.",
    "Forward: L = z·w = 6 · 2 = 12.",
    "zero_grad: every gradient is set to 0, because backward only ever adds to what is there.",
    "Backward begins at L: a number changes with itself one to one, so ∂L/∂L = 1.",
    "Visit L: ∂L/∂L = 1 is complete and is passed on to z and w.",
    "∂L/∂z += ∂L/∂L · ∂L/∂z = 1 · 2 = 2 (0 → 2), where ∂L/∂z = w = 2. z can be visited.",
    "∂L/∂w += ∂L/∂L · ∂L/∂w = 1 · 6 = 6 (0 → 6), where ∂L/∂w = z = 6. 1 of 2 contributions: w has to wait.",
    "Visit z: ∂L/∂z = 2 is complete and is passed on to w and 3.",
    "∂L/∂w += ∂L/∂z · ∂z/∂w = 2 · 3 = 6 (6 → 12). 2 of 2 contributions: w has its gradient.",
    "∂L/∂v1 += ∂L/∂z · ∂z/∂v1 = 2 · 2 = 4 (0 → 4), where ∂z/∂v1 = w = 2. v1 has its gradient.",
    "Done: every node was visited once, after all that used it, and every gradient is complete.",
    "gradient descent: w ← w − 0.1 · ∂L/∂w = 2 − 0.1 · 12 = 0.8.",
  ]);
});

test("an optimizer that is not gradient descent says only what it did", () => {
  const trace = { ...diamond(), update: { by: "Adam" } };
  const last = plain(sentence(trace, trace.correct, trace.correct.end));
  assert.equal(last, "Adam: w goes 2 → 0.8, a step of −1.2, where ∂L/∂w = 12.");
});

test("a mistake is said where it shows", () => {
  const trace = diamond();
  const assigned = said(trace, mistakenPass(trace, "assign"));
  assert.ok(
    assigned.some((text) => text.includes("∂L/∂w = ∂L/∂z") && text.endsWith("The 6 that had arrived is lost.")),
  );
  assert.ok(assigned.includes("Done, with “= instead of +=”: 1 of 4 gradients is wrong."));
  const kept = said(trace, mistakenPass(trace, "keep"));
  assert.ok(kept.some((text) => text.endsWith("The gradient of w is wrong (12 is right).")));
  assert.ok(!kept.some((text) => text.startsWith("zero_grad")));
  const order = said(trace, mistakenPass(trace, "order"));
  const harmless = "Done, with “wrong order of visits”: no gradient is wrong, in this graph it makes no difference.";
  assert.ok(order.includes(harmless));
});

test("what is asked gives all that is needed", () => {
  const trace = diamond();
  const event = trace.correct.event(10);
  assert.equal(
    plain(question(trace, event)),
    "z passes its gradient on to w: ∂L/∂z = 2, and ∂L/∂w was 6. What is ∂L/∂w now?",
  );
});

test("a wrong prediction is told what it forgot", () => {
  const trace = diamond();
  const event = trace.correct.event(10); // 6 + 2 · 3 = 12
  const verdict = (guess) => diagnose(guess, event, ruleOf(trace, event));
  assert.equal(verdict(12), "");
  assert.equal(verdict(12.05), ""); // rounded
  assert.equal(verdict(6), "Forgot to add: 6 had already arrived, and contributions add up.");
  assert.equal(verdict(3), "Forgot the upstream gradient: multiply the local derivative by it.");
  assert.equal(verdict(9), "Forgot the upstream gradient: multiply the local derivative by it.");
  assert.equal(verdict(8), "Forgot the local derivative: multiply 2 by it.");
  assert.equal(verdict(0), "Wrong sign: count the negative factors.");
  assert.equal(verdict(10), "Wrong local derivative: your answer would need 2. The rule: for z = w·3, ∂z/∂w = 3.");
  const idle = { ...event, upstream: 0, contribution: 0, after: 6 };
  assert.equal(diagnose(7, idle, ""), "The upstream gradient is 0: it adds nothing.");
});

test("infinity is the only answer where the gradient is infinite", () => {
  const event = { before: 0, after: Infinity, upstream: 2, local: Infinity, contribution: Infinity };
  assert.equal(diagnose(Infinity, event, ""), "");
  for (const guess of [5, NaN, -Infinity]) assert.notEqual(diagnose(guess, event, ""), "");
});
