"""The figures of the README and the notebooks, from the lecture's plots, and two moving pictures.

``python -m nn.figures [FOLDER]`` makes them, each for a light and for a dark page, and beside FOLDER, in styles, the
settings with which a whole session draws dark, or for a projector.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from math import pi, sin
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before Matplotlib: where that is missing, plot_style says what to install.
from nn.plot_style import axes_grid, settings, style

# isort: split
from matplotlib import rc_context
from matplotlib.figure import Figure

from autograd import Value, step
from autograd.files import write_atomically
from autograd.view.animation import join_frames, moving_picture
from nn import activations, data, init, measure, plots
from nn.layers import MLP
from nn.optim import SGD, Adagrad, Adam, RMSprop
from nn.palette import DARK, LIGHT
from nn.train import fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FIGURES", "MOVING", "STYLES", "save_all", "save_moving", "save_styles"]


def _boundary() -> Figure:
    moons = data.moons(120, noise=0.12)
    model = MLP([2, 5, 1], seed=4)
    fit(model, moons.X, moons.y, loss="logistic", optimizer=Adam(model.parameters(), lr=0.05), epochs=40, batch_size=20)
    left, right = axes_grid(None, 1, 2, (11.5, 3.4), sharey=True)
    plots.decision_boundary(model, moons.X, moons.y, resolution=70, ax=left).set_title("The network's boundary bends …")
    right.set(xlim=left.get_xlim(), ylim=left.get_ylim(), xlabel="$x_1$")
    plots.half_planes(model.layers[0], ax=right).set_title("… where a ReLU neuron switches on")
    for ax in (left, right):
        ax.set_aspect("equal")  # so that a normal is perpendicular to its line
    return _figure(left)


def _loss() -> Figure:
    train, held_out = data.split(data.moons(120, noise=0.2), 0.25, seed=0)
    optimizers: dict[str, measure.MakeOptimizer] = {"SGD": lambda p: SGD(p, lr=0.5), "Adam": lambda p: Adam(p, lr=0.05)}
    runs = {}
    for label, make in optimizers.items():
        model = MLP([2, 8, 1], activation="tanh", seed=0)
        optimizer = make(model.parameters())
        runs[label] = fit(model, *train[:2], loss="logistic", optimizer=optimizer, epochs=60, validation=held_out[:2])
    return _titled(plots.loss_curve(runs), "The same network from the same start, by two optimizers")


def _optimizers() -> Figure:
    bowl = measure.Bowl(steep=20.0, flat=1.0)
    optimizers: dict[str, measure.MakeOptimizer] = {
        "SGD": lambda p: SGD(p, lr=0.09),
        "momentum": lambda p: SGD(p, lr=0.02, momentum=0.8),
        "Adagrad": lambda p: Adagrad(p, lr=1.0),
        "RMSprop": lambda p: RMSprop(p, lr=0.1, alpha=0.9),
        "Adam": lambda p: Adam(p, lr=0.4),
    }
    paths = measure.optimizer_paths(optimizers, bowl, start=(-8.0, 1.8), steps=40)
    return _titled(plots.optimizer_paths(paths, bowl), "SGD zigzags down the steep direction and creeps along the flat")


def _variances() -> Figure:
    kinds: dict[str, Any] = {
        "N(0, 1)": "normal", "Kaiming N(0, 2/m)": "kaiming", "Xavier N(0, 1/m)": "xavier", "U[−0.05, 0.05]": init.uniform(0.05),
    }  # fmt: skip
    found = {label: measure.layer_variances(kind, width=100, samples=20) for label, kind in kinds.items()}
    return _titled(plots.variances(found), "N(0, 1) explodes, Kaiming keeps the variance")


def _histograms() -> Figure:
    moons = data.moons(80)
    axes = plots.histograms(MLP([2, 24, 24, 24, 1], activation="tanh", seed=0), moons.X, moons.y, "logistic")
    _figure(axes[0]).suptitle("Forward and backward through tanh, before training")
    return _figure(axes[0])


def _flat() -> Figure:
    moons = data.moons(80)
    left, right = axes_grid(None, 1, 2, (10.0, 4.4), sharey=True)
    for ax, activation in ((left, "relu"), (right, "tanh")):
        model = MLP([2, 24, 24, 24, 1], activation=activation, init="normal", seed=0)
        plots.flat_shares(model, moons.X, ax=ax).set_title(
            f"{activations.symbol_of(activations.get(activation))}, weights N(0, 1)"
        )
    return _side_by_side(left, right)


def _approximation() -> Figure:
    axes = plots.approximation(lambda x: sin(2 * pi * x), [3, 6, 12, 24, 48])
    _figure(axes[0]).suptitle("Twice the neurons, a quarter of the error")
    return _figure(axes[0])


def _sawtooth() -> Figure:
    axes = plots.sawtooth()
    _figure(axes[0]).suptitle("Two more ReLU neurons, twice the teeth")
    return _figure(axes[0])


def _depth() -> Figure:
    return _titled(plots.sawtooth_sizes(), "Depth adds 2 neurons where width doubles")


def _symmetry() -> Figure:
    left, right = axes_grid(None, 1, 2, (10.0, 4.4), sharey=True)
    for ax, start, title in ((left, 0.5, "Equal units stay equal"), (right, "xavier", "Random units part")):
        model = MLP([2, 4, 1], activation="tanh", init=start, seed=1)
        paths = measure.weight_paths(
            model, *data.XOR[:2], loss="logistic", optimizer=lambda p: Adam(p, lr=0.05), epochs=80
        )
        plots.weight_paths(paths, ax=ax).set_title(title)
    return _side_by_side(left, right)


def _side_by_side(left: Axes, right: Axes) -> Figure:
    """Two axes with one scale: the right one needs no labels of its own."""
    right.label_outer()
    right.legend().remove()
    return _figure(left)


def _titled(ax: Axes, title: str) -> Figure:
    ax.set_title(title)
    return _figure(ax)


def _figure(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)  # not a SubFigure
    return ax.figure


FIGURES: dict[str, Callable[[], Figure]] = {
    "activation": lambda: _figure(plots.activation_and_slope("sigmoid")[0]),
    "activations": lambda: _figure(plots.activation_grid()[0]),
    "boundary": _boundary,
    "loss": _loss,
    "optimizers": _optimizers,
    "variances": _variances,
    "histograms": _histograms,
    "flat": _flat,
    "approximation": _approximation,
    "sawtooth": _sawtooth,
    "depth": _depth,
    "symmetry": _symmetry,
}


def save_all(folder: Path | str) -> list[Path]:
    """Make every figure of ``FIGURES`` for a light and a dark page: NAME.svg and NAME-dark.svg, the same bytes each time."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in FIGURES.items():
        for dark in (False, True):
            path = Path(folder) / f"{name}{'-dark' if dark else ''}.svg"
            with style(dark=dark), rc_context({"svg.hashsalt": "chalkgrad"}):
                make().savefig(path, metadata={"Date": None})
            written.append(path)
    return written


