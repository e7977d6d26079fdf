"""From a folding to a scene: a box per node or fold, an arrow per argument slot, a frame per module."""

from __future__ import annotations

from dataclasses import replace
from math import hypot, inf, isnan, nan
from typing import TYPE_CHECKING, Any, Protocol

from autograd.ops import CONSTANT, INPUT, PARAMETER
from autograd.view.analysis import path_of, prefixes
from autograd.view.fold import Fold, fold
from autograd.view.nesting import Nesting
from autograd.view.scene import Arrow, Box, Frame, Scene, TextLine, stroke
from autograd.view.text import number, shorten, signed, spoken, visible
from autograd.wording import Name, formula, letters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograd.value import Value
    from autograd.view.analysis import Analysis
    from autograd.view.fold import Folding

__all__ = ["BoxText", "PictureText", "assemble", "build_scene"]


def build_scene(graph: Analysis, how: str = "auto", *, local_derivatives: bool = False) -> Scene:
    """The scene of a picture of the whole graph.

    how:               one of ``fold.FOLDS``
    local_derivatives: write ∂result/∂operand on each arrow
    Raises ValueError for a forced picture of too many nodes.

    >>> from autograd import Value
    >>> from autograd.view.analysis import Analysis
    >>> a = Value(3.0, label="a")
    >>> scene = build_scene(Analysis([a * a]))
    >>> [(box.kind, box.symbol) for box in scene.boxes], [(arrow.tail, arrow.head) for arrow in scene.arrows]
    ([('input', ''), ('result', '×')], [(0, 1), (0, 1)])
    """
    names = [shorten(visible(root.label)) for root in graph.roots[:3] if root.label]
    nodes = len(graph.order)
    title = "Computation graph" + (f" of {', '.join(names)}" if names else "") + f", {nodes:,} node{'s' * (nodes != 1)}"
    folding = fold(graph, how)
    drawn = [v for v in folding.boxes if not isinstance(v, Fold)]
    said = dict.fromkeys(v for box in drawn for v in (box, *box.parents[:OPERANDS]))
    text = PictureText(letters_of(said, graph.order))
    return assemble(folding, text, title=title, local_derivatives=local_derivatives)


class BoxText(Protocol):
    """What is written in boxes: their lines, and what hovering shows."""

    def of_node(self, v: Value, name: str, sign: str) -> tuple[tuple[TextLine, ...], str]:
        """name: its label, as short as it is drawn; sign: its op's symbol, or what kind of leaf it is."""

    def of_nodes(self, nodes: Sequence[Value], name: str, title: str) -> tuple[tuple[TextLine, ...], str]:
        """The same for nodes that share a box. title: its whole name, of which ``name`` leaves out what its frame shows."""


def assemble(
    folding: Folding, text: BoxText, *, title: str = "", local_derivatives: bool = False,
    links: Iterable[tuple[Value | Fold, Value | Fold]] | None = None,
) -> Scene:  # fmt: skip
    """The scene of a graph whose folding is decided.

    Frames are drawn around modules where they nest; where arrows would leave a frame and come back, there are none.

    links: pairs of boxes to join by plain arrows, instead of an arrow per argument slot that shows what passes
    """
    drawn = list(folding.boxes)
    index = {what: i for i, what in enumerate(drawn)}
    if links is None:
        arrows = _arrows(folding, index, local_derivatives)
    else:
        arrows = [Arrow(index[tail], index[head]) for tail, head in links]
    ends = [(arrow.tail, arrow.head) for arrow in arrows]
    around = [what.frame if isinstance(what, Fold) else folding.module.get(what, "") for what in drawn]
    frames = _frames(around)
    at = {frame.path: i for i, frame in enumerate(frames)}
    nesting = Nesting([at.get(path) for path in around], ends, [frame.parent for frame in frames])
    if frames and not nesting.is_acyclic():
        frames, at, nesting = (), {}, Nesting([None] * len(drawn), ends, [])
    boxes = tuple(
        _box(what, nodes, path, at, text) for (what, nodes), path in zip(folding.boxes.items(), around, strict=True)
    )
    strongest = max((abs(a.flow) for a in arrows if a.flow is not None and abs(a.flow) < inf), default=0.0)
    if strongest:
        arrows = [replace(arrow, width=stroke(arrow.flow, strongest)) for arrow in arrows]
    return Scene(boxes, tuple(arrows), frames, nesting, title, folding.note, strongest, local_derivatives)


# ── boxes ───────────────────────────────────────────────────────────────────

_KINDS = {INPUT: "input", PARAMETER: "parameter", CONSTANT: "constant"}


def _box(what: Value | Fold, nodes: Sequence[Value], around: str, at: dict[str, int], text: BoxText) -> Box:
    """A box; its name leaves out what its frame shows."""
    frame = at.get(around)
    title = visible(what.title if isinstance(what, Fold) else what.label)
    name = shorten(title if frame is None else title.removeprefix(f"{visible(around)}."))
    if isinstance(what, Fold):
        return Box("folded", "", *text.of_nodes(nodes, spoken(name), title), frame)
    kind = _KINDS.get(what.op, "result")
    symbol = "" if what.op in _KINDS else shorten(visible(what.op.symbol_of(len(what.parents))))
    return Box(kind, symbol, *text.of_node(what, name, symbol or kind), frame)


OPERANDS = 9  # of a formula in a tooltip: a neuron of four inputs


