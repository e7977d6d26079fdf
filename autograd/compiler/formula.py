"""Formulas on arrays, written as on the board.

A formula is an ``Expr`` whose leaves are names of arrays. So what a rule gives when
it is read with symbols is a formula.

>>> delta, W, h = Expr("delta3"), Expr("W3"), Expr("h2")
>>> board(times(Expr("@", delta, W), 1.0 - h * h))
'(delta3 @ W3) * (1.0 - h2 * h2)'
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from autograd.readings import floats
from autograd.symbols import Expr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Expr", "board", "bracketed", "inside", "is_number", "simplified", "times"]

COMPARISON, NEGATIVE, ATOM = 1, 3, 9
INFIX = {"+": 2, "-": 2, "*": 4, "*=": 4, "/": 4, "@": 4, "@@": 4, **dict.fromkeys(["<", "<=", ">", ">="], COMPARISON)}
WRITTEN = {
    "*=": "*",
    "@@": "@",
}  # "*=": a product that may overwrite its first factor; "@@": a stack of matrix products
PRODUCTS = frozenset(["@", "@@"])
SUFFIXES = {"T": "{}.T", "mT": "{}.swapaxes(-1, -2)", "column": "{}[..., None]"}
VIEWS = frozenset(["broadcast_to", *SUFFIXES])  # of another array's memory


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg, "abs": abs,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def is_number(e: Expr) -> bool:
    """Is it a literal?"""
    return not e.args and not isinstance(e.head, str)


def inside(e: Expr) -> Iterator[Expr]:
    """The formula and all its parts, outer first; a part that is shared comes once."""
    stack, seen = [e], {id(e)}
    while stack:
        e = stack.pop()
        yield e
        for a in e.args:
            if id(a) not in seen:
                seen.add(id(a))
                stack.append(a)


def times(a: Expr, b: Expr) -> Expr:
    """a · b, without a factor of 1."""
    if is_number(a) and a.head == 1.0:
        return b
    return a if is_number(b) and b.head == 1.0 else Expr("*", a, b)


def simplified(e: Expr, done: dict[int, Expr]) -> Expr:
    """The same numbers with less work: x² as x · x, a relu's slope as a comparison, 1 · x as x.

    done: what was simplified before, so that shared parts stay shared
    """
    if id(e) not in done:
        args = tuple(simplified(a, done) for a in e.args)
        same = all(a is b for a, b in zip(args, e.args, strict=True))
        done[id(e)] = _simpler(e if same else Expr(e.head, *args))
    return done[id(e)]


def _simpler(e: Expr) -> Expr:
    if e.args and all(map(is_number, e.args)):
        return _computed(e)
    match e.head, e.args:
        case "power", (x, Expr(head=2.0)):
            return Expr("*", x, x)
        case "power", (x, Expr(head=1.0)):
            return x
        case "*", (a, b):
            return times(a, b)
        case "where", (condition, a, b) if is_number(condition):
            return a if condition.head else b
    return e


def _computed(e: Expr) -> Expr:
    """A formula of numbers alone as its number: a library's function of a number might be 64 bits wide."""
    head, numbers = str(e.head), [float(a.head) for a in e.args]
    try:
        return Expr(float((_ARITHMETIC.get(head) or getattr(floats, head))(*numbers)))
    except (ValueError, ArithmeticError):
        return e


def board(e: Expr) -> str:
    """The formula as one writes it: ``(delta3 @ W3) * (h_pre2 > 0.0)``."""
    if not e.args:
        return e.head if isinstance(e.head, str) else _literal(float(e.head))
    head = str(e.head)
    if head in INFIX:
        a, b = e.args
        return f"{_in_context(a, INFIX[head], False)} {WRITTEN.get(head, head)} {_in_context(b, INFIX[head], True)}"
    if head == "neg":
        return f"-{_in_context(e.args[0], NEGATIVE, True)}"
    if head in SUFFIXES:
        return SUFFIXES[head].format(_in_context(e.args[0], ATOM, False))
    prefix = "" if head == "abs" else "xp."
    return f"{prefix}{head}({', '.join(map(board, e.args))})"


def bracketed(e: Expr) -> str:
    """The formula, in brackets if it has parts."""
    return f"({board(e)})" if e.args else board(e)


def _literal(x: float) -> str:
    return repr(x) if math.isfinite(x) else f"float('{x}')"


def _in_context(e: Expr, outer: int, right: bool) -> str:
    text = board(e)
    negative = is_number(e) and text.startswith("-")
    mine = INFIX.get(str(e.head), ATOM) if e.args else NEGATIVE if negative else ATOM
    if e.args and e.head == "neg":
        mine = NEGATIVE
    mixed = e.args and (
        e.head in PRODUCTS or mine == COMPARISON
    )  # (a @ b) * c: say which comes first; a < b < c is a chain
    return f"({text})" if mine < outer or (mine == outer and (right or mixed)) or (mixed and outer == 4) else text
