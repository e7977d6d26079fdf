r"""Pages that work alone: data, and a program that draws it, in one file without a single request.

A page's Content-Security-Policy lets nothing run but its own program. The data stands in it as JSON, in a
``<script type="application/json">``, where ``<`` is written ``\u003c``, so no label can end it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd.files import write_atomically
from autograd.view.image import image
from autograd.view.operators import javascript_table, javascript_updates
from autograd.view.scripts import join_modules, join_styles
from autograd.view.text import xml

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from autograd.ops import Op
    from autograd.update_rules import UpdateRule

__all__ = ["Page"]


# A sandboxed frame can't see the notebook around it: this script, beside it, tells it the theme when it asks, and again
# when that may have changed, and gives it the height that it needs. JupyterLab and Notebook 7 run it where the notebook
# is trusted.
BESIDE_FRAME = """{
  const frame = document.currentScript.previousElementSibling;
  const tell = () => frame.contentWindow?.postMessage({ theme: getComputedStyle(frame).colorScheme }, "*");
  addEventListener("message", ({ source, data }) => {
    if (!source || source !== frame.contentWindow) return;
    if (data.height) frame.height = data.height;
    else tell();
  });
  for (const element of [document.documentElement, document.body]) {
    new MutationObserver(tell).observe(element, { attributes: true });
  }
}"""


class Page:
    """A page: a notebook shows it in a frame of its own, ``save`` makes a file of it that needs no network.

    title:     what it is called
    data:      what it draws, as JSON can hold it
    draw:      makes an SVG of the same, for where no script may run
    program:   the JavaScript module that draws it: it exports ``start(host, data, OPS, UPDATES)``
    styles:    its style sheets
    around:    if the player stands in it, those that hold around that alone
    height:    of the frame in a notebook, in px, until the page says which height it needs
    rules:     the rows of the op table that it computes with: by what the page calls them, with the number of operands
    updates:   the update rules by which parameters can move in it, by what the page calls them
    downloads: may its frame save files?
    """

    def __init__(
        self, title: str, data: Mapping[str, Any], draw: Callable[[], str], *, program: Path, styles: Sequence[Path],
        height: int, rules: Mapping[str, tuple[Op, int]], updates: Mapping[str, UpdateRule] = MappingProxyType({}),
        downloads: bool = False, around: Sequence[Path] = (),
    ) -> None:  # fmt: skip
        self.title = title
        self.data = data
        self.height = height
        self._draw = draw
        self._program, self._styles, self._around = program, styles, around
        self.rules, self.updates = rules, updates
        self._downloads = downloads

    @cached_property
    def picture(self) -> str:
        """The SVG for where no script may run."""
        return self._draw()

    @cached_property
    def json(self) -> str:
        """The data as JSON text."""
        return json.dumps(self.data, allow_nan=False, separators=(",", ":"), default=lambda array: array.tolist())

    @cached_property
    def script(self) -> str:
        """The program: its modules, its tables, and the line that starts it."""
        data = 'JSON.parse(document.getElementById("data").textContent)'
        start = f'const page = start(document.getElementById("page"), {data}, OPS, UPDATES);\n'
        return f"{join_modules(self._program)}\n{self.tables}{start}"

    @property
    def tables(self) -> str:
        """Its rows of the op table and its update rules, as the objects ``OPS`` and ``UPDATES``."""
        return javascript_table(self.rules) + javascript_updates(self.updates)

    @cached_property
    def style(self) -> str:
        """The palette, the controls and the style sheets."""
        return join_styles(*self._styles, around=self._around)

    @cached_property
    def html(self) -> str:
        """The whole page, self-contained."""
        digest = b64encode(sha256(self.script.encode()).digest()).decode()
        allowed = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
        return (
            f'<!DOCTYPE html>\n<html lang="en" class="cg" data-height="{self.height}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{xml(self.title)}</title>\n<style>{self.style}</style></head>\n"
            f'<body><div id="page"><noscript>{image(self.picture, self.title)}</noscript></div>\n'
            f'<script type="application/json" id="data">{_inert(self.json)}</script>\n'
            f"<script>{self.script}</script></body></html>\n"
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, whole or not at all. Returns its path.

        Raises ValueError for a name that does not end in .html, OSError where nothing can be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a page is saved as .html; got {path.name!r}")
        write_atomically(path, self.html)
        return path

    @property
    def _frame(self) -> str:
        """A frame of its own for the page; where none is shown, the picture."""
        sandbox = f"allow-scripts{' allow-downloads' * self._downloads}"
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="{sandbox}" allow="fullscreen" width="100%" height="{self.height}" '
            f'style="border:0" title="{xml(self.title)}" data-lm-suppress-shortcuts="true">{image(self.picture, self.title)}</iframe>'
        )

    def _repr_html_(self) -> str:
        """The frame, and the script that tells it the theme and gives it its height."""
        return f"{self._frame}<script>{BESIDE_FRAME}</script>"

    def _mime_(self) -> tuple[str, str]:
        """The frame for marimo, which would lock a script beside it into a low white frame: its name tells the theme."""
        import marimo  # which asks, and so is there

        return "text/html", self._frame.replace("<iframe", f'<iframe name="{marimo.app_meta().theme}"', 1)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f'<Page {self.title!r}; show it in a notebook, or .save("{self._program.stem}.html")>'


def _inert(text: str) -> str:
    r"""JSON that can't end the script it stands in.

    >>> _inert('["</script>"]')
    '["\\u003c/script>"]'
    """
    return text.replace("<", "\\u003c")
