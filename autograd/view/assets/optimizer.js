// An optimizer: an update rule, the steps taken, and the running numbers that it keeps beside each parameter.

import { ieee } from "./xp.js";

export class Optimizer {
  /** `update`: a row of UPDATES, {running, rule}; `n`: how many parameters; `state`: to go on from. */
  constructor(update, n, state = {}) {
    const { t = 0, running = Array.from({ length: n }, () => Array(update.running).fill(0)) } = state;
    this.rule = update.rule;
    this.t = t;
    this.running = copyRows(running); // per parameter
  }

  /** Where the numbers w go, of the gradients g. */
  step(lr, w, g) {
    this.t += 1;
    return w.map((wi, i) => wi - this.rule(ieee, lr, this.t, wi, g[i], this.running[i]));
  }

  /** As it is now, for another one to go on from. */
  get state() {
    return { t: this.t, running: copyRows(this.running) };
  }
}

function copyRows(rows) {
  return rows.map((row) => row.slice());
}
