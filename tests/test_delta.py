"""Generic backprop is the δ procedure: the lecture's formulas come out of the chain rule on the graph."""

import numpy as np
import pytest
from delta_procedure import SIGMA, delta_procedure
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import topological_order
from nn import MLP, cross_entropy, logistic, losses, mse, one_hot, softmax

TOLERANCE = 1e-12


def arrays(model):
    W = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in model.layers]
    return W, [np.array([n.b.data for n in layer.neurons]) for layer in model.layers]


def gradients(model):
    W = [np.array([[w.grad for w in n.w] for n in layer.neurons]) for layer in model.layers]
    return W, [np.array([n.b.grad for n in layer.neurons]) for layer in model.layers]


def random_problem(rng, loss, depth, n):
    outputs = {"mse": int(rng.integers(1, 4)), "logistic": 1, "cross_entropy": int(rng.integers(2, 5))}[loss]
    sizes = [int(m) for m in rng.integers(1, 5, size=depth)] + [outputs]
    X = rng.normal(size=(n, sizes[0]))
    if loss == "mse":
        targets = rng.normal(size=(n, outputs))
        return sizes, X, targets.tolist(), targets
    labels = rng.integers(0, max(2, outputs), size=n)
    return (
        sizes,
        X,
        labels.tolist(),
        np.array(one_hot(labels.tolist(), outputs)) if outputs > 1 else labels[:, None] * 1.0,
    )


@pytest.mark.parametrize("activation", SIGMA)
@pytest.mark.parametrize("loss", ["mse", "logistic", "cross_entropy"])
@settings(max_examples=settings.default.max_examples // 4)  # of each of thirty pairs
@given(depth=st.integers(1, 5), n=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_the_graphs_gradients_are_those_of_the_delta_procedure(activation, loss, depth, n, seed):
    rng = np.random.default_rng(seed)
    sizes, X, targets, Y = random_problem(rng, loss, depth, n)
    model = MLP(sizes, activation=activation, init="normal", seed=seed)
    for p in model.parameters():
        p.data += 0.1  # biases off zero, so that no kink is hit
    _, _, dW, db = delta_procedure(*arrays(model), X, Y, activation, loss)
    losses.get(loss)([model(x) for x in X], targets).backward()
    for ours, theirs in zip([*gradients(model)[0], *gradients(model)[1]], [*dW, *db], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE * max(1.0, np.abs(theirs).max()))


@pytest.mark.parametrize("loss", ["mse", "logistic", "cross_entropy"])
def test_delta_can_be_read_off_the_graph_as_the_gradient_at_h_pre(loss):
    rng = np.random.default_rng(3)
    sizes, X, targets, Y = random_problem(rng, loss, 4, 1)
    model = MLP(sizes, activation="tanh", seed=3)
    _, deltas, _, _ = delta_procedure(*arrays(model), X, Y, "tanh", loss)
    losses.get(loss)([model(X[0])], targets).backward()
    for layer, delta in zip(model.layers, deltas, strict=True):
        np.testing.assert_allclose([v.grad for v in layer.h_pre], delta[0], rtol=TOLERANCE, atol=1e-15)


@given(logits=st.lists(st.floats(-30, 30), min_size=2, max_size=6), data=st.data())
def test_the_slope_of_cross_entropy_at_the_logits_is_f_minus_y(logits, data):
    from autograd import Value

    y = data.draw(st.integers(0, len(logits) - 1))
    o = [Value(z) for z in logits]
    cross_entropy([o], [y]).backward()
    f = [p.data for p in softmax(logits)]
    assert [v.grad for v in o] == pytest.approx([fk - (k == y) for k, fk in enumerate(f)], abs=1e-14)


@given(z=st.floats(-300, 300), y=st.sampled_from([0, 1]))
def test_the_slope_of_the_logistic_loss_at_the_logit_is_f_minus_y(z, y):
    from autograd import Value

    logit = Value(z)
    logistic([logit], [y]).backward()
    assert logit.grad == pytest.approx(Value(z).sigmoid().data - y, abs=1e-15)


def test_the_slope_of_the_half_mean_square_at_the_output_is_f_minus_y_over_n():
    from autograd import Value

    f = [Value(3.0), Value(-1.0)]
    mse(f, [1.0, 1.0]).backward()
    assert [v.grad for v in f] == [1.0, -1.0]  # (3 − 1)/2, (−1 − 1)/2


def test_f_minus_y_is_written_nowhere_a_loss_is_made_of_rows_of_the_op_table():
    model = MLP([2, 3], seed=0)
    loss = cross_entropy([model([0.5, -0.5])], [1])
    assert all(v.op.operands or v.op.n_ary for v in topological_order(loss) if v.parents)
