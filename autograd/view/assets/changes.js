// Which leaves have another number than Python gave them, change after change; and what a nudge would do.

import { Uncomputable } from "./engine.js";
import { Rerun } from "./rerun.js";

export class Changes {
  constructor(trace, rules) {
    this.rerun = new Rerun(trace, rules);
    this.past = []; // earlier maps of numbers
    this.last = ""; // who made the last change: a leaf, or a name
    this.sample = new Map(); // the leaves that hold a sample → its numbers
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

  /** What a leaf has when it isn't changed: Python's number, or the sample's. */
  givenNumber(node) {
    return this.sample.get(node) ?? this.given.nodes[node].data;
  }

  /**
   * Gives a leaf a number; changes of one leaf in a row are one for `undo`.
   * Throws Uncomputable where a node would have no value, and then nothing has changed.
   */
  set(node, x) {
    this.move(new Map([[node, x]]), node);
  }

  /** Gives these leaves their numbers, a Map, and all others those that they were given. Throws as `set` does. */
  setAll(numbers) {
    const others = this.others(numbers);
    if (others.size || this.count) this.change(others, "");
  }

  /** Gives these leaves numbers; changes by the same `author`, a leaf or a name, in a row are one for `undo`. */
  move(numbers, author) {
    this.change(this.others(new Map([...this.numbers, ...numbers])), author);
  }

  /** Those of the numbers that are others than the leaves were given. */
  others(numbers) {
    return new Map([...numbers].filter(([node, x]) => !Object.is(x, this.givenNumber(node))));
  }

  /** Puts a sample into the leaves that hold one: leaf → number. It can't be undone. Throws as `set` does. */
  choose(sample) {
    const before = this.sample;
    this.sample = sample;
    try {
      this.adopt(new Map([...this.numbers].filter(([node]) => !sample.has(node))));
    } catch (error) {
      this.sample = before;
      throw error;
    }
  }

  /** What moves the parameters afterwards, from the next change on: another optimizer, or the same some steps on. */
  setUpdate(update) {
    this.rerun.update = update;
  }

  /** Computes the trace anew. */
  refresh() {
    this.adopt(this.numbers);
  }

  /** A leaf has the number again that it was given, or every leaf. */
  reset(node = -1) {
    const numbers = new Map(node < 0 ? [] : this.numbers);
    numbers.delete(node);
    this.change(numbers, "");
  }

  undo() {
    if (!this.past.length) return;
    this.adopt(this.past.pop());
    this.last = "";
  }

  change(numbers, author) {
    const before = this.numbers;
    this.adopt(numbers);
    if (author === "" || this.last !== author) this.past.push(before);
    this.last = author;
  }

  adopt(numbers) {
    const all = new Map([...this.sample, ...numbers]);
    const isGiven = !all.size && this.rerun.update === this.given.update;
    this.trace = isGiven ? this.given : this.rerun.with(all);
    this.numbers = numbers; // leaf → the number to which it was changed
    this.all = all; // … and those of the sample
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
      const { data } = this.rerun.forward(new Map(this.all).set(node, nodes[node].data + ε));
      this.nudge = { node, ε, deltas: data.map((x, i) => x - nodes[i].data) };
    } catch (error) {
      if (!(error instanceof Uncomputable)) throw error;
      this.nudge = { node, ε, error };
    }
  }
}
