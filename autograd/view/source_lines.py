"""Which line of the student's code made which node.

The engine knows nothing of recordings and pays nothing for them: during one, Python's
profiling hook sees every node that the engine's three makers of nodes return.
"""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import value
from autograd.value import Value

if TYPE_CHECKING:
    from types import FrameType, TracebackType

__all__ = ["SourceLine", "recorded_lines", "recording"]

MAKERS = frozenset(maker.__code__ for maker in (value.unary, value.binary, value.n_ary_of))
ENGINE = str(Path(__file__).parent.parent)  # the lines we look for are outside


class SourceLine(NamedTuple):
    """A line of code: its file (or notebook cell), its number, what it says."""

    file: str
    number: int
    text: str


class recording:  # noqa: N801  # reads as a verb: with autograd.recording():
    """While it lasts, every node remembers the line of code that made it.

    lines: node → SourceLine, also after the recording ended. The latest recording is kept, with its
           nodes, until the next one begins, so that ``step(loss)`` finds it.

    >>> with recording() as r:
    ...     y = Value(2.0) * 3.0
    >>> r.lines[y].text
    'y = Value(2.0) * 3.0'
    """

    def __init__(self) -> None:
        self.lines: dict[Value, SourceLine] = {}
        self._before: Any = None

    def __enter__(self) -> recording:
        global _latest
        _latest = self
        self._before = sys.getprofile()
        sys.setprofile(self._seen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        sys.setprofile(self._before)

    def _seen(self, frame: FrameType, event: str, result: Any) -> None:
        if event == "return" and frame.f_code in MAKERS and isinstance(result, Value):
            self.lines[result] = _line_outside(frame)


_latest: recording | None = None


def recorded_lines() -> dict[Value, SourceLine]:
    """The lines of the latest recording; none before the first."""
    return _latest.lines if _latest else {}


def _line_outside(frame: FrameType) -> SourceLine:
    """The innermost line that is not the engine's own."""
    while frame.f_back and frame.f_code.co_filename.startswith(ENGINE):
        frame = frame.f_back
    file, number = frame.f_code.co_filename, frame.f_lineno
    return SourceLine(file, number, linecache.getline(file, number, frame.f_globals).strip())
