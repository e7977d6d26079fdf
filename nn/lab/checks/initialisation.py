"""Notebook 8, initialisation: what zero weights learn, the variance of three layers, Kaiming for a leaky ReLU."""

from __future__ import annotations

from typing import Any

from nn.lab.verdict import Verdict, judge, judge_function

__all__ = ["check_std", "check_variances", "check_zero"]


def check_zero(f: Any, learning: Any) -> Verdict:
    """Are these the outputs of a 3-5-4 softmax network of zeros, and the number of its parameters with a gradient?

    f: 4 numbers; learning: a number

    >>> check_zero([0, 0, 0, 0], 4)
    ✗ Forgot the softmax. The raw outputs are 0. What does softmax make of four equal numbers?
    """
    outputs = judge(
        f,
        [0.25] * 4,
        {
            "forgot the softmax": ([0.0] * 4, "The raw outputs are 0. What does softmax make of four equal numbers?"),
            "took the sigmoid": ([0.5] * 4, "The shares of the classes sum to 1."),
            "forgot to divide by the sum": ([1.0] * 4, "e⁰ is 1, and then?"),
        },
        hint="Four raw outputs are equal, and the shares sum to 1.",
    )
    if not outputs:
        return outputs
    return judge(
        learning,
        4,
        {
            "forgot the last bias": (0, "The slope at the raw outputs is f − y. Is it 0? And which parameters feel it directly?"),
            "forgot that h is 0": (24, "∂L/∂Wᴸ is δᴸ times what the hidden units say. What do they say?"),
            "counted one class": (1, "At how many raw outputs is f − y not 0?"),
            "forgot the zeros in between": (44, "What reaches a hidden unit is multiplied by a weight above it."),
            "counted the hidden biases": (9, "What reaches a hidden unit is multiplied by a weight above it."),
        },
        hint="Go backward: f − y at the outputs; then which local derivatives are 0?",
        praise="Right: only the last bias.",
    )  # fmt: skip


def check_variances(first: Any, second: Any, third: Any) -> Verdict:
    """Are these Var[h̃] of three ReLU layers with m = 50, Var(W) = 0.1² and inputs from N(0, 1)?

    >>> check_variances(0.5, 0.25, 0.125)
    ✗ Forgot the half. From the second layer on ReLU has thrown away one half of the bell curve.
    """
    m, variance = 50, 0.1**2

    def layers(gain: float, half: float = 0.5, input_share: float = 1.0) -> list[float]:
        one = gain * input_share
        return [one, one * gain * half, one * (gain * half) ** 2]

    return judge(
        [first, second, third],
        layers(m * variance),
        {
            "rectified the input": (layers(m * variance, input_share=0.5), "The first layer's inputs have not been through a ReLU."),
            "forgot the half": (layers(m * variance, half=1.0), "From the second layer on ReLU has thrown away one half of the bell curve."),
            "took the standard deviation": (layers(m * 0.1), "0.1 is the standard deviation of the weights. The formula has their variance."),
            "forgot the number of inputs": (layers(variance), "A neuron adds up m independent terms, and variances of independent terms add."),
            "forgot to go on": (layers(m * variance)[:1] * 3, "Each layer starts from the variance of the layer before."),
        },
        hint="m · Var(W) · E[h²]: for the first layer h is x. What is E[h²] after a ReLU?",
        praise="Right: a quarter per layer, so it vanishes.",
    )  # fmt: skip


def check_std(answer: Any) -> Verdict:
    """Does this function of (m, a) give the standard deviation that keeps Var[h̃] under a leaky ReLU of slope a?

    >>> check_std(lambda m, a: 2 / ((1 + a**2) * m))
    ✗ Gave the variance. The standard deviation is its square root.
    """
    return judge_function(
        answer,
        lambda m, a: (2 / ((1 + a * a) * m)) ** 0.5,
        [(100, 0.0), (50, 0.01), (128, 0.2), (8, 1.0)],
        {
            "gave the variance": (lambda m, a: 2 / ((1 + a * a) * m), "The standard deviation is its square root."),
            "forgot the slope below 0": (lambda m, a: (2 / m) ** 0.5, "The half below 0 is not thrown away, it is made smaller."),
            "forgot to square the slope": (lambda m, a: (2 / ((1 + a) * m)) ** 0.5, "E[σ²] has the square of a z in it."),
            "forgot the half": (lambda m, a: (1 / ((1 + a * a) * m)) ** 0.5, "For a = 0 it must be √(2/m)."),
            "divided where it multiplies": (lambda m, a: (2 * (1 + a * a) / m) ** 0.5, "A larger slope lets more through. Must the weights be larger, or smaller?"),
        },
        hint="Each half of the bell curve gives half of its share: 1² · ½ above 0, a² · ½ below.",
        praise="Right: and a = 1 is a linear network, 1/m.",
        tolerance=1e-5,
    )  # fmt: skip
