"""The compiler's parts, each by itself: small cases, worked out by hand."""

from __future__ import annotations

import math
from functools import reduce
from textwrap import dedent
from types import SimpleNamespace

import numpy as np
import pytest

from autograd import DomainError, Value, compile_graph, dot, logsumexp, mean
from autograd import sum as summed
from autograd.backprop import topological_order
from autograd.compiler import display, numpy_arrays
from autograd.compiler.arguments import Arguments, difference
from autograd.compiler.buffers import Buffer, shared
from autograd.compiler.classes import classes_of
from autograd.compiler.domains import betrayal
from autograd.compiler.formula import Expr, board, bracketed, inside, is_number, simplified, times
from autograd.compiler.gradient import Gradient, added, scaled, total
from autograd.compiler.indexing import indexing_of
from autograd.compiler.libraries import namespace_of
from autograd.compiler.namespace import Namespace
from autograd.compiler.naming import Names
from autograd.compiler.numpy_arrays import NumPy, TallNumPy
from autograd.compiler.products import Rows, completed, grid, padded, squeezed
from autograd.compiler.tape import tape_of
from autograd.ops import OPS

TABLE = tuple(OPS.values())  # before a test adds an op of its own
a, b, c = map(Expr, "abc")
ONE, TWO = Expr(1.0), Expr(2.0)


# ── formulas ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Expr("+", Expr("+", a, b), c), "a + b + c"),
        (Expr("+", a, Expr("+", b, c)), "a + (b + c)"),
        (Expr("-", a, Expr("-", b, c)), "a - (b - c)"),
        (Expr("*", Expr("+", a, b), c), "(a + b) * c"),
        (Expr("+", Expr("*", a, b), Expr("/", b, c)), "a * b + b / c"),
        (Expr("/", a, Expr("*", b, c)), "a / (b * c)"),
        (Expr("*=", Expr("*", a, b), c), "a * b * c"),
        (Expr("*", Expr("@", a, b), c), "(a @ b) * c"),
        (Expr("*", c, Expr("@@", a, b)), "c * (a @ b)"),
        (Expr("@", Expr("@", a, b), c), "(a @ b) @ c"),
        (Expr("+", Expr("@", a, b), c), "a @ b + c"),
        (Expr("neg", Expr("*", a, b)), "-a * b"),
        (Expr("neg", Expr("+", a, b)), "-(a + b)"),
        (Expr("neg", Expr("neg", a)), "-(-a)"),
        (Expr("*", Expr("neg", a), b), "(-a) * b"),
        (Expr("+", Expr("neg", a), b), "-a + b"),
        (Expr("-", a, Expr("neg", b)), "a - -b"),
        (Expr("*", Expr(-2.0), a), "(-2.0) * a"),
        (Expr("+", a, Expr(-2.0)), "a + -2.0"),
        (Expr("+", a, Expr(-math.inf)), "a + float('-inf')"),
        (Expr("abs", Expr("-", a, b)), "abs(a - b)"),
        (Expr("exp", a), "xp.exp(a)"),
        (Expr("where", Expr(">", a, b), ONE, c), "xp.where(a > b, 1.0, c)"),
        (Expr("T", Expr("+", a, b)), "(a + b).T"),
        (Expr("mT", Expr("*", a, b)), "(a * b).swapaxes(-1, -2)"),
        (Expr("column", Expr("neg", a)), "(-a)[..., None]"),
        *(
            case
            for sign in ("<", "<=", ">", ">=")
            for case in (
                (Expr(sign, Expr("+", a, b), c), f"a + b {sign} c"),
                (Expr("+", Expr(sign, a, b), c), f"(a {sign} b) + c"),
                (Expr("+", c, Expr(sign, a, b)), f"c + (a {sign} b)"),
                (Expr(sign, Expr(sign, a, b), c), f"(a {sign} b) {sign} c"),  # unbracketed, Python would chain them
                (Expr(sign, a, Expr(sign, b, c)), f"a {sign} (b {sign} c)"),
            )
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_formula_is_written_with_the_brackets_that_it_needs(formula, text):
    assert board(formula) == text
    assert bracketed(formula) == f"({text})"


def test_a_name_needs_no_brackets_and_is_no_number():
    assert (bracketed(a), board(ONE), board(a)) == ("a", "1.0", "a")
    assert [is_number(e) for e in (ONE, a, Expr("neg", ONE))] == [True, False, False]


def test_the_parts_of_a_formula_come_once_the_outer_first():
    part = Expr("exp", a)
    whole = Expr("+", part, Expr("neg", part))
    assert [e.head for e in inside(whole)] == ["+", "neg", "exp", "a"]


@pytest.mark.parametrize(
    ("formula", "simpler"),
    [
        (Expr("power", a, TWO), "a * a"),
        (Expr("power", a, ONE), "a"),
        (Expr("power", a, Expr(3.0)), "xp.power(a, 3.0)"),
        (Expr("*", ONE, a), "a"),
        (Expr("*", a, ONE), "a"),
        (Expr("*", a, TWO), "a * 2.0"),
        (Expr("where", ONE, a, b), "a"),
        (Expr("where", Expr(0.0), a, b), "b"),
        (Expr("where", a, ONE, b), "xp.where(a, 1.0, b)"),
        (Expr("+", ONE, TWO), "3.0"),
        (Expr("abs", Expr(-2.0)), "2.0"),
        (Expr("maximum", ONE, TWO), "2.0"),
        (Expr("*", Expr("-", TWO, ONE), Expr("exp", a)), "xp.exp(a)"),
        (Expr("/", ONE, Expr(0.0)), "1.0 / 0.0"),
        (Expr("log", Expr(-1.0)), "xp.log(-1.0)"),
        *((Expr(sign, *pair), str(float(eval(f"{pair[0].head} {sign} {pair[1].head}"))))
          for sign in ("-", "*", "/", "<", "<=", ">", ">=") for pair in ((ONE, TWO), (TWO, TWO), (TWO, ONE))),
    ],
    ids=lambda x: x if isinstance(x, str) else board(x),
)  # fmt: skip
def test_a_formula_is_simplified_to_the_same_numbers(formula, simpler):
    assert board(simplified(formula, {})) == simpler


def test_shared_parts_stay_shared_when_they_are_simplified():
    part = Expr("*", ONE, Expr("exp", a))
    left, right = simplified(Expr("+", part, part), {}).args
    assert left is right
    as_it_is = Expr("+", a, b)
    assert simplified(as_it_is, {}) is as_it_is
    assert times(ONE, a) is a is times(a, ONE)


# ── gradients on their way ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("gradient", "text"),
    [
        (Gradient(), "xp.full((n, 3), 1.0)"),
        (Gradient(-2.0), "xp.full((n, 3), -2.0)"),
        (Gradient(-2.0, over_n=True), "xp.full((n, 3), (-2.0) / n)"),
        (Gradient(factor=a), "a"),
        (Gradient(-1.0, factor=a), "-a"),
        (Gradient(2.0, factor=a), "2.0 * a"),
        (Gradient(2.0, over_n=True, factor=a), "2.0 * a / n"),
        (Gradient(0.5, factor=a, full=False), "0.5 * xp.broadcast_to(a, (n, 3))"),
    ],
)
def test_a_gradient_is_a_number_times_an_array(gradient, text):
    assert board(gradient.formula("(n, 3)")) == text


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ([Gradient(-1.0, factor=a)], "-a"),
        ([Gradient(2.0, factor=a), Gradient(3.0, factor=b)], "2.0 * a + 3.0 * b"),
        ([Gradient(2.0, factor=a), Gradient(-2.0, factor=b)], "2.0 * (a - b)"),
        ([Gradient(-2.0, True, a), Gradient(2.0, True, b)], "2.0 * (b - a) / n"),
        ([Gradient(-2.0, True, a), Gradient(2.0, False, b)], "2.0 * b - 2.0 * a / n"),
        ([Gradient(-1.0, factor=a), Gradient(-1.0, factor=b)], "-a - b"),
        ([Gradient(1.0), Gradient(-1.0, factor=b)], "xp.full((3,), 1.0) - b"),
        ([Gradient(1.0, factor=a, full=False), Gradient(1.0, factor=b)], "xp.broadcast_to(a, (3,)) + b"),
        ([Gradient(-1.0, factor=a), Gradient(factor=b), Gradient(-1.0, factor=c)], "b - a - c"),
    ],
)
def test_a_number_that_all_gradients_share_is_taken_out_of_their_sum(terms, text):
    assert board(total(terms, "(3,)")) == text


