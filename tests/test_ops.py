"""The op table: every row is right, stable, complete, and enough."""

from __future__ import annotations

import math
import pickle
import re
import sys

import pytest
from graphs import CONSTANTS
from meanings import ON_PURPOSE

from autograd import OPS, Op, Value, gradcheck, primitive
from autograd.functional import grad
from autograd.functions import install, method_names
from autograd.ops import LEAVES
from autograd.readings import floats
from autograd.symbols import formula
from autograd.value import apply

every_derivative = pytest.mark.parametrize("op", [op for name, op in OPS.items() if name not in ON_PURPOSE], ids=repr)
every_row = pytest.mark.parametrize("op", OPS.values(), ids=OPS)


def close(got, true, relative=1e-13, absolute=1e-15):
    """To some hundred last bits. The absolute part is for results of sums of numbers near 1 that cancel."""
    return abs(got - true) <= max(relative * abs(true), absolute)


def slopes_of(f, x):
    """∂f/∂xᵢ in 50 digits."""
    from mpmath import mp

    return [mp.diff(lambda t, i=i: f(*x[:i], t, *x[i + 1 :]), x[i]) for i in range(len(x))]


# ── the calculus ────────────────────────────────────────────────────────────


def test_every_row_has_an_independent_definition_in_these_tests(exact):
    assert set(exact) == set(OPS)


@every_derivative
def test_gradient_agrees_with_difference_quotients(op, points):
    for x in points(op):
        report = gradcheck(lambda *v: apply(op, *v), *x)
        assert report.ok, report


@every_derivative
def test_value_and_slopes_agree_with_50_digit_arithmetic(op, points, exact):
    from mpmath import mpf

    for x in points(op):
        y, slopes = op.rule(floats, *x)
        x = list(map(mpf, x))
        assert close(y, exact[op.name](*x)), (x, y)
        assert len(slopes) == len(x)
        for slope, true in zip(slopes, slopes_of(exact[op.name], x), strict=True):
            assert close(slope, true), (x, slope, true)


@pytest.mark.parametrize(("name", "constants"), [(name, c) for name, others in CONSTANTS.items() for c in others])
def test_a_rows_constants_enter_value_and_slope(name, constants, points, exact):
    from mpmath import mpf

    op = OPS[name].bind(**constants)
    for (x,) in points(op):
        y, (slope,) = op.rule(floats, x)

        def true(t):
            return exact[name](t, **{key: mpf(c) for key, c in constants.items()})

        assert close(y, true(mpf(x)))
        assert close(slope, slopes_of(true, [mpf(x)])[0])


def test_two_rows_have_another_slope_on_purpose():
    for name, value, slope in (("stop_gradient", 1.5, 0.0), ("straight_through", 1.0, 1.0)):
        x = Value(1.5)
        y = OPS[name](x)
        y.backward()
        assert (y.data, x.grad) == (value, slope)


def test_every_row_with_constants_was_tried_with_others():
    assert set(CONSTANTS) == {name for name, op in OPS.items() if op.constants}


@every_row
def test_a_node_holds_plain_floats(op, points):
    for x in points(op, 5):
        node = apply(op, *x)
        assert type(node.data) is float
        assert {type(slope) for slope in node.local_derivatives} == {float}


# ── far out, where formulas lose their digits (FAULTS 6) ────────────────────


@pytest.mark.parametrize("x", [20, -20, 40, -40, 700, -700, 1000, -1000])
@pytest.mark.parametrize(
    "name", ["tanh", "sigmoid", "softplus", "silu", "gelu", "elu", "erfc", "relu", "mish", "log_sigmoid", "selu"]
)
def test_activations_keep_their_digits_far_out(name, x, exact):
    from mpmath import mp, mpf

    node = OPS[name](float(x))
    y, (slope,) = node.data, node.local_derivatives
    tiny = sys.float_info.min  # below it floats have no digits to keep
    with mp.workdps(500 if abs(x) <= 40 else 1200):  # 1 + e⁻¹⁰⁰⁰ has 435 zeros, 1 − erf(40/√2) has 349
        assert close(y, exact[name](mpf(x)), 1e-12, tiny)
        assert close(slope, slopes_of(exact[name], [mpf(x)])[0], 1e-12, tiny)


