"""The two drawing functions of micrograd's notebooks, under their names and with their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.backprop import topological_order
from autograd.view import draw

if TYPE_CHECKING:
    from autograd.value import Value
    from autograd.view.picture import Picture

__all__ = ["draw_dot", "trace"]


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> Picture:  # noqa: A002  # micrograd's names
    """``draw`` under the name and with the arguments of micrograd's notebooks.

    >>> from autograd import Value
    >>> draw_dot(Value(1.0) + 2.0).source.startswith("digraph")
    True
    """
    return draw(root, format=format, direction=rankdir)


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """All nodes below ``root``, and the pairs (parent, child), as micrograd's notebooks have them.

    A pair is in the set once, also when the child uses the parent twice.

    >>> from autograd import Value
    >>> a = Value(3.0)
    >>> nodes, edges = trace(a * a)
    >>> len(nodes), len(edges)
    (2, 1)
    """
    nodes = topological_order(root)
    return set(nodes), {(parent, child) for child in nodes for parent in child.parents}
