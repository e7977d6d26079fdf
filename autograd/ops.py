"""The op table: one op, one row.

A row is a *rule*: a function of a number system ``xp`` and the operands that
returns the value and one local derivative per operand,

    (xp, x₁, …, xₙ)  →  y, (∂y/∂x₁, …, ∂y/∂xₙ).

Read with floats the rule is the eager engine; with NumPy arrays, the compiled
program; with symbols, the printed formula; with Values, the second derivative.
Nothing about an op is said anywhere else, so adding an op is adding a row.

At a kink the local derivative is PyTorch's choice, stated in the row:
relu′(0) = 0, |x|′(0) = 0, leaky_relu′(0) = the left slope, elu′(0) = α, and a
tie in maximum or minimum is split ½ ½. step has slope 0 everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial, reduce
from itertools import accumulate
from keyword import iskeyword
from operator import add as plus
from operator import mul as times
from typing import TYPE_CHECKING, Any

from autograd.operands import as_float, shortened

__all__ = ["CONSTANT", "INPUT", "OPS", "PARAMETER", "Op", "primitive"]

Rule = Callable[..., tuple[Any, tuple[Any, ...]]]
Interval = tuple[float, float]
CO_VARARGS = 4  # as in `inspect`: the flag of a function of any number of operands
SUPERSCRIPTS = str.maketrans("0123456789-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾")


class Op:
    """One row of the table.

    name:      NumPy's name for the function, and the name of the method on ``Value`` where Python has no operator for it
    symbol:    what is drawn in the node ("×"); may show constants ("( )^{k:g}", which is drawn as ( )²)
    odd:       the same with an odd number of operands, where that differs: a dot with a bias is "w·x+b"
    operator:  what Python writes between or before the operands ("*"), if anything
    aliases:   further names of the method
    rule:      ``(xp, *x) → y, local derivatives``
    operands:  their names in the rule; empty when there may be any number
    domain:    where value and slope exist, in words, for messages: the arithmetic itself raises ("x > 0"); empty means everywhere
    hint:      what to try when the domain was left
    sample:    one interval per operand, from which tests draw points
    textbook:  the local derivatives as a textbook writes them, ``(xp, y, *x) → …``, where the rule is written to keep digits
    constants: fixed numbers of this row (the k of ``x ** k``), not operands

    A row is called on Values and numbers, and gives the node of its result; constants are given by name.

    >>> OPS["tanh"].symbol, OPS["tanh"].operands
    ('tanh', ('x',))
    >>> OPS["power_constant"].bind(k=3).symbol
    '( )³'
    >>> OPS["leaky_relu"](-2.0, negative_slope=0.1)
    Value(data=-0.2, grad=0.0)
    """

    __slots__ = (
        "_operator", "_symbol", "aliases", "constants", "domain", "hint", "name", "odd", "operands", "rule", "sample", "textbook",
    )  # fmt: skip

    def __init__(
        self, name: str, rule: Rule | None = None, *, symbol: str = "", odd: str = "", operator: str = "", domain: str = "",
        hint: str = "", sample: tuple[Interval, ...] = (), aliases: tuple[str, ...] = (), textbook: Rule | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._symbol = symbol or operator or name
        self.odd = odd
        self._operator = operator
        self.domain = domain
        self.hint = hint
        self.sample = sample
        self.aliases = aliases
        self.textbook = textbook
        self.operands: tuple[str, ...] = ()
        self.constants: dict[str, float] = {}
        self.rule: Rule = rule or _no_rule
        if rule is not None:
            code = rule.__code__
            self.operands = code.co_varnames[1 : code.co_argcount]
            self.constants = dict(rule.__kwdefaults__ or {})

    if TYPE_CHECKING:  # ``value`` gives it, where nodes are made

        def __call__(self, *operands: Any, **constants: Any) -> Any:
            """The node of its result."""

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def symbol(self) -> str:
        """What is drawn in the node; a row with constants shows them ("( )³", "( )^0.5")."""
        if not self.constants:
            return self._symbol
        shown = self._symbol.format(**self.constants)
        return re.sub(r"\^(-?\d+|\(\d+\))$", lambda exponent: exponent[1].translate(SUPERSCRIPTS), shown)

    def symbol_of(self, operands: int) -> str:
        """What is drawn in a node of so many operands.

        >>> OPS["dot"].symbol_of(4), OPS["dot"].symbol_of(5)
        ('w·x', 'w·x+b')
        """
        return self.odd if self.odd and operands % 2 else self.symbol

    @property
    def operator(self) -> str:
        """What Python writes for it ("*"); empty for a function."""
        return self._operator.format(**self.constants) if self.constants else self._operator

    @property
    def n_ary(self) -> bool:
        """Any number of operands (dot, sum, mean, logsumexp)?"""
        return self.rule is not _no_rule and not self.operands

    @property
    def doc(self) -> str:
        """What the row's docstring says of the op."""
        rule = self.rule.func if isinstance(self.rule, partial) else self.rule
        return rule.__doc__ or ""

    def bind(self, **constants: float) -> Op:
        """The same row with its constants fixed: ``x ** k`` with k = 2. A constant whose default is an int stays one.

        Raises TypeError for constants that the row does not have, or that are not numbers.
        """
        given = tuple(constants.items())
        try:
            return _bind(self, given)
        except TypeError:  # among them a list, say, which no cache keeps
            return _bind.__wrapped__(self, given)

    def __repr__(self) -> str:
        fixed = ", ".join(f"{k}={v:g}" for k, v in self.constants.items())
        return f"<op {self.name}{f'({fixed})' if fixed else ''}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # By name, never as code. An opaque op has only its symbol.
        if self.rule is _no_rule and LEAVES.get(self.name) is not self:
            return opaque, ("" if self.name == "opaque" else self.name,)
        named = OPS.get(self.name) or LEAVES.get(self.name)
        if named is None or _origin(named) != _origin(self):
            raise TypeError(f"{self!r} is not in the op table, by whose names ops are saved: enter it with @primitive")
        return _op_named, (self.name, tuple(self.constants.items()))


