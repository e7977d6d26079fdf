import assert from "node:assert/strict";
import test from "node:test";
import { breadthFirst, mistakenPass } from "../../autograd/view/assets/mistakes.js";
import { nextTime, stopsHere } from "../../autograd/view/assets/steps.js";
import { matches, operandNote } from "../../autograd/view/assets/trace.js";
import { diamond } from "./fixtures.mjs";

const [W, CONSTANT, Z, L] = [0, 1, 2, 3];

test("the trace is read with names, numbers and what each node waits for", () => {
  const { nodes, root, correct } = diamond();
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ["w", "v1", "z", "L"],
  );
  assert.deepEqual(
    nodes.map(({ data }) => data),
    [2, 3, 6, 12],
  );
  assert.deepEqual(
    nodes.map(({ uses }) => uses),
    [2, 1, 1, 0],
  );
  assert.deepEqual(
    nodes.map(({ kind }) => kind),
    ["parameter", "constant", "result", "result"],
  );
  assert.equal(root, L);
  assert.deepEqual(correct.final, [12, 4, 2, 1]); // L = 3 w²
});

test("going to any moment is a look-up", () => {
  const { correct } = diamond();
  const visitOfZ = correct.history[Z].visit;
  assert.equal(correct.gradient(W, visitOfZ), 6);
  assert.equal(correct.arrived(W, visitOfZ).length, 1);
  assert.equal(correct.complete(W, visitOfZ), false);
  assert.equal(correct.known(W, 3), false); // before zero_grad
  assert.equal(correct.known(W, 4), true);
  assert.equal(correct.data(W, correct.end - 1), 2);
  assert.ok(Math.abs(correct.data(W, correct.end) - 0.8) < 1e-12); // 2 − 0.1 · 12
});

test("each mistake leaves the gradient that it makes", () => {
  const trace = diamond();
  assert.equal(mistakenPass(trace, "assign").final[W], 6); // the second contribution alone
  assert.equal(mistakenPass(trace, "keep").final[W], 24); // twice
  assert.deepEqual(mistakenPass(trace, "order").final, trace.correct.final); // here it makes no difference
  const step = mistakenPass(trace, "assign").events.at(-1);
  assert.ok(Math.abs(step.after - (2 - 0.1 * 6)) < 1e-12);
});

test("the wrong order is breadth first", () => {
  // a → e → f → g and e → g: e is seen from g at once, before f has passed anything on
  const nodes = [[], [0], [1], [2, 1]].map((parents, index) => ({ parents, index }));
  assert.deepEqual(breadthFirst(nodes, 3), [3, 2, 1]);
  const skewed = [[], [0], [1], [1, 2]].map((parents, index) => ({ parents, index }));
  assert.deepEqual(breadthFirst(skewed, 3), [3, 1, 2]);
});

test("a step goes on until the edge, the node or the layer changes, and back the same way", () => {
  const trace = diamond();
  const { correct } = trace;
  for (const grain of ["edge", "node", "layer"]) {
    const there = [0];
    while (there.at(-1) < correct.end) there.push(nextTime(trace, correct, there.at(-1), 1, grain));
    const back = [correct.end];
    while (back.at(-1) > 0) back.push(nextTime(trace, correct, back.at(-1), -1, grain));
    assert.deepEqual(back.reverse(), there, grain);
  }
  assert.equal(nextTime(trace, correct, 5, 1, "node"), 8); // L's visit and both its contributions
});

test("breakpoints are nodes, large gradients and numbers that are not finite", () => {
  const trace = diamond();
  const none = { stops: new Set(), limit: NaN, onNonfinite: false };
  const firstStop = (options) => trace.correct.events.find((event) => stopsHere(trace, event, options));
  assert.equal(firstStop(none), undefined);
  assert.deepEqual(firstStop({ ...none, stops: new Set([Z]) }), { kind: "forward", node: Z, upstream: undefined });
  assert.equal(firstStop({ ...none, limit: 10 }).after, 12);
  trace.nodes[CONSTANT].data = NaN;
  assert.equal(firstStop({ ...none, onNonfinite: true }).kind, "given");
});

test("a node is found by any of its names, and its operands are told apart", () => {
  const { nodes } = diamond();
  assert.deepEqual(
    nodes.filter((node) => matches(node, "×")).map(({ name }) => name),
    ["z", "L"],
  );
  assert.deepEqual(
    nodes.filter((node) => matches(node, "param")).map(({ name }) => name),
    ["w"],
  );
  assert.equal(operandNote({ parents: [4, 4] }, 1), " (use 2 of 2)");
  assert.equal(operandNote({ parents: [4, 5] }, 1), "");
});
