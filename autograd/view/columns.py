"""One frame's contents in columns, after Sugiyama, Tagawa & Toda (1981).

Four steps: columns by longest path, order within a column by the mean position of the
neighbours, y by least squares, and arrows that run level through the columns and bend
between them. So no box overlaps another, and no arrow crosses a box. (The literature
calls the columns layers; here that word is a network's.)
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from autograd.view.geometry import Point
from autograd.view.nesting import acyclic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.view.nesting import Item

__all__ = ["Columns", "FrameLayout"]

BOX_GAP, ARROW_GAP = 16.0, 9.0  # across: between boxes; beside an arrow that passes
PORT_GAP = 28.0  # along: beside a column of ports; between other columns it is the scene's
SWEEPS = 8
BENDS = 20_000  # beyond, arrows that pass columns go straight


class FrameLayout(NamedTuple):
    """A frame, or the whole picture, laid out: its size, its items' centres, and the corners of the arrows' ways through it."""

    width: float
    height: float
    items: dict[Item, Point]
    routes: dict[int, list[Point]]


@dataclass(slots=True)
class Segment:
    """A piece of an arrow, from one vertex to the next: how far below their centres it leaves and arrives."""

    tail: int
    head: int
    leaves: float | None = None  # None until its box has spread its arrows
    arrives: float | None = None


class Columns:
    """What stands in one frame, to be placed in columns. Vertices are boxes, inner frames, ports, and bends.

    A port is where an arrow passes the frame's side; a bend, where an arrow passes a column on its way to a later one.
    """

    def __init__(self, items: Iterable[Item], gap: float, *, arrows: bool) -> None:
        self.index = {item: v for v, item in enumerate(items)}
        self.kind = [kind for kind, _ in self.index]
        self.gap = gap
        self.arrows = arrows
        self.bends, self.sweeps = (BENDS, SWEEPS) if arrows else (0, 2)
        self.width = [0.0] * len(self.kind)
        self.height = [0.0] * len(self.kind)
        self.column = [0] * len(self.kind)
        self.chains: dict[int, list[Segment]] = {}

    def link(self, arrow: int, tail: Item, head: Item, leaves: float | None, arrives: float | None) -> None:
        """Add an arrow from item to item. Where it leaves and arrives may be fixed; else the item spreads its arrows."""
        self.chains[arrow] = [Segment(self.index[tail], self.index[head], leaves, arrives)]

    def lay_out(self, padding: tuple[float, float, float, float], least: tuple[float, float]) -> FrameLayout:
        """The four steps.

        padding: in px, before, after, above and below; least: width and height, in px
        """
        self._assign_columns()
        self._bend()
        self.segments = [
            s for chain in self.chains.values() for s in chain if self.column[s.head] == self.column[s.tail] + 1
        ]
        self.before, self.after = _by_end(self.segments, len(self.kind))
        order = self._ordered()
        if self.arrows:
            self._spread_ports(order)
        return self._placed(order, self._across(order), padding, least)

    # 1. columns

    def _assign_columns(self) -> None:
        """An item stands one column after its last operand; a leaf, just before its first use."""
        forward = acyclic([(s.tail, s.head) for (s,) in self.chains.values()], len(self.kind))
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

    def _bend(self) -> None:
        """An arrow that passes columns gets a bend in each, so that it finds its way between the boxes."""
        spans = [self.column[s.head] - self.column[s.tail] - 1 for (s,) in self.chains.values()]
        if sum(span for span in spans if span > 0) > self.bends:
            return
        for arrow, (segment,) in self.chains.items():
            first = len(self.kind)
            passed = range(self.column[segment.tail] + 1, self.column[segment.head])
            for column in passed:
                self.kind.append("bend")
                self.column.append(column)
                self.width.append(0.0)
                self.height.append(0.0)
            if passed:
                stops = [segment.tail, *range(first, len(self.kind)), segment.head]
                chain = [Segment(u, v, 0.0, 0.0) for u, v in pairwise(stops)]
                chain[0].leaves, chain[-1].arrives = segment.leaves, segment.arrives
                self.chains[arrow] = chain

    # 2. order within a column

    def _ordered(self) -> list[list[int]]:
        """Sweeps to and fro: each vertex goes to the mean position of its neighbours. The order with fewest crossings wins."""
        order: list[list[int]] = [[] for _ in range(max(self.column, default=-1) + 1)]
        for v, column in enumerate(self.column):
            order[column].append(v)
        position = _positions(order)
        best, fewest = order, self._crossings(position)
        for sweep in range(self.sweeps):
            if not fewest:
                break
            order = [list(vertices) for vertices in order]
            for vertices in order if sweep % 2 == 0 else reversed(order):
                wish = {v: self._mean_position(v, position, forward=sweep % 2 == 0) for v in vertices}
                vertices.sort(key=wish.__getitem__)
                position.update((v, i) for i, v in enumerate(vertices))
            crossings = self._crossings(position)
            if crossings < fewest:
                best, fewest = order, crossings
        return best

    def _mean_position(self, v: int, position: dict[int, int], *, forward: bool) -> float:
        """The mean position of the neighbours in the column before (or after), as seen from its ports."""
        if forward:
            ends = [position[s.tail] + (s.leaves or 0.0) / (self.height[s.tail] + 1.0) for s in self.before[v]]
        else:
            ends = [position[s.head] + (s.arrives or 0.0) / (self.height[s.head] + 1.0) for s in self.after[v]]
        return sum(ends) / len(ends) if ends else float(position[v])

    def _crossings(self, position: dict[int, int]) -> int:
        """How many pairs of segments cross between neighbouring columns."""
        gaps = defaultdict(list)
        for s in self.segments:
            gaps[self.column[s.tail]].append((position[s.tail], position[s.head]))
        total = 0
        for pairs in gaps.values():
            seen: list[int] = []
            for _, head in sorted(pairs):
                total += len(seen) - bisect_right(seen, head)
                insort(seen, head)
        return total

    # 3. across

    def _spread_ports(self, order: list[list[int]]) -> None:
        """The arrows of a box leave and arrive side by side, in the order of their other ends."""
        position = _positions(order)
        loose = [s for chain in self.chains.values() for s in chain]
        before, after = _by_end(loose, len(self.kind))
        for v, kind in enumerate(self.kind):
            if kind == "box":
                leaving = sorted((s for s in after[v] if s.leaves is None), key=lambda s: position[s.head])
                arriving = sorted((s for s in before[v] if s.arrives is None), key=lambda s: position[s.tail])
                for i, segment in enumerate(leaving):
                    segment.leaves = self._port(v, i, len(leaving))
                for i, segment in enumerate(arriving):
                    segment.arrives = self._port(v, i, len(arriving))

    def _port(self, v: int, i: int, n: int) -> float:
        return 0.8 * self.height[v] * ((i + 0.5) / n - 0.5)

    def _across(self, order: list[list[int]]) -> list[float]:
        """The y of each vertex, such that the segments run as level as the gaps allow: sweeps of least squares, column by column."""
        y = [0.0] * len(self.kind)
        before = [[(s.tail, (s.leaves or 0.0) - (s.arrives or 0.0)) for s in segments] for segments in self.before]
        after = [[(s.head, (s.arrives or 0.0) - (s.leaves or 0.0)) for s in segments] for segments in self.after]
        both = [[*first, *second] for first, second in zip(before, after, strict=True)]
        stacked = [(column, self._stacked(column)) for column in order]
        nothing: list[list[tuple[int, float]]] = [[]] * len(y)
        for column, offset in stacked:
            self._settle(column, offset, y, nothing)
        for sweep in range(self.sweeps):
            forward = sweep % 2 == 0
            for column, offset in stacked if forward else reversed(stacked):
                self._settle(column, offset, y, before if forward else after)
        for column, offset in stacked:
            self._settle(column, offset, y, both)
        return y

    def _stacked(self, column: list[int]) -> list[float]:
        """How far below the first vertex of a column each one stands at least."""
        gaps = ((self.height[u] + self.height[v]) / 2 + self._between(u, v) for u, v in pairwise(column))
        return [*accumulate(gaps, initial=0.0)]

    def _settle(
        self, column: list[int], offset: list[float], y: list[float], ends: Sequence[Sequence[tuple[int, float]]]
    ) -> None:
        """Move a column's vertices as near as possible to where their segments would run level.

        offset: vertex → how far below the first of its column it stands at least
        ends:   vertex → for each of its segments, the vertex at the other end, and how far below that one this one's
                centre is, if the segment runs level
        """
        wishes, weights = [], []
        for v, o in zip(column, offset, strict=True):
            level = [y[u] + below for u, below in ends[v]]
            wishes.append((sum(level) / len(level) if level else y[v]) - o)
            weights.append(len(level) * (8.0 if self.kind[v] == "bend" else 1.0) or 0.01)
        for v, base, o in zip(column, _nondecreasing(wishes, weights), offset, strict=True):
            y[v] = base + o

    def _between(self, u: int, v: int) -> float:
        return BOX_GAP if self.height[u] and self.height[v] else ARROW_GAP

    # 4. coordinates

    def _placed(
        self, order: list[list[int]], y: list[float], padding: tuple[float, float, float, float], least: tuple[float, float]
    ) -> FrameLayout:  # fmt: skip
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
        return FrameLayout(width, max(bottom - top, least[1]), items, routes)

    def _along(self, v: int, left: float, right: float) -> float:
        """The middle of its column; a leaf stands at the end, near its use."""
        return (left + right) / 2 if self.before[v] else right - self.width[v] / 2

    def _sides(self, order: list[list[int]], x: float) -> tuple[list[float], list[float]]:
        """Where each column begins and ends; between columns that many segments join is more room to bend."""
        crowd: defaultdict[int, int] = defaultdict(int)
        for segment in self.segments:
            crowd[self.column[segment.tail]] += 1
        left, right = [], []
        for c, column in enumerate(order):
            left.append(x)
            right.append(x + max(self.width[v] for v in column))
            ports = self.kind[column[0]] == "in" or self.kind[order[min(c + 1, len(order) - 1)][0]] == "out"
            x = right[-1] + (PORT_GAP if ports else self.gap) + 4 * sqrt(crowd[c])
        return left, right

    def _route(self, chain: list[Segment], centre: list[Point], left: list[float], right: list[float]) -> list[Point]:
        """Level from the box to the end of its column, a bend, level through the next column, and so on."""
        points: list[Point] = []
        for segment in chain:
            start, end = centre[segment.tail], centre[segment.head]
            y, level = start.y + (segment.leaves or 0.0), end.y + (segment.arrives or 0.0)
            points += [Point(start.x + self.width[segment.tail] / 2, y), Point(right[self.column[segment.tail]], y)]
            points += [
                Point(left[self.column[segment.head]], level),
                Point(end.x - self.width[segment.head] / 2, level),
            ]
        return points


def _by_end(segments: Iterable[Segment], n: int) -> tuple[list[list[Segment]], list[list[Segment]]]:
    """The segments that arrive at each vertex, and those that leave it."""
    before: list[list[Segment]] = [[] for _ in range(n)]
    after: list[list[Segment]] = [[] for _ in range(n)]
    for segment in segments:
        before[segment.head].append(segment)
        after[segment.tail].append(segment)
    return before, after


def _positions(order: Iterable[Sequence[int]]) -> dict[int, int]:
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
