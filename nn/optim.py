"""Optimizers: they step parameters by a row of ``autograd.update_rules``.

An optimizer keeps its running numbers beside the parameters, never in them.
Argument names are PyTorch's.
"""

from __future__ import annotations

from array import array
from math import cos, hypot, inf, pi
from numbers import Real
from typing import TYPE_CHECKING, Any

from autograd import Value
from autograd.readings import arrays, floats
from autograd.update_rules import RULES
from nn.arguments import number_in_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autograd.update_rules import UpdateRule

    Schedule = Callable[[int], float]

__all__ = [
    "SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "clip_gradients", "cosine", "exponential_decay", "step_decay",
]  # fmt: skip


FEW = 16  # parameters that are moved one by one; more go through NumPy, to the same numbers


class Optimizer:
    """Steps parameters against their gradients.

    parameters: the Values to step, as ``model.parameters()`` gives them
    lr:         learning rate η > 0; a schedule is a function of the step t = 1, 2, … that gives it (``fit(schedule=…)``)
    weight_decay: λ ≥ 0

    Raises ValueError for an empty list, for a Value that an op computed, and for a rate that is not a positive number.
    """

    def __init__(self, parameters: Iterable[Value], lr: float, weight_decay: float = 0.0) -> None:
        self.parameters = list(parameters) if hasattr(parameters, "__iter__") else []
        if not self.parameters:
            raise ValueError("an optimizer needs parameters to step: pass model.parameters()")
        for i, p in enumerate(self.parameters):
            if not isinstance(p, Value):
                raise ValueError(
                    f"an optimizer steps Values, and parameter {i} is {p!r:.60} ({type(p).__name__}); pass "
                    "model.parameters(), and set a weight by its number: w.data = 5.0"
                )
            if p.parents:
                raise ValueError(
                    f"an optimizer steps leaves, and parameter {i} is the result of {p.op.name}; pass what it was computed from"
                )
        self.lr = number_in_range("lr", lr, open_below=True)
        self.weight_decay = number_in_range("weight_decay", weight_decay)
        self.t = 0  # steps taken
        self.state: dict[str, list[float]] = {}  # running numbers by name, one per parameter

    def zero_grad(self) -> None:
        """Set every gradient to 0; ``backward`` only ever adds."""
        for p in self.parameters:
            p.grad = 0.0

    def step(self) -> None:
        """Move every parameter once, or, if one can't be moved, none.

        Raises TypeError naming a parameter whose value or gradient is not a number, such as None.
        """
        try:
            moved, running = self._moved()
        except TypeError:
            _require_numbers(self.parameters)
            raise
        self.t += 1
        self.state.update(running)
        for p, w in zip(self.parameters, moved, strict=True):
            p.data = w

    def _moved(self) -> tuple[list[float], dict[str, list[float]]]:
        """Where every parameter goes, and the running numbers after that."""
        rule, t, n = self.rule, self.t + 1, len(self.parameters)
        given = [[p.data for p in self.parameters], [p.grad for p in self.parameters]]
        given += [self.state.get(name, [0.0] * n) for name in rule.running]
        if n > FEW:
            import numpy as np

            with np.errstate(all="ignore"):  # what is not finite flows on
                w, *numbers = (np.asarray(array("d", column)) for column in given)  # which takes no text for a number
                delta, *running = rule(arrays, self.lr, t, w, *numbers)
            moved, running = (w - delta).tolist(), [r.tolist() for r in running]
        else:
            move, lr = rule.rule, self.lr
            rows = [move(floats, lr, t, *row) for row in zip(*given, strict=True)]
            delta, *running = map(list, zip(*rows, strict=True))
            moved = [w - d for w, d in zip(given[0], delta, strict=True)]
        return moved, dict(zip(rule.running, running, strict=True))

    @property
    def rule(self) -> UpdateRule:
        """The row by which parameters move, with its constants; a subclass has its own."""
        raise TypeError("Optimizer is the base class; use SGD or Adam, or define rule in a subclass")

    def state_dict(self) -> dict[str, Any]:
        """Everything that a resumed run needs, as plain numbers."""
        return {"t": self.t, "lr": self.lr, "state": {name: list(numbers) for name, numbers in self.state.items()}}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from a ``state_dict``."""
        self.t, self.lr = saved["t"], saved["lr"]
        self.state = {name: list(numbers) for name, numbers in saved["state"].items()}


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for: v ← μ v + (g + λ w),  w ← w − η v.

    momentum: μ in [0, 1); nesterov: step along g + μ v, a look ahead (needs μ > 0); weight_decay: λ ≥ 0, the gradient of λ/2 ‖w‖²

    >>> w = Value(1.0); w.grad = 0.5
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    0.95
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.1, *, momentum: float = 0.0, nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(parameters, lr, weight_decay)
        self.momentum = number_in_range("momentum", momentum, 0.0, 1.0)
        self.nesterov = bool(nesterov)
        if nesterov and not momentum:
            raise ValueError("nesterov looks ahead along the momentum: give momentum > 0, such as 0.9")

    @property
    def rule(self) -> UpdateRule:
        """The row of gradient descent, or the one with momentum."""
        if not self.momentum:
            return RULES["SGD"].bind(weight_decay=self.weight_decay)
        return RULES["momentum"].bind(momentum=self.momentum, nesterov=self.nesterov, weight_decay=self.weight_decay)


class Adagrad(Optimizer):
    """A learning rate per parameter, small where gradients have been large: s ← s + g²,  w ← w − η g / (√s + ε).

    (Duchi, Hazan & Singer 2011.) eps: ε, outside the root; weight_decay: λ, added to the gradient as λ w

    >>> w = Value(1.0); w.grad = 0.5
    >>> Adagrad([w], lr=0.1).step()
    >>> round(w.data, 6)
    0.9
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.01, *, eps: float = 1e-10, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.eps = number_in_range("eps", eps, open_below=True)

    @property
    def rule(self) -> UpdateRule:
        """The row of Adagrad."""
        return RULES["Adagrad"].bind(eps=self.eps, weight_decay=self.weight_decay)


