"""A progress bar for a terminal or a notebook."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

__all__ = ["ProgressBar"]


class ProgressBar:
    """A bar that grows with the steps, once it is shown; a terminal that is gone does not end the training.

    Its figures are means over the epoch's samples so far, so that it ends on those of the last epoch.
    """

    def __init__(self) -> None:
        self.bar: Any = None
        self.epoch = self.samples = 0
        self.loss = self.right = 0.0  # sums over the epoch's samples

    def show(self, total: int, done: int = 0) -> None:
        """Show the bar; total: the number of steps, done: those that a resumed run has behind it."""
        with suppress(OSError):
            self.bar = _tqdm(total, done)

    def update(self, epoch: int, samples: int, loss: float, accuracy: float | None) -> None:
        """One step more, with the number of samples of its batch and their means."""
        if self.bar is None:
            return
        if epoch != self.epoch:
            self.epoch, self.samples, self.loss, self.right = epoch, 0, 0.0, 0.0
        self.samples += samples
        self.loss += samples * loss
        self.right += samples * (accuracy or 0.0)
        share = "" if accuracy is None else f", accuracy {self.right / self.samples:.0%}"
        with suppress(OSError):
            self.bar.update()
            self.bar.set_postfix_str(f"epoch {epoch}, loss {self.loss / self.samples:.4f}{share}", refresh=False)

    def close(self) -> None:
        """Leave the bar as it is, and end its line; to be called once more where Ctrl-C came in between."""
        if self.bar is not None:
            with suppress(OSError):
                self.bar.disable = False  # as which it counts once it has begun to close
                self.bar.close()
            self.bar = None


def _tqdm(total: int, done: int) -> Any:
    """A bar for a notebook or a terminal; None where there is nowhere to show it."""
    from tqdm.std import tqdm

    if sys.stderr is None or sys.stderr.closed:
        return None
    if _in_a_notebook():
        with suppress(ImportError):  # without ipywidgets the text bar does
            import ipywidgets  # noqa: F401
            from tqdm.notebook import tqdm
    bar = tqdm(total=total, initial=done, unit="step", dynamic_ncols=True, mininterval=0.1)
    return None if bar.disable else bar  # TQDM_DISABLE


def _in_a_notebook() -> bool:
    """Does a Jupyter kernel run this code?"""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
