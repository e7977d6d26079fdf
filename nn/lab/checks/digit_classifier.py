"""Notebook 10, digits: how many parameters, δ at the outputs, and the recall of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.lab.verdict import Verdict, judge, judge_function

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check_delta", "check_parameter_count", "check_recall"]


# ── exercise 1 ──────────────────────────────────────────────────────────────


def check_parameter_count(answer: Any) -> Verdict:
    """How many parameters has a 64-32-10 network?

    >>> check_parameter_count(64 * 32 + 32 * 10)
    ✗ Forgot the biases. Each neuron has one number more than its weights.
    """
    weights = 64 * 32 + 32 * 10
    return judge(
        answer,
        weights + 32 + 10,
        {
            "forgot the biases": (weights, "Each neuron has one number more than its weights."),
            "counted one bias per layer": (weights + 2, "b is a vector: how long is it in each layer?"),
            "gave the pixels a bias": (weights + 64 + 32 + 10, "The input layer computes nothing: h⁰ = x."),
            "counted the neurons": (
                32 + 10,
                "A parameter is a number that training changes. How many does one neuron have?",
            ),
            "counted the input as neurons": (64 + 32 + 10, "How many numbers does *one* hidden neuron hold?"),
            "multiplied all sizes": (64 * 32 * 10, "Take one layer after the other, and add."),
        },
        praise="W and b of both layers.",
        hint="W¹ has a row for each hidden neuron. How long is that row, and what else does a neuron have?",
    )


# ── exercise 2 ──────────────────────────────────────────────────────────────

PROBABILITIES = (0.7, 0.2, 0.1)
TRUE = 1


def check_delta(answer: Any) -> Verdict:
    """∂ℓ/∂f̃ of the cross-entropy where softmax says (0.7, 0.2, 0.1) and class 1 is true.

    >>> check_delta([-0.7, 0.8, -0.1])
    ✗ Wrong sign. Which logit should grow so that the loss falls? Its slope is negative.
    """
    f = PROBABILITIES
    delta = [p - (k == TRUE) for k, p in enumerate(f)]
    return judge(
        answer,
        delta,
        {
            "wrong sign": (
                [-d for d in delta],
                "Which logit should grow so that the loss falls? Its slope is negative.",
            ),
            "forgot to subtract y": (list(f), "These are the probabilities. What does the true class change?"),
            "gave y only": ([float(k == TRUE) for k in range(3)], "How wrong the network is depends on f, too."),
            "only looked at the true class": (
                [(k == TRUE) * (p - 1) for k, p in enumerate(f)],
                "The other logits, too, push probability away from the true class.",
            ),
            "differentiated by f": (
                [-(k == TRUE) / p for k, p in enumerate(f)],
                "That is ∂ℓ/∂f. Softmax lies between f and the logits.",
            ),
        },
        praise="f − y: it sums to 0, and only the true class is pushed up.",
        hint="What does notebook 5 say about the slope of the loss by the logits?",
    )


# ── exercise 3 ──────────────────────────────────────────────────────────────

MATRICES = (
    [[8, 2, 0], [1, 6, 3], [1, 0, 9]],
    [[5, 0], [3, 4]],
)


def check_recall(answer: Any) -> Verdict:
    """Of all samples of class k, the share that was recognised, by a function of the confusion matrix and k.

    >>> check_recall(lambda matrix, k: matrix[k][k] / sum(row[k] for row in matrix))
    ✗ Mixed up rows and columns. A column holds all that was *called* k. Where are all that *are* k?
    """
    samples = [(matrix, k) for matrix in MATRICES for k in range(len(matrix))]
    return judge_function(
        answer,
        lambda matrix, k: matrix[k][k] / sum(matrix[k]),
        samples,
        {
            "mixed up rows and columns": (
                lambda matrix, k: matrix[k][k] / _column(matrix, k),
                "A column holds all that was *called* k. Where are all that *are* k?",
            ),
            "divided by all samples": (
                lambda matrix, k: matrix[k][k] / sum(map(sum, matrix)),
                "The other classes' samples do not count here.",
            ),
            "gave the misses": (
                lambda matrix, k: 1 - matrix[k][k] / sum(matrix[k]),
                "That is the share that was missed.",
            ),
            "gave the accuracy of all classes": (
                lambda matrix, _: sum(row[i] for i, row in enumerate(matrix)) / sum(map(sum, matrix)),
                "Only class k is asked for.",
            ),
            "forgot to divide": (lambda matrix, k: matrix[k][k], "A share is between 0 and 1."),
        },
        praise="The diagonal over its row.",
        hint="Row k holds every sample that is a k.",
    )


def _column(matrix: Sequence[Sequence[int]], k: int) -> int:
    return sum(row[k] for row in matrix)
