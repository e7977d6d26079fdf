// The plots of the panel: the plane of x, what f sees, the activation, and the loss over the weights.

import { clamp, linspace, mean } from "../../autograd/view/assets/arrays.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";
import { colour } from "../../autograd/view/assets/theme.js";
import { decide, fire, forward, output } from "./neuron.js";

export const REACH = 6; // of the activation's curve
const NORMAL = 46; // px of the arrow along w

/** The plane shows all samples and at least the unit square; one scale, so that w looks normal to its line. */
export function planeBounds(X) {
  const spans = [0, 1].map((j) => [Math.min(0, ...X.map((x) => x[j])), Math.max(1, ...X.map((x) => x[j]))]);
  const reach = 0.75 * Math.max(...spans.map(([low, high]) => high - low));
  return spans.map((span) => [mean(span) - reach, mean(span) + reach]);
}

/** Samples, the output's shade, the lines of the neurons that see x, their normals. Returns how many are right. */
export function drawPlane(plot, panel, gradients) {
  const { isNetwork, neurons, names, preset, x, picked, σ } = panel;
  const lines = isNetwork ? neurons.slice(0, -1) : neurons;
  plot.clear();
  plot.field(
    64,
    shading(panel.classes, (x1, x2) => output(neurons, [x1, x2], σ)),
  );
  for (const line of lines) drawLine(plot, line);
  for (const [i, sample] of preset.X.entries()) plot.sample(sample, panel.classes, preset.y[i]);
  plot.ring(x);
  for (const [k, line] of lines.entries()) {
    drawNormal(plot, line, isNetwork ? names[k] : "w", k === picked && gradients[k], panel.lr);
  }
  const right = preset.X.filter((sample, i) => decide(output(neurons, sample, σ)) === preset.y[i]).length;
  const bent = !isNetwork && decide(σ(-1e-9)[0]) === decide(σ(1e-9)[0]);
  const border = bent ? "; the line is z = 0, the colours change at h = ½" : "";
  plot.caption.textContent = `plane of x: ● y = 1, ■ y = 0${border}`;
  const seen = `The plane of x with ${preset.X.length} samples, ${right} on the right side`;
  plot.describe(`${seen}; the point is at (${x.map(formatNumber).join(", ")})`);
  return right;
}

/** In the colour of class 1 where a value is 1, of class 0 where it is 0, paper at the middle. */
function shading(classes, value) {
  const [zero, one] = classes.colours();
  return (x, y) => {
    const v = value(x, y);
    const strength = Math.min(1, Math.abs(v - 0.5) * 2);
    return [...(v >= 0.5 ? one : zero), Number.isNaN(v) ? 0 : 0.4 * strength];
  };
}

/** The line of a neuron, with a + and a − beside it: where it says yes and where no. */
function drawLine(plot, neuron) {
  plot.boundary(neuron, "boundary");
  const length = Math.hypot(...neuron.w);
  const foot = plot.foot(neuron);
  if (!length || !plot.holds(foot)) return;
  const way = neuron.w.map((w) => (w / length) * NORMAL);
  const beside = [-way[1], way[0]].map((v) => 1.3 * v);
  plot.text("+", foot, "side plus", [beside[0] + 0.45 * way[0] - 7, beside[1] + 0.45 * way[1] - 8]);
  plot.text("−", foot, "side minus", [beside[0] - 0.45 * way[0] - 7, beside[1] - 0.45 * way[1] - 8]);
}

/** The normal, an arrow along w; from its tip −∇, where one step takes it (longer where that could not be seen). */
function drawNormal(plot, neuron, name, gradient, lr) {
  const length = Math.hypot(...neuron.w);
  if (!length) return;
  const way = neuron.w.map((w) => (w / length) * NORMAL);
  const start = plot.anchor(neuron);
  const step = gradient ? gradient.slice(0, 2).map((g) => (-g * lr * NORMAL) / length) : [0, 0];
  const far = Math.hypot(...step);
  const tip = [plot.x, plot.y].map(([from, to], j) => start[j] + (way[j] * (to - from)) / plot.size);
  if (far > 0 && far < Infinity)
    drawDescent(
      plot,
      tip,
      step.map((v) => (v / far) * clamp(far, 32, 110)),
    );
  plot.arrow(start, way, "normal");
  plot.text(name, start, "name", [0.6 * way[0] + 0.4 * way[1] - 7, 0.6 * way[1] - 0.4 * way[0] - 5]);
}

function drawDescent(plot, from, way) {
  const length = Math.hypot(...way);
  plot.arrow(from, way, "descent");
  const beyond = way.map((v, j) => v * (1 + 18 / length) - [14, 7][j]);
  plot.text("−∇", from, "descent name", beyond);
}

/** The samples where h₁ and h₂ put them, and the line of f. */
export function drawHidden(plot, { classes, neurons, preset, picked, lr, σ }, fired, gradient) {
  const [, , last] = neurons;
  plot.clear();
  plot.field(
    64,
    shading(classes, (h1, h2) => fire(last, [h1, h2], σ).h),
  );
  drawLine(plot, last);
  for (const [i, x] of preset.X.entries()) plot.sample(forward(neurons, x, σ)[2].inputs, classes, preset.y[i]);
  plot.ring(fired[2].inputs);
  drawNormal(plot, last, "f", picked === 2 && gradient, lr);
  plot.describe("What f sees: the samples at (h₁, h₂), and one line between them");
}

/** σ, the operating point, and the tangent there. */
export function drawCurve(plot, { row, activation, σ }, { z, h, slope }) {
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
  plot.caption.textContent = `${row.symbol}(z), slope σ′(z) = ${formatNumber(slope)}`;
  if (!Number.isFinite(h + slope)) {
    plot.describe(`${activation} has no finite value at z = ${formatNumber(z)}`);
    return;
  }
  plot.curve(
    [-1, 1].map((t) => [z + (t * reach) / 3, h + (t * slope * reach) / 3]),
    "tangent",
  );
  plot.ring([z, h]);
  plot.describe(`${activation} at z = ${formatNumber(z)}: h = ${formatNumber(h)}, slope ${formatNumber(slope)}`);
}

/** The loss over the picked neuron's weights, its b as it is, and the way down. */
export function drawWeights(plot, panel, gradient) {
  const { w, b } = panel.neuron;
  const widest = Math.max(5, ...w.map((v) => Math.ceil(1.2 * Math.abs(v))));
  plot.rescale([-widest, widest], [-widest, widest], ["w₁", "w₂"]);
  const violet = colour("parameter_line");
  const loss = (w1, w2) => panel.loss(panel.neurons.with(panel.picked, { w: [w1, w2], b }));
  const cells = panel.preset.X.length > 20 ? 16 : 32;
  plot.field(cells, (w1, w2) => [...violet, Math.min(0.75, 1.2 * loss(w1, w2)) || 0]);
  const norm = Math.hypot(gradient[0], gradient[1]);
  const pixels = clamp((panel.lr * norm * plot.size) / (2 * widest), 34, 120);
  const way = gradient.slice(0, 2).map((g) => (-g / norm) * pixels);
  if (norm > 0 && Number.isFinite(norm)) drawDescent(plot, w, way);
  plot.ring(w);
  const length = norm > 0 ? `‖∇‖ = ${formatNumber(norm)}` : `no arrow: ∇ = ${formatNumber(norm)}`;
  plot.caption.textContent = `violet is loss; ${length}`;
  plot.describe(`Loss over w₁ and w₂; the gradient's length is ${formatNumber(norm)}`);
}
