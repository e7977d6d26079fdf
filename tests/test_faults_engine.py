"""What users do wrong with the engine, and what they get (FAULTS, rows 1 to 25)."""

from __future__ import annotations

import copy
import math
import operator
import pickle
import threading
import warnings
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import (
    OPS,
    DomainError,
    Value,
    backward_steps,
    compiled,
    dot,
    first_nonfinite,
    gradcheck,
    ieee,
    logsumexp,
    maximum,
    mean,
    primitive,
    topological_order,
)
from autograd import sum as sum_
from autograd.operands import as_float
from autograd.value import apply

INF, NAN = math.inf, math.nan


def p(x):
    return Value(x, label="p")


# ── rows 1 to 4: leaving a domain is named ──────────────────────────────────

OUTSIDE = [  # row of FAULTS, what is done, words of the message
    (1, lambda: p(0.0).log(), ["log needs p > 0", "got p = 0", "Try a loss on logits"]),
    (1, lambda: p(-1.0).log(), ["log needs p > 0", "got p = -1", "Did a probability leave (0, 1)?"]),
    (1, lambda: p(-1.0).log1p(), ["log1p needs p > -1", "got p = -1"]),
    (1, lambda: p(-0.0).log(), ["log needs p > 0"]),
    (2, lambda: 1 / p(0.0), ["divide needs p ≠ 0", "got p = 0"]),
    (2, lambda: Value(1.0) / 0, ["divide needs b ≠ 0", "got b = 0"]),
    (2, lambda: Value(0.0) / p(0.0), ["divide needs p ≠ 0", "got p = 0"]),
    (2, lambda: p(3.0) / p(-0.0), ["divide needs b ≠ 0", "b = -0 at node 'p'"]),
    (2, lambda: p(0.0) ** -1, ["power needs p > 0", "got p = 0", "k = -1"]),
    (2, lambda: 0 ** p(-1.0), ["exponential needs base > 0", "p = -1", "base = 0"]),
    (2, lambda: p(0.0) ** Value(-1.0, label="q"), ["power needs p > 0", "p = 0", "q = -1"]),
    (3, lambda: p(-2.0) ** 0.5, ["power needs p > 0", "p < 0 only for a whole k", "got p = -2", "k = 0.5"]),
    (3, lambda: p(-2.0) ** Value(0.5), ["power needs p > 0", "got p = -2"]),
    (3, lambda: p(-2.0) ** Value(2.0), ["power needs p > 0", "For a fixed exponent write a number, x ** 2"]),
    (3, lambda: (-2) ** p(0.5), ["exponential needs base > 0", "p = 0.5", "base = -2"]),
    (3, lambda: p(-2.0).sqrt(), ["sqrt needs p > 0", "got p = -2"]),
    (4, lambda: p(0.0) ** 0.5, ["power needs p > 0", "got p = 0", "At 0 a root has no slope"]),
    (4, lambda: p(0.0) ** Value(0.5), ["power needs p > 0", "got p = 0"]),
    (2, lambda: p(1.0) % 0, ["remainder needs b ≠ 0", "got b = 0"]),
    (2, lambda: OPS["fmod"](p(1.0), 0.0), ["fmod needs b ≠ 0", "got b = 0"]),
    (2, lambda: OPS["arctan2"](p(0.0), 0.0), ["arctan2 needs x ≠ 0 or p ≠ 0", "p = 0", "x = 0"]),
    (1, lambda: p(0.0).log2(), ["log2 needs p > 0", "got p = 0"]),
    (1, lambda: p(0.0).log10(), ["log10 needs p > 0", "got p = 0"]),
    (3, lambda: p(2.0).asin(), ["arcsin needs -1 < p < 1", "got p = 2"]),
    (3, lambda: p(-1.0).acos(), ["arccos needs -1 < p < 1", "no value at ±1", "got p = -1"]),
    (3, lambda: p(1.0).atanh(), ["arctanh needs -1 < p < 1", "got p = 1"]),
    (4, lambda: p(1.0).acosh(), ["arccosh needs p > 1", "no value at 1", "got p = 1"]),
    (1, lambda: p(0.0).lgamma(), ["lgamma needs p ≠ 0, −1, −2, …", "got p = 0"]),
    (1, lambda: p(-3.0).digamma(), ["digamma needs p ≠ 0, −1, −2, …", "got p = -3"]),
    (1, lambda: p(2.0).polygamma(-1), ["polygamma needs", "n = 0, 1, …, 169", "got p = 2, n = -1"]),
    (4, lambda: p(0.0).cbrt(), ["cbrt needs p ≠ 0", "no value at 0", "got p = 0"]),
    (4, lambda: p(0.0).sqrt(), ["sqrt needs p > 0", "slope", "no value at 0", "got p = 0"]),
]


