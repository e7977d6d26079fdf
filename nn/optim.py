"""Optimizers: what to do with a gradient.

An optimizer keeps its running numbers beside the parameters, never in them.
Argument names are PyTorch's.
"""

from __future__ import annotations

from math import nan, sqrt
from numbers import Real
from typing import TYPE_CHECKING, Any

from autograd import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SGD", "Adam", "Optimizer"]


class Optimizer:
    """Steps parameters against their gradients.

    parameters: the Values to step, as ``model.parameters()`` gives them
    lr:         learning rate η > 0

    Raises ValueError for no parameters or a rate that is not a positive number.
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = list(parameters) if hasattr(parameters, "__iter__") else []
        if not self.parameters or not all(isinstance(p, Value) for p in self.parameters):
            raise ValueError("an optimizer needs parameters to step: pass model.parameters()")
        self.lr = _in_range("lr", lr, 0.0, float("inf"), open_below=True)
        self.t = 0  # steps taken
        self.state: dict[str, list[float]] = {}  # running numbers by name, one a parameter

    def zero_grad(self) -> None:
        """Set every gradient to 0; ``backward`` only ever adds."""
        for p in self.parameters:
            p.grad = 0.0

    def step(self) -> None:
        """Move every parameter once, or, if one can't be moved, none."""
        before = self.state_dict()
        self.t += 1
        try:
            moved = [p.data - self._delta(i, p.data, p.grad) for i, p in enumerate(self.parameters)]
        except BaseException:
            self.load_state_dict(before)
            raise
        for p, w in zip(self.parameters, moved, strict=True):
            p.data = w

    def _delta(self, i: int, w: float, g: float) -> float:
        """How far parameter i moves down, from its number w and gradient g."""
        raise TypeError("Optimizer is the common part; use SGD or Adam, or define _delta in a subclass")

    def _running(self, name: str) -> list[float]:
        """The running numbers of that name, 0 at first."""
        return self.state.setdefault(name, [0.0] * len(self.parameters))

    def state_dict(self) -> dict[str, Any]:
        """Everything that a resumed run needs, as plain numbers."""
        return {"t": self.t, "lr": self.lr, "state": {name: list(numbers) for name, numbers in self.state.items()}}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from a ``state_dict``."""
        self.t, self.lr = saved["t"], saved["lr"]
        self.state = {name: list(numbers) for name, numbers in saved["state"].items()}


class SGD(Optimizer):
    """Gradient descent: w ← w − η v,  v ← μ v + (g + λ w).

    momentum: μ in [0, 1); weight_decay: λ ≥ 0, the gradient of λ/2 ‖w‖²

    >>> w = Value(1.0); w.grad = 0.5
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    0.95
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.1, *, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum", momentum, 0.0, 1.0)
        self.weight_decay = _in_range("weight_decay", weight_decay, 0.0, float("inf"))

    def _delta(self, i: int, w: float, g: float) -> float:
        g += self.weight_decay * w
        if self.momentum:
            v = self._running("velocity")
            g = v[i] = self.momentum * v[i] + g
        return self.lr * g


class Adam(Optimizer):
    """Adam: running means of the gradient and of its square, freed from their start at 0 (Kingma & Ba 2015).

    m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − η m̂ / (√v̂ + ε)

    betas: (β₁, β₂) in [0, 1); eps: ε, outside the root; weight_decay: λ, added to the gradient as λ w

    >>> w = Value(1.0); w.grad = 0.5
    >>> Adam([w], lr=0.1).step()
    >>> round(w.data, 6)          # the first step is η, whatever the size of the gradient
    0.9
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float = 1e-3, *, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(parameters, lr)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(f"betas are two numbers (β₁, β₂), got {betas!r}")
        self.betas = (_in_range("betas[0]", betas[0], 0.0, 1.0), _in_range("betas[1]", betas[1], 0.0, 1.0))
        self.eps = _in_range("eps", eps, 0.0, float("inf"), open_below=True)
        self.weight_decay = _in_range("weight_decay", weight_decay, 0.0, float("inf"))

    def _delta(self, i: int, w: float, g: float) -> float:
        g += self.weight_decay * w
        beta1, beta2 = self.betas
        m, v = self._running("mean"), self._running("square")
        m[i] = beta1 * m[i] + (1.0 - beta1) * g
        v[i] = beta2 * v[i] + (1.0 - beta2) * g * g
        m_hat = m[i] / (1.0 - beta1**self.t)
        v_hat = v[i] / (1.0 - beta2**self.t)
        return self.lr * m_hat / (sqrt(v_hat) + self.eps)


def _in_range(name: str, x: Any, low: float, high: float, *, open_below: bool = False) -> float:
    number = float(x) if isinstance(x, Real) and not isinstance(x, bool) else nan
    if not low <= number < high or (open_below and number == low):
        above = f"{'>' if open_below else '≥'} {low:g}"
        below = f" and < {high:g}" if high < float("inf") else ""
        raise ValueError(f"{name} is a number {above}{below}, got {x!r}")
    return number
