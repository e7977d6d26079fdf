// ∂L/∂w as a sum over paths: every way from a weight to the loss, each the product of the slopes along it.

/**
 * The paths from a leaf to the network's outputs, for the sample that the tape holds, forward and backward:
 * { nodes, factors, product } each, the last factor being ∂L/∂f. No more than `most` of them.
 */
export function pathsFrom({ tape, graph }, leaf, most) {
  const uses = usesOf(tape.steps);
  const ends = new Set(graph.outputs);
  const found = [];
  const walk = (node, nodes, factors) => {
    if (found.length === most) return;
    if (ends.has(node)) {
      const all = [...factors, tape.grad[node]];
      found.push({ nodes, factors: all, product: all.reduce((a, b) => a * b, 1) });
      return;
    }
    for (const { step, slot } of uses.get(node) ?? []) {
      walk(step.node, [...nodes, step.node], [...factors, step.local[slot]]);
    }
  };
  walk(leaf, [], []);
  return found;
}

/** How many there are: every neuron behind the weight's own is one way on. */
export function countPaths(sizes, layer) {
  return sizes.slice(layer + 2).reduce((product, m) => product * m, 1);
}

/** node → the steps that take it as an operand, and where. */
function usesOf(steps) {
  const uses = new Map();
  for (const step of steps) {
    for (const [slot, parent] of step.parents.entries()) {
      if (!uses.has(parent)) uses.set(parent, []);
      uses.get(parent).push({ step, slot });
    }
  }
  return uses;
}