def test_signs_and_scales_by_hand():
    assert board(added([a, b, c], [True, False, False])) == "b + c - a"
    assert board(added([a, b], [True, True])) == "-a - b"
    assert board(scaled(a, 1.0, False)) == "a"
    assert board(scaled(a, -1.0, True)) == "(-a) / n"


# ── domains ─────────────────────────────────────────────────────────────────


def test_what_betrays_that_a_domain_was_left():
    """Outside of log's there is no value; of √, at 0, a value without a slope. What has no domain is defined everywhere."""
    without_slope = {"power", "sqrt", "cbrt", "arcsin", "arccos", "arccosh", "arctan2"}
    for op in TABLE:
        expected = "slopes" if op.name in without_slope else "value" if op.domain else ""
        assert betrayal(op, (None,) * (3 if op.n_ary else len(op.operands))) == expected, op


@pytest.mark.parametrize(
    ("op", "operands", "shown_by"),
    [
        (OPS["divide"], (None, 2.0), ""),
        (OPS["divide"], (2.0, None), "value"),
        (OPS["power_constant"].bind(k=3), (None,), "value"),  # its domain is stated: it is looked at
        (OPS["power_constant"].bind(k=0.5), (None,), "slopes"),  # √0 = 0, without a slope
        (OPS["power_constant"].bind(k=-1), (None,), "value"),
        (OPS["power_constant"].bind(k=3), (2.0,), ""),
        (OPS["power"], (2.0, None), ""),
        (OPS["arctan2"], (None, 1.0), ""),
    ],
)
def test_a_constant_operand_may_keep_within_the_domain(op, operands, shown_by):
    assert betrayal(op, operands) == shown_by


# ── NumPy, another way ──────────────────────────────────────────────────────


def numbers(*shape):
    """1, 2, 3, … in that shape: their sums are exact."""
    return np.arange(1.0, math.prod(shape) + 1.0).reshape(shape)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (2, 33), (3, 2, 33), (32, 2), (1, 1), (0, 3)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_reductions_are_numpys(shape, dtype):
    xp, x = NumPy(np.dtype(dtype)), numbers(*shape).astype(dtype)
    cases = [
        (xp.row_sums, (x,), x.sum(-1)),
        (xp.row_dots, (x, x[::-1]), (x * x[::-1]).sum(-1)),
        *([(xp.row_dots, (x[0], x), (x[0] * x).sum(-1))] if x.ndim > 1 and x.size else []),
        *([(xp.row_dots, (x, x[0]), (x * x[0]).sum(-1))] if x.ndim > 1 and x.size else []),
        *([(xp.row_max, (x,), x.max(-1))] if x.size else []),
        *([(xp.column_sums, (x,), x.sum(0))] if x.ndim == 2 else []),
        *([(xp.outer, (x, x[::-1]), x[:, None] * x[::-1])] if x.ndim == 1 else []),
    ]
    for function, given, expected in cases:
        out = np.full_like(expected, 7.0) if expected.shape else None
        for into in (None, out):
            found = function(*given, out=into)
            np.testing.assert_allclose(found, expected, rtol=1e-6)
            assert found.dtype == dtype
            assert into is None or found is into


def test_what_is_gathered_and_scattered():
    xp = NumPy(np.dtype("float64"))
    at = xp.places(np.array([[2, 0], [2, 3]]), 3)  # 3 is past the end
    x = numbers(2, 3)
    assert xp.take(x, at, -1.0).tolist() == [[[3, 1], [3, -1]], [[6, 4], [6, -1]]]
    assert xp.take(x[0], xp.places(np.array([1, 1]), 3)).tolist() == [2, 2]
    d = numbers(2, 2, 2)
    assert xp.scatter(np.zeros((2, 3)), at, d).tolist() == [[2, 0, 1 + 3], [6, 0, 5 + 7]]
    once = xp.places(np.array([2, 0]), 3)
    assert xp.scatter(np.ones(3), once, np.array([5.0, 6.0])).tolist() == [7, 1, 6]
    g = np.ones((2, 3), order="F")
    assert xp.scatter(g, once, numbers(2, 2)).tolist() == [[3, 1, 2], [5, 1, 4]]
    assert xp.add_at(np.ones(3), slice(1, 3), np.array([1.0, 2.0])).tolist() == [1, 2, 3]


def test_what_a_program_asks_of_any_library():
    """The plain way, here with NumPy, on which the others build."""
    xp, x = Namespace(np.dtype("float32")), numbers(2, 3)
    xp.library = np
    for found, expected in [
        (xp.row_sums(x), [6, 15]), (xp.column_sums(x), [5, 7, 9]), (xp.row_max(numbers(2, 2, 3)), [[3, 6], [9, 12]]),
        (xp.row_dots(x, x), [14, 77]), (xp.stack(x[0], x[1]), [[1, 4], [2, 5], [3, 6]]), (xp.concat(x[0], x[1]), x.ravel()),
        (xp.numbers([1.0, 2.0]), [1, 2]), (xp.full((2,), 3.0), [3, 3]), (xp.zeros((2,)), [0, 0]), (xp.constant(x), x),
        (xp.by_numpy(np.hypot)(x, 1.0), np.hypot(x, 1)), (xp.in_numpy([1.0]), [1]), (xp.places([1, 0], 3)[0], [1, 0]),
    ]:  # fmt: skip
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert xp.places([1, 0], 3)[1] == 3
    assert xp.all_finite(x)
    assert not xp.all_finite(x, [1.0, math.nan])


