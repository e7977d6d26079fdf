"""Number systems in which a rule of the op table can be read.

A rule asks its number system ``xp`` for functions under NumPy's names. Here are

- ``floats``: Python's floats, by the standard library's ``math`` (``elementary`` says
  which function is which). An operand outside the domain raises, as Python does;
- ``arrays``: NumPy, and so IEEE arithmetic: 1/0 is inf and nothing raises.

``symbols`` has a third, formulas; ``functional`` a fourth, Values, which needs the engine; ``compiler.registers`` a fifth,
those of the processor.

>>> from autograd.ops import OPS
>>> OPS["sigmoid"].rule(floats, 0.0)
(0.5, (0.25,))
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.ops import Op

__all__ = ["WITH_XP", "arrays", "floats", "ieee_read"]

WITH_XP = "write xp.exp(x) for math.exp(x), and so with every function; xp.where decides, xp.equal compares"


class floats:
    """Python floats. Slow paths are Python's own exceptions, so the fast path pays nothing for them."""

    equal = operator.eq

    @staticmethod
    def where(condition: bool, a: float, b: float) -> float:
        """``a`` where the condition holds, else ``b``."""
        return a if condition else b

    @staticmethod
    def maximum(a: float, b: float) -> float:
        """The larger; nan if either is nan."""
        return a if a >= b or a != a else b

    @staticmethod
    def minimum(a: float, b: float) -> float:
        """The smaller; nan if either is nan."""
        return a if a <= b or a != a else b

    @staticmethod
    def sign(x: float) -> float:
        """−1, 0 or 1; nan for nan."""
        return 1.0 if x > 0 else -1.0 if x < 0 else x

    @staticmethod
    def heaviside(x: float, at_zero: float) -> float:
        """0 below zero, 1 above, ``at_zero`` at zero; nan for nan."""
        return 1.0 if x > 0 else 0.0 if x < 0 else at_zero if x == 0 else x

    @staticmethod
    def constant(x: float) -> float:
        """``x``, through which no gradient flows."""
        return x


class _Arrays:
    """NumPy, loaded on first use."""

    def __getattr__(self, name: str) -> Any:
        import numpy

        found = (lambda x: x) if name == "constant" else getattr(numpy, name)
        setattr(self, name, found)
        return found


arrays = _Arrays()


def ieee_read(op: Op, x: Sequence[float]) -> tuple[float, tuple[float, ...]]:
    """Read a rule by IEEE arithmetic: overflow is ±inf, a left domain is inf or nan, nothing raises.

    >>> from autograd.ops import OPS
    >>> ieee_read(OPS["log"], [0.0])
    (-inf, (inf,))
    """
    import numpy

    with numpy.errstate(all="ignore"):
        try:
            y, local = op.rule(arrays, *map(numpy.float64, x))
        except (ValueError, ArithmeticError) as error:
            raise TypeError(f"the rule of {op.name!r} is for floats alone ({error}): {WITH_XP}") from error
    return float(y), tuple(map(float, local))
