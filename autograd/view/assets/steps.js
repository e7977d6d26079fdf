// How far one step goes: an edge, a node or a layer.

export const GRAINS = { edge: "an edge", node: "a node", layer: "a layer" };

/** The time after (direction 1) or before (−1) a step of this grain. */
export function nextTime({ nodes }, { events, end }, time, direction, grain) {
  const group = (t) => groupOf(nodes, events[t - 1], t, grain);
  let t = time + direction;
  if (grain === "edge") return t;
  if (direction > 0) while (t < end && group(t + 1) === group(t)) t += 1;
  else while (t > 0 && group(t) === group(t + 1)) t -= 1;
  return t;
}

/** Which node (or layer) is at work; a step goes on until it changes. */
function groupOf(nodes, event, t, grain) {
  if (!event || event.node === undefined) return `${t}`;
  const phase = { forward: 0, seed: 1, update: 3 }[event.kind] ?? 2;
  return `${phase} ${grain === "layer" ? nodes[event.node].layer : event.node}`;
}

/** With Shift, a step is one grain larger. */
export function biggerGrain(grain) {
  return grain === "edge" ? "node" : "layer";
}

/** Is an event a breakpoint: its node one of `stops`, its gradient beyond `limit`, its number not finite? */
export function stopsHere({ nodes }, event, { stops, limit, onNonfinite }) {
  if (event?.kind === "given")
    return nodes.some((node) => !node.parents.length && stopsAtLeaf(node, stops, onNonfinite));
  if (!event || event.node === undefined) return false;
  const node = event.parent ?? event.node;
  const x = event.after ?? (event.kind === "forward" ? nodes[node].data : 0);
  if (stops.has(node) && event.kind !== "seed") return true;
  if (event.kind === "accumulate" && Math.abs(x) > limit) return true;
  return onNonfinite && !Number.isFinite(x);
}

function stopsAtLeaf({ index, data }, stops, onNonfinite) {
  return stops.has(index) || (onNonfinite && !Number.isFinite(data));
}
