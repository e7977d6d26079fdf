"""The chain rule, and the order in which it may be applied.

    ∂L/∂parent  +=  ∂node/∂parent · ∂L/∂node        once per argument slot

A node may pass its gradient on only when its own is complete, that is, after
every node that used it. Topological order, walked backward, is exactly that.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autograd.contexts import collector_paused
from autograd.errors import CycleError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["backward", "leaves_and_results", "seeded", "topological_order", "zero_grad"]

Node = Any  # a Value: its class comes after this file, which needs parents, grad, label and _backward alone


def topological_order(root: Node) -> list[Node]:
    """Every node below ``root``, parents before children, ``root`` last.

    The order depends on the graph alone (leaves by first use, then results depth first, by
    argument slot), so the same program gives the same order in every process.

    Raises CycleError when a node is its own ancestor.

    >>> from autograd import Value
    >>> a, b = Value(2, label="a"), Value(3, label="b")
    >>> [v.label or v.op.symbol for v in topological_order(a * b + a)]
    ['a', 'b', '×', '+']
    """
    leaves, results = leaves_and_results(root)
    return leaves + results


def leaves_and_results(root: Node, finished: set[Node] | None = None) -> tuple[list[Node], list[Node]]:
    """Leaves in order of first use, then results, parents before children; without those that are ``finished``, which grows."""
    # Iterative: recursion dies near 1000 nodes. A node on the path from the root waits with the parents still to be visited.
    leaves: list[Node] = []
    results: list[Node] = []
    finished = set() if finished is None else finished
    opened: set[Node] = {root}  # of these, the unfinished are the path
    path: list[tuple[Node, Iterator[Node]]] = []
    node, parents = root, iter(root.parents)
    with collector_paused():
        while True:
            for parent in parents:
                if parent in finished:
                    continue
                if not parent.parents:
                    finished.add(parent)
                    leaves.append(parent)
                    continue
                if parent in opened:
                    raise CycleError(
                        f"the graph has a cycle: {parent!r} is its own ancestor. Were parents set by hand?"
                    )
                opened.add(parent)
                path.append((node, parents))
                node, parents = parent, iter(parent.parents)
                break
            else:
                finished.add(node)
                (results if node.parents else leaves).append(node)
                if not path:
                    return leaves, results
                node, parents = path.pop()


@contextmanager
def seeded(root: Node, leaves: list[Node], results: list[Node]) -> Iterator[None]:
    """Reset the gradients of results (leaves keep theirs: they accumulate) and seed ∂L/∂L = 1.

    An error on the way, or Ctrl-C, leaves every leaf's gradient as it was.
    """
    kept = [leaf.grad for leaf in leaves]
    for node in results:
        node.grad = 0.0
    try:
        root.grad += 1.0
        yield
    except (Exception, KeyboardInterrupt) as error:
        for leaf, grad in zip(leaves, kept, strict=True):
            leaf.grad = grad
        if isinstance(error, TypeError) and None in kept:
            label = leaves[kept.index(None)].label
            raise TypeError(
                f"the gradient of {repr(label) if label else 'a leaf'} is None, to which nothing can be added: "
                "set it to 0.0, or call zero_grad()"
            ) from None
        raise


def backward(root: Node) -> None:
    """Give every node below ``root`` its gradient ∂root/∂node; leaves add it to what they have.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> backward(x * x)
    >>> x.grad
    6.0
    """
    leaves, results = leaves_and_results(root)
    with seeded(root, leaves, results):
        for node in reversed(results):
            node._backward()


def zero_grad(root: Node) -> None:
    """Set every gradient below ``root`` to 0."""
    for node in topological_order(root):
        node.grad = 0.0