@pytest.mark.parametrize(("row", "done", "words"), OUTSIDE)
def test_leaving_a_domain_is_named(row, done, words):
    with pytest.raises(DomainError) as caught:
        done()
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert all(isinstance(caught.value, kind) for kind in (ValueError, ZeroDivisionError)), (
        "what Python itself raises there"
    )
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__, "one error, not two"


def test_a_node_without_a_label_is_not_named():
    with pytest.raises(DomainError, match=r"^log needs x > 0, got x = -1\. "):
        Value(-1.0).log()


def test_a_domain_is_said_in_the_operands_own_names_unless_one_name_would_stand_for_two_numbers():
    x, y, k = Value(0.0, label="x"), Value(0.5, label="y"), Value(-2.0, label="k")
    for done, said in [
        (lambda: y / x, "divide needs x ≠ 0, got x = 0."),
        (lambda: x**-1, "power needs x > 0 (x = 0 only for k = 0 or k ≥ 1, x < 0 only for a whole k), got x = 0, k = -1. "),
        (lambda: k**0.5, "power needs x > 0 (x = 0 only for k = 0 or k ≥ 1, x < 0 only for a whole k), got x = -2 at node 'k', k = 0.5. "),
        (lambda: x ** Value(-1.0), "power needs x > 0, or x = 0 with y = 0 or y ≥ 1, when the exponent y is a Value, got x = 0, y = -1. "),
        (lambda: Value(-1.0, label="y") ** Value(0.5), "power needs x > 0, or x = 0 with y = 0 or y ≥ 1, when the exponent y is a Value, got x = -1 at node 'y', y = 0.5. "),
        (lambda: Value(-1.0, label="z" * 99).log(), f"log needs x > 0, got x = -1 at node '{'z' * 56}...."),
    ]:  # fmt: skip
        with pytest.raises(DomainError) as caught:
            done()
        assert str(caught.value).startswith(said)


def test_every_row_that_has_a_domain_was_left_above():
    left = set()
    for _, done, _ in OUTSIDE:
        with pytest.raises(DomainError) as caught:
            done()
        left.add(str(caught.value).split(" needs")[0])
    assert left == {op.name.removesuffix("_constant") for op in OPS.values() if op.domain}


def test_rows_of_the_users_own_name_their_operands_too():
    @primitive("geometric_mean", domain="every x > 0")
    def geometric_mean(xp, *x):
        y = xp.exp(sum(xp.log(v) for v in x) / len(x))
        return y, tuple(y / (len(x) * v) for v in x)

    @primitive("no_words")
    def no_words(xp, a):
        return xp.log(a), (1.0 / a,)

    try:
        with pytest.raises(DomainError, match=r"geometric_mean needs every x > 0, got x1 = 2, p = -1"):
            apply(geometric_mean, Value(2.0), p(-1.0))
        with pytest.raises(DomainError, match="no_words"):
            apply(no_words, p(-1.0))
    finally:
        del OPS["geometric_mean"], OPS["no_words"]


def test_after_an_error_nothing_that_existed_before_has_changed():
    for _, done, _ in OUTSIDE:
        a = Value(2.0, label="a")
        h = a * 3.0
        h.backward()
        before = [(v.data, v.grad, v.label, v.parents, v.op) for v in topological_order(h)]
        with pytest.raises(DomainError):
            (done(), h)
        with pytest.raises(DomainError):
            (h * -1.0).log()
        assert [(v.data, v.grad, v.label, v.parents, v.op) for v in topological_order(h)] == before


def test_after_a_failed_backward_no_leaf_has_changed():
    a = Value(2.0)
    a.grad = 0.25
    by_hand = Value(1.0, (a,), "?")
    root = by_hand + a * 3.0
    for walk in (Value.backward, lambda v: list(backward_steps(v))):
        with pytest.raises(ValueError, match="is opaque: it has parents but no local derivatives"):
            walk(root)
        assert a.grad == 0.25


# ── overflow is not an error; neither is a number that was not finite to begin with ──

