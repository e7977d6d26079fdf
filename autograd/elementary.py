"""The functions that a rule may ask of its number system, by NumPy's names or by those of ``math``: one function, one line.

A line says what computes the function for floats. NumPy, PyTorch, JAX, LaTeX and the pages have it under the same name, or
compute it by the others. Each is a row of the op table: read with Values, a rule asks for nodes that have slopes, too.

>>> FUNCTIONS["arctan"].floats(1.0), canonical("atan")
(0.7853981633974483, 'arctan')
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from operator import mod
from typing import Any, NamedTuple

from autograd import gamma, readings
from autograd.ops import OPS, Op

__all__ = [
    "DECISIONS",
    "FUNCTIONS",
    "NUMBERS",
    "Function",
    "canonical",
    "elementary_function",
    "no_function",
    "slopes_op",
]

Slopes = Callable[..., tuple[Any, ...]]

NUMBERS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
DECISIONS = frozenset(name for name in vars(readings.floats) if not name.startswith("_"))  # where, maximum, …
ALIASES: dict[str, str] = {}


class Function(NamedTuple):
    """A function of numbers: what computes it, the op that has its slopes, and whether it is one of the user's own.

    by_others: ``(xp, *x)`` → its value by other functions, for one that the libraries do not have
    """

    floats: Callable[..., float]
    op: Op | None
    own: bool = False
    by_others: Callable[..., Any] | None = None


FUNCTIONS: dict[str, Function] = {}


def elementary_function(
    name: str, floats: Callable[..., float], *, arrays: Callable[..., Any] | None = None, slopes: Slopes | None = None
) -> None:
    """Give rules a function ``xp.name`` that they do not have: op, formula, gradient and program know it then.

    floats: what computes it for floats, and raises ValueError outside its domain
    arrays: what computes it for NumPy's arrays; else ``floats`` does, element by element
    slopes: ``(xp, *x)`` → its local derivatives, which second derivatives ask for

    A page can't compute it anew. Raises ValueError for a name that is taken, TypeError for what is no function.

    >>> elementary_function("gamma", math.gamma)
    >>> FUNCTIONS.pop("gamma").floats(5.0)
    24.0
    """
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_") or not callable(floats):
        raise TypeError(
            f'a function is given by name, elementary_function("gamma", math.gamma), got {name!r}, {floats!r}'
        )
    if name in {*ALIASES, *NUMBERS, *DECISIONS} or (name in FUNCTIONS and not FUNCTIONS[name].own):
        raise ValueError(f"every number system has its {name!r}: choose another name")
    setattr(readings.arrays, name, arrays or elementwise(floats))
    _enter(name, Function(floats, _op(name, slopes) if slopes else None, own=True))


def _enter(name: str, function: Function) -> None:
    FUNCTIONS[name] = function
    setattr(readings.floats, name, function.floats)


def elementwise(function: Callable[..., float]) -> Callable[..., Any]:
    """A function of floats as one of arrays: outside its domain it is nan, where it overflows inf.

    >>> elementwise(math.log)([1.0, -1.0]).tolist()
    [0.0, nan]
    """

    def on_arrays(*x: Any) -> Any:
        import numpy

        return numpy.vectorize(by_ieee(function), otypes=[float])(*x)

    return on_arrays


def by_ieee(function: Callable[..., float]) -> Callable[..., float]:
    """A function of floats that raises nothing: outside its domain it is nan, where it overflows inf."""

    def found(*x: float) -> float:
        try:
            return function(*x)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return math.nan

    return found


class _Unlisted(Op):
    """The op of a function that is no row of the table."""

    def __reduce__(self) -> tuple[Any, ...]:
        return slopes_op, (self.name,)


def _op(name: str, slopes: Slopes) -> Op:
    op = _Unlisted(name, lambda xp, *x: (getattr(xp, name)(*x), slopes(xp, *x)))
    op.operands = slopes.__code__.co_varnames[1 : slopes.__code__.co_argcount]
    return op


def slopes_op(name: str) -> Op:
    """The op whose value is this function. Raises LookupError where its slopes are not known.

    >>> slopes_op("arctan").rule(readings.floats, 1.0)
    (0.7853981633974483, (0.5,))
    """
    op = FUNCTIONS[name].op if name in FUNCTIONS else None
    if op is None:
        raise LookupError(
            f"the slopes of xp.{name} are not known: give them, elementary_function({name!r}, …, slopes=lambda xp, x: (…,))"
        )
    return op


def canonical(name: str) -> str:
    """NumPy's name of a function, which may be called by ``math``'s."""
    return ALIASES.get(name, name)


def no_function(name: str, system: str) -> str:
    """What to say of a function that a number system does not have.

    >>> print(no_function("zeta", "floats"))
    floats have no function 'zeta': give it, autograd.elementary_function('zeta', floats=…), or write the rule with those of autograd.elementary
    """
    return (
        f"{system} have no function {name!r}: give it, autograd.elementary_function({name!r}, floats=…), "
        "or write the rule with those of autograd.elementary"
    )


def _function(floats: Callable[..., Any], name: str = "") -> None:
    """A line of the table. Where NumPy calls it otherwise, its name is given."""
    name = name or floats.__name__
    _enter(name, Function(floats, OPS[name]))
    if floats.__name__ != name:
        ALIASES[floats.__name__] = name
        setattr(readings.floats, floats.__name__, floats)
        setattr(readings.arrays, floats.__name__, elementwise(floats))  # NumPy 2 has the name, 1.26 has not


def _by_others(rule: Callable[..., Any]) -> None:
    """A line of the table, of a function that is computed by the others."""
    name = rule.__name__
    _enter(name, Function(partial(rule, readings.floats), OPS[name], by_others=rule))
    setattr(readings.arrays, name, partial(rule, readings.arrays))


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """A function that rounds, with a float as its result; ±inf and nan are what they are."""

    def rounded(x: float) -> float:
        return float(function(x)) if math.isfinite(x) else x

    rounded.__name__ = function.__name__
    return rounded


for _name, _number in NUMBERS.items():
    setattr(readings.floats, _name, _number)

_function(abs, "absolute")
_function(math.pow, "power")  # never complex, unlike **
_function(math.exp)
_function(math.exp2)
_function(math.expm1)
_function(math.log)
_function(math.log2)
_function(math.log10)
_function(math.log1p)
_function(math.sqrt)
_function(math.cbrt)
_function(math.sin)
_function(math.cos)
_function(math.tan)
_function(math.asin, "arcsin")
_function(math.acos, "arccos")
_function(math.atan, "arctan")
_function(math.atan2, "arctan2")
_function(math.sinh)
_function(math.cosh)
_function(math.tanh)
_function(math.asinh, "arcsinh")
_function(math.acosh, "arccosh")
_function(math.atanh, "arctanh")
_function(math.hypot)
_function(math.erf)
_function(math.erfc)
_function(_whole(math.floor))
_function(_whole(math.ceil))
_function(_whole(math.trunc))
_function(_whole(round), "rint")
_function(math.fmod)
_function(mod, "remainder")
_by_others(gamma.lgamma)
_by_others(gamma.digamma)
_by_others(gamma.polygamma)

for _name in ("erf", "erfc"):  # NumPy has none
    setattr(readings.arrays, _name, elementwise(FUNCTIONS[_name].floats))
