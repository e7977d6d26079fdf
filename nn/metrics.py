"""How many samples are right: accuracy, predictions, the confusion matrix; and how far off a regression is.

>>> predictions([Value(-1.0), Value(2.0)])
[0, 1]
"""

from __future__ import annotations

from math import hypot, sqrt
from statistics import fmean
from typing import TYPE_CHECKING, Any

from autograd import Value
from nn.arguments import as_rows
from nn.batch import as_batch, as_row, plain_target, require_labels, single
from nn.losses import cross_entropy, get, hinge, log_loss, logistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arguments import Rows
    from nn.losses import Loss

__all__ = ["accuracy", "confusion_matrix", "predictions", "r_squared", "rmse"]


def accuracy(loss: Loss, outputs: Rows, targets: Rows) -> float | None:
    """The share of samples on the right side, as the loss sees it; None where the question makes no sense (mse).

    >>> accuracy("logistic", [Value(2.0), Value(-1.0)], [1, 1])
    0.5
    """
    loss = get(loss)
    if loss not in (logistic, hinge, cross_entropy, log_loss):
        return None
    outputs, targets = as_batch(outputs, targets)
    if loss is logistic or loss is hinge:
        middle = 0.5 if loss is logistic else 0.0
        hits = [(single(z).data > 0) == bool(y > middle) for z, y in zip(outputs, targets, strict=True)]
    elif loss is cross_entropy:
        hits = [_largest(row) == _class(y) for row, y in zip(outputs, targets, strict=True)]
    else:
        hits = [
            (single(f).data > 0.5) == (plain_target(y) > 0.5) if len(as_row(f)) == 1 else _largest(as_row(f)) == int(y)
            for f, y in zip(outputs, targets, strict=True)
        ]
    return sum(hits) / len(hits)


def _largest(row: Sequence[Value]) -> int:
    return max(range(len(row)), key=lambda k: row[k].data)


def _class(y: Any) -> int:
    shares = as_row(y)
    return int(y) if len(shares) == 1 else max(range(len(shares)), key=shares.__getitem__)


def predictions(outputs: Rows) -> list[int]:
    """The class that each output stands for: the largest of K, or f̃ > 0 for a single logit.

    >>> predictions([Value(-1.0), Value(2.0)]), predictions([[Value(0.0), Value(3.0), Value(1.0)]])
    ([0, 1], [1])
    """
    return [
        int(single(f).data > 0) if len(as_row(f)) == 1 else _largest(as_row(f)) for f in as_rows(outputs, "the outputs")
    ]


def rmse(outputs: Rows, targets: Rows) -> float:
    """Root of the mean squared error, in the units of the target: √(1/n Σ (fᵢ − yᵢ)²).

    outputs: n Values or numbers

    >>> rmse([Value(1.0), Value(5.0)], [1.0, 2.0]) == (9 / 2) ** 0.5
    True
    """
    errors = [f - y for f, y in _numbers(outputs, targets)]
    return hypot(*errors) / sqrt(len(errors))


def r_squared(outputs: Rows, targets: Rows) -> float | None:
    """The share of the targets' variance that is explained: R² = 1 − Σ (fᵢ − yᵢ)² / Σ (yᵢ − ȳ)².

    1 is a perfect fit, 0 is as good as the mean ȳ, below that is worse; None where all targets are alike.

    >>> r_squared([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), r_squared([2.0, 2.0, 2.0], [1.0, 2.0, 3.0])
    (1.0, 0.0)
    """
    pairs = _numbers(outputs, targets)
    ys = [y for _, y in pairs]
    middle = fmean(ys)
    spread = hypot(*(y - middle for y in ys))
    return 1.0 - (hypot(*(f - y for f, y in pairs)) / spread) ** 2 if spread else None


def _numbers(outputs: Rows, targets: Rows) -> list[tuple[float, float]]:
    """Output and target of each sample as plain numbers, of which each has one."""
    numbers = []
    for i, pair in enumerate(zip(*as_batch(outputs, targets), strict=True)):
        f, y = map(as_row, pair)
        if len(f) != 1 or len(y) != 1:
            raise ValueError(f"an error is of one output and one target; row {i} has {len(f)} and {len(y)}")
        numbers.append((plain_target(f[0]), plain_target(y[0])))
    return numbers


def confusion_matrix(predicted: Rows, actual: Rows, k: int) -> list[list[int]]:
    """Entry [i][j] counts samples of class i that were classified as j; the diagonal is right.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0], 2)
    [[1, 1], [0, 1]]
    """
    predicted, actual = as_batch(predicted, actual)
    for said_or_true in (predicted, actual):
        require_labels("confusion_matrix", said_or_true, set(range(k)), f"classes are whole numbers 0 … {k - 1}")
    table = [[0] * k for _ in range(k)]
    for said, true in zip(predicted, actual, strict=True):
        table[true][said] += 1
    return table
