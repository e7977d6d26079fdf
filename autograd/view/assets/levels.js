// Which map of the graph is shown: one of its levels, or a part that is open in a level.

import { mapOfPart } from "./part_map.js";

/** A part is its index in the trace; −1 stands for none. */
export class Levels {
  constructor(trace) {
    this.trace = trace;
    this.index = 0; // of the level that is shown
    this.parts = trace.levels.map((level) => wholeOf(level)); // the part that is open in each level
  }

  /** The part that is open in the level shown. */
  get part() {
    return this.parts[this.index];
  }

  set part(part) {
    this.parts[this.index] = part;
  }

  /** Is the level shown as it is when none of its boxes is open? */
  get isWhole() {
    return this.part === wholeOf(this.trace.levels[this.index]);
  }

  get map() {
    return this.part < 0 ? this.trace.levels[this.index] : mapOfPart(this.trace, this.part);
  }

  /** Another level, after the last one the first again; what was open in it still is. */
  choose(index) {
    const { length } = this.trace.levels;
    this.index = (index + length) % length;
  }

  /** Closes all boxes of a level. */
  closeAll(index) {
    this.parts[index] = wholeOf(this.trace.levels[index]);
  }

  /** Goes out of the part that is open, into the one around it. Returns the part that was left. */
  leave() {
    const { part } = this;
    const outermost = this.trace.levels[this.index].boxes?.some(({ opens }) => opens === part);
    this.part = outermost ? -1 : this.trace.parts[part].in;
    return part;
  }

  /** The titles of the part that is open and of those around it, outermost first. */
  get path() {
    return titlesOf(this.trace.parts, this.part, wholeOf(this.trace.levels[this.index]));
  }

  /** The node to look at first: `node` if it stands alone in what is shown, else the first that does. */
  nearest(node) {
    const { part } = this.trace;
    if (this.part < 0 || part[node] === this.part) return node;
    return Math.max(part.indexOf(this.part), 0);
  }

  /** The index of the finest level whose size satisfies a condition, else that of the coarsest. */
  finest(fits) {
    const { levels, parts } = this.trace;
    const found = levels.findIndex((level) => fits(level.size ?? parts[level.part].size));
    return found < 0 ? levels.length - 1 : found;
  }
}

/** The titles of a part and of those around it, outermost first, but for `whole`. */
export function titlesOf(parts, part, whole = -1) {
  const { title, in: around } = parts[part] ?? {};
  return part < 0 || part === whole ? [] : [...titlesOf(parts, around, whole), title];
}

/** The part that is all of a level: a large graph without modules has one such level. */
function wholeOf({ part = -1 }) {
  return part;
}
