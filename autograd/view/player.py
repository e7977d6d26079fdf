"""The player: steps forward and backward through the trace of a graph, in a page or in a notebook."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.files import write_atomically
from autograd.view.animation import MOVING, moving_picture
from autograd.view.page import Page
from autograd.view.scripts import ASSETS
from autograd.view.trace import dumps

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from autograd.ops import Op
    from autograd.update_rules import UpdateRule
    from autograd.view.picture import Picture

__all__ = ["HEIGHT", "STYLES", "Player"]

HEIGHT = 640  # px in a notebook
STYLES = [ASSETS / f"{name}.css" for name in ("player", "descent", "talk", "phone", "presenter", "graph")]


class Player(Page):
    """The steps of a backward pass, to be walked through: a notebook shows it, ``save`` makes a page of it.

    Printed, that page is a handout: a sheet per note, or, without notes, per layer, forward and backward.

    trace: what is walked through, as data (``view.trace`` says what is in it)
    still: the picture that stands where no script may run
    rules: those of the trace's ops, by which the page computes (``view.operators.rules_of``)
    updates: those by which it can descend (``view.optimizer_step.update_rules_of``)

    >>> from autograd import Value, step
    >>> w = Value(2.0, label="w")
    >>> step(w * w)
    <Player of 2 nodes in 8 steps; show it in a notebook, or .save("lesson.html")>
    """

    def __init__(
        self, trace: dict[str, Any], still: Picture, rules: Mapping[str, tuple[Op, int]], updates: Mapping[str, UpdateRule],
    ) -> None:  # fmt: skip
        super().__init__(
            trace["title"], trace, lambda: still.svg, program=ASSETS / "player_page.js",
            styles=[*STYLES, ASSETS / "handout.css"], height=HEIGHT, rules=rules, updates=updates, downloads=True,
        )  # fmt: skip
        self.trace = trace
        self.still = still

    @cached_property
    def json(self) -> str:
        """The trace as JSON text; ``autograd.view.trace`` says what is in it."""
        return dumps(self.trace)

    def save(self, path: str | os.PathLike[str], *, dark: bool = False) -> Path:
        """Write the page, which opens from a file and needs no network. Returns its path.

        The suffix decides: .html is the page and .json the trace; .gif, .webp and .mp4 (where ffmpeg is) are a moving picture
        of the backward pass, a frame per step, for up to 80 nodes.
        dark: the moving picture's colours

        The file appears complete or not at all.
        Raises ValueError for another suffix or too many nodes, ImportError without what turns drawings into pixels
        (pip install 'chalkgrad[animate]'), OSError without ffmpeg and where nothing can be written.

        >>> from autograd import Value, step
        >>> step(Value(1.0)).save("lesson.pdf")
        Traceback (most recent call last):
        ValueError: a player is saved as .html, its trace as .json, its backward pass as .gif, .webp, .mp4; got 'lesson.pdf'
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix in (".html", ".htm"):
            return super().save(path)
        if suffix in MOVING:
            write_atomically(path, moving_picture(self.trace, self.still, suffix, dark=dark))
        elif suffix == ".json":
            write_atomically(path, self.json)
        else:
            raise ValueError(
                f"a player is saved as .html, its trace as .json, its backward pass as {', '.join(MOVING)}; got {path.name!r}"
            )
        return path

    def __repr__(self) -> str:
        nodes, steps = len(self.trace["nodes"]), len(self.trace["events"])
        return f'<Player of {nodes:,} nodes in {steps:,} steps; show it in a notebook, or .save("lesson.html")>'