@pytest.mark.parametrize("library", ["torch", pytest.param("jax", marks=pytest.mark.slow)])
def test_what_a_library_does_its_own_way(library):
    xp = pytest.importorskip("jax.numpy" if library == "jax" else library, reason="it comes with the bench extra")
    xp, x = namespace_of([np.zeros(1), xp.asarray([1.0])], np.dtype("float32")), numbers(2, 3)
    assert xp is not namespace_of([np.zeros(1), [1.0]], np.dtype("float32"))
    y, at = xp.asarray(x.astype("float32")), xp.places(np.array([[2, 0], [2, 3]]), 3)  # 3 is past the end
    cases = [
        (xp.take(y, at, -1.0), [[[3, 1], [3, -1]], [[6, 4], [6, -1]]]),
        (xp.take(y, xp.places(np.array([1, 0]), 3)), [[2, 1], [5, 4]]),
        (xp.scatter(y, at, xp.asarray(numbers(2, 2, 2))), [[1 + 2, 2, 3 + 4], [4 + 6, 5, 6 + 12]]),
        (xp.add_at(y, (slice(None), slice(1, 3)), xp.full((2, 2), 1.0)), [[1, 3, 4], [4, 6, 7]]),
        (xp.erf(xp.zeros((1,))), [0]),
        (y, x),  # as it was
        (xp.by_numpy(np.hypot)(y, 1.0), np.hypot(x, 1)),
    ]
    if library == "torch":
        cases += [
            (xp.cbrt(8.0 * y), 2 * np.cbrt(x)),
            (xp.rint(y / 2), np.rint(x / 2)),
            (xp.maximum(y, 2.5), np.maximum(x, 2.5)),
            (xp.where(y > 2.0, y, 0.0), [[0, 0, 3], [4, 5, 6]]),
            (xp.equal(y, 2.0), [[0, 1, 0], [0, 0, 0]]),
            (xp.copy(y), x),
        ]
        assert xp.copy(y) is not y
    for found, expected in cases:
        np.testing.assert_allclose(xp.in_numpy(found), np.asarray(expected, dtype="float32"), rtol=1e-6)
    assert xp.all_finite(y)
    assert not xp.all_finite(y, [1.0, math.nan])


def test_numpys_namespace_keeps_what_it_made():
    xp = NumPy(np.dtype("float32"))
    assert xp.ones(3) is xp.ones(3)
    assert xp.ones(3).tolist() == [1, 1, 1]
    assert xp.room((2, 3)) is xp.room((2, 3))
    assert xp.room((2, 3)).shape == (2, 3)
    of_all = numpy_arrays.numpy_of(np.dtype("float32"))
    assert of_all.room((2, 3)) is not of_all.room((2, 3))
    assert of_all.room((2, 3)).shape == (2, 3)
    x = np.zeros(2, dtype="float32")
    assert xp.asarray(x) is x
    assert xp.asarray([1, 2]).dtype == xp.where(True, 1.0, 2.0).dtype == xp.full((2,), 3.0).dtype == "float32"
    assert xp.where(np.array([True, False]), 1.0, 2.0).tolist() == [1, 2]
    assert xp.stack(x, x + 1).tolist() == [[0, 1], [0, 1]]
    assert xp.concat([1.0], x).tolist() == [1, 0, 0]
    assert xp.all_finite(x, [1.0, 2.0])
    assert not xp.all_finite(x, [1.0, math.inf])


@pytest.mark.parametrize(
    ("n", "work", "pieces"),
    [
        (512, 1000, (1, 512)),  # 512,000 multiplications are few enough for one piece
        (1000, 1000, (1, 1000)),
        (1001, 1000, (2, 500)),  # and one row is left over
        (3000, 1000, (3, 1000)),
        (1000, 10**6, (15, 66)),  # no piece has fewer than 64 rows
        (10, 10**9, (1, 10)),
    ],
)
def test_a_tall_product_is_cut_into_pieces_of_a_million_multiplications(n, work, pieces):
    assert numpy_arrays._pieces(n, work) == pieces


def test_which_products_are_cut(monkeypatch):
    """Those of many rows, over rows or of rows, of matrices whose memory is in the right order."""
    xp, cut = TallNumPy(np.dtype("float64")), []
    for name in ("_by_rows", "_over_rows"):
        method = getattr(xp, name)
        monkeypatch.setattr(xp, name, lambda *given, name=name, method=method: (cut.append(name), method(*given))[1])
    tall, wide, small = numbers(512, 2), numbers(512, 2).T, numbers(2, 3)
    cases = [
        (tall, small, "_by_rows"),
        (wide, tall, "_over_rows"),
        (numbers(511, 2), small, ""),
        (numbers(511, 2).T, numbers(511, 2), ""),
        (np.asfortranarray(tall), small, ""),
        (wide.copy(), tall, ""),
        (wide, np.asfortranarray(tall), ""),
        (tall, numbers(2), ""),
        (numbers(512), tall, ""),
    ]
    for x, y, by in cases:
        cut.clear()
        np.testing.assert_array_equal(xp.dot(x, y), x @ y)
        assert cut == [by][: len(by)]


PLACES = np.arange(12).reshape(3, 4)


@pytest.mark.parametrize(
    ("index", "full", "how"),
    [
        (PLACES, False, "whole (3, 4) of axes (0, 1)"),
        (PLACES.ravel(), True, "reshape (12,) of axes (0,)"),
        (PLACES[:, 1:3], False, "slice (3, 2) of axes (0, 1): 0:3, 1:3"),
        (PLACES[:, 1:3].T, False, "slice (2, 3) of axes (0, 1): 0:3, 1:3, transposed"),
        (PLACES.T, True, "slice (4, 3) of axes (0, 1): 0:3, 0:4, transposed"),
        (PLACES[::2, 1], False, "slice (2,) of axes (0,): 0:3:2, 1"),
        (PLACES[:, None, 1], False, "slice (3,) of axes (0,): 0:3, 1"),
        (PLACES[:, None, 1], True, "slice (3, 1) of axes (0, 1): 0:3, 1, None"),
        (PLACES[:1, :2], True, "slice (1, 2) of axes (0, 1): 0, None, 0:2"),
        (PLACES[[0, 0], :2], False, "slice (2,) of axes (1,): 0, 0:2"),
        (PLACES[[0, 0], :2], True, "take (2, 2) of axes (0, 1)"),
        (PLACES[2, 3], True, "slice () of axes (): 2, 3"),
        (PLACES[::-1], False, "take (3, 4) of axes (0, 1)"),
        (np.array(12), False, "take () of axes ()"),
    ],
)
def test_how_places_are_read(index, full, how):
    found = indexing_of((3, 4), np.asarray(index), full=full)
    text = f"{found.kind} {found.shape} of axes {found.kept}"
    if found.kind == "slice":
        text += f": {found.subscript(False)}" + ", transposed" * found.swapped
        assert found.subscript(True) == f":, {found.subscript(False)}"
        assert eval(found.as_tuple(False)) == found.key
        assert eval(found.as_tuple(True)) == (slice(None), *found.key)
    assert text == how
    assert (found.kind == "take") == (found.index is not None)


