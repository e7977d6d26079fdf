"""Notebook 2, the chain rule: the slope along one edge, the sum over two paths, and the order of the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Value
from nn.lab.answers import plain
from nn.lab.gradient import judge_gradient
from nn.lab.verdict import UNKNOWN, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_order", "check_slope", "check_two_paths"]


def check_slope(answer: Any) -> Verdict:
    """∂L/∂w for z = w·x at w = 0.5, x = 2, where ∂L/∂z = 0.42 has arrived.

    >>> check_slope(2.42)
    ✗ Added along a path. Two gears in a row: do their magnifications add?
    """
    w, x, upstream = Value(0.5, label="w"), Value(2.0, label="x"), 0.42
    z = w * x
    z.label = "z"
    mistakes = {"added along a path": (upstream + x.data, "Two gears in a row: do their magnifications add?")}
    hint = "Two numbers meet at this edge: what arrived at z, and the slope of z = w·x by w."
    return _judge_gradient(z * upstream, w, answer, mistakes, hint)


def check_two_paths(answer: Any) -> Verdict:
    """∂L/∂a for u = a·b + a and L = u², at a = 1, b = 2.

    >>> check_two_paths(12)
    ✗ Forgot to add. a is used 2 times: each use sends a contribution, and they add up.
    """
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    u = a * b + a
    u.label = "u"
    by_product, by_sum = 2 * u.data * b.data, 2 * u.data
    mistakes = {
        "multiplied over paths": (by_product * by_sum, "Slopes multiply along a path. And where two paths meet?"),
        "wrong local derivative": (u.data * (b.data + 1), "Both paths are there. What is the slope of u², at u = 3?"),
    }
    hint = "Write down both paths from L to a, multiply along each, then put the two together."
    return _judge_gradient(u**2, a, answer, mistakes, hint)


def _judge_gradient(
    L: Value, node: Value, answer: Any, mistakes: Mapping[str, tuple[float, str]], hint: str
) -> Verdict:
    """``judge_gradient``, and after it the mistakes of this exercise alone."""
    L.label = "L"
    verdict = judge_gradient(L, node, answer)
    return judge(answer, ..., mistakes, hint=hint) if verdict.mistake == UNKNOWN else verdict


def check_order(answer: Any) -> Verdict:
    """The order in which backward visits L, p, q, r, where p = a·b, q = p + b, r = p·q, L = r + q: a list of names.

    >>> check_order(["L", "q", "r", "p"])
    ✗ Wrong order. Somewhere a node is visited before one that uses it: it would pass on less than it should.
    """
    verdict = judge(
        answer,
        ["L", "r", "q", "p"],
        {"wrong order": (["p", "q", "r", "L"], "So the forward pass visits them. Where does backward begin?")},
        praise="Each gradient is complete before it is passed on.",
        hint='Give each of the names "L", "p", "q", "r" once, in a list.',
    )
    if verdict.mistake == UNKNOWN and _each_once(plain(answer), "Lpqr"):
        advice = "Somewhere a node is visited before one that uses it: it would pass on less than it should."
        return Verdict("wrong order", advice)
    return verdict


def _each_once(answer: Any, names: str) -> bool:
    named = isinstance(answer, list | tuple) and all(isinstance(name, str) for name in answer)
    return named and sorted(answer) == sorted(names)
