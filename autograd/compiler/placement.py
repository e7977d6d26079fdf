"""Where every scalar of a tape lives: in which array, and at which place of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.plan import HOLE, Array, Reference
from autograd.ops import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from autograd.compiler.plan import Integers
    from autograd.compiler.tape import Tape

__all__ = ["Placement"]


class Placement:
    """The arrays found so far, and the place of each scalar in them.

    leaves, results: the arrays; ``join``s of several are results too
    """

    def __init__(self, tape: Tape, arguments: Sequence[Sequence[int]], parameters: set[int]) -> None:
        self.leaves: list[Array] = []
        self.results: list[Array] = []
        self._arrays: list[Array] = []
        self._array_of = np.full(len(tape.ops), -1, dtype=np.intp)
        self._place_of = np.zeros(len(tape.ops), dtype=np.intp)
        self._numbers = np.array(tape.numbers)
        self.is_constant = np.array([op is CONSTANT for op in tape.ops])
        self.is_parameter = np.zeros(len(tape.ops), dtype=bool)
        self.is_parameter[list(parameters)] = True
        for entries in arguments:
            self.is_constant[list(entries)] = False
            self.place(Array("argument", np.array(entries, dtype=np.intp), batched=True))

    def place(self, array: Array) -> Array:
        """Enter an array, and the place of each of its members."""
        flat = array.members.ravel()
        there = flat != HOLE
        self._array_of[flat[there]] = len(self._arrays)
        self._place_of[flat[there]] = np.flatnonzero(there)
        self._arrays.append(array)
        (self.results if array.role == "result" else self.leaves).append(array)
        return array

    def place_rest(self, leaves: Integers) -> None:
        """Place the leaves that have no place yet, except constants: one array per role."""
        for role, chosen in self._roles(leaves):
            members = leaves[chosen & (self._array_of[leaves] < 0)]
            if members.size and role != "constant":
                self.place(Array(role, members, batched=False))

    def reference(self, ids: Integers, fill: float | None = None) -> Reference:
        """Where the nodes ``ids`` are; HOLEs read ``fill``. Leaves that have no place yet are laid out in this order."""
        there = ids != HOLE
        if self.is_constant[ids[there]].all():
            numbers = self._numbers[ids] if fill is None else np.where(there, self._numbers[ids], fill)
            return Reference(None, ids, numbers=numbers)
        self._lay_out(ids, there)
        which = np.unique(self._array_of[ids[there]])
        array, index = self._joined(ids, there) if which.size > 1 else (self._arrays[which[0]], self._place_of[ids])
        return Reference(array, np.where(there, index, array.members.size), None if there.all() else fill)

    def _joined(self, ids: Integers, there: NDArray[np.bool_]) -> tuple[Array, Integers]:
        """What is needed from several arrays, one after the other, and where in it each node is."""
        distinct = np.unique(ids[there])
        distinct = distinct[np.lexsort((self._place_of[distinct], self._array_of[distinct]))]
        starts = np.flatnonzero(np.diff(self._array_of[distinct], prepend=-1))
        parts = [
            Reference(self._arrays[self._array_of[part[0]]], self._place_of[part])
            for part in np.split(distinct, starts[1:])
        ]
        join = Array("result", distinct, any(r.batched for r in parts), form="join", operands=parts)
        self.results.append(join)
        by_id = np.argsort(distinct)
        return join, by_id[np.searchsorted(distinct, np.where(there, ids, distinct[0]), sorter=by_id)]

    def _lay_out(self, ids: Integers, there: NDArray[np.bool_]) -> None:
        """Leaves get their place when they are first read: a matrix's rows one after the other."""
        loose = ids[there & (self._array_of[ids] < 0)]
        if not loose.size:
            return
        distinct = _in_order(loose)
        whole = distinct.size == ids.size
        for role, chosen in self._roles(distinct):
            members = distinct[chosen]
            if members.size:
                shape = ids.shape if whole and chosen.all() else () if members.size == 1 else members.shape
                self.place(Array(role, members.reshape(shape), False))

    def _roles(self, ids: Integers) -> list[tuple[str, NDArray[np.bool_]]]:
        constant, parameter = self.is_constant[ids], self.is_parameter[ids]
        return [("parameter", parameter), ("constant", constant), ("data", ~(parameter | constant))]

    # ── what re-rolling asks for ──

    def order_by(self, columns: Integers) -> Integers:
        """The order of members that follows their operands: by the column with the most distinct ones."""
        best, most = None, 0
        for column in columns.T:
            if not self.is_constant[column].any() and (self._array_of[column] >= 0).all():
                distinct = np.unique(column).size
                if distinct > most:
                    best, most = column, distinct
        if best is None:
            return np.arange(len(columns))
        return np.lexsort((self._place_of[best], self._array_of[best]))

    def shape_of(self, column: Integers) -> tuple[int, ...]:
        """If the column is a whole array, in order, that array's shape; else one axis."""
        k = self._array_of[column[0]] if column.size else -1
        if k >= 0 and (self._array_of[column] == k).all() and not self.is_constant[column].any():
            array = self._arrays[k]
            if array.members.size == column.size and (self._place_of[column] == np.arange(column.size)).all():
                return array.shape
        return column.shape

    def varies(self, ids: Integers) -> bool:
        """Does anything among the nodes depend on an argument?"""
        known = self._array_of[ids[ids != HOLE]]
        return any(self._arrays[k].batched for k in np.unique(known) if k >= 0)

    def key(self, i: int) -> tuple[int, int]:
        """The array of a node and its place there: sorting by it gives the order in memory."""
        return int(self._array_of[i]), int(self._place_of[i])


def _in_order(ids: Integers) -> Integers:
    """The distinct ones, in the order of their first appearance."""
    found, first = np.unique(ids, return_index=True)
    return found[np.argsort(first)]
