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
from itertools import pairwise
from math import hypot, sqrt
from typing import TYPE_CHECKING, NamedTuple

from autograd.view.geometry import ARROW, Curve, Layout, Point, Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.view.scene import Scene

__all__ = ["columns", "frames_nest"]

BOX_GAP, WIRE_GAP = 16.0, 9.0  # across: between boxes; beside an arrow that passes
DOOR_GAP = 28.0  # along: behind a door; between columns it is the scene's
PADDING, TITLE = 12.0, 28.0
SWEEPS = 8
BENDS = 20_000

Item = tuple[str, int]  # ("box", i), ("frame", i); ("in", a) and ("out", a) are the doors of arrow a


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


def columns(scene: Scene, direction: str = "LR", *, quick: bool = False) -> Layout:
    """Coordinates for a scene, nearly linear in its size and the same in every process.

    direction: one of ``geometry.DIRECTIONS``
    quick:     let arrows that pass other columns go straight, and look for good places less long

    >>> from autograd import Value
    >>> from autograd.view.scene import build
    >>> layout = columns(build([Value(2.0).tanh()]))
    >>> layout.boxes[0].x < layout.boxes[1].x, layout.boxes[0].y == layout.boxes[1].y
    (True, True)
    """
    plan = _Plan(scene, direction, quick=quick)
    rooms: dict[int | None, Room] = {}
    for frame in [*reversed(range(len(scene.frames))), None]:  # a frame comes after its parent in the list
        rooms[frame] = plan.room(frame, rooms)
    return _turned(plan.assembled(rooms), direction)


def frames_nest(scene: Scene) -> bool:
    """Can every frame be seen as one box? Not if an arrow path leaves it and comes back.

    >>> from autograd import Value
    >>> from autograd.view.scene import build
    >>> h = Value(2.0).tanh()
    >>> y = (h * 3.0).tanh()
    >>> h.module = y.module = "cell"
    >>> frames_nest(build([y]))
    False
    """
    for links in _Plan(scene, "LR").links.values():
        index = {item: v for v, item in enumerate(dict.fromkeys(item for _, *ends in links for item in ends))}
        pairs = [(index[tail], index[head]) for _, tail, head in links]
        if len(_acyclic(pairs, len(index))) < len(pairs):
            return False
    return True


# ── frames within frames ────────────────────────────────────────────────────


class _Plan:
    """What stands in which frame, and through which frames each arrow goes."""

    def __init__(self, scene: Scene, direction: str, *, quick: bool = False) -> None:
        self.scene = scene
        self.quick = quick
        self.upright = direction in ("TB", "BT")
        first, last = {"TB": (TITLE, PADDING), "BT": (PADDING, TITLE)}.get(direction, (PADDING, PADDING))
        self.padding = (first, last, PADDING if self.upright else TITLE, PADDING)
        self.inside: dict[int | None, list[Item]] = defaultdict(list)
        for i, box in enumerate(scene.boxes):
            self.inside[box.frame].append(("box", i))
        for i, frame in enumerate(scene.frames):
            self.inside[frame.parent].append(("frame", i))
        self.ways: list[list[int | None]] = []
        self.links: dict[int | None, list[tuple[int, Item, Item]]] = defaultdict(list)
        for a in range(len(scene.arrows)):
            self._lead(a)

    def _lead(self, a: int) -> None:
        """Lead arrow ``a`` from frame to frame: out of those around its tail, into those around its head."""
        arrow = self.scene.arrows[a]
        out, into = self._around(arrow.tail), self._around(arrow.head)
        meet = None
        while out and into and out[-1] == into[-1]:
            meet = out.pop()
            into.pop()
        way = [*out, meet, *reversed(into)]
        for j, frame in enumerate(way):
            before, after = way[j - 1] if j else None, way[j + 1] if j + 1 < len(way) else None
            tail = ("in", a) if j > len(out) else ("box", arrow.tail) if before is None else ("frame", before)
            head = ("out", a) if j < len(out) else ("box", arrow.head) if after is None else ("frame", after)
            self.links[frame].append((a, tail, head))
        self.ways.append(way)

    def _around(self, box: int) -> list[int]:
        """The frames around a box, innermost first."""
        frames = []
        frame = self.scene.boxes[box].frame
        while frame is not None:
            frames.append(frame)
            frame = self.scene.frames[frame].parent
        return frames

    def room(self, frame: int | None, rooms: dict[int | None, Room]) -> Room:
        """Lay out what stands directly in a frame; the frames in it are done."""
        links = self.links[frame]
        doors = [item for _, tail, head in links for item in (tail, head) if item[0] in ("in", "out")]
        table = _Table([*self.inside[frame], *doors], self.scene.gap, quick=self.quick)
        for (kind, i), v in table.index.items():
            if kind == "box":
                size = self.scene.boxes[i].width, self.scene.boxes[i].height
                table.width[v], table.height[v] = size[::-1] if self.upright else size
            elif kind == "frame":
                table.width[v], table.height[v] = rooms[i].width, rooms[i].height
        for a, tail, head in links:
            leaves = _door(rooms[tail[1]], a, -1) if tail[0] == "frame" else None
            arrives = _door(rooms[head[1]], a, 0) if head[0] == "frame" else None
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
            for a, way in enumerate(self.ways)
        ]
        page = rooms[None]
        return Layout(page.width, page.height, tuple(boxes), tuple(arrows), tuple(frames), "builtin")


