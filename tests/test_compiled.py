"""``@compiled``: a function that runs as its program, is traced again when it must be, and says why."""

from __future__ import annotations

import copy
import gc
import logging
import math
import random
import types
import weakref
from collections import namedtuple
from functools import wraps

import numpy as np
import pytest

from autograd import DomainError, NonFiniteError, TraceError, Value, compiled, dot, logsumexp, maximum, mean
from nn import MLP, SGD, Layer, Module, losses

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)), np.eye(2)[np.arange(12) % 2]


def cross_entropy(model, x, y):
    f = model(x)
    return logsumexp(f) - dot(f, y)


def of_samples():
    return compiled(cross_entropy, samples=["x", "y"])


def counted(function):
    """The function, and a list that grows by one whenever it is run."""
    runs = []

    @wraps(function)
    def counting(*args):
        runs.append(1)
        return function(*args)

    return counting, runs


# ── it is the function ──────────────────────────────────────────────────────


def test_a_batch_gives_the_mean_of_the_samples_and_its_gradient():
    loss, model = of_samples(), MLP([3, 5, 2], activation="tanh", seed=1)
    value, gradient = loss.value_and_grad(model, X, Y)
    eager = losses.cross_entropy([model(x) for x in X.tolist()], Y.tolist())
    eager.backward()
    assert abs(value - eager.data) < 1e-15 * len(X)
    np.testing.assert_allclose(gradient, [p.grad for p in model.parameters()], rtol=1e-12, atol=1e-15)
    assert loss(model, X, Y) == value


def test_backward_adds_to_the_gradients_and_value_and_grad_writes_none():
    loss, model = of_samples(), MLP([3, 2], seed=1)
    _, gradient = loss.value_and_grad(model, X, Y)
    assert not any(p.grad for p in model.parameters())
    loss.backward(model, X, Y)
    loss.backward(model, X, Y)
    assert [p.grad for p in model.parameters()] == (2 * gradient).tolist()


def test_parameters_are_read_at_each_call():
    run, runs = counted(lambda model, row: cross_entropy(model, row[:3], row[3:]))
    loss, model = compiled(run, samples=["row"]), MLP([3, 4, 2], seed=1)
    rows, optimizer = np.hstack([X, Y]), SGD(model.parameters(), lr=0.5)
    values = []
    for _ in range(20):
        optimizer.zero_grad()
        values.append(loss.backward(model, rows))
        optimizer.step()
    assert values[-1] < 0.9 * values[0]
    assert values[-1] > loss(model, rows) > 0.0
    assert loss.retraced == []
    assert len(runs) < 10  # once to compile, a few times to see that it is the same graph again


def test_values_in_lists_tuples_and_dicts_are_parameters_in_order():
    Pair = namedtuple("Pair", "left right")
    a, b, c, d = (Value(x) for x in (2.0, 3.0, 5.0, 7.0))

    @compiled
    def product(p, q):
        return p["a"] * p["rest"][0].left * p["rest"][0].right * q

    value, gradient = product.value_and_grad({"a": a, "rest": (Pair(b, c),)}, d)
    assert value == 210.0
    assert product.parameters == [a, b, c, d]
    assert gradient.tolist() == [105.0, 70.0, 42.0, 30.0]


def test_a_shared_value_is_one_parameter():
    w, v = Value(3.0), Value(4.0)
    square = compiled(lambda p: p[0] * p[1])
    assert square.value_and_grad([w, w]) == (9.0, np.array([6.0]))
    assert square.value_and_grad([w, v])[1].tolist() == [4.0, 3.0]
    assert square.retraced == ["the sharing of Values was different"]


def test_a_parameter_that_the_loss_does_not_use_has_gradient_0():
    w = [Value(3.0), Value(4.0), Value(5.0)]
    assert compiled(lambda w: w[2] * w[0]).value_and_grad(w)[1].tolist() == [5.0, 0.0, 3.0]


