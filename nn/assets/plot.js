// Axes with a painted field below and lines above. Coordinates are the data's.

import { clamp, mean } from "../../autograd/view/assets/arrays.js";
import { h, s } from "../../autograd/view/assets/dom.js";
import { formatNumber } from "../../autograd/view/assets/numbers.js";

export class Plot {
  /** `x`, `y`: the ends of the axes; `size`: of the square, in units of its SVG; `ticks`: are the axes labelled? */
  constructor(title, { x, y, labels = ["", ""], size = 300, ticks = true }) {
    Object.assign(this, { x, y, size });
    const margin = ticks ? 30 : 2;
    const side = size + 2 * margin;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.frame = s("g");
    this.curves = s("svg", { width: size, height: size, "aria-hidden": "true" }); // cuts off what leaves the frame
    this.marks = s("g");
    const viewBox = `${-margin} ${-margin} ${side} ${side}`;
    this.svg = s("svg", { viewBox, role: "img", "aria-label": title }, this.frame, this.curves, this.marks);
    this.caption = h("figcaption", {}, title);
    const inset = `--inset:${(100 * margin) / side}%`;
    this.element = h("figure", {}, h("div", { class: "stage", style: inset }, this.canvas, this.svg), this.caption);
    this.drawAxes(labels, ticks);
  }

  px(x) {
    return (this.size * (x - this.x[0])) / (this.x[1] - this.x[0]);
  }

  py(y) {
    return (this.size * (this.y[1] - y)) / (this.y[1] - this.y[0]);
  }

  /** Where a pointer is, in the data's coordinates; the nearest point of the frame when it is beyond. */
  at(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const data = (t, [low, high]) => low + (high - low) * clamp(t / this.size, 0, 1);
    return [data(x, this.x), data(this.size - y, this.y)];
  }

  drawAxes(labels, ticks) {
    const n = this.size;
    this.frame.replaceChildren(s("rect", { class: "frame", width: n, height: n }));
    if (!ticks) return;
    const write = (text, x, y, anchor = "start") =>
      this.frame.append(s("text", { class: "tick", x, y, "text-anchor": anchor }, text));
    write(formatNumber(this.x[0]), 0, n + 21);
    write(formatNumber(this.x[1]), n, n + 21, "end");
    write(labels[0], n / 2, n + 21, "middle");
    write(formatNumber(this.y[0]), 4, n - 6);
    write(formatNumber(this.y[1]), 4, 19);
    write(labels[1], 3, -8);
  }

  /** Sets other ends of the axes, and clears what was drawn. */
  rescale(x, y, labels) {
    Object.assign(this, { x, y });
    this.drawAxes(labels, true);
    this.clear();
  }

  /** Says what is seen, to those who can't see it. */
  describe(text) {
    this.svg.setAttribute("aria-label", text);
  }

  clear() {
    this.curves.replaceChildren();
    this.marks.replaceChildren();
  }

  /** Paints n × n cells, row by row from the top: `shade(k, put)` calls put([r, g, b], opacity 0 … 1) for the k-th. */
  shade(n, shade) {
    const { canvas } = this;
    if (this.image?.width !== n) {
      Object.assign(canvas, { width: n, height: n });
      this.image = new ImageData(n, n);
    }
    const { data } = this.image;
    let at = 0;
    const put = ([r, g, b], opacity) => {
      data[at] = r;
      data[at + 1] = g;
      data[at + 2] = b;
      data[at + 3] = 255 * opacity;
    };
    for (let k = 0; k < n * n; k += 1) {
      at = 4 * k;
      shade(k, put);
    }
    canvas.getContext("2d").putImageData(this.image, 0, 0);
  }

  curve(points, name) {
    const path = points.map(([x, y]) => `${clip(this.px(x)).toFixed(2)},${clip(this.py(y)).toFixed(2)}`);
    this.curves.append(s("polyline", { class: name, points: path.join(" ") }));
  }

