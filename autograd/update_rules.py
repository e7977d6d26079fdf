"""Update rules: how a gradient moves a parameter. One rule, one row.

    (xp, η, t, w, g, running numbers)  →  Δ, running numbers          w ← w − Δ

t counts the steps from 1; running numbers are 0 at first. Read with floats a rule is an optimizer of ``nn``; with
symbols, the same optimizer in a page. Rules may branch on constants, not on numbers. Constants have PyTorch's names and defaults.

>>> from autograd.readings import floats
>>> RULES["momentum"].bind(momentum=0.5)(floats, 0.1, 1, 5.0, 2.0, 4.0)
(0.4, 4.0)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["RULES", "UpdateRule"]

Rule = Callable[..., tuple[Any, ...]]


class UpdateRule:
    """A rule by which an optimizer moves each parameter, its running numbers and its constants.

    name:    how the field calls it
    rule:    ``(xp, lr, t, w, g, *running) → Δ, *running``
    running: names of the running numbers (as the function calls them)

    >>> RULES["Adam"], RULES["Adam"].running
    (<update rule Adam>, ('mean', 'square'))
    """

    __slots__ = ("name", "rule", "running")

    def __init__(self, name: str, rule: Rule, running: tuple[str, ...] | None = None) -> None:
        self.name = name
        self.rule = rule
        self.running = rule.__code__.co_varnames[5 : rule.__code__.co_argcount] if running is None else running

    def __call__(self, xp: Any, lr: Any, t: Any, *numbers: Any) -> tuple[Any, ...]:
        """(Δ, *running), of (w, g, *running)."""
        return self.rule(xp, lr, t, *numbers)

    def bind(self, **constants: float) -> UpdateRule:
        """The same row with these constants."""
        return UpdateRule(self.name, partial(self.rule, **constants), self.running)

    def __repr__(self) -> str:
        return f"<update rule {self.name}>"


RULES: dict[str, UpdateRule] = {}


def _row(name: str) -> Callable[[Rule], Rule]:
    def add(rule: Rule) -> Rule:
        RULES[name] = UpdateRule(name, rule)
        return rule

    return add


def _decayed(g, w, weight_decay):
    """The gradient of a loss to which λ/2 w² is added."""
    return g + weight_decay * w if weight_decay else g


@_row("SGD")
def sgd(xp, lr, t, w, g, *, weight_decay=0.0):
    """w ← w − η (g + λ w): gradient descent."""
    return (lr * _decayed(g, w, weight_decay),)


@_row("momentum")
def heavy_ball(xp, lr, t, w, g, velocity, *, momentum=0.9, nesterov=False, weight_decay=0.0):
    """v ← μ v + g,  w ← w − η v; by Nesterov a look ahead, w ← w − η (g + μ v)."""
    g = _decayed(g, w, weight_decay)
    velocity = momentum * velocity + g
    return lr * (g + momentum * velocity if nesterov else velocity), velocity


@_row("Adagrad")
def adagrad(xp, lr, t, w, g, square, *, eps=1e-10, weight_decay=0.0):
    """s ← s + g²,  w ← w − η g / (√s + ε)."""
    g = _decayed(g, w, weight_decay)
    square = square + g * g
    return lr * g / (xp.sqrt(square) + eps), square


@_row("RMSprop")
def rmsprop(xp, lr, t, w, g, square, *, alpha=0.99, eps=1e-8, weight_decay=0.0):
    """s ← α s + (1 − α) g²,  w ← w − η g / (√s + ε)."""
    g = _decayed(g, w, weight_decay)
    square = alpha * square + (1.0 - alpha) * g * g
    return lr * g / (xp.sqrt(square) + eps), square


@_row("Adam")
def adam(xp, lr, t, w, g, mean, square, *, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """m ← β₁ m + (1 − β₁) g,  s ← β₂ s + (1 − β₂) g²,  w ← w − η m̂ / (√ŝ + ε),  m̂ = m/(1 − β₁ᵗ),  ŝ = s/(1 − β₂ᵗ)."""
    g = _decayed(g, w, weight_decay)
    mean = beta1 * mean + (1.0 - beta1) * g
    square = beta2 * square + (1.0 - beta2) * g * g
    mean_hat = mean / (1.0 - beta1**t)
    square_hat = square / (1.0 - beta2**t)
    return lr * mean_hat / (xp.sqrt(square_hat) + eps), mean, square


@_row("AdamW")
def adamw(xp, lr, t, w, g, mean, square, *, weight_decay=0.01, **constants):
    """Adam, and w ← (1 − η λ) w beside it: the decay bypasses the running means."""
    delta, mean, square = adam(xp, lr, t, w, g, mean, square, **constants)
    return lr * weight_decay * w + delta, mean, square
