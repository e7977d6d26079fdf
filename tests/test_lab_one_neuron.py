"""The checks of notebook 1: right answers pass, typical wrong ones are named."""

from __future__ import annotations

import re
from contextlib import suppress
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from autograd import Value
from nn import Neuron, data
from nn.lab.checks.one_neuron import check_fires, check_nand, check_xor_output
from nn.lab.verdict import RAISES, UNANSWERED, UNKNOWN, WRONG_KIND

GRID = [-2.0, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0]


def says(numbers, inputs):
    """What the library's own neuron says, of these three numbers."""
    neuron = Neuron(2, activation="step")
    for p, number in zip(neuron.parameters(), numbers, strict=True):
        p.data = number
    return [neuron(x).data for x in inputs]


def test_nand_accepts_exactly_the_neurons_that_are_nand():
    for numbers in product(GRID, repeat=3):
        nand = says(numbers, data.AND.X) == [1.0, 1.0, 1.0, 0.0]
        assert bool(check_nand(numbers)) == nand, numbers


def test_the_output_neuron_is_accepted_exactly_if_it_makes_xor_of_or_and_nand():
    hidden = list(zip(says((1, 1, -0.5), data.XOR.X), says((-1, -1, 1.5), data.XOR.X), strict=True))
    for numbers in product(GRID, repeat=3):
        assert bool(check_xor_output(numbers)) == (says(numbers, hidden) == data.XOR.y), numbers


@pytest.mark.parametrize(
    ("numbers", "mistake"),
    [
        ((1, 1, -1.5), "wrong sign"),
        ((-1, -1, 2), "always fires"),
        ((-1, -1, -1), "never fires"),
        ((-1, -1, 0.5), "wrong bias"),
        ((0, -1, 0.5), UNKNOWN),
    ],
)
def test_wrong_nands_are_named(numbers, mistake):
    assert check_nand(numbers).mistake == mistake


@pytest.mark.parametrize(
    ("numbers", "mistake"),
    [
        ((1, 1, -0.5), "always fires"),
        ((1, 1, -2.5), "never fires"),
        ((-1, -1, 1.5), "wrong sign"),
        ((0, 1, -0.5), "ignores h₁"),
        ((1, 0, -0.5), "ignores h₂"),
    ],
)
def test_wrong_output_neurons_are_named(numbers, mistake):
    assert check_xor_output(numbers).mistake == mistake


def test_a_neuron_of_the_students_own_is_judged_by_what_it_says():
    def fires(w, x, b):
        total = b
        for wi, xi in zip(w, x, strict=True):
            total += wi * xi
        return total >= 0  # True counts as 1

    assert check_fires(fires)


def weighted(w, x):
    return sum(wi * xi for wi, xi in zip(w, x, strict=True))


@pytest.mark.parametrize(
    ("fires", "mistake"),
    [
        (lambda w, x, b: int(weighted(w, x) >= 0), "forgot the bias"),
        (lambda w, x, b: weighted(w, x) + b, "forgot the threshold"),
        (lambda w, x, b: int(weighted(w, x) + b > 0), "silent at 0"),
        (lambda w, x, b: int(sum(x) + b >= 0), "forgot the weights"),
        (lambda w, x, b: int(weighted(w, x) + b < 0), "wrong sign"),
        (lambda w, x, b: int(weighted(w, x) - b >= 0), "wrong sign of the bias"),
        (lambda w, x, b: int(w[0] * x[0] + w[1] * x[1] + b >= 0), "only two inputs"),
        (lambda w, x, b: 1, UNKNOWN),
        (lambda w, x, b: 1 / 0, RAISES),
        (lambda w, x, b: ..., UNANSWERED),
        (lambda w, x, b: None, UNANSWERED),
    ],
)
def test_wrong_neurons_are_named(fires, mistake):
    assert check_fires(fires).mistake == mistake


def test_the_mistakes_lead_to_different_answers():
    """Otherwise a name would be told for another mistake."""
    wrong = [
        check_fires(lambda w, x, b, k=k: int([weighted(w, x), weighted(w, x) - b, sum(x) + b][k] >= 0)).mistake
        for k in range(3)
    ]
    assert len(set(wrong)) == 3


@pytest.mark.parametrize("check", [check_nand, check_xor_output])
def test_what_is_not_three_numbers_gets_a_verdict(check):
    firing = [(1, 1, 1, 0), [0, 1, 1, 0], [1, 1, 1, 1]]  # instead of the numbers that make it fire so
    for junk in (*firing, "abc", "123", [], (1, 2), 3.0, {"w": 1}, {1, 2, 3}, lambda: 0, (1, 2, 10**400), (1, 2, "3")):
        verdict = check(junk)
        assert verdict.mistake == WRONG_KIND
        assert re.fullmatch(r"Three numbers are wanted: \(.1, .2, .\)\.", verdict.advice)


def test_three_numbers_may_come_as_any_kind_of_numbers():
    for kind in (Value, Fraction, np.float32):
        assert check_nand([kind(-1.0), kind(-1.0), kind(1.5)])
    assert check_nand(np.array([[-1.0], [-1.0], [1.5]]))
    assert check_nand(Neuron(2, activation="step", init=1.0).parameters()).mistake == "always fires"


def test_no_hint_is_an_answer():
    for check in (check_nand, check_xor_output):
        for wrong in ((0, 0, 0), (0, -1, 0.5), (1, 2), "abc"):
            for numbers in re.findall(r"\(([^()]+)\)", check(wrong).advice):
                with suppress(ValueError):
                    assert not check(tuple(map(float, numbers.split(","))))
