"""What may stand beside a Value: numbers of every kind.

A Value is known here by what it has, ``local_derivatives``: this file comes before the class.
"""

from __future__ import annotations

import numbers
from typing import Any

__all__ = ["as_float", "beside", "is_value", "shortened", "unboxed"]


def is_value(x: Any) -> bool:
    """Is it a node of a graph?"""
    return hasattr(x, "local_derivatives")


def unboxed(x: Any) -> Any:
    """What is in NumPy's array without sides, or one of its numbers, as Python has it; anything else as it is."""
    return x.item() if getattr(x, "shape", None) == () and hasattr(x, "item") else x


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
        x = unboxed(x)
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
    """A number beside an operator as a float, a Value in an array without sides; NotImplemented for another array."""
    if x.__class__ is float:
        return x
    if x.__class__ is not int and hasattr(x, "__array_ufunc__"):
        x = unboxed(x)
        if is_value(x):
            return x
        if getattr(x, "shape", ()) != ():
            return NotImplemented
    return as_float(x)


def shortened(x: Any) -> str:
    """The repr, cut off where an error's sentence would grow too long."""
    text = repr(x)
    return text if len(text) <= 60 else text[:57] + "..."
