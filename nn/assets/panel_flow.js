// The neuron as an equation, as boxes and edges, and as the factors of its gradient.

import { h, s, setNumber, setText } from "../../autograd/view/assets/dom.js";
import {
  bracketed,
  formatBrief,
  formatNumber,
  formatSigned,
  signClass,
  subscript,
} from "../../autograd/view/assets/numbers.js";
import { PARAMETERS } from "./neuron.js";

const [HIGH, LOW, MIDDLE] = [44, 114, 79]; // px in the drawing: the rows of boxes
const HALF = 110; // half a neuron's width

/** z = w₁·x₁ + w₂·x₂ + b → h = σ(z), in numbers. */
export function drawEquation(element, { neuron, names, picked, row }, { inputs, z, h: value }) {
  const { w, b } = neuron;
  const brief = (x) => bracketed(formatBrief(x));
  const [w1, w2] = [formatBrief(w[0]), brief(w[1])];
  element.replaceChildren(
    `z = ${w1}·${brief(inputs[0])} + ${w2}·${brief(inputs[1])} + ${brief(b)} = `,
    bold("z", z),
    `  →  ${names[picked]} = ${row.title}(z) = `,
    bold("h", value),
  );
}

function bold(id, x) {
  const element = h("b", { id });
  setNumber(element, x, formatBrief(x));
  return element;
}

/** Weighted sum and activation as boxes: an edge is as wide as its weight is large, and has its sign's colour. */
export function drawFlow(svg, panel, fired) {
  const { isNetwork, names, neurons, x } = panel;
  const places = isNetwork
    ? [
        [352, HIGH],
        [352, LOW],
        [700, MIDDLE],
      ]
    : [[400, MIDDLE]];
  const inputs = [
    [-8 + HALF, HIGH],
    [-8 + HALF, LOW],
  ];
  const hidden = places.slice(0, 2).map(([px, py]) => [px + HALF, py]);
  const edges = neurons.flatMap(({ w }, k) => {
    const tails = isNetwork && k === 2 ? hidden : inputs;
    const label = (wj, j) => (isNetwork ? formatBrief(wj) : `${PARAMETERS[j]} = ${formatBrief(wj)}`);
    return w.map((wj, j) => drawEdge(tails[j], [places[k][0] - HALF, places[k][1]], wj, label(wj, j)));
  });
  const out = places.at(-1)[0] + HALF;
  const describe = ({ z, h: value }, k) =>
    `${names[k]}: weighted sum ${formatNumber(z)}, activation ${formatNumber(value)}`;
  svg.setAttribute("viewBox", `0 0 ${out + 190} 160`);
  svg.setAttribute("aria-label", fired.map(describe).join("; "));
  svg.replaceChildren(
    ...edges.map(([line]) => line),
    s("line", { x1: out, y1: MIDDLE, x2: out + 110, y2: MIDDLE }),
    ...x.map((xj, j) => drawBox(54, [HIGH, LOW][j], 52, `x${subscript(j + 1)} = ${formatBrief(xj)}`)),
    ...fired.map((one, k) => drawNeuron(panel, places[k], one, k)),
    drawLoss(panel, out + 110),
    ...edges.map(([, text]) => text),
  );
}

/** A line, and its weight: above it in the upper row, below it in the lower one, on it where it crosses another. */
function drawEdge([x1, y1], [x2, y2], w, words) {
  const crosses = Math.abs(y2 - y1) === LOW - HIGH;
  const t = crosses ? 0.27 : 0.5;
  const width = 1.5 + Math.min(7, 2 * Math.abs(w));
  const level = y1 === HIGH ? -9 - width / 2 : 23 + width / 2;
  const at = { x: x1 + t * (x2 - x1), y: y1 + t * (y2 - y1) + (crosses ? 6 : level) };
  return [
    s("line", { class: signClass(w), x1, y1, x2, y2, style: `stroke-width:${width}` }),
    s("text", { class: signClass(w), ...at }, words),
  ];
}

function drawBox(x, y, half, words) {
  const rect = s("rect", { x: x - half, y: y - 21, width: 2 * half, height: 42, rx: 8 });
  return s("g", {}, rect, s("text", { class: "inside", x, y: y + 6 }, words));
}

/** Left the sum, right what the activation makes of it. */
function drawNeuron(panel, [x, y], { z, h: value }, k) {
  const { isNetwork, names, row, neurons } = panel;
  const pick = () => isNetwork && panel.change(() => panel.setNeuron(k, neurons[k]));
  const picked = isNetwork && k === panel.picked ? "picked" : "";
  const { b } = neurons[k];
  const words = (text, side, dy, name) => s("text", { class: name, x: x + (side * HALF) / 2, y: y + dy }, text);
  return s(
    "g",
    { class: isNetwork ? "pickable" : "", onclick: pick },
    s("rect", { class: picked, x: x - HALF, y: y - 21, width: 2 * HALF, height: 42, rx: 8 }),
    s("line", { class: "divider", x1: x, y1: y - 21, x2: x, y2: y + 21 }),
    words(`z = ${formatBrief(z)}`, -1, 6, "inside"),
    words(`${names[k]} = ${formatBrief(value)}`, 1, 6, "inside"),
    y !== LOW && words("weighted sum", -1, -27, "tick"),
    y !== LOW && words(row.title, 1, -27, "tick"),
    words(`b = ${formatBrief(b)}`, -1, 39, signClass(b)),
  );
}

/** The loss of this one sample. */
function drawLoss({ chosen, graph, names, neurons, target }, x) {
  const box = drawBox(x, MIDDLE, 76, `L = ${formatNumber(graph.of(neurons).loss(chosen))}`);
  box.append(s("text", { class: "tick", x, y: MIDDLE + 42 }, `½ (${names.at(-1)} − y)², y = ${target}`));
  return box;
}

/** ∂L/∂w = ∂L/∂h · σ′(z) · x: a row for each parameter of the picked neuron. */
export function fillDerivation(body, panel, fired) {
  const { picked, names, all } = panel;
  const means = panel.gradients(panel.samples)[picked];
  const { gradient, inputs, slope, upstream } = fired[picked];
  const symbols = picked === 2 ? ["h₁", "h₂"] : ["x₁", "x₂"];
  const rows = PARAMETERS.map((name, j) => {
    const rule = `∂L/∂${name} = ∂L/∂${names[picked]} · σ′(z) · ${symbols[j] ?? 1}`;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, rule),
      cell(`${j}.upstream`, upstream),
      cell(`${j}.slope`, slope),
      cell(`${j}.input`, [...inputs, 1][j]),
      cell(`${j}.one`, gradient[j], !all),
      cell(`${j}.all`, means[j], all),
    );
  });
  body.replaceChildren(...rows);
  setText(body.parentElement.tHead.rows[0].cells[1], `∂L/∂${names[picked]}`);
}

function cell(key, x, chosen = false) {
  const element = h("td", { class: `${signClass(x)}${chosen ? " chosen" : ""}`, "data-key": key });
  setNumber(element, x, formatSigned(x));
  return element;
}
