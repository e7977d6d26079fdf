// The stage: a drawing that is zoomed, moved, fitted and followed. It knows nothing of graphs.

import { clamp } from "./arrays.js";

/** A box on the stage is [x, y, width, height], its centre and its size, in the drawing's coordinates. */
export class Stage {
  constructor(element) {
    this.element = element;
    this.readable = 1; // a drawing that is scaled below this can't be read from the back of the room
    this.view = { x: 0, y: 0, k: 1 }; // where the drawing is, and how large
    this.fitted = true; // until the reader zooms or moves it
    this.room = { width: 0, height: 0, left: 0, top: 0 }; // measured when it changes, because measuring is slow
    element.addEventListener("pointerdown", (event) => this.drag(event));
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Shows an SVG whose `content` is moved and scaled; `top` is the height of what stands above its box. */
  show({ svg, content, size, top = 0 }) {
    this.content = content;
    this.size = size;
    this.top = top;
    this.element.replaceChildren(svg);
  }

  /** Follows the size of its element. */
  observe() {
    new ResizeObserver(() => this.measure() && this.fitted && this.fit()).observe(this.element);
  }

  /** Measures the element again: has its size changed? */
  measure() {
    const { width, height } = this.room;
    this.room = this.element.getBoundingClientRect();
    return this.room.width !== width || this.room.height !== height;
  }

  setView(view) {
    this.view = view;
    this.fitted = false;
    this.content.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
  }

  /** How large a drawing of this size is when all of it is on the stage, with room for rings and badges. */
  scaleOf([width, height]) {
    return Math.min((this.room.width - 50) / width, (this.room.height - 50) / height, 1.8);
  }

  fit() {
    const [width, height] = this.size;
    const k = this.scaleOf([width, height + this.top]);
    const y = (this.room.height - (height - this.top) * k) / 2;
    if (k > 0) this.setView({ k, x: (this.room.width - width * k) / 2, y });
    this.fitted = true;
  }

  /** Zooms, with the point (x, y) of the stage, or its middle, staying where it is. */
  zoom(factor, x = this.room.width / 2, y = this.room.height / 2) {
    const { view } = this;
    const k = clamp(view.k * factor, 0.05, 6);
    const by = k / view.k;
    this.setView({ k, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
  }

  wheel(event) {
    event.preventDefault();
    this.measure();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - this.room.left, event.clientY - this.room.top);
  }

  drag(event) {
    const { x, y, k } = this.view;
    const move = ({ clientX, clientY }) =>
      this.setView({ k, x: x + clientX - event.clientX, y: y + clientY - event.clientY });
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
  }

  /** Moves on only if one of these boxes is not on the stage as a whole. */
  follow(boxes) {
    if (!boxes.every((box) => this.holds(box))) this.centre(boxes);
  }

  holds([x, y, w, h]) {
    const { view, room } = this;
    const inside = (at, half, size) => at > half && at < size - half;
    const across = inside(x * view.k + view.x, (w * view.k) / 2, room.width);
    return across && inside(y * view.k + view.y, (h * view.k) / 2, room.height);
  }

  /** Brings the middle of some boxes to the middle, large enough to be read. */
  centre(boxes) {
    const middle = (i) => boxes.reduce((sum, box) => sum + box[i] / boxes.length, 0);
    const k = Math.max(this.view.k, 1.3 * this.readable);
    this.setView({ k, x: this.room.width / 2 - middle(0) * k, y: this.room.height / 2 - middle(1) * k });
  }
}
