"""ln Γ and its derivatives: by 50 digits wherever they are defined, near their poles and zeros and far out too."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from mpmath import mp, mpf

from autograd import OPS, Value, compile_graph, formula, grad, ieee
from autograd.elementary import FUNCTIONS
from autograd.readings import arrays, floats
from autograd.wording import phrasing

ORDERS = (None, 0, 1, 2, 3, 12)  # of lgamma itself, and of its derivatives ψ⁽ⁿ⁾


def function(n):
    """(the value by a number system, in 50 digits, its slope in 50 digits): lgamma for None."""
    if n is None:
        return lambda xp, x: xp.lgamma(x), lambda x: mp.re(mp.loggamma(x)), mp.digamma
    return lambda xp, x: xp.polygamma(n, x), lambda x: mp.psi(n, x), lambda x: mp.psi(n + 1, x)


def drawn(count=25):
    """Numbers everywhere but at the poles."""
    draw = random.Random(0)
    ranges = [
        lambda: draw.uniform(0, 1),
        lambda: draw.uniform(0, 20),
        lambda: draw.uniform(-20, 0),
        lambda: 10 ** draw.uniform(-9, 9),
    ]
    return [f() for f in ranges for _ in range(count)] + [0.5, 1.5, 8.999999, 9.0, -0.5, -99.75, 1e15, 1e-15]


@pytest.mark.parametrize("n", ORDERS)
def test_it_has_its_digits_in_floats_and_in_arrays(n):
    compute, exact, slope = function(n)
    for x, at_once in zip(drawn(), compute(arrays, np.array(drawn())), strict=True):
        true = exact(mpf(x))
        allowed = 4e-15 * (1 + (n or 0)) * (abs(true) + abs(x * slope(mpf(x))))  # as if x were some ulps off
        assert abs(compute(floats, x) - true) <= allowed, x
        assert abs(float(at_once) - true) <= allowed, x


@pytest.mark.parametrize("zero", [1.0, 2.0])
def test_ln_gamma_keeps_its_digits_near_its_zeros(zero):
    assert floats.lgamma(zero) == 0.0
    for h in (1e-3, -1e-3, 1e-6, -1e-9):
        true = mp.loggamma(mpf(zero + h))
        assert abs(floats.lgamma(zero + h) - true) <= 1e-15 * abs(true) + 1e-17


def test_it_is_differentiated_to_any_order_left_of_0_too():
    for x in (2.5, -1.3):
        f = Value.lgamma
        for n in range(4):
            f = grad(f)
            assert f(x) == pytest.approx(float(mp.psi(n, x)), rel=1e-13)
    assert grad(lambda v: v.polygamma(2))(2.5) == FUNCTIONS["polygamma"].floats(3, 2.5)


def test_a_program_computes_it_in_single_precision_too():
    x = Value(-1.25, kind="parameter")
    y = x.lgamma() * x.digamma() + x.polygamma(2)
    y.backward()
    for dtype, digits in (("float64", 1e-13), ("float32", 2e-5)):
        value, (slope,) = compile_graph(y, dtype=dtype).value_and_grad()
        assert (float(value), float(slope)) == pytest.approx((y.data, x.grad), rel=digits)


def test_at_the_ends_it_is_cs_and_at_the_poles_infinite():
    inf = math.inf
    assert [floats.lgamma(x) for x in (inf, -inf)] == [math.lgamma(x) for x in (inf, -inf)] == [inf, inf]
    assert [FUNCTIONS["digamma"].floats(inf), FUNCTIONS["polygamma"].floats(1, inf)] == [inf, 0.0]
    assert Value(1e306).lgamma().data == inf
    with ieee():
        assert [Value(x).lgamma().data for x in (0.0, -2.0)] == [inf, inf]
        assert [abs(Value(x).digamma().data) for x in (0.0, -2.0)] == [inf, inf]


def test_scipys_names_are_traced():
    special = pytest.importorskip("scipy.special")
    v = Value(2.5)
    assert [special.gammaln(v).op.name, special.digamma(v).op.name, special.psi(v).op.name] == [
        "lgamma",
        "digamma",
        "digamma",
    ]
    assert special.gammaln(v).data == pytest.approx(special.gammaln(2.5), rel=1e-15)


def test_it_is_written_as_on_the_board():
    assert OPS["polygamma"].bind(n=2).symbol == "ψ⁽²⁾"
    assert phrasing(OPS["lgamma"], 1)[:3] == ("ln Γ({0})", 9, ("ψ({0})",))
    assert phrasing(OPS["digamma"], 1).slopes == ("ψ⁽¹⁾({0})",)
    assert formula(OPS["digamma"]).local_derivatives[0].latex() == r"\psi^{(1)}\left(x\right)"
