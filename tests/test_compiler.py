"""The compiler: program = eager graph = difference quotient, on every kind of graph; and its source reads like the lecture."""

from __future__ import annotations

import copy
import keyword
import pickle
import random
from itertools import product

import hypothesis.strategies as st
import numpy as np
import pytest
from graphs import programs
from hypothesis import given, settings

from autograd import DomainError, NonFiniteError, Value, dot, expand, ieee, logsumexp, maximum, mean, topological_order
from autograd.compiler import compile_graph
from autograd.compiler.buffers import Buffer, shared
from autograd.compiler.domains import betrayal
from autograd.compiler.numpy_arrays import TallNumPy
from autograd.compiler.threads import _blas, one_blas_thread
from autograd.ops import OPS
from nn import MLP, losses


def gradients_of(root, leaves):
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return np.array([leaf.grad for leaf in leaves])


def close(a, b, digits=1e-9):
    np.testing.assert_allclose(a, b, rtol=digits, atol=digits)


def assert_same(root, dtype="float64", digits=1e-9):
    """The program's value and gradients are the graph's."""
    program = compile_graph(root, dtype=dtype)
    value, gradient = program.value_and_grad()
    close(value, root.data, digits)
    close(gradient, gradients_of(root, program.parameters), digits)
    for _ in range(2):  # into the buffers of the first call, and of the second
        close(program(), root.data, digits)
        again = program.value_and_grad()
        assert again[0] == value
        np.testing.assert_array_equal(again[1], gradient)
    return program


def one_sample(model, k, *, classes):
    """(loss, x, y) of one sample, for which x and y become arguments."""
    x = [Value(0.3, label=f"x[{j}]") for j in range(k)]
    y = [Value(float(j == 0), label=f"y[{j}]") for j in range(classes)]
    f = model(x)
    return logsumexp(f) - dot(f, y), x, y


def batch(n, k, classes, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, k)), np.eye(classes)[rng.integers(0, classes, n)]


# ── every graph ─────────────────────────────────────────────────────────────


@given(programs(max_lines=20))
def test_a_random_graph_compiles_to_the_same_value_and_gradients(program):
    _, root = program.values()
    if root.parents and any(v.op.name == "input" for v in topological_order(root)):
        assert_same(root, digits=1e-7)


@given(programs(max_lines=10), st.integers(1, 5))
def test_a_random_graph_takes_a_batch_of_any_of_its_leaves(program, n):
    leaves, root = program.values()
    reached = [v for v in topological_order(root) if v in set(leaves)]
    if not root.parents or not reached:
        return
    x, rest = reached[0], reached[1:]
    compiled = compile_graph(root, inputs=[x], wrt=rest)
    value, gradient = compiled.value_and_grad(np.full(n, x.data))
    close(value, root.data, 1e-7)
    close(gradient, gradients_of(root, compiled.parameters), 1e-7)


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_every_row_of_the_table_compiles(op, points):
    from autograd.value import apply

    leaves = [[Value(x) for x in row] for row in points(op, 6)]
    root = mean([apply(op, *row) * (k + 1.0) for k, row in enumerate(leaves)])
    assert_same(root)


def test_the_gradient_is_the_difference_quotient():
    model = MLP([3, 4, 2], activation="tanh", seed=3)
    loss, x, y = one_sample(model, 3, classes=2)
    program = compile_graph(loss, inputs=[x, y])
    X, Y = batch(5, 3, 2)
    theta = program.load()
    _, gradient = program.value_and_grad(X, Y, parameters=theta)
    for i in range(len(theta)):
        h = np.zeros_like(theta)
        h[i] = 1e-6
        quotient = (program(X, Y, parameters=theta + h) - program(X, Y, parameters=theta - h)) / 2e-6
        assert abs(quotient - gradient[i]) < 1e-8


