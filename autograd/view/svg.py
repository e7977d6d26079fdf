"""A scene and its layout as one SVG text: static, self-contained, the same bytes in every process.

No scripts, no links, no ids (several pictures share a notebook page); every
label passes ``text.xml``. Class names begin with ``cg-`` because a notebook's
page applies the style of one picture to all.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from math import hypot
from typing import TYPE_CHECKING

from autograd.view.geometry import Rect, point_at
from autograd.view.palette import DARK, LIGHT
from autograd.view.scene import CELL, FONT, LINE_HEIGHT, MARGIN, stroke
from autograd.view.text import SCRIPT, cells, number, scripts, xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from autograd.view.geometry import Curve, Layout, Point
    from autograd.view.scene import Arrow, Box, Frame, Scene

__all__ = ["EDGE", "described", "svg"]

EDGE = 14.0  # px of paper around the picture
DESCRIBED = 80  # boxes that a screen reader reads aloud
FRACTIONS = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)  # places along an arrow where its text may stand
SHIFTS = {-1: 3.5, 0: 0.0, 1: -5.0}  # px, of what stands below and above the line
CORNERS = {"input": 14, "parameter": 0, "constant": 0, "result": 5, "folded": 2}

FORMS = f"""
.cg{{font:{FONT}px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace}}
.cg text{{white-space:pre;unicode-bidi:isolate;stroke:none}} .cg path{{fill:none}}
.cg .cg-name,.cg .cg-note,.cg .cg-symbol{{font-weight:bold}} .cg .cg-symbol,.cg .cg-on{{text-anchor:middle}}
.cg text.cg-on{{font-weight:bold}} .cg text.cg-symbol{{font-size:17px}}
.cg .cg-script{{font-size:{100 * SCRIPT:.0f}%}}
.cg .cg-constant rect,.cg .cg-unknown{{stroke-dasharray:5 3}}
"""
COLOURS = """
.cg .cg-paper{{fill:{paper}}} .cg text{{fill:{text}}} .cg text.cg-quiet{{fill:{quiet}}}
.cg .cg-frame{{fill:{frame};stroke:{frame_line}}}
.cg path.cg-plain,.cg rect.cg-plain{{stroke:{plain}}} .cg polygon.cg-plain,.cg text.cg-on{{fill:{plain}}}
.cg path.cg-plus,.cg rect.cg-plus{{stroke:{plus}}} .cg polygon.cg-plus,.cg text.cg-plus{{fill:{plus}}}
.cg path.cg-minus,.cg rect.cg-minus{{stroke:{minus}}} .cg polygon.cg-minus,.cg text.cg-minus{{fill:{minus}}}
""" + "".join(f".cg .cg-{kind} rect{{{{fill:{{{kind}}};stroke:{{{kind}_line}}}}}}\n" for kind in CORNERS) + """
.cg g rect.cg-ring{{fill:none;stroke:{text};stroke-width:4}} .cg g rect.cg-chip{{fill:{chip};stroke:none}} .cg text.cg-symbol{{fill:{symbol}}}
"""  # fmt: skip


def svg(
    scene: Scene, layout: Layout, *, legend_of: Scene | None = None, palette: Mapping[str, str] | None = None
) -> str:
    """The picture, with a legend, in light or in dark colours, as the reader's system prefers.

    legend_of: another scene, which the legend is of
    palette:   its colours alone

    >>> from autograd import Value, draw
    >>> picture = draw(Value(2.0, label="x"))
    >>> svg(picture.scene, picture.layout).startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    True
    """
    top = EDGE + (LINE_HEIGHT + 6 if scene.note else 0)
    legend, legend_width, legend_height = _legend(legend_of or scene, layout.width)
    width = max(layout.width, legend_width, cells(scene.note) * CELL) + 2 * EDGE
    height = top + layout.height + legend_height + EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="cg" role="img" xml:space="preserve" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{xml(scene.title)}</title><desc>{xml(described(scene))}</desc>",
        f"<style>{_style(palette)}</style>",
        '<rect class="cg-paper" width="100%" height="100%"/>',
        _text(EDGE, EDGE + FONT, scene.note, "note") if scene.note else "",
        f'<g transform="translate({EDGE:.1f} {top:.1f})">',
        *map(_frame, scene.frames, layout.frames),
        *map(_arrow, scene.arrows, layout.arrows),
        *map(_box, scene.boxes, layout.boxes),
        *_arrow_texts(scene, layout),
        "</g>",
        f'<g transform="translate({EDGE:.1f} {top + layout.height:.1f})">{legend}</g>',
        "</svg>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def described(scene: Scene) -> str:
    """The picture for who does not see it: what is folded, and what is written in its boxes.

    >>> from autograd import Value, draw
    >>> described(draw(Value(2.0, label="x").tanh()).scene)
    'x data 2 grad 0; tanh data 0.964 grad 0'
    """
    boxes = scene.boxes[:DESCRIBED]
    said = "; ".join(" ".join(filter(None, [box.symbol, *(line.text for line in box.lines)])) for box in boxes)
    return f"{scene.note}. {said}" if scene.note else said


def _style(palette: Mapping[str, str] | None) -> str:
    if palette:
        return FORMS + COLOURS.format(**palette)
    dark = COLOURS.format(**DARK)
    return f"{FORMS}{COLOURS.format(**LIGHT)}@media (prefers-color-scheme:dark){{{dark}}}"


def _text(x: float, y: float, text: str, *classes: str) -> str:
    written = xml(text) if text.isascii() else _typeset(text)
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{" ".join(f"cg-{c}" for c in classes)}">{written}</text>'


def _typeset(text: str) -> str:
    """Text with its indices below and above the line: by ``dy``, for ``baseline-shift`` is not known to every browser."""
    parts, before = [], 0.0
    for run, level in scripts(text):
        shift = SHIFTS[level]
        dy = f' dy="{shift - before:.1f}"' if shift != before else ""
        tag = f'<tspan class="cg-script"{dy}>' if level else f"<tspan{dy}>" if dy else ""
        parts.append(f"{tag}{xml(run)}{'</tspan>' * bool(tag)}")
        before = shift
    return "".join(parts)


def _rect(r: Rect, corner: float, more: str = "") -> str:
    return f'<rect x="{r.x:.1f}" y="{r.y:.1f}" width="{r.width:.1f}" height="{r.height:.1f}" rx="{corner}"{more}/>'


# ── the three kinds of things ───────────────────────────────────────────────


def _frame(frame: Frame, r: Rect) -> str:
    title = _text(r.x + MARGIN, r.y + LINE_HEIGHT, frame.title, "quiet")
    outline = _rect(r, 8, ' class="cg-frame"')
    return f"<g><title>{xml(frame.path)}</title>{outline}{title}</g>"


def _box(box: Box, centre: Point) -> str:
    r = Rect(centre.x - box.width / 2, centre.y - box.height / 2, box.width, box.height)
    x = r.x + MARGIN + (box.chip + MARGIN if box.symbol else 0)
    y = r.y + MARGIN + FONT - 2
    ring = _rect(_inset(r, -6), CORNERS[box.kind] + 6, ' class="cg-ring"') if box.ring else ""
    lines = [_text(x, y + i * LINE_HEIGHT, line.text, line.tone) for i, line in enumerate(box.lines)]
    return f'<g class="cg-{box.kind}"><title>{xml(box.hover)}</title>{ring}{_outline(box.kind, r)}{_chip(box, r)}{"".join(lines)}</g>'


def _outline(kind: str, r: Rect) -> str:
    """A kind's border: double for parameters, dashed for constants, round for inputs, a pile of sheets for folded nodes."""
    outline = _rect(r, CORNERS[kind], ' stroke-width="1.6"')
    if kind == "parameter":
        return outline + _rect(_inset(r, 3), 0)
    if kind == "folded":
        return _rect(r._replace(x=r.x + 4, y=r.y + 4), 2) + outline
    return outline


