"""What every picture asks of a graph, each thing found once: its order, its modules, who uses a node."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from autograd.backprop import topological_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.value import Value

__all__ = ["Analysis", "path_of", "prefixes"]


class Analysis:
    """The graph below one root or several. What is not asked for is not computed: there may be a million nodes.

    roots: the results
    order: every node, parents before children

    Raises CycleError for a graph that has a cycle.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> graph = Analysis([a * a])
    >>> graph.index[a], len(graph.users[a]), graph.module
    (0, 1, {})
    """

    def __init__(self, roots: Sequence[Value]) -> None:
        self.roots = roots
        self.order: list[Value] = topological_order(_AllRoots(roots))[:-1]

    @cached_property
    def index(self) -> dict[Value, int]:
        """Node → its place in the order."""
        return {v: i for i, v in enumerate(self.order)}

    @cached_property
    def users(self) -> dict[Value, list[Value]]:
        """Node → the nodes that have it among their parents, each once."""
        users: dict[Value, list[Value]] = {v: [] for v in self.order}
        for v in self.order:
            for parent in dict.fromkeys(v.parents):
                users[parent].append(v)
        return users

    @cached_property
    def module(self) -> dict[Value, str]:
        """Node → the path of its module, where it has one; a parameter belongs to the module that its label names."""
        module = {v: v.module for v in self.order if v.module}
        known = {prefix for path in set(module.values()) for prefix in prefixes(path)}
        if known:
            for leaf in (v for v in self.order if not v.parents and v.label):
                path = str(leaf.label).rpartition(".")[0]
                if path in known:
                    module.setdefault(leaf, path)
        return module

    @cached_property
    def depth(self) -> int:
        """How deep the deepest module is: 2 for "layers[0].neurons[2]", 0 for a graph without modules."""
        return max((path.count(".") + 1 for path in set(self.module.values())), default=0)


class _AllRoots:
    """A node above all roots, so that one topological sort orders them together."""

    def __init__(self, roots: Sequence[Value]) -> None:
        self.parents = tuple(roots)


def prefixes(path: str) -> list[str]:
    """A module path and those it stands in, outermost first.

    >>> prefixes("layers[0].neurons[2]")
    ['layers[0]', 'layers[0].neurons[2]']
    """
    parts = path.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def path_of(v: Value) -> str:
    """A node's label, after the path of its module; "" without a label.

    >>> from autograd import Value
    >>> h = Value(1.0, label="h").tanh()
    >>> h.module, h.label = "layers[0]", "h"
    >>> path_of(h)
    'layers[0].h'
    """
    label = str(v.label)
    return f"{v.module}.{label}" if v.module and label and not label.startswith(v.module) else label
