"""Notebook 4, networks: a forward pass by hand, how wide, and what depth is worth."""

from __future__ import annotations

from math import ceil, floor, isfinite, pi, sqrt
from typing import Any

from nn.lab.answers import as_number
from nn.lab.verdict import UNKNOWN, Verdict, judge

__all__ = ["check_depth", "check_forward", "check_width"]

WRONG_ORDER = "Row i of W holds the weights of neuron i: its h̃ takes W[i][0], W[i][1], … and not a column."


def check_forward(h_pre: Any, h: Any, f: Any) -> Verdict:
    """Is this the forward pass of the 2-2-1 ReLU network of the exercise, at x = (1, 2)?

    h̃ = W¹ x + b¹, h = max(0, h̃), f̃ = W² h + b²; judged in this order, so that the first step that fails is named.

    h_pre, h: 2 numbers each; f: a number

    >>> check_forward([-3, 5], [0, 5], -5)
    ✗ Forgot the bias. Each neuron adds one number of its own to its weighted sum.
    """
    W, b, x = [[1.0, -2.0], [3.0, 1.0]], [1.0, -1.0], [1.0, 2.0]
    sums = [row[0] * x[0] + row[1] * x[1] for row in W]
    columns = [W[0][i] * x[0] + W[1][i] * x[1] + b[i] for i in range(2)]
    right = [total + bias for total, bias in zip(sums, b, strict=True)]
    fired = [max(0.0, z) for z in right]
    verdicts = [
        judge(h_pre, right, {
            "forgot the bias": (sums, "Each neuron adds one number of its own to its weighted sum."),
            "wrong order": (columns, WRONG_ORDER),
        }, hint="Start with h̃: take the first row of W¹ times x, and add the first bias."),
        judge(h, fired, {
            "forgot the activation": (right, "What does ReLU make of a negative number?"),
        }, hint="h̃ is right. h is σ of it, number by number."),
        judge(f, 2.0 * fired[0] - fired[1] + 0.5, {
            "forgot the bias": (2.0 * fired[0] - fired[1], "h̃ and h are right. The output adds a bias, too."),
            "forgot the activation": (2.0 * right[0] - right[1] + 0.5, "h is right, and the output is made of h, not of h̃."),
            "bent the output": (max(0.0, 2.0 * fired[0] - fired[1] + 0.5), "The last layer is linear: it has no σ."),
        }, hint="h̃ and h are right. f̃ is W² h + b².", praise="Right: weigh, add, bend; weigh, add."),
    ]  # fmt: skip
    return next((verdict for verdict in verdicts if not verdict), verdicts[-1])


def check_width(answer: Any) -> Verdict:
    """Is this the smallest m with max|g″| / (8 m²) < 0.001, for g(x) = sin(2πx)?

    >>> check_width(40)
    ✗ Not right yet. Put your m into the bound: is it below ε, and is it not for m − 1?
    """
    exact = sqrt((2.0 * pi) ** 2 / (8.0 * 0.001))
    smallest = ceil(exact)
    whole = "Neurons are whole: which whole number is the first that is enough?"
    verdict = judge(
        answer,
        smallest,
        {
            "rounded down": (floor(exact), "m is a whole number, and the error has to stay below ε."),
            "not a number of neurons": (exact, whole),
            "forgot the square root": (exact**2, "m is squared in the bound."),
            "wrong local derivative": (
                ceil(sqrt(1.0 / 0.008)),
                "What is the derivative of sin(2πx)? The chain rule applies, and it applies twice.",
            ),
        },
        praise="Right. For a hundredth of this error you would need ten times the neurons.",
        hint="Put your m into the bound: is it below ε, and is it not for m − 1?",
    )
    m = as_number(answer)
    if verdict.mistake != UNKNOWN or m is None or not isfinite(m):
        return verdict
    if m != int(m):
        return Verdict("not a number of neurons", whole)
    if m > smallest:
        return Verdict("wider than it needs to be", "It is enough. Is a smaller m enough, too?")
    return verdict


def check_depth(deep: Any, shallow: Any) -> Verdict:
    """Are these the hidden neurons that a sawtooth of 2²⁰ pieces takes, deep and shallow?

    >>> check_depth(2**20, 2**20)
    ✗ One neuron per piece. That is the shallow network. What does one more layer of two neurons do to the number of pieces?
    """
    deep_verdict = judge(
        deep,
        2 * 20,
        {
            "counted layers, not neurons": (20, "How many neurons does a layer have?"),
            "one neuron per piece": (
                2**20,
                "That is the shallow network. What does one more layer of two neurons do to the number of pieces?",
            ),
        },
        hint="Each layer doubles the pieces: how many layers until there are 2²⁰?",
    )
    shallow_verdict = judge(
        shallow,
        2**20,
        {
            "no folding in one layer": (40, "Without a next layer nothing is folded: each neuron bends the line once."),
            "one bend per neuron": (2**19, "A neuron of a hidden layer makes one bend, not two."),
            "counted the bends alone": (
                2**20 - 1,
                "So many bends do make 2²⁰ pieces. But the output has no linear term: what gives the first piece its slope?",
            ),
        },
        praise="Right: that is what depth is worth.",
        hint="The deep network is right. In one layer each neuron bends the line at one place.",
    )
    return deep_verdict if not deep_verdict else shallow_verdict
