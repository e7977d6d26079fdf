"""Training: forward, backward, step; one record per step.

for X, y in batches:  loss(model(X), y).backward();  optimizer.step()
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from math import hypot, inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack

from autograd import NonFiniteError, collector_paused, nonfinite_origin
from nn import losses, metrics
from nn.arguments import Rows, as_samples, generator, number_in_range, whole_number
from nn.diagnosis import advice, nonfinite_sample, require_own_parameters, why_flat
from nn.engine import Penalized, choose
from nn.module import Module
from nn.optim import SGD, Optimizer, clip_gradients
from nn.progress import ProgressBar
from nn.rollback import State

if TYPE_CHECKING:
    from nn.engine import Engine
    from nn.losses import Loss, LossFunction
    from nn.optim import Schedule

__all__ = ["FlatGradientWarning", "Record", "Run", "evaluate", "fit", "steps"]


class Record(NamedTuple):
    """One step: the batch's loss and accuracy (None for regression) before the update, ‖∇L‖, the rate, and,
    at the end of an epoch, loss and accuracy on the validation samples if there are any.
    """

    step: int
    epoch: int
    loss: float
    accuracy: float | None
    gradient_norm: float
    lr: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None


class Run(list[Record]):
    """The records of a training run.

    ended:  why it ended: "done", "interrupted" or "stopped early"
    engine: "compiled", or "graph" with the reason for it
    """

    ended = "done"
    engine = "graph"


class FlatGradientWarning(UserWarning):
    """Every gradient is exactly 0, so that nothing can be learned; the text says which op is flat."""


Samples = tuple[list[Any], list[Any]]


class Settings(TypedDict, total=False):
    """The arguments of ``steps`` that ``fit`` passes to it unchanged."""

    seed: int
    start: int
    schedule: Schedule | None
    clip_norm: float | None
    l1: float
    l2: float
    validation: tuple[Rows, Rows, *tuple[Any, ...]] | Rows | None
    engine: str | Engine


def steps(
    model: Callable[[Any], Any], X: Rows, y: Rows | None = None, *, loss: Loss, optimizer: Optimizer,
    epochs: int = 10, batch_size: int | None = None, seed: int = 0, start: int = 0, schedule: Schedule | None = None,
    clip_norm: float | None = None, l1: float = 0.0, l2: float = 0.0,
    validation: tuple[Rows, Rows, *tuple[Any, ...]] | Rows | None = None, engine: str | Engine = "auto",
) -> Training:  # fmt: skip
    """Train, yielding one record per step; stop whenever you like.

    model:      maps one sample to one Value or a list of them
    X, y:       n samples and their targets: lists, arrays, tables, tensors; y may be left out where X holds both
                (a data set of ``nn.data``, pairs (x, y), a dataset of PyTorch)
    loss:       a name ("mse", "mae", "huber", "logistic", "hinge", "cross_entropy") or a function of outputs and targets
    batch_size: samples per step; None, or more than there are, for all of them (full batch)
    seed:       of the shuffling of the samples in each epoch; the same seed, the same order
    start:      steps taken before, by a run that is now resumed: as many batches are skipped
    schedule:   the learning rate as a function of the step 1, 2, …; None leaves ``optimizer.lr`` alone
    clip_norm:  the largest ‖∇L‖ that may pass (see ``clip_gradients``)
    l1, l2:     λ of a penalty on the optimizer's parameters, which is added to the loss: l1 Σ |p| + l2/2 Σ p²
    validation: (X, y) that are not trained on, evaluated at the end of each epoch, without the penalty
    engine:     "graph" builds every batch's scalar graph; "compiled" compiles one sample's graph and runs it on arrays
                (every sample must have the same graph); "auto" compiles a Module if that gives the graph's loss, and
                otherwise says why not in the log of nn.engine. Results agree up to rounding.

    A step that does not end leaves nothing half done: parameters and optimizer go back to where they were before it;
    if the loss was no longer finite, to where it last was.

    Raises NonFiniteError naming the step and the node where the first nan or inf arose; ValueError for data that do not
    fit; TypeError for an optimizer or a schedule that is not one.
    Warns with FlatGradientWarning when every gradient is exactly 0.
    """
    X, y = as_samples(X, y)
    batch_size = len(y) if batch_size is None else whole_number("batch_size", batch_size)
    if clip_norm is not None:
        number_in_range("clip_norm", clip_norm)
    start = whole_number("start", start, at_least=0)
    batches = _batches(len(y), batch_size, whole_number("epochs", epochs), generator(seed))
    loss = losses.get(loss)
    _require_optimizer(optimizer)
    if schedule is not None and not callable(schedule):
        raise TypeError(
            f"schedule is a function of the step 1, 2, … that gives the rate, such as cosine(0.1, steps=100); got {schedule!r}"
        )
    held_out = _samples(validation)
    alone = choose(engine, model, X, y, loss)
    if isinstance(model, Module) and set(model.parameters()).isdisjoint(optimizer.parameters):
        require_own_parameters(loss([model(X[0])], y[:1]), optimizer.parameters)
    has_penalty = number_in_range("l1", l1) + number_in_range("l2", l2) > 0.0
    passes = Penalized(alone, optimizer.parameters, l1, l2) if has_penalty else alone
    upcoming = islice(enumerate(batches, start=1), start, None)
    return Training(model, (X, y), passes, loss, optimizer, schedule, clip_norm, held_out, upcoming)


class _Batch(NamedTuple):
    epoch: int
    samples: list[int]
    ends_epoch: bool


def _batches(n: int, batch_size: int, epochs: int, rng: random.Random) -> Iterator[_Batch]:
    """The sample numbers of every step; a full batch needs no shuffling."""
    order = list(range(n))
    for epoch in range(1, epochs + 1):
        if batch_size < n:
            rng.shuffle(order)
        for start in range(0, n, batch_size):
            yield _Batch(epoch, order[start : start + batch_size], start + batch_size >= n)


def _size(step: int, n: int, batch_size: int | None) -> int:
    """The number of samples in the batch of step 1, 2, …; the last batch of an epoch takes what is left."""
    size = min(batch_size or n, n)
    place = (step - 1) % -(-n // size)
    return min(size, n - place * size)


class Training(Iterator[Record]):
    """A run under way: each ``next`` takes a step and gives its record.

    before: where it was before the step that was last begun
    finite: where the loss was last seen to be finite
    """

    def __init__(
        self, model: Callable[[Any], Any], samples: Samples, passes: Engine | Penalized, loss: LossFunction, optimizer: Optimizer,
        schedule: Schedule | None, clip_norm: float | None, validation: Samples | None,
        batches: Iterator[tuple[int, _Batch]],
    ) -> None:  # fmt: skip
        self.model, self.samples, self.passes, self.loss = model, samples, passes, loss
        self.optimizer, self.schedule, self.clip_norm = optimizer, schedule, clip_norm
        self.validation, self.batches = validation, batches
        self.warned = False  # of a flat gradient, once per run
        self.before = self.finite = State.of(optimizer)

    def __next__(self) -> Record:
        step, batch = next(self.batches)
        with self._whole(step), collector_paused():  # around the calls: the graph is gone before the collector wakes
            record = self._take_step(step, batch)
            if batch.ends_epoch and self.validation:
                loss, accuracy = evaluate(self.model, *self.validation, self.loss)
                record = record._replace(validation_loss=loss, validation_accuracy=accuracy)
        return record

    def close(self) -> None:
        """Take no more steps."""
        self.batches = iter(())

    @contextmanager
    def _whole(self, step: int) -> Iterator[None]:
        """A step inside that does not end is taken back."""
        self.before = State.of(self.optimizer, step - 1)
        try:
            yield
        except NonFiniteError:
            self.finite.put_back()
            raise
        except BaseException:  # Ctrl-C too
            self.before.put_back()
            raise

    def take_back_beyond(self, run: Run) -> None:
        """Take back the step that was last begun if the run does not have its record."""
        if not run or run[-1].step <= self.before.step:
            self.before.put_back()

    def _take_step(self, step: int, batch: _Batch) -> Record:
        """Forward, backward, update."""
        optimizer, when = self.optimizer, f"at step {step} (epoch {batch.epoch})"
        if self.schedule is not None:
            optimizer.lr = number_in_range(f"the schedule's learning rate {when}", self.schedule(step))
        forward = self.passes.forward(batch.samples)
        if not isfinite(forward.loss):
            began, where = nonfinite_origin(forward.graph()), nonfinite_sample(self.samples, batch.samples)
            raise NonFiniteError(
                f"the loss is {forward.loss:g} {when}. It began at {began}. {where or advice(optimizer.lr)}"
            )
        self.finite = self.before
        optimizer.zero_grad()
        forward.backward()
        norm = hypot(*[p.grad for p in optimizer.parameters])
        if norm == 0.0 and forward.loss != 0.0 and not self.warned:
            require_own_parameters(forward.graph(), optimizer.parameters)
            self.warned = True
            warnings.warn(why_flat(forward.graph(), when), FlatGradientWarning, stacklevel=4)
        if self.clip_norm is not None:
            clip_gradients(optimizer.parameters, self.clip_norm)
        optimizer.step()
        _require_finite_parameters(optimizer, when)
        return Record(step, batch.epoch, forward.loss, forward.accuracy, norm, optimizer.lr)


def fit(
    model: Module, X: Rows, y: Rows | None = None, *, loss: Loss, optimizer: Optimizer | None = None,
    epochs: int = 10, batch_size: int | None = None, progress: bool = False,
    on_step: Callable[[Record], None] | None = None, patience: int | None = None, **settings: Unpack[Settings],
) -> Run:  # fmt: skip
    """Train to the end and collect one record per step. Arguments and errors as for ``steps``, and:

    optimizer: SGD with lr=0.1 if None
    progress:  show a bar (in a terminal or a notebook); silent if False
    on_step:   called with each record
    patience:  stop after this many epochs without a better validation loss, with the parameters of the best
               epoch (needs ``validation``)

    Ctrl-C ends the run without an error, wherever it comes: the records so far are returned with
    ``run.ended == "interrupted"``, and model and optimizer are as after the last of these steps. (A step that was under
    way is taken back, with the validation samples that belong to it.)

    >>> from nn import MLP, data
    >>> model = MLP([2, 4, 1], activation="tanh", seed=1)
    >>> run = fit(model, *data.XOR[:2], loss="logistic", optimizer=SGD(model.parameters(), lr=1.0), epochs=200)
    >>> run[-1].accuracy, run[-1].loss < 0.1
    (1.0, True)
    """
    run, bar, training, best = Run(), ProgressBar(), None, None
    run.ended = "interrupted"  # until it ends otherwise
    try:
        try:
            _require_known(settings)
            optimizer = SGD(model.parameters()) if optimizer is None else optimizer
            _require_optimizer(optimizer)
            best = _Best(optimizer, patience, settings.get("validation"))
            X, y = as_samples(X, y)
            training = steps(
                model, X, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, **settings
            )
            if progress:
                bar.show(epochs * -(-len(y) // (batch_size or len(y))), done=settings.get("start", 0))
            for record in training:
                run.append(record)  # from here on the step is whole
                if on_step is not None:
                    on_step(record)
                bar.update(record.epoch, _size(record.step, len(y), batch_size), record.loss, record.accuracy)
                if best.is_overdue(record):
                    run.ended = "stopped early"
                    break
            else:
                run.ended = "done"
        finally:
            bar.close()
        return _settled(run, training, best)
    except KeyboardInterrupt:
        bar.close()
        return _settled(run, training, best)


def _require_known(settings: Settings) -> None:
    unknown = [name for name in settings if name not in Settings.__annotations__]
    if unknown:
        hint = ": give optimizer=SGD(model.parameters(), lr=…)" if unknown == ["lr"] else ""
        raise TypeError(f"fit takes no {', '.join(unknown)}{hint}; besides its own, it takes what steps takes")


def _settled(run: Run, training: Training | None, best: _Best | None) -> Run:
    """The run, and the model as its last record or, if it ended by itself, its best epoch left it.

    To be called once more where Ctrl-C comes in between.
    """
    if training is not None and best is not None:
        run.engine = training.passes.name
        if run.ended == "interrupted":
            training.take_back_beyond(run)
        else:
            best.restore()
    return run


class _Best:
    """Early stopping: the parameters of the epoch with the lowest validation loss, and how long ago that was."""

    def __init__(self, optimizer: Optimizer, patience: int | None, validation: object) -> None:
        if patience is not None and validation is None:
            raise ValueError("patience waits for a better validation loss: give validation=(X, y)")
        self.patience = None if patience is None else whole_number("patience", patience)
        self.parameters = optimizer.parameters
        self.loss, self.epochs_since = inf, 0
        self.numbers: list[float] | None = None

    def is_overdue(self, record: Record) -> bool:
        """Note an epoch's validation loss; has there been no better one for too long?"""
        if self.patience is None or record.validation_loss is None:
            return False
        self.epochs_since += 1
        if record.validation_loss < self.loss:
            self.loss, self.epochs_since, self.numbers = record.validation_loss, 0, [p.data for p in self.parameters]
        return self.epochs_since >= self.patience

    def restore(self) -> None:
        if self.numbers is not None:
            for p, w in zip(self.parameters, self.numbers, strict=True):
                p.data = w


def evaluate(model: Callable[[Any], Any], X: Rows, y: Rows, loss: Loss) -> tuple[float, float | None]:
    """Loss and accuracy on samples, without gradients."""
    X, y = as_samples(X, y)
    with collector_paused():
        outputs = [model(x) for x in X]
        return losses.get(loss)(outputs, y).data, metrics.accuracy(loss, outputs, y)


def _require_finite_parameters(optimizer: Optimizer, when: str) -> None:
    for p in optimizer.parameters:
        if not isfinite(p.data):
            raise NonFiniteError(
                f"parameter {p.label!r} became {p.data:g} {when}, with a gradient of {p.grad:g}. {advice(optimizer.lr)}"
            )


def _samples(validation: Any) -> Samples | None:
    """Validation samples and targets; a data set of ``nn.data`` begins with such a pair."""
    if validation is None:
        return None
    try:
        return as_samples(validation)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"validation is a pair (X, y), samples and their targets; got {validation!r:.80}: {error}"
        ) from None


def _require_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer is an object such as SGD(model.parameters(), lr=0.1), got {optimizer!r}")