def _no_rule(xp: Any, *x: Any) -> Any:
    raise TypeError("leaves and opaque nodes have no rule")


@lru_cache(maxsize=4096)
def _bind(row: Op, given: tuple[tuple[str, Any], ...]) -> Op:
    """The row with these constants instead of its own."""
    unknown = [k for k, _ in given if k not in row.constants]
    if unknown:
        raise TypeError(f"{row.name} takes {', '.join(row.constants) or 'no constants'}, got {', '.join(unknown)}")
    new = {k: _as_constant(c, whole=type(row.constants[k]) is int) for k, c in given}
    return _bound(row, tuple({**row.constants, **new}.items()))


def _as_constant(x: Any, *, whole: bool) -> float:
    number = as_float(x)
    return int(number) if whole and number.is_integer() else number


@lru_cache(maxsize=4096)
def _bound(row: Op, constants: tuple[tuple[str, float], ...]) -> Op:
    op = Op.__new__(Op)
    for slot in Op.__slots__:
        setattr(op, slot, getattr(row, slot))
    op.constants = dict(constants)
    op.rule = partial(getattr(row.rule, "func", row.rule), **op.constants)
    return op


def _op_named(name: str, constants: tuple[tuple[str, float], ...] = ()) -> Op:
    """The row called ``name``. Raises LookupError where there is none."""
    op = OPS.get(name) or LEAVES.get(name)
    if op is None:
        raise LookupError(
            f"what was saved was computed by the op {name!r}, which is not in the table here: "
            f"run its definition first, @primitive({name!r})"
        )
    return op.bind(**dict(constants)) if constants else op


def checked(op: Op, read: Any, operands: int) -> tuple[Any, tuple[Any, ...]]:
    """What a rule gave for so many operands: y, (∂y/∂x₁, …). Raises TypeError or ValueError for anything else."""
    if not (isinstance(read, tuple) and len(read) == 2 and isinstance(read[1], (tuple, list))):
        raise TypeError(
            f"the rule of {op.name!r} gave {shortened(read)}: give the value and a tuple of its slopes, return y, (slope,)"
        )
    y, local = read
    if len(local) != operands:
        raise ValueError(
            f"the rule of {op.name!r} gave {len(local)} local derivatives for {operands} operands: "
            "give one per operand, y, (∂y/∂x₁, …)"
        )
    return y, tuple(local)


def _origin(op: Op) -> tuple[str, str]:
    """Where its rule was written: a notebook's cell that is run again defines the same op anew."""
    rule = op.rule.func if isinstance(op.rule, partial) else op.rule
    return rule.__module__, rule.__qualname__


def opaque(symbol: Any = "") -> Op:
    """The op of a node made from parents by the user: a symbol to draw it with, and no rule.

    Raises TypeError for a symbol that is no text.
    """
    if not isinstance(symbol, str):
        raise TypeError(
            f"the third argument of Value is an op's symbol or a tuple of local derivatives, got {symbol!r}"
        )
    return Op(symbol or "opaque", symbol=symbol or "ƒ")


OPS: dict[str, Op] = {}

