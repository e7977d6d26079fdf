// The events of a backward pass, computed: from the slopes of a trace's nodes, in any order of visits.

import { Optimizer } from "./optimizer.js";

/** Visits and contributions in this order; changes `gradient` on its way. `assigns`: the mistake of = instead of +=. */
export function backwardEvents({ nodes, correct }, order, gradient, assigns = false) {
  const contributions = nodes.map(() => []);
  for (const event of correct.events) if (event.kind === "accumulate") contributions[event.node].push(event);
  const arrived = nodes.map(() => 0);
  return order.flatMap((node) => {
    const upstream = gradient[node];
    const passed = contributions[node].map((event) => {
      const { parent, slot } = event;
      const local = nodes[node].local[slot];
      const contribution = local * upstream;
      const before = gradient[parent];
      gradient[parent] = assigns ? contribution : before + contribution;
      arrived[parent] += 1;
      return { ...event, upstream, local, contribution, before, after: gradient[parent], k: arrived[parent] };
    });
    return [{ kind: "visit", node, upstream }, ...passed];
  });
}

/** The step that follows, with these gradients; none where only Python knows how its optimizer steps. */
export function updateEvents({ nodes, correct, update }, gradient) {
  if (!update.row) return [];
  const parameters = correct.events.filter(({ kind }) => kind === "update").map(({ node }) => node);
  const w = parameters.map((node) => nodes[node].data);
  const g = parameters.map((node) => gradient[node]);
  const after = new Optimizer(update.row, w.length, update).step(update.lr, w, g);
  return parameters.map((node, i) => ({ kind: "update", node, before: w[i], after: after[i] }));
}
