"""Derivatives of functions, of any order: the same rules, read with Values.

Read with Values, a rule's local derivatives are nodes themselves, so the
gradient is a graph, and a graph can be differentiated again.
"""

from __future__ import annotations

import math
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from autograd import backprop
from autograd.arrays import like_array
from autograd.contexts import collector_paused, differentiating
from autograd.elementary import FUNCTIONS, canonical, slopes_op
from autograd.forgetting import enable_grad
from autograd.functions import maximum, minimum
from autograd.operands import as_float
from autograd.ops import OPS, checked
from autograd.readings import floats
from autograd.symbols import require_readable
from autograd.value import Value, apply, as_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["expand", "grad", "gradients", "hessian", "jacobian", "value_and_grad"]


def _data(x: Any) -> float:
    return x.data if isinstance(x, Value) else as_float(x)


class _Values:
    """The number system of Values: functions make nodes, decisions read the data."""

    def __getattr__(self, name: str) -> Any:
        on_floats, name = getattr(floats, name), canonical(name)
        if name not in FUNCTIONS:
            return on_floats  # a number, as pi
        return lambda *x: _called(name, x) if any(isinstance(v, Value) for v in x) else on_floats(*x)

    maximum = staticmethod(maximum)
    minimum = staticmethod(minimum)

    @staticmethod
    def power(x: Any, y: Any) -> Any:
        """x ** y, a node if either is."""
        return x**y if isinstance(x, Value) or isinstance(y, Value) else math.pow(x, y)

    @staticmethod
    def polygamma(n: float, x: Any) -> Any:
        """The n-th derivative of ψ at x, a node if x is."""
        return OPS["polygamma"].bind(n=n)(x) if isinstance(x, Value) else FUNCTIONS["polygamma"].floats(n, x)

    @staticmethod
    def where(condition: bool, a: Any, b: Any) -> Any:
        """The branch that was taken; the other never enters the graph."""
        return a if condition else b

    @staticmethod
    def equal(a: Any, b: Any) -> bool:
        """Are the numbers equal?"""
        return _data(a) == _data(b)

    @staticmethod
    def sign(x: Any) -> float:
        """The sign of the number: flat, so a constant."""
        return floats.sign(_data(x))

    @staticmethod
    def heaviside(x: Any, at_zero: float) -> float:
        """The step: flat, so a constant."""
        return floats.heaviside(_data(x), at_zero)

    @staticmethod
    def constant(x: Any) -> float:
        """The number of ``x``, through which no gradient flows."""
        return _data(x)


def _called(name: str, x: Sequence[Any]) -> Value:
    """The node of an elementary function; where its slopes are not known, one through which no gradient can pass."""
    if FUNCTIONS[name].op is None:
        return Value(FUNCTIONS[name].floats(*map(_data, x)), tuple(map(as_value, x)), name)
    return apply(slopes_op(name), *x)


values = _Values()


def gradients(root: Value, wrt: Sequence[Value]) -> list[Value]:
    """∂root/∂v for each v in ``wrt`` ("with respect to"), as nodes that can be differentiated again.

    Nothing that exists is changed: ``.grad`` is left alone. Raises ValueError when ``.data`` was changed after the graph
    was built: unlike ``backward``, which has the slopes of the pass that was run, this computes with the numbers.

    >>> x = Value(2.0)
    >>> (dx,) = gradients(x**3, [x])
    >>> (ddx,) = gradients(dx, [x])
    >>> dx.data, ddx.data
    (12.0, 12.0)
    """
    order = backprop.topological_order(root)
    relevant = set(wrt)
    for node in order:
        if not relevant.isdisjoint(node.parents):
            relevant.add(node)
    adjoint = {root: as_value(1.0)}
    for node in reversed(order):
        upstream = adjoint.get(node)
        if upstream is None or relevant.isdisjoint(node.parents):
            continue
        for parent, local in zip(node.parents, _local_derivatives(node), strict=True):
            if parent in relevant:
                contribution = local * upstream
                adjoint[parent] = adjoint[parent] + contribution if parent in adjoint else contribution
    return [adjoint.get(v, as_value(0.0)) for v in wrt]


