// The controls of the playground: a labelled field for each setting.

import { dropDown, h } from "../../autograd/view/assets/dom.js";
import { parseNumber } from "../../autograd/view/assets/numbers.js";
import { bounded, lossesFor } from "./playground_settings.js";

const TITLES = { logistic: "logistic", hinge: "hinge", mse: "squared error", cross_entropy: "cross-entropy" };
const PENALTIES = [
  ["none", "none"],
  ["L1", "L1: λ |w|"],
  ["L2", "L2: λ/2 w²"],
];

const LABELS = {
  data: "samples",
  noise: "noise",
  share: "held out",
  batch: "batch",
  seed: "seed",
  lr: "step size η",
  optimizer: "optimizer",
  penalty: "penalty",
  rate: "λ",
  init: "first weights",
  loss: "loss",
};

const EXPLAINED = {
  data: "what the network is to learn",
  noise: "how far chance moves the samples",
  share: "the share of the samples on which it does not train",
  batch: "samples per step; 0: all of them",
  seed: "another seed, other random numbers",
  lr: "how far a step goes",
  optimizer: "how the gradients move the weights",
  penalty: "what large weights cost",
  rate: "how much they cost",
  init: "how chance draws the weights before training",
  loss: "what training makes small",
};

export class Controls {
  /** `page`: { data, settings, optimizers }; `change(patch)`: a setting was changed. */
  constructor(page, change) {
    Object.assign(this, { page, change });
    const { inits } = page.data;
    const plain = (names) => names.map((name) => [name, name.replaceAll("_", " ")]);
    this.fields = {
      data: this.choice("data", []),
      noise: this.number("noise", { min: 0, max: 2, step: 0.01 }),
      share: this.number("share", { min: 0, max: 0.9, step: 0.1 }),
      batch: this.number("batch", { min: 0, step: 1 }),
      seed: this.number("seed", { min: 0, step: 1 }),
      lr: this.number("lr", { min: 0, step: "any" }),
      optimizer: this.choice("optimizer", plain(page.optimizers)),
      penalty: this.choice("penalty", PENALTIES),
      rate: this.number("rate", { min: 0, step: "any" }),
      init: this.choice("init", plain(Object.keys(inits))),
      loss: this.choice("loss", []),
    };
    const label = ([key, field]) => h("label", { title: EXPLAINED[key] }, h("span", {}, LABELS[key]), field);
    this.element = h("div", { class: "settings" }, ...Object.entries(this.fields).map(label));
  }

  choice(key, options) {
    return dropDown({ "data-key": key }, options, (value) => this.change({ [key]: value }));
  }

  number(key, attributes) {
    const onchange = ({ target }) => {
      const x = parseNumber(target.value);
      if (Number.isFinite(x)) this.change({ [key]: bounded(key, x) });
      this.show();
    };
    return h("input", { type: "number", "data-key": key, ...attributes, onchange });
  }

  /** Shows the settings as they are, and which of them count. */
  show() {
    const { settings, set } = this.page;
    const losses = lossesFor(set.classes.length).map((name) => h("option", { value: name }, TITLES[name]));
    this.fields.loss.replaceChildren(...losses);
    const sets = Object.entries(this.page.data.sets);
    this.fields.data.replaceChildren(...sets.map(([value, { title }]) => h("option", { value }, title)));
    for (const [key, field] of Object.entries(this.fields)) field.value = settings[key];
    this.fields.noise.disabled = !set.noisy;
    this.fields.rate.disabled = settings.penalty === "none";
    this.fields.loss.disabled = losses.length === 1;
  }
}
