// One neuron, or two hidden neurons and a third: h₁ and h₂ see x, f sees h₁ and h₂.
// A σ is a function z ↦ [σ(z), σ′(z)]: a row of the op table.

import { linspace, mean } from "../../autograd/view/assets/arrays.js";

export const PARAMETERS = ["w₁", "w₂", "b"];

export function fire({ w, b }, inputs, σ) {
  const z = b + w[0] * inputs[0] + w[1] * inputs[1];
  const [h, slope] = σ(z);
  return { inputs, z, h, slope };
}

/** Every neuron's inputs, z, h and σ′(z); the output comes last. */
export function forward(neurons, x, σ) {
  const hidden = neurons.slice(0, -1).map((neuron) => fire(neuron, x, σ));
  return [...hidden, fire(neurons.at(-1), hidden.length ? hidden.map(({ h }) => h) : x, σ)];
}

export function output(neurons, x, σ) {
  return forward(neurons, x, σ).at(-1).h;
}

/** The class: 1 from ½ on; none where h is not a number. */
export function decide(h) {
  return Number.isNaN(h) ? null : Number(h >= 0.5);
}

/** Which samples are on the wrong side, by their index. */
export function mistakes(neurons, { X, y }, σ) {
  return X.flatMap((x, i) => (decide(output(neurons, x, σ)) === y[i] ? [] : [i]));
}

/** L = ½ (h − y)². */
export function squaredError(h, y) {
  return 0.5 * (h - y) ** 2;
}

/** ∂L/∂h of each neuron, and ∂L/∂(w₁, w₂, b) = ∂L/∂h · σ′(z) · (x₁, x₂, 1), for L = ½ (h − y)². */
export function backward(neurons, fired, y) {
  const last = fired.at(-1);
  const δ = (last.h - y) * last.slope;
  return fired.map((one, i) => {
    const upstream = one === last ? last.h - y : δ * neurons.at(-1).w[i];
    return { upstream, gradient: [...one.inputs, 1].map((input) => upstream * one.slope * input) };
  });
}

/** Each neuron's gradient, the mean over all samples, as the loss is one. */
export function meanGradients(neurons, { X, y }, σ) {
  const each = X.map((x, i) => backward(neurons, forward(neurons, x, σ), y[i]));
  return neurons.map((_, k) => PARAMETERS.map((_, j) => mean(each.map((sample) => sample[k].gradient[j]))));
}

export function meanLoss(neurons, { X, y }, σ) {
  return mean(X.map((x, i) => squaredError(output(neurons, x, σ), y[i])));
}

/** w ← w − η ∂L/∂w, for every neuron. */
export function descend(neurons, gradients, lr) {
  return neurons.map(({ w, b }, k) => ({
    w: w.map((wj, j) => wj - lr * gradients[k][j]),
    b: b - lr * gradients[k][2],
  }));
}

/** A learning rate that suits σ: ½ (h − y)² curves by σ′² at most, so 8 for the sigmoid, whose slope is at most ¼. */
export function learningRate(σ) {
  const steepest = Math.max(...linspace(-4, 4, 81).map((z) => Math.abs(σ(z)[1]) || 0));
  return steepest > 0 ? Math.min(8, 0.5 / steepest ** 2) : 0.5;
}

/** The neuron whose line is moved so that it goes through a point. */
export function moveLine({ w }, [x1, x2]) {
  return { w, b: -(w[0] * x1 + w[1] * x2) };
}

/** The neuron whose line is turned about a point of it, so that w points along (dx, dy). */
export function turnLine({ w }, pivot, way) {
  const scale = Math.hypot(...w) / (Math.hypot(...way) || 1);
  return moveLine({ w: way.map((v) => v * scale) }, pivot);
}
