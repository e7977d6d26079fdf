// The engine: a graph's numbers and slopes, by the rules of the op table; events.js takes them backward.
// A graph is a list of nodes {op, parents}, parents first; a rule for each op is (xp, x, d) ↦ y; ∂y/∂x₁, … go into d.

import { floats, ieee, OutsideDomain, Overflow } from "./xp.js";

/** A node that can't be computed: its op was asked for a value outside its domain, or has no rule. */
export class Uncomputable extends Error {
  constructor(node, x) {
    super(`node ${node} has no value at ${x}`);
    this.node = node;
    this.x = x; // the numbers of its operands
  }
}

/** y and ∂y/∂x₁, … as Python has them: what is not finite flows on, finite operands can leave the domain. */
export function apply(rule, x) {
  const local = [];
  try {
    return { y: rule(floats, x, local), local };
  } catch (error) {
    const flowsOn = error instanceof Overflow || (error instanceof OutsideDomain && !x.every(Number.isFinite));
    if (!flowsOn) throw error;
    return { y: rule(ieee, x, local), local };
  }
}

/**
 * Computes anew what depends on the leaves in `changed`: {data, local}, by node; the rest is as it is in `before`.
 * Throws Uncomputable.
 */
export function forwardPass(nodes, rules, changed, before) {
  const data = before.data.slice();
  const local = before.local.slice();
  const affected = new Uint8Array(nodes.length);
  for (const [leaf, x] of changed) {
    data[leaf] = x;
    affected[leaf] = 1;
  }
  for (const [i, { op, parents }] of nodes.entries()) {
    if (affected[i] || !parents.some((p) => affected[p])) continue;
    affected[i] = 1;
    const x = parents.map((p) => data[p]);
    ({ y: data[i], local: local[i] } = compute(rules[op], i, x));
  }
  return { data, local };
}

function compute(rule, node, x) {
  try {
    return apply(rule, x);
  } catch (error) {
    if (rule && !(error instanceof OutsideDomain)) throw error;
    throw new Uncomputable(node, x);
  }
}

/** A rule of one operand as a function z ↦ [y, ∂y/∂z]. */
export function unary(rule) {
  return (z) => {
    const d = [];
    return [rule(ieee, [z], d), d[0]];
  };
}
