// A graph that is computed again and again: its numbers in flat arrays, its steps in order. Training runs on it.
// A graph is a list of nodes as for engine.js; a constant has its number as `data`.

import { ieee } from "./xp.js";

export class Tape {
  /** `rules`: of the ops, by name. Numbers flow as IEEE says: nothing throws. */
  constructor(nodes, rules) {
    this.data = Float64Array.from(nodes, ({ data = 0 }) => data);
    this.grad = new Float64Array(nodes.length);
    const results = nodes.map((node, i) => ({ ...node, i })).filter(({ parents }) => parents.length);
    this.steps = results.map(({ op, parents, i }) => {
      const numbers = () => new Float64Array(parents.length);
      return { node: i, rule: rules[op], parents, x: numbers(), local: numbers() };
    });
  }

  /** Computes every node, or those before `end`, from its operands: y and ∂y/∂x₁, … */
  forward(end = this.data.length) {
    const { data } = this;
    for (const step of this.steps) {
      if (step.node >= end) return;
      const { parents, x } = step;
      for (let k = 0; k < x.length; k += 1) x[k] = data[parents[k]];
      data[step.node] = step.rule(ieee, x, step.local);
    }
  }

  /** The chain rule, last node first: ∂L/∂node anew for results, added to what leaves have. `seed`: ∂L/∂root. */
  backward(root, seed = 1) {
    const { grad, steps } = this;
    for (const { node } of steps) grad[node] = 0;
    grad[root] += seed;
    for (let i = steps.length - 1; i >= 0; i -= 1) {
      const { node, parents, local } = steps[i];
      const upstream = grad[node];
      for (let k = 0; k < parents.length; k += 1) grad[parents[k]] += local[k] * upstream;
    }
  }

  /** What a node is computed from. */
  operands(node) {
    return this.stepOf(node).parents;
  }

  /** ∂node/∂operand for each operand, as the latest forward pass found them. */
  slopes(node) {
    return this.stepOf(node).local;
  }

  stepOf(node) {
    return this.steps.find((step) => step.node === node);
  }

  /** Before a batch: what leaves have gathered is forgotten. */
  zeroGrad() {
    this.grad.fill(0);
  }
}