OVERFLOWS = [  # what is done to x = the second column, value, slope
    (lambda x: x.exp(), 1000.0, INF, INF),
    (lambda x: x.expm1(), 1000.0, INF, INF),
    (lambda x: x**2, 1e200, INF, 2e200),
    (lambda x: x**3, -1e200, -INF, INF),
    (lambda x: x * x, 1e200, INF, 2e200),
    (lambda x: 2**x, 5000.0, INF, INF),
    (lambda x: 10**x, -5000.0, 0.0, 0.0),
    (lambda x: x**-1, 1e-320, INF, -INF),
    (lambda x: 1 / x, 1e-320, INF, -INF),
    (lambda x: x + 1e308, 1e308, INF, 1.0),
    (lambda x: sum_([x, x, x]), 1e308, INF, 3.0),
    (lambda x: dot([x], [x]), -1e200, INF, -2e200),
    (lambda x: x ** Value(2.0), 1e200, INF, 2e200),
]


@pytest.mark.parametrize(("done", "x", "value", "slope"), OVERFLOWS)
def test_overflow_of_a_legal_op_is_ieee(done, x, value, slope):
    leaf = Value(x)
    root = done(leaf)
    assert root.data == value
    root.backward()
    assert leaf.grad == pytest.approx(slope)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@pytest.mark.parametrize("x", [NAN, INF, -INF])
def test_non_finite_numbers_of_the_user_flow(op, x):
    """No error, and no warning (pytest makes warnings errors)."""
    node = apply(op, *[Value(x)] * (len(op.operands) or 3))
    assert type(node.data) is float
    assert {type(v) for v in node.local_derivatives} == {float}
    if x != x:
        assert math.isnan(node.data)


@pytest.mark.parametrize(
    ("made", "value", "slope"),
    [
        (lambda x: x.exp(), 0.0, 0.0),
        (lambda x: x.tanh(), -1.0, 0.0),
        (lambda x: x.sigmoid(), 0.0, 0.0),
        (lambda x: x.softplus(), 0.0, 0.0),
        (lambda x: x.relu(), 0.0, 0.0),
        (lambda x: -x, INF, -1.0),
        (lambda x: abs(x), INF, -1.0),
        (lambda x: x.elu(), -1.0, 0.0),
        (lambda x: x.clip(), -1.0, 0.0),
        (lambda x: x**2, INF, -INF),
        (lambda x: x**0, 1.0, 0.0),
        (lambda x: 1 / x, 0.0, 0.0),
    ],
)
def test_minus_infinity_has_its_limit_where_there_is_one(made, value, slope):
    x = Value(-INF)
    y = made(x)
    y.backward()
    assert (y.data, x.grad) == (value, slope)


# ── ieee(): PyTorch's values instead of errors ──────────────────────────────

IEEE = [  # operands, ours, PyTorch's, value, slopes (published, so that PyTorch need not be there)
    ([0.0], lambda x: x.log(), lambda t, x: x.log(), -INF, [INF]),
    ([-1.0], lambda x: x.log(), lambda t, x: x.log(), NAN, [-1.0]),
    ([-1.0], lambda x: x.log1p(), lambda t, x: x.log1p(), -INF, [INF]),
    ([-2.0], lambda x: x.log1p(), lambda t, x: x.log1p(), NAN, [-1.0]),
    ([1.0, 0.0], lambda a, b: a / b, lambda t, a, b: a / b, INF, [INF, -INF]),
    ([0.0, 0.0], lambda a, b: a / b, lambda t, a, b: a / b, NAN, [INF, NAN]),
    ([0.0], lambda x: x**-1, lambda t, x: x**-1.0, INF, [-INF]),
    ([0.0], lambda x: x**0.5, lambda t, x: x**0.5, 0.0, [INF]),
    ([-2.0], lambda x: x**0.5, lambda t, x: x**0.5, NAN, [NAN]),
    ([0.0], lambda x: x.sqrt(), lambda t, x: x.sqrt(), 0.0, [INF]),
    ([-2.0], lambda x: x.sqrt(), lambda t, x: x.sqrt(), NAN, [NAN]),
    ([-1.0], lambda x: 0**x, lambda t, x: t.pow(0.0, x), INF, [-INF]),
    ([0.0, -1.0], lambda x, y: x**y, lambda t, x, y: x**y, INF, [-INF, -INF]),
    ([0.0, 0.5], lambda x, y: x**y, lambda t, x, y: x**y, 0.0, [INF, 0.0]),
    ([-2.0, 2.0], lambda x, y: x**y, lambda t, x, y: x**y, 4.0, [-4.0, NAN]),
]


