// What a step speaks of and is not on the stage: a marker at the edge, where its arrow leaves; a click goes there.

import { clamp } from "./arrays.js";
import { walk } from "./arrows.js";
import { alongBorder, claim, holds, onStage, shown } from "./camera.js";
import { button, furnish, h, setText } from "./dom.js";
import { linkTo } from "./linking.js";

const MOST_MARKERS = 6; // the last of them for all that remain
const WIDEST = 130; // px: so many of them have room beside each other

export class Markers {
  /** `go(box)`: brings a box to the middle. */
  constructor(go) {
    this.go = go;
    this.element = h("div", { class: "markers" });
    this.ends = []; // those that are marked
  }

  /** Marks those of Graph's `ends` that a view does not show, where least of what is `taken` is covered. */
  show(ends, view, room, taken) {
    const missing = ends.filter(({ box }) => !holds(view, room, box, 0));
    const most = clamp(Math.floor(room.width / WIDEST), 1, MOST_MARKERS);
    this.ends = missing.slice(0, most);
    while (this.element.childElementCount > this.ends.length) this.element.lastChild.remove();
    while (this.element.childElementCount < this.ends.length) this.element.append(this.build());
    for (const [i, { name, value, node }] of this.ends.entries()) {
      const rest = missing.length - most;
      const isLast = i === most - 1 && rest > 0;
      const [first, second] = this.element.children[i].children;
      furnish(this.element.children[i], linkTo({ nodes: [node] }));
      setText(first, isLast ? `${rest + 1} more` : name);
      setText(second, isLast ? "" : value);
    }
    const sizes = [...this.element.children].map((marker) => [marker.offsetWidth, marker.offsetHeight]);
    for (const [i, size] of sizes.entries()) {
      const leaving = placeOf(this.ends[i], ends[0], view, room);
      const [left, top] = claim(alongBorder(leaving, size, room), size, taken);
      Object.assign(this.element.children[i].style, { left: `${left}px`, top: `${top}px` });
    }
  }

  build() {
    const marker = button("", "go there", () => this.go(this.ends[[...this.element.children].indexOf(marker)].box), {
      class: "marker",
    });
    marker.append(h("b", {}), h("span", {}));
    return marker;
  }
}

/** The point of the stage where the arrow to an end leaves it; without an arrow, the point nearest to the end. */
function placeOf({ box, arrow, fromTip }, first, view, room) {
  const [x, y, width, height] = shown(view, room);
  const inside = (point) => Math.abs(point.x - x) <= width / 2 && Math.abs(point.y - y) <= height / 2;
  const isReached = arrow && holds(view, room, first.box, 0);
  const { x: u, y: v } = isReached ? walk(arrow, fromTip, inside)(1) : { x: box[0], y: box[1] };
  const [left, top] = onStage(view, [u, v, 0, 0]);
  return [clamp(left, 0, room.width), clamp(top, 0, room.height)];
}
