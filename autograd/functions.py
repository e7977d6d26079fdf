"""Functions of Values: those of several operands as one node each, and the methods that the table's rows give to Value."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING, Any

from autograd.operands import shortened
from autograd.ops import OPS, Op
from autograd.value import Value, apply, as_value, n_ary, n_ary_of, unary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "affine", "dot", "install", "log_softmax", "logsumexp", "maximum", "mean", "median", "method_names", "minimum",
    "name", "norm", "prod", "softmax", "std", "sum_", "var",
]  # fmt: skip


# ── from the table to methods ───────────────────────────────────────────────


def method_names(op: Op) -> tuple[str, ...]:
    """What the methods of a row are called: by its name, unless Python has an operator for it, and by its aliases.

    >>> method_names(OPS["clip"]), method_names(OPS["absolute"]), method_names(OPS["negative"]), method_names(OPS["dot"])
    (('clip', 'clamp'), ('abs', 'fabs'), (), ())
    """
    if op.n_ary:
        return ()
    return op.aliases if op.operator else (op.name, *op.aliases)


_installed: set[str] = set()


def install(op: Op) -> None:
    """Give Value the method of a row: of its first operand; further operands and the row's constants are arguments.

    The table's own rows of one operand are installed on import; a row of yours when you ask for it.
    Raises ValueError for a row that gives no method, and for a name that Value has already.

    >>> Value(-2.0).leaky_relu(negative_slope=0.1)
    Value(data=-0.2, grad=0.0)
    """
    names = method_names(op)
    if OPS.get(op.name) is not op or not names:
        raise ValueError(
            f"{op!r} gives no method: a row of the op table does, of a fixed number of operands and without an operator"
        )
    taken = [name for name in names if hasattr(Value, name) and name not in _installed]
    if taken:
        raise ValueError(
            f"a Value has its own {taken[0]!r}: choose another name for {op!r}, or call it, OPS[{op.name!r}](v)"
        )
    method = _with_arguments(op) if op.constants or len(op.operands) > 1 else _plain(op)
    method.__doc__ = op.doc
    method.__name__, method.__qualname__ = names[0], f"Value.{names[0]}"  # by which it is pickled, too
    for method_name in names:
        setattr(Value, method_name, method)
    _installed.update(names)


def _plain(op: Op) -> Callable[..., Value]:
    return lambda self: unary(op, self)


def _with_arguments(op: Op) -> Callable[..., Value]:
    others = len(op.operands) - 1

    def method(self: Value, *arguments: Any, **constants: float) -> Value:
        operands, given = arguments[:others], arguments[others:]
        if len(given) > len(op.constants):
            raise TypeError(f"{op.name} takes {', '.join((*op.operands[1:], *op.constants))}, got {arguments}")
        return apply(op, self, *operands, **dict(zip(op.constants, given, strict=False)), **constants)

    return method


for _row in OPS.values():
    if len(_row.operands) == 1 and method_names(_row):
        install(_row)


def _rounded(self: Value, digits: int | None = None) -> Value:
    if digits is None:
        return self.round()
    raise TypeError(
        "a Value is rounded to whole numbers; to show its number write round(v.data, 2), "
        "to go on with two digits (v * 100).round() / 100"
    )


Value.__round__ = _rounded  # type: ignore[method-assign]
for _name in ("floor", "ceil", "trunc"):  # which ``math`` asks for by these names
    setattr(Value, f"__{_name}__", getattr(Value, _name))


# ── functions of several operands ───────────────────────────────────────────


def maximum(a: Any, b: Any) -> Value:
    """The larger of two, as a node; at a tie each gets half the gradient (``max(a, b)`` picks one).

    >>> maximum(Value(1.0), 3.0).data
    3.0
    """
    return apply(OPS["maximum"], a, b)


def minimum(a: Any, b: Any) -> Value:
    """The smaller of two, as a node; at a tie each gets half the gradient.

    >>> minimum(Value(1.0), 3.0).data
    1.0
    """
    return apply(OPS["minimum"], a, b)


_dot = OPS["dot"]


def dot(w: Iterable[Any], x: Iterable[Any], b: Any = None) -> Value:
    """Σ wᵢxᵢ + b as one node: a neuron's pre-activation.

    w, x: n numbers or Values each; b: one, or None for no bias
    Raises ValueError when the lengths differ or there is nothing to multiply, TypeError for what is no list.

    >>> dot([Value(1.0), Value(2.0)], [3.0, 4.0], Value(-0.5)).data
    10.5
    """
    w, x = _listed("dot", w), _listed("dot", x)
    if len(w) != len(x) or not w:
        raise ValueError(f"dot needs as many x as w, at least one: got {len(w)} w and {len(x)} x")
    return n_ary(_dot, w + x if b is None else (*w, *x, b))


def affine(W: Iterable[Iterable[Any]], x: Iterable[Any], b: Iterable[Any]) -> list[Value]:
    """W x + b, one ``dot`` per row: the pre-activations of a layer.

    W: m rows of n numbers or Values; x: n; b: m
    Raises ValueError when the lengths do not fit.

    >>> [v.data for v in affine([[1.0, 2.0], [0.0, 1.0]], [3.0, 4.0], [0.5, 0.0])]
    [11.5, 4.0]
    """
    x, b, rows = tuple(x), tuple(b), [tuple(w) for w in W]
    if len(rows) != len(b) or not x or set(map(len, rows)) != {len(x)}:
        raise ValueError(
            f"W x + b needs rows as long as x and one bias per row: "
            f"got rows of {[*map(len, rows)]}, {len(x)} x, {len(b)} b"
        )
    try:
        xs = [v.data for v in x]
        return [
            n_ary_of(_dot, (*w, *x, bi), [*[v.data for v in w], *xs, bi.data]) for w, bi in zip(rows, b, strict=True)
        ]
    except AttributeError:  # a number among them
        return affine([map(as_value, w) for w in rows], map(as_value, x), map(as_value, b))


def sum_(values: Iterable[Any], start: Any = 0) -> Value:
    """x₁ + … + xₙ as one node (Python's ``sum`` makes n).

    start: one more number or Value to add, as in Python's ``sum``
    Raises ValueError for no values, TypeError for a single one that is in no list.

    >>> sum_([Value(1.0), 2.0, 3.0]).data
    6.0
    """
    return _of_list(OPS["sum"], values if isinstance(start, int) and start == 0 else (*_listed("sum", values), start))


def mean(values: Iterable[Any]) -> Value:
    """(x₁ + … + xₙ)/n as one node.

    >>> mean([Value(1.0), 2.0, 6.0]).data
    3.0
    """
    return _of_list(OPS["mean"], values)


def logsumexp(values: Iterable[Any]) -> Value:
    """Ln Σ eˣⁱ as one node that can't overflow; its gradient is the softmax.

    >>> logsumexp([Value(1000.0), Value(1000.0)]).data
    1000.6931471805599
    """
    return _of_list(OPS["logsumexp"], values)


def prod(values: Iterable[Any]) -> Value:
    """x₁ · … · xₙ as one node.

    Raises ValueError for no values, TypeError for a single one that is in no list; so do the functions of lists below.

    >>> prod([Value(2.0), 3.0, 4.0]).data
    24.0
    """
    return _of_list(OPS["prod"], values)


def norm(values: Iterable[Any]) -> Value:
    """√(x₁² + … + xₙ²), the length of a vector, as one node; its slope at 0 is 0.

    >>> norm([Value(3.0), 4.0]).data
    5.0
    """
    return _of_list(OPS["hypot"], values)


def var(values: Iterable[Any]) -> Value:
    """The mean square of the deviations from the mean, 1/n Σ (xᵢ − x̄)², as NumPy has it.

    >>> var([Value(1.0), 3.0]).data
    1.0
    """
    x = _listed("var", values)
    centre = mean(x)
    return mean([(xi - centre) ** 2 for xi in x])


def std(values: Iterable[Any]) -> Value:
    """√var, the standard deviation. Raises DomainError where all are equal: a root has no slope at 0.

    >>> std([Value(1.0), 3.0]).data
    1.0
    """
    return var(values).sqrt()


def median(values: Iterable[Any]) -> Value:
    """The middle one, or the mean of the two in the middle, to which the gradient goes.

    >>> median([Value(5.0), 1.0, 2.0, 4.0]).data
    3.0
    """
    x = sorted(map(as_value, _listed("median", values)), key=lambda v: v.data)
    if not x:
        raise ValueError("median of no values: give at least one")
    return mean(x[(len(x) - 1) // 2 : len(x) // 2 + 1])


def softmax(values: Iterable[Any]) -> list[Value]:
    """Numbers as probabilities: e^xₖ / Σ e^xⱼ, as exp(xₖ − ln Σ e^xⱼ) so that nothing overflows.

    values: K Values or numbers. Two of them give the sigmoid of their difference. If the largest are infinite, they share
            the whole alike, and nothing has a slope: it is the limit of ever larger numbers.

    >>> [round(f.data, 4) for f in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    x = _listed("softmax", values)
    total = logsumexp(x)
    if isinf(total.data):
        return [as_value(share) for share in total.local_derivatives]
    return [(xk - total).exp() for xk in x]


def log_softmax(values: Iterable[Any]) -> list[Value]:
    """The logarithms of ``softmax``, xₖ − ln Σ e^xⱼ, with all their digits.

    >>> [v.data for v in log_softmax([Value(0.0), -1000.0])]
    [0.0, -1000.0]
    """
    x = _listed("log_softmax", values)
    total = logsumexp(x)
    return [xk - total for xk in x]


def _of_list(op: Op, values: Iterable[Any]) -> Value:
    operands = _listed(op.name, values)
    if not operands:
        raise ValueError(f"{op.name} of no values: give at least one")
    return n_ary(op, operands)


def _listed(function: str, values: Any) -> tuple[Any, ...]:
    try:
        return tuple(values)
    except TypeError:
        if hasattr(values, "__iter__"):
            raise
        raise TypeError(
            f"{function} takes a list of numbers or Values, got the single {shortened(values)}: [v] is a list of one"
        ) from None


# ── names for what a student sees ───────────────────────────────────────────


def name(variables: Mapping[str, Any] | None = None, **more: Any) -> None:
    """Label Values by the names of the variables that hold them; labels already given stay.

    Lists, tuples and dicts are entered: ``w = [Value(1), Value(2)]`` becomes w[0], w[1].

    >>> w, xs = Value(1.0), [Value(2.0), Value(3.0)]
    >>> name({"w": w, "xs": xs})   # in a notebook: name(locals())
    >>> w.label, xs[1].label
    ('w', 'xs[1]')
    """
    todo = [(k, v) for k, v in {**(variables or {}), **more}.items() if not k.startswith("_")]
    seen = set()
    while todo:
        label, x = todo.pop()
        if isinstance(x, Value):
            x.label = x.label or label
        elif isinstance(x, (list, tuple, dict)) and id(x) not in seen:
            seen.add(id(x))
            todo += [(f"{label}[{k!r}]", v) for k, v in (x.items() if isinstance(x, dict) else enumerate(x))]
