"""Notebook 7, broadcasting: which shape, the gradient of a bias, and undoing any broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.lab.verdict import Verdict, judge, judge_function

__all__ = ["check_bias_gradient", "check_shapes", "check_unbroadcast"]


def check_shapes(first: Any, second: Any, third: Any) -> Verdict:
    """Are these the shapes of (5, 3) + (3,), of (5, 1) + (3,) and of (2, 1, 3) + (4, 1)?

    >>> check_shapes((5, 3), (5, 1), (2, 4, 3))
    ✗ Kept the first shape. The axis of length 1 is stretched, whichever of the two has it. (Look at `second`.)
    """
    kept = "The axis of length 1 is stretched, whichever of the two has it."
    lost = "An axis that only one of them has stays. The result is as long as the longer shape."
    questions: list[tuple[str, Any, tuple[int, ...], tuple[int, ...], dict[str, tuple[Any, str]]]] = [
        ("first", first, (5, 3), (3,), {"kept the second shape": ((3,), lost)}),
        ("second", second, (5, 1), (3,), {
            "kept the first shape": ((5, 1), kept),
            "kept the second shape": ((3,), lost),
            "dropped the axis of length 1": ((5,), "An axis of length 1 is stretched, not dropped."),
            "swapped rows and columns": ((3, 5), "Which of the two says how many rows there are?"),
        }),
        ("third", third, (2, 1, 3), (4, 1), {
            "kept the first shape": ((2, 1, 3), kept),
            "lost an axis": ((4, 3), lost),
            "dropped the axis of length 1": ((2, 3), "An axis of length 1 is stretched, not dropped."),
            "lined up from the left": ((2, 1, 3, 4), "Write the shapes below each other, aligned on the right."),
        }),
    ]  # fmt: skip
    for name, answer, a, b, mistakes in questions:
        verdict = judge(
            answer, np.broadcast_shapes(a, b), mistakes, hint="Write the shapes below each other, aligned on the right."
        )
        if not verdict:
            return Verdict(verdict.mistake, f"{verdict.advice} (Look at `{name}`.)")
    return Verdict(None, "Right: from the right, and a 1 fits everything.")


def check_bias_gradient(answer: Any) -> Verdict:
    """Is this ∂L/∂b, the sum over the batch of the δ of the exercise?

    answer: 2 numbers, one per neuron

    >>> check_bias_gradient([-0.2, 0.5])
    ✗ Forgot to add. That is one sample alone. Every sample used the bias, so every row sends it something.
    """
    δ = np.array([[0.1, -0.4], [0.3, 0.2], [-0.2, 0.5]])
    alone = "That is one sample alone. Every sample used the bias, so every row sends it something."
    return judge(
        answer,
        δ.sum(axis=0),
        {
            "took the mean twice": (δ.mean(axis=0), "δ is the gradient of the mean loss already: 1/n is in it."),
            "added along the wrong axis": (δ.sum(axis=1), "A row is a sample. There is one bias per neuron, not one per sample."),
            "added everything": (δ.sum(), "Each neuron has a bias of its own."),
            "wrong sign": (-δ.sum(axis=0), "h̃ = W x + b: what is the local derivative ∂h̃/∂b?"),
            "forgot to add": (δ[-1], alone),
            "only the first sample": (δ[0], alone),
        },
        hint="Which numbers of δ arrive at the first neuron's bias?",
        praise="Right: down the columns.",
    )  # fmt: skip


SHAPES = [((5, 3), (3,)), ((5, 3), (5, 1)), ((2, 4, 3), (4, 1)), ((2, 4, 3), (2, 1, 3)), ((4, 3), (4, 3)), ((6,), ())]


def check_unbroadcast(answer: Any) -> Verdict:
    """Does this function of (g, shape) add a gradient along every axis that broadcasting made or stretched?

    >>> check_unbroadcast(lambda g, shape: g.sum(axis=0))
    ✗ Only the batch axis. Which axes were stretched? That depends on the shape: those that are new, and those of length 1.
    """
    rng = np.random.default_rng(0)
    samples = [(rng.integers(-9, 10, size=big).astype(float), small) for big, small in SHAPES]
    return judge_function(
        answer,
        _unbroadcast,
        samples,
        {
            "only the batch axis": (
                lambda g, shape: g.sum(axis=0),
                "Which axes were stretched? That depends on the shape: those that are new, and those of length 1.",
            ),
            "only the new axes": (
                lambda g, shape: g.sum(axis=tuple(range(g.ndim - len(shape)))),
                "An axis of length 1 was stretched, too.",
            ),
            "only the axes of length 1": (
                lambda g, shape: g.sum(axis=tuple(i for i, m in enumerate(shape) if m == 1), keepdims=True),
                "Axes that the array did not have at all are new.",
            ),
            "took the mean": (lambda g, shape: _unbroadcast(g, shape) * np.prod(shape) / g.size, "Gradients of several uses add up; nothing divides them."),
            "forgot to add": (lambda g, shape: g[0], "That is one use of the array. It was used many times."),
            "did not undo anything": (lambda g, shape: g, "The result must have the shape of the array before it was stretched."),
        },
        hint="Compare the two shapes, aligned on the right.",
        praise="Right: this is how array libraries do it, too.",
    )  # fmt: skip


def _unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, m in enumerate(shape) if m == 1), keepdims=True)