@pytest.mark.parametrize(("x", "done", "in_torch", "value", "slopes"), IEEE)
def test_ieee_gives_the_published_values(x, done, in_torch, value, slopes):
    leaves = list(map(Value, x))
    with ieee():
        root = done(*leaves)
    root.backward()
    assert [root.data, *(v.grad for v in leaves)] == pytest.approx([value, *slopes], nan_ok=True)
    with pytest.raises(DomainError):
        done(*leaves)


@pytest.mark.parametrize(("x", "done", "in_torch", "value", "slopes"), IEEE)
def test_the_published_values_are_pytorchs(x, done, in_torch, value, slopes):
    torch = pytest.importorskip("torch", reason="checks that the published table is PyTorch's")
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in x]
    root = in_torch(torch, *leaves)
    root.backward()
    assert [root.item(), *(v.grad.item() for v in leaves)] == pytest.approx([value, *slopes], nan_ok=True)


def test_ieee_ends_with_its_block_also_after_an_error_nests_and_stays_in_its_thread():
    with pytest.raises(KeyError), ieee():
        raise KeyError
    with pytest.raises(DomainError):
        Value(0.0).log()
    outcome = []

    def elsewhere():
        try:
            outcome.append(Value(0.0).log())
        except DomainError as error:
            outcome.append(error)

    with ieee():
        with ieee():
            pass
        assert Value(0.0).log().data == -INF
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert isinstance(outcome[0], DomainError)


# ── rows 5 to 10: powers at zero, stable functions, infinities, nan, kinks, traps ──


def test_row_5_powers_at_zero_have_slopes():
    x = Value(0.0)
    (x**0).backward()
    assert ((x**0).data, x.grad) == (1.0, 0.0)
    for y, value in ((2.0, 0.0), (0.5, 0.0), (0.0, 1.0)):
        exponent = Value(y)
        power = 0**exponent
        power.backward()
        assert (power.data, exponent.grad) == (value, 0.0)


def test_row_6_stable_functions_are_exact_far_out():
    assert (Value(-1000.0).sigmoid().data, Value(1000.0).sigmoid().data) == (0.0, 1.0)
    assert (Value(-1000.0).softplus().data, Value(1000.0).softplus().data) == (0.0, 1000.0)
    assert logsumexp([1000.0, -1000.0]).data == 1000.0
    x = Value(20.0)
    x.tanh().backward()
    assert x.grad == pytest.approx(4 * math.exp(-40), rel=1e-12)


def test_row_7_logsumexp_of_equal_infinities_has_slopes():
    for x in (INF, -INF):
        a, b = Value(x), Value(x)
        root = logsumexp([a, b])
        root.backward()
        assert (root.data, a.grad, b.grad) == (x, 0.5, 0.5)


def test_row_8_nan_flows_through_relu_and_is_found():
    x = Value(NAN)
    y = x.relu()
    y.backward()
    assert math.isnan(y.data)
    assert math.isnan(x.grad)
    assert first_nonfinite(y) is x


def test_row_10_an_untaken_branch_does_not_poison_the_gradient():
    def safe_log(x):
        return x.log() if x > 0 else Value(0.0)

    x = Value(0.0)
    root = safe_log(x) + x
    root.backward()
    assert x.grad == 1.0


# ── rows 11 to 16: what may be a number, and what a Value is not ────────────

NUMBERS = [3, True, np.int64(3), np.int8(3), np.float32(3), np.float64(3), np.float16(3), np.bool_(True), np.array(3), np.array(3.0),
           np.uint64(2**63), np.longdouble(3), Fraction(3, 1), -0.0, 10**300]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: f"{type(n).__name__} {n}")
def test_row_11_numbers_of_any_kind_are_floats_at_once(number):
    assert type(Value(number).data) is float
    assert Value(number).data == float(number)
    v = Value(2.0)
    for node in (v + number, number + v, v * number, number * v, v - number, number - v, dot([number], [v], number)):
        assert isinstance(node, Value)
        for part in (node, *node.parents):
            assert type(part.data) is float
        assert {type(s) for s in node.local_derivatives} == {float}
    assert type(v < number) in (bool, np.bool_)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
@pytest.mark.parametrize("kind", [np.float32, np.float64, int, np.int64, np.array, Fraction])
def test_row_11_whatever_was_put_into_data_is_a_float_in_what_follows(op, kind):
    tried = (1.0, 0.0, 2.0) if kind in (int, np.int64) else (0.625, 1.5)
    x = [next(v for v in tried if low <= v <= high) for low, high in op.sample or [(-3.0, 3.0)] * 5]
    leaves = list(map(Value, x))
    for leaf, number in zip(leaves, x, strict=True):
        leaf.data = kind(number)
    node = apply(op, *leaves)
    assert type(node.data) is float
    assert {type(s) for s in node.local_derivatives} == {float}
    expected = apply(op, *x)
    assert (node.data, node.local_derivatives) == (expected.data, expected.local_derivatives)


