// One neuron, or two hidden neurons and a third: h₁ and h₂ see x, f sees h₁ and h₂. Their graph computes all numbers.

import { linspace, range } from "../../autograd/view/assets/arrays.js";
import { ScalarNetwork } from "./scalar_network.js";

export const PARAMETERS = ["w₁", "w₂", "b"];

export class NeuronGraph {
  /** `count`: of neurons, all with this activation; `loss`: a graph; `OPS`: the rules of their ops. */
  constructor(count, activation, loss, OPS) {
    const sizes = count > 1 ? [2, count - 1, 1] : [2, 1];
    this.network = new ScalarNetwork({ sizes, activations: sizes.slice(1).map(() => activation), loss }, OPS);
  }

  /** The graph, with the numbers of these neurons. */
  of(neurons) {
    this.network.parameters = neurons.flatMap(({ w, b }) => [...w, b]);
    return this;
  }

  output(x) {
    return this.network.outputs(x)[0];
  }

  loss(sample) {
    return this.network.lossOf(sample);
  }

  meanLoss(samples) {
    return this.network.meanLoss(samples);
  }

  /** ∂L/∂(w₁, w₂, b) of each neuron, the mean over samples, as the loss is one. */
  gradients(samples) {
    this.network.differentiate(samples);
    return byNeuron(this.network.gradients);
  }

  /** Every neuron at a sample { x, target }: inputs, z, h, slope σ′(z), upstream ∂L/∂h, gradient; the output last. */
  at(sample) {
    const gradients = this.gradients([sample]);
    const { graph, tape } = this.network;
    const places = graph.layers.flatMap(({ hPre, h }) => hPre.map((z, i) => ({ z, h: h[i] })));
    return places.map(({ z, h }, k) => ({
      inputs: this.network.read(tape.operands(z).slice(2, 4)), // after its weights
      z: tape.data[z],
      h: tape.data[h],
      slope: z === h ? 1 : tape.slopes(h)[0],
      upstream: tape.grad[h],
      gradient: gradients[k],
    }));
  }
}

/** A list with PARAMETERS for each neuron, neuron by neuron. */
function byNeuron(numbers) {
  const n = PARAMETERS.length;
  return range(numbers.length / n).map((k) => numbers.slice(n * k, n * (k + 1)));
}

/** The class: 1 from ½ on; none where h is not a number. */
export function decide(h) {
  return Number.isNaN(h) ? null : Number(h >= 0.5);
}

/** Neurons after a step of an optimizer down these gradients. */
export function descend(neurons, gradients, optimizer, lr) {
  const after = optimizer.step(
    lr,
    neurons.flatMap(({ w, b }) => [...w, b]),
    gradients.flat(),
  );
  return byNeuron(after).map(([w1, w2, b]) => ({ w: [w1, w2], b }));
}

/** A learning rate that suits σ: ½ (h − y)² curves by σ′² at most, so 8 for the sigmoid, whose slope is at most ¼. */
export function learningRate(σ) {
  const steepest = Math.max(...linspace(-4, 4, 81).map((z) => Math.abs(σ(z)[1]) || 0));
  return steepest > 0 ? Math.min(8, 0.5 / steepest ** 2) : 0.5;
}

/** The neuron whose line is moved so that it goes through a point. */
export function moveLine({ w }, [x1, x2]) {
  return { w, b: -(w[0] * x1 + w[1] * x2) };
}

/** The neuron whose line is turned about a point of it, so that w points along (dx, dy). */
export function turnLine({ w }, pivot, way) {
  const scale = Math.hypot(...w) / (Math.hypot(...way) || 1);
  return moveLine({ w: way.map((v) => v * scale) }, pivot);
}