# Leaves have a kind where results have an op: it is what a drawing colours them by.
INPUT = Op("input", symbol=" ")
PARAMETER = Op("parameter", symbol=" ")
CONSTANT = Op("constant", symbol=" ")
LEAVES = {kind.name: kind for kind in (INPUT, PARAMETER, CONSTANT)}


def primitive(name: str, **row: Any) -> Callable[[Rule], Op]:
    """Enter a rule into the table: the op is then called, differentiated, compiled, drawn and explained like the others.

    name: how it is found again, in files too; a method of that name is given by ``install``
    row:  what else a row says: symbol, domain, hint, sample, aliases, … (see ``Op``)

    The rule asks its number system for functions by NumPy's names (``xp.exp``; ``autograd.elementary`` lists them), decides
    by ``xp.where``, and gives one local derivative per operand. Constants stand after a star, with their defaults.
    Raises ValueError for a name that is taken by another op, TypeError for what is no rule.

    >>> @primitive("cube", sample=[(-2, 2)])
    ... def cube(xp, x):
    ...     return x * x * x, (3 * x * x,)
    >>> cube(2.0)
    Value(data=8.0, grad=0.0)
    >>> OPS.pop("cube")
    <op cube>
    """
    if not isinstance(name, str) or not name.isidentifier() or iskeyword(name) or name.startswith("__"):
        raise TypeError(f'an op is entered under a name of letters, digits and _, @primitive("arctan"), got {name!r}')

    def enter(rule: Rule) -> Op:
        settings: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
        if isinstance(settings.get("aliases"), str):
            settings["aliases"] = (settings["aliases"],)
        _check_rule(name, rule)
        op = Op(name, rule, **settings)
        _check_row(op)
        OPS[name] = op
        return op

    return enter


def _check_rule(name: str, rule: Any) -> None:
    """Raise TypeError, saying how a rule is written."""
    code, defaults = getattr(rule, "__code__", None), getattr(rule, "__kwdefaults__", None) or {}
    if code is None:
        raise TypeError(f"the rule of {name!r} is a function, def {name}(xp, x), got {rule!r}")
    names, several = code.co_varnames[: code.co_argcount], bool(code.co_flags & CO_VARARGS)
    constants = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    if not names or several != (len(names) == 1):
        raise TypeError(f"a rule takes xp and its operands, def {name}(xp, x), or any number of them, (xp, *x)")
    if rule.__defaults__ or set(constants) - set(defaults):
        raise TypeError(f"a constant of a rule stands after a star and has a default: def {name}(xp, x, *, k=2.0)")
    if not all(isinstance(c, (int, float)) for c in defaults.values()):
        raise TypeError(f"the constants of a rule are numbers, got {defaults} for {name!r}")


def _check_row(op: Op) -> None:
    """Raise ValueError for a name that is taken, or a row that contradicts itself."""
    names = {op.name, *op.aliases}
    for other in (*OPS.values(), *LEAVES.values(), opaque()):
        taken = names & {other.name, *other.aliases}
        if taken and (other.name != op.name or _origin(other) != _origin(op)):
            raise ValueError(
                f"the name {min(taken)!r} is taken by {other!r} of {'.'.join(_origin(other))}: choose another"
                + (f", or remove that op first, OPS.pop({other.name!r})" if _origin(other)[0] != __name__ else "")
            )
    if op.sample and len(op.sample) != len(op.operands):
        raise ValueError(f"a sample is one interval per operand: {len(op.operands)} of {op.name!r}, got {op.sample}")
    try:
        op.symbol, op.operator  # noqa: B018  # they may show constants
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"the symbol of {op.name!r} may show its constants, as in '( )^{{k:g}}': {error!r}") from None


ANY = (-3.0, 3.0)
POSITIVE = (0.1, 4.0)
UNIT = (-0.95, 0.95)
POLES = "x ≠ 0, −1, −2, …"
SQRT_HALF = 0.7071067811865476  # √½
SQRT_2_OVER_PI = 0.7978845608028654  # √(2/π)
TWO_OVER_SQRT_PI = 1.1283791670955126  # 2/√π
LN_2, LN_10 = 0.6931471805599453, 2.302585092994046
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


# ── arithmetic ──────────────────────────────────────────────────────────────


@primitive("add", operator="+", sample=[ANY, ANY])
def add(xp, a, b):
    """a + b: the gradient is copied to both."""
    return a + b, (1.0, 1.0)


@primitive("subtract", operator="-", symbol="−", sample=[ANY, ANY])
def subtract(xp, a, b):
    """a − b."""
    return a - b, (1.0, -1.0)