@pytest.mark.parametrize("operation", ["a * b", "a + b", "a - b", "a / b", "a ** b"])
@pytest.mark.parametrize("kind", [np.float32, np.float64, int, np.int64])
@pytest.mark.parametrize("which", ["a", "b", "ab"])
def test_row_11_operators_on_whatever_was_put_into_data_give_floats(operation, kind, which):
    v = {"a": Value(3), "b": Value(2)}
    for name in which:
        v[name].data = kind(v[name].data)
    node = eval(operation, v)
    expected = eval(operation, {"a": Value(3), "b": Value(2)})
    assert type(node.data) is float
    assert {type(s) for s in node.local_derivatives} == {float}
    assert (node.data, node.local_derivatives) == (expected.data, expected.local_derivatives)
    node.backward()
    assert {type(leaf.grad) for leaf in (v["a"], v["b"])} == {float}


def test_row_11_comparisons_after_data_was_set_to_an_int_or_a_numpy_number():
    for number in (2, np.float32(2), np.int64(2), True + 1, np.float64(2)):
        v, w = Value(1.0), Value(3.0)
        v.data = number
        assert bool(v < w) is bool(w > v) is True
        assert bool(v <= 1.5) is bool(v >= 2.5) is False
        assert max(v, w) is w
        assert min([w, v]) is v


NOT_NUMBERS = [  # data, words
    ("2", ["got '2' (str)", "Value(float(text))"]),
    (b"2", ["(bytes)", "Value(float(text))"]),
    (None, ["got None (NoneType)", "int or a float"]),
    ([1.0], ["got [1.0] (list)", "[Value(x) for x in xs]"]),
    ((1.0, 2.0), ["(tuple)", "[Value(x) for x in xs]"]),
    (1j, ["got 1j (complex)", "z.real"]),
    (np.complex128(1), ["complex", "z.real"]),
    (np.array(1j), ["complex", "z.real"]),
    (np.array([1.0]), ["(ndarray)", "[Value(x) for x in xs]"]),
    (np.zeros((2, 2)), ["(ndarray)", "[Value(x) for x in xs]"]),
    (np.array("2.0"), ["Value(float(text))"]),
    (np.array("abc"), ["Value(float(text))"]),
    (np.str_("2"), ["Value(float(text))"]),
    (np.array(None), ["NoneType"]),
    (Value(1.0), ["it is a Value already"]),
    ({}, ["(dict)"]),
    ({1.0}, ["(set)"]),
    (lambda: 1.0, ["function"]),
    (object(), ["(object)"]),
    ("x" * 10_000, ["...", "(str)"]),
    ("x" * 58, [f"got '{'x' * 58}' (str)"]),  # 60 characters are whole
    ("x" * 59, [f"got '{'x' * 56}... (str)"]),
    (10**400, ["larger than any float"]),
]


@pytest.mark.parametrize(("data", "words"), NOT_NUMBERS, ids=lambda x: type(x).__name__)
def test_row_12_what_is_not_one_real_number_is_a_type_error_at_once_that_says_what_to_pass(data, words):
    with pytest.raises(TypeError, match="a Value holds one real number") as caught:
        Value(data)
    for word in words:
        assert word in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("operand", ["2", b"2", None, [1.0], (1.0,), 1j, {}, 10**400], ids=lambda x: type(x).__name__)
def test_row_12_the_same_beside_an_operator_on_either_side(operand):
    v = Value(2.0)
    for done in (lambda: v + operand, lambda: v * operand, lambda: v - operand, lambda: v / operand, lambda: v**operand,
                 lambda: operand - v, lambda: operand / v, lambda: v < operand, lambda: dot([v], [operand]), lambda: sum_([v, operand]),
                 lambda: maximum(v, operand)):  # fmt: skip
        with pytest.raises(TypeError, match=r"holds one real number|unsupported operand"):
            done()


@pytest.mark.parametrize("wrong", ["3.0", None, [3.0], 1j, np.zeros(2), Value(3.0)], ids=lambda x: type(x).__name__)
@pytest.mark.parametrize(
    "done",
    [lambda v: v * 2, lambda v: v + v, Value.tanh, Value.log, lambda v: sum_([v, v]), lambda v: v**2, lambda v: 2**v],
)
def test_row_12_a_wrong_thing_put_into_data_is_found_at_the_next_op(wrong, done):
    v = Value(1.0)
    v.data = wrong
    with pytest.raises(TypeError, match="a Value holds one real number"):
        done(v)


