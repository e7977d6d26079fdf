"""The lecture's plots with matplotlib. Each function draws on the ``ax=`` or ``axes=`` it is given, or on a figure of its
own, and returns it; ``.figure.savefig("name.svg")`` (or .pdf, .png) keeps it. A notebook's cell that ends with one shows the
figure; where pyplot is imported, it is pyplot's current figure, so that ``plt.savefig`` and ``plt.show`` mean it.

    with style(dark=True):          # sizes for a slide, on a dark page
        ax = loss_curve(run)

The figures of the README and the notebooks are made from these by ``python -m nn.figures``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from statistics import fmean as mean
from typing import TYPE_CHECKING, Any

# Before Matplotlib: where that is missing, plot_style says what to install.
from nn.plot_style import (
    SIZES,
    SeriesStyle,
    axes_grid,
    class_styles,
    legend,
    palette_of,
    series_styles,
    single_axes,
    style,
)

# isort: split
import numpy as np
from matplotlib import rc_context
from matplotlib.colors import ListedColormap, to_rgb

from autograd import Value, value_and_grad
from nn import measure, theory
from nn.activations import LECTURE, title_of
from nn.arguments import as_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nn.activations import Activation
    from nn.arguments import Rows
    from nn.layers import MLP, Layer
    from nn.losses import Loss
    from nn.measure import Array, Bowl, LayerVariance
    from nn.train import Record

__all__ = [
    "LECTURE", "activation_and_slope", "activation_grid", "approximation", "confusion", "decision_boundary", "flat_shares",
    "half_planes", "histograms", "images", "loss_curve", "nudged_product", "optimizer_paths", "regression", "sawtooth", "sawtooth_sizes",
    "secants", "style", "variances", "weight_paths",
]  # fmt: skip

# ── slopes ──────────────────────────────────────────────────────────────────


def secants(
    f: Callable[[Value], Value], x: float, steps: Sequence[float] = (2.0, 1.0, 0.3), *, ax: Axes | None = None
) -> Axes:
    """A curve near x: lines through (x, f(x)) and a second point of it, a step h away, and the tangent they turn into.

    f: maps a Value to a Value; steps: the h's. The legend has the slopes, (f(x + h) − f(x))/h and f′(x).

    >>> legend = secants(lambda x: x * x, 3.0, [1.0]).get_legend()
    >>> [text.get_text() for text in legend.get_texts()]
    ['f', 'h = 1: slope 7', 'tangent: slope 6']
    """
    ax, reach = single_axes(ax), 1.25 * max(map(abs, steps))
    curve = measure.activation_curve(f, np.linspace(x - reach, x + reach, 201))
    y, slope = value_and_grad(f)(x)
    ax.plot(curve.z, curve.h, color=palette_of(ax).ink, linewidth=5, alpha=0.35, label="f")
    for h, series in zip(steps, series_styles(ax), strict=False):
        other = f(Value(x + h)).data
        ax.plot([x + h], [other], series.marker, color=series.colour, markersize=8)
        label = f"h = {h:g}: slope {(other - y) / h:.4g}"
        ax.axline((x, y), (x + h, other), linestyle=series.dashes, color=series.colour, linewidth=2, label=label)
    ax.axline((x, y), slope=slope, color=palette_of(ax).ink, linewidth=3, label=f"tangent: slope {slope:.4g}")
    ax.plot([x], [y], "o", color=palette_of(ax).ink, markersize=9, zorder=5)
    ax.set(xlabel="x", ylabel="f(x)", xlim=(x - reach, x + reach))
    legend(ax, loc="best")
    return ax


def nudged_product(
    a: float, b: float, by: tuple[float, float], *, names: tuple[str, str] = ("a", "b"), ax: Axes | None = None
) -> Axes:
    """The product a·b as an area, and the strips it gains when its sides grow: b·Δa, a·Δb, and a corner far smaller.

    a, b: the sides, above 0; by: what each is nudged by, (Δa, Δb), 0 or more; names: what the two sides are called
    """
    ax, (Δa, Δb), (p, q) = single_axes(ax, (6.0, 3.8)), by, names
    blue, orange, green = palette_of(ax).colours[:3]
    _area(ax, (0, 0), (a, b), blue, f"{p}·{q} = {a * b:.4g}" if p != q else f"{p}² = {a * b:.4g}")
    _area(ax, (a, 0), (Δa, b), orange, f"{q}·Δ{p} = {b * Δa:.3g}")
    _area(ax, (0, b), (a, Δb), orange, f"{p}·Δ{q} = {a * Δb:.3g}")
    _area(ax, (a, b), (Δa, Δb), green, f"{Δa * Δb:.2g}")
    ax.set(xlim=(0, 1.12 * (a + Δa)), ylim=(0, 1.12 * (b + Δb)), aspect="equal", xlabel=p, ylabel=q)
    ax.set(xticks=sorted({0, a, a + Δa}), yticks=sorted({0, b, b + Δb}))
    return ax


def _area(ax: Axes, corner: tuple[float, float], size: tuple[float, float], colour: str, text: str) -> None:
    """A rectangle with its text in the middle; none where a side is 0."""
    if all(size):
        (x, y), (width, height) = corner, size
        fill: dict[str, Any] = {"color": (*to_rgb(colour), 0.25), "edgecolor": palette_of(ax).ink, "linewidth": 1.5}
        ax.bar(x, height, width, y, align="edge", **fill)
        upright = 90 if height > 2 * width else 0
        ax.text(x + width / 2, y + height / 2, text, ha="center", va="center", rotation=upright, fontsize=12)


# ── activations ─────────────────────────────────────────────────────────────


def activation_and_slope(activation: Activation, *, span: float = 4.0, axes: Any = None) -> Sequence[Axes]:
    """An activation σ(z), and beside it its slope σ′(z), for z from −span to span. Two axes."""
    left, right = panels = axes_grid(axes, 1, 2, (9.0, 4.2))
    curve = measure.activation_curve(activation, np.linspace(-span, span, 401))
    for ax, y, colour, symbol in ((left, curve.h, 0, "σ(z)"), (right, curve.slope, 1, "σ′(z)")):
        _origin(ax)
        _curve(ax, curve.z, y, color=palette_of(ax).colours[colour])
        ax.set(xlabel="z", title=f"{title_of(activation)}: {symbol}")
        if not y.any():
            ax.set_ylim(-0.05, 1.0)  # a slope of 0, not its rounding errors magnified
    return panels


def activation_grid(names: Sequence[Activation] = LECTURE, *, span: float = 3.0, axes: Any = None) -> Sequence[Axes]:
    """Activations side by side, each with its slope: one axes per name, in rows of five (the last filled up)."""
    columns = min(5, len(names))
    rows = -(-len(names) // columns)
    panels = axes_grid(axes, rows, columns, (2.4 * columns, 2.8 * rows))
    for ax, name in zip(panels, names, strict=False):
        curve, colours = measure.activation_curve(name, np.linspace(-span, span, 301)), palette_of(ax).colours
        _origin(ax)
        _curve(ax, curve.z, curve.h, color=colours[0], label="σ(z)")
        _curve(ax, curve.z, curve.slope, color=colours[1], linestyle="--", label="σ′(z)")
        ax.set(title=title_of(name), ylim=(-1.2, span), xticks=[-2, 0, 2])
    for ax in panels[len(names) :]:
        ax.set_axis_off()
    legend(panels[0], loc="upper left")
    return panels


def _origin(ax: Axes) -> None:
    for line in (ax.axhline, ax.axvline):
        line(0.0, color=palette_of(ax).quiet, linewidth=0.8, alpha=0.7)


def _curve(ax: Axes, x: Array, y: Array, **options: Any) -> None:
    """A curve that is not joined across a jump; where one is at 0, a dot marks the side that 0 belongs to."""
    jumps = np.flatnonzero(abs(np.diff(y)) > 0.25)
    ax.plot(np.insert(x, jumps + 1, np.nan), np.insert(y, jumps + 1, np.nan), **options)
    at_zero = [i for j in jumps for i in (j, j + 1) if abs(x[i]) < 1e-12]
    ax.plot(x[at_zero], y[at_zero], "o", color=options["color"], markersize=7)


# ── what a network does with the plane ──────────────────────────────────────


def decision_boundary(
    model: Callable[[Any], Any], X: Rows, y: Rows, *, classes: Sequence[str] = (),
    threshold: float = 0.0, resolution: int = 90, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Which class the network gives to each point of the plane, with the samples on top.

    X: n samples of 2 numbers; y: their classes 0 … K−1
    threshold: with a single output, class 1 is where f̃ > threshold
    resolution: points per side of the grid on which the network is evaluated
    Raises ValueError for samples that are not in the plane, or a class that the network has no score for.
    """
    ax, points, labels = single_axes(ax, (6.4, 4.8)), np.asarray(as_rows(X), dtype=float), np.asarray(as_rows(y, "y"))
    if points.shape[1:] != (2,):
        raise ValueError(f"a plane has 2 coordinates: X should be n samples of 2 numbers, its shape is {points.shape}")
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low) + 1e-9
    xs, ys = np.linspace(low - margin, high + margin, resolution).T
    scores = measure.scores(model, xs.tolist(), ys.tolist(), threshold)
    _regions(ax, xs, ys, scores)
    kinds = range(scores.shape[-1])
    if not np.isin(labels, kinds).all():
        raise ValueError(f"classes are 0 … {kinds[-1]}, one score each; y holds {np.unique(labels).tolist()}")
    for k, series in zip(kinds, class_styles(ax), strict=False):
        own = points[labels == k]
        options: dict[str, Any] = {"color": series.colour, "marker": series.marker, "edgecolor": palette_of(ax).paper}
        label = f"class {classes[k] if k < len(classes) else k}"
        ax.scatter(own[:, 0], own[:, 1], s=40 if len(points) > 20 else 160, linewidth=0.6, label=label, **options)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
    legend(ax, loc="best")
    return ax


