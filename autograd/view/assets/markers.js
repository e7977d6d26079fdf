// What a step speaks of and is not on the stage: a marker at the edge, where its arrow leaves; a click goes there.

import { clamp } from "./arrays.js";
import { walk } from "./arrows.js";
import { holds, onStage, shown, spreadOut } from "./camera.js";
import { button, furnish, h, setText } from "./dom.js";
import { linkTo } from "./linking.js";

const MOST_MARKERS = 6; // the last of them for all that remain
const WIDEST = 130; // px: so many of them have room beside each other
const MARKER_GAP = 4; // px between two of them

export class Markers {
  /** `go(box)`: brings a box to the middle. */
  constructor(go) {
    this.go = go;
    this.element = h("div", { class: "markers" });
    this.ends = []; // those that are marked
  }

  /** Marks those of Graph's `ends` that a view does not show. Returns where, as boxes on the stage. */
  show(ends, view, room) {
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
    const leaving = this.ends.map((end) => placeOf(end, ends[0], view, room));
    return leaving.length ? this.place(leaving, onStage(view, ends[0].box), room) : [];
  }

  build() {
    const marker = button("", "go there", () => this.go(this.ends[[...this.element.children].indexOf(marker)].box), {
      class: "marker",
    });
    marker.append(h("b", {}), h("span", {}));
    return marker;
  }

  /** Puts each marker at the edge nearest to where it belongs, beside the others there and beside a box. */
  place(leaving, box, { width, height }) {
    const all = [...this.element.children];
    const sizes = all.map((marker) => [marker.offsetWidth, marker.offsetHeight]);
    const sides = leaving.map(([x, y]) => {
      const distances = [x, width - x, y, height - y];
      return distances.indexOf(Math.min(...distances)); // left, right, top, bottom
    });
    const boxes = [];
    for (const side of [0, 1, 2, 3]) {
      const along = side < 2 ? 1 : 0; // the axis on which this edge runs
      const length = [width, height];
      const indices = [...all.keys()].filter((i) => sides[i] === side);
      const across = (i) => {
        const inset = sizes[i][1 - along] / 2 + MARKER_GAP;
        return side % 2 ? length[1 - along] - inset : inset;
      };
      const wanted = indices.map((i) => {
        const reach = box.slice(2).map((size, axis) => (size + sizes[i][axis]) / 2 + MARKER_GAP);
        const off = leaving[i][along] - box[along];
        const isBeside = Math.abs(across(i) - box[1 - along]) >= reach[1 - along] || Math.abs(off) >= reach[along];
        return isBeside ? leaving[i][along] : box[along] + (off < 0 ? -reach[along] : reach[along]);
      });
      const places = spreadOut(
        wanted,
        indices.map((i) => sizes[i][along] + MARKER_GAP),
        length[along],
      );
      for (const [k, i] of indices.entries()) {
        const centre = along ? [across(i), places[k]] : [places[k], across(i)];
        Object.assign(all[i].style, { left: `${centre[0]}px`, top: `${centre[1]}px` });
        boxes.push([...centre, ...sizes[i]]);
      }
    }
    return boxes;
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
