"""How figures look: sizes for a slide, and what tells one series, or one class, from the next; and how a notebook shows them.

A figure follows its page: its colours are those of the dark palette where its axis labels are light.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.palette import CLASS_STYLES, DARK, LIGHT, Palette

try:
    from cycler import cycler
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.colors import to_rgb
    from matplotlib.figure import Figure
except ImportError:
    raise ImportError("figures are drawn with matplotlib: pip install 'chalkgrad[train]'") from None

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = [
    "DASHES", "MARKERS", "SIZES", "SeriesStyle", "axes_grid", "class_styles", "legend", "palette_of", "series_styles", "settings",
    "single_axes", "style",
]  # fmt: skip

MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]
DASHES: list[Any] = ["-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)), (0, (3, 3))]

SIZES: dict[Any, Any] = {  # Any: Matplotlib's stubs list every key, and each version another list
    "font.size": 13, "axes.titlesize": 15, "axes.titlepad": 9, "axes.labelsize": 14, "xtick.labelsize": 12, "ytick.labelsize": 12,
    "figure.titlesize": 16, "legend.fontsize": 12, "lines.linewidth": 2.5, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip


def style(*, dark: bool = False) -> AbstractContextManager[None]:
    """A context in which figures have a slide's sizes and the colours of a light or a dark page.

    Paper is opaque, so that a saved figure reads on any page; ``savefig(…, transparent=True)`` leaves it out.

    >>> with style(dark=True):
    ...     ax = single_axes(None)
    >>> ax.get_facecolor() == (*to_rgb(DARK.paper), 1.0)
    True
    """
    return rc_context(settings(DARK if dark else LIGHT))


def settings(palette: Palette) -> dict[Any, Any]:
    """Matplotlib's settings for figures of these colours, in a slide's sizes."""
    found = {**SIZES, "axes.prop_cycle": cycler(color=palette.colours)}
    for key in ("figure.facecolor", "axes.facecolor"):
        found[key] = palette.paper
    for key in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"):
        found[key] = palette.ink
    return found


def palette_of(ax: Axes) -> Palette:
    """The palette of the page that the axes are on: the dark one where its axis labels are light."""
    r, g, b = to_rgb(ax.xaxis.label.get_color())
    return DARK if r + g + b > 1.5 else LIGHT


def single_axes(ax: Axes | None, size: tuple[float, float] = (7.2, 4.5)) -> Axes:
    """The axes that were given, or those of a new figure of this size (inches)."""
    return axes_grid(None, 1, 1, size)[0] if ax is None else ax


def axes_grid(axes: Any, rows: int, columns: int, size: tuple[float, float], **kwargs: Any) -> Sequence[Axes]:
    """The axes that were given, row by row, or those of a new figure. Raises ValueError for another number of them."""
    if axes is None:
        with rc_context(SIZES):
            axes = _figure(size).subplots(rows, columns, squeeze=False, subplot_kw={"axes_class": ShownAxes}, **kwargs)
    flat = Panels(np.ravel(axes))
    if len(flat) != rows * columns:
        raise ValueError(f"this figure needs {rows * columns} axes ({rows} × {columns}), got {len(flat)}")
    return flat


# ── in a notebook ───────────────────────────────────────────────────────────


def _figure(size: tuple[float, float]) -> ShownFigure:
    """A new figure of this size; where pyplot is in use it is its current one, so that plt.savefig and plt.show mean it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return ShownFigure(figsize=size, layout="constrained")
    figure: ShownFigure = pyplot.figure(figsize=size, layout="constrained", FigureClass=ShownFigure)
    return figure


class ShownFigure(Figure):
    """A figure that a cell shows once: where it ends with it, or else where pyplot shows its figures at the end of the cell."""

    shown = False

    def __repr__(self) -> str:
        return super().__repr__().replace("ShownFigure", "Figure", 1)

    def _ipython_display_(self) -> None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if self.shown and pyplot and getattr(self, "number", None) in pyplot.get_fignums():
            return
        self.shown = True
        raise NotImplementedError  # IPython shows it as any figure, or by the picture below

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


class ShownAxes(Axes):
    """Axes that a cell shows as their figure."""

    def __repr__(self) -> str:
        return super().__repr__().replace("ShownAxes", "Axes", 1)

    def __str__(self) -> str:
        return super().__str__().replace("ShownAxes", "Axes", 1)

    def _ipython_display_(self) -> None:
        _display(self)


class Panels(list[Axes]):
    """The axes of a figure, row by row, which a cell shows as the figure."""

    def _ipython_display_(self) -> None:
        _display(self[0])


def _display(ax: Axes) -> None:
    from IPython.display import display

    display(ax.figure)  # type: ignore[no-untyped-call]


class SeriesStyle(NamedTuple):
    """What tells one series from the next, in colour and without."""

    colour: str
    marker: str
    dashes: Any


def series_styles(ax: Axes) -> Iterator[SeriesStyle]:
    """Eight styles that suit the page of the axes, and again from the first."""
    return cycle(map(SeriesStyle, palette_of(ax).colours, MARKERS, DASHES))


def class_styles(ax: Axes) -> Iterator[SeriesStyle]:
    """How classes 0, 1, … look on the page of the axes; the pages of ``panel`` and ``watch`` show them so too.

    >>> [style.marker for _, style in zip(range(2), class_styles(single_axes(None)))]
    ['s', 'o']
    """
    dark = palette_of(ax) is DARK
    looks = zip(CLASS_STYLES, DASHES, strict=True)
    return cycle(SeriesStyle(look.dark if dark else look.light, look.marker, dashes) for look, dashes in looks)


def legend(ax: Axes, **kwargs: Any) -> None:
    """A legend in the colours of the page."""
    palette = palette_of(ax)
    ax.legend(
        fontsize=12, facecolor=palette.paper, edgecolor=palette.quiet, labelcolor=palette.ink, framealpha=0.9, **kwargs
    )
