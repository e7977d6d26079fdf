"""Notebook 5, losses: the mean squared error, a logistic loss that never overflows, the slopes at the outputs."""

from __future__ import annotations

from math import exp, isfinite, log1p
from typing import Any

from nn.lab.answers import as_number
from nn.lab.verdict import RAISES, UNKNOWN, Verdict, judge, judge_function
from nn.losses import softmax

__all__ = ["check_delta", "check_mse", "check_stable"]


def check_mse(answer: Any) -> Verdict:
    """Is this 1/(2n) Σ (yᵢ − fᵢ)² for f = (2, 0, 1) and y = (1, 1, −1)?

    >>> check_mse(2.0)
    ✗ Forgot the half. The lecture's loss has 1/(2n) in front, so that its slope has no 2.
    """
    pairs = list(zip((2.0, 0.0, 1.0), (1.0, 1.0, -1.0), strict=True))
    n, squares = len(pairs), sum((y - f) ** 2 for f, y in pairs)
    return judge(
        answer,
        squares / (2 * n),
        {
            "forgot the half": (squares / n, "The lecture's loss has 1/(2n) in front, so that its slope has no 2."),
            "forgot the mean": (squares / 2, "The sum is divided by the number of samples, too."),
            "forgot both factors": (squares, "What stands in front of the sum?"),
            "forgot to square": (sum(f - y for f, y in pairs) / (2 * n), "Errors of opposite sign must not cancel."),
            "multiplied y and f": (sum((y * f) ** 2 for f, y in pairs) / (2 * n), "That is the slide's slip: a minus is lost there."),
        },
        hint="Three differences, squared, added up; then the factor in front.",
    )  # fmt: skip


def check_stable(answer: Any) -> Verdict:
    """Is this function of (f̃, y) the logistic loss of one sample, for every f̃ from −1000 to 1000?

    Asked first where nothing can overflow, so that a wrong formula is not taken for a large number.

    >>> from math import exp, log
    >>> check_stable(lambda z, y: log(1 + exp(-z if y else z)))
    ✗ Overflows. Your function of 1000.0, 0: OverflowError: math range error
    """
    near = [(z, y) for z in (-3.0, -0.5, 0.0, 2.0, 4.0) for y in (0, 1)]
    everywhere = [*near, *((z, y) for z in (1000.0, -1000.0) for y in (0, 1))]
    verdict = judge_function(
        answer,
        _logistic,
        near,
        {
            "wrong sign": (lambda z, y: -_logistic(z, y), "A loss is large where the network is wrong."),
            "forgot y": (lambda z, y: _logistic(z, 0), "For y = 1 the network is right where z is large. And for y = 0?"),
            "wrote it for one class": (lambda z, y: _logistic(z, 1), "For y = 0 the network is right where z is small."),
            "took y the wrong way round": (lambda z, y: _logistic(z, 1 - y), "Which class does a large z speak for?"),
            "lost the small part": (lambda z, y: max(0.0, _signed(z, y)), "At z = 0 the loss is log 2, not 0."),
            "gave the probability": (lambda z, y: exp(-_logistic(z, y)), "That is f at the true class. The loss is −log of it."),
        },
        hint="At z = 0 the loss is log 2, whatever y is.",
    )  # fmt: skip
    if not verdict:
        return verdict
    beyond = judge_function(
        answer, _logistic, everywhere, praise="Right, from −1000 to 1000.", hint="Right near 0. Far away:"
    )
    if beyond.mistake not in (UNKNOWN, RAISES):
        return beyond
    finite = judge_function(lambda z, y: isfinite(as_number(answer(z, y)) or 0.0), lambda z, y: True, everywhere)
    return Verdict("wrong far from 0" if finite else "overflows", beyond.advice)


def _signed(z: float, y: int) -> float:
    return -z if y else z


def _logistic(z: float, y: int) -> float:
    return max(0.0, _signed(z, y)) + log1p(exp(-abs(z)))


def check_delta(answer: Any) -> Verdict:
    """Are these ∂L/∂f̃ₖ = (fₖ − yₖ)/4, for the raw outputs (2, 1, −1) and the first class, in a batch of 4?

    answer: 3 numbers

    >>> check_delta([0.705, 0.259, 0.035])
    ✗ Forgot y and the upstream gradient. That is the slope of logsumexp. The true class is in the loss once more.
    """
    f, y, n = [p.data for p in softmax([2.0, 1.0, -1.0])], [1.0, 0.0, 0.0], 4
    δ = [fk - yk for fk, yk in zip(f, y, strict=True)]
    upstream = "L is the mean of 4 losses: how much does L feel of this one?"
    uphill = "Which way makes the loss smaller: up or down with the true class? The slope points the other way."
    return judge(
        answer,
        [d / n for d in δ],
        {
            "wrong sign": ([-d / n for d in δ], uphill),
            "forgot the upstream gradient": (δ, upstream),
            "wrong sign, and forgot the upstream gradient": ([-d for d in δ], uphill),
            "forgot y": ([fk / n for fk in f], "That is the slope of logsumexp. The true class is in the loss once more."),
            "forgot y and the upstream gradient": (f, "That is the slope of logsumexp. The true class is in the loss once more."),
            "only the true class": ([δ[0] / n, 0.0, 0.0], "All three outputs are in logsumexp: a larger wrong one costs, too."),
            "sigmoids, not softmax": (
                [(1 / (1 + exp(-o)) - yk) / n for o, yk in zip((2.0, 1.0, -1.0), y, strict=True)],
                "The shares of the classes sum to 1.",
            ),
        },
        hint="First f, by softmax; then subtract what is true; then: how much of this sample is in the mean?",
        praise="Right: (f − y)/n.",
    )  # fmt: skip
