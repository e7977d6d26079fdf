// Losses by step, logarithmic where they can be, with a line at the step that is shown.

import { lossScale } from "../../autograd/view/assets/curve.js";
import { h, s, setText } from "../../autograd/view/assets/dom.js";
import { formatBrief, formatNumber } from "../../autograd/view/assets/numbers.js";

const [WIDTH, HEIGHT] = [640, 120];
const LEFT = 110; // for the losses beside the axis

export class LossCurve {
  /** `unit`: what is counted from left to right; `caption`: whose losses they are. */
  constructor(title, unit, caption) {
    Object.assign(this, { unit, words: caption });
    this.curves = s("g");
    this.cursor = s("line", { class: "cursor", y1: 0, y2: HEIGHT });
    const tick = (x, y, anchor) => s("text", { class: "tick", x, y, "text-anchor": anchor });
    this.ends = [tick(0, HEIGHT + 18, "start"), tick(WIDTH, HEIGHT + 18, "end")];
    this.scale = [tick(-6, 16, "end"), tick(-6, HEIGHT - 4, "end")]; // the largest loss, the least
    const frame = s("rect", { class: "frame", width: WIDTH, height: HEIGHT });
    const viewBox = `${-LEFT} -4 ${LEFT + WIDTH + 6} ${HEIGHT + 28}`;
    const attributes = { class: "wide", viewBox, role: "img", "aria-label": title };
    this.caption = h("figcaption");
    const svg = s("svg", attributes, frame, this.curves, this.cursor, ...this.ends, ...this.scale);
    this.element = h("figure", {}, svg, this.caption);
  }

  /** `series`: { name, points: pairs of a step and a loss, null where it is not finite }; `last`: the last step. */
  show(series, last) {
    const known = series.map(({ name, points }) => ({ name, points: points.filter(([, y]) => Number.isFinite(y)) }));
    const [steps, values] = [0, 1].map((k) => known.flatMap(({ points }) => points.map((point) => point[k])));
    const { isLog, low, high, place } = lossScale(values);
    const [first, end] = [steps.reduce(least, 0), steps.reduce(most, Math.max(1, last))];
    this.px = (step) => (WIDTH * (step - first)) / (end - first);
    const py = (y) => 10 + (HEIGHT - 20) * (1 - place(y));
    const at = ([step, y]) => `${this.px(step).toFixed(1)},${py(y).toFixed(1)}`;
    const path = (points) => [...points, ...points.slice(-1)].map(at).join(" "); // of a single point, a dot
    this.curves.replaceChildren(
      ...known.map(({ name, points }) =>
        s("polyline", { class: name, points: path(points), "stroke-linecap": "round" }),
      ),
    );
    setText(this.ends[0], `${this.unit} ${first}`);
    setText(this.ends[1], formatNumber(end));
    const ends = low < high ? [high, low] : []; // briefly, if that tells them apart
    const brief = ends.map((y) => formatBrief(y, 2));
    const texts = brief[0] === brief[1] ? ends.map(formatNumber) : brief;
    for (const [i, tick] of this.scale.entries()) setText(tick, texts[i] ?? "");
    const said = `${this.words}${isLog ? ", logarithmic" : ""}`;
    setText(this.caption, values.length ? said : "no steps were recorded");
  }

  move(step) {
    this.cursor.setAttribute("x1", this.px(step));
    this.cursor.setAttribute("x2", this.px(step));
  }
}

function least(a, b) {
  return Math.min(a, b);
}

function most(a, b) {
  return Math.max(a, b);
}
