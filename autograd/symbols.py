r"""The table read with symbols: formulas, printed as text, LaTeX or Python source.

>>> from autograd.ops import OPS
>>> formula(OPS["multiply"]).value.latex()
'a \\, b'
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.elementary import DECISIONS, FUNCTIONS, NUMBERS, canonical, no_function
from autograd.operands import is_value
from autograd.ops import SUPERSCRIPTS, checked
from autograd.readings import WITH_XP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.ops import Op

__all__ = ["Expr", "Formula", "Symbols", "formula", "read", "require_readable", "symbols"]


class Expr:
    """A formula: a head and its arguments; a leaf's head is its name or number.

    >>> x = Expr("x")
    >>> str(1.0 / (1.0 + symbols.exp(-x)))
    '1 / (1 + exp(-x))'
    >>> (x * x).latex()
    'x^{2}'
    """

    __slots__ = ("args", "head")

    def __init__(self, head: str | float, *args: Any) -> None:
        self.head = head
        self.args: tuple[Expr, ...] = tuple(a if isinstance(a, Expr) else Expr(a) for a in args)

    def __add__(self, other: Any) -> Expr:
        return Expr("+", self, other)

    def __radd__(self, other: Any) -> Expr:
        return Expr("+", other, self)

    def __sub__(self, other: Any) -> Expr:
        return Expr("-", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return Expr("-", other, self)

    def __mul__(self, other: Any) -> Expr:
        return Expr("*", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return Expr("*", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return Expr("/", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return Expr("/", other, self)

    def __pow__(self, other: Any) -> Expr:
        return Expr("power", self, other)

    def __rpow__(self, other: Any) -> Expr:
        return Expr("power", other, self)

    def __neg__(self) -> Expr:
        return Expr("neg", self)

    def __abs__(self) -> Expr:
        return Expr("abs", self)

    def __lt__(self, other: Any) -> Expr:
        return Expr("<", self, other)

    def __le__(self, other: Any) -> Expr:
        return Expr("<=", self, other)

    def __gt__(self, other: Any) -> Expr:
        return Expr(">", self, other)

    def __ge__(self, other: Any) -> Expr:
        return Expr(">=", self, other)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expr):
            raise TypeError("a rule compared an operand by ==; write xp.equal, which every number system can read")
        return self is other

    def __bool__(self) -> bool:
        raise TypeError("a rule branched on an operand; use xp.where, so that every number system can read it")

    def __float__(self) -> float:
        raise TypeError(f"a rule made a float of an operand: {WITH_XP}")

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        self.__float__()

    def __repr__(self) -> str:
        return f"Expr({self})"

    def __str__(self) -> str:
        return _print(self, _TEXT)

    def latex(self) -> str:
        """The formula as LaTeX (without dollars)."""
        return _print(self, _LATEX)

    @property
    def binds(self) -> int:
        """How tightly the formula holds together on the board: what holds less than its surroundings is bracketed."""
        return _BINDS.get(str(self.head), ATOM) if self.args else ATOM

    def template(self) -> str:
        """The formula as the board has it, on operands still to be named: leaves "{0}", "{1}", …, and "{y}" for the value.

        Each says how tightly what is filled in has to hold together, or be bracketed ("{1:5}").

        >>> w, x = Expr("{0}"), Expr("{1}")
        >>> (w * x + x * x).template()
        '{0:3}·{1:5} + {1:9}²'
        """
        return _print(_plain(self), _BOARD)

    def source(self) -> str:
        """The formula as Python on ``xp``: what a program that reads the rule would contain."""
        return _print(self, _SOURCE)


class Symbols:
    """Every function of ``xp`` as the formula that calls it."""

    absolute = abs = staticmethod(abs)

    @staticmethod
    def constant(x: Expr) -> Expr:
        """``x`` itself: on paper nothing flows."""
        return x

    def __getattr__(self, name: str) -> Any:
        if name in NUMBERS:
            return NUMBERS[name]
        name = canonical(name)
        if name.startswith("__") or name not in {*FUNCTIONS, *DECISIONS}:
            raise AttributeError(no_function(name, "formulas"))
        op = FUNCTIONS[name].op if name in FUNCTIONS else None

        def called(*args: Any) -> Expr:
            if op is not None and not op.n_ary and len(args) != len(op.operands) + len(op.constants):
                raise TypeError(f"xp.{name} takes {', '.join((*op.constants, *op.operands))}, got {len(args)} numbers")
            return Expr(name, *args)

        return called


symbols = Symbols()


class Formula(NamedTuple):
    """What a row says, as formulas: the value and one local derivative per operand."""

    value: Expr
    local_derivatives: tuple[Expr, ...]


def formula(op: Any, names: Sequence[str] = ()) -> Formula:
    """Read a row of the table with symbols.

    op:    the row; or a Value that it computed, whose operands' labels are then the names
    names: what to call the operands (the rule's own names if empty; x₁ and x₂, or
           w₁ w₂ x₁ x₂ b for dot, where a row takes any number)

    >>> from autograd.ops import OPS
    >>> value, (slope,) = formula(OPS["exp"])
    >>> str(value), slope.latex()
    ('exp(x)', 'e^{x}')
    """
    if is_value(op):
        labels, op = [p.label for p in op.parents], op.op
        if not labels:
            raise TypeError(f"a leaf is computed by no formula; this one is {op.name}: ask for that of a result")
        names = names or (labels if all(map(str.isidentifier, labels)) else ())
    if not names:
        names = op.operands or (("w_1", "w_2", "x_1", "x_2", "b") if op.name == "dot" else ("x_1", "x_2"))
    return read(op, list(map(Expr, names)))


def read(op: Op, x: Sequence[Expr], xp: Any = symbols) -> Formula:
    """Read a row of the table with these formulas as its operands.

    xp: symbols, or others that write some functions by others

    Raises TypeError for a rule that floats alone can read, saying what to write.
    """
    try:
        read = op.rule(xp, *x)
    except (TypeError, AttributeError) as error:
        raise TypeError(f"the rule of {op.name!r} can be read with floats alone: {error}") from error
    y, slopes = checked(op, read, len(x))
    return Formula(_expr(y), tuple(map(_expr, slopes)))


@lru_cache(maxsize=4096)
def require_readable(op: Op) -> None:
    """Raise TypeError for a rule that floats alone can read, before another number system reads it wrong."""
    formula(op)


def _expr(x: Any) -> Expr:
    return x if isinstance(x, Expr) else Expr(x)


class _Style(NamedTuple):
    """One way to write a formula."""

    patterns: dict[str, str]  # how a head is written
    binds: dict[str, int]  # how tightly it holds together; arguments that hold less are bracketed
    enclosing: frozenset[str]  # heads whose pattern encloses its arguments already
    call: str  # how any other head is written
    brackets: str
    number: Callable[[float], str]


ATOM = 9
_INFIX = {
    "+": "{0} + {1}",
    "-": "{0} - {1}",
    "*": "{0} * {1}",
    "/": "{0} / {1}",
    "neg": "-{0}",
    "<": "{0} < {1}",
    ">": "{0} > {1}",
}
_BINDS = {"<": 1, "<=": 1, ">": 1, ">=": 1, "equal": 1, "+": 2, "-": 2, "neg": 3, "*": 4, "/": 4, "power": 6}

_TEXT = _Style(
    patterns={**_INFIX, "abs": "|{0}|", "power": "{0}**{1}", "where": "({1} if {0} else {2})", "<=": "{0} ≤ {1}", ">=": "{0} ≥ {1}", "equal": "{0} = {1}"},
    binds=_BINDS,
    enclosing=frozenset({"abs", "where"}),
    call="{head}({args})",
    brackets="({0})",
    number="{:.6g}".format,
)  # fmt: skip
_LATEX = _Style(
    patterns={
        **_INFIX, "*": r"{0} \, {1}", "/": r"\frac{{{0}}}{{{1}}}", "<=": r"{0} \le {1}", ">=": r"{0} \ge {1}", "equal": "{0} = {1}",
        "abs": r"\left|{0}\right|", "power": "{0}^{{{1}}}", "exp": "e^{{{0}}}", "expm1": "e^{{{0}}} - 1",
        "sqrt": r"\sqrt{{{0}}}", "log": r"\ln\left({0}\right)", "lgamma": r"\ln\Gamma\left({0}\right)",
        "digamma": r"\psi\left({0}\right)", "polygamma": r"\psi^{{({0})}}\left({1}\right)", "log1p": r"\ln\left(1 + {0}\right)",
        "maximum": r"\max\left({0}, {1}\right)", "minimum": r"\min\left({0}, {1}\right)",
        "sign": r"\operatorname{{sgn}}\left({0}\right)", "heaviside": r"\mathbb{{1}}\left[{0} > 0\right]",
        "where": r"\begin{{cases}}{1} & {0}\\{2} & \text{{otherwise}}\end{{cases}}",
    },
    binds={**_BINDS, "/": 5, "exp": 6, "expm1": 2},
    enclosing=frozenset({"/", "abs", "sqrt", "exp", "expm1", "log", "log1p", "lgamma", "digamma", "polygamma", "maximum", "minimum", "sign", "heaviside", "where"}),
    call=r"\operatorname{{{head}}}\left({args}\right)",
    brackets=r"\left({0}\right)",
    number="{:.6g}".format,
)  # fmt: skip
_SOURCE = _Style(
    patterns={**_INFIX, "abs": "abs({0})", "<=": "{0} <= {1}", ">=": "{0} >= {1}", "equal": "{0} == {1}"},
    binds={k: v for k, v in _BINDS.items() if k != "power"},
    enclosing=frozenset({"abs"}),
    call="xp.{head}({args})",
    brackets="({0})",
    number=lambda x: repr(x) if math.isfinite(x) else f"float('{x}')",
)  # fmt: skip


_BOARD = _Style(
    patterns={
        **_TEXT.patterns, "-": "{0} − {1}", "*": "{0}·{1}", "neg": "−{0}", "power": "{0}^{1}", "sqrt": "√({0})",
        "maximum": "max({0}, {1})", "minimum": "min({0}, {1})", "heaviside": "(1 if {0} > 0 else 0)",
        "lgamma": "ln Γ({0})", "digamma": "ψ({0})",
    },
    binds=_BINDS,
    enclosing=frozenset({"abs", "sqrt", "maximum", "minimum", "lgamma", "digamma", "polygamma"}),
    call="{head}({args})",
    brackets="({0})",
    number=lambda x: f"{x:.6g}".replace("-", "−"),
)  # fmt: skip
_TERMS = 4  # of a sum; a longer one is shown by its first and its last


def _plain(e: Expr) -> Expr:
    """Without factors and exponents of 1, and x · x as a square."""
    if e.head == "+":  # iterative: a sum has as many terms as an op has operands
        return e
    args = tuple(map(_plain, e.args))
    match e.head, args:
        case "power", (base, Expr(head=1.0)):
            return base
        case "power", (_, Expr(head=0.0)):
            return Expr(1.0)
        case "*", (Expr(head=1.0), other) | (other, Expr(head=1.0)):
            return other
        case "*", (a, b) if _same_formula(a, b):
            return Expr("power", a, 2.0)
    return Expr(e.head, *args)


def _print_sum(e: Expr) -> str:
    """Products first, as the lecture writes the bias last; a long sum by its first and last terms."""
    terms: list[Expr] = []
    while e.head == "+" and e.args:
        e, last = e.args
        terms.append(last)
    terms = [e, *reversed(terms)]
    terms.sort(key=lambda term: term.head != "*")
    if len(terms) > _TERMS:
        several = [term for term in terms if term.head == "*"] or terms
        terms = [several[0], Expr("…"), several[-1], *terms[len(several) :]]
    first, *rest = (_bracketed(_plain(term), "+", min(slot, 1), _BOARD) for slot, term in enumerate(terms))
    # A sign after a plus is bracketed, that of a product's first factor too.
    return " + ".join([first, *(re.sub(r"^\{(\w+):3\}", r"{\1:4}", text) for text in rest)])


def _print(e: Expr, style: _Style) -> str:
    # Recursion is safe: a formula is as deep as one rule, not as deep as a graph.
    if not e.args:
        return e.head if isinstance(e.head, str) else style.number(e.head)
    head = str(e.head)
    if style is _BOARD and head == "+":
        return _print_sum(e)
    if style is _BOARD and head == "power" and isinstance(k := e.args[1].head, (int, float)) and k == int(k):
        return _bracketed(e.args[0], head, 0, style) + f"{k:.0f}".translate(SUPERSCRIPTS)
    if style is _BOARD and head == "polygamma":
        return f"ψ{f'({e.args[0].head})'.translate(SUPERSCRIPTS)}({_print(e.args[1], style)})"
    if style is _BOARD and head == "heaviside" and e.args[1].head == 1.0:
        return _print(e, _BOARD._replace(patterns={"heaviside": "(1 if {0} ≥ 0 else 0)"}))
    if style is _LATEX and head == "*" and _same_formula(*e.args):
        return _print(Expr("power", e.args[0], 2.0), style)
    if style is _LATEX and head == "heaviside" and e.args[1].head == 1.0:
        return rf"\mathbb{{1}}\left[{_print(e.args[0], style)} \ge 0\right]"
    pattern = style.patterns.get(head)
    if pattern is None:
        return style.call.format(head=head, args=", ".join(_print(a, style) for a in e.args))
    return pattern.format(*(_bracketed(a, head, slot, style) for slot, a in enumerate(e.args)))


def _bracketed(e: Expr, outer: str, slot: int, style: _Style) -> str:
    """An argument as it stands inside ``outer``, bracketed where it would otherwise be read wrong."""
    text = _print(e, style)
    if style is _BOARD and text[0] == "{" and not e.args:
        return text if outer in style.enclosing else f"{text[:-1]}:{_demand(outer, slot)}}}"
    if style is _BOARD and e.head == "neg" and slot == 0 and outer in ("+", "-", "*", "/"):
        return text
    exponent = style is _LATEX and outer == "power" and slot == 1  # braces hold it together
    if outer in style.enclosing or exponent:
        return text
    negative = isinstance(e.head, (int, float)) and text.startswith("-")
    mine = (style.binds.get(str(e.head), ATOM) if e.args else ATOM) if not negative else style.binds["neg"]
    theirs = style.binds.get(outer, ATOM)
    if negative and slot == 0 and outer in ("+", "-", "*", "/"):
        return text
    # Operators of one rank read from the left; comparisons and powers must not be chained at all.
    tie = (slot == 1 and outer in ("-", "/", "*")) or outer == "power" or theirs == 1
    return style.brackets.format(text) if mine < theirs or (mine == theirs and tie) else text


def _demand(outer: str, slot: int) -> int:
    """How tightly an operand has to hold together here; a sign of its own is bracketed wherever it does not come first."""
    if outer in ("*", "/") and slot == 0:
        return _BINDS["neg"]
    if outer in ("+", "-", "neg"):
        return _BINDS["*"] if slot or outer == "neg" else _BINDS["+"]
    return ATOM if outer == "power" else _BINDS.get(outer, 0) + 1


def _same_formula(a: Expr, b: Expr) -> bool:
    return a.head == b.head and len(a.args) == len(b.args) and all(map(_same_formula, a.args, b.args))
