"""Snapshots of a model while it is trained.

Recording copies numbers and nothing else; what they mean is measured when a page is made of them.
"""

from __future__ import annotations

from math import hypot, isfinite
from typing import TYPE_CHECKING, NamedTuple

from nn import activations
from nn.arguments import as_samples
from nn.batch import as_row
from nn.layers import MLP, require_its_layers

if TYPE_CHECKING:
    from nn.arguments import Rows
    from nn.losses import Loss
    from nn.train import Record

__all__ = ["Recorder", "Snapshot"]


class Snapshot(NamedTuple):
    """A model at one moment: how many steps were taken, its parameters, and the last step's ‖Δw‖ / ‖w‖ of each layer."""

    step: int
    parameters: list[float]
    update_ratios: list[float]


class Recorder:
    """Keeps snapshots of a model while it is trained: give it to ``fit`` as ``on_step``, or call it with each record.

    model:     the network that is trained
    X, y:      the samples that are shown and measured
    loss:      the one that is trained, as for ``fit``
    snapshots: how many to keep at most; when there are more, every second one goes

    Raises TypeError for anything but an MLP, ValueError for data or an activation that the page can't show.

    >>> from nn import MLP, SGD, data, fit
    >>> model = MLP([2, 3, 1], activation="tanh", seed=0)
    >>> recorder = Recorder(model, *data.XOR[:2], loss="logistic", snapshots=4)
    >>> run = fit(model, *data.XOR[:2], loss="logistic", epochs=9, on_step=recorder)
    >>> [shot.step for shot in recorder.snapshots]
    [0, 4, 8, 9]
    """

    def __init__(self, model: MLP, X: Rows, y: Rows | None = None, *, loss: Loss, snapshots: int = 60) -> None:
        if not isinstance(model, MLP):
            raise TypeError(f"only an MLP can be watched layer by layer, got {type(model).__name__}")
        require_its_layers(model)
        if snapshots < 2:
            raise ValueError(f"watching needs 2 snapshots or more, got {snapshots!r}")
        self.X, self.y = X, y = as_samples(X, y)
        if any(len(as_row(x)) != model.sizes[0] for x in X):
            raise ValueError(f"watching needs samples of {model.sizes[0]} numbers each")
        if not all(isfinite(number) for x in X for number in x):
            raise ValueError("watching needs finite samples: look for nan or inf in X")
        self.model, self.loss = model, loss
        self.activations = [
            activations.row_of(neuron.activation if neuron.nonlin else activations.get("linear")).name
            for neuron in (layer.neurons[0] for layer in model.layers)
        ]
        self.records: list[Record] = []
        self._most, self._stride = snapshots, 1
        self._kept = [Snapshot(0, self._parameters(), [0.0] * len(model.layers))]
        self._latest = self._kept[0]

    def __call__(self, record: Record) -> None:
        """Note a step that was just taken."""
        now, before = self._parameters(), self._latest.parameters
        self.records.append(record)
        self._latest = Snapshot(len(self.records), now, self._update_ratios(before, now))
        if self._latest.step % self._stride == 0:
            self._kept.append(self._latest)
        if len(self._kept) >= self._most:
            self._stride *= 2
            self._kept = self._kept[::2]

    @property
    def snapshots(self) -> list[Snapshot]:
        """The first, the last, and those between at equal distances."""
        return self._kept + ([self._latest] if self._latest.step > self._kept[-1].step else [])

    def _parameters(self) -> list[float]:
        return [p.data for p in self.model.parameters()]

    def _update_ratios(self, before: list[float], now: list[float]) -> list[float]:
        """‖Δw‖ / ‖w‖ by layer."""
        ratios, start = [], 0
        for layer in self.model.layers:
            end = start + len(layer.parameters())
            moved = hypot(*(a - b for a, b in zip(now[start:end], before[start:end], strict=True)))
            ratios.append(moved / (hypot(*before[start:end]) or 1.0))
            start = end
        return ratios