# ── moving pictures ─────────────────────────────────────────────────────────

FRAMES, TOGETHER = 30, 4  # of a training run; epochs from one to the next
SECONDS = 0.2  # a frame


def _backward(dark: bool) -> bytes:
    """The backward pass of a neuron: gradients arrive one by one."""
    w, b = (Value(number, label=label, kind="parameter") for label, number in (("w", 0.5), ("b", -0.4)))
    x = Value(2.0, label="x")
    product = w * x
    z = product + b
    h = z.tanh()
    error = h - 1.0
    loss = error**2
    product.label, z.label, h.label, error.label, loss.label = "w·x", "z", "h", "e", "L"
    player = step(loss)
    return moving_picture(player.trace, player.still, ".gif", dark=dark)


def _training() -> bytes:
    """A training run: the boundary between two classes bends around them."""
    moons = data.moons(120, noise=0.12)
    model = MLP([2, 8, 1], activation="tanh", seed=4)
    optimizer, frames = Adam(model.parameters(), lr=0.05), []
    for epoch in range(0, FRAMES * TOGETHER, TOGETHER):
        ax = plots.decision_boundary(model, moons.X, moons.y, resolution=70)
        run = fit(model, moons.X, moons.y, loss="logistic", optimizer=optimizer, epochs=TOGETHER)
        frames.append(
            _image(_titled(ax, f"epoch {epoch}, loss {run[0].loss:.3f}"))
        )  # run[0]: before the first of its steps
    return join_frames(frames, ".gif", SECONDS)


def _image(figure: Figure) -> Any:
    """A figure as an image of Pillow's."""
    from PIL import Image

    file = BytesIO()
    figure.savefig(file, format="png")
    return Image.open(file).convert("RGB")


MOVING: dict[str, Callable[[bool], bytes]] = {"backward": _backward, "training": lambda dark: _training()}


def save_moving(folder: Path | str) -> list[Path]:
    """Make every moving picture of ``MOVING`` for a light and a dark page: NAME.gif and NAME-dark.gif."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in MOVING.items():
        for dark in (False, True):
            path = Path(folder) / f"{name}{'-dark' if dark else ''}.gif"
            with style(dark=dark):
                write_atomically(path, make(dark))
            written.append(path)
    return written


# ── settings for every figure of a session ───────────────────────────────────

PROJECTOR = {"figure.dpi": 150}  # half as large again, letters and lines too
STYLES: dict[str, dict[Any, Any]] = {
    "dark": settings(DARK),
    "projector": settings(LIGHT) | PROJECTOR,
    "dark-projector": settings(DARK) | PROJECTOR,
}


def save_styles(folder: Path | str) -> list[Path]:
    """Write each of ``STYLES`` as NAME.matplotlibrc: ``MATPLOTLIBRC=$PWD/folder/dark.matplotlibrc jupyter lab`` draws all in it."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = []
    for name, chosen in STYLES.items():
        path = Path(folder) / f"{name}.matplotlibrc"
        # "#" begins a comment there, and colours are read without it.
        lines = [f"{key}: {value}".replace("#", "") for key, value in chosen.items()]
        write_atomically(path, "\n".join([f"# Made by python -m nn.figures: figures for {name}.", *lines, ""]))
        written.append(path)
    return written


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks/figures")
    for path in [*save_all(folder), *save_moving(folder), *save_styles(folder.parent / "styles")]:
        print(path)
