"""Losses and formulas as a page's engine has them: the graphs that Python builds, as data.

A graph here is ``{"inputs": n, "nodes": [{"op", "parents"}, …], "result": i}``. Its inputs are the places 0 … n−1 and have
no nodes; a constant's node has its number as ``data``. The page splices it into the graph of a network
(``assets/network_graph.js``), so that what a loss or a feature is stands in Python alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Value, topological_order
from autograd.expressions import parse
from autograd.view.operators import rule_name, rules_of
from nn import losses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd import Op

    Graph = dict[str, Any]
    Rules = dict[str, tuple[Op, int]]

__all__ = ["formula_graph", "loss_graph"]


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


def _as_data(root: Value, inputs: list[Value]) -> tuple[Graph, Rules]:
    order = [v for v in topological_order(root) if v not in set(inputs)]
    place = {v: i for i, v in enumerate([*inputs, *order])}
    nodes = [_node(v, [place[p] for p in v.parents]) for v in order]
    return {"inputs": len(inputs), "nodes": nodes, "result": place[root]}, rules_of(order)


def _node(v: Value, parents: list[int]) -> dict[str, Any]:
    if not parents:
        return {"op": "constant", "parents": [], "data": v.data}
    return {"op": rule_name(v.op, len(parents)), "parents": parents}
