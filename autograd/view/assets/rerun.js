// The same trace with other numbers in its leaves: the graph is computed anew, and every event with it.

import { forwardPass } from "./engine.js";
import { computeEvents } from "./events.js";
import { Pass } from "./pass.js";

/** Computes traces from one trace and the rules of its ops. */
export class Rerun {
  constructor(trace, rules) {
    this.trace = trace;
    this.update = trace.update; // what moves the parameters afterwards
    this.rules = rules;
    this.nodes = trace.nodes.map(({ op, own, parents }) => ({ op: own ? "" : op, parents }));
    this.before = { data: trace.nodes.map(({ data }) => data), local: trace.nodes.map(({ local }) => local) };
    this.zeros = trace.nodes.map(() => 0);
  }

  /** What every node is and its slopes, with these numbers, a Map from leaves. Throws Uncomputable. */
  forward(changed) {
    return forwardPass(this.nodes, this.rules, changed, this.before);
  }

  /** The trace with these numbers, a Map from leaves. Throws Uncomputable where a node has no value then. */
  with(changed) {
    const { data, local } = this.forward(changed);
    const nodes = this.trace.nodes.map((node, i) => ({ ...node, data: data[i], local: local[i] }));
    const trace = { ...this.trace, nodes, update: this.update };
    const { correct } = trace;
    trace.correct = new Pass(trace, computeEvents(trace, correct.events, this.zeros), { like: correct });
    return trace;
  }
}
