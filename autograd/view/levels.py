"""The maps of a trace: a graph's levels, and the parts to which their boxes open, with everything in its place.

The levels are single nodes, if they are few, then neurons, then layers, as far as a graph has them. The boxes of
the coarsest level open to parts, so that every node can be reached and nobody has to look at 7,000 boxes at once.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from autograd.view.assembly import assemble
from autograd.view.fold import fold
from autograd.view.layered import lay_out_in_columns
from autograd.view.parts import Part, opened, parts_of
from autograd.view.rows import fitted
from autograd.view.scene import TextLine
from autograd.view.text import number, shorten, signed, spoken, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograd.steps import Step
    from autograd.value import Value
    from autograd.view.analysis import Analysis
    from autograd.view.assembly import BoxText
    from autograd.view.fold import Folding
    from autograd.view.geometry import Curve, Layout
    from autograd.view.optimizer_step import Move
    from autograd.view.scene import Scene
    from autograd.wording import Name

__all__ = ["Document", "PlayerText", "maps"]

SCALARS = 300  # a level of single nodes up to here
WIDTH = 700.0  # px of a row: as much as can be read on the stage, in a window of 1024 × 768
TANGLE = 800  # arrows; a level with more is left out, unless it is the coarsest: nobody could follow one

Document = dict[str, Any]


def maps(graph: Analysis, text: BoxText) -> Document:
    """``levels``, ``parts`` and ``part``, as ``trace`` describes them.

    text: what is written in the boxes
    """
    foldings = _foldings(graph)
    coarsest = [*foldings.values()][-1] if foldings else None
    parts = {part: i for i, part in enumerate(parts_of(graph, coarsest))}
    innermost = {v: part for part in parts for v in part.nodes}  # a part comes after the one it is in
    opens = {frozenset(part.nodes): i for part, i in parts.items()}
    levels = []
    for name, folding in foldings.items():
        scene = assemble(folding, text)
        if len(scene.arrows) <= TANGLE or folding is coarsest:
            levels.append({"name": name, **_level(graph, folding, scene, opens)})
    return {
        "levels": levels or [{"name": "stretches", "part": 0}],
        "parts": [_part(part, parts, innermost, graph, text) for part in parts],
        "part": [parts[innermost[v]] if v in innermost else -1 for v in graph.order] if parts else [],
    }


def _foldings(graph: Analysis) -> dict[str, Folding]:
    """Single nodes when they are few, then neurons, then layers, as far as the graph has them; it may have none."""
    names = {"none": "nodes"} if len(graph.order) <= SCALARS else {}
    names |= ({"neurons": "neurons"} if graph.depth > 1 else {}) | ({"layers": "layers"} if graph.depth else {})
    return {name: fold(graph, how) for how, name in names.items()}


class PlayerText:
    """A box with room for what the player writes in it: how many of several nodes are done, or a node's name and numbers.

    A node's gradient grows, and an update may move its number: there is room for the longest. Beside the name of a node
    that is used more than once, there is room for how many contributions have arrived, as in "1 of 2".
    """

    def __init__(
        self, graph: Analysis, names: Mapping[Value, Name], steps: Iterable[Step], moves: Iterable[Move]
    ) -> None:
        self._graph = graph
        self._names = names
        self._longest: dict[Value, str] = {}
        self._uses: Counter[Value] = Counter()
        for step in steps:
            self._uses[step.parent] += 1
            self._add(step.parent, signed(step.after))
        for move in moves:
            self._add(move.parameter, number(move.after))

    def _add(self, v: Value, text: str) -> None:
        if len(text) > len(self._longest.get(v, "")):
            self._longest[v] = text

    def of_node(self, v: Value, name: str, sign: str) -> tuple[tuple[TextLine, ...], str]:
        """Name, data, grad."""
        called = self._names[v].text
        if not str(v.label) or not called.endswith(str(v.label)):  # else it is short already: its frame shows its path
            name = shorten(visible(called))
        gradient = max(signed(v.grad), self._longest.get(v, ""), key=len)
        uses = self._uses[v]
        room = len(f" {uses} of {uses}") if uses > 1 else 0
        return (TextLine(name, "name", room), TextLine(f"data {number(v.data)}"), TextLine(f"grad {gradient}")), ""

    def of_nodes(self, nodes: Sequence[Value], name: str, title: str) -> tuple[tuple[TextLine, ...], str]:
        """Name, and how many have their gradient."""
        return (TextLine(name, "name"), TextLine(f"∂ {len(nodes)}/{len(nodes)}")), ""


# ── a level ─────────────────────────────────────────────────────────────────


def _level(graph: Analysis, folding: Folding, scene: Scene, opens: Mapping[frozenset[Value], int]) -> Document:
    """Boxes as centre and size, arrows as SVG paths; coordinates to a tenth of a pixel."""
    layout = fitted(scene, WIDTH, lay_out_in_columns, longest=WIDTH)
    members = list(folding.boxes.values())
    box_of = {v: i for i, nodes in enumerate(members) for v in nodes}
    return {
        "note": folding.note,
        "size": [round(layout.width, 1), round(layout.height, 1)],
        "place": [box_of[v] for v in graph.order],
        "boxes": [
            {
                "kind": box.kind,
                "at": [round(p.x, 1), round(p.y, 1), round(box.width, 1), round(box.height, 1)],
                "chip": round(box.chip, 1),
                "name": box.lines[0].text,
                "opens": opens.get(frozenset(nodes), -1),
            }
            for box, p, nodes in zip(scene.boxes, layout.boxes, members, strict=True)
        ],
        "arrows": [
            {"ends": [arrow.tail, arrow.head], **_path(curve)}
            for arrow, curve in zip(scene.arrows, layout.arrows, strict=True)
        ],
        "frames": _frames(scene, layout),
    }


def _path(curve: Curve) -> Document:
    """A curve as an SVG path, in whole pixels; where an arrow runs level, or upright, one number is enough."""
    start, *rest = curve.points
    pieces = [rest[i : i + 3] for i in range(0, len(rest), 3)]
    before = [start, *(piece[-1] for piece in pieces)]
    words = [
        f"H{end.x:.0f}" if p.y == a.y == b.y == end.y and piece is not pieces[-1]
        else f"V{end.y:.0f}" if p.x == a.x == b.x == end.x and piece is not pieces[-1]
        else f"C{a.x:.0f} {a.y:.0f} {b.x:.0f} {b.y:.0f} {end.x:.0f} {end.y:.0f}"
        for p, piece in zip(before, pieces, strict=False) for a, b, end in (piece,)
    ]  # fmt: skip
    return {"d": f"M{start.x:.0f} {start.y:.0f}{''.join(words)}", "tip": [round(curve.tip.x), round(curve.tip.y)]}


def _frames(scene: Scene, layout: Layout) -> list[Document]:
    return [
        {"title": frame.title, "at": [round(x, 1) for x in r]}
        for frame, r in zip(scene.frames, layout.frames, strict=True)
    ]


# ── a part ──────────────────────────────────────────────────────────────────


def _part(
    part: Part, parts: Mapping[Part, int], innermost: Mapping[Value, Part], graph: Analysis, text: BoxText
) -> Document:
    """A part as it is opened, briefly: every box as what it stands for, centre, size, and the width of its chip."""
    scene, stands = opened(part, innermost, graph, text)
    layout = lay_out_in_columns(scene, arrows=False)  # the player draws them itself
    what = [None if box is None else -1 - parts[box] if isinstance(box, Part) else graph.index[box] for box in stands]
    return {
        "title": spoken(visible(part.title)),
        "in": parts[part.parent] if part.parent else -1,
        "size": [round(layout.width), round(layout.height)],
        "boxes": [
            [i, round(p.x), round(p.y), round(box.width), round(box.height), *([round(box.chip)] * bool(box.chip))]
            for i, box, p in zip(what, scene.boxes, layout.boxes, strict=True)
        ],
        "frames": _frames(scene, layout),
    }
