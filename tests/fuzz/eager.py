"""The eager engine against PyTorch, and against 50 digits: values, gradients and second derivatives of random graphs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from fuzz.shrinking import Graph, Trouble, Undecided, checked
from graphs import ROWS, random_program
from meanings import evaluated, in_50_digits, in_torch
from rounding import bound, is_decided

from autograd import Value, topological_order
from autograd.functional import gradients
from autograd.ops import CONSTANT

__all__ = ["against_50_digits", "against_torch", "graph"]

U = 1e-12  # what is promised
TINY = 1e-20  # what a difference quotient in 50 digits may be off where it should be 0
SEEN = "\nloss.backward()\nprint(loss.data, [w.grad for w in ({})])"
torch_meanings, mpmath_meanings = lru_cache(in_torch), lru_cache(in_50_digits)


def graph(seed: int) -> Graph:
    """A random graph of up to twenty lines, and those of its leaves that are no constants."""
    _, root = random_program(random.Random(f"eager {seed}"), max_lines=20, names=tuple(ROWS)).values()
    return Graph(root, [v for v in topological_order(root) if not v.parents and v.op is not CONSTANT], [])


def against_torch(seed: int) -> None:
    """Draw a graph and compare it with PyTorch. Raises Undecided or Trouble."""
    _checked(graph(seed), _check_torch)


def against_50_digits(seed: int) -> None:
    """Draw a graph and compare it with difference quotients in 50 digits. Raises Undecided or Trouble."""
    _checked(graph(seed), _check_50_digits)


def _checked(one: Graph, check: Callable[[Graph], None]) -> None:
    checked(one, check, SEEN.format("".join(f"w{i}, " for i in range(len(one.parameters)))))


def _slopes_along(slopes: Sequence[Any]) -> Any:
    """∇f·(1, −2, 3, …): a number whose gradient holds all second derivatives."""
    return sum(g * ((i + 1) * (-1) ** i) for i, g in enumerate(slopes))


def _mine(one: Graph) -> list[Value]:
    """The value, the gradient, and the gradient of the slope along a direction: as nodes, with bounds of their own."""
    slopes = gradients(one.loss, one.parameters)
    return [one.loss, *slopes, *gradients(_slopes_along(slopes), one.parameters)]


def _compare(one: Graph, theirs: Sequence[Any], ties: bool) -> None:
    mine, n = _mine(one), len(one.parameters)
    before = [v.grad for v in one.parameters]
    one.loss.backward()
    backward = [v.grad - g for v, g in zip(one.parameters, before, strict=True)]
    if any(abs(g - v.data) > 1e-11 * (1.0 + abs(g)) for g, v in zip(backward, mine[1:], strict=False)):
        _require(one, backward, mine[1 : n + 1], ties, "backward")
    if any(abs(v.data - x) > U * abs(x) for v, x in zip(mine, theirs, strict=True)):
        _require(one, theirs, mine, ties, "value, gradient and second derivatives")


def _require(one: Graph, theirs: Sequence[Any], mine: Sequence[Value], ties: bool, what: str) -> None:
    """Within the bounds? Raises Undecided where a bound of first order says nothing."""
    if not is_decided(one.loss, U, ties=ties):
        raise Undecided
    bounds = [U * (bound(v) + abs(v.data)) for v in mine]
    if not all(b < 1e-2 * (1.0 + abs(v.data)) for b, v in zip(bounds, mine, strict=True)):
        raise Undecided
    if not all(abs(v.data - x) <= b + TINY for v, x, b in zip(mine, theirs, bounds, strict=True)):
        raise Trouble(f"{what}: {[v.data for v in mine]}, theirs {[float(x) for x in theirs]}")


def _check_torch(one: Graph) -> None:
    import torch

    leaves = [torch.tensor(v.data, dtype=torch.float64, requires_grad=True) for v in one.parameters]
    root = evaluated(one.loss, torch_meanings(), dict(zip(one.parameters, leaves, strict=True)), _tensor)
    slopes = _torch_gradients(root, leaves)
    theirs = [root, *slopes, *_torch_gradients(_slopes_along(slopes), leaves)]
    _compare(one, [x.item() for x in theirs], ties=True)


def _tensor(x: float) -> Any:
    import torch

    return torch.tensor(x, dtype=torch.float64)


def _torch_gradients(root: Any, leaves: list[Any]) -> list[Any]:
    import torch

    if not getattr(root, "requires_grad", False):
        return [torch.zeros_like(x) for x in leaves]
    found = torch.autograd.grad(root, leaves, create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, leaves, strict=True)]


def _check_50_digits(one: Graph) -> None:
    from mpmath import mpf

    if not is_decided(one.loss, U, ties=False):
        raise Undecided
    meanings, x = mpmath_meanings(), [mpf(v.data) for v in one.parameters]
    h, direction = mpf("1e-12"), [(i + 1) * (-1) ** i for i in range(len(x))]

    def f(i: int = 0, step: Any = 0, along: Any = 0) -> Any:
        moved = [v + along * d + (step if j == i else 0) for j, (v, d) in enumerate(zip(x, direction, strict=True))]
        return evaluated(one.loss, meanings, dict(zip(one.parameters, moved, strict=True)), mpf)

    slopes = [(f(i, h) - f(i, -h)) / (2 * h) for i in range(len(x))]
    seconds = [(f(i, h, h) - f(i, h, -h) - f(i, -h, h) + f(i, -h, -h)) / (4 * h * h) for i in range(len(x))]
    _compare(one, [f(), *slopes, *seconds], ties=False)
