"""The functions that a rule may ask of its number system, by NumPy's names or by those of ``math``: one function, one line.

A line says what computes the function for floats. NumPy, PyTorch, JAX, LaTeX and the pages have it under the same name. A
function that is no row of the op table has its slopes here: read with Values, a rule asks for nodes that have slopes, too.

>>> FUNCTIONS["arctan"].floats(1.0), canonical("atan")
(0.7853981633974483, 'arctan')
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd import readings
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

LN_2, LN_10 = math.log(2.0), math.log(10.0)
NUMBERS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
DECISIONS = frozenset(name for name in vars(readings.floats) if not name.startswith("_"))  # where, maximum, …
ALIASES: dict[str, str] = {}


class Function(NamedTuple):
    """A function of numbers: what computes it, the op that has its slopes, and whether it is one of the user's own."""

    floats: Callable[..., float]
    op: Op | None
    own: bool


FUNCTIONS: dict[str, Function] = {}


def elementary_function(
    name: str, floats: Callable[..., float], *, arrays: Callable[..., Any] | None = None, slopes: Slopes | None = None
) -> None:
    """Give rules a function ``xp.name`` that they do not have: op, formula, gradient and program know it then.

    floats: what computes it for floats, and raises ValueError outside its domain
    arrays: what computes it for NumPy's arrays; else ``floats`` does, element by element
    slopes: ``(xp, *x)`` → its local derivatives, which second derivatives ask for

    A page can't compute it anew. Raises ValueError for a name that is taken, TypeError for what is no function.

    >>> elementary_function("lgamma", math.lgamma)
    >>> round(FUNCTIONS.pop("lgamma").floats(3.0), 6)
    0.693147
    """
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_") or not callable(floats):
        raise TypeError(
            f'a function is given by name, elementary_function("lgamma", math.lgamma), got {name!r}, {floats!r}'
        )
    if name in {*ALIASES, *NUMBERS, *DECISIONS} or (name in FUNCTIONS and not FUNCTIONS[name].own):
        raise ValueError(f"every number system has its {name!r}: choose another name")
    setattr(readings.arrays, name, arrays or elementwise(floats))
    _enter(name, floats, _op(name, slopes) if slopes else None, own=True)


def _enter(name: str, floats: Callable[..., Any], op: Op | None, *, own: bool = False) -> None:
    FUNCTIONS[name] = Function(floats, op, own)
    setattr(readings.floats, name, floats)


def elementwise(function: Callable[..., float]) -> Callable[..., Any]:
    """A function of floats as one of arrays: outside its domain it is nan, where it overflows inf.

    >>> elementwise(math.log)([1.0, -1.0]).tolist()
    [0.0, nan]
    """

    def by_ieee(*x: float) -> float:
        try:
            return function(*x)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return math.nan

    def on_arrays(*x: Any) -> Any:
        import numpy

        return numpy.vectorize(by_ieee, otypes=[float])(*x)

    return on_arrays


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

    >>> print(no_function("gamma", "floats"))
    floats have no function 'gamma': give it, autograd.elementary_function('gamma', floats=…), or write the rule with those of autograd.elementary
    """
    return (
        f"{system} have no function {name!r}: give it, autograd.elementary_function({name!r}, floats=…), "
        "or write the rule with those of autograd.elementary"
    )


def _function(name: str, floats: Callable[..., Any], slopes: Slopes | None = None) -> None:
    """A line of the table."""
    _enter(name, floats, _op(name, slopes) if slopes else OPS[name])
    if floats.__name__ != name:
        ALIASES[floats.__name__] = name
        setattr(readings.floats, floats.__name__, floats)
        setattr(readings.arrays, floats.__name__, elementwise(floats))  # NumPy 2 has the name, 1.26 has not


for _name, _number in NUMBERS.items():
    setattr(readings.floats, _name, _number)

# ── rows of the op table ────────────────────────────────────────────────────

_function("absolute", abs)
_function("power", math.pow)  # never complex, unlike **
_function("exp", math.exp)
_function("expm1", math.expm1)
_function("log", math.log)
_function("log1p", math.log1p)
_function("sqrt", math.sqrt)
_function("sin", math.sin)
_function("cos", math.cos)
_function("tanh", math.tanh)
_function("erfc", math.erfc)

# ── functions with slopes of their own ──────────────────────────────────────

_function("exp2", math.exp2, lambda xp, x: (LN_2 * xp.exp2(x),))
_function("log2", math.log2, lambda xp, x: (1.0 / (LN_2 * x),))
_function("log10", math.log10, lambda xp, x: (1.0 / (LN_10 * x),))
_function("cbrt", math.cbrt, lambda xp, x: (1.0 / (3.0 * xp.cbrt(x) * xp.cbrt(x)),))
_function("tan", math.tan, lambda xp, x: (1.0 / (xp.cos(x) * xp.cos(x)),))
_function("arcsin", math.asin, lambda xp, x: (1.0 / xp.sqrt((1.0 - x) * (1.0 + x)),))
_function("arccos", math.acos, lambda xp, x: (-1.0 / xp.sqrt((1.0 - x) * (1.0 + x)),))
_function("arctan", math.atan, lambda xp, x: (1.0 / (1.0 + x * x),))
_function("sinh", math.sinh, lambda xp, x: (xp.cosh(x),))
_function("cosh", math.cosh, lambda xp, x: (xp.sinh(x),))
_function("arcsinh", math.asinh, lambda xp, x: (1.0 / xp.hypot(1.0, x),))
_function("arccosh", math.acosh, lambda xp, x: (1.0 / (xp.sqrt(x - 1.0) * xp.sqrt(x + 1.0)),))
_function("arctanh", math.atanh, lambda xp, x: (1.0 / ((1.0 - x) * (1.0 + x)),))
_function("erf", math.erf, lambda xp, x: (2.0 / math.sqrt(math.pi) * xp.exp(-x * x),))
_function("hypot", math.hypot, lambda xp, x, y: (x / xp.hypot(x, y), y / xp.hypot(x, y)))
_function("arctan2", math.atan2, lambda xp, y, x: (x / xp.hypot(x, y) / xp.hypot(x, y), -y / xp.hypot(x, y) / xp.hypot(x, y)))  # fmt: skip
_function("floor", math.floor, lambda xp, x: (0.0,))
_function("ceil", math.ceil, lambda xp, x: (0.0,))
_function("trunc", math.trunc, lambda xp, x: (0.0,))

for _name in ("erf", "erfc"):  # NumPy has none
    setattr(readings.arrays, _name, elementwise(FUNCTIONS[_name].floats))
