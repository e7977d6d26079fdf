import assert from "node:assert/strict";
import test from "node:test";
import { sampleTrace } from "../../nn/assets/sample_trace.js";
import { ScalarNetwork } from "../../nn/assets/scalar_network.js";
import { ruleOf } from "./fixtures.mjs";

const dot = ruleOf((x) => {
  const m = (x.length - 1) / 2;
  const [w, h] = [x.slice(0, m), x.slice(m, 2 * m)];
  return [w.reduce((sum, wj, j) => sum + wj * h[j], x.at(-1)), ...h, ...w, 1];
});
const OPS = {
  tanh: ruleOf(([z]) => [Math.tanh(z), 1 - Math.tanh(z) ** 2]),
  multiply: ruleOf(([a, b]) => [a * b, b, a]),
  subtract: ruleOf(([a, b]) => [a - b, 1, -1]),
  add: ruleOf(([a, b]) => [a + b, 1, 1]),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 8, 12, 40].map((m) => [`dot/${2 * m + 1}`, dot])),
};
const WORDS = Object.fromEntries(Object.keys(OPS).map((op) => [op, { symbol: op[0] === "d" ? "w·x+b" : op }]));
const MARGIN = { inputs: 2, result: 5 }; // f · (1 − 2y), whose second factor does not come from the network
MARGIN.nodes = [
  { op: "multiply", parents: [1, 1], name: "y·y", binds: 4 },
  { op: "subtract", parents: [1, 2] },
  { op: "multiply", parents: [0, 3] },
  { op: "add", parents: [4, 4] },
];
const SUM = {
  inputs: 6,
  nodes: [
    { op: "dot/5", parents: [0, 1, 2, 3, 4] },
    { op: "add", parents: [6, 5] },
  ],
  result: 7,
};
const FEATURES = [
  { inputs: 2, nodes: [], result: 0 },
  {
    inputs: 2,
    nodes: [
      { op: "multiply", parents: [0, 1] },
      { op: "tanh", parents: [2] },
    ],
    result: 3,
  },
];

/** The trace of a network with weights of all sizes. */
function traceOf(sizes, loss, features) {
  const activations = [...sizes.slice(2).map(() => "tanh"), "positive"];
  const network = new ScalarNetwork({ sizes, activations, loss, features }, OPS);
  network.parameters = network.parameters.map((_, k) => Math.sin(k) * 10 ** ((k % 9) - 6));
  const x = (features ? [0, 1] : sizes.slice(0, 1).flatMap((m) => [...Array(m).keys()])).map((j) => j - 0.5);
  const sample = { x, target: [1, 0, 0].slice(0, sizes.at(-1)) };
  return sampleTrace(network, sample, [sample], WORDS, "sample");
}

const TRACES = {
  "2-2-1": traceOf([2, 2, 1], MARGIN),
  "2-4-3-1": traceOf([2, 4, 3, 1], MARGIN),
  "3-12-8-6-4-3": traceOf([3, 12, 8, 6, 4, 3], SUM),
  "features 2-5-1": traceOf([2, 5, 1], MARGIN, FEATURES),
  "one neuron": traceOf([1, 1], MARGIN),
};
const MAPS = Object.entries(TRACES).flatMap(([name, { levels }]) =>
  levels.map((level) => [`${name}: ${level.name}`, level]),
);

const sides = ([x, y, w, h]) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];

function overlap(a, b) {
  const [[l, t, r, u], [l2, t2, r2, u2]] = [sides(a), sides(b)];
  return l < r2 && l2 < r && t < u2 && t2 < u;
}

/** Points along an SVG path. */
function pointsOf(d) {
  const points = [];
  for (const [, command, numbers] of d.matchAll(/([MHLQC])([^MHLQC]*)/g)) {
    const at = numbers.trim().split(" ").map(Number);
    const [x, y] = points.at(-1) ?? [];
    const stops = command === "H" ? [[at[0], y]] : at.flatMap((u, k) => (k % 2 ? [[at[k - 1], u]] : []));
    const all = command === "M" ? [stops[0]] : [[x, y], ...stops];
    for (let i = 1; i <= 60; i += 1) points.push(casteljau(all, i / 60));
  }
  return points;
}

function casteljau(points, t) {
  if (points.length === 1) return points[0];
  return casteljau(
    points.slice(1).map((p, i) => p.map((v, k) => points[i][k] + t * (v - points[i][k]))),
    t,
  );
}

