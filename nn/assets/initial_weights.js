// The weights that a network starts from, drawn with a seed as Python's MLP draws them: biases are 0.

import { range } from "../../autograd/view/assets/arrays.js";
import { Tape } from "../../autograd/view/assets/tape.js";
import { Mersenne } from "./mersenne.js";

/** `init`: { draw, …graph } as nn/page_graph.py writes it. Weights and biases, neuron by neuron. */
export function initialParameters(sizes, init, seed, OPS) {
  const rng = new Mersenne(seed);
  return sizes.slice(1).flatMap((n, l) => {
    const spread = evaluateGraph(init, [sizes[l], n], OPS);
    const draw = { gauss: () => rng.gauss(0, spread), uniform: () => rng.uniform(-spread, spread) }[init.draw];
    return range(n).flatMap(() => [...range(sizes[l]).map(draw ?? (() => spread)), 0]);
  });
}

/** The number of a graph from Python at these inputs. */
function evaluateGraph({ nodes, result }, inputs, OPS) {
  const leaves = inputs.map((data) => ({ op: "input", parents: [], data }));
  const tape = new Tape([...leaves, ...nodes], OPS);
  tape.forward();
  return tape.data[result];
}
