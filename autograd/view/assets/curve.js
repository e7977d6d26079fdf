// A curve that grows: numbers by step, on a logarithmic scale where it can be.

import { h, s, setText } from "./dom.js";
import { formatNumber } from "./numbers.js";

const [CURVE_WIDTH, CURVE_HEIGHT, MOST_POINTS] = [240, 56, 240]; // px, px, and of a curve

/** The curve through these numbers, from edge to edge, as points; what is not finite is left out. */
export function pointsOf(numbers) {
  const stride = Math.ceil(numbers.length / MOST_POINTS);
  const shown = numbers.map((y, step) => [step, y]).filter(([step]) => (numbers.length - 1 - step) % stride === 0);
  const finite = shown.filter(([, y]) => Number.isFinite(y));
  const isLog = finite.every(([, y]) => y > 0);
  const heights = finite.map(([, y]) => (isLog ? Math.log(y) : y));
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const px = (step) => (CURVE_WIDTH * step) / Math.max(1, numbers.length - 1);
  const py = (y) => (high > low ? (CURVE_HEIGHT * (high - y)) / (high - low) : CURVE_HEIGHT / 2);
  return finite.map(([step], i) => [px(step), py(heights[i])]);
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
    const points = pointsOf(numbers);
    const steps = numbers.length - 1;
    const [first, last] = [numbers[0], numbers.at(-1)].map((x) => formatNumber(x ?? NaN));
    const said = steps < 1 ? "" : `${name}: ${first} → ${last} in ${steps} step${steps === 1 ? "" : "s"}`;
    this.line.setAttribute("points", points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
    this.svg.setAttribute("aria-label", said || name);
    this.element.hidden = !said;
    setText(this.caption, said);
  }
}