def _regions(ax: Axes, xs: Array, ys: Array, scores: Array) -> None:
    """Each point in the colour of its best class, and lines where a class is level with the best of the others."""
    kinds = scores.shape[-1]
    colours = ListedColormap([series.colour for series in islice(class_styles(ax), kinds)])
    fill: dict[str, Any] = {"cmap": colours, "vmin": 0, "vmax": kinds - 1, "alpha": 0.25}
    ax.pcolormesh(xs, ys, scores.argmax(axis=-1), shading="nearest", rasterized=True, **fill)
    for k in range(kinds - (kinds == 2)):
        lead = scores[..., k] - np.delete(scores, k, axis=-1).max(axis=-1)
        ax.contour(xs, ys, lead, levels=[0.0], colors=palette_of(ax).ink, linewidths=2)


def half_planes(layer: Layer, *, ax: Axes | None = None) -> Axes:
    """The line w·x + b = 0 of each neuron; band and arrow are on the side where w·x + b > 0.

    Drawn into the limits that ``ax`` has, as after ``decision_boundary``; from −2 to 2 on a figure of its own.
    """
    if ax is None:
        ax = single_axes(None, (6.0, 5.4))
        ax.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    corners = np.array([ax.get_xlim(), ax.get_ylim()])
    centre, reach = corners.mean(axis=1), float(np.hypot(*np.diff(corners)[:, 0]))
    for plane, series in zip(measure.half_planes(layer), series_styles(ax), strict=False):
        normal = np.array(plane.normal)
        foot = centre - (centre - plane.point) @ normal * normal  # the point of the line nearest the middle of the view
        along = reach * np.array([-normal[1], normal[0]])
        ends, band = np.array([foot - along, foot + along]), 0.025 * reach * normal
        ax.plot(*ends.T, linestyle=series.dashes, color=series.colour, label=f"neuron {plane.neuron}")
        ax.fill(*np.concatenate([ends, ends[::-1] + band]).T, color=series.colour, alpha=0.25, linewidth=0)
        arrow = {"arrowstyle": "-|>", "color": series.colour, "linewidth": 2.5, "mutation_scale": 18, "shrinkA": 0}
        ax.annotate("", foot + 4 * band, foot, arrowprops=arrow)
    ax.set(xlim=corners[0], ylim=corners[1])
    legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


