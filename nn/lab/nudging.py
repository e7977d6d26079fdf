"""A nudge followed through a graph: change one input a little, and see how far every node moves."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, NamedTuple

from autograd import Value, topological_order

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Moved", "Nudge", "nudge"]


class Moved(NamedTuple):
    """A node that a nudge reached: its number before and after, and its change as a multiple of the nudge."""

    name: str
    before: float
    after: float
    magnified: float


class Nudge(tuple[Moved, ...]):
    """The nodes that moved, the nudged input first; it prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        rows = [
            f"{m.name:<6} {m.before:>10.6g} {m.after:>12.8g} {m.after - m.before:>12.6g} {m.magnified:>12.4g} ×"
            for m in self
        ]
        return "\n".join([f"{'node':<6} {'before':>10} {'after':>12} {'moved by':>12} {'magnified':>14}", *rows])


def nudge(f: Callable[..., Value], *x: float, which: str, by: float = 0.001) -> Nudge:
    """Change one input a little, compute everything again, and see how far each node moved.

    f: maps Values to one Value, and labels the nodes it makes; x: its arguments
    which: the name of the argument to nudge; by: how far

    Raises ValueError for a name that is not among the arguments of f, or a nudge of 0.

    >>> nudge(lambda w, x: (w * x) ** 2, 3.0, 2.0, which="w", by=0.5)
    node       before        after     moved by      magnified
    w               3          3.5          0.5            1 ×
    ×               6            7            1            2 ×
    ( )²           36           49           13           26 ×
    """
    names = list(inspect.signature(f).parameters)
    if which not in names or not by:
        raise ValueError(f"nudge one of {', '.join(names)} by something other than 0; got {which!r}, by {by!r}")
    before, after = (
        topological_order(
            f(*[Value(v + shift * (name == which), label=name) for name, v in zip(names, x, strict=True)])
        )
        for shift in (0.0, by)
    )
    return Nudge(
        Moved(a.label or a.op.symbol_of(len(a.parents)), a.data, b.data, (b.data - a.data) / by)
        for a, b in zip(before, after, strict=True)
        if a.data != b.data
    )
