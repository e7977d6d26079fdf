"""From arrays to source: the forward program, and the reverse program by the chain rule.

The local derivatives come from the op table, read with symbols. What is written
for a multi-layer perceptron is the lecture's δ procedure, which nobody wrote down:

    delta2 = (delta3 @ W3) * (h_pre2 > 0)

A gradient on its way is a number times an array (``_Gradient``), so that the 1/n of
a mean and the −1 of a difference wait until an array is due: δ = (f − y) / n.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.compiler.formula import Expr, board, inside, is_number, simplified
from autograd.compiler.views import View, view
from autograd.readings import symbols

if TYPE_CHECKING:
    from autograd.compiler.namespaces import Namespace
    from autograd.compiler.reroll import Array, Plan, Reference

__all__ = ["Code", "emit"]


TOGETHER = 8  # so many terms on one line
SHORT = 12  # a gradient of more parts gets a name


class Statement(NamedTuple):
    """``target = formula``."""

    target: str
    formula: Expr


@dataclass
class Code:
    """A program as statements.

    forward:   from leaves to the loss
    backward:  from the loss to the gradients
    loss:      the loss (a sample, if there is a batch)
    gradients: for each parameter array, its gradient's name
    constants: arrays and places that the statements speak of, by name
    batched:   is there a loss a sample?
    """

    forward: list[Statement] = field(default_factory=list)
    backward: list[Statement] = field(default_factory=list)
    loss: Expr = field(default_factory=lambda: Expr("loss"))
    gradients: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    batched: bool = False

    def in_arrays_of(self, xp: Namespace) -> dict[str, Any]:
        """The constants as arrays of a library."""
        return {k: xp.places(*c) if isinstance(c, tuple) else xp.asarray(c) for k, c in self.constants.items()}


class _Gradient(NamedTuple):
    """number · factor (/ n, if the loss is a mean over a batch); no factor means 1 everywhere.

    full: has the factor the full shape, or is part of it left to broadcasting?
    """

    number: float
    over_n: bool
    factor: Expr | None
    full: bool


def emit(plan: Plan) -> Code:
    """The statements of a plan. Names are given to its arrays on the way."""
    return _Emitter(plan).emit()


class _Emitter:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.code = Code()
        self.out = self.code.forward
        self.names: set[str] = {"n", "xp", "loss"}
        self.count: dict[str, int] = {}  # of names that were taken
        self.read_before: dict[Any, Expr] = {}
        self.rules: dict[int, tuple[Expr, tuple[Expr, ...]]] = {}
        self.named: dict[int, Expr] = {}  # parts of formulas that have a name, by identity
        self.alive: list[Any] = []  # what is known by identity must not be freed
        self.whole: dict[int, list[_Gradient]] = {}
        self.parts: dict[int, list[tuple[str, str, Expr]]] = {}
        self.active: set[int] = set()

    def emit(self) -> Code:
        plan, code = self.plan, self.code
        for array in [*plan.leaves, *plan.results]:
            array.name = self._fresh(_name_of(array, plan))
            if array.role == "parameter" or any(id(r.array) in self.active for r in array.operands):
                self.active.add(id(array))
            if array.role == "constant":
                code.constants[array.name] = np.array([plan.tape.numbers[i] for i in array.members.ravel()]).reshape(
                    array.shape
                )
        for array in plan.results:
            self._forward(array)
        assert plan.root is not None  # a thin graph has no arrays to write about
        code.loss, code.batched = self._read(plan.root), plan.root.batched
        self.out = code.backward
        self._pass(plan.root, _Gradient(1.0, code.batched, None, True), code.batched)
        complete = self._complete_after()
        for result in [*reversed(plan.results), None]:
            if result is not None and id(result) in self.active and self._has_gradient(result):
                self._backward(result)
            for leaf in complete.get(result, ()):
                code.gradients[leaf.name] = str(self._gradient_of(leaf).head)
        return code

    def _complete_after(self) -> dict[Array | None, list[Array]]:
        """The parameters by the result after which nothing more comes in: the first that reads them, or None.

        Their gradients are summed there, while what they are summed from is still in the processor's cache.
        """
        first = {r.array: array for array in reversed(self.plan.results) for r in array.operands}
        complete: dict[Array | None, list[Array]] = {}
        for leaf in self.plan.leaves:
            if leaf.role == "parameter":
                complete.setdefault(first.get(leaf), []).append(leaf)
        return complete

    # ── names ──

    def _fresh(self, name: str) -> str:
        """The name, or the name with a number when it is taken."""
        base = name
        while name in self.names:
            self.count[base] = self.count.get(base, 1) + 1
            name = f"{base}_{self.count[base]}"
        self.names.add(name)
        return name

    def _let(self, name: str, formula: Expr) -> Expr:
        name = self._fresh(name)
        self.out.append(Statement(name, formula))
        return Expr(name)

    def _constant(self, name: str, content: Any) -> Expr:
        name = self._fresh(name)
        self.code.constants[name] = content
        return Expr(name)

    # ── reading ──

    def _read(self, r: Reference, *, full: bool = False) -> Expr:
        """The operands as an array that broadcasts (full: exactly) to their shape."""
        if r.array is None:
            assert r.numbers is not None
            if not full and r.numbers.size and (r.numbers == r.numbers.flat[0]).all():
                return Expr(float(r.numbers.flat[0]))
            if id(r) not in self.read_before:
                self.read_before[id(r)] = self._constant("c", r.numbers)
            return self.read_before[id(r)]
        key = (id(r), full)
        if key not in self.read_before:
            self.read_before[key] = self._as_viewed(r, self._view(r, full))
        return self.read_before[key]

    def _view(self, r: Reference, full: bool = False) -> View:
        assert r.array is not None
        return view(r.array.shape, r.index, full=full)

    def _as_viewed(self, r: Reference, v: View) -> Expr:
        array = r.array
        assert array is not None
        text = array.name
        if v.kind == "reshape":
            text += f".reshape({_shape_of(v.shape, array.batched)})"
        elif v.kind == "slice":
            text += f"[{_key(v, array.batched)}]" + (".swapaxes(-1, -2)" if v.swapped else "")
        elif v.kind == "take":
            text = self._taken(r, v)
        missing = [t for t in range(r.index.ndim) if t not in v.kept]
        if missing and (array.batched or missing[-1] > min(v.kept, default=r.index.ndim)):
            axes = [":" if t in v.kept else "None" for t in range(r.index.ndim)]
            text += f"[{', '.join([':'] * array.batched + axes)}]"
        return Expr(text)

    def _places(self, r: Reference, v: View) -> Expr:
        assert v.index is not None
        assert r.array is not None
        key = (id(r), v.kept)
        if key not in self.read_before:
            size = r.array.members.size
            self.read_before[key] = self._constant(f"at_{r.array.name}", (v.index, size))
        return self.read_before[key]

    def _taken(self, r: Reference, v: View) -> str:
        array = r.array
        assert array is not None
        flat = _flat(Expr(array.name), array)
        arguments = [flat, self._places(r, v)] + ([] if r.fill is None else [Expr(r.fill)])
        return str(self._let(f"{array.name}_at", Expr("take", *arguments)).head)

    # ── forward ──

    def _forward(self, array: Array) -> None:
        if array.form == "join":
            parts = [self._spread(self._read(r, full=True), r, array) for r in array.operands]
            self.out.append(Statement(array.name, Expr("concat", *parts)))
            return
        form = {
            "map": self._map, "along": self._along, "matmul": self._matmul, "blocks": self._blocks, "dots": self._dots,
        }[array.form]  # fmt: skip
        self.out.append(Statement(array.name, form(array)))

    def _spread(self, e: Expr, r: Reference, array: Array) -> Expr:
        """A part of a join in the join's own number of axes."""
        shape = ", ".join(["n"] * array.batched + [str(r.index.size)])
        return (
            Expr("broadcast_to", e, Expr(f"({shape},)")) if (array.batched and not r.batched) or r.array is None else e
        )

    def _map(self, array: Array) -> Expr:
        operands = [self._read(r) for r in array.operands]
        done: dict[int, Expr] = {}
        y, slopes = array.op.rule(symbols, *operands)
        y, slopes = simplified(_expr(y), done), tuple(simplified(_expr(s), done) for s in slopes)
        self.alive += [operands, done, y, slopes]
        self.rules[id(array)] = y, slopes
        wanted = [s for s, r in zip(slopes, array.operands, strict=True) if id(r.array) in self.active]
        formula = self._with_names([y], [y, *wanted])[0]
        self.named[id(y)] = Expr(array.name)
        if all(is_number(e) for e in operands) or not any(_same_shape(r, array) for r in array.operands):
            formula = Expr("broadcast_to", formula, Expr(_shape(array)))
        return formula

    def _with_names(self, formulas: list[Expr], everything: list[Expr]) -> list[Expr]:
        """The formulas, after parts that ``everything`` uses more than once got names."""
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
            new = self._let("t", new)
            self.named[id(e)] = new
            self.alive.append(e)
        return new

    def _along(self, array: Array) -> Expr:
        x = self._read(array.operands[0], full=True)
        match array.op.name:
            case "sum":
                return Expr("row_sums", x)
            case "mean":
                return Expr("/", Expr("row_sums", x), self._counts(array))
            case "logsumexp":
                m = self._let("largest", Expr("row_max", x))
                e = self._let("e", Expr("exp", Expr("-", x, Expr("column", m))))
                total = self._let("total", Expr("row_sums", e))
                self.rules[id(array)] = m, (Expr("/", e, Expr("column", total)),)
                return Expr("+", m, Expr("log", total))
        columns = [Expr(f"{x.head}[..., {k}]") for k in range(array.operands[0].index.shape[-1])]
        y, slopes = array.op.rule(symbols, *columns)
        self.rules[id(array)] = _expr(y), tuple(map(_expr, slopes))
        return _expr(y)

    def _counts(self, array: Array) -> Expr:
        assert array.counts is not None
        counts = np.unique(array.counts)
        return Expr(float(counts[0])) if counts.size == 1 else self._constant("counts", array.counts.astype(float))

    def _matmul(self, array: Array) -> Expr:
        W, X = (self._read(r, full=True) for r in array.operands[:2])
        rows = array.operands[0].index.ndim == 2
        if not rows and array.operands[1].index.ndim == 1 and not array.batched:
            return self._plus_bias(Expr("row_dots", W, X), array)
        flat = array.operands[1].index.ndim + array.operands[1].batched <= 2
        return self._plus_bias(Expr("@" if flat else "@@", X, Expr("T", W) if rows else W), array)

    def _blocks(self, array: Array) -> Expr:
        W, X = (self._read(r, full=True) for r in array.operands[:2])
        return self._plus_bias(Expr("@@", X, Expr("mT", W)), array)

    def _dots(self, array: Array) -> Expr:
        W, X = (self._read(r, full=True) for r in array.operands[:2])
        return self._plus_bias(Expr("row_dots", W, X), array)

    def _plus_bias(self, product: Expr, array: Array) -> Expr:
        if len(array.operands) == 2:
            return product
        if array.batched and not any(r.batched for r in array.operands[:2]):
            product = Expr("broadcast_to", product, Expr(_shape(array)))
        return Expr("+", product, self._read(array.operands[2]))

    # ── backward ──

    def _has_gradient(self, array: Array) -> bool:
        return id(array) in self.whole or id(array) in self.parts

    def _backward(self, array: Array) -> None:
        if array.form == "join":
            self._backward_join(array)
        elif array.form == "map":
            self._backward_map(array)
        elif array.form == "along":
            self._backward_along(array)
        else:
            self._backward_product(array)

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
        return _Gradient(1.0, False, self._gradient_of(array), True)

    def _gradient_of(self, array: Array) -> Expr:
        """The gradient of an array under a name of its own."""
        terms, parts = self.whole.get(id(array), []), self.parts.get(id(array), [])
        total = self._total(terms[:TOGETHER], array) if terms else Expr("zeros", Expr(_shape(array)))
        if parts and (not total.args or total.head == "broadcast_to"):
            total = Expr("copy", total)  # what is added below must not change another gradient
        result = self._let(_gradient_name(array), total)
        for k in range(TOGETHER, len(terms), TOGETHER):
            more = Expr("+", result, self._total(terms[k : k + TOGETHER], array))
            self.out.append(Statement(str(result.head), more))
        for function, key, d in parts:
            self.out.append(Statement(str(result.head), Expr(function, result, Expr(key), d)))
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
        shape = shape or (_shape(array) if array is not None else "()")
        if t.factor is None:
            return Expr("full", Expr(shape), _scaled(Expr(t.number), 1.0, t.over_n))
        factor = t.factor if t.full else Expr("broadcast_to", t.factor, Expr(shape))
        return _scaled(factor, t.number, t.over_n) if scaled else factor

    def _pass(self, r: Reference, g: _Gradient, batched: bool) -> None:
        """Add a gradient, of the operands' full shape, to the array that they are read from."""
        array = r.array
        if array is None or id(array) not in self.active or (g.factor is None and g.number == 0.0):
            return
        v = self._view(r)
        g = self._summed(r, v, g, batched)
        if v.kind == "whole":
            self.whole.setdefault(id(array), []).append(g)
        elif v.kind == "reshape":
            self.whole.setdefault(id(array), []).append(self._reshaped(g, v, array))
        else:
            d = self._formula(g, None, shape=_shape_of(v.shape, array.batched))
            if v.kind == "slice":
                part = ("add_at", f"({_tuple_key(v, array.batched)},)", Expr("mT", d) if v.swapped else d)
            else:
                part = ("scatter", str(self._places(r, v).head), d)
            self.parts.setdefault(id(array), []).append(part)

    def _reshaped(self, g: _Gradient, v: View, array: Array) -> _Gradient:
        if g.factor is None:
            return g
        d = self._unit(g, _shape_of(v.shape, array.batched))
        return g._replace(factor=Expr(f"{_atom(d)}.reshape({_shape(array)})"), full=True)

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
        whole = self._unit(g, _shape_of(r.index.shape, batched))
        if ndim == 1:
            total = Expr("row_sums", whole)
        elif ndim == 2 and axes == [0]:
            total = Expr("column_sums", whole)
        else:
            text = "None" if ndim == len(axes) else str(axes[0]) if len(axes) == 1 else f"({_listed(axes)})"
            total = Expr("sum", whole, Expr(text))
        return g._replace(factor=total, full=True)

    def _backward_join(self, array: Array) -> None:
        d, start = self._gradient_of(array), 0
        for r in array.operands:
            key = f"{':, ' * array.batched}{start}:{start + r.index.size}"
            self._pass(r, _Gradient(1.0, False, Expr(f"{d.head}[{key}]"), True), array.batched)
            start += r.index.size

    def _backward_map(self, array: Array) -> None:
        wanted = [k for k, r in enumerate(array.operands) if id(r.array) in self.active]
        slopes = [self.rules[id(array)][1][k] for k in wanted]
        g = self._sum(array, inline=sum(not (is_number(s) and s.head == 0.0) for s in slopes) <= 1)
        slopes = self._with_names(slopes, slopes)
        for k, slope in zip(wanted, slopes, strict=True):
            self._pass(array.operands[k], self._chained(g, slope, array), array.batched)

    def _chained(self, g: _Gradient, slope: Expr, array: Array) -> _Gradient:
        """gradient · local derivative."""
        if is_number(slope):
            number = g.number * float(slope.head)
            return _Gradient(0.0, False, None, True) if number == 0.0 else g._replace(number=number)
        slope = _as_comparison(slope) if g.factor is not None else slope
        full = all(_same_shape(r, array) for r in array.operands)
        if g.factor is None:
            return g._replace(factor=slope, full=full)
        product = (
            "*=" if g.full and g.factor.args and (array.shape or array.batched) else "*"
        )  # a product that nobody else needs may be overwritten
        return g._replace(factor=Expr(product, g.factor, slope), full=g.full or full)

    def _backward_along(self, array: Array) -> None:
        (r,) = array.operands
        if (id(array) in self.rules and len(self.rules[id(array)][1]) != 1) or array.op.name not in (
            "sum",
            "mean",
            "logsumexp",
        ):
            self._backward_columns(array, r)
            return
        g = self._sum(array, inline=True)
        number, factor = g.number, None
        if g.factor is not None:
            g = g._replace(factor=self._unit(g, _shape(array)), full=True)
            factor = Expr("column", g.factor)
        if array.op.name == "mean":
            counts = self._counts(array)
            if is_number(counts):
                number /= float(counts.head)
            else:
                share = Expr("/", Expr(1.0), Expr("column", counts))
                factor = share if factor is None else Expr("*", factor, share)
        if array.op.name == "logsumexp":
            softmax = self._let("f", self.rules[id(array)][1][0])
            factor = softmax if factor is None else Expr("*", factor, softmax)
        full = array.op.name == "logsumexp" or factor is None
        self._pass_whole(r, _Gradient(number, g.over_n, factor, full), array.batched)

    def _pass_whole(self, r: Reference, g: _Gradient, batched: bool) -> None:
        """As ``_pass``, for operands of which every axis was read."""
        self._pass(
            r, g if g.full else g._replace(factor=self._unit(g, _shape_of(r.index.shape, batched)), full=True), batched
        )

    def _backward_columns(self, array: Array, r: Reference) -> None:
        """An op of any number of operands that has no form along an axis: a column an operand."""
        d = self._gradient_of(array)
        slopes = self.rules[id(array)][1]
        shape = Expr(_shape(array))
        columns = [Expr("broadcast_to", Expr("*", d, s), shape) for s in slopes]
        self._pass(r, _Gradient(1.0, False, Expr("stack", *columns), True), array.batched)

    def _backward_product(self, array: Array) -> None:
        W, X = array.operands[:2]
        bias = array.operands[2] if len(array.operands) > 2 else None
        backward = {"matmul": self._slopes_of_matmul, "blocks": self._slopes_of_blocks, "dots": self._slopes_of_dots}
        g = self._sum(array, inline=True) if array.form == "dots" and bias is None else None
        if g is not None and g.factor is None:  # the same slope for all: δ = (f − y)/n waits for its 1/n
            for r, other in ((W, X), (X, W)):
                if id(r.array) in self.active:
                    self._pass(
                        r,
                        g._replace(factor=self._read(other, full=True), full=r.batched or not array.batched),
                        array.batched,
                    )
            return
        d = self._gradient_of(array)
        if bias is not None:
            self._pass(bias, _Gradient(1.0, False, d, True), array.batched)
        for r, slope, batched in zip((W, X), *backward[array.form](array, d), strict=True):
            if id(r.array) in self.active:
                self._pass_whole(r, _Gradient(1.0, False, slope(), True), batched)

    def _slopes_of_matmul(self, array: Array, d: Expr) -> tuple[Any, Any]:
        W, X = array.operands[:2]
        batched = array.batched
        if batched and not X.batched:  # only the bias varies
            d, batched = self._let("d", Expr("sum", d, Expr("0"))), False
        rows, lead = W.index.ndim == 2, X.index.ndim - 1 + batched
        R, K = W.index.shape if rows else (1, *W.index.shape)

        def by_W() -> Expr:
            x = self._read(X, full=True)
            if lead == 0:
                return Expr("*", Expr("column", d) if rows else d, x)
            flat_d = Expr(f"{d.head}.reshape(-1, {R})" if rows else f"{d.head}.reshape(-1)") if lead > 1 else d
            flat_x = Expr(f"{_atom(x)}.reshape(-1, {K})") if lead > 1 else x
            return Expr("@", Expr("T", flat_d) if rows else flat_d, flat_x)

        def by_X() -> Expr:
            w = self._read(W, full=True)
            if rows:
                return Expr("@" if lead < 2 else "@@", d, w)
            return Expr("outer", d, w) if lead == 1 else Expr("*", Expr("column", d) if lead else d, w)

        return (by_W, by_X), (False, batched)

    def _slopes_of_blocks(self, array: Array, d: Expr) -> tuple[Any, Any]:
        W, X = array.operands[:2]

        def by_W() -> Expr:
            return Expr("@@", Expr("mT", d), self._read(X, full=True))

        def by_X() -> Expr:
            return Expr("@@", d, self._read(W, full=True))

        if array.batched and not (W.batched or X.batched):
            d = self._let("d", Expr("sum", d, Expr("0")))
            return (by_W, by_X), (False, False)
        return (by_W, by_X), (array.batched, array.batched)

    def _slopes_of_dots(self, array: Array, d: Expr) -> tuple[Any, Any]:
        W, X = array.operands[:2]
        column = Expr("column", d) if array.shape or array.batched else d
        factors = (
            (lambda: Expr("*", column, self._read(X, full=True))),
            (lambda: Expr("*", column, self._read(W, full=True))),
        )
        return factors, (array.batched, array.batched)


