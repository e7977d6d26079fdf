// The plots of the panel: the plane of the inputs, what f sees, and the activation.

import { clamp, linspace, mean, range } from "../../autograd/view/assets/arrays.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";
import { decide, NeuronGraph } from "./neuron.js";

export const REACH = 6; // of the activation's curve
const NORMAL = 46; // px of the arrow along w
const CLEAR = 40; // px between what is written at a line and the samples
const ALONG = range(15).map((i) => Math.ceil(i / 2) * (i % 2 ? 0.07 : -0.07)); // of the plot's size: where it may be

/** The plane shows all samples and at least the unit square; one scale, so that w looks normal to its line. */
export function planeBounds(X) {
  const spans = [0, 1].map((j) => [Math.min(0, ...X.map((x) => x[j])), Math.max(1, ...X.map((x) => x[j]))]);
  const reach = 0.75 * Math.max(...spans.map(([low, high]) => high - low));
  return spans.map((span) => [mean(span) - reach, mean(span) + reach]);
}

/** Samples, the output's shade, the lines of the neurons that see x, where a step takes them, and their normals. */
export function drawPlane(plot, panel) {
  const { graph, isNetwork, neurons, names, next, preset, x, wrong, σ } = panel;
  const lines = isNetwork ? neurons.slice(0, -1) : neurons;
  const anchors = anchorsOf(plot, lines, preset.X);
  plot.clear();
  shadeOutput(plot, panel.classes, graph.of(neurons));
  for (const [k, line] of lines.entries()) {
    if (next) plot.boundary(next[k], "boundary next");
    plot.boundary(line, "hold");
    plot.boundary(line, "boundary");
    drawSigns(plot, line, anchors[k]);
  }
  for (const [i, sample] of preset.X.entries()) plot.sample(sample, panel.classes, preset.y[i], 11);
  for (const i of wrong) plot.cross(preset.X[i]);
  plot.ring(x, "now hold");
  for (const [k, line] of lines.entries()) drawNormal(plot, line, anchors[k], isNetwork ? names[k] : "w");
  const bent = !isNetwork && decide(σ(-1e-9)[0]) === decide(σ(1e-9)[0]);
  const who = isNetwork ? "each hidden neuron" : "the neuron";
  const sides = bent
    ? "the line is z = 0, + where z is above 0; the colours change at h = ½"
    : `${who} says 1 on its + side, else 0`;
  plot.caption.textContent = `input plane: ${sides}${next ? "; dashed: after the next step" : ""}`;
  const seen = `The input plane with ${preset.X.length} samples, ${preset.X.length - wrong.length} on the right side`;
  plot.describe(`${seen}; the point is at (${x.map(formatNumber).join(", ")})`);
}

/** In the colour of class 1 where the output is 1, of class 0 where it is 0, paper at the middle. */
function shadeOutput(plot, classes, graph) {
  const [zero, one] = classes.colours();
  const { n, columns } = graph.network.overPlane(plot, 64);
  const [output] = columns.at(-1);
  plot.shade(n, (k, put) => {
    const strength = Math.min(1, Math.abs(output[k] - 0.5) * 2);
    put(output[k] >= 0.5 ? one : zero, Number.isNaN(strength) ? 0 : 0.4 * strength);
  });
}

/** What stands at a neuron's line, in px to the right and up of a point of it. */
function waysOf({ w }) {
  const way = w.map((wj) => (wj / Math.hypot(...w)) * NORMAL);
  const beside = [-1.3 * way[1], 1.3 * way[0]];
  const sign = (t) => [beside[0] + t * 0.45 * way[0], beside[1] + t * 0.45 * way[1]];
  return { tip: way, name: [1.35 * way[0], 1.35 * way[1]], plus: sign(1), minus: sign(-1) };
}

