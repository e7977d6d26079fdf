// The card of one node: what the table of ops, the trace and the moment say of it.

import { button, h } from "./dom.js";
import { LeafEditor } from "./leaf_editor.js";
import { setPhrase } from "./linking.js";
import { formatNumber } from "./numbers.js";
import { numbersAt } from "./pass.js";
import { slotTerm } from "./phrase.js";
import { copyText } from "./saving.js";
import { nudgeSentence } from "./sentences.js";
import { operandNote } from "./trace.js";
import { equation, reason, slope } from "./wording.js";

const MOST_OPERANDS = 6;

export class Card {
  constructor(player) {
    this.player = player;
    this.editor = new LeafEditor(player);
    this.content = h("div", {});
    this.node = -1; // the one that is shown
    this.pinned = false; // by a click: the pointer may leave
    this.element = h("aside", { class: "card", "aria-label": "node", hidden: true }, this.content, this.editor.element);
  }

  close() {
    this.node = -1;
    this.pin(false);
    this.element.hidden = true;
  }

  pin(pinned = true) {
    this.pinned = pinned;
    this.element.toggleAttribute("data-pinned", pinned);
  }

  /** Shows a folded box. */
  showFolded({ box, inside }) {
    const hint = box.opens < 0 ? "" : "; click to open";
    const path = sharedPath(inside);
    this.fill(-1, h("h2", {}, box.name), h("p", {}, `${path && `${path}: `}${inside.length} nodes${hint}`));
    this.editor.element.hidden = true;
  }

  /** Shows a node at a moment. */
  show(moment, index) {
    const node = moment.trace.nodes[index];
    const facts = factsOf(moment, node).flatMap(described);
    this.fill(index, h("h2", {}, node.full || node.name), h("dl", {}, ...facts), this.buttons(moment, node));
    this.showEditor(moment, node);
  }

  /** For a leaf, what changes its number; not what a nudge says of the gradient that is asked for. */
  showEditor({ trace, pass, changes, isAsking }, node) {
    const { index, data } = node;
    this.editor.element.hidden = node.kind === "result";
    if (this.editor.element.hidden) return;
    const { ε, deltas, error } = changes.nudge.node === index ? changes.nudge : { ε: 0 };
    let said = "";
    if (error) said = reason(trace, trace.nodes[error.node], error.x);
    else if (deltas && !isAsking) said = nudgeSentence(trace, node, ε, deltas[trace.root], pass.final[index]);
    this.editor.show(node, data, changes.givenNumber(index), ε, said);
  }

  /** New contents; the button at the same place keeps the focus. */
  fill(node, ...children) {
    const buttons = () => [...this.content.querySelectorAll("button")];
    const focused = buttons().indexOf(document.activeElement);
    this.node = node;
    this.element.hidden = false;
    this.content.replaceChildren(...children);
    buttons()[focused]?.focus();
  }

  buttons({ pass, stops }, node) {
    const { player } = this;
    const { forward, changes } = pass.history[node.index];
    const stop = stops.has(node.index) ? "● stops here" : "○ stop here";
    return h(
      "p",
      { class: "buttons" },
      button("Copy path", "copy its path", () => copyText(node.full || node.name, this.element)),
      button(stop, "stop at this node", () => player.toggleStop(node.index)),
      button("forward", "to its forward step", () => player.go(forward)),
      button("gradient", "to the step that completes its gradient", () => player.go(changes.at(-1) ?? pass.end)),
      button("✕", "close", () => player.unselect()),
    );
  }
}

/** The path of the module that these nodes are all in, "" for none. */
function sharedPath(nodes) {
  const [first, ...others] = nodes.map(({ full }) => full.split("."));
  const end = first.findIndex((word, i) => others.some((words) => words[i] !== word));
  return first.slice(0, end).join(".");
}

/** A name and a fact, a text or a phrase, as elements. */
function described([name, fact]) {
  const description = h("dd", {});
  setPhrase(description, [fact].flat());
  return [h("dt", {}, name), description];
}

/** [name, fact] … */
function factsOf(moment, node) {
  const { trace } = moment;
  const { data, gradient, isAsked } = numbersAt(moment, node.index);
  const said = (x, otherwise) => (x === undefined ? otherwise : formatNumber(x));
  const row = trace.ops[node.op];
  const rule = equation(trace, node);
  const facts = [
    ["data", said(data, "not yet")],
    [`∂${trace.L}/∂${node.of}`, said(gradient, isAsked ? "?" : "not yet")],
    ["op", row ? `${node.symbol}  ${row.doc}` : node.kind],
  ];
  if (rule.length) facts.push(["rule", rule]);
  node.parents.slice(0, MOST_OPERANDS).forEach((parent, slot) => {
    const why = slope(trace, node, slot);
    const fact = why.length ? why : slotTerm(formatNumber(node.local[slot] ?? NaN), node, slot);
    facts.push([`∂/∂${trace.nodes[parent].of}${operandNote(node, slot)}`, fact]);
  });
  if (node.line >= 0) {
    const [, number, text] = trace.lines[node.line];
    facts.push(["code", `${number}: ${text}`]);
  }
  return facts;
}
