// The network: its features, its layers and what is changed of them, its picture with a map in every neuron.

import { range } from "../../autograd/view/assets/arrays.js";
import { button, h, setText } from "../../autograd/view/assets/dom.js";
import { formatBrief } from "../../autograd/view/assets/numbers.js";
import { buildLayerEditor } from "./layer_editor.js";
import { drawMaps, mapAxes, NeuronMap } from "./maps.js";
import { unpack } from "./network.js";
import { NetworkPicture } from "./network_picture.js";
import { inputNames } from "./playground_settings.js";

export class NetworkView {
  /** `page`: { data, settings, set, sizes, plane }; `act`: { change(patch), inspect(l, i, j), toggle() }. */
  constructor(page, act) {
    this.page = page;
    const { settings, data, sizes, plane } = page;
    const titles = data.activations.map(({ name, title }) => [name, title]);
    const editor = buildLayerEditor(settings, titles, data.widest, act.change);
    const axes = mapAxes(plane.plot);
    this.maps = sizes.map((m) => range(m).map((i) => new NeuronMap(`neuron ${i + 1}`, axes)));
    const edge = (l, i, j) => act.inspect(l + 1, i, j);
    const neuron = (l, i) => l > 0 && act.inspect(l, i);
    this.picture = new NetworkPicture(sizes, [], this.maps, { most: Math.max(...sizes), edge, neuron });
    const explained = "edges show ∂L/∂w, the mean over the training samples, instead of w";
    this.toggle = button("gradients", explained, act.toggle, { "data-key": "gradients" });
    const column = (...parts) => h("div", { class: "column" }, ...parts);
    const heads = h("div", { class: "heads" }, column("inputs", this.toggle), ...editor.columns, column("output"));
    const across = h("div", { class: "across", style: `--columns:${sizes.length}` }, heads, this.picture.element);
    this.element = h(
      "div",
      {},
      h("div", { class: "shape" }, this.buildFeatures(act.change), editor.count),
      h("div", { class: "scrolls" }, across),
    );
  }

  /** A box to tick for each feature; one at least stays. */
  buildFeatures(change) {
    const { data, settings, set } = this.page;
    const names = set.X[0].length === 2 ? data.formulas : inputNames(set);
    const box = (text, j) => {
      const onchange = () => {
        const chosen = names.filter((name) => (name === text) !== settings.features.includes(name));
        change({ features: chosen.length ? chosen : [text] });
      };
      const checked = settings.features.includes(text);
      const title = set.X[0].length === 2 ? text : set.features[j];
      return h(
        "label",
        {},
        h("input", { type: "checkbox", checked, onchange, "data-key": `feature ${text}` }),
        title.replaceAll(" * ", "·"),
      );
    };
    return h("fieldset", { class: "features" }, h("legend", {}, "features"), ...names.map(box));
  }

  /** `field`: what the neurons compute over the plane; `point`: of it, whose numbers they show, or null. */
  paint(field, point, showsGradients) {
    const { page, maps, picture } = this;
    const { network, samples, sizes, training } = page;
    drawMaps(maps, field);
    this.toggle.setAttribute("aria-pressed", showsGradients);
    if (showsGradients) network.differentiate(samples.train);
    const edges = unpack(showsGradients ? network.gradients : network.parameters, sizes);
    const title = `The network after ${training.steps} steps, its ${showsGradients ? "gradients" : "weights"} as edges`;
    this.paintNumbers(point);
    picture.draw(edges, [], title, showsGradients ? "∂L/∂w" : "w");
  }

  paintNumbers(point) {
    const { page, maps, picture } = this;
    picture.element.classList.toggle("probed", point !== null);
    if (!point) return;
    const values = page.network.compute(page.plane.at(point));
    for (const [l, plots] of maps.entries()) {
      for (const [i, plot] of plots.entries()) setText(plot.caption, formatBrief(values[l][i]));
    }
  }
}
