// A network as its scalar graph: what it computes, its loss, its gradients. All numbers are those of the tape.

import { Tape } from "../../autograd/view/assets/tape.js";
import { networkGraph } from "./network_graph.js";

export class ScalarNetwork {
  /** `architecture`: as `networkGraph` takes it; `OPS`: the rules of its ops. */
  constructor(architecture, OPS) {
    this.graph = networkGraph(architecture);
    this.tape = new Tape(this.graph.nodes, OPS);
    this.end = Math.max(...this.graph.outputs) + 1; // behind it, the loss
    const { parameters } = this.graph; // one after the other in the tape
    const part = (numbers) => numbers.subarray(parameters[0], parameters[0] + parameters.length);
    this.w = part(this.tape.data);
    this.g = part(this.tape.grad);
  }

  /** Weights and biases, neuron by neuron: a copy. */
  get parameters() {
    return Array.from(this.w);
  }

  set parameters(numbers) {
    this.w.set(numbers);
  }

  get gradients() {
    return Array.from(this.g);
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
    return this.measure(samples, () => false).loss;
  }

  /** The mean loss of samples, and of how many `isRight(outputs, sample)` holds. */
  measure(samples, isRight) {
    const { data } = this.tape;
    const f = this.graph.outputs.map(() => 0);
    let [loss, right] = [0, 0];
    for (const sample of samples) {
      loss += this.lossOf(sample);
      for (const [k, place] of this.graph.outputs.entries()) f[k] = data[place];
      right += Number(isRight(f, sample));
    }
    return { loss: loss / samples.length, right };
  }

  /**
   * What every neuron computes at n × n points of a plane, row by row from the top: by column, for each neuron its
   * numbers. `at(point)`: the point as a sample.
   */
  overPlane({ x, y }, n, at = (point) => point) {
    const { graph, tape } = this;
    const places = [graph.features, ...graph.layers.map(({ h }) => h)];
    const columns = places.map((nodes) => nodes.map(() => new Float64Array(n * n)));
    const middle = ([low, high], i) => low + ((high - low) * (i + 0.5)) / n;
    for (let k = 0; k < n * n; k += 1) {
      this.put(graph.x, at([middle(x, k % n), middle(y, n - 1 - Math.floor(k / n))]));
      tape.forward(this.end);
      for (let l = 0; l < places.length; l += 1) {
        for (let i = 0; i < places[l].length; i += 1) columns[l][i][k] = tape.data[places[l][i]];
      }
    }
    return { n, columns };
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
