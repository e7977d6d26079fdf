// The arrows of a graph: one per operand slot, or shared where boxes are folded.

import { furnish, s, setAttribute, setClass } from "./dom.js";
import { periodOf, THIN, widthOf } from "./flow.js";
import { linkTo } from "./linking.js";
import { signClass } from "./numbers.js";
import { slotKey } from "./phrase.js";

const STRIDE = 20; // px from one point of an arrow to the next that is looked at
const HEAD = 4; // px: half of the least width of a head
const ASKED = 4; // px: the width of an arrow whose flow is asked for

/** An arrow of a map. One at a folded box stands for many slots, so it has no sign. */
export function drawArrow({ d, tip, ends }, boxes) {
  const line = s("path", { class: "line", d });
  const hit = s("path", { class: "hit", d }); // wide enough to be pointed at
  const head = s("polygon", {});
  const end = d.split(/[ C]/).slice(-2).map(Number);
  const unsigned = ends.some((i) => boxes[i].kind === "folded");
  return { g: s("g", { class: "arrow" }, hit, line, head), line, head, end, tip, ends, unsigned };
}

/** Where the head of an arrow of some width is. */
function headOf({ end: [ex, ey], tip: [x, y] }, width) {
  const size = Math.max(HEAD, width) / (Math.hypot(x - ex, y - ey) || 1);
  const [dx, dy] = [size * (y - ey), size * (ex - x)];
  return `${ex + dx},${ey + dy} ${x},${y} ${ex - dx},${ey - dy}`;
}

/** Of each node, its slots' arrows. Slots between two boxes have one each, or share the last; arrows say which. */
export function arrowsBySlot(nodes, map, arrows) {
  const key = (tail, head) => tail * map.boxes.length + head;
  const between = new Map();
  map.arrows.forEach(({ ends }, i) => {
    const pair = key(...ends);
    if (!between.has(pair)) between.set(pair, []);
    between.get(pair).push(arrows[i]);
  });
  const taken = new Map();
  const spoken = new Map(arrows.map((arrow) => [arrow, []]));
  const found = nodes.map(({ index, parents }) =>
    parents.map((parent, slot) => {
      const pair = key(map.place[parent], map.place[index]);
      const i = taken.get(pair) ?? 0;
      const some = between.get(pair);
      taken.set(pair, i + 1);
      const arrow = some?.[Math.min(i, some.length - 1)];
      if (arrow) spoken.get(arrow).push(slotKey(index, slot));
      return arrow;
    }),
  );
  for (const [arrow, slots] of spoken) furnish(arrow.g, linkTo({ slots }));
  return found;
}

/**
 * The way along an arrow, from its tip or its other end, as long as `inside(point)`: a function of how far, 0 to 1,
 * that gives the point there.
 */
export function walk({ line }, fromTip, inside) {
  const length = line.getTotalLength();
  const at = (way) => line.getPointAtLength(fromTip ? length - way : way);
  let [near, far] = [0, Math.min(STRIDE, length)];
  while (inside(at(far)) && far < length) [near, far] = [far, Math.min(far + STRIDE, length)];
  if (inside(at(far))) near = far;
  while (far - near > 0.5) {
    const middle = (near + far) / 2;
    if (inside(at(middle))) near = middle;
    else far = middle;
  }
  return (share) => at(share * near);
}

/**
 * Shows a moment on all arrows, which have these shares of the gradient: what has passed along them, and which is at
 * work. Returns that one, if it is drawn.
 */
export function paintArrows(arrows, bySlot, shares, { pass, time, event, isAsking }) {
  for (const arrow of arrows) Object.assign(arrow, { flow: 0, role: "" });
  for (let t = pass.forwardEnd; t < time; t += 1) {
    const past = pass.events[t];
    const arrow = past.kind === "accumulate" && bySlot[past.node][past.slot];
    if (arrow) Object.assign(arrow, { flow: past.contribution, role: "passed" });
  }
  if (event?.kind === "forward") for (const arrow of bySlot[event.node]) if (arrow) arrow.role = "feeding";
  const active = event?.kind === "accumulate" ? bySlot[event.node][event.slot] : undefined;
  if (active) active.role = "active";
  for (const arrow of arrows) paintArrow(arrow, shares.get(arrow) ?? 0, arrow === active, isAsking);
  return active;
}

/** An answer that is asked for is not given away by a colour, a width or a speed. */
function paintArrow(arrow, share, active, isAsking) {
  const { g, line, head, role, flow, unsigned } = arrow;
  const isAsked = active && isAsking;
  const isSilent = isAsked || (unsigned && !active);
  setClass(g, role ? `arrow ${role} ${signClass(isSilent ? 0 : flow)}` : "arrow");
  setAttribute(line, "style", active && !isAsked ? `--period: ${periodOf(share)}s` : "");
  const passed = role ? widthOf(share) : THIN;
  const width = isAsked ? ASKED : passed;
  if (arrow.width === width) return;
  arrow.width = width;
  furnish(line, { "stroke-width": width });
  furnish(head, { points: headOf(arrow, width) });
}
