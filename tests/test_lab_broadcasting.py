"""The checks of notebook 7: right answers pass, typical wrong ones are named."""

import numpy as np
import pytest

from autograd import Value
from nn.lab.checks.broadcasting import SHAPES, check_bias_gradient, check_shapes, check_unbroadcast
from nn.lab.verdict import UNANSWERED

RIGHT = ((5, 3), (5, 3), (2, 4, 3))


def test_the_shapes_that_numpy_gives_are_right():
    sums = [np.ones(a) + np.ones(b) for a, b in (((5, 3), (3,)), ((5, 1), (3,)), ((2, 1, 3), (4, 1)))]
    assert check_shapes(*(s.shape for s in sums))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (((3,), *RIGHT[1:]), "kept the second shape"),
        (((5, 3), (5, 1), (2, 4, 3)), "kept the first shape"),
        (((5, 3), (3, 5), (2, 4, 3)), "swapped rows and columns"),
        (((5, 3), (5,), (2, 4, 3)), "dropped the axis of length 1"),
        (((5, 3), (5, 3), (2, 1, 3)), "kept the first shape"),
        (((5, 3), (5, 3), (4, 3)), "lost an axis"),
        (((5, 3), (5, 3), (2, 1, 3, 4)), "lined up from the left"),
        (((5, 3), ..., (2, 4, 3)), UNANSWERED),
    ],
)
def test_a_wrong_shape_is_named(answer, mistake):
    assert check_shapes(*answer).mistake == mistake


def test_the_shape_that_is_wrong_is_pointed_at():
    assert "`third`" in check_shapes((5, 3), (5, 3), (9,)).advice


def test_what_arrives_at_the_biases_of_a_graph_is_right():
    b = [Value(0.0), Value(0.0)]
    delta = [[0.1, -0.4], [0.3, 0.2], [-0.2, 0.5]]
    uses = [(bias + 1.0) * d for row in delta for bias, d in zip(b, row, strict=True)]  # ∂/∂h̃ is d
    sum(uses[1:], uses[0]).backward()
    assert check_bias_gradient([bias.grad for bias in b])


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ([0.2 / 3, 0.1], "took the mean twice"),
        ([-0.3, 0.5, 0.3], "added along the wrong axis"),
        (0.5, "added everything"),
        ([-0.2, -0.3], "wrong sign"),
        ([-0.2, 0.5], "forgot to add"),
        ([0.1, -0.4], "only the first sample"),
    ],
)
def test_a_wrong_gradient_of_a_bias_is_named(answer, mistake):
    assert check_bias_gradient(answer).mistake == mistake


def by_the_graph(g, shape):
    """NumPy stretches an array of Values; what arrives at them is the answer."""
    small = np.array([Value(0.0) for _ in range(int(np.prod(shape)))], dtype=object).reshape(shape)
    (np.broadcast_to(small, g.shape) * g).sum().backward()
    return np.array([v.grad for v in small.ravel()]).reshape(shape)


def test_undoing_a_broadcast_by_the_scalar_graph_is_right():
    assert check_unbroadcast(by_the_graph)
    assert any(len(a) != len(b) for a, b in SHAPES)
    assert any(1 in b for _, b in SHAPES)


@pytest.mark.parametrize(
    ("function", "mistake"),
    [
        (lambda g, shape: g.sum(axis=0), "only the batch axis"),
        (lambda g, shape: g.sum(axis=tuple(range(g.ndim - len(shape)))), "only the new axes"),
        (lambda g, shape: by_the_graph(g, shape) * np.prod(shape) / g.size, "took the mean"),
        (lambda g, shape: g[0], "forgot to add"),
        (lambda g, shape: g, "did not undo anything"),
        (lambda g, shape: g.reshape(shape), "raises an error"),
        (lambda g, shape: ..., UNANSWERED),
    ],
)
def test_a_wrong_way_back_is_named(function, mistake):
    assert check_unbroadcast(function).mistake == mistake
