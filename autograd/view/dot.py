"""A scene in Graphviz's DOT language.

``source`` is the whole picture, to be rendered or edited elsewhere; ``skeleton``
has the sizes alone and asks Graphviz where things go, so no label reaches a
layout program. Labels are HTML-like with every character escaped: nothing in
them can become a tag, a port, an escape sequence or the end of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphviz

from autograd.view.palette import LIGHT
from autograd.view.text import xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograd.view.scene import Arrow, Box, Scene

__all__ = ["skeleton", "source"]

FACE = "DejaVu Sans Mono,monospace"
BORDERS = {
    "input": {"style": "rounded,filled"},
    "parameter": {"style": "filled", "peripheries": "2"},
    "constant": {"style": "dashed,filled"},
    "result": {"style": "rounded,filled"},
    "folded": {"style": "filled,bold", "shape": "box3d"},
}


def source(scene: Scene, direction: str = "LR") -> str:
    """DOT text of the whole picture.

    >>> from autograd import Value, draw
    >>> print(source(draw(Value(2.0, label="<b>")).scene))
    digraph {
    ...
        n0 [label=...&lt;b&gt;...
    }
    <BLANKLINE>
    """
    graph = graphviz.Digraph(graph_attr={"rankdir": direction, "fontname": FACE, "fontsize": "13", "tooltip": " "})
    graph.attr("node", shape="box", fontname=FACE, fontsize="14")
    graph.attr("edge", fontname=FACE, fontsize="12", arrowsize="0.7")
    if scene.note:
        graph.attr(label=_html(xml(scene.note)), labelloc="b")
    _nest(graph, scene)
    for arrow in scene.arrows:
        graph.edge(f"n{arrow.tail}", f"n{arrow.head}", **_edge(arrow))
    return str(graph.source)


def skeleton(scene: Scene, direction: str = "LR") -> str:
    """DOT text of the sizes alone. Arrow i has the id ``e{i}``.

    >>> from autograd import Value, draw
    >>> "secret" in skeleton(draw(Value(2.0, label="secret")).scene)
    False
    """
    attributes = f"rankdir={direction} ranksep={scene.gap / 72:.4f} nodesep=0.2"
    arrows = (f"n{arrow.tail} -> n{arrow.head} [id=e{i}]" for i, arrow in enumerate(scene.arrows))
    lines = [
        f"digraph {{ graph [{attributes}]",
        'node [shape=box fixedsize=true label=""] edge [arrowsize=0.9]',
        *_sizes(scene, None),
        *arrows,
        "}",
    ]
    return "\n".join(lines)


def _sizes(scene: Scene, frame: int | None) -> Iterator[str]:
    """What stands in a frame: the sizes of its boxes, and clusters as wide as their titles."""
    for kind, i in scene.nesting.inside[frame]:
        if kind == "box":
            box = scene.boxes[i]
            yield f"n{i} [width={box.width / 72:.4f} height={box.height / 72:.4f}]"
        else:
            yield f'subgraph cluster_{i} {{ label="{"m" * len(scene.frames[i].title)}"'
            yield from _sizes(scene, i)
            yield "}"


def _nest(graph: graphviz.Digraph, scene: Scene) -> None:
    """Put every box into the cluster of its frame, and the clusters into one another."""
    clusters = []
    for i, frame in enumerate(scene.frames):
        style = {"label": _html(xml(frame.title)), "labeljust": "l", "style": "rounded", "color": LIGHT["frame_line"]}
        clusters.append(graphviz.Digraph(f"cluster_{i}", graph_attr=style))
    for i, box in enumerate(scene.boxes):
        (graph if box.frame is None else clusters[box.frame]).node(f"n{i}", **_node(box))
    for i in reversed(range(len(clusters))):  # inner ones first: a subgraph is copied when it is put in
        parent = scene.frames[i].parent
        (graph if parent is None else clusters[parent]).subgraph(clusters[i])


def _node(box: Box) -> dict[str, str]:
    colours = {"fillcolor": LIGHT[box.kind], "color": LIGHT[f"{box.kind}_line"]}
    return {"label": _label(box), "tooltip": _plain(box.hover), **colours, **BORDERS[box.kind]}


def _label(box: Box) -> str:
    rows = "".join(
        f'<TR><TD ALIGN="LEFT"><FONT COLOR="{_ink(line.tone)}">{_bold(xml(line.text), line.tone)}</FONT></TD></TR>'
        for line in box.lines
    )
    text = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>'
    if not box.symbol:
        return _html(text)
    chip = f'<TD><FONT POINT-SIZE="17"><B>{xml(box.symbol)}</B></FONT></TD>'
    return _html(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"><TR>{chip}<TD>{text}</TD></TR></TABLE>')


def _ink(tone: str) -> str:
    return LIGHT[tone if tone in ("plus", "minus") else "text"]


def _bold(text: str, tone: str) -> str:
    return f"<B>{text}</B>" if tone == "name" else text


def _edge(arrow: Arrow) -> dict[str, str]:
    colour = LIGHT[arrow.tone]
    label = _html(f'<FONT COLOR="{colour}"><B>{xml(arrow.text)}</B></FONT>') if arrow.text else ""
    return {"label": label, "penwidth": f"{arrow.width:.2f}", "color": colour, "tooltip": _plain(arrow.hover)}


def _html(content: str) -> str:
    r"""An HTML-like label. Graphviz reads \N as the node's name even there: a joiner of no width keeps them apart."""
    return f"<{content.replace(chr(92), '&#92;&#8288;')}>"


def _plain(text: str) -> str:
    r"""The same for tooltips, where \ is doubled besides, and & begins an entity."""
    escaped: str = graphviz.nohtml(text.replace("&", "&amp;").replace("\\", "\\\\\u2060"))
    return escaped
