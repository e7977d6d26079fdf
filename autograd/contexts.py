"""What changes inside a ``with``: the policy on domains, a record of comparisons, the garbage collector.

Each holds for the current thread or task alone, except what is ``process_wide``: the collector.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from autograd.operands import beside, is_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Context = Callable[[], AbstractContextManager[None]]

__all__ = [
    "Comparison",
    "collector_paused",
    "compare",
    "comparisons",
    "differentiating",
    "ieee",
    "inside_ieee",
    "process_wide",
]

T = TypeVar("T")

_ieee: ContextVar[bool] = ContextVar("ieee", default=False)
differentiating: ContextVar[bool] = ContextVar(
    "inside the slopes of a node, whose own slopes nobody asks for yet", default=False
)
_comparisons: ContextVar[list[Comparison] | None] = ContextVar("comparisons", default=None)


@contextmanager
def ieee() -> Iterator[None]:
    """Inside, leaving a domain gives IEEE's and PyTorch's inf and nan instead of an error.

    >>> from autograd import Value
    >>> with ieee():
    ...     Value(0.0).log()
    Value(data=-inf, grad=0.0)
    """
    token = _ieee.set(True)
    try:
        yield
    finally:
        _ieee.reset(token)


def inside_ieee() -> bool:
    """Are we inside ``with ieee()``?"""
    return _ieee.get()


class Comparison(NamedTuple):
    """A question that a program asked of numbers in a graph: was ``relation(left, right)`` true?"""

    relation: Callable[[float, float], bool]
    left: Any  # a Value
    right: Any  # a Value or a float
    outcome: bool


@contextmanager
def comparisons() -> Iterator[list[Comparison]]:
    """Inside, every ``<``, ``<=``, ``>`` and ``>=`` of a Value is recorded: a branch may depend on it.

    >>> from autograd import Value
    >>> with comparisons() as asked:
    ...     larger = max(Value(1.0), Value(2.0))
    >>> len(asked), asked[0].outcome
    (1, True)
    """
    asked: list[Comparison] = []
    token = _comparisons.set(asked)
    try:
        yield asked
    finally:
        _comparisons.reset(token)


def compare(relation: Callable[[float, float], bool], v: Any, other: Any) -> bool:
    """``relation`` of the Value's number and another's, recorded inside ``comparisons()``; NotImplemented for an array."""
    right = other if is_value(other) else beside(other)
    x = right.data if is_value(right) else right
    if x is NotImplemented:
        return NotImplemented  # type: ignore[no-any-return]  # as Python's operators answer
    outcome: bool = relation(v.data, x)
    asked = _comparisons.get()
    if asked is not None:
        asked.append(Comparison(relation, v, right, outcome))
    return outcome


def process_wide(read: Callable[[], T], begin: Callable[[], object], end: Callable[[T], object]) -> Context:
    """A context for a state that is the whole process's: the first to enter begins it, the last to leave ends it.

    read: the state before, which ``end`` is given
    Contexts nest, those of several threads may overlap, and none is left open where Ctrl-C comes between two lines.

    >>> import gc
    >>> def end(on):
    ...     print("on again" if on else "as before")
    >>> pause = process_wide(gc.isenabled, lambda: print("off"), end)
    >>> with pause():
    ...     print("work")
    off
    work
    on again
    """
    one_at_a_time, inside = Lock(), set[object]()
    before: T

    def enter(visit: object) -> None:
        nonlocal before
        if not inside:
            before = read()
        inside.add(visit)
        begin()

    def leave(visit: object) -> None:
        if inside == {visit}:
            end(before)
        inside.discard(visit)

    def alone(change: Callable[[object], None], visit: object) -> None:
        with one_at_a_time: change(visit)  # noqa: E701  # fmt: skip  # a line in which no Ctrl-C leaves the lock held

    @contextmanager
    def context() -> Iterator[None]:
        visit = object()
        try:
            try:
                alone(enter, visit)
                yield
            finally:
                alone(leave, visit)
        finally:
            alone(leave, visit)  # what Ctrl-C kept the other from; else there is nothing left to do

    return context


_pause = process_wide(gc.isenabled, gc.disable, lambda was_on: gc.enable() if was_on else None)


def collector_paused() -> AbstractContextManager[None]:
    """Pause Python's cyclic garbage collector while a large graph is built.

    The graph has no cycles, so the collector would walk it again and again for
    nothing; left on, that takes most of a plain Python engine's time. Pauses nest,
    and those of several threads may overlap: the last to end turns it on again.
    """
    return _pause()
