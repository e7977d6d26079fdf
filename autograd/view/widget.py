"""The player as a live Jupyter widget, whose moment Python can read and set. Needs anywidget."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograd.view.player import HEIGHT, STYLES
from autograd.view.scripts import ASSETS, join_modules, join_styles

if TYPE_CHECKING:
    from autograd.view.player import Player

__all__ = ["esm", "live"]


def live(player: Player) -> Any:
    """A widget that plays the same steps: ``.time`` is the moment shown, and can be set from 0 to ``.end``.

    Raises ImportError, saying what to install, where anywidget is not.
    """
    return _widget_class(player.tables)(trace=player.json, end=len(player.trace["events"]), height=HEIGHT)


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
        """The player; ``time`` is shared with the browser."""

        _esm = esm(tables)
        _css = join_styles(*STYLES)
        trace = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        end = traitlets.Int().tag(sync=True)
        time = traitlets.Int(0).tag(sync=True)

        @traitlets.validate("time")
        def _within(self, proposal: Any) -> int:
            return int(max(0, min(self.end, proposal["value"])))

    return PlayerWidget