/** For each line the point of it where its normal and its signs are clear of the samples and of each other. */
export function anchorsOf(plot, lines, samples) {
  const taken = [...samples];
  return lines.map((line) => {
    const length = Math.hypot(...line.w);
    if (!length) return null;
    const ways = Object.values(waysOf(line));
    const marksAt = (anchor) => ways.map((way) => plot.shift(anchor, way));
    const roomAt = (anchor) => {
      const marks = marksAt(anchor);
      if (!marks.every((mark) => plot.holds(mark, 16))) return -1;
      return Math.min(CLEAR, ...marks.flatMap((mark) => taken.map((other) => plot.distance(mark, other))));
    };
    const along = [-line.w[1], line.w[0]].map((v) => (v / length) * plot.size);
    const middle = plot.anchor(line);
    const anchors = ALONG.map((t) => plot.shift(middle, [t * along[0], t * along[1]]));
    const best = anchors.reduce((a, b) => (roomAt(b) > roomAt(a) ? b : a));
    taken.push(...marksAt(best));
    return best;
  });
}

/** The tip of a neuron's normal, in the data's coordinates; null for w = 0. */
export function tipOf(plot, neuron, anchor) {
  return anchor && plot.shift(anchor, waysOf(neuron).tip);
}

/** A + and a − beside a neuron's line: where it says yes, and where no. */
function drawSigns(plot, neuron, anchor) {
  if (!anchor || !plot.holds(plot.foot(neuron))) return;
  const { plus, minus } = waysOf(neuron);
  plot.text("+", anchor, "side plus", [plus[0] - 7, plus[1] - 8]);
  plot.text("−", anchor, "side minus", [minus[0] - 7, minus[1] - 8]);
}

/** The normal, an arrow along w, by whose tip the line is turned. */
function drawNormal(plot, neuron, anchor, words) {
  if (!anchor) return;
  const { tip, name } = waysOf(neuron);
  plot.arrow(anchor, tip, "normal");
  plot.handle(tipOf(plot, neuron, anchor), "drag the tip of w to turn the line");
  plot.text(words, anchor, "name", [name[0] - 7, name[1] - 6]);
}

/** The samples where h₁ and h₂ put them, and the line of f. */
export function drawHidden(plot, panel, fired) {
  const { classes, next, preset, samples, wrong } = panel;
  const last = panel.neurons.at(-1);
  const alone = new NeuronGraph(1, panel.activation, panel.data.loss, panel.OPS).of([last]);
  plot.clear();
  shadeOutput(plot, classes, alone);
  if (next) plot.boundary(next[2], "boundary next");
  const seen = samples.map((sample) => panel.at(sample).at(-1).inputs);
  const [anchor] = anchorsOf(plot, [last], seen);
  plot.boundary(last, "boundary");
  drawSigns(plot, last, anchor);
  for (const [i, at] of seen.entries()) plot.sample(at, classes, preset.y[i], 11);
  for (const i of wrong) plot.cross(seen[i]);
  plot.ring(fired[2].inputs, "now");
  drawNormal(plot, last, anchor, "f");
  plot.describe("What f sees: the samples at (h₁, h₂), and one line between them");
}

/** σ, the operating point, and the tangent there. */
export function drawCurve(plot, { row, σ }, { z, h, slope }) {
  const reach = Math.max(REACH, Math.ceil(1.2 * Math.abs(z)));
  const points = linspace(-reach, reach, 481).map((t) => [t, σ(t)[0]]);
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const heights = [...finite.map(([, y]) => clamp(y, -4, 4)), h].filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...heights), Math.max(1, ...heights)];
  const room = 0.25 * (high - low);
  plot.rescale([-reach, reach], [low - room, high + room], ["z", "h"]);
  plot.curve(
    [
      [-reach, 0],
      [reach, 0],
    ],
    "axis",
  );
  plot.curve(
    [
      [0, low - room],
      [0, high + room],
    ],
    "axis",
  );
  plot.curve(finite, "activation");
  plot.caption.textContent = `${row.title}(z), slope σ′(z) = ${formatNumber(slope)}`;
  if (!Number.isFinite(h + slope)) {
    plot.describe(`${row.title} has no finite value at z = ${formatNumber(z)}`);
    return;
  }
  plot.curve(
    [-1, 1].map((t) => [z + (t * reach) / 3, h + (t * slope * reach) / 3]),
    "tangent",
  );
  plot.ring([z, h], "now");
  plot.describe(`${row.title} at z = ${formatNumber(z)}: h = ${formatNumber(h)}, slope ${formatNumber(slope)}`);
}