def _local_derivatives(node: Value) -> tuple[Any, ...]:
    if not (node.op.operands or node.op.n_ary):
        if node.op.name in FUNCTIONS:
            slopes_op(node.op.name)  # says that they are not known
        raise ValueError(f"{node!r} is opaque: without a rule in the op table its slopes can't be differentiated again")
    require_readable(node.op)
    # The slope of x**1.5 is 1.5 √x, which is 0 at 0; that √x has no slope there matters for the next derivative alone.
    token = differentiating.set(True)
    try:
        read = node.op.rule(values, *node.parents)
    finally:
        differentiating.reset(token)
    y, slopes = checked(node.op, read, len(node.parents))
    _require_current(node, _data(y))
    return slopes


def _require_current(node: Value, now: float) -> None:
    """Raises ValueError if a node has another number than its operands would give it now."""
    if now != node.data and (now == now or node.data == node.data):  # nan is unequal to itself
        raise ValueError(
            f"{node!r} is now {now:g}: .data was changed after the graph was built. Compute {node.label or 'it'} again, "
            "or use backward(), which has the slopes of the pass that was run"
        )


# ── functions of functions ──────────────────────────────────────────────────


def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """A function that gives f(x) and its gradient at once.

    f:       maps Values to one Value
    argnums: the position of the argument to differentiate with respect to, or several

    An argument is a number or a (nested) list of numbers, and its gradient has the
    same shape. Called with Values the gradient is Values again, so that ``grad(grad(f))`` works.

    A number that f returns is a constant, with slope 0. Raises TypeError for anything else that is no Value, and for a
    number that changes with the arguments: some step has lost the gradient.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    >>> value_and_grad(lambda w, x: w[0] * x + w[1], argnums=(0, 1))([2.0, 1.0], 5.0)
    (11.0, ([5.0, 1.0], 2.0))
    """
    return partial(_value_and_grad, f, argnums)


@enable_grad()
def _value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int], *args: Any, **kwargs: Any) -> Any:
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    args, chosen, traced = _traced_arguments(args, positions)
    with collector_paused():
        root = _checked(_outputs(f, args, kwargs, positions))
        found = iter(gradients(root, [v for a in chosen for v in _flat(a)]))
    slopes = tuple(_like(a, found) for a in chosen)
    result = (root, slopes[0] if isinstance(argnums, int) else slopes)
    return result if traced else _plain(result)


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The gradient of f as a function; ``grad(grad(f))`` is the second derivative, and so on.

    Arguments and errors as for ``value_and_grad``.

    >>> f = lambda x: x**4
    >>> grad(f)(2.0), grad(grad(f))(2.0), grad(grad(grad(f)))(2.0)
    (32.0, 48.0, 48.0)
    """
    return partial(_grad, f, argnums)


def _grad(f: Callable[..., Any], argnums: int | Sequence[int], *args: Any, **kwargs: Any) -> Any:
    return _value_and_grad(f, argnums, *args, **kwargs)[1]


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All first derivatives: row i holds ∂fᵢ/∂x in the shape of x.

    f: maps a list of n Values to a list of m (or one to one, then a number comes back); NumPy's arrays are lists, too

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    """
    return partial(_jacobian, f, argnum)