@settings(max_examples=15)
@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=4),
    st.sampled_from(["tanh", "relu", "sigmoid", "gelu", "softplus"]),
    st.sampled_from([1, 2, 7]),
    st.booleans(),
)
def test_an_unrolled_batch_of_a_random_network(sizes, activation, n, single_adds):
    model = MLP(sizes, activation=activation, seed=1)
    X, _ = batch(n, sizes[0], 2)
    outputs = [model(row) for row in X.tolist()]
    root = losses.mse(outputs, [[0.5] * sizes[-1]] * n if sizes[-1] > 1 else [0.5] * n)
    assert_same(expand(root) if single_adds else root)


@pytest.mark.parametrize("n", [1, 2, 1000])
@pytest.mark.parametrize(("dtype", "digits"), [("float64", 1e-11), ("float32", 1e-4)])
def test_batches_of_one_two_and_a_thousand(n, dtype, digits):
    model = MLP([3, 5, 4], seed=2)
    loss, x, y = one_sample(model, 3, classes=4)
    program = compile_graph(loss, inputs=[x, y], dtype=dtype)
    X, Y = batch(n, 3, 4)
    value, gradient = program.value_and_grad(X.astype(dtype), Y.astype(dtype))
    assert gradient.dtype == dtype
    few = min(n, 20)
    root = losses.cross_entropy([model(row) for row in X[:few].tolist()], Y[:few].tolist())
    value, gradient = program.value_and_grad(X[:few], Y[:few])
    close(value, root.data, digits)
    close(gradient, gradients_of(root, program.parameters), digits)


def test_weights_that_are_shared_and_an_attention_with_rows_of_unequal_length():
    rng = random.Random(0)
    q, k, v = ([[Value(rng.gauss(0, 1), label="w") for _ in range(3)] for _ in range(5)] for _ in range(3))
    outputs = []
    for t in range(5):
        scores = [dot(q[t], k[s]) for s in range(t + 1)]
        total = logsumexp(scores)
        shares = [(s - total).exp() for s in scores]
        outputs += [dot(shares, [v[s][j] for s in range(t + 1)]) * v[t][j] for j in range(3)]
    assert_same(mean(outputs))


def test_a_graph_of_constants_and_a_leaf_alone():
    assert compile_graph(Value(2.0) * 3.0).value_and_grad()[1].tolist() == [3.0]
    assert compile_graph(Value(2.0)).value_and_grad()[1].tolist() == [1.0]


# ── what it becomes ─────────────────────────────────────────────────────────


def test_softmax_cross_entropy_becomes_the_delta_procedure():
    loss, x, y = one_sample(MLP([4, 6, 5, 3], seed=0), 4, classes=3)
    source = compile_graph(loss, inputs=[x, y]).source
    for line in [
        "h_pre1 = X @ W1.T + b1",
        "h1 = xp.maximum(h_pre1, 0.0)",
        "h3 = h2 @ W3.T + b3",
        "delta3 = (f - Y) / n",
        "delta2 = (delta3 @ W3) * (h_pre2 > 0.0)",
        "delta1 = (delta2 @ W2) * (h_pre1 > 0.0)",
        "dW3 = delta3.T @ h2",
        "db1 = xp.column_sums(delta1)",
    ]:
        assert f"    {line}\n" in source, source


@pytest.mark.parametrize("as_micrograd", [False, True])
def test_an_unrolled_batch_becomes_the_same_matrix_products(as_micrograd):
    model = MLP([2, 4, 3, 1], seed=0)
    X, _ = batch(30, 2, 2)
    root = mean([(1.0 + -y * model(row)).relu() for y, row in zip([1.0, -1.0] * 15, X.tolist(), strict=True)])
    source = assert_same(expand(root) if as_micrograd else root).source
    assert "delta1 = (delta2 @ W2) * (" in source
    assert "dW2 = delta2.T @ " in source
    assert source.count("@") <= 12
    assert "take" not in source


def test_a_deep_chain_with_one_weight_compiles():
    x, w, b = Value(0.5, label="x"), Value(0.9, label="w"), Value(0.1, label="b")
    h = x
    for _ in range(300):
        h = (h * w + b).tanh()
    assert_same(h)


