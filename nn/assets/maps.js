// Where a network decides, and what each hidden neuron sees, over the plane of its two inputs.

import { clamp, range } from "../../autograd/view/assets/arrays.js";
import { s, setText } from "../../autograd/view/assets/dom.js";
import { formatNumber, signClass, subscript } from "../../autograd/view/assets/numbers.js";
import { colour } from "./colours.js";
import { MOST_DRAWN } from "./network_picture.js";
import { Plot } from "./plot.js";

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
  return sizes.map((m, l) => range(count(m, l)).map((i) => new NeuronMap(`h${subscript(i + 1)}`, axes)));
}

/** The class predicted at each point of the plane, more opaque where it is surer. `field`: of `overPlane`. */
export function paintDecision(plot, classes, decision, { n, columns }) {
  const colours = classes.colours();
  const outputs = columns.at(-1);
  const f = outputs.map(() => 0);
  plot.shade(n, (k, put) => {
    for (let i = 0; i < f.length; i += 1) f[i] = outputs[i][k];
    put(colours[classes.indexOf(decision.classOf(f))], 0.12 + 0.33 * Math.tanh(decision.margin(f)));
  });
}

/** The same, and the samples. */
export function drawBoundary(plot, page, field) {
  const { classes, data, decision, shot } = page;
  plot.clear();
  paintDecision(plot, classes, decision, field);
  for (const [i, x] of data.X.entries()) plot.sample(x, classes, decision.classOfTarget(data.y[i]), 5);
  plot.describe(`Decision boundary after ${shot.step} steps, with ${data.X.length} samples`);
}

/** Every map as its neuron computes over the plane. `field`: of `overPlane`. */
export function drawMaps(maps, { n, columns }) {
  const colours = { plus: colour("plus"), minus: colour("minus") };
  for (const [l, plots] of maps.entries()) {
    for (const [i, plot] of plots.entries()) plot.draw(columns[l][i], n, colours, `Neuron ${i + 1} of layer ${l}`);
  }
}

/** What one neuron computes over the plane: blue above 0, orange below; + and − where it is largest and smallest. */
export class NeuronMap extends Plot {
  constructor(title, axes) {
    super(title, axes);
    this.title = title;
    this.glyphs = [1, -1].map((sign) => s("text", { class: `glyph ${signClass(sign)}` }, sign > 0 ? "+" : "−"));
    this.marks.append(...this.glyphs);
  }

  /** `values`: h on n × n points, row by row from the top. */
  draw(values, n, { plus, minus }, name) {
    const [low, high] = extremes(values);
    const largest = Math.max(values[high], -values[low]) || 1;
    this.shade(n, (k, put) => put(values[k] > 0 ? plus : minus, (0.75 * Math.abs(values[k])) / largest));
    this.placeGlyph(this.glyphs[0], values[high] > 0, high, n);
    this.placeGlyph(this.glyphs[1], values[low] < 0, low, n);
    const scale = `${values[low] < 0 ? "±" : "≤ "}${Number(largest.toPrecision(2))}`;
    setText(this.caption, `${this.title} ${scale}`);
    this.describe(`${name}: up to ${formatNumber(largest)} in size`);
  }

  /** At the k-th point, kept off the border. */
  placeGlyph(glyph, isShown, k, n) {
    const inside = (i) => this.size * clamp((i + 0.5) / n, 0.16, 0.84);
    glyph.setAttribute("visibility", isShown ? "visible" : "hidden");
    glyph.setAttribute("x", inside(k % n));
    glyph.setAttribute("y", inside(Math.floor(k / n)) + 11);
  }
}

/** Where the smallest and the largest number stand. */
function extremes(values) {
  let [low, high] = [0, 0];
  for (let k = 1; k < values.length; k += 1) {
    if (values[k] < values[low]) low = k;
    if (values[k] > values[high]) high = k;
  }
  return [low, high];
}