@pytest.mark.parametrize(
    "x", [[1000.0, -1000.0], [-1000.0, 1000.0, 999.0], [-1e5, -1e5], [20.0, -20.0], [0.0, 40.0, -40.0], [1e308, 1e308]]
)
def test_logsumexp_keeps_its_digits_with_any_spread(x, exact):
    from mpmath import mp, mpf

    y, slopes = OPS["logsumexp"].rule(floats, *x)
    true = list(map(mpf, x))
    assert close(y, exact["logsumexp"](*true), 1e-12)
    total = mp.fsum(mp.exp(v - max(true)) for v in true)
    for slope, v in zip(slopes, true, strict=True):
        assert close(slope, mp.exp(v - max(true)) / total, 1e-12, sys.float_info.min)


@pytest.mark.parametrize("x", [1e-300, -1e-300, 1e-17, -1e-17, 1e-8, -1e-8])
@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh", "elu", "sin"])
def test_functions_through_the_origin_keep_their_digits_there(name, x, exact):
    from mpmath import mpf

    # Written in series: 50 digits are not enough for 1 + 1e-300.
    t = mpf(x)
    series = {"expm1": t + t**2 / 2, "log1p": t - t**2 / 2, "tanh": t, "elu": t + t**2 / 2 if x < 0 else t, "sin": t}
    assert close(OPS[name].rule(floats, x)[0], series[name], 1e-15, 0)


def test_logsumexp_of_infinities_is_defined():
    inf = math.inf
    assert OPS["logsumexp"].rule(floats, -inf, -inf) == (-inf, (0.5, 0.5))
    assert OPS["logsumexp"].rule(floats, inf, inf) == (inf, (0.5, 0.5))
    assert OPS["logsumexp"].rule(floats, inf, 0.0) == (inf, (1.0, 0.0))
    assert OPS["logsumexp"].rule(floats, -inf, 0.0) == (0.0, (0.0, 1.0))


# ── kinks: PyTorch's choices, published (FAULTS 9) ──────────────────────────

KINKS = [  # row, its constants, at, slopes, the same in PyTorch
    ("relu", {}, [0.0], [0.0], lambda t, x: t.relu(x)),
    ("absolute", {}, [0.0], [0.0], lambda t, x: t.abs(x)),
    ("leaky_relu", {}, [0.0], [0.01], lambda t, x: t.nn.functional.leaky_relu(x)),
    ("leaky_relu", {"negative_slope": 0.3}, [0.0], [0.3], lambda t, x: t.nn.functional.leaky_relu(x, 0.3)),
    ("elu", {}, [0.0], [1.0], lambda t, x: t.nn.functional.elu(x)),
    ("elu", {"alpha": 2.0}, [0.0], [2.0], lambda t, x: t.nn.functional.elu(x, 2.0)),
    ("maximum", {}, [1.5, 1.5], [0.5, 0.5], lambda t, a, b: t.maximum(a, b)),
    ("minimum", {}, [1.5, 1.5], [0.5, 0.5], lambda t, a, b: t.minimum(a, b)),
    ("maximum", {}, [0.0, -0.0], [0.5, 0.5], lambda t, a, b: t.maximum(a, b)),
    ("maximum", {}, [math.nan, 0.0], [1.0, 1.0], lambda t, a, b: t.maximum(a, b)),
    ("maximum", {}, [0.0, math.nan], [1.0, 1.0], lambda t, a, b: t.maximum(a, b)),
    ("minimum", {}, [math.nan, 0.0], [1.0, 1.0], lambda t, a, b: t.minimum(a, b)),
    ("clip", {}, [1.0], [1.0], lambda t, x: t.clamp(x, -1.0, 1.0)),
    ("clip", {}, [-1.0], [1.0], lambda t, x: t.clamp(x, -1.0, 1.0)),
    ("clip", {"low": 0.5, "high": 2.0}, [0.25], [0.0], lambda t, x: t.clamp(x, 0.5, 2.0)),
    ("logsumexp", {}, [2.0, 2.0], [0.5, 0.5], lambda t, *x: t.logsumexp(t.stack(x), 0)),
    ("power_constant", {"k": 0.0}, [0.0], [0.0], lambda t, x: x**0.0),
    ("power_constant", {"k": 1.0}, [0.0], [1.0], lambda t, x: x**1.0),
    ("power_constant", {"k": 2.0}, [0.0], [0.0], lambda t, x: x**2.0),
    ("power_constant", {"k": 1.5}, [0.0], [0.0], lambda t, x: x**1.5),
    ("power_constant", {"k": 3.0}, [-2.0], [12.0], lambda t, x: x**3.0),
    ("power", {}, [0.0, 2.0], [0.0, 0.0], lambda t, x, y: x**y),
    ("power", {}, [0.0, 1.0], [1.0, 0.0], lambda t, x, y: x**y),
    ("power", {}, [0.0, 0.0], [0.0, 0.0], lambda t, x, y: x**y),
    ("exponential", {"base": 0.0}, [2.0], [0.0], lambda t, x: t.pow(0.0, x)),
    ("exponential", {"base": 0.0}, [0.0], [0.0], lambda t, x: t.pow(0.0, x)),
    ("selu", {}, [0.0], [1.0507009873554805 * 1.6732632423543772], lambda t, x: t.nn.functional.selu(x)),
    ("celu", {"alpha": 2.0}, [0.0], [1.0], lambda t, x: t.nn.functional.celu(x, 2.0)),
    ("hard_tanh", {}, [1.0], [0.0], lambda t, x: t.nn.functional.hardtanh(x)),
    ("hard_tanh", {}, [-1.0], [0.0], lambda t, x: t.nn.functional.hardtanh(x)),
    ("relu6", {}, [0.0], [0.0], lambda t, x: t.nn.functional.relu6(x)),
    ("relu6", {}, [6.0], [0.0], lambda t, x: t.nn.functional.relu6(x)),
    ("hard_sigmoid", {}, [3.0], [0.0], lambda t, x: t.nn.functional.hardsigmoid(x)),
    ("hard_sigmoid", {}, [-3.0], [0.0], lambda t, x: t.nn.functional.hardsigmoid(x)),
    ("hard_swish", {}, [3.0], [1.0], lambda t, x: t.nn.functional.hardswish(x)),
    ("hard_swish", {}, [-3.0], [0.0], lambda t, x: t.nn.functional.hardswish(x)),
    ("step", {}, [0.0], [0.0], None),  # PyTorch's heaviside has no gradient
]
kink = "name", "constants", "x", "slopes", "in_torch"


