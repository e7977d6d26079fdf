"""How far rounding may carry a number of a graph: a running bound (Wilkinson).

A node's rounding is at most u·Σ|terms| of what it adds up, and reaches the result through the product of local
derivatives along each path, all signs taken as positive. A gradient is a graph of its own (``functional.gradients``), so
one rule bounds values and gradients alike. What depends on a decision that rounding could turn is not decided.
"""

from __future__ import annotations

import math

from autograd import Value, topological_order

__all__ = ["KINKS", "bound", "is_decided"]

KINKS = {
    "relu": lambda x: [x], "leaky_relu": lambda x, negative_slope: [x], "absolute": lambda x: [x], "step": lambda x: [x],
    "maximum": lambda a, b: [a - b], "minimum": lambda a, b: [a - b], "clip": lambda x, low, high: [x - low, x - high],
    "elu": lambda x, alpha: [x], "celu": lambda x, alpha: [x], "selu": lambda x: [x], "softsign": lambda x: [x], "sign": lambda x: [x],
    "hard_tanh": lambda x: [x - 1, x + 1], "relu6": lambda x: [x, x - 6],
    "hard_sigmoid": lambda x: [x - 3, x + 3], "hard_swish": lambda x: [x - 3, x + 3],
    "floor": lambda x: [x - round(x)], "ceil": lambda x: [x - round(x)], "trunc": lambda x: [x - round(x)],
    "rint": lambda x: [x - math.floor(x) - 0.5], "fmod": lambda a, b: [math.remainder(a, b), b],
    "remainder": lambda a, b: [math.remainder(a, b), b], "arctan2": lambda y, x: [y if x < 0 else math.hypot(x, y)],
    "hypot": lambda *x: [math.hypot(*x)],
}  # fmt: skip


def terms_of(node: Value) -> float:
    """Σ|terms|: what the node adds up, and its own size."""
    terms = (local * p.data for p, local in zip(node.parents, node.local_derivatives, strict=True))
    return abs(node.data) + sum(map(abs, terms))


def bound(root: Value) -> float:
    """Σ over the nodes below ``root`` of Σ|terms|, carried to it along every path with all signs taken as positive."""
    reach, total = {root: 1.0}, 0.0
    for node in reversed(topological_order(root)):
        if node not in reach:
            continue
        total += reach[node] * terms_of(node)
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            reach[parent] = reach.get(parent, 0.0) + abs(local) * reach[node]
    return total


def is_decided(root: Value, u: float, *, ties: bool = True) -> bool:
    """Is every operand further from a kink than it is known? A tie of numbers without rounding counts as ``ties``."""
    for node in topological_order(root):
        if node.op.name in KINKS and (len(set(node.parents)) == len(node.parents) or node.op.name == "hypot"):
            distance = min(map(abs, KINKS[node.op.name](*[p.data for p in node.parents], **node.op.constants)))
            exact = ties and not any(p.parents for p in node.parents)
            if not (exact or distance > 2 * u * sum(map(bound, node.parents))):
                return False
    return True
