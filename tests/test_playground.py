"""The playground: its graph, its numbers and its page against Python's."""

from __future__ import annotations

import random

import pytest
from test_page_engine import in_node

from autograd import OPS
from autograd.expressions import ExpressionError
from autograd.view.operators import javascript_table
from autograd.view.scripts import ASSETS, join_modules
from nn import MLP, activations, losses
from nn.neuron_panel import ASSETS as PAGES
from nn.page_graph import formula_graph, loss_graph

# ── the graph ───────────────────────────────────────────────────────────────

PASSES = """
function passes(cases) {
  return cases.map(({ network, parameters, samples }) => {
    const graph = networkGraph(network);
    const tape = new Tape(graph.nodes, OPS);
    graph.parameters.forEach((place, i) => { tape.data[place] = parameters[i]; });
    const losses = samples.map(([x, y]) => {
      graph.x.forEach((place, j) => { tape.data[place] = x[j]; });
      graph.targets.forEach((place, k) => { tape.data[place] = y[k]; });
      tape.forward();
      tape.backward(graph.loss, 1 / samples.length);
      return tape.data[graph.loss];
    });
    const outputs = graph.outputs.map((place) => tape.data[place]);
    return { losses, outputs, gradients: graph.parameters.map((place) => tape.grad[place]) };
  });
}
"""
NETWORKS = [  # sizes, activation of the hidden layers, loss
    ([2, 3, 1], "tanh", "logistic"),
    ([2, 8, 8, 1], "relu", "logistic"),
    ([1, 4, 2, 1], "sigmoid", "mse"),
    ([3, 5, 4], "gelu", "cross_entropy"),
    ([2, 3, 2, 3, 3], "identity", "cross_entropy"),
    ([2, 1], "tanh", "hinge"),
    ([2, 4, 2], "silu", "mse"),
]


def rules_for(sizes: list[int], names: list[str]) -> dict:
    rows = {name: (OPS[name], 1) for name in names}
    return {**rows, **{f"dot/{2 * m + 1}": (OPS["dot"], 2 * m + 1) for m in sizes}}


def target_of(loss: str, outputs: int, rng: random.Random) -> tuple:
    """A target as Python's loss takes it, and as the page has it."""
    if loss == "cross_entropy":
        k = rng.randrange(outputs)
        return k, [float(k == j) for j in range(outputs)]
    y = [rng.uniform(-1, 1) if loss == "mse" else rng.choice([-1, 1]) for _ in range(outputs)]
    if loss == "logistic":
        y = [(v + 1) // 2 for v in y]
    return (y[0] if outputs == 1 else y), y


def case_of(sizes, activation, loss, seed):
    """What the page is given; what Python says: losses, outputs of the last sample, gradients of the mean loss."""
    rng, model = random.Random(seed), MLP(sizes, activation=activation, seed=seed)
    X = [[rng.uniform(-2, 2) for _ in range(sizes[0])] for _ in range(3)]
    targets = [target_of(loss, sizes[-1], rng) for _ in X]
    graph, rules = loss_graph(loss, sizes[-1])
    rows = [activations.row_of(layer.neurons[0].activation).name for layer in model.layers[:-1]]
    network = {"sizes": sizes, "activations": [*rows, "positive"], "loss": graph}
    parameters = [p.data for p in model.parameters()]
    outputs = [model(x) for x in X]
    of_loss = losses.get(loss)
    of_loss(outputs, [y for y, _ in targets]).backward()
    last = outputs[-1] if sizes[-1] > 1 else [outputs[-1]]
    python = {
        "losses": [of_loss([model(x)], [y]).data for x, (y, _) in zip(X, targets, strict=True)],
        "outputs": [f.data for f in last],
        "gradients": [p.grad for p in model.parameters()],
    }
    samples = [[x, y] for x, (_, y) in zip(X, targets, strict=True)]
    page = {"network": network, "parameters": parameters, "samples": samples}
    return page, python, {**rules, **rules_for(sizes, rows)}


def test_the_graph_of_a_network_has_pythons_losses_outputs_and_gradients(tmp_path):
    cases = [case_of(*network, seed) for seed, network in enumerate(NETWORKS)]
    rules = {name: rule for *_, needed in cases for name, rule in needed.items()}
    modules = join_modules(PAGES / "network_graph.js", ASSETS / "tape.js")
    found = in_node(tmp_path, f"{modules}\n{javascript_table(rules)}{PASSES}", "passes", [page for page, *_ in cases])
    for network, (_, python, _), mine in zip(NETWORKS, cases, found, strict=True):
        for what, numbers in python.items():
            assert mine[what] == pytest.approx(numbers, rel=1e-12, abs=1e-15), (network, what)


def test_a_feature_is_a_formula_of_the_inputs_and_nothing_else():
    graph, rules = formula_graph("sin(3*x1)", ["x1", "x2"])
    assert graph["inputs"] == 2
    assert [node["op"] for node in graph["nodes"]] == ["constant", "multiply", "sin"]
    assert set(rules) == {"multiply", "sin"}
    assert formula_graph("x2", ["x1", "x2"])[0] == {"inputs": 2, "nodes": [], "result": 1}
    with pytest.raises(ExpressionError, match="no value for x3"):
        formula_graph("x3", ["x1", "x2"])
