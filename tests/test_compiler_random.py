"""Random graphs over every op: program = eager graph = 50-digit derivative, each within an error bound worked out for it.

The bound is that of ``rounding``; what depends on a decision that rounding could turn (a kink within it) is drawn again.
"""

from __future__ import annotations

import math
import random
import re
from functools import reduce
from itertools import pairwise
from operator import add

import hypothesis.strategies as st
import numpy as np
import pytest
from executors import as_chosen, in_machine_code
from graphs import Program, programs, regrown
from hypothesis import assume, example, given
from rounding import bound, is_decided

from autograd import DomainError, NonFiniteError, Value, dot, logsumexp, mean, nonfinite_origin, topological_order
from autograd.compiler import compile_graph
from autograd.functional import gradients
from autograd.ops import OPS
from autograd.value import apply
from nn import MLP, data, losses

U = {
    "float64": 1e-12,
    "float32": 1e-5,
}  # what is promised between backends, and as much more as float32 has less digits

EXECUTORS = [as_chosen, in_machine_code]


class Claim:
    """Value and gradient of a graph, and how far from them a program may be."""

    def __init__(self, root, leaves, u):
        assume(is_decided(root, u))
        self.value, self.value_bound = root.data, u * bound(root)
        slopes = gradients(root, leaves)
        self.gradient = np.array([g.data for g in slopes])
        self.gradient_bound = u * np.array([bound(g) + abs(g.data) for g in slopes])
        assume(self.value_bound < 1e-2 * (1.0 + abs(self.value)))  # else a bound of first order means nothing
        assume((self.gradient_bound < 1e-2 * (1.0 + abs(self.gradient))).all())

    def hold(self, value, gradient):
        assert abs(value - self.value) <= self.value_bound
        assert (abs(gradient - self.gradient) <= self.gradient_bound).all()


def reached(leaves, root):
    below = set(topological_order(root))
    return [v for v in leaves if v in below]


def built(program):
    """(leaves that the root depends on, root) of a program with at least one."""
    leaves, root = program.values()
    leaves = reached(leaves, root)
    assume(root.parents and leaves)
    return leaves, root


def test_the_bound_is_that_of_a_sum_and_of_a_product_by_hand():
    a, b = Value(3.0), Value(-2.0)
    assert bound(a) == 3.0
    assert bound(a + b) == (3 + 2) + (3 + 2 + 1)  # the leaves, then what is added and the sum
    assert bound(a * b) == (2 * 3 + 3 * 2) + (6 + 6 + 6)


# ── the claims ──────────────────────────────────────────────────────────────


def of_one_leaf(*lines):
    """A Program of one leaf, 0."""
    return Program((0.0,), lines)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@example(
    program=of_one_leaf(
        ("negative", (0,)), ("add", (1, 1)), ("add", (2, 2)), ("power_constant", (3,)), ("subtract", (4, 1))
    )
)
@example(  # a slope of plain 0s and 1s, added up on its way into a 32-bit sum
    program=Program(
        (0.0, 1 / 1024), (("dot", (1, 0, 1, 1)), ("add", (2, 2)), ("add", (3, 3)), ("add", (4, 4)), ("clip", (5,)))
    )
)
@example(  # a slope that is multiplied by ln 2
    program=Program(
        (0.0, 1 / 1024),
        (("dot", (1, 0, 1, 1)), ("add", (2, 2)), ("add", (3, 3)), ("add", (4, 4)), ("exponential", (5,))),
    )
)
@pytest.mark.parametrize("executor", EXECUTORS)
@given(program=programs(max_lines=16))
def test_a_random_program_is_the_graph_within_the_bound(program, dtype, executor):
    leaves, root = built(program)
    claim = Claim(root, leaves, U[dtype])
    compiled = executor(compile_graph(root, wrt=leaves, dtype=dtype))
    assert compiled.parameters == leaves or set(compiled.parameters) == set(leaves)
    value, flat = compiled.value_and_grad()
    assert flat.dtype == dtype
    found = dict(zip(compiled.parameters, flat.tolist(), strict=True))
    claim.hold(value, np.array([found[leaf] for leaf in leaves]))
    assert compiled() == value


@given(program=programs(max_lines=10))
def test_a_random_programs_gradient_is_the_difference_quotient_in_50_digits(program, exact):
    from mpmath import mp, mpf

    assume(not program.has_tie())
    leaves, root = built(program)
    claim = Claim(root, leaves, U["float64"])
    compiled = compile_graph(root, wrt=leaves)
    value, flat = compiled.value_and_grad()
    like = program.run([Value(x) for x in program.leaves])
    x, h = [mpf(x) for x in program.leaves], mpf("1e-20")

    def f(i, step):
        return program.run_exactly(exact, [*x[:i], x[i] + step, *x[i + 1 :]], like)

    assert mp.dps == 50
    assert abs(value - f(0, 0)) <= claim.value_bound
    for p, g in zip(compiled.parameters, flat, strict=True):
        i = int(p.label[1:])
        quotient = (f(i, h) - f(i, -h)) / (2 * h)
        assert abs(g - quotient) <= claim.gradient_bound[leaves.index(p)]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [1, 2, 1000])
