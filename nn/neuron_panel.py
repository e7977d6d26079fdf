"""The single neuron, to play with: a line that is dragged or trained, its loss as a surface, and where its gradient comes from.

z = w·x + b,   h = σ(z),   ∂L/∂wⱼ = ∂L/∂h · σ′(z) · xⱼ

The page needs no Python once it is made: the op table goes with it, as JavaScript.
"""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.update_rules import RULES
from nn import activations, data
from nn.layers import Neuron
from nn.palette import CLASS_STYLES, svg_style
from nn.theory import best_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd import Op
    from autograd.view.page import Page
    from nn.data import Dataset

__all__ = ["PRESETS", "panel"]

PRESETS = ("and", "or", "xor")
FIRST = ("sigmoid", "tanh", "relu", "step")  # activations that have a button; the lecture's others are under "more"
ASSETS = Path(__file__).parent / "assets"
HEIGHT = 660  # px in a notebook
Numbers = tuple[float, float, float]  # w₁, w₂, b
Point = tuple[float, float]


def panel(neuron: Neuron | str = "and", samples: Dataset | None = None) -> Page:
    """A neuron with two inputs, to be dragged and trained: shown in a notebook, or saved as a page.

    neuron:  a ``Neuron`` of yours, or "and", "or", "xor" for the lecture's
    samples: the points of the plane, of classes 0 and 1 (the corners of AND if None)

    The neuron itself is not changed: the page has numbers of its own.
    Raises ValueError for another number of inputs, an activation that is not in the op table, other classes.

    >>> panel("xor")
    <Page 'A single neuron: XOR'; show it in a notebook, or .save("panel.html")>
    >>> panel(Neuron(3))
    Traceback (most recent call last):
    ValueError: the panel draws a plane, so the neuron needs 2 inputs; this one has 3
    """
    from autograd.view.page import Page  # pictures load when one is asked for, not with nn
    from nn.page_graph import loss_graph, network_rules

    presets, start = _lecture(), str(neuron)
    if isinstance(neuron, Neuron):
        presets, start = {"yours": _of_neuron(neuron, samples or data.AND), **presets}, "yours"
    elif samples is not None:
        raise ValueError("samples go with a Neuron; the lecture's neurons have their own corners")
    elif neuron not in PRESETS:
        raise ValueError(f"the lecture has the neurons {', '.join(PRESETS)}; got {neuron!r}")
    chosen = presets[start]
    offered = _activations(chosen["activation"])
    loss, rules = loss_graph("mse", 1)
    shown = {
        "presets": list(presets.values()), "start": list(presets).index(start), "first": len(FIRST),
        "activations": [_description(op, title) for op, title in offered.items()],
        "class_styles": [look._asdict() for look in CLASS_STYLES], "loss": loss,
    }  # fmt: skip
    return Page(
        f"A single neuron: {chosen['name']}", shown, lambda: _picture(chosen), program=ASSETS / "panel.js",
        styles=[ASSETS / "page.css", ASSETS / "panel.css"], height=HEIGHT,
        rules={**rules, **network_rules([2], offered)}, updates={"SGD": RULES["SGD"]},
    )  # fmt: skip


def _activations(own: str) -> dict[Op, str]:
    """The activations that the page offers, those with a button first, with their names."""
    names = [*FIRST, *(name for name in activations.LECTURE if name not in FIRST)]
    found = {activations.row_of(activations.get(name)): activations.title_of(name) for name in names}
    mine = activations.row_of(activations.get(own))
    found.setdefault(mine, mine.name)
    return found


def _description(op: Op, title: str) -> dict[str, str]:
    return {"name": op.name, "title": title, "symbol": op.symbol, "domain": op.domain}


# ── what the page starts from ───────────────────────────────────────────────


def _lecture() -> dict[str, dict[str, Any]]:
    """AND, OR, XOR and its network, each with a start from which sigmoid neurons learn, and with the lecture's numbers.

    AND and OR start with one sample on the wrong side.
    """
    AND, OR = (1.0, 1.0, -1.5), (1.0, 1.0, -0.5)
    best = best_line(data.XOR.X, data.XOR.y)
    return {
        "and": _preset("AND", data.AND, [(2.0, 1.0, -1.5)], lecture=[AND], note="The line separates (1, 1) from the other corners."),
        "or": _preset("OR", data.OR, [(2.0, 0.5, -1.0)], lecture=[OR], note="The weights of AND, another bias: only (0, 0) is left out."),
        "xor": _preset(
            "XOR", data.XOR, [(2.0, 1.0, -1.5)], lecture=[(*best.w, best.b)],
            note=f"Best single line: {best.correct} of {best.total}. No line does better: every way to separate the corners was tried.",
        ),
        "network": _preset(
            "XOR with 3 neurons", data.XOR, [(2.0, 1.0, -1.0), (1.0, 2.0, -2.0), (2.0, -2.0, 0.0)],
            lecture=[OR, AND, (1.0, -2.0, -0.5)], note="Two lines solve it: h₁ is OR, h₂ is AND, and f is h₁ but not h₂.",
        ),
    }  # fmt: skip