def test_explain_says_which_scalars_became_which_array():
    loss, x, y = one_sample(MLP([2, 3, 2], seed=0), 2, classes=2)
    program = compile_graph(loss, inputs=[x, y])
    printed = program.explain()
    assert "W1 " in printed
    assert "layers[0].neurons[0].w[0] … layers[0].neurons[2].w[1]" in printed
    assert "delta2 = (f - Y) / n" in program.numpy_source  # each line stands above its calls
    assert "<code" in program._repr_html_()


def test_the_cost_of_compiling_is_linear(cost):
    def per_node(n):
        w = [Value(1.0), Value(2.0)]
        root = mean([(w[0] * float(i) + w[1]).tanh() for i in range(n)])
        program, calls = cost(lambda: compile_graph(root))
        return calls / program.nodes

    per_node(10)  # imports what it needs
    assert per_node(5000) < 1.1 * per_node(500)


# ── use ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def program():
    loss, x, y = one_sample(MLP([2, 3, 2], seed=0), 2, classes=2)
    return compile_graph(loss, inputs=[x, y])


def test_weights_are_read_at_each_call_and_gradients_written_back(program):
    X, Y = batch(4, 2, 2)
    before, gradient = program.value_and_grad(X, Y)
    program.write_back(gradient)
    assert [p.grad for p in program.parameters] == gradient.tolist()
    theta = program.load()
    program.store(theta - 0.1 * gradient)
    assert program(X, Y) < before
    close(program(X, Y, parameters=theta), before)
    assert program.gradients(gradient)["W1"].shape == (3, 2)


def test_a_returned_gradient_is_not_a_buffer(program):
    X, Y = batch(4, 2, 2)
    _, first = program.value_and_grad(X, Y)
    kept = first.copy()
    program.value_and_grad(2 * X, Y)
    assert (first == kept).all()


def test_read_only_and_strided_arrays_and_lists_are_accepted(program):
    X, Y = batch(4, 2, 2)
    expected = program(X, Y)
    wide = np.zeros((4, 4))
    wide[:, ::2] = X
    X.flags.writeable = False
    assert program(X, Y) == expected == program(X.tolist(), Y.astype(int))
    close(program(wide[:, ::2], np.asfortranarray(Y)), expected)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(4, 3), (4, 2)], r"X: expected an array of shape \(n, 2\), got \(4, 3\)"),
        ([(2,), (4, 2)], r"X: expected an array of shape \(n, 2\), got \(2,\)"),
        ([(4, 2), (3, 2)], "Y: expected one row per sample, at least one and as many as X has; got 3"),
        ([(0, 2), (0, 2)], "X: expected one row per sample, at least one"),
        ([(4, 2)], r"the program takes 2 arrays \(X, Y\), got 1"),
    ],
)
def test_arrays_that_do_not_fit_are_errors(program, shapes, message):
    with pytest.raises(ValueError, match=message):
        program(*(np.ones(s) for s in shapes))


def test_parameters_of_another_length_are_an_error(program):
    with pytest.raises(ValueError, match="parameters: expected a flat array of 17 numbers"):
        program(*batch(2, 2, 2), parameters=np.ones(3))


def test_what_cannot_be_compiled_is_an_error():
    x = Value(1.0, label="x")
    with pytest.raises(TypeError, match="takes the Value at the end of a graph"):
        compile_graph(3.0)
    with pytest.raises(ValueError, match="leaves of the loss's graph"):
        compile_graph(x * 2.0, inputs=[Value(1.0)])
    with pytest.raises(ValueError, match="is opaque: without a rule in the op table"):
        compile_graph(Value(1.0, (x,), (1.0,)) * x)


def test_leaving_a_domain_raises_the_error_of_the_graph():
    x = Value(2.0, label="p")
    program = compile_graph(x.log() * Value(1.0, kind="parameter"), inputs=[x])
    with pytest.raises(DomainError, match="log needs p > 0, got p = -1"):
        program([1.0, -1.0])


