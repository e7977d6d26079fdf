"""Ways to know a derivative that owe nothing to one another: a complex step, Taylor's remainder, forward against backward.

A difference quotient has ten digits at best. An imaginary step has them all, as nothing is subtracted:
f(x + ih) = f(x) + ih f′(x) − …, so that f′(x) = Im f(x + ih) / h. The rules are read with such numbers, in 50 digits.
"""

from __future__ import annotations

import math
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from graphs import programs
from hypothesis import assume, given
from meanings import ON_PURPOSE, evaluated
from mpmath import mp, mpc, mpf
from rounding import bound, is_decided

from autograd import OPS, Value, dot, hessian, topological_order
from autograd.value import apply

every_row = pytest.mark.parametrize("op", [op for name, op in OPS.items() if name not in ON_PURPOSE], ids=repr)
mp.dps = 50
H = mpf("1e-30")
U = 1e-12


class Number:
    """A complex number of 50 digits, ordered by its real part: a step to the side crosses no kink."""

    def __init__(self, z):
        self.z = z.z if isinstance(z, Number) else mpc(z)

    def __neg__(self):
        return Number(-self.z)

    def __abs__(self):
        return -self if self < 0 else self

    def __add__(self, other):
        return Number(self.z + Number(other).z)

    def __sub__(self, other):
        return Number(self.z - Number(other).z)

    def __rsub__(self, other):
        return Number(Number(other).z - self.z)

    def __mul__(self, other):
        return Number(self.z * Number(other).z)

    def __truediv__(self, other):
        return Number(self.z / Number(other).z)

    def __rtruediv__(self, other):
        return Number(Number(other).z / self.z)

    def __lt__(self, other):
        return self.z.real < Number(other).z.real

    def __gt__(self, other):
        return self.z.real > Number(other).z.real

    def __le__(self, other):
        return not self > other

    def __ge__(self, other):
        return not self < other

    __radd__, __rmul__ = __add__, __mul__


class sideways:
    """The number system of such numbers, for the rules of the op table."""

    exp, expm1, log, sqrt, sin, cos, tan, tanh, sinh, cosh, erf, erfc, arcsin, arccos, arctan, arcsinh, arccosh, arctanh, log10, cbrt = (
        staticmethod(lambda x, f=f: Number(f(Number(x).z)))
        for f in (
            mp.exp, mp.expm1, mp.log, mp.sqrt, mp.sin, mp.cos, mp.tan, mp.tanh, mp.sinh, mp.cosh, mp.erf, mp.erfc, mp.asin,
            mp.acos, mp.atan, mp.asinh, mp.acosh, mp.atanh, mp.log10, mp.cbrt,
        )
    )  # fmt: skip
    log1p = staticmethod(lambda x: Number(mp.log(1 + x.z)))
    log2 = staticmethod(lambda x: Number(mp.log(x.z, 2)))
    lgamma = staticmethod(lambda x: Number(mp.loggamma(Number(x).z)))
    digamma = staticmethod(lambda x: Number(mp.digamma(Number(x).z)))
    polygamma = staticmethod(lambda n, x: Number(mp.psi(n, Number(x).z)))
    exp2 = staticmethod(lambda x: Number(mp.power(2, x.z)))
    hypot = staticmethod(lambda x, y: Number(mp.sqrt(Number(x).z ** 2 + Number(y).z ** 2)))
    arctan2 = staticmethod(lambda y, x: Number(mp.atan(y.z / x.z)))  # of a point on the right
    floor, ceil, rint = (staticmethod(lambda x, f=f: Number(f(Number(x).z.real))) for f in (mp.floor, mp.ceil, mp.nint))
    trunc = staticmethod(lambda x: Number(int(Number(x).z.real)))
    fmod = staticmethod(lambda a, b: a - b * int((a / b).z.real))
    remainder = staticmethod(lambda a, b: a - b * mp.floor((a / b).z.real))
    power = staticmethod(lambda x, y: Number(mp.power(Number(x).z, Number(y).z)))
    where = staticmethod(lambda condition, a, b: a if condition else b)
    equal = staticmethod(lambda a, b: not Number(a) < b and not Number(a) > b)
    maximum = staticmethod(lambda a, b: max(a, b))
    minimum = staticmethod(lambda a, b: min(a, b))
    sign = staticmethod(lambda x: 1.0 if x > 0 else -1.0 if x < 0 else 0.0)
    heaviside = staticmethod(lambda x, at_zero: 1.0 if x > 0 else 0.0 if x < 0 else at_zero)
    constant = staticmethod(lambda x: Number(x.z.real))


