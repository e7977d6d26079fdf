// A forward and a backward pass: its events, and what happened to every node, and when.
// So everything shown is a function of one moment, and going to any moment is a look-up.

import { isClose } from "./numbers.js";

/** Time t is the moment after event t − 1; at time 0 nothing has happened. */
export class Pass {
  /**
   * `start`: the gradients before the pass; `mistake`: the mistake in it, "" for none; `like`: a pass whose events
   * may be the same but for their numbers.
   */
  constructor({ nodes }, events, { start = nodes.map(() => 0), mistake = "", like } = {}) {
    const timeOf = (what) => events.findIndex(({ kind }) => kind === what) + 1;
    this.nodes = nodes;
    this.events = events;
    this.start = start;
    this.mistake = mistake;
    this.forwardEnd = events.findIndex(({ kind }) => kind !== "given" && kind !== "forward");
    this.zero = timeOf("zero") || Infinity; // when all gradients are set to 0
    this.history = like?.end === this.end ? like.history : historyOf(nodes, events);
    this.final = nodes.map((_, node) => this.gradient(node, Infinity));
  }

  get end() {
    return this.events.length;
  }

  /** What has just happened; undefined before the first step. */
  event(time) {
    return this.events[time - 1];
  }

  gradient(node, time) {
    const change = this.event(this.history[node].changes.findLast((when) => when <= time));
    return change ? (change.after ?? 1) : this.start[node]; // the seed has no number of its own
  }

  data(node, time) {
    const { update } = this.history[node];
    return update <= time ? this.event(update).after : this.nodes[node].data;
  }

  /** The contributions to a node's gradient, as far as they have arrived. */
  arrived(node, time) {
    const changes = this.history[node].changes.filter((when) => when <= time).map((when) => this.event(when));
    return changes.filter(({ kind }) => kind === "accumulate");
  }

  /** Has the forward pass reached a node? */
  computed(node, time) {
    return this.history[node].forward <= time;
  }

  /** Will a node's gradient change no more? */
  complete(node, time) {
    return (this.history[node].changes.at(-1) ?? 0) <= time;
  }

  /** Does a node have a gradient yet: since all were set to 0, or left over from an earlier pass? */
  known(node, time) {
    const { changes } = this.history[node];
    return this.zero <= time || changes[0] <= time || this.gradient(node, time) !== 0;
  }
}

/** Of every node: when it gets its number, is visited and updated, and its gradient's changes. */
function historyOf(nodes, events) {
  const history = nodes.map(() => ({ forward: Infinity, visit: Infinity, update: Infinity, changes: [] }));
  for (const [i, { kind, node, parent }] of events.entries()) {
    const time = i + 1;
    if (kind === "given") {
      for (const { index, parents } of nodes) if (!parents.length) history[index].forward = time;
    } else if (kind === "seed") history[node].changes.push(time);
    else if (kind === "accumulate") history[parent].changes.push(time);
    else if (node !== undefined) history[node][kind] = time;
  }
  return history;
}

/**
 * What a moment shows of a node: its `data`, its `gradient`, undefined before they are there or while it `isAsked`
 * for; where it is wrong, the `right` one.
 */
export function numbersAt({ trace, pass, time, event, isAsking, backward }, node) {
  const gradient = pass.gradient(node, time);
  const right = trace.correct.final[node];
  const isAsked = isAsking && event.parent === node;
  const isWrong = pass.mistake && backward && pass.complete(node, time) && !isClose(gradient, right);
  return {
    data: pass.computed(node, time) ? pass.data(node, time) : undefined,
    gradient: pass.known(node, time) && !isAsked ? gradient : undefined,
    isAsked,
    right: isWrong ? right : undefined,
  };
}
