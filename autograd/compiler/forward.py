"""The forward program: one array after the other, by the rules of the op table, read with symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.domains import betrayal
from autograd.compiler.formula import Expr, inside, is_number, simplified
from autograd.compiler.writer import Writer, same_shape, shape_of, shape_text
from autograd.symbols import read

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Reference

__all__ = ["Forward"]


class Forward:
    """Writes the statement that computes an array, and keeps the local derivatives that its rule gave.

    rules: for each array, its value and the local derivative with respect to each operand, as formulas
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.rules: dict[Array, tuple[Expr, tuple[Expr, ...]]] = {}
        self.named: dict[int, Expr] = {}  # parts of formulas that have a name, by identity
        self.alive: list[Any] = []  # what is known by identity must not be freed

    def write(self, array: Array) -> None:
        """Write the statement that computes an array."""
        if array.form == "join":
            parts = [self._spread(self.writer.operand(r, full=True), r, array) for r in array.operands]
            self.writer.write(array.name, Expr("concat", *parts))
            return
        form = {
            "map": self._map, "along": self._along, "matmul": self._matmul, "blocks": self._blocks, "dots": self._dots,
        }[array.form]  # fmt: skip
        self.writer.write(array.name, form(array))
        if array.form == "map":
            self._note_domain(array)

    def _spread(self, e: Expr, r: Reference, array: Array) -> Expr:
        """A part of a join, with a batch axis if the join has one."""
        if r.array is None or (array.batched and not r.batched):
            return Expr("broadcast_to", e, Expr(shape_text((r.index.size,), array.batched)))
        return e

    def _map(self, array: Array) -> Expr:
        operands = [self.writer.operand(r) for r in array.operands]
        done: dict[int, Expr] = {}
        y, slopes = read(array.op, operands)
        y, slopes = simplified(y, done), tuple(simplified(s, done) for s in slopes)
        self.alive += [operands, done, y, slopes]
        self.rules[array] = y, slopes
        wanted = [s for s, r in zip(slopes, array.operands, strict=True) if r.array in self.writer.active]
        formula = self.with_names([y], [y, *wanted])[0]
        self.named[id(y)] = Expr(array.name)
        read_by_y = {part.head for part in inside(y) if isinstance(part.head, str) and not part.args}
        if is_number(y):
            return Expr("full", Expr(shape_of(array)), y)
        whole = (r for r, e in zip(array.operands, operands, strict=True) if e.head in read_by_y)
        if not any(same_shape(r, array) for r in whole):
            formula = Expr("broadcast_to", formula, Expr(shape_of(array)))
        return formula

    def _note_domain(self, array: Array) -> None:
        """Have numbers noted that are finite unless an operand has left the op's domain: they are looked at after the call."""
        numbers = tuple(float(e.head) if is_number(e) else None for e in map(self.writer.operand, array.operands))
        shown_by = betrayal(array.op, numbers)
        if shown_by == "slopes":
            slopes = [s for s in self.rules[array][1] if not is_number(s)]
            for s, named in zip(slopes, self.with_names(slopes, slopes), strict=True):
                self.named[id(s)] = self.writer.let("slope", named)
                self.writer.write("", Expr("note", self.named[id(s)]))
        elif shown_by == "value":
            self.writer.write("", Expr("note", Expr(array.name)))

    def with_names(self, formulas: list[Expr], everything: list[Expr]) -> list[Expr]:
        """The formulas, after naming the parts that ``everything`` uses more than once."""
        uses: dict[int, int] = {}
        for e in everything:
            for part in inside(e):
                for a in part.args:
                    uses[id(a)] = uses.get(id(a), 0) + 1
        return [self._rewritten(e, uses, outer=True) for e in formulas]

    def _rewritten(self, e: Expr, uses: dict[int, int], outer: bool = False) -> Expr:
        if id(e) in self.named:
            return self.named[id(e)]
        if not e.args:
            return e
        args = tuple(self._rewritten(a, uses) for a in e.args)
        new = Expr(e.head, *args)
        if uses.get(id(e), 0) > 1 and not outer:
            new = self.writer.let("t", new)
            self.named[id(e)] = new
            self.alive.append(e)
        return new

    def _along(self, array: Array) -> Expr:
        x = self.writer.operand(array.operands[0], full=True)
        match array.op.name:
            case "sum":
                return Expr("row_sums", x)
            case "mean":
                return Expr("/", Expr("row_sums", x), self.counts(array))
            case "logsumexp":
                m = self.writer.let("largest", Expr("row_max", x))
                e = self.writer.let("e", Expr("exp", Expr("-", x, Expr("column", m))))
                total = self.writer.let("total", Expr("row_sums", e))
                self.rules[array] = m, (Expr("/", e, Expr("column", total)),)
                return Expr("+", m, Expr("log", total))
        columns = [Expr(f"{x.head}[..., {k}]") for k in range(array.operands[0].index.shape[-1])]
        self.rules[array] = y, _ = read(array.op, columns)
        return Expr("full", Expr(shape_of(array)), y) if is_number(y) else y

    def counts(self, array: Array) -> Expr:
        """How many operands each member has: one number if all have the same."""
        assert array.counts is not None
        counts = np.unique(array.counts)
        if counts.size == 1:
            return Expr(float(counts[0]))
        return self.writer.constant("counts", array.counts.astype(float))

    def _matmul(self, array: Array) -> Expr:
        W, X = (self.writer.operand(r, full=True) for r in array.operands[:2])
        rows = array.operands[0].index.ndim == 2
        if not rows and array.operands[1].index.ndim == 1 and not any(r.batched for r in array.operands[:2]):
            return self._plus_bias(Expr("row_dots", W, X), array)
        flat = array.operands[1].index.ndim + array.operands[1].batched <= 2
        return self._plus_bias(Expr("@" if flat else "@@", X, Expr("T", W) if rows else W), array)

    def _blocks(self, array: Array) -> Expr:
        W, X = (self.writer.operand(r, full=True) for r in array.operands[:2])
        return self._plus_bias(Expr("@@", X, Expr("mT", W)), array)

    def _dots(self, array: Array) -> Expr:
        W, X = (self.writer.operand(r, full=True) for r in array.operands[:2])
        return self._plus_bias(Expr("row_dots", W, X), array)

    def _plus_bias(self, product: Expr, array: Array) -> Expr:
        if len(array.operands) == 2:
            return product
        if array.batched and not any(r.batched for r in array.operands[:2]):
            product = Expr("broadcast_to", product, Expr(shape_of(array)))
        return Expr("+", product, self.writer.operand(array.operands[2]))