# ── what a classifier sees and says ─────────────────────────────────────────


def images(
    X: Rows, titles: Sequence[Any] = (), *, width: int = 8, columns: int = 10, axes: Any = None
) -> Sequence[Axes]:
    """Samples as the pictures that they are, dark ink on light paper: one axes each, in rows (the last filled up).

    X: n rows of grey values from 0 (paper) to 1 (ink); width: pixels across; titles: what to write above each
    Raises ValueError for rows that do not fill whole lines of pixels.

    >>> [ax.get_title() for ax in images([[0.0, 1.0, 1.0, 0.0]] * 2, ["a", "b"], width=2)]
    ['a', 'b']
    """
    pixels = np.asarray(as_rows(X), dtype=float)
    if pixels.ndim != 2 or pixels.shape[0] == 0 or pixels.shape[1] % width:
        raise ValueError(
            f"pictures {width} pixels wide are rows of k · {width} numbers; the shape of X is {pixels.shape}"
        )
    columns = min(columns, len(pixels))
    rows = -(-len(pixels) // columns)
    panels = axes_grid(axes, rows, columns, (1.1 * columns, 1.5 * rows))
    for ax, picture in zip(panels, pixels, strict=False):
        ax.imshow(picture.reshape(-1, width), cmap="gray_r", vmin=0.0, vmax=1.0)
    for ax, title in zip(panels, titles, strict=False):
        ax.set_title(title)
    for ax in panels:
        ax.set_axis_off()
    return panels


def confusion(matrix: Rows, classes: Sequence[str] = (), *, ax: Axes | None = None) -> Axes:
    """A confusion matrix with its numbers: row i, column j counts the samples of class i that were classified as j.

    matrix: what ``nn.confusion_matrix`` gives; classes: their names
    Right answers and mistakes have a colour each, deeper the larger their share of the row.

    >>> confusion([[9, 1], [0, 5]], ["cat", "dog"]).get_ylabel()
    'it is'
    """
    counts = np.asarray(as_rows(matrix, "a confusion matrix"))
    ax, n = single_axes(ax, (6.4, 5.6)), len(counts)
    palette, names = palette_of(ax), [str(name) for name in classes] or [str(k) for k in range(n)]
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    cells = np.empty((n, n, 4))
    cells[..., :3] = to_rgb(palette.colours[1])
    cells[range(n), range(n), :3] = to_rgb(palette.colours[0])
    cells[..., 3] = np.where(counts > 0, 0.35 + 0.25 * shares, 0.0)
    ax.imshow(cells)
    for i, j in zip(*np.nonzero(counts), strict=True):
        ax.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=12, color=palette.ink)
    ax.set(
        xlabel="the network says",
        ylabel="it is",
        xticks=range(n),
        yticks=range(n),
        xticklabels=names,
        yticklabels=names,
    )
    return ax


