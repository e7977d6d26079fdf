// The graph: a level, or an opened part, as boxes and arrows; `paint` then changes only what a step changes.

import { arrowsBySlot, drawArrow, paintArrows } from "./arrows.js";
import { addReactions, drawBox, paintBox } from "./boxes.js";
import { furnish, s, setText } from "./dom.js";
import { formatNumber } from "./numbers.js";

export class Graph {
  /** `map`: boxes, arrows, frames, and in which box each node is (`place`); `reactions`: how boxes react. */
  constructor(trace, map, reactions) {
    const members = map.boxes.map(() => []);
    for (const [node, box] of map.place.entries()) members[box].push(trace.nodes[node]);
    this.map = map;
    this.size = map.size;
    this.top = map.top;
    this.boxes = map.boxes.map((box, i) => drawBox(box, members[i]));
    this.arrows = map.arrows.map((arrow) => drawArrow(arrow, map.boxes));
    this.bySlot = arrowsBySlot(trace.nodes, map, this.arrows);
    this.label = s("g", { class: "label" }, s("rect", { rx: 5 }), s("text", {}));
    const layers = [...map.frames.map(drawFrame), ...this.arrows.map(({ g }) => g), ...this.boxes.map(({ g }) => g)];
    this.content = s("g", {}, ...layers, this.label);
    this.svg = s("svg", { class: "graph", role: "group", "aria-label": trace.title }, this.content);
    for (const box of this.boxes) addReactions(box, reactions);
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
    const now = this.map.place[event?.node];
    const target = this.map.place[event?.parent];
    for (const [i, box] of this.boxes.entries()) paintBox(box, moment, role(i === now, i === target));
    this.paintLabel(paintArrows(this.arrows, this.bySlot, moment), moment);
  }

  /** The product, on the arrow at work. */
  paintLabel(arrow, { event, isAsking }) {
    const [plate, text] = this.label.children;
    this.label.setAttribute("visibility", arrow ? "visible" : "hidden");
    if (!arrow) return;
    const product = isAsking ? "? = ?" : `${formatNumber(event.local)} = ${formatNumber(event.contribution)}`;
    setText(text, `${formatNumber(event.upstream)} · ${product}`);
    const middle = arrow.line.getPointAtLength(arrow.line.getTotalLength() / 2);
    const width = text.textContent.length * 9 + 14;
    const [x, y] = this.free(middle, width);
    furnish(plate, { x: x - width / 2, y: y - 12, width, height: 24 });
    furnish(text, { x, y: y + 5 });
  }

  /** The nearest place above or below a point where a plate of this width covers no box. */
  free({ x, y }, width) {
    const covers = (to) =>
      this.map.boxes.some(({ at: [cx, cy, w, h] }) => {
        return Math.abs(cx - x) < (w + width) / 2 && to - cy < h / 2 + 14 && cy - to < h / 2 + 32;
      });
    for (let away = 16; away < 400; away += 12) {
      for (const to of [y - away, y + away]) if (!covers(to)) return [x, to];
    }
    return [x, y - 16];
  }

  /** Marks the boxes in which these nodes are. */
  highlight(nodes) {
    const found = new Set(nodes.map(({ index }) => this.map.place[index]));
    for (const [i, { g }] of this.boxes.entries()) g.classList.toggle("found", found.has(i));
  }
}

function role(isNow, isTarget) {
  return [isNow && "now", isTarget && "target"].filter(Boolean).join(" ");
}

function drawFrame({ title, at: [x, y, width, height] }) {
  const name = s("text", { x: x + 9, y: y + 19 }, title);
  return s("g", { class: "frame" }, s("rect", { x, y, width, height, rx: 8 }), name);
}