class RMSprop(Optimizer):
    """Adagrad that forgets: s ← α s + (1 − α) g²,  w ← w − η g / (√s + ε).

    (Tieleman & Hinton 2012, lecture 6.5; the lecture's β is PyTorch's alpha.)
    alpha: in [0, 1); eps: ε, outside the root; weight_decay: λ, added to the gradient as λ w

    >>> w = Value(1.0); w.grad = 0.5
    >>> RMSprop([w], lr=0.1, alpha=0.75).step()
    >>> round(w.data, 6)          # 1 − 0.1 · 0.5 / √(0.25 · 0.25)
    0.8
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.alpha = number_in_range("alpha", alpha, 0.0, 1.0)
        self.eps = number_in_range("eps", eps, open_below=True)

    @property
    def rule(self) -> UpdateRule:
        """The row of RMSprop."""
        return RULES["RMSprop"].bind(alpha=self.alpha, eps=self.eps, weight_decay=self.weight_decay)


class Adam(Optimizer):
    """Bias-corrected running means of the gradient and of its square (Kingma & Ba 2015).

    m ← β₁ m + (1 − β₁) g,  s ← β₂ s + (1 − β₂) g²,  w ← w − η m̂ / (√ŝ + ε),  m̂ = m/(1 − β₁ᵗ),  ŝ = s/(1 − β₂ᵗ)

    betas: (β₁, β₂) in [0, 1); eps: ε, outside the root; weight_decay: λ, added to the gradient as λ w

    >>> w = Value(1.0); w.grad = 0.5
    >>> Adam([w], lr=0.1).step()
    >>> round(w.data, 6)          # the first step is η, whatever the size of the gradient
    0.9
    """

    _row = "Adam"

    def __init__(
        self, parameters: Iterable[Value], lr: float = 1e-3, *, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(parameters, lr, weight_decay)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(f"betas are two numbers (β₁, β₂), got {betas!r}")
        self.betas = (number_in_range("betas[0]", betas[0], 0.0, 1.0), number_in_range("betas[1]", betas[1], 0.0, 1.0))
        self.eps = number_in_range("eps", eps, open_below=True)

    @property
    def rule(self) -> UpdateRule:
        """The row of Adam, or of AdamW."""
        beta1, beta2 = self.betas
        return RULES[self._row].bind(beta1=beta1, beta2=beta2, eps=self.eps, weight_decay=self.weight_decay)


class AdamW(Adam):
    """Adam with decoupled weight decay, which bypasses the running means: w ← (1 − η λ) w − … (Loshchilov & Hutter 2019).

    >>> w = Value(1.0); w.grad = 0.5
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> round(w.data, 6)          # 0.95 · 1 − 0.1
    0.85
    """

    _row = "AdamW"

    def __init__(
        self, parameters: Iterable[Value], lr: float = 1e-3, *, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.01,
    ) -> None:  # fmt: skip
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay)


# ── around a step ───────────────────────────────────────────────────────────


def clip_gradients(parameters: Sequence[Value], max_norm: float) -> float:
    """Scale all gradients down together so that ‖∇L‖ ≤ max_norm; returns the norm before.

    The direction stays. A norm that is not finite is left for the caller to see.

    >>> p = [Value(0.0), Value(0.0)]
    >>> p[0].grad, p[1].grad = 3.0, 4.0
    >>> clip_gradients(p, 2.5), p[0].grad, p[1].grad
    (5.0, 1.5, 2.0)
    """
    number_in_range("max_norm", max_norm, open_below=True)
    try:
        norm = hypot(*[p.grad for p in parameters])
    except TypeError:
        _require_numbers(parameters)
        raise
    if max_norm < norm < inf:
        for p in parameters:
            p.grad *= max_norm / norm
    return norm


def _require_numbers(parameters: Sequence[Value]) -> None:
    for i, p in enumerate(parameters):
        for what, x in (("gradient", p.grad), ("number", p.data)):
            if not isinstance(x, Real):
                cure = "set it to 0.0, or call zero_grad()" if what == "gradient" else "give it one: p.data = 0.5"
                raise TypeError(f"the {what} of parameter {p.label or i} is {x!r:.60}: {cure}")


def step_decay(lr: float, *, every: int, factor: float = 0.5) -> Schedule:
    """η falls by ``factor`` after each ``every`` steps.

    >>> [step_decay(1.0, every=2)(t) for t in (1, 2, 3, 4, 5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    number_in_range("lr", lr), number_in_range("factor", factor), number_in_range("every", every, 1.0)
    return lambda t: lr * factor ** ((t - 1) // every)


def exponential_decay(lr: float, *, rate: float) -> Schedule:
    """η is multiplied by ``rate`` at each step.

    >>> exponential_decay(1.0, rate=0.5)(3)
    0.25
    """
    number_in_range("lr", lr), number_in_range("rate", rate)
    return lambda t: lr * rate ** (t - 1)


def cosine(lr: float, *, steps: int, warmup: int = 0, last: float = 0.0) -> Schedule:
    """η rises linearly for ``warmup`` steps and then falls along half a cosine to ``last`` at step ``steps``.

    (Loshchilov & Hutter 2017, without restarts.)

    >>> [round(cosine(1.0, steps=5)(t), 3) for t in (1, 3, 5)]
    [1.0, 0.5, 0.0]
    """
    number_in_range("lr", lr), number_in_range("last", last)
    if not 0 <= warmup < steps:
        raise ValueError(f"the warm-up is part of the run: 0 ≤ warmup < steps, got warmup={warmup!r}, steps={steps!r}")

    def rate(t: int) -> float:
        if t <= warmup:
            return lr * t / warmup
        along = min(1.0, (t - 1 - warmup) / max(1, steps - 1 - warmup))
        return last + (lr - last) * 0.5 * (1.0 + cos(pi * along))

    return rate
