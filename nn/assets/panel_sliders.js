// The sliders of the panel: each with a box for the number.

import { h } from "../../autograd/view/assets/dom.js";
import { subscript } from "../../autograd/view/assets/numbers.js";
import { PARAMETERS } from "./neuron.js";

/** Knobs for x₁, x₂ (within the plane), w₁, w₂, b and η. */
export function buildKnobs(panel, ...plane) {
  const widest = Math.max(8, ...panel.neurons.flatMap(({ w, b }) => [...w, b]).map((v) => Math.ceil(Math.abs(v))));
  const limits = [-widest, widest];
  const input = (j) => {
    const set = (v) => panel.movePoint(panel.x.with(j, v));
    return knob(panel, `x${subscript(j + 1)}`, plane[j], () => panel.x[j], set);
  };
  const weight = (j) => {
    const set = (v) => panel.setNeuron(panel.picked, { w: panel.neuron.w.with(j, v), b: panel.neuron.b });
    return knob(panel, PARAMETERS[j], limits, () => panel.neuron.w[j], set);
  };
  const setBias = (b) => panel.setNeuron(panel.picked, { w: panel.neuron.w, b });
  const setRate = (v) => {
    panel.lr = v;
  };
  const bias = knob(panel, "b", limits, () => panel.neuron.b, setBias);
  const rate = knob(panel, "step size η", [0.05, 10], () => panel.lr, setRate);
  return { inputs: [input(0), input(1)], weights: [weight(0), weight(1), bias], rate };
}

/** A slider and a number box for one number. `show(except)` writes the number into both, but not into that one. */
function knob(panel, name, [min, max], get, set) {
  const oninput = ({ target }) => {
    const x = target.valueAsNumber;
    if (Number.isFinite(x)) panel.change(() => set(x), target);
  };
  const slider = h("input", { type: "range", min, max, step: 0.05, "aria-label": name, oninput });
  const box = h("input", { type: "number", step: 0.05, "aria-label": `${name}, as a number`, oninput });
  const show = (except) => {
    for (const input of [slider, box]) if (input !== except) input.value = Number(get().toPrecision(3));
  };
  return { element: h("div", { class: "knob" }, h("span", {}, name), slider, box), show };
}
