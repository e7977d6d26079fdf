"""Which nodes share a box: a graph of any size becomes at most about two hundred boxes.

Up to 80 nodes every scalar is drawn. Beyond that a network folds by its module
paths, deepest first ("layers[0].neurons[2]", then "layers[0]", then "layers"),
and a graph without modules folds to what is nearest to its result.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from autograd.ops import LEAVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.value import Value
    from autograd.view.analysis import Analysis

__all__ = ["FOLDS", "Fold", "Folding", "fold"]

FOLDS = ("auto", "none", "neurons", "layers", "nearest")
SCALARS = 80  # "auto" draws every scalar up to here
BOXES, ARROWS = 200, 160  # and this many boxes of folded nodes, joined by so many arrows
CROWD = 12  # more leaves of a kind than this share a box, and more results of an op side by side
FORCED_SCALARS = 2_000  # fold="none" up to here
NEAREST_NODES, NEAREST_STEPS = 60, 12


@dataclass(frozen=True, eq=False, slots=True)  # equal to itself alone: a million nodes are looked up by it
class Fold:
    """A box of several nodes: its title, and the module path of the frame it stands in."""

    title: str
    frame: str = ""


@dataclass(frozen=True)
class Folding:
    """Where each node is drawn, and a sentence when something is folded.

    order:    the nodes whose boxes and arrows are all that is drawn, parents before children
    drawn_in: node → itself, or the ``Fold`` in which it is drawn; a node that is not in it is drawn in ``rest``
    module:   node → the module in whose frame it stands
    hidden:   the nodes in ``rest``, or anything of as many items where only their number is shown; they may be a million,
              so nothing is asked of one of them alone
    """

    order: Sequence[Value]
    drawn_in: Mapping[Value, Value | Fold]
    module: Mapping[Value, str]
    note: str = ""
    hidden: Sequence[Any] = ()
    rest: Fold = Fold("… more")

    @cached_property
    def boxes(self) -> Mapping[Value | Fold, Sequence[Value]]:
        """Box → the nodes in it; boxes as one reads a formula, a leaf just before its first use."""
        boxes: dict[Value | Fold, list[Value]] = {}
        drawn_in, rest = self.drawn_in, self.rest
        for v in self.order:
            if v.parents:
                here = drawn_in.get(v, rest)
                if here is v:
                    for there in dict.fromkeys(drawn_in.get(parent, rest) for parent in v.parents):
                        boxes.setdefault(there, [])
                boxes.setdefault(here, []).append(v)
        for v in self.order:
            if not v.parents:
                boxes.setdefault(drawn_in[v], []).append(v)
        if self.hidden:
            return {**boxes, rest: self.hidden}
        return boxes


def fold(graph: Analysis, how: str = "auto") -> Folding:
    """Decide for every node whether it gets a box of its own or shares one.

    The roots keep their own boxes unless they are many.

    how: one of FOLDS
    Raises ValueError when every scalar is asked for and there are more than 2,000.

    >>> from autograd import Value
    >>> from autograd.view.analysis import Analysis
    >>> y = Value(1.0)
    >>> for _ in range(100):
    ...     y = y.tanh()
    >>> fold(Analysis([y])).note
    '101 nodes: the 12 nearest to the result are drawn, 89 are folded'
    """
    order, module = graph.order, graph.module
    if how == "none" and len(order) > FORCED_SCALARS:
        raise ValueError(
            f'fold="none" draws at most {FORCED_SCALARS:,} nodes and this graph has {len(order):,}. '
            'Try fold="auto", or draw a node further inside.'
        )
    if how == "none" or (how == "auto" and len(order) <= SCALARS):
        return Folding(order, {v: v for v in order}, module)
    depths = {"auto": range(graph.depth, -1, -1), "neurons": [graph.depth], "layers": [1], "nearest": []}[how]
    for depth in depths if module else []:
        box = _boxes(set(module.values()), depth)
        if how == "auto" and not _few({v: box[path] for v, path in module.items()}):
            continue  # known before the nodes that belong to no module are looked at
        folding = _by_module(graph, box)
        if how != "auto" or _legible(folding.drawn_in):
            return folding
    return _nearest(graph)


def _legible(drawn_in: Mapping[Value, Value | Fold]) -> bool:
    """Few enough boxes, and few enough pairs of them joined by an arrow."""
    return len(set(drawn_in.values())) <= BOXES and _few(drawn_in)


def _few(drawn_in: Mapping[Value, Value | Fold]) -> bool:
    """Are few pairs of boxes joined by an arrow? Splitting a box or adding nodes never makes them fewer."""
    if len(set(drawn_in.values())) ** 2 <= ARROWS:
        return True
    joined: set[tuple[Value | Fold, Value | Fold]] = set()
    for v, here in drawn_in.items():
        joined.update(
            (drawn_in[parent], here) for parent in v.parents if parent in drawn_in and drawn_in[parent] is not here
        )
        if len(joined) > ARROWS:
            return False
    return True


# ── by module ───────────────────────────────────────────────────────────────


def _cut(path: str, depth: int) -> str:
    """A path without its inner parts; at depth 0, "layers" for all "layers[…]"."""
    return ".".join(path.split(".")[:depth]) or path.split(".")[0].split("[")[0]


def _boxes(paths: Iterable[str], depth: int) -> dict[str, Fold]:
    """The box of each module: what a layer computes besides its neurons stands in the layer's frame too."""
    titles = {path: _cut(path, depth) for path in paths}
    frames = {title.rpartition(".")[0] for title in titles.values()}
    boxes = {title: Fold(title, title if title in frames else title.rpartition(".")[0]) for title in titles.values()}
    return {path: boxes[title] for path, title in titles.items()}


