"""What functions of nn ask of their arguments: rows of samples, whole numbers, numbers in a range.

Data come in by one door, ``as_rows``, whatever holds them: rows are samples.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Set
from math import inf, nan
from numbers import Real
from typing import Any, Protocol

__all__ = ["Rows", "as_list", "as_rows", "as_samples", "generator", "number_in_range", "whole_number"]


class _Dataset(Protocol):
    """A dataset of PyTorch: a length, and items by number."""

    def __len__(self) -> int: ...

    def __getitem__(self, i: int, /) -> Any: ...


Rows = Iterable[Any] | _Dataset  # n samples or n targets


def as_list(x: Any) -> Any:
    """An array, a tensor, a column or a table of pandas or Polars as lists of numbers; anything else as it is.

    Raises ValueError for an array of dates, of which NumPy would make nanoseconds.

    >>> import numpy as np
    >>> as_list(np.eye(2)), as_list((1.0, 2.0))
    ([[1.0, 0.0], [0.0, 1.0]], (1.0, 2.0))
    """
    if x.__class__ is list or x.__class__ is float:
        return x
    if hasattr(x, "to_numpy"):
        x = x.to_numpy()
    if getattr(getattr(x, "dtype", None), "kind", "") in ("M", "m"):
        raise ValueError("dates and times are no numbers: give days or years, counted from one that you choose")
    return x.tolist() if hasattr(x, "tolist") else x


def as_rows(given: Rows, what: str = "X") -> list[Any]:
    """n samples or n targets as a list, one item per row: lists, tuples, generators, arrays of NumPy, frames and series
    of pandas and Polars (by position, whatever the index), tensors and datasets of PyTorch.

    what: the name that an error gives them
    Raises TypeError for what has no rows in an order: a number, a text, a dict, a set.

    >>> as_rows(row for row in ((0.0, 1.0), (1.0, 1.0)))
    [(0.0, 1.0), (1.0, 1.0)]
    """
    rows = as_list(given)
    if isinstance(rows, (str, bytes, Mapping, Set)) or not hasattr(rows, "__getitem__") | hasattr(rows, "__iter__"):
        raise TypeError(
            f"{what} should be rows, one per sample, in a list, an array or a table; got {type(given).__name__}"
        )
    if hasattr(rows, "__iter__"):
        return [as_list(row) for row in rows]
    items = [rows[i] for i in range(len(rows))]  # a dataset may know no end but its length
    return [as_list(item[0] if isinstance(item, tuple) and len(item) == 1 else item) for item in items]


def as_samples(X: Rows, y: Rows | None = None) -> tuple[list[Any], list[Any]]:
    """Samples and their targets as two lists of one length.

    y: None where X holds both: a tuple (X, y), a data set of ``nn.data``, or pairs (x, y) as a dataset of PyTorch has them
    Raises ValueError for no samples, and for another number of targets.

    >>> as_samples([([0.0], 1), ([2.0], 0)])
    ([[0.0], [2.0]], [1, 0])
    """
    if y is None:
        X, y = X[:2] if isinstance(X, tuple) and len(X) > 1 else _unzipped(as_rows(X))
    X, y = as_rows(X, "X"), as_rows(y, "y")
    if len(X) != len(y) or not y:
        raise ValueError(f"X and y need one row per sample and at least one: got {len(X)} rows of X and {len(y)} of y")
    return X, y


def _unzipped(pairs: list[Any]) -> tuple[list[Any], list[Any]]:
    """Pairs (x, y) as the list of the x and the list of the y."""
    for i, pair in enumerate(pairs):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(f"without y, each row of X is a pair (sample, target); row {i} is {pair!r:.60}")
    return [x for x, _ in pairs], [y for _, y in pairs]


def whole_number(name: str, n: Any, *, at_least: int = 1) -> int:
    """The number as an int. Raises ValueError for anything but a whole number of at least this size; True is not one.

    >>> whole_number("epochs", 2.5)
    Traceback (most recent call last):
    ValueError: epochs is a whole number, 1 or more; got 2.5
    """
    if isinstance(n, bool) or not hasattr(n, "__index__") or n.__index__() < at_least:
        raise ValueError(f"{name} is a whole number, {at_least} or more; got {n!r}")
    return int(n.__index__())


def generator(seed: Any) -> random.Random:
    """A random generator of its own; NumPy's whole numbers are seeds, too.

    >>> import numpy as np
    >>> generator(np.int64(7)).random() == generator(7).random()
    True
    """
    return random.Random(seed.__index__() if hasattr(seed, "__index__") else seed)


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
