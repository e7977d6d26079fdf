"""Where the gradients of each array add up, on the way back from everything that reads it."""

from __future__ import annotations

import re
from itertools import islice
from math import prod
from typing import TYPE_CHECKING

from autograd.compiler.formula import Expr, bracketed, inside
from autograd.compiler.gradient import Gradient, added, total
from autograd.compiler.writer import shape_of, shape_text

if TYPE_CHECKING:
    from autograd.compiler.indexing import Indexing
    from autograd.compiler.plan import Array, Reference
    from autograd.compiler.writer import Writer

__all__ = ["Accumulator"]

TOGETHER = 8  # terms on one line
SHORT = 12  # parts: a longer gradient gets a name


class Accumulator:
    """The gradients that have come to each array.

    whole: those of the array's full shape
    parts: those of slices and gathered places of it: (function, key, gradient)
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.whole: dict[Array, list[Gradient]] = {}
        self.parts: dict[Array, list[tuple[str, str, Expr]]] = {}

    def has_reached(self, array: Array) -> bool:
        """Has any gradient come to it?"""
        return array in self.whole or array in self.parts

    # ── in ──

    def add(self, r: Reference, g: Gradient, batched: bool) -> None:
        """Add a gradient, of the operands' full shape, to the array that they are read from."""
        array = r.array
        if array is None or array not in self.writer.active or (g.factor is None and g.number == 0.0):
            return
        how = self.writer.indexing(r)
        g = _summed(r, array, how, g, batched)
        if how.kind in ("whole", "reshape"):
            self.whole.setdefault(array, []).append(_reshaped(g, how, array) if how.kind == "reshape" else g)
            return
        d = g.formula(shape_text(how.shape, array.batched))
        if how.kind == "slice":
            part = "add_at", how.as_tuple(array.batched), Expr("mT", d) if how.swapped else d
        else:
            part = "scatter", str(self.writer.places(r, how).head), d
        self.parts.setdefault(array, []).append(part)

    # ── out ──

    def so_far(self, array: Array, *, inline: bool) -> Gradient:
        """The sum of what has come in; inline: it is used once and needs no name."""
        terms = self.whole.get(array, [])
        inline = inline and len(terms) <= TOGETHER and all(t.factor is None or _is_short(t.factor) for t in terms)
        literal = all(t.factor is None for t in terms)
        if array not in self.parts and (len(terms) == 1 or literal) and (inline or literal):
            return terms[0] if len(terms) == 1 else Gradient(sum(t.number for t in terms), terms[0].over_n)
        numbers = {(abs(t.number), t.over_n) for t in terms}
        if inline and array not in self.parts and len(numbers) == 1:
            ((number, over_n),) = numbers
            units = [t.unit(shape_of(array)) for t in terms]
            return Gradient(number, over_n, added(units, [t.number < 0 for t in terms]))
        return Gradient(factor=self.named(array))

    def named(self, array: Array) -> Expr:
        """The gradient of an array under a name of its own."""
        terms, parts, shape = self.whole.get(array, []), self.parts.pop(array, []), shape_of(array)
        sum_ = total(terms[:TOGETHER], shape) if terms else Expr("zeros", Expr(shape))
        if parts and (not sum_.args or sum_.head == "broadcast_to"):
            sum_ = Expr("copy", sum_)  # what is added below must not change another gradient
        result = self.writer.let(_name_of(array), sum_)
        for k in range(TOGETHER, len(terms), TOGETHER):
            self.writer.write(str(result.head), Expr("+", result, total(terms[k : k + TOGETHER], shape)))
        for function, key, d in parts:
            self.writer.write(str(result.head), Expr(function, result, Expr(key), d))
        self.whole[array] = [Gradient(factor=result)]
        return result


def _reshaped(g: Gradient, how: Indexing, array: Array) -> Gradient:
    if g.factor is None:
        return g
    d = g.unit(shape_text(how.shape, array.batched))
    return g._replace(factor=Expr(f"{bracketed(d)}.reshape({shape_of(array)})"), full=True)


def _summed(r: Reference, array: Array, how: Indexing, g: Gradient, batched: bool) -> Gradient:
    """Summed over the samples that share the operand, and over the axes along which it was repeated."""
    over_batch = batched and not array.batched
    repeated = [t for t in range(r.index.ndim) if t not in how.kept]
    if g.factor is None:
        number = g.number * prod(r.index.shape[t] for t in repeated)
        return g._replace(number=number, over_n=g.over_n and not over_batch)
    if not (over_batch or repeated):
        return g
    axes = ([0] if over_batch else []) + [t + batched for t in repeated]
    ndim = r.index.ndim + batched
    whole = g.unit(shape_text(r.index.shape, batched))
    if ndim == 1:
        sums = Expr("row_sums", whole)
    elif ndim == 2 and axes == [0]:
        sums = Expr("column_sums", whole)
    else:
        text = "None" if ndim == len(axes) else str(axes[0]) if len(axes) == 1 else f"({', '.join(map(str, axes))})"
        sums = Expr("sum", whole, Expr(text))
    return g._replace(factor=sums, full=True)


def _is_short(e: Expr) -> bool:
    return sum(1 for _ in islice(inside(e), SHORT + 1)) <= SHORT


def _name_of(array: Array) -> str:
    """delta for a layer's pre-activation, dW for a parameter, d_name for the rest."""
    if array.role == "parameter":
        return f"d{array.name}"
    layer = re.fullmatch(r"(?:h|h_pre)(\d*)", array.name)
    return f"delta{layer[1]}" if layer and array.form in ("matmul", "dots") else f"d_{array.name}"
