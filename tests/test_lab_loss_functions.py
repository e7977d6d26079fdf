"""The checks of notebook 5: right answers pass, typical wrong ones are named."""

from math import exp, log

import pytest

from autograd import Value
from nn import cross_entropy, logistic, mse, softmax
from nn.lab.checks.loss_functions import check_delta, check_mse, check_stable
from nn.lab.verdict import UNANSWERED


def test_the_librarys_mean_squared_error_is_right():
    assert check_mse(mse([Value(2.0), Value(0.0), Value(1.0)], [1.0, 1.0, -1.0]))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (2, "forgot the half"),
        (3, "forgot the mean"),
        (6, "forgot both factors"),
        (1 / 3, "forgot to square"),
        (5 / 6, "multiplied y and f"),
    ],
)
def test_a_wrong_mean_squared_error_is_named(answer, mistake):
    assert check_mse(answer).mistake == mistake


def test_the_librarys_logistic_loss_is_right():
    assert check_stable(lambda z, y: logistic([Value(z)], [y]).data)


@pytest.mark.parametrize(
    ("function", "mistake"),
    [
        (lambda z, y: log(1 + exp(z * (1 - 2 * y))), "overflows"),
        (lambda z, y: min(30.0, log(1 + exp(min(z * (1 - 2 * y), 700)))), "wrong far from 0"),
        (lambda z, y: log(1 + exp(z * (1 - 2 * y))) if abs(z) < 700 else float("inf"), "overflows"),
        (lambda z, y: log(1 + exp(z * (1 - 2 * y))) if abs(z) < 700 else None, "returns nothing"),
        (lambda z, y: -log(1 / (1 + exp(-z)) if y else 1 - 1 / (1 + exp(-z))), "overflows"),
        (lambda z, y: log(1 + exp(z if y else -z)), "took y the wrong way round"),
        (lambda z, y: log(1 + exp(-z)), "wrote it for one class"),
        (lambda z, y: log(1 + exp(z)), "forgot y"),
        (lambda z, y: -log(1 + exp(z * (1 - 2 * y))), "wrong sign"),
        (lambda z, y: max(0.0, z * (1 - 2 * y)), "lost the small part"),
        (lambda z, y: 1 / (1 + exp(z * (1 - 2 * y))), "gave the probability"),
        (lambda z, y: y * log(1 / z), "raises an error"),
        (lambda z, y: ..., UNANSWERED),
        (lambda z, y: None, UNANSWERED),
        (lambda z, y: "abc", "not the kind of answer that is asked for"),
    ],
)
def test_a_wrong_logistic_loss_is_named(function, mistake):
    assert check_stable(function).mistake == mistake


def test_the_graphs_gradient_at_the_outputs_is_right():
    outputs = [Value(o) for o in (2.0, 1.0, -1.0)]
    others = [[Value(0.5), Value(0.0), Value(-2.0)]] * 3
    cross_entropy([outputs, *others], [0, 1, 2, 0]).backward()
    assert check_delta([o.grad for o in outputs])
    assert check_delta([float(f"{o.grad:.3g}") for o in outputs])  # by hand


F = [p.data for p in softmax([2.0, 1.0, -1.0])]


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ([(1 - F[0]) / 4, -F[1] / 4, -F[2] / 4], "wrong sign"),
        ([F[0] - 1, F[1], F[2]], "forgot the upstream gradient"),
        ([1 - F[0], -F[1], -F[2]], "wrong sign, and forgot the upstream gradient"),
        ([p / 4 for p in F], "forgot y"),
        (F, "forgot y and the upstream gradient"),
        ([(F[0] - 1) / 4, 0, 0], "only the true class"),
        ([-0.0298, 0.18276, 0.067235], "sigmoids, not softmax"),
        ([F[0] - 1, F[1]], "not the kind of answer that is asked for"),
    ],
)
def test_wrong_slopes_at_the_outputs_are_named(answer, mistake):
    assert check_delta(answer).mistake == mistake
