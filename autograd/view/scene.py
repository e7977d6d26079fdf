"""What a picture shows, before anything has a place: boxes, arrows, frames.

A scene is plain data, a snapshot: later changes of the graph don't reach a
picture already drawn. Boxes are numbered in topological order, a leaf just before
its first use, so the same graph gives the same scene in every process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING

from autograd.view.text import cells

if TYPE_CHECKING:
    from autograd.view.nesting import Nesting

__all__ = ["CELL", "FONT", "LINE_HEIGHT", "MARGIN", "Arrow", "Box", "Frame", "Scene", "TextLine", "stroke"]

FONT = 14  # px; smaller digits are lost on a projector
CELL = 0.602 * FONT  # width of a character in the usual fixed-width fonts
LINE_HEIGHT = 19
MARGIN = 9
THIN, THICK = 1.2, 6.0


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in a box, its tone (name, plain, plus, minus), and how many characters more it has room for."""

    text: str
    tone: str = "plain"
    room: int = 0


@dataclass(frozen=True)
class Box:
    """A node, or several folded into one.

    kind:   input, parameter, constant, result or folded
    symbol: the op's sign, shown as a chip; "" for leaves
    lines:  what is written in it
    hover:  in full, what ``lines`` shortens
    frame:  index of the frame around it, or None
    ring:   is it pointed out?
    """

    kind: str
    symbol: str
    lines: tuple[TextLine, ...]
    hover: str
    frame: int | None = None
    ring: bool = False

    @cached_property
    def chip(self) -> float:
        """Width of the chip with the op's symbol."""
        return cells(self.symbol) * CELL * 17 / FONT + 12 if self.symbol else 0.0

    @cached_property
    def width(self) -> float:
        """In px, from the longest line."""
        longest = max([cells(line.text) + line.room for line in self.lines])
        return self.chip + longest * CELL + (3 if self.symbol else 2) * MARGIN

    @cached_property
    def height(self) -> float:
        """In px, from the number of lines."""
        return len(self.lines) * LINE_HEIGHT + 2 * MARGIN - 4


@dataclass(frozen=True, slots=True)
class Arrow:
    """One argument slot: ``tail`` is the operand, ``head`` the result. Between folded boxes, all slots in one.

    flow:  ∂L/∂tail as far as it comes through here, local derivative · gradient; None if unknown
    text:  the glyph or the local derivative written on it
    width: of the line, in px
    tone:  plus, minus or plain
    """

    tail: int
    head: int
    flow: float | None = None
    text: str = ""
    hover: str = ""
    width: float = THIN
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Frame:
    """A module drawn around what it made: its path, what is written on it, the frame it stands in."""

    path: str
    title: str
    parent: int | None

    @property
    def width(self) -> float:
        """In px, from what is written on it."""
        return cells(self.title) * CELL + 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a picture shows. ``strongest`` is the |gradient| of the widest arrow."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    frames: tuple[Frame, ...]
    nesting: Nesting
    title: str
    note: str = ""
    strongest: float = 0.0
    local_derivatives: bool = False

    @property
    def gap(self) -> float:
        """Room between columns of boxes, in px: enough for what is written on the arrows."""
        return max([42.0, *(cells(arrow.text) * CELL + 36 for arrow in self.arrows if len(arrow.text) > 1)])


def stroke(flow: float | None, strongest: float) -> float:
    """The width of an arrow that passes ``flow``: one scale per picture, a quarter of the gradient is half the ink.

    >>> stroke(0.0, 8.0), stroke(-8.0, 8.0), stroke(None, 8.0)
    (1.2, 6.0, 1.2)
    """
    if not flow or not strongest:
        return THIN
    return THIN + (THICK - THIN) * sqrt(min(abs(flow) / strongest, 1.0))
