// The plane of two inputs: the samples, what the network says there, and the point whose numbers are shown.

import { clamp, range } from "../../autograd/view/assets/arrays.js";
import { button, h, s, setText } from "../../autograd/view/assets/dom.js";
import { formatBrief } from "../../autograd/view/assets/numbers.js";
import { bounds, paintDecision } from "./maps.js";
import { Plot } from "./plot.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PlaneView {
  /**
   * `page`: { samples, set, classes, decision, network };
   * `act`: { probe(), choose(sample, point), drag(point), open() }.
   */
  constructor(page, act) {
    Object.assign(this, { page, act, point: null });
    const all = [...page.samples.train, ...page.samples.heldOut];
    const X = all.map(({ x }) => x);
    this.middle = range(X[0].length).map((j) => X.reduce((sum, x) => sum + x[j], 0) / X.length);
    const axes = page.set.bounds ?? { x: bounds(X, 0), y: X[0].length > 1 ? bounds(X, 1) : [-1, 1] };
    this.plot = new Plot("what the network says", { ...axes, labels: [0, 1].map((j) => page.set.features[j] ?? "") });
    for (const [part, name] of Object.entries({ heldOut: "held", train: "" })) {
      for (const sample of page.samples[part])
        this.plot.sample(this.placeOf(sample), markers(page), sample.y, 4.5, name);
    }
    this.cross = s("path", { class: "probe", visibility: "hidden" });
    this.ring = s("circle", { class: "chosen", r: 9 });
    this.plot.marks.append(this.ring, this.cross);
    this.readout = h("p", { class: "readout", "aria-live": "polite" });
    this.opener = button("", "its loss as a graph of numbers, forward and backward, step by step", act.open);
    const plane = h("div", { class: "plane" }, this.plot.element, this.readout);
    this.element = h("div", {}, plane, h("p", { class: "opener" }, this.opener));
    this.listen();
  }

  listen() {
    const { svg } = this.plot;
    const label = "plane: arrow keys move a point, Enter chooses the sample nearest to it, o steps through it";
    for (const [name, value] of Object.entries({ tabindex: 0, role: "application", "aria-label": label }))
      svg.setAttribute(name, value);
    svg.addEventListener("pointermove", (event) => {
      const point = this.plot.at(event);
      if (event.buttons) this.act.drag(point);
      this.moveTo(point);
    });
    svg.addEventListener("pointerleave", () => this.moveTo(null));
    svg.addEventListener("click", (event) => this.chooseAt(this.plot.at(event)));
    svg.addEventListener("dblclick", () => this.page.tools.isPainting || this.act.open());
    svg.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const { x, y } = this.plot;
    const point = this.point ?? [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    if (event.key === "Enter") this.chooseAt(point);
    if (event.key === "o") this.act.open();
    if (!STEPS[event.key]) return;
    event.preventDefault();
    this.moveTo([x, y].map(([low, high], j) => clamp(point[j] + (STEPS[event.key][j] * (high - low)) / 40, low, high)));
  }

  moveTo(point) {
    this.point = point;
    this.act.probe();
  }

  chooseAt(point) {
    const { train, heldOut } = this.page.samples;
    const distance = (sample) => this.plot.distance(this.placeOf(sample), point);
    this.act.choose(
      [...train, ...heldOut].reduce((a, b) => (distance(b) < distance(a) ? b : a)),
      point,
    );
  }

  placeOf({ x }) {
    return [x[0], x[1] ?? 0];
  }

  /** A point of the plane as a sample: the other columns have their mean. */
  at(point) {
    return this.middle.map((mean, j) => point[j] ?? mean);
  }

  /** What every neuron computes at n × n points of the plane. */
  compute(n) {
    return this.page.network.overPlane(this.plot, n, (point) => this.at(point));
  }

  /** `field`: as `compute` gives it. */
  paint(field) {
    const { page, plot } = this;
    const { classes, decision, set } = page;
    if (set.classes.length) paintDecision(plot, classes, decision, field);
    else paintValue(plot, classes, field);
    const [cx, cy] = this.placeOf(page.chosen);
    setText(this.opener, `step through ${page.sampleName}`);
    this.ring.setAttribute("transform", `translate(${plot.px(cx)} ${plot.py(cy)})`);
    this.paintProbe();
  }

  paintProbe() {
    const { plot, point, cross, page } = this;
    cross.setAttribute("visibility", point ? "visible" : "hidden");
    if (!point)
      return setText(
        this.readout,
        `${page.sampleName} is ringed: a click chooses another one, a double click steps through it.`,
      );
    const [px, py] = [plot.px(point[0]), plot.py(point[1])];
    cross.setAttribute("d", `M${px - 7} ${py}h14M${px} ${py - 7}v14`);
    const f = page.network.outputs(this.at(point));
    const [x, outputs] = [point.slice(0, this.middle.length), f].map((numbers) =>
      numbers.map((v) => formatBrief(v)).join(", "),
    );
    const said = page.set.classes.length ? `: ${page.set.classes[page.decision.classOf(f)]}` : "";
    return setText(this.readout, `at (${x}) f = ${outputs}${said}`);
  }
}

/** How samples look: by their class; in a regression, by the sign of their number. */
function markers({ classes, set }) {
  if (set.classes.length) return classes;
  return { marker: (y, ...more) => classes.marker(Number(y > 0), ...more) };
}

/** A number at each point, in the colour of its sign. */
function paintValue(plot, classes, { n, columns }) {
  const colours = classes.colours();
  const [values] = columns.at(-1);
  plot.shade(n, (k, put) => put(colours[Number(values[k] > 0)], 0.6 * Math.tanh(Math.abs(values[k]))));
}