def test_values_and_data_may_be_others_at_each_call():
    line = compiled(lambda w, x, b: dot(w, x) + b)
    assert line([Value(1.0), Value(2.0)], [3.0, 4.0], 1) == 12.0
    assert line([Value(0.5), Value(2.0)], np.array([1, 1], dtype=np.int64), np.float32(0.5)) == 3.0
    assert line.retraced == []


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_column_that_is_not_used_is_allowed(dtype):
    model = MLP([1, 2], seed=0)
    loss = compiled(lambda model, x, y: cross_entropy(model, x[1:2], y), samples=["x", "y"], dtype=dtype)
    value, gradient = loss.value_and_grad(model, X, Y)
    eager = losses.cross_entropy([model(x[1:2]) for x in X.tolist()], Y.tolist())
    assert value == pytest.approx(eager.data, rel=1e-14 if dtype == "float64" else 1e-5)
    assert gradient.dtype == dtype


def test_samples_none_of_which_are_read_leave_a_function_of_the_rest():
    assert compiled(lambda w, x: w * 2.0, samples="x")(Value(3.0), [1.0, 2.0]) == 6.0


def test_samples_of_any_shape_come_as_nested_lists():
    total = compiled(lambda x: mean([v for row in x for v in row]), samples=["x"])
    a = RNG.normal(size=(5, 2, 3))
    assert total(a) == pytest.approx(a.mean(), rel=1e-13)


def test_defaults_keywords_and_flags_are_arguments():
    f = compiled(lambda w, *more, power=2.0, doubled=False: (w**2 + power) * (2.0 if doubled else 1.0) + mean(more))
    w = Value(3.0)
    assert f(w, 1.0) == 12.0
    assert f(w, 1.0, power=1.0) == 11.0
    assert f(w, 1.0, doubled=True) == 23.0
    assert f.retraced == ["doubled was False, now True"]


def test_inside_another_compiled_function_it_is_an_ordinary_one():
    square = compiled(lambda x: x * x)
    fourth = compiled(lambda x: square(square(x)))
    assert fourth.value_and_grad(Value(2.0)) == (16.0, np.array([32.0]))


