"""Boxes that open one by one: every node of a graph of any size is a few clicks away.

A part is what one folded box stands for. It opens to the parts in it, which are the modules
within a module or stretches of the forward pass, and in the end to single nodes. Opened, it is
drawn with what it is joined to, in boxes as large as possible, and one box for all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from autograd.view.analysis import prefixes
from autograd.view.assembly import assemble
from autograd.view.fold import BOXES, Fold, Folding
from autograd.view.text import shorten, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograd.value import Value
    from autograd.view.analysis import Analysis
    from autograd.view.assembly import BoxText
    from autograd.view.scene import Scene

__all__ = ["Part", "opened", "parts_of"]

FEW = 60  # nodes that are shown one by one
STRETCH, STRETCHES = 40, 30  # nodes of a stretch, unless that makes too many stretches


@dataclass(eq=False, slots=True)
class Part:
    """What is behind a box that opens: its title, its nodes in the order of the graph, and the part it is in.

    path: of the frame that is drawn around what is in it
    """

    title: str
    path: str
    nodes: Sequence[Value]
    parent: Part | None = None


# ── what is in a part ───────────────────────────────────────────────────────


def parts_of(graph: Analysis, folding: Folding | None) -> list[Part]:
    """The parts of the graph and all parts below them, each after the one it is in.

    folding: whose boxes of several nodes are parts; None for the whole graph as one part

    >>> from autograd import Value
    >>> from autograd.view.analysis import Analysis
    >>> y = Value(1.0)
    >>> for _ in range(99):
    ...     y = y.tanh()
    >>> [(part.title, len(part.nodes)) for part in parts_of(Analysis([y]), None)]
    [('the graph', 100), ('v0 … v33', 34), ('v34 … v67', 34), ('v68 … v99', 32)]
    """
    if folding is None:
        parts = [Part("the graph", "", graph.order)]
    else:
        parts = [Part(box.title, box.title, nodes) for box, nodes in folding.boxes.items() if isinstance(box, Fold)]
    for part in parts:  # grows while it is read
        parts += _divided(part, graph)
    return parts


def _divided(part: Part, graph: Analysis) -> list[Part]:
    """The parts to which a part opens; none when it opens to single nodes."""
    module = graph.module
    deepest = max((module[v].count(".") + 1 for v in part.nodes if v in module), default=0)
    for depth in range(deepest):
        groups: dict[str, list[Value]] = {}
        for v in part.nodes:
            groups.setdefault("".join(prefixes(module.get(v, ""))[depth : depth + 1]), []).append(v)
        if 1 < len(groups) <= BOXES:
            own = groups.pop("", [])
            modules = [Part(path.rpartition(".")[2], path, nodes, part) for path, nodes in groups.items()]
            return modules + (_stretches(own, part, graph) if len(own) > FEW else [])
    return _stretches(part.nodes, part, graph) if len(part.nodes) > FEW else []


def _stretches(nodes: Iterable[Value], parent: Part, graph: Analysis) -> list[Part]:
    """Consecutive results, each leaf just before its first use: arrows lead from a stretch into later ones, never back."""
    inside = dict.fromkeys(nodes)
    used: dict[Value, None] = {}
    for v in (v for v in inside if v.parents):
        used |= dict.fromkeys(p for p in v.parents if not p.parents and p in inside)
        used[v] = None
    sequence = [*(used | inside)]  # leaves that are used only elsewhere come last
    size = ceil(len(sequence) / min(STRETCHES, ceil(len(sequence) / STRETCH)))  # all about as long
    above = f"{parent.path}." if parent.path else ""
    stretches = []
    for i in range(0, len(sequence), size):
        stretch = sequence[i : i + size]
        title = f"{_name(stretch[0], graph)} … {_name(stretch[-1], graph)}"
        stretches.append(Part(title, above + title.replace(".", "\u2024"), stretch, parent))
    return stretches


def _name(v: Value, graph: Analysis) -> str:
    return shorten(visible(v.label), 12) or f"v{graph.index[v]}"


# ── an opened part ──────────────────────────────────────────────────────────


def opened(
    part: Part, innermost: Mapping[Value, Part], graph: Analysis, text: BoxText
) -> tuple[Scene, list[Value | Part | None]]:
    """The scene of a part and what it is joined to, and what each box in it stands for: None is all else.

    innermost: node → the innermost part it is in
    text:      what is written in the boxes
    """
    index, users = graph.index, graph.users
    own = set(part.nodes)
    seen = sorted({*own, *(w for v in own for w in (*v.parents, *users[v]))}, key=index.__getitem__)
    above = _above(part)
    shown = {v: _shown(v, innermost.get(v), above) for v in seen}
    folds = {p: Fold(p.title, p.parent.path if p.parent else "") for p in shown.values() if isinstance(p, Part)}
    drawn_in = {v: folds[p] if isinstance(p, Part) else v for v, p in shown.items()}
    module = {v: innermost[v].path for v in seen if drawn_in[v] is v and v in innermost}
    others = range(len(index) - len(seen))  # only counted: listing them for every part takes quadratic time
    rest = Fold("elsewhere")
    folding = Folding(seen, drawn_in, module, hidden=others, rest=rest)
    links = dict.fromkeys(
        link
        for v in part.nodes
        for link in (*((drawn_in[p], drawn_in[v]) for p in v.parents), *((drawn_in[v], drawn_in[u]) for u in users[v]))
        if link[0] is not link[1]
    )
    stands = {fold: p for p, fold in folds.items()}
    what = [stands.get(box) if isinstance(box, Fold) else box for box in folding.boxes]
    return assemble(folding, text, links=links), what


def _above(part: Part | None) -> list[Part | None]:
    """A part and those it is in, and None for the whole."""
    return [part, *(_above(part.parent) if part else [])]


def _shown(v: Value, part: Part | None, above: Sequence[Part | None]) -> Value | Part:
    """A node itself if it is alone in one of these, else the largest part around it that is none of them."""
    if part is None or part in above:
        return v
    while part.parent not in above:
        assert part.parent is not None  # None is in above
        part = part.parent
    return part
