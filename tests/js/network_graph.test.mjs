import assert from "node:assert/strict";
import test from "node:test";
import { Tape } from "../../autograd/view/assets/tape.js";
import { countParameters, networkGraph } from "../../nn/assets/network_graph.js";
import { ScalarNetwork } from "../../nn/assets/scalar_network.js";
import { ruleOf } from "./fixtures.mjs";

const OPS = {
  "dot/3": ruleOf(([w, x, b]) => [w * x + b, x, w, 1]),
  "dot/5": ruleOf(([v, w, x, y, b]) => [v * x + w * y + b, x, y, v, w, 1]),
  tanh: ruleOf(([z]) => [Math.tanh(z), 1 - Math.tanh(z) ** 2]),
  multiply: ruleOf(([a, b]) => [a * b, b, a]),
  subtract: ruleOf(([a, b]) => [a - b, 1, -1]),
};
const square = { op: "multiply", parents: [2, 2] };
const SQUARED_ERROR = { inputs: 2, nodes: [{ op: "subtract", parents: [0, 1] }, square], result: 3 };
const PRODUCT = { inputs: 2, nodes: [{ op: "multiply", parents: [0, 1] }], result: 2 };
const FIRST = { inputs: 2, nodes: [], result: 0 };

function lossAt(graph, numbers, [x, y]) {
  const tape = new Tape(graph.nodes, OPS);
  const fill = (places, values) => {
    for (const [i, place] of places.entries()) tape.data[place] = values[i];
  };
  fill(graph.parameters, numbers);
  fill(graph.x, x);
  fill(graph.targets, y);
  tape.forward();
  return tape;
}

const SETTINGS = { sizes: [2, 2, 1], activations: ["tanh", "positive"], loss: SQUARED_ERROR };
const NUMBERS = [0.3, -0.2, 0.1, 0.7, 0.4, -0.5, 1.1, -0.6, 0.2];

test("parents come first, and each list of places says what it is", () => {
  const graph = networkGraph(SETTINGS);
  for (const [i, { parents }] of graph.nodes.entries()) assert.ok(parents.every((p) => p < i));
  assert.equal(graph.parameters.length, countParameters(SETTINGS.sizes));
  assert.deepEqual(
    graph.layers.map(({ h }) => h.length),
    [2, 1],
  );
  assert.deepEqual(graph.outputs, graph.layers[1].hPre); // linear: f is w·h + b itself
  assert.equal(graph.nodes[graph.loss].op, "multiply");
});

test("the gradient is the difference quotient, and batches add to it", () => {
  const graph = networkGraph(SETTINGS);
  const sample = [[0.5, -1.5], [0.8]];
  const tape = lossAt(graph, NUMBERS, sample);
  tape.backward(graph.loss);
  for (const [i, place] of graph.parameters.entries()) {
    const at = (h) =>
      lossAt(
        graph,
        NUMBERS.map((w, j) => w + (i === j ? h : 0)),
        sample,
      ).data[graph.loss];
    const quotient = (at(1e-6) - at(-1e-6)) / 2e-6;
    assert.ok(Math.abs(tape.grad[place] - quotient) < 1e-8, `parameter ${i}`);
  }
  const once = graph.parameters.map((place) => tape.grad[place]);
  tape.backward(graph.loss);
  assert.deepEqual(
    graph.parameters.map((place) => tape.grad[place]),
    once.map((g) => 2 * g),
  );
  tape.zeroGrad();
  assert.ok(tape.grad.every((g) => g === 0));
});

test("features are graphs of the sample's numbers, and the network's inputs", () => {
  const features = [PRODUCT, FIRST];
  const graph = networkGraph({ sizes: [2, 1], activations: ["positive"], features, loss: SQUARED_ERROR });
  const tape = lossAt(graph, [10, 1, 0], [[3, 5], [0]]);
  assert.deepEqual(
    graph.features.map((place) => tape.data[place]),
    [15, 3],
  );
  assert.equal(tape.data[graph.outputs[0]], 153);
  tape.backward(graph.outputs[0]);
  assert.deepEqual(
    graph.x.map((place) => tape.grad[place]),
    [10 * 5 + 1, 10 * 3],
  );
});

test("forward stops where it is told to", () => {
  const graph = networkGraph(SETTINGS);
  const tape = lossAt(graph, NUMBERS, [[1, 1], [0]]);
  const before = tape.data[graph.loss];
  tape.data[graph.x[0]] = -1;
  tape.forward(graph.outputs.at(-1) + 1);
  assert.equal(tape.data[graph.loss], before);
  tape.forward();
  assert.notEqual(tape.data[graph.loss], before);
});

test("over a plane, every neuron has the numbers that it has point by point, the top row first", () => {
  const network = new ScalarNetwork(SETTINGS, OPS);
  network.parameters = NUMBERS;
  const { columns } = network.overPlane({ x: [0, 4], y: [-1, 1] }, 2, ([x1, x2]) => [x1, 10 * x2]);
  const points = [[1, 5], [3, 5], [1, -5], [3, -5]]; // biome-ignore format: a table
  for (const [k, point] of points.entries()) {
    const numbers = columns.map((neurons) => neurons.map((values) => values[k]));
    assert.deepEqual(numbers, network.compute(point));
  }
});

test("samples are measured by their mean loss, and counted", () => {
  const network = new ScalarNetwork(SETTINGS, OPS);
  network.parameters = NUMBERS;
  const samples = [[1, 1], [2, -1], [0, 3]].map((x, i) => ({ x, target: [i] })); // biome-ignore format: a table
  const seen = [];
  const { loss, right } = network.measure(samples, ([f], { target }) => seen.push(f) && target[0] > 0);
  const outputs = samples.map(({ x }) => network.outputs(x)[0]);
  assert.deepEqual([seen, right], [outputs, 2]);
  assert.equal(loss, outputs.reduce((sum, f, i) => sum + (f - i) ** 2, 0) / 3);
});