test("no box covers another, each is on the map, and each frame holds boxes", () => {
  for (const [name, { boxes, size, frames }] of MAPS) {
    for (const [i, { at }] of boxes.entries()) {
      const [left, top, right, bottom] = sides(at);
      assert.ok(left >= -1 && top >= -1 && right <= size[0] + 1 && bottom <= size[1] + 1, name);
      for (const other of boxes.slice(i + 1))
        assert.ok(!overlap(at, other.at), `${name}: ${boxes[i].name}, ${other.name}`);
    }
    for (const { at, title } of frames) {
      const [x, y, w, h] = at;
      const within = boxes.filter((box) => overlap(box.at, [x + w / 2, y + h / 2, w, h]));
      assert.ok(within.length, `${name}: ${title}`);
      for (const box of within) {
        const [left, top, right, bottom] = sides(box.at);
        const held = left >= x && top >= y + 20 && right <= x + w && bottom <= y + h;
        assert.ok(held, `${name}: ${box.name} in ${title}`);
      }
    }
  }
});

test("an arrow leads from the side of one box to that of another, and crosses none", () => {
  for (const [name, { boxes, arrows }] of MAPS) {
    for (const { ends, d, tip } of arrows) {
      const [tail, head] = ends.map((i) => sides(boxes[i].at));
      const points = pointsOf(d);
      const [x, y] = points[0];
      assert.ok(Math.abs(x - tail[2]) <= 1 && y > tail[1] && y < tail[3], name);
      assert.ok(Math.abs(tip[0] - head[0]) <= 1 && tip[1] > head[1] && tip[1] < head[3], name);
      assert.match(d, /C\S+ \S+ \S+ \S+ \S+ \S+$/, "the player reads where an arrow comes from off its last curve");
      for (const [i, box] of boxes.entries()) {
        const [left, top, right, bottom] = sides(box.at);
        const inside = points.filter(([u, v]) => u > left + 1 && u < right - 1 && v > top + 1 && v < bottom - 1);
        assert.equal(inside.length, 0, `${name}: ${ends.map((end) => boxes[end].name)} through ${boxes[i].name}`);
      }
    }
  }
});

test("every slot between two boxes has an arrow, folded boxes share one, and every node has its place", () => {
  for (const trace of Object.values(TRACES)) {
    const nodes = trace.levels.find(({ name }) => name === "nodes");
    const slots = trace.nodes.flatMap(({ parents = [] }) => parents);
    if (nodes) assert.equal(nodes.arrows.length, slots.length);
    for (const { place, boxes, arrows } of trace.levels) {
      assert.equal(place.length, trace.nodes.length);
      assert.deepEqual(
        [...new Set(place)].sort((a, b) => a - b),
        [...boxes.keys()],
      );
      assert.ok(arrows.every(({ ends: [tail, head] }) => tail !== head));
    }
  }
});

test("a neuron opens from the box of its layer, and shows each of its nodes", () => {
  const { levels, parts, part, nodes } = TRACES["2-4-3-1"];
  assert.deepEqual(
    levels.map(({ name }) => name),
    ["nodes", "neurons", "layers"],
  );
  const layer = parts[levels[2].boxes.find(({ name }) => name === "layer 2").opens];
  const shown = layer.boxes.map(([what]) => what);
  const neuron = shown.filter((what) => what < -3).map((what) => -1 - what)[0];
  assert.deepEqual([layer.title, parts[neuron].title, parts[neuron].in], ["layer 2", "neuron 1", 1]);
  const own = nodes.map((_, i) => i).filter((i) => part[i] === neuron);
  assert.equal(own.length, 4 + 1 + 2);
  const drawn = parts[neuron].boxes.map(([what]) => what);
  assert.ok(own.every((i) => drawn.includes(i)));
  assert.ok(drawn.includes(-1) && drawn.includes(-3) && drawn.includes(null)); // the layers beside it, and all else
});

test("a network of too many nodes has no level of single nodes, and one of too many arrows none of neurons", () => {
  assert.deepEqual(
    traceOf([3, 12, 12, 12, 1], MARGIN).levels.map(({ name }) => name),
    ["neurons", "layers"],
  );
  assert.deepEqual(
    traceOf([2, 40, 40, 1], MARGIN).levels.map(({ name }) => name),
    ["layers"],
  );
});
