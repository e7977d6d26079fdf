"""grad, jacobian, hessian to any order, and expand."""

from __future__ import annotations

import copy
import itertools
import math
import pickle
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from graphs import programs
from hypothesis import assume, given
from meanings import ON_PURPOSE

from autograd import (
    OPS,
    DomainError,
    Value,
    backward_steps,
    compile_graph,
    dot,
    draw,
    expand,
    grad,
    hessian,
    ieee,
    jacobian,
    logsumexp,
    maximum,
    mean,
    topological_order,
    value_and_grad,
)
from autograd import sum as sum_
from autograd.functional import gradients
from autograd.value import apply

every_row = pytest.mark.parametrize("op", OPS.values(), ids=OPS)


# ── first derivatives ───────────────────────────────────────────────────────


@given(data=st.data())
def test_gradients_as_nodes_are_backwards_gradients(data):
    leaves, root = data.draw(programs()).values()
    found = gradients(root, leaves)
    assert [v.grad for v in topological_order(root)] == [0.0] * len(topological_order(root)), "nothing is touched"
    root.backward()
    for node, leaf in zip(found, leaves, strict=True):
        assert node.data == pytest.approx(leaf.grad, rel=1e-11, abs=1e-11)


def test_value_and_grad_gives_both_in_the_shape_of_the_argument():
    def f(w, x):
        return w[0][0] * x + w[1][0] * w[1][1]

    assert value_and_grad(f)([[2.0], [3.0, 4.0]], 5.0) == (22.0, [[5.0], [4.0, 3.0]])
    assert value_and_grad(f, argnums=1)([[2.0], [3.0, 4.0]], 5.0) == (22.0, 2.0)
    assert value_and_grad(f, argnums=(1, 0))([[2.0], [3.0, 4.0]], 5.0) == (22.0, (2.0, [[5.0], [4.0, 3.0]]))
    assert grad(f, argnums=-1)([[2.0], [3.0, 4.0]], 5.0) == 2.0


def test_arguments_may_be_arrays_tuples_ints_and_numpy_numbers_and_keywords_pass_through():
    def f(x, *, power=1):
        return (x[0] * x[1]) ** power

    for x in (np.array([2.0, 3.0]), (2, 3), [np.float32(2), np.int64(3)]):
        assert list(grad(f)(x, power=2)) == [36.0, 24.0]


def test_a_gradient_by_something_unused_is_zero():
    assert grad(lambda x, y: Value(y) * y, argnums=0)(1.0, 2.0) == 0.0
    assert grad(lambda x: x[0] * 1.0)([1.0, 2.0]) == [1.0, 0.0]


def test_identity_and_the_argument_itself_have_slope_one():
    assert grad(lambda x: x)(3.0) == 1.0
    assert grad(grad(lambda x: x))(3.0) == 0.0
    assert jacobian(lambda x: x)([1.0, 2.0]) == [[1.0, 0.0], [0.0, 1.0]]


def test_functions_that_lose_the_gradient_and_wrong_arguments_are_told_so():
    with pytest.raises(TypeError, match="the function must return a Value, got float: somewhere the gradient was lost"):
        grad(lambda x: x.data)(1.0)
    with pytest.raises(
        TypeError, match="the function must return a Value, got list: several outputs stand in a list, and jacobian"
    ):
        grad(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match="holds one real number, got 'two'"):
        grad(lambda x: x)("two")
    for derivative in (grad, jacobian, hessian, value_and_grad):
        with pytest.raises(
            ValueError, match="no argument 3 to differentiate with respect to: the function was called with 1"
        ):
            derivative(lambda x: x, 3)(1.0)
        with pytest.raises(ValueError, match="no argument -2"):
            derivative(lambda x: x, -2)(1.0)


def cube(x):
    return x**3


def test_derivatives_are_pickled_as_their_functions_are():
    for derivative in (
        grad(cube),
        value_and_grad(cube),
        grad(grad(cube)),
        jacobian(cube),
        hessian(cube),
        grad(cube, (0,)),
    ):
        assert pickle.loads(pickle.dumps(derivative))(2.0) == derivative(2.0)


