"""How operands are read from arrays: whole, as a slice, or gathered.

A reference gives the place of every operand in an array. If these places are the
whole array, a reshaping, a slice or a transposed slice, nothing need be gathered;
an axis along which they do not change is left to broadcasting.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from autograd.compiler.plan import Integers

__all__ = ["Indexing", "indexing_of"]


@dataclass
class Indexing:
    """A way of reading.

    kind:    "whole", "reshape", "slice" or "take"
    shape:   of what is read, before axes of length 1 are inserted for broadcasting
    kept:    the axes of the operands along which the places change
    key:     of a slice, one integer or slice per axis of the array, and None for an axis of one place
    swapped: is the slice to be transposed?
    index:   of "take", places in the flattened array
    """

    kind: str
    shape: tuple[int, ...]
    kept: tuple[int, ...]
    key: tuple[int | slice | None, ...] = ()
    swapped: bool = False
    index: Integers | None = None

    def subscript(self, batched: bool) -> str:
        """The key of a slice as it stands in brackets: ``0:3, 1``."""
        parts = [
            f"{k.start}:{k.stop}" + (f":{k.step}" if k.step != 1 else "") if isinstance(k, slice) else str(k)
            for k in self.key
        ]
        return ", ".join([":"] * batched + parts)

    def as_tuple(self, batched: bool) -> str:
        """The key of a slice as a function takes it: ``(slice(0, 3, 1), 1,)``."""
        parts = [f"slice({k.start}, {k.stop}, {k.step})" if isinstance(k, slice) else str(k) for k in self.key]
        return f"({', '.join(['slice(None)'] * batched + parts)},)"


def indexing_of(shape: tuple[int, ...], index: Integers, *, full: bool) -> Indexing:
    """How the places ``index`` of an array of that shape are read.

    full: keep every axis, leave nothing to broadcasting

    >>> places = np.arange(12).reshape(3, 4)
    >>> indexing_of((3, 4), places, full=False).kind
    'whole'
    >>> indexing_of((3, 4), places[:, 1:3], full=False).key
    (slice(0, 3, 1), slice(1, 3, 1))
    >>> row = indexing_of((4,), np.array([[0, 1, 2, 3]] * 5), full=False)
    >>> row.kind, row.kept
    ('whole', (1,))
    """
    size = prod(shape)
    if index.shape == shape and (index.ravel() == np.arange(size)).all():
        return Indexing("whole", shape, tuple(range(index.ndim)))
    kept = tuple(t for t in range(index.ndim) if full or _changes(index, t))
    for t in sorted(set(range(index.ndim)) - set(kept), reverse=True):
        index = np.asarray(index.take(0, axis=t))
    if index.size == size and (index.ravel() == np.arange(size)).all():
        return Indexing("whole" if index.shape == shape else "reshape", index.shape, kept)
    if shape and index.max() < size:
        found = _slices(shape, index)
        if found is not None:
            return Indexing("slice", index.shape, kept, *found)
    return Indexing("take", index.shape, kept, index=index)


def _changes(index: Integers, axis: int) -> bool:
    return index.shape[axis] > 1 and bool((index != index.take([0], axis=axis)).any())


def _slices(shape: tuple[int, ...], index: Integers) -> tuple[tuple[int | slice | None, ...], bool] | None:
    """(one integer or slice per axis of the array, transposed?), or None if the places are not a slice.

    Whatever it gives has the places' own shape: an axis of one place that no axis of the array gives is a None in the key.
    """
    key: list[int | slice | None] = []
    order: list[int] = []  # the axes of the places along which each slice runs
    coordinates: tuple[Integers, ...] = np.unravel_index(index, shape)
    for places in coordinates:
        along = [t for t in range(index.ndim) if _changes(places, t)]
        if not along:
            key.append(int(places.flat[0]))
            continue
        (axis, *more) = along
        line = np.moveaxis(places, axis, -1).reshape(-1, places.shape[axis])[0]
        steps = np.diff(line)
        if more or not (steps == steps[0]).all() or steps[0] <= 0:
            return None
        key += [None] * sum(t not in order and index.shape[t] == 1 for t in range(max(order, default=-1) + 1, axis))
        key.append(slice(int(line[0]), int(line[-1]) + 1, int(steps[0])))
        order.append(axis)
    if order == [1, 0] and index.ndim == 2:
        return tuple(key), True
    key += [None] * (index.ndim - 1 - max(order, default=-1))
    return (tuple(key), False) if order == [t for t in range(index.ndim) if index.shape[t] > 1] else None
