"""The checks of notebook 4: right answers pass, typical wrong ones are named."""

from itertools import product

import numpy as np
import pytest

from autograd import Value
from nn import MLP, measure
from nn.lab.checks.networks import check_depth, check_forward, check_width
from nn.lab.verdict import UNANSWERED, UNKNOWN


def forward():
    """The network of the exercise, asked."""
    model = MLP([2, 2, 1])
    for p, number in zip(model.parameters(), [1, -2, 1, 3, 1, -1, 2, -1, 0.5], strict=True):
        p.data = float(number)
    f = model([1.0, 2.0])
    return [z.data for z in model.layers[0].h_pre], [h.data for h in model.layers[0].h], f.data


def test_what_the_network_computes_is_right():
    assert check_forward(*forward())


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (([-3, 5], [0, 5], -5), "forgot the bias"),
        (([8, -1], [8, 0], 16.5), "wrong order"),
        (([-2, 4], [-2, 4], -7.5), "forgot the activation"),
        (([-2, 4], [0, 4], -7.5), "forgot the activation"),
        (([-2, 4], [0, 4], -4), "forgot the bias"),
        (([-2, 4], [0, 4], 0), "bent the output"),
        (([-2, 4], ..., -3.5), UNANSWERED),
    ],
)
def test_the_first_step_of_a_forward_pass_that_fails_is_named(answer, mistake):
    assert check_forward(*answer).mistake == mistake


def test_the_width_asked_for_is_the_smallest_that_is_wide_enough():
    from math import pi, sin

    errors = dict(zip((70, 71), measure.approximation_errors(lambda x: sin(2 * pi * x), [70, 71]), strict=True))
    assert errors[71] < 0.001 < errors[70]
    assert check_width(71)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (70, "rounded down"),
        (4935, "forgot the square root"),
        (12, "wrong local derivative"),
        (70.2481, "not a number of neurons"),
        (70.2, "not a number of neurons"),
        (71.2, "not a number of neurons"),
        (4930, "forgot the square root"),
        (100, "wider than it needs to be"),
        (np.int64(72), "wider than it needs to be"),
        (Value(100.0), "wider than it needs to be"),
        (40, "not right yet"),
    ],
)
def test_a_wrong_width_is_named(answer, mistake):
    assert check_width(answer).mistake == mistake


def test_depth_adds_neurons_where_width_multiplies_them():
    for size in measure.sawtooth_sizes([1, 2, 3, 6]):
        assert (size.deep, size.shallow) == (2 * size.depth, 2**size.depth)
    assert check_depth(2 * 20, 2**20)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ((20, 2**20), "counted layers, not neurons"),
        ((2**20, 2**20), "one neuron per piece"),
        ((40, 40), "no folding in one layer"),
        ((40, 2**19), "one bend per neuron"),
        ((40, 2**20 - 1), "counted the bends alone"),
        ((40, 2**20 + 1), UNKNOWN),
        ((40, 1.05e6), UNKNOWN),
        ((41, 2**20), UNKNOWN),
        ((40, None), UNANSWERED),
    ],
)
def test_a_wrong_count_of_neurons_is_named(answer, mistake):
    assert check_depth(*answer).mistake == mistake


@pytest.mark.parametrize("n", [2, 4, 8])
def test_a_neuron_at_each_bend_is_one_too_few_for_a_sawtooth(n):
    """Whichever way each of them opens, no weights of the output and no bias give the sawtooth; with one more they do."""
    x = np.linspace(0.0, 1.0, 16 * n + 1)
    teeth = 1 - abs(1 - (n * x) % 2)

    def misses(bends, ways):
        hidden = [np.maximum(way * (x - bend), 0.0) for bend, way in zip(bends, ways, strict=True)]
        A = np.stack([*hidden, np.ones_like(x)], axis=1)
        return abs(A @ np.linalg.lstsq(A, teeth, rcond=None)[0] - teeth).max()

    bends = [k / n for k in range(1, n)]
    assert min(misses(bends, ways) for ways in product((1, -1), repeat=n - 1)) > 0.01
    assert misses([0.0, *bends], [1] * n) < 1e-9
