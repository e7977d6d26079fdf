// A forward and a backward pass: its events, and what happened to every node, and when.
// So everything shown is a function of one moment, and going to any moment is a look-up.

/** Time t is the moment after event t − 1; at time 0 nothing has happened. */
export class Pass {
  /** `start`: the gradients before the pass; `mistake`: the mistake in it, "" for none. */
  constructor({ nodes, root }, events, start = nodes.map(() => 0), mistake = "") {
    this.nodes = nodes;
    this.events = events;
    this.start = start;
    this.mistake = mistake;
    this.history = nodes.map(() => ({
      forward: Infinity,
      visit: Infinity,
      update: Infinity,
      changes: [],
      arrivals: [],
    }));
    this.forwardEnd = events.findIndex(({ kind }) => kind !== "given" && kind !== "forward");
    this.zero = Infinity; // when all gradients are set to 0
    for (const [i, event] of events.entries()) this.record(root, event, i + 1);
    this.final = nodes.map((_, node) => this.gradient(node, Infinity));
  }

  record(root, event, time) {
    const of = this.history[event.node];
    if (event.kind === "given") this.give(time);
    if (event.kind === "forward") of.forward = time;
    if (event.kind === "zero") this.zero = time;
    if (event.kind === "seed") this.history[root].changes.push([time, 1]);
    if (event.kind === "visit") of.visit = time;
    if (event.kind === "accumulate") {
      this.history[event.parent].changes.push([time, event.after]);
      this.history[event.parent].arrivals.push([time, event]);
    }
    if (event.kind === "update") {
      of.update = time;
      of.updated = event.after;
    }
  }

  /** Every leaf has its number. */
  give(time) {
    for (const { index, parents } of this.nodes) if (!parents.length) this.history[index].forward = time;
  }

  get end() {
    return this.events.length;
  }

  /** What has just happened; undefined before the first step. */
  event(time) {
    return this.events[time - 1];
  }

  gradient(node, time) {
    return this.history[node].changes.findLast(([when]) => when <= time)?.[1] ?? this.start[node];
  }

  data(node, time) {
    const { update, updated } = this.history[node];
    return update <= time ? updated : this.nodes[node].data;
  }

  /** The contributions to a node's gradient, as far as they have arrived. */
  arrived(node, time) {
    return this.history[node].arrivals.filter(([when]) => when <= time).map(([, event]) => event);
  }

  /** Has the forward pass reached a node? */
  computed(node, time) {
    return this.history[node].forward <= time;
  }

  /** Will a node's gradient change no more? */
  complete(node, time) {
    return (this.history[node].changes.at(-1)?.[0] ?? 0) <= time;
  }

  /** Does a node have a gradient yet: since all were set to 0, or left over from an earlier pass? */
  known(node, time) {
    const { changes } = this.history[node];
    return this.zero <= time || (changes[0]?.[0] ?? Infinity) <= time || this.gradient(node, time) !== 0;
  }
}
