"""Losses and formulas as a page's engine has them: the graphs that Python builds, as data.

A graph here is ``{"inputs": n, "nodes": [{"op", "parents"}, …], "result": i}``. Its inputs are the places 0 … n−1 and have
no nodes; a constant's node has its number as ``data``, and a result that is called by its expression has that ``name``,
with how tightly it holds together, ``binds``. The page splices it into the graph of a network
(``assets/network_graph.js``), so that what a loss or a feature is stands in Python alone.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd import OPS, Value, topological_order
from autograd.expressions import parse
from autograd.view.operators import computable, rule_name, rules_of
from autograd.wording import names_of
from nn import init as initializers
from nn import losses
from nn.batch import as_row
from nn.layers import MLP
from nn.sample_player import target_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograd import Op
    from autograd.wording import Name

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
    f = as_row(MLP([1, outputs], seed=0)([Value(0.0)]))
    y = target_leaves([float(k == 0) for k in range(outputs)])
    single = outputs == 1
    root = losses.get(loss)(f if single else [f], y if single else [y])
    return _as_data(root, [*f, *y], names_of(topological_order(root), root))


def formula_graph(text: str, names: Sequence[str]) -> tuple[Graph, Rules]:
    """A formula such as "x1 * x2" as a graph of the names, and the rules that it needs.

    Raises ExpressionError (a ValueError) for what is not a formula of these names.

    >>> graph, _ = formula_graph("x1 * x2", ["x1", "x2"])
    >>> graph["nodes"]
    [{'op': 'multiply', 'parents': [0, 1], 'name': 'x₁·x₂', 'binds': 4}]
    """
    leaves = [Value(1.0, label=f"x[{j}]") for j in range(len(names))]
    root = parse(text)(dict(zip(names, leaves, strict=True)))
    f = MLP([1, 1], seed=0)([root])  # what x[0] is called depends on the network that it enters
    return _as_data(root, leaves, names_of(topological_order(f), f))


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

    Raises ValueError for an activation that asks for a function of the user's own, which a page does not have.

    >>> list(network_rules([2, 16], [OPS["tanh"]]))
    ['tanh', 'dot/5', 'dot/33']
    """
    sums = {rule_name(OPS["dot"], n): (OPS["dot"], n) for m in widths for n in [2 * m + 1]}
    rules = {op.name: (op, 1) for op in activations}
    for op, _ in rules.values():
        if not computable(op, 1):
            raise ValueError(f"a page can't compute {op.name}: its rule asks for a function of your own")
    return {**rules, **sums}


def _as_data(
    root: Value, inputs: list[Value], names: Mapping[Value, Name] = MappingProxyType({})
) -> tuple[Graph, Rules]:
    """The graph of ``root`` without what its inputs are computed from."""
    known = {v for given in inputs for v in topological_order(given)}
    order = [v for v in topological_order(root) if v not in known]
    place = {v: i for i, v in enumerate([*inputs, *order])}
    nodes = [_node(v, [place[p] for p in v.parents], names.get(v)) for v in order]
    return {"inputs": len(inputs), "nodes": nodes, "result": place[root]}, rules_of(order)


def _node(v: Value, parents: list[int], name: Name | None) -> dict[str, Any]:
    if not parents:
        return {"op": "constant", "parents": [], "data": v.data}
    called = {"name": name.text, "binds": name.binds} if name and not re.fullmatch(r"v\d+|L", name.text) else {}
    return {"op": rule_name(v.op, len(parents)), "parents": parents, **called}
