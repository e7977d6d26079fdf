"""Dots as matrix products: pairs (row of w, row of x) in which every w meets every x."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.plan import HOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.plan import Integers

__all__ = ["Grid", "Rows", "completed", "grid", "padded", "squeezed"]

DENSE = 0.25  # a product may compute four times as much as was asked: it is still faster than gathering


class Rows:
    """Rows of operands, each distinct one kept once.

    distinct: the rows
    number:   which of them each member has
    """

    def __init__(self, rows: list[list[int]]) -> None:
        self.ragged = len(set(map(len, rows))) > 1
        found: dict[tuple[int, ...], int] = {}
        self.number = np.array([found.setdefault(tuple(row), len(found)) for row in rows], dtype=np.intp)
        self.distinct = list(found)

    def _longest(self) -> dict[int, tuple[int, ...]]:
        longest: dict[int, tuple[int, ...]] = {}
        for row in sorted(self.distinct, key=len):
            longest[row[0]] = row
        return longest

    def _beginnings(self) -> list[tuple[int, ...]]:
        """For each distinct row the longest one that begins with it: the rows of causal attention are all part of the last."""
        longest = self._longest()
        return [row if longest[row[0]][: len(row)] != row else longest[row[0]] for row in self.distinct]

    def saved(self) -> int:
        """How many distinct rows fewer there are after completing them."""
        return len(self.distinct) - len(set(self._beginnings()))

    def complete(self) -> None:
        """Replace rows by the longest ones that begin with them: the other side has zeros there."""
        found: dict[tuple[int, ...], int] = {}
        new = np.array([found.setdefault(row, len(found)) for row in self._beginnings()], dtype=np.intp)
        self.number, self.distinct = new[self.number], list(found)

    def sort(self, keys: list[tuple[int, int]]) -> None:
        """Put the distinct rows in the order of their keys."""
        order = sorted(range(len(keys)), key=keys.__getitem__)
        rank = np.empty(len(order), dtype=np.intp)
        rank[order] = np.arange(len(order))
        self.distinct = [self.distinct[k] for k in order]
        self.number = rank[self.number]

    def table(self) -> Integers:
        """The distinct rows, filled up with HOLEs."""
        return padded(self.distinct)[0]


def completed(w: Rows, x: Rows) -> tuple[Rows, Rows]:
    """Rows of unequal length made equal on one side, where fewer rows are left; the other side has zeros there."""
    if w.ragged:
        (w if w.saved() > x.saved() else x).complete()
    return w, x


def padded(rows: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
    """Rows as one table filled up with HOLEs, and their lengths."""
    counts = np.array([len(row) for row in rows], dtype=np.intp)
    table = np.full((len(rows), counts.max()), HOLE, dtype=np.intp)
    table[np.arange(counts.max()) < counts[:, None]] = [i for row in rows for i in row]
    return table, counts


@dataclass
class Grid:
    """Pairs as blocks: w (blocks, R) and x (blocks, S) hold row numbers, member (blocks, S, R) the pairs, or HOLE."""

    w: Integers
    x: Integers
    member: Integers


def grid(w: Integers, x: Integers, n_w: int, n_x: int) -> Grid | None:
    """The blocks in which every w meets every x, or None if they are too empty or of unequal size."""
    if np.unique(w * n_x + x).size < len(w):
        return None  # two members have one pair (they differ in their bias)
    block_w, block_x, blocks = _blocks(w, x, n_w, n_x)
    rows_w = [np.flatnonzero(block_w == k) for k in range(blocks)] if blocks < len(w) else []
    rows_x = [np.flatnonzero(block_x == k) for k in range(blocks)] if blocks < len(w) else []
    if len(set(map(len, rows_w))) != 1 or len(set(map(len, rows_x))) != 1:
        blocks, block_w, block_x = 1, np.zeros_like(block_w), np.zeros_like(block_x)
        rows_w, rows_x = [np.arange(n_w)], [np.arange(n_x)]
    R, S = len(rows_w[0]), len(rows_x[0])
    if len(w) < DENSE * blocks * R * S:
        return None
    inside_w, inside_x = np.empty(n_w, dtype=np.intp), np.empty(n_x, dtype=np.intp)
    for rows in rows_w:
        inside_w[rows] = np.arange(R)
    for rows in rows_x:
        inside_x[rows] = np.arange(S)
    member = np.full((blocks, S, R), HOLE, dtype=np.intp)
    member[block_w[w], inside_x[x], inside_w[w]] = np.arange(len(w))
    return Grid(np.array(rows_w), np.array(rows_x), member)


def _blocks(w: Integers, x: Integers, n_w: int, n_x: int) -> tuple[Integers, Integers, int]:
    """Connected components of the pairs: (block of each w, block of each x, how many)."""
    leader = list(range(n_w + n_x))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = i = leader[leader[i]]
        return i

    for a, b in zip(w.tolist(), (x + n_w).tolist(), strict=True):
        leader[find(b)] = find(a)
    number: dict[int, int] = {}
    block = np.array([number.setdefault(find(i), len(number)) for i in range(n_w + n_x)], dtype=np.intp)
    return block[:n_w], block[n_w:], len(number)


def squeezed(W: Integers, X: Integers, ids: Integers, b: Integers | None) -> tuple[Any, ...]:
    """A single row is a vector: W (R, K) with R = 1 becomes (K,), and likewise X; a single number has no axis."""
    if len(X) == 1:
        X, ids, b = X[0], ids[0], b if b is None else b[0]
    if len(W) == 1:
        W, ids, b = W[0], ids[..., 0], b if b is None else b[..., 0]
    return W, X, np.asarray(ids), b if b is None else np.asarray(b)
