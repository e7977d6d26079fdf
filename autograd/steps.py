"""The chain rule in slow motion: a backward pass one edge at a time.

contribution = ∂node/∂parent · ∂L/∂node        ∂L/∂parent: before → after
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from autograd.backprop import leaves_and_results, seeded, topological_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograd.backprop import Node

__all__ = ["Step", "backward_steps", "rehearsed"]


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
    yield from _steps(root, *leaves_and_results(root))


def _steps(root: Node, leaves: list[Node], results: list[Node]) -> Iterator[Step]:
    with seeded(root, leaves, results):
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
def rehearsed(root: Node, order: list[Node] | None = None, parent: Node | None = None) -> Iterator[list[Step]]:
    """A backward pass from zero that is only looked at: afterwards every gradient is what it was before.

    Inside, the gradients are those of this pass, and its steps are given.

    order:  ``topological_order(root)``, from who has it already
    parent: only the steps to this one are wanted

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
        steps = _steps(root, [v for v in order if not v.parents], [v for v in order if v.parents])
        yield [step for step in steps if parent is None or step.parent is parent]
    finally:
        for node, grad in zip(order, kept, strict=True):
            node.grad = grad
