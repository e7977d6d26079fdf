"""What changes inside a ``with``: the policy on domains, a record of comparisons, the garbage collector.

Each holds for the current thread or task alone, except the collector, which is the process's.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.operands import beside, is_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Comparison", "collector_paused", "compare", "comparisons", "ieee", "inside_ieee"]

_ieee: ContextVar[bool] = ContextVar("ieee", default=False)
_counting, _pauses, _was_on = Lock(), 0, True
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
    x = other.data if hasattr(other, "local_derivatives") else beside(other)
    if x is NotImplemented:
        return NotImplemented  # type: ignore[no-any-return]  # as Python's operators answer
    outcome: bool = relation(v.data, x)
    asked = _comparisons.get()
    if asked is not None:
        asked.append(Comparison(relation, v, other if is_value(other) else x, outcome))
    return outcome


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause Python's cyclic garbage collector while a large graph is built.

    The graph has no cycles, so the collector would walk it again and again for
    nothing; left on, that takes most of a plain Python engine's time. Pauses nest,
    and those of several threads may overlap: the last to end turns it on again.
    """
    global _pauses, _was_on  # as the collector is the process's, so is its pause
    with _counting:
        if not _pauses:
            _was_on = gc.isenabled()
        _pauses += 1
        gc.disable()
    try:
        yield
    finally:
        with _counting:
            _pauses -= 1
            if not _pauses and _was_on:
                gc.enable()
