"""A network's loss on one sample of some data, to step through and to train in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Value
from nn import losses
from nn.arguments import as_samples
from nn.batch import as_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.arguments import Rows
    from nn.losses import Loss

__all__ = ["player", "target_leaves"]


def player(
    model: Callable[[Any], Any], X: Rows, y: Rows | None = None, *, loss: Loss, sample: int = 0, **options: Any
) -> Any:
    """The player of a model's loss on a sample, in which the others can be chosen, and all be trained on.

    model, X, y, loss: as for ``fit``; a target becomes a leaf like any input, a class of a cross-entropy the one-hot row
    sample:            which one the graph is built of
    options:           what ``autograd.step`` takes: ``update=Adam(…)``, ``notes``, ``live``

    Raises ValueError for data that do not fit, IndexError for a sample that does not exist.

    >>> from nn import MLP, data
    >>> player(MLP([2, 2, 1], seed=0), *data.XOR[:2], loss="logistic")
    <Player of 24 nodes in 49 steps; show it in a notebook, or .save("lesson.html")>
    """
    from autograd import step  # pictures load when one is asked for, not with nn

    loss = losses.get(loss)
    X, y = as_samples(X, y)
    x = [Value(number, label=f"x[{j}]") for j, number in enumerate(X[sample])]
    outputs = model(x)
    targets = losses.targets_as_numbers(loss, y, len(as_row(outputs)))
    target = target_leaves(as_row(targets[sample]))
    L = losses.for_targets(loss, y)([outputs], [target if len(target) > 1 else target[0]])
    L.label = "L"
    return step(L, samples=([*x, *target], X, targets), **options)


def target_leaves(numbers: Sequence[float]) -> list[Value]:
    """A leaf for each number of a target: y, or y[0], y[1], …

    >>> target_leaves([0.0, 1.0])[1].label
    'y[1]'
    """
    return [Value(t, label=f"y[{k}]" if len(numbers) > 1 else "y") for k, t in enumerate(numbers)]
