// The graph: a level, or an opened part, as boxes and arrows; `paint` then changes only what a step changes.

import { arrowsBySlot, drawArrow, paintArrows, walk } from "./arrows.js";
import { addReactions, drawBox, paintBox } from "./boxes.js";
import { aboveAndBelow, claim, HEAVY, onStage, overlap, shown } from "./camera.js";
import { furnish, s, setText } from "./dom.js";
import { sharesOf } from "./flow.js";
import { walkByKeys } from "./graph_keys.js";
import { formatNumber, formatSigned, productText } from "./numbers.js";

const HALO = 60; // px around a window where boxes are painted too: their rings, badges and second numbers reach into it
const RING = 8; // px around a box

export class Graph {
  /** `map`: boxes, arrows, frames, and in which box each node is (`place`); `reactions`: how boxes react. */
  constructor(trace, map, reactions) {
    this.stale = new Set(); // boxes that show an earlier moment
    this.working = []; // the box at work, and the one that receives
    const members = map.boxes.map(() => []);
    for (const [node, box] of map.place.entries()) members[box].push(trace.nodes[node]);
    this.map = map;
    this.size = map.size;
    this.top = map.top ?? 0; // the height of what stands above the boxes
    this.boxes = map.boxes.map((box, i) => drawBox(box, members[i]));
    this.arrows = map.arrows.map((arrow) => drawArrow(arrow, map.boxes));
    this.bySlot = arrowsBySlot(trace.nodes, map, this.arrows);
    this.label = s("g", { class: "label" }, s("rect", { rx: 5 }), s("text", {}));
    const layers = [...map.frames.map(drawFrame), ...this.arrows.map(({ g }) => g), ...this.boxes.map(({ g }) => g)];
    this.content = s("g", {}, ...layers, this.label);
    this.svg = s("svg", { class: "graph", role: "group", "aria-label": trace.title }, this.content);
    for (const box of this.boxes) addReactions(box, reactions);
    walkByKeys(this, reactions);
  }

  /** Where a node is drawn: [x, y, width, height]. */
  boxOf(node) {
    return this.map.boxes[this.map.place[node]].at;
  }

  /** The box that opens a part. */
  opening(part) {
    return this.boxes.find(({ box }) => box.opens === part);
  }

  /** Shows a moment, as the player describes it. */
  paint(moment) {
    const { event } = moment;
    const before = this.working;
    this.moment = moment;
    this.stale = new Set(this.boxes);
    this.working = [event?.node, event?.parent].map((node) => this.boxes[this.map.place[node]]);
    for (const box of [...before, ...this.working]) if (box) this.paintBox(box);
    this.active = paintArrows(this.arrows, this.bySlot, this.sharesIn(moment.pass), moment);
    this.paintLabel(moment);
  }

  /** Shows the moment on the boxes in a window, [x, y, width, height]: of a large graph few are seen. */
  reveal([x, y, width, height]) {
    const around = [x, y, width + HALO, height + HALO];
    for (const box of this.stale) if (overlap(box.box.at, around)) this.paintBox(box);
  }

  paintBox(box) {
    const roles = ["now", "target"].filter((_, i) => this.working[i] === box);
    paintBox(box, this.moment, roles.join(" "));
    this.stale.delete(box);
  }

  /** What share of the gradient passes along each arrow in a pass: measured once. */
  sharesIn(pass) {
    if (this.measured !== pass) this.shares = sharesOf(pass, this.bySlot);
    this.measured = pass;
    return this.shares;
  }

  /**
   * What a step speaks of: the box where its number arrives, then those that give it, with the arrow between and which
   * end of it is the first one's.
   */
  ends({ trace, pass, time, event }) {
    if (event?.node === undefined) return [];
    const { parents } = trace.nodes[event.node];
    const isForward = event.kind === "forward";
    const value = (node) =>
      event.upstream === undefined
        ? `data ${formatNumber(pass.data(node, time))}`
        : `grad ${formatSigned(event.upstream)}`;
    const found = new Map();
    const add = (node, slot) => {
      const box = this.map.boxes[this.map.place[node]];
      const arrow = this.bySlot[event.node][slot];
      const end = { box: box.at, name: trace.nodes[node].name, value: value(node), arrow, fromTip: isForward, node };
      const other = found.get(box);
      if (!other) found.set(box, end);
      else if (other.node !== node) Object.assign(other, { name: box.name, value: "" }); // several of its nodes
    };
    if (event.parent !== undefined) add(event.parent);
    add(event.node, event.slot);
    if (isForward) for (const [slot, parent] of parents.entries()) add(parent, slot);
    return [...found.values()];
  }

  /** The product, for the arrow at work. */
  paintLabel({ event, isAsking }) {
    const [, text] = this.label.children;
    this.label.setAttribute("visibility", this.active ? "visible" : "hidden");
    if (!this.active) return;
    const { upstream, local, contribution } = event;
    const known = () => `${productText(upstream, local)} = ${formatNumber(contribution)}`;
    setText(text, isAsking ? `${formatNumber(upstream)} · ? = ?` : known());
  }

  /** The boxes that a view shows, with their rings, where they are on the stage; those of `ends` weigh more. */
  taken(view, room, ends) {
    const seen = shown(view, room);
    const important = new Set(ends.map(({ box }) => box));
    return this.map.boxes.flatMap(({ at }) => {
      const [x, y, width, height] = at;
      const ringed = [x, y, width + 2 * RING, height + 2 * RING];
      return overlap(at, seen) ? [[...onStage(view, ringed), important.has(at) ? HEAVY : 1]] : [];
    });
  }

  /** Puts it near the middle of what a view shows of the arrow, where it covers least of what is `taken`. */
  placeLabel(view, room, taken) {
    if (!this.active) return;
    const [x, y, width, height] = shown(view, room);
    const inside = (point) => Math.abs(point.x - x) <= width / 2 && Math.abs(point.y - y) <= height / 2;
    const [plate, text] = this.label.children;
    const wide = text.textContent.length * 9 + 14;
    const size = [wide * view.k, 24 * view.k];
    const middle = walk(this.active, false, inside)(0.5);
    const [left, top] = claim(aboveAndBelow(onStage(view, [middle.x, middle.y, 0, 0]), size, room), size, taken);
    const at = [(left - view.x) / view.k, (top - view.y) / view.k];
    furnish(plate, { x: at[0] - wide / 2, y: at[1] - 12, width: wide, height: 24 });
    furnish(text, { x: at[0], y: at[1] + 5 });
  }
}

function drawFrame({ title, at: [x, y, width, height] }) {
  const name = s("text", { x: x + 9, y: y + 19 }, title);
  return s("g", { class: "frame" }, s("rect", { x, y, width, height, rx: 8 }), name);
}
