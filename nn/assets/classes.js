// How classes look: the colours and the shapes of Python's figures.

import { s } from "../../autograd/view/assets/dom.js";
import { colour } from "./colours.js";

export class ClassStyles {
  /** `styles`: of class 0, 1, …: { light, dark, path }. Their colours are the CSS variables --class0, --class1, … */
  constructor(styles) {
    this.styles = styles;
    for (const [k, { light, dark }] of styles.entries()) {
      document.documentElement.style.setProperty(`--class${k}`, `light-dark(${light}, ${dark})`);
    }
  }

  /** Which of the styles class k has: after the last comes the first. */
  indexOf(k) {
    return k % this.styles.length;
  }

  /** The marker of class k: its colour and its shape tell it apart. */
  marker(k, attributes = {}, names = "") {
    const i = this.indexOf(k);
    const look = { d: this.styles[i].path, style: `fill:var(--class${i})` };
    return s("path", { class: `${names} class${i}`.trim(), ...look, ...attributes });
  }

  /** The marker on its own, beside a name. */
  icon(k) {
    return s("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, this.marker(k));
  }

  /** The colours as [r, g, b], in the present theme. */
  colours() {
    return this.styles.map((_, i) => colour(`class${i}`));
  }
}
