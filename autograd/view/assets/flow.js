// How much of the gradient passes along each arrow in a whole pass: so wide it is, and so fast the gradient flows.

import { slotKey } from "./phrase.js";

export const THIN = 1.2; // px: an arrow along which nothing goes
const THICK = 6; // px: the one along which most goes
const FASTEST = 48; // px a second, along that one
const SLOWEST = 1.5;
const DASH = 16; // px: a dash and a gap of the arrow at work (graph.css)

/** Arrow → its share of the strongest flow of a pass, 0 to 1. Contributions along one arrow add up as squares. */
export function sharesOf({ events }, bySlot) {
  const flows = new Map();
  for (const { kind, node, slot, contribution } of events) {
    const arrow = kind === "accumulate" && bySlot.get(slotKey(node, slot));
    if (arrow) flows.set(arrow, Math.hypot(flows.get(arrow) ?? 0, contribution));
  }
  const strongest = [...flows.values()].filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0);
  const share = (flow) => (flow && strongest ? Math.min(flow / strongest, 1) || 0 : 0); // nan flows nowhere
  return new Map([...flows].map(([arrow, flow]) => [arrow, share(flow)]));
}

/** A quarter of the gradient is half the ink. */
export function widthOf(share) {
  return THIN + (THICK - THIN) * Math.sqrt(share);
}

/** How many seconds a dash takes to be where the next one was: half the gradient flows half as fast; 0 for none. */
export function periodOf(share) {
  return share && DASH / Math.max(FASTEST * share, SLOWEST);
}
