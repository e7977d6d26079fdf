// What means the same is lit together: terms, boxes, arrows, rows, lines of code, wherever one of them is pointed at.
// `data-nodes`: of which nodes an element speaks; `data-slots`: of which operand slots; `data-line`: of which line.

import { h } from "./dom.js";

const lists = new Map(); // an attribute → what it lists: a folded box speaks of thousands of nodes
const LINKED = "[data-nodes], [data-slots], [data-line]";

/** The attributes of an element that speaks of nodes, or of slots ("node slot"). */
export function linkTo({ nodes = [], slots = [] }) {
  return { "data-nodes": nodes.length > 0 && nodes.join(), "data-slots": slots.length > 0 && slots.join() };
}

/** Sets a phrase where it changed; of terms that mean the same, the keyboard comes to the first. */
export function setPhrase(element, phrase) {
  const text = JSON.stringify(phrase);
  if (element.lastText === text) return;
  element.lastText = text;
  const met = new Set();
  const drawn = (part) => {
    if (!part.text) return part;
    const link = linkTo(part);
    const meaning = JSON.stringify(link);
    const tabindex = !met.has(meaning) && 0;
    met.add(meaning);
    return h("span", { class: "term", role: "term", tabindex, ...link }, part.text);
  };
  element.replaceChildren(...phrase.map(drawn));
}

/** Lights in `root` what means the same as what the pointer or the focus is on; a finger's last touch counts. */
export class Linking {
  constructor(root, nodes) {
    this.root = root;
    this.nodes = nodes;
    this.element = null; // the one that is pointed at
    this.meaning = null;
    root.addEventListener("pointerover", ({ target }) => this.point(target.closest(LINKED)));
    root.addEventListener("focusin", ({ target }) => this.point(target.closest(LINKED)));
    root.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.point(null));
  }

  point(element) {
    if (element === this.element) return;
    this.element = element;
    this.meaning = element && meaningOf(element.dataset, this.nodes);
    this.light();
  }

  /** Lights what is in the page now. */
  light() {
    for (const element of this.root.querySelectorAll(LINKED)) {
      element.classList.toggle("lit", this.meaning !== null && isLit(element, this.meaning));
    }
  }

  /** After a step: what was lit still is. */
  refresh() {
    if (this.meaning) this.light();
  }
}

/** What an element speaks of, `nodes` and `slots`; where that is in the graph, `places`; which `lines` wrote it. */
export function meaningOf(dataset, all) {
  const slots = listed(dataset.slots);
  const made = "line" in dataset ? all.filter(({ line }) => line === Number(dataset.line)) : [];
  const nodes = [...listed(dataset.nodes), ...made.map(({ index }) => index)];
  const heads = slots.map((slot) => Number.parseInt(slot, 10));
  const tails = slots.map((slot, i) => all[heads[i]].parents[slot.split(" ")[1]]);
  const written = [...nodes, ...heads].map((node) => String(all[node].line));
  const texts = (numbers) => new Set(numbers.map(String));
  return {
    nodes: texts(nodes),
    slots: new Set(slots),
    places: texts([...nodes, ...heads, ...tails]),
    lines: new Set(written),
  };
}

function isLit({ dataset, classList }, { nodes, slots, places, lines }) {
  const spoken = classList.contains("term") ? nodes : places;
  const speaks = listed(dataset.nodes).some((node) => spoken.has(node));
  return speaks || listed(dataset.slots).some((slot) => slots.has(slot)) || lines.has(dataset.line);
}

function listed(text) {
  if (!lists.has(text)) lists.set(text, text ? text.split(",") : []);
  return lists.get(text);
}
