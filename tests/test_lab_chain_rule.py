"""The checks of notebook 2: right answers pass, typical wrong ones are named."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from autograd import Value, gradcheck, topological_order
from nn.lab.checks.chain_rule import check_order, check_slope, check_two_paths
from nn.lab.verdict import UNKNOWN, WRONG_KIND

# ── one edge ────────────────────────────────────────────────────────────────


def test_the_slope_that_is_accepted_is_the_difference_quotient():
    (row, _) = gradcheck(lambda w, x: 0.42 * (w * x), 0.5, 2.0).rows
    assert check_slope(row.numeric)
    assert check_slope(Value(row.numeric))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (2.0, "forgot the upstream gradient"),
        (0.42, "forgot the local derivative"),
        (0.21, "wrong local derivative"),
        (2.42, "added along a path"),
        (-0.84, "wrong sign"),
        (17.0, UNKNOWN),
    ],
)
def test_wrong_slopes_are_named(answer, mistake):
    assert check_slope(answer).mistake == mistake


# ── two paths ───────────────────────────────────────────────────────────────


def test_the_sum_that_is_accepted_is_the_difference_quotient():
    (row, _) = gradcheck(lambda a, b: (a * b + a) ** 2, 1.0, 2.0).rows
    assert check_two_paths(row.numeric)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (12, "forgot to add"),  # through the product alone
        (6, "forgot to add"),  # through the sum alone
        (3, "forgot the upstream gradient"),
        (72, "multiplied over paths"),
        (9, "wrong local derivative"),  # u for the slope of u²
        (-18, "wrong sign"),
        (100, UNKNOWN),
    ],
)
def test_wrong_sums_are_named(answer, mistake):
    assert check_two_paths(answer).mistake == mistake


# ── the order ───────────────────────────────────────────────────────────────


def walked(order):
    """The gradients of a backward pass that visits the results in this order."""
    a, b = Value(2.0), Value(3.0)
    p = a * b
    q = p + b
    r = p * q
    L = r + q
    nodes = {"p": p, "q": q, "r": r, "L": L}
    grad = dict.fromkeys(topological_order(L), 0.0) | {L: 1.0}
    for node in (nodes[n] for n in order):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            grad[parent] += local * grad[node]
    return [grad[a], grad[b]]


def test_exactly_the_orders_with_the_right_gradients_are_accepted():
    report = gradcheck(lambda a, b: a * b * (a * b + b) + (a * b + b), 2.0, 3.0)
    for order in permutations("Lpqr"):
        right = walked(order) == pytest.approx([row.numeric for row in report.rows])
        assert check_order(list(order)).mistake == (None if right else "wrong order"), order
        assert check_order(np.array(order)).mistake == check_order(list(order)).mistake, order


@pytest.mark.parametrize("answer", [["L", "r", "q"], ["L", "r", "q", "a"], ["L", "L", "r", "q"], [1, 2, 3, 4]])
def test_an_order_has_every_result_once(answer):
    assert check_order(answer).mistake in (UNKNOWN, WRONG_KIND)


# ── whatever a student writes ───────────────────────────────────────────────


@pytest.mark.parametrize(
    ("check", "right"), [(check_slope, "0.84"), (check_two_paths, "18"), (check_order, "'r', 'q'")]
)
def test_no_advice_gives_the_answer_away(check, right):
    for answer in (..., 0, 1, 2, 3, 6, 9, 12, 72, 0.21, 0.42, 2.42, ["L", "q", "r", "p"], ["p", "q", "r", "L"], "abc"):
        assert right not in check(answer).advice
