// The same pass with one of the usual mistakes in it.

import { backwardEvents, updateEvents } from "./events.js";
import { Pass } from "./pass.js";

export const MISTAKES = {
  "": "none",
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
    ...backwardEvents(trace, order, gradient, mistake === "assign"),
    { kind: "done" },
    ...updateEvents(trace, gradient),
  ];
  return new Pass(trace, events, start, mistake);
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
