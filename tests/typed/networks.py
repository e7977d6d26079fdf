"""Typed user code on `nn`: it passes `mypy --strict` and `pyright`, and what is wrong in it is marked as an error."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Layer,
    Module,
    Neuron,
    Record,
    Recorder,
    Run,
    confusion_matrix,
    cosine,
    cross_entropy,
    data,
    evaluate,
    fit,
    load_checkpoint,
    logistic,
    mse,
    one_hot,
    predictions,
    restore,
    save_checkpoint,
    softmax,
    steps,
)
from nn.theory import best_line

rng = np.random.default_rng(0)
X, y = rng.normal(size=(20, 2)), rng.integers(0, 2, size=20)
rows: list[list[float]] = X.tolist()
labels: list[int] = y.tolist()

# ── samples are arrays, lists, tuples, data sets ────────────────────────────

model = MLP([2, 8, 1], activation="tanh", seed=0)
adam = Adam(model.parameters(), lr=0.05)
run: Run = fit(model, X, y, loss="logistic", optimizer=adam, epochs=3, batch_size=5)
fit(model, rows, labels, loss=logistic, validation=(X, y), patience=2, seed=1)
fit(model, tuple(map(tuple, rows)), tuple(labels), loss="hinge", schedule=cosine(0.1, steps=10), clip_norm=1.0)
moons = data.moons(40)
fit(model, moons.X, moons.y, loss="logistic", validation=data.moons(20), engine="graph", progress=True)
last: float = run[-1].loss
accuracy: float | None = run[-1].accuracy
loss_on_samples, share = evaluate(model, X, y, "logistic")
total: float = loss_on_samples

for record in steps(model, X, y, loss="mse", optimizer=SGD(model.parameters(), lr=0.1), epochs=1):
    step: int = record.step


def show(record: Record) -> None:
    print(record.epoch, record.gradient_norm)


recorder = Recorder(model, X, y, loss="logistic")
fit(model, X, y, loss="logistic", on_step=show)
fit(model, X, y, loss="logistic", on_step=recorder)
fit(model, X, y, loss="logistic", lr=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
fit(model, X, y, loss="logistic", epochs="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
fit(model, 3.0, y, loss="logistic")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# ── a loss of one's own, on lists or arrays ─────────────────────────────────


def absolute(outputs: list[Value], targets: list[float]) -> Value:
    return sum((abs(f - t) for f, t in zip(outputs, targets, strict=True)), Value(0.0)) / len(targets)


fit(model, X, y.astype(float), loss=absolute)
outputs: list[Value] = [model(x) for x in X]
half_squares: Value = mse(outputs, y)
half_squares = mse(outputs, [0.0] * 20)
classes: list[int] = predictions(outputs)
table: list[list[int]] = confusion_matrix(classes, y, 2)
shares: list[Value] = softmax(np.array([1.0, 2.0]))
entropy: Value = cross_entropy([[Value(0.0), Value(1.0)]], one_hot(np.array([1]), 2))
best = best_line(X, y)
print(best.correct, best.w[0], last, accuracy, share, total)

# ── modules ─────────────────────────────────────────────────────────────────


class Residual(Module):
    """f = x₁ + layer(x)."""

    def __init__(self) -> None:
        self.layer = Layer(2, 1, nonlin=False)

    def __call__(self, x: list[float]) -> Value:
        f: Value = self.layer(x) + x[0]
        return f


fit(Residual(), X, y.astype(float), loss="mse")
neuron = Neuron(2, activation="step")
fired: Value = neuron(np.array([1.0, 0.0]))
fired = neuron([1, 0])
parameters: list[Value] = model.parameters()
for p in parameters:
    p.grad = 0.0

# ── on disk ─────────────────────────────────────────────────────────────────


def keep(folder: Path) -> MLP:
    model.save(folder / "model.safetensors")
    copy: MLP = MLP.load(folder / "model.safetensors")
    save_checkpoint(model, adam, folder / "run", step=run[-1].step, batch_size=5)
    saved = load_checkpoint(str(folder / "run"))
    restore(model, adam, folder / "run")
    fit(saved.model, X, y, loss="logistic", optimizer=saved.optimizer, start=saved.step, **saved.settings)
    return copy
