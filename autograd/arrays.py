"""Values in NumPy's arrays of objects, and NumPy's functions of Values: what the op table has is traced, all else raises.

>>> import numpy as np
>>> np.arctan2(1.0, Value(1.0)).data == np.arctan(Value(1.0)).data
True
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from autograd.functions import logsumexp, maximum, minimum
from autograd.operands import as_float, is_value, unboxed
from autograd.ops import LN_2, OPS
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["array_ufunc", "like_array"]

# The ufuncs that NumPy applies to object arrays by Python's operators, and so by those of Value.
OPERATORS = frozenset(["add", "subtract", "multiply", "divide", "true_divide", "power", "negative", "positive", "absolute", "remainder", "mod", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal"])  # fmt: skip


def array_ufunc(value: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """What NumPy calls for its functions of Values: what the op table has goes element by element, all else would lose the gradient.

    Raises TypeError, saying what to write instead.
    """
    holds_values, name = all(a.dtype == object for a in kwargs.get("out", ())), ufunc.__name__
    traced = _traced(name)
    if method != "__call__" or not (name in OPERATORS or traced) or set(kwargs) - {"out"} or not holds_values:
        raise TypeError(_cannot_trace(value, name))
    asarray = sys.modules["numpy"].asarray  # loaded: it called us
    # NumPy's own numbers become floats: inside an object array they would call this function for ever.
    operands = (
        x if is_value(x) or isinstance(x, (list, tuple)) or getattr(x, "shape", None) else as_float(x)
        for x in map(unboxed, inputs)
    )  # fmt: skip
    if traced:
        ufunc = sys.modules["numpy"].frompyfunc(traced, ufunc.nin, 1)
    return ufunc(*(asarray(x).astype(object) for x in operands), **kwargs)


def _cannot_trace(value: Any, function: str) -> str:
    instead = (
        f"v.{function}()"
        if hasattr(value, function)
        else f"autograd.{function}(a, b)"
        if function in ("maximum", "minimum")
        else "it with operators and methods of Value"
    )
    in_place = " (an array of floats can't hold Values: arr.astype(object) can)" if function in OPERATORS else ""
    return f"np.{function} can't be traced through a Value{in_place}; write {instead}, or v.data for the number"


def like_array(x: Any, items: Any) -> Any:
    """Values in nested lists, as an array of objects where ``x`` is an array."""
    if isinstance(items, list) and hasattr(x, "__array_ufunc__"):
        return sys.modules["numpy"].array(items, dtype=object)
    return items


def _traced(ufunc: str) -> Callable[..., Value] | None:
    """NumPy's function of that name on Values and numbers, where Python has no operator for it."""
    op = OPS.get(ufunc)
    return op if op is not None and op.operands and not op.operator and not op.constants else _OF_ROWS.get(ufunc)


_OF_ROWS: dict[str, Callable[..., Value]] = {
    "hypot": OPS["hypot"],
    "gammaln": OPS["lgamma"],  # SciPy's names
    "psi": OPS["digamma"],
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "fabs": abs,
    "logaddexp": lambda a, b: logsumexp([a, b]),
    "logaddexp2": lambda a, b: logsumexp([LN_2 * a, LN_2 * b]) / LN_2,
    "float_power": lambda a, b: a**b,
    "copysign": lambda x, s: abs(x) * math.copysign(1.0, s.data if is_value(s) else s),
    **dict.fromkeys(["deg2rad", "radians"], lambda x: x * (math.pi / 180.0)),
    **dict.fromkeys(["rad2deg", "degrees"], lambda x: x * (180.0 / math.pi)),
    "clip": lambda x, low, high: minimum(maximum(x, low), high),
}


def _method(ufunc: str) -> Callable[..., Value]:
    return lambda self, *others: _traced(ufunc)(self, *others)  # type: ignore[misc]


Value.__array_ufunc__ = array_ufunc
for _name in ("arctan2", "fmod", *_OF_ROWS):  # NumPy's loops over arrays of objects call methods of the elements
    if not hasattr(Value, _name):
        setattr(Value, _name, _method(_name))
