"""The player as a live Jupyter widget, whose moment Python can read and set. Needs anywidget."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograd.view.encoding import json_number
from autograd.view.player import HEIGHT, STYLES
from autograd.view.scripts import ASSETS, join_modules, join_styles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.value import Value
    from autograd.view.player import Player

__all__ = ["esm", "live"]


def live(player: Player, order: Sequence[Value]) -> Any:
    """A widget that plays the same steps: ``.time`` is the moment shown, and can be set from 0 to ``.end``.

    order: the nodes of the graph, as the trace has them. Their leaves and the page have the same numbers: one that is changed
    in the page is changed in Python at once, and ``.refresh()`` shows in the page what was changed in Python.

    Raises ImportError, saying what to install, where anywidget is not.
    """
    widget = _widget_class(player.tables)(trace=player.json, end=len(player.trace["events"]), height=HEIGHT)
    widget.leaves = {str(i): v for i, v in enumerate(order) if not v.parents}
    widget.given = {i: v.data for i, v in widget.leaves.items()}
    return widget


def esm(tables: str) -> str:
    """The player as the JavaScript module that anywidget loads, with its tables (``Page.tables``): it exports ``render``."""
    render = "export default { render: (context) => render(context, OPS, UPDATES) };"
    return f"{join_modules(ASSETS / 'player_widget.js')}\n{tables}{render}\n"


@lru_cache(maxsize=32)
def _widget_class(tables: str) -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise ImportError(
            "step(…, live=True) needs anywidget: pip install anywidget. Without it, step(…) works."
        ) from None

    class PlayerWidget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]  # it may not be installed
        """The player; ``time`` and ``numbers`` (leaf → number, where it is another than at first) are shared with the browser."""

        _esm = esm(tables)
        _css = join_styles(*STYLES)
        trace = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        end = traitlets.Int().tag(sync=True)
        time = traitlets.Int(0).tag(sync=True)
        numbers = traitlets.Dict().tag(sync=True)

        def refresh(self) -> None:
            """Show the numbers that the leaves have now, after ``w.data = 0.5`` or a step of an optimizer."""
            self.numbers = {i: json_number(v.data) for i, v in self.leaves.items() if v.data != self.given[i]}

        @traitlets.observe("numbers")
        def _give(self, change: Any) -> None:
            before, now = change["old"], change["new"]
            for i in {*before, *now}:
                if before.get(i) != now.get(i):  # others may have been changed in Python since
                    self.leaves[i].data = float(now.get(i, self.given[i]))

        @traitlets.validate("time")
        def _within(self, proposal: Any) -> int:
            return int(max(0, min(self.end, proposal["value"])))

    return PlayerWidget
