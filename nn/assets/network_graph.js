// The graph of a network's loss for one sample, node by node as Python's MLP builds it: every node is a scalar.

import { range } from "../../autograd/view/assets/arrays.js";

/**
 * `sizes`: [m₀, …, m_L]; `activations`: the name of a row per layer; `features` and `loss`: graphs from Python, as
 * nn/page_graph.py writes them: one per input of the network, of the sample's numbers (or none: the numbers
 * themselves), and that of the outputs and the targets.
 * Returns { nodes, x, features, parameters, layers: [{ hPre, h }], targets, outputs, loss }: places in `nodes`.
 */
export function networkGraph({ sizes, activations, features = null, loss }) {
  const graph = new GraphBuilder();
  const x = graph.leaves("input", features ? features[0].inputs : sizes[0]);
  const parameters = graph.leaves("parameter", countParameters(sizes));
  const targets = graph.leaves("input", loss.inputs - sizes.at(-1));
  const inputs = features ? features.map((feature) => graph.splice(feature, x)) : x;
  let [h, next] = [inputs, 0];
  const last = activations.length - 1;
  const layers = activations.map((activation, l) => {
    const before = h;
    const neurons = range(sizes[l + 1]).map(() => {
      const [w, b] = [parameters.slice(next, next + before.length), parameters[next + before.length]];
      next += before.length + 1;
      const hPre = graph.node(`dot/${2 * w.length + 1}`, [...w, ...before, b]);
      const isLinear = l === last && activation === "positive"; // then f is w·x + b itself
      return { hPre, h: isLinear ? hPre : graph.node(activation, [hPre]) };
    });
    h = neurons.map((neuron) => neuron.h);
    return { hPre: neurons.map((neuron) => neuron.hPre), h };
  });
  const root = graph.splice(loss, [...h, ...targets]);
  return { nodes: graph.nodes, x, features: inputs, parameters, layers, targets, outputs: h, loss: root };
}

/** Each neuron has a weight per input, and a bias. */
export function countParameters(sizes) {
  return sizes.slice(1).reduce((sum, m, l) => sum + m * (sizes[l] + 1), 0);
}

class GraphBuilder {
  constructor() {
    this.nodes = [];
  }

  node(op, parents, more = {}) {
    return this.nodes.push({ op, parents, ...more }) - 1;
  }

  leaves(kind, n) {
    return range(n).map(() => this.node(kind, []));
  }

  /** Adds a graph whose inputs are nodes of this one; its result. */
  splice({ nodes, result }, inputs) {
    const places = [...inputs];
    for (const { op, parents, ...more } of nodes) {
      const operands = parents.map((p) => places[p]);
      places.push(this.node(op, operands, more));
    }
    return places[result];
  }
}
