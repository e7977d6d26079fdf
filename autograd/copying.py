"""Copying and pickling graphs of any depth: Value's ``__copy__``, ``__deepcopy__`` and ``__reduce__``.

A node is its op, number, gradient and names, its edges, and the attributes that a user has set.
Nothing recurses over the graph, so a chain of a million nodes is copied and pickled like any other.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from autograd.backprop import leaves_and_results, topological_order
from autograd.contexts import collector_paused

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["copied", "deepcopied", "reduced"]

Node = Any  # a Value, whose class comes after this file


def _parts(node: Node) -> tuple[Any, ...]:
    """All of a node but its edges and the attributes that a user has set."""
    if "_backward" in node.__dict__:
        raise TypeError(
            f"{node!r} has a _backward of its own, which would pass gradients to the original's parents; "
            "it can't be copied or saved"
        )
    return type(node), node.op, node.data, node.grad, node.label, node.module


def _node(parts: Iterable[Any], parents: tuple[Node, ...] = (), local_derivatives: tuple[float, ...] = ()) -> Node:
    cls, *rest = parts
    node = object.__new__(cls)
    node.op, node.data, node.grad, node.label, node.module = rest
    node.parents, node.local_derivatives = parents, local_derivatives
    return node


def copied(node: Node) -> Node:
    """A node of its own beside the original, on the same parents."""
    copy = _node(_parts(node), node.parents, node.local_derivatives)
    copy.__dict__.update(node.__dict__)
    return copy


def deepcopied(root: Node, memo: dict[int, Any]) -> Node:
    """The graph below ``root`` once more; ``memo`` keeps shared nodes shared."""
    with collector_paused():
        for node in topological_order(root):
            if id(node) not in memo:
                parents = tuple([memo[id(parent)] for parent in node.parents])
                memo[id(node)] = copy = _node(_parts(node), parents, node.local_derivatives)
                if node.__dict__:  # only now that the memo knows the node: an attribute may lead back to it
                    copy.__dict__.update(deepcopy(node.__dict__, memo))
    return memo[id(root)]


def reduced(root: Node) -> tuple[Any, ...]:
    """What pickle saves: the whole graph below ``root`` as one flat list.

    Leaves stay objects, so what shares them still does; results pickled beside each other,
    [hidden, loss] or in an attribute, come back as graphs of their own over those leaves.
    """
    if not root.parents:
        return _node, (_parts(root),), root.__dict__ or None
    with collector_paused():
        leaves, results = leaves_and_results(root)
        index = {node: i for i, node in enumerate([*leaves, *results])}
        rows = [(*_parts(v), tuple([index[p] for p in v.parents]), v.local_derivatives) for v in results]
        attributes = [v.__dict__ for v in results]
    return _graph, (leaves, rows), attributes if any(attributes) else None, None, None, _set_attributes


def _graph(leaves: list[Node], rows: list[tuple[Any, ...]]) -> Node:
    nodes = list(leaves)
    with collector_paused():
        for *parts, parents, local_derivatives in rows:
            nodes.append(_node(parts, tuple([nodes[i] for i in parents]), local_derivatives))
    return nodes[-1]


def _set_attributes(root: Node, attributes: list[dict[str, Any]]) -> None:
    # After the graph stands: an attribute may lead back to its node.
    for node, own in zip(leaves_and_results(root)[1], attributes, strict=True):
        node.__dict__.update(own)
