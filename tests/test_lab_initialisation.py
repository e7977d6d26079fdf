"""The checks of notebook 8: right answers pass, typical wrong ones are named."""

from statistics import mean

import pytest

from nn import MLP, cross_entropy, init, measure, softmax
from nn.lab.checks.initialisation import check_std, check_variances, check_zero
from nn.lab.verdict import UNANSWERED


def test_what_a_network_of_zeros_does_is_right():
    model = MLP([3, 5, 4], activation="tanh", init="zero")
    f = model([1.0, -2.0, 0.5])
    cross_entropy([f], [2]).backward()
    assert check_zero(softmax(f), sum(p.grad != 0 for p in model.parameters()))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (([0] * 4, 4), "forgot the softmax"),
        (([0.5] * 4, 4), "took the sigmoid"),
        (([1] * 4, 4), "forgot to divide by the sum"),
        (([0.25] * 4, 0), "forgot the last bias"),
        (([0.25] * 4, 24), "forgot that h is 0"),
        (([0.25] * 4, 1), "counted one class"),
        (([0.25] * 4, 9), "counted the hidden biases"),
        (([0.25] * 4, 44), "forgot the zeros in between"),
        (([0.25] * 4, ...), UNANSWERED),
    ],
)
def test_a_wrong_idea_of_zero_weights_is_named(answer, mistake):
    assert check_zero(*answer).mistake == mistake


def test_the_variances_of_the_exercise_are_those_that_are_measured():
    draws = [
        measure.layer_variances(init.normal(0, 0.1), width=50, depth=3, samples=20, seed=seed) for seed in range(20)
    ]
    measured = [mean(layers[l].measured for layers in draws) for l in range(3)]
    assert measured == pytest.approx([0.5, 0.125, 0.03125], rel=0.1)
    assert check_variances(0.5, 0.125, 0.03125)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ((0.25, 0.0625, 0.015625), "rectified the input"),
        ((0.5, 0.25, 0.125), "forgot the half"),
        ((5, 12.5, 31.25), "took the standard deviation"),
        ((0.01, 0.00005, 0.00000025), "forgot the number of inputs"),
        ((0.5, 0.5, 0.5), "forgot to go on"),
        ((0.5, 0.125, None), UNANSWERED),
    ],
)
def test_wrong_variances_are_named(answer, mistake):
    assert check_variances(*answer).mistake == mistake


@pytest.mark.parametrize("a", [0.0, 0.2, 0.9])
def test_the_standard_deviation_that_is_right_keeps_the_variance(a):
    def std(m, a):
        return (2 / ((1 + a**2) * m)) ** 0.5

    assert check_std(std)
    layers = measure.layer_variances(init.normal(0, std(128, a)), activation=lambda z: z.leaky_relu(a), depth=5)
    assert layers[4].formula == pytest.approx(layers[1].formula, rel=0.05)  # the weights drawn have not quite this std


@pytest.mark.parametrize(
    ("function", "mistake"),
    [
        (lambda m, a: 2 / ((1 + a * a) * m), "gave the variance"),
        (lambda m, a: (2 / m) ** 0.5, "forgot the slope below 0"),
        (lambda m, a: (2 / ((1 + a) * m)) ** 0.5, "forgot to square the slope"),
        (lambda m, a: (1 / ((1 + a * a) * m)) ** 0.5, "forgot the half"),
        (lambda m, a: (2 * (1 + a * a) / m) ** 0.5, "divided where it multiplies"),
        (lambda m, a: 1 / 0, "raises an error"),
        (lambda m, a: ..., UNANSWERED),
    ],
)
def test_a_wrong_standard_deviation_is_named(function, mistake):
    assert check_std(function).mistake == mistake
