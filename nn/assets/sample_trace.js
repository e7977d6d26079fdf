// A network's loss on one sample as the trace that the player takes (autograd/view/trace.py says what is in it).

import { range } from "../../autograd/view/assets/arrays.js";
import { computeEvents } from "../../autograd/view/assets/events.js";
import { lettered } from "../../autograd/view/assets/text.js";
import { inputLetter, neuronLetter } from "./letters.js";
import { sampleMaps } from "./sample_maps.js";

const KINDS = ["given", "forward", "zero", "seed", "visit", "accumulate", "done"];

/**
 * `network`: a ScalarNetwork; `sample`: { x, target }; `samples`: all that the player can show; `words`: what the op
 * table says of each op; `title`: of the page. The network's numbers are afterwards those of the sample.
 */
export function sampleTrace(network, sample, samples, words, title) {
  network.differentiate([sample]);
  const { graph, tape } = network;
  const order = leavesFirst(graph.nodes, graph.loss);
  const index = new Map(order.map((place, i) => [place, i]));
  const modules = [];
  const parts = partsOf(graph, modules);
  const nodes = order.map((place, i) => {
    const { op, parents, name = "", binds } = graph.nodes[place];
    const local = parents.length ? [...tape.slopes(place)] : [];
    const found = { index: i, op, parents: parents.map((p) => index.get(p)), local, data: tape.data[place] };
    return { ...found, symbol: words[op]?.symbol ?? "", name, binds, module: -1, ...parts.get(place) };
  });
  nameEach(nodes);
  const events = eventsOf(nodes);
  const numbers = new Numbers();
  const ops = [...new Set(nodes.map(({ op }) => op))];
  const places = (list) => list.map((place) => index.get(place)).filter((i) => i !== undefined);
  const inputs = [...graph.x, ...graph.targets];
  const isUsed = inputs.map((place) => index.has(place));
  return {
    format: "chalkgrad trace",
    version: 9,
    title,
    root: index.get(graph.loss),
    model: "model",
    nodes: nodes.map((node) => encodedNode(node, ops, numbers)),
    ops: saidOf(ops, words),
    modules,
    lines: [],
    update: {},
    samples: {
      inputs: places(inputs),
      rows: samples.map(({ x, target }) => [...x, ...target].filter((_, j) => isUsed[j])),
    },
    events: events.map((event) => encodedEvent(event, numbers)),
    notes: [],
    kinds: KINDS,
    numbers: numbers.list,
    op_names: ops,
    ...sampleMaps(
      nodes,
      events,
      graph.layers.map(({ h }) => h.length),
    ),
  };
}

/** What the op table says of each of these ops; leaves are none. */
function saidOf(ops, words) {
  const entries = Object.entries(words).filter(([op]) => ops.includes(op));
  return Object.fromEntries(entries.map(([op, { symbol, ...said }]) => [op, said]));
}

/** What the root depends on, operands first: the leaves by their first use, then the results. */
export function leavesFirst(nodes, root) {
  const [leaves, results] = [[], []];
  const seen = new Set();
  const visit = (place) => {
    if (seen.has(place)) return;
    seen.add(place);
    const { parents } = nodes[place];
    for (const parent of parents) visit(parent);
    (parents.length ? results : leaves).push(place);
  };
  visit(root); // a network is deep by its layers alone
  return [...leaves, ...results];
}

/**
 * Place of a node → what it is in the network: label, letter, and for what belongs to a neuron path, module, layer and
 * neuron. Fills `modules`, each with the one around it.
 */
function partsOf({ x, features, parameters, layers, targets, loss }, modules) {
  const parts = new Map();
  for (const [j, place] of x.entries()) parts.set(place, { label: `x[${j}]`, letter: inputLetter(j) });
  for (const [k, place] of targets.entries()) parts.set(place, { label: targets.length > 1 ? `y[${k}]` : "y" });
  const sizes = [features.length, ...layers.map(({ h }) => h.length)];
  const unread = [...parameters];
  for (const [n, { hPre, h }] of layers.entries()) {
    const layer = modules.push([`layers[${n}]`, -1]) - 1;
    for (const i of range(h.length)) {
      const path = `layers[${n}].neurons[${i}]`;
      const module = modules.push([path, layer]) - 1;
      const put = (place, own, letter, j = -1) => {
        const label = own[0] === "h" ? own : `${path}.${own}`;
        const letters = neuronLetter(sizes, letter, n + 1, i, j);
        parts.set(place, { label, path: `${path}.${own}`, letter: letters, module, layer: n, neuron: i });
      };
      for (const j of range(sizes[n])) put(unread.shift(), `w[${j}]`, "w", j);
      put(unread.shift(), "b", "b");
      put(hPre[i], "h_pre", "h\u0303");
      if (h[i] === hPre[i]) put(h[i], "h", "h\u0303");
      else put(h[i], "h", "h");
    }
  }
  parts.set(loss, { label: "L" });
  return parts;
}

/** Gives every node the name that the player shows: its letter, label or expression, else its number. */
function nameEach(nodes) {
  const taken = new Set();
  for (const node of nodes) {
    const { letter, label, name, index } = node;
    if (letter) node.name = lettered(letter);
    else if (label) node.name = label;
    else if (!name || taken.has(name)) Object.assign(node, { name: `v${index}`, binds: undefined });
    taken.add(node.name);
  }
}

/** Forward, then backward: the result seeds, every other node passes on to its operands, last first. */
function eventsOf(nodes) {
  const results = nodes.filter(({ parents }) => parents.length);
  const uses = nodes.map(() => 0);
  for (const { parents } of results) for (const parent of parents) uses[parent] += 1;
  const passOn = ({ index, parents }) => [
    { kind: "visit", node: index },
    ...parents.map((parent, slot) => ({ kind: "accumulate", node: index, parent, slot, n: uses[parent] })),
  ];
  const root = nodes.length - 1;
  const events = [
    { kind: "given" },
    ...results.map(({ index }) => ({ kind: "forward", node: index })),
    { kind: "zero" },
    { kind: "seed", node: root, upstream: 1 },
    ...results.toReversed().flatMap(passOn),
    { kind: "done" },
  ];
  const start = nodes.map(() => 0);
  return computeEvents({ nodes, root, update: {} }, events, start);
}

// ── encoded ──

class Numbers {
  constructor() {
    this.list = [];
  }

  /** Where it stands in the list. */
  put(x) {
    return this.list.push(x) - 1;
  }
}

function encodedNode(node, ops, numbers) {
  const { op, symbol, label = "", path = label, letter, name, binds, module, parents, local, data } = node;
  const facts = {
    symbol,
    label,
    path: path === label ? "" : path,
    name: letter || name === label ? "" : name,
    letter,
    binds: letter ? undefined : binds,
    module,
    parents,
    local: local.map((x) => numbers.put(x)),
  };
  const told = Object.entries(facts).filter(([, fact]) => fact !== undefined && fact !== -1 && fact.length !== 0);
  return { op: ops.indexOf(op), ...Object.fromEntries(told), data: numbers.put(data) };
}

function encodedEvent({ kind, node, slot, upstream, local, contribution, before, after, k, n }, numbers) {
  const what = KINDS.indexOf(kind);
  if (node === undefined) return [what];
  if (kind === "forward") return [what, node];
  if (kind !== "accumulate") return [what, node, numbers.put(upstream)];
  return [what, node, slot, ...[upstream, local, contribution, before, after].map((x) => numbers.put(x)), k, n];
}