@primitive("multiply", operator="*", symbol="×", sample=[ANY, ANY])
def multiply(xp, a, b):
    """a · b: each gets the other as its slope."""
    return a * b, (b, a)


@primitive(
    "divide", operator="/", symbol="÷", domain="b ≠ 0", sample=[ANY, POSITIVE],
    textbook=lambda xp, y, a, b: (1 / b, -a / (b * b)),
)  # fmt: skip
def divide(xp, a, b):
    """a / b."""
    y = a / b
    return y, (1.0 / b, -y / b)


@primitive("negative", operator="neg", symbol="−", sample=[ANY])
def negative(xp, x):
    """−x."""
    return -x, (-1.0,)


@primitive("positive", operator="pos", symbol="id", sample=[ANY], aliases=["identity"])
def positive(xp, x):
    """x itself, as a node of its own: the activation of a linear neuron."""
    return x, (1.0,)


@primitive(
    "power", operator="**", symbol="( )^( )", sample=[POSITIVE, ANY],
    domain="x > 0, or x = 0 with y = 0 or y ≥ 1, when the exponent y is a Value",
    hint="For a fixed exponent write a number, x ** 2.",
    textbook=lambda xp, z, x, y: (y * xp.power(x, y - 1), z * xp.log(x)),
)  # fmt: skip
def power(xp, x, y):
    """x ** y with both varying. At x = 0 the slope in y is 0 for y ≥ 0, and 0 ** 0 has slope 0 in x too."""
    z, at_zero = xp.power(x, y), xp.equal(x, 0.0)
    flat = xp.where(at_zero, xp.equal(y, 0.0), False)
    defined = xp.where(at_zero, y >= 0, False)
    dx = xp.where(flat, 0.0, y * xp.power(x, xp.where(flat, 1.0, y) - 1.0))
    return z, (dx, z * xp.log(xp.where(defined, 1.0, x)))


@primitive(
    "power_constant", operator="**{k:g}", symbol="( )^{k:g}", sample=[POSITIVE],
    domain="x > 0 (x = 0 only for k = 0 or k ≥ 1, x < 0 only for a whole k)",
    hint="At 0 a root has no slope and 1/x no value; below 0 only whole powers are real: try adding a small ε, or abs.",
)  # fmt: skip
def power_constant(xp, x, *, k=2.0):
    """x ** k for a fixed number k; x ** 0 is 1 with slope 0, at 0 too."""
    return xp.power(x, k), (k * xp.power(x, k - 1.0) if k else 0.0,)


@primitive(
    "exponential", operator="{base:g}**", symbol="{base:g}^( )", sample=[ANY], domain="base > 0, or base = 0 with x ≥ 0"
)
def exponential(xp, x, *, base=2.0):
    """base ** x for a fixed base; the slope of 0 ** x is 0."""
    y = xp.power(base, x)
    return y, (y * xp.log(base) if base else xp.where(x >= 0, 0.0, -y),)


@primitive("absolute", operator="abs", symbol="| |", sample=[ANY], aliases=["abs", "fabs"])
def absolute(xp, x):
    """|x|; slope 0 at 0."""
    return abs(x), (xp.sign(x),)


@primitive("maximum", symbol="max", sample=[ANY, ANY])
def maximum(xp, a, b):
    """The larger of a and b; a tie gives each half the slope. If either is nan, both have the whole slope."""
    tie = xp.equal(a, b)
    slopes = xp.where(tie, 0.5, xp.where(a < b, 0.0, 1.0)), xp.where(tie, 0.5, xp.where(a > b, 0.0, 1.0))
    return xp.maximum(a, b), slopes


@primitive("minimum", symbol="min", sample=[ANY, ANY])
def minimum(xp, a, b):
    """The smaller of a and b; a tie gives each half the slope. If either is nan, both have the whole slope."""
    tie = xp.equal(a, b)
    slopes = xp.where(tie, 0.5, xp.where(a > b, 0.0, 1.0)), xp.where(tie, 0.5, xp.where(a < b, 0.0, 1.0))
    return xp.minimum(a, b), slopes


@primitive("clip", sample=[(-0.9, 0.9)], aliases=["clamp"])
def clip(xp, x, *, low=-1.0, high=1.0):
    """x kept within [low, high]; slope 1 inside and on the edges, 0 outside."""
    return xp.minimum(xp.maximum(x, low), high), (xp.where(x >= low, xp.where(x <= high, 1.0, 0.0), 0.0),)


# ── elementary functions ────────────────────────────────────────────────────


@primitive("exp", sample=[ANY])
def exp(xp, x):
    """eˣ is its own slope."""
    y = xp.exp(x)
    return y, (y,)


