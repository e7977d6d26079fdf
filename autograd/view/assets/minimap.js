// The whole drawing, small, in a corner of a stage that shows a part of it: which part, and a way to others.

import { alongBorder, claim, holds, shown } from "./camera.js";
import { furnish, s } from "./dom.js";

const MAP_SHARE = 0.22; // of the stage's width and height
const LARGEST_MAP = [190, 130]; // px

export class Minimap {
  /** `go(point)`: brings a point of the drawing to the middle. */
  constructor(go) {
    this.all = s("path", {});
    this.marked = s("path", { class: "marked" });
    this.seen = s("rect", {});
    this.element = s("svg", { class: "minimap", role: "img", "aria-label": "the whole graph" });
    this.element.append(this.all, this.marked, this.seen);
    const drag = (event) => {
      event.stopPropagation(); // it is not the stage that is dragged
      if (event.buttons & 1) go(this.pointAt(event));
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      drag(event);
    });
    this.element.addEventListener("pointermove", drag);
  }

  /** Another drawing: `bounds` as [left, top, right, bottom], and its boxes. */
  draw([left, top, right, bottom], boxes) {
    this.size = [right - left, bottom - top];
    this.whole = [(left + right) / 2, (top + bottom) / 2, ...this.size];
    furnish(this.element, { viewBox: `${left} ${top} ${this.size.join(" ")}` });
    furnish(this.all, { d: outline(boxes) });
  }

  /** Shows where a view is and Graph's `ends`, unless it has all; near a corner, where least of `taken` is covered. */
  show(view, room, ends, taken) {
    const isHidden = holds(view, room, this.whole, 0);
    this.element.toggleAttribute("hidden", isHidden);
    if (isHidden) return;
    furnish(this.marked, { d: outline(ends.map(({ box }) => box)) });
    const [x, y, width, height] = shown(view, room);
    furnish(this.seen, { x: x - width / 2, y: y - height / 2, width, height });
    const limits = [
      Math.min(MAP_SHARE * room.width, LARGEST_MAP[0]),
      Math.min(MAP_SHARE * room.height, LARGEST_MAP[1]),
    ];
    const k = Math.min(limits[0] / this.size[0], limits[1] / this.size[1]);
    const size = this.size.map((length) => Math.max(8, k * length));
    const [left, top] = claim(alongBorder([room.width, room.height], size, room), size, taken);
    const px = (number) => `${number}px`;
    Object.assign(this.element.style, {
      left: px(left - size[0] / 2),
      top: px(top - size[1] / 2),
      width: px(size[0]),
      height: px(size[1]),
    });
  }

  pointAt({ clientX, clientY }) {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(this.element.getScreenCTM().inverse());
    return [x, y];
  }
}

/** Boxes as one path. */
function outline(boxes) {
  return boxes.map(([x, y, w, h]) => `M${x - w / 2} ${y - h / 2}h${w}v${h}h${-w}z`).join("");
}
