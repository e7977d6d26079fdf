"""Copying and pickling graphs of any depth: Value's ``__copy__``, ``__deepcopy__``, ``__reduce__``, ``__setstate__``.

A node is its op, number, gradient and names, its edges, and the attributes that a user has set.
Nothing recurses over the graph, so a chain of a million nodes is copied and pickled like any other.
"""

from __future__ import annotations

from copy import deepcopy
from copyreg import __newobj__  # type: ignore[attr-defined]  # as object.__reduce__ gives it
from itertools import islice
from typing import Any

from autograd.backprop import leaves_and_results
from autograd.contexts import collector_paused
from autograd.ops import LEAVES

__all__ = ["copied", "deepcopied", "reduced", "restored"]

Node = Any  # a Value, whose class comes after this file


def _parts(node: Node) -> tuple[Any, ...]:
    """All of a node but its edges and the attributes that a user has set."""
    if "_backward" in node.__dict__:
        raise TypeError(
            f"{node!r} has a _backward of its own, which would pass gradients to the original's parents; "
            "it can't be copied or saved"
        )
    return type(node), node.op, node.data, node.grad, node.label, node.module


def _node(parts: tuple[Any, ...], parents: tuple[Node, ...] = (), local_derivatives: tuple[float, ...] = ()) -> Node:
    node = object.__new__(parts[0])
    node.op, node.data, node.grad, node.label, node.module = parts[1:]
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
        leaves, results = leaves_and_results(root, memo.setdefault("copied", set()))  # type: ignore[call-overload]
        for node in leaves + results:
            parents = tuple([memo[id(parent)] for parent in node.parents])
            memo[id(node)] = _node(_parts(node), parents, node.local_derivatives)
        for node in filter(vars, leaves + results):  # only now that the memo knows all: an attribute may lead to any
            memo[id(node)].__dict__.update(deepcopy(vars(node), memo))
    return memo[id(root)]


def reduced(root: Node) -> tuple[Any, ...]:
    """What pickle saves: the whole graph below ``root``, in columns of one entry per result.

    Leaves stay objects, so what shares them still does; results pickled beside each other,
    [hidden, loss] or in an attribute, come back as graphs of their own over those leaves.
    """
    if not root.parents:  # of numbers and texts alone, which the collector need not look at again and again
        cls, op, *rest = _parts(root)
        return __newobj__, (cls,), (op.name if op in LEAVES.values() else op, *rest, root.__dict__ or None)
    with collector_paused():
        leaves, results = leaves_and_results(root)
        index = {node: i for i, node in enumerate([*leaves, *results])}
        parts = [list(column) for column in zip(*map(_parts, results), strict=True)]
        places, counts = [index[p] for v in results for p in v.parents], [len(v.parents) for v in results]
        attributes, slopes = [v.__dict__ for v in results], [v.local_derivatives for v in results]
    return _graph, (leaves, parts, places, counts, slopes), attributes if any(attributes) else None


def restored(node: Node, state: Any) -> None:
    """Give a leaf what was saved of it, and results their attributes, once the graph stands: one may lead back to its node."""
    if isinstance(state, tuple):
        kind, node.data, node.grad, node.label, node.module, own = state
        node.op, node.parents, node.local_derivatives = LEAVES.get(kind, kind), (), ()
        node.__dict__.update(own or {})
    else:
        for v, own in zip(leaves_and_results(node)[1], state, strict=True):
            v.__dict__.update(own)


def _graph(leaves: list[Node], parts: list[Any], places: list[int], counts: list[int], slopes: list[Any]) -> Node:
    nodes, at = list(leaves), iter(places)
    with collector_paused():
        for own, n, local_derivatives in zip(zip(*parts, strict=True), counts, slopes, strict=True):
            nodes.append(_node(own, tuple([nodes[i] for i in islice(at, n)]), local_derivatives))
    return nodes[-1]
