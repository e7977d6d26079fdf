// What makes a graph descend: an optimizer, a learning rate, a sample, one step or many, and the loss as it goes.

import { Curve } from "./curve.js";
import { button, dropDown, h, numberField, setText } from "./dom.js";
import { parseNumber } from "./numbers.js";
import { Playback } from "./transport.js";

const NAMES = { SGD: "gradient descent", momentum: "gradient descent with momentum" };
const ALL = "all";

export class DescentControls {
  /** `change(make)`: makes a change of the numbers, and returns why it can't be made, or "". */
  constructor(descent, change) {
    this.descent = descent;
    this.change = change;
    this.runs = 0;
    this.playback = new Playback((playing) => this.showPlaying(playing));
    const { lr, samples, updates } = descent;
    const options = Object.keys(updates).map((name) => [name, NAMES[name] ?? name]);
    this.rule = dropDown({ "aria-label": "optimizer" }, options, () => this.choose());
    this.lr = numberField({ size: 5, value: lr, onchange: () => this.choose() });
    this.run = button("Run", "descend step after step, or stop", () => this.toggle(), { class: "primary" });
    this.curve = new Curve();
    this.element = h(
      "section",
      { class: "descent", "aria-label": "gradient descent", hidden: true },
      button("Step", "move every parameter once against its gradient", () => this.stepOnce()),
      this.run,
      h("label", {}, "by ", this.rule),
      h("label", {}, "step size η ", this.lr),
      samples.rows && h("label", {}, "on ", this.samplesList(samples)),
      this.curve.element,
    );
    this.paint();
  }

  samplesList({ rows }) {
    const options = rows.map((_, i) => [String(i), `sample ${i + 1} of ${rows.length}`]);
    if (this.descent.tape) options.unshift([ALL, `all ${rows.length} samples`]);
    this.sample = dropDown({ "aria-label": "sample" }, [["-1", "the sample in the graph"], ...options], (i) =>
      this.show(i),
    );
    return this.sample;
  }

  /** Shows a sample and trains on it, or trains on all; the one that the graph shows stays. */
  show(chosen) {
    const { descent } = this;
    this.change(() => (chosen === ALL ? descent.train(true) : descent.show(Number(chosen))));
  }

  choose() {
    const lr = parseNumber(this.lr.value);
    const rate = Number.isFinite(lr) ? lr : this.descent.lr;
    this.lr.value = rate;
    this.change(() => this.descent.choose(this.rule.value, rate));
  }

  get isOffered() {
    return this.descent.parameters.length > 0;
  }

  /** Opens or closes it. */
  toggleOpen() {
    this.element.hidden = !this.element.hidden;
    if (this.element.hidden) this.playback.pause();
    else this.run.focus();
  }

  stepOnce() {
    this.playback.pause();
    this.take("");
  }

  /** One step; true if it could be taken. */
  take(author) {
    this.descent.author = author;
    const why = this.change(() => this.descent.step());
    return !why && Number.isFinite(this.descent.losses.at(-1));
  }

  toggle() {
    if (this.playback.playing) return this.playback.pause();
    this.runs += 1;
    const author = `run ${this.runs}`;
    return this.playback.play(
      () => this.take(author),
      () => 16,
      0,
    );
  }

  showPlaying(playing) {
    setText(this.run, playing ? "Pause" : "Run");
  }

  /** After any change. */
  follow() {
    this.descent.follow();
    this.paint();
  }

  /** The optimizer and the losses as they are now. */
  paint() {
    this.rule.value = this.descent.rule;
    this.curve.show(this.descent.overAll ? "mean loss" : "loss", this.descent.losses);
  }
}