def test_row_12_wrong_parts_of_a_handmade_node_are_named():
    a = Value(1.0)
    with pytest.raises(TypeError, match=r"the parents of a Value are a tuple of Values, got \(1\.0,\)"):
        Value(2.0, (1.0,))
    with pytest.raises(TypeError, match="the parents of a Value are a tuple of Values"):
        Value(2.0, a)
    with pytest.raises(TypeError, match="the parents of a Value are a tuple of Values, got 3"):
        Value(2.0, 3)
    with pytest.raises(ValueError, match="expected one local derivative per parent: 1, got 2"):
        Value(2.0, (a,), (1.0, 2.0))
    with pytest.raises(TypeError, match="op's symbol or a tuple of local derivatives, got 5"):
        Value(2.0, (a,), 5)
    with pytest.raises(TypeError, match="holds one real number, got '1'"):
        Value(2.0, (a,), ("1",))


@pytest.mark.parametrize(
    "operation", ["a + v", "v + a", "a * v", "v * a", "a - v", "v - a", "a / v", "v / a", "a ** v", "v ** a"]
)
def test_row_13_an_array_beside_a_value_gives_an_array_of_values_element_by_element(operation):
    a, v = np.array([[1.0, 2.0], [3.0, 4.0]]), Value(2.0)
    result = eval(operation, {"a": a, "v": v})
    assert result.dtype == object
    assert result.shape == a.shape
    for node, number in zip(result.flat, a.flat, strict=True):
        assert isinstance(node, Value)
        assert type(node.data) is float
        assert node.data == eval(operation, {"a": float(number), "v": 2.0})
    v.grad = 0.0
    result.sum().backward()
    assert v.grad == pytest.approx(
        sum(
            eval(operation, {"a": float(x), "v": Value(2.0)}).local_derivatives[
                0 if operation[0] == "v" or "**" in operation else 1
            ]
            for x in a.flat
        )
    )


def test_row_13_arrays_of_values_do_arithmetic_in_place_and_by_matrix_product():
    v = np.array([Value(1.0), Value(2.0)])
    assert v.dtype == object
    v += Value(3.0)
    assert [x.data for x in v] == [4.0, 5.0]
    assert (np.array([[1.0, 2.0]]) @ v)[0].data == 14.0
    assert [x.data for x in np.tanh(v)] == [math.tanh(4.0), math.tanh(5.0)]
    assert np.sum(v).data == 9.0
    assert np.mean(v).data == 4.5
    assert np.max(v) is v[1]


def test_row_13_a_float_array_can_not_take_values_in_place():
    a = np.zeros(2)
    with pytest.raises(TypeError):
        a += Value(1.0)
    assert list(a) == [0.0, 0.0]


LOSES_THE_GRADIENT = [
    (lambda v: math.exp(v), r"v\.data.*v\.exp\(\)"),
    (lambda v: math.log(v), r"v\.data"),
    (lambda v: float(v), r"v\.data"),
    (lambda v: np.array([v], dtype=float), r"v\.data"),
    (lambda v: np.isnan(v), r"np\.isnan can't be traced through a Value; .* v\.data for the number"),
    (lambda v: np.heaviside(v, 1.0), r"np\.heaviside can't be traced"),
    (lambda v: np.add.reduce(v), r"can't be traced"),
    (lambda v: np.add(np.ones(2), v, out=np.ones(2)), r"np\.add .* a Value \(an array of floats can't hold Values"),
    (lambda v: 1.0 if v else 0.0, r"v\.data != 0"),
    (lambda v: not v, r"v\.data != 0"),
    (lambda v: v and v, r"v\.data != 0"),
]


@pytest.mark.parametrize(("done", "hint"), LOSES_THE_GRADIENT)
def test_rows_14_and_15_what_would_lose_the_gradient_is_a_type_error_with_the_way_out(done, hint):
    with pytest.raises(TypeError, match=hint):
        done(Value(2.0))


