// Which leaves have another number than Python gave them, one change after the other.

import { Uncomputable } from "./engine.js";
import { Rerun } from "./rerun.js";

export class Changes {
  constructor(trace, rules) {
    this.rerun = new Rerun(trace, rules);
    this.given = trace;
    this.trace = trace; // with the changed numbers
    this.numbers = new Map(); // leaf → its number
    this.past = []; // earlier such maps
    this.nudge = { node: -1, ε: 0, deltas: null };
  }

  get count() {
    return this.numbers.size;
  }

  has(node) {
    return this.numbers.has(node);
  }

  /**
   * Gives a leaf a number. Moves of one leaf without a pause are one change for `undo`.
   * Throws Uncomputable, and then nothing has changed.
   */
  set(node, x) {
    const numbers = new Map(this.numbers);
    if (Object.is(x, this.given.nodes[node].data)) numbers.delete(node);
    else numbers.set(node, x);
    this.apply(numbers, node);
  }

  /** Many leaves at once, as a step of gradient descent moves them. */
  setAll(moves) {
    this.apply(new Map([...this.numbers, ...moves]), -1);
  }

  apply(numbers, node) {
    const trace = numbers.size ? this.rerun.with(numbers) : this.given;
    if (node < 0 || this.last !== node) this.past.push(this.numbers);
    this.last = node;
    this.numbers = numbers;
    this.trace = trace;
    this.measure();
  }

  undo() {
    const numbers = this.past.pop();
    if (!numbers) return;
    this.numbers = numbers;
    this.last = -1;
    this.trace = numbers.size ? this.rerun.with(numbers) : this.given;
    this.measure();
  }

  reset(node = -1) {
    const numbers = new Map(this.numbers);
    if (node < 0) numbers.clear();
    else numbers.delete(node);
    this.apply(numbers, -1);
  }

  /** Moves a leaf by ε in thought: `deltas` says by how much each node's number would change. */
  nudgeBy(node, ε) {
    this.nudge = { node: ε ? node : -1, ε, deltas: null };
    this.measure();
  }

  measure() {
    const { node, ε } = this.nudge;
    if (node < 0) return;
    const x = this.trace.nodes[node].data;
    try {
      const moved = this.rerun.with(new Map(this.numbers).set(node, x + ε));
      this.nudge.deltas = moved.nodes.map(({ data }, i) => data - this.trace.nodes[i].data);
    } catch (error) {
      if (!(error instanceof Uncomputable)) throw error;
      this.nudge.deltas = null; // there the nudge leaves a domain
    }
  }
}
