// The same pass with one of the usual mistakes in it.

import { Pass } from "./pass.js";

export const MISTAKES = {
  "": "no mistake",
  assign: "= instead of +=",
  keep: "no zero_grad before this pass",
  order: "wrong order of visits",
};

/** `mistake`: a key of MISTAKES, but for "". */
export function mistakenPass(trace, mistake) {
  const { nodes, root, correct } = trace;
  const start = nodes.map((node, i) => (mistake === "keep" && !node.parents.length ? correct.final[i] : 0));
  const gradient = [...start];
  gradient[root] = 1;
  const order = mistake === "order" ? breadthFirst(nodes, root) : reversed(nodes);
  const events = [
    ...correct.events.slice(0, correct.forwardEnd),
    ...(mistake === "keep" ? [] : [{ kind: "zero" }]),
    { kind: "seed", node: root },
    ...backward(trace, order, gradient, mistake === "assign"),
    { kind: "done" },
    ...updates(trace, gradient),
  ];
  return new Pass(trace, events, start, mistake);
}

/** Visits and contributions in this order; changes `gradient` on its way. */
function backward({ nodes, correct }, order, gradient, assigns) {
  const contributions = nodes.map(() => []);
  for (const event of correct.events) if (event.kind === "accumulate") contributions[event.node].push(event);
  const arrived = nodes.map(() => 0);
  return order.flatMap((node) => {
    const upstream = gradient[node];
    const passed = contributions[node].map((event) => {
      const { parent, local } = event;
      const contribution = local * upstream;
      const before = gradient[parent];
      gradient[parent] = assigns ? contribution : before + contribution;
      arrived[parent] += 1;
      return { ...event, upstream, contribution, before, after: gradient[parent], k: arrived[parent] };
    });
    return [{ kind: "visit", node, upstream }, ...passed];
  });
}

/** The step of gradient descent from wrong gradients. What an optimizer would do, only it could say. */
function updates({ correct, update }, gradient) {
  if (!("lr" in update)) return [];
  return correct.events
    .filter(({ kind }) => kind === "update")
    .map((event) => ({ ...event, after: event.before - update.lr * gradient[event.node] }));
}

/** The right order: every node after all that use it. */
function reversed(nodes) {
  return nodes
    .map(({ index }) => index)
    .filter((i) => nodes[i].parents.length)
    .reverse();
}

/** A wrong order: every node as soon as it is seen, though contributions to it may be missing. */
export function breadthFirst(nodes, root) {
  const seen = new Set([root]);
  for (const node of seen) for (const parent of nodes[node].parents) seen.add(parent); // it grows while it is read
  return [...seen].filter((node) => nodes[node].parents.length);
}