def _inset(r: Rect, by: float) -> Rect:
    return Rect(r.x + by, r.y + by, r.width - 2 * by, r.height - 2 * by)


def _chip(box: Box, r: Rect) -> str:
    """The op's symbol, at the left of its box."""
    if not box.symbol:
        return ""
    chip = Rect(r.x + MARGIN / 2, r.y + MARGIN / 2, box.chip, r.height - MARGIN)
    symbol = _text(chip.x + chip.width / 2, chip.y + chip.height / 2 + 5, box.symbol, "symbol")
    return _rect(chip, 4, ' class="cg-chip"') + symbol


def _arrow(arrow: Arrow, curve: Curve) -> str:
    start, *rest = curve.points
    pieces = " ".join([f"{x:.1f} {y:.1f}" for x, y in rest])
    unknown = "" if arrow.flow is not None else " cg-unknown"
    line = f'<path class="cg-{arrow.tone}{unknown}" stroke-width="{arrow.width:.2f}" d="M{start.x:.1f} {start.y:.1f}C{pieces}"/>'
    return f"<g><title>{xml(arrow.hover)}</title>{line}{_head(arrow, curve)}</g>"


def _head(arrow: Arrow, curve: Curve) -> str:
    """The arrow's head: a triangle from the end of the line to the tip."""
    end, tip = curve.points[-1], curve.tip
    length = hypot(tip.x - end.x, tip.y - end.y) or 1.0
    half = max(4.0, arrow.width)
    dx, dy = half * (tip.y - end.y) / length, half * (end.x - tip.x) / length
    corners = f"{end.x + dx:.1f},{end.y + dy:.1f} {tip.x:.1f},{tip.y:.1f} {end.x - dx:.1f},{end.y - dy:.1f}"
    return f'<polygon class="cg-{arrow.tone}" points="{corners}"/>'


