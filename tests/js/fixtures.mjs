// The trace of L = z · w with z = 3 w at w = 2, and a step of gradient descent, as tests/test_javascript.py checks it.

import { readFileSync } from "node:fs";
import { readTrace } from "../../autograd/view/assets/trace.js";

const DESCENT = { SGD: { running: 0, rule: (_, lr, __, _w, g) => [lr * g, []] } }; // w ← w − η g

export function diamond() {
  return readTrace(JSON.parse(readFileSync(new URL("./diamond.json", import.meta.url), "utf8")), DESCENT);
}
