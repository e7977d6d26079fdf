"""Training: forward, backward, step; one record a step.

for X, y in batches:  loss(model(X), y).backward();  optimizer.step()
"""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from math import hypot, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import NonFiniteError, Value, collector_paused, first_nonfinite
from nn import losses
from nn.optim import SGD, Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nn.losses import Loss

__all__ = ["Record", "Run", "evaluate", "fit", "steps"]


class Record(NamedTuple):
    """One step: the batch's loss and accuracy (None for regression) before the update, and ‖∇L‖."""

    step: int
    epoch: int
    loss: float
    accuracy: float | None
    gradient_norm: float


class Run(list[Record]):
    """The records of a training run, and why it ended: "done" or "interrupted"."""

    ended = "done"


def steps(
    model: Callable[[Any], Any], X: Sequence[Any], y: Sequence[Any], *, loss: Loss, optimizer: Optimizer,
    epochs: int = 10, batch_size: int | None = None, seed: int = 0,
) -> Iterator[Record]:  # fmt: skip
    """Train, yielding one record a step; stop whenever you like.

    model:      maps one sample to one Value or a list of them
    X, y:       n samples and their targets
    loss:       a name ("mse", "logistic", "hinge", "cross_entropy") or a function of outputs and targets
    batch_size: samples a step; None for all of them (full batch)
    seed:       shuffles the samples anew each epoch, always the same way

    A step that does not end leaves nothing half done: parameters and optimizer go back to where it
    began; if the loss was no longer finite, to where it last was.

    Raises NonFiniteError naming the step and the node where the first nan or inf arose; ValueError for data that do not fit.
    """
    X, y = _data(X, y)
    batch_size = len(y) if batch_size is None else _count("batch_size", batch_size)
    batches = _batches(len(y), batch_size, _count("epochs", epochs), random.Random(seed))
    return _training(model, X, y, losses.get(loss), optimizer, batches)


def _batches(n: int, batch_size: int, epochs: int, rng: random.Random) -> Iterator[tuple[int, list[int]]]:
    """(epoch, sample numbers) for every step; a full batch needs no shuffling."""
    order = list(range(n))
    for epoch in range(1, epochs + 1):
        if batch_size < n:
            rng.shuffle(order)
        for start in range(0, n, batch_size):
            yield epoch, order[start : start + batch_size]


def _training(
    model: Any, X: Any, y: Any, loss: Any, optimizer: Optimizer, batches: Iterator[tuple[int, list[int]]]
) -> Iterator[Record]:
    safe = _Checkpoint(optimizer)
    for step, (epoch, batch) in enumerate(batches, start=1):
        with safe, collector_paused():  # around the call: the graph is gone before the collector wakes
            record = _step(model, [X[i] for i in batch], [y[i] for i in batch], loss, optimizer, step, epoch, safe)
        yield record


def _step(
    model: Any, X: list[Any], y: list[Any], loss: Any, optimizer: Optimizer, step: int, epoch: int, safe: _Checkpoint
) -> Record:
    outputs = [model(x) for x in X]
    total = loss(outputs, y)
    when = f"at step {step} (epoch {epoch})"
    _require_finite(total, when, optimizer.lr)
    safe.finite = safe.before
    optimizer.zero_grad()
    total.backward()
    norm = hypot(*[p.grad for p in optimizer.parameters])
    optimizer.step()
    for p in optimizer.parameters:
        if not isfinite(p.data):
            raise NonFiniteError(
                f"parameter {p.label!r} became {p.data:g} {when}, with a gradient of {p.grad:g}. {_advice(optimizer.lr)}"
            )
    return Record(step, epoch, total.data, losses.accuracy(loss, outputs, y), norm)


