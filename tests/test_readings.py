"""One rule, many readings: floats, arrays and symbols say the same; formulas print as they are meant."""

from __future__ import annotations

import math
import operator
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import settings

from autograd import OPS, Value
from autograd.readings import arrays, floats, ieee_read
from autograd.symbols import Expr, formula, symbols

every_row = pytest.mark.parametrize("op", OPS.values(), ids=OPS)


def names_of(op, n):
    return list(op.operands) or [f"x{i}" for i in range(n)]


def evaluated(expression, xp, names, x):
    return eval(expression.source(), {"xp": xp, "abs": abs, "float": float, **dict(zip(names, x, strict=True))})


# ── the readings agree ──────────────────────────────────────────────────────


@every_row
def test_the_printed_source_evaluates_to_the_same_floats(op, points):
    for x in points(op):
        names = names_of(op, len(x))
        value, slopes = formula(op, names)
        y, local = op.rule(floats, *x)
        assert evaluated(value, floats, names, x) == y
        assert [evaluated(s, floats, names, x) for s in slopes] == list(local)


@every_row
def test_arrays_give_the_floats_element_by_element(op, points):
    x = points(op)
    y, local = op.rule(arrays, *np.array(x).T)
    by_float = [op.rule(floats, *point) for point in x]
    close = {"rtol": 1e-14, "atol": 1e-15}  # NumPy's exp and the C library's may differ in the last bit
    np.testing.assert_allclose(y, [value for value, _ in by_float], **close)
    for i, slope in enumerate(local):
        np.testing.assert_allclose(np.broadcast_to(slope, len(x)), [slopes[i] for _, slopes in by_float], **close)


@every_row
def test_the_printed_source_evaluates_on_arrays_too(op, points):
    x = np.array(points(op)).T
    names = names_of(op, len(x))
    value, slopes = formula(op, names)
    y, local = op.rule(arrays, *x)
    np.testing.assert_array_equal(evaluated(value, arrays, names, x), y)
    for printed, slope in zip(slopes, local, strict=True):
        np.testing.assert_array_equal(evaluated(printed, arrays, names, x), slope)


@every_row
def test_arrays_of_any_shape_keep_it(op, points):
    x = np.array(points(op, 6)).T
    y, _ = op.rule(arrays, *(v.reshape(2, 3) for v in x))
    assert np.shape(y) == (2, 3)
    np.testing.assert_array_equal(np.ravel(y), op.rule(arrays, *x)[0])


@every_row
def test_a_formula_has_one_slope_an_operand(op):
    value, slopes = formula(op)
    assert isinstance(value, Expr)
    assert all(isinstance(s, Expr) for s in slopes)
    names = set(re.findall(r"[a-z]\w*", value.source())) - {"xp", "abs", "where", "float"}
    assert len(slopes) == len(op.operands or {n for n in names if re.fullmatch(r"[wx]_\d|b", n)})


def same(a, b):
    """Equal, or both nan; the sign of a zero is nobody's claim."""
    return bool(a == b or (a != a and b != b))


SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -2.5, 1e308, -5e-324]


@pytest.mark.parametrize("function", ["maximum", "minimum", "heaviside", "equal"])
@pytest.mark.parametrize("a", SPECIAL)
@pytest.mark.parametrize("b", SPECIAL)
def test_functions_of_two_floats_are_numpys_at_special_numbers(function, a, b):
    assert same(getattr(floats, function)(a, b), getattr(np, function)(a, b))


@pytest.mark.parametrize("a", SPECIAL)
def test_the_sign_of_a_float_is_numpys(a):
    assert same(floats.sign(a), np.sign(a))


def test_where_and_constant_are_what_they_say():
    assert (floats.where(True, 1.0, 2.0), floats.where(False, 1.0, 2.0), floats.constant(3.0)) == (1.0, 2.0, 3.0)
    assert str(symbols.constant(Expr("m"))) == "m"
    assert not hasattr(symbols, "__array__"), "symbols have functions, not Python's protocols"


@every_row
def test_ieee_reading_agrees_with_floats_inside_the_domain(op, points):
    for x in points(op, 5):
        y, local = ieee_read(op, x)
        assert {type(v) for v in (y, *local)} == {float}
        expected_y, expected = op.rule(floats, *x)
        assert y == pytest.approx(expected_y, rel=1e-14, abs=1e-15)
        assert local == pytest.approx(expected, rel=1e-14, abs=1e-15)