def test_numbers_that_are_passed_are_those_that_an_error_speaks_of():
    p, x = Value(2.0, label="p", kind="parameter"), Value(1.0)
    program = compile_graph(p.log() * x, inputs=[x])
    with pytest.raises(DomainError, match="log needs p > 0, got p = -3"):
        program([1.0], parameters=np.array([-3.0]))


def test_a_finite_gradient_whose_square_overflows_is_given_without_a_warning():
    w, x = Value(1e100, label="w", kind="parameter"), Value(0.0, label="x")
    value, gradient = compile_graph(w * w * x, inputs=[x]).value_and_grad([1e60])
    assert (value, gradient.tolist()) == (pytest.approx(1e260), [pytest.approx(2e160)])


def test_an_overflow_names_sample_and_node():
    x, w = Value(1.0, label="x"), Value(1.0, label="w", kind="parameter")
    big = (x * w).exp()
    big.label = "big"
    program = compile_graph(big * 2.0, inputs=[x])
    with pytest.raises(NonFiniteError, match=r"the loss of sample 1 is inf. It began at big: exp\(1000\) = inf"):
        program([1.0, 1000.0])


# ── other arrays ────────────────────────────────────────────────────────────


def arrays_of(library):
    """The module whose ``asarray`` makes the arrays of a library, of 64 bits too."""
    xp = pytest.importorskip("jax.numpy" if library == "jax" else library, reason="it comes with the bench extra")
    if library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    return xp


