"""Colours and shapes, once, for figures and for pages: paper and ink, what tells series apart, and how classes look.

Colours are Okabe and Ito's, which colour-blind readers tell apart (some made lighter for the dark page, and a brown
added), and colour never speaks alone: classes have markers, curves have dashes, markers or labels.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CLASS_STYLES", "DARK", "LIGHT", "ClassStyle", "Palette", "svg_style"]


class Palette(NamedTuple):
    """Paper and ink, and eight colours; the first six stand out from the paper by 3 : 1 at least."""

    paper: str
    ink: str
    quiet: str
    colours: tuple[str, ...]


LIGHT = Palette(
    "#ffffff", "#1b1f24", "#59636e",
    ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#8A6D3B", "#E69F00", "#56B4E9"),
)  # fmt: skip
DARK = Palette(
    "#0f1318", "#e8edf2", "#a3adb8",
    ("#56B4E9", "#E69F00", "#00B384", "#CC79A7", "#F0E442", "#F0703C", "#B8A078", "#ffffff"),
)  # fmt: skip


class ClassStyle(NamedTuple):
    """A class: its colour on a light and on a dark page, its marker in Matplotlib, and the same shape as an SVG path."""

    light: str
    dark: str
    marker: str
    path: str


SHAPES = {  # Matplotlib's marker → the path, around (0, 0), of an area that looks as large as the others'
    "s": "M-7 -7 H7 V7 H-7 Z",
    "o": "M-8 0 A8 8 0 1 0 8 0 A8 8 0 1 0 -8 0 Z",
    "^": "M0 -9 L8 7 L-8 7 Z",
    "D": "M0 -9 L9 0 L0 9 L-9 0 Z",
    "v": "M0 9 L8 -7 L-8 -7 Z",
    "P": "M-9 -3 H-3 V-9 H3 V-3 H9 V3 H3 V9 H-3 V3 H-9 Z",
    "X": "M-8 -4 L-4 -8 L0 -4 L4 -8 L8 -4 L4 0 L8 4 L4 8 L0 4 L-4 8 L-8 4 L-4 0 Z",
    "*": "M0 -10 L3 -3 L10 -3 L4 2 L6 9 L0 5 L-6 9 L-4 2 L-10 -3 L-3 -3 Z",
}
# Class 1 is blue, as what is positive is: a network with one output says class 1 where it is above the threshold.
CLASS_STYLES = tuple(
    ClassStyle(LIGHT.colours[i], DARK.colours[i], marker, path)
    for i, (marker, path) in zip((1, 0, 2, 3, 4, 5, 6, 7), SHAPES.items(), strict=True)
)


def svg_style() -> str:
    """The ``<style>`` of an SVG that draws itself light or dark: paper, text, line, curve, and class-0, class-1, …

    >>> svg_style()[:45]
    '<style>.paper{fill:#ffffff}text{fill:#1b1f24}'
    """
    dark = _svg_rules(DARK, [look.dark for look in CLASS_STYLES])
    return f"<style>{_svg_rules(LIGHT, [look.light for look in CLASS_STYLES])}@media(prefers-color-scheme:dark){{{dark}}}</style>"


def _svg_rules(palette: Palette, classes: list[str]) -> str:
    rules = [f".paper{{fill:{palette.paper}}}text{{fill:{palette.ink}}}"]
    rules += [
        f".{name}{{fill:none;stroke:{colour}}}"
        for name, colour in (("line", palette.ink), ("curve", palette.colours[0]))
    ]
    return "".join(rules + [f".class-{k}{{fill:{colour}}}" for k, colour in enumerate(classes)])
