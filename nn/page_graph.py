"""Losses and formulas as a page's engine has them: the graphs that Python builds, as data.

A graph here is ``{"inputs": n, "nodes": [{"op", "parents"}, …], "result": i}``. Its inputs are the places 0 … n−1 and have
no nodes; a constant's node has its number as ``data``. The page splices it into the graph of a network
(``assets/network_graph.js``), so that what a loss or a feature is stands in Python alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import OPS, Value, topological_order
from autograd.expressions import parse
from autograd.view.operators import rule_name, rules_of
from nn import init as initializers
from nn import losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd import Op

    Graph = dict[str, Any]
    Rules = dict[str, tuple[Op, int]]

__all__ = ["formula_graph", "initializer_graph", "loss_graph", "network_rules"]


def loss_graph(loss: str, outputs: int) -> tuple[Graph, Rules]:
    """The loss of one sample as a graph of its outputs and its target, and the rules that it needs.

    A single output has one target; several have one each: shares (one-hot) for cross-entropy, numbers for mse.

    >>> graph, rules = loss_graph("logistic", 1)
    >>> graph["inputs"], [node["op"] for node in graph["nodes"]][-2:]
    (2, ['softplus', 'mean/1'])
    """
    f = [Value(0.0) for _ in range(outputs)]
    y = [Value(float(k == 0)) for k in range(outputs)]
    single = outputs == 1
    root = losses.get(loss)(f if single else [f], y if single else [y])
    return _as_data(root, [*f, *y])


def formula_graph(text: str, names: Sequence[str]) -> tuple[Graph, Rules]:
    """A formula such as "x1 * x2" as a graph of the names, and the rules that it needs.

    Raises ExpressionError (a ValueError) for what is not a formula of these names.

    >>> graph, _ = formula_graph("x1 * x2", ["x1", "x2"])
    >>> graph["nodes"]
    [{'op': 'multiply', 'parents': [0, 1]}]
    """
    leaves = [Value(1.0, label=name) for name in names]
    return _as_data(parse(text)(dict(zip(names, leaves, strict=True))), leaves)


class _Recorder:
    """A generator that draws nothing, and remembers from which distribution it should have."""

    def __init__(self) -> None:
        self.drawn: tuple[str, Any] = ("constant", None)

    def uniform(self, a: Any, b: Any) -> Any:
        self.drawn = ("uniform", b)
        return b

    def gauss(self, mu: Any, sigma: Any) -> Any:
        self.drawn = ("gauss", sigma)
        return sigma


def initializer_graph(init: str) -> tuple[Graph, Rules]:
    """An initialiser: what it draws ("gauss", "uniform", "constant"), and its spread as a graph of fan_in and fan_out.

    The spread is σ, the bound of a uniform distribution around 0, or the constant itself.

    >>> graph, _ = initializer_graph("kaiming")
    >>> graph["draw"], [node["op"] for node in graph["nodes"]]
    ('gauss', ['constant', 'divide', 'sqrt'])
    """
    rng, fans = _Recorder(), [Value(1.0), Value(1.0)]
    weight = initializers.get(init)(rng, *fans)  # type: ignore[arg-type]  # Values, where numbers are drawn with
    kind, spread = rng.drawn
    spread = weight if kind == "constant" else spread
    graph, rules = _as_data(spread if isinstance(spread, Value) else Value(spread), fans)
    return {"draw": kind, **graph}, rules


def network_rules(widths: Iterable[int], activations: Iterable[Op]) -> Rules:
    """The rules by which a page computes neurons of so many inputs, with these activations.

    >>> list(network_rules([2, 16], [OPS["tanh"]]))
    ['tanh', 'dot/5', 'dot/33']
    """
    sums = {rule_name(OPS["dot"], n): (OPS["dot"], n) for m in widths for n in [2 * m + 1]}
    return {**{op.name: (op, 1) for op in activations}, **sums}


def _as_data(root: Value, inputs: list[Value]) -> tuple[Graph, Rules]:
    order = [v for v in topological_order(root) if v not in set(inputs)]
    place = {v: i for i, v in enumerate([*inputs, *order])}
    nodes = [_node(v, [place[p] for p in v.parents]) for v in order]
    return {"inputs": len(inputs), "nodes": nodes, "result": place[root]}, rules_of(order)


def _node(v: Value, parents: list[int]) -> dict[str, Any]:
    if not parents:
        return {"op": "constant", "parents": [], "data": v.data}
    return {"op": rule_name(v.op, len(parents)), "parents": parents}
