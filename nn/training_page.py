"""Watching training: the page of a recorded run, to be scrubbed through.

    recorder = Recorder(model, X, y, loss="logistic")
    fit(model, X, y, loss="logistic", on_step=recorder)
    watch(recorder)

What the snapshots show is measured when the page is made.
"""

from __future__ import annotations

import copy
from html import escape
from math import isfinite, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import OPS
from nn.palette import CLASS_STYLES, svg_style
from nn.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.view.page import Page
    from nn.layers import MLP
    from nn.measure import FlatShare
    from nn.recorder import Snapshot

__all__ = ["watch"]

ASSETS = Path(__file__).parent / "assets"
HEIGHT = 660  # px in a notebook
MEASURED = 100  # samples at most, from which histograms are counted
CURVE = 1000  # points at most of the loss curve
NUMBERS = 80_000  # weights at most in a page: about 1.6 MB of text
BINS = 24

Span = tuple[float, float]


def watch(run: Recorder, *, classes: Sequence[str] = (), threshold: float = 0.0) -> Page:
    """A page to scrub through a recorded run: its boundary, its network with its weights, its loss; and diagnostics.

    run:       a ``Recorder`` that was given to ``fit`` as ``on_step``
    classes:   names of the classes, for the legend
    threshold: what a single output has to exceed to say class 1 (0.5 where it is a probability)

    Of data with two inputs the plane is drawn, and what each neuron makes of it; of others which samples are right, the
    confusion matrix, and a chosen sample's way through the network. Raises TypeError for records without snapshots.

    >>> from nn import MLP, data, fit
    >>> model = MLP([2, 3, 1], activation="tanh", seed=0)
    >>> recorder = Recorder(model, *data.XOR[:2], loss="logistic")
    >>> run = fit(model, *data.XOR[:2], loss="logistic", epochs=9, on_step=recorder)
    >>> watch(recorder)
    <Page 'Watching MLP 2-3-1 learn: 9 steps'; show it in a notebook, or .save("watch.html")>
    """
    if not isinstance(run, Recorder):
        raise TypeError(
            f"watch needs snapshots, got {type(run).__name__}: make a Recorder(model, X, y, loss=…), pass it to fit as "
            "on_step, and give it to watch"
        )
    from autograd.view.page import Page  # pictures load when one is asked for, not with nn
    from nn.page_graph import network_rules

    sizes = "-".join(map(str, run.model.sizes))
    title = f"Watching MLP {sizes} learn: {len(run.records):,} steps"
    styles = [look._asdict() for look in CLASS_STYLES]
    shown = {"title": title, "threshold": threshold, "class_styles": styles, **_data(run, classes)}
    return Page(
        title, shown, lambda: _picture(title, run), program=ASSETS / "watch.js",
        styles=[ASSETS / "page.css", ASSETS / "watch.css"], height=HEIGHT,
        rules=network_rules(run.model.sizes[:-1], map(OPS.__getitem__, run.activations)) if shown["X"] else {},
    )  # fmt: skip


# ── the page's data ─────────────────────────────────────────────────────────


