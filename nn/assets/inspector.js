// One neuron: its numbers for the chosen sample, its weights to change, and a weight's gradient as a sum over paths.

import { range } from "../../autograd/view/assets/arrays.js";
import { button, h, setNumber } from "../../autograd/view/assets/dom.js";
import { formatBrief, formatSigned, parseNumber, signClass } from "../../autograd/view/assets/numbers.js";
import { countPaths, pathsFrom } from "./gradient_paths.js";
import { featureName, neuronName, parameterName } from "./letters.js";

const SHOWN = 6; // paths, the largest; the others are summed up
const MOST_PATHS = 20_000;

export class Inspector {
  /** `page`: { network, settings, sizes, chosen, samples, player, setParameter(k, x), paint() }. */
  constructor(page) {
    this.page = page;
    this.element = h("section", { class: "inspector", hidden: true });
  }

  /** Opens at neuron i of layer l (1 is the first hidden one), and at its j-th weight. */
  open(l, i, j = -1) {
    Object.assign(this, { l, i, j });
    const { page } = this;
    const { features } = page.settings;
    const before = l === 1 ? features.map(featureName) : range(page.sizes[l - 1]).map((k) => this.nameOf(l - 1, k));
    const names = [...before, "1"];
    this.first = firstParameter(page.sizes, l, i);
    this.rows = names.map((name, k) => this.buildRow(name, k));
    this.facts = h("p", { class: "facts" });
    this.paths = h("div", { class: "paths" });
    const head = ["weight", "", "input", "∂L/∂w, this sample", "∂L/∂w, mean", ""].map((text) =>
      h("th", { scope: "col" }, text),
    );
    this.element.replaceChildren(
      h(
        "h2",
        {},
        `${this.nameOf(l, i)} `,
        button("step through it", "this neuron's part of the sample's graph, forward and backward, step by step", () =>
          page.player.open(l, i),
        ),
        " ",
        button("✕", "close", () => this.close()),
      ),
      this.facts,
      h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...this.rows.map(({ row }) => row))),
      this.paths,
    );
    this.element.hidden = false;
  }

  nameOf(l, i) {
    return neuronName(this.page.sizes, l, i);
  }

  buildRow(name, k) {
    const label = parameterName(this.page.sizes, this.l, this.i, k);
    const onchange = ({ target }) => {
      const x = parseNumber(target.value);
      if (Number.isFinite(x)) this.page.setParameter(this.first + k, x);
      this.page.paint();
    };
    const field = h("input", { type: "number", step: "any", "aria-label": label, onchange });
    const cells = range(3).map(() => h("td"));
    const choose = () => {
      this.j = k;
      this.page.paint();
    };
    const more = button("paths", `∂L/∂${label} as a sum over paths`, choose);
    const row = h(
      "tr",
      {},
      h("th", { scope: "row" }, `${label} · ${name}`),
      h("td", {}, field),
      ...cells,
      h("td", {}, more),
    );
    return { row, field, cells, label };
  }

  close() {
    this.element.hidden = true;
  }

  /** Shows the numbers of this moment. */
  paint() {
    if (this.element.hidden) return;
    const { page, l, i, first } = this;
    const { network, samples } = page;
    const { graph, tape } = network;
    network.differentiate(samples.train);
    const means = network.gradients;
    network.differentiate([page.chosen]);
    const slopes = network.gradients;
    const { hPre, h: outputs } = graph.layers[l - 1];
    const [z, y, delta] = [tape.data[hPre[i]], tape.data[outputs[i]], tape.grad[hPre[i]]];
    this.facts.textContent =
      `${page.sampleName}: weighted sum h̃ = ${formatBrief(z)}, output h = ${formatBrief(y)}, ` +
      `δ = ∂L/∂h̃ = ${formatBrief(delta)}, loss ${formatBrief(tape.data[graph.loss])}`;
    const before = l === 1 ? graph.features : graph.layers[l - 2].h;
    for (const [k, { field, cells }] of this.rows.entries()) {
      if (field !== document.activeElement) field.value = Number(network.parameters[first + k].toPrecision(6));
      const numbers = [k < before.length ? tape.data[before[k]] : 1, slopes[first + k], means[first + k]];
      for (const [cell, x] of numbers.entries()) {
        setNumber(cells[cell], x, cell ? formatSigned(x) : formatBrief(x));
        cells[cell].className = signClass(x);
      }
    }
    this.paintPaths();
  }

  paintPaths() {
    const { page, l, j, first } = this;
    if (j < 0) return this.paths.replaceChildren();
    const { label } = this.rows[j];
    const { graph, tape } = page.network;
    const leaf = graph.parameters[first + j];
    const count = countPaths(page.sizes, l - 1);
    const sum = tape.grad[leaf];
    const title = `∂L/∂${label} = ${formatSigned(sum)}, a sum over ${count} ${count === 1 ? "path" : "paths"}`;
    if (count > MOST_PATHS) return this.paths.replaceChildren(h("h3", {}, `${title}, too many to list`));
    const named = new Map(
      graph.layers.flatMap(({ h: nodes }, n) => nodes.map((node, k) => [node, this.nameOf(n + 1, k)])),
    );
    const paths = pathsFrom(page.network, leaf, MOST_PATHS).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
    const rest = paths.slice(SHOWN);
    const others = rest.reduce((total, { product }) => total + product, 0);
    const items = paths.slice(0, SHOWN).map(({ nodes, factors, product }) => {
      const way = [label, ...nodes.filter((node) => named.has(node)).map((node) => named.get(node)), "L"].join(" → ");
      const terms = factors.map((x) => (x < 0 ? `(${formatBrief(x)})` : formatBrief(x))).join(" · ");
      return h("li", {}, `${way}: ${terms} = `, h("b", { class: signClass(product) }, formatSigned(product)));
    });
    if (rest.length)
      items.push(h("li", {}, `${rest.length} more: `, h("b", { class: signClass(others) }, formatSigned(others))));
    return this.paths.replaceChildren(h("h3", {}, title), h("ul", {}, ...items));
  }
}

/** Where the parameters of neuron i of layer l begin: its weights, then its bias. */
export function firstParameter(sizes, l, i) {
  const before = range(l - 1).reduce((sum, k) => sum + sizes[k + 1] * (sizes[k] + 1), 0);
  return before + i * (sizes[l - 1] + 1);
}
