"""Notebook 3, activations: two slopes, and the one line that linear activations collapse to."""

from __future__ import annotations

from typing import Any

from nn.lab.verdict import Verdict, judge, judge_function

__all__ = ["check_collapse", "check_leaky_slope", "check_sigmoid_slope"]


def check_sigmoid_slope(answer: Any) -> Verdict:
    """The slope of the sigmoid where its value is h = 0.8.

    >>> check_sigmoid_slope(0.36)
    ✗ Wrong local derivative. 1 − h² belongs to tanh.
    """
    h = 0.8
    mistakes = {
        "gave the value, not the slope": (h, "h says how high the curve is. How steep is it?"),
        "wrong local derivative": (1 - h * h, "1 − h² belongs to tanh."),
        "forgot a factor": (1 - h, "The slope is small at both ends of the curve, at h = 0 too."),
        "wrong sign": (-h * (1 - h), "Does the sigmoid rise or fall?"),
    }
    return judge(
        answer, h * (1 - h), mistakes, praise="Known from h alone.", hint="It can be written with h and nothing else."
    )


def check_leaky_slope(answer: Any) -> Verdict:
    """The slope, as a function of z, of a leaky ReLU: z above 0, z/10 below; at 0 the left slope, as the library has it.

    >>> check_leaky_slope(lambda z: 1.0 if z > 0 else 0.0)
    ✗ Flat below 0. This is the slope of ReLU, whose neurons can die.
    """
    mistakes = {
        "flat below 0": (lambda z: float(z > 0), "This is the slope of ReLU, whose neurons can die."),
        "gave the value, not the slope": (lambda z: z if z > 0 else z / 10, "How fast does it rise there?"),
        "wrong way round": (lambda z: 0.1 if z > 0 else 1.0, "Which side is the steep one?"),
        "the other choice at 0": (lambda z: 1.0 if z >= 0 else 0.1, "Right but for the kink: which slope is asked for?"),
        "wrong sign": (lambda z: 1.0 if z > 0 else -0.1, "Going right, does it rise or fall below 0?"),
    }  # fmt: skip
    return judge_function(
        answer,
        lambda z: 1.0 if z > 0 else 0.1,
        [-3.0, -0.5, 0.0, 0.25, 2.0],
        mistakes,
        praise="Two slopes, neither of them 0.",
        hint="It is made of two straight lines: how steep is each?",
    )


def check_collapse(answer: Any) -> Verdict:
    """(W, b) of the one line that h = σ(3x + 1), f = 2h − 4 is, where σ(z) = z/2.

    >>> check_collapse((6.0, -2.0))
    ✗ Forgot the activation. σ halves what it is given.
    """
    (w1, b1), a, (w2, b2) = (3.0, 1.0), 0.5, (2.0, -4.0)
    mistakes = {
        "forgot the activation": ((w2 * w1, w2 * b1 + b2), "σ halves what it is given."),
        "forgot the first bias": ((w2 * a * w1, b2), "What is f at x = 0?"),
        "forgot to multiply the bias": ((w2 * a * w1, a * b1 + b2), "The first bias passes the second weight too."),
        "wrong order": ((w2 * a * b1 + b2, w2 * a * w1), "First the number that x is multiplied by, then the other."),
    }
    return judge(
        answer,
        (w2 * a * w1, w2 * a * b1 + b2),
        mistakes,
        praise="Two layers, one line.",
        hint="Put σ(3x + 1) into f, multiply out, and give (W, b).",
    )
