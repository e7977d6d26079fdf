// What stands above the columns of the network: how many layers, how many neurons, which activation in each.

import { button, dropDown, h } from "../../autograd/view/assets/dom.js";
import { DEEPEST } from "./playground_settings.js";

const NEW_LAYER = 4; // neurons of a layer that is added

/** The line that adds and takes away layers, and changes one. `change(patch)`: of the settings. */
export function buildLayerEditor({ layers, activations }, titles, widest, change) {
  const resize = (l, by) => change({ layers: layers.with(l, layers[l] + by) });
  const add = () =>
    change({ layers: [...layers, NEW_LAYER], activations: [...activations, activations.at(-1) ?? "tanh"] });
  const remove = () => change({ layers: layers.slice(0, -1), activations: activations.slice(0, -1) });
  const more = control("+", "add a layer", add, layers.length === DEEPEST);
  const less = control("−", "take the last layer away", remove, layers.length === 0);
  const count = h("span", { class: "count" }, ` ${layers.length} hidden ${layers.length === 1 ? "layer" : "layers"} `);
  const columns = layers.map((m, l) => {
    const name = `layer ${l + 1}`;
    const choose = (activation) => change({ activations: activations.with(l, activation) });
    const attributes = { "aria-label": `activation of ${name}`, "data-key": `σ ${l}` };
    const select = dropDown(attributes, titles, choose);
    select.value = activations[l];
    const fewer = control("−", `one neuron less in ${name}`, () => resize(l, -1), m === 1);
    const further = control("+", `one neuron more in ${name}`, () => resize(l, 1), m === widest);
    return h(
      "div",
      { class: "column" },
      select,
      h("div", { class: "stepper" }, fewer, h("span", {}, String(m)), further),
    );
  });
  return { count: h("div", { class: "stepper" }, less, count, more), columns };
}

function control(text, label, act, disabled) {
  return button(text, label, act, { "data-key": label, disabled });
}
