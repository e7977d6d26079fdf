import assert from "node:assert/strict";
import test from "node:test";
import { Optimizer } from "../../autograd/view/assets/optimizer.js";
import { Decision, unpack } from "../../nn/assets/network.js";
import * as neuron from "../../nn/assets/neuron.js";
import * as surface from "../../nn/assets/surface.js";
import { ruleOf } from "./fixtures.mjs";

const tanh = (z) => [Math.tanh(z), 1 - Math.tanh(z) ** 2];
const OPS = {
  "dot/5": ruleOf(([v, w, x, y, b]) => [v * x + w * y + b, x, y, v, w, 1]),
  tanh: ruleOf(([z]) => tanh(z)),
  positive: ruleOf(([z]) => [z, 1]),
  halfSquare: ruleOf(([h, y]) => [(h - y) ** 2 / 2, h - y, y - h]),
};
const LOSS = { inputs: 2, nodes: [{ op: "halfSquare", parents: [0, 1] }], result: 2 };
const GRADIENT_DESCENT = { running: 0, rule: (_xp, lr, _t, _w, g) => lr * g };
const NETWORK = [
  { w: [0.5, -1], b: 0.2 },
  { w: [-0.3, 0.8], b: -0.1 },
  { w: [1.2, -0.7], b: 0.05 },
];
const SAMPLES = [
  { x: [0.4, -0.9], target: [1] },
  { x: [1, 0.3], target: [0] },
  { x: [-0.6, 0.5], target: [1] },
];
const graph = new neuron.NeuronGraph(3, "tanh", LOSS, OPS);

function numericGradient(k, j) {
  const moved = (h) =>
    NETWORK.map(({ w, b }, i) => {
      if (i !== k) return { w, b };
      return { w: w.map((wj, n) => wj + (n === j ? h : 0)), b: b + (j === 2 ? h : 0) };
    });
  const loss = (h) => graph.of(moved(h)).meanLoss(SAMPLES);
  return (loss(1e-6) - loss(-1e-6)) / 2e-6;
}

test("the gradient of three neurons is the difference quotient", () => {
  const gradients = graph.of(NETWORK).gradients(SAMPLES);
  for (const k of [0, 1, 2]) {
    for (const j of [0, 1, 2]) {
      assert.ok(Math.abs(gradients[k][j] - numericGradient(k, j)) < 1e-8, `neuron ${k}, parameter ${j}`);
    }
  }
});

test("at a sample, a neuron's gradient is upstream times slope times input", () => {
  const [h1, h2, f] = graph.of(NETWORK).at(SAMPLES[0]);
  assert.ok(Math.abs(h1.z - (0.5 * 0.4 + 0.9 + 0.2)) < 1e-12);
  assert.deepEqual(f.inputs, [h1.h, h2.h]);
  assert.deepEqual(h2.inputs, SAMPLES[0].x);
  for (const one of [h1, h2, f]) {
    const factors = [...one.inputs, 1].map((input) => one.upstream * one.slope * input);
    for (const [j, g] of factors.entries()) assert.ok(Math.abs(g - one.gradient[j]) < 1e-12);
  }
  const [linear] = new neuron.NeuronGraph(1, "positive", LOSS, OPS).of([NETWORK[0]]).at(SAMPLES[0]);
  assert.deepEqual([linear.slope, linear.h, linear.upstream], [1, linear.z, linear.z - 1]);
});

test("a step goes down the gradient", () => {
  const gradients = graph.of(NETWORK).gradients(SAMPLES);
  const before = graph.meanLoss(SAMPLES);
  const after = neuron.descend(NETWORK, gradients, new Optimizer(GRADIENT_DESCENT, 9), 0.1);
  assert.equal(after[1].w[0], NETWORK[1].w[0] - 0.1 * gradients[1][0]);
  assert.equal(after[2].b, NETWORK[2].b - 0.1 * gradients[2][2]);
  assert.ok(graph.of(after).meanLoss(SAMPLES) < before);
});

test("a line is moved through a point, and turned about one", () => {
  const line = { w: [3, 4], b: 7 };
  const zAt = ({ w, b }, x) => w[0] * x[0] + w[1] * x[1] + b;
  const moved = neuron.moveLine(line, [0.5, 2]);
  assert.deepEqual(moved.w, line.w);
  assert.equal(zAt(moved, [0.5, 2]), 0);
  const turned = neuron.turnLine(line, [0.5, 2], [0, 0.1]);
  assert.deepEqual(turned.w, [0, 5]); // as long as before
  assert.equal(zAt(turned, [0.5, 2]), 0);
});

test("the learning rate suits the steepest slope", () => {
  const sigmoid = (z) => [1 / (1 + Math.exp(-z)), 1 / (2 + Math.exp(z) + Math.exp(-z))];
  assert.ok(Math.abs(neuron.learningRate(sigmoid) - 8) < 1e-9);
  assert.equal(neuron.learningRate(tanh), 0.5);
  assert.equal(
    neuron.learningRate((z) => [Number(z >= 0), 0]),
    0.5,
  );
});

test("a surface is projected from its own heights, farthest first, and back at one height", () => {
  const [x, y] = surface.project(0.2, 0.7, 0.3);
  const [x1, y1] = surface.project(0.5, 0.6, 0.3);
  const [du, dv] = surface.unproject(x1 - x, y1 - y);
  assert.ok(Math.abs(du - 0.3) < 1e-12 && Math.abs(dv + 0.1) < 1e-12);
  assert.ok(surface.project(0.2, 0.7, 0.4)[1] < y); // higher is further up
  const heights = surface.heightsOf((u, v) => u + 2 * v, 2);
  assert.deepEqual([heights.low, heights.high], [0, 3]);
  const found = surface.patches(heights, (height) => height / 3);
  assert.equal(found.length, 4);
  assert.ok(Math.abs(found[0].height - (0.25 + 2 * 0.75) / 3) < 1e-12); // u near 0, v near 1: the farthest corner
});

test("a neuron says class 1 from one half on, and none where it is not a number", () => {
  assert.deepEqual([0.49, 0.5, NaN].map(neuron.decide), [0, 1, null]);
});

test("parameters are unpacked neuron by neuron, weights before the bias", () => {
  const layers = unpack([1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 2, 1]);
  assert.deepEqual(layers, [
    [
      { w: [1, 2], b: 3 },
      { w: [4, 5], b: 6 },
    ],
    [{ w: [7, 8], b: 9 }],
  ]);
});

test("one output decides by its threshold, several by the largest", () => {
  const binary = new Decision(1, 0.5);
  assert.deepEqual(
    [[0.5], [0.7]].map((f) => binary.classOf(f)),
    [0, 1],
  );
  assert.deepEqual(
    [-1, 1].map((y) => binary.classOfTarget(y)),
    [0, 1],
  );
  assert.ok(Math.abs(binary.margin([0.2]) - 0.3) < 1e-12);
  const several = new Decision(3, 0);
  assert.equal(several.classOf([1, 5, 3]), 1);
  assert.equal(several.margin([1, 5, 3]), 2);
});
