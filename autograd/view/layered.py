"""A layered layout in plain Python, for machines without Graphviz.

After Sugiyama, Tagawa & Toda (1981), in four steps: columns by longest path,
order within a column by the mean place of the neighbours, heights by least
squares, and arrows that run level through the columns and bend between them. So
no box overlaps another, and no arrow crosses a box.

A frame is laid out on its own and then stands in its parent as one box; what
enters or leaves it passes a door in its side. Everything is computed as if the
arrows pointed right, ``x`` along them and ``y`` across, and turned at the end.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import hypot, sqrt
from typing import TYPE_CHECKING, NamedTuple

from autograd.view.geometry import ARROW, Curve, Layout, Point, Rect
from autograd.view.nesting import acyclic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.view.nesting import Item
    from autograd.view.scene import Scene

__all__ = ["columns"]

BOX_GAP, WIRE_GAP = 16.0, 9.0  # across: between boxes; beside an arrow that passes
DOOR_GAP = 28.0  # along: behind a door; between columns it is the scene's
PADDING, TITLE = 12.0, 28.0
SWEEPS = 8
BENDS = 20_000


class Room(NamedTuple):
    """A frame, or the page, laid out: its size, its items' centres, and the corners of the arrows' ways through it."""

    width: float
    height: float
    items: dict[Item, Point]
    routes: dict[int, list[Point]]


@dataclass(slots=True)
class Wire:
    """A piece of an arrow from one vertex to the next: where it leaves and arrives, from the vertices' centres."""

    tail: int
    head: int
    leaves: float | None = None  # None until its box has spread its arrows
    arrives: float | None = None


def columns(scene: Scene, direction: str = "LR", *, arrows: bool = True) -> Layout:
    """Coordinates for a scene, nearly linear in its size and the same in every process.

    direction: one of ``geometry.DIRECTIONS``
    arrows:    lead also the arrows; without, only boxes and frames find a place, and look less long for a good one

    >>> from autograd import Value, draw
    >>> layout = columns(draw(Value(2.0).tanh()).scene)
    >>> layout.boxes[0].x < layout.boxes[1].x, layout.boxes[0].y == layout.boxes[1].y
    (True, True)
    """
    builder = _Builder(scene, direction, arrows=arrows)
    rooms: dict[int | None, Room] = {}
    for frame in [*reversed(range(len(scene.frames))), None]:  # a frame comes after its parent in the list
        rooms[frame] = builder.room(frame, rooms)
    return _turned(builder.assembled(rooms), direction)


# ── frames within frames ────────────────────────────────────────────────────


class _Builder:
    """Lays out frame after frame, the inner ones first, and puts them into one another."""

    def __init__(self, scene: Scene, direction: str, *, arrows: bool) -> None:
        self.scene = scene
        self.arrows = arrows
        self.upright = direction in ("TB", "BT")
        first, last = {"TB": (TITLE, PADDING), "BT": (PADDING, TITLE)}.get(direction, (PADDING, PADDING))
        self.padding = (first, last, PADDING if self.upright else TITLE, PADDING)

    def room(self, frame: int | None, rooms: dict[int | None, Room]) -> Room:
        """Lay out what stands directly in a frame; the frames in it are done."""
        nesting = self.scene.nesting
        links = nesting.links[frame]
        doors = [item for _, tail, head in links for item in (tail, head) if item[0] in ("in", "out")]
        table = _Table([*nesting.inside[frame], *doors], self.scene.gap, arrows=self.arrows)
        for (kind, i), v in table.index.items():
            if kind == "box":
                size = self.scene.boxes[i].width, self.scene.boxes[i].height
                table.width[v], table.height[v] = size[::-1] if self.upright else size
            elif kind == "frame":
                table.width[v], table.height[v] = rooms[i].width, rooms[i].height
        for a, tail, head in links:
            leaves = _door(rooms[tail[1]], "out", a) if tail[0] == "frame" else None
            arrives = _door(rooms[head[1]], "in", a) if head[0] == "frame" else None
            table.link(a, tail, head, leaves, arrives)
        if frame is None:
            return table.solved((0.0, 0.0, 0.0, 0.0), (0.0, 0.0))
        title = self.scene.frames[frame].width
        return table.solved(self.padding, (0.0, title) if self.upright else (title, 0.0))

    def assembled(self, rooms: dict[int | None, Room]) -> Layout:
        """The rooms put into one another: everything in the page's coordinates."""
        corner: dict[int | None, Point] = {None: Point(0.0, 0.0)}
        frames: list[Rect] = []
        for i, frame in enumerate(self.scene.frames):
            room, centre, outer = rooms[i], rooms[frame.parent].items["frame", i], corner[frame.parent]
            corner[i] = Point(outer.x + centre.x - room.width / 2, outer.y + centre.y - room.height / 2)
            frames.append(Rect(*corner[i], room.width, room.height))
        boxes = [_moved(rooms[box.frame].items["box", i], corner[box.frame]) for i, box in enumerate(self.scene.boxes)]
        arrows = [
            _curve([_moved(p, corner[frame]) for frame in way for p in rooms[frame].routes[a]])
            for a, way in enumerate(self.scene.nesting.ways if self.arrows else ())
        ]
        page = rooms[None]
        return Layout(page.width, page.height, tuple(boxes), tuple(arrows), tuple(frames), "builtin")