W = np.array([[1.0, 2.0], [3.0, 4.0]])


def log_or_0(x):
    return x.log() if x > 0 else 0.0


@pytest.mark.parametrize("point", [[0.5, -1.0], (0.5, -1.0), np.array([0.5, -1.0])], ids=["list", "tuple", "array"])
def test_functions_written_with_numpy_have_their_derivatives(point):
    assert jacobian(lambda x: W @ x)(point) == W.tolist()
    assert jacobian(lambda x: [W @ x, np.array(x[0])])(point) == [W.tolist(), [1.0, 0.0]]
    assert hessian(lambda x: np.asarray(x) @ W @ np.asarray(x))(point) == (W + W.T).tolist()
    assert grad(lambda x: np.squeeze(np.asarray(x)[:1]) * 2.0)(point) == [2.0, 0.0]
    assert value_and_grad(lambda x: np.sum(np.asarray(x) * W[0]))(point) == (-1.5, [1.0, 2.0])


def test_an_array_is_an_array_inside_the_function_too():
    x = np.array([1.0, 2.0])
    assert grad(lambda x: (2 * x + x).sum())(x) == [3.0, 3.0]
    assert grad(lambda m: m.T[0][1])(W) == [[0.0, 0.0], [1.0, 0.0]]
    assert hessian(lambda x: (x * x).sum())(x) == [[2.0, 0.0], [0.0, 2.0]]


