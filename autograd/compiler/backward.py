"""The reverse program: the chain rule on arrays.

A gradient on its way is a number times an array (``_Gradient``), so that the 1/n of
a mean and the −1 of a difference wait until an array is due: δ = (f − y) / n.
"""

from __future__ import annotations

import re
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.compiler.formula import VIEWS, Expr, inside, is_number
from autograd.compiler.statements import Statement
from autograd.compiler.writer import atom, listed, same_shape, shape_of, shape_text, tuple_key

if TYPE_CHECKING:
    from autograd.compiler.forward import Forward
    from autograd.compiler.indexing import View
    from autograd.compiler.plan import Array, Reference
    from autograd.compiler.writer import Reader

__all__ = ["Backward"]

TOGETHER = 8  # so many terms on one line
SHORT = 12  # a gradient of more parts gets a name


class _Gradient(NamedTuple):
    """number · factor (/ n, if the loss is a mean over a batch); no factor means 1 everywhere.

    full: has the factor the full shape, or is part of it left to broadcasting?
    """

    number: float
    over_n: bool
    factor: Expr | None
    full: bool


class Backward:
    """Collects what comes in for each array, and passes it on to the array's operands.

    whole: by the array's identity: gradients of its full shape
    parts: gradients of slices and gathered places of it: (function, key, gradient)
    """

    def __init__(self, reader: Reader, forward: Forward) -> None:
        self.reader, self.forward = reader, forward
        self.whole: dict[int, list[_Gradient]] = {}
        self.parts: dict[int, list[tuple[str, str, Expr]]] = {}

    def seed(self, root: Reference) -> None:
        """∂loss/∂loss = 1, a sample's share of it if there is a batch."""
        self.pass_on(root, _Gradient(1.0, root.batched, None, True), root.batched)

    def reached(self, array: Array) -> bool:
        """Has any gradient come in?"""
        return id(array) in self.whole or id(array) in self.parts

    def array(self, array: Array) -> None:
        """Pass what came in for an array on to its operands: upstream times local derivative."""
        if array.form == "join":
            self._join(array)
        elif array.form == "map":
            self._map(array)
        elif array.form == "along":
            self._along(array)
        else:
            self._product(array)

    def _sum(self, array: Array, *, inline: bool) -> _Gradient:
        """What has come in, as one gradient; inline: it is used once and needs no name."""
        terms = self.whole.get(id(array), [])
        inline = inline and len(terms) <= TOGETHER and all(t.factor is None or _short(t.factor) for t in terms)
        numbers = {(abs(t.number), t.over_n) for t in terms}
        literal = all(t.factor is None for t in terms)
        if id(array) not in self.parts and (len(terms) == 1 or literal) and (inline or literal):
            return terms[0] if len(terms) == 1 else _Gradient(sum(t.number for t in terms), terms[0].over_n, None, True)
        if inline and id(array) not in self.parts and len(numbers) == 1:
            ((number, over_n),) = numbers
            unit = [self._formula(t._replace(number=1.0, over_n=False), array) for t in terms]
            total = _added(unit, [t.number < 0 for t in terms])
            return _Gradient(number, over_n, total, True)
        return _Gradient(1.0, False, self.gradient_of(array), True)

    def gradient_of(self, array: Array) -> Expr:
        """The gradient of an array under a name of its own."""
        terms, parts = self.whole.get(id(array), []), self.parts.get(id(array), [])
        total = self._total(terms[:TOGETHER], array) if terms else Expr("zeros", Expr(shape_text(array)))
        if parts and (not total.args or total.head == "broadcast_to"):
            total = Expr("copy", total)  # what is added below must not change another gradient
        result = self.reader.let(_gradient_name(array), total)
        for k in range(TOGETHER, len(terms), TOGETHER):
            more = Expr("+", result, self._total(terms[k : k + TOGETHER], array))
            self.reader.out.append(Statement(str(result.head), more))
        for function, key, d in parts:
            self.reader.out.append(Statement(str(result.head), Expr(function, result, Expr(key), d)))
        self.whole[id(array)] = [_Gradient(1.0, False, result, True)]
        self.parts.pop(id(array), None)
        return result

    def _total(self, terms: list[_Gradient], array: Array) -> Expr:
        """The sum of gradients, a number that all share taken out: (f − y) / n."""
        numbers = {(abs(t.number), t.over_n) for t in terms}
        signs = [t.number < 0 for t in terms]
        if len(numbers) == 1 and len(terms) > 1 and all(t.factor is not None for t in terms):
            ((number, over_n),) = numbers
            unit = [self._formula(t._replace(number=1.0, over_n=False), array) for t in terms]
            return _scaled(_added(unit, signs), number, over_n)
        return _added([self._formula(t._replace(number=abs(t.number)), array) for t in terms], signs)

    def _formula(self, t: _Gradient, array: Array | None, *, scaled: bool = True, shape: str = "") -> Expr:
        """A gradient as a formula of the array's full shape."""
        shape = shape or (shape_text(array) if array is not None else "()")
        if t.factor is None:
            return Expr("full", Expr(shape), _scaled(Expr(t.number), 1.0, t.over_n))
        factor = t.factor if t.full else Expr("broadcast_to", t.factor, Expr(shape))
        return _scaled(factor, t.number, t.over_n) if scaled else factor

    def pass_on(self, r: Reference, g: _Gradient, batched: bool) -> None:
        """Add a gradient, of the operands' full shape, to the array that they are read from."""
        array = r.array
        if array is None or id(array) not in self.reader.active or (g.factor is None and g.number == 0.0):
            return
        v = self.reader.view(r)
        g = self._summed(r, v, g, batched)
        if v.kind == "whole":
            self.whole.setdefault(id(array), []).append(g)
        elif v.kind == "reshape":
            self.whole.setdefault(id(array), []).append(self._reshaped(g, v, array))
        else:
            d = self._formula(g, None, shape=shape_of(v.shape, array.batched))
            if v.kind == "slice":
                part = ("add_at", f"({tuple_key(v, array.batched)},)", Expr("mT", d) if v.swapped else d)
            else:
                part = ("scatter", str(self.reader.places(r, v).head), d)
            self.parts.setdefault(id(array), []).append(part)

    def _reshaped(self, g: _Gradient, v: View, array: Array) -> _Gradient:
        if g.factor is None:
            return g
        d = self._unit(g, shape_of(v.shape, array.batched))
        return g._replace(factor=Expr(f"{atom(d)}.reshape({shape_text(array)})"), full=True)

    def _unit(self, g: _Gradient, shape: str) -> Expr:
        """The factor of a gradient, in its full shape."""
        return self._formula(g._replace(number=1.0, over_n=False), None, shape=shape)

    def _summed(self, r: Reference, v: View, g: _Gradient, batched: bool) -> _Gradient:
        """Summed over the samples that share the operand, and over the axes along which it was repeated."""
        assert r.array is not None
        over_batch = batched and not r.array.batched
        missing = [t for t in range(r.index.ndim) if t not in v.kept]
        number = g.number * prod(r.index.shape[t] for t in missing) if g.factor is None else g.number
        if g.factor is None:
            return g._replace(number=number, over_n=g.over_n and not over_batch)
        if not (over_batch or missing):
            return g
        axes = ([0] if over_batch else []) + [t + batched for t in missing]
        ndim = r.index.ndim + batched
        whole = self._unit(g, shape_of(r.index.shape, batched))
        if ndim == 1:
            total = Expr("row_sums", whole)
        elif ndim == 2 and axes == [0]:
            total = Expr("column_sums", whole)
        else:
            text = "None" if ndim == len(axes) else str(axes[0]) if len(axes) == 1 else f"({listed(axes)})"
            total = Expr("sum", whole, Expr(text))
        return g._replace(factor=total, full=True)

    def _join(self, array: Array) -> None:
        d, start = self.gradient_of(array), 0
        for r in array.operands:
            key = f"{':, ' * array.batched}{start}:{start + r.index.size}"
            self.pass_on(r, _Gradient(1.0, False, Expr(f"{d.head}[{key}]"), True), array.batched)
            start += r.index.size

    def _map(self, array: Array) -> None:
        wanted = [k for k, r in enumerate(array.operands) if id(r.array) in self.reader.active]
        slopes = [self.forward.rules[id(array)][1][k] for k in wanted]
        g = self._sum(array, inline=sum(not (is_number(s) and s.head == 0.0) for s in slopes) <= 1)
        slopes = self.forward.with_names(slopes, slopes)
        for k, slope in zip(wanted, slopes, strict=True):
            self.pass_on(array.operands[k], self._chained(g, slope, array), array.batched)

    def _chained(self, g: _Gradient, slope: Expr, array: Array) -> _Gradient:
        """gradient · local derivative."""
        if is_number(slope):
            number = g.number * float(slope.head)
            return _Gradient(0.0, False, None, True) if number == 0.0 else g._replace(number=number)
        slope = _as_comparison(slope) if g.factor is not None else slope
        full = all(same_shape(r, array) for r in array.operands)
        if g.factor is None:
            return g._replace(factor=slope, full=full)
        # A product that nobody else needs may be overwritten.
        spare = g.full and g.factor.args and g.factor.head not in VIEWS and (array.shape or array.batched)
        return g._replace(factor=Expr("*=" if spare else "*", g.factor, slope), full=g.full or full)

    def _along(self, array: Array) -> None:
        (r,) = array.operands
        if (id(array) in self.forward.rules and len(self.forward.rules[id(array)][1]) != 1) or array.op.name not in (
            "sum",
            "mean",
            "logsumexp",
        ):
            self._columns(array, r)
            return
        g = self._sum(array, inline=True)
        number, factor = g.number, None
        if g.factor is not None:
            g = g._replace(factor=self._unit(g, shape_text(array)), full=True)
            factor = Expr("column", g.factor)
        if array.op.name == "mean":
            counts = self.forward.counts(array)
            if is_number(counts):
                number /= float(counts.head)
            else:
                share = Expr("/", Expr(1.0), Expr("column", counts))
                factor = share if factor is None else Expr("*", factor, share)
        if array.op.name == "logsumexp":
            softmax = self.reader.let("f", self.forward.rules[id(array)][1][0])
            factor = softmax if factor is None else Expr("*", factor, softmax)
        full = array.op.name == "logsumexp" or factor is None
        self._pass_whole(r, _Gradient(number, g.over_n, factor, full), array.batched)

    def _pass_whole(self, r: Reference, g: _Gradient, batched: bool) -> None:
        """As ``_pass``, for operands of which every axis was read."""
        self.pass_on(
            r, g if g.full else g._replace(factor=self._unit(g, shape_of(r.index.shape, batched)), full=True), batched
        )

    def _columns(self, array: Array, r: Reference) -> None:
        """An op of any number of operands that has no form along an axis: a column an operand."""
        d = self.gradient_of(array)
        slopes = self.forward.rules[id(array)][1]
        shape = Expr(shape_text(array))
        columns = [Expr("broadcast_to", Expr("*", d, s), shape) for s in slopes]
        self.pass_on(r, _Gradient(1.0, False, Expr("stack", *columns), True), array.batched)

    def _product(self, array: Array) -> None:
        W, X = array.operands[:2]
        bias = array.operands[2] if len(array.operands) > 2 else None
        backward = {"matmul": self._slopes_of_matmul, "blocks": self._slopes_of_blocks, "dots": self._slopes_of_dots}
        g = self._sum(array, inline=True) if array.form == "dots" and bias is None else None
        if g is not None and g.factor is None:  # the same slope for all: δ = (f − y)/n waits for its 1/n
            for r, other in ((W, X), (X, W)):
                if id(r.array) in self.reader.active:
                    self.pass_on(
                        r,
                        g._replace(factor=self.reader.read(other, full=True), full=r.batched or not array.batched),
                        array.batched,
                    )
            return
        d = self.gradient_of(array)
        if bias is not None:
            self.pass_on(bias, _Gradient(1.0, False, d, True), array.batched)
        for r, slope, batched in zip((W, X), *backward[array.form](array, d), strict=True):
            if id(r.array) in self.reader.active:
                self._pass_whole(r, _Gradient(1.0, False, slope(), True), batched)

    def _slopes_of_matmul(self, array: Array, d: Expr) -> tuple[Any, Any]:
        W, X = array.operands[:2]
        batched = array.batched
        if batched and not X.batched:  # only the bias varies
            d, batched = self.reader.let("d", Expr("sum", d, Expr("0"))), False
        rows, lead = W.index.ndim == 2, X.index.ndim - 1 + batched
        R, K = W.index.shape if rows else (1, *W.index.shape)

        def by_W() -> Expr:
            x = self.reader.read(X, full=True)
            if lead == 0:
                return Expr("*", Expr("column", d) if rows else d, x)
            flat_d = Expr(f"{d.head}.reshape(-1, {R})" if rows else f"{d.head}.reshape(-1)") if lead > 1 else d
            flat_x = Expr(f"{atom(x)}.reshape(-1, {K})") if lead > 1 else x
            return Expr("@", Expr("T", flat_d) if rows else flat_d, flat_x)

        def by_X() -> Expr:
            w = self.reader.read(W, full=True)
            if rows:
                return Expr("@" if lead < 2 else "@@", d, w)
            return Expr("outer", d, w) if lead == 1 else Expr("*", Expr("column", d) if lead else d, w)

        return (by_W, by_X), (False, batched)

    def _slopes_of_blocks(self, array: Array, d: Expr) -> tuple[Any, Any]:
        W, X = array.operands[:2]

        def by_W() -> Expr:
            return Expr("@@", Expr("mT", d), self.reader.read(X, full=True))

        def by_X() -> Expr:
            return Expr("@@", d, self.reader.read(W, full=True))

        if array.batched and not (W.batched or X.batched):
            d = self.reader.let("d", Expr("sum", d, Expr("0")))
            return (by_W, by_X), (False, False)
        return (by_W, by_X), (array.batched, array.batched)

    def _slopes_of_dots(self, array: Array, d: Expr) -> tuple[Any, Any]:
        W, X = array.operands[:2]
        column = Expr("column", d) if array.shape or array.batched else d
        factors = (
            (lambda: Expr("*", column, self.reader.read(X, full=True))),
            (lambda: Expr("*", column, self.reader.read(W, full=True))),
        )
        return factors, (array.batched, array.batched)


