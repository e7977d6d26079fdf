// Elements. What came from the user is only ever set as text, never as markup.

import { scripts } from "./text.js";

/** An HTML element: attributes, "on…" listeners, children; strings become text, null and false are left out. */
export function h(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Gives an element more attributes, listeners and children. */
export function furnish(element, attributes, children = []) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

/** A button that says more to a screen reader, and on hover, than its short text does. */
export function button(text, label, onclick = null, attributes = {}) {
  return h("button", { type: "button", "aria-label": label, title: label, onclick, ...attributes }, text);
}

/** Where a number is typed, as text: `parseNumber` reads it. */
export function numberField(attributes) {
  return h("input", { type: "text", inputmode: "decimal", autocomplete: "off", ...attributes });
}

/** A drop-down list; `options` are pairs of a value and its text. */
export function dropDown(attributes, options, choose = () => {}) {
  const items = options.map(([value, text]) => h("option", { value }, text));
  return h("select", { onchange: (event) => choose(event.target.value), ...attributes }, ...items);
}

/** Sets text only where it changed, and remembers it, because reading the page back is slow. */
export function setText(element, text) {
  if (element.lastText === text) return;
  element.lastText = text;
  element.textContent = text;
}

const SHIFTS = { "-1": 3.5, 0: 0, 1: -5 }; // px, of what stands below and above the line in SVG

/** The same for a formula: indices below and above the line, in digits large enough to read. */
export function setFormula(element, text) {
  if (element.lastText === text) return;
  element.lastText = text;
  let before = 0;
  const drawn = ([run, level]) => {
    const dy = SHIFTS[level] - before;
    before = SHIFTS[level];
    return s("tspan", { dy, "font-size": level !== 0 && "75%" }, run);
  };
  const written = ([run, level]) => (level ? h(level < 0 ? "sub" : "sup", {}, run) : run);
  element.replaceChildren(...scripts(text).map(element instanceof SVGElement ? drawn : written));
}

/** The same for an attribute; "" for none. */
export function setAttribute(element, name, value) {
  element.lastValues ??= {};
  if (element.lastValues[name] === value) return;
  element.lastValues[name] = value;
  if (value === "") element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** The same for classes. */
export function setClass(element, names) {
  setAttribute(element, "class", names);
}

/** A number in an element: rounded in the text, in full in `data-value`. */
export function setNumber(element, x, text) {
  element.textContent = text;
  element.dataset.value = String(x);
}