def test_an_unrolled_batch_is_passed_as_a_whole():
    model = MLP([2, 4, 1], activation="tanh", seed=0)
    whole = compiled(lambda model, X, y: losses.mse([model(x) for x in X], y))
    data, target = RNG.normal(size=(20, 2)), RNG.normal(size=20)
    value, gradient = whole.value_and_grad(model, data, target)
    one = compiled(lambda model, x, y: losses.mse([model(x)], [y]), samples=["x", "y"])
    same, other = one.value_and_grad(model, data, target)
    assert value == pytest.approx(same, rel=1e-13)
    np.testing.assert_allclose(gradient, other, rtol=1e-11, atol=1e-15)
    assert whole(model, 2 * data, target) == pytest.approx(one(model, 2 * data, target), rel=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_arrays_of_another_library_stay_in_it(library):
    xp = pytest.importorskip("torch" if library == "torch" else "jax.numpy")
    loss, model = of_samples(), MLP([3, 4, 2], seed=1)
    value, gradient = loss.value_and_grad(model, X, Y)
    f32 = compiled(cross_entropy, samples=["x", "y"], dtype="float32")
    other_value, other = f32.value_and_grad(model, xp.asarray(X), xp.asarray(Y))
    assert type(other).__module__.startswith(library)
    assert float(other_value) == pytest.approx(value, rel=1e-5)
    np.testing.assert_allclose(np.asarray(other), gradient, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_samples_sharded_over_eight_devices_give_the_same_gradients(run_python):
    """To a compiled function, and to a program inside ``jax.jit``."""
    pytest.importorskip("jax")
    source = """
import jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from autograd import Value, compile_graph, compiled, dot, logsumexp
from nn import MLP, losses
jax.config.update("jax_enable_x64", True)
rows = NamedSharding(Mesh(np.array(jax.devices()), ("samples",)), PartitionSpec("samples"))
X, Y = np.random.default_rng(0).normal(size=(64, 3)), np.eye(2)[np.arange(64) % 2]
sharded = jax.device_put(X, rows), jax.device_put(Y, rows)
print(len(sharded[0].sharding.device_set), {s.data.shape for s in sharded[0].addressable_shards})

loss = compiled(lambda model, x, y: losses.mse([model(x)], [y]), samples=["x", "y"])
model = MLP([3, 8, 2], activation="tanh", seed=0)
value, expected = loss.value_and_grad(model, X, Y)
same, found = loss.value_and_grad(model, *sharded)
print(abs(same - value) < 1e-14, np.abs(np.asarray(found) - expected).max() < 1e-14, loss.retraced, type(found).__name__)

x, y = [Value(0.5) for _ in range(3)], [Value(1.0), Value(0.0)]
f = MLP([3, 8, 2], seed=0)(x)
program = compile_graph(logsumexp(f) - dot(f, y), inputs=[x, y])
_, expected = program.value_and_grad(X, Y)
value, found = jax.jit(program.pure)(program.load(), *sharded)
print(np.abs(np.asarray(found) - expected).max() < 1e-14)
"""
    printed = run_python(source, XLA_FLAGS="--xla_force_host_platform_device_count=8", JAX_PLATFORMS="cpu")
    assert printed.splitlines() == ["8 {(8, 3)}", "True True [] ArrayImpl", "True"]


# ── traced again, with the reason ───────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], "x was of shape (2,), now of shape (3,)"),
        ([1.0, 2.0], 3.0, "x was of shape (2,), now a number"),
        ([1.0, 2.0], [[1.0], [2.0]], "x was of shape (2,), now of shape (2, 1)"),
        (1.0, Value(1.0), "x was a number, now a Value"),
        ([Value(1.0)], [Value(1.0), Value(2.0)], "x was 1 Value, now 2 Values"),
        ({"a": 1.0}, {"b": 1.0}, "x was a dict of 'a', now a dict of 'b'"),
        ({"a": 1.0}, {"a": [1.0]}, "x['a'] was a number, now of shape (1,)"),
        ([[1.0], Value(1.0)], [[1.0], 2.0, Value(1.0)], "x was a list of 2, now a list of 3"),
        ([1.0, True, "relu"], [1.0, True, "tanh"], "x[2] was 'relu', now 'tanh'"),
        (None, 1.0, "x was None, now a number"),
        (math.exp, math.log, "x was exp, now log"),
        (MLP([1, 1], seed=0), MLP([1, 1], seed=0), "x was another MLP"),
    ],
)
def test_another_structure_is_traced_again_and_the_reason_is_given(first, second, reason, caplog):
    f = compiled(lambda w, x: w * 2.0)
    with caplog.at_level(logging.INFO, "autograd"):
        f(Value(1.0), first)
        f(Value(2.0), first)
        assert f.retraced == []
        f(Value(1.0), second)
    assert f.retraced == [reason]
    assert caplog.messages == [f"<lambda> retraced: {reason}"]
    f(Value(1.0), first)
    assert f.retraced == [reason]  # the first trace was kept


def test_rows_of_another_length_are_traced_again():
    f = compiled(lambda x: mean(x), samples=["x"])
    assert f(np.ones((4, 2))) == f(np.ones((4, 3))) == f(np.ones((1, 3))) == 1.0
    assert f.retraced == ["x was rows of shape (2,), now rows of shape (3,)"]


def test_a_module_that_holds_other_values_is_traced_again():
    loss, model = of_samples(), MLP([3, 2], seed=1)
    loss(model, X, Y)
    model.layers[0].neurons[0].b = Value(5.0, kind="parameter")
    eager = losses.cross_entropy([model(x) for x in X.tolist()], Y.tolist())
    assert loss(model, X, Y) == pytest.approx(eager.data, rel=1e-13)
    assert loss.retraced == ["model was holding other Values"]


def test_a_flag_of_a_module_is_watched():
    class Switched(Module):
        def __init__(self):
            self.w, self.training = Value(3.0), True

        def __call__(self, x):
            return self.w * x if self.training else self.w

    model, f = Switched(), compiled(lambda model, x: model(x))
    assert f(model, 2.0) == 6.0
    model.training = False
    assert f(model, 2.0) == 3.0
    assert f.retraced == ["model.training was True, now False"]