# ── what a regression says ──────────────────────────────────────────────────


def regression(
    model: MLP, X: Rows, y: Rows, *, features: Sequence[str] = (), target: str = "y", ax: Axes | None = None
) -> Axes:
    """How a network fits numbers: of one feature its curve through the samples, of more its outputs against the targets.

    X, y: n samples and their targets; features, target: their names

    >>> from nn import MLP
    >>> regression(MLP([2, 1], seed=0), [[0.0, 1.0], [1.0, 1.0]], [0.5, 1.5]).get_ylabel()
    'the network says'
    """
    ax, rows, targets = single_axes(ax, (6.4, 4.8)), as_rows(X), np.asarray(as_rows(y, "y"), dtype=float)
    blue, orange = palette_of(ax).colours[:2]
    samples: dict[str, Any] = {"color": blue, "edgecolor": palette_of(ax).paper, "linewidth": 0.6, "s": 40}
    if model.sizes[0] == 1:
        x = np.asarray(rows, dtype=float).ravel()
        curve = np.linspace(x.min(), x.max(), 201)
        ax.scatter(x, targets, label="samples", **samples)
        ax.plot(curve, model.predict(curve[:, None]), color=orange, label="the network")
        ax.set(xlabel=features[0] if features else "x", ylabel=target)
    else:
        ax.scatter(targets, model.predict(rows), label="samples", **samples)
        ax.axline((targets[0], targets[0]), slope=1.0, color=orange, linestyle="--", label="exact")
        ax.set(xlabel=target, ylabel="the network says")
    legend(ax, loc="best")
    return ax


