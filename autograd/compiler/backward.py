"""The reverse program: the chain rule on arrays, from the loss to the parameters."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING

from autograd.compiler.accumulator import Accumulator
from autograd.compiler.formula import VIEWS, Expr, bracketed, is_number
from autograd.compiler.gradient import Gradient
from autograd.compiler.writer import same_shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.compiler.forward import Forward
    from autograd.compiler.plan import Array, Reference
    from autograd.compiler.writer import Writer

    _Slopes = tuple[Callable[[], Expr], Callable[[], Expr], bool, bool]  # by W and by X; whether each has a batch axis

__all__ = ["Backward"]


class Backward:
    """Passes what has come to an array on to its operands: upstream times local derivative."""

    def __init__(self, writer: Writer, forward: Forward) -> None:
        self.writer, self.forward, self.gradients = writer, forward, Accumulator(writer)

    def seed(self, root: Reference) -> None:
        """∂loss/∂loss = 1, of which each sample has its share if there is a batch."""
        self.gradients.add(root, Gradient(over_n=root.batched), root.batched)

    def has_reached(self, array: Array) -> bool:
        """Has any gradient come to the array?"""
        return array in self.writer.active and self.gradients.has_reached(array)

    def write_gradient(self, array: Array) -> str:
        """Write the gradient of an array to which all has come; its name."""
        return str(self.gradients.named(array).head)

    def write(self, array: Array) -> None:
        """Write what the operands of an array get."""
        if array.form == "join":
            self._join(array)
        elif array.form == "map":
            self._map(array)
        elif array.form == "along":
            self._along(array)
        else:
            self._product(array)

    def _join(self, array: Array) -> None:
        d, start = self.gradients.named(array), 0
        for r in array.operands:
            key = f"{':, ' * array.batched}{start}:{start + r.index.size}"
            self.gradients.add(r, Gradient(factor=Expr(f"{d.head}[{key}]")), array.batched)
            start += r.index.size

    def _map(self, array: Array) -> None:
        wanted = [k for k, r in enumerate(array.operands) if r.array in self.writer.active]
        slopes = [self.forward.rules[array][1][k] for k in wanted]
        g = self.gradients.so_far(array, inline=sum(not (is_number(s) and s.head == 0.0) for s in slopes) <= 1)
        slopes = self.forward.with_names(slopes, slopes)
        for k, slope in zip(wanted, slopes, strict=True):
            self.gradients.add(array.operands[k], self._chained(g, slope, array), array.batched)

    def _chained(self, g: Gradient, slope: Expr, array: Array) -> Gradient:
        """gradient · local derivative."""
        if is_number(slope):
            number = g.number * float(slope.head)
            return Gradient(0.0) if number == 0.0 else g._replace(number=number)
        slope = _as_comparison(slope) if g.factor is not None else slope
        full = all(same_shape(r, array) for r in array.operands)
        if g.factor is None:
            return g._replace(factor=slope, full=full)
        # A product that nobody else needs may be overwritten.
        spare = g.full and g.factor.args and g.factor.head not in VIEWS and (array.shape or array.batched)
        return g._replace(factor=Expr("*=" if spare else "*", g.factor, slope), full=g.full or full)

    def _along(self, array: Array) -> None:
        """Every operand of a sum gets δ, of a mean δ / count, of a logsumexp δ · softmax."""
        (r,) = array.operands
        if array.op.name not in ("sum", "mean", "logsumexp"):
            self._columns(array, r)
            return
        g = self.gradients.so_far(array, inline=True)
        number, factors = g.number, [] if g.factor is None else [Expr("column", g.unit(shape_of(array)))]
        if array.op.name == "mean":
            counts = self.forward.counts(array)
            if is_number(counts):
                number /= float(counts.head)
            else:
                factors.append(Expr("/", Expr(1.0), Expr("column", counts)))
        if array.op.name == "logsumexp":
            factors.append(self.writer.let("f", self.forward.rules[array][1][0]))
        full = array.op.name == "logsumexp" or not factors
        factor = reduce(mul, factors) if factors else None
        self.gradients.add(r, Gradient(number, g.over_n, factor, full), array.batched)

    def _columns(self, array: Array, r: Reference) -> None:
        """An op of any number of operands that has no form along an axis: one column per operand."""
        d = self.gradients.named(array)
        shape = Expr(shape_of(array))
        columns = [Expr("broadcast_to", Expr("*", d, s), shape) for s in self.forward.rules[array][1]]
        self.gradients.add(r, Gradient(factor=Expr("stack", *columns)), array.batched)

    # ── products: dW = δᵀ X, dX = δ W ──

    def _product(self, array: Array) -> None:
        W, X, *bias = array.operands
        if array.form == "dots" and not bias:
            g = self.gradients.so_far(array, inline=True)
            if g.factor is None:  # the same slope for all: δ = (f − y)/n waits for its 1/n
                for r, other in ((W, X), (X, W)):
                    if r.array in self.writer.active:
                        factor, full = self.writer.operand(other, full=True), other.batched or not array.batched
                        self.gradients.add(r, g._replace(factor=factor, full=full), array.batched)
                return
        d = self.gradients.named(array)
        for r in bias:
            self.gradients.add(r, Gradient(factor=d), array.batched)
        slopes = {"matmul": self._slopes_of_matmul, "blocks": self._slopes_of_blocks, "dots": self._slopes_of_dots}
        by_W, by_X, batched_W, batched_X = slopes[array.form](array, d)
        if W.array in self.writer.active:
            self.gradients.add(W, Gradient(factor=by_W()), batched_W)
        if X.array in self.writer.active:
            self.gradients.add(X, Gradient(factor=by_X()), batched_X)

    def _slopes_of_matmul(self, array: Array, d: Expr) -> _Slopes:
        W, X = array.operands[:2]
        batched = array.batched
        if batched and not X.batched:  # only the bias varies
            d, batched = self.writer.let("d", Expr("sum", d, Expr("0"))), False
        is_matrix, lead = W.index.ndim == 2, X.index.ndim - 1 + batched
        R, K = W.index.shape if is_matrix else (1, *W.index.shape)

        def by_W() -> Expr:
            x = self.writer.operand(X, full=True)
            if lead == 0:
                return Expr("*", Expr("column", d) if is_matrix else d, x)
            flat_d = Expr(f"{d.head}.reshape(-1, {R})" if is_matrix else f"{d.head}.reshape(-1)") if lead > 1 else d
            flat_x = Expr(f"{bracketed(x)}.reshape(-1, {K})") if lead > 1 else x
            return Expr("@", Expr("T", flat_d) if is_matrix else flat_d, flat_x)

        def by_X() -> Expr:
            w = self.writer.operand(W, full=True)
            if is_matrix:
                return Expr("@" if lead < 2 else "@@", d, w)
            return Expr("outer", d, w) if lead == 1 else Expr("*", Expr("column", d) if lead else d, w)

        return by_W, by_X, False, batched

    def _slopes_of_blocks(self, array: Array, d: Expr) -> _Slopes:
        W, X = array.operands[:2]
        batched = array.batched
        if batched and not (W.batched or X.batched):
            d, batched = self.writer.let("d", Expr("sum", d, Expr("0"))), False
        return (
            lambda: Expr("@@", Expr("mT", d), self.writer.operand(X, full=True)),
            lambda: Expr("@@", d, self.writer.operand(W, full=True)),
            batched,
            batched,
        )

    def _slopes_of_dots(self, array: Array, d: Expr) -> _Slopes:
        W, X = array.operands[:2]
        column = Expr("column", d) if array.shape or array.batched else d
        return (
            lambda: Expr("*", column, self.writer.operand(X, full=True)),
            lambda: Expr("*", column, self.writer.operand(W, full=True)),
            array.batched,
            array.batched,
        )


def _as_comparison(slope: Expr) -> Expr:
    """As a factor, a step may be true and false: relu's slope is h̃ > 0."""
    if slope.head == "heaviside" and slope.args[1].head == 0.0:
        return Expr(">", *slope.args)
    return slope
