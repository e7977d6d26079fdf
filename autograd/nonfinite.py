"""Where nan and ±inf began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.backprop import topological_order

if TYPE_CHECKING:
    from autograd.backprop import Node

__all__ = ["first_nonfinite", "nonfinite_origin"]


def first_nonfinite(root: Node) -> Node | None:
    """The first node in topological order whose number is nan or ±inf, or None: where the trouble began.

    >>> from autograd import Value
    >>> big = (Value(1e200, label="w") * 1e200).sin()
    >>> first_nonfinite(big).op.symbol
    '×'
    """
    for node in topological_order(root):
        if node.data - node.data != 0.0:  # nan and ±inf alone differ from themselves by something not 0
            return node
    return None


def nonfinite_origin(root: Node) -> str:
    """``first_nonfinite`` in words: its place, its op, and what went in.

    >>> from autograd import Value
    >>> nonfinite_origin((Value(1e200, label="w") * 1e200).sin())
    'a node without a label: multiply(1e+200, 1e+200) = inf'
    """
    node = first_nonfinite(root)
    if node is None:
        return "no node: every number is finite"
    where = " ".join(filter(None, [node.module, node.label])) or "a node without a label"
    operands = ", ".join(f"{p.data:.4g}" for p in node.parents[:4]) + (", …" if len(node.parents) > 4 else "")
    return (
        f"{where}: {node.op.name}({operands}) = {node.data:g}"
        if node.parents
        else f"{where}: its value is {node.data:g}"
    )
