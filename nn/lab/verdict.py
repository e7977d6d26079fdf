"""A verdict on a student's answer: right, not answered yet, or wrong in a way that has a name."""

from __future__ import annotations

import copy
import html
import math
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["RAISES", "UNANSWERED", "UNKNOWN", "Verdict", "agree", "is_missing", "judge", "judge_function"]

UNANSWERED = "not answered yet"
UNKNOWN = "not right yet"
WRONG_KIND = "not the kind of answer that is asked for"
NOT_A_FUNCTION = "not a function"
RAISES = "raises an error"
NOTHING = "returns nothing"
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
    tolerance: float = 1e-6,
) -> Verdict:
    """Compare an answer with the right one, and with the answers that known mistakes lead to.

    ``answer`` and ``right``: a number (a `Value`'s data counts), or numbers nested alike; ``mistakes``: the name of a
    mistake → (the answer it leads to, advice). A mistake that happens to lead to the right answer is not one here.
    ``tolerance`` is relative, from 1 upwards. Whatever the answer is, nothing is raised.

    >>> judge(0.84, 0.84)
    ✓ Right.
    >>> judge(2.0, 0.84, {"forgot the upstream gradient": (2.0, "What does L feel of z?")})
    ✗ Forgot the upstream gradient. What does L feel of z?
    >>> judge(..., 0.84)
    ✗ Not answered yet. Put your answer where the three dots are.
    >>> judge([0.84], 0.84)
    ✗ Not the kind of answer that is asked for. A number is wanted, this is of type list.
    """
    if is_missing(answer):
        return Verdict(UNANSWERED, "Put your answer where the three dots are.")
    if agree(answer, right, tolerance):
        return Verdict(None, praise)
    for name, (wrong, advice) in (mistakes or {}).items():
        if agree(answer, wrong, tolerance):
            return Verdict(name, advice)
    strange = _strangeness(answer, right)
    return Verdict(WRONG_KIND, strange) if strange else Verdict(UNKNOWN, hint)


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

    samples:  one tuple of arguments a call (what is not a tuple is the only argument); each call gets copies
    mistakes: the name of a mistake → (the function that makes it, advice)

    A function that raises, returns nothing, or is none, is told so.

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
    asked = _question(answer, calls, given)
    if asked is not None:  # a verdict that is not "right" is false
        return asked
    expected = [right(*copy.deepcopy(call)) for call in calls]
    led_to = {
        name: ([_called(wrong, call) for call in calls], advice) for name, (wrong, advice) in (mistakes or {}).items()
    }
    verdict = judge(given, expected, led_to, praise=praise, hint=hint, tolerance=tolerance)
    if verdict.mistake not in (UNKNOWN, WRONG_KIND):
        return verdict
    k = next(k for k, (a, b) in enumerate(zip(given, expected, strict=True)) if not agree(a, b, tolerance))
    strange = _strangeness(given[k], expected[k])
    return Verdict(
        WRONG_KIND if strange else UNKNOWN,
        f"{strange or hint} {_call(answer, calls[k])} gave {reprlib.repr(given[k])}.",
    )


def is_missing(answer: Any, depth: int = DEEPEST) -> bool:
    """Is the answer, or a part of it, still the three dots, or None?

    >>> is_missing([1.0, ...]), is_missing(0.0)
    (True, False)
    """
    answer = _plain(answer)
    if _is_list(answer) and depth:
        return any(is_missing(part, depth - 1) for part in answer)
    return answer is None or answer is ...


def agree(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Are two answers of one shape, and every number of them equal within the tolerance?

    >>> agree([1.0, 2.0], (1.0, 2.0 + 1e-9)), agree([1.0, 2.0], 1.0)
    (True, False)
    """
    a, b = _plain(a), _plain(b)
    if _is_list(b):
        return _is_list(a) and len(a) == len(b) and all(agree(x, y, tolerance) for x, y in zip(a, b, strict=True))
    try:
        if isinstance(a, int | float) and isinstance(b, int | float):
            return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) or (a != a and b != b)
        return bool(a == b)
    except Exception:  # an object of the student's own may do anything when it is compared
        return False


def _plain(x: Any) -> Any:
    """NumPy's arrays and scalars as lists and floats; a Value as its number."""
    if isinstance(x, type):  # the class instead of a thing of it
        return x
    return x.tolist() if hasattr(x, "tolist") else getattr(x, "data", x)


def _is_list(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str)


# ── what kind of thing an answer is ─────────────────────────────────────────


def _strangeness(answer: Any, right: Any) -> str:
    """In words, why the answer can't be right whatever its numbers are; "" if it could be."""
    answer, right = _plain(answer), _plain(right)
    if isinstance(right, int | float) and not isinstance(answer, int | float):
        return f"A number is wanted, this is {_typed(answer)}."
    if _is_list(right) and not _is_list(answer):
        return f"{len(right)} of them are wanted in a list, this is {_typed(answer)}."
    if _is_list(right) and len(right) != len(answer):
        return f"{len(right)} of them are wanted, these are {len(answer)}."
    return ""


def _typed(answer: Any) -> str:
    return (
        "one number" if isinstance(answer, int | float) else "a function: call it" if callable(answer)
        else f"of type {type(answer).__name__}"
    )  # fmt: skip


class _Raised:
    """What a call that raised gave; equal to nothing."""

    def __init__(self, error: BaseException) -> None:
        self.said = f"{type(error).__name__}: {error}".rstrip(": ")


def _called(function: Callable[..., Any], call: tuple[Any, ...]) -> Any:
    try:
        return function(*copy.deepcopy(call))  # copies: a function that changes a list must not change the next call's
    except Exception as error:  # a student's function may do anything
        return _Raised(error)


def _question(answer: Callable[..., Any], calls: list[tuple[Any, ...]], given: list[Any]) -> Verdict | None:
    """What must be asked before numbers can be compared."""
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
