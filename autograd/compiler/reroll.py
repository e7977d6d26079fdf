"""From a tape to arrays: scalars that do the same become one vector, neurons one matrix product.

1. *Classes.* Nodes that do the same (see ``classes``) are one vector.
2. *Order.* The members of a vector are in the order of their operands, so that what is
   read is a whole array or a slice of it, and a gather only where the graph is irregular.
3. *Products.* The dots of one class are pairs (row of w, row of x). If every w meets
   every x, they are the matrix product x Wᵀ, of one sample or of a whole batch; if they
   do so in blocks (the heads of an attention), a stack of products; else Σ over pairs.
   The leaves of W are laid out in the order in which they are used, so that W is contiguous.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.classes import classes_of
from autograd.compiler.placement import Placement
from autograd.compiler.plan import HOLE, Array, Plan, Reference
from autograd.compiler.products import Rows, completed, grid, padded, squeezed
from autograd.ops import OPS, Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.plan import Integers
    from autograd.compiler.products import Grid
    from autograd.compiler.tape import Tape

__all__ = ["reroll"]

RAGGED = 2.0  # rows of unequal length share an array if padding at most doubles the work
FILLS = {"sum": 0.0, "mean": 0.0, "logsumexp": -np.inf}  # what short rows are padded with
DOT = OPS["dot"]


def reroll(tape: Tape, arguments: Sequence[Sequence[int]], parameters: set[int]) -> Plan:
    """The arrays of a tape.

    arguments:  for each argument of the program, the tape positions of its entries
    parameters: the tape positions with respect to which there will be gradients
    """
    classes = classes_of(tape, arguments, parameters)
    if classes is None:
        return _leaves_alone(tape, arguments, parameters)
    return _Rerolling(tape, classes, Placement(tape, arguments, parameters)).plan()


def _leaves_alone(tape: Tape, arguments: Sequence[Sequence[int]], parameters: set[int]) -> Plan:
    """The plan of a graph with too little in common for arrays: only its leaves are in some."""
    placement = Placement(tape, arguments, parameters)
    placement.place_rest(np.array([i for i, operands in enumerate(tape.operands) if not operands], dtype=np.intp))
    return Plan(placement.leaves, [], None, tape)


class _Rerolling:
    """Makes the arrays of every class, operands first."""

    def __init__(self, tape: Tape, classes: list[int], placement: Placement) -> None:
        self.tape, self.classes, self.placement = tape, classes, placement

    def plan(self) -> Plan:
        """The plan of the whole tape."""
        groups: dict[int, list[int]] = {}
        for i, k in enumerate(self.classes):
            if self.tape.operands[i]:
                groups.setdefault(k, []).append(i)
        for _, members in sorted(groups.items()):
            op = self.tape.ops[members[0]]
            if op is DOT:
                self._place_dots(members)
            elif op.n_ary:
                self._place_n_ary(op, members)
            else:
                self._place_map(op, members)
        root = self.placement.reference(np.array(self.tape.root))
        return Plan(self.placement.leaves, self.placement.results, root, self.tape)

    def _place_result(
        self, op: Op, form: str, ids: Integers, references: list[Reference], counts: Integers | None = None
    ) -> None:
        batched = any(r.batched for r in references)
        self.placement.place(Array("result", ids, batched, op, form, references, counts))

    def _place_map(self, op: Op, members: list[int]) -> None:
        """The op on whole arrays, element by element."""
        columns = np.array([self.tape.operands[i] for i in members], dtype=np.intp)
        order = self.placement.order_by(columns)
        columns, ids = columns[order], np.array(members, dtype=np.intp)[order]
        shape = max((self.placement.shape_of(c) for c in columns.T), key=len) if len(ids) > 1 else ()
        references = [self.placement.reference(c.reshape(shape)) for c in columns.T]
        self._place_result(op, "map", ids.reshape(shape), references)

    def _place_n_ary(self, op: Op, members: list[int]) -> None:
        """The op along the last axis of its operands, one row per member; short rows are padded."""
        for alike in _of_like_length(members, [len(self.tape.operands[i]) for i in members]):
            table, counts = padded([self.tape.operands[i] for i in alike])
            order = self.placement.order_by(table[:, :1])
            ids, table = np.array(alike, dtype=np.intp)[order], table[order]
            if op.name not in FILLS and len(set(counts.tolist())) > 1:
                for i in alike:
                    self._place_n_ary(op, [i])
                continue
            if len(ids) == 1:
                ids, table = ids.reshape(()), table[0]
            self._place_result(op, "along", ids, [self.placement.reference(table, FILLS.get(op.name))], counts[order])

    # ── dots ──

    def _place_dots(self, members: list[int]) -> None:
        """Pairs (row of w, row of x): a matrix product if they are a grid, a stack of them if they are grids."""
        for alike in _of_like_length(members, [len(self.tape.operands[i]) // 2 for i in members]):
            factors = [self._factors(i) for i in alike]
            w, x = completed(Rows([w for w, _ in factors]), Rows([x for _, x in factors]))
            x.sort([self.placement.key(row[0]) for row in x.distinct])
            bias = [self.tape.operands[i][-1] for i in alike] if len(self.tape.operands[alike[0]]) % 2 else []
            found = grid(w.number, x.number, len(w.distinct), len(x.distinct))
            if found is None or (found.member.size == 1 and self._both_vary(w.table(), x.table())):
                self._place_pairs(alike, w, x, bias)
            else:
                self._place_product(alike, found, w, x, bias)

    def _factors(self, i: int) -> tuple[list[int], list[int]]:
        """The w and the x of a dot: in each product, w is the factor of the earlier class."""
        operands, classes = self.tape.operands[i], self.classes
        n = len(operands) // 2
        pairs = [
            (w, x) if classes[w] <= classes[x] else (x, w)
            for w, x in zip(operands[:n], operands[n : 2 * n], strict=True)
        ]
        return [w for w, _ in pairs], [x for _, x in pairs]

    def _both_vary(self, W: Integers, X: Integers) -> bool:
        return self.placement.varies(W) and self.placement.varies(X)

    def _place_product(self, members: list[int], found: Grid, w: Rows, x: Rows, bias: list[int]) -> None:
        """X Wᵀ + b: of matrices if there is one block of which at most one factor varies, else of stacks of them."""
        form, W, X = "blocks", w.table()[found.w], x.table()[found.x]  # (blocks, R, K), (blocks, S, K)
        ids = np.array([*members, HOLE], dtype=np.intp)[found.member]
        b = np.array(bias, dtype=np.intp)[np.maximum(found.member, 0)] if bias else None
        if len(ids) == 1:
            W, X, ids, b = W[0], X[0], ids[0], None if b is None else b[0]
            if not self._both_vary(W, X):
                form = "matmul"
                if self.placement.varies(W):
                    W, X, ids, b = X, W, ids.T, None if b is None else b.T
                W, X, ids, b = squeezed(W, X, ids, b)
        self._place_with_bias(form, ids, W, X, b)

    def _place_pairs(self, members: list[int], w: Rows, x: Rows, bias: list[int]) -> None:
        """Σ wᵢxᵢ + b of each pair by itself."""
        ids, W, X = np.array(members, dtype=np.intp), w.table()[w.number], x.table()[x.number]
        order = self.placement.order_by(X[:, :1])
        ids, W, X, b = ids[order], W[order], X[order], np.array(bias, dtype=np.intp)[order] if bias else None
        if len(ids) == 1:
            W, X, ids, b = W[0], X[0], ids[0], None if b is None else b[0]
        self._place_with_bias("dots", np.asarray(ids), W, X, b)

    def _place_with_bias(self, form: str, ids: Integers, W: Integers, X: Integers, b: Integers | None) -> None:
        """Leaves are laid out in the order in which they are read: W first in pairs, X first in products."""
        if form == "dots":
            of_W, of_X = self.placement.reference(W, 0.0), self.placement.reference(X, 0.0)
        else:
            of_X, of_W = self.placement.reference(X, 0.0), self.placement.reference(W, 0.0)
        of_b = [] if b is None else [self.placement.reference(np.asarray(b))]
        self._place_result(DOT, form, ids, [of_W, of_X, *of_b])


def _of_like_length(members: list[int], lengths: list[int]) -> list[list[int]]:
    """All together if padding their rows costs little, else by the length of the row: 1, 2–3, 4–7, …"""
    if max(lengths) * len(members) <= RAGGED * sum(lengths):
        return [members]
    groups: dict[int, list[int]] = {}
    for i, n in zip(members, lengths, strict=True):
        groups.setdefault(n.bit_length(), []).append(i)
    return list(groups.values())
