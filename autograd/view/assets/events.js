// The events of a pass, computed: the numbers that follow from a trace's nodes, in any order of visits.

import { Optimizer } from "./optimizer.js";

/**
 * These events, with their numbers, and the step that follows. `start`: the gradients before them;
 * `assigns`: the mistake of = instead of +=.
 */
export function computeEvents(trace, events, start, assigns = false) {
  const { nodes, root } = trace;
  const gradient = start.slice();
  const arrived = nodes.map(() => 0);
  gradient[root] = 1;
  const compute = (event) => {
    const { kind, node, parent, slot } = event;
    const upstream = gradient[node];
    if (kind === "visit") return { ...event, upstream };
    if (kind !== "accumulate") return event;
    const local = nodes[node].local[slot];
    const contribution = local * upstream;
    const before = gradient[parent];
    const after = assigns ? contribution : before + contribution;
    gradient[parent] = after;
    arrived[parent] += 1;
    return { ...event, upstream, local, contribution, before, after, k: arrived[parent] };
  };
  const computed = events.filter(({ kind }) => kind !== "update").map(compute);
  return [...computed, ...updateEvents(trace, gradient)];
}

/** The step that follows, with these gradients; none where only Python knows how its optimizer steps. */
function updateEvents({ nodes, correct, update }, gradient) {
  if (!update.row) return [];
  const parameters = correct.events.filter(({ kind }) => kind === "update").map(({ node }) => node);
  const w = parameters.map((node) => nodes[node].data);
  const g = parameters.map((node) => gradient[node]);
  const after = new Optimizer(update.row, w.length, update).step(update.lr, w, g);
  return parameters.map((node, i) => ({ kind: "update", node, before: w[i], after: after[i] }));
}
