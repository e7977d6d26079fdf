"""Initialisers: how a neuron's weights are drawn, independently and from one generator.

An initialiser is a function of (rng, fan_in, fan_out) that gives one weight.
Biases start at 0.

>>> import random
>>> weight = get("kaiming")
>>> round(weight(random.Random(0), 8, 4), 4)
0.4709
"""

from __future__ import annotations

import math
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

from autograd import Value

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Generator", "Initializer", "constant", "get", "kaiming_normal", "kaiming_uniform", "normal", "uniform",
    "xavier_normal", "xavier_uniform", "zero",
]  # fmt: skip


class Generator(Protocol):
    """What an initialiser needs of a random generator: ``random`` itself, or a ``random.Random(seed)``."""

    def uniform(self, a: float, b: float) -> float: ...  # noqa: D102

    def gauss(self, mu: float, sigma: float) -> float: ...  # noqa: D102


if TYPE_CHECKING:
    Initializer = Callable[[Generator, int, int], float]
    Init = str | float | Initializer


def _sqrt(x: Any) -> Any:
    """√x, of a number or, where a page asks for the formula, of a Value."""
    return x.sqrt() if isinstance(x, Value) else math.sqrt(x)


def constant(value: float) -> Initializer:
    """Every weight the same, so that all neurons of a layer stay the same too (symmetry)."""
    return lambda rng, fan_in, fan_out: value


zero = constant(0.0)


def uniform(a: float = 1.0) -> Initializer:
    """U[−a, a]."""
    return lambda rng, fan_in, fan_out: rng.uniform(-a, a)


def normal(mean: float = 0.0, std: float = 1.0) -> Initializer:
    """N(mean, std²)."""
    return lambda rng, fan_in, fan_out: rng.gauss(mean, std)


def kaiming_normal(rng: Generator, fan_in: int, fan_out: int) -> float:  # noqa: ARG001  # one signature for all
    """N(0, 2/m), m inputs: keeps the variance of h̃ from layer to layer under ReLU (He et al. 2015, §2.2)."""
    return rng.gauss(0.0, _sqrt(2.0 / fan_in))


def kaiming_uniform(rng: Generator, fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    """U[−a, a] with the variance of ``kaiming_normal``: a = √(6/m)."""
    bound = _sqrt(6.0 / fan_in)
    return rng.uniform(-bound, bound)


def xavier_normal(rng: Generator, fan_in: int, fan_out: int) -> float:
    """N(0, 2/(m_in + m_out)), for tanh and sigmoid (Glorot & Bengio 2010)."""
    return rng.gauss(0.0, _sqrt(2.0 / (fan_in + fan_out)))


def xavier_uniform(rng: Generator, fan_in: int, fan_out: int) -> float:
    """U[−a, a] with the variance of ``xavier_normal``: a = √(6/(m_in + m_out))."""
    bound = _sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound)


_BY_NAME: dict[str, Initializer] = {
    "zero": zero, "constant": constant(1.0), "uniform": uniform(), "normal": normal(),
    "kaiming": kaiming_normal, "kaiming_normal": kaiming_normal, "kaiming_uniform": kaiming_uniform,
    "xavier": xavier_normal, "xavier_normal": xavier_normal, "xavier_uniform": xavier_uniform,
}  # fmt: skip


def get(init: Init) -> Initializer:
    """The initialiser of that name; a number is a constant; a function is itself.

    Raises ValueError for an unknown name.
    """
    if isinstance(init, (int, float)) and not isinstance(init, bool) and isfinite(init):
        return constant(float(init))
    if callable(init):
        return init
    if not isinstance(init, str) or init not in _BY_NAME:
        raise ValueError(f"no initialiser is called {init!r}; there are {', '.join(_BY_NAME)}")
    return _BY_NAME[init]
