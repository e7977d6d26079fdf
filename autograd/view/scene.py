"""What a picture shows, before anyone says where: boxes, arrows, frames.

A scene is plain data, a snapshot: later changes of the graph don't reach a
picture already drawn. Boxes are numbered in topological order, a leaf just before
its first use, so the same graph gives the same scene in every process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot, inf, isnan, nan, sqrt
from typing import TYPE_CHECKING, Any

from autograd.backprop import topological_order
from autograd.ops import CONSTANT, INPUT, PARAMETER
from autograd.value import collector_paused
from autograd.view.fold import Fold, Folding, fold, prefixes
from autograd.view.text import cells, number, shorten, signed, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.value import Value

__all__ = ["CELL", "FONT", "LINE", "Arrow", "Box", "Frame", "Line", "Scene", "assemble", "build", "members", "stroke"]

FONT = 14  # px; below this a projector eats the digits
CELL = 0.602 * FONT  # width of a character in the usual fixed-width fonts
LINE = 19
MARGIN = 9
THIN, THICK = 1.2, 6.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a box, and its tone: name, plain, plus, minus."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Box:
    """A node, or several folded into one.

    kind:   input, parameter, constant, result or folded
    symbol: the op's sign, shown as a chip; "" for leaves
    lines:  what is written in it
    hover:  the whole of what ``lines`` shortens
    frame:  index of the frame around it, or None
    """

    kind: str
    symbol: str
    lines: tuple[Line, ...]
    hover: str
    frame: int | None = None

    @property
    def chip(self) -> float:
        """Width of the chip with the op's symbol."""
        return cells(self.symbol) * CELL * 17 / FONT + 12 if self.symbol else 0.0

    @property
    def width(self) -> float:
        """In px, from the longest line."""
        return self.chip + max(cells(line.text) for line in self.lines) * CELL + (3 if self.symbol else 2) * MARGIN

    @property
    def height(self) -> float:
        """In px, from the number of lines."""
        return len(self.lines) * LINE + 2 * MARGIN - 4


@dataclass(frozen=True, slots=True)
class Arrow:
    """One argument slot: ``tail`` is the operand, ``head`` the result. Between folded boxes, all slots in one.

    flow:  ∂L/∂tail as far as it comes through here, local derivative · gradient; None when nobody knows
    text:  the glyph or the local derivative written on it
    width: of the line, in px
    tone:  plus, minus or plain
    """

    tail: int
    head: int
    flow: float | None
    text: str
    hover: str
    width: float = THIN
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Frame:
    """A module drawn around what it made: its path, what is written on it, the frame it stands in."""

    path: str
    title: str
    parent: int | None

    @property
    def width(self) -> float:
        """In px, from what is written on it."""
        return cells(self.title) * CELL + 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a picture shows. ``strongest`` is the |gradient| of the widest arrow."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    frames: tuple[Frame, ...]
    title: str
    note: str = ""
    strongest: float = 0.0
    local_derivatives: bool = False

    @property
    def gap(self) -> float:
        """Room between columns of boxes, in px: enough for what is written on the arrows."""
        return max([42.0, *(cells(arrow.text) * CELL + 36 for arrow in self.arrows if len(arrow.text) > 1)])


def build(roots: Sequence[Value], *, how: str = "auto", local_derivatives: bool = False, framed: bool = True) -> Scene:
    """The scene of everything below ``roots``.

    how:    one of ``fold.FOLDS``
    framed: draw frames around modules, and leave out of a label what its frame says
    Raises ValueError for a forced picture of too many nodes, CycleError for a graph that bites its tail.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> scene = build([a * a])
    >>> [(box.kind, box.symbol) for box in scene.boxes], [(arrow.tail, arrow.head) for arrow in scene.arrows]
    ([('input', ''), ('result', '×')], [(0, 1), (0, 1)])
    """
    with collector_paused():  # millions of new dict entries and not one cycle
        order = topological_order(_Together(roots))[:-1]
        title = _title(roots, len(order))
        return assemble(fold(order, roots, how), title, local_derivatives=local_derivatives, framed=framed)


