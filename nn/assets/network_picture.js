// The network as it is drawn: inputs, neurons, outputs, and its weights as edges, as wide as they are large.

import { range } from "../../autograd/view/assets/arrays.js";
import { furnish, h, s, setClass, setText } from "../../autograd/view/assets/dom.js";
import { formatBrief, signClass, subscript } from "../../autograd/view/assets/numbers.js";

const [WIDE, TALL, TOP] = [640, 400, 46]; // of the picture; above TOP stand the names of the layers
export const MOST_DRAWN = 10; // neurons of a layer that are drawn

/** Where the neurons of each layer stand, the inputs first: { side, columns: [[[x, y], …], …] }. */
export function placesOf(sizes, most = MOST_DRAWN) {
  const counts = sizes.map((m) => Math.min(m, most));
  const across = (WIDE - 90) / (sizes.length - 1);
  const down = Math.min(86, (TALL - TOP - 10) / Math.max(...counts));
  const middle = (TOP + TALL) / 2;
  const columns = counts.map((n, l) => range(n).map((i) => [45 + l * across, middle + (i - (n - 1) / 2) * down]));
  return { side: Math.min(72, 0.88 * down, 0.6 * across), columns };
}

export class NetworkPicture {
  /**
   * `names`: what stands above each column; `maps`: the plots of each column's neurons; where there are none, a neuron
   * is a circle. `most`: neurons of a layer that are drawn; `edge(l, i, j)`, `neuron(l, i)`: one was chosen.
   */
  constructor(sizes, names, maps, { most = MOST_DRAWN, edge = null, neuron = null } = {}) {
    const { side, columns } = placesOf(sizes, most);
    Object.assign(this, { columns, sizes, radius: Math.min(17, side / 2) });
    this.edges = columns
      .slice(1)
      .map((to, l) => to.map((end, i) => columns[l].map((at, j) => drawEdge(at, end, edge && (() => edge(l, i, j))))));
    this.circles = columns.map((places, l) =>
      maps[l]?.length ? [] : places.map((at, i) => this.buildCircle(at, l, i)),
    );
    const figures = maps.flatMap((plots, l) => plots.map((plot, i) => place(plot.element, columns[l][i], side)));
    const titles = names.map((name, l) => drawName(name, sizes, l, columns[l][0][0], most));
    const shapes = [this.edges, this.circles].map((parts) => s("g", {}, ...parts.flat(2).map((part) => part.element)));
    this.svg = s("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", class: "edges" }, ...shapes, ...titles);
    this.element = h("div", { class: "network" }, this.svg, ...figures);
    if (neuron) this.makeChoosable(maps, neuron);
  }

  /** `layers`: neurons {w, b}; `values`: by column, for the chosen sample; `letter`: of what edges show. */
  draw(layers, values, title, letter = "w") {
    this.svg.setAttribute("aria-label", title);
    for (const [l, neurons] of this.edges.entries()) {
      const largest = Math.max(...layers[l].flatMap(({ w }) => w.map(Math.abs))) || 1;
      for (const [i, lines] of neurons.entries()) {
        for (const [j, line] of lines.entries()) showEdge(line, layers[l][i].w[j], largest, letter);
      }
    }
    for (const [l, circles] of this.circles.entries()) {
      if (!circles.length) continue;
      const largest = Math.max(...values[l].map(Math.abs)) || 1;
      for (const [i, circle] of circles.entries()) showCircle(circle, values[l][i], largest);
    }
  }

  /** A circle: as opaque as the value is large, in the colour of its sign. */
  buildCircle([cx, cy], l, i) {
    const last = this.columns.length - 1;
    const name = nameOf(l, last) + (this.sizes[l] > 1 ? subscript(i + 1) : "");
    const fill = s("circle", { cx, cy, r: this.radius });
    const title = s("title");
    const text = this.radius > 12 && s("text", { class: "node", x: cx, y: cy + 6 }, name);
    const ground = s("circle", { class: "ground", cx, cy, r: this.radius });
    return { element: s("g", { class: "neuron" }, ground, fill, text, title), fill, title, name };
  }

  /** Neurons as buttons: circles, and the figures of maps. */
  makeChoosable(maps, neuron) {
    for (const [l, places] of this.columns.entries()) {
      for (const i of range(places.length)) {
        const element = this.circles[l][i]?.element ?? maps[l][i].element;
        const name = `${nameOf(l, this.columns.length - 1)}${subscript(i + 1)} of column ${l}`;
        furnish(element, {
          role: "button",
          tabindex: 0,
          "aria-label": `neuron ${name}`,
          "data-choosable": "",
          "data-key": `neuron ${l} ${i}`,
        });
        element.addEventListener("click", () => neuron(l, i));
        element.addEventListener("keydown", ({ key }) => key === "Enter" && neuron(l, i));
      }
    }
  }
}

/** An edge; one that can be chosen has a wide, invisible line to take hold of. */
function drawEdge([x1, y1], [x2, y2], choose) {
  const title = s("title");
  const line = s("line", { x1, y1, x2, y2 }, !choose && title);
  const grip = choose && s("line", { class: "grip", x1, y1, x2, y2, onclick: choose }, title);
  return { element: s("g", {}, line, grip), line, title };
}

function showEdge({ line, title }, w, largest, letter) {
  const share = Math.abs(w) / largest;
  setClass(line, signClass(w));
  line.style.strokeWidth = (0.4 + 5 * share).toFixed(2);
  line.style.strokeOpacity = (0.15 + 0.85 * share).toFixed(2);
  setText(title, `${letter} = ${formatBrief(w)}`);
}

function showCircle({ fill, title, name }, value, largest) {
  setClass(fill, signClass(value));
  fill.style.fillOpacity = ((0.75 * Math.abs(value)) / largest).toFixed(2);
  setText(title, `${name} = ${formatBrief(value)}`);
}

/** What stands above the columns of a network that is looked at. */
export function columnNames(activations) {
  const words = activations.map((name) => name.replace("positive", "identity"));
  return ["inputs", ...words.slice(0, -1), "output"];
}

function nameOf(l, last) {
  if (l === 0) return "x";
  return l === last ? "f" : "h";
}

function drawName(name, sizes, l, x, most) {
  const last = sizes.length - 1;
  const rest = sizes[l] > most && `${most} of ${sizes[l]} shown`;
  const anchor = { 0: "start", [last]: "end" }[l] ?? "middle";
  const at = { 0: 2, [last]: WIDE - 2 }[l] ?? x;
  const line = (text, dy) => s("tspan", { x: at, dy }, text);
  return s("text", { class: "tick", y: 16, "text-anchor": anchor }, line(name, 0), rest && line(rest, 19));
}

function place(element, [x, y], side) {
  const share = (t, whole) => `${((100 * t) / whole).toFixed(3)}%`;
  element.setAttribute(
    "style",
    `left:${share(x - side / 2, WIDE)};top:${share(y - side / 2, TALL)};width:${share(side, WIDE)}`,
  );
  return element;
}
