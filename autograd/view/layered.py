"""The built-in layout, in plain Python, for machines without Graphviz.

Each frame is laid out in columns on its own, the inner ones first, and then stands in
its parent as one box; what enters or leaves it passes a port in its side. Everything is
computed as if the arrows pointed right, ``x`` along them and ``y`` across, and turned at
the end.
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from autograd.view.columns import Columns
from autograd.view.geometry import ARROW, Curve, Layout, Point, Rect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.view.columns import FrameLayout
    from autograd.view.scene import Scene

__all__ = ["lay_out_in_columns"]

PADDING, TITLE = 12.0, 28.0  # px within a frame; on the side of its title


def lay_out_in_columns(scene: Scene, direction: str = "LR", *, arrows: bool = True) -> Layout:
    """Coordinates for a scene, nearly linear in its size and the same in every process.

    direction: one of ``geometry.DIRECTIONS``
    arrows:    whether arrows get curves; without, boxes and frames alone are placed, with a quarter of the sweeps

    >>> from autograd import Value, draw
    >>> layout = lay_out_in_columns(draw(Value(2.0).tanh()).scene)
    >>> layout.boxes[0].x < layout.boxes[1].x, layout.boxes[0].y == layout.boxes[1].y
    (True, True)
    """
    frames: dict[int | None, FrameLayout] = {}
    for frame in [*reversed(range(len(scene.frames))), None]:  # a frame comes after its parent in the list
        frames[frame] = _inside(frame, scene, frames, direction, arrows)
    return _turned(_joined(scene, frames, arrows), direction)


# ── frames within frames ────────────────────────────────────────────────────


def _inside(
    frame: int | None, scene: Scene, frames: dict[int | None, FrameLayout], direction: str, arrows: bool
) -> FrameLayout:
    """The layout of what stands directly in a frame, or in none; ``frames`` has those of the frames within."""
    upright = direction in ("TB", "BT")
    links = scene.nesting.links[frame]
    ports = [item for _, tail, head in links for item in (tail, head) if item[0] in ("in", "out")]
    columns = Columns([*scene.nesting.inside[frame], *ports], scene.gap, arrows=arrows)
    for (kind, i), v in columns.index.items():
        if kind == "box":
            size = scene.boxes[i].width, scene.boxes[i].height
            columns.width[v], columns.height[v] = size[::-1] if upright else size
        elif kind == "frame":
            columns.width[v], columns.height[v] = frames[i].width, frames[i].height
    for a, tail, head in links:
        leaves = _port(frames[tail[1]], "out", a) if tail[0] == "frame" else None
        arrives = _port(frames[head[1]], "in", a) if head[0] == "frame" else None
        columns.link(a, tail, head, leaves, arrives)
    if frame is None:
        return columns.lay_out((0.0, 0.0, 0.0, 0.0), (0.0, 0.0))
    first, last = {"TB": (TITLE, PADDING), "BT": (PADDING, TITLE)}.get(direction, (PADDING, PADDING))
    padding = (first, last, PADDING if upright else TITLE, PADDING)
    title = scene.frames[frame].width
    return columns.lay_out(padding, (0.0, title) if upright else (title, 0.0))


def _port(frame: FrameLayout, side: str, arrow: int) -> float:
    """Where an arrow passes a frame's side, from the middle of the side."""
    return frame.items[side, arrow].y - frame.height / 2


def _joined(scene: Scene, frames: dict[int | None, FrameLayout], arrows: bool) -> Layout:
    """The frames put into one another: everything in the picture's coordinates."""
    corner: dict[int | None, Point] = {None: Point(0.0, 0.0)}
    rects: list[Rect] = []
    for i, frame in enumerate(scene.frames):
        width, height, *_ = frames[i]
        centre, outer = frames[frame.parent].items["frame", i], corner[frame.parent]
        corner[i] = Point(outer.x + centre.x - width / 2, outer.y + centre.y - height / 2)
        rects.append(Rect(*corner[i], width, height))
    boxes = [_moved(frames[box.frame].items["box", i], corner[box.frame]) for i, box in enumerate(scene.boxes)]
    curves = [
        _curve([_moved(p, corner[frame]) for frame in way for p in frames[frame].routes[a]])
        for a, way in enumerate(scene.nesting.ways if arrows else ())
    ]
    width, height, *_ = frames[None]
    return Layout(width, height, tuple(boxes), tuple(curves), tuple(rects), "builtin")


def _moved(p: Point, by: Point) -> Point:
    return Point(p.x + by.x, p.y + by.y)


# ── curves, and turning them ────────────────────────────────────────────────


def _curve(corners: Sequence[Point]) -> Curve:
    """Through the corners, level at each; the arrow's line ends a little before its tip."""
    tip = corners[-1]
    stop = tip.x - ARROW
    ahead = tip.x >= corners[0].x
    points = [corners[0]]
    for corner in [*corners[1:-1], Point(stop, tip.y)]:
        end = Point(min(corner.x, stop), corner.y) if ahead else corner
        start = points[-1]
        if hypot(end.x - start.x, end.y - start.y) > 0.01:  # a port is a corner in both its frames
            reach = (end.x - start.x) / 2 if end.x > start.x - 0.01 else 60.0
            points += [Point(start.x + reach, start.y), Point(end.x - reach, end.y), end]
    return Curve(tuple(points), tip)


def _turned(layout: Layout, direction: str) -> Layout:
    """A layout computed rightward, turned to another direction."""
    if direction == "LR":
        return layout

    def turn(p: Point) -> Point:
        if direction in ("TB", "BT"):
            p = Point(p.y, p.x)
        return Point(width - p.x, p.y) if direction == "RL" else Point(p.x, height - p.y) if direction == "BT" else p

    def turn_rect(r: Rect) -> Rect:
        a, b = turn(Point(r.x, r.y)), turn(Point(r.x + r.width, r.y + r.height))
        return Rect(min(a.x, b.x), min(a.y, b.y), abs(a.x - b.x), abs(a.y - b.y))

    width, height = (layout.height, layout.width) if direction in ("TB", "BT") else (layout.width, layout.height)
    arrows = tuple(Curve(tuple(map(turn, c.points)), turn(c.tip)) for c in layout.arrows)
    return Layout(
        width, height, tuple(map(turn, layout.boxes)), arrows, tuple(map(turn_rect, layout.frames)), layout.engine
    )
