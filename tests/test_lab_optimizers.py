"""The checks of notebook 9: right answers pass, typical wrong ones are named."""

from __future__ import annotations

import math

import pytest

from nn import Adam, RMSprop
from nn.lab.checks.optimizers import EPS, check_adam, check_largest_rate, check_rmsprop_step
from nn.measure import moves


def adam(w, slope, m, g, t):
    m, g = 0.9 * m + 0.1 * slope, 0.99 * g + 0.01 * slope**2
    return w - 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(g / (1 - 0.99**t)) + EPS), m, g


def raising(*_):
    raise RuntimeError("no")


def test_the_solutions_pass():
    assert check_largest_rate(0.04)
    assert check_rmsprop_step(0.8)  # g = 98, then 49 + 32 = 81
    assert check_adam(adam)


def test_a_step_of_the_librarys_own_optimizers_passes():
    assert check_rmsprop_step(moves(lambda p: RMSprop(p, lr=1.0, alpha=0.5, eps=1.0), [14, 8])[1])
    w = m = g = 0.0
    for t, slope in enumerate([3.0, 4.0, -12.0], start=1):
        w, m, g = adam(w, slope, m, g, t)
    assert sum(moves(lambda p: Adam(p, lr=0.1, betas=(0.9, 0.99), eps=EPS), [3.0, 4.0, -12.0])) == pytest.approx(-w)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (2 / 2, "looked along the wrong direction"),
        (1 / 50, "stopped at the first overshoot"),
        (50 / 2, "turned the fraction over"),
        (2 / 26, "averaged the curvatures"),
        (0.05, "not right yet"),
    ],
)
def test_mistakes_about_the_largest_rate_are_named(answer, mistake):
    assert check_largest_rate(answer).mistake == mistake


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (8 / math.sqrt(81 + 1), "put ε inside the root"),
        (8 / (81 + 1), "forgot the root"),
        (8 / (math.sqrt(196 + 64) + 1), "summed where RMSprop averages"),
        (8 / (math.sqrt(32) + 1), "forgot what g remembers"),
        (8 / (math.sqrt(49 + 64) + 1), "forgot to weigh the new square"),
        (8 / (math.sqrt(98 + 32) + 1), "started g at the first square"),
        (14 / (math.sqrt(98) + 1), "moved by the first gradient"),
        (-0.8, "wrong sign"),
        (1.0, "not right yet"),  # the worked example of the notebook has other numbers
    ],
)
def test_mistakes_in_a_step_of_rmsprop_are_named(answer, mistake):
    assert check_rmsprop_step(answer).mistake == mistake


def averages(slope, m, g):
    return 0.9 * m + 0.1 * slope, 0.99 * g + 0.01 * slope**2


def step_by(rule):
    """A wrong Adam: right averages, and a move of its own."""

    def step(w, slope, m, g, t):
        m, g = averages(slope, m, g)
        return w - 0.1 * rule(slope, m, g, t), m, g

    return step


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (
            step_by(lambda slope, m, g, t: m / (1 - 0.9**t) / math.sqrt(g / (1 - 0.99**t) + 0.5)),
            "put ε inside the root",
        ),
        (step_by(lambda slope, m, g, t: m / (math.sqrt(g) + 0.5)), "forgot the bias correction"),
        (step_by(lambda slope, m, g, t: m / (1 - 0.9**t) / (g / (1 - 0.99**t) + 0.5)), "forgot the root"),
        (
            step_by(lambda slope, m, g, t: m / (1 - 0.9 ** (t + 1)) / (math.sqrt(g / (1 - 0.99 ** (t + 1))) + 0.5)),
            "counted the steps from 0",
        ),
        (step_by(lambda slope, m, g, t: -m / (1 - 0.9**t) / (math.sqrt(g / (1 - 0.99**t)) + 0.5)), "wrong sign"),
        (step_by(lambda slope, m, g, t: slope / (math.sqrt(g / (1 - 0.99**t)) + 0.5)), "moved by the gradient"),
        (lambda w, slope, m, g, t: (adam(w, slope, m, g, t)[0], m, g), "forgot to carry the averages on"),
        (lambda w, slope, m, g, t: None if t > 1 else adam(w, slope, m, g, t), "returns nothing"),
        (lambda w, slope, m, g, t: w, "not the kind of answer that is asked for"),
        (raising, "raises an error"),
        (lambda w: w, "raises an error"),
        (lambda *_: ..., "not answered yet"),
    ],
)
def test_mistakes_in_adam_are_named(answer, mistake):
    assert check_adam(answer).mistake == mistake


def test_swapped_betas_and_a_sum_of_squares_are_named():
    def swapped(w, slope, m, g, t):
        m, g = 0.99 * m + 0.01 * slope, 0.9 * g + 0.1 * slope**2
        return w - 0.1 * m / (1 - 0.99**t) / (math.sqrt(g / (1 - 0.9**t)) + 0.5), m, g

    def summed(w, slope, m, g, t):
        m, g = 0.9 * m + 0.1 * slope, g + slope**2
        return w - 0.1 * m / (1 - 0.9**t) / (math.sqrt(g / (1 - 0.99**t)) + 0.5), m, g

    assert check_adam(swapped).mistake == "swapped the two βs"
    assert check_adam(summed).mistake == "summed where Adam averages"