# ── products ────────────────────────────────────────────────────────────────


def test_rows_are_kept_once_and_completed():
    rows = Rows([[1, 2], [1, 2, 3], [4], [1, 2]])
    assert (rows.distinct, rows.number.tolist(), rows.ragged) == ([(1, 2), (1, 2, 3), (4,)], [0, 1, 2, 0], True)
    assert rows.table().tolist() == [[1, 2, -1], [1, 2, 3], [4, -1, -1]]
    assert rows.saved() == 1
    rows.complete()
    assert (rows.distinct, rows.number.tolist()) == ([(1, 2, 3), (4,)], [0, 0, 1, 0])
    rows.sort([(1, 5), (1, 2)])
    assert (rows.distinct, rows.number.tolist()) == ([(4,), (1, 2, 3)], [1, 1, 0, 1])
    other = Rows([[1, 9], [1, 2, 3]])  # none begins with the other
    assert (other.saved(), Rows([[1], [2]]).ragged) == (0, False)


def test_the_side_on_which_more_rows_become_one_is_completed():
    short, long = [[1], [1, 2], [1, 2, 3]], [[5], [6, 7], [8, 9, 10]]
    w, x = completed(Rows(short), Rows(long))
    assert (len(w.distinct), len(x.distinct)) == (1, 3)
    w, x = completed(Rows(long), Rows(short))
    assert (len(w.distinct), len(x.distinct)) == (3, 1)
    w, x = completed(Rows(short), Rows(short))  # a tie: that of x
    assert (len(w.distinct), len(x.distinct)) == (3, 1)


def test_a_table_is_filled_up_with_holes():
    table, counts = padded([[1, 2, 3], [4]])
    assert (table.tolist(), counts.tolist()) == ([[1, 2, 3], [4, -1, -1]], [3, 1])


def pairs(*found):
    return (*np.array(found).T, 1 + max(i for i, _ in found), 1 + max(j for _, j in found))


@pytest.mark.parametrize(
    ("found", "w", "x", "member"),
    [
        ([(0, 0), (1, 0), (0, 1), (1, 1)], [[0, 1]], [[0, 1]], [[[0, 1], [2, 3]]]),
        ([(0, 0)], [[0]], [[0]], [[[0]]]),
        ([(0, 0), (0, 1), (1, 1)], [[0, 1]], [[0, 1]], [[[0, -1], [1, 2]]]),  # three of four
        ([(0, 0), (1, 0), (2, 1), (3, 1)], [[0, 1], [2, 3]], [[0], [1]], [[[0, 1]], [[2, 3]]]),  # two blocks
        ([(0, 0), (1, 0), (2, 1)], [[0, 1, 2]], [[0, 1]], [[[0, 1, -1], [-1, -1, 2]]]),  # of unequal size
        ([(i, i) for i in range(2)], [[0, 1]], [[0, 1]], [[[0, -1], [-1, 1]]]),
        ([(0, 0), (0, 1), (1, 2)], [[0, 1]], [[0, 1, 2]], [[[0, -1], [1, -1], [-1, 2]]]),
    ],
)
def test_pairs_are_blocks_in_which_every_w_meets_every_x(found, w, x, member):
    blocks = grid(*pairs(*found))
    assert (blocks.w.tolist(), blocks.x.tolist(), blocks.member.tolist()) == (w, x, member)


@pytest.mark.parametrize(
    "found",
    [
        [(0, 0), (0, 0)],  # two members of one pair
        [(i, i) for i in range(5)],  # each pair by itself
        [(i, i) for i in range(9)] + [(0, 1)],  # ten of eighty-one
    ],
)
def test_pairs_that_are_too_few_are_no_product(found):
    assert grid(*pairs(*found)) is None


def test_a_single_row_is_a_vector():
    W, X, ids, bias = numbers(1, 3), numbers(2, 3), numbers(2, 1), numbers(2, 1)
    assert [a.shape for a in squeezed(W, X, ids, bias)] == [(3,), (2, 3), (2,), (2,)]
    assert [a.shape for a in squeezed(X, W, ids.T, bias.T)] == [(2, 3), (3,), (2,), (2,)]
    assert [a.shape for a in squeezed(W, W, ids[:1], bias[:1])] == [(3,), (3,), (), ()]
    assert squeezed(W, X, ids, None)[3] is None


# ── the tape and its classes ────────────────────────────────────────────────


def taped(root):
    tape = tape_of(topological_order(root))
    return " ".join(
        op.name + (str(list(operands)).replace(" ", "") if operands else f"={number:g}")
        for op, operands, number in zip(tape.ops, tape.operands, tape.numbers, strict=True)
    )


def test_a_tape_by_hand():
    x, y, z = Value(2.0), Value(3.0), Value(5.0)
    two, leaves = Value(2.0, kind="constant"), "input=2 input=3 "
    assert taped(two * 3.0 + x) == "input=2 constant=6 add[1,0]"  # what depends on constants alone is one
    assert taped(x * y + x * y) == leaves + "multiply[0,1] add[2,2]"  # what is computed twice is computed once
    assert taped(+x * OPS["positive"](y)) == leaves + "multiply[0,1]"
    assert taped(summed([x]) * mean([y])) == leaves + "multiply[0,1]"
    assert taped(x + y + z) == leaves + "input=5 sum[0,1,2]"
    assert taped(x + (y + z)) == leaves + "input=5 sum[0,1,2]"
    assert taped(x + y) == leaves + "add[0,1]"
    assert taped(x * y + y * z) == leaves + "input=5 dot[0,1,1,2]"
    assert taped(x * y + z) == leaves + "input=5 multiply[0,1] add[3,2]"  # one product is none of several
    assert taped(x * y + y * z + x) == leaves + "input=5 dot[0,1,1,2,0]"
    assert taped(x * y + y * z + x + y) == leaves + "input=5 add[0,1] dot[0,1,1,2,3]"
    assert taped(0.0 + x + y) == "input=2 input=3 add[0,1]"  # a sum begins with 0
    shared = x + y
    assert taped(shared * (shared + z)) == leaves + "input=5 add[0,1] add[3,2] multiply[3,4]"
    assert taped(x * 2.0 + y * 3.0) == "input=2 constant=2 input=3 constant=3 dot[0,2,1,3]"
    scaled_result = x.exp() * 2.0 + y.exp() * 3.0  # scaled terms, not the products of a dot
    assert "dot" not in taped(scaled_result)
    assert "dot" in taped(x.exp() * y + y.exp() * z)