class PictureText:
    """What a picture writes: a node's data and gradient; of several nodes how many, and how strong their gradient is.

    letters: node → its letter, as the lecture has it, which stands instead of its label
    """

    def __init__(self, letters: Mapping[Value, Name]) -> None:
        self._letters = letters

    def of_node(self, v: Value, name: str, sign: str) -> tuple[tuple[TextLine, ...], str]:
        """Name, data, grad; hovering shows them whole, with the path and the formula."""
        if v in self._letters:
            name = self._letters[v].text
        lines = (TextLine(f"data {number(v.data)}"), TextLine(f"grad {signed(v.grad)}", _tone(v.grad)))
        hover = f"{visible(path_of(v)) or 'unnamed'}: {self._formula(v) or sign}, data = {visible(v.data)}, grad = {visible(v.grad)}"
        return ((TextLine(name, "name"), *lines) if name else lines), hover

    def _formula(self, v: Value) -> str:
        """Its name and what it is in the names of its operands, while all have one and they are few."""
        if len(v.parents) > OPERANDS or not all(p.label or p.op is CONSTANT for p in v.parents):
            return ""
        names = {p: self._letters.get(p) or Name(shorten(visible(p.label))) for p in (*v.parents, v)}
        return " = ".join(filter(None, (names[v].text, formula(v, names)))) if v.parents else ""

    def of_nodes(self, nodes: Sequence[Value], name: str, title: str) -> tuple[tuple[TextLine, ...], str]:
        """Name, number of nodes; number of parameters and the norm of their gradients, where there are any."""
        facts = [f"{len(nodes):,} node{'s' * (len(nodes) != 1)}"]
        parameters = [v for v in nodes if v.op is PARAMETER]
        if parameters:
            norm = hypot(*(_float(v.grad) for v in parameters))
            facts += [f"{len(parameters):,} parameter{'s' * (len(parameters) != 1)}", f"‖grad‖ {number(norm)}"]
        return (TextLine(name, "name"), *map(TextLine, facts)), ", ".join([title, *facts])


def _tone(x: Any) -> str:
    x = _float(x)
    return "plus" if x > 0 else "minus" if x < 0 else "plain"


def _float(x: Any) -> float:
    try:
        return float(x)
    except (TypeError, ValueError, OverflowError):
        return nan


# ── frames ──────────────────────────────────────────────────────────────────


def _frames(around: Iterable[str]) -> tuple[Frame, ...]:
    """The modules around the boxes, each after the one it stands in."""
    paths: dict[str, None] = {}
    for path in dict.fromkeys(around):
        paths |= dict.fromkeys(prefixes(path) if path else ())
    at = {path: i for i, path in enumerate(paths)}
    return tuple(
        Frame(path, shorten(spoken(visible(path.rpartition(".")[2]))), at.get(path.rpartition(".")[0]))
        for path in paths
    )


# ── arrows ──────────────────────────────────────────────────────────────────


def _arrows(folding: Folding, index: dict[Value | Fold, int], local_derivatives: bool) -> list[Arrow]:
    """One arrow per argument slot; slots that begin or end in a folded box share one arrow per pair of boxes."""
    arrows: list[Arrow] = []
    shared: dict[tuple[int, int], list[float]] = {}
    drawn_in, rest = folding.drawn_in, folding.rest
    for v in folding.order:
        here = drawn_in.get(v, rest)
        if all(drawn_in.get(parent, rest) is here for parent in v.parents):
            continue  # leaves, and most of what is folded
        passed: dict[Value | Fold, list[float]] = {}
        for slot, (parent, flow) in enumerate(zip(v.parents, _flows(v), strict=True)):
            there = drawn_in.get(parent, rest)
            if there is here:
                continue
            if here is v and there is parent:
                arrows.append(_of_slot(v, slot, flow, index[there], index[here], local_derivatives))
            elif there in passed:
                passed[there].append(flow)
            else:
                passed[there] = [flow]
        for there, flows in passed.items():
            shared.setdefault((index[there], index[here]), []).extend(flows)
    arrows += [_of_several(tail, head, flows) for (tail, head), flows in shared.items()]
    return arrows


def _flows(v: Value) -> Sequence[float]:
    """What passes through each argument slot: local derivative · gradient. nan if unknown."""
    try:
        flows = [local * v.grad for local in v.local_derivatives]
    except TypeError:  # someone put text into .grad
        flows = []
    return flows or [nan] * len(v.parents)


def _of_slot(v: Value, slot: int, flow: float, tail: int, head: int, local_derivatives: bool) -> Arrow:
    local = v.local_derivatives[slot] if v.local_derivatives else nan
    text = f"∂ {number(local)}" if local_derivatives else _glyph(flow)
    names = (shorten(visible(node.label or node.op.symbol_of(len(node.parents)))) for node in (v.parents[slot], v))
    hover = f"{' → '.join(names)}, argument {slot + 1} of {len(v.parents)}: local derivative {local!r}, passes {flow!r}"
    return Arrow(tail, head, None if isnan(flow) else flow, text, hover, tone=_tone(flow))


def _of_several(tail: int, head: int, flows: list[float]) -> Arrow:
    flow = hypot(*flows)
    hover = f"{len(flows):,} edges, root sum of squares of what they pass {flow!r}"
    return Arrow(tail, head, None if isnan(flow) else flow, f"×{len(flows):,}" if len(flows) > 1 else "", hover)


def _glyph(flow: float) -> str:
    return "+" if flow > 0 else "−" if flow < 0 else ""
