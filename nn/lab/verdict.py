"""A verdict on a student's answer: right, not answered yet, or wrong in a way that has a name."""

from __future__ import annotations

import copy
import html
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nn.lab.answers import agree, agree_rounded, fitted, is_missing, kind_mismatch

__all__ = ["NOT_ANSWERED", "RAISES", "UNANSWERED", "UNKNOWN", "WRONG_KIND", "Verdict", "judge", "judge_function"]

UNANSWERED = "not answered yet"
UNKNOWN = "not right yet"
WRONG_KIND = "not the kind of answer that is asked for"
NOT_A_FUNCTION = "not a function"
RAISES = "raises an error"
NOTHING = "returns nothing"


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
        mark = "✓" if self else "○" if self.mistake == UNANSWERED else "✗"
        return f"{mark} {' '.join(filter(None, said))}".rstrip()

    def _repr_html_(self) -> str:
        return f'<p style="font-size:1.15em">{html.escape(repr(self))}</p>'


NOT_ANSWERED = Verdict(UNANSWERED, "Put your answer where the three dots are.")


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
    ○ Not answered yet. Put your answer where the three dots are.
    >>> judge([0.84, 2.0], 0.84)
    ✗ Not the kind of answer that is asked for. A number is wanted, this is a list of 2.
    """
    if is_missing(answer):
        return NOT_ANSWERED
    led_to = [(right, None, praise), *((wrong, name, advice) for name, (wrong, advice) in (mistakes or {}).items())]
    for alike in agree, agree_rounded:  # an exact match is not mistaken for the rounding of another
        for reached, name, said in led_to:
            if alike(fitted(answer, reached), reached):
                return Verdict(name, said)
    mismatch = kind_mismatch(answer, right)
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
    ○ Not answered yet. Put the body of your function where the three dots are.
    >>> judge_function(lambda x: 1 / (x - 2), lambda x: 2 * x, samples)
    ✗ Raises an error. Your function of 2.0: ZeroDivisionError: float division by zero
    """
    if is_missing(answer):
        return NOT_ANSWERED
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
    mismatch = kind_mismatch(given[k], expected[k])
    return Verdict(
        WRONG_KIND if mismatch else UNKNOWN,
        f"{mismatch or hint} {_call(answer, calls[k])} gave {reprlib.repr(given[k])}.",
    )


class _Raised:
    """The outcome of a call that raised; equal to no answer."""

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
