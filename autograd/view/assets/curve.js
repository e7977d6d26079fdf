// Losses by step: their scale, for the curves of all pages, and the curve that grows in the player.

import { h, s, setText } from "./dom.js";
import { formatNumber } from "./numbers.js";

const [CURVE_WIDTH, CURVE_HEIGHT, MOST_POINTS] = [240, 56, 240]; // px, px, and of a curve

/** Where losses stand between the least of these, 0, and the largest, 1: on a logarithmic scale where it can be. */
export function lossScale(losses) {
  const isLog = losses.every((y) => y > 0);
  const heightOf = (y) => (isLog ? Math.log(y) : y);
  const [low, high] = [Math.min, Math.max].map((pick) => losses.reduce((a, b) => pick(a, b), losses[0]));
  const span = heightOf(high) - heightOf(low);
  return { isLog, low, high, place: (y) => (span ? (heightOf(y) - heightOf(low)) / span : 0.5) };
}

/** A curve with its first and its last number beside it. */
export class Curve {
  constructor() {
    this.line = s("polyline", {});
    const viewBox = `-4 -6 ${CURVE_WIDTH + 8} ${CURVE_HEIGHT + 12}`;
    this.svg = s("svg", { viewBox, role: "img", preserveAspectRatio: "none" }, this.line);
    this.caption = h("figcaption", {});
    this.element = h("figure", { class: "curve" }, this.svg, this.caption);
  }

  /** `name`: what is drawn. */
  show(name, numbers) {
    const steps = numbers.length - 1;
    const stride = Math.ceil(numbers.length / MOST_POINTS);
    const isShown = (y, step) => Number.isFinite(y) && (steps - step) % stride === 0;
    const { place } = lossScale(numbers.filter(isShown));
    const point = (y, step) => `${(CURVE_WIDTH * step) / Math.max(1, steps)},${CURVE_HEIGHT * (1 - place(y))}`;
    const [first, last] = [numbers[0], numbers.at(-1)].map((x) => formatNumber(x ?? NaN));
    const said = steps < 1 ? "" : `${name}: ${first} → ${last} in ${steps} step${steps === 1 ? "" : "s"}`;
    this.line.setAttribute("points", numbers.flatMap((y, step) => (isShown(y, step) ? point(y, step) : [])).join(" "));
    this.svg.setAttribute("aria-label", said || name);
    this.element.hidden = !said;
    setText(this.caption, said);
  }
}
