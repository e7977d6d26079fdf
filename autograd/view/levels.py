"""The maps of a trace: a graph's levels, and the parts into which their boxes open, as boxes and arrows in their places.

Single nodes are the finest level, then neurons, then layers, as far as a graph has them. A box whose nodes stand
alone in no level opens to a part; so every node can be reached, and yet nobody looks at 7,000 boxes at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.view.assembly import assemble
from autograd.view.fold import Fold, fold
from autograd.view.layered import place_in_columns
from autograd.view.parts import Part, below, opened
from autograd.view.scene import TextLine
from autograd.view.text import number, shorten, signed, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.backprop import Step
    from autograd.value import Value
    from autograd.view.analysis import Analysis
    from autograd.view.assembly import Text
    from autograd.view.fold import Folding
    from autograd.view.geometry import Curve, Layout
    from autograd.view.optimizer_step import Move
    from autograd.view.scene import Scene

__all__ = ["PlayerText", "maps"]

SCALARS = 300  # a level of single nodes up to here
TANGLE = 800  # arrows of a level beyond which nobody follows one; a level's boxes open one by one all the same

Document = dict[str, Any]


def maps(graph: Analysis, text: Text) -> Document:
    """``levels``, ``parts`` and ``part``, as ``trace`` describes them.

    text: what is written in the boxes
    """
    foldings = _foldings(graph)
    coarsest = [*foldings.values()][-1].boxes if foldings else {}
    largest = [Part(place.title, place.title, nodes) for place, nodes in coarsest.items() if isinstance(place, Fold)]
    if not foldings:
        largest = [Part("the graph", "", graph.order)]
    found = below(largest, graph.module, lambda v: shorten(visible(v.label), 12) or f"v{graph.index[v]}")
    opens = {frozenset(part.nodes): i for i, part in enumerate(found)}
    scenes = {name: assemble(folding, text) for name, folding in foldings.items()}
    legible = {name for name, scene in scenes.items() if len(scene.arrows) <= TANGLE} | {*[*scenes][-1:]}
    levels = [
        {"name": name, **_level(graph, folding, scenes[name], opens)}
        for name, folding in foldings.items()
        if name in legible
    ]
    inner = {v: part for part in found for v in part.nodes}  # a part comes after the one it is in
    at = {part: i for i, part in enumerate(found)}
    return {
        "levels": levels or [{"name": "stretches", "part": 0}],
        "parts": [*_parts(graph, found, inner, text)],
        "part": [at[inner[v]] if v in inner else -1 for v in graph.order] if found else [],
    }


def _foldings(graph: Analysis) -> dict[str, Folding]:
    """Single nodes when they are few, then neurons, then layers, as far as the graph has them; it may have none."""
    names = {"none": "nodes"} if len(graph.order) <= SCALARS else {}
    names |= ({"neurons": "neurons"} if graph.depth > 1 else {}) | ({"layers": "layers"} if graph.depth else {})
    return {name: fold(graph, how) for how, name in names.items()}


class PlayerText:
    """A box with room for what the player writes in it: how many of several nodes are done, or a node's name and numbers.

    A node's gradient grows, and an update may move its number: there is room for the longest.
    """

    def __init__(self, graph: Analysis, steps: Iterable[Step], moves: Iterable[Move]) -> None:
        self._graph = graph
        self._longest: dict[Value, str] = {}
        for step in steps:
            self._add(step.parent, signed(step.after))
        for move in moves:
            self._add(move.parameter, number(move.after))

    def _add(self, v: Value, text: str) -> None:
        if len(text) > len(self._longest.get(v, "")):
            self._longest[v] = text

    def of_node(self, v: Value, name: str, sign: str) -> tuple[tuple[TextLine, ...], str]:
        """Name, data, grad."""
        name = name or ("L" if v in self._graph.roots else f"v{self._graph.index[v]}")
        gradient = max(signed(v.grad), self._longest.get(v, ""), key=len)
        return (TextLine(name, "name"), TextLine(f"data {number(v.data)}"), TextLine(f"grad {gradient}")), ""

    def of_nodes(self, nodes: Sequence[Value], name: str, title: str) -> tuple[tuple[TextLine, ...], str]:
        """Name, and how many have their gradient."""
        return (TextLine(name, "name"), TextLine(f"∂ {len(nodes)}/{len(nodes)}")), ""


# ── a level ─────────────────────────────────────────────────────────────────


def _level(graph: Analysis, folding: Folding, scene: Scene, opens: Mapping[frozenset[Value], int]) -> Document:
    """Boxes as centre and size, arrows as SVG paths; coordinates to a tenth of a pixel."""
    layout = place_in_columns(scene)
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
            {"ends": [arrow.tail, arrow.head], "width": round(arrow.width, 2), "tone": arrow.tone, **_path(curve)}
            for arrow, curve in zip(scene.arrows, layout.arrows, strict=True)
        ],
        "frames": _frames(scene, layout),
    }


def _path(curve: Curve) -> Document:
    """A curve in SVG's words, in whole pixels; through a column an arrow runs level, which takes one number."""
    start, *rest = curve.points
    pieces = [rest[i : i + 3] for i in range(0, len(rest), 3)]
    before = [start, *(piece[-1] for piece in pieces)]
    words = [
        f"H{end.x:.0f}" if p.y == end.y and piece is not pieces[-1]
        else f"C{a.x:.0f} {a.y:.0f} {b.x:.0f} {b.y:.0f} {end.x:.0f} {end.y:.0f}"
        for p, piece in zip(before, pieces, strict=False) for a, b, end in (piece,)
    ]  # fmt: skip
    return {"d": f"M{start.x:.0f} {start.y:.0f}{''.join(words)}", "tip": [round(curve.tip.x), round(curve.tip.y)]}


def _frames(scene: Scene, layout: Layout) -> list[Document]:
    return [
        {"title": frame.title, "at": [round(x, 1) for x in r]}
        for frame, r in zip(scene.frames, layout.frames, strict=True)
    ]


# ── the parts ───────────────────────────────────────────────────────────────


def _parts(graph: Analysis, found: Sequence[Part], inner: Mapping[Value, Part], text: Text) -> Iterator[Document]:
    """Each part as it is opened, briefly: every box as what it stands for, centre, size, and the width of its chip."""
    at = {part: i for i, part in enumerate(found)}
    for part in found:
        scene, stands = opened(part, inner, graph, text)
        layout = place_in_columns(scene, arrows=False)  # the player leads them itself
        what = [None if box is None else -1 - at[box] if isinstance(box, Part) else graph.index[box] for box in stands]
        yield {
            "title": visible(part.title),
            "in": at[part.parent] if part.parent else -1,
            "size": [round(layout.width), round(layout.height)],
            "boxes": [
                [i, round(p.x), round(p.y), round(box.width), round(box.height), *([round(box.chip)] * bool(box.chip))]
                for i, box, p in zip(what, scene.boxes, layout.boxes, strict=True)
            ],
            "frames": _frames(scene, layout),
        }