def _added(terms: list[Expr], negative: list[bool]) -> Expr:
    order = sorted(range(len(terms)), key=lambda k: negative[k])  # begin with one that is not subtracted
    total = Expr("neg", terms[order[0]]) if negative[order[0]] else terms[order[0]]
    for k in order[1:]:
        total = Expr("-" if negative[k] else "+", total, terms[k])
    return total


def _short(e: Expr) -> bool:
    return sum(1 for _ in islice(inside(e), SHORT + 1)) <= SHORT


def _scaled(e: Expr, number: float, over_n: bool) -> Expr:
    if number == -1.0:
        e = Expr("neg", e)
    elif number != 1.0:
        e = Expr("*", Expr(number), e)
    return Expr("/", e, Expr("n")) if over_n else e


def _as_comparison(slope: Expr) -> Expr:
    """As a factor, a step may be true and false: relu's slope is h̃ > 0."""
    if slope.head == "heaviside" and slope.args[1].head in (0.0, 1.0):
        return Expr(">" if slope.args[1].head == 0.0 else ">=", slope.args[0], Expr(0.0))
    return slope


def _gradient_name(array: Array) -> str:
    """Delta for a layer's pre-activation, dW for a parameter, d_name for the rest."""
    if array.role == "parameter":
        return f"d{array.name}"
    layer = re.fullmatch(r"(?:h|h_pre)(\d*)", array.name)
    return f"delta{layer[1]}" if layer and array.form in ("matmul", "dots") else f"d_{array.name}"
