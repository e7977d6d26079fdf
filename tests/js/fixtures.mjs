// What several tests begin with.

import { readFileSync } from "node:fs";
import { readTrace } from "../../autograd/view/assets/trace.js";

const DESCENT = { SGD: { running: 0, rule: (_, lr, __, _w, g) => lr * g } }; // w ← w − η g

/** The trace of L = z · w, z = 3 w, w = 2, and a step of gradient descent, as tests/test_javascript.py checks it. */
export function diamond() {
  return readTrace(JSON.parse(readFileSync(new URL("./diamond.json", import.meta.url), "utf8")), DESCENT);
}

/** A rule, of a function that gives the value and then the slopes. */
export function ruleOf(f) {
  return (_xp, x, d) => {
    const [y, ...slopes] = f(x);
    for (const [i, slope] of slopes.entries()) d[i] = slope;
    return y;
  };
}