def test_a_number_is_a_constant_of_slope_zero():
    for constant in (3.0, 2, True, Fraction(1, 2), np.float32(0.5), np.array(1.0)):
        assert grad(lambda x, c=constant: c)(1.0) == 0.0
        assert grad(grad(lambda x, c=constant: c))(1.0) == 0.0
        assert hessian(lambda x, c=constant: c)([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert value_and_grad(log_or_0)(0.0) == (0.0, 0.0)
    assert value_and_grad(log_or_0)(2.0) == (math.log(2.0), 0.5)
    assert jacobian(lambda x: [x[0] * x[1], 7.0])([2.0, 3.0]) == [[3.0, 2.0], [0.0, 0.0]]
    assert jacobian(lambda x: np.array([[1.0, 0.0], [0.0, 1.0]]))(1.0) == [[0.0, 0.0], [0.0, 0.0]]
    assert grad(lambda x: 1.0 if x > 0 else 0.0)(0.0) == 0.0
    assert grad(lambda x: math.nan)(0.0) == 0.0


def test_a_number_that_changes_with_the_arguments_has_lost_the_gradient():
    for lost in (lambda x: x.data, lambda x: x.data**2, lambda x: abs(x.data)):
        for derivative in (grad, value_and_grad, jacobian, hessian):
            for here in (0.0, 3.0):
                with pytest.raises(TypeError, match="somewhere the gradient was lost"):
                    derivative(lost)(here)
    with pytest.raises(TypeError, match="somewhere the gradient was lost"):
        jacobian(lambda x: [x[0], x[1].data])(np.array([1.0, 2.0]))


@pytest.mark.parametrize("k", [0, 1, 2, 3, 0.5, 1.5, 2.5, 3.25])
@pytest.mark.parametrize("write", [lambda x, k: x**k, lambda x, k: x ** Value(k)], ids=["a number", "a Value"])
def test_every_order_that_exists_is_given_at_0_and_no_other(k, write):
    def f(x):
        return write(x, k)

    if k < 1 and k:
        with pytest.raises(DomainError):
            grad(f)(0.0)
        return
    order, falling = f, 1.0
    for n in range(1, 5):
        order = grad(order)
        falling *= k - n + 1
        exact = falling if n == k else 0.0
        if not falling or n <= k:
            assert order(0.0) == exact, n
        else:
            with pytest.raises(DomainError):
                order(0.0)
            break


EDGES = [0.0, 1.0, -1.0, 2.0, 0.5]


@pytest.mark.parametrize("name", [name for name, op in OPS.items() if len(op.operands) in (1, 2)])
def test_grad_gives_what_backward_gives_at_every_edge(name):
    op = OPS[name]
    for point in itertools.product(EDGES, repeat=len(op.operands)):
        leaves = list(map(Value, point))
        try:
            op(*leaves).backward()
        except DomainError:
            with pytest.raises(DomainError):
                grad(lambda x, op=op: op(*x))(point)
        else:
            assert grad(lambda x, op=op: op(*x))(point) == pytest.approx([v.grad for v in leaves], rel=1e-12), point


def test_a_handmade_node_can_not_be_differentiated_twice_and_says_so():
    with pytest.raises(ValueError, match="is opaque: without a rule in the op table"):
        grad(lambda x: Value(x.data**2, (x,), (2 * x.data,)))(3.0)


def test_parameters_in_a_closure_are_constants_and_keep_their_gradients():
    p = Value(3.0)
    p.grad = 0.5
    assert grad(lambda x: x * p * p)(2.0) == 9.0
    assert p.grad == 0.5


def test_an_argument_that_is_a_value_is_not_mixed_up_with_its_use_in_the_closure():
    v = Value(3.0)
    slope = grad(lambda x: x * v)(v)
    assert slope.data == 3.0
    assert v.grad == 0.0


# ── higher orders ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("op", [op for name, op in OPS.items() if name not in ON_PURPOSE], ids=repr)
def test_second_derivatives_agree_with_50_digit_difference_quotients(op, points, exact):
    from mpmath import mp, mpf

    for x in points(op, 3):
        found = hessian(lambda v: apply(op, *v))(x)
        true_x = list(map(mpf, x))
        for i in range(len(x)):
            for j in range(len(x)):
                order = [0] * len(x)
                order[i] += 1
                order[j] += 1
                true = (
                    mp.diff(exact[op.name], tuple(true_x), tuple(order))
                    if len(x) > 1
                    else mp.diff(exact[op.name], true_x[0], 2)
                )
                assert abs(found[i][j] - true) <= max(1e-11 * abs(true), 1e-13), (x, i, j)


SMOOTH = ["exp", "expm1", "sin", "cos", "erfc", "tanh", "sigmoid", "softplus", "gelu", "silu"]


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("x", [0.0, 0.5, -0.5])
def test_smooth_functions_have_right_derivatives_of_every_order_at_zero_too(name, x, exact):
    from mpmath import mp, mpf

    f = getattr(Value, name)
    for order in range(1, 5):
        f = grad(f)
        true = mp.diff(exact[name], mpf(x), order)
        assert abs(f(x) - true) <= max(1e-11 * abs(true), 1e-13), order


def test_powers_have_right_derivatives_until_nothing_is_left():
    def f(x):
        return x**3

    assert [f(2.0), grad(f)(2.0), grad(grad(f))(2.0)] == [8.0, 12.0, 12.0]
    assert grad(grad(grad(f)))(2.0) == 6.0
    assert grad(grad(grad(grad(f))))(2.0) == 0.0
    assert grad(grad(lambda x: x**2))(0.0) == 2.0
    assert grad(grad(lambda x: x**1))(0.0) == 0.0
    assert grad(grad(lambda x: 2**x))(0.0) == pytest.approx(math.log(2) ** 2)


def test_mixed_second_derivatives_are_symmetric_also_at_exponent_zero():
    for y in (0.0, 1.0, 2.0, -1.5):
        h = hessian(lambda v: v[0] ** v[1])([2.0, y])
        assert h[0][1] == pytest.approx(h[1][0], rel=1e-14)
    assert hessian(lambda v: v[0] ** v[1])([2.0, 0.0])[0][1] == pytest.approx(0.5)


def test_hessian_of_logsumexp_is_the_covariance_of_the_softmax():
    x = [0.0, 1.0, -2.0, 1.0]
    total = math.fsum(map(math.exp, x))
    p = [math.exp(v) / total for v in x]
    found = hessian(logsumexp)(x)
    for i in range(4):
        for j in range(4):
            assert found[i][j] == pytest.approx((p[i] if i == j else 0.0) - p[i] * p[j], rel=1e-12)


def test_jacobian_and_hessian_worked_by_hand():
    assert jacobian(lambda x: [x[0] * x[1], x[0] ** 2, x[1].exp()])([2.0, 0.0]) == [[0.0, 2.0], [4.0, 0.0], [0.0, 1.0]]
    assert hessian(lambda x: x[0] * x[0] * x[1])([2.0, 3.0]) == [[6.0, 4.0], [4.0, 0.0]]
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert jacobian(lambda a, x: [a * x[0], x[1]], argnum=-1)(5.0, [1.0, 2.0]) == [[5.0, 0.0], [0.0, 1.0]]
    assert hessian(lambda a, x: a * x[0] * x[0], argnum=-1)(5.0, [1.0]) == [[10.0]]


@given(data=st.data())
def test_hessians_of_random_graphs_are_symmetric_and_right(data, exact):
    from mpmath import mp, mpf

    program = data.draw(programs(max_lines=5))
    assume(not program.has_tie())
    like = program.run(list(map(Value, program.leaves)))
    x = list(map(mpf, program.leaves))
    n = len(x)
    found = hessian(lambda v: program.run(v)[-1])(list(program.leaves))
    for i in range(n):
        for j in range(n):
            assert found[i][j] == pytest.approx(found[j][i], rel=1e-9, abs=1e-9)
    i, j = data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))

    def along(s, t):
        moved = list(x)
        moved[i] += s
        moved[j] += t
        return program.run_exactly(exact, moved, like)

    assert found[i][j] == pytest.approx(float(mp.diff(along, (0, 0), (1, 1))), rel=1e-8, abs=1e-8)