def test_equal_constants_are_one_and_the_two_zeros_are_two():
    x = Value(2.0)
    assert taped((x * 3.0) / (x + 3.0)).count("constant") == 1
    assert taped((x * 0.0) / (x * -0.0 - 1.0)).count("constant=0") == 1
    assert taped((x * 0.0) / (x * -0.0 - 1.0)).count("constant=-0") == 1


def test_nodes_that_do_the_same_are_of_one_class():
    """Parameters 0, arguments 1 and 2, data 3, constants 4, results from 5 on."""
    w, x, y, d = Value(1.0, kind="parameter"), Value(2.0), Value(3.0), Value(4.0)
    tape = tape_of(topological_order((w * x).tanh() * (w * y).tanh() - d * 5.0))
    at = {v: i for i, v in enumerate(tape.values) if v is not None}
    classes = classes_of(tape, [[at[x]], [at[y]]], {at[w]})
    found = dict(zip([f"{op.name}{i}" for i, op in enumerate(tape.ops)], classes, strict=True))
    assert list(found.items()) == [
        ("parameter0", 0), ("input1", 1), ("input2", 2), ("input3", 3), ("constant4", 4), ("multiply5", 5), ("tanh6", 6),
        ("multiply7", 7), ("tanh8", 8), ("multiply9", 9), ("multiply10", 10), ("subtract11", 11),
    ]  # fmt: skip
    tape = tape_of(
        topological_order(
            summed([dot([w, w], [x, y]).tanh(), dot([x, w, w], [w, y, y]).tanh(), dot([w], [x], d).tanh()])
        )
    )
    at = {v: i for i, v in enumerate(tape.values) if v is not None}
    classes = classes_of(tape, [[at[x], at[y]]], {at[w]})
    of = [k for op, k in zip(tape.ops, classes, strict=True) if op is OPS["dot"]]
    assert of[0] == of[1] != of[2]  # of any length and either order; a bias makes another


@pytest.mark.parametrize(
    ("chains", "length", "is_irregular"), [(1, 300, False), (1, 301, True), (7, 300, True), (8, 300, False)]
)
def test_few_nodes_in_many_classes_are_irregular(chains, length, is_irregular):
    """Every node of a chain is of a class of its own, and so is the sum of several chains; more than 300 of fewer than 8."""
    ends = [reduce(lambda v, _: v.tanh(), range(length), Value(1.0)) for _ in range(chains)]
    tape = tape_of(topological_order(summed(ends) if chains > 1 else ends[0]))
    assert (classes_of(tape, [], set()) is None) == is_irregular


# ── names ───────────────────────────────────────────────────────────────────


def test_a_taken_name_gets_a_number():
    names = Names()
    taken = [names.fresh(name) for name in ("h", "h", "h", "h_2", "loss")]
    assert taken == ["h", "h_2", "h_3", "h_2_2", "loss_2"]


# ── buffers ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spans", "memory"),
    [
        ([(0, 1, True), (1, 2, True)], [0, 0]),  # entry by entry, what is read for the last time is overwritten
        ([(0, 1, True), (1, 2, False)], [0, 1]),
        ([(0, 1, True), (2, 3, False)], [0, 0]),
        ([(0, 2, True), (1, 3, True), (4, 5, True)], [0, 1, 1]),  # of two, the one that was used last
    ],
)
def test_buffers_share_memory_when_nothing_reads_it_any_more(spans, memory):
    arrays = [np.empty(3) for _ in spans]
    lent = shared([Buffer(*span) for span in spans], arrays)
    assert [next(k for k, a in enumerate(arrays) if a is b) for b in lent] == memory


def test_numbers_and_what_was_not_made_share_nothing():
    number = np.array(1.0)
    assert shared([Buffer(0, 0, True)] * 3, [None, number, number]) == [None, number, number]


# ── arguments ───────────────────────────────────────────────────────────────


def test_what_a_call_has_in_common_with_another():
    w, v = Value(1.0), Value(2.0)
    flag, samples = SimpleNamespace(parameters=lambda: [v], bias=True, _hidden=True, size=3), [[5.0, 6.0], [7.0, 8.0]]
    given = {
        "w": w,
        "row": [w, w],
        "boxed": np.array(v),
        "x": [[1, 2]],
        "k": 3,
        "on": True,
        "f": math.exp,
        "m": flag,
        "s": samples,
    }
    arguments = Arguments(given, ["s"], np.dtype("float64"))
    assert [(path, what) for path, what, _ in arguments.key] == [
        ("w", "a Value"), ("row", "2 Values"), ("boxed", "a Value"), ("x", "of shape (1, 2)"), ("k", "a number"), ("on", "True"),
        ("f", "another exp"), ("m", "another SimpleNamespace"), ("m", "holding other Values"), ("m.bias", "True"),
        ("s", "rows of shape (2,)"), ("the sharing of Values", "different"),
    ]  # fmt: skip
    assert arguments.parameters == [w, v]
    assert arguments.key[-1][2] == [0, 0, 0, 1, 1]
    assert arguments.numbers() == [[1.0, 2.0], [1.0, 2.0, 3.0], [[5.0, 6.0]]]
    assert (arguments.size, arguments.of_modules) == (2, [v])
    assert Arguments({"w": w}, [], np.dtype("float64")).size == 1
    again = Arguments(given, ["s"], np.dtype("float64"), [w, v])
    assert again.key == arguments.key
    assert again.parameters == [w, v]


def test_the_first_difference_between_two_calls_in_words():
    same, other = ("x", "of shape (2,)", None), ("y", "a number", None)
    assert difference([same], [same]) == "nothing"
    assert difference([same, other], [same]) == "y was a number, now not there"
    assert difference([same], [same, other]) == "y was not there, now a number"
    assert difference([("f", "another exp", 1)], [("f", "another log", 2)]) == "f was exp, now log"
    assert difference([("m", "another MLP", 1)], [("m", "another MLP", 2)]) == "m was another MLP"


# ── what is written ─────────────────────────────────────────────────────────


def parameters(label, n):
    return [Value(0.5 + i / 8, label=f"{label}[{i}]", kind="parameter") for i in range(n)]


def inputs(label, n):
    return [Value(0.0, label=f"{label}[{i}]") for i in range(n)]


def tanh_of(values):
    return summed([v.tanh() for v in values])


w, v, u = parameters("w", 3), parameters("v", 3), parameters("u", 2)
W, V = [parameters(f"W[{i}]", 2) for i in range(2)], [parameters(f"V[{i}]", 2) for i in range(2)]
x, y = inputs("x", 3), Value(0.0, label="y")
X = [inputs(f"X[{i}]", 2) for i in range(2)]