def _door(room: Room, side: str, arrow: int) -> float:
    """Where an arrow passes a frame's side, from the middle of the side."""
    return room.items[side, arrow].y - room.height / 2


def _moved(p: Point, by: Point) -> Point:
    return Point(p.x + by.x, p.y + by.y)


# ── one room ────────────────────────────────────────────────────────────────


class _Table:
    """The items of one room, in columns. Vertices are items, doors, and the bends of arrows that pass a column."""

    def __init__(self, items: Iterable[Item], gap: float, *, arrows: bool) -> None:
        self.index = {item: v for v, item in enumerate(items)}
        self.kind = [kind for kind, _ in self.index]
        self.gap = gap
        self.arrows = arrows
        self.bends, self.sweeps = (BENDS, SWEEPS) if arrows else (0, 2)
        self.width = [0.0] * len(self.kind)
        self.height = [0.0] * len(self.kind)
        self.column = [0] * len(self.kind)
        self.chains: dict[int, list[Wire]] = {}

    def link(self, arrow: int, tail: Item, head: Item, leaves: float | None, arrives: float | None) -> None:
        """Enter an arrow from item to item. Where it leaves and arrives may be fixed; else the item spreads its arrows."""
        self.chains[arrow] = [Wire(self.index[tail], self.index[head], leaves, arrives)]

    def solved(self, padding: tuple[float, float, float, float], least: tuple[float, float]) -> Room:
        """The four steps. padding: before, after, above, below; least: width and height to reach."""
        self._rank()
        self._split()
        self.wires = [
            w for chain in self.chains.values() for w in chain if self.column[w.head] == self.column[w.tail] + 1
        ]
        self.before, self.after = _by_end(self.wires, len(self.kind))
        order = self._ordered()
        if self.arrows:
            self._spread(order)
        return self._placed(order, self._heights(order), padding, least)

    # 1. columns

    def _rank(self) -> None:
        """An item stands one column after its last operand; a leaf, just before its first use."""
        forward = acyclic([(w.tail, w.head) for (w,) in self.chains.values()], len(self.kind))
        column = [int("in" in self.kind and kind != "in") for kind in self.kind]
        uses = defaultdict(list)
        for tail, head in forward:
            column[head] = max(column[head], column[tail] + 1)
        for tail, head in forward:
            uses[tail].append(column[head])
        for v in uses.keys() - {head for _, head in forward}:
            if self.kind[v] != "in":
                column[v] = min(uses[v]) - 1
        last = max((c for c, kind in zip(column, self.kind, strict=True) if kind != "out"), default=0)
        self.column = [last + 1 if kind == "out" else c for c, kind in zip(column, self.kind, strict=True)]

    def _split(self) -> None:
        """A wire that passes columns gets a bend in each, so that it finds its way between the boxes."""
        spans = [self.column[w.head] - self.column[w.tail] - 1 for (w,) in self.chains.values()]
        if sum(span for span in spans if span > 0) > self.bends:
            return
        for arrow, (wire,) in self.chains.items():
            first = len(self.kind)
            passed = range(self.column[wire.tail] + 1, self.column[wire.head])
            for column in passed:
                self.kind.append("bend")
                self.column.append(column)
                self.width.append(0.0)
                self.height.append(0.0)
            if passed:
                stops = [wire.tail, *range(first, len(self.kind)), wire.head]
                chain = [Wire(u, v, 0.0, 0.0) for u, v in pairwise(stops)]
                chain[0].leaves, chain[-1].arrives = wire.leaves, wire.arrives
                self.chains[arrow] = chain

    # 2. order within a column

    def _ordered(self) -> list[list[int]]:
        """Sweeps to and fro: each vertex goes to the mean place of its neighbours. The order with fewest crossings wins."""
        order: list[list[int]] = [[] for _ in range(max(self.column, default=-1) + 1)]
        for v, column in enumerate(self.column):
            order[column].append(v)
        place = _places(order)
        best, fewest = order, self._crossings(place)
        for sweep in range(self.sweeps):
            if not fewest:
                break
            order = [list(vertices) for vertices in order]
            for vertices in order if sweep % 2 == 0 else reversed(order):
                wish = {v: self._mean_place(v, place, forward=sweep % 2 == 0) for v in vertices}
                vertices.sort(key=wish.__getitem__)
                place.update((v, i) for i, v in enumerate(vertices))
            crossings = self._crossings(place)
            if crossings < fewest:
                best, fewest = order, crossings
        return best

    def _mean_place(self, v: int, place: dict[int, int], *, forward: bool) -> float:
        """The mean place of the neighbours in the column before (or after), doors told apart."""
        if forward:
            ends = [place[w.tail] + (w.leaves or 0.0) / (self.height[w.tail] + 1.0) for w in self.before[v]]
        else:
            ends = [place[w.head] + (w.arrives or 0.0) / (self.height[w.head] + 1.0) for w in self.after[v]]
        return sum(ends) / len(ends) if ends else float(place[v])

    def _crossings(self, place: dict[int, int]) -> int:
        """How many pairs of wires cross between neighbouring columns."""
        gaps = defaultdict(list)
        for w in self.wires:
            gaps[self.column[w.tail]].append((place[w.tail], place[w.head]))
        total = 0
        for pairs in gaps.values():
            seen: list[int] = []
            for _, head in sorted(pairs):
                total += len(seen) - bisect_right(seen, head)
                insort(seen, head)
        return total

    # 3. heights

    def _spread(self, order: list[list[int]]) -> None:
        """The arrows of a box leave and arrive side by side, in the order of their other ends."""
        place = _places(order)
        loose = [w for chain in self.chains.values() for w in chain]
        before, after = _by_end(loose, len(self.kind))
        for v, kind in enumerate(self.kind):
            if kind == "box":
                leaving = sorted((w for w in after[v] if w.leaves is None), key=lambda w: place[w.head])
                arriving = sorted((w for w in before[v] if w.arrives is None), key=lambda w: place[w.tail])
                for i, wire in enumerate(leaving):
                    wire.leaves = self._port(v, i, len(leaving))
                for i, wire in enumerate(arriving):
                    wire.arrives = self._port(v, i, len(arriving))

    def _port(self, v: int, i: int, n: int) -> float:
        return 0.8 * self.height[v] * ((i + 0.5) / n - 0.5)

    def _heights(self, order: list[list[int]]) -> list[float]:
        """Heights that make the wires as level as the gaps allow: sweeps of least squares, column by column."""
        y = [0.0] * len(self.kind)
        before = [[(w.tail, w.leaves or 0.0, w.arrives or 0.0) for w in wires] for wires in self.before]
        after = [[(w.head, w.arrives or 0.0, w.leaves or 0.0) for w in wires] for wires in self.after]
        both = [[*first, *second] for first, second in zip(before, after, strict=True)]
        stacked = [(column, self._stacked(column)) for column in order]
        for column, offset in stacked:
            self._settle(column, offset, y, [[] for _ in y])
        for sweep in range(self.sweeps):
            forward = sweep % 2 == 0
            for column, offset in stacked if forward else reversed(stacked):
                self._settle(column, offset, y, before if forward else after)
        for column, offset in stacked:
            self._settle(column, offset, y, both)
        return y

    def _stacked(self, column: list[int]) -> list[float]:
        """How far below the first of a column the others are at least."""
        gaps = ((self.height[u] + self.height[v]) / 2 + self._between(u, v) for u, v in pairwise(column))
        return [*accumulate(gaps, initial=0.0)]

    def _settle(
        self, column: list[int], offset: list[float], y: list[float], ends: Sequence[Sequence[tuple[int, float, float]]]
    ) -> None:
        """Move a column's vertices as near as possible to where their wires would run level.

        ends: vertex → for each of its wires the vertex at the other end, and from the centres, where the wire meets
              that one and where this one
        """
        wishes, weights = [], []
        for v, o in zip(column, offset, strict=True):
            level = [y[u] + there - here for u, there, here in ends[v]]
            wishes.append((sum(level) / len(level) if level else y[v]) - o)
            weights.append(len(level) * (8.0 if self.kind[v] == "bend" else 1.0) or 0.01)
        for v, base, o in zip(column, _nondecreasing(wishes, weights), offset, strict=True):
            y[v] = base + o

    def _between(self, u: int, v: int) -> float:
        return BOX_GAP if self.height[u] and self.height[v] else WIRE_GAP

    # 4. coordinates

    def _placed(
        self, order: list[list[int]], y: list[float], padding: tuple[float, float, float, float], least: tuple[float, float]
    ) -> Room:  # fmt: skip
        before, after, above, below = padding
        left, right = self._sides(order, before)
        top = min((y[v] - h / 2 for v, h in enumerate(self.height)), default=0.0) - above
        bottom = max((y[v] + h / 2 for v, h in enumerate(self.height)), default=0.0) + below
        width = max(right[-1] + after, least[0]) if order else least[0]
        if "out" in self.kind:
            left[-1] = right[-1] = width
        centre = [Point(self._along(v, left[c], right[c]), y[v] - top) for v, c in enumerate(self.column)]
        if "in" in self.kind:
            centre = [p._replace(x=0.0) if kind == "in" else p for p, kind in zip(centre, self.kind, strict=True)]
            left[0] = right[0] = 0.0
        chains = self.chains if self.arrows else {}
        routes = {a: self._route(chain, centre, left, right) for a, chain in chains.items()}
        items = {item: centre[v] for item, v in self.index.items()}
        return Room(width, max(bottom - top, least[1]), items, routes)

    def _along(self, v: int, left: float, right: float) -> float:
        """The middle of its column; a leaf stands at the end, near its use."""
        return (left + right) / 2 if self.before[v] else right - self.width[v] / 2

    def _sides(self, order: list[list[int]], x: float) -> tuple[list[float], list[float]]:
        """Where each column begins and ends; between columns that many wires join is more room to bend."""
        crowd: defaultdict[int, int] = defaultdict(int)
        for wire in self.wires:
            crowd[self.column[wire.tail]] += 1
        left, right = [], []
        for c, column in enumerate(order):
            left.append(x)
            right.append(x + max(self.width[v] for v in column))
            doors = self.kind[column[0]] == "in" or self.kind[order[min(c + 1, len(order) - 1)][0]] == "out"
            x = right[-1] + (DOOR_GAP if doors else self.gap) + 4 * sqrt(crowd[c])
        return left, right

    def _route(self, chain: list[Wire], centre: list[Point], left: list[float], right: list[float]) -> list[Point]:
        """Level out of the box to the end of its column, a bend, level through the next column, and so on."""
        points: list[Point] = []
        for wire in chain:
            start, end = centre[wire.tail], centre[wire.head]
            y, level = start.y + (wire.leaves or 0.0), end.y + (wire.arrives or 0.0)
            points += [Point(start.x + self.width[wire.tail] / 2, y), Point(right[self.column[wire.tail]], y)]
            points += [Point(left[self.column[wire.head]], level), Point(end.x - self.width[wire.head] / 2, level)]
        return points