@given(
    program=programs(max_lines=8),
    shifts=st.lists(st.integers(-64, 64), min_size=5, max_size=5),
    split=st.integers(0, 4),
    executor=st.sampled_from(EXECUTORS),
)
def test_a_batch_of_a_random_program_is_the_mean_of_its_samples(program, shifts, split, n, dtype, executor):
    leaves, root = built(program)
    inputs, parameters = leaves[: max(1, split)], leaves[max(1, split) :]
    rows = [[v.data + shift / 1024 for v in inputs] for shift in shifts][:n]
    claims = []
    for row in rows:
        try:
            copies = regrown(root, dict(zip(inputs, row, strict=True)))
        except DomainError:
            assume(False)
        claims.append(Claim(copies[root], [copies[p] for p in parameters], U[dtype]))
    compiled = executor(compile_graph(root, inputs=[inputs], wrt=parameters, dtype=dtype))
    times = n // len(rows)
    value, flat = compiled.value_and_grad(np.array(rows * times))
    found = dict(zip(compiled.parameters, flat.tolist(), strict=True))
    gradient = np.array([found.get(p, 0.0) for p in parameters])
    of_all = object.__new__(Claim)
    of_all.value, of_all.gradient = np.mean([c.value for c in claims]), np.mean([c.gradient for c in claims], axis=0)
    of_all.value_bound = np.mean([c.value_bound + U[dtype] * abs(c.value) for c in claims])
    of_all.gradient_bound = np.mean([c.gradient_bound + U[dtype] * abs(c.gradient) for c in claims], axis=0)
    of_all.hold(value, gradient)


TOGETHER = {
    "mean": mean,
    "logsumexp": logsumexp,
    "chain": lambda vs: reduce(add, vs),
    "products": lambda vs: reduce(add, [a * b for a, b in pairwise([*vs, vs[0]])]),
    "dot": lambda vs: dot(vs, vs[::-1], vs[0]),
    "differences": lambda vs: reduce(add, [(a - b).tanh() for a, b in pairwise([*vs, vs[0]])]),
}


@given(
    program=programs(max_lines=8), copies=st.integers(2, 9), shared=st.integers(0, 4),
    together=st.sampled_from(sorted(TOGETHER)), seed=st.integers(0, 99), alone=st.booleans(),
)  # fmt: skip
def test_copies_of_a_random_program_that_share_leaves_and_meet_again(program, copies, shared, together, seed, alone):
    draw = random.Random(seed)
    common, roots, leaves = [Value(x) for x in program.leaves[:shared]], [], []
    for _ in range(copies):
        own = [Value(x + draw.randint(-512, 512) / 1024) for x in program.leaves[shared:]]
        leaves += own
        try:
            roots.append(program.run([*common, *own])[-1])
        except DomainError:
            assume(False)
    root = TOGETHER[together](roots)
    if not alone:  # an inner node is seen from outside, too
        root = root + roots[-1] * roots[0]
    leaves = reached([*common, *leaves], root)
    assume(leaves)
    claim = Claim(root, leaves, U["float64"])
    compiled = compile_graph(root, wrt=leaves)
    value, flat = compiled.value_and_grad()
    found = dict(zip(compiled.parameters, flat.tolist(), strict=True))
    claim.hold(value, np.array([found[leaf] for leaf in leaves]))


@given(
    st.integers(1, 3), st.integers(1, 6), st.integers(1, 3),
    st.sampled_from(["tanh", "sigmoid", "softplus", "gelu", "silu"]), st.integers(0, 1000),
)  # fmt: skip
def test_weights_shared_over_time_add_their_gradients_up(width, steps, n, activation, seed):
    draw = random.Random(seed)
    W, V = ([[Value(draw.uniform(-1, 1)) for _ in range(width)] for _ in range(width)] for _ in range(2))
    b = [Value(draw.uniform(-1, 1)) for _ in range(width)]
    outputs = []
    for _ in range(n):
        h = [Value(0.0, kind="constant")] * width
        for _ in range(steps):
            x = [draw.uniform(-1, 1) for _ in range(width)]
            h = [apply(OPS[activation], dot([*w, *v], [*h, *x], bi)) for w, v, bi in zip(W, V, b, strict=True)]
        outputs.append(logsumexp(h))
    root = sum(outputs[1:], outputs[0]) * (1.0 / n)
    leaves = [p for row in [*W, *V, b] for p in row if p in set(topological_order(root))]
    claim = Claim(root, leaves, U["float64"])
    compiled = compile_graph(root, wrt=leaves)
    value, flat = compiled.value_and_grad()
    found = dict(zip(compiled.parameters, flat.tolist(), strict=True))
    claim.hold(value, np.array([found.get(leaf, 0.0) for leaf in leaves]))