@pytest.mark.slow
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_same_program_runs_on(library, program):
    xp = arrays_of(library)
    X, Y = batch(6, 2, 2)
    value, gradient = program.value_and_grad(X, Y)
    other_value, other = program.value_and_grad(xp.asarray(X), xp.asarray(Y))
    assert type(other).__module__.startswith(library)
    close(float(other_value), value, 1e-12)
    close(np.asarray(other), gradient, 1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_network_of_two_rectified_layers_runs_on(library):
    xp = arrays_of(library)
    x, y = [Value(0.1), Value(0.2)], Value(1.0)
    program = compile_graph((1.0 - y * MLP([2, 5, 4, 1], seed=0)(x)).relu(), inputs=[x, y])
    X, Y = batch(600, 2, 2)
    value, gradient = program.value_and_grad(X, 2.0 * Y[:, 0] - 1.0)
    other_value, other = program.value_and_grad(xp.asarray(X), xp.asarray(2.0 * Y[:, 0] - 1.0))
    close(float(other_value), value, 1e-12)
    close(np.asarray(other), gradient, 1e-12)


@given(programs(max_lines=12))
def test_a_random_graph_gives_the_same_on_pytorch(program):
    torch = pytest.importorskip("torch", reason="PyTorch comes with the bench extra")
    _, root = program.values()
    if not any(v.op.name == "input" for v in topological_order(root)) or not root.parents:
        return
    compiled = compile_graph(root)
    value, gradient = compiled.value_and_grad()
    other_value, other = compiled.value_and_grad(parameters=torch.tensor(compiled.load()))
    close(float(other_value), value, 1e-9)
    close(other.numpy(), gradient, 1e-9)


# ── irregular graphs ─────────────────────────────────────────────────────────────


def chain(n, w, b, x):
    """n steps that are unlike each other, each on the one before."""
    for k in range(n):
        x = (x * w + b).tanh() if k % 3 else x.sin() + b
    return x


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_nodes_is_interpreted_and_agrees():
    w, b = Value(0.9, kind="parameter"), Value(0.1, kind="parameter")
    root = chain(60_000, w, b, Value(0.3, kind="constant"))
    program = assert_same(root, digits=1e-12)
    assert program.nodes > 100_000
    assert len(program.source) < 2_000
    assert "for k, rule, parents in tape" in program.source


def test_an_irregular_graph_takes_a_batch_on_every_library():
    torch = pytest.importorskip("torch", reason="PyTorch comes with the bench extra")
    w, b, x = Value(0.9, kind="parameter"), Value(0.1, kind="parameter"), Value(0.0)
    program = compile_graph(chain(2_000, w, b, x), inputs=[x])
    X = [-1.0, 0.2, 2.0]
    eager = [Value(v) for v in X]
    loss = mean([chain(2_000, w, b, v) for v in eager])
    value, gradient = program.value_and_grad(X)
    close(value, loss.data, 1e-12)
    close(gradient, gradients_of(loss, program.parameters), 1e-12)
    value, gradient = program.value_and_grad(torch.tensor(X, dtype=torch.float64))
    close(gradient, gradients_of(loss, program.parameters), 1e-12)


def test_an_irregular_graph_names_the_node_where_it_leaves_a_domain():
    x = Value(1.0, label="x")
    root = chain(2_000, Value(0.9), Value(0.1), (x.log() + 1.0).exp())
    program = compile_graph(root, inputs=[x])
    program([1.0])
    with pytest.raises(DomainError, match=r"log needs x > 0, got x = -1"):
        program([-1.0])


# ── domains ─────────────────────────────────────────────────────────────────


def test_inside_ieee_a_program_gives_what_the_graph_gives():
    x, w = Value(0.5, label="x"), Value(2.0, label="w", kind="parameter")
    program = compile_graph(x.log() * w, inputs=[x])
    with ieee():
        value, gradient = program.value_and_grad([0.0, 1.0])
    assert (value, *gradient) == (-np.inf, -np.inf)


def test_a_number_that_overflows_lawfully_is_no_domain_left():
    x = Value(0.5, label="x")
    program = compile_graph((1.0 / x).tanh(), inputs=[x])
    assert program([1e-320]) == program([5e-324]) == 1.0


def test_whether_an_op_has_a_domain_is_found_out_with_few_numbers(cost):
    """However many operands a dot has, and whatever constants there are: each graph has others."""
    unknown = [cost(lambda n=n: betrayal(OPS["dot"], (None,) * n), most=10_000) for n in (4, 40)]
    assert [found.result for found in unknown] == ["", ""]
    betrayal(OPS["multiply"], (None, 1.5))
    assert cost(lambda: betrayal(OPS["multiply"], (None, 2.5))).calls < 10


def test_an_alarm_from_a_branch_not_taken_does_not_replay_the_graph(monkeypatch):
    x, y = Value(0.5, label="x"), Value(2.0, kind="parameter")
    program = compile_graph((x**y).tanh(), inputs=[x])
    right = program._executor.run
    monkeypatch.setattr(program._executor, "run", lambda *given: (np.log(np.zeros(1)), right(*given))[1])
    monkeypatch.setattr(program._replay, "run", None)
    assert program.value_and_grad([0.0])[0] == 0.0


# ── what makes NumPy fast ────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", [(512, 3, 2), (1797, 64, 64), (1801, 70, 90), (5000, 10, 1)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_tall_products_in_pieces_are_the_products(shape, dtype):
    n, k, r = shape
    rng = np.random.default_rng(0)
    x, W, d = rng.normal(size=(n, k)), rng.normal(size=(r, k)), rng.normal(size=(n, r))
    tall = TallNumPy(np.dtype(dtype))
    near = {"rtol": 0, "atol": n * k * (1e-15 if dtype == "float64" else 1e-6)}
    x32, W32, d32 = (a.astype(dtype) for a in (x, W, d))
    for out in (None, np.empty((n, r), dtype)):
        np.testing.assert_allclose(tall.dot(x32, W32.T, out), x @ W.T, **near)
    for out in (None, np.empty((r, k), dtype)):
        np.testing.assert_allclose(tall.dot(d32.T, x32, out), d.T @ x, **near)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_cosh_of_many_numbers_is_the_cosh(dtype):
    x = np.concatenate([np.linspace(-80, 80, 1500), [0.0, 1e-300, -np.inf, np.inf, np.nan]]).astype(dtype)
    ε = np.finfo(dtype).eps
    for out in (None, np.empty_like(x)):
        found = TallNumPy(np.dtype(dtype)).cosh(x, out)
        np.testing.assert_allclose(found, np.cosh(x.astype(float)), rtol=4 * ε)
        assert found.dtype == dtype


def test_a_buffer_is_reused_only_when_nothing_reads_it_any_more():
    arrays = [np.empty(3), np.empty(3), np.empty(3), np.empty(4)]
    spans = [Buffer(0, 2, True), Buffer(1, 5, True), Buffer(2, 6, True), Buffer(7, 7, True)]
    lent = shared(spans, arrays)
    assert [next(k for k, a in enumerate(arrays) if a is b) for b in lent] == [0, 1, 0, 3]
    matrix = shared([Buffer(0, 2, True), Buffer(2, 3, False)], arrays[:2])
    assert matrix[1] is arrays[1]  # a matrix product reads what it would overwrite


def test_small_products_of_many_rows_run_in_one_thread():
    pool = pytest.importorskip("threadpoolctl", reason="comes with the train extra")
    _blas.cache_clear()  # libraries may have been loaded since it was asked
    model = MLP([4, 3], seed=0)
    loss, x, y = one_sample(model, 4, classes=3)
    program = compile_graph(loss, inputs=[x, y])
    X, Y = batch(600, 4, 3)
    program.value_and_grad(X, Y)
    run, seen = program._executor._workspaces[600], []
    inner = run.value_and_grad

    def threads():
        return [library["num_threads"] for library in pool.threadpool_info() if library["user_api"] == "blas"]

    def watched(*given):
        seen.extend(threads())
        return inner(*given)

    run.value_and_grad = watched
    before = threads()
    program.value_and_grad(X, Y)
    assert set(seen) == {1}
    assert threads() == before


def test_a_model_may_use_the_names_that_a_program_uses_itself():
    m, n, c, fixed = (
        Value(x, label=name, kind="parameter") for name, x in zip("mncf", (0.5, 2.0, -1.0, 3.0), strict=True)
    )
    fixed.label = "fixed"
    assert_same((m * n + c).relu() + (fixed - m).relu() + maximum(c * n, -5.0))


# ── numbers that share memory ────────────────────────────────


def parameters(*numbers, label=""):
    return [Value(x, label=label, kind="parameter") for x in numbers]


def test_a_sum_and_a_scaled_sum_of_the_same_parameters_are_one_gradient():
    w = parameters(0.1, 0.2, 0.3)
    program = assert_same(sum((v - 1.0) ** 2 for v in w) + 0.1 * sum(abs(v) for v in w))
    close(program.value_and_grad()[1], [2 * (x - 1) + 0.1 for x in (0.1, 0.2, 0.3)])  # by hand


def test_a_value_that_is_repeated_in_sums_has_its_gradient_at_the_first_call_too():
    (w,) = parameters(2.0)
    v = w.tanh()
    assert_same(v.sigmoid() + logsumexp([v]) + logsumexp([v, v]))


def test_only_the_samples_share_of_a_sum_varies_with_them():
    (a, b), x = parameters(1.0, 2.0), Value(5.0, label="x")
    program = compile_graph((a * a + b * b) + x.tanh(), inputs=[x])
    for _ in range(4):
        value, gradient = program.value_and_grad([5.0])
        close(value, 5.0 + np.tanh(5.0))
        close(gradient, [2.0, 4.0])


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_layout_of_an_input_makes_no_difference(order):
    w, x = parameters(0.1, 0.2), [Value(1.0), Value(2.0)]
    program = compile_graph(
        (dot(w, [(a + b).tanh() for a, b in zip(w, x, strict=True)]) + x[0]).clip() ** 2, inputs=[x]
    )
    rows = [[0.1, 0.2], [0.2, -0.1], [0.3, 0.4]]
    expected = []
    for row in rows:
        t = np.tanh(np.array([0.1, 0.2]) + row)
        s = np.array([0.1, 0.2]) @ t + row[0]
        assert 0.0 < s < 1.0  # where clip is the identity
        expected.append(2 * s * (t + np.array([0.1, 0.2]) * (1 - t * t)))  # by hand
    for _ in range(3):
        close(program.value_and_grad(np.array(rows, order=order))[1], np.mean(expected, axis=0))


def test_a_constant_that_is_given_as_input_or_wrt_varies():
    (w,), c = parameters(3.0), Value(2.0, kind="constant")
    assert compile_graph(w * c, inputs=[c])([5.0, 7.0]) == 18.0
    program = compile_graph(w * c, wrt=[c, w])
    c.data = 4.0
    value, gradient = program.value_and_grad()
    assert (value, dict(zip(program.parameters, gradient, strict=True))) == (12.0, {c: 3.0, w: 4.0})


# ── names ───────────────────────────────────────────────────────────────────

ODD = [*keyword.kwlist, "__debug__", "ϕ", "φ", "µ", "μ", "ŉ", "ﬁ", "ᾳ", "ͅ", "_1", "_2", "_3", "_4", "_5", "__"]
ODD += [
    "abs",
    "slice",
    "float",
    "value",
    "xp",
    "n",
    "t",
    "w",
    "dw",
    "to_w",
    "_to_w",
    "ℓ[0].w",
    f"x.[{'9' * 5000}].y",
    5,
    None,
]


GREEK = ["ϕ", "φ", "µ", "μ"]  # two of which Python reads as one, and the other two


@pytest.mark.parametrize(
    ("label", "beside"),
    [*((label, "w") for label in ODD), *product(GREEK, ["φ", "μ"])],
    ids=lambda label: repr(label)[:12],
)
def test_any_label_is_allowed(label, beside):
    a, b, c = parameters(0.3, 0.7, 0.2)
    a.label, b.label, c.label = label, beside, "to_w"
    program = assert_same((a * b).tanh() + abs(a * c + b) * a.exp() - b / (c * c + 1.0))
    assert len(program.parameters) == 3
    assert program.explain()


# ── threads, copies, what does not fit ──────────────────────────────────────


def test_a_call_of_a_pure_program_in_the_middle_of_another_changes_nothing(monkeypatch):
    """As when threads switch between a write and the read that belongs to it."""

    def program(k):
        w, x = [Value(k + i, kind="parameter") for i in range(3)], [Value(0.0) for _ in range(3)]
        return compile_graph(logsumexp([a * b for a, b in zip(w, x, strict=True)]), inputs=[x])

    one, other = program(0.1), program(5.0)
    X = np.random.default_rng(0).normal(size=(20, 3))
    alone, inside, copyto = one.pure(one.load(), X), [], np.copyto

    def copy_and_switch(*arguments, **options):
        copyto(*arguments, **options)
        if not inside:
            inside.append(True)
            other.pure(other.load(), 3.0 * X)

    monkeypatch.setattr(np, "copyto", copy_and_switch)
    again = one.pure(one.load(), X)
    assert inside
    assert again[0] == alone[0]
    assert (again[1] == alone[1]).all()


def test_the_last_of_several_callers_restores_the_threads():
    pool = pytest.importorskip("threadpoolctl", reason="comes with the train extra")
    _blas.cache_clear()

    def threads():
        return [library["num_threads"] for library in pool.threadpool_info() if library["user_api"] == "blas"]

    before, (first, second) = threads(), (one_blas_thread(), one_blas_thread())
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(threads()) == {1}
    second.__exit__(None, None, None)
    assert threads() == before


@pytest.mark.parametrize("copied", [lambda p: pickle.loads(pickle.dumps(p)), copy.deepcopy])
def test_a_program_that_was_called_can_be_copied(copied, program):
    X, Y = batch(5, 2, 2)
    value, gradient = program.value_and_grad(X, Y)
    again = copied(program)
    assert again.value_and_grad(X, Y)[0] == value
    np.testing.assert_array_equal(again.value_and_grad(X, Y)[1], gradient)


def test_pure_and_a_call_do_not_disturb_each_other():
    (w,), x = parameters(3.0), Value(1.0, label="x")
    rows = np.array([1.0, 2.0])
    for calls in ("pure value_and_grad pure", "value_and_grad pure value_and_grad"):
        program = compile_graph((w * x) ** 2, inputs=[x])
        for name in calls.split():
            value, gradient = program.pure(program.load(), rows) if name == "pure" else program.value_and_grad(rows)
            assert (value, gradient) == (22.5, 15.0)


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_no_parameters_or_too_many(library):
    xp = arrays_of(library)
    (w,), x = parameters(3.0), Value(1.0, label="x")
    rows = xp.asarray(np.array([1.0, 3.0], dtype=np.float32))
    value, gradient = compile_graph(x * x, inputs=[x], dtype="float32").value_and_grad(rows)
    assert (float(value), tuple(gradient.shape)) == (5.0, (0,))
    program = compile_graph(w * x, inputs=[x], dtype="float32")
    with pytest.raises(ValueError, match=r"parameters: expected a flat array of 1 numbers, got one of shape \(2,\)"):
        program.value_and_grad(rows, parameters=rows)


@pytest.mark.parametrize("method", ["store", "write_back"])
@pytest.mark.parametrize("flat", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]]])
def test_numbers_of_another_length_change_nothing(method, flat):
    w = parameters(3.0, 4.0)
    with pytest.raises(ValueError, match=r"expected a flat array of 2 numbers, got one of shape \("):
        getattr(compile_graph(w[0] * w[1]), method)(flat)
    assert [(v.data, v.grad) for v in w] == [(3.0, 0.0), (4.0, 0.0)]


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([["1", "2"]], TypeError, "X: expected an array of numbers, got one of <U1"),
        ([[1j, 2.0]], TypeError, "X: expected an array of numbers, got one of complex128"),
        (np.array([["2020-01-01"] * 2], "M8[D]"), TypeError, "X: expected an array of numbers, got one of datetime64"),
        ([[None, 2.0]], TypeError, "X: expected an array of numbers, got one of objects: .* got None"),
        (
            [[1.0, 2.0], [3.0]],
            ValueError,
            "X: expected one row per sample, all of one shape; got rows of unequal length",
        ),
        ((row for row in [[1.0, 2.0]]), TypeError, "X: expected an array of numbers, got one of objects: .*generator"),
        ([[10**400, 1.0]], TypeError, "X: expected an array of numbers, .* larger than any float"),
        (5.0, ValueError, r"X: expected an array of shape \(n, 2\), got \(\)"),
    ],
)
def test_anything_but_an_array_of_numbers_is_an_error(rows, error, message):
    x = [Value(1.0, label="x[0]"), Value(2.0, label="x[1]")]
    program = compile_graph(x[0] * x[1], inputs=[x])
    with pytest.raises(error, match=message):
        program(rows)
    assert program(np.array([[2**70, 0.5]], dtype=object)) == 2.0**69
    assert program([[True, 3]]) == 3.0


def test_inputs_and_wrt_are_any_collection_of_different_leaves():
    (w,), x = parameters(3.0), Value(2.0, label="x")
    program = compile_graph(w * x, inputs=iter([x]), wrt=(v for v in [w]))
    assert program.value_and_grad([2.0, 4.0]) == (9.0, 3.0)
    with pytest.raises(TypeError, match=r"lists of leaves, even of a single one: inputs=\[x\]"):
        compile_graph(w * x, inputs=x)
    with pytest.raises(
        ValueError, match="is in inputs and in wrt: a program cannot differentiate with respect to an input"
    ):
        compile_graph(w * x, inputs=[x], wrt=[w, x])
    for dtype in ("int32", "number", "float16"):
        with pytest.raises(ValueError, match=f'dtype is "float64" or "float32", got {dtype!r}'):
            compile_graph(w * x, dtype=dtype)


def test_a_program_of_constants_can_be_explained():
    assert compile_graph(Value(2.0, kind="constant") * 3.0).explain().startswith("3 nodes")
