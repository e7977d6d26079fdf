"""From a tape to arrays: scalars that do the same become one vector, neurons one matrix product.

1. *Classes.* Two nodes are of one class when the same op is applied to operands of
   the same classes; leaves are told apart by kind alone. A class is a vector.
2. *Order.* The members of a vector stand as their operands stand, so that what is
   read is a whole array or a slice of it, and a gather only where the graph is irregular.
3. *Products.* The dots of one class are pairs (row of w, row of x). If every w meets
   every x, they are the matrix product x Wᵀ, of one sample or of a whole batch; if they
   do so in blocks (the heads of an attention), a stack of products; else Σ over pairs.
   The leaves of W are laid out in the order in which they are used: W is contiguous.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.plan import HOLE, Array, Plan, Reference
from autograd.compiler.products import Rows, grid, padded, squeezed
from autograd.ops import CONSTANT, OPS, Op

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from autograd.compiler.plan import Integers
    from autograd.compiler.tape import Tape

__all__ = ["reroll"]

MANY_KINDS = 300  # so many lines of source are still read, and quickly compiled
ALIKE = 8  # nodes of a kind on average: fewer are not worth an array
RAGGED = 2.0  # rows of unequal length share an array if padding at most doubles the work
DOT = OPS["dot"]


def reroll(tape: Tape, arguments: Sequence[Sequence[int]], parameters: set[int]) -> Plan:
    """The arrays of a tape.

    arguments:  for each argument of the program, the tape positions of its entries
    parameters: the tape positions by which there will be gradients
    """
    planner = _Planner(tape, arguments, parameters)
    return planner.thin_plan() if is_thin(tape, planner.classes) else planner.plan()


# ── classes ─────────────────────────────────────────────────────────────────


def classes_of(tape: Tape, colours: Sequence[int]) -> list[int]:
    """One number a node: equal for nodes that do the same to operands that do the same.

    colours: the classes of the leaves (−1 for results), which come first
    A class is numbered after those of its operands, so their order is one in which they can be computed.
    """
    found: dict[Any, int] = {}
    first = max(colours, default=0) + 1
    classes = list(colours)
    for i, (op, operands) in enumerate(zip(tape.ops, tape.operands, strict=True)):
        if operands:
            key = (op, *_signature(op, [classes[j] for j in operands]))
            classes[i] = found.setdefault(key, first + len(found))
    return classes


def _signature(op: Op, classes: list[int]) -> tuple[Any, ...]:
    """The operands' classes; where there may be any number of them, runs of equal ones count once."""
    if op is DOT:
        n = len(classes) // 2
        pairs = zip(classes[:n], classes[n : 2 * n], strict=True)
        runs = [k for k, _ in groupby((w, x) if w <= x else (x, w) for w, x in pairs)]
        return (tuple(runs), tuple(classes[2 * n :]))
    return tuple(k for k, _ in groupby(classes)) if op.n_ary else tuple(classes)


def _names(words: dict[str, str], arrays: Sequence[Array]) -> list[str]:
    """X, X_2, w, data."""
    roles = [a.role for a in arrays]
    counts = [roles[: k + 1].count(role) for k, role in enumerate(roles)]
    return [
        words.get(role, role) + (f"_{count}" if count > 1 else "") for role, count in zip(roles, counts, strict=True)
    ]


def is_thin(tape: Tape, classes: Sequence[int]) -> bool:
    """Are there so many kinds of node, and so few nodes of each, that arrays gain nothing?"""
    kinds = len(set(classes))
    return kinds > MANY_KINDS and len(tape.ops) < ALIKE * kinds


# ── the plan ────────────────────────────────────────────────────────────────


