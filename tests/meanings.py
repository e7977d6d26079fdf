"""What the ops mean, said again by others than the table: in 50 digits by mpmath, and by PyTorch with its own derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from autograd import Value, topological_order

__all__ = ["ON_PURPOSE", "evaluated", "in_50_digits", "in_torch"]

ON_PURPOSE = frozenset(["stop_gradient", "straight_through"])  # rows whose slope is not their derivative
Meanings = Mapping[str, Callable[..., Any]]


def in_50_digits() -> Meanings:
    """name → mpmath function. Written from the mathematics, not from the table."""
    from mpmath import mp

    mp.dps = 50

    def dot(*v: Any) -> Any:
        n = len(v) // 2
        return mp.fsum([*(v[i] * v[n + i] for i in range(n)), *v[2 * n :]])

    return {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "negative": lambda x: -x,
        "positive": lambda x: x,
        "stop_gradient": lambda x: x,
        "power": mp.power,
        "power_constant": lambda x, k=2: mp.power(x, k),
        "exponential": lambda x, base=2: mp.power(base, x),
        "absolute": abs,
        "maximum": max,
        "minimum": min,
        "exp": mp.exp,
        "expm1": mp.expm1,
        "log": mp.log,
        "log1p": lambda x: mp.log(1 + x),
        "sqrt": mp.sqrt,
        "sin": mp.sin,
        "cos": mp.cos,
        "erfc": mp.erfc,
        "tanh": mp.tanh,
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
        "softplus": lambda x: mp.log(1 + mp.exp(x)) if x < 100 else x + mp.log(1 + mp.exp(-x)),
        "relu": lambda x: x if x > 0 else mp.mpf(0),
        "leaky_relu": lambda x, negative_slope=0.01: x if x > 0 else mp.mpf(negative_slope) * x,
        "elu": lambda x, alpha=1: x if x > 0 else alpha * mp.expm1(x),
        "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
        "clip": lambda x, low=-1, high=1: min(max(x, low), high),
        "silu": lambda x: x / (1 + mp.exp(-x)),
        "step": lambda x: mp.mpf(1 if x >= 0 else 0),
        "straight_through": lambda x: mp.mpf(1 if x >= 0 else 0),
        **{name: getattr(mp, name) for name in ("tan", "sinh", "cosh", "cbrt", "erf", "floor", "ceil", "sign")},
        **{f"arc{name}": getattr(mp, f"a{name}") for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
        "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
        "digamma": mp.digamma,
        "polygamma": lambda x, n=1: mp.psi(int(n), x),
        "log2": lambda x: mp.log(x, 2),
        "log10": mp.log10,
        "exp2": lambda x: mp.power(2, x),
        "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
        "rint": mp.nint,
        "fmod": lambda a, b: a - b * mp.sign(a / b) * mp.floor(abs(a / b)),
        "remainder": lambda a, b: a - b * mp.floor(a / b),
        "hard_tanh": lambda x: min(max(x, -1), 1),
        "relu6": lambda x: min(max(x, 0), 6),
        "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
        "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
        "softsign": lambda x: x / (1 + abs(x)),
        "selu": lambda x: (
            mp.mpf("1.0507009873554804934193349852946")
            * (x if x > 0 else mp.mpf("1.6732632423543772848170429916717") * mp.expm1(x))
        ),
        "celu": lambda x, alpha=1: x if x > 0 else alpha * mp.expm1(x / alpha),
        "mish": lambda x: x * mp.tanh(mp.log(1 + mp.exp(x))),
        "log_sigmoid": lambda x: -mp.log(1 + mp.exp(-x)),
        "prod": lambda *x: mp.fprod(x),
        "hypot": lambda *x: mp.sqrt(mp.fsum(v * v for v in x)),
        "dot": dot,
        "sum": lambda *x: mp.fsum(x),
        "mean": lambda *x: mp.fsum(x) / len(x),
        "logsumexp": lambda *x: max(x) + mp.log(mp.fsum(mp.exp(v - max(x)) for v in x)),
    }


def in_torch() -> Meanings:
    """name → function of PyTorch's tensors."""
    import torch

    functional = torch.nn.functional

    def polygamma(x: Any, n: float = 1) -> Any:
        return (-1) ** (n + 1) * math.factorial(int(n)) * torch.special.zeta(torch.tensor(n + 1.0).double(), x)

    def with_slope(f: Callable[..., Any], slope: Callable[..., Any]) -> Any:
        class Function(torch.autograd.Function):  # PyTorch's own slope of digamma has nine digits
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                ctx.save_for_backward(x)
                return f(x)

            @staticmethod
            def backward(ctx: Any, upstream: Any) -> Any:
                return upstream * slope(*ctx.saved_tensors)

        return Function.apply

    digamma = with_slope(torch.digamma, polygamma)

    def dot(*v: Any) -> Any:
        n = len(v) // 2
        return (torch.stack(v[:n]) * torch.stack(v[n : 2 * n])).sum() + sum(v[2 * n :])

    return {
        **{
            name: getattr(torch, name)
            for name in (
                "add", "subtract", "multiply", "divide", "negative", "positive", "maximum", "minimum", "exp", "expm1", "log",
                "log1p", "sqrt", "sin", "cos", "tan", "tanh", "relu", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh",
                "arcsinh", "arccosh", "arctanh", "log2", "log10", "exp2", "erf", "floor", "ceil", "trunc", "sign", "fmod",
                "remainder",
            )
        },
        "lgamma": with_slope(torch.lgamma, digamma),
        "digamma": digamma,
        "polygamma": polygamma,
        "rint": torch.round,
        "stop_gradient": lambda x: x.detach(),
        "cbrt": lambda x: torch.copysign(torch.pow(torch.abs(x), 1 / 3), x),
        "straight_through": lambda x: (x >= 0).double() + x - x.detach(),
        "hard_tanh": functional.hardtanh,
        "hard_sigmoid": lambda x: functional.relu6(x + 3) / 6,  # their own have no second derivative
        "hard_swish": lambda x: x * functional.relu6(x + 3) / 6,
        "log_sigmoid": functional.logsigmoid,
        **{name: getattr(functional, name) for name in ("relu6", "softsign", "selu", "celu", "mish")},
        "prod": lambda *x: torch.stack(x).prod(),
        "hypot": lambda *x: torch.linalg.vector_norm(torch.stack(x)),
        "power": lambda x, y: torch.exp(y * torch.log(x)),  # pow takes ∂²z/∂x∂y for 0 where y = 0; it is 1/x
        "power_constant": lambda x, k=2.0: torch.pow(x, k),
        "exponential": lambda x, base=2.0: torch.pow(base, x),
        "absolute": torch.abs,
        "clip": lambda x, low=-1.0, high=1.0: torch.clamp(x, low, high),
        "erfc": torch.erfc,
        "sigmoid": lambda x: 1 / (1 + torch.exp(-x)),  # the slope of PyTorch's own, y(1 − y), loses its digits far out
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
        "leaky_relu": functional.leaky_relu,
        "elu": functional.elu,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "step": lambda x: (x >= 0).double(),
        "dot": dot,
        "sum": lambda *x: torch.stack(x).sum(),
        "mean": lambda *x: torch.stack(x).mean(),
        "logsumexp": lambda *x: torch.logsumexp(torch.stack(x), 0),
    }  # fmt: skip


def evaluated(root: Value, meanings: Meanings, leaves: Mapping[Value, Any], number: Callable[[float], Any]) -> Any:
    """The root of a graph in other numbers: those of some leaves are given, the rest are made by ``number``."""
    found = dict(leaves)
    for v in topological_order(root):
        if v.parents:
            found[v] = meanings[v.op.name](*[found[p] for p in v.parents], **v.op.constants)
        elif v not in found:
            found[v] = number(v.data)
    return found[root]
