// A leaf's number, to be changed: typed, by a slider, or with the arrow keys; nudged, to see what its gradient means.

import { button, dropDown, h, numberField, setText } from "./dom.js";
import { formatNumber, parseNumber } from "./numbers.js";

const NUDGES = [0, 1, 0.1, 0.01, 0.001, 1e-4, 1e-5];

/** How far an arrow key, or 8 px of dragging, moves a number: a twentieth of its power of ten, of 1 at least. */
export function grainOf(x) {
  return Number.isFinite(x) ? 10 ** Math.floor(Math.log10(Math.max(Math.abs(x), 1))) / 20 : 0;
}

/** The number so many grains on, without the digits that rounding made. */
export function moved(x, grains, grain) {
  return Number((x + grains * grain).toPrecision(12));
}

export class LeafEditor {
  constructor(player) {
    this.player = player;
    this.input = numberField({ onchange: () => this.type() });
    this.slider = h("input", { type: "range", step: "any", oninput: () => this.slide() });
    this.reset = button("↺", "the number that it had at first", () => player.reset(this.node));
    const by = (ε) => [String(ε), ε ? `by ε = ${formatNumber(ε)}` : "not nudged"];
    this.nudges = dropDown({ "aria-label": "nudge by" }, NUDGES.map(by), (ε) =>
      player.change(() => player.changes.nudgeBy(this.node, Number(ε))),
    );
    this.verdict = h("p", {});
    this.element = h(
      "form",
      { class: "editor", onkeydown: (event) => this.key(event), onsubmit: (event) => event.preventDefault() },
      h("label", {}, "change ", this.input),
      this.slider,
      this.reset,
      h("label", {}, "nudge ", this.nudges),
      this.verdict,
    );
  }

  /** Shows a leaf: its number, the one that it had at first, and what a nudge did, in words. */
  show({ index, name }, x, given, nudge, verdict) {
    if (this.node !== index) {
      const reach = 40 * grainOf(given);
      Object.assign(this.slider, { min: given - reach, max: given + reach });
      this.input.setAttribute("aria-label", `${name}, as a number`);
      this.slider.setAttribute("aria-label", name);
    }
    this.node = index;
    this.x = x;
    this.reset.disabled = Object.is(x, given);
    this.slider.value = x;
    this.nudges.value = String(nudge);
    this.write();
    setText(this.verdict, verdict);
  }

  /** What somebody types stays until it is entered. */
  write() {
    if (document.activeElement !== this.input) this.input.value = String(this.x);
  }

  type() {
    this.enter(parseNumber(this.input.value) ?? this.x);
  }

  /** Sets the number, and shows the one that it then is: a number with which a node has no value is not taken. */
  enter(x) {
    this.player.setNumber(this.node, x);
    this.input.value = String(this.x);
    this.slider.value = this.x;
  }

  slide() {
    this.enter(Number(this.slider.valueAsNumber.toPrecision(4)));
  }

  /** An arrow key moves the number by a grain, with Shift by a tenth of it. */
  key(event) {
    const way = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    const isSideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (!way || event.target === this.nudges || (isSideways && event.target === this.input)) return;
    event.preventDefault();
    this.enter(moved(this.x, way, grainOf(this.x) / (event.shiftKey ? 10 : 1)));
  }
}
