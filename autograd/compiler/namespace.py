"""What a program asks of an array library: the functions of ``xp`` in its source.

A namespace has NumPy's functions under NumPy's names, and these besides. They leave
a batch axis, which comes first, as it is:

    take(a, places, fill)   the numbers at the places; the place past the end reads ``fill``
    scatter(g, places, d)   g with d added at the places
    add_at(g, key, d)       g with d added to g[key]
    row_sums, row_max, row_dots, column_sums

and ``note(*arrays)``: they are finite unless an operand has left an op's domain.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.elementary import FUNCTIONS, canonical
from autograd.readings import arrays

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Namespace"]


class Namespace:
    """The functions of one array library, for one dtype."""

    library: Any

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.noted: list[Any] | None = None  # for whoever wants to know whether a domain was left

    def __getattr__(self, name: str) -> Any:
        name = canonical(name)
        function = FUNCTIONS.get(name)
        if function and function.own:  # not kept: it may be given anew
            return self.by_numpy(getattr(arrays, name))
        if function and function.by_others:
            return partial(function.by_others, self)
        found = self.found(name)
        setattr(self, name, found)
        return found

    def note(self, *arrays: Any) -> None:
        """Keep the arrays to look at after the call, if anyone will."""
        if self.noted is not None:
            self.noted += arrays

    def all_finite(self, *arrays: Any) -> bool:
        """Is every number finite? One look for all of them."""
        everything = self.concat(*(self.asarray(a).reshape(-1) for a in arrays))
        return bool(self.library.isfinite(everything).all())

    def found(self, name: str) -> Any:
        """The library's function of that name."""
        return getattr(self.library, name)

    def by_numpy(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of NumPy's arrays as one of this library's."""
        return lambda *x: self.asarray(function(*map(np.asarray, x)))

    def asarray(self, x: Any) -> Any:
        """``x`` as an array of this library, of the program's dtype."""
        return self.library.asarray(x, dtype=self.dtype)

    def in_numpy(self, x: Any) -> Any:
        """The numbers as an array of NumPy's."""
        return np.asarray(x)

    def places(self, index: Any, size: int) -> Any:
        """Places of a flattened array in the form that take and scatter expect."""
        return self.library.asarray(index), size

    def full(self, shape: tuple[int, ...], number: float) -> Any:
        """An array of one number."""
        return self.library.full(shape, number, dtype=self.dtype)

    def zeros(self, shape: tuple[int, ...]) -> Any:
        """An array of zeros."""
        return self.library.zeros(shape, dtype=self.dtype)

    def constant(self, x: Any) -> Any:
        """``x``, through which no gradient flows: rules say so for the scalar engine."""
        return x

    def numbers(self, numbers: Any) -> Any:
        """An array of single numbers."""
        return self.library.stack([self.asarray(x) for x in numbers])

    def concat(self, *parts: Any) -> Any:
        """Flattened arrays, one after the other."""
        return self.library.concatenate([self.asarray(p) for p in parts], -1)

    def row_sums(self, x: Any) -> Any:
        """Σ along the last axis."""
        return x.sum(-1)

    def row_max(self, x: Any) -> Any:
        """The largest along the last axis."""
        return self.library.amax(x, -1)

    def row_dots(self, w: Any, x: Any) -> Any:
        """Σ wᵢxᵢ along the last axis."""
        return (w * x).sum(-1)

    def column_sums(self, x: Any) -> Any:
        """Σ down the columns of a matrix."""
        return x.sum(0)

    def stack(self, *columns: Any) -> Any:
        """Columns side by side, along a new last axis."""
        return self.library.stack(columns, -1)
