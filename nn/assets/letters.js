// The lecture's letters for the parts of a network, as autograd/wording.py has them: w₁₂⁽¹⁾, h̃₁⁽¹⁾, h₁⁽¹⁾, f̃₁, x₁.

import { range } from "../../autograd/view/assets/arrays.js";
import { subscript } from "../../autograd/view/assets/numbers.js";
import { lettered } from "../../autograd/view/assets/text.js";

/** Of an input, w_12^1 as a trace writes it. */
export function inputLetter(j) {
  return `x_${j + 1}^`;
}

/** Of neuron i of layer l, 1 for the first hidden one: its weight j, its b, h or h̃. `sizes`: [m₀, …, m_L]. */
export function neuronLetter(sizes, letter, l, i, j = -1) {
  const neuron = sizes[l] > 1 ? String(i + 1) : "";
  const comma = neuron && Math.max(i, j) >= 9 ? "," : "";
  const index = j < 0 ? neuron : `${neuron}${comma}${j + 1}`;
  const isOutput = letter[0] === "h" && l === sizes.length - 1;
  return isOutput ? `${letter.replace("h", "f")}_${index}^` : `${letter}_${index}^${l}`;
}

/** The j-th weight of a neuron, or its bias, w₁₂⁽¹⁾ or b₁⁽¹⁾. */
export function parameterName(sizes, l, i, j) {
  const isBias = j === sizes[l - 1];
  return lettered(isBias ? neuronLetter(sizes, "b", l, i) : neuronLetter(sizes, "w", l, i, j));
}

/** The names of all weights and biases, neuron by neuron. */
export function parameterNames(sizes) {
  return sizes
    .slice(1)
    .flatMap((m, l) => range(m).flatMap((i) => range(sizes[l] + 1).map((j) => parameterName(sizes, l + 1, i, j))));
}

/** A formula of the inputs as a feature, x₁·x₂ of "x1 * x2". */
export function featureName(text) {
  return text.replaceAll(" * ", "·").replace(/x(\d+)/g, (_, j) => `x${subscript(j)}`);
}

/** What a neuron passes on, h₂⁽¹⁾. The last layer is linear: f̃. */
export function neuronName(sizes, l, i) {
  const letter = l === sizes.length - 1 ? "h\u0303" : "h";
  return lettered(neuronLetter(sizes, letter, l, i));
}