@pytest.mark.parametrize(kink, KINKS)
def test_slope_at_a_kink_is_the_published_one(name, constants, x, slopes, in_torch):
    leaves = list(map(Value, x))
    node = apply(OPS[name].bind(**constants) if constants else OPS[name], *leaves)
    node.backward()
    assert [v.grad for v in leaves] == slopes


@pytest.mark.parametrize(kink, [row for row in KINKS if row[-1]])
def test_slope_at_a_kink_is_pytorchs(name, constants, x, slopes, in_torch):
    torch = pytest.importorskip(
        "torch", reason="the published table above needs no PyTorch; this checks that it is PyTorch's"
    )
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in x]
    y = in_torch(torch, *leaves)
    y.backward()
    op = OPS[name].bind(**constants) if constants else OPS[name]
    last_bits = {"rel": 1e-14, "abs": 0.0, "nan_ok": True}  # PyTorch's logsumexp splits a tie into 0.49999999999999994
    assert op.rule(floats, *x)[0] == pytest.approx(y.item(), **last_bits)
    assert [v.grad.item() for v in leaves] == pytest.approx(slopes, **last_bits)


def test_the_threshold_neuron_fires_at_zero():
    for fires in (Value.step, Value.straight_through):
        assert [fires(Value(x)).data for x in (-1.0, -5e-324, 0.0, -0.0, 2.0)] == [0.0, 0.0, 1.0, 1.0, 1.0]


# ── the table is complete, and enough ───────────────────────────────────────


@every_row
def test_a_row_says_all_that_the_others_need(op):
    assert OPS[op.name] is op
    assert op.symbol
    assert op.doc.strip()
    assert op.n_ary != bool(op.operands)
    assert len(op.sample) == len(op.operands)
    assert all(low < high for low, high in op.sample)
    assert not op.hint or op.domain, "a hint is only shown when a domain can be left"


@every_row
def test_a_rows_doc_speaks_of_its_operands(op):
    assert not re.match(r"(A|B|X|Y|Base|Ln|Sin|Cos)\b", op.doc), (
        "an operand's letter is not the beginning of a sentence"
    )


@every_row
def test_the_symbol_drawn_is_a_symbol_not_a_template(op, points):
    node = apply(op, *points(op, 1)[0])
    assert not set("{}") & set(node.op.symbol + node._op), node.op.symbol
    assert "{" not in repr(node.op)


@pytest.mark.parametrize("op", [op for op in OPS.values() if len(op.operands) == 1 and method_names(op)], ids=repr)
def test_rows_of_one_operand_that_python_has_no_operator_for_are_methods(op, points):
    (x,) = points(op, 1)[0]
    for name in method_names(op):
        node = getattr(Value(x), name)()
        assert node.data == op.rule(floats, x)[0]
        assert node.op.name == op.name
        assert getattr(Value, name).__doc__ == op.doc