# ── training ────────────────────────────────────────────────────────────────


def loss_curve(run: Sequence[Record] | Mapping[str, Sequence[Record]], *, ax: Axes | None = None) -> Axes:
    """Loss against step, with the accuracy beside it where there is one; several runs compare their losses alone.

    run: the records that ``fit`` returns, or label → records
    The loss on validation samples, where the records have it, is dashed with markers, one value per epoch.
    """
    ax = single_axes(ax)
    runs = run if isinstance(run, Mapping) else {"loss": run}
    for series, (label, records) in zip(series_styles(ax), runs.items(), strict=False):
        _losses(ax, label, records, series)
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    lines = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    if not isinstance(run, Mapping) and run and run[0].accuracy is not None:
        with rc_context(SIZES):  # the axis on the right is made here, and not with the figure
            lines += _accuracy(ax.twinx(), run)
    if len(lines) > 1:
        legend(ax, handles=lines, loc="best" if isinstance(run, Mapping) else "center right")
    return ax


def _losses(ax: Axes, label: str, run: Sequence[Record], series: SeriesStyle) -> None:
    at, losses = [r.step for r in run], [r.loss for r in run]
    ax.plot(at, losses, color=series.colour, alpha=0.35, linewidth=1)
    ax.plot(at, _smoothed(losses), color=series.colour, linewidth=2.5, label=label)
    validation = [(r.step, r.validation_loss) for r in run if r.validation_loss is not None]
    if validation:
        options: dict[str, Any] = {"linestyle": "--", "marker": series.marker, "markersize": 5, "markevery": 0.1}
        ax.plot(
            *zip(*validation, strict=True), color=series.colour, linewidth=2, label=f"{label}, validation", **options
        )


def _accuracy(right: Axes, run: Sequence[Record]) -> list[Any]:
    percent = _smoothed([100 * (r.accuracy or 0.0) for r in run])
    options: dict[str, Any] = {"color": palette_of(right).colours[1], "linestyle": "-.", "label": "accuracy"}
    right.set(ylabel="accuracy of the batch (%)", ylim=(0, 102))
    right.spines["right"].set_visible(True)
    return right.plot([r.step for r in run], percent, linewidth=2.5, **options)


def _smoothed(numbers: Sequence[float]) -> list[float]:
    """The mean of each number and its neighbours, about a fortieth of the run in all."""
    reach = len(numbers) // 80
    return [mean(numbers[max(0, i - reach) : i + reach + 1]) for i in range(len(numbers))]


def optimizer_paths(
    paths: Mapping[str, Array], loss: Callable[[Sequence[Value]], Value] | Bowl, *, ax: Axes | None = None
) -> Axes:
    """The paths of optimizers through the contour lines of a loss of two weights.

    paths: what ``measure.optimizer_paths`` gives; the steep and the flat direction of a ``Bowl`` are drawn too
    Both weights have one scale, so that a gradient is perpendicular to its contour line.
    """
    ax = single_axes(ax, (9.0, 4.0))
    points = np.concatenate([*paths.values(), [[0.0, 0.0]]])
    if isinstance(loss, measure.Bowl):
        points = np.concatenate([points, _directions(ax, loss, 0.2 * np.ptp(points))])
    _contours(ax, loss, points.min(axis=0), points.max(axis=0))
    for series, (label, path) in zip(series_styles(ax), paths.items(), strict=False):
        ax.plot(*path.T, color=series.colour, marker=series.marker, markersize=4, linewidth=2, label=label)
    ax.plot(*next(iter(paths.values()))[0], "o", color=palette_of(ax).ink, markersize=9, zorder=5)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def _contours(ax: Axes, loss: Callable[[Sequence[Value]], Value], low: Array, high: Array) -> None:
    margin = 0.08 * (high - low).max()
    xs, ys = np.linspace(low - margin, high + margin, 60).T
    heights = np.array([[loss([Value(x), Value(y)]).data for x in xs] for y in ys])
    levels = heights.min() + (heights.max() - heights.min()) * np.linspace(0.04, 1.0, 10) ** 2
    ax.contour(xs, ys, heights, levels=levels, colors=palette_of(ax).quiet, linewidths=1, alpha=0.6)


