"""A picture: shown in a notebook, saved to a file."""

from __future__ import annotations

import os
import webbrowser
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.files import write_atomically
from autograd.view import dot
from autograd.view.image import image
from autograd.view.layout import by_graphviz, lay_out
from autograd.view.rows import fitted
from autograd.view.scene import FONT
from autograd.view.svg import EDGE, described, svg

if TYPE_CHECKING:
    from autograd.view.geometry import Layout
    from autograd.view.scene import Scene

__all__ = ["FORMATS", "WIDEST", "Picture"]

FORMATS = ("svg", "png", "pdf", "dot", "gv")
CELL_WIDTH, LEGIBLE = 900, 11  # px; as wide as a notebook's cell, its letters are no smaller
WIDEST = CELL_WIDTH * FONT / LEGIBLE - 2 * EDGE


class Picture:
    """The drawing of a graph as it was when drawn. Notebooks show it; ``str`` of it is short.

    svg:    the picture as SVG text, laid out when first asked for
    source: the same scene as DOT text
    engine: what laid it out: dot, pygraphviz or builtin
    """

    def __init__(self, scene: Scene, *, format: str = "svg", direction: str = "LR", layout: str = "auto") -> None:  # noqa: A002
        self.scene = scene
        self.format = format
        self.direction = direction
        self._asked = layout

    @cached_property
    def layout(self) -> Layout:
        """Where everything is: in rows or downward, if it would be too wide to be read in a notebook."""
        if self.direction != "LR":
            return lay_out(self.scene, self.direction, self._asked)
        asked = partial(lay_out, layout=self._asked)
        return fitted(self.scene, WIDEST, asked, longest=2 * WIDEST, widest=WIDEST)

    @property
    def engine(self) -> str:
        """What laid it out: dot, pygraphviz or builtin."""
        return self.layout.engine

    @cached_property
    def svg(self) -> str:
        """The picture as SVG text."""
        return svg(self.scene, self.layout)

    @cached_property
    def source(self) -> str:
        """The picture as DOT text."""
        return dot.source(self.scene, self.direction)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; the suffix decides the format: .svg .png .pdf .dot .gv.

        The file appears complete or not at all. Returns its path.
        Raises ValueError for another suffix; OSError where nothing can be written,
        and for .png and .pdf where there is no Graphviz.

        >>> from autograd import Value
        >>> from autograd.view import draw
        >>> draw(Value(1.0)).save("picture.bmp")
        Traceback (most recent call last):
        ValueError: can't tell a format from 'picture.bmp': end it in one of .svg, .png, .pdf, .dot, .gv
        """
        path = Path(path)
        if path.suffix.lower()[1:] not in FORMATS:
            choices = ", ".join(f".{name}" for name in FORMATS)
            raise ValueError(f"can't tell a format from {path.name!r}: end it in one of {choices}")
        write_atomically(path, self._rendered(path.suffix.lower()[1:]))
        return path

    def render(
        self, filename: str | os.PathLike[str] = "graph", directory: str | os.PathLike[str] | None = None, *,
        format: str | None = None, view: bool = False, cleanup: bool = False,  # noqa: A002
    ) -> str:  # fmt: skip
        """As ``graphviz.Digraph.render``: DOT text to ``filename``, the picture to ``filename.format``, whose path is returned.

        directory: a folder for both, made if it is not there; view: open it; cleanup: leave no DOT file
        """
        suffix = format or self.format
        text = Path(directory or "", filename)
        if directory:
            text.parent.mkdir(parents=True, exist_ok=True)
        if not cleanup:
            write_atomically(text, self.source)
        path = self.save(f"{text}.{suffix}")
        if view:
            webbrowser.open(path.absolute().as_uri())
        return str(path)

    def _rendered(self, format: str) -> bytes:  # noqa: A002
        if format == "svg":
            return self.svg.encode()
        return self.source.encode() if format in ("dot", "gv") else by_graphviz(self.source, format)

    def _repr_html_(self) -> str:
        return image(self.svg, f"{self.scene.title}. {described(self.scene)}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        size = f"{len(self.scene.boxes):,} boxes and {len(self.scene.arrows):,} arrows"
        return f'<Picture of {size}; .svg, .source, .save("picture.svg")>'
