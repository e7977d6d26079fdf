// The lecture's letters for the parts of a network, as autograd/wording.py has them: w₁₂⁽¹⁾, h̃₁⁽¹⁾, h₁⁽¹⁾, f̃₁, x₁.

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

/** What a neuron passes on, h₂⁽¹⁾; x₁ for l = 0. The last layer is linear: f̃. */
export function neuronName(sizes, l, i) {
  const letter = l === sizes.length - 1 ? "h\u0303" : "h";
  return lettered(l === 0 ? inputLetter(i) : neuronLetter(sizes, letter, l, i));
}
