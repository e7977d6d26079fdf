"""Value: a number that remembers how it was made.

Arithmetic on Values builds a graph; ``backward`` walks it by the chain rule. A
node holds its number, its parents and the local derivatives the op table gave
for exactly that forward pass: no closures and no reference cycles, so a
dropped graph is freed at once.

Storage is all that the subclasses are for: two parents, by far the most common,
are kept in the node itself and cost no tuples. Everyone reads ``parents`` and
``local_derivatives``.
"""

from __future__ import annotations

import gc
import numbers
import operator
import re
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, cast

from autograd import backprop
from autograd.errors import DomainError
from autograd.ops import CONSTANT, LEAVES, OPS, Op, by_hand
from autograd.readings import floats, ieee_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["Comparison", "Value", "affine", "apply", "as_value", "collector_paused", "comparisons", "dot", "ieee", "logsumexp", "maximum", "mean", "minimum", "name", "sum_"]  # fmt: skip

new = object.__new__
_ieee: ContextVar[bool] = ContextVar("ieee", default=False)
_comparisons: ContextVar[list[Comparison] | None] = ContextVar("comparisons", default=None)


class Value:
    """A scalar in a computation graph.

    data:     the number, a float
    grad:     ∂L/∂(this node) after ``L.backward()``
    label:    a name for drawings and errors
    module:   the path of the network part that made it ("layers[0].neurons[2]"), or ""
    op:       its row of the op table; for a leaf its kind (``kind=``): input, parameter or constant
    parents:  the nodes it was computed from, one an argument slot
    local_derivatives: ∂(this node)/∂(parent), one an argument slot

    Raises TypeError for anything that is not one real number.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a.tanh()
    >>> c.backward()
    >>> c, round(a.grad, 4), b.grad
    (Value(data=-5.0359724199241835, grad=1.0), -2.9293, 2.0)
    """

    __slots__ = ("data", "grad", "label", "module", "op")
    data: float
    grad: float
    label: str
    module: str
    op: Op

    # What only nodes with parents have. Subclasses store it, each in its way.
    parents: tuple[Value, ...] = ()
    local_derivatives: tuple[float, ...] = ()

    def __new__(cls, *_: Any, **__: Any) -> Value:
        """A Value made by hand takes attributes of the user's own; what an op makes is more compact."""
        return new(_Node if cls is Value else cls)

    def __init__(
        self, data: Any, children: Iterable[Value] = (), op: Any = "", label: str = "", *, kind: str = "input",
        local_grads: Sequence[float] = (), _children: Iterable[Value] = (), _prev: Iterable[Value] = (), _op: str = "",
    ) -> None:  # fmt: skip
        if isinstance(op, (tuple, list)):
            op, local_grads = "", op
        given = next((g for g in (children, _children, _prev) if g != ()), ())
        parents = tuple(given) if hasattr(given, "__iter__") else (None,)
        if not all(isinstance(parent, Value) for parent in parents):
            raise TypeError(f"the parents of a Value are a tuple of Values, got {_short(given)}")
        if local_grads and len(local_grads) != len(parents):
            raise ValueError(f"expected one local derivative a parent: {len(parents)}, got {len(local_grads)}")
        self.data = as_float(data)
        self.grad = 0.0
        self.label = "" if label is None else str(label)
        self.module = ""
        if kind not in LEAVES:
            raise ValueError(f"the kind of a leaf is one of {', '.join(LEAVES)}, got {kind!r}")
        self.op = _by_hand(op or _op) if parents or op or _op else LEAVES[kind]
        edges: Any = self  # of a class with room for them, by __new__
        edges.parents = parents
        edges.local_derivatives = tuple(map(as_float, local_grads))

    # ── arithmetic: the operators Python has; every other op of the table becomes a method below ──

    def __add__(self, other: Any) -> Any:
        return _binary(_add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary_reflected(_add, self, other)

    def __sub__(self, other: Any) -> Any:
        return _binary(_subtract, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary_reflected(_subtract, self, other)

    def __mul__(self, other: Any) -> Any:
        return _binary(_multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary_reflected(_multiply, self, other)

    def __truediv__(self, other: Any) -> Any:
        return _binary(_divide, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary_reflected(_divide, self, other)

    def __pow__(self, exponent: Any) -> Any:
        """A number as exponent is a constant of the op; a Value is a second parent."""
        if isinstance(exponent, Value):
            return _binary(_power, self, exponent)
        k = _operand(exponent)
        return k if k is NotImplemented else _unary(_power_constant.bind(k=k), self)

    def __rpow__(self, base: Any) -> Any:
        k = _operand(base)
        return k if k is NotImplemented else _unary(_exponential.bind(base=k), self)

    def __neg__(self) -> Value:
        return _unary(_negative, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return _unary(_absolute, self)

    if TYPE_CHECKING:  # one method a row of the table, installed below

        def __getattr__(self, name: str) -> Callable[..., Value]: ...

    # ── comparisons read the data; == and hash are identity, so Values can be kept in sets ──

    def __lt__(self, other: Any) -> Any:
        return _compared(self, other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return _compared(self, other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return _compared(self, other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return _compared(self, other, operator.ge)

    # ── what a float can't do silently, a Value doesn't ──

    def __bool__(self) -> NoReturn:
        raise TypeError("is a Value true? Ask about its number: `v.data != 0`, `v > 0`, or `v is not None`")

    def __float__(self) -> NoReturn:
        raise TypeError(
            "a Value is not a float: its gradient would be lost without a word. "
            "For the number write v.data; for math.exp(v) write v.exp(), and so with log, sin, …"
        )

    def __int__(self) -> NoReturn:
        raise TypeError("a Value is not a plain number; for its number write v.data: int(v.data), round(v.data, 2)")

    def __round__(self, digits: int | None = None) -> NoReturn:
        self.__int__()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy arithmetic goes element by element and gives Values; NumPy functions would lose the gradient."""
        holds_values = all(a.dtype == object for a in kwargs.get("out", ()))
        if method != "__call__" or ufunc.__name__ not in _ELEMENTWISE or set(kwargs) - {"out"} or not holds_values:
            raise TypeError(_cannot_trace(ufunc.__name__))
        asarray = sys.modules["numpy"].asarray
        operands = [
            asarray(x if hasattr(x, "dtype") and x.shape else _operand_of_ufunc(x)).astype(object) for x in inputs
        ]
        return ufunc(*operands, **kwargs)

    # ── the chain rule ──

    def backward(self) -> None:
        """Give every node below this one its gradient ∂self/∂node.

        Gradients of results are set anew; those of leaves are added to what is
        there, so call ``zero_grad`` between training steps.
        """
        backprop.backward(self)

    def _backward(self) -> None:
        """Pass this node's gradient on to its parents: parent.grad += local derivative · grad."""
        upstream, slopes = self.grad, self.local_derivatives
        if not slopes:
            return self._require_leaf()
        if upstream == 0.0 and isfinite(sum(slopes)):
            return None  # Adding zeros changes nothing, and half of a ReLU network is zeros; 0 · ∞ is another matter.
        for parent, local in zip(self.parents, slopes):  # noqa: B905  # checked when built
            parent.grad += local * upstream
        return None

    def _require_leaf(self) -> None:
        if self.parents:
            raise ValueError(
                f"{self!r} was made by hand with parents but without local derivatives, so no gradient can pass. "
                "Give them, Value(data, parents, local_grads), or assign its _backward."
            )

    def zero_grad(self) -> None:
        """Set the gradient of this node and of every node below it to 0."""
        backprop.zero_grad(self)

    # ── names that teaching code for other engines uses ──

    @property
    def _prev(self) -> frozenset[Value]:
        return frozenset(self.parents)

    @property
    def _children(self) -> tuple[Value, ...]:
        return self.parents

    @property
    def _local_grads(self) -> tuple[float, ...]:
        return self.local_derivatives

    @property
    def _op(self) -> str:
        return "" if self.op in _KINDS else self.op.operator or self.op.symbol

    # ── showing, copying, saving ──

    def __repr__(self) -> str:
        return f"Value(data={self.data!r}, grad={self.grad!r})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        from autograd.view import mimebundle  # the one import against the stream

        return mimebundle(self)

    def __copy__(self) -> Value:
        return _node(self.op, self.data, self.parents, self.local_derivatives, *_decoration(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        # Iterative, so that a million-node chain copies; memo keeps shared nodes shared.
        for node in backprop.topological_order(self):
            if id(node) not in memo:
                parents = tuple(memo[id(parent)] for parent in node.parents)
                grad, label, module, kind, own = _decoration(node)
                memo[id(node)] = copy = _node(
                    node.op, node.data, parents, node.local_derivatives, grad, label, module, kind, own
                )
                if own:
                    vars(copy).update(
                        deepcopy(own, memo)
                    )  # after the memo knows the node: an attribute may lead back to it
        return cast("Value", memo[id(self)])

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the whole graph below as one flat list. Leaves stay objects, so what shares them still does;
        results pickled beside each other, [hidden, loss], come back as graphs of their own over those leaves.
        """
        if not self.parents:
            *decoration, own = _decoration(self)
            shell: dict[str, Any] | None = None if own is None else {}
            return _node, (self.op, self.data, (), (), *decoration, shell), own or None
        order = backprop.topological_order(self)
        leaves = [node for node in order if not node.parents]
        results = order[len(leaves) :]
        index = {node: i for i, node in enumerate(order)}
        rows = [
            (v.op, v.data, tuple(index[p] for p in v.parents), v.local_derivatives, *_decoration(v)) for v in results
        ]
        return _regrown, (leaves, rows)


class _Node(Value):
    """A leaf that a user made, or a result: it takes attributes of the user's own (``p.momentum = 0.0``).

    One class for both: the loops over a node's parents run half as fast again when all are of one class.
    """

    __slots__ = ("__dict__", "__weakref__", "local_derivatives", "parents")


class _Binary(Value):
    """The result of an op of two operands."""

    __slots__ = ("_dx", "_dy", "_x", "_y")
    _x: Value
    _y: Value
    _dx: float
    _dy: float

    @property
    def parents(self) -> tuple[Value, ...]:  # type: ignore[override]  # read-only here
        return (self._x, self._y)

    @property
    def local_derivatives(self) -> tuple[float, ...]:  # type: ignore[override]
        return (self._dx, self._dy)

    def _backward(self) -> None:
        self._x.grad += self._dx * self.grad
        self._y.grad += self._dy * self.grad


_STORAGE = (Value, _Node, _Binary)
for _storage in _STORAGE:
    _storage.__name__ = _storage.__qualname__ = "Value"  # an AttributeError should speak of a Value


# ── making nodes ────────────────────────────────────────────────────────────


def apply(op: Op, *operands: Any) -> Value:
    """The node ``op(*operands)``: read the rule with floats, keep value and local derivatives.

    Numbers among the operands become constants.
    Raises DomainError where the op or its slope has no value.

    >>> apply(OPS["exp"], 0.0)
    Value(data=1.0, grad=0.0)
    """
    match operands:
        case (x,):
            return _unary(op, as_value(x))
        case (x, y) if not op.n_ary:
            return cast("Value", _binary(op, as_value(x), y))
    return _of_many(op, operands)


def _of_many(op: Op, operands: tuple[Any, ...]) -> Value:
    try:
        return _applied(op, operands, [v.data for v in operands])
    except AttributeError:  # a number among them; asking each beforehand would cost more than the op
        return _of_many(op, tuple(map(as_value, operands)))


def _applied(op: Op, operands: tuple[Any, ...], numbers: list[float]) -> Value:
    """The node of an op of any number of operands whose numbers have been read."""
    try:
        y, local = op.rule(floats, *numbers)
        if y.__class__ is not float:
            raise TypeError
    except (TypeError, ValueError, ArithmeticError):
        operands = tuple(map(as_value, operands))
        y, local = _reread(op, operands)
    node = new(_Node)
    node.data = y
    node.grad = 0.0
    node.label = node.module = ""
    node.op = op
    node.parents = operands
    node.local_derivatives = local
    return node


def _unary(op: Op, x: Value) -> Value:
    """``apply`` for one operand that is known to be a Value."""
    try:
        y, local = op.rule(floats, x.data)
        if y.__class__ is not float or x.data.__class__ is not float:
            raise TypeError
    except (TypeError, ValueError, ArithmeticError):
        y, local = _reread(op, (x,))
    node = new(_Node)
    node.data = y
    node.grad = 0.0
    node.label = node.module = ""
    node.op = op
    node.parents = (x,)
    node.local_derivatives = local
    return node


def _binary(op: Op, x: Value, y: Any) -> Any:
    """``apply`` for two operands, where most of the time goes; ``y`` may still be a number."""
    if not isinstance(y, Value):
        y = _operand(y)
        if y is NotImplemented:
            return y
        y = _constant(y)
    try:
        z, (dx, dy) = op.rule(floats, x.data, y.data)
        if z.__class__ is not float or x.data.__class__ is not float or y.data.__class__ is not float:
            raise TypeError
    except (TypeError, ValueError, ArithmeticError):
        z, (dx, dy) = _reread(op, (x, y))
    node = new(_Binary)
    node.data = z
    node.grad = 0.0
    node.label = node.module = ""
    node.op = op
    node._x = x
    node._y = y
    node._dx = dx
    node._dy = dy
    return node


def _binary_reflected(op: Op, y: Value, x: Any) -> Any:
    x = _operand(x)
    return x if x is NotImplemented else _binary(op, _constant(x), y)


def _reread(op: Op, operands: Sequence[Value]) -> tuple[float, tuple[float, ...]]:
    """A reading that failed, or did not end in a float: find out which of three things happened.

    The user put something other than a float into ``.data`` (read again with a
    float, or TypeError); a legal op overflowed (IEEE's ±inf); the domain was left
    (DomainError, or IEEE's values inside ``ieee()`` and for operands that were
    not finite to begin with).
    """
    x = [as_float(v.data) for v in operands]
    try:
        y, local = op.rule(floats, *x)
    except OverflowError:
        return ieee_read(op, x)
    except (ValueError, ZeroDivisionError):
        if _ieee.get() or not all(map(isfinite, x)):
            return ieee_read(op, x)
        raise DomainError(_outside(op, x, operands)) from None
    if isinstance(y, complex):
        raise TypeError(f"the rule of {op.name!r} gave {y!r}: a Value is never complex")
    return as_float(y), tuple(map(as_float, local))


def _outside(op: Op, x: Sequence[float], operands: Sequence[Value]) -> str:
    """What to say when an op was asked for something outside its domain."""
    names = op.operands or [f"x{i + 1}" for i in range(len(x))]
    named = re.findall(r"\w+", op.domain)
    got = [
        f"{name} = {xi:g}" + (f" at node {_short(v.label)}" if v.label else "")
        for name, xi, v in zip(names, x, operands, strict=True)
        if name in named or not op.operands
    ] + [f"{k} = {c:g}" for k, c in op.constants.items()]
    needs = f"needs {op.domain}" if op.domain else "has no value here"
    return f"{op.name.removesuffix('_constant')} {needs}, got {', '.join(got)}. {op.hint}".rstrip()


def _constant(x: float) -> Value:
    node = new(Value)
    node.data = x
    node.grad = 0.0
    node.label = node.module = ""
    node.op = CONSTANT
    return node


def _by_hand(symbol: Any) -> Op:
    if not isinstance(symbol, str):
        raise TypeError(
            f"the third argument of Value is an op's symbol or a tuple of local derivatives, got {symbol!r}"
        )
    return by_hand(symbol)


def _node(
    op: Op, data: float, parents: tuple[Value, ...], local: tuple[float, ...], grad: float, label: str, module: str,
    kind: type[Value] | None, own: dict[str, Any] | None,
) -> Value:  # fmt: skip
    """A node from its parts, in the storage that fits; ``own`` are attributes of a node made by hand."""
    node: Any
    if own is not None:
        node = new(kind or _Node)
        node.parents = parents
        node.local_derivatives = local
        if own:
            vars(node).update(own)
    elif parents:
        node = new(_Binary)
        node._x, node._y = parents
        node._dx, node._dy = local
    else:
        node = new(Value)
    node.data, node.grad, node.label, node.module, node.op = data, grad, label, module, op
    return cast("Value", node)


def _decoration(node: Value) -> tuple[float, str, str, type[Value] | None, dict[str, Any] | None]:
    """All of a node but its edges: gradient, names, and for one made by hand the user's own class and attributes."""
    own = dict(vars(node)) if hasattr(node, "__dict__") else None
    if own and "_backward" in own:
        raise TypeError(
            f"{node!r} has a _backward of its own, which would pass gradients to the original's parents; it can't be copied or saved"
        )
    return node.grad, node.label, node.module, None if type(node) in _STORAGE else type(node), own


def _regrown(leaves: list[Value], rows: list[tuple[Any, ...]]) -> Value:
    nodes = list(leaves)
    for op, data, parents, *rest in rows:
        nodes.append(_node(op, data, tuple(nodes[i] for i in parents), *rest))
    return nodes[-1]


# ── what may become an operand ──────────────────────────────────────────────


def as_float(x: Any) -> float:
    """One real number as a Python float: int, float, bool, Fraction, NumPy scalar, 0-d array.

    Raises TypeError for anything else, saying what to pass.

    >>> as_float(True)
    1.0
    >>> as_float("2")
    Traceback (most recent call last):
    TypeError: a Value holds one real number, got '2' (str); convert text first: Value(float(text))
    """
    if x.__class__ is float:
        return x
    if getattr(x, "shape", None) == () and hasattr(x, "item"):
        x = x.item()  # a 0-d array or a NumPy scalar
    problem = _why_not_a_number(x)
    if problem:
        raise TypeError(f"a Value holds one real number, got {_short(x)} ({type(x).__name__}){problem}")
    try:
        return float(x)
    except OverflowError:
        raise TypeError(f"a Value holds one real number, got {_short(x)}, larger than any float") from None


def _why_not_a_number(x: Any) -> str | None:
    """None for one real number; otherwise what to say to the user."""
    if isinstance(x, Value):
        return "; it is a Value already, use it as it is (or v.data for its number)"
    if isinstance(x, (str, bytes)):
        return "; convert text first: Value(float(text))"
    if isinstance(x, (list, tuple)) or getattr(x, "shape", ()) != ():
        return "; make one Value a number: [Value(x) for x in xs]"
    if isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real):
        return "; gradients here are of real functions, pass z.real or z.imag"
    if not hasattr(x, "__float__"):
        return "; pass an int or a float"
    return None


def _operand(x: Any) -> Any:
    """A number beside an operator as a float, or NotImplemented (an array takes over, and goes element by element)."""
    if x.__class__ is float or x.__class__ is int:
        try:
            return float(x)
        except OverflowError:
            return as_float(x)
    if hasattr(x, "__array_ufunc__") and getattr(x, "shape", ()) != ():
        return NotImplemented
    return as_float(x)


def _short(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 60 else text[:57] + "..."


def as_value(x: Any) -> Value:
    """``x`` itself if it is a Value, else a constant."""
    return x if isinstance(x, Value) else _constant(as_float(x))


def _operand_of_ufunc(x: Any) -> Any:
    # A NumPy number inside an object array would come back here for ever.
    return x if isinstance(x, (Value, list, tuple)) else as_float(x)


def _cannot_trace(function: str) -> str:
    try_this = (
        f"v.{function}()"
        if hasattr(Value, function)
        else f"autograd.{function}(a, b)"
        if function in ("maximum", "minimum")
        else ""
    )
    in_place = " (an array of floats can't hold Values: arr.astype(object) can)" if function in _ELEMENTWISE else ""
    return f"np.{function} can't be traced through a Value{in_place}; write {try_this or 'it with operators and methods of Value'}, or v.data for the number"


class Comparison(NamedTuple):
    """A question that a program asked of numbers in a graph: was ``relation(left, right)`` true?"""

    relation: Callable[[float, float], bool]
    left: Value
    right: Value | float
    outcome: bool


def _compared(v: Value, other: Any, relation: Callable[[float, float], bool]) -> Any:
    x = other.data if isinstance(other, Value) else _operand(other)
    if x is NotImplemented:
        return x
    outcome, asked = relation(v.data, x), _comparisons.get()
    if asked is not None:
        asked.append(Comparison(relation, v, other if isinstance(other, Value) else x, outcome))
    return outcome


# ── from the table to methods and functions ─────────────────────────────────

_add, _subtract, _multiply, _divide = (OPS[n] for n in ("add", "subtract", "multiply", "divide"))
_power, _power_constant, _exponential = (OPS[n] for n in ("power", "power_constant", "exponential"))
_negative, _absolute = OPS["negative"], OPS["absolute"]
_KINDS = frozenset(LEAVES.values())
_ELEMENTWISE = frozenset(
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "true_divide",
        "power",
        "float_power",
        "negative",
        "positive",
        "absolute",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "equal",
        "not_equal",
    ]
)


def method_of(op: Op) -> Callable[..., Value]:
    """The method that a row of one operand gives to Value; its constants become keyword arguments.

    >>> Value(-2.0).leaky_relu(negative_slope=0.1)
    Value(data=-0.2, grad=0.0)
    """
    if op.constants:

        def method(self: Value, *constants: float, **named: float) -> Value:
            given = dict(zip(op.constants, constants, strict=False)) | named
            unknown = set(given) - set(op.constants)
            if unknown or len(constants) > len(op.constants):
                raise TypeError(f"{op.name} takes {', '.join(op.constants)}, got {', '.join(unknown) or constants}")
            return _unary(op.bind(**{k: as_float(c) for k, c in given.items()}), self)
    else:

        def method(self: Value) -> Value:  # type: ignore[misc]  # one name, two forms
            return _unary(op, self)

    method.__name__, method.__qualname__ = op.name, f"Value.{op.name}"  # by which it is pickled, too
    method.__doc__ = op.doc
    return method


def install(op: Op) -> None:
    """Give Value the method of a row of one operand. The table's own rows are installed on import."""
    method = method_of(op)
    for method_name in (op.name, *op.aliases):
        setattr(Value, method_name, method)


for _row in OPS.values():
    if len(_row.operands) == 1:
        install(_row)


def maximum(a: Any, b: Any) -> Value:
    """The larger of two, as a node; at a tie each gets half the gradient (``max(a, b)`` picks one).

    >>> maximum(Value(1.0), 3.0).data
    3.0
    """
    return cast("Value", _binary(OPS["maximum"], as_value(a), b))


def minimum(a: Any, b: Any) -> Value:
    """The smaller of two, as a node; at a tie each gets half the gradient.

    >>> minimum(Value(1.0), 3.0).data
    1.0
    """
    return cast("Value", _binary(OPS["minimum"], as_value(a), b))


def dot(w: Iterable[Any], x: Iterable[Any], b: Any = None) -> Value:
    """Σ wᵢxᵢ + b as one node: a neuron's pre-activation.

    w, x: n numbers or Values each; b: one, or None for no bias
    Raises ValueError when the lengths differ or there is nothing to multiply, TypeError for what is no list.

    >>> dot([Value(1.0), Value(2.0)], [3.0, 4.0], Value(-0.5)).data
    10.5
    """
    w, x = _many("dot", w), _many("dot", x)
    if len(w) != len(x) or not w:
        raise ValueError(f"dot needs as many x as w, at least one: got {len(w)} w and {len(x)} x")
    return _of_many(_dot, w + x if b is None else (*w, *x, b))


def affine(W: Iterable[Iterable[Any]], x: Iterable[Any], b: Iterable[Any]) -> list[Value]:
    """W x + b, a ``dot`` a row: the pre-activations of a layer.

    W: m rows of n numbers or Values; x: n; b: m
    Raises ValueError when the lengths do not fit.

    >>> [v.data for v in affine([[1.0, 2.0], [0.0, 1.0]], [3.0, 4.0], [0.5, 0.0])]
    [11.5, 4.0]
    """
    x, b, rows = tuple(x), tuple(b), [tuple(w) for w in W]
    if len(rows) != len(b) or not x or set(map(len, rows)) != {len(x)}:
        raise ValueError(
            f"W x + b needs rows as long as x and a bias a row: got rows of {[*map(len, rows)]}, {len(x)} x, {len(b)} b"
        )
    try:
        xs = [v.data for v in x]
        return [
            _applied(_dot, (*w, *x, bi), [*[v.data for v in w], *xs, bi.data]) for w, bi in zip(rows, b, strict=True)
        ]
    except AttributeError:  # a number among them
        return affine([map(as_value, w) for w in rows], map(as_value, x), map(as_value, b))


def _many(what: str, values: Any) -> tuple[Any, ...]:
    try:
        return tuple(values)
    except TypeError:
        if hasattr(values, "__iter__"):
            raise
        raise TypeError(
            f"{what} takes a list of numbers or Values, got the single {_short(values)}: [v] is a list of one"
        ) from None


def _nonempty(op: Op, values: Iterable[Any]) -> Value:
    operands = _many(op.name, values)
    if not operands:
        raise ValueError(f"{op.name} of no values: give at least one")
    return _of_many(op, operands)


def sum_(values: Iterable[Any], start: Any = 0) -> Value:
    """x₁ + … + xₙ as one node (Python's ``sum`` makes n).

    start: one more number or Value to add, as in Python's ``sum``
    Raises ValueError for no values, TypeError for a single one that is in no list.

    >>> sum_([Value(1.0), 2.0, 3.0]).data
    6.0
    """
    return _nonempty(OPS["sum"], values if isinstance(start, int) and start == 0 else (*_many("sum", values), start))


def mean(values: Iterable[Any]) -> Value:
    """(x₁ + … + xₙ)/n as one node.

    >>> mean([Value(1.0), 2.0, 6.0]).data
    3.0
    """
    return _nonempty(OPS["mean"], values)


def logsumexp(values: Iterable[Any]) -> Value:
    """Ln Σ eˣⁱ as one node that can't overflow; its gradient is the softmax.

    >>> logsumexp([Value(1000.0), Value(1000.0)]).data
    1000.6931471805599
    """
    return _nonempty(OPS["logsumexp"], values)


_dot = OPS["dot"]


# ── conveniences ────────────────────────────────────────────────────────────


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


@contextmanager
def ieee() -> Iterator[None]:
    """Inside, leaving a domain gives IEEE's and PyTorch's inf and nan instead of an error.

    >>> with ieee():
    ...     Value(0.0).log()
    Value(data=-inf, grad=0.0)
    """
    token = _ieee.set(True)
    try:
        yield
    finally:
        _ieee.reset(token)


@contextmanager
def comparisons() -> Iterator[list[Comparison]]:
    """Inside, every ``<``, ``<=``, ``>`` and ``>=`` of a Value is written down: a branch hangs on it.

    >>> with comparisons() as asked:
    ...     larger = max(Value(1.0), Value(2.0))
    >>> len(asked), asked[0].outcome
    (1, True)
    """
    token = _comparisons.set([])
    try:
        yield cast("list[Comparison]", _comparisons.get())
    finally:
        _comparisons.reset(token)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause Python's cyclic garbage collector while a large graph is built.

    The graph has no cycles, so the collector would walk it again and again for
    nothing: most of the time a plain Python engine spends. Pauses nest.
    """
    was_on = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if was_on:
            gc.enable()