class _Checkpoint:
    """Parameters and optimizer as they were before a step, put back when the step does not end.

    before: at the start of this step; finite: where the loss was last seen to be finite
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.before = self.finite = self._taken()

    def _taken(self) -> tuple[list[float], dict[str, Any]]:
        return [p.data for p in self.optimizer.parameters], self.optimizer.state_dict()

    def __enter__(self) -> None:
        self.before = self._taken()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        numbers, state = self.finite if issubclass(kind, NonFiniteError) else self.before
        for p, w in zip(self.optimizer.parameters, numbers, strict=True):
            p.data = w
        self.optimizer.load_state_dict(state)


def fit(
    model: Callable[[Any], Any], X: Sequence[Any], y: Sequence[Any], *, loss: Loss, optimizer: Optimizer | None = None,
    epochs: int = 10, batch_size: int | None = None, seed: int = 0, progress: bool = False,
    on_step: Callable[[Record], None] | None = None,
) -> Run:  # fmt: skip
    """Train to the end and collect one record a step. Arguments and errors as for ``steps``, and:

    optimizer: SGD with lr=0.1 if None
    progress:  show a bar (in a terminal or a notebook); silent if False
    on_step:   called with each record

    Ctrl-C ends the run without an error: the model is as after the last whole step, and the
    records so far come back with ``run.ended == "interrupted"``.

    >>> from nn import MLP, data
    >>> model = MLP([2, 4, 1], activation="tanh", seed=1)
    >>> run = fit(model, *data.XOR[:2], loss="logistic", optimizer=SGD(model.parameters(), lr=1.0), epochs=200)
    >>> run[-1].accuracy, run[-1].loss < 0.1
    (1.0, True)
    """
    optimizer = optimizer or SGD(model.parameters())  # type: ignore[attr-defined]
    run = Run()
    training = steps(model, X, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, seed=seed)
    bar = _progress_bar(epochs * -(-len(y) // (batch_size or len(y)))) if progress else None
    try:
        for record in training:
            run.append(record)
            if on_step is not None:
                on_step(record)
            if bar is not None:
                bar.update()
                bar.set_postfix_str(_summary(record), refresh=False)
    except KeyboardInterrupt:
        run.ended = "interrupted"
    finally:
        if bar is not None:
            bar.close()
    return run


def evaluate(model: Callable[[Any], Any], X: Sequence[Any], y: Sequence[Any], loss: Loss) -> tuple[float, float | None]:
    """(loss, accuracy) on samples that need no gradient."""
    X, y = _data(X, y)
    with collector_paused():
        outputs = [model(x) for x in X]
        return losses.get(loss)(outputs, y).data, losses.accuracy(loss, outputs, y)


def _progress_bar(total: int) -> Any:
    from tqdm.std import tqdm

    if "ipykernel" in sys.modules:
        with suppress(ImportError):  # without ipywidgets the text bar does
            import ipywidgets  # noqa: F401
            from tqdm.notebook import tqdm
    return tqdm(total=total, unit="step", dynamic_ncols=True, mininterval=0.1)


def _summary(r: Record) -> str:
    share = "" if r.accuracy is None else f", accuracy {r.accuracy:.0%}"
    return f"epoch {r.epoch}, loss {r.loss:.4f}{share}"


def _require_finite(total: Value, when: str, lr: float) -> None:
    if not isinstance(total, Value):
        raise TypeError(f"the loss must be a Value, got {type(total).__name__}: was .data used inside?")
    if isfinite(total.data):
        return
    node = first_nonfinite(total)
    assert node is not None  # the root itself is not finite
    where = " ".join(filter(None, [node.module, node.label])) or "a node without a label"
    parents = ", ".join(f"{p.data:.4g}" for p in node.parents[:4]) + (", …" if len(node.parents) > 4 else "")
    origin = f"{node.op.name}({parents}) = {node.data:g}" if node.parents else f"its value is {node.data:g}"
    raise NonFiniteError(f"the loss is {total.data:g} {when}. It began at {where}: {origin}. {_advice(lr)}")


def _advice(lr: float) -> str:
    return f"Parameters are as they were at the last finite loss. Try a smaller learning rate (lr = {lr:g}), or look for nan in the data."


def _data(X: Sequence[Any], y: Sequence[Any]) -> tuple[Any, Any]:
    X = X.tolist() if hasattr(X, "tolist") else X
    y = y.tolist() if hasattr(y, "tolist") else y
    if len(X) != len(y) or not len(y):
        raise ValueError(f"X and y need one row a sample and at least one: got {len(X)} rows of X and {len(y)} of y")
    return X, y


def _count(what: str, n: Any) -> int:
    if isinstance(n, bool) or not hasattr(n, "__index__") or n.__index__() < 1:
        raise ValueError(f"{what} is a whole number, 1 or more; got {n!r}")
    return int(n.__index__())
