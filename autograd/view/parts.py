"""Boxes that open one by one: every node of a graph of any size is a few clicks away.

A part is what one folded box stands for. It opens to the parts in it, which are a module's
modules or stretches of the forward pass, and in the end to single nodes. Opened, it is
drawn with what it is joined to, in boxes as large as can be, and one box for all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from autograd.view.analysis import prefixes
from autograd.view.assembly import assemble
from autograd.view.fold import BOXES, Fold, Folding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from autograd.value import Value
    from autograd.view.analysis import Analysis
    from autograd.view.assembly import Text
    from autograd.view.scene import Scene

__all__ = ["Part", "below", "opened"]

FEW = 60  # nodes that are shown one by one
STRETCH, STRETCHES = 40, 30  # nodes of a stretch, unless that makes too many stretches


@dataclass(eq=False, slots=True)
class Part:
    """What a box that opens stands for: its title, its nodes in the order of the graph, and the part it is in.

    path: of the frame that is drawn around what is in it
    """

    title: str
    path: str
    nodes: Sequence[Value]
    parent: Part | None = None


# ── what is in a part ───────────────────────────────────────────────────────


def below(largest: Iterable[Part], module: Mapping[Value, str], name: Callable[[Value], str]) -> list[Part]:
    """These parts and every part below them, each after the one it is in.

    module: node → the module it belongs to
    name:   how a node is called in the title of a stretch

    >>> from autograd import Value, topological_order
    >>> y = Value(1.0)
    >>> for _ in range(99):
    ...     y = y.tanh()
    >>> [(part.title, len(part.nodes)) for part in below([Part("all", "", topological_order(y))], {}, lambda v: f"{v.data:.2f}")]
    [('all', 100), ('1.00 … 0.21', 34), ('0.20 … 0.15', 34), ('0.15 … 0.12', 32)]
    """
    found = list(largest)
    for part in found:  # grows while it is read
        found += _divided(part, module, name)
    return found


def _divided(part: Part, module: Mapping[Value, str], name: Callable[[Value], str]) -> list[Part]:
    """The parts that a part opens to; none when it opens to single nodes."""
    deepest = max((module[v].count(".") + 1 for v in part.nodes if v in module), default=0)
    for depth in range(deepest):
        groups: dict[str, list[Value]] = {}
        for v in part.nodes:
            groups.setdefault("".join(prefixes(module.get(v, ""))[depth : depth + 1]), []).append(v)
        if 1 < len(groups) <= BOXES:
            own = groups.pop("", [])
            modules = [Part(path.rpartition(".")[2], path, nodes, part) for path, nodes in groups.items()]
            return modules + (_stretches(own, part, name) if len(own) > FEW else [])
    return _stretches(part.nodes, part, name) if len(part.nodes) > FEW else []


def _stretches(nodes: Iterable[Value], parent: Part, name: Callable[[Value], str]) -> list[Part]:
    """Consecutive results, each leaf just before its first use: arrows lead from a stretch into later ones, never back."""
    line: dict[Value, None] = {}
    inside = dict.fromkeys(nodes)
    for v in (v for v in inside if v.parents):
        line |= dict.fromkeys(p for p in v.parents if not p.parents and p in inside)
        line[v] = None
    in_line = [*(line | inside)]  # what is used elsewhere alone comes last
    size = ceil(len(in_line) / min(STRETCHES, ceil(len(in_line) / STRETCH)))  # all about as long
    cuts = [in_line[i : i + size] for i in range(0, len(in_line), size)]
    titles = [f"{name(some[0])} … {name(some[-1])}" for some in cuts]
    above = f"{parent.path}." if parent.path else ""
    return [
        Part(title, above + title.replace(".", "\u2024"), some, parent)
        for title, some in zip(titles, cuts, strict=True)
    ]


# ── an opened part ──────────────────────────────────────────────────────────


def opened(
    part: Part, inner: Mapping[Value, Part], graph: Analysis, text: Text
) -> tuple[Scene, list[Value | Part | None]]:
    """The scene of a part and what it is joined to, and what each box in it stands for: None is all else.

    inner: node → the innermost part it is in; text: what is written in the boxes
    """
    index, users = graph.index, graph.users
    own = set(part.nodes)
    seen = sorted({*own, *(w for v in own for w in (*v.parents, *users[v]))}, key=index.__getitem__)
    above = _above(part)
    shown = {v: _shown(v, inner.get(v), above) for v in seen}
    folds = {p: Fold(p.title, p.parent.path if p.parent else "") for p in shown.values() if isinstance(p, Part)}
    place = {v: folds[p] if isinstance(p, Part) else v for v, p in shown.items()}
    module = {v: inner[v].path for v in seen if place[v] is v and v in inner}
    others = range(len(index) - len(seen))  # counted, not listed: there are as many parts as nodes, but for a factor
    rest = Fold("elsewhere")
    folding = Folding(seen, place, module, hidden=others, rest=rest)
    links = dict.fromkeys(
        link
        for v in part.nodes
        for link in (*((place[p], place[v]) for p in v.parents), *((place[v], place[u]) for u in users[v]))
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