# ── small words ─────────────────────────────────────────────────────────────


def _expr(x: Any) -> Expr:
    return x if isinstance(x, Expr) else Expr(float(x) if not isinstance(x, bool) else str(x))


def _listed(numbers: Any) -> str:
    return ", ".join(map(str, numbers))


def _shape_of(shape: tuple[int, ...], batched: bool) -> str:
    parts = ["n"] * batched + [str(m) for m in shape]
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def _shape(array: Array) -> str:
    return _shape_of(array.shape, array.batched)


def _key(v: View, batched: bool) -> str:
    parts = [
        str(k) if isinstance(k, int) else f"{k.start}:{k.stop}" + (f":{k.step}" if k.step != 1 else "") for k in v.key
    ]
    return ", ".join([":"] * batched + parts)


def _tuple_key(v: View, batched: bool) -> str:
    parts = [str(k) if isinstance(k, int) else f"slice({k.start}, {k.stop}, {k.step})" for k in v.key]
    return ", ".join(["slice(None)"] * batched + parts)


def _flat(e: Expr, array: Array) -> Expr:
    if len(array.shape) == 1:
        return e
    return Expr(
        f"{e.head}.reshape({'n, ' * array.batched}-1)"
        if not array.batched
        else f"{e.head}.reshape(n, {array.members.size})"
    )