def _directions(ax: Axes, bowl: Bowl, length: float) -> Array:
    """Arrows from the minimum along the eigendirections; returns their tips."""
    ink, tips = palette_of(ax).ink, length * np.array(bowl.directions())
    for name, tip in zip(("steep", "flat"), tips, strict=True):
        ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": ink, "linewidth": 2, "shrinkA": 0})
        ax.annotate(name, tip, (4, 4), textcoords="offset points", color=ink)
    return tips


def weight_paths(paths: Array, *, ax: Axes | None = None) -> Axes:
    """One line per hidden unit: its first weight against the step. Lines that coincide are drawn inside each other.

    paths: what ``measure.weight_paths`` gives, shape (steps + 1, neurons, inputs)
    """
    ax = single_axes(ax)
    neurons = paths.shape[1]
    for i, series in zip(range(neurons), series_styles(ax), strict=False):
        ax.plot(paths[:, i, 0], color=series.colour, linewidth=2.5 + 2 * (neurons - 1 - i), label=f"neuron {i}")
    ax.set(xlabel="step", ylabel="first weight")
    legend(ax, loc="best")
    return ax


# ── layers ──────────────────────────────────────────────────────────────────


def variances(found: Mapping[str, Sequence[LayerVariance]], *, ax: Axes | None = None) -> Axes:
    """Var[h̃ˡ] against the layer, on a log scale: markers as measured, lines by the formula.

    found: label → what ``measure.layer_variances`` gives
    """
    ax = single_axes(ax)
    for series, (label, layers) in zip(series_styles(ax), found.items(), strict=False):
        at = range(1, len(layers) + 1)
        ax.plot(at, [v.formula for v in layers], color=series.colour, linewidth=2)
        ax.plot(at, [v.measured for v in layers], series.marker, color=series.colour, markersize=8, label=label)
    ax.plot([], [], color=palette_of(ax).quiet, linewidth=2, label="formula")
    ax.set(xlabel="layer l", ylabel=r"Var[$\tilde h^l$]", yscale="log")
    legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def histograms(model: MLP, X: Rows, y: Rows, loss: Loss, *, axes: Any = None) -> Sequence[Axes]:
    """How the numbers of each layer spread over a batch: activations hˡ above, gradients δˡ below.

    A row has one scale, and each panel says its standard deviation. Two axes per layer.
    """
    layers = measure.layer_values(model, X, y, loss)
    panels = axes_grid(axes, 2, len(layers), (max(6.0, 2.6 * len(layers)), 5.0), sharex="row")
    above, below = panels[: len(layers)], panels[len(layers) :]
    for l, layer in enumerate(layers):
        _histogram(above[l], layer.h, 0, f"layer {l + 1}: ")
        _histogram(below[l], layer.delta, 1)
    above[0].set_ylabel("activations h")
    below[0].set_ylabel("gradients δ")
    return panels


def _histogram(ax: Axes, numbers: Array, colour: int, title: str = "") -> None:
    ax.hist(numbers.ravel(), bins=30, color=palette_of(ax).colours[colour])
    ax.locator_params(axis="x", nbins=4)
    ax.set(yticks=[], title=f"{title}std {numbers.std():.2g}")


def flat_shares(model: MLP, X: Rows, *, below: float = 0.05, ax: Axes | None = None) -> Axes:
    """How much of each hidden layer lets no gradient through (|σ′(h̃)| < below): dead neurons, saturated values."""
    ax = single_axes(ax)
    shares, palette = measure.flat_shares(model, X, below=below), palette_of(ax)
    at = np.arange(1, len(shares) + 1)
    ax.bar(at - 0.2, [100 * s.dead for s in shares], 0.36, color=palette.colours[1], label="dead: flat on every sample")
    options: dict[str, Any] = {"hatch": "//", "edgecolor": palette.paper, "label": "saturated: flat on this sample"}
    ax.bar(at + 0.2, [100 * s.saturated for s in shares], 0.36, color=palette.colours[0], **options)
    ax.set(xlabel="hidden layer", ylabel="share of the layer (%)", ylim=(0, 100), xticks=at)
    legend(ax, loc="best")
    return ax


