"""What functions of nn ask of their arguments: rows of samples, whole numbers, numbers in a range."""

from __future__ import annotations

from math import inf, nan
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Rows", "as_list", "number_in_range", "whole_number"]


class Rows(Protocol):
    """n samples or n targets: a list, a tuple, an array, anything with a length and items in an order."""

    def __len__(self) -> int: ...

    def __getitem__(self, i: int, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


def as_list(x: Any) -> Any:
    """An array as lists of numbers; anything else as it is.

    >>> import numpy as np
    >>> as_list(np.eye(2)), as_list((1.0, 2.0))
    ([[1.0, 0.0], [0.0, 1.0]], (1.0, 2.0))
    """
    return x.tolist() if hasattr(x, "tolist") else x


def whole_number(name: str, n: Any, *, at_least: int = 1) -> int:
    """The number as an int. Raises ValueError for anything but a whole number of at least this size; True is not one.

    >>> whole_number("epochs", 2.5)
    Traceback (most recent call last):
    ValueError: epochs is a whole number, 1 or more; got 2.5
    """
    if isinstance(n, bool) or not hasattr(n, "__index__") or n.__index__() < at_least:
        raise ValueError(f"{name} is a whole number, {at_least} or more; got {n!r}")
    return int(n.__index__())


def number_in_range(name: str, x: Any, low: float = 0.0, high: float = inf, *, open_below: bool = False) -> float:
    """The number as a float. Raises ValueError for anything but a number with low ≤ x < high, or low < x where it is open below.

    >>> number_in_range("lr", -0.1)
    Traceback (most recent call last):
    ValueError: lr is a number ≥ 0, got -0.1
    """
    number = float(x) if isinstance(x, Real) and not isinstance(x, bool) else nan
    if not low <= number < high or (open_below and number == low):
        above = f"{'>' if open_below else '≥'} {low:g}"
        below = f" and < {high:g}" if high < inf else ""
        raise ValueError(f"{name} is a number {above}{below}, got {x!r}")
    return number