def _by_end(wires: Iterable[Wire], n: int) -> tuple[list[list[Wire]], list[list[Wire]]]:
    """The wires that arrive at each vertex, and those that leave it."""
    before: list[list[Wire]] = [[] for _ in range(n)]
    after: list[list[Wire]] = [[] for _ in range(n)]
    for wire in wires:
        before[wire.head].append(wire)
        after[wire.tail].append(wire)
    return before, after


def _places(order: Iterable[Sequence[int]]) -> dict[int, int]:
    return {v: i for column in order for i, v in enumerate(column)}


def _nondecreasing(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing numbers nearest to the wishes in weighted least squares (pool adjacent violators).

    >>> _nondecreasing([1.0, 5.0, 3.0, 6.0], [1.0, 1.0, 1.0, 1.0])
    [1.0, 4.0, 4.0, 6.0]
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for wish, weight in zip(wishes, weights, strict=True):
        pool = (wish, weight, 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, mass, count = pools.pop()
            pool = ((mean * mass + pool[0] * pool[1]) / (mass + pool[1]), mass + pool[1], count + pool[2])
        pools.append(pool)
    return [mean for mean, _, count in pools for _ in range(count)]


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
        if hypot(end.x - start.x, end.y - start.y) > 0.01:  # a door is a corner of both its rooms
            reach = (end.x - start.x) / 2 if end.x > start.x - 0.01 else 60.0
            points += [Point(start.x + reach, start.y), Point(end.x - reach, end.y), end]
    return Curve(tuple(points), tip)


def _turned(layout: Layout, direction: str) -> Layout:
    """A layout computed rightward, turned to another direction."""

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