def test_few_specializations_are_kept_and_the_least_recently_used_goes():
    run, runs = counted(lambda x: mean(x))
    f = compiled(run)
    for _ in range(2):
        for n in range(1, 9):
            f([1.0] * n)
    once = len(runs)
    f([1.0] * 8)
    assert len(runs) == once
    f([1.0] * 9)
    f([1.0] * 2)  # still there
    assert len(f.retraced) == 8
    f([1.0])  # not any more
    assert len(f.retraced) == 9


def test_dropping_the_function_drops_what_it_was_called_with():
    loss, model, data = of_samples(), MLP([3, 2], seed=1), X.copy()
    loss(model, data, Y)
    batch, kept = weakref.ref(data), weakref.ref(model)
    del data
    assert batch() is None  # a batch is not kept at all
    del loss, model
    gc.collect()
    assert kept() is None


# ── control flow ────────────────────────────────────────────────────────────


def test_a_branch_that_turns_out_otherwise_is_traced_again():
    f = compiled(lambda x: x * 2.0 if x > 0.5 else x.exp())
    for x in (1.0, 0.6, -1.0, 3.0, 0.5, -2.0, 0.51):
        value, gradient = f.value_and_grad(Value(x, label="x"))
        assert (value, gradient[0]) == pytest.approx((2 * x, 2.0) if x > 0.5 else (math.exp(x),) * 2, rel=1e-15)
    assert f.retraced == ["x > 0.5 was True, now False"]


def test_a_loop_that_ends_on_the_data_runs_as_often_as_it_must():
    @compiled
    def halved(x):
        while x >= 1.0:
            x = x / 2.0
        return x

    for x in (10.0, 3.0, 0.5, 100.0, 1.0, 2.0):
        expected = x
        while expected >= 1.0:
            expected /= 2.0
        assert halved(x) == expected
    assert "divide(…) >= 1 was True, now False" in halved.retraced


@pytest.mark.parametrize("ask", [min, max, lambda a, b: sorted([a, b, a * b])[1], lambda a, b: a if a <= b else b * b])
def test_min_max_and_sorting_are_branches_too(ask):
    f = compiled(lambda a, b: ask(a, b) * 3.0)
    for a, b in ((1.0, 2.0), (2.0, 1.0), (5.0, 7.0), (1.0, 1.0), (-1.0, -2.0)):
        assert f(a, b) == ask(a, b) * 3.0


def test_a_branch_that_keeps_a_bad_number_out_is_respected():
    f = compiled(lambda x: x.log() if x > 0.0 and x.log() > -1.0 else x * 0.0)
    assert f(2.0) == math.log(2.0)
    assert f(-1.0) == 0.0
    assert f(1e-9) == 0.0
    assert f(3.0) == math.log(3.0)


def test_samples_that_part_ways_are_an_error_that_names_one():
    f = compiled(lambda x: x if x > 0.0 else -x, samples=["x"])
    assert f([1.0, 2.0]) == 1.5
    assert f([-1.0, -2.0]) == 1.5
    assert f.retraced == ["x > 0 was True, now False"]
    many = np.ones(1000)
    many[337] = -1.0
    with pytest.raises(TraceError, match=r"samples part ways in <lambda>: x > 0 was True, now False in sample 337\. "):
        f(many)
    assert f([3.0]) == 3.0