# ── trouble ─────────────────────────────────────────────────────────────────

EXTREMES = [0.0, -1.0, 1.0, 1e-300, -1e300, 1e300, 800.0, -800.0, math.inf, -math.inf, math.nan]


def outcome(run):
    """(what an error said, what came out): one of the two is None."""
    try:
        return None, run()
    except (DomainError, NonFiniteError) as error:
        return str(error), None


@example(
    program=of_one_leaf(("exp", (0,)), ("log", (1,)), ("clip", (2,))), bad=-math.inf, k=0, at=0, executor=as_chosen
)
@given(
    program=programs(max_lines=8), bad=st.sampled_from(EXTREMES), k=st.integers(0, 3), at=st.integers(0, 2),
    executor=st.sampled_from(EXECUTORS),
)  # fmt: skip
def test_a_random_program_in_trouble_says_what_the_graph_says(program, bad, k, at, executor):
    leaves, root = built(program)
    x = leaves[k % len(leaves)]
    rows = [x.data] * 3
    rows[at] = bad
    compiled = executor(compile_graph(root, inputs=[x], wrt=[v for v in leaves if v is not x]))
    error, value = outcome(lambda: compiled.value_and_grad(rows)[0])
    said, expected = outcome(lambda: regrown(root, {x: bad})[root])
    if said is None and not math.isfinite(expected.data):
        said = f"the loss of sample {at} is {expected.data:g}. It began at {nonfinite_origin(expected)}."
    if said is None and error is not None:
        assert error.startswith("the loss is finite, its gradient is not")
        return
    assert error == said
    if said is None:
        assert value == pytest.approx((2 * root.data + expected.data) / 3, rel=1e-6, abs=1e-6)


# ── what it becomes ─────────────────────────────────────────────────────────


def products(source):
    """The lines of the gradient with a matrix product in them."""
    return [line for line in source[source.index("def value_and_grad") :].splitlines() if "@" in line]


def test_an_unrolled_batch_of_100_moons_gives_back_the_matrix_products_of_one_sample():
    model, moons = MLP([2, 16, 16, 1], seed=0), data.moons(100, seed=1)
    whole = compile_graph(losses.hinge([model(x) for x in moons.X], [2 * k - 1 for k in moons.y]))
    x, y = [Value(0.1, label="x[0]"), Value(0.2, label="x[1]")], Value(1.0, label="y")
    one = compile_graph((1.0 - model(x) * y).relu(), inputs=[x, y])
    assert products(whole.source) == products(one.source)
    assert len(products(one.source)) == 7  # three layers forward, dW of each, and δ twice but for the elementwise last
    assert "take" not in whole.source
    value, gradient = whole.value_and_grad()
    same, other = one.value_and_grad(moons.X, [2 * k - 1 for k in moons.y])
    assert abs(value - same) < 1e-15
    np.testing.assert_allclose(gradient, other, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "softplus", "gelu", "silu", "elu"])
@pytest.mark.parametrize("sizes", [[2, 3, 4], [4, 6, 5, 3], [3, 4, 4, 4, 2]])
def test_softmax_cross_entropy_is_the_delta_procedure_under_every_activation(activation, sizes):
    model, last = MLP(sizes, activation=activation, seed=0), len(sizes) - 1
    x = [Value(0.3, label=f"x[{j}]") for j in range(sizes[0])]
    y = [Value(float(j == 0), label=f"y[{j}]") for j in range(sizes[-1])]
    f = model(x)
    source = compile_graph(logsumexp(f) - dot(f, y), inputs=[x, y]).source
    backward = source[source.index("def value_and_grad") :]
    lines = dict(re.findall(r"^    (\w+) = (.*)$", backward, re.MULTILINE))
    assert lines[f"delta{last}"] == "(f - Y) / n"
    for above, here in pairwise(range(last, 0, -1)):
        assert lines[f"delta{here}"].startswith(f"(delta{above} @ W{above}) * ")
        slope = lines[f"delta{here}"].partition(" * ")[2]
        assert "@" not in slope
        assert "delta" not in slope
    for here in range(1, last + 1):
        below = "X" if here == 1 else f"h{here - 1}"
        assert lines[f"dW{here}"] == f"delta{here}.T @ {below}"
        assert lines[f"db{here}"] == f"xp.column_sums(delta{here})"
