"""Value: a number that remembers how it was made.

Arithmetic on Values builds a graph; ``backward`` walks it by the chain rule. A
node holds its number, its parents and the local derivatives the op table gave
for exactly that forward pass: no closures and no reference cycles, so a
dropped graph is freed at once.
"""

from __future__ import annotations

import operator
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn, SupportsFloat

from autograd import backprop, copying
from autograd.contexts import compare, differentiating, inside_ieee
from autograd.elementary import no_function
from autograd.errors import DomainError
from autograd.operands import as_float, beside, shortened, unboxed
from autograd.ops import CONSTANT, LEAVES, OPS, Op, checked, opaque
from autograd.readings import floats, ieee_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Number = SupportsFloat  # what may stand beside a Value: another, an int, a float, a Fraction, NumPy's numbers

__all__ = ["Value", "apply", "as_value", "binary", "n_ary", "n_ary_of", "unary"]

new = object.__new__  # inside ``no_grad`` another


class Value:
    """A scalar in a computation graph.

    data:     the number, a float
    grad:     ∂L/∂(this node) after ``L.backward()``
    label:    a name for drawings and errors
    module:   the path of the network part that made it ("layers[0].neurons[2]"), or ""
    op:       its row of the op table; for a leaf its kind (``kind=``): input, parameter or constant
    parents:  the nodes it was computed from, one per argument slot
    local_derivatives: ∂(this node)/∂(parent), one per argument slot

    It takes attributes of the user's own: ``p.momentum = 0.0``.
    Raises TypeError for anything that is not one real number.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a.tanh()
    >>> c.backward()
    >>> c, round(a.grad, 4), b.grad
    (Value(data=-5.0359724199241835, grad=1.0), -2.9293, 2.0)
    """

    __slots__ = (
        "__dict__", "__weakref__", "data", "grad", "label", "local_derivatives", "module", "op", "parents",
    )  # fmt: skip
    data: float
    grad: float
    label: str
    module: str
    op: Op
    parents: tuple[Value, ...]
    local_derivatives: tuple[float, ...]

    def __init__(
        self, data: Any, children: Iterable[Value] = (), op: Any = "", label: str = "", *, kind: str = "input",
        local_grads: Sequence[float] = (), _children: Iterable[Value] = (), _prev: Iterable[Value] = (), _op: str = "",
    ) -> None:  # fmt: skip
        if isinstance(op, (tuple, list)):
            op, local_grads = "", op
        given = next((g for g in (children, _children, _prev) if g != ()), ())
        parents: tuple[Any, ...] = tuple(given) if hasattr(given, "__iter__") else (None,)
        if not all(isinstance(parent, Value) for parent in parents):
            raise TypeError(f"the parents of a Value are a tuple of Values, got {shortened(given)}")
        if local_grads and len(local_grads) != len(parents):
            raise ValueError(f"expected one local derivative per parent: {len(parents)}, got {len(local_grads)}")
        if kind not in LEAVES:
            raise ValueError(f"the kind of a leaf is one of {', '.join(LEAVES)}, got {kind!r}")
        self.data = as_float(data)
        self.grad = 0.0
        self.label = "" if label is None else str(label)
        self.module = ""
        self.op = opaque(op or _op) if parents or op or _op else LEAVES[kind]
        self.parents = parents
        self.local_derivatives = tuple(map(as_float, local_grads))

    # ── arithmetic: the operators Python has; every other row of one operand is a method (see ``functions.install``) ──

    def __add__(self, other: Number) -> Value:
        return binary(_add, self, other)

    def __radd__(self, other: Number) -> Value:
        return _reflected(_add, self, other)

    def __sub__(self, other: Number) -> Value:
        return binary(_subtract, self, other)

    def __rsub__(self, other: Number) -> Value:
        return _reflected(_subtract, self, other)

    def __mul__(self, other: Number) -> Value:
        return binary(_multiply, self, other)

    def __rmul__(self, other: Number) -> Value:
        return _reflected(_multiply, self, other)

    def __truediv__(self, other: Number) -> Value:
        return binary(_divide, self, other)

    def __rtruediv__(self, other: Number) -> Value:
        return _reflected(_divide, self, other)

    def __mod__(self, other: Number) -> Value:
        return binary(_remainder, self, other)

    def __rmod__(self, other: Number) -> Value:
        return _reflected(_remainder, self, other)

    def __pow__(self, exponent: Number) -> Value:
        """A number as exponent is a constant of the op; a Value is a second parent."""
        k = exponent if isinstance(exponent, Value) else beside(exponent)
        if isinstance(k, Value):
            return binary(_power, self, k)
        return NotImplemented if k is NotImplemented else unary(_power_constant.bind(k=k), self)

    def __rpow__(self, base: Number) -> Value:
        k = beside(base)  # never a Value: NumPy's array with one in it asks its own ufuncs
        return NotImplemented if k is NotImplemented else unary(_exponential.bind(base=k), self)

    def __neg__(self) -> Value:
        return unary(_negative, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return unary(_absolute, self)

    # ── comparisons read the data; == and hash are identity, so Values can be kept in sets ──

    def __lt__(self, other: Number) -> bool:
        return compare(operator.lt, self, other)

    def __le__(self, other: Number) -> bool:
        return compare(operator.le, self, other)

    def __gt__(self, other: Number) -> bool:
        return compare(operator.gt, self, other)

    def __ge__(self, other: Number) -> bool:
        return compare(operator.ge, self, other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Real):
            from autograd.wording import warn_of_equality

            warn_of_equality(other)
        return object.__eq__(self, other)

    __hash__ = object.__hash__

    # ── conversions that would silently lose the gradient raise ──

    def __bool__(self) -> NoReturn:
        raise TypeError("a Value has no truth value; ask about its number: `v.data != 0`, `v > 0`, or `v is not None`")

    def __float__(self) -> NoReturn:
        raise TypeError(
            "a Value is not a float: its gradient would be silently lost. "
            "For the number write v.data; for math.exp(v) write v.exp(), and so with log, sin, …"
        )

    def __int__(self) -> NoReturn:
        raise TypeError("a Value is not a plain number; for its number write v.data: int(v.data), round(v.data, 2)")

    __array_ufunc__: Any  # NumPy's functions: see ``arrays``

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
        if len(slopes) == 2:  # by far the most common, and a loop takes twice as long
            (a, b), (da, db) = self.parents, slopes
            a.grad += da * upstream
            b.grad += db * upstream
            return None
        if not slopes:
            return self._raise_if_opaque()
        if upstream == 0.0 and isfinite(sum(slopes)):
            return None  # Adding zeros changes nothing, and half of a ReLU network is zeros; 0 · ∞ is another matter.
        for parent, local in zip(self.parents, slopes):  # noqa: B905  # checked when built
            parent.grad += local * upstream
        return None

    def _raise_if_opaque(self) -> None:
        if self.op.operands:  # a slope where it has none of its own (see ``_reread``), which is asked for now
            for parent, local in zip(self.parents, _reread(self.op, self.parents)[1], strict=True):
                parent.grad += local * self.grad
        elif self.parents:
            raise ValueError(
                f"{self!r} is opaque: it has parents but no local derivatives, so no gradient can pass. "
                "Give them, Value(data, parents, local_grads), or assign its _backward."
            )

    def zero_grad(self) -> None:
        """Set the gradient of this node and of every node below it to 0."""
        backprop.zero_grad(self)

    # ── names that teaching code for other engines uses ──

    def item(self) -> float:
        """The number, as ``data``."""
        return self.data

    def pow(self, exponent: Number) -> Value:
        """``self ** exponent``."""
        return self**exponent

    def square(self) -> Value:
        """``self * self``."""
        return self * self

    def conjugate(self) -> Value:
        """Itself: it is a real number. NumPy's ``var`` and ``std`` ask for it."""
        return self

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
        return "" if self.op is LEAVES.get(self.op.name) else self.op.operator or self.op.symbol

    # ── showing, copying, saving ──

    def __repr__(self) -> str:
        return f"Value(data={self.data!r}, grad={self.grad!r})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        from autograd.view import mimebundle  # the one import against the stream

        return mimebundle(self)

    __copy__ = copying.copied
    __deepcopy__ = copying.deepcopied
    __reduce__ = copying.reduced
    __setstate__ = copying.restored

    if TYPE_CHECKING:  # the rows' methods, and Python's own roundings, which ``functions`` gives

        def __round__(self, digits: int | None = None) -> Value: ...
        def __floor__(self) -> Value: ...
        def __ceil__(self) -> Value: ...
        def __trunc__(self) -> Value: ...
        def abs(self) -> Value: ...
        def acos(self) -> Value: ...
        def acosh(self) -> Value: ...
        def arccos(self) -> Value: ...
        def arccosh(self) -> Value: ...
        def arcsin(self) -> Value: ...
        def arcsinh(self) -> Value: ...
        def arctan(self) -> Value: ...
        def arctanh(self) -> Value: ...
        def asin(self) -> Value: ...
        def asinh(self) -> Value: ...
        def atan(self) -> Value: ...
        def atanh(self) -> Value: ...
        def cbrt(self) -> Value: ...
        def ceil(self) -> Value: ...
        def celu(self, alpha: float = 1.0) -> Value: ...
        def clamp(self, low: float = -1.0, high: float = 1.0) -> Value: ...
        def clip(self, low: float = -1.0, high: float = 1.0) -> Value: ...
        def cos(self) -> Value: ...
        def cosh(self) -> Value: ...
        def detach(self) -> Value: ...
        def digamma(self) -> Value: ...
        def elu(self, alpha: float = 1.0) -> Value: ...
        def erf(self) -> Value: ...
        def erfc(self) -> Value: ...
        def exp(self) -> Value: ...
        def exp2(self) -> Value: ...
        def expm1(self) -> Value: ...
        def fabs(self) -> Value: ...
        def floor(self) -> Value: ...
        def gelu(self) -> Value: ...
        def hard_sigmoid(self) -> Value: ...
        def hard_swish(self) -> Value: ...
        def hard_tanh(self) -> Value: ...
        def identity(self) -> Value: ...
        def leaky_relu(self, negative_slope: float = 0.01) -> Value: ...
        def lgamma(self) -> Value: ...
        def log(self) -> Value: ...
        def log10(self) -> Value: ...
        def log1p(self) -> Value: ...
        def log2(self) -> Value: ...
        def log_sigmoid(self) -> Value: ...
        def mish(self) -> Value: ...
        def polygamma(self, n: float = 1) -> Value: ...
        def relu(self) -> Value: ...
        def relu6(self) -> Value: ...
        def rint(self) -> Value: ...
        def round(self) -> Value: ...
        def selu(self) -> Value: ...
        def sigmoid(self) -> Value: ...
        def sign(self) -> Value: ...
        def silu(self) -> Value: ...
        def sin(self) -> Value: ...
        def sinh(self) -> Value: ...
        def softplus(self) -> Value: ...
        def softsign(self) -> Value: ...
        def sqrt(self) -> Value: ...
        def step(self) -> Value: ...
        def stop_gradient(self) -> Value: ...
        def straight_through(self) -> Value: ...
        def tan(self) -> Value: ...
        def tanh(self) -> Value: ...
        def trunc(self) -> Value: ...


# ── making nodes: written out four times, because one more call per node is 5 % of a training step ──


def apply(op: Op, *operands: Any, **constants: Any) -> Value:
    """The node ``op(*operands)``: read the rule with floats, keep value and local derivatives.

    Numbers among the operands become constants of the graph; ``constants`` are those of the row.
    Raises DomainError where the op or its slope has no value, TypeError for operands that it does not take.

    >>> apply(OPS["exp"], 0.0)
    Value(data=1.0, grad=0.0)
    """
    op, x = op.bind(**constants) if constants else op, tuple(map(as_value, operands))
    if len(x) != len(op.operands) if op.operands else not x:
        wanted = ", ".join(op.operands) or "at least one operand"
        raise TypeError(f"{op.name} takes {wanted}; it was given {len(x)} (a rule's first argument is xp)")
    node = n_ary(op, x)
    if {*map(type, node.local_derivatives)} != {float}:  # too slow to ask of every dot
        _, node.local_derivatives = _reread(op, x)
    return node


Op.__call__ = apply  # type: ignore[method-assign, assignment]  # a row is called: OPS["tanh"](v)


def unary(op: Op, x: Value) -> Value:
    """``apply`` for one operand that is known to be a Value."""
    try:
        a = x.data
        y, local = op.rule(floats, a)
        (slope,) = local
        if not (y.__class__ is a.__class__ is slope.__class__ is float):
            raise TypeError
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        y, local = _reread(op, (x,))
    node = new(Value)
    node.data = y
    node.grad = 0.0
    node.label = node.module = ""
    node.op = op
    node.parents = (x,)
    node.local_derivatives = local
    return node


def binary(op: Op, x: Value, y: Any) -> Value:
    """``apply`` for two operands, where most of the time goes; ``y`` may still be a number."""
    if not isinstance(y, Value):
        y = beside(y)
        if y is NotImplemented:
            return NotImplemented  # type: ignore[no-any-return]  # as Python's operators answer
        if not isinstance(y, Value):
            y = _constant(y)
    try:
        a, b = x.data, y.data
        z, local = op.rule(floats, a, b)
        da, db = local
        if not (z.__class__ is a.__class__ is b.__class__ is da.__class__ is db.__class__ is float):
            raise TypeError
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        z, local = _reread(op, (x, y))
    node = new(Value)
    node.data = z
    node.grad = 0.0
    node.label = node.module = ""
    node.op = op
    node.parents = (x, y)
    node.local_derivatives = local
    return node


def _reflected(op: Op, right: Value, left: Any) -> Value:
    """``2 * v``: the number on the left becomes a constant."""
    x = beside(left)
    return NotImplemented if x is NotImplemented else binary(op, _constant(x), right)


def n_ary(op: Op, operands: tuple[Any, ...]) -> Value:
    """``apply`` for an op of any number of operands."""
    try:
        numbers = [v.data for v in operands]
    except AttributeError:  # a number among them; asking each beforehand would cost more than the op
        operands = tuple(map(as_value, operands))
        numbers = [v.data for v in operands]
    return n_ary_of(op, operands, numbers)


def n_ary_of(op: Op, operands: tuple[Any, ...], numbers: list[float]) -> Value:
    """``n_ary`` for operands whose numbers have been read."""
    try:
        y, local = op.rule(floats, *numbers)
        if y.__class__ is not float or len(local) != len(operands):
            raise TypeError
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        operands = tuple(map(as_value, operands))
        y, local = _reread(op, operands)
    node = new(Value)
    node.data = y
    node.grad = 0.0
    node.label = node.module = ""
    node.op = op
    node.parents = operands
    node.local_derivatives = local
    return node


def _constant(x: float) -> Value:
    node = new(Value)
    node.data = x
    node.grad = 0.0
    node.label = node.module = ""
    node.op = CONSTANT
    node.parents = node.local_derivatives = ()
    return node


def as_value(x: Any) -> Value:
    """``x`` itself if it is a Value, else a constant."""
    x = x if isinstance(x, Value) else unboxed(x)
    return x if isinstance(x, Value) else _constant(as_float(x))


def _reread(op: Op, operands: Sequence[Value]) -> tuple[float, tuple[float, ...]]:
    """The slow path, after a reading that failed or did not give a float and a slope per operand: what was it?

    The user put something other than a float into ``.data`` (read again with a
    float, or TypeError); a legal op overflowed (IEEE's ±inf); the domain was left
    (DomainError, or IEEE's values inside ``ieee()`` and for operands that were
    not finite to begin with); or the rule itself is wrong.
    """
    x = [as_float(v.data) for v in operands]
    try:
        read = op.rule(floats, *x)
    except OverflowError:
        return ieee_read(op, x)
    except AttributeError as error:
        missing = no_function(str(error.name), "floats") if error.obj is floats else error
        raise TypeError(f"the rule of {op.name!r} can't be read: {missing}") from error
    except (ValueError, ZeroDivisionError) as error:
        if inside_ieee() or not all(map(isfinite, x)):
            return ieee_read(op, x)
        if differentiating.get() and isfinite(y := ieee_read(op, x)[0]):
            return y, ()
        from autograd.wording import outside  # words for what is rare

        raise DomainError(outside(op, x, operands)) from (None if op.domain else error)
    y, local = checked(op, read, len(x))
    if any(isinstance(number, complex) for number in (y, *local)):
        raise TypeError(f"the rule of {op.name!r} gave {read!r}: a Value is never complex; xp.power raises where ** is")
    return as_float(y), tuple(map(as_float, local))


_add, _subtract, _multiply, _divide = (OPS[n] for n in ("add", "subtract", "multiply", "divide"))
_power, _power_constant, _exponential = (OPS[n] for n in ("power", "power_constant", "exponential"))
_negative, _absolute, _remainder = OPS["negative"], OPS["absolute"], OPS["remainder"]
