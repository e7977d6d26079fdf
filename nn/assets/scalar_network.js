// A network as its scalar graph: what it computes, its loss, its gradients. All numbers are those of the tape.

import { Tape } from "../../autograd/view/assets/tape.js";
import { networkGraph } from "./network_graph.js";

export class ScalarNetwork {
  /** `architecture`: as `networkGraph` takes it; `OPS`: the rules of its ops. */
  constructor(architecture, OPS) {
    this.graph = networkGraph(architecture);
    this.tape = new Tape(this.graph.nodes, OPS);
    this.end = Math.max(...this.graph.outputs) + 1; // behind it, the loss
  }

  /** Weights and biases, neuron by neuron. */
  get parameters() {
    return this.graph.parameters.map((place) => this.tape.data[place]);
  }

  set parameters(numbers) {
    this.put(this.graph.parameters, numbers);
  }

  get gradients() {
    return this.graph.parameters.map((place) => this.tape.grad[place]);
  }

  put(places, numbers) {
    for (let i = 0; i < places.length; i += 1) this.tape.data[places[i]] = numbers[i];
  }

  read(places) {
    return places.map((place) => this.tape.data[place]);
  }

  /** For one sample: its features, then h of every layer. */
  compute(x) {
    this.put(this.graph.x, x);
    this.tape.forward(this.end);
    return [this.read(this.graph.features), ...this.graph.layers.map(({ h }) => this.read(h))];
  }

  outputs(x) {
    this.put(this.graph.x, x);
    this.tape.forward(this.end);
    return this.read(this.graph.outputs);
  }

  /** Loss of one sample { x, target }; all its numbers stay in the tape. */
  lossOf({ x, target }) {
    this.put(this.graph.x, x);
    this.put(this.graph.targets, target);
    this.tape.forward();
    return this.tape.data[this.graph.loss];
  }

  meanLoss(samples) {
    return samples.reduce((sum, sample) => sum + this.lossOf(sample), 0) / samples.length;
  }

  /** The mean loss of samples; `gradients` are then those of it. */
  differentiate(samples) {
    this.tape.zeroGrad();
    let sum = 0;
    for (const sample of samples) {
      sum += this.lossOf(sample);
      this.tape.backward(this.graph.loss, 1 / samples.length);
    }
    return sum / samples.length;
  }
}

/** A target as the graph of a loss takes it: one number per output. */
export function targetOf(y, loss, outputs) {
  if (outputs > 1) return Array.from({ length: outputs }, (_, k) => Number(k === y));
  return [loss === "hinge" ? 2 * y - 1 : y];
}