# ── texts on arrows ─────────────────────────────────────────────────────────


class _Taken:
    """Which places are taken, on a grid: near-linear for any number of them."""

    def __init__(self, taken: Iterable[Rect]) -> None:
        self.at: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)
        for r in taken:
            self.add(r)

    def add(self, r: Rect) -> None:
        for square in self._squares(r):
            self.at[square].append(r)

    def hit(self, r: Rect) -> bool:
        r = _inset(r, -2)
        return any(_overlap(r, other) for square in self._squares(r) for other in self.at[square])

    def _squares(self, r: Rect) -> Iterator[tuple[int, int]]:
        side = 100
        for i in range(int(r.x // side), int((r.x + r.width) // side) + 1):
            for j in range(int(r.y // side), int((r.y + r.height) // side) + 1):
                yield i, j


def _overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def _arrow_texts(scene: Scene, layout: Layout) -> list[str]:
    """Glyphs and local derivatives, each at the first free place along its arrow."""
    taken = _Taken(
        Rect(p.x - box.width / 2, p.y - box.height / 2, box.width, box.height)
        for box, p in zip(scene.boxes, layout.boxes, strict=True)
    )
    texts = []
    for arrow, curve in zip(scene.arrows, layout.arrows, strict=True):
        if arrow.text:
            width = cells(arrow.text) * CELL + 7
            places = (_around(point_at(curve.points, fraction), width) for fraction in FRACTIONS)
            first = next(places)
            r = next((r for r in chain([first], places) if not taken.hit(r)), first)
            taken.add(r)
            plate = _rect(r, FONT / 2 + 1, f' class="cg-paper cg-{arrow.tone}"')
            texts.append(plate + _text(r.x + r.width / 2, r.y + FONT - 0.5, arrow.text, "on", arrow.tone))
    return texts


def _around(p: Point, width: float) -> Rect:
    return Rect(p.x - width / 2, p.y - FONT / 2 - 1, width, FONT + 2.0)


# ── legend ──────────────────────────────────────────────────────────────────


def _legend(scene: Scene, width: float) -> tuple[str, float, float]:
    """What the colours and glyphs of this picture mean, in as many rows as it takes; and its size."""
    items = [*_kind_items(scene), *_gradient_items(scene)]
    x, y, widest = 0.0, LINE_HEIGHT + 8.0, 0.0
    parts = []
    for mark, word, space in items:
        wide = space + 6 + cells(word) * CELL
        if x and x + wide > max(width, 420.0):
            x, y = 0.0, y + LINE_HEIGHT + 3
        parts.append(f'<g transform="translate({x:.1f} {y:.1f})">{mark}{_text(space + 6, 0, word, "quiet")}</g>')
        x += wide + 18
        widest = max(widest, x - 18)
    return "".join(parts), widest, y + 4


def _kind_items(scene: Scene) -> Iterator[tuple[str, str, float]]:
    words = {"result": "result, op in the chip", "folded": "several nodes"}
    present = {box.kind for box in scene.boxes}
    for kind in CORNERS:
        if kind in present:
            chip = _rect(Rect(2, -10, 9, 11), 2, ' class="cg-chip"') if kind == "result" else ""
            yield f'<g class="cg-{kind}">{_outline(kind, Rect(0, -12, 24, 15))}{chip}</g>', words.get(kind, kind), 28.0


def _gradient_items(scene: Scene) -> Iterator[tuple[str, str, float]]:
    if scene.local_derivatives and scene.arrows:
        yield _text(0, 0, "∂", "quiet"), "local derivative", CELL
    if any(arrow.flow is None for arrow in scene.arrows):
        yield _swatch(1.2, "plain cg-unknown"), "gradient nan or not known", 24.0
    if not scene.strongest:
        if scene.arrows:
            yield _swatch(1.2, "plain"), "gradient 0, as before backward()", 24.0
        return
    tones = {arrow.tone for arrow in scene.arrows}
    for tone, word in (("plus", "gradient +"), ("minus", "gradient −")):
        if tone in tones:
            yield _swatch(3.0, tone), word, 24.0
    for fraction in (0.0625, 1.0):
        flow = fraction * scene.strongest
        yield _swatch(stroke(flow, scene.strongest), "plain"), f"|gradient| {number(flow)}", 24.0


def _swatch(width: float, tone: str) -> str:
    return f'<path class="cg-{tone}" stroke-width="{width:.2f}" d="M0 -4.5H24"/>'
