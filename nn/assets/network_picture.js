// The network as it is drawn: inputs, neurons, outputs, and its weights as edges, as wide as they are large.

import { range } from "../../autograd/view/assets/arrays.js";
import { h, s } from "../../autograd/view/assets/dom.js";
import { formatBrief, signClass, subscript } from "../../autograd/view/assets/numbers.js";

const [WIDE, TALL, TOP] = [640, 400, 46]; // of the picture; above TOP stand the names of the layers
export const MOST = 10; // neurons of a layer that are drawn

/** Where the neurons of each layer stand, the inputs first: { side, columns: [[[x, y], …], …] }. */
export function placesOf(sizes) {
  const counts = sizes.map((m) => Math.min(m, MOST));
  const across = (WIDE - 90) / (sizes.length - 1);
  const down = Math.min(86, (TALL - TOP - 10) / Math.max(...counts));
  const middle = (TOP + TALL) / 2;
  const columns = counts.map((n, l) => range(n).map((i) => [45 + l * across, middle + (i - (n - 1) / 2) * down]));
  return { side: Math.min(72, 0.88 * down, 0.6 * across), columns };
}

export class NetworkPicture {
  /** `maps`: the plots of each hidden layer's neurons, or none, where a neuron is a circle. */
  constructor(sizes, activations, maps) {
    const { side, columns } = placesOf(sizes);
    Object.assign(this, { columns, sizes, hasMaps: maps.length > 0 });
    this.edges = s("g");
    this.nodes = s("g");
    const names = columns.map((places, l) => drawName(sizes, activations, l, places[0][0]));
    const attributes = { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", class: "edges" };
    this.svg = s("svg", attributes, this.edges, this.nodes, ...names);
    const figures = maps.flatMap((plots, l) => plots.map((plot, i) => place(plot.element, columns[l + 1][i], side)));
    this.element = h("div", { class: "network" }, this.svg, ...figures);
    this.radius = Math.min(17, side / 2);
  }

  /** `layers`: neurons {w, b}; `values`: of the inputs and of each layer, for the chosen sample. */
  draw(layers, values, title) {
    this.svg.setAttribute("aria-label", title);
    this.edges.replaceChildren(...layers.flatMap((layer, l) => this.drawWeights(layer, l)));
    this.nodes.replaceChildren(...this.columns.flatMap((places, l) => this.drawLayer(places, l, values[l])));
  }

  drawWeights(layer, l) {
    const [from, to] = [this.columns[l], this.columns[l + 1]];
    const largest = Math.max(...layer.flatMap(({ w }) => w.map(Math.abs))) || 1;
    return to.flatMap(([x2, y2], i) =>
      from.map(([x1, y1], j) => {
        const w = layer[i].w[j];
        const share = Math.abs(w) / largest;
        const style = `stroke-width:${(0.4 + 5 * share).toFixed(2)};opacity:${(0.15 + 0.85 * share).toFixed(2)}`;
        return s("line", { class: signClass(w), x1, y1, x2, y2, style }, s("title", {}, `w = ${formatBrief(w)}`));
      }),
    );
  }

  /** Circles: as opaque as the value is large, in the colour of its sign. */
  drawLayer(places, l, values) {
    const last = this.columns.length - 1;
    if (this.hasMaps && l > 0 && l < last) return [];
    const largest = Math.max(...values.map(Math.abs)) || 1;
    return places.map(([cx, cy], i) => {
      const name = nameOf(l, last) + (this.sizes[l] > 1 ? subscript(i + 1) : "");
      const value = values[i];
      const fill = `fill-opacity:${((0.75 * Math.abs(value)) / largest).toFixed(2)}`;
      return s(
        "g",
        {},
        s("circle", { class: "ground", cx, cy, r: this.radius }),
        s("circle", { class: signClass(value), cx, cy, r: this.radius, style: fill }),
        this.radius > 12 && s("text", { class: "node", x: cx, y: cy + 6 }, name),
        s("title", {}, `${name} = ${formatBrief(value)}`),
      );
    });
  }
}

function nameOf(l, last) {
  if (l === 0) return "x";
  return l === last ? "f" : "h";
}

function drawName(sizes, activations, l, x) {
  const last = sizes.length - 1;
  const words = l === 0 ? "inputs" : l === last ? "output" : activations[l - 1].replace("positive", "identity");
  const rest = sizes[l] > MOST && `${MOST} of ${sizes[l]} shown`;
  const anchor = { 0: "start", [last]: "end" }[l] ?? "middle";
  const at = { 0: 2, [last]: WIDE - 2 }[l] ?? x;
  const line = (text, dy) => s("tspan", { x: at, dy }, text);
  return s("text", { class: "tick", y: 16, "text-anchor": anchor }, line(words, 0), rest && line(rest, 19));
}

function place(element, [x, y], side) {
  const share = (t, whole) => `${((100 * t) / whole).toFixed(3)}%`;
  element.setAttribute(
    "style",
    `left:${share(x - side / 2, WIDE)};top:${share(y - side / 2, TALL)};width:${share(side, WIDE)}`,
  );
  return element;
}