@every_row
@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, 0.0, -1.0, 1e308, -1e308])
def test_ieee_reading_never_raises_and_never_warns(op, x):
    y, local = ieee_read(op, [x] * (len(op.operands) or 3))
    assert {type(v) for v in (y, *local)} == {float}


@every_row
@pytest.mark.parametrize("xp", [floats, arrays], ids=["floats", "arrays"])
def test_nan_is_never_hidden_by_a_value(op, xp):
    n = len(op.operands) or 3
    for slot in range(n):
        x = [0.5] * n
        x[slot] = math.nan
        with np.errstate(all="ignore"):
            y, _ = op.rule(xp, *(x if xp is floats else map(np.float64, x)))
        assert math.isnan(y)


# ── printing ────────────────────────────────────────────────────────────────

x, y = Expr("x"), Expr("y")

PRINTED = [  # formula, text, LaTeX, source
    (x + y * 2.0, "x + y * 2", r"x + y \, 2", "x + y * 2.0"),
    ((x + y) * 2.0, "(x + y) * 2", r"\left(x + y\right) \, 2", "(x + y) * 2.0"),
    (x - (y - 1.0), "x - (y - 1)", r"x - \left(y - 1\right)", "x - (y - 1.0)"),
    (x / (y / 2.0), "x / (y / 2)", r"\frac{x}{\frac{y}{2}}", "x / (y / 2.0)"),
    (-(x + y), "-(x + y)", r"-\left(x + y\right)", "-(x + y)"),
    (x * -y, "x * (-y)", r"x \, \left(-y\right)", "x * (-y)"),
    (x * x, "x * x", "x^{2}", "x * x"),
    ((x + y) * (x + y), "(x + y) * (x + y)", r"\left(x + y\right)^{2}", "(x + y) * (x + y)"),
    (symbols.power(x, 3.0), "x**3", "x^{3}", "xp.power(x, 3.0)"),
    (symbols.power(-x, 2.0), "(-x)**2", r"\left(-x\right)^{2}", "xp.power(-x, 2.0)"),
    (
        symbols.power(symbols.power(x, 2.0), 3.0),
        "(x**2)**3",
        r"\left(x^{2}\right)^{3}",
        "xp.power(xp.power(x, 2.0), 3.0)",
    ),
    (symbols.power(x, y + 1.0), "x**(y + 1)", "x^{y + 1}", "xp.power(x, y + 1.0)"),
    (symbols.exp(x) * symbols.exp(x), "exp(x) * exp(x)", r"\left(e^{x}\right)^{2}", "xp.exp(x) * xp.exp(x)"),
    (2.0 * symbols.expm1(x), "2 * expm1(x)", r"2 \, \left(e^{x} - 1\right)", "2.0 * xp.expm1(x)"),
    (symbols.log(x + 1.0), "log(x + 1)", r"\ln\left(x + 1\right)", "xp.log(x + 1.0)"),
    (abs(x - y), "|x - y|", r"\left|x - y\right|", "abs(x - y)"),
    (1.0 / symbols.sqrt(x), "1 / sqrt(x)", r"\frac{1}{\sqrt{x}}", "1.0 / xp.sqrt(x)"),
    (
        symbols.where(x > 0, x, 0.0),
        "(x if x > 0 else 0)",
        r"\begin{cases}x & x > 0\\0 & \text{otherwise}\end{cases}",
        "xp.where(x > 0, x, 0.0)",
    ),
    (symbols.maximum(x, y), "maximum(x, y)", r"\max\left(x, y\right)", "xp.maximum(x, y)"),
    (symbols.heaviside(x, 0.0), "heaviside(x, 0)", r"\mathbb{1}\left[x > 0\right]", "xp.heaviside(x, 0.0)"),
    (symbols.heaviside(x, 1.0), "heaviside(x, 1)", r"\mathbb{1}\left[x \ge 0\right]", "xp.heaviside(x, 1.0)"),
    (symbols.tanh(x), "tanh(x)", r"\operatorname{tanh}\left(x\right)", "xp.tanh(x)"),
]


@pytest.mark.parametrize(("expression", "text", "latex", "source"), PRINTED)
def test_formulas_print_as_one_writes_them(expression, text, latex, source):
    assert str(expression) == text
    assert expression.latex() == latex
    assert expression.source() == source


