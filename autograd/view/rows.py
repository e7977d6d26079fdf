"""A long layout folded into rows, as text is: so a picture fits its cell, and can still be read there.

It is cut between columns, never through a box or a frame, and where few arrows pass. An arrow that is cut turns at the
end of its row and goes on at the beginning of the next; no two of them cross on the way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from autograd.view.geometry import ARROW, Curve, Layout, Point, Rect, length_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.view.scene import Scene

__all__ = ["fitted", "in_rows"]

LANE, NARROW, BUNDLE = 12.0, 2.5, 100.0  # px between arrows that turn; between very many; across most bundles
GAP = 20.0  # px between the outermost of them and what is above or below
FEW, MOST = 16, 64  # arrows that pass a cut: at best, and where the picture could not be read otherwise
ROUND = 12.0  # px, of a turn's corners


class Cut(NamedTuple):
    """Where a layout may be cut: between the columns that end and begin there, in px, and how many arrows pass."""

    end: float
    begin: float
    arrows: int

    @property
    def middle(self) -> float:
        """In px."""
        return (self.end + self.begin) / 2

    @property
    def lane(self) -> float:
        """Between its arrows, in px: many go close to one another."""
        return max(NARROW, min(LANE, BUNDLE / max(self.arrows, 1)))

    @property
    def bundle(self) -> float:
        """All its arrows side by side, in px."""
        return self.arrows * self.lane

    @property
    def row_end(self) -> float:
        """Where a row that ends here ends: its arrows turn beside it."""
        return self.end + (self.bundle + ARROW if self.arrows else 0.0)

    @property
    def row_begin(self) -> float:
        """Where the next row begins: its arrows turn before it, with room for their heads."""
        return self.begin - self.bundle - 2 * ARROW


def fitted(
    scene: Scene, width: float, lay_out: Callable[[Scene, str], Layout], *, longest: float, widest: float = inf
) -> Layout:
    """A scene laid out rightward, in rows no wider than ``width`` px, or downward, no wider than ``widest``.

    Downward where arrows between the rows would be longer than ``longest`` on average, as in a long graph whose early
    results are used late, and where that makes them shorter.

    >>> from autograd import Value, draw
    >>> from autograd.view.layered import lay_out_in_columns
    >>> y = Value(1.0)
    >>> for _ in range(9):
    ...     y = y.tanh()
    >>> fitted(draw(y).scene, 500.0, lay_out_in_columns, longest=500.0).width <= 500.0
    True
    """
    rows = in_rows(scene, lay_out(scene, "LR"), width)
    if scene.frames or _ink(rows) <= longest * len(rows.arrows):
        return rows
    down = lay_out(scene, "TB")
    return down if down.width <= widest and _ink(down) < _ink(rows) else rows


def _ink(layout: Layout) -> float:
    return sum(map(length_of, layout.arrows))


def in_rows(scene: Scene, layout: Layout, width: float) -> Layout:
    """The layout, whose arrows point right, in rows no wider than ``width`` px; as it is, where that can't be.

    >>> from autograd import Value, draw
    >>> from autograd.view.layout import lay_out
    >>> y = Value(1.0)
    >>> for _ in range(9):
    ...     y = y.tanh()
    >>> scene = draw(y).scene
    >>> layout = in_rows(scene, lay_out(scene), 500.0)
    >>> layout.width <= 500.0, len({p.y for p in layout.boxes})
    (True, 5)
    """
    if layout.width <= width or not all(map(_runs_right, layout.arrows)):
        return layout
    possible = _possible_cuts(scene, layout)
    for most in (FEW, MOST):
        if cuts := _chosen([cut for cut in possible if cut.arrows <= most], layout.width, width):
            return _folded(scene, layout, cuts)
    return layout


def _runs_right(curve: Curve) -> bool:
    return all(a.x <= b.x for a, b in pairwise([*curve.points[::3], curve.tip]))


# ── where to cut ────────────────────────────────────────────────────────────


def _possible_cuts(scene: Scene, layout: Layout) -> list[Cut]:
    """In the middle between columns, where no frame spans both."""
    spans = [(r.x, r.x + r.width) for r in (*_rects(scene, layout), *layout.frames)]
    starts = sorted(curve.points[0].x for curve in layout.arrows)
    tips = sorted(curve.tip.x for curve in layout.arrows)
    cuts, end = [], 0.0
    for left, right in sorted(spans):
        if left > end > 0.0:
            middle = (end + left) / 2
            cuts.append(Cut(end, left, bisect_left(starts, middle) - bisect_right(tips, middle)))
        end = max(end, right)
    return cuts


def _rects(scene: Scene, layout: Layout) -> list[Rect]:
    return [
        Rect(p.x - box.width / 2, p.y - box.height / 2, box.width, box.height)
        for box, p in zip(scene.boxes, layout.boxes, strict=True)
    ]


def _chosen(possible: Sequence[Cut], end: float, width: float) -> list[Cut]:
    """The cuts that make rows of at most ``width``: as few as will do, then through few arrows, then rows of like width."""
    stops = [Cut(0.0, 2 * ARROW, 0), *possible, Cut(end, end, 0)]
    # Up to each stop: what its best way costs, and the stop before it.
    best: dict[int, tuple[tuple[int, int, float], int]] = {0: ((0, 0, 0.0), 0)}
    begins = [stop.row_begin for stop in stops]
    for j, stop in enumerate(stops):
        ways, row_end = [], stop.row_end
        for i in reversed(range(j)):
            wide = row_end - begins[i]
            if wide > width:
                break
            if i in best:
                rows, arrows, widest = best[i][0]
                ways.append(((rows + 1, arrows + stop.arrows, max(widest, wide)), i))
        if ways:
            best[j] = min(ways)
    chosen, j = [], len(stops) - 1
    while j and j in best:
        j = best[j][1]
        chosen.append(stops[j])
    return chosen[-2::-1]


# ── the rows ────────────────────────────────────────────────────────────────


def _folded(scene: Scene, layout: Layout, cuts: Sequence[Cut]) -> Layout:
    middles = [cut.middle for cut in cuts]
    runs = [_runs(curve, cuts) for curve in layout.arrows]  # arrow → row → its points there
    tall: list[list[float]] = [[] for _ in range(len(cuts) + 1)]  # what a row's height is measured by
    for r in (*_rects(scene, layout), *layout.frames):
        tall[bisect_right(middles, r.x)] += [r.y, r.y + r.height]
    for row, points in (item for run in runs for item in run.items()):
        tall[row] += [p.y for p in points]
    tops, highest, lowest = [0.0], [*map(min, tall)], [*map(max, tall)]
    for row, cut in enumerate(cuts):
        tops.append(tops[-1] + lowest[row] - highest[row] + 2 * GAP + cut.bundle)
    begins = [0.0, *(cut.row_begin for cut in cuts)]

    def placed(p: Point, row: int) -> Point:
        return Point(p.x - begins[row], p.y - highest[row] + tops[row])

    ways = [{row: [placed(p, row) for p in points] for row, points in run.items()} for run in runs]
    turns = [_turns(ways, row, cut.lane, cut.end - begins[row], tops[row + 1] - GAP) for row, cut in enumerate(cuts)]
    curves = []
    for a, (way, old) in enumerate(zip(ways, layout.arrows, strict=True)):
        first, *others = way
        points = way[first] + [p for row in others for p in (*turns[row - 1][a], *way[row][1:])]
        curves.append(Curve(tuple(points), placed(old.tip, max(way))))
    row_ends = [*(cut.row_end for cut in cuts), layout.width]
    return Layout(
        max(end - begin for end, begin in zip(row_ends, begins, strict=True)),
        tops[-1] + lowest[-1] - highest[-1],
        tuple(placed(p, bisect_right(middles, p.x)) for p in layout.boxes),
        tuple(curves),
        tuple(Rect(*placed(Point(r.x, r.y), bisect_right(middles, r.x)), r.width, r.height) for r in layout.frames),
        layout.engine,
    )


def _turns(
    ways: Sequence[dict[int, list[Point]]], row: int, lane: float, end: float, bottom: float
) -> dict[int, list[Point]]:
    """Arrow → its way from the end of a row to the beginning of the next.

    lane: px between arrows; end: where the row's boxes end; bottom: where the room between the rows ends
    """
    ends = {a: (way[row][-1], way[row + 1][0]) for a, way in enumerate(ways) if row in way and row + 1 in way}
    leaving = sorted(ends, key=lambda a: ends[a][0].y)
    arriving = sorted(ends, key=lambda a: ends[a][1].y)
    lanes = [lane * (i + 0.5) for i in range(len(ends))]
    turns = {}
    for a, (start, stop) in ends.items():  # the highest turns outermost at the end, and innermost at the beginning
        level = bottom - lanes[leaving.index(a)]
        right, left = end + ARROW + lanes[-1 - leaving.index(a)], lanes[-1 - arriving.index(a)]
        stops = [Point(right, start.y), Point(right, level), Point(left, level), Point(left, stop.y)]
        turns[a] = _rounded([start, *stops, stop])
    return turns


def _rounded(stops: Sequence[Point]) -> list[Point]:
    """Level and upright lines from stop to stop with round corners, as Bézier pieces, the first point left out."""
    points, at = list[Point](), stops[0]
    for before, corner, after in zip(stops, stops[1:], stops[2:], strict=False):
        leave = _toward(corner, after)
        points += [*_straight(at, _toward(corner, before)), corner, corner, leave]
        at = leave
    return [*points, *_straight(at, stops[-1])]


def _toward(corner: Point, other: Point) -> Point:
    """Where a corner begins to be round: a little from it, at most half way."""
    length = abs(other.x - corner.x) + abs(other.y - corner.y)
    share = min(ROUND, length / 2) / (length or 1.0)
    return Point(corner.x + share * (other.x - corner.x), corner.y + share * (other.y - corner.y))


def _straight(a: Point, b: Point) -> list[Point]:
    return [a, b, b]


# ── cutting a curve ─────────────────────────────────────────────────────────


def _runs(curve: Curve, cuts: Sequence[Cut]) -> dict[int, list[Point]]:
    """A curve's points by row; what lies between the columns at a cut is left out."""
    middles = [cut.middle for cut in cuts]
    first, last = bisect_right(middles, curve.points[0].x), bisect_right(middles, curve.tip.x)
    runs, rest = {}, list(curve.points)
    for row in range(first, last):
        runs[row] = _parted(rest, cuts[row].end)[0]
        rest = _parted(rest, cuts[row].begin)[1]
    return {**runs, last: rest}