def _atom(e: Expr) -> str:
    text = board(e)
    return text if not e.args else f"({text})"


def _same_shape(r: Reference, array: Array) -> bool:
    """Is the operand read without broadcasting?"""
    if r.array is None or r.batched != array.batched:
        return False
    return len(view(r.array.shape, r.index, full=False).kept) == r.index.ndim


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


_LAYER = re.compile(r"\[(\d+)\]")


def _name_of(array: Array, plan: Plan) -> str:
    """What the model calls it: W1, b1, h_pre1, h1; the op's name where nobody said."""
    members = array.members.ravel()
    value = plan.tape.values[members[members >= 0][0]] if (members >= 0).any() else None
    if array.form == "join" or value is None:
        return array.form or "c"
    path = ".".join(filter(None, [value.module, value.label])) if array.role == "result" else value.label
    layer = _LAYER.search(path) if "." in path else None
    word = re.sub(r"\W", "", _LAYER.sub("", value.label).rpartition(".")[2])
    if not word.isidentifier():
        word = array.op.name if array.role == "result" else {"parameter": "w", "argument": "x"}.get(array.role, "data")
    elif array.role != "result" and (array.members.ndim > 1 or array.role == "argument") and len(word) == 1:
        word = word.upper()
    return f"{word}{int(layer[1]) + 1}" if layer else word


def _gradient_name(array: Array) -> str:
    """Delta for a layer's pre-activation, dW for a parameter, d_name for the rest."""
    if array.role == "parameter":
        return f"d{array.name}"
    layer = re.fullmatch(r"(?:h|h_pre)(\d*)", array.name)
    return f"delta{layer[1]}" if layer and array.form in ("matmul", "dots") else f"d_{array.name}"
