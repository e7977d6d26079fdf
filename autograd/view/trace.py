"""The trace of a graph as one JSON document: all that a player needs to step through it.

``build_trace(root)`` rehearses a backward pass, leaving every gradient of yours as it was, and gives

    format    "chalkgrad trace", and ``version`` 4
    title     of the page
    root      index of the result L
    model     the variable that holds the model, before every path inside a module: "mlp" in mlp.layers[0]; or ""
    nodes     in topological order, leaves first, a node's index is its place:
              op (a leaf's is its kind: input, parameter, constant), symbol, label, path, module (index), parents
              (indices, one an argument slot), local (∂node/∂parent, one a slot), data, line (index).
              What is not there is empty ("", [] or −1); a path that is not there is the label
    ops       name → what its row of the table says: operands, doc, value and local derivatives as formulas
    modules   path, and the index of the module it stands in (−1 for none)
    lines     code lines that made nodes: file (its name, without the folders), number, text
    update    what moves the parameters afterwards: ``by`` (a rule's or an optimizer's name) and ``lr``; {} for nothing
    events    in the order in which they happen, the first word tells the kind:
              ["forward", node]                                    the node has its number
              ["zero"]                                             every gradient is 0, whatever it was before
              ["seed", root, 1.0]                                  ∂L/∂L = 1
              ["visit", node, gradient]                            it is complete; the node passes it on
              ["accumulate", node, slot, upstream, local, contribution, before, after, k, n]
                                                                   … to the parent in that slot: contribution = upstream
                                                                   · local, before → after, the k-th of n it waits for
              ["done"]                                             every gradient is complete
              ["update", node, before, after]                      an optimizer moves the node's number
    levels    the same graph as boxes and arrows, finest first; ``place`` says in which box each node is drawn,
              and a box's ``opens`` which part it opens to (−1 for none). A large graph without modules has one level,
              which is a ``part``
    parts     what a box opens to: title, the part it is ``in`` (−1 for none), size, frames, and boxes as
              [what, x, y, width, height, width of its chip if it has one]. What: a node, −1 − a part, or null for
              all that is not shown
    part      the innermost part of each node, in which it has a box of its own (−1: it has one in every level)

A number that is not finite is the text "nan", "inf" or "-inf".

As text (``dumps``) the document says the same in fewer bytes, and the same graph gives the same bytes everywhere:

    kinds     of events; an event begins with its place in this list
    numbers   every float of nodes and events, once; there, its place in this list stands for it
    own       in a node, instead of a label that is the path of its module, a dot, and this
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.backprop import rehearsed, topological_order
from autograd.ops import OPS
from autograd.readings import formula
from autograd.value import Value
from autograd.view.encoding import packed
from autograd.view.fold import Fold, fold, prefixes
from autograd.view.layered import columns, frames_nest
from autograd.view.optimizer_step import describe_update, preview_step
from autograd.view.parts import Part, below, opened
from autograd.view.scene import Line, assemble, members
from autograd.view.text import number, shorten, signed, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.backprop import Step
    from autograd.ops import Op
    from autograd.view.fold import Folding
    from autograd.view.geometry import Curve, Layout
    from autograd.view.optimizer_step import Move
    from autograd.view.scene import Box, Scene
    from autograd.view.source_lines import SourceLine

__all__ = ["FORMAT", "VERSION", "build_trace", "dumps"]

FORMAT, VERSION = "chalkgrad trace", 4
SCALARS = 300  # a level of single nodes up to here
TANGLE = 800  # arrows of a level beyond which nobody follows one; a level's boxes open one by one all the same
LONGEST = 200  # characters of a label, 10 times what fits in a box
FORMULA = 60  # characters of a formula that still explains something

Document = dict[str, Any]


def build_trace(
    root: Value, lines: Mapping[Value, SourceLine] | None = None, update: Any = None, model: str = ""
) -> Document:
    """The trace of everything below ``root``, as plain data.

    lines:  node → line of code that made it
    update: an optimizer, or a learning rate, that moves the parameters afterwards (``view.optimizer_step`` says how)
    model:  what the model is called

    Raises CycleError for a graph that bites its tail, ValueError for a node through which no gradient can pass.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> trace = build_trace(a * a)
    >>> [event for event in trace["events"] if event[0] == "accumulate"]
    [['accumulate', 1, 0, 1.0, 3.0, 3.0, 0.0, 3.0, 1, 2], ['accumulate', 1, 1, 1.0, 3.0, 3.0, 3.0, 6.0, 2, 2]]
    >>> a.grad
    0.0
    """
    order = topological_order(root)
    index = {v: i for i, v in enumerate(order)}
    with rehearsed(root) as steps:
        module = fold(order, [root], "nearest").module
        modules = sorted({prefix for path in module.values() for prefix in prefixes(path)})
        stands = {path: i for i, path in enumerate(modules)}
        code = [(lines or {}).get(v) for v in order]
        numbered = {line: i for i, line in enumerate(sorted({line for line in code if line}))}
        moves = preview_step(order, update)
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": _title(root, len(order)),
            "root": index[root],
            "model": visible(model),
            "nodes": [
                _node(v, [index[p] for p in v.parents], stands.get(module.get(v, ""), -1),
                      numbered[line] if line else -1)
                for v, line in zip(order, code, strict=True)
            ],
            "ops": {op.name: _op(op) for op in sorted({v.op for v in order}, key=lambda op: op.name) if op.name in OPS},
            "modules": [[visible(path), stands.get(path.rpartition(".")[0], -1)] for path in modules],
            "lines": [[visible(Path(line.file).name), line.number, visible(line.text)] for line in numbered],
            "update": describe_update(update),
            "events": [*_forward(order, index), *_backward(root, steps, index), *_updates(moves, index)],
            **_maps(order, index, root, _written(order, root, steps, moves)),
        }  # fmt: skip


def dumps(trace: Document) -> str:
    """The document as text, packed: pure ASCII, no blanks, and no NaN, which JSON does not have."""
    return json.dumps(packed(trace), separators=(",", ":"), allow_nan=False)


def _title(root: Value, nodes: int) -> str:
    name = shorten(visible(root.label)) or "L"
    return f"{name}, step by step: {nodes:,} node{'s' * (nodes != 1)}"


# ── nodes ───────────────────────────────────────────────────────────────────


def _node(v: Value, parents: list[int], module: int, line: int) -> Document:
    label, inside = shorten(visible(v.label), LONGEST), visible(v.module)
    whole = {
        "op": v.op.name,
        "symbol": shorten(visible(v.op.symbol).strip()),
        "label": label,
        "path": f"{inside}.{label}" if inside and label and not label.startswith(inside) else "",
        "module": module,
        "parents": parents,
        "local": [_number(d) for d in v.local_derivatives],
        "data": _number(v.data),
        "line": line,
    }
    return {name: fact for name, fact in whole.items() if fact not in ("", [], -1) or name == "data"}


def _number(x: Any) -> float | str:
    """A float as JSON has it; what is not finite, or was put there by hand, as text."""
    try:
        x = float(x)
    except (TypeError, ValueError, OverflowError):
        return "nan"
    return x if isfinite(x) else str(x)


def _op(op: Op) -> Document:
    """What a row says of itself; formulas only while they are short enough to be read."""
    value, slopes = formula(op)
    return {
        "operands": list(op.operands),
        "doc": op.doc.partition("\n")[0],
        "value": _short(str(value)),
        "local": [_short(str(slope)) for slope in slopes] if not op.n_ary else [],
    }


def _short(text: str) -> str:
    return text if len(text) <= FORMULA else ""


# ── events ──────────────────────────────────────────────────────────────────


def _forward(order: Iterable[Value], index: Mapping[Value, int]) -> Iterator[list[Any]]:
    for v in order:
        yield ["forward", index[v]]


def _backward(root: Value, steps: Iterable[Step], index: Mapping[Value, int]) -> Iterator[list[Any]]:
    """Zero, seed, then node after node: a visit, and a contribution an argument slot."""
    yield ["zero"]
    yield ["seed", index[root], 1.0]
    steps = list(steps)
    owed = Counter(step.parent for step in steps)
    arrived: Counter[Value] = Counter()
    visited: Value | None = None
    for step in steps:
        if step.node is not visited:
            visited = step.node
            yield ["visit", index[visited], _number(step.upstream)]
        arrived[step.parent] += 1
        numbers = map(_number, (step.upstream, step.local, step.contribution, step.before, step.after))
        yield ["accumulate", index[visited], step.slot, *numbers, arrived[step.parent], owed[step.parent]]
    yield ["done"]


def _updates(moves: Iterable[Move], index: Mapping[Value, int]) -> Iterator[list[Any]]:
    for move in moves:
        yield ["update", index[move.parameter], _number(move.before), _number(move.after)]


# ── levels ──────────────────────────────────────────────────────────────────


def _maps(
    order: Sequence[Value], index: Mapping[Value, int], root: Value, written: Mapping[Value, _Written]
) -> Document:
    """The levels, finest first, and the parts into which their boxes open; and in which part each node stands alone."""
    foldings = _foldings(order, root)
    boxes = {name: members(folding) for name, folding in foldings.items()}
    module = next((folding.module for folding in foldings.values()), {})
    coarsest = list(boxes.values())[-1] if boxes else {}
    largest = [Part(place.title, place.title, nodes) for place, nodes in coarsest.items() if isinstance(place, Fold)]
    found = below(largest if foldings else [Part("the graph", "", order)], module, lambda v: _name(v, index))
    at = {part: i for i, part in enumerate(found)}
    opens = {frozenset(part.nodes): i for part, i in at.items()}
    levels = [
        {"name": name, **_level(order, folding, [opens.get(frozenset(nodes), -1) for nodes in boxes[name].values()], written)}
        for name, folding in foldings.items()
    ]  # fmt: skip
    inner = {v: part for part in found for v in part.nodes}  # a part comes after the one it is in
    return {
        "levels": [level for level in levels[:-1] if len(level["arrows"]) <= TANGLE] + levels[-1:] or [{"name": "stretches", "part": 0}],
        "parts": [*_parts(found, order, inner, index, written)],
        "part": [at[inner[v]] if v in inner else -1 for v in order] if found else [],
    }  # fmt: skip


def _foldings(order: Sequence[Value], root: Value) -> dict[str, Folding]:
    """Single nodes when they are few, then neurons, then layers, as far as the graph has them; it may have none."""
    depth = max((path.count(".") + 1 for path in {v.module for v in order} if path), default=0)
    names = {"none": "nodes"} if len(order) <= SCALARS else {}
    names |= ({"neurons": "neurons"} if depth > 1 else {}) | ({"layers": "layers"} if depth else {})
    return {name: fold(order, [root], how) for how, name in names.items()}


def _name(v: Value, index: Mapping[Value, int]) -> str:
    return shorten(visible(v.label), 12) or f"v{index[v]}"


class _Written(NamedTuple):
    """What a node's box has to hold: the name that the player's sentences give it, and its longest number."""

    name: str
    number: str


def _written(
    order: Iterable[Value], root: Value, steps: Iterable[Step], moves: Iterable[Move]
) -> dict[Value, _Written]:
    """For each node; its gradient grows, and an update may move it."""
    longest: dict[Value, str] = {}
    shown = [*((step.parent, signed(step.after)) for step in steps), *((m.parameter, number(m.after)) for m in moves)]
    for node, text in shown:
        longest[node] = max(longest.get(node, ""), text, key=len)
    return {v: _Written("L" if v is root else f"v{i}", longest.get(v, "")) for i, v in enumerate(order)}


def _level(order: Sequence[Value], folding: Folding, opens: list[int], written: Mapping[Value, _Written]) -> Document:
    scene = assemble(folding)
    if scene.frames and not frames_nest(scene):
        scene = assemble(folding, framed=False)
    inside = members(folding)
    box_of = {v: i for i, nodes in enumerate(inside.values()) for v in nodes}
    boxes = (_played(box, written[nodes[0]]) for box, nodes in zip(scene.boxes, inside.values(), strict=True))
    scene = replace(scene, boxes=tuple(boxes))
    return _drawn(scene, folding, [box_of[v] for v in order], opens)


def _parts(
    found: Sequence[Part], order: Sequence[Value], inner: Mapping[Value, Part], index: Mapping[Value, int],
    written: Mapping[Value, _Written],
) -> Iterator[Document]:  # fmt: skip
    """Each part as it is opened, briefly: every box as what it stands for, centre, size, and the width of its chip."""
    at = {part: i for i, part in enumerate(found)}
    users: dict[Value, list[Value]] = {}
    for v in order if found else ():
        for parent in dict.fromkeys(v.parents):
            users.setdefault(parent, []).append(v)
    for part in found:
        scene, stands = opened(part, inner, index, users)
        held = [written[box] if isinstance(box, Value) else _Written("", "") for box in stands]
        scene = replace(scene, boxes=tuple(map(_played, scene.boxes, held)))
        layout = columns(scene, quick=True)  # the player leads its arrows itself
        what = [None if box is None else index[box] if isinstance(box, Value) else -1 - at[box] for box in stands]
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


def _frames(scene: Scene, layout: Layout) -> list[Document]:
    return [
        {"title": frame.title, "at": [round(x, 1) for x in r]}
        for frame, r in zip(scene.frames, layout.frames, strict=True)
    ]


def _played(box: Box, written: _Written) -> Box:
    """A box with room for what the player writes in it: how many of a folded one's nodes are done, a node's name and numbers."""
    name = box.lines[0]
    if box.kind == "folded":
        nodes = box.lines[1].text.split()[0].replace(",", "")
        return replace(box, lines=(name, Line(f"∂ {nodes}/{nodes}")))
    named = box.lines if name.tone == "name" else (Line(written.name, "name"), *box.lines)
    gradient = max(named[-1].text, f"grad {written.number}", key=len)
    return replace(box, lines=(*named[:-1], Line(gradient)))


def _drawn(scene: Scene, folding: Folding, place: list[int], opens: list[int]) -> Document:
    """Boxes as centre and size, arrows as SVG paths; coordinates to a tenth of a pixel."""
    layout = columns(scene)
    return {
        "note": folding.note,
        "size": [round(layout.width, 1), round(layout.height, 1)],
        "place": place,
        "boxes": [
            {
                "kind": box.kind,
                "at": [round(p.x, 1), round(p.y, 1), round(box.width, 1), round(box.height, 1)],
                "chip": round(box.chip, 1),
                "name": box.lines[0].text if box.lines[0].tone == "name" else "",
                "opens": opening,
            }
            for box, p, opening in zip(scene.boxes, layout.boxes, opens, strict=True)
        ],
        "arrows": [
            {"ends": [arrow.tail, arrow.head], "width": round(arrow.width, 2), "tone": arrow.tone, **_path(curve)}
            for arrow, curve in zip(scene.arrows, layout.arrows, strict=True)
        ],
        "frames": _frames(scene, layout),
    }


def _path(curve: Curve) -> Document:
    """A curve in SVG's words, in whole pixels; through a column an arrow runs level, which is said in one number."""
    start, *rest = curve.points
    pieces = [rest[i : i + 3] for i in range(0, len(rest), 3)]
    before = [start, *(piece[-1] for piece in pieces)]
    words = [
        f"H{end.x:.0f}" if p.y == end.y and piece is not pieces[-1]
        else f"C{a.x:.0f} {a.y:.0f} {b.x:.0f} {b.y:.0f} {end.x:.0f} {end.y:.0f}"
        for p, piece in zip(before, pieces, strict=False) for a, b, end in (piece,)
    ]  # fmt: skip
    return {"d": f"M{start.x:.0f} {start.y:.0f}{''.join(words)}", "tip": [round(curve.tip.x), round(curve.tip.y)]}