def test_what_is_read_outside_the_graph_is_noticed_when_it_makes_a_difference():
    branch = compiled(lambda w, x: w * x if x.data > 0 else -w, samples=["x"])
    with pytest.raises(TraceError, match=r"did not make the same graph again: it had 3 nodes, now 2\."):
        branch(Value(1.0), [1.0, -1.0])
    other_op = compiled(lambda w, x: w * x if x.data > 0 else w + x, samples=["x"])
    with pytest.raises(TraceError, match=r"again: × became \+\."):
        other_op(Value(1.0), [1.0, 1.0, -1.0])
    other_edge = compiled(lambda w, x: (w - x if x.data > 0 else x - w) * w * x, samples=["x"])
    with pytest.raises(TraceError, match=r"again: its edges changed\."):
        other_edge(Value(1.0), [1.0, 1.0, -1.0])
    swapped = compiled(lambda x: x[0] - x[1] if x[0].data > 0 else x[1] - x[0], samples=["x"])
    with pytest.raises(TraceError, match=r"again: its edges changed\."):
        swapped([[1.0, 2.0], [-1.0, 2.0]])
    detached = compiled(lambda w: w * w.data)
    assert detached(Value(3.0)) == 9.0
    with pytest.raises(TraceError, match=r"a constant was 3, now 4\. What is read outside the graph"):
        detached(Value(4.0))
    power = compiled(lambda w, k: w**k.data)
    assert power(Value(3.0), 2.0) == 9.0
    with pytest.raises(TraceError, match=r"\( \)² became \( \)³"):
        power(Value(3.0), 3.0)


def test_random_numbers_are_noticed_at_once():
    with pytest.raises(TraceError, match="a constant was"):
        compiled(lambda w: w * random.random())(Value(1.0))
    with pytest.raises(TraceError, match="a constant was"):
        compiled(lambda w: w * Value(random.random()))(Value(1.0))


def test_a_value_that_is_no_argument_is_an_error_at_once():
    w = Value(3.0, label="weight")
    with pytest.raises(TraceError, match="uses 'weight', which is not among its arguments: pass it, or the Module"):
        compiled(lambda x: w * x)(2.0)


def test_a_leaf_made_inside_is_a_constant():
    assert compiled(lambda x: Value(2.0) * x + Value(1.0, kind="parameter")).value_and_grad(Value(3.0))[0] == 7.0


# ── what it is called with ──────────────────────────────────────────────────


def test_read_only_strided_and_other_numbers_are_right():
    loss, model = of_samples(), MLP([3, 4, 2], seed=1)
    expected = loss(model, X, Y)
    wide = np.zeros((12, 6))
    wide[:, ::2] = X
    fixed = X.copy()
    fixed.flags.writeable = False
    assert loss(model, fixed, Y.astype(int)) == expected == loss(model, X.tolist(), Y.astype(bool))
    assert loss(model, wide[:, ::2], np.asfortranarray(Y)) == pytest.approx(expected, rel=1e-14)
    assert loss(model, X.astype(np.float32), Y) == pytest.approx(expected, rel=1e-6)
    assert loss.retraced == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            (np.ones((0, 3)), np.ones((0, 2))),
            ValueError,
            "at least one, and equally many in each array; got 0 in x, 0 in y",
        ),
        ((np.ones((2, 3)), np.ones((3, 2))), ValueError, "got 2 in x, 3 in y"),
        (
            ([[1.0] * 3, [1.0]], np.ones((2, 2))),
            ValueError,
            "x: expected one row per sample, all of one shape; got rows of",
        ),
        ((1.0, np.ones((3, 2))), ValueError, "x: expected one row per sample, got a single number"),
        ((np.ones((2, 4)), np.ones((2, 2))), ValueError, "expects 3 inputs, got 4"),
        (
            (np.ones((2, 3), dtype=complex), np.ones((2, 2))),
            TypeError,
            "x: expected an array of numbers, got one of complex",
        ),
        ((np.array([["a"] * 3] * 2), np.ones((2, 2))), TypeError, "x: expected an array of numbers, got one of <U1"),
        (([[Value(1.0)] * 3] * 2, np.ones((2, 2))), TypeError, "x: expected an array of numbers, got one of object"),
        ((np.ones((2, 3)),), TypeError, "missing a required argument: 'y'"),
    ],
)
def test_arrays_that_do_not_fit_are_errors_and_change_nothing(arguments, error, message):
    loss, model = of_samples(), MLP([3, 4, 2], seed=1)
    before = loss(model, X, Y)
    with pytest.raises(error, match=message):
        loss(model, *arguments)
    assert loss(model, X, Y) == before


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (
            object(),
            "x: expected numbers, Values, a Module, text, a flag, a function, or lists and dicts of these, got object",
        ),
        ({"a": [1.0, {1, 2}]}, r"x\['a'\]\[1\]: expected numbers, .* got set"),
        (
            types.SimpleNamespace(parameters=lambda: [1.0]),
            r"parameters\(\) returned float, not Values: does the module belong to another library\?",
        ),
        (1j, "x: expected numbers"),
        (np.array([1j]), "x: expected an array of numbers, got one of complex128"),
    ],
)
def test_an_argument_of_another_kind_is_a_type_error(argument, message):
    with pytest.raises(TypeError, match=message):
        compiled(lambda w, x: w * 2.0)(Value(1.0), argument)


