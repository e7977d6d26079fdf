// A function of two numbers as a surface, seen from above at a slant: where its points are, and which are in front.

import { range } from "../../autograd/view/assets/arrays.js";

const [ACROSS, DEEP, TALL] = [0.46, 0.23, 0.42]; // of the picture's side

/** A point (u, v) of the unit square at a height of 0 … 1, in the unit square of the picture: v goes to the back. */
export function project(u, v, height) {
  return [0.5 + ACROSS * (u + v - 1), 0.94 - DEEP * (1 - u + v) - TALL * height];
}

/** The way in the unit square that looks like (dx, dy) in the picture, at one height. */
export function unproject(dx, dy) {
  const [sum, difference] = [dx / ACROSS, dy / DEEP];
  return [(sum + difference) / 2, (sum - difference) / 2];
}

/** Heights of f on (n + 1) × (n + 1) points of the unit square, row by row of v, with the least and the largest. */
export function heightsOf(f, n) {
  const rows = range(n + 1).map((j) => range(n + 1).map((i) => f(i / n, j / n)));
  const finite = rows.flat().filter(Number.isFinite);
  return { rows, low: Math.min(...finite, Infinity), high: Math.max(...finite, -Infinity) };
}

/** The n × n patches between them, farthest first: their corners in the picture, and their mean height. */
export function patches({ rows }, scale) {
  const n = rows.length - 1;
  const corner = (i, j) => project(i / n, j / n, scale(rows[j][i]));
  const patch = (i, j) => {
    const around = [
      [i, j],
      [i + 1, j],
      [i + 1, j + 1],
      [i, j + 1],
    ];
    const height = around.reduce((sum, [a, b]) => sum + scale(rows[b][a]) / 4, 0);
    return { corners: around.map(([a, b]) => corner(a, b)), height };
  };
  const cells = range(n * n).map((k) => [k % n, Math.floor(k / n)]);
  return cells.sort(([a, b], [c, d]) => a - b - (c - d)).map(([i, j]) => patch(i, j));
}