def _preset(
    name: str, samples: Dataset, start: list[Numbers], activation: str = "sigmoid", *, lecture: list[Numbers] | None = None,
    note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Neurons as the page has them: one, or two hidden ones and the output.

    lecture: the numbers with which a step neuron solves it, if the lecture has them; note: what is to be said of those
    """
    return {
        "name": name, "note": note, "activation": activation, "X": samples.X, "y": samples.y, "features": samples.features,
        "neurons": _neurons(start), "lecture": lecture and _neurons(lecture),
    }  # fmt: skip


def _neurons(numbers: list[Numbers]) -> list[dict[str, Any]]:
    return [{"w": [w1, w2], "b": b} for w1, w2, b in numbers]


def _of_neuron(neuron: Neuron, samples: Dataset) -> dict[str, Any]:
    if len(neuron.w) != 2:
        raise ValueError(f"the panel draws a plane, so the neuron needs 2 inputs; this one has {len(neuron.w)}")
    activation = activations.row_of(neuron.activation if neuron.nonlin else activations.get("linear")).name
    numbers = (neuron.w[0].data, neuron.w[1].data, neuron.b.data)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"the panel needs finite weights, got w = {numbers[:2]}, b = {numbers[2]}")
    return _preset("Your neuron", _checked(samples), [numbers], activation)


def _checked(samples: Dataset) -> Dataset:
    planar = all(len(x) == 2 and all(map(math.isfinite, x)) for x in samples.X)
    if not samples.y or not planar or not set(samples.y) <= {0, 1}:
        raise ValueError("the panel needs samples of two finite numbers, of classes 0 and 1")
    return samples._replace(y=list(map(int, samples.y)))


# ── where no script runs ────────────────────────────────────────────────────


def _picture(preset: dict[str, Any]) -> str:
    """The samples, the neuron's line and its equation, as SVG: all that an untrusted notebook can show."""
    numbers = [x for sample in preset["X"] for x in sample]
    low, size = min(0.0, *numbers), max(1.0, *numbers) - min(0.0, *numbers)

    def px(x: float, y: float) -> tuple[float, float]:
        return round(80 + 240 * (x - low) / size, 1), round(320 - 240 * (y - low) / size, 1)

    (w1, w2), b = preset["neurons"][-1]["w"], preset["neurons"][-1]["b"]
    equation = f"h = {preset['activation']}({w1:.4g}·x₁ {w2:+.4g}·x₂ {b:+.4g})"
    equation = equation.replace(" +", " + ").replace(" -", " − ").replace("-", "−")
    corners = "".join(_corner(*px(*x), label) for x, label in zip(preset["X"], preset["y"], strict=True))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 460" width="400" height="460" font-family="sans-serif">'
        f'{svg_style()}<rect class="paper" width="400" height="460"/><svg width="400" height="400">'
        f'<polyline class="line" points="{_line(w1, w2, b, low, size, px)}" stroke-width="2.5"/>{corners}</svg>'
        f'<text x="20" y="425" font-size="17">{escape(preset["name"])}: {escape(equation)}</text>'
        '<text x="20" y="448" font-size="13">The panel itself needs scripts: trust the notebook.</text></svg>'
    )


def _line(w1: float, w2: float, b: float, low: float, size: float, px: Callable[[float, float], Point]) -> str:
    """The line w·x + b = 0 across the picture: its point nearest the middle, and far to both sides."""
    square = w1 * w1 + w2 * w2
    if square == 0.0:
        return ""
    middle = low + size / 2
    t, far = (w1 * middle + w2 * middle + b) / square, 3 * size / math.sqrt(square)
    ends = [px(middle - t * w1 - s * w2, middle - t * w2 + s * w1) for s in (-far, far)]
    return " ".join(f"{x},{y}" for x, y in ends)


def _corner(x: float, y: float, label: int) -> str:
    return f'<path class="class-{label}" d="{CLASS_STYLES[label].path}" transform="translate({x} {y})"/>'
