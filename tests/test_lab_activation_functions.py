"""The checks of notebook 3: right answers pass, typical wrong ones are named."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Value, gradcheck
from nn import MLP
from nn.lab.checks.activation_functions import check_collapse, check_leaky_slope, check_sigmoid_slope
from nn.lab.verdict import RAISES, UNANSWERED, UNKNOWN, WRONG_KIND
from nn.theory import collapse


def test_the_sigmoid_slope_that_is_accepted_is_the_difference_quotient():
    z = 1.3862943611198906  # ln 4, where the sigmoid is 0.8
    (row,) = gradcheck(lambda z: z.sigmoid(), z).rows
    assert Value(z).sigmoid().data == pytest.approx(0.8)
    assert check_sigmoid_slope(row.numeric)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (0.8, "gave the value, not the slope"),
        (0.36, "wrong local derivative"),
        (0.2, "forgot a factor"),
        (-0.16, "wrong sign"),
        (0.25, UNKNOWN),
    ],
)
def test_wrong_sigmoid_slopes_are_named(answer, mistake):
    assert check_sigmoid_slope(answer).mistake == mistake


def test_the_leaky_slope_that_is_accepted_is_the_librarys_own():
    def slope(z):
        x = Value(z)
        x.leaky_relu(negative_slope=0.1).backward()
        return x.grad

    assert check_leaky_slope(slope)


@pytest.mark.parametrize(
    ("slope", "mistake"),
    [
        (lambda z: 1.0 if z > 0 else 0.0, "flat below 0"),
        (lambda z: z if z > 0 else z / 10, "gave the value, not the slope"),
        (lambda z: 0.1 if z > 0 else 1.0, "wrong way round"),
        (lambda z: 1.0 if z >= 0 else 0.1, "the other choice at 0"),
        (lambda z: 1.0 if z > 0 else -0.1, "wrong sign"),
        (lambda z: 1.0, UNKNOWN),
        (lambda z: 1.0 / z, RAISES),
        (lambda z: None, UNANSWERED),
        (lambda z: ..., UNANSWERED),
    ],
)
def test_wrong_leaky_slopes_are_named(slope, mistake):
    assert check_leaky_slope(slope).mistake == mistake


def test_the_line_that_is_accepted_is_the_collapsed_network():
    network = MLP([1, 1, 1], activation=lambda z: z / 2)
    for p, number in zip(network.parameters(), [3.0, 1.0, 2.0, -4.0], strict=True):
        p.data = number
    ((W,),), (b,) = collapse(network)
    assert check_collapse((W, b))
    assert check_collapse([W, b])
    assert check_collapse(collapse(network))
    assert check_collapse((np.array([[W]]), np.array([b])))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ((6.0, -2.0), "forgot the activation"),
        ((3.0, -4.0), "forgot the first bias"),
        ((3.0, -3.5), "forgot to multiply the bias"),
        ((-3.0, 3.0), "wrong order"),
        ((0.0, 0.0), UNKNOWN),
        ((3.0,), WRONG_KIND),
        (3.0, WRONG_KIND),
    ],
)
def test_wrong_lines_are_named(answer, mistake):
    assert check_collapse(answer).mistake == mistake
