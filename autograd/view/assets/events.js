// The events of a backward pass, computed: from the slopes of a trace's nodes, in any order of visits.

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

/** The step of gradient descent with these gradients. What an optimizer would do, only it could say. */
export function updateEvents({ nodes, correct, update }, gradient) {
  if (!("lr" in update)) return [];
  return correct.events
    .filter(({ kind }) => kind === "update")
    .map(({ kind, node }) => {
      const before = nodes[node].data;
      return { kind, node, before, after: before - update.lr * gradient[node] };
    });
}