U, Z = (
    [[parameters(f"U[{k}][{j}]", 2) for j in range(3)] for k in range(5)],
    [parameters(f"Z[{k}]", 3) for k in range(5)],
)
EXP_W = [a.exp() for a in w]
NINE = ["exp", "expm1", "sin", "cos", "sinh", "cosh", "arctan", "arcsinh", "erf"]
WRITTEN = {
    "means of unequal length": (
        mean([mean([p * p for p in row]).tanh() for row in (w, u)]),
        [],
        """
        multiply = w * w
        multiply_at = xp.take(multiply, at_multiply, 0.0)
        mean = xp.row_sums(multiply_at) / counts
        tanh = xp.tanh(mean)
        mean_2 = xp.row_sums(tanh) / 2.0
        loss = mean_2
        t = 1.0 / xp.cosh(mean)
        d_multiply = xp.zeros((5,))
        d_multiply = xp.scatter(d_multiply, at_multiply, 0.5 * xp.broadcast_to((t * t)[..., None] * (1.0 / counts_2[..., None]), (2, 3)))
        dw = d_multiply * w + d_multiply * w
        """,
    ),
    "a product of two softmaxes' denominators": (
        logsumexp(w) * logsumexp(v),
        [],
        """
        largest = xp.row_max(W)
        e = xp.exp(W - largest[..., None])
        total = xp.row_sums(e)
        logsumexp = largest + xp.log(total)
        multiply = logsumexp[0] * logsumexp[1]
        loss = multiply
        d_logsumexp = xp.zeros((2,))
        d_logsumexp = xp.add_at(d_logsumexp, (0,), logsumexp[1])
        d_logsumexp = xp.add_at(d_logsumexp, (1,), logsumexp[0])
        f = e / total[..., None]
        dW = d_logsumexp[..., None] * f
        """,
    ),
    "products, which have no form along an axis": (
        tanh_of([OPS["prod"](*w), OPS["prod"](*v)]),
        [],
        """
        prod = W[..., 0] * W[..., 1] * W[..., 2]
        tanh = xp.tanh(prod)
        add = tanh[0] + tanh[1]
        loss = add
        d_tanh = xp.zeros((2,))
        d_tanh = xp.add_at(d_tanh, (0,), xp.full((), 1.0))
        d_tanh = xp.add_at(d_tanh, (1,), xp.full((), 1.0))
        t = 1.0 / xp.cosh(prod)
        d_prod = d_tanh * (t * t)
        dW = xp.stack(xp.broadcast_to(d_prod * (W[..., 2] * W[..., 1]), (2,)), xp.broadcast_to(d_prod * (W[..., 0] * W[..., 2]), (2,)), xp.broadcast_to(d_prod * (W[..., 0] * W[..., 1]), (2,)))
        """,
    ),
    "a neuron of which the bias alone varies": (
        dot(w, v, y).tanh(),
        [y],
        """
        dot = xp.broadcast_to(xp.row_dots(w, v), (n,)) + Y.reshape((n,))
        tanh = xp.tanh(dot)
        loss = xp.row_sums(tanh) / n
        t = 1.0 / xp.cosh(dot)
        d_dot = t * t / n
        d = xp.sum(d_dot, 0)
        dv = d * w
        dw = d * v
        """,
    ),
    "one neuron": (
        dot(w, x, u[0]).tanh(),
        [x],
        """
        dot = X @ w + u
        tanh = xp.tanh(dot)
        loss = xp.row_sums(tanh) / n
        t = 1.0 / xp.cosh(dot)
        d_dot = t * t / n
        dw = d_dot @ X
        du = xp.row_sums(d_dot)
        """,
    ),
    "a weight that scales a layer": (
        tanh_of([a * w[2] for a in w[:2]]) + w[0],
        [],
        """
        multiply = w * w_2
        tanh = xp.tanh(multiply)
        join = xp.concat(w[0, None], tanh)
        join_at = xp.take(join, at_join)
        sum = xp.row_sums(join_at)
        loss = sum
        d_join = xp.zeros((3,))
        d_join = xp.scatter(d_join, at_join, xp.full((3,), 1.0))
        t = 1.0 / xp.cosh(multiply)
        d_multiply = d_join[1:3] * (t * t)
        dw = d_multiply * w_2
        dw = xp.add_at(dw, (0,), xp.row_sums(d_join[0:1]))
        dw_2 = xp.row_sums(d_multiply * w)
        """,
    ),
    "blocks in which every row meets every row": (
        tanh_of([dot(p, q) for P, Q in ((W, V), (V, W)) for p in P for q in [[a.exp() for a in row] for row in Q]]),
        [],
        """
        exp = xp.exp(V)
        V_at = xp.take(V, at_V)
        dot = exp.reshape((2, 2, 2)) @ V_at.swapaxes(-1, -2)
        tanh = xp.tanh(dot)
        tanh_at = xp.take(tanh.reshape(-1), at_tanh)
        sum = xp.row_sums(tanh_at)
        loss = sum
        d_tanh = xp.zeros((2, 2, 2))
        d_tanh = xp.scatter(d_tanh, at_tanh, xp.full((8,), 1.0))
        t = 1.0 / xp.cosh(dot)
        d_dot = d_tanh * (t * t)
        dV = (d_dot @ V_at).reshape((8,)) * exp
        dV = xp.scatter(dV, at_V, d_dot.swapaxes(-1, -2) @ exp.reshape((2, 2, 2)))
        """,
    ),
    "two samples in a row": (
        tanh_of([dot(p, q) for p in W for q in X]),
        [[*X[0], *X[1]]],
        """
        dot = X.reshape((n, 2, 2)) @ W.T
        tanh = xp.tanh(dot)
        tanh_at = xp.take(tanh.reshape(n, 4), at_tanh)
        sum = xp.row_sums(tanh_at)
        loss = xp.row_sums(sum) / n
        d_tanh = xp.zeros((n, 2, 2))
        d_tanh = xp.scatter(d_tanh, at_tanh, xp.full((n, 4), 1.0 / n))
        t = 1.0 / xp.cosh(dot)
        d_dot = d_tanh * (t * t)
        dW = d_dot.reshape(-1, 2).T @ X.reshape((n, 2, 2)).reshape(-1, 2)
        """,
    ),
    "parts that are joined": (
        tanh_of([a * b for a, b in zip([*u, *(a.exp() for a in u)], [*v[:2], *v[:2]], strict=True)]),
        [],
        """
        multiply = u * v
        tanh = xp.tanh(multiply)
        exp = xp.exp(u)
        multiply_2 = exp * v
        tanh_2 = xp.tanh(multiply_2)
        join = xp.concat(tanh, tanh_2)
        sum = xp.row_sums(join)
        loss = sum
        d_join = xp.full((4,), 1.0)
        t = 1.0 / xp.cosh(multiply_2)
        d_multiply_2 = d_join[2:4] * (t * t)
        t_2 = 1.0 / xp.cosh(multiply)
        d_multiply = d_join[0:2] * (t_2 * t_2)
        du = d_multiply_2 * v * exp + d_multiply * v
        dv = d_multiply_2 * exp + d_multiply * u
        """,
    ),
    "constants, one that all share and one each": (
        tanh_of([a * 2.0 for a in w]) * tanh_of([a * k for a, k in zip(u, (1.0, 3.0), strict=True)]),
        [],
        """
        multiply = w * c
        """,
    ),
    "rows of inputs and constants": (
        tanh_of([dot(w, [x[0], 2.0, 3.0]), dot(v, [x[1], 4.0, 5.0])]),
        [x[:2]],
        """
        join = xp.concat(X, xp.broadcast_to(c, (n, 4)))
        join_at = xp.take(join, at_join)
        dot = join_at @ W.T
        """,
    ),
    "two ways that meet again": (
        summed([2.0 * (a.sin() + a.cos()).tanh() for a in EXP_W]),
        [],
        """
        d_add = 2.0 * (t * t)
        dw = (d_add * (-xp.sin(exp)) + d_add * xp.cos(exp)) * exp
        """,
    ),
    "a difference of two ways": (
        summed([a.sinh() - a for a in EXP_W]),
        [],
        """
        dw = (xp.cosh(exp) - xp.full((3,), 1.0)) * exp
        """,
    ),
    "heads that are weighed one by one": (
        summed([dot([dot(row, X[0]) for row in U[k]], Z[k]) for k in range(5)]),
        [X[0]],
        """
        dot = X @ U.T
        dot_2 = xp.row_dots(Z, dot.reshape((n, 5, 3)))
        sum = xp.row_sums(dot_2)
        loss = xp.row_sums(sum) / n
        dZ = xp.sum(dot.reshape((n, 5, 3)), 0) / n
        d_dot = (xp.broadcast_to(Z, (n, 5, 3))).reshape((n, 15)) / n
        dU = d_dot.T @ X
        """,
    ),
    "products of unequal length": (
        tanh_of([OPS["prod"](*w), OPS["prod"](*u)]),
        [],
        """
        prod = w[..., 0] * w[..., 1] * w[..., 2]
        prod_2 = u[..., 0] * u[..., 1]
        join = xp.concat(prod.reshape((1,)), prod_2.reshape((1,)))
        tanh = xp.tanh(join)
        """,
    ),
    "a gradient of nine terms": (
        summed([OPS[f](a) for f in NINE for a in u]),
        [],
        """
        d_join = xp.full((18,), 1.0)
        du = d_join[16:18] * (1.1283791670955126 * xp.exp((-u) * u)) + d_join[14:16] * (1.0 / xp.hypot(1.0, u)) + d_join[12:14] * (1.0 / (1.0 + u * u)) + d_join[10:12] * xp.sinh(u) + d_join[8:10] * xp.cosh(u) + d_join[6:8] * (-xp.sin(u)) + d_join[4:6] * xp.cos(u) + d_join[2:4] * xp.exp(u)
        du = du + d_join[0:2] * exp
        """,
    ),
    "an outer product": (
        tanh_of([dot([W[i][j].exp() for i in range(2)], u) for j in range(2)]),
        [],
        """
        exp = xp.exp(W)
        dot = exp.reshape((2, 2)) @ u
        tanh = xp.tanh(dot)
        add = tanh[0] + tanh[1]
        loss = add
        d_tanh = xp.zeros((2,))
        d_tanh = xp.add_at(d_tanh, (0,), xp.full((), 1.0))
        d_tanh = xp.add_at(d_tanh, (1,), xp.full((), 1.0))
        t = 1.0 / xp.cosh(dot)
        d_dot = d_tanh * (t * t)
        du = d_dot @ exp.reshape((2, 2))
        dW = (xp.outer(d_dot, u)).reshape((4,)) * exp
        """,
    ),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_a_program_is_written_as_on_the_board_and_is_its_graph(what):
    root, given, lines = WRITTEN[what]
    program = compile_graph(root, inputs=given)
    written = program.source.partition("def value_and_grad")[2]
    assert dedent(lines).strip() in dedent(written.partition("\n")[2]), written
    for p in program.parameters:
        p.grad = 0.0
    root.backward()
    value, gradient = program.value_and_grad(*(np.zeros((2, len(g)) if isinstance(g, list) else 2) for g in given))
    assert value == pytest.approx(root.data, rel=1e-14)
    assert gradient.tolist() == pytest.approx([p.grad for p in program.parameters], rel=1e-13)


def test_the_calls_into_buffers_that_run_on_numpy():
    hidden = [dot(row, X[0], bias).relu() for row, bias in zip(W, u, strict=True)]
    program = compile_graph((dot(hidden, v[:2], v[2]) - y) ** 2, inputs=[X[0], y])
    written = program.numpy_source.partition("def value_and_grad")[2].partition("\n")
    assert written[0] == "(xp, m, fixed, _to_W, _to_u, _to_v, _to_v_2, n, W, u, v, v_2, X, Y):"
    lines = """
        # dot = X @ W.T + u
        _1 = m[0] = xp.dot(X, W.T.copy(), m[0])
        dot = xp.add(_1, u, _1)
        # relu = xp.maximum(dot, 0.0)
        relu = m[1] = xp.maximum(dot, fixed[0], out=m[1])
        # dot_2 = relu @ v + v_2
        _2 = m[2] = xp.dot(relu, v, m[2])
        dot_2 = xp.add(_2, v_2, _2)
        # subtract = dot_2 - Y.reshape((n,))
        subtract = m[3] = xp.subtract(dot_2, Y.reshape((n,)), m[3])
        # power_constant = subtract * subtract
        power_constant = m[4] = xp.multiply(subtract, subtract, m[4])
        loss = xp.row_sums(power_constant) / n
        # d_dot_2 = 2.0 * subtract / n
        _3 = m[5] = xp.multiply(2.0, subtract, m[5])
        d_dot_2 = m[6] = xp.divide(_3, n, m[6])
        # dv = d_dot_2 @ relu
        dv = xp.dot(d_dot_2, relu, _to_v)
        # dv_2 = xp.row_sums(d_dot_2)
        dv_2 = xp.row_sums(d_dot_2, _to_v_2)
        # d_dot = xp.outer(d_dot_2, v) * (dot > 0.0)
        _4 = m[7] = xp.greater(relu, 0.0, m[7])
        _5 = m[8] = xp.outer(d_dot_2, v, m[8])
        d_dot = xp.multiply(_5, _4, _5)
        # dW = d_dot.T @ X
        dW = xp.dot(d_dot.T, X, _to_W)
        # du = xp.column_sums(d_dot)
        du = xp.column_sums(d_dot, _to_u)
        return loss
        """
    assert dedent(written[2]).strip() == dedent(lines).strip()
    assert [(b.first, b.last, b.elementwise) for b in program._executor._calls.buffers] == [
        (1, 4, False), (4, 21, True), (6, 9, False), (9, 14, True), (11, 12, True), (14, 15, True), (15, 22, True),
        (21, 23, True), (22, 27, True),
    ]  # fmt: skip
    assert program._executor._calls.literals == [(0.0, 1)]
    rows, goal = np.array([[1.0, 2.0], [-3.0, 1.0], [0.5, 0.5]]), np.array([1.0, 2.0, 3.0])
    for _ in range(3):
        value, gradient = program.value_and_grad(rows, goal)
    W_, u_, v_ = (np.array([[p.data for p in row] for row in M]) for M in (W, [u], [v]))
    h = rows @ W_.T + u_
    error = np.maximum(h, 0.0) @ v_[0, :2] + v_[0, 2] - goal
    delta = (2.0 * error / 3)[:, None] * v_[0, :2] * (h > 0)
    right = [*(delta.T @ rows).ravel(), *delta.sum(0), *(2 * error / 3) @ np.maximum(h, 0.0), (2 * error / 3).sum()]
    assert value == pytest.approx(np.mean(error**2), rel=1e-14)
    assert gradient.tolist() == pytest.approx(right, rel=1e-13)


def test_what_became_of_each_scalar():
    program = compile_graph(dot(w, x, u[0]).tanh() + u[1] * 2.0 * logsumexp([u[0], y]), inputs=[x, y])
    head, *lines = program.explain().splitlines()
    assert head.startswith("16 nodes became 12 arrays; compiled in ")
    assert lines == [
        "X           argument   (n, 3)        3 scalars  x[0] … x[2]",
        "Y           argument   (n, 1)        1 scalar   y",
        "w           parameter  (3,)          3 scalars  w[0] … w[2]",
        "u           parameter  ()            1 scalar   u[0]",
        "u_2         parameter  ()            1 scalar   u[1]",
        "dot         matmul     (n,)          1 scalar",
        "tanh        tanh       (n,)          1 scalar",
        "multiply    multiply   ()            1 scalar",
        "join        join       (n, 2)        2 scalars  y … u[0]",
        "logsumexp   logsumexp  (n,)          1 scalar",
        "multiply_2  multiply   (n,)          1 scalar",
        "add         add        (n,)          1 scalar",
    ]
    assert display.explained(program._plan, 4, 0.002).splitlines()[0].endswith("compiled in 2 ms (500 µs per node)")


def test_a_source_in_colours():
    pytest.importorskip("pygments")
    colour = '<span style="color:var(--jp-mirror-editor-{}-color, {})">{}</span>'.format
    assert display.highlighted("def f(x): return x * 1.5  # <half>") == (
        f"<pre style='line-height:1.35'><code>{colour('keyword', '#2e7d32', 'def')} {colour('def', '#2d7ff9', 'f')}(x): "
        f"{colour('keyword', '#2e7d32', 'return')} x {colour('operator', '#a450d6', '*')} "
        f"{colour('number', '#b26a00', '1.5')}  {colour('comment', '#7f8c8d', '# &lt;half&gt;')}\n</code></pre>"
    )


def test_an_irregular_graph_is_interpreted():
    """Each node of a class of its own: no arrays, but the chain rule from node to node, for floats and for a batch."""
    p, q, unused = Value(0.9, kind="parameter"), Value(0.1, kind="parameter"), Value(7.0, kind="parameter")

    def loss_of(x, y, d):
        h = x.log() + unused * 0.0
        for k in range(330):
            h = (h * p + q).tanh() if k % 2 else h.sin() + d
        return h * y

    x, y, d = Value(2.0), Value(1.0), Value(0.2)
    program = compile_graph(loss_of(x, y, d), inputs=[x, y], wrt=[p, q, unused])
    assert (
        program.explain()
        .splitlines()[0]
        .startswith(
            f"{program.nodes} nodes have too little in common for arrays, so each is computed by itself; compiled in"
        )
    )
    assert "def value(xp, n, w, data, X, X_2):" in program.source
    rows = [(2.0, 3.0), (0.5, -1.0), (1.5, 2.0)]
    for shift in (0.0, 0.3):
        d.data = 0.2 + shift
        graphs = [loss_of(Value(a), Value(b), Value(d.data)) for a, b in rows]
        for v in (p, q, unused):
            v.grad = 0.0
        mean(graphs).backward()
        value, gradient = program.value_and_grad(*zip(*rows, strict=True))
        assert value == pytest.approx(np.mean([g.data for g in graphs]), rel=1e-14)
        assert gradient.tolist() == pytest.approx([v.grad for v in program.parameters], rel=1e-12)
        assert program(*zip(*rows, strict=True)) == value
    alone = compile_graph(loss_of(x, y, d), wrt=[p, q, unused])
    assert alone.numpy_source == alone.source
    for v in (p, q, unused):
        v.grad = 0.0
    loss_of(x, y, d).backward()
    value, gradient = alone.value_and_grad()
    assert (value, alone()) == (loss_of(x, y, d).data,) * 2
    assert gradient.tolist() == pytest.approx([v.grad for v in alone.parameters], rel=1e-13)
    x.data = -1.0
    for run in (alone, alone.value_and_grad):
        with pytest.raises(DomainError, match="log needs x > 0"):
            run()
    single = compile_graph(loss_of(Value(2.0), y, d), inputs=[y], wrt=[], dtype="float32")
    _, gradient = single.value_and_grad([1.0])
    assert (gradient.shape, gradient.dtype) == ((0,), np.float32)


def test_an_irregular_graph_notes_where_a_domain_was_left_on_other_arrays():
    torch = pytest.importorskip("torch", reason="it comes with the bench extra")
    x, p = Value(2.0), Value(0.5, kind="parameter")
    h = x.log().exp() * p  # at 0 it is finite again
    for k in range(330):
        h = h.tanh() if k % 2 else h.sin() + p
    program = compile_graph(h, inputs=[x])
    assert math.isfinite(program(torch.tensor([2.0, 3.0])))
    with pytest.raises(DomainError, match="log needs x > 0, got x = 0"):
        program(torch.tensor([2.0, 0.0]))


def test_a_softmax_of_a_batch_by_hand():
    """ln(eˣ + eʸ) of the samples (0, 0) and (ln 3, 0): ln 2 and ln 4, with slopes ½ ½ and ¾ ¼."""
    w, x, y = Value(1.0, kind="parameter"), Value(0.0), Value(0.0)
    program = compile_graph(logsumexp([w * x, y]), inputs=[x, y])
    value, gradient = program.value_and_grad([0.0, math.log(3.0)], [0.0, 0.0])
    assert value == pytest.approx(math.log(8.0) / 2.0, rel=1e-15)
    assert gradient.tolist() == pytest.approx([0.75 * math.log(3.0) / 2.0], rel=1e-15)
