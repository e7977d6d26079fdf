"""``no_grad``: results that keep no operands, and everything that differentiates goes on as ever."""

from __future__ import annotations

import copy
import pickle
import threading
import weakref

import pytest

from autograd import Value, compiled, dot, grad, gradcheck, hessian, jacobian, no_grad, value
from nn import MLP, data, fit


def test_inside_results_are_constants_with_the_same_numbers():
    x, net = [0.5, -1.0], MLP([2, 3, 1], activation="tanh", seed=0)
    recorded = net(x)
    with no_grad():
        y = net(x)
        results = [y, dot(x, x), Value(2.0) ** 2, abs(Value(-1.0)), -y, 3.0 * y]
    assert y.data == recorded.data
    for result in results:
        assert (result.parents, result.local_derivatives, result.op.name) == ((), (), "constant")
        assert type(result) is Value
    assert net(x).parents, "and outside they are not"
    assert pickle.loads(pickle.dumps(y)).data == copy.deepcopy(y).data == y.data
    with pytest.raises(ValueError, match=r"was computed inside no_grad\(\), which keeps no graph: compute it outside"):
        y.backward()


def test_what_a_result_was_computed_from_is_freed_at_once():
    with no_grad():
        x = Value(2.0)
        middle = x * x
        y, seen = middle + 1.0, weakref.ref(middle)
        del middle
        assert (seen(), y.data) == (None, 5.0)


def test_it_nests_is_a_decorator_and_ends_with_an_error_too():
    @no_grad()
    def asked(v):
        return v * v

    v = Value(3.0)
    assert asked(v).parents == ()
    with pytest.raises(ZeroDivisionError), no_grad(), no_grad():
        Value(1.0) / 0.0
    assert asked(v).data == (v * v).data
    assert (v * v).parents == (v, v)
    assert value.new is object.__new__, "nodes cost nothing more"


def test_it_is_one_threads_own():
    found = []
    with no_grad():
        other = threading.Thread(target=lambda: found.append((Value(2.0) * 3.0).parents))
        other.start()
        other.join()
    assert len(found[0]) == 2


def test_what_differentiates_goes_on():
    @compiled
    def square(w):
        return w * w

    def f(v):
        return v[0] * v[0] * v[1]

    model, sample = MLP([2, 2, 1], seed=0), data.XOR
    with no_grad():
        assert grad(grad(lambda x: x**3))(2.0) == 12.0
        assert jacobian(f)([2.0, 3.0]) == [12.0, 4.0]
        assert hessian(f)([2.0, 3.0]) == [[6.0, 4.0], [4.0, 0.0]]
        assert square.value_and_grad(Value(3.0))[1].tolist() == [6.0]
        losses = [record.loss for record in fit(model, *sample[:2], loss="logistic", epochs=3)]
        assert gradcheck(lambda x: x * x, 2.0).ok
    assert losses[2] < losses[0]


def test_a_parameter_is_not_moved_by_another_value_of_its_name():
    p = Value(2.0, label="w", kind="parameter")
    with pytest.raises(TypeError, match=r"w -= … would make another Value, .* w\.data -= 0\.1 \* w\.grad"):
        p -= 0.1
    w = Value(1.0)
    with no_grad(), pytest.raises(TypeError, match=r"p\.data -= 0\.1 \* p\.grad"):
        w -= 0.1 * w.grad
    loss = w * 2.0
    loss -= 1.0
    assert (loss.data, w.data, p.data) == (1.0, 1.0, 2.0)
