"""A verdict on a student's answer: right, not answered yet, or wrong in a way that has a name."""

from __future__ import annotations

import copy
import html
import math
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value

__all__ = [
    "RAISES", "UNANSWERED", "UNKNOWN", "WRONG_KIND", "Verdict", "agree", "as_number", "close", "fitted", "is_missing",
    "judge", "judge_function", "kind", "plain",
]  # fmt: skip

UNANSWERED = "not answered yet"
UNKNOWN = "not right yet"
WRONG_KIND = "not the kind of answer that is asked for"
NOT_A_FUNCTION = "not a function"
RAISES = "raises an error"
NOTHING = "returns nothing"
WHOLE = 1e-9  # how near a whole number must be met, relative: a computed 40 may be 40.000000000000007, but never 41
DEEPEST = 8  # levels of nesting that an answer can have; below, a list that holds itself would never end


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer; true when the answer is right.

    ``mistake`` is None for a right answer, else the mistake's name; ``advice`` is what to look at next, and never the
    answer itself.

    >>> Verdict(None, "That is the chain rule.")
    ✓ That is the chain rule.
    >>> bool(Verdict("forgot to add", "w is used twice."))
    False
    """

    mistake: str | None
    advice: str = ""

    def __bool__(self) -> bool:
        return self.mistake is None

    def __repr__(self) -> str:
        said = [self.mistake and self.mistake[0].upper() + self.mistake[1:] + ".", self.advice]
        return f"{'✓' if self else '✗'} {' '.join(filter(None, said))}".rstrip()

    def _repr_html_(self) -> str:
        return f'<p style="font-size:1.15em">{html.escape(repr(self))}</p>'


def judge(
    answer: Any,
    right: Any,
    mistakes: Mapping[str, tuple[Any, str]] | None = None,
    *,
    praise: str = "Right.",
    hint: str = "Try it with small numbers by hand.",
) -> Verdict:
    """Compare an answer with the right one, and with the answers that known mistakes lead to.

    ``answer`` and ``right``: a number of any kind, or numbers in equally nested lists, where brackets around one thing do not count;
    ``mistakes``: the name of a mistake → (the answer it leads to, advice). A mistake that happens to lead to the right
    answer is not one here. An answer may be rounded to three digits, but where ``right`` is an int it is a count, and
    has to be met. Whatever the answer is, nothing is raised.

    >>> judge(0.84, 0.84), judge(0.333, 1 / 3), judge([[0.84]], 0.84)
    (✓ Right., ✓ Right., ✓ Right.)
    >>> judge(2.0, 0.84, {"forgot the upstream gradient": (2.0, "What does L feel of z?")})
    ✗ Forgot the upstream gradient. What does L feel of z?
    >>> judge(..., 0.84)
    ✗ Not answered yet. Put your answer where the three dots are.
    >>> judge([0.84, 2.0], 0.84)
    ✗ Not the kind of answer that is asked for. A number is wanted, this is a list of 2.
    """
    if is_missing(answer):
        return Verdict(UNANSWERED, "Put your answer where the three dots are.")
    led_to = [(right, None, praise), *((wrong, name, advice) for name, (wrong, advice) in (mistakes or {}).items())]
    for alike in agree, _rounded:  # what is met exactly is not taken for the rounding of another
        for reached, name, said in led_to:
            if alike(fitted(answer, reached), reached):
                return Verdict(name, said)
    mismatch = _kind_mismatch(answer, right)
    return Verdict(WRONG_KIND, mismatch) if mismatch else Verdict(UNKNOWN, hint)


def judge_function(
    answer: Any,
    right: Callable[..., Any],
    samples: Iterable[Any],
    mistakes: Mapping[str, tuple[Callable[..., Any], str]] | None = None,
    *,
    praise: str = "Right.",
    hint: str = "Try it with small numbers by hand.",
    tolerance: float = 1e-6,
) -> Verdict:
    """``judge`` for a function that the student wrote: it is called on samples, and so are the right and the wrong ones.

    samples:  one tuple of arguments per call (anything else is the only argument); each call gets copies
    mistakes: the name of a mistake → (the function that makes it, advice)

    What it gives is not rounded: it has to agree within ``tolerance`` (relative, from 1 upwards), brackets and all. A
    function that raises or returns nothing, and what is not a function, get a verdict that says so.

    >>> samples = [-1.0, 0.5, 2.0]
    >>> judge_function(lambda x: 2 * x, lambda x: 2 * x, samples)
    ✓ Right.
    >>> judge_function(lambda x: 2, lambda x: 2 * x, samples, {"forgot x": (lambda x: 2, "What is the slope of x²?")})
    ✗ Forgot x. What is the slope of x²?
    >>> judge_function(lambda x: ..., lambda x: 2 * x, samples)
    ✗ Not answered yet. Put the body of your function where the three dots are.
    >>> judge_function(lambda x: 1 / (x - 2), lambda x: 2 * x, samples)
    ✗ Raises an error. Your function of 2.0: ZeroDivisionError: float division by zero
    """
    if is_missing(answer):
        return Verdict(UNANSWERED, "Put your answer where the three dots are.")
    if not callable(answer):
        return Verdict(NOT_A_FUNCTION, "Give the function itself: its name, without brackets after it.")
    calls = [sample if isinstance(sample, tuple) else (sample,) for sample in samples]
    given = [_called(answer, call) for call in calls]
    failure = _obvious_failure(answer, calls, given)
    if failure is not None:  # a verdict that is not "right" is false
        return failure
    expected = [right(*copy.deepcopy(call)) for call in calls]
    if agree(given, expected, tolerance):
        return Verdict(None, praise)
    for name, (wrong, advice) in (mistakes or {}).items():
        if agree(given, [_called(wrong, call) for call in calls], tolerance):
            return Verdict(name, advice)
    k = next(k for k, (a, b) in enumerate(zip(given, expected, strict=True)) if not agree(a, b, tolerance))
    mismatch = _kind_mismatch(given[k], expected[k])
    return Verdict(
        WRONG_KIND if mismatch else UNKNOWN,
        f"{mismatch or hint} {_call(answer, calls[k])} gave {reprlib.repr(given[k])}.",
    )


# ── reading an answer ───────────────────────────────────────────────────────


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


def _rounded(a: Any, b: Any) -> bool:
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


# ── what kind of thing an answer is ─────────────────────────────────────────


def _kind_mismatch(answer: Any, right: Any) -> str:
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
    mismatch = ((place, _kind_mismatch(*pair)) for place, pair in parts)
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


class _Raised:
    """What a call that raised gave; equal to nothing."""

    def __init__(self, error: BaseException) -> None:
        self.said = f"{type(error).__name__}: {error}".rstrip(": ")


def _called(function: Callable[..., Any], call: tuple[Any, ...]) -> Any:
    try:
        return function(*copy.deepcopy(call))  # copies: a function that changes a list must not change the next call's
    except Exception as error:  # a student's function may do anything
        return _Raised(error)


def _obvious_failure(answer: Callable[..., Any], calls: list[tuple[Any, ...]], given: list[Any]) -> Verdict | None:
    """The verdict on a function that raises, or returns nothing, before its numbers are compared; None if it does not."""
    for call, got in zip(calls, given, strict=True):
        if isinstance(got, _Raised):
            return Verdict(RAISES, f"{_call(answer, call)}: {got.said}")
    if all(map(is_missing, given)):
        return Verdict(UNANSWERED, "Put the body of your function where the three dots are.")
    for call, got in zip(calls, given, strict=True):
        if is_missing(got):
            return Verdict(NOTHING, f"{_call(answer, call)} gave {got!r}: does every way through it end in a return?")
    return None


def _call(function: Callable[..., Any], call: tuple[Any, ...]) -> str:
    """f(0.5, [1, 2]), shortened."""
    name, arguments = str(getattr(function, "__name__", "<none>")), ", ".join(map(reprlib.repr, call))
    return f"{name}({arguments})" if name.isidentifier() else f"Your function of {arguments}"
