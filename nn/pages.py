r"""Pages that think for themselves: data, a program that draws them, and the op table in JavaScript.

A page is one file without a single request: its Content-Security-Policy lets nothing run but its own
program. The numbers stand in it as JSON in which ``<`` is written ``\u003c``, so that no name of a
class can end the script.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd import OPS, Op, formula
from autograd.files import write_atomically

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["Page", "javascript", "operators"]


class Page:
    """A page of its own: notebooks show it in a frame, ``save`` makes a file of it that needs no network.

    title:   what it is called
    program: which of the assets draws it ("panel", "watch")
    data:    what it draws, as JSON can hold it
    picture: an SVG of the same, for where no script may run
    height:  of the frame in a notebook, in px
    """

    def __init__(self, title: str, program: str, data: Mapping[str, Any], picture: str, height: int) -> None:
        self.title = title
        self.data = data
        self.picture = picture
        self.height = height
        self._program = program

    @cached_property
    def html(self) -> str:
        """The whole page, self-contained."""
        program = "\n".join([_asset("pages.js"), operators(), _asset(f"{self._program}.js")])
        allowed = (
            f"default-src 'none'; script-src 'sha256-{_digest(program)}'; style-src 'unsafe-inline'; img-src data:"
        )
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(self.title)}</title>\n<style>{_asset('pages.css')}</style></head>\n"
            f"<body><main><noscript>{self._image()}</noscript></main>\n"
            f'<script type="application/json" id="data">{_inert(self.data)}</script>\n'
            f"<script>{program}</script></body></html>\n"
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

    def _image(self) -> str:
        image = b64encode(self.picture.encode()).decode()
        return f'<img alt="{escape(self.title)}" src="data:image/svg+xml;base64,{image}">'

    def _repr_html_(self) -> str:
        """A frame of its own for the page; where scripts may not run, the picture inside it stays."""
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" width="100%" height="{self.height}" '
            f'style="border:0" title="{escape(self.title)}" data-lm-suppress-shortcuts="true">{self._image()}</iframe>'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f'<Page {self.title!r}; show it in a notebook, or .save("{self._program}.html")>'


# ── the op table, read for JavaScript ───────────────────────────────────────


def javascript(op: Op) -> str:
    """A row with one operand as a JavaScript function x ↦ [y, ∂y/∂x].

    The symbolic reading's source is written in what Python and JavaScript have in common;
    its ``xp`` and ``abs`` are in assets/pages.js.

    >>> javascript(OPS["softplus"])
    '(x) => [xp.where(x >= 0, x, 0.0) + xp.log1p(xp.exp(-xp.where(x >= 0, x, -x))), ...]'
    >>> javascript(OPS["sin"])
    '(x) => [xp.sin(x), xp.cos(x)]'
    """
    value, (slope,) = formula(op, ["x"])
    return f"(x) => [{value.source()}, {slope.source()}]"


def operators() -> str:
    """Every row with one operand, as the JavaScript object ``OPS``.

    >>> '"sin": (x) => [xp.sin(x), xp.cos(x)],' in operators()
    True
    """
    rows = (f"  {json.dumps(op.name)}: {javascript(op)},\n" for op in OPS.values() if len(op.operands) == 1)
    return f"const OPS = {{\n{''.join(rows)}}};\n"


def _asset(name: str) -> str:
    return (files("nn") / "assets" / name).read_text(encoding="utf-8")


def _inert(data: Mapping[str, Any]) -> str:
    r"""JSON that can't end the script it stands in.

    >>> _inert({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), default=lambda array: array.tolist())
    return text.replace("<", "\\u003c")


def _digest(program: str) -> str:
    return b64encode(sha256(program.encode()).digest()).decode()
