"""ln Γ and its derivatives, by functions that every number system has.

Γ(z + 1) = z Γ(z) leads from z as far as the series of Stirling and of Euler and Maclaurin have all their digits;
Γ(x) Γ(1 − x) = π/sin πx leads from the left of ½ to the right of it (Abramowitz & Stegun 1964, §§ 6.1 and 6.4).

>>> from autograd.readings import floats
>>> polygamma(floats, 1, 1.0), math.pi**2 / 6
(1.6449340668482264, 1.6449340668482264)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any

__all__ = ["digamma", "lgamma", "polygamma"]

FAR = 9
EVEN = (2, 4, 6, 8, 10, 12, 14, 16)
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)  # B₂, B₄, …
STIRLING = [b / (j * (j - 1)) for j, b in zip(EVEN, BERNOULLI, strict=True)]


def lgamma(xp: Any, x: Any) -> Any:
    """ln |Γ(x)| by Stirling's series, (w − ½)(ln w − 1) + ½(ln 2π − 1) + Σ Bⱼ/(j (j − 1)) w¹⁻ʲ; ∞ at both ends, as in C."""
    z, r = _reflected(xp, x)
    far = (z - 0.5) * (xp.log(z) - 1.0) + 0.5 * (math.log(2.0 * math.pi) - 1.0) + _odd(STIRLING, 1.0 / z)
    y = xp.where(z < FAR, _near_lgamma(xp, xp.where(z < FAR, z, 2.0)), far)
    y = xp.where(x < 0.5, math.log(math.pi) - xp.log(abs(xp.sin(math.pi * r))) - y, y)
    return xp.where(z < math.inf, y, z)


def _near_lgamma(xp: Any, z: Any) -> Any:
    """ln Γ(z) from its zero at 1 or 2, c + t = z, where it keeps its digits: ln Γ(FAR + t)/Γ(FAR) − Σₖ ln(1 + t/k), c ≤ k < FAR."""
    t = z - xp.where(z < 1.5, 1.0, 2.0)
    w = FAR + t
    change = (
        (w - 0.5) * xp.log1p(t / FAR) + t * (math.log(FAR) - 1.0) + _odd(STIRLING, 1.0 / w) - _odd(STIRLING, 1.0 / FAR)
    )
    first = xp.where(z < 1.5, t, 0.0)
    return change - reduce(add, [xp.log1p(t / k) for k in range(2, FAR)], xp.log1p(first))


def digamma(xp: Any, x: Any) -> Any:
    """ψ(x) = (ln Γ)′(x)."""
    return polygamma(xp, 0, x)


def polygamma(xp: Any, n: float, x: Any) -> Any:
    """ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! Σₖ (x + k)⁻ⁿ⁻¹: the first terms, an integral for the rest, and its corrections.

    Raises ValueError for an n that is no whole number from 0 to 170; a float holds no larger factorial.
    """
    if not (0 <= n <= 170 and float(n).is_integer()):
        raise ValueError(f"ψ is differentiated n times, n a whole number up to 170; got {n}")
    n = int(n)
    z, r = _reflected(xp, x)
    w = z + FAR
    first = reduce(add, [xp.power(z + k, -1.0 - n) for k in range(FAR)])
    rest = (0.5 + _odd(_corrections(n), 1.0 / w)) / w
    rest = xp.power(w, float(-n)) * (rest + 1.0 / n) if n else rest - xp.log(w)
    y = (first + rest) * math.factorial(n)
    mirrored = -y - math.pi ** (n + 1) * _cotangent(n, 1.0 / xp.tan(math.pi * r))
    return xp.where(x < 0.5, mirrored, y if n % 2 else -y)


def _reflected(xp: Any, x: Any) -> tuple[Any, Any]:
    """(x or 1 − x, what is at least ½; where it is 1 − x, how far x is from a whole number, else a number far from one)."""
    return xp.where(x < 0.5, 1.0 - x, x), xp.where(x < 0.5, x - xp.rint(x), 0.25)


@lru_cache
def _corrections(n: int) -> list[float]:
    """Of Σ (w + k)⁻ⁿ⁻¹, n! times: Bⱼ/j! · (n + j − 1)!/n!."""
    return [b * math.prod(range(n + 1, n + j)) / math.factorial(j) for j, b in zip(EVEN, BERNOULLI, strict=True)]


def _odd(coefficients: Sequence[float], u: Any) -> Any:
    """c₁ u + c₂ u³ + c₃ u⁵ + …"""
    square = u * u
    return u * reduce(lambda total, c: total * square + c, reversed(coefficients))


def _cotangent(n: int, c: Any) -> Any:
    """dⁿ cot t/dtⁿ, a polynomial in c = cot t, as cot′ = −(1 + cot²)."""
    p = [0, 1]
    for _ in range(n):
        slopes = [k * a for k, a in enumerate(p)][1:]
        p = [-a - b for a, b in zip([*slopes, 0, 0], [0, 0, *slopes], strict=True)]
    return reduce(lambda total, a: total * c + float(a), reversed(p[:-1]), float(p[-1]))