@primitive("expm1", symbol="eˣ−1", sample=[ANY])
def expm1(xp, x):
    """eˣ − 1, with all its digits near 0."""
    return xp.expm1(x), (xp.exp(x),)


@primitive("log", domain="x > 0", sample=[POSITIVE], hint="Did a probability leave (0, 1)? Try a loss on logits.")
def log(xp, x):
    """ln x."""
    return xp.log(x), (1.0 / x,)


@primitive("log1p", symbol="ln(1+x)", domain="x > -1", sample=[(-0.9, 3.0)])
def log1p(xp, x):
    """ln(1 + x), with all its digits near 0."""
    return xp.log1p(x), (1.0 / (1.0 + x),)


@primitive(
    "sqrt", symbol="√", domain="x > 0 (its slope 1/(2√x) has no value at 0)", sample=[POSITIVE],
    textbook=lambda xp, y, x: (1 / (2 * y),),
)  # fmt: skip
def sqrt(xp, x):
    """√x."""
    y = xp.sqrt(x)
    return y, (0.5 / y,)


@primitive("sin", sample=[ANY])
def sin(xp, x):
    """sin x (radians)."""
    return xp.sin(x), (xp.cos(x),)


@primitive("cos", sample=[ANY])
def cos(xp, x):
    """cos x (radians)."""
    return xp.cos(x), (-xp.sin(x),)


@primitive("tan", sample=[(-1.4, 1.4)])
def tan(xp, x):
    """tan x (radians)."""
    c = xp.cos(x)
    return xp.tan(x), (1.0 / (c * c),)


@primitive("arcsin", aliases=["asin"], domain="-1 < x < 1 (its slope has no value at ±1)", sample=[UNIT])
def arcsin(xp, x):
    """The angle whose sine is x, in radians."""
    return xp.arcsin(x), (1.0 / xp.sqrt((1.0 - x) * (1.0 + x)),)


@primitive("arccos", aliases=["acos"], domain="-1 < x < 1 (its slope has no value at ±1)", sample=[UNIT])
def arccos(xp, x):
    """The angle whose cosine is x, in radians."""
    return xp.arccos(x), (-1.0 / xp.sqrt((1.0 - x) * (1.0 + x)),)


@primitive("arctan", aliases=["atan"], sample=[ANY])
def arctan(xp, x):
    """The angle whose tangent is x, in radians."""
    return xp.arctan(x), (1.0 / (1.0 + x * x),)


@primitive("arctan2", aliases=["atan2"], domain="x ≠ 0 or y ≠ 0", sample=[ANY, POSITIVE])
def arctan2(xp, y, x):
    """The angle of the point (x, y), in (−π, π]; y comes first, as in C."""
    r = xp.hypot(x, y)
    return xp.arctan2(y, x), (x / r / r, -y / r / r)


@primitive("sinh", sample=[ANY])
def sinh(xp, x):
    """(eˣ − e⁻ˣ)/2."""
    return xp.sinh(x), (xp.cosh(x),)


@primitive("cosh", sample=[ANY])
def cosh(xp, x):
    """(eˣ + e⁻ˣ)/2."""
    return xp.cosh(x), (xp.sinh(x),)


@primitive("arcsinh", aliases=["asinh"], sample=[ANY])
def arcsinh(xp, x):
    """The inverse of sinh."""
    return xp.arcsinh(x), (1.0 / xp.hypot(1.0, x),)


@primitive("arccosh", aliases=["acosh"], domain="x > 1 (its slope has no value at 1)", sample=[(1.1, 4.0)])
def arccosh(xp, x):
    """The inverse of cosh, from 0 up."""
    return xp.arccosh(x), (1.0 / (xp.sqrt(x - 1.0) * xp.sqrt(x + 1.0)),)


@primitive("arctanh", aliases=["atanh"], domain="-1 < x < 1", sample=[UNIT])
def arctanh(xp, x):
    """The inverse of tanh."""
    return xp.arctanh(x), (1.0 / ((1.0 - x) * (1.0 + x)),)


@primitive("log2", symbol="log₂", domain="x > 0", sample=[POSITIVE])
def log2(xp, x):
    """The logarithm to base 2."""
    return xp.log2(x), (1.0 / (LN_2 * x),)


@primitive("log10", symbol="log₁₀", domain="x > 0", sample=[POSITIVE])
def log10(xp, x):
    """The logarithm to base 10."""
    return xp.log10(x), (1.0 / (LN_10 * x),)


