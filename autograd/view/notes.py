"""The notes of a talk: what a lecturer wants to say or ask at some steps."""

from __future__ import annotations

from collections.abc import Mapping
from operator import index
from typing import Any

from autograd.view.text import visible

__all__ = ["read_notes"]


def read_notes(notes: Any, last: int) -> list[list[Any]]:
    """Notes given as {step: text}, as [step, text] in the order of their steps; "end" is the last step.

    A text's lines stay lines; whatever else would act instead of being seen is spelled out.
    Raises TypeError for anything but a dict of whole numbers, or "end", and texts; ValueError for a step that does not exist,
    an empty text, or a second note of one step.

    >>> read_notes({"end": "What comes next?", 3: "Why add?"}, last=12)
    [[3, 'Why add?'], [12, 'What comes next?']]
    >>> read_notes({99: "Why?"}, last=12)
    Traceback (most recent call last):
    ValueError: there is no step 99 to put a note at: the last step is 12
    """
    if notes is None:
        return []
    if not isinstance(notes, Mapping):
        raise TypeError(f'notes are a dict, {{12: "Why add?", "end": "…"}}; got {type(notes).__name__}')
    found: dict[int, str] = {}
    for step, text in notes.items():
        at = _time(step, last)
        if at in found:
            raise ValueError(f'step {at} is the end: it has two notes, one at {at} and one at "end"')
        found[at] = _text(text, step)
    return [[at, text] for at, text in sorted(found.items())]


def _time(step: Any, last: int) -> int:
    if step == "end":
        return last
    if not hasattr(step, "__index__") or isinstance(step, bool):
        raise TypeError(f'a note is put at the number of a step, or at "end"; got {step!r:.40}')
    if not 0 <= index(step) <= last:
        raise ValueError(f"there is no step {step} to put a note at: the last step is {last}")
    return index(step)


def _text(text: Any, step: int | str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"the note at {step} is a text; got {type(text).__name__}")
    if not text.strip():
        raise ValueError(f"the note at {step} is empty: leave it out, or say something")
    return "\n".join(map(visible, text.strip().splitlines()))