@enable_grad()
def _jacobian(f: Callable[..., Any], argnum: int, *args: Any, **kwargs: Any) -> Any:
    args, (x,), traced = _traced_arguments(args, (argnum,))
    outputs = _outputs(f, args, kwargs, (argnum,))
    found = [_like(x, iter(gradients(_checked(y), _flat(x)))) for y in _flat(outputs)]
    result = _like(outputs, iter(found))
    return result if traced else _plain(result)


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """All second derivatives of a scalar function: entry [i][j] is ∂²f/∂xᵢ∂xⱼ.

    >>> hessian(lambda x: x[0] * x[0] * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    return jacobian(grad(f, argnum), argnum)


_inside: ContextVar[bool] = ContextVar("inside another derivative", default=False)


def _run(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    token = _inside.set(True)
    try:
        return f(*args, **kwargs)
    finally:
        _inside.reset(token)


def _traced_arguments(args: tuple[Any, ...], positions: Sequence[int]) -> tuple[tuple[Any, ...], list[Any], bool]:
    """(arguments with fresh Values at the positions, those alone in lists, must the result stay differentiable?)."""
    for position in positions:
        if not -len(args) <= position < len(args):
            raise ValueError(
                f"no argument {position} to differentiate with respect to: the function was called with {len(args)}"
            )
    fresh = {position % len(args): _fresh(_lists(args[position])) for position in positions}
    traced = _inside.get() or any(isinstance(v, Value) for i in fresh for v in _flat(_lists(args[i])))
    args = tuple(like_array(a, fresh[i]) if i in fresh else a for i, a in enumerate(args))
    return args, [fresh[position % len(args)] for position in positions], traced


def _fresh(x: Any) -> Any:
    """The argument as Values of its own; a Value gets an alias, so that the gradient with respect
    to the argument is not mixed up with another use of the same Value inside the function.
    """
    if isinstance(x, list):
        return [_fresh(item) for item in x]
    return x.identity() if isinstance(x, Value) else Value(x)


def _lists(x: Any) -> Any:
    """Tuples and arrays as lists, inside each other too."""
    x = x.tolist() if hasattr(x, "tolist") else x
    return [_lists(item) for item in x] if isinstance(x, (list, tuple)) else x


def _flat(x: Any) -> list[Any]:
    return [leaf for item in x for leaf in _flat(item)] if isinstance(x, list) else [x]


def _like(x: Any, items: Any) -> Any:
    return [_like(item, items) for item in x] if isinstance(x, list) else next(items)


def _plain(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(map(_plain, x))
    return x.data if isinstance(x, Value) else x


def _outputs(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], positions: Sequence[int]) -> Any:
    """What f gives, in lists. A number is a constant, with slope 0.

    Raises TypeError for one that is none: it is another on both sides of here, so somewhere the gradient was lost.
    """
    outputs = _lists(_run(f, args, kwargs))
    numbers = _numbers(outputs)
    if numbers:
        at = {position % len(args) for position in positions}
        beside = []
        for h in (1e-6, -1e-6):
            moved = tuple(_moved(a, h) if i in at else a for i, a in enumerate(args))
            try:
                beside.append(_numbers(_lists(_run(f, moved, kwargs))))
            except (TypeError, ValueError, ArithmeticError):  # outside of where f is defined: it says nothing
                return outputs
        for i, y in numbers.items():
            if all(side.get(i, y) != y == y for side in beside):
                raise TypeError(_not_a_value(y))
    return outputs


def _numbers(outputs: Any) -> dict[int, Any]:
    """Those among the outputs that are no Values, by their places."""
    return {i: y for i, y in enumerate(_flat(outputs)) if not isinstance(y, Value)}


def _moved(x: Any, h: float) -> Any:
    """Values a little aside of these."""
    return [_moved(item, h) for item in x] if isinstance(x, list) else x * (1.0 + h) + h


def _checked(y: Any) -> Value:
    """A Value, or a number as a constant."""
    try:
        return as_value(y)
    except TypeError:
        raise TypeError(_not_a_value(y)) from None


def _not_a_value(y: Any) -> str:
    why = (
        "several outputs stand in a list, and jacobian has their derivatives"
        if isinstance(y, (list, tuple, dict, set))
        else "somewhere the gradient was lost. Was .data or float() used inside?"
    )
    return f"the function must return a Value, got {type(y).__name__}: {why}"


# ── for the board ───────────────────────────────────────────────────────────


def expand(root: Value) -> Value:
    """The same graph with every n-ary node (dot, sum, mean, logsumexp) as single adds and multiplies.

    Leaves are shared with the original; results are new wherever something changed.
    Gradients agree to the last few bits: only the order of additions differs. Raises ValueError when ``.data`` was
    changed after the graph was built.

    >>> from autograd import dot
    >>> w, x = [Value(1.0), Value(2.0)], [3.0, 4.0]
    >>> [v.op.symbol for v in backprop.topological_order(expand(dot(w, x))) if v.parents]
    ['×', '×', '+']
    """
    copies: dict[Value, Value] = {}
    for node in backprop.topological_order(root):
        parents = tuple(copies[p] for p in node.parents)
        if node.op.n_ary:
            require_readable(node.op)
            _require_current(node, node.op.rule(floats, *[p.data for p in node.parents])[0])
            copy = as_value(node.op.rule(values, *parents)[0])
        elif parents == node.parents:
            copy = node
        elif node.op.operands:
            copy = apply(node.op, *parents)
        else:
            copy = Value(node.data, parents, node.local_derivatives)
            copy.op = node.op
        if copy is not node and copy not in parents:
            copy.label = node.label
            _put_into(copy, parents, node.module)
        copies[node] = copy
    return copies[root]


def _put_into(copy: Value, parents: tuple[Value, ...], module: str) -> None:
    """The steps between a node and its parents belong to the part of the network that the node belonged to."""
    inside = [copy]
    while inside:
        step = inside.pop()
        step.module = module
        inside += [p for p in step.parents if p.parents and p not in parents and p.module != module]