@primitive("exp2", symbol="2^( )", sample=[ANY])
def exp2(xp, x):
    """2ˣ."""
    y = xp.exp2(x)
    return y, (LN_2 * y,)


@primitive("cbrt", symbol="∛", domain="x ≠ 0 (its slope has no value at 0)", sample=[POSITIVE])
def cbrt(xp, x):
    """The cube root, of negative numbers too."""
    y = xp.cbrt(x)
    return y, (1.0 / (3.0 * y * y),)


@primitive("erf", sample=[ANY])
def erf(xp, x):
    """The error function, 2/√π ∫₀ˣ exp(−t²) dt."""
    return xp.erf(x), (TWO_OVER_SQRT_PI * xp.exp(-x * x),)


@primitive("erfc", sample=[ANY])
def erfc(xp, x):
    """1 − erf x, the tail of the bell curve, with all its digits far out."""
    return xp.erfc(x), (-TWO_OVER_SQRT_PI * xp.exp(-x * x),)


@primitive("lgamma", symbol="ln Γ", domain=POLES, sample=[POSITIVE])
def lgamma(xp, x):
    """ln |Γ(x)|, of the gamma function, Γ(n) = (n − 1)!; its slope is digamma."""
    return xp.lgamma(x), (xp.digamma(x),)


@primitive("digamma", symbol="ψ", domain=POLES, sample=[POSITIVE])
def digamma(xp, x):
    """ψ(x), the slope of ln Γ(x)."""
    return xp.digamma(x), (xp.polygamma(1, x),)


@primitive("polygamma", symbol="ψ^({n})", domain=f"{POLES}, and n = 0, 1, …, 169", sample=[POSITIVE])
def polygamma(xp, x, *, n=1):
    """The n-th derivative of ψ(x)."""
    return xp.polygamma(n, x), (xp.polygamma(n + 1, x),)


@primitive("stop_gradient", symbol="stop", aliases=["detach"], sample=[ANY])
def stop_gradient(xp, x):
    """x itself, with slope 0 on purpose: no gradient passes, and what comes after takes x as it is."""
    return x, (0.0,)


# ── whole numbers: flat, with jumps ─────────────────────────────────────────


@primitive("floor", symbol="⌊ ⌋", sample=[ANY])
def floor(xp, x):
    """The largest whole number ≤ x; slope 0 everywhere."""
    return xp.floor(x), (0.0,)


@primitive("ceil", symbol="⌈ ⌉", sample=[ANY])
def ceil(xp, x):
    """The smallest whole number ≥ x; slope 0 everywhere."""
    return xp.ceil(x), (0.0,)


@primitive("trunc", sample=[ANY])
def trunc(xp, x):
    """x without its fraction; slope 0 everywhere."""
    return xp.trunc(x), (0.0,)


@primitive("rint", symbol="round", aliases=["round"], sample=[ANY])
def rint(xp, x):
    """The nearest whole number, of two the even one; slope 0 everywhere."""
    return xp.rint(x), (0.0,)


@primitive("sign", symbol="sgn", sample=[ANY])
def sign(xp, x):
    """−1, 0 or 1; slope 0 everywhere."""
    return xp.sign(x), (0.0,)


@primitive("fmod", domain="b ≠ 0", sample=[ANY, POSITIVE])
def fmod(xp, a, b):
    """What is left of a after dividing by b, with the sign of a, as in C; slope 1 in a, whole numbers in b."""
    return xp.fmod(a, b), (1.0, -xp.trunc(a / b))


@primitive("remainder", operator="%", symbol="mod", domain="b ≠ 0", sample=[ANY, POSITIVE])
def remainder(xp, a, b):
    """a % b, with the sign of b, as in Python; slope 1 in a, whole numbers in b."""
    return xp.remainder(a, b), (1.0, -xp.floor(a / b))


# ── activations ─────────────────────────────────────────────────────────────


def _magnitude(xp, x):
    """|x| for a formula that is smooth at 0: unlike abs, it has a slope there, so all orders come out right."""
    return xp.where(x >= 0, x, -x)


@primitive("tanh", sample=[ANY], textbook=lambda xp, y, x: (1 - y * y,))
def tanh(xp, x):
    """Squashes to (−1, 1); the slope 1 − y² dies as y saturates."""
    # 1 − y² as 1/cosh²: the subtraction would lose every digit by x = 20. And its own slope is right at 0.
    s = 1.0 / xp.cosh(x)
    return xp.tanh(x), (s * s,)


