// The same trace with other numbers in its leaves: the graph is computed anew, and every event with it.

import { forwardPass } from "./engine.js";
import { backwardEvents, updateEvents } from "./events.js";
import { Pass } from "./pass.js";

/** Computes traces from one trace and the rules of its ops. */
export class Rerun {
  constructor(trace, rules) {
    this.trace = trace;
    this.update = trace.update; // what moves the parameters afterwards
    this.rules = rules;
    this.nodes = trace.nodes.map(({ op, own, parents }) => ({ op: own ? "" : op, parents }));
    this.before = { data: trace.nodes.map(({ data }) => data), local: trace.nodes.map(({ local }) => local) };
  }

  /** The trace with these numbers, a Map from leaves. Throws Uncomputable where a node has no value then. */
  with(changed) {
    const { data, local } = forwardPass(this.nodes, this.rules, changed, this.before);
    const nodes = this.trace.nodes.map((node, i) => ({ ...node, data: data[i], local: local[i] }));
    const trace = { ...this.trace, nodes, update: this.update };
    trace.correct = correctPass(trace);
    return trace;
  }
}

/** The events of the trace's own pass, in their order, with the numbers that its nodes have now. */
function correctPass(trace) {
  const { nodes, root, correct } = trace;
  const gradient = nodes.map(() => 0);
  gradient[root] = 1;
  const order = correct.events.filter(({ kind }) => kind === "visit").map(({ node }) => node);
  const passed = backwardEvents(trace, order, gradient);
  const [zero, seed] = correct.events.slice(correct.forwardEnd);
  const forwardEvents = correct.events.slice(0, correct.forwardEnd);
  const events = [...forwardEvents, zero, seed, ...passed, { kind: "done" }, ...updateEvents(trace, gradient)];
  return new Pass(trace, events);
}
