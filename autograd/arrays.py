"""Values in NumPy's arrays of objects, and what NumPy's functions do with them."""

from __future__ import annotations

import sys
from typing import Any

from autograd.operands import as_float, is_value, unboxed

__all__ = ["array_ufunc", "like_array"]

# The ufuncs that NumPy applies to object arrays by Python's operators, and so by those of Value.
OPERATORS = frozenset(["add", "subtract", "multiply", "divide", "true_divide", "power", "float_power", "negative", "positive", "absolute", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal"])  # fmt: skip


def array_ufunc(value: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """What NumPy calls for its functions of Values: arithmetic goes element by element, all else would lose the gradient.

    Raises TypeError, saying what to write instead.
    """
    holds_values = all(a.dtype == object for a in kwargs.get("out", ()))
    if method != "__call__" or ufunc.__name__ not in OPERATORS or set(kwargs) - {"out"} or not holds_values:
        raise TypeError(_cannot_trace(value, ufunc.__name__))
    asarray = sys.modules["numpy"].asarray  # loaded: it called us
    # NumPy's own numbers become floats: inside an object array they would call this function for ever.
    operands = (
        x if is_value(x) or isinstance(x, (list, tuple)) or getattr(x, "shape", None) else as_float(x)
        for x in map(unboxed, inputs)
    )  # fmt: skip
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
