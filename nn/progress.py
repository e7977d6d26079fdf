"""A progress bar for a terminal or a notebook."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

__all__ = ["ProgressBar"]


class ProgressBar:
    """A bar that grows with the steps, once it is shown; a terminal that is gone does not end the training."""

    def __init__(self) -> None:
        self.bar: Any = None

    def show(self, total: int) -> None:
        """Show the bar; total: the number of steps."""
        with suppress(OSError):
            self.bar = _tqdm(total)

    def update(self, epoch: int, loss: float, accuracy: float | None) -> None:
        """One step more, with the numbers of its batch."""
        if self.bar is not None:
            share = "" if accuracy is None else f", accuracy {accuracy:.0%}"
            with suppress(OSError):
                self.bar.update()
                self.bar.set_postfix_str(f"epoch {epoch}, loss {loss:.4f}{share}", refresh=False)

    def close(self) -> None:
        """Leave the bar as it is, and end its line."""
        if self.bar is not None:
            with suppress(OSError):
                self.bar.close()


def _tqdm(total: int) -> Any:
    """A bar for a notebook or a terminal; None where there is nowhere to show it."""
    from tqdm.std import tqdm

    if sys.stderr is None or sys.stderr.closed:
        return None
    if _in_a_notebook():
        with suppress(ImportError):  # without ipywidgets the text bar does
            import ipywidgets  # noqa: F401
            from tqdm.notebook import tqdm
    return tqdm(total=total, unit="step", dynamic_ncols=True, mininterval=0.1)


def _in_a_notebook() -> bool:
    """Does a Jupyter kernel run this code?"""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