def _parted(points: list[Point], x: float) -> tuple[list[Point], list[Point]]:
    """What of a curve lies before ``x``, and what beyond: a point at least."""
    for i in range(0, len(points) - 1, 3):
        if points[i].x >= x:
            return points[: i + 1], points[i:]
        if points[i + 3].x > x:
            before, after = _halves(points[i : i + 4], x)
            return points[:i] + before, after + points[i + 4 :]
    return points, points[-1:]


def _halves(piece: Sequence[Point], x: float) -> tuple[list[Point], list[Point]]:
    """A Bézier piece in two, parted where it passes ``x``."""
    a, b, c, d = (p.x for p in piece)
    low, high = 0.0, 1.0
    for _ in range(16):
        t = (low + high) / 2
        s = 1 - t
        passed = s * s * s * a + 3 * s * t * (s * b + t * c) + t * t * t * d
        low, high = (t, high) if passed < x else (low, t)
    return _split(piece, high)


def _split(piece: Sequence[Point], t: float) -> tuple[list[Point], list[Point]]:
    """De Casteljau: the two parts of a Bézier piece before and after ``t``."""
    points, before, after = list(piece), [piece[0]], [piece[-1]]
    while len(points) > 1:
        points = [Point(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)) for a, b in pairwise(points)]
        before.append(points[0])
        after.append(points[-1])
    return before, after[::-1]
