// Where a drawing lies on its stage. A view {x, y, k} puts the drawing's point p at k · p + (x, y). No DOM.
// A box is [x, y, width, height], its centre and its size; `room` is how large the stage is.

import { clamp } from "./arrays.js";

const MARGIN = 25; // px around the drawing, for rings and badges
const MARKER = 45; // px more at scale 1, where markers stand at the edge
const LARGEST = 6;
const BORDER = 5; // px from the stage's border to what stands there
const SPACING = 8; // px from one place there to the next
const FAR = 16; // times a plate's height: as far from its arrow as it may be
export const HEAVY = 100; // of what a step speaks of, where other boxes weigh 1

/** The scale at which all of something is on the stage. */
export function scaleToFit([width, height], room, margin = MARGIN) {
  return Math.min((room.width - 2 * margin) / width, (room.height - 2 * margin) / height);
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

/** A view, moved as little as keeps the middle of the stage on the drawing. */
export function kept({ x, y, k }, [left, top, right, bottom], { width, height }) {
  const inside = (at, from, to, length) => clamp(at, length / 2 - to * k, length / 2 - from * k);
  return { k, x: inside(x, left, right, width), y: inside(y, top, bottom, height) };
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

/** A box of the drawing, where it is on the stage. */
export function onStage({ x, y, k }, [cx, cy, width, height]) {
  return [cx * k + x, cy * k + y, width * k, height * k];
}

/** What of the drawing the stage shows, as a box. */
export function shown({ x, y, k }, { width, height }) {
  return [(width / 2 - x) / k, (height / 2 - y) / k, width / k, height / k];
}

/** Is a box on the stage as a whole, with a margin? */
export function holds(view, room, box, margin = MARGIN) {
  const [x, y, width, height] = onStage(view, box);
  const inside = (at, size, length) => Math.abs(at - length / 2) <= (length - size) / 2 - margin + 0.5; // half a pixel
  return inside(x, width, room.width) && inside(y, height, room.height);
}

/** Do two boxes overlap? */
export function overlap([x, y, width, height], [u, v, w, h]) {
  return 2 * Math.abs(x - u) < width + w && 2 * Math.abs(y - v) < height + h;
}

/**
 * Of these places, the first where a box of some size covers least of what is `taken`: boxes with a weight each, to
 * which it is added.
 */
export function claim(places, [width, height], taken) {
  const covered = ([x, y]) => {
    let sum = 0;
    for (const [u, v, w, h, weight] of taken) {
      const [wide, high] = [(width + w) / 2 - Math.abs(x - u), (height + h) / 2 - Math.abs(y - v)];
      if (wide > 0 && high > 0) sum += weight * wide * high;
    }
    return sum;
  };
  let [found, least] = [places[0], Infinity];
  for (const place of places) {
    const cost = covered(place);
    if (cost < least) [found, least] = [place, cost];
    if (!cost) break;
  }
  taken.push([...found, width, height, HEAVY]);
  return found;
}

/** Places at the border of the stage for a box of some size, the nearest to a point first. */
export function alongBorder([x, y], size, room) {
  const [[left, right], [top, bottom]] = limitsOf(size, room);
  const places = [];
  for (let u = left; u < right; u += SPACING) places.push([u, top], [u, bottom]);
  for (let v = top; v < bottom; v += SPACING) places.push([left, v], [right, v]);
  places.push([right, bottom]);
  const distance = ([u, v]) => Math.hypot(u - x, v - y);
  return places.sort((a, b) => distance(a) - distance(b));
}

/** Places above and below a point for a box of some size, the nearest first. */
export function aboveAndBelow([x, y], size, room) {
  const [horizontal, vertical] = limitsOf(size, room);
  const places = [];
  for (let away = 0.7 * size[1]; away < FAR * size[1]; away += size[1] / 2) {
    for (const dx of [0, -away, away]) {
      for (const dy of [-away, away]) places.push([clamp(x + dx, ...horizontal), clamp(y + dy, ...vertical)]);
    }
  }
  return places;
}

/** Where the centre of a box may be: [least, most], from left to right and from top to bottom. */
function limitsOf([width, height], room) {
  const limits = (size, length) => [size / 2 + BORDER, Math.max(size / 2 + BORDER, length - size / 2 - BORDER)];
  return [limits(width, room.width), limits(height, room.height)];
}

/**
 * What of these boxes to look at, the most important first: as many as are readable together. Where that is not all,
 * the margin has room for the markers of the others.
 */
export function aim(boxes, readable, room) {
  for (let n = boxes.length; n > 0; n -= 1) {
    const margin = n < boxes.length ? MARGIN + MARKER * readable : MARGIN;
    const box = around(boxes.slice(0, n));
    if (n === 1 || scaleToFit(box.slice(2), room, margin) >= readable) return { box, margin };
  }
  return null;
}
