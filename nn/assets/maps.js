// Where a network decides, and what each hidden neuron sees, over the plane of its two inputs.

import { clamp, linspace, range } from "../../autograd/view/assets/arrays.js";
import { formatNumber, signClass, subscript } from "../../autograd/view/assets/numbers.js";
import { colour } from "../../autograd/view/assets/theme.js";
import { MOST_DRAWN } from "./network_picture.js";
import { Plot } from "./plot.js";

const CELLS = 20; // of a neuron map, on a side

/** The span of input j, with some room around it. */
export function bounds(X, j) {
  const inputs = X.map((x) => x[j]);
  const [low, high] = [Math.min(...inputs), Math.max(...inputs)];
  const room = 0.1 * (high - low) || 1;
  return [low - room, high + room];
}

/** The axes of a small map: those of the plane, without labels. */
export function mapAxes(plane) {
  return { x: plane.x, y: plane.y, size: 100, ticks: false };
}

/** A small map per hidden neuron, column by column; the outer columns have none. */
export function buildMaps({ sizes, X }) {
  const axes = mapAxes({ x: bounds(X, 0), y: bounds(X, 1) });
  const isHidden = (l) => l > 0 && l < sizes.length - 1;
  const count = (m, l) => (isHidden(l) ? Math.min(m, MOST_DRAWN) : 0);
  return sizes.map((m, l) => range(count(m, l)).map((i) => new Plot(`h${subscript(i + 1)}`, axes)));
}

/** The class predicted at each point of the plane, more opaque where it is surer. `outputs(x)`: of the network. */
export function paintDecision(plot, classes, decision, outputs, cells = 72) {
  const colours = classes.colours();
  plot.field(cells, (x, y) => {
    const f = outputs([x, y]);
    return [...colours[classes.indexOf(decision.classOf(f))], 0.12 + 0.33 * Math.tanh(decision.margin(f))];
  });
}

/** The same, and the samples. */
export function drawBoundary(plot, page) {
  const { classes, data, decision, shot } = page;
  plot.clear();
  paintDecision(plot, classes, decision, (x) => page.outputs(x));
  for (const [i, x] of data.X.entries()) plot.sample(x, classes, decision.classOfTarget(data.y[i]), 5);
  plot.describe(`Decision boundary after ${shot.step} steps, with ${data.X.length} samples`);
}

/** Blue where h is above 0, orange below; + and − stand where it is largest and smallest. `compute(x)`: by column. */
export function drawMaps(maps, compute) {
  const first = maps.flat()[0];
  if (!first) return;
  const xs = linspace(...first.x, CELLS);
  const ys = linspace(...first.y, CELLS);
  const values = ys.map((y) => xs.map((x) => compute([x, y])));
  const colours = { plus: colour("plus"), minus: colour("minus") };
  for (const [l, plots] of maps.entries()) {
    for (const [i, plot] of plots.entries()) {
      const points = ys.flatMap((y, row) => xs.map((x, column) => ({ x, y, h: values[row][column][l][i] })));
      drawMap(plot, points, colours);
      plot.caption.textContent = `h${subscript(i + 1)} ${scaleText(points)}`;
      plot.describe(`Neuron ${i + 1} of layer ${l}: up to ${formatNumber(largestOf(points))} in size`);
    }
  }
}

function largestOf(points) {
  return Math.max(...points.map(({ h: value }) => Math.abs(value))) || 1;
}

function scaleText(points) {
  const sign = points.some(({ h: value }) => value < 0) ? "±" : "≤ ";
  return `${sign}${Number(largestOf(points).toPrecision(2))}`;
}

/** `points`: h on a grid, row by row. */
function drawMap(plot, points, { plus, minus }) {
  const largest = largestOf(points);
  const nearest = (t, [low, high]) => Math.round(((t - low) / (high - low)) * (CELLS - 1));
  plot.clear();
  plot.field(CELLS, (x, y) => {
    const value = points[nearest(y, plot.y) * CELLS + nearest(x, plot.x)].h;
    return [...(value > 0 ? plus : minus), (0.75 * Math.abs(value)) / largest];
  });
  drawGlyph(plot, points, 1);
  drawGlyph(plot, points, -1);
}

/** A + or − at the extreme of that sign, kept off the border. */
function drawGlyph(plot, points, sign) {
  const extreme = points.reduce((a, b) => (sign * b.h > sign * a.h ? b : a));
  if (sign * extreme.h <= 0) return;
  const inside = (t, [low, high]) => low + (high - low) * clamp((t - low) / (high - low), 0.16, 0.84);
  const at = [inside(extreme.x, plot.x), inside(extreme.y, plot.y)];
  plot.text(sign > 0 ? "+" : "−", at, `glyph ${signClass(sign)}`, [0, -11]);
}