def _logistic(xp, x):
    """1/(1 + e⁻ˣ) by an exponential that can't overflow, and its slope y(1 − y) = 1/(2 cosh ½x)²."""
    e, s = xp.exp(-_magnitude(xp, x)), 0.5 / xp.cosh(0.5 * x)
    return xp.where(x >= 0, 1.0, e) / (1.0 + e), s * s


@primitive("sigmoid", symbol="σ", sample=[ANY], textbook=lambda xp, y, x: (y * (1 - y),))
def sigmoid(xp, x):
    """Squashes to (0, 1); slope y (1 − y)."""
    y, slope = _logistic(xp, x)
    return y, (slope,)


@primitive("softplus", sample=[ANY], textbook=lambda xp, y, x: (1 / (1 + xp.exp(-x)),))
def softplus(xp, x):
    """ln(1 + eˣ), a smooth relu; its slope is the sigmoid."""
    return _softplus(xp, x), (_logistic(xp, x)[0],)


def _softplus(xp, x):
    return xp.where(x >= 0, x, 0.0) + xp.log1p(xp.exp(-_magnitude(xp, x)))


@primitive("relu", symbol="ReLU", sample=[ANY])
def relu(xp, x):
    """max(x, 0); slope 0 at 0."""
    return xp.maximum(x, 0.0), (xp.heaviside(x, 0.0),)


@primitive("leaky_relu", symbol="LeakyReLU", sample=[ANY])
def leaky_relu(xp, x, *, negative_slope=0.01):
    """x above 0, a little of x below; the left slope at 0."""
    slope = xp.where(x > 0, 1.0, negative_slope)
    return x * slope, (slope,)


@primitive("elu", symbol="ELU", sample=[ANY])
def elu(xp, x, *, alpha=1.0):
    """x above 0, α(eˣ − 1) below; slope α at 0."""
    low = xp.where(x > 0, 0.0, x)
    return xp.where(x > 0, x, alpha * xp.expm1(low)), (xp.where(x > 0, 1.0, alpha * xp.exp(low)),)


@primitive("gelu", symbol="GELU", sample=[ANY])
def gelu(xp, x):
    """x Φ(x), Φ the normal distribution function (Hendrycks & Gimpel 2016)."""
    below = 0.5 * xp.erfc(-SQRT_HALF * x)
    return x * below, (below + 0.5 * SQRT_2_OVER_PI * x * xp.exp(-0.5 * x * x),)


@primitive("silu", symbol="SiLU", sample=[ANY])
def silu(xp, x):
    """x sigmoid(x), also called swish."""
    y, slope = _logistic(xp, x)
    return x * y, (y + x * slope,)


@primitive("hard_tanh", symbol="HardTanh", sample=[ANY])
def hard_tanh(xp, x):
    """x kept within [−1, 1]; slope 0 on the edges, unlike ``clip``."""
    return xp.minimum(xp.maximum(x, -1.0), 1.0), (_inside(xp, x, -1.0, 1.0),)


@primitive("relu6", symbol="ReLU6", sample=[(-3.0, 9.0)])
def relu6(xp, x):
    """x kept within [0, 6]; slope 0 on the edges."""
    return xp.minimum(xp.maximum(x, 0.0), 6.0), (_inside(xp, x, 0.0, 6.0),)


@primitive("hard_sigmoid", symbol="HardSigmoid", sample=[(-5.0, 5.0)])
def hard_sigmoid(xp, x):
    """(x + 3)/6 kept within [0, 1]; slope 0 on the edges."""
    return xp.minimum(xp.maximum(x + 3.0, 0.0), 6.0) / 6.0, (_inside(xp, x, -3.0, 3.0) / 6.0,)


@primitive("hard_swish", symbol="HardSwish", sample=[(-5.0, 5.0)])
def hard_swish(xp, x):
    """x · hard_sigmoid(x); slope 0 up to −3, 1 from 3 on."""
    slope = xp.where(x >= 3.0, 1.0, xp.where(x <= -3.0, 0.0, x / 3.0 + 0.5))
    return x * (xp.minimum(xp.maximum(x + 3.0, 0.0), 6.0) / 6.0), (slope,)


def _inside(xp, x, low, high):
    """1 between the edges, else 0."""
    return xp.where(x > low, xp.where(x < high, 1.0, 0.0), 0.0)


@primitive("softsign", sample=[ANY])
def softsign(xp, x):
    """x/(1 + |x|); slope 1/(1 + |x|)²."""
    d = 1.0 + _magnitude(xp, x)
    return x / d, (1.0 / (d * d),)