def _by_module(graph: Analysis, box: Mapping[str, Fold]) -> Folding:
    order, roots, module = graph.order, graph.roots, graph.module
    drawn_in: dict[Value, Value | Fold] = {v: box[module[v]] if v in module else v for v in order}
    folds = set(box.values())
    outside = len(order) - len(module)
    if outside + len(folds) > BOXES:
        drawn_in |= _outsiders(order, drawn_in)
    else:
        drawn_in |= _crowds(order, drawn_in)
    if len(roots) <= NEAREST_NODES:
        drawn_in |= {root: root for root in roots}
        module = {**module, **{root: box[module[root]].frame for root in roots if root in module}}
    others = len(set(drawn_in.values())) - len(folds)
    note = f"{len(order):,} nodes folded into {_count(folds)}" + (f" and {others:,} other boxes" if others else "")
    return Folding(order, drawn_in, module, note)


def _crowds(order: Sequence[Value], drawn_in: Mapping[Value, Value | Fold]) -> dict[Value, Fold]:
    """One box for all the inputs when they are many (64 pixels), for constants, for loose parameters; for a batch's errors."""
    depth: dict[Value, int] = {}
    titles: dict[Value, tuple[str, int]] = {}
    for v in (v for v in order if drawn_in[v] is v):
        depth[v] = 1 + max((depth.get(p, 0) for p in v.parents), default=-1)
        if v.parents or v.op.name in LEAVES:
            titles[v] = (v.op.symbol_of(len(v.parents)), depth[v]) if v.parents else (f"{v.op.name}s", 0)
    boxes = {crowd: Fold(crowd[0]) for crowd, n in Counter(titles.values()).items() if n > CROWD}
    return {v: boxes[crowd] for v, crowd in titles.items() if crowd in boxes}


def _outsiders(order: Sequence[Value], drawn_in: Mapping[Value, Value | Fold]) -> dict[Value, Value | Fold]:
    """Boxes for what no module made: leaves by kind, results by the last module before them ("after layers[2]")."""
    boxes = {title: Fold(title) for title in ["outside the modules", *(f"{kind}s" for kind in LEAVES)]}
    after = [boxes["outside the modules"]]
    rank: dict[Value | Fold, int] = {}
    for at in dict.fromkeys(drawn_in[v] for v in order if v.parents):
        if isinstance(at, Fold):
            title = f"after {at.title.split('.')[0]}"
            after.append(boxes.setdefault(title, Fold(title)))
            rank[at] = len(rank) + 1
    latest: dict[Value, int] = {}
    outside: dict[Value, Value | Fold] = {}
    for v in (v for v in order if drawn_in[v] is v):
        if v.parents:
            latest[v] = max(latest.get(p, 0) or (rank.get(drawn_in[p], 0) if p.parents else 0) for p in v.parents)
            outside[v] = after[latest[v]]
        else:
            outside[v] = boxes[f"{v.op.name}s" if v.op.name in LEAVES else "outside the modules"]
    return outside


def _count(folds: Iterable[Fold]) -> str:
    """How many there are of what: "3 layers", "33 neurons", or "7 modules" when the names differ."""
    names = Counter(f.title.rpartition(".")[2].partition("[")[0] for f in folds)
    total = sum(names.values())
    name = next(iter(names)) if len(names) == 1 else "modules"
    return f"{total:,} {name if total > 1 or not name.endswith('s') else name[:-1]}"


# ── by distance ─────────────────────────────────────────────────────────────


def _nearest(graph: Analysis) -> Folding:
    """The nodes a few steps from the results, and one box for all the others.

    A node is drawn only when all that use it are, so arrows lead from the box of the others and never back into it.
    """
    order = graph.order
    uses = Counter(_parents(order))
    border = [root for root in graph.roots if not uses[root]][:NEAREST_NODES]
    near = dict.fromkeys(border)
    drawn: Counter[Value] = Counter()  # of the uses, those by nodes that are drawn
    for _ in range(NEAREST_STEPS - 1):
        drawn.update(_parents(border))
        ready = (v for v in dict.fromkeys(_parents(border)) if drawn[v] == uses[v])
        border = list(islice(ready, NEAREST_NODES - len(near)))
        near |= dict.fromkeys(border)
    hidden = [v for v in order if v not in near]
    first = next((v for v in hidden if v.parents), None)  # the box of the others comes where the first of them does
    note = f"{len(order):,} nodes: the {len(near)} nearest to the result are drawn, {len(hidden):,} are folded"
    walked = [v for v in order if v in near or v is first]
    return Folding(walked, {v: v for v in near}, graph.module, note if hidden else "", hidden)


def _parents(nodes: Iterable[Value]) -> Iterator[Value]:
    """The parents of all these nodes, once per argument slot. No Python loop: there may be millions."""
    return chain.from_iterable(map(attrgetter("parents"), nodes))
