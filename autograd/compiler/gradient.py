"""A gradient on its way: a number times an array, so that the 1/n of a mean and the −1 of a difference can wait.

>>> from autograd.compiler.formula import board
>>> delta = Gradient(-1.0, True, Expr("f"))
>>> board(delta.formula("(n, 3)"))
'(-f) / n'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autograd.compiler.formula import Expr

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Gradient", "added", "scaled", "total"]


class Gradient(NamedTuple):
    """number · factor (/ n, if the loss is a mean over a batch); no factor means 1 everywhere.

    full: does the factor have the array's full shape, or is part of it left to broadcasting?
    """

    number: float = 1.0
    over_n: bool = False
    factor: Expr | None = None
    full: bool = True

    def unit(self, shape: str) -> Expr:
        """The factor alone, in its full shape."""
        if self.factor is None:
            return Expr("full", Expr(shape), Expr(1.0))
        return self.factor if self.full else Expr("broadcast_to", self.factor, Expr(shape))

    def formula(self, shape: str) -> Expr:
        """All of it, in the full shape."""
        if self.factor is None:
            return Expr("full", Expr(shape), scaled(Expr(self.number), 1.0, self.over_n))
        return scaled(self.unit(shape), self.number, self.over_n)


def total(terms: Sequence[Gradient], shape: str) -> Expr:
    """The sum of gradients, a number that all share taken out: (f − y) / n."""
    numbers = {(abs(t.number), t.over_n) for t in terms}
    negative = [t.number < 0 for t in terms]
    if len(numbers) == 1 and len(terms) > 1 and all(t.factor is not None for t in terms):
        ((number, over_n),) = numbers
        return scaled(added([t.unit(shape) for t in terms], negative), number, over_n)
    return added([t._replace(number=abs(t.number)).formula(shape) for t in terms], negative)


def added(terms: Sequence[Expr], negative: Sequence[bool]) -> Expr:
    """± a ± b …, beginning with a term that is not subtracted, if there is one."""
    order = sorted(range(len(terms)), key=lambda k: negative[k])
    result = Expr("neg", terms[order[0]]) if negative[order[0]] else terms[order[0]]
    for k in order[1:]:
        result = Expr("-" if negative[k] else "+", result, terms[k])
    return result


def scaled(e: Expr, number: float, over_n: bool) -> Expr:
    """number · e (/ n)."""
    if number == -1.0:
        e = Expr("neg", e)
    elif number != 1.0:
        e = Expr("*", Expr(number), e)
    return Expr("/", e, Expr("n")) if over_n else e