def test_row_14_the_method_a_hint_names_exists():
    for function in (np.isnan, np.add.reduce, np.floor_divide, np.heaviside, np.nextafter):
        with pytest.raises(TypeError) as caught:
            function(Value(2.0)) if getattr(function, "nin", 1) == 1 else function(Value(2.0), 1.0)
        for word in str(caught.value).replace("(", " ").replace(";", " ").split():
            if word.startswith("v."):
                assert hasattr(Value(1.0), word[2:].rstrip(",.")), caught.value
            if word.startswith("autograd."):
                assert hasattr(autograd, word[9:].rstrip(",.")), caught.value


def test_row_16_equality_and_hash_are_identity_and_order_reads_the_data():
    v, w, twin = Value(1.0), Value(2.0), Value(1.0)
    assert v == v
    assert v != twin
    assert len({v, w, twin, v}) == 3
    assert {v: "first"}[v] == "first"
    assert v in [w, v]
    assert twin not in [w, v]
    assert v < w
    assert v <= twin
    assert w > 1
    assert np.float64(1.5) > v
    assert w >= np.float32(2)
    assert max([v, w]) is w
    assert min(v, 0.5) == 0.5
    assert sorted([w, v]) == [v, w]
    assert max(v, 1.5) == 1.5  # 1.5 > v asks v
    assert not Value(NAN) < v
    assert not Value(NAN) >= v
    with pytest.raises(TypeError, match="one real number"):
        _ = v < "1"


def test_row_16_comparing_with_an_array_goes_element_by_element():
    a = np.array([0.0, 1.0, 2.0])
    assert list(Value(1.0) < a) == [False, False, True]
    assert list(a >= Value(1.0)) == [False, True, True]


# ── rows 17 to 25 that a single example shows (test_engine.py has the properties) ──


def test_row_17_backward_twice_adds_exactly_once_more():
    x = Value(2.0)
    y = (x * x) * (x * x)
    y.backward()
    assert x.grad == 32.0
    y.backward()
    assert x.grad == 64.0


def test_row_18_backward_on_a_leaf_an_inner_node_and_beside_an_unconnected_one():
    x, other = Value(3.0), Value(1.0)
    h = x * x
    _ = h * 7.0
    h.backward()
    assert (x.grad, h.grad, other.grad) == (6.0, 1.0, 0.0)
    other.backward()
    assert other.grad == 1.0


def test_row_19_without_zero_grad_gradients_accumulate():
    x = Value(3.0)
    for step in (1, 2, 3):
        (x * x).backward()
        assert x.grad == 6.0 * step
    x.zero_grad()
    assert x.grad == 0.0


def test_row_20_the_gradient_is_that_of_the_forward_pass_that_was_run():
    x = Value(3.0)
    y = x * x + x.exp()
    x.data = 100.0
    y.backward()
    assert x.grad == pytest.approx(6.0 + math.exp(3.0))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"])
def test_row_23_a_copied_graph_gives_its_own_gradients(copied):
    x = Value(3.0)
    twin = copied(x * x)
    twin.backward()
    assert twin.parents[0].grad == 6.0
    assert x.grad == 0.0


# ── wrong calls of functions of many ────────────────────────────────────────

WRONG_CALLS = [
    (lambda v: dot([v], [1.0, 2.0]), ValueError, "as many x as w.*got 1 w and 2 x"),
    (lambda v: dot([], []), ValueError, "at least one"),
    (lambda v: sum_([]), ValueError, "sum of no values: give at least one"),
    (lambda v: mean([]), ValueError, "mean of no values"),
    (lambda v: logsumexp([]), ValueError, "logsumexp of no values"),
    (lambda v: sum_([v, "1"]), TypeError, "got '1'"),
    (lambda v: as_float("1"), TypeError, "got '1'"),
    (lambda v: apply(OPS["tanh"], "1"), TypeError, "got '1'"),
    (lambda v: v.leaky_relu("0.1"), TypeError, "got '0.1'"),
    (lambda v: gradcheck(lambda x: x, "1"), TypeError, "got '1'"),
]


@pytest.mark.parametrize(("done", "error", "words"), WRONG_CALLS)
def test_wrong_calls_say_what_was_expected_and_what_was_given(done, error, words):
    with pytest.raises(error, match=words):
        done(Value(1.0))


# ── PyTorch's habits, and Python's ──────────────────────────────────────────


@pytest.mark.parametrize(
    "root", [lambda v, w: v * w, lambda v, w: (v + w).tanh(), lambda v, w: w], ids=["×", "tanh", "leaf"]
)
def test_a_gradient_set_to_none_is_named_and_every_leaf_keeps_its_own(root):
    v, w = Value(2.0, label="v"), Value(3.0, label="w")
    v.grad, w.grad = 5.0, None
    with pytest.raises(TypeError, match=r"the gradient of 'w' is None, .*: set it to 0\.0, or call zero_grad\(\)"):
        root(v, w).backward()
    assert (v.grad, w.grad) == (5.0, None)


