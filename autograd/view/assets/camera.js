// Where a drawing lies on its stage. A view {x, y, k} puts the drawing's point p at k · p + (x, y). No DOM.
// A box is [x, y, width, height], its centre and its size; `room` is how large the stage is.

import { clamp } from "./arrays.js";

const MARGIN = 25; // px around the drawing, for rings and badges
const LARGEST = 6;

/** The scale at which all of something is on the stage. */
export function scaleToFit([width, height], room) {
  return Math.min((room.width - 2 * MARGIN) / width, (room.height - 2 * MARGIN) / height);
}

/** A scale within limits: at least as large as the whole drawing on the stage. */
export function limited(k, fitting) {
  return clamp(k, Math.min(fitting, 1), LARGEST);
}

/** The view of scale k that has a point as near the middle as leaves no part of the stage unused. */
export function viewAt([x, y], k, [left, top, right, bottom], room) {
  return { k, x: along(x * k, left * k, right * k, room.width), y: along(y * k, top * k, bottom * k, room.height) };
}

/** One coordinate of it: what is shorter than the stage is centred. */
function along(at, from, to, length) {
  if (to - from <= length - 2 * MARGIN) return (length - from - to) / 2;
  return clamp(length / 2 - at, length - MARGIN - to, MARGIN - from);
}

/** Zoomed to scale k, while a point of the stage stays where it is. */
export function zoomed(view, k, [x, y]) {
  const by = k / view.k;
  return { k, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

/** The box around boxes. */
export function around(boxes) {
  const ends = (i, side) => boxes.map((box) => box[i] + (side * box[i + 2]) / 2);
  const [left, top] = [0, 1].map((i) => Math.min(...ends(i, -1)));
  const [right, bottom] = [0, 1].map((i) => Math.max(...ends(i, 1)));
  return [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top];
}

/** Is a box on the stage as a whole, with what surrounds it? */
export function holds({ x, y, k }, room, [cx, cy, width, height]) {
  const inside = (at, size, length) => Math.abs(at - length / 2) <= (length - size) / 2 - MARGIN + 0.5; // half a pixel
  return inside(cx * k + x, width * k, room.width) && inside(cy * k + y, height * k, room.height);
}

/**
 * What of these boxes to look at, the most important first, and at which scale, at least `readable` if that can be: all
 * that are readable together, or the first two if they can be read in a pinch, or the first.
 */
export function aim(boxes, { readable, legible }, room) {
  for (let n = boxes.length; n > 1; n -= 1) {
    const box = around(boxes.slice(0, n));
    const k = Math.min(readable, scaleToFit(box.slice(2), room));
    if (k >= (n > 2 ? readable : legible)) return { box, k };
  }
  return { box: boxes[0], k: readable };
}
