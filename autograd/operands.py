"""What may stand beside a Value: numbers of every kind, and NumPy's arrays and functions.

A Value is known here by what it has, ``local_derivatives``: this file comes before the class.
"""

from __future__ import annotations

import numbers
import sys
from typing import Any

__all__ = ["array_ufunc", "as_float", "beside", "is_value", "shortened"]


def is_value(x: Any) -> bool:
    """Is it a node of a graph?"""
    return hasattr(x, "local_derivatives")


def as_float(x: Any) -> float:
    """One real number as a Python float: int, float, bool, Fraction, NumPy scalar, 0-d array.

    Raises TypeError for anything else, saying what to pass.

    >>> as_float(True)
    1.0
    >>> as_float("2")
    Traceback (most recent call last):
    TypeError: a Value holds one real number, got '2' (str); convert text first: Value(float(text))
    """
    if x.__class__ is float:
        return x
    if x.__class__ is not int:
        if getattr(x, "shape", None) == () and hasattr(x, "item"):
            x = x.item()  # a 0-d array or a NumPy scalar
        advice = _advice(x)
        if advice:
            raise TypeError(f"a Value holds one real number, got {shortened(x)} ({type(x).__name__}); {advice}")
    try:
        return float(x)
    except OverflowError:
        raise TypeError(f"a Value holds one real number, got {shortened(x)}, larger than any float") from None


def _advice(x: Any) -> str:
    """What to pass instead of something that is not one real number; "" for what is one."""
    if is_value(x):
        return "it is a Value already, use it as it is (or v.data for its number)"
    if isinstance(x, (str, bytes)):
        return "convert text first: Value(float(text))"
    if isinstance(x, (list, tuple)) or getattr(x, "shape", ()) != ():
        return "make one Value per number: [Value(x) for x in xs]"
    if isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real):
        return "gradients here are of real functions, pass z.real or z.imag"
    return "" if hasattr(x, "__float__") else "pass an int or a float"


def beside(x: Any) -> Any:
    """A number beside an operator as a float; NotImplemented for an array, which then goes element by element."""
    if x.__class__ is float:
        return x
    if x.__class__ is not int and hasattr(x, "__array_ufunc__") and getattr(x, "shape", ()) != ():
        return NotImplemented
    return as_float(x)


def shortened(x: Any) -> str:
    """The repr, cut off where an error's sentence would grow too long."""
    text = repr(x)
    return text if len(text) <= 60 else text[:57] + "..."


# ── NumPy's protocol ────────────────────────────────────────────────────────

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
        x if is_value(x) or isinstance(x, (list, tuple)) or getattr(x, "shape", None) else as_float(x) for x in inputs
    )
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
