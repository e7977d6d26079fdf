// The samples that a network trains on and those held out, drawn with a seed as nn.data draws them.

import { range } from "../../autograd/view/assets/arrays.js";
import { Mersenne } from "./mersenne.js";

/** `data`: { X, y, noisy } as Python gives it, without noise. Where it is noisy, every number of X (or y) gets some. */
export function withNoise({ X, y, noisy }, noise, seed) {
  const rng = new Mersenne(seed);
  const moved = (x) => x + rng.gauss(0, noise);
  if (noisy === "y") return { X, y: y.map(moved) };
  return { X: noisy === "X" ? X.map((x) => x.map(moved)) : X, y };
}

/** { train, heldOut }: every class in the same share; as nn.data.split. `share`: held out, 0 ≤ share < 1. */
export function splitSamples({ X, y }, share, hasClasses, seed) {
  const rng = new Mersenne(seed);
  const groups = new Map();
  for (const [i, k] of y.entries()) {
    const key = hasClasses ? k : null;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  const out = new Set();
  for (const members of groups.values()) {
    rng.shuffle(members);
    for (const i of members.slice(0, roundHalfEven(share * members.length))) out.add(i);
  }
  const part = (isOut) => {
    const rows = range(y.length).filter((i) => out.has(i) === isOut);
    return { X: rows.map((i) => X[i]), y: rows.map((i) => y[i]) };
  };
  return { train: part(false), heldOut: part(true) };
}

/** Python's round: a half goes to the even number. */
function roundHalfEven(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 ? below + 1 : below;
}

/** Each column with mean 0 and standard deviation 1 on the training samples; as nn.data.standardized. */
export function standardizeSamples({ train, heldOut }) {
  const columns = range(train.X[0].length).map((j) => meanAndSpread(train.X.map((x) => x[j])));
  const scaled = ({ X, y }) => ({ X: X.map((x) => x.map((v, j) => (v - columns[j].mean) / columns[j].spread)), y });
  return { train: scaled(train), heldOut: scaled(heldOut) };
}

function meanAndSpread(column) {
  const average = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const mean = average(column);
  return { mean, spread: Math.sqrt(average(column.map((v) => (v - mean) ** 2))) || 1 };
}

/** The order in which an epoch takes the samples: shuffled anew each time, as nn.train does; a full batch is not. */
export class Batches {
  constructor(n, size, seed) {
    Object.assign(this, { size: Math.min(size, n), start: 0, epoch: 0 });
    this.order = range(n);
    this.rng = new Mersenne(seed);
  }

  /** The places of the next batch's samples. */
  next() {
    const { order, size } = this;
    if (this.start === 0 && size < order.length) this.rng.shuffle(order);
    const batch = order.slice(this.start, this.start + size);
    this.start += size;
    if (this.start < order.length) return batch;
    this.start = 0;
    this.epoch += 1;
    return batch;
  }
}
