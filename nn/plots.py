"""Figures with matplotlib. Each takes ``ax=``, draws on it, and returns it.

Colours are Okabe and Ito's, which colour-blind readers tell apart, and every class has its own marker too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Value, collector_paused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.train import Record

__all__ = ["decision_boundary", "loss_curve"]

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D3B", "#000000"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(6.4, 4.8), layout="constrained").add_subplot()


def loss_curve(run: Sequence[Record], *, ax: Any = None) -> Any:
    """Loss against step, with the accuracy beside it where there is one.

    run: the records that ``fit`` returns
    """
    ax = _axes(ax)
    at = [r.step for r in run]
    losses = [r.loss for r in run]
    ax.plot(at, losses, color=COLOURS[0], alpha=0.35, linewidth=1)
    ax.plot(at, _smoothed(losses), color=COLOURS[0], linewidth=2, label="loss")
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    if run and run[0].accuracy is not None:
        right = ax.twinx()
        right.plot(
            at,
            _smoothed([100 * (r.accuracy or 0.0) for r in run]),
            color=COLOURS[1],
            linewidth=2,
            linestyle="--",
            label="accuracy",
        )
        right.set(ylabel="accuracy of the batch (%)", ylim=(0, 102))
        lines = ax.get_lines()[1:] + right.get_lines()
        ax.legend(lines, [line.get_label() for line in lines], loc="center right")
    ax.spines[["top"]].set_visible(False)
    return ax


def _smoothed(numbers: Sequence[float]) -> list[float]:
    """A running mean over about a fiftieth of the run."""
    window = max(1, len(numbers) // 50)
    return [sum(numbers[max(0, i - window + 1) : i + 1]) / min(window, i + 1) for i in range(len(numbers))]


def decision_boundary(
    model: Callable[[Any], Any], X: Sequence[Sequence[float]], y: Sequence[int], *, classes: Sequence[str] = (),
    threshold: float = 0.0, resolution: int = 90, ax: Any = None,
) -> Any:  # fmt: skip
    """Which class the network gives to each point of the plane, with the samples on top.

    X: n samples of 2 numbers; y: their classes 0 … K−1
    threshold: with a single output, class 1 is where f̃ > threshold
    resolution: points a side of the grid on which the network is asked
    """
    import numpy as np
    from matplotlib.colors import ListedColormap

    ax, points, labels = _axes(ax), np.asarray(X, dtype=float), np.asarray(y)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low) + 1e-9
    xs, ys = (np.linspace(a, b, resolution) for a, b in zip(low - margin, high + margin, strict=True))
    with collector_paused():
        scores = np.array([[_scores(model([u, v]), threshold) for u in xs] for v in ys])
    kinds = scores.shape[-1]
    colours = ListedColormap(COLOURS[:kinds])
    ax.pcolormesh(
        xs,
        ys,
        scores.argmax(axis=-1),
        cmap=colours,
        vmin=0,
        vmax=kinds - 1,
        alpha=0.22,
        shading="nearest",
        rasterized=True,
    )
    for k in range(kinds - (kinds == 2)):  # the line where class k is level with the best of the others
        lead = scores[..., k] - np.delete(scores, k, axis=-1).max(axis=-1)
        ax.contour(xs, ys, lead, levels=[0.0], colors="#444444", linewidths=1.2)
    for k in range(kinds):
        at, name = labels == k, classes[k] if k < len(classes) else str(k)
        ax.scatter(
            *points[at].T,
            color=COLOURS[k],
            marker=MARKERS[k],
            s=28,
            edgecolor="white",
            linewidth=0.6,
            label=f"class {name}",
        )
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
    ax.legend(loc="upper right", framealpha=0.9)
    return ax


def _scores(output: Any, threshold: float) -> list[float]:
    """One number a class, the largest wins."""
    if isinstance(output, Value):
        return [threshold, output.data]
    return [f.data for f in output]
