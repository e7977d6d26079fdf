"""Where things are: points, curves, and a whole layout."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ARROW", "DIRECTIONS", "Curve", "Layout", "Point", "Rect", "length_of", "point_at"]

DIRECTIONS = ("LR", "TB", "RL", "BT")  # where the arrows point to; Graphviz's `rankdir`
ARROW = 9.0  # px from the end of an arrow's line to its tip


class Point(NamedTuple):
    """In px; y grows downward."""

    x: float
    y: float


class Rect(NamedTuple):
    """The upper left corner and the size."""

    x: float
    y: float
    width: float
    height: float


class Curve(NamedTuple):
    """Cubic Bézier pieces (p₀ c c p₁ c c p₂ …) and the arrow's tip, which lies a little beyond."""

    points: tuple[Point, ...]
    tip: Point


class Layout(NamedTuple):
    """Where a scene's boxes (their centres), arrows and frames are, and which engine put them there."""

    width: float
    height: float
    boxes: tuple[Point, ...]
    arrows: tuple[Curve, ...]
    frames: tuple[Rect, ...]
    engine: str


def length_of(curve: Curve) -> float:
    """How long it is, in px: from the end of one piece to the end of the next.

    >>> length_of(Curve((Point(0, 0), *[Point(3, 4)] * 3), Point(3, 14)))
    15.0
    """
    return sum(dist(a, b) for a, b in pairwise([*curve.points[::3], curve.tip]))


def point_at(points: Sequence[Point], fraction: float) -> Point:
    """The point at a fraction of the way along a curve, whose pieces count by the distance of their ends.

    >>> point_at([Point(0, 0), Point(1, 0), Point(2, 0), Point(3, 0)], 0.5)
    Point(x=1.5, y=0.0)
    >>> point_at([Point(0, 0), *[Point(1, 0)] * 3, *[Point(9, 0)] * 3], 0.1)
    Point(x=0.9..., y=0.0)
    """
    lengths = [dist(a, b) for a, b in pairwise(points[::3])]
    way = fraction * sum(lengths)
    i = 0
    while i < len(lengths) - 1 and way > lengths[i]:
        way -= lengths[i]
        i += 1
    t = min(way / (lengths[i] or 1.0), 1.0)
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    control = points[3 * i : 3 * i + 4]
    return Point(
        sum(w * p.x for w, p in zip(weights, control, strict=True)),
        sum(w * p.y for w, p in zip(weights, control, strict=True)),
    )
