r"""The player at home: a page that opens from a file, and the frame that a notebook shows.

The page is one file without a single request: style, program and trace are in it, and its
Content-Security-Policy lets nothing else run. The trace is data in a ``<script
type="application/json">``, where ``<`` is written ``\u003c``, so no label can end it.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.files import write_atomically
from autograd.view.palette import DARK, LIGHT
from autograd.view.text import xml
from autograd.view.trace import dumps

if TYPE_CHECKING:
    import os

    from autograd.view.picture import Picture

__all__ = ["Player", "script", "style"]

HEIGHT = 640  # px in a notebook
START = """
const trace = JSON.parse(document.getElementById("trace").textContent);
const html = "<!DOCTYPE html>\\n" + document.documentElement.outerHTML;
const css = document.querySelector("style").textContent;
chalkgradPlayer(document.getElementById("player"), trace, { page: true, html, css });
"""


class Player:
    """The steps of a backward pass, to be walked through: a notebook shows it, ``save`` makes a page of it.

    trace: what is walked through, as data (``view.trace`` says what is in it)
    still: the picture that stands where no script may run

    >>> from autograd import Value, step
    >>> w = Value(2.0, label="w")
    >>> step(w * w)
    <Player of 2 nodes in 8 steps; show it in a notebook, or .save("lesson.html")>
    """

    def __init__(self, trace: dict[str, Any], still: Picture) -> None:
        self.trace = trace
        self.still = still

    @cached_property
    def json(self) -> str:
        """The trace as JSON text; ``autograd.view.trace`` says what is in it."""
        return dumps(self.trace)

    @cached_property
    def html(self) -> str:
        """The whole page, self-contained."""
        return _page(self.json, self.trace["title"], self.still.svg)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page, which opens from a file and needs no network. Returns its path.

        The file appears complete or not at all.
        Raises ValueError for a suffix that is not .html or .json, OSError where nothing can be written.

        >>> from autograd import Value, step
        >>> step(Value(1.0)).save("lesson.pdf")
        Traceback (most recent call last):
        ValueError: a player is saved as .html, its trace as .json; got 'lesson.pdf'
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in (".html", ".htm", ".json"):
            raise ValueError(f"a player is saved as .html, its trace as .json; got {path.name!r}")
        write_atomically(path, (self.json if suffix == ".json" else self.html).encode())
        return path

    def _repr_html_(self) -> str:
        """A frame of its own for the page; where scripts may not run, the picture inside it stays."""
        image = b64encode(self.still.svg.encode()).decode()
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts allow-downloads" width="100%" height="{HEIGHT}" '
            f'style="border:0" title="{xml(self.trace["title"])}" data-lm-suppress-shortcuts="true">'
            f'<img alt="{xml(self.trace["title"])}" src="data:image/svg+xml;base64,{image}"></iframe>'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        nodes, steps = len(self.trace["nodes"]), len(self.trace["events"])
        return f'<Player of {nodes:,} nodes in {steps:,} steps; show it in a notebook, or .save("lesson.html")>'


# ── what the page is made of ────────────────────────────────────────────────


def script() -> str:
    """The player's program, as it stands in assets/player.js."""
    return _asset("player.js")


def style() -> str:
    """The player's style: the colours of palette.py as variables, then assets/player.css."""
    colours = "".join(f"--{name}:light-dark({LIGHT[name]},{DARK[name]});" for name in LIGHT)
    return (
        f".cg-player{{{colours}color-scheme:light dark}}"
        ".cg-player[data-theme=light]{color-scheme:light}.cg-player[data-theme=dark]{color-scheme:dark}\n"
        f"{_asset('player.css')}"
    )


def _asset(name: str) -> str:
    return (files("autograd.view") / "assets" / name).read_text(encoding="utf-8")


def _page(trace: str, title: str, picture: str) -> str:
    program = f"{script()}{START}"
    image = b64encode(picture.encode()).decode()
    allowed = f"default-src 'none'; script-src 'sha256-{_digest(program)}'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{xml(title)}</title>\n<style>html,body,#player{{height:100%;margin:0}}\n{style()}</style></head>\n"
        f'<body><div id="player"><noscript><img alt="{xml(title)}" src="data:image/svg+xml;base64,{image}"></noscript></div>\n'
        f'<script type="application/json" id="trace">{_inert(trace)}</script>\n'
        f"<script>{program}</script></body></html>\n"
    )


def _inert(json: str) -> str:
    r"""JSON that can't end the script it stands in.

    >>> _inert('["</script>"]')
    '["\\u003c/script>"]'
    """
    return json.replace("<", "\\u003c")


def _digest(program: str) -> str:
    return b64encode(sha256(program.encode()).digest()).decode()