def assemble(
    folding: Folding, title: str = "", *, local_derivatives: bool = False, framed: bool = True,
    links: Iterable[tuple[Value | Fold, Value | Fold]] | None = None,
) -> Scene:  # fmt: skip
    """The scene of a graph whose folding is decided.

    links: pairs of boxes to join by plain arrows, instead of an arrow an argument slot that says what passes; nor do
           folded boxes then say how strong their gradient is
    """
    boxed = members(folding)
    index = {place: i for i, place in enumerate(boxed)}
    if links is None:
        arrows = _arrows(folding, index, local_derivatives)
    else:
        arrows = [Arrow(index[tail], index[head], None, "", "") for tail, head in links]
    frames = _frames(boxed, folding) if framed else ()
    at = {frame.path: i for i, frame in enumerate(frames)}
    boxes = tuple(_box(place, nodes, folding, at, measured=links is None) for place, nodes in boxed.items())
    strongest = max((abs(a.flow) for a in arrows if a.flow is not None and abs(a.flow) < inf), default=0.0)
    inked = tuple(replace(arrow, width=stroke(arrow.flow, strongest)) for arrow in arrows)
    return Scene(boxes, inked, frames, title, folding.note, strongest, local_derivatives)


class _Together:
    """A node above several results, so that one walk orders them all."""

    def __init__(self, roots: Iterable[Value]) -> None:
        self.parents = tuple(roots)


def _title(roots: Sequence[Value], nodes: int) -> str:
    names = [shorten(visible(root.label)) for root in roots[:3] if root.label]
    return "Computation graph" + (f" of {', '.join(names)}" if names else "") + f", {nodes:,} node{'s' * (nodes != 1)}"


# ── boxes ───────────────────────────────────────────────────────────────────

_KINDS = {INPUT: "input", PARAMETER: "parameter", CONSTANT: "constant"}


def members(folding: Folding) -> dict[Value | Fold, list[Value]]:
    """The nodes of each box; boxes as one reads a formula, a leaf just before its first use."""
    found: dict[Value | Fold, list[Value]] = {}
    order, place, rest = folding.order, folding.place, folding.rest
    for v in order:
        if v.parents:
            here = place.get(v, rest)
            if here is v:
                for there in dict.fromkeys(place.get(parent, rest) for parent in v.parents):
                    found.setdefault(there, [])
            found.setdefault(here, []).append(v)
    for v in order:
        if not v.parents:
            found.setdefault(place[v], []).append(v)
    if folding.hidden:
        found[rest] = list(folding.hidden)
    return found


def _box(place: Value | Fold, nodes: Sequence[Value], folding: Folding, at: dict[str, int], *, measured: bool) -> Box:
    if isinstance(place, Fold):
        return _folded(place, nodes, at.get(place.frame), measured=measured)
    return _scalar(place, folding.module.get(place, ""), at)


def _scalar(v: Value, module: str, at: dict[str, int]) -> Box:
    label = visible(v.label)
    lines = [Line(f"data {number(v.data)}"), Line(f"grad {signed(v.grad)}", _tone(v.grad))]
    if label:
        lines.insert(0, Line(shorten(label.removeprefix(f"{visible(module)}.") if module in at else label), "name"))
    kind = _KINDS.get(v.op, "result")
    symbol = "" if kind in _KINDS.values() else shorten(visible(v.op.symbol))
    hover = f"{label or 'unnamed'}: {symbol or kind}, data = {visible(v.data)}, grad = {visible(v.grad)}"
    return Box(kind, symbol, tuple(lines), hover, at.get(module))


def _folded(place: Fold, nodes: Sequence[Value], frame: int | None, *, measured: bool) -> Box:
    """A box of several nodes says how many, and, when measured, how strong the gradient of their parameters is."""
    title = visible(place.title)
    name = title if frame is None else title.removeprefix(f"{visible(place.frame)}.")
    lines = [Line(shorten(name), "name"), Line(f"{len(nodes):,} node{'s' * (len(nodes) != 1)}")]
    parameters = [v for v in nodes if v.op is PARAMETER] if measured else []
    if parameters:
        norm = hypot(*(_float(v.grad) for v in parameters))
        lines += [Line(f"{len(parameters):,} parameter{'s' * (len(parameters) != 1)}"), Line(f"‖grad‖ {number(norm)}")]
    return Box("folded", "", tuple(lines), ", ".join([title, *(line.text for line in lines[1:])]), frame)