def stepped(x, v):
    """x + ihv."""
    return Number(mpc(x, H * v))


def imaginary(y):
    """The slope in the direction of the step."""
    return Number(y).z.imag / H


RULES = {name: lambda *x, op=op, **constants: op.bind(**constants).rule(sideways, *x)[0] for name, op in OPS.items()}


def of_all_but_constants(root):
    """The leaves that are no numbers of the program."""
    return [v for v in topological_order(root) if not v.parents and v.op.name != "constant"]


def close(got, true):
    return abs(got - true) <= max(1e-13 * abs(true), 1e-15)


# ── a complex step ──────────────────────────────────────────────────────────


@every_row
def test_every_slope_is_the_complex_step_of_its_rule(op, points):
    for x in points(op):
        slopes = apply(op, *map(Value, x)).local_derivatives
        for i, slope in enumerate(slopes):
            y, _ = op.rule(sideways, *(stepped(v, i == j) for j, v in enumerate(x)))
            assert close(slope, imaginary(y)), (x, i)


@every_row
def test_every_second_derivative_is_the_complex_step_of_a_slope_and_the_order_does_not_matter(op, points):
    for x in points(op, 5):
        H_ = hessian(lambda v: apply(op, *v))(x)
        for j in range(len(x)):
            _, slopes = op.rule(sideways, *(stepped(v, i == j) for i, v in enumerate(x)))
            for i, slope in enumerate(slopes):
                assert abs(H_[i][j] - imaginary(slope)) <= 1e-12 * (1.0 + abs(H_[i][j])), (x, i, j)
                assert abs(H_[i][j] - H_[j][i]) <= 1e-12 * (1.0 + abs(H_[i][j])), (x, i, j)


def test_the_mixed_second_derivative_of_a_power_with_exponent_0_is_one_over_its_base():
    """PyTorch's is 0: what does not depend on x there does so beside."""
    assert hessian(lambda v: v[0] ** v[1])([2.0, 0.0]) == [[0.0, 0.5], [0.5, pytest.approx(math.log(2.0) ** 2)]]


@given(program=programs(), draw=st.randoms(use_true_random=False))
def test_backward_is_the_complex_step_of_a_random_graph(program, draw):
    _, root = program.values()
    leaves = of_all_but_constants(root)
    assume(is_decided(root, U, ties=False))
    v = [draw.uniform(-1, 1) for _ in leaves]
    y = evaluated(root, RULES, {x: stepped(x.data, s) for x, s in zip(leaves, v, strict=True)}, Number)
    root.backward()
    terms = [s * x.grad for s, x in zip(v, leaves, strict=True)]
    assert abs(root.data - Number(y).z.real) <= U * bound(root)
    assert abs(math.fsum(terms) - imaginary(y)) <= 1e-9 * (1.0 + sum(map(abs, terms)))


# ── Taylor's remainder ──────────────────────────────────────────────────────

STRAIGHT = {
    "add", "subtract", "negative", "positive", "absolute", "maximum", "minimum", "clip", "relu", "leaky_relu", "step", "sum",
    "mean", "floor", "ceil", "trunc", "rint", "sign", "fmod", "remainder", "hard_tanh", "relu6", "hard_sigmoid",
}  # fmt: skip


