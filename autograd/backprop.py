"""The chain rule, and the order in which it may be applied.

    ∂L/∂parent  +=  ∂node/∂parent · ∂L/∂node        once per argument slot

A node may pass its gradient on only when its own is complete, that is, after
every node that used it. Topological order, walked backward, is exactly that.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.contexts import collector_paused
from autograd.errors import CycleError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Step",
    "backward",
    "backward_steps",
    "first_nonfinite",
    "nonfinite_origin",
    "rehearsed",
    "topological_order",
    "zero_grad",
]

Node = Any  # whatever has data, grad, parents, local_derivatives and _backward: this file needs no more of a Value


def topological_order(root: Node) -> list[Node]:
    """Every node below ``root``, parents before children, ``root`` last.

    The order depends on the graph alone (depth first, by argument slot), so the
    same program gives the same order in every process.

    Raises CycleError when a node is its own ancestor.

    >>> from autograd import Value
    >>> a, b = Value(2, label="a"), Value(3, label="b")
    >>> [v.label or v.op.symbol for v in topological_order(a * b + a)]
    ['a', 'b', '×', '+']
    """
    leaves, results = _sorted(root)
    return leaves + results


def _sorted(root: Node) -> tuple[list[Node], list[Node]]:
    """Leaves in order of first use, then results, parents before children."""
    # Iterative: recursion dies near 1000 nodes. A node on the path from the root waits with the parents yet to be visited.
    leaves: list[Node] = []
    results: list[Node] = []
    finished: set[Node] = set()
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
def _seeded(root: Node, leaves: list[Node], results: list[Node]) -> Iterator[None]:
    """Reset the gradients of results (leaves keep theirs: they accumulate) and seed ∂L/∂L = 1.

    An error on the way leaves every leaf's gradient as it was.
    """
    kept = [leaf.grad for leaf in leaves]
    for node in results:
        node.grad = 0.0
    try:
        root.grad += 1.0
        yield
    except Exception as error:
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
    leaves, results = _sorted(root)
    with _seeded(root, leaves, results):
        for node in reversed(results):
            node._backward()


class Step(NamedTuple):
    """One application of the chain rule: what one argument slot passes to one parent.

    contribution = local · upstream, and the parent's gradient goes ``before → after``.
    """

    node: Node
    parent: Node
    slot: int
    local: float
    upstream: float
    contribution: float
    before: float
    after: float


def backward_steps(root: Node) -> Iterator[Step]:
    """``backward`` in slow motion: the same sums in the same order, one step per edge.

    The gradients change as the steps are taken, so a student can stop in the middle and look.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> for s in backward_steps(a * a):
    ...     print(f"slot {s.slot}: {s.before:g} + {s.local:g} * {s.upstream:g} = {s.after:g}")
    slot 0: 0 + 3 * 1 = 3
    slot 1: 3 + 3 * 1 = 6
    """
    yield from _steps(root, *_sorted(root))


def _steps(root: Node, leaves: list[Node], results: list[Node]) -> Iterator[Step]:
    with _seeded(root, leaves, results):
        for node in reversed(results):
            yield from _steps_of(node) if getattr(node._backward, "__self__", None) is node else _steps_opaque(node)


def _steps_of(node: Node) -> Iterator[Step]:
    upstream = node.grad
    if not node.local_derivatives:
        node._backward()  # says what is missing
    for slot, (parent, local) in enumerate(zip(node.parents, node.local_derivatives, strict=True)):
        before, contribution = parent.grad, local * upstream
        parent.grad = after = before + contribution
        yield Step(node, parent, slot, local, upstream, contribution, before, after)


def _steps_opaque(node: Node) -> list[Step]:
    """Steps of a node whose ``_backward`` a user wrote: its slopes are known by what it passed on."""
    distinct = {parent: parent.grad for parent in node.parents}
    node._backward()
    steps = []
    for parent, before in distinct.items():
        passed, slot = parent.grad - before, node.parents.index(parent)
        local = passed / node.grad if node.grad else 0.0
        steps.append(Step(node, parent, slot, local, node.grad, passed, before, parent.grad))
    return steps


@contextmanager
def rehearsed(root: Node, order: list[Node] | None = None) -> Iterator[list[Step]]:
    """A backward pass from zero that is only looked at: afterwards every gradient is what it was before.

    Inside, the gradients are those of this pass, and its steps are given.

    order: ``topological_order(root)``, from who has it already

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with rehearsed(x * x) as steps:
    ...     print(len(steps), x.grad)
    2 6.0
    >>> x.grad
    0.0
    """
    if order is None:
        order = topological_order(root)
    kept = [node.grad for node in order]
    try:
        for node in order:
            node.grad = 0.0
        yield list(_steps(root, [v for v in order if not v.parents], [v for v in order if v.parents]))
    finally:
        for node, grad in zip(order, kept, strict=True):
            node.grad = grad


def zero_grad(root: Node) -> None:
    """Set every gradient below ``root`` to 0."""
    for node in topological_order(root):
        node.grad = 0.0


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