def test_a_gradient_that_is_a_text_fails_with_pythons_own_words_and_every_leaf_keeps_its_own():
    v, w = Value(2.0), Value(3.0)
    v.grad, w.grad = 5.0, "0.0"
    with pytest.raises(TypeError, match="str"):
        (v * w).backward()
    assert (v.grad, w.grad) == (5.0, "0.0")


def test_a_value_becomes_no_plain_number_without_a_word():
    with pytest.raises(TypeError, match=r"write v\.data: int\(v\.data\), round\(v\.data, 2\)"):
        int(p(1.5))


@pytest.mark.parametrize("rounded", [round, math.floor, math.ceil, math.trunc], ids=lambda f: f.__name__)
def test_pythons_roundings_make_nodes_with_slope_0(rounded):
    for x in (2.5, -1.5, 0.25):
        v = p(x)
        y = rounded(v)
        y.backward()
        assert (y.data, y.parents, v.grad) == (rounded(x), (v,), 0.0)


def test_rounding_to_digits_says_what_to_write_for_either_purpose():
    with pytest.raises(
        TypeError, match=r"to show its number write round\(v\.data, 2\), to go on .*\(v \* 100\)\.round"
    ):
        round(p(1.5), 2)


@pytest.mark.parametrize(
    "call",
    [sum_, mean, logsumexp, lambda v: sum_(v, v), lambda v: dot(v, [v]), lambda v: dot([v], v), lambda v: sum_(3.0)],
)
def test_a_single_value_where_a_list_is_due_is_named(call):
    with pytest.raises(
        TypeError, match=r"takes a list of numbers or Values, got the single .*: \[v\] is a list of one"
    ):
        call(p(1.5))


# ── a Value in an array without sides ───────────────────────────────────────

BOXES = {"np.array(v)": np.array, "np.squeeze": lambda v: np.squeeze(np.array([v])), "np.asarray": np.asarray}


@pytest.mark.parametrize("box", BOXES)
def test_row_13_a_value_in_an_array_without_sides_is_that_value(box):
    for op in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
        for left, right in ((True, False), (False, True), (True, True)):
            a, b = Value(2.0), Value(3.0)
            op(BOXES[box](a) if left else a, BOXES[box](b) if right else b).backward()
            c, d = Value(2.0), Value(3.0)
            op(c, d).backward()
            assert (a.grad, b.grad) == (c.grad, d.grad)
    v = Value(2.0)
    boxed = BOXES[box](v)
    assert (v < boxed + 1.0, boxed >= v, 2.0**boxed < 4.5) == (True, True, True)
    for f in (
        lambda x: sum_([x, 1.0]), lambda x: dot([x], [1.0]), lambda x: maximum(x, 0.0), lambda x: mean([x]),
        lambda x: logsumexp([x]), lambda x: Value(1.0) + np.array([x])[0], lambda x: np.add(x, 0.0), lambda x: 1.0 * x,
        compiled(lambda x: x * 1.0).value_and_grad,
    ):  # fmt: skip
        result = f(boxed)
        if isinstance(result, tuple):
            assert result == (2.0, 1.0)
            continue
        v.grad = 0.0
        result.backward()
        assert v.grad == 1.0


def test_row_16_a_comparison_with_a_number_says_once_what_to_write():
    v = Value(2.0)
    for number in (2.0, 0, True, Fraction(2), np.float64(2.0), np.int64(2)):
        with pytest.warns(UserWarning, match=r"equal to itself alone.*compare its number: v\.data == ") as said:
            assert not operator.eq(v, number)
        with pytest.warns(UserWarning, match="v != .* is True"):
            assert v != number
        with pytest.warns(UserWarning, match=r"v\.data"):
            assert not operator.eq(number, v)
    with pytest.warns(UserWarning, match=r"v\.data"):
        assert not (np.array([v]) == 2.0)[0]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("default")
        assert [v == 2.0 for _ in range(3)] == [False] * 3
    assert len(said) == 1


def test_row_16_other_comparisons_say_nothing():
    v, w = Value(2.0), Value(2.0)
    assert operator.eq(v, v)
    assert (v != w, v == "2", [v, w].index(w), v in {v, w}, {v: 1}[v]) == (True, False, 1, True, 1)
    assert len({v, w, copy.deepcopy(v)}) == 3
