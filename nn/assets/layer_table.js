// Layer by layer: histograms of h and δ, dead and saturated shares, and how far the weights moved.

import { range } from "../../autograd/view/assets/arrays.js";
import { h, s, setNumber } from "../../autograd/view/assets/dom.js";
import { formatBrief, formatNumber } from "../../autograd/view/assets/numbers.js";

// Title of a column → the key of its cells; histograms have none.
const COLUMNS = {
  "activation h": "",
  "gradient |δ|, log scale": "",
  "δ = 0": "zero",
  dead: "dead",
  saturated: "saturated",
  "‖Δw‖/‖w‖": "ratio",
};
const HINT =
  "δ = ∂L/∂z, z the weighted sum of a neuron. Dead: slope 0 on every sample; saturated: slope near 0. " +
  "‖Δw‖/‖w‖, the size of a step against the weights, is often near 0.001.";

/** Returns { element, draw(snapshot, index) }. */
export function buildLayerTable({ activations, snapshots }) {
  const layers = activations.map((name, l) => buildLayer(name, l, snapshots));
  const head = ["layer", ...Object.keys(COLUMNS)].map((title) => {
    return h("th", { scope: "col", colspan: COLUMNS[title] === "ratio" && 2 }, title);
  });
  const body = h("tbody", {}, ...layers.map(({ row }) => row));
  const element = h(
    "section",
    { class: "byLayer" },
    h("h2", {}, "Layer by layer, one scale for the whole run"),
    h("table", { class: "layers" }, h("thead", {}, h("tr", {}, ...head)), body),
    h("p", { class: "hint" }, HINT),
  );
  const draw = (snapshot, index) => {
    for (const [l, layer] of layers.entries()) drawLayer(layer, snapshot.layers[l], snapshot.step, index);
  };
  return { element, draw };
}

function buildLayer(activation, l, snapshots) {
  const keys = Object.values(COLUMNS).filter(Boolean);
  const cells = Object.fromEntries(keys.map((key) => [key, h("td", { "data-key": `${l}.${key}` })]));
  const bars = [buildHistogram(`h of layer ${l + 1}`), buildHistogram(`|δ| of layer ${l + 1}`, (log) => 10 ** log)];
  const path = buildRatioPath(l, snapshots);
  const title = `${l + 1}, ${activation === "positive" ? "linear" : activation}`;
  const histograms = bars.map(({ element }) => h("td", {}, element));
  const heading = h("th", { scope: "row" }, title);
  const row = h("tr", {}, heading, ...histograms, ...Object.values(cells), h("td", {}, path.element));
  return { row, bars, cells, path };
}

function drawLayer({ bars, cells, path }, layer, step, index) {
  bars[0].draw(layer.h, layer.spans[0]);
  bars[1].draw(layer.delta, layer.spans[1]);
  setNumber(cells.zero, layer.zero, percent(layer.zero));
  setNumber(cells.ratio, layer.ratio, step ? formatBrief(layer.ratio, 2) : "–");
  for (const [i, key] of ["dead", "saturated"].entries()) {
    setNumber(cells[key], layer.flat?.[i] ?? NaN, layer.flat ? percent(layer.flat[i]) : "–");
  }
  path.move(index);
}

function percent(x) {
  return `${Number((100 * x).toPrecision(2))} %`;
}

/** Bars that are as wide as there is room, and the numbers at both ends, of which `read` makes what they mean. */
function buildHistogram(name, read = (x) => x) {
  const attributes = { class: "bars", viewBox: "0 0 210 50", preserveAspectRatio: "none", role: "img" };
  const svg = s("svg", attributes);
  const ends = [h("span"), h("span")];
  const draw = (counts, span) => {
    const most = Math.max(1, ...counts);
    const width = 210 / counts.length;
    const total = counts.reduce((a, b) => a + b, 0);
    const bar = (n, i) => {
      const height = (48 * n) / most;
      return s("rect", { x: i * width, y: 50 - height, width: width - 1, height });
    };
    svg.replaceChildren(...counts.map(bar));
    svg.dataset.counts = counts.join(" ");
    const [low, high] = span.map((x) => formatNumber(read(x)));
    svg.setAttribute("aria-label", `histogram of ${name}: ${total} numbers from ${low} to ${high}`);
    for (const [i, end] of ends.entries()) end.textContent = formatBrief(read(span[i]), 2);
  };
  return { element: h("figure", {}, svg, h("div", { class: "span", "aria-hidden": "true" }, ...ends)), draw };
}

/** ‖Δw‖/‖w‖ of a layer over the run, logarithmic: all layers on one scale, with a dot at the snapshot shown. */
function buildRatioPath(l, snapshots) {
  const size = (snapshot, layer) => Math.log10(snapshot.layers[layer].ratio);
  const layers = range(snapshots[0].layers.length);
  const known = snapshots.flatMap((one) => layers.map((layer) => size(one, layer))).filter(Number.isFinite);
  const top = Math.max(...known, -Infinity);
  const height = top - Math.min(...known, top) || 1;
  const px = (i) => 4 + (92 * i) / Math.max(1, snapshots.length - 1);
  const at = snapshots.map((snapshot, i) => [px(i), 4 + (32 * (top - size(snapshot, l))) / height]);
  const points = at.filter(([, y]) => Number.isFinite(y)).map((point) => point.join());
  const dot = s("circle", { r: 3.5 });
  const label = `‖Δw‖/‖w‖ of layer ${l + 1} over the run`;
  const line = s("polyline", { points: points.join(" ") });
  const element = s("svg", { class: "path", viewBox: "0 0 100 40", role: "img", "aria-label": label }, line, dot);
  const move = (i) => {
    const [x, y] = at[i];
    const isKnown = Number.isFinite(y);
    dot.setAttribute("visibility", isKnown ? "visible" : "hidden");
    if (!isKnown) return;
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
  };
  return { element, move };
}
