"""The player as a live Jupyter widget, whose moment Python can read and set. Needs anywidget."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from autograd.view.html import HEIGHT, script, style

if TYPE_CHECKING:
    from autograd.view.html import Player

__all__ = ["live"]

RENDER = """
export default {
  render({ model, el }) {
    el.style.height = `${model.get("height")}px`;
    const report = (time) => { if (time !== model.get("time")) { model.set("time", time); model.save_changes(); } };
    const options = { css: model.get("_css"), time: model.get("time"), onTime: report };
    const player = chalkgradPlayer(el, JSON.parse(model.get("trace")), options), lab = document.body.dataset.jpThemeLight;
    if (lab) el.firstChild.dataset.theme = lab === "true" ? "light" : "dark";
    const move = () => { if (model.get("time") !== player.time) player.go(model.get("time")); };
    model.on("change:time", move);
    return () => { model.off("change:time", move); player.close(); };
  },
};
"""


def live(player: Player) -> Any:
    """A widget that plays the same steps: ``.time`` is the moment shown, and can be set from 0 to ``.end``.

    Raises ImportError, saying what to install, where anywidget is not.
    """
    return _widget_class()(trace=player.json, end=len(player.trace["events"]), height=HEIGHT)


@cache
def _widget_class() -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise ImportError(
            "step(…, live=True) needs anywidget: pip install anywidget. Without it, step(…) works."
        ) from None

    class PlayerWidget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]  # it may not be installed
        """The player; ``time`` is shared with the browser."""

        _esm = script() + RENDER
        _css = style()
        trace = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        end = traitlets.Int().tag(sync=True)
        time = traitlets.Int(0).tag(sync=True)

        @traitlets.validate("time")
        def _within(self, proposal: Any) -> int:
            return int(max(0, min(self.end, proposal["value"])))

    return PlayerWidget