def remainders(f, x, gradient, direction, h):
    """|f(x + hd) − f(x) − h ∇f·d| for h, h/2 and h/4."""
    slope, here = sum(g * d for g, d in zip(gradient, direction, strict=True)), f(x)
    steps = [h, h / 2, h / 4]
    return [abs(f([v + t * d for v, d in zip(x, direction, strict=True)]) - here - t * slope) for t in steps]


def orders(found):
    """By which power of h they fall: 2 if the gradient is right, 1 if it is not."""
    return [float(mp.log(a / b, 2)) for a, b in pairwise(found)]


@every_row
def test_without_its_slope_every_row_is_of_second_order(op, points):
    bent, h = 0, 1e-4
    for x in points(op, 40):
        leaves = list(map(Value, x))
        apply(op, *leaves).backward()
        direction = [(-1.0) ** i for i in range(len(x))]
        found = remainders(lambda x: apply(op, *map(Value, x)).data, x, [v.grad for v in leaves], direction, h)
        if op.name in STRAIGHT:
            assert max(found) < 1e-14
        elif found[0] > 0.02 * h * h:  # else the third order shows
            assert orders(found) == pytest.approx([2.0, 2.0], abs=0.1), x
            bent += 1
    assert bent > 10 or op.name in STRAIGHT


@given(program=programs(), draw=st.randoms(use_true_random=False))
def test_without_its_gradient_a_random_graph_is_of_second_order(program, draw, exact):
    _, root = program.values()
    leaves, h = of_all_but_constants(root), mpf("1e-9")
    assume(is_decided(root, 1e-8, ties=False))
    root.backward()
    direction = [draw.uniform(-1, 1) for _ in leaves]

    def f(x):
        return evaluated(root, exact, dict(zip(leaves, x, strict=True)), mpf)

    found = remainders(f, [mpf(v.data) for v in leaves], [v.grad for v in leaves], direction, h)
    assume(
        found[0] > 1e-3 * h * h * (1.0 + sum(abs(v.grad) for v in leaves))
    )  # else rounding shows, or the third order
    assert orders(found) == pytest.approx([2.0, 2.0], abs=0.1)


def test_with_a_wrong_slope_the_remainder_is_of_first_order():
    found = remainders(lambda x: x[0] ** 2, [3.0], [6.006], [1.0], 1e-4)
    assert orders(found) == pytest.approx([1.0, 1.0], abs=0.1)


# ── forward against backward ────────────────────────────────────────────────


def pushed_forward(root, tangents, of=float):
    """J v: of each node, the slope in the direction of the leaves' tangents, forward through the local derivatives.

    of=abs gives Σ |terms|.
    """
    found = dict(tangents)
    for node in topological_order(root):
        if node not in found:
            pairs = zip(node.local_derivatives, node.parents, strict=True)
            found[node] = math.fsum(of(local) * found[p] for local, p in pairs)
    return found


@given(program=programs(), draw=st.randoms(use_true_random=False))
def test_a_jacobian_times_a_vector_is_the_transpose_of_what_backward_computes(program, draw):
    """u · (J v) = (Jᵀ u) · v, of a graph with several outputs."""
    leaves = list(map(Value, program.leaves))
    results = program.run(leaves)[len(leaves) :]
    outputs = draw.sample(results, draw.randint(1, len(results)))
    u, v = ([draw.uniform(-1, 1) for _ in side] for side in (outputs, leaves))
    total = dot([Value(c, kind="constant") for c in u], outputs)
    forward = pushed_forward(total, dict(zip(leaves, v, strict=True)))
    total.backward()
    terms = [x.grad * s for x, s in zip(leaves, v, strict=True)]
    pushed = [c * forward[y] for c, y in zip(u, outputs, strict=True)]
    sizes = pushed_forward(total, {x: abs(s) for x, s in zip(leaves, v, strict=True)}, of=abs)
    assert math.fsum(pushed) == pytest.approx(math.fsum(terms), rel=1e-11, abs=1e-11 * sizes[total])
