// A network's numbers, layer by layer, and what its output means.

import { range } from "../../autograd/view/assets/arrays.js";

/** The flat list of parameters as layers of neurons {w, b}. */
export function unpack(parameters, sizes) {
  let i = 0;
  return sizes.slice(1).map((m, l) =>
    range(m).map(() => {
      const w = parameters.slice(i, i + sizes[l]);
      const b = parameters[i + sizes[l]];
      i += sizes[l] + 1;
      return { w, b };
    }),
  );
}

/** What outputs mean: a single one above the threshold means class 1, of several the largest is the class. */
export class Decision {
  constructor(outputs, threshold) {
    this.isBinary = outputs === 1;
    this.threshold = threshold;
  }

  /** The class that the network predicts. */
  classOf(f) {
    return this.isBinary ? Number(f[0] > this.threshold) : f.indexOf(Math.max(...f));
  }

  /** The class that a target is: hinge writes −1 for class 0, and shares mean the largest. */
  classOfTarget(y) {
    if (Array.isArray(y)) return y.length > 1 ? y.indexOf(Math.max(...y)) : this.classOfTarget(y[0]);
    return this.isBinary ? Number(y > this.threshold) : y;
  }

  /** How sure: the distance to the threshold or to the runner-up. */
  margin(f) {
    if (this.isBinary) return Math.abs(f[0] - this.threshold);
    const [first, second] = [...f].sort((a, b) => b - a);
    return first - second;
  }
}