ROWS = [  # row, value in LaTeX, slopes in LaTeX
    ("add", "a + b", ["1", "1"]),
    ("subtract", "a - b", ["1", "-1"]),
    ("multiply", r"a \, b", ["b", "a"]),
    ("divide", r"\frac{a}{b}", [r"\frac{1}{b}", r"\frac{-\frac{a}{b}}{b}"]),
    ("exp", "e^{x}", ["e^{x}"]),
    ("log", r"\ln\left(x\right)", [r"\frac{1}{x}"]),
    ("sqrt", r"\sqrt{x}", [r"\frac{0.5}{\sqrt{x}}"]),
    ("cos", r"\operatorname{cos}\left(x\right)", [r"-\operatorname{sin}\left(x\right)"]),
    ("relu", r"\max\left(x, 0\right)", [r"\mathbb{1}\left[x > 0\right]"]),
    ("dot", r"b + w_1 \, x_1 + w_2 \, x_2", ["x_1", "x_2", "w_1", "w_2", "1"]),
    ("mean", r"\frac{x_1 + x_2}{2}", ["0.5", "0.5"]),
]


@pytest.mark.parametrize(("name", "value", "slopes"), ROWS)
def test_rows_print_as_one_writes_them(name, value, slopes):
    read = formula(OPS[name])
    assert read.value.latex() == value
    assert [s.latex() for s in read.local_derivatives] == slopes


def test_a_bound_row_prints_its_constants():
    assert str(formula(OPS["power_constant"].bind(k=3.0)).value) == "x**3"
    assert str(formula(OPS["power_constant"].bind(k=3.0)).local_derivatives[0]) == "3 * x**2"
    assert str(formula(OPS["exponential"].bind(base=2.0)).value) == "2**x"


def test_operands_are_called_what_the_caller_calls_them():
    assert str(formula(OPS["multiply"], ["weight", "input"]).value) == "weight * input"
    assert str(formula(OPS["sum"], ["p", "q", "r"]).value) == "p + q + r"


def test_a_rule_may_be_written_with_pythons_own_powers_and_comparisons():
    assert (x**3).source() == "xp.power(x, 3)"
    assert [e.source() for e in (x <= y, x < 1.0, x >= 0.0, x > y)] == ["x <= y", "x < 1.0", "x >= 0.0", "x > y"]
    assert [str(e) for e in (x <= y, x >= 0.0)] == ["x ≤ y", "x ≥ 0"]
    assert repr(2.0 - x / 3.0) == "Expr(2 - x / 3)"


def test_a_rule_that_branches_on_an_operand_is_told_of_where():
    with pytest.raises(TypeError, match=r"use xp\.where"):
        bool(x > 0)
    with pytest.raises(TypeError, match=r"use xp\.where"):
        max(x, y)


# ── brackets: what is printed means what the tree says ──────────────────────

OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
    "abs": abs,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "equal": operator.eq,
    "where": lambda c, a, b: a if c else b,
    "power": lambda a, k: a**k,
}
ARITY = {"neg": 1, "abs": 1, "where": 3}
NAMES = {"a": Fraction(3, 7), "b": Fraction(-5, 3), "c": Fraction(2)}


class Fractions:
    """A number system without rounding, so that `equal` means equal."""

    where = staticmethod(OPERATORS["where"])
    equal = staticmethod(operator.eq)
    power = staticmethod(OPERATORS["power"])


def meaning(e):
    """The number a tree stands for, by walking the tree."""
    if not e.args:
        return NAMES[e.head] if isinstance(e.head, str) else Fraction(e.head)
    return OPERATORS[e.head](*map(meaning, e.args))


# A tree is cheap, and mistakes hide in rare pairs of heads. Hypothesis would take 5 ms to make one.
TREES = max(3_000, settings.default.max_examples)
LEAVES = [*NAMES, -2.0, -1.0, 0.5, 1.0, 3.0, -3, 2]
EXPONENTS = [2.0, 3.0, 2]  # small whole numbers, so that fractions stay fractions


def tree(draw: random.Random, heads: list[str], depth: int) -> Expr:
    """A random formula, of no more than this depth."""
    if depth == 0 or draw.random() < 0.2:
        return Expr(draw.choice(LEAVES))
    head = draw.choice(heads)
    args = [tree(draw, heads, depth - 1) for _ in range(ARITY.get(head, 2))]
    return Expr(head, args[0], Expr(draw.choice(EXPONENTS))) if head == "power" else Expr(head, *args)


