"""NumPy's way of writing: its functions of Values and of arrays of Values give traced Values."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
from autograd import OPS, Value, logsumexp

WRITTEN = [  # of an array a of two numbers and a single one v
    "np.exp(v)", "np.sqrt(v)", "np.arctan(a)", "np.hypot(a, v)", "np.arctan2(v, a)", "np.logaddexp(v, a)", "np.square(a)",
    "np.reciprocal(v)", "np.fabs(v)", "np.fabs(a)", "np.abs(-a)", "np.maximum(v, 3.0)", "np.minimum(a, v)", "np.mod(a, 2.5)", "np.fmod(v, 1.5)",
    "np.remainder(a, v)", "np.linalg.norm(a)", "np.std(a)", "np.var(a)", "np.mean(a)", "np.sum(a * v)", "np.prod(a)",
    "np.median(a)", "np.cumsum(a)", "np.max(a)", "np.clip(a, 0.0, 3.5)", "np.round(a) * v", "np.floor(v) * a", "np.where([True, False], a, 0.0)",
    "np.einsum('i,i->', a, a)", "np.einsum('i,j->ij', a, a)", "a @ a", "np.outer(a, a)", "np.dot(a, [1.0, 2.0])", "np.cross(np.append(a, v), [1.0, 2.0, 3.0])",
    "np.sign(v) * v", "np.power(a, 2)", "2.0 ** a", "a % 2", "np.tanh(a).sum()", "np.stack([a, a * v]).mean(axis=0)",
    "np.logaddexp2(a, v)", "np.float_power(a, v)", "np.copysign(a, -v)", "np.deg2rad(v)", "np.radians(a)", "np.rad2deg(v)", "np.degrees(a)",
    "np.hypot(a, a[::-1])", "np.arctan2(a, 2.0)", "np.fmod(a[::-1], a)", "np.hypot(a, 2.0)",
]  # fmt: skip
X = [2.1, 3.2, 1.7]


def computed(written, x):
    return np.ravel(eval(written, {"np": np, "a": np.array(x[:2]), "v": x[2]}))


@pytest.mark.parametrize("written", WRITTEN)
def test_what_is_written_in_numpy_is_traced(written):
    leaves = list(map(Value, X))
    found = computed(written, leaves)
    assert [v.data if isinstance(v, Value) else v for v in found] == pytest.approx(computed(written, X), rel=1e-14)
    total = autograd.sum(found)
    total.backward()
    for i, leaf in enumerate(leaves):
        above, below = ([v + h * (i == j) for j, v in enumerate(X)] for h in (1e-6, -1e-6))
        quotient = (computed(written, above).sum() - computed(written, below).sum()) / 2e-6
        assert leaf.grad == pytest.approx(quotient, rel=1e-7, abs=1e-8)


def test_every_row_that_numpy_has_is_traced():
    rows = [
        op
        for name, op in OPS.items()
        if isinstance(getattr(np, name, None), np.ufunc) and op.operands and not op.operator
    ]
    assert len(rows) > 25
    for op in rows:
        x = [Value((low + high) / 2 + 0.1) for low, high in op.sample]
        found, expected = getattr(np, op.name)(*x), op(*x)
        assert (found.data, found.op.name) == (expected.data, op.name)


def test_functions_of_lists_are_numpys():
    x = [Value(v) for v in (3.0, 1.0, 4.0, 1.5)]
    plain = [v.data for v in x]
    for name in ("prod", "var", "std", "median"):
        assert getattr(autograd, name)(x).data == pytest.approx(getattr(np, name)(plain), rel=1e-15)
    assert autograd.norm(x).data == pytest.approx(np.linalg.norm(plain), rel=1e-15)
    assert [v.data for v in autograd.log_softmax(x)] == pytest.approx([v - logsumexp(plain).data for v in plain])
    assert autograd.median(x[:3]).data == 3.0
    for function in (autograd.prod, autograd.norm, autograd.median, autograd.var):
        with pytest.raises(ValueError, match="of no values: give at least one"):
            function([])


def test_a_product_with_a_zero_and_the_length_of_nothing_have_slopes():
    x = [Value(v) for v in (2.0, 0.0, 3.0)]
    autograd.prod(x).backward()
    assert [v.grad for v in x] == [0.0, 6.0, 0.0]
    x = [Value(0.0), Value(0.0)]
    autograd.norm(x).backward()
    assert [v.grad for v in x] == [0.0, 0.0]
    for function, number, slope in ((autograd.prod, -3.0, 1.0), (autograd.norm, 3.0, -1.0)):
        found = function([v := Value(-3.0)])
        found.backward()
        assert (found.data, v.grad) == (number, slope)
    assert OPS["exponential"](3.0).data == 8.0


def test_the_names_of_pytorchs_habits():
    v = Value(3.0)
    assert (v.item(), v.pow(2).data, v.square().data) == (3.0, 9.0, 9.0)
    (v.detach() * v).backward()
    assert v.grad == 3.0, "as for a constant"
