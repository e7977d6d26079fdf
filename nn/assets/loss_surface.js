// The loss over a neuron's two weights, as a surface; on it the way that training went, and where it is.

import { clamp } from "../../autograd/view/assets/arrays.js";
import { h, s } from "../../autograd/view/assets/dom.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";
import { colour } from "./colours.js";
import { isScrolling } from "./panel_drag.js";
import { heightsOf, patches, project, unproject } from "./surface.js";

const SIDE = 360; // of the picture, in units of its SVG
const CELLS = 28;
const SHARP = 2; // dots of the canvas per unit

export class LossSurface {
  /** `drag(dw₁, dw₂)`: the weights are to change by so much. */
  constructor(drag) {
    this.drag = drag;
    this.canvas = h("canvas", { width: SHARP * SIDE, height: SHARP * SIDE, "aria-hidden": "true" });
    this.svg = s("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", class: "grab" });
    this.caption = h("figcaption", {}, "the loss for all w₁ and w₂, with this b");
    const stage = h("div", { class: "stage", style: "--inset:0%" }, this.canvas, this.svg);
    this.element = h("figure", { class: "surface" }, stage, this.caption);
    this.svg.addEventListener("pointerdown", (event) => {
      this.mayScroll = isScrolling(event);
    });
    this.svg.addEventListener("pointermove", (event) => this.move(event));
  }

  move(event) {
    if (!(event.buttons & 1) || this.mayScroll) return;
    const side = this.svg.getBoundingClientRect().width;
    const [du, dv] = unproject(event.movementX / side, event.movementY / side);
    this.drag(2 * this.widest * du, 2 * this.widest * dv);
  }

  /** Where weights and a loss are in the picture. */
  at([w1, w2], loss) {
    const unit = (w) => clamp((w + this.widest) / (2 * this.widest), 0, 1);
    return project(unit(w1), unit(w2), this.scale(loss)).map((t) => t * SIDE);
  }

  /** The heights, as a share of the largest; what is not finite is at the top. */
  scale(loss) {
    return Number.isFinite(loss) ? clamp(loss / this.top, 0, 1) : 1;
  }

  /**
   * `loss(w₁, w₂)`, all else as it is now; `path`: the weights on the way, the last are now; `next`: those after
   * another step, or null; `few`: is each loss dear, so that the surface should be coarser?
   */
  draw({ loss, path, next, few }) {
    const seen = path.flat().map(Math.abs).filter(Number.isFinite);
    this.widest = Math.ceil(Math.max(5, ...seen.map((w) => 1.2 * w)));
    const weight = (t) => this.widest * (2 * t - 1);
    const heights = heightsOf((u, v) => loss(weight(u), weight(v)), few ? CELLS / 2 : CELLS);
    this.top = heights.high > 0 && heights.high < Infinity ? heights.high : 1;
    this.paint(patches(heights, (height) => this.scale(height)));
    const place = (w) => this.at(w, loss(...w));
    this.svg.replaceChildren(...this.axes(), ...drawWay(path.map(place), next && place(next)));
    const w = path.at(-1);
    const label = `The loss over w₁ and w₂: ${formatNumber(loss(...w))} at (${w.map(formatNumber).join(", ")})`;
    this.svg.setAttribute("aria-label", label);
  }

  paint(cells) {
    const context = this.canvas.getContext("2d");
    const [paper, high] = [colour("paper"), colour("parameter_line")];
    const mix = (t) => paper.map((p, i) => Math.round(p + (0.12 + 0.78 * t) * (high[i] - p)));
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.lineWidth = 1;
    context.strokeStyle = `rgba(${high.join()}, 0.35)`;
    for (const { corners, height } of cells) {
      context.fillStyle = `rgb(${mix(height).join()})`;
      context.beginPath();
      for (const [x, y] of corners) context.lineTo(x * SIDE * SHARP, y * SIDE * SHARP);
      context.closePath();
      context.fill();
      context.stroke();
    }
  }

  axes() {
    const point = (u, v) => project(u, v, 0).map((t) => t * SIDE);
    const label = (text, [x, y], dx, dy, anchor) =>
      s("text", { class: "tick", x: x + dx, y: y + dy, "text-anchor": anchor }, text);
    const end = formatNumber(this.widest);
    const edge = [point(0, 0), point(1, 0), point(1, 1)].map((p) => p.join()).join(" ");
    return [
      s("polyline", { class: "axis", points: edge }),
      label("w₁", point(0.5, 0), -6, 22, "end"),
      label("w₂", point(1, 0.5), 6, 22, "start"),
      label(`−${end}`, point(0, 0), 0, 20, "start"),
      label(end, point(1, 1), 0, 20, "end"),
    ];
  }
}

/** The way so far, where it is now, and the next step. */
function drawWay(points, ahead) {
  const [x, y] = points.at(-1);
  const moves = ahead && Math.hypot(ahead[0] - x, ahead[1] - y) > 1;
  return [
    points.length > 1 && s("polyline", { class: "way", points: points.map((p) => p.join()).join(" ") }),
    points.length > 1 && s("circle", { class: "start", cx: points[0][0], cy: points[0][1], r: 4 }),
    moves && s("line", { class: "next", x1: x, y1: y, x2: ahead[0], y2: ahead[1] }),
    moves && s("circle", { class: "next", cx: ahead[0], cy: ahead[1], r: 5 }),
    s("circle", { class: "ball", cx: x, cy: y, r: 8 }),
    s("circle", { class: "hold", cx: x, cy: y, r: 24, fill: "#0000" }),
  ].filter(Boolean);
}
