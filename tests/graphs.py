"""Random graphs: fan-out, shared nodes, every row of the op table within its domain."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import hypothesis.strategies as st
from meanings import ON_PURPOSE

from autograd.backprop import topological_order
from autograd.ops import OPS
from autograd.value import Value, apply

CONSTANTS: dict[str, list[dict[str, float]]] = {
    "power_constant": [{"k": 3.0}, {"k": -1.5}, {"k": 0.5}, {"k": 0.0}, {"k": 1.0}],
    "exponential": [{"base": 0.3}, {"base": 10.0}, {"base": 1.0}],
    "leaky_relu": [{"negative_slope": 0.2}],
    "elu": [{"alpha": 2.5}],
    "celu": [{"alpha": 2.5}],
    "polygamma": [{"n": 2}],
    "clip": [{"low": -0.25, "high": 0.5}],
}
ROWS = {
    **{name: op for name, op in OPS.items() if name not in ON_PURPOSE},
    **{repr(op): op for name, others in CONSTANTS.items() for op in (OPS[name].bind(**c) for c in others)},
}  # every row, and those with constants with others too


class Program(NamedTuple):
    """Numbers for the leaves, and one line per node: which row, on which earlier nodes (leaves first)."""

    leaves: tuple[float, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]

    def run(self, leaves: list[Value]) -> list[Value]:
        """All nodes, leaves first. An operand outside its row's interval is squashed into it by a sigmoid first."""
        nodes = list(leaves)
        for name, operands in self.lines:
            op = ROWS[name]
            fitted = [
                v if low <= v.data <= high else v.sigmoid() * (high - low) + low
                for v, (low, high) in zip((nodes[i] for i in operands), self.intervals(op, operands), strict=True)
            ]
            nodes.append(apply(op, *fitted))
        return nodes

    def run_exactly(self, exact: dict[str, Any], leaves: list[Any], like: list[Value]) -> Any:
        """The last value, in the numbers of ``leaves``; ``like``: the float run, which says what was squashed."""
        nodes = list(leaves)
        for name, operands in self.lines:
            fitted = [
                nodes[i] if low <= like[i].data <= high else exact["sigmoid"](nodes[i]) * (high - low) + low
                for i, (low, high) in zip(operands, self.intervals(OPS[name], operands), strict=True)
            ]
            nodes.append(exact[name](*fitted))
        return nodes[-1]

    @staticmethod
    def intervals(op, operands) -> list[tuple[float, float]]:
        return list(op.sample) or [(-3.0, 3.0)] * len(operands)

    def values(self) -> tuple[list[Value], Value]:
        """Fresh leaves, and the root."""
        leaves = [Value(x, label=f"x{i}") for i, x in enumerate(self.leaves)]
        return leaves, self.run(leaves)[-1]

    def has_tie(self) -> bool:
        """Is a kink hit exactly, so that a difference quotient has nothing to say?"""
        nodes = self.run(list(map(Value, self.leaves)))
        for node in nodes:
            x = [p.data for p in node.parents]
            if node.op.name in ("maximum", "minimum") and x[0] == x[1]:
                return True
            if node.op.name == "clip" and abs(x[0]) == 1:
                return True
            if node.op.name in ("relu", "leaky_relu", "absolute", "step") and x[0] == 0:
                return True
        return False


def random_program(draw: random.Random, max_lines: int = 12, names: tuple[str, ...] = ()) -> Program:
    """One to four leaves and up to ``max_lines`` lines, whose rows are of these names (all of the table, if none are given)."""
    leaves = [k / 1024 for k in draw.sample(range(-3072, 3073), draw.randint(1, 4))]
    lines: list[tuple[str, tuple[int, ...]]] = []
    for known in range(len(leaves), len(leaves) + draw.randint(1, max_lines)):
        name = draw.choice(names or tuple(name for name in OPS if name in ROWS))
        n = len(ROWS[name].operands) or draw.randint(2, 5)
        # The newest node is the likeliest operand, so that graphs are deep and most of their lines count.
        operands = (known - 1 if draw.random() < 0.5 else draw.randrange(known) for _ in range(n))
        lines.append((name, tuple(operands)))
    return Program(tuple(leaves), tuple(lines))


def programs(max_lines: int = 12, names: tuple[str, ...] = ()) -> st.SearchStrategy[Program]:
    """The same, drawn by Hypothesis, which looks for the smallest one that fails."""
    return st.randoms(use_true_random=False).map(lambda draw: random_program(draw, max_lines, names))


def regrown(
    root: Value,
    numbers: Mapping[Value, float] | None = None,
    instead: Mapping[Value, Value] | None = None,
    parents: Mapping[Value, tuple[Value, ...]] | None = None,
) -> dict[Value, Value]:
    """The same graph, built anew: each node's copy.

    numbers: other ones for leaves
    instead: for some nodes, the earlier node that takes their place
    parents: for some nodes, others
    """
    numbers, instead, parents = numbers or {}, instead or {}, parents or {}
    copies: dict[Value, Value] = {}
    for v in topological_order(root):
        if v in instead:
            copies[v] = copies[instead[v]]
        elif v.parents:
            copies[v] = apply(v.op, *(copies[p] for p in parents.get(v, v.parents)))
        else:
            copies[v] = Value(numbers.get(v, v.data), label=v.label, kind=v.op.name)
    return copies