def _door(room: Room, arrow: int, end: int) -> float:
    """Where an arrow passes a frame's side, from the middle of the side."""
    return room.routes[arrow][end].y - room.height / 2


def _moved(p: Point, by: Point) -> Point:
    return Point(p.x + by.x, p.y + by.y)


# ── one room ────────────────────────────────────────────────────────────────


class _Table:
    """The items of one room, in columns. Vertices are items, doors, and the bends of arrows that pass a column."""

    def __init__(self, items: Iterable[Item], gap: float, *, quick: bool) -> None:
        self.index = {item: v for v, item in enumerate(items)}
        self.kind = [kind for kind, _ in self.index]
        self.gap = gap
        self.bends, self.sweeps = (0, 2) if quick else (BENDS, SWEEPS)
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
        self._spread(order)
        return self._placed(order, self._heights(order), padding, least)

    # 1. columns

    def _rank(self) -> None:
        """An item stands one column after its last operand; a leaf, just before its first use."""
        forward = _acyclic([(w.tail, w.head) for (w,) in self.chains.values()], len(self.kind))
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
            if kind == "box" and self.bends:
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
        for column in order:
            self._settle(column, y, (), ())
        for sweep in range(self.sweeps):
            forward = sweep % 2 == 0
            for column in order if forward else reversed(order):
                self._settle(column, y, self.before if forward else (), () if forward else self.after)
        for column in order:
            self._settle(column, y, self.before, self.after)
        return y

    def _settle(
        self, column: list[int], y: list[float], before: Sequence[list[Wire]], after: Sequence[list[Wire]]
    ) -> None:
        """Move a column's vertices as near as possible to where their wires would run level."""
        offset, wishes, weights = [0.0], [], []
        for u, v in pairwise(column):
            offset.append(offset[-1] + (self.height[u] + self.height[v]) / 2 + self._between(u, v))
        for v in column:
            level = [y[w.tail] + (w.leaves or 0.0) - (w.arrives or 0.0) for w in (before[v] if before else ())]
            level += [y[w.head] + (w.arrives or 0.0) - (w.leaves or 0.0) for w in (after[v] if after else ())]
            wishes.append(sum(level) / len(level) if level else y[v])
            weights.append(len(level) * (8.0 if self.kind[v] == "bend" else 1.0) or 0.01)
        level_with = [wish - o for wish, o in zip(wishes, offset, strict=True)]
        for v, base, o in zip(column, _nondecreasing(level_with, weights), offset, strict=True):
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
        routes = {a: self._route(chain, centre, left, right) for a, chain in self.chains.items()}
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


def _acyclic(links: Sequence[tuple[int, int]], n: int) -> list[tuple[int, int]]:
    """The links in topological order of their tails, without those that would close a circle.

    Circles exist only between folded boxes: a module used twice, with something between.

    >>> _acyclic([(1, 2), (0, 1), (2, 1)], 3)
    [(0, 1), (1, 2)]
    """
    heads: list[list[int]] = [[] for _ in range(n)]
    waiting = [0] * n
    for tail, head in links:
        heads[tail].append(head)
        waiting[head] += 1
    turn: dict[int, int] = {}
    for first in [*(v for v in range(n) if not waiting[v]), *range(n)]:  # the second range is for circles
        stack = [] if first in turn else [first]
        while stack:
            v = stack.pop()
            turn[v] = len(turn)
            for head in heads[v]:
                waiting[head] -= 1
                if waiting[head] == 0 and head not in turn:
                    stack.append(head)
    return sorted((link for link in links if turn[link[0]] < turn[link[1]]), key=lambda link: turn[link[0]])


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
