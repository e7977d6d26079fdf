// The stage: a drawing that is zoomed, moved, fitted and followed. It knows nothing of graphs.

import { aim, around, holds, kept, limited, scaleToFit, viewAt, zoomed } from "./camera.js";
import { setClass } from "./dom.js";

const FONT = 14; // px, the text of a drawing at scale 1
export const LEGIBLE = 11 / FONT; // the scale below which an overview could not be read
const MOST_GLIDING = 1500; // things in a drawing: of more, each frame of a glide takes a browser longer than a step
const LARGEST_FIT = 1.8; // the scale of a small drawing: larger looks clumsy

/** A box on the stage is [x, y, width, height], its centre and its size, in the drawing's coordinates. */
export class Stage {
  /** `moved`: called when another part of the drawing is shown. */
  constructor(element, moved) {
    this.element = element;
    this.moved = moved;
    this.readable = 1; // the scale at which a step is followed
    this.legible = LEGIBLE; // the least scale at which all is shown
    this.view = { x: 0, y: 0, k: 1 }; // where the drawing is, and how large
    this.fitted = true; // until it is moved
    this.zoomed = false; // by the reader, whose scale is kept
    this.room = { width: 0, height: 0, left: 0, top: 0 }; // measured when it changes, because measuring is slow
    this.pointers = new Map(); // pressed on the stage: its id → [x, y] in the window
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    // One finger scrolls the page (CSS: touch-action), two are for the stage.
    element.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), {
      passive: false,
    });
  }

  /** What is followed has text of so many px; other text, at least of that many. */
  setTextSizes(followed, other) {
    this.readable = followed / FONT;
    this.legible = other / FONT;
  }

  /** Shows an SVG whose `content` is moved and scaled; `top` is the height of what stands above its box. */
  show({ svg, content, size, top }) {
    this.svg?.remove();
    this.element.prepend(svg);
    this.svg = svg;
    this.content = content;
    this.size = size;
    this.top = top;
    this.zoomed = false;
  }

  /** Calls `resized` when the size of its element changes. */
  observe(resized) {
    new ResizeObserver(() => this.measure() && resized()).observe(this.element);
  }

  /** Measures the element again: has its size changed? */
  measure() {
    const { width, height } = this.room;
    this.room = this.element.getBoundingClientRect();
    return this.room.width !== width || this.room.height !== height;
  }

  /** [left, top, right, bottom] of the drawing. */
  get bounds() {
    return [0, -this.top, ...this.size];
  }

  /** Glides there, or is there at once. */
  setView(to, glides = false) {
    const view = kept(to, this.bounds, this.room);
    this.view = view;
    this.fitted = false;
    setClass(this.svg, glides && this.content.childElementCount < MOST_GLIDING ? "graph gliding" : "graph");
    this.content.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
    this.moved();
  }

  /** The scale at which all of the drawing is on the stage. */
  get fittingScale() {
    const [width, height] = this.size;
    return Math.min(scaleToFit([width, height + this.top], this.room), Math.max(LARGEST_FIT, this.readable));
  }

  /** Shows all of the drawing; with a point to begin at, that in readable type where all would be illegible. */
  fit(beginning = null) {
    this.zoomed = false;
    const k = this.fittingScale;
    if (beginning && k < this.legible) this.lookAt(beginning, this.readable);
    else if (k > 0) this.lookAt([0, 0], k);
    this.fitted = true;
  }

  lookAt(point, k, glides = false) {
    this.setView(viewAt(point, k, this.bounds, this.room), glides);
  }

  /** Zooms, with the point (x, y) of the stage, or its middle, staying where it is. */
  zoom(factor, x = this.room.width / 2, y = this.room.height / 2) {
    this.zoomed = true;
    this.setView(zoomed(this.view, limited(this.view.k * factor, this.fittingScale), [x, y]));
  }

  /** Ctrl or ⌘ and the wheel zoom, and so does a pinch on a touchpad; the wheel alone scrolls the page. */
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.measure();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - this.room.left, event.clientY - this.room.top);
  }

  /** One pointer moves the drawing, a finger only sideways; two move it with their middle, and zoom it. */
  press(event) {
    this.measure();
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.pointers.size > 1) return;
    const move = ({ pointerId, clientX, clientY }) => {
      const at = this.pointers.get(pointerId);
      const sideways = event.pointerType === "touch" && this.pointers.size === 1;
      if (at) this.drag(pointerId, [clientX, sideways ? at[1] : clientY]);
    };
    const release = ({ pointerId }) => {
      this.pointers.delete(pointerId);
      if (this.pointers.size) return;
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", release);
      removeEventListener("pointercancel", release);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", release);
    addEventListener("pointercancel", release);
  }

  drag(pointer, to) {
    const before = spread([...this.pointers.values()]);
    this.pointers.set(pointer, to);
    const after = spread([...this.pointers.values()]);
    const { x, y, k } = this.view;
    this.setView({ k, x: x + (after.x - before.x), y: y + (after.y - before.y) });
    if (before.distance > 0) {
      this.zoom(after.distance / before.distance, after.x - this.room.left, after.y - this.room.top);
    }
  }

  /** Moves on only if not all of these boxes, the most important first, can be read, or as many as have room. */
  follow(boxes) {
    const { k } = this.view;
    const readable = this.zoomed ? k : this.readable;
    const { box, margin } = aim(boxes, readable, this.room);
    if (k >= readable && holds(this.view, this.room, box, margin)) return;
    const hasRoom = k <= scaleToFit(box.slice(2), this.room, margin);
    this.lookAt(box, hasRoom ? Math.max(k, readable) : readable, true);
  }

  /** Brings the middle of some boxes to the middle, large enough to be read. */
  centre(boxes) {
    this.lookAt(around(boxes), Math.max(this.view.k, this.readable), true);
  }
}

/** The middle of one or two points, and how far apart they are. */
function spread([[x, y], [u, v] = [x, y]]) {
  return { x: (x + u) / 2, y: (y + v) / 2, distance: Math.hypot(x - u, y - v) };
}
