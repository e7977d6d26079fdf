// Gradient descent in the page: the parameters of a trace, moved step after step against their gradients.

import { Optimizer } from "./optimizer.js";
import { Tape } from "./tape.js";

/** What a trace can move: what its update moves, else the parameters, else every leaf but constants. */
export function trainable({ nodes, correct, samples }) {
  const updated = correct.events.filter(({ kind }) => kind === "update").map(({ node }) => node);
  if (updated.length) return updated;
  const isHeld = new Set(samples.inputs);
  const leaves = nodes.filter(({ kind, index }) => kind !== "result" && kind !== "constant" && !isHeld.has(index));
  const parameters = leaves.filter(({ kind }) => kind === "parameter");
  return (parameters.length ? parameters : leaves).map(({ index }) => index);
}

export class Descent {
  /** `changes`: the numbers of a trace; `updates`: the table of update rules; `rules`: that of its ops. */
  constructor(changes, updates, rules) {
    const { samples, update } = changes.given;
    const { nodes } = changes.rerun;
    this.changes = changes;
    this.updates = updates;
    this.parameters = trainable(changes.given);
    this.samples = samples;
    const isKnown = nodes.every(({ op, parents }) => !parents.length || op); // no backward of the user's own
    this.tape = samples.rows && isKnown ? new Tape(nodes, rules) : null;
    this.overAll = false; // on all samples, or on the one that is shown
    this.author = ""; // one run is one change, for undo
    this.moments = new WeakMap(); // the numbers after a step → the optimizer and the losses then
    this.lr = update.lr ?? 0.1;
    this.rule = update.row ? update.rule : "SGD";
    this.followed = changes.numbers; // the numbers of which it knows
    this.begin();
  }

  /** Begins anew; the trace's own optimizer goes on from where it was. */
  begin() {
    const { update } = this.changes.given;
    this.losses = [];
    this.resume(this.rule, update.row && this.rule === update.rule ? update : {});
  }

  resume(rule, state) {
    this.rule = rule;
    this.optimizer = new Optimizer(this.updates[rule], this.parameters.length, state);
  }

  /** Another update rule, or another learning rate. */
  choose(rule, lr) {
    this.lr = lr;
    if (rule !== this.rule) this.resume(rule, {});
    this.announce();
    this.changes.refresh();
  }

  /** Says to the trace what step would follow. */
  announce() {
    const { changes, rule, lr, updates, optimizer } = this;
    const { update } = changes.given;
    const isSame = rule === update.rule && lr === update.lr && optimizer.t === update.t;
    const isGiven = isSame || !update.row; // then it shows none
    const by = rule === update.rule ? update.by : rule;
    changes.setUpdate(isGiven ? update : { by, rule, lr, row: updates[rule], ...optimizer.state });
  }

  /** Moves every parameter once. Throws Uncomputable where a node has no value then, and then nothing has moved. */
  step() {
    const { changes, parameters, optimizer, losses } = this;
    const { nodes } = changes.trace;
    const before = optimizer.state;
    const { loss, gradient } = this.overAll ? this.meanOverSamples() : this.ofThisSample();
    const w = parameters.map((node) => nodes[node].data);
    const moved = optimizer.step(this.lr, w, gradient);
    this.announce();
    try {
      changes.move(new Map(parameters.map((node, i) => [node, moved[i]])), this.author);
    } catch (error) {
      this.resume(this.rule, before);
      this.announce();
      throw error;
    }
    this.losses = [...(losses.length ? losses : [loss]), this.loss()];
    this.followed = changes.numbers;
    this.moments.set(changes.numbers, { rule: this.rule, state: optimizer.state, losses: this.losses });
  }

  /** After any change; after an undo or a reset the optimizer and the losses are what they were with these numbers. */
  follow() {
    const { numbers, count } = this.changes;
    if (numbers === this.followed) return;
    this.followed = numbers;
    const moment = this.moments.get(numbers);
    if (moment) {
      this.losses = moment.losses;
      this.resume(moment.rule, moment.state);
    } else if (!count) this.begin();
    else return;
    this.announce();
    this.changes.refresh();
  }

  /** Puts a sample into the leaves that hold one; for −1 what Python had there. Throws Uncomputable. */
  show(sample) {
    const { inputs, rows } = this.samples;
    const numbers = sample < 0 ? [] : rows[sample];
    this.changes.choose(new Map(numbers.map((x, j) => [inputs[j], x])));
    this.train(false);
  }

  /** On all samples, or on the one that is shown. */
  train(overAll) {
    this.overAll = overAll;
    this.losses = [];
  }

  /** The loss now: of the sample that is shown, or the mean over all. */
  loss() {
    const { trace } = this.changes;
    return this.overAll ? this.meanOverSamples().loss : trace.nodes[trace.root].data;
  }

  ofThisSample() {
    const { nodes, root, correct } = this.changes.trace;
    return { loss: nodes[root].data, gradient: this.parameters.map((node) => correct.final[node]) };
  }

  /** The mean of the samples' losses, and its gradient. */
  meanOverSamples() {
    const { trace } = this.changes;
    if (this.mean?.trace !== trace) this.mean = { trace, ...this.measure(trace) };
    return this.mean;
  }

  measure({ nodes, root }) {
    const { tape, samples, parameters } = this;
    const n = samples.rows.length;
    let loss = 0;
    tape.data.set(nodes.map(({ data }) => data));
    tape.zeroGrad();
    for (const row of samples.rows) {
      for (const [j, x] of row.entries()) tape.data[samples.inputs[j]] = x;
      tape.forward();
      tape.backward(root, 1 / n);
      loss += tape.data[root] / n;
    }
    return { loss, gradient: parameters.map((node) => tape.grad[node]) };
  }
}
