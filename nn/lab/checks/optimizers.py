"""Notebook 9, optimizers: the largest learning rate, a step of RMSprop, and Adam written out."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from nn.lab.verdict import Verdict, judge, judge_function

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["check_adam", "check_largest_rate", "check_rmsprop_step"]


# ── exercise 1 ──────────────────────────────────────────────────────────────

STEEP, FLAT = 50.0, 2.0


def check_largest_rate(answer: Any) -> Verdict:
    """Below which η does SGD converge on ½ (50 u² + 2 v²)?

    >>> check_largest_rate(1.0)
    ✗ Looked along the wrong direction. Both u and v have to shrink. Which of the two grows first?
    """
    return judge(
        answer,
        2 / STEEP,
        {
            "looked along the wrong direction": (
                2 / FLAT,
                "Both u and v have to shrink. Which of the two grows first?",
            ),
            "stopped at the first overshoot": (
                1 / STEEP,
                "There u lands on 0 in one step. How much larger may η be, if u may jump to the other side?",
            ),
            "turned the fraction over": (STEEP / 2, "Try your η: is |1 − η · 50| below 1?"),
            "averaged the curvatures": (
                4 / (STEEP + FLAT),
                "Each direction has a limit of its own; the smallest counts.",
            ),
        },
        praise="|1 − ηλ| stays below 1 in both directions.",
        hint="One step multiplies u by 1 − η · 50. When does that shrink it?",
    )


# ── exercise 2 ──────────────────────────────────────────────────────────────


def check_rmsprop_step(answer: Any) -> Verdict:
    """RMSprop with η = 1, β = ½, ε = 1, after a gradient of 14: how far does a gradient of 8 move w?

    >>> check_rmsprop_step(8 / (9**2 + 1) ** 0.5)
    ✗ Put ε inside the root. Take the root first, add ε to it, and then divide.
    """
    first, second, beta, eps = 14.0, 8.0, 0.5, 1.0
    remembered = (1 - beta) * first**2
    g = beta * remembered + (1 - beta) * second**2
    fresh, summed = (1 - beta) * second**2, first**2 + second**2
    move = second / (sqrt(g) + eps)
    return judge(
        answer,
        move,
        {
            "put ε inside the root": (second / sqrt(g + eps), "Take the root first, add ε to it, and then divide."),
            "forgot the root": (
                second / (g + eps),
                "g has the size of a gradient squared; what size should divide it?",
            ),
            "summed where RMSprop averages": (second / (sqrt(summed) + eps), "That is AdaGrad. Where is β?"),
            "forgot what g remembers": (second / (sqrt(fresh) + eps), "g was not 0 before this step."),
            "forgot to weigh the new square": (
                second / (sqrt(beta * remembered + second**2) + eps),
                "The new square counts 1 − β.",
            ),
            "started g at the first square": (
                second / (sqrt(beta * first**2 + fresh) + eps),
                "g⁰ = 0: the first square, too, counted only 1 − β.",
            ),
            "moved by the first gradient": (
                first / (sqrt(remembered) + eps),
                "That is the first step. Take the second.",
            ),
            "wrong sign": (-move, "How far *down* does w go along a positive slope?"),
        },
        praise="The square is averaged, then comes the root, then ε.",
        hint="Write g after the first step down, then g after the second.",
    )


# ── exercise 3 ──────────────────────────────────────────────────────────────

LR, BETA1, BETA2, EPS = 0.1, 0.9, 0.99, 0.5


def check_adam(answer: Any) -> Verdict:
    """Is this one step of Adam? (w, slope, m, g, t) → (w, m, g), with η = 0.1, β₁ = 0.9, β₂ = 0.99, ε = 0.5.

    >>> check_adam(lambda w, slope, m, g, t: [w, m, g])
    ✗ Not right yet. Write the five lines of the slide, one below the other. ...
    """
    return judge_function(
        answer,
        _adam(),
        _steps(_adam(), slopes=[3.0, 4.0, -12.0]),
        {
            "put ε inside the root": (_adam(inside=True), "Take the root of ĝ first, and add ε to it."),
            "forgot the bias correction": (_adam(correct=False), "m and g start at 0: divide each by 1 − βᵗ."),
            "counted the steps from 0": (_adam(first=1), "The first step has t = 1: βᵗ is β there."),
            "forgot the root": (_adam(root=False), "g has the size of a gradient squared; what size should divide m̂?"),
            "wrong sign": (_adam(sign=-1.0), "Down the slope is against the gradient."),
            "moved by the gradient": (_adam(by_mean=False), "Adam moves along m̂, the mean of the gradients so far."),
            "summed where Adam averages": (
                _adam(average_squares=False),
                "The new square counts 1 − β₂, the old ones β₂.",
            ),
            "swapped the two βs": (_adam(betas=(BETA2, BETA1)), "β₁ belongs to the gradient, β₂ to its square."),
            "forgot to carry the averages on": (_forgetful, "Return the new m and g, for the next step to go on from."),
        },
        praise="Three steps of yours are three steps of Adam.",
        hint="Write the five lines of the slide, one below the other.",
    )


def _adam(
    *, inside: bool = False, correct: bool = True, root: bool = True, sign: float = 1.0, by_mean: bool = True,
    average_squares: bool = True, first: int = 0, betas: tuple[float, float] = (BETA1, BETA2),
) -> Callable[..., list[float]]:  # fmt: skip
    """Adam's step, and what becomes of it by one mistake."""
    beta1, beta2 = betas

    def step(w: float, slope: float, m: float, g: float, t: int) -> list[float]:
        m = beta1 * m + (1 - beta1) * slope
        g = beta2 * g + (1 - beta2) * slope**2 if average_squares else g + slope**2
        free1, free2 = (1 - beta1 ** (t + first), 1 - beta2 ** (t + first)) if correct else (1.0, 1.0)
        m_hat, g_hat = m / free1, g / free2
        size = sqrt(g_hat + EPS) if inside else (sqrt(g_hat) if root else g_hat) + EPS
        return [w - sign * LR * (m_hat if by_mean else slope) / size, m, g]

    return step


def _forgetful(w: float, slope: float, m: float, g: float, t: int) -> list[float]:
    return [_adam()(w, slope, m, g, t)[0], m, g]


def _steps(step: Callable[..., list[float]], slopes: Sequence[float]) -> list[tuple[float, ...]]:
    """The arguments of one call per step, each going on from the right result of the one before."""
    w, m, g = 1.0, 0.0, 0.0  # m⁰ = g⁰ = 0
    calls: list[tuple[float, ...]] = []
    for t, slope in enumerate(slopes, start=1):
        calls.append((w, slope, m, g, t))
        w, m, g = step(w, slope, m, g, t)
    return calls
