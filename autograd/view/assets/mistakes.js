// The same pass with one of the usual mistakes in it.

import { computeEvents } from "./events.js";
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
  const events = {
    assign: () => correct.events,
    keep: () => correct.events.filter(({ kind }) => kind !== "zero"),
    order: () => reordered(correct.events, breadthFirst(nodes, root)),
  }[mistake]();
  return new Pass(trace, computeEvents(trace, events, start, mistake === "assign"), { start, mistake });
}

/** A wrong order: every node as soon as it is seen, though contributions to it may be missing. */
export function breadthFirst(nodes, root) {
  const seen = new Set([root]);
  for (const node of seen) for (const parent of nodes[node].parents) seen.add(parent); // it grows while it is read
  return [...seen].filter((node) => nodes[node].parents.length);
}

/** The nodes visited in this order. */
function reordered(events, order) {
  const place = new Map(order.map((node, i) => [node, i]));
  const isPassing = ({ kind }) => kind === "visit" || kind === "accumulate";
  const passing = events.filter(isPassing).sort((a, b) => place.get(a.node) - place.get(b.node));
  return events.map((event) => (isPassing(event) ? passing.shift() : event));
}