class _Planner:
    def __init__(self, tape: Tape, arguments: Sequence[Sequence[int]], parameters: set[int]) -> None:
        self.tape = tape
        self.leaves: list[Array] = []
        self.results: list[Array] = []
        self.array_of = np.full(len(tape.ops), -1, dtype=np.intp)
        self.place_of = np.zeros(len(tape.ops), dtype=np.intp)
        self.arrays: list[Array] = []
        self.numbers = np.array(tape.numbers)
        self.is_constant = np.array([op is CONSTANT for op in tape.ops])
        self.is_leaf = np.array([not operands for operands in tape.operands])
        self.is_parameter = np.zeros(len(tape.ops), dtype=bool)
        self.is_parameter[list(parameters)] = True
        for entries in arguments:
            self.is_constant[list(entries)] = False
        self.classes = classes_of(tape, self._colours(arguments))
        for entries in arguments:
            self._place(Array("argument", np.array(entries, dtype=np.intp), batched=True))

    def _colours(self, arguments: Sequence[Sequence[int]]) -> list[int]:
        """Parameters 0, arguments from 1, then what is only read, then constants; −1 for results."""
        data, constant = len(arguments) + 1, len(arguments) + 2
        leaves = np.where(self.is_constant, constant, np.where(self.is_parameter, 0, data))
        for k, entries in enumerate(arguments, start=1):
            leaves[list(entries)] = k
        colours: list[int] = np.where(self.is_leaf, leaves, -1).tolist()
        return colours

    def plan(self) -> Plan:
        """Place every class, operands first."""
        groups: dict[int, list[int]] = {}
        for i, k in enumerate(self.classes):
            if self.tape.operands[i]:
                groups.setdefault(k, []).append(i)
        for _, members in sorted(groups.items()):
            op = self.tape.ops[members[0]]
            place = self._place_dots if op is DOT else self._place_n_ary if op.n_ary else self._place_map
            place(op, members)
        root = self.reference(np.array(self.tape.root))
        return Plan(self.leaves, self.results, root, self.tape)

    def thin_plan(self) -> Plan:
        """The leaves alone, an array for each kind: everything else is computed by walking over the tape."""
        free = np.flatnonzero(self.is_leaf & ~self.is_constant & (self.array_of < 0))
        for role, members in (("parameter", free[self.is_parameter[free]]), ("data", free[~self.is_parameter[free]])):
            if members.size:
                self._place(Array(role, members, batched=False))
        for array, name in zip(self.leaves, _names({"parameter": "w", "argument": "X"}, self.leaves), strict=True):
            array.name = name
        return Plan(self.leaves, [], None, self.tape)

    def _place(self, array: Array) -> Array:
        """Enter an array, and where each of its members is."""
        flat = array.members.ravel()
        there = flat != HOLE
        self.array_of[flat[there]] = len(self.arrays)
        self.place_of[flat[there]] = np.flatnonzero(there)
        self.arrays.append(array)
        (self.results if array.role == "result" else self.leaves).append(array)
        return array

    # ── reading ──

    def reference(self, ids: Integers, fill: float | None = None) -> Reference:
        """Where the nodes ``ids`` are found; HOLEs read ``fill``. Leaves that have no place yet are laid out so."""
        there = ids != HOLE
        if self.is_constant[ids[there]].all():
            numbers = np.where(there, self.numbers[ids], 0.0 if fill is None else fill)
            return Reference(None, ids, numbers=numbers)
        self._lay_out(ids, there)
        which = np.unique(self.array_of[ids[there]])
        array, index = self._joined(ids, there) if which.size > 1 else (self.arrays[which[0]], self.place_of[ids])
        return Reference(array, np.where(there, index, array.members.size), None if there.all() else fill)

    def _joined(self, ids: Integers, there: NDArray[np.bool_]) -> tuple[Array, Integers]:
        """What is needed of several arrays, one after the other, and where in it each of the nodes is."""
        distinct = np.unique(ids[there])
        distinct = distinct[np.lexsort((self.place_of[distinct], self.array_of[distinct]))]
        starts = np.flatnonzero(np.diff(self.array_of[distinct], prepend=-1))
        parts = [
            Reference(self.arrays[self.array_of[part[0]]], self.place_of[part])
            for part in np.split(distinct, starts[1:])
        ]
        join = Array("result", distinct, any(r.batched for r in parts), form="join", operands=parts)
        self.results.append(join)
        by_id = np.argsort(distinct)
        return join, by_id[np.searchsorted(distinct, np.where(there, ids, distinct[0]), sorter=by_id)]

    def _lay_out(self, ids: Integers, there: NDArray[np.bool_]) -> None:
        """Leaves get their place from the first who reads them: a matrix's rows one after the other."""
        loose = ids[there & (self.array_of[ids] < 0)]
        if not loose.size:
            return
        distinct = _in_order(loose)
        whole = distinct.size == ids.size
        for role, chosen in self._roles(distinct):
            members = distinct[chosen]
            if members.size:
                shape = ids.shape if whole and chosen.all() else () if members.size == 1 else members.shape
                self._place(Array(role, members.reshape(shape), False))

    def _roles(self, ids: Integers) -> list[tuple[str, NDArray[np.bool_]]]:
        constant, parameter = self.is_constant[ids], self.is_parameter[ids]
        return [("parameter", parameter), ("constant", constant), ("data", ~(parameter | constant))]

    # ── results ──

    def _standing(self, columns: Integers) -> Integers:
        """The order of members in which their operands stand: by the column that varies most among results."""
        best, most = None, 0
        for column in columns.T:
            if not self.is_constant[column].any() and (self.array_of[column] >= 0).all():
                distinct = np.unique(column).size
                if distinct > most:
                    best, most = column, distinct
        if best is None:
            return np.arange(len(columns))
        return np.lexsort((self.place_of[best], self.array_of[best]))

    def _shape_of(self, column: Integers) -> tuple[int, ...]:
        """The shape of the array that the column is, all of it and in order; else one axis."""
        k = self.array_of[column[0]] if column.size else -1
        if k >= 0 and (self.array_of[column] == k).all() and not self.is_constant[column].any():
            array = self.arrays[k]
            if array.members.size == column.size and (self.place_of[column] == np.arange(column.size)).all():
                return array.shape
        return column.shape

    def _place_map(self, op: Op, members: list[int]) -> None:
        """The op on whole arrays, element by element."""
        columns = np.array([self.tape.operands[i] for i in members], dtype=np.intp)
        order = self._standing(columns)
        columns, ids = columns[order], np.array(members, dtype=np.intp)[order]
        shape = max((self._shape_of(c) for c in columns.T), key=len) if len(ids) > 1 else ()
        references = [self.reference(c.reshape(shape)) for c in columns.T]
        self._place_result(op, "map", ids.reshape(shape), references)

    def _place_result(
        self, op: Op, form: str, ids: Integers, references: list[Reference], counts: Integers | None = None
    ) -> None:
        batched = any(r.batched for r in references)
        self._place(Array("result", ids, batched, op, form, references, counts))

    def _place_n_ary(self, op: Op, members: list[int]) -> None:
        """The op along the last axis of its operands, a row a member; short rows are filled up."""
        for alike in self._of_like_length(members, lambda i: len(self.tape.operands[i])):
            rows = [self.tape.operands[i] for i in alike]
            table, counts = padded(rows)
            order = self._standing(table[:, :1])
            ids, table = np.array(alike, dtype=np.intp)[order], table[order]
            if op.name not in FILLS and len(set(counts.tolist())) > 1:
                for i in alike:
                    self._place_n_ary(op, [i])
                continue
            if len(ids) == 1:
                ids, table = ids.reshape(()), table[0]
            self._place_result(op, "along", ids, [self.reference(table, FILLS.get(op.name))], counts[order])

    def _of_like_length(self, members: list[int], length: Callable[[int], int]) -> list[list[int]]:
        """All together if filling up their rows costs little, else by the size of the row: 1, 2–3, 4–7, …"""
        lengths = [length(i) for i in members]
        if max(lengths) * len(members) <= RAGGED * sum(lengths):
            return [members]
        groups: dict[int, list[int]] = {}
        for i, n in zip(members, lengths, strict=True):
            groups.setdefault(n.bit_length(), []).append(i)
        return list(groups.values())

    def _place_dots(self, op: Op, members: list[int]) -> None:
        for alike in self._of_like_length(members, lambda i: len(self.tape.operands[i]) // 2):
            self._place_products(op, alike)

    def _place_products(self, op: Op, members: list[int]) -> None:
        """Pairs (row of w, row of x): a matrix product if they are a grid, or grids."""
        rows = [self._factors(i) for i in members]
        w, x = Rows([r for r, _ in rows]), Rows([r for _, r in rows])
        if w.ragged and not w.completed_cheaper_than(x):
            x.complete()
        elif w.ragged:
            w.complete()
        bias = [self.tape.operands[i][-1] for i in members] if len(self.tape.operands[members[0]]) % 2 else []
        x.sort([self._key(row) for row in x.distinct])
        found = grid(w.number, x.number, len(w.distinct), len(x.distinct))
        if found is None or (found.member.size == 1 and self._varies(w.table()) and self._varies(x.table())):
            self._place_pairs(op, members, w, x, bias)
            return
        ids = np.array([*members, HOLE], dtype=np.intp)[found.member]
        at_bias = np.array(bias, dtype=np.intp)[np.maximum(found.member, 0)] if bias else None
        W, X = w.table()[found.w], x.table()[found.x]  # (blocks, R, K), (blocks, S, K)
        form = "blocks"
        if len(ids) == 1:
            W, X, ids, at_bias = W[0], X[0], ids[0], at_bias if at_bias is None else at_bias[0]
            if not (self._varies(W) and self._varies(X)):
                form = "matmul"
                if self._varies(W):
                    W, X, ids, at_bias = X, W, ids.T, at_bias if at_bias is None else at_bias.T
                W, X, ids, at_bias = squeezed(W, X, ids, at_bias)
        references = [self.reference(X, 0.0), self.reference(W, 0.0)]
        references += [self.reference(at_bias)] if at_bias is not None else []
        references[0], references[1] = references[1], references[0]
        self._place_result(op, form, ids, references)

    def _varies(self, ids: Integers) -> bool:
        """Does anything among the nodes depend on an argument?"""
        known = self.array_of[ids[ids != HOLE]]
        return any(self.arrays[k].batched for k in np.unique(known) if k >= 0)

    def _place_pairs(self, op: Op, members: list[int], w: Rows, x: Rows, bias: list[int]) -> None:
        ids, W, X = np.array(members, dtype=np.intp), w.table()[w.number], x.table()[x.number]
        order = self._standing(X[:, :1])
        ids, W, X, b = ids[order], W[order], X[order], np.array(bias, dtype=np.intp)[order if bias else []]
        if len(ids) == 1:
            ids, W, X, b = ids[0], W[0], X[0], b[0] if bias else b
        references = [
            self.reference(W, 0.0),
            self.reference(X, 0.0),
            *([self.reference(np.asarray(b))] if bias else []),
        ]
        self._place_result(op, "dots", np.asarray(ids), references)

    def _factors(self, i: int) -> tuple[list[int], list[int]]:
        """The w and the x of a dot: in each product, w is the factor of the earlier class."""
        operands, classes = self.tape.operands[i], self.classes
        n = len(operands) // 2
        pairs = [
            (w, x) if classes[w] <= classes[x] else (x, w)
            for w, x in zip(operands[:n], operands[n : 2 * n], strict=True)
        ]
        return [w for w, _ in pairs], [x for _, x in pairs]

    def _key(self, row: Sequence[int]) -> tuple[int, int]:
        return int(self.array_of[row[0]]), int(self.place_of[row[0]])


FILLS = {"sum": 0.0, "mean": 0.0, "logsumexp": -np.inf}  # what a short row is filled up with


def _in_order(ids: Integers) -> Integers:
    """The distinct ones, in order of first appearance."""
    found, first = np.unique(ids, return_index=True)
    return found[np.argsort(first)]