  /** The line w·x + b = 0; nothing when w is 0. */
  boundary(line, name) {
    const { w } = line;
    const square = w[0] ** 2 + w[1] ** 2;
    const far = Math.hypot(this.x[1] - this.x[0], this.y[1] - this.y[0]) * 2;
    if (!square) return;
    const [x, y] = this.foot(line);
    const [dx, dy] = [-w[1], w[0]].map((v) => (v * far) / Math.sqrt(square));
    this.curve(
      [-1, 1].map((t) => [x + t * dx, y + t * dy]),
      name,
    );
  }

  /** The point of that line nearest the middle of the picture. */
  foot({ w, b }) {
    const middle = [mean(this.x), mean(this.y)];
    const t = (w[0] * middle[0] + w[1] * middle[1] + b) / (w[0] ** 2 + w[1] ** 2);
    return middle.map((m, j) => m - t * w[j]);
  }

  /** Is a point in the picture, so many px from its border? */
  holds([x, y], room = 0) {
    const inside = (t) => t >= room && t <= this.size - room;
    return inside(this.px(x)) && inside(this.py(y));
  }

  /** Where a line's normal is drawn: on the line; well inside the picture when the line is not in it. */
  anchor(line) {
    const foot = this.foot(line);
    if (this.holds(foot)) return foot;
    return [this.x, this.y].map(([low, high], j) => clamp(foot[j], 0.8 * low + 0.2 * high, 0.2 * low + 0.8 * high));
  }

  /** The point (dx, dy) px to the right and up of another. */
  shift([x, y], [dx, dy]) {
    return [x + (dx * (this.x[1] - this.x[0])) / this.size, y + (dy * (this.y[1] - this.y[0])) / this.size];
  }

  /** From a point, by (dx, dy) pixels to the right and up. */
  arrow([x, y], [dx, dy], name) {
    const [x0, y0] = [this.px(x), this.py(y)];
    const angle = (Math.atan2(-dy, dx) * 180) / Math.PI;
    const transform = `translate(${x0 + dx} ${y0 - dy}) rotate(${angle})`;
    this.marks.append(
      s("line", { class: name, x1: x0, y1: y0, x2: x0 + dx, y2: y0 - dy }),
      s("path", { class: `${name} head`, d: "M3 0 L-11 -6 L-11 6 Z", transform }),
    );
  }

  text(words, [x, y], name, [dx, dy] = [0, 0]) {
    this.marks.append(s("text", { class: name, x: this.px(x) + dx, y: this.py(y) - dy }, words));
  }

  /** A sample of class k, as `classes` show it. */
  sample([x, y], classes, k, size = 8, more = "") {
    const transform = `translate(${this.px(x)} ${this.py(y)}) scale(${size / 8})`;
    this.marks.append(classes.marker(k, { transform }, `sample ${more}`));
  }

  ring([x, y], name) {
    this.marks.append(s("circle", { class: name, cx: this.px(x), cy: clip(this.py(y)), r: 17 }));
  }

  /** A sample that is on the wrong side is crossed out. */
  cross([x, y]) {
    const [px, py] = [this.px(x), this.py(y)];
    const path = `M${px - 13} ${py - 13} l26 26 m0 -26 l-26 26`;
    this.marks.append(s("path", { class: "wrong", d: path }));
  }

  /** Something to take hold of, and what that does. */
  handle([x, y], title) {
    const circle = { class: "handle hold", cx: this.px(x), cy: this.py(y), r: 11 };
    this.marks.append(s("circle", circle, s("title", {}, title)));
  }

  /** How far two points are from each other, in px of the picture. */
  distance(a, b) {
    return Math.hypot(this.px(a[0]) - this.px(b[0]), this.py(a[1]) - this.py(b[1]));
  }

  /** How far a point is from the line w·x + b = 0, in px of the picture. */
  distanceToLine({ w, b }, [x, y]) {
    const scale = [this.x, this.y].map(([low, high]) => (high - low) / this.size);
    return Math.abs(w[0] * x + w[1] * y + b) / Math.hypot(w[0] * scale[0], w[1] * scale[1]);
  }
}

/** Steep curves leave the picture; their 10³⁰ is kept from the SVG. */
function clip(t) {
  return clamp(t, -1e5, 1e5);
}