# ── width and depth ─────────────────────────────────────────────────────────


def approximation(
    g: Callable[[float], float], widths: Sequence[int], *, low: float = 0.0, high: float = 1.0, axes: Any = None
) -> Sequence[Axes]:
    """One hidden layer, f, against a function g: the three narrowest networks on top of it, and the largest error by width.

    widths: numbers of ReLU neurons, rising. Two axes.
    """
    left, right = panels = axes_grid(axes, 1, 2, (10.0, 4.4))
    xs = np.linspace(low, high, 401)
    left.plot(xs, [g(x) for x in xs.tolist()], color=palette_of(left).ink, linewidth=5, alpha=0.35, label="g(x)")
    for m, series in zip(widths[:3], series_styles(left), strict=False):
        model = measure.interpolating_network(g, m, low, high)
        network = model.predict(xs[:, None])
        left.plot(xs, network, linestyle=series.dashes, color=series.colour, linewidth=2, label=f"{m} neurons")
    left.set(xlabel="x")
    legend(left, loc="best")
    _errors(right, widths, measure.approximation_errors(g, widths, low, high))
    return panels


def _errors(ax: Axes, widths: Sequence[int], errors: Sequence[float]) -> None:
    """Error against width, and the line of slope −2 through the last."""
    palette = palette_of(ax)
    guide = [errors[-1] * (widths[-1] / m) ** 2 for m in widths]
    ax.loglog(widths, guide, color=palette.quiet, linewidth=6, alpha=0.5, label="∝ 1/m²")
    ax.loglog(widths, errors, "o-", color=palette.colours[0], markersize=7, label="largest error")
    ax.set(xlabel="hidden neurons m", ylabel="max |f − g|")
    ax.minorticks_off()
    ax.set_xticks(widths, [str(m) for m in widths])
    legend(ax, loc="best")


def sawtooth(depths: Sequence[int] = (1, 2, 3, 4), *, axes: Any = None) -> Sequence[Axes]:
    """Telgarsky's sawtooth, 2 ReLU neurons per layer: each layer doubles the teeth. One axes per depth.

    >>> [ax.get_title() for ax in sawtooth([1, 3])]
    ['depth 1: 2 pieces', 'depth 3: 8 pieces']
    """
    panels = axes_grid(axes, 1, len(depths), (2.8 * len(depths), 3.2))
    for ax, depth in zip(panels, depths, strict=True):
        model = theory.sawtooth(depth)
        xs = np.linspace(0.0, 1.0, 2**depth + 1)  # straight between these
        ax.plot(xs, model.predict(xs[:, None]), color=palette_of(ax).colours[0])
        ax.set(title=f"depth {depth}: {theory.pieces(model)} pieces", xlabel="x", xticks=[0, 1], yticks=[0, 1])
    return panels


def sawtooth_sizes(depths: Sequence[int] = range(1, 9), *, ax: Axes | None = None) -> Axes:
    """The neurons that the same sawtooth takes in a deep and in a shallow network, on a log scale."""
    ax = single_axes(ax)
    sizes, colours = measure.sawtooth_sizes(depths), palette_of(ax).colours
    pieces = [s.pieces for s in sizes]
    ax.plot(pieces, [s.shallow for s in sizes], "s--", color=colours[1], markersize=7, label="one hidden layer")
    ax.plot(pieces, [s.deep for s in sizes], "o-", color=colours[0], markersize=7, label="2 neurons per layer")
    ax.set(xlabel="straight pieces", ylabel="hidden neurons", xscale="log", yscale="log")
    ax.set_xticks(pieces, [str(n) for n in pieces])
    ax.set_yticks(pieces, [str(n) for n in pieces])
    ax.minorticks_off()
    legend(ax, loc="best")
    return ax
