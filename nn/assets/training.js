// Training, as nn.train does it: a batch, its gradient, an update; and what is remembered of it.

import { Optimizer } from "../../autograd/view/assets/optimizer.js";
import { Batches } from "./samples_drawn.js";

const REMEMBERED = 500; // points of the loss curves; beyond, every other one is forgotten

/** Gradient descent on a network's samples. `settings` may change between steps. */
export class Training {
  /** `samples`: { train, heldOut }, lists of { x, target }; `isRight(outputs, sample)`: what is counted of them. */
  constructor(network, samples, settings, UPDATES, isRight) {
    Object.assign(this, { network, samples, settings, isRight });
    this.optimizer = new Optimizer(UPDATES[settings.optimizer], network.w.length);
    this.diverged = false;
    this.history = [];
    this.batches = new Batches(samples.train.length, settings.batch || samples.train.length, settings.seed);
    this.record();
  }

  /** One batch. Where its loss is no number any more, nothing moves, and `diverged` says so. */
  step() {
    const { network, samples } = this;
    const batch = this.batches.next().map((i) => samples.train[i]);
    const loss = network.differentiate(batch);
    if (!Number.isFinite(loss)) {
      this.diverged = true;
      return;
    }
    const { w, g } = network;
    const isFree = this.settings.penalty === "none";
    const slopes = isFree ? g : g.map((slope, i) => slope + penaltySlope(this.settings, w[i]));
    network.parameters = this.optimizer.step(this.settings.lr, w, slopes);
  }

  get steps() {
    return this.optimizer.t;
  }

  /** The rest of this epoch. */
  epoch() {
    const before = this.batches.epoch;
    while (this.batches.epoch === before && !this.diverged) this.step();
  }

  /** Remembers this moment: { epoch, train, heldOut }, of each { loss, right }, null where there are no samples. */
  record() {
    const { network, samples, history, isRight } = this;
    const measured = (some) => (some.length ? network.measure(some, isRight) : null);
    const now = { epoch: this.progress, train: measured(samples.train), heldOut: measured(samples.heldOut) };
    if (history.at(-1)?.epoch === now.epoch) history.pop();
    history.push(now);
    if (history.length > REMEMBERED) this.history = history.filter((_, i) => i % 2 === 0 || i === history.length - 1);
  }

  /** Epochs, with the part of the present one. */
  get progress() {
    return this.batches.epoch + this.batches.start / this.samples.train.length;
  }
}

/** What the penalty adds to ∂L/∂w: λ w for λ/2 w², λ sign w for λ |w|. */
function penaltySlope({ penalty, rate }, w) {
  if (penalty === "L2") return rate * w;
  return penalty === "L1" ? rate * Math.sign(w) : 0;
}
