"""Notebook 1, one neuron: it fires (1) where w·x + b ≥ 0, and is silent (0) elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from nn import data
from nn.lab.answers import fitted, is_missing
from nn.lab.verdict import NOT_ANSWERED, WRONG_KIND, Verdict, judge, judge_function

__all__ = ["check_fires", "check_nand", "check_xor_output"]

Inputs = Sequence[Sequence[float]]


def check_nand(answer: Any) -> Verdict:
    """Numbers (w₁, w₂, b) of a neuron that is silent at (1, 1) alone. There are many; any will do.

    >>> check_nand((1, 1, -1.5))
    ✗ Wrong sign. This is AND: it fires where NAND is silent, and the other way round.
    """
    return _judged_by_firing(
        answer,
        data.AND.X,
        [1, 1, 1, 0],
        {
            "wrong sign": ([0, 0, 0, 1], "This is AND: it fires where NAND is silent, and the other way round."),
            "always fires": ([1, 1, 1, 1], "Also at (1, 1). What is w·x + b there? At 0 a neuron still fires."),
            "never fires": ([0, 0, 0, 0], "Where is w·x + b largest, and does it reach 0 there?"),
            "wrong bias": ([1, 0, 0, 0], "This is NOR, silent as soon as one input is 1. Which number moves the line?"),
        },
        numbers="(w1, w2, b)",
        praise="Silent at (1, 1) alone.",
    )


def check_xor_output(answer: Any) -> Verdict:
    """Numbers (v₁, v₂, c) of an output neuron that makes XOR of h₁ = OR and h₂ = NAND.

    >>> check_xor_output((1, 1, -0.5))
    ✗ Always fires. On every corner h₁ or h₂ is 1. Is one of them enough?
    """
    h1, h2 = data.OR.y, [1 - y for y in data.AND.y]
    return _judged_by_firing(
        answer,
        list(zip(h1, h2, strict=True)),
        data.XOR.y,
        {
            "always fires": ([1, 1, 1, 1], "On every corner h₁ or h₂ is 1. Is one of them enough?"),
            "never fires": ([0, 0, 0, 0], "With h₁ = h₂ = 1, does v·h + c reach 0?"),
            "wrong sign": ([1, 0, 0, 1], "It fires exactly where XOR is silent."),
            "ignores h₁": (h2, "This is h₂ again. Which corner does h₁ keep out?"),
            "ignores h₂": (h1, "This is h₁ again. Which corner does h₂ keep out?"),
        },
        numbers="(v1, v2, c)",
        praise="Both at once: OR, but not AND.",
    )


def check_fires(answer: Any) -> Verdict:
    """A function fires(w, x, b) that gives 1 where w·x + b ≥ 0 and else 0, for any number of inputs.

    >>> check_fires(lambda w, x, b: 1 if w[0] * x[0] + w[1] * x[1] + b >= 0 else 0)
    ✗ Only two inputs. Right for two inputs; this neuron may have three, or more.
    """
    samples = [([w1, w2], x, b) for w1, w2, b in (_AND, _OR, (-1, 2, -1), (2, -3, 1)) for x in data.AND.X]
    return judge_function(
        answer,
        lambda w, x, b: int(_sum(w, x) + b >= 0),
        [*samples, ([1, -2, 3], [3, 1, 2], -5)],
        {
            "forgot the bias": (lambda w, x, b: int(_sum(w, x) >= 0), "What does b do to the sum?"),
            "forgot the threshold": (
                lambda w, x, b: _sum(w, x) + b,
                "This is w·x + b itself, which can be any number; a neuron says 1 or 0.",
            ),
            "silent at 0": (lambda w, x, b: int(_sum(w, x) + b > 0), "What does 1{z ≥ 0} say at z = 0?"),
            "forgot the weights": (lambda w, x, b: int(sum(x) + b >= 0), "Each input counts as much as its weight says."),
            "wrong sign": (lambda w, x, b: int(_sum(w, x) + b < 0), "It fires exactly where it should be silent."),
            "only two inputs": (
                lambda w, x, b: int(_sum(w[:2], x[:2]) + b >= 0),
                "Right for two inputs; this neuron may have three, or more.",
            ),
            "wrong sign of the bias": (lambda w, x, b: int(_sum(w, x) - b >= 0), "Is b added, or is it taken away?"),
        },
        praise="That is a neuron.",
        hint="Multiply each input by its weight, add them up, add b, and ask whether that is 0 or more.",
    )  # fmt: skip


_AND, _OR = (1.0, 1.0, -1.5), (1.0, 1.0, -0.5)


def _sum(w: Sequence[float], x: Sequence[float]) -> float:
    return sum(wi * xi for wi, xi in zip(w, x, strict=True))


def _judged_by_firing(
    answer: Any, inputs: Inputs, right: Sequence[int], mistakes: Any, *, numbers: str, praise: str
) -> Verdict:
    """Judge three numbers by where the neuron they make fires: 1 where w₁x₁ + w₂x₂ + b ≥ 0, else 0."""
    if is_missing(answer):
        return NOT_ANSWERED
    given = fitted(answer, [0.0] * 3)
    if not (isinstance(given, list) and len(given) == 3 and all(isinstance(x, float) and isfinite(x) for x in given)):
        return Verdict(WRONG_KIND, f"Three numbers are wanted: {numbers}.")
    w1, w2, b = given
    fired = [int(w1 * x1 + w2 * x2 + b >= 0) for x1, x2 in inputs]
    return judge(fired, right, mistakes, praise=praise, hint=f"It fires like this on the four corners: {fired}.")