def test_nested_derivatives_do_not_confuse_their_variables():
    """The classical test: d/dx [x · d/dy (x·y) at y = 1] = d/dx x² = 2x."""
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(2.0) == 4.0
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0) == 1.0
    assert grad(lambda x: x * jacobian(lambda y: [x * y[0]])([1.0])[0][0])(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * x * y * y)(x))(2.0) == 24.0  # 2x³ → 6x²


def test_after_an_error_inside_derivatives_results_are_plain_numbers_again():
    def fails(x):
        raise KeyError

    for derivative in (grad, jacobian, hessian):
        with pytest.raises(KeyError):
            derivative(fails)(1.0)
    assert type(grad(lambda x: x * x)(3.0)) is float


def test_results_are_plain_floats_for_numbers_and_values_for_values():
    assert type(grad(lambda x: x * 3)(1.0)) is float
    slope = grad(lambda x: x**3)(Value(2.0, label="x"))
    assert isinstance(slope, Value)
    assert slope.data == 12.0


def test_derivatives_at_a_kink_are_the_published_choice_again():
    assert grad(grad(Value.relu))(0.0) == 0.0
    assert grad(grad(abs))(0.0) == 0.0
    assert grad(lambda v: maximum(v[0], v[1]))([1.0, 1.0]) == [0.5, 0.5]


@pytest.mark.parametrize(("name", "slope"), [("elu", 1.0), ("celu", 1.0), ("selu", 1.0507009873554805)])
def test_far_out_the_branch_not_taken_spoils_no_derivative(name, slope):
    f = getattr(Value, name)
    assert [grad(f)(x) for x in (1000.0, -1000.0)] == [slope, 0.0]
    assert [grad(grad(f))(x) for x in (1000.0, -1000.0)] == [0.0, 0.0]


# ── expand: the same graph for the board ────────────────────────────────────


@given(data=st.data())
def test_expanding_changes_neither_value_nor_gradients(data):
    names = ("dot", "sum", "mean", "logsumexp", "tanh", "multiply", "subtract")
    leaves, root = data.draw(programs(max_lines=8, names=names)).values()
    board = expand(root)
    assert not any(v.op.n_ary for v in topological_order(board))
    assert board.data == pytest.approx(root.data, rel=1e-12, abs=1e-12)
    root.backward()
    once = [v.grad for v in leaves]
    for v in leaves:
        v.grad = 0.0
    board.backward()
    assert [v.grad for v in leaves] == pytest.approx(once, rel=1e-11, abs=1e-11)


