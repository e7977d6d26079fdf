"""Frames within frames: what stands directly in each, and through which of them every arrow goes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Item", "Nesting", "acyclic"]

Item = tuple[str, int]  # ("box", i), ("frame", i); ("in", a) and ("out", a) are the ports of arrow a


class Nesting:
    """A frame's contents, seen from the frame: boxes, inner frames as if they were boxes, and the arrows between them.

    inside: frame (None is around all) → the boxes and frames that stand directly in it
    links:  frame → (arrow, tail, head) for each arrow that goes through it. Where an arrow comes in or goes out of
            the frame, its end is a port in the frame's side
    ways:   arrow → the frames it goes through, from its tail to its head

    >>> cell = Nesting([None, 0], [(0, 1)], [None])
    >>> cell.inside[None], cell.ways
    ([('box', 0), ('frame', 0)], [[None, 0]])
    >>> cell.links[None], cell.links[0]
    ([(0, ('box', 0), ('frame', 0))], [(0, ('in', 0), ('box', 1))])
    """

    def __init__(
        self, frame_of: Sequence[int | None], arrows: Sequence[tuple[int, int]], parent_of: Sequence[int | None]
    ) -> None:
        """Find the frames around each box.

        frame_of:  box → the innermost frame around it; arrows: (tail, head), as boxes; parent_of: frame → the frame around it
        """
        self._frame_of, self._parent_of = frame_of, parent_of
        self.inside: dict[int | None, list[Item]] = defaultdict(list)
        for i, frame in enumerate(frame_of):
            self.inside[frame].append(("box", i))
        for i, parent in enumerate(parent_of):
            self.inside[parent].append(("frame", i))
        self.links: dict[int | None, list[tuple[int, Item, Item]]] = defaultdict(list)
        self.ways = [self._way(a, tail, head) for a, (tail, head) in enumerate(arrows)]

    def _way(self, a: int, tail: int, head: int) -> list[int | None]:
        """The frames through which an arrow goes: out of those around its tail, into those around its head; its links, too."""
        if self._frame_of[tail] == self._frame_of[head]:
            frame = self._frame_of[tail]
            self.links[frame].append((a, ("box", tail), ("box", head)))
            return [frame]
        out, into = self._around(tail), self._around(head)
        meet = None
        while out and into and out[-1] == into[-1]:
            meet = out.pop()
            into.pop()
        way = [*out, meet, *reversed(into)]
        for j, frame in enumerate(way):
            before, after = way[j - 1] if j else None, way[j + 1] if j + 1 < len(way) else None
            start = ("in", a) if j > len(out) else ("box", tail) if before is None else ("frame", before)
            end = ("out", a) if j < len(out) else ("box", head) if after is None else ("frame", after)
            self.links[frame].append((a, start, end))
        return way

    def _around(self, box: int) -> list[int]:
        """The frames around a box, innermost first."""
        frames = []
        frame = self._frame_of[box]
        while frame is not None:
            frames.append(frame)
            frame = self._parent_of[frame]
        return frames

    def is_acyclic(self) -> bool:
        """Can every frame be seen as one box? Not if a path of arrows leaves it and comes back.

        >>> Nesting([0, None, 0], [(0, 1), (1, 2)], [None]).is_acyclic()
        False
        """
        for links in self.links.values():
            index = {item: v for v, item in enumerate(dict.fromkeys(item for _, *ends in links for item in ends))}
            pairs = [(index[tail], index[head]) for _, tail, head in links]
            if len(acyclic(pairs, len(index))) < len(pairs):
                return False
        return True


def acyclic(links: Sequence[tuple[int, int]], n: int) -> list[tuple[int, int]]:
    """The links among n vertices in topological order of their tails, without those that would close a cycle.

    Cycles exist only between folded boxes: a module used twice, with something between.

    >>> acyclic([(1, 2), (0, 1), (2, 1)], 3)
    [(0, 1), (1, 2)]
    """
    heads: list[list[int]] = [[] for _ in range(n)]
    waiting = [0] * n
    for tail, head in links:
        heads[tail].append(head)
        waiting[head] += 1
    turn: dict[int, int] = {}
    for first in [*(v for v in range(n) if not waiting[v]), *range(n)]:  # the second range is for cycles
        stack = [] if first in turn else [first]
        while stack:
            v = stack.pop()
            turn[v] = len(turn)
            for head in heads[v]:
                waiting[head] -= 1
                if waiting[head] == 0 and head not in turn:
                    stack.append(head)
    return sorted((link for link in links if turn[link[0]] < turn[link[1]]), key=lambda link: turn[link[0]])