def trees(heads: list[str]) -> Iterator[Expr]:
    """Small ones first, so that the first that fails is small."""
    draw = random.Random("".join(heads))
    return (tree(draw, heads, 1 + 4 * i // TREES) for i in range(TREES))


def defined(heads: list[str]) -> Iterator[tuple[Expr, Fraction]]:
    """Those that stand for a number, and the number: a tree may divide by 0."""
    for e in trees(heads):
        with suppress(ZeroDivisionError):
            yield e, meaning(e)


def test_source_means_what_the_tree_says():
    for e, true in defined(list(OPERATORS)):
        # Whole numbers and floats as fractions: a program's numbers are floats, but rounding is not what is asked here.
        source = re.sub(r"(?<![\w.])\d+(\.\d+)?", lambda number: f"F({number[0]!r})", e.source())
        assert eval(source, {"xp": Fractions, "F": Fraction, "abs": abs, **NAMES}) == true, e.source()


def test_text_means_what_the_tree_says():
    for e, true in defined(["+", "-", "*", "/", "neg", "power", "<", ">"]):
        text = re.sub(r"(?<![\w.])\d+(\.\d+)?", lambda number: f"F({number[0]!r})", str(e))
        assert eval(text, {"F": Fraction, **NAMES}) == true, str(e)


LATEX_TOKEN = re.compile(r"\\left[(|]|\\right[)|]|\\[a-z]+|\\,|\d+(?:\.\d+)?|\S")


class LaTeX:
    """A reader of LaTeX arithmetic, by the precedences a mathematician reads with: + −, then unary −, then products, then powers."""

    def __init__(self, text):
        self.tokens = [*LATEX_TOKEN.findall(text), "end"]

    @classmethod
    def value(cls, text):
        reader = cls(text)
        result = reader.sum()
        assert reader.tokens == ["end"], f"unread: {reader.tokens}"
        return result

    def take(self, *expected):
        if self.tokens[0] in expected:
            return self.tokens.pop(0)
        return None

    def need(self, token):
        assert self.take(token), f"expected {token}, found {self.tokens[0]}"

    def sum(self):
        result = self.product()
        while sign := self.take("+", "-"):
            term = self.product()
            result = result + term if sign == "+" else result - term
        return result

    def product(self):
        if self.take("-"):
            return -self.product()
        result = self.power()
        while self.take(r"\,"):
            assert self.tokens[0] != "-", "a sign after a product sign needs brackets"
            result = result * self.power()
        return result

    def power(self):
        base = self.atom()
        if self.take("^"):
            base = base ** self.group()
            assert self.tokens[0] != "^", "double superscript"
        return base

    def group(self):
        self.need("{")
        result = self.sum()
        self.need("}")
        return result

    def atom(self):
        token = self.tokens.pop(0)
        if token == r"\left(":
            result = self.sum()
            self.need(r"\right)")
            return result
        if token == r"\left|":
            result = abs(self.sum())
            self.need(r"\right|")
            return result
        if token == r"\frac":
            return self.group() / self.group()
        return NAMES[token] if token in NAMES else Fraction(token)


def test_latex_means_what_the_tree_says():
    for e, true in defined(["+", "-", "*", "/", "neg", "abs", "power"]):
        assert LaTeX.value(e.latex()) == true, e.latex()


def test_latex_braces_and_brackets_are_paired():
    for e in trees(list(OPERATORS)):
        latex = e.latex()
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        assert latex.count(r"\begin") == latex.count(r"\end")


def test_numbers_that_have_no_literal_can_be_evaluated():
    for number in (math.inf, -math.inf, math.nan):
        np.testing.assert_equal(eval(Expr(number).source()), number)
    k = OPS["power_constant"].bind(k=math.inf)
    assert evaluated(formula(k).value, floats, ["x"], [2.0]) == math.inf


def test_the_formula_of_a_value_is_that_of_its_row_in_its_operands_names():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    assert str(formula(a * b)[0]) == "a * b"
    assert str(formula(a * b, ["u", "v"])[0]) == "u * v"
    assert str(formula(Value(1.0, label="w[0]").tanh())[0]) == str(formula(OPS["tanh"])[0])
    assert str(formula(a**1.5)[1][0]) == str(formula(OPS["power_constant"].bind(k=1.5), ["a"])[1][0])
    with pytest.raises(TypeError, match="a leaf is computed by no formula; this one is input"):
        formula(a)