@primitive("selu", symbol="SELU", sample=[ANY])
def selu(xp, x):
    """λx above 0, λα(eˣ − 1) below, with λ and α that keep mean 0 and variance 1 (Klambauer et al. 2017)."""
    low = xp.where(x > 0, 0.0, x)
    return (
        SELU_SCALE * xp.where(x > 0, x, SELU_ALPHA * xp.expm1(low)),
        (SELU_SCALE * xp.where(x > 0, 1.0, SELU_ALPHA * xp.exp(low)),),
    )


@primitive("celu", symbol="CELU", sample=[ANY])
def celu(xp, x, *, alpha=1.0):
    """x above 0, α(exp(x/α) − 1) below, smooth for every α."""
    low = xp.where(x > 0, 0.0, x) / alpha
    return xp.where(x > 0, x, alpha * xp.expm1(low)), (xp.exp(low),)


@primitive("mish", symbol="Mish", sample=[ANY])
def mish(xp, x):
    """x tanh(ln(1 + eˣ)) (Misra 2019)."""
    softplus, y = _softplus(xp, x), _logistic(xp, x)[0]
    t, s = xp.tanh(softplus), 1.0 / xp.cosh(softplus)
    return x * t, (t + x * y * (s * s),)


@primitive("log_sigmoid", symbol="LogSigmoid", sample=[ANY], textbook=lambda xp, y, x: (1 / (1 + xp.exp(x)),))
def log_sigmoid(xp, x):
    """ln σ(x) = −softplus(−x); its slope is σ(−x)."""
    return -_softplus(xp, -x), (_logistic(xp, -x)[0],)


@primitive("straight_through", symbol="step→", sample=[ANY])
def straight_through(xp, x):
    """The step, with the slope of x itself: a wrong slope on purpose, through which a threshold learns (Bengio et al. 2013)."""
    return xp.heaviside(x, 1.0), (1.0,)


@primitive("step", sample=[ANY])
def step(xp, x):
    """1 when x ≥ 0, else 0: the threshold neuron. Its slope is 0 everywhere, so nothing can be learned through it."""
    return xp.heaviside(x, 1.0), (0.0,)


# ── any number of operands ──────────────────────────────────────────────────


@primitive("dot", symbol="w·x", odd="w·x+b")
def dot(xp, *operands):
    """w₁x₁ + … + wₙxₙ (+ b): a neuron's pre-activation in one node. Operands: all w, all x, then b if there is one."""
    n = len(operands) // 2
    w, x = operands[:n], operands[n : 2 * n]
    products = map(times, w, x)
    if len(operands) % 2:
        return reduce(plus, products, operands[-1]), x + w + (1.0,)
    return reduce(plus, products), x + w


@primitive("sum", symbol="Σ")
def sum_(xp, *x):
    """x₁ + … + xₙ."""
    return reduce(plus, x), (1.0,) * len(x)


@primitive("mean", symbol="mean")
def mean(xp, *x):
    """(x₁ + … + xₙ) / n."""
    return reduce(plus, x) / len(x), (1.0 / len(x),) * len(x)


@primitive("prod", symbol="Π")
def prod(xp, *x):
    """x₁ · … · xₙ; each gets the product of the others, with a 0 among them too."""
    before, after = list(accumulate(x, times)), list(accumulate(x[::-1], times))[::-1]
    if len(x) == 1:
        return x[0], (1.0,)
    return before[-1], (after[1], *map(times, before[:-2], after[2:]), before[-2])


@primitive("hypot", symbol="‖ ‖", textbook=lambda xp, y, *x: tuple(xi / y for xi in x))
def hypot(xp, *x):
    """√(x₁² + … + xₙ²), the length of a vector, which can't overflow on the way; slope 0 at 0."""
    r = reduce(xp.hypot, x) if len(x) > 1 else abs(x[0])
    length = xp.where(xp.equal(r, 0.0), 1.0, r)
    return r, tuple(xi / length for xi in x)


def _shifted(xp, x, m):
    """x − m, and 0 for two equal infinities."""
    d = x - m
    return xp.where(xp.equal(d, d), d, xp.where(xp.equal(x, m), 0.0, d))


@primitive("logsumexp", textbook=lambda xp, y, *x: tuple(xp.exp(xi - y) for xi in x))
def logsumexp(xp, *x):
    """ln(eˣ¹ + … + eˣⁿ), shifted by the largest so that nothing overflows; its slopes are the softmax.

    Operands equal to the largest share alike, infinities too: logsumexp(−∞, −∞) = −∞ with slopes ½ ½.
    """
    m = xp.constant(reduce(xp.maximum, x))
    e = [xp.exp(_shifted(xp, xi, m)) for xi in x]
    total = reduce(plus, e)
    return m + xp.log(total), tuple(ei / total for ei in e)
