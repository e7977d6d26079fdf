// How much of the gradient passes along each arrow in a whole pass: so wide it is, and so fast the gradient flows.

export const THIN = 1.2; // px: an arrow along which nothing goes
const THICK = 6; // px: the one along which most goes
const FASTEST = 48; // px a second, along that one
const SLOWEST = 1.5;
const DASH = 16; // px: a dash and a gap of the arrow at work (graph.css)

/**
 * Arrow → its share of the strongest flow of a pass, 0 to 1. Contributions along one arrow add up as squares.
 * `bySlot[node][slot]`: the arrow there.
 */
export function sharesOf({ events }, bySlot) {
  const squares = new Map();
  for (const { kind, node, slot, contribution } of events) {
    const arrow = kind === "accumulate" && bySlot[node][slot];
    if (arrow) squares.set(arrow, (squares.get(arrow) ?? 0) + contribution ** 2);
  }
  const strongest = [...squares.values()].filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0);
  const share = (square) => (square && strongest ? Math.min(Math.sqrt(square / strongest), 1) || 0 : 0); // nan: nowhere
  return new Map([...squares].map(([arrow, square]) => [arrow, share(square)]));
}

/** A quarter of the gradient is half the ink, to a tenth of a px: what can't be seen to change is not painted anew. */
export function widthOf(share) {
  return Math.round(10 * (THIN + (THICK - THIN) * Math.sqrt(share))) / 10;
}

/** How many seconds a dash takes to be where the next one was: half the gradient flows half as fast; 0 for none. */
export function periodOf(share) {
  return share && DASH / Math.max(FASTEST * share, SLOWEST);
}