def test_constants_of_a_row_are_keywords_or_positions_of_its_method():
    assert Value(-2.0).leaky_relu(0.1).data == Value(-2.0).leaky_relu(negative_slope=0.1).data == -0.2
    with pytest.raises(TypeError, match="leaky_relu takes negative_slope, got slope"):
        Value(-2.0).leaky_relu(slope=0.1)
    with pytest.raises(TypeError, match=r"leaky_relu takes negative_slope, got \(0\.1, 0\.2\)"):
        Value(-2.0).leaky_relu(0.1, 0.2)


def test_a_bound_row_is_made_once_and_may_be_bound_again():
    row = OPS["power_constant"]
    assert row.bind(k=3.0) is row.bind(k=3.0)
    assert row.bind(k=3.0).symbol == "( )³"
    assert row.bind(k=0.5).symbol == "( )^0.5"
    assert row.bind(k=3.0).doc == row.doc
    again = row.bind(k=3.0).bind(k=2.0)
    assert again.rule(floats, 5.0)[0] == 25.0
    assert again.symbol == "( )²"
    assert row.constants == {"k": 2.0}, "binding leaves the row as it was"


@every_row
def test_a_pickled_op_comes_back_as_the_same_row_and_carries_no_code(op):
    assert pickle.loads(pickle.dumps(op)).rule == op.rule or op.constants
    data = pickle.dumps(op)
    assert len(data) < 200
    back = pickle.loads(data)
    assert (back.name, list(back.constants.items())) == (op.name, list(op.constants.items()))
    assert back is op or op.constants


def test_leaf_kinds_are_not_rows():
    assert not set(LEAVES) & set(OPS)
    for kind in LEAVES.values():
        assert pickle.loads(pickle.dumps(kind)) is kind
        with pytest.raises(TypeError, match="leaves and opaque nodes have no rule"):
            kind.rule(floats, 1.0)


@pytest.fixture
def cube():
    """A row of the user's own, taken out again afterwards."""

    @primitive("cube", symbol="x³", sample=[(-2, 2)], aliases=["cubed"])
    def cube(xp, x):
        """x³: three factors, so slope 3x²."""
        return x * x * x, (3 * x * x,)

    install(cube)
    yield cube
    OPS.pop("cube")
    del Value.cube, Value.cubed


def test_one_new_row_gives_method_symbol_formula_gradients_and_copies(cube, points):
    x = Value(2.0, label="x")
    y = x.cube() + x.cubed()
    y.backward()
    assert (y.data, x.grad) == (16.0, 24.0)
    assert x.cube().op.symbol == x.cube()._op == "x³"
    assert Value.cube.__doc__ == "x³: three factors, so slope 3x²."
    assert all(gradcheck(Value.cube, *point).ok for point in points(cube))
    assert formula(cube).value.source() == "x * x * x"
    assert grad(grad(Value.cube))(2.0) == 12.0
    assert pickle.loads(pickle.dumps(y)).parents[0].op is cube


def test_after_cleaning_up_the_row_is_gone():
    assert "cube" not in OPS
    assert not hasattr(Value(1.0), "cube")


@pytest.mark.parametrize("result", [1, 2j, "1", None, [1.0]])
def test_a_rule_can_not_put_anything_but_a_float_into_a_node(result):
    @primitive("strange")
    def strange(xp, x):
        return result, (1.0,)

    try:
        if result == 1:
            assert type(apply(strange, 1.0).data) is float
        else:
            with pytest.raises(TypeError, match=r"one real number|never complex"):
                apply(strange, 1.0)
    finally:
        OPS.pop("strange")


@pytest.mark.parametrize("slopes", [(), (1.0,), (1.0, 2.0), (1.0, 2.0, 3.0)], ids=len)
@pytest.mark.parametrize("operands", [1, 2, 3])
def test_a_rule_that_gives_too_few_or_too_many_slopes_makes_no_node(operands, slopes):
    row = Op("lopsided", lambda xp, *x: (sum(x), slopes))
    x = [Value(1.0) for _ in range(operands)]
    if operands == len(slopes):
        apply(row, *x).backward()
        assert tuple(v.grad for v in x) == slopes
    else:
        with pytest.raises(ValueError, match=f"gave {len(slopes)} local derivatives for {operands} operands"):
            apply(row, *x)
