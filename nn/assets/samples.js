// The samples of data that no plane can show: which are right, which are wrong, and what is taken for what.

import { range } from "../../autograd/view/assets/arrays.js";
import { h, s } from "../../autograd/view/assets/dom.js";

export class Samples {
  /** `nameOf(k)`: what class k is called; `choose(i)`: sample i was chosen. */
  constructor(actual, classes, nameOf, choose) {
    Object.assign(this, { actual, nameOf });
    this.count = Math.max(2, ...actual.map((k) => k + 1));
    this.buttons = actual.map((k, i) => {
      const cross = s("path", { class: "wrong", d: "M-9 -9 L9 9 M9 -9 L-9 9" });
      const svg = s("svg", { viewBox: "-12 -12 24 24", "aria-hidden": "true" }, classes.marker(k), cross);
      return h("button", { onclick: () => choose(i) }, svg);
    });
    this.sentence = h("p", { class: "chosen" });
    this.table = h("table", { class: "confusion" });
    this.element = h(
      "div",
      {},
      h("h2", {}, "Samples: choose one"),
      h("div", { class: "samples" }, ...this.buttons),
      this.sentence,
      this.table,
    );
  }

  /** `said`: the class that the network predicts, for each sample. */
  draw(said, chosen) {
    for (const [i, button] of this.buttons.entries()) {
      const isWrong = said[i] !== this.actual[i];
      button.classList.toggle("mistaken", isWrong);
      button.setAttribute("aria-pressed", i === chosen);
      button.setAttribute("aria-label", `sample ${i + 1}, ${isWrong ? "wrong" : "right"}`);
    }
    const [is, says] = [this.nameOf(this.actual[chosen]), this.nameOf(said[chosen])];
    const verdict = is === says ? `It is ${is}, and the network says so.` : `It is ${is}; the network says ${says}.`;
    this.sentence.textContent = `Sample ${chosen + 1}, on its way through the network. ${verdict}`;
    this.table.replaceChildren(h("caption", {}, "It is … (row), the network says … (column)"), ...this.rows(said));
  }

  rows(said) {
    const kinds = range(this.count);
    const head = kinds.map((k) => h("th", { scope: "col", title: this.nameOf(k) }, this.nameOf(k)));
    const cell = (is, says) => {
      const n = said.filter((k, i) => k === says && this.actual[i] === is).length;
      return h("td", { class: n && (is === says ? "right" : "mistake") }, String(n || "·"));
    };
    const row = (is) => h("tr", {}, h("th", { scope: "row" }, this.nameOf(is)), ...kinds.map((says) => cell(is, says)));
    return [h("thead", {}, h("tr", {}, h("th"), ...head)), h("tbody", {}, ...kinds.map(row))];
  }
}
