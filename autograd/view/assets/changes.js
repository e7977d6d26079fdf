// Which leaves have another number than Python gave them, change after change; and what a nudge would do.

import { Uncomputable } from "./engine.js";
import { Rerun } from "./rerun.js";

export class Changes {
  constructor(trace, rules) {
    this.rerun = new Rerun(trace, rules);
    this.past = []; // earlier maps of numbers
    this.last = -1; // the leaf that was changed last
    this.nudge = { node: -1, ε: 0 };
    this.adopt(new Map());
  }

  /** The trace as Python made it. */
  get given() {
    return this.rerun.trace;
  }

  get count() {
    return this.numbers.size;
  }

  has(node) {
    return this.numbers.has(node);
  }

  /**
   * Gives a leaf a number; changes of one leaf in a row are one for `undo`.
   * Throws Uncomputable where a node would have no value, and then nothing has changed.
   */
  set(node, x) {
    const numbers = new Map(this.numbers);
    if (Object.is(x, this.given.nodes[node].data)) numbers.delete(node);
    else numbers.set(node, x);
    this.change(numbers, node);
  }

  /** Gives these leaves their numbers, a Map, and all others Python's. Throws as `set` does. */
  setAll(numbers) {
    const isOther = ([node, x]) => !Object.is(x, this.given.nodes[node].data);
    const others = new Map([...numbers].filter(isOther));
    if (others.size || this.count) this.change(others, -1);
  }

  /** A leaf has Python's number again, or every leaf. */
  reset(node = -1) {
    const numbers = new Map(node < 0 ? [] : this.numbers);
    numbers.delete(node);
    this.change(numbers, -1);
  }

  undo() {
    if (!this.past.length) return;
    this.adopt(this.past.pop());
    this.last = -1;
  }

  change(numbers, node) {
    const before = this.numbers;
    this.adopt(numbers);
    if (node < 0 || this.last !== node) this.past.push(before);
    this.last = node;
  }

  adopt(numbers) {
    this.trace = numbers.size ? this.rerun.with(numbers) : this.given;
    this.numbers = numbers; // leaf → its number
    this.measure();
  }

  /** Moves a leaf by ε in thought, 0 for none. */
  nudgeBy(node, ε) {
    this.nudge = { node: ε ? node : -1, ε };
    this.measure();
  }

  /** Of a nudge, the `deltas`: what each node's number would change by; or the `error`, where one would have none. */
  measure() {
    const { node, ε } = this.nudge;
    if (node < 0) return;
    const { nodes } = this.trace;
    try {
      const moved = this.rerun.with(new Map(this.numbers).set(node, nodes[node].data + ε));
      this.nudge = { node, ε, deltas: moved.nodes.map(({ data }, i) => data - nodes[i].data) };
    } catch (error) {
      if (!(error instanceof Uncomputable)) throw error;
      this.nudge = { node, ε, error };
    }
  }
}
