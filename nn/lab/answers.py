"""What a student gave, read leniently: any kind of number, any kind of list, brackets that do not count.

Nothing here raises, whatever the answer is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value

__all__ = ["agree", "agree_rounded", "as_number", "close", "fitted", "is_missing", "kind", "kind_mismatch", "plain"]

WHOLE = 1e-9  # how near a whole number must be met, relative: a computed 40 may be 40.000000000000007, but never 41
DEEPEST = 8  # levels of nesting that an answer can have; below, a list that holds itself would never end


def as_number(answer: Any) -> float | None:
    """An answer as a float, whatever kind of number it is; None for anything else. Nothing is raised.

    Numbers are int, float, bool, Fraction, Decimal, a `Value`, a NumPy scalar, and any of these in brackets of its own.
    Text is not a number.

    >>> as_number(2), as_number(Value(2.0)), as_number([[2.0]])
    (2.0, 2.0, 2.0)
    >>> as_number("2"), as_number([2.0, 3.0])
    (None, None)
    """
    found = fitted(answer, 0.0)
    return found if isinstance(found, float) else None


def fitted(answer: Any, right: Any, depth: int = DEEPEST) -> Any:
    """The answer in plain lists and floats, without brackets around a single thing where ``right`` has none.

    A column, or the row of a matrix, is a list; a list of one is a number.

    >>> fitted([[1], [2]], [0.0, 0.0]), fitted([[1, 2]], [0.0, 0.0]), fitted([[1, 2]], [[0.0, 0.0]])
    ([1.0, 2.0], [1.0, 2.0], [[1.0, 2.0]])
    """
    answer, right = plain(answer), plain(right)
    wanted = len(right) if _is_list(right) else None
    while depth and _is_list(answer) and len(answer) == 1 != wanted:
        answer, depth = plain(answer[0]), depth - 1
    if depth and _is_list(right) and _is_list(answer) and len(answer) == wanted:
        return [fitted(part, of, depth - 1) for part, of in zip(answer, right, strict=True)]
    return answer


def plain(x: Any) -> Any:
    """A number of any kind as a float, NumPy's arrays as lists; anything else as it is. Nothing is raised.

    >>> from fractions import Fraction
    >>> plain(Fraction(1, 2)), plain(Value(0.5)), plain("0.5")
    (0.5, 0.5, '0.5')
    """
    try:
        x = x.tolist() if hasattr(x, "tolist") and not isinstance(x, type) else x
        return x if _is_list(x) else _float(x)
    except Exception:  # an object of the student's own may do anything when it is inspected
        return x


def _float(x: Any) -> Any:
    if isinstance(x, type | complex):  # the class instead of an instance
        return x
    # A Value class of the student's own has data too.
    number = x.data if isinstance(x, Value) or not hasattr(x, "__float__") else x
    return float(number) if hasattr(number, "__float__") else x  # float() alone reads text as well


def is_missing(answer: Any, depth: int = DEEPEST) -> bool:
    """Is the answer, or a part of it, still the three dots, or None?

    >>> is_missing([1.0, ...]), is_missing(0.0)
    (True, False)
    """
    answer = plain(answer)
    if _is_list(answer) and depth:
        return any(is_missing(part, depth - 1) for part in answer)
    return answer is None or answer is ...


def close(a: float, b: float) -> bool:
    """Are they one number, one of them perhaps rounded to three digits? (Within 0.6 %, as in the player.)

    >>> close(0.333, 1 / 3), close(0.34, 1 / 3)
    (True, False)
    """
    return a == b or abs(a - b) <= 0.006 * abs(b) + 1e-12 or (math.isnan(a) and math.isnan(b))


def agree(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Are two answers of one shape, and every number of them equal within the tolerance?

    A whole number (b is an int) is met or it is not.

    >>> agree([1.0, 2.0], (1.0, 2.0 + 1e-9)), agree([1.0, 2.0], 1.0), agree(2**20 + 1.0, 2**20)
    (True, False, False)
    """
    return _agree(a, b, lambda x, y: math.isclose(x, y, rel_tol=tolerance, abs_tol=tolerance) or (x != x and y != y))


def agree_rounded(a: Any, b: Any) -> bool:
    """The same, with each number perhaps rounded to three digits, where b has no whole number."""
    return _agree(a, b, close)


def _agree(a: Any, b: Any, alike: Callable[[float, float], bool], depth: int = DEEPEST) -> bool:
    whole = isinstance(b, int)
    a, b = plain(a), b if whole else plain(b)
    try:
        if _is_list(b):
            return bool(
                depth
                and _is_list(a)
                and len(a) == len(b)
                and all(_agree(x, y, alike, depth - 1) for x, y in zip(a, b, strict=True))
            )
        if isinstance(a, float) and whole:
            return math.isclose(a, b, rel_tol=WHOLE, abs_tol=WHOLE)
        return alike(a, b) if isinstance(a, float) and isinstance(b, float) else bool(a == b)
    except Exception:  # an object of the student's own may do anything when it is compared
        return False


def _is_list(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str | bytes | bytearray)


def kind_mismatch(answer: Any, right: Any) -> str:
    """In words, why the answer can't be right whatever its numbers are; "" if it could be."""
    given, right = fitted(answer, right), plain(right)
    shown = given if isinstance(answer, list | tuple) else answer
    if isinstance(right, float) and not isinstance(given, float):
        return f"A number is wanted, this is {kind(shown)}."
    if not _is_list(right):
        return ""
    if not _is_list(given) or len(right) != len(given):
        return f"{len(right)} of them are wanted in a list, this is {kind(shown)}."
    parts = enumerate(zip(given, right, strict=True), 1)
    mismatch = ((place, kind_mismatch(*pair)) for place, pair in parts)
    return next((f"In place {place}: {said[0].lower()}{said[1:]}" for place, said in mismatch if said), "")


def kind(answer: Any) -> str:
    """What an answer is, in words that say why it is not the one that is wanted.

    >>> kind(0.5), kind([1, 2]), kind(len), kind("0.5")
    ('one number', 'a list of 2', 'a function: call it', 'of type str')
    """
    given = plain(answer)
    if isinstance(given, float):
        return "one number"
    if isinstance(answer, int):
        return "larger than any float"
    if isinstance(answer, list | tuple):
        return f"a {type(answer).__name__} of {len(answer)}"
    if _is_list(given) and isinstance(shape := getattr(answer, "shape", None), tuple):
        return f"an array of shape {shape}"
    return "a function: call it" if callable(answer) else f"of type {type(answer).__name__}"
