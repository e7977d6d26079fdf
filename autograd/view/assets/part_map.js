// An opened part as a map like the trace's levels: what is in it, what that is joined to, and one box for all else.

import { shorten } from "./text.js";

/** Part k: boxes, arrows and frames, in which box each node is drawn (`place`), and its size. */
export function mapOfPart(trace, k) {
  const { boxes, frames, size, title, in: around } = trace.parts[k];
  const drawn = new Map(
    boxes.map(([what, x, y, w, h, chip = 0]) => [what, { what, at: [x, y, w, h], chip, ...face(trace, what) }]),
  );
  const boxOf = trace.nodes.map((_, node) => drawnIn(trace, drawn, node));
  const shown = [...new Set(boxOf)];
  const own = shown.map(({ what }) => (what < 0 ? trace.parts[-1 - what].in : trace.part[what]) === k);
  const number = new Map(shown.map((box, i) => [box, i]));
  const place = boxOf.map((box) => number.get(box));
  const arrows = joined(trace.nodes, place, shown, own);
  for (const side of [0, 1]) spreadEnds(arrows, shown, side);
  const lanes = lead(arrows, shown);
  const inside = place.filter((i) => own[i]).length;
  const first = around < 0 && "part" in trace.levels[0];
  const hint = first ? "click one to open it" : "Backspace or ‹ goes back";
  const note = `${title}: ${inside} nodes in ${own.filter(Boolean).length} boxes; ${hint}`;
  return { boxes: shown, arrows, frames, place, note, top: 16 + 10 * lanes, size };
}

/** How a box looks that stands for a node (its index), for another part (−1 − its index), or for all else (null). */
function face({ parts, nodes }, what) {
  if (what === null) return { kind: "folded", name: "elsewhere", opens: -1 };
  if (what < 0) return { kind: "folded", name: shorten(parts[-1 - what].title), opens: -1 - what };
  const { kind, label, module, name, given } = nodes[what];
  return { kind, name: label && !given ? shorten(module < 0 ? label : label.split(".").pop()) : name };
}

/** A node's own box, else that of the innermost part around it, else the one for all else. */
function drawnIn({ part, parts }, drawn, node) {
  if (drawn.has(node)) return drawn.get(node);
  for (let at = part[node]; at >= 0; at = parts[at].in) if (drawn.has(-1 - at)) return drawn.get(-1 - at);
  return drawn.get(null);
}

/** An arrow for each operand slot between two boxes, one in all where a box is folded; none between boxes outside. */
function joined(nodes, place, shown, own) {
  const arrows = new Map();
  for (const node of nodes) {
    node.parents.forEach((parent, slot) => {
      const tail = place[parent];
      const head = place[node.index];
      const folded = shown[tail].kind === "folded" || shown[head].kind === "folded";
      if (tail === head || !(own[tail] || own[head])) return;
      arrows.set(`${tail} ${head} ${folded ? "" : slot}`, { ends: [tail, head], y: [] });
    });
  }
  return [...arrows.values()];
}

/** Arrows leave a box (side 0) and arrive at one (side 1) side by side, in the order of their other ends. */
function spreadEnds(arrows, shown, side) {
  shown.forEach(({ at: [, y, , h] }, i) => {
    const height = ({ ends }) => shown[ends[1 - side]].at[1];
    const some = arrows.filter(({ ends }) => ends[side] === i).sort((a, b) => height(a) - height(b));
    some.forEach((arrow, n) => {
      arrow.y[side] = y + 0.7 * h * ((n + 0.5) / some.length - 0.5);
    });
  });
}

/** Gives each arrow its path and tip; those with boxes in their way go over them. Returns how many lanes that took. */
function lead(arrows, shown) {
  const lanes = new Map(); // a lane for each box that arrows leave
  for (const arrow of arrows) {
    const [tail, head] = arrow.ends.map((i) => shown[i].at);
    const start = [tail[0] + tail[2] / 2, arrow.y[0]];
    const end = [head[0] - head[2] / 2 - 9, arrow.y[1]];
    const obstructed = end[0] < start[0] || shown.some(({ at }) => isBetween(at, start, end));
    if (obstructed && !lanes.has(arrow.ends[0])) lanes.set(arrow.ends[0], -16 - 10 * lanes.size);
    arrow.d = obstructed ? overPath(start, end, lanes.get(arrow.ends[0])) : directPath(start, end);
    arrow.tip = [end[0] + 9, end[1]];
  }
  return lanes.size;
}

function isBetween([x, y, w, h], [x0, y0], [x1, y1]) {
  return x - w / 2 > x0 && x + w / 2 < x1 && y + h > Math.min(y0, y1) && y - h < Math.max(y0, y1);
}

function directPath([x0, y0], [x1, y1]) {
  const middle = (x0 + x1) / 2;
  return `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
}

/** Up to the lane, along it, and down; or back along it, where the arrow points to the left. */
function overPath([x0, y0], [x1, y1], lane) {
  if (x1 < x0) {
    const [right, left] = [x0 + 50, x1 - 50];
    return `M${x0} ${y0}C${right} ${y0} ${right} ${lane} ${x0} ${lane}H${x1}C${left} ${lane} ${left} ${y1} ${x1} ${y1}`;
  }
  const rise = `C${x0 + 24} ${y0} ${x0 + 8} ${lane} ${x0 + 40} ${lane}`;
  return `M${x0} ${y0}${rise}H${x1 - 36}C${x1 - 4} ${lane} ${x1 - 26} ${y1} ${x1} ${y1}`;
}