def _tone(x: Any) -> str:
    x = _float(x)
    return "plus" if x > 0 else "minus" if x < 0 else "plain"


def _float(x: Any) -> float:
    try:
        return float(x)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


# ── frames ──────────────────────────────────────────────────────────────────


def _frames(members: Iterable[Value | Fold], folding: Folding) -> tuple[Frame, ...]:
    """The modules around the boxes, each after the one it stands in."""
    paths: dict[str, None] = {}
    for place in members:
        around = place.frame if isinstance(place, Fold) else folding.module.get(place, "")
        paths |= dict.fromkeys(prefixes(around) if around else ())
    at = {path: i for i, path in enumerate(paths)}
    return tuple(
        Frame(path, shorten(visible(path.rpartition(".")[2])), at.get(path.rpartition(".")[0])) for path in paths
    )


# ── arrows ──────────────────────────────────────────────────────────────────


def _arrows(folding: Folding, index: dict[Value | Fold, int], local_derivatives: bool) -> list[Arrow]:
    """One arrow an argument slot; slots that begin or end in a folded box share one arrow a pair of boxes."""
    arrows: list[Arrow] = []
    shared: dict[tuple[int, int], list[float]] = {}
    place, rest = folding.place, folding.rest
    for v in folding.order:
        here = place.get(v, rest)
        passed: dict[Value | Fold, list[float]] = {}
        for slot, (parent, flow) in enumerate(zip(v.parents, _flows(v), strict=True)):
            there = place.get(parent, rest)
            if there is here:
                continue
            if here is v and there is parent:
                arrows.append(_slot(v, slot, flow, index[there], index[here], local_derivatives))
            elif there in passed:
                passed[there].append(flow)
            else:
                passed[there] = [flow]
        for there, flows in passed.items():
            shared.setdefault((index[there], index[here]), []).extend(flows)
    arrows += [_several(tail, head, flows) for (tail, head), flows in shared.items()]
    return arrows


def _flows(v: Value) -> Sequence[float]:
    """What passes through each argument slot: local derivative · gradient. nan when nobody knows."""
    try:
        flows = [local * v.grad for local in v.local_derivatives]
    except TypeError:  # someone put text into .grad
        flows = []
    return flows or [nan] * len(v.parents)


def _slot(v: Value, slot: int, flow: float, tail: int, head: int, local_derivatives: bool) -> Arrow:
    local = v.local_derivatives[slot] if v.local_derivatives else nan
    text = f"∂ {number(local)}" if local_derivatives else _glyph(flow)
    names = (shorten(visible(node.label or node.op.symbol)) for node in (v.parents[slot], v))
    hover = f"{' → '.join(names)}, argument {slot + 1} of {len(v.parents)}: local derivative {local!r}, passes {flow!r}"
    return Arrow(tail, head, None if isnan(flow) else flow, text, hover, tone=_tone(flow))


def _several(tail: int, head: int, flows: list[float]) -> Arrow:
    flow = hypot(*flows)
    hover = f"{len(flows):,} edges, root sum of squares of what they pass {flow!r}"
    return Arrow(tail, head, None if isnan(flow) else flow, f"×{len(flows):,}" if len(flows) > 1 else "", hover)


def _glyph(flow: float) -> str:
    return "+" if flow > 0 else "−" if flow < 0 else ""


def stroke(flow: float | None, strongest: float) -> float:
    """The width of an arrow that passes ``flow``: one scale a picture, a quarter of the gradient is half the ink.

    >>> stroke(0.0, 8.0), stroke(-8.0, 8.0), stroke(None, 8.0)
    (1.2, 6.0, 1.2)
    """
    if not flow or not strongest:
        return THIN
    return THIN + (THICK - THIN) * sqrt(min(abs(flow) / strongest, 1.0))
