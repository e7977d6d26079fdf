"""A verdict on a student's answer: right, not answered yet, or wrong in a way that has a name."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UNANSWERED = "not answered yet"
UNKNOWN = "not right yet"


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
    ``tolerance`` is relative, from 1 upwards.

    >>> judge(0.84, 0.84)
    ✓ Right.
    >>> judge(2.0, 0.84, {"forgot the upstream gradient": (2.0, "What does L feel of z?")})
    ✗ Forgot the upstream gradient. What does L feel of z?
    >>> judge(..., 0.84)
    ✗ Not answered yet. Put your answer where the three dots are.
    """
    if is_missing(answer):
        return Verdict(UNANSWERED, "Put your answer where the three dots are.")
    if agree(answer, right, tolerance):
        return Verdict(None, praise)
    for name, (wrong, advice) in (mistakes or {}).items():
        if agree(answer, wrong, tolerance):
            return Verdict(name, advice)
    return Verdict(UNKNOWN, hint)


def is_missing(answer: Any) -> bool:
    """Is the answer, or a part of it, still the three dots, or None?"""
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return any(is_missing(part) for part in answer)
    return answer is None or answer is ...


def agree(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Are two answers of one shape, and every number of them equal within the tolerance?"""
    a, b = (x.tolist() if hasattr(x, "tolist") else x for x in (a, b))  # NumPy's arrays and scalars
    if isinstance(b, Sequence) and not isinstance(b, str):
        return (
            isinstance(a, Sequence)
            and len(a) == len(b)
            and all(agree(x, y, tolerance) for x, y in zip(a, b, strict=True))
        )
    a, b = (getattr(x, "data", x) for x in (a, b))
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    return bool(a == b)
