"""The δ procedure of the lecture gives the graph's gradients; edges grow linearly where paths double."""

import numpy as np
import pytest
from delta_procedure import delta_procedure as reference

from autograd import Value
from nn import MLP, cross_entropy, one_hot
from nn.lab.delta import delta_procedure, paths_and_edges, weights


@pytest.mark.parametrize("sizes", [[2, 2], [2, 4, 3, 2], [3, 5, 4, 3, 4]], ids=str)
def test_the_delta_procedure_is_the_reference_and_the_graph(sizes):
    model, rng = MLP(sizes, init="normal", seed=5), np.random.default_rng(5)
    x, y = rng.normal(size=sizes[0]), np.array(one_hot([1], sizes[-1]))[0]
    W, b = weights(model)
    delta, dW, db = delta_procedure(W, b, x, y)
    _, deltas, dWs, dbs = reference([*W.values()], [*b.values()], x[None], y[None], "relu", "cross_entropy")
    cross_entropy([model(x)], [1]).backward()
    for l, layer in enumerate(model.layers, 1):
        np.testing.assert_allclose(delta[l], deltas[l - 1][0], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(dW[l], dWs[l - 1], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(db[l], dbs[l - 1], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(delta[l], [v.grad for v in layer.h_pre], rtol=1e-12, atol=1e-14)


def test_paths_double_with_each_square_and_edges_do_not():
    x = Value(1.1)
    y = x
    for k in range(1, 21):
        y = y * y
        assert paths_and_edges(y) == (2**k, 2 * k)