def test_expanding_shares_leaves_and_leaves_the_original_alone():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    w.module = "neuron"
    h = dot([w], [x], 1.0)
    h.label = "h"
    root = sum_([h, h, mean([x])]).tanh()
    before = [(v.label, v.module, v.op, v.parents) for v in topological_order(root)]
    board = expand(root)
    assert [(v.label, v.module, v.op, v.parents) for v in topological_order(root)] == before
    assert {v.label for v in topological_order(board) if not v.parents} >= {"w", "x"}
    assert w in topological_order(board)
    assert [v.op.symbol for v in topological_order(board) if v.label == "h"] == ["+"]


def test_expanding_a_sum_of_one_leaves_its_label():
    x = Value(1.0, label="x")
    x.module = "m"
    for made in (sum_, mean, logsumexp):
        expand(made([x]))
        assert (x.label, x.module) == ("x", "m")


def test_expanding_where_there_is_nothing_to_expand_gives_the_graph_itself():
    root = Value(1.0) * 2.0 + 3.0
    assert expand(root) is root


def test_expanding_what_stands_below_a_handmade_node():
    w = Value(2.0)
    root = Value(9.0, (sum_([w, 1.0]),), (6.0,))
    board = expand(root)
    assert board.data == 9.0
    assert board.parents[0].op.symbol == "+"
    board.backward()
    assert w.grad == 6.0


def test_expanded_steps_are_single_adds_and_multiplies():
    w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    steps = list(backward_steps(expand(dot(w, x, Value(5.0)))))
    assert {s.node.op.symbol for s in steps} == {"×", "+"}
    assert [v.grad for v in w + x] == [3.0, 4.0, 1.0, 2.0]


# ── numbers changed after the graph was built ───────────────────────────────


@pytest.mark.parametrize("read", [lambda y, x: gradients(y, [x]), lambda y, x: expand(y)], ids=["gradients", "expand"])
def test_what_computes_with_a_graphs_numbers_refuses_those_of_another_pass(read):
    x = Value(3.0, label="x")
    y = dot([x], [x])
    x.data = 100.0
    with pytest.raises(ValueError, match=r"is now 10000: \.data was changed after the graph was built"):
        read(y, x)
    y.backward()
    assert x.grad == 6.0  # the slopes of the pass that was run


@every_row
@pytest.mark.parametrize("x", [0.7, 0.0, -0.0, math.nan, math.inf, -math.inf])
def test_no_other_number_passes_for_a_changed_one(op, x):
    """Read with Values a rule gives the very number that it gave with floats, special ones too."""
    leaves = [Value(x)] * (len(op.operands) or 3)
    with ieee():
        (slope,) = gradients(apply(op, *leaves), [leaves[0]])
    assert isinstance(slope, Value)


@pytest.mark.parametrize(
    "f", [lambda x: x**1.5, lambda x: 2.0 * x**1.5 + x, lambda x: (x**1.5).exp(), lambda x: x ** Value(1.5)]
)
def test_backward_of_a_gradient_says_where_it_has_no_slope_as_the_second_derivative_does(f):
    x = Value(0.0, label="x")
    (slope,) = gradients(f(x), [x])
    assert slope.data == grad(f)(0.0)
    for second in (
        slope.backward,
        copy.deepcopy(slope).backward,
        lambda: grad(grad(f))(0.0),
        compile_graph(slope).value_and_grad,
    ):
        with pytest.raises(DomainError, match=r"power needs x > 0.*, got x = 0"):
            second()
    assert x.grad == 0.0
    with ieee():
        slope.backward()
    assert x.grad == math.inf, "PyTorch's"
    assert draw(slope).svg, "what has no slope can be drawn"