def _data(run: Recorder, classes: Sequence[str]) -> dict[str, Any]:
    without_maps = _why_no_maps(run.model)
    drawn = not without_maps
    shots = _fitting(run.snapshots, drawn)
    stride = 1 if run.model.sizes[0] == 2 else 1 + (len(run.y) - 1) // MEASURED
    points = range(0, len(run.records), 1 + len(run.records) // CURVE)
    return {
        "sizes": run.model.sizes, "activations": run.activations, "classes": list(map(str, classes)),
        "without_maps": without_maps, "X": run.X[::stride] if drawn else [], "y": run.y[::stride] if drawn else [],
        "loss": [[i, _finite(run.records[i].loss)] for i in points],  # of the parameters after i steps
        "snapshots": _measured(run, shots, drawn),
    }  # fmt: skip


def _why_no_maps(model: MLP) -> str:
    """Why the page does not draw the network, as a sentence; empty where it does."""
    if len(model.parameters()) > NUMBERS // 2:
        return f"Networks are drawn up to {NUMBERS // 2:,} parameters; this network has {len(model.parameters()):,}."
    return ""


def _fitting(shots: list[Snapshot], drawn: bool) -> list[Snapshot]:
    """As many snapshots as a page of 2 MB holds, the last one among them."""
    stride = 1 + len(shots) * len(shots[0].parameters) // NUMBERS if drawn else 1
    return shots[::-stride][::-1]


class _Layer(NamedTuple):
    """What one layer computed at one moment: every h, every δ, and its dead and saturated shares (None if linear)."""

    h: list[float]
    delta: list[float]
    flat: FlatShare | None


def _measured(run: Recorder, shots: list[Snapshot], drawn: bool) -> list[dict[str, Any]]:
    """Every snapshot with what was measured of it.

    Not in the page: a loss may be a function of the user's own, and of a large network the page has no weights.
    """
    moments = [_layers(run, shot) for shot in shots]
    spans = [
        (_span([one.h for one in layer]), _span([_magnitudes(one.delta) for one in layer]))
        for layer in zip(*moments, strict=True)
    ]
    return [
        {
            "step": shot.step,
            "parameters": shot.parameters if drawn else [],
            "layers": [
                {"ratio": ratio, **_described(layer, span)}
                for ratio, layer, span in zip(shot.update_ratios, moment, spans, strict=True)
            ],
        }
        for shot, moment in zip(shots, moments, strict=True)
    ]


def _layers(run: Recorder, shot: Snapshot) -> list[_Layer]:
    """Every layer at that moment, on at most ``MEASURED`` of the samples."""
    from nn import measure  # NumPy loads when something is measured, not with nn

    model, stride = copy.deepcopy(run.model), 1 + (len(run.y) - 1) // MEASURED
    for p, number in zip(model.parameters(), shot.parameters, strict=True):
        p.data = number
    X, y = run.X[::stride], run.y[::stride]
    shares = iter(measure.flat_shares(model, X))  # of the layers that have an activation
    flat = [next(shares) if layer.neurons[0].nonlin else None for layer in model.layers]
    found = measure.layer_values(model, X, y, run.loss)
    return [
        _Layer(values.h.ravel().tolist(), values.delta.ravel().tolist(), share)
        for values, share in zip(found, flat, strict=True)
    ]


def _described(layer: _Layer, spans: tuple[Span, Span]) -> dict[str, Any]:
    """The layer's histograms and shares, as the page has them."""
    return {
        "h": _counts(layer.h, spans[0]),
        "delta": _counts(_magnitudes(layer.delta), spans[1]),
        "spans": spans,
        "zero": layer.delta.count(0.0) / len(layer.delta),
        "flat": layer.flat,
    }


def _span(moments: list[list[float]]) -> Span:
    """One scale for the whole run: its least and its largest number."""
    numbers = [x for moment in moments for x in moment] or [0.0]
    low, high = min(numbers), max(numbers)
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _magnitudes(delta: list[float]) -> list[float]:
    """log₁₀|δ|, without the zeros.

    >>> _magnitudes([0.01, 0.0, -10.0])
    [-2.0, 1.0]
    """
    return [log10(abs(d)) for d in delta if d]


def _counts(numbers: list[float], span: Span) -> list[int]:
    """How many numbers fall into each bin of the span; the last bin has its end too.

    >>> _counts([0.0, 0.1, 1.0], (0.0, 1.0))[:3], _counts([0.0, 0.1, 1.0], (0.0, 1.0))[-1]
    ([1, 0, 1], 1)
    """
    counts, (low, high) = [0] * BINS, span
    for x in numbers:
        counts[min(BINS - 1, int((x - low) / (high - low) * BINS))] += 1
    return counts


def _finite(x: float) -> float | None:
    return x if isfinite(x) else None


# ── where no script runs ────────────────────────────────────────────────────


def _picture(title: str, run: Recorder) -> str:
    """The loss curve on a logarithmic scale, as SVG: all that an untrusted notebook can show."""
    losses = [log10(r.loss) for r in run.records if r.loss > 0.0 and isfinite(r.loss)][:: 1 + len(run.records) // 300]
    low, high = (min(losses), max(losses)) if losses else (0.0, 1.0)
    height = (high - low) or 1.0
    points = " ".join(
        f"{40 + 520 * i / max(1, len(losses) - 1):.1f},{50 + 200 * (high - y) / height:.1f}"
        for i, y in enumerate(losses)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 300" width="600" height="300" font-family="sans-serif">'
        f'{svg_style()}<rect class="paper" width="600" height="300"/><text x="40" y="28" font-size="18">{escape(title)}</text>'
        f'<polyline class="curve" points="{points}" stroke-width="2.5"/>'
        f'<text x="40" y="280" font-size="14">loss, from {10**high:.3g} down to {10**low:.3g} (logarithmic)</text></svg>'
    )