def test_a_result_as_parameter_is_an_error():
    w = Value(1.0)
    with pytest.raises(ValueError, match=r"p\[1\] holds the result of 'multiply'.*a parameter is a leaf"):
        compiled(lambda p: p[0])([[w], w * 2.0])


def test_anything_but_a_function_of_values_is_an_error():
    with pytest.raises(TypeError, match=r"must return one Value, got float: .* the gradient was lost; was \.data used"):
        compiled(lambda x: x.data)(1.0)
    for outputs in (lambda x: [x], lambda x: (x, 1.0), lambda x: {"loss": x}, lambda x: None):
        with pytest.raises(TypeError, match=r"must return one Value, got .*: of several outputs return the sum"):
            compiled(outputs)(1.0)
    with pytest.raises(TypeError, match="compiled takes a function of Values, got float"):
        compiled(3.0)
    with pytest.raises(ValueError, match=r"samples must name arguments of cross_entropy\(model, x, y\), got 'z'"):
        compiled(cross_entropy, samples=["x", "z"])
    with pytest.raises(AttributeError, match="cross_entropy is compiled when it is first called: call it once"):
        _ = of_samples().source


@pytest.mark.parametrize("number", [4.0, 4, np.float64(4.0), np.array(4.0), Value(4.0, kind="constant")], ids=repr)
def test_a_number_is_a_constant_with_slope_0(number):
    w, model = Value(2.0), MLP([1, 1], seed=0)
    plain = compiled(lambda w: number)
    assert plain.value_and_grad(w) == (plain(w), [0.0]) == (4.0, [0.0])
    rows = compiled(lambda model, x: number, samples=["x"])
    value, gradient = rows.value_and_grad(model, [1.0, 2.0])
    assert (value, gradient.tolist()) == (plain(w), [0.0, 0.0])
    assert [v.data for v in model.parameters()] == [v.data for v in MLP([1, 1], seed=0).parameters()]


def test_a_constant_branch_is_a_constant():
    f = compiled(lambda w: w.log() if w > 0 else 0.0)
    found = [f.value_and_grad(Value(x)) for x in (2.0, 0.0, -1.0, 4.0)]
    assert [(value, *gradient) for value, gradient in found] == [
        (math.log(2.0), 0.5),
        (0.0, 0.0),
        (0.0, 0.0),
        (math.log(4.0), 0.25),
    ]


def test_a_function_that_fails_fails_and_leaves_nothing():
    f = compiled(lambda x: x.log() * 1.0)
    with pytest.raises(DomainError, match="log needs x > 0, got x = -1"):
        f(-1.0)
    assert f(1.0) == 0.0
    with pytest.raises(DomainError, match="log needs x > 0, got x = -2"):
        f(-2.0)
    assert f.retraced == []


def test_a_number_that_is_not_finite_names_sample_and_node():
    f = compiled(lambda w, x: (w * x).exp(), samples=["x"])
    w = Value(1.0, label="w")
    assert f(w, [0.0, 0.0]) == 1.0
    with pytest.raises(
        NonFiniteError, match=r"the loss of sample 1 is inf. It began at a node without a label: exp\(1000\)"
    ):
        f(w, [1.0, 1000.0])
    with pytest.raises(NonFiniteError, match=r"the loss of sample 2 is nan. It began at x: its value is nan"):
        f(w, [1.0, 1.0, math.nan])


# ── display ──────────────────────────────────────────────────────────────


def test_source_and_explanation_have_the_names_of_the_arguments():
    f = compiled(lambda params, x: maximum(dot(params["W"][0], x) + params["b"], 0.0))
    f({"W": [[Value(1.0), Value(2.0)]], "b": Value(0.5)}, [1.0, 2.0])
    f({"W": [[Value(1.0)]], "b": Value(0.5)}, [1.0])
    assert "def value(xp, W, b, x):" in f.source
    assert f.explain().endswith("retraced: params['W'][0] was 2 Values, now 1 Value")
    assert "<code" in f._repr_html_()
    assert repr(f).startswith("<compiled <lambda>(params, x): <Program of ")
    assert repr(of_samples()) == "<compiled cross_entropy(model, x, y): not called yet>"
    assert of_samples().__name__ == "cross_entropy"


def test_a_module_of_ones_own_is_compiled_too():
    class Residual(Module):
        def __init__(self):
            self.first, self.scale = Layer(3, 3, activation="tanh"), Value(0.5, label="scale", kind="parameter")

        def __call__(self, x):
            return [xi + self.scale * hi for xi, hi in zip(x, self.first(x), strict=True)]

    model, loss = Residual(), compiled(lambda m, x, y: logsumexp(m(x)[:2]) - dot(m(x)[:2], y), samples=["x", "y"])
    loss.backward(model, X, Y)
    found = [p.grad for p in model.parameters()]
    model.zero_grad()
    losses.cross_entropy([model(x)[:2] for x in X.tolist()], Y.tolist()).backward()
    np.testing.assert_allclose(found, [p.grad for p in model.parameters()], rtol=1e-11, atol=1e-15)


def test_a_function_of_any_number_of_values():
    product = compiled(lambda *p: p[0] * p[-1])
    a, b = Value(2.0), Value(3.0)
    assert product(a) == 4.0
    assert product.parameters == [a]
    assert product.value_and_grad(a, b)[1].tolist() == [3.0, 2.0]
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'c'"):
        compiled(lambda a, b: a * b)(a, b, c=1.0)


def test_a_module_that_lists_a_value_twice_has_one_parameter():
    class Tied:
        def __init__(self):
            self.w = Value(3.0)

        def parameters(self):
            return [self.w, self.w]

    tied = Tied()
    square = compiled(lambda m, x: m.w * m.w * x, samples=["x"])
    assert square.backward(tied, [1.0, 3.0]) == 18.0
    assert (tied.w.grad, square.parameters) == (12.0, [tied.w])


def test_a_method_can_be_compiled():
    class Line(Module):
        def __init__(self, w):
            self.w = Value(w)

        @compiled(samples=["x", "y"])
        def loss(self, x, y):
            """The squared error."""
            return (self.w * x - y) ** 2

    line, other = Line(2.0), Line(3.0)
    X, Y = [1.0, 2.0], [1.0, 1.0]
    assert line.loss(X, Y) == 5.0  # the mean of (2 − 1)² and (4 − 1)²
    assert line.loss.value_and_grad(X, Y) == (5.0, 7.0)
    assert other.loss.backward(X, y=Y) == 14.5  # of (3 − 1)² and (6 − 1)²
    assert (line.w.grad, other.w.grad) == (0.0, 12.0)
    assert other.loss.parameters == [other.w]
    assert Line.loss(line, X, Y) == 5.0
    assert isinstance(copy.deepcopy(line.loss), type(line.loss))


def test_a_failed_call_leaves_write_back_with_the_parameters_of_the_last_good_one():
    square = compiled(lambda w: w.log())
    good, bad = Value(2.0), Value(-1.0)
    _, gradient = square.value_and_grad(good)
    with pytest.raises(DomainError):
        square(bad)
    with pytest.raises(ValueError, match=r"gradient: expected a flat array of 1 numbers, got one of shape \(2,\)"):
        square.write_back([1.0, 2.0])
    assert good.grad == 0.0
    square.write_back(gradient)
    assert (good.grad, bad.grad) == (0.5, 0.0)
