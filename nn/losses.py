"""Losses over a batch, from raw outputs f̃ (logits) where the loss is one of probabilities.

Each takes the outputs of n samples and their targets and gives one Value. None
knows its own gradient: ∂ℓ/∂f̃ = f − y comes out of the chain rule.

>>> f = Value(0.3)
>>> logistic([f], [1]).backward()
>>> round(f.grad, 6) == round(Value(0.3).sigmoid().data - 1, 6)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Value, dot, logsumexp, mean, softmax
from nn.arguments import as_rows, number_in_range
from nn.batch import are_soft, as_batch, as_row, even_rows, number_target, require_labels, require_shares, single

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.arguments import Rows

    LossFunction = Callable[[Any, Any], Value]  # of n outputs and n targets
    Loss = str | LossFunction

__all__ = ["cross_entropy", "get", "hinge", "huber", "log_loss", "logistic", "mae", "mse", "one_hot", "softmax"]


def mse(outputs: Rows, targets: Rows) -> Value:
    """Mean squared error with the lecture's half: 1/(2n) Σ (fᵢ − yᵢ)².

    outputs: n Values (or n lists of K); targets: n numbers (or n lists of K)
    Raises ValueError when the shapes differ.

    >>> mse([Value(3.0), Value(1.0)], [1.0, 1.0]).data
    1.0
    """
    errors = _errors("mse", outputs, targets)
    return mean([e**2 for row in errors for e in row]) * (0.5 * len(errors[0]))


def mae(outputs: Rows, targets: Rows) -> Value:
    """Mean absolute error: 1/n Σ |fᵢ − yᵢ|, which an outlier moves no more than any other sample.

    outputs: n Values (or n lists of K, whose errors are added); targets: n numbers (or n lists of K)
    Raises ValueError when the shapes differ.

    >>> mae([Value(3.0), Value(1.0)], [1.0, 1.5]).data
    1.25
    """
    errors = _errors("mae", outputs, targets)
    return _mean_over_samples([[abs(e) for e in row] for row in errors])


def huber(outputs: Rows, targets: Rows, *, delta: float = 1.0) -> Value:
    """Huber's loss (1964): e²/2 for errors |e| ≤ δ, beyond that the tangent, δ (|e| − δ/2): 1/n Σ of it.

    outputs: n Values (or n lists of K, whose losses are added); targets: n numbers (or n lists of K); delta: δ > 0
    Raises ValueError when the shapes differ, or for another δ.

    >>> huber([Value(3.0), Value(1.0)], [1.0, 1.5]).data                                   # (1.5 + 0.125) / 2
    0.8125
    """
    delta = number_in_range("delta", delta, open_below=True)
    clipped = [[(e, e.clip(low=-delta, high=delta)) for e in row] for row in _errors("huber", outputs, targets)]
    return _mean_over_samples([[c * (e - 0.5 * c) for e, c in row] for row in clipped])


def _errors(loss: str, outputs: Rows, targets: Rows) -> list[list[Value]]:
    """Output − target, for each sample and each of its outputs."""
    outputs, targets = as_batch(outputs, targets)
    errors = []
    for i, (fs, y) in enumerate(zip(even_rows(loss, outputs), targets, strict=True)):
        ys = as_row(y)
        if len(fs) != len(ys):
            raise ValueError(f"{loss}: row {i} has {len(fs)} outputs and {len(ys)} targets")
        errors.append([fk - number_target(loss, i, yk) for fk, yk in zip(fs, ys, strict=True)])
    return errors


def _mean_over_samples(rows: list[list[Value]]) -> Value:
    each = mean([x for row in rows for x in row])
    return each if len(rows[0]) == 1 else each * len(rows[0])


def logistic(outputs: Rows, targets: Rows) -> Value:
    """Logistic loss from logits: 1/n Σ softplus(±f̃ᵢ), with − where yᵢ = 1.

    The same as −1/n Σ [y log f + (1 − y) log(1 − f)] with f = σ(f̃), but without a log that can overflow
    and without a difference that can lose digits.

    outputs: n Values; targets: n labels, 0 or 1, or shares between them (soft labels: 0.9 is class 1 to nine tenths)
    Raises ValueError for another label, naming the row and the labels seen.

    >>> round(logistic([Value(0.0)], [1]).data, 6), round(logistic([Value(0.0)], [0.9]).data, 6)          # ln 2
    (0.693147, 0.693147)
    >>> logistic([Value(1000.0)], [0]).data
    1000.0
    """
    outputs, targets = as_batch(outputs, targets)
    if are_soft(targets):
        return _soft_logistic(outputs, targets)
    require_labels("logistic", targets, {0, 1}, "for labels −1 and 1 use `hinge`, or map them: (y + 1) // 2")
    return mean([(z * (1.0 - 2.0 * y)).softplus() for z, y in zip(map(single, outputs), targets, strict=True)])


def _soft_logistic(outputs: Rows, targets: Rows) -> Value:
    """1/n Σ (y softplus(−f̃) + (1 − y) softplus(f̃)): for labels 0 and 1 the same, in more steps."""
    outputs, targets = as_batch(outputs, targets)
    pairs = zip(map(single, outputs), targets, strict=True)
    return mean([y * (-z).softplus() + (1.0 - y) * z.softplus() for z, y in pairs])


def for_targets(loss: LossFunction, targets: list[Any]) -> LossFunction:
    """The loss as one graph for all of these targets: the logistic loss has another one for soft labels."""
    return _soft_logistic if loss is logistic and are_soft(targets) else loss


def hinge(outputs: Rows, targets: Rows) -> Value:
    """Max-margin loss: 1/n Σ max(0, 1 − yᵢ f̃ᵢ).

    outputs: n Values; targets: n labels, −1 or 1
    Raises ValueError for another label.

    >>> hinge([Value(0.25), Value(3.0)], [1, 1]).data
    0.375
    """
    outputs, targets = as_batch(outputs, targets)
    require_labels("hinge", targets, {-1, 1}, "for labels 0 and 1 use `logistic`, or map them: 2 * y - 1")
    return mean([(1.0 - z * y).relu() for z, y in zip(map(single, outputs), targets, strict=True)])


def cross_entropy(outputs: Rows, targets: Rows) -> Value:
    """Cross-entropy of softmax from logits: 1/n Σ (ln Σₖ exp f̃ᵢₖ − f̃ᵢ,ᵧᵢ).

    outputs: n lists of K Values; targets: n class numbers 0 … K−1, or n lists of K shares that sum to 1 (one-hot)
    Raises ValueError for a class that does not exist, naming the row and the classes seen.

    >>> round(cross_entropy([[Value(0.0), Value(0.0), Value(0.0)]], [2]).data, 6)          # ln 3
    1.098612
    """
    outputs, targets = as_batch(outputs, targets)
    rows = even_rows("cross_entropy", outputs)
    k = len(rows[0])
    if k < 2:
        raise ValueError("cross_entropy needs one output per class, at least 2; for a single output use `logistic`")
    if all(len(as_row(y)) == k for y in targets):
        shares = require_shares(targets)
        return mean([logsumexp(row) - dot(row, y) for row, y in zip(rows, shares, strict=True)])
    require_labels("cross_entropy", targets, set(range(k)), f"classes are whole numbers 0 … {k - 1}, one output each")
    return mean([logsumexp(row) - row[int(y)] for row, y in zip(rows, targets, strict=True)])


def log_loss(probabilities: Rows, targets: Rows) -> Value:
    """The lecture's logistic loss and cross-entropy as printed, from probabilities: −1/n Σ log f at the true class.

    probabilities: n Values f (then y is 0 or 1, or a share between them, and the other class has 1 − f) or n lists of K Values
    Raises DomainError where a probability is not above 0: this can't happen to ``logistic`` and ``cross_entropy``.

    >>> round(log_loss([Value(0.5)], [1]).data, 6), round(log_loss([[Value(0.25), Value(0.75)]], [0]).data, 6)
    (0.693147, 1.386294)
    """
    probabilities, targets = as_batch(probabilities, targets)
    rows = even_rows("log_loss", probabilities)
    if len(rows[0]) == 1 and are_soft(targets):
        return -mean([y * f.log() + (1.0 - y) * (1.0 - f).log() for (f,), y in zip(rows, targets, strict=True)])
    require_labels("log_loss", targets, set(range(max(2, len(rows[0])))), "classes are whole numbers, counted from 0")
    true = [(f[0] if y else 1.0 - f[0]) if len(f) == 1 else f[int(y)] for f, y in zip(rows, targets, strict=True)]
    return -mean([f.log() for f in true])


def one_hot(classes: Rows, k: int) -> list[list[float]]:
    """Class numbers as rows with a single 1.

    >>> one_hot([2, 0], 3)
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    classes = as_rows(classes, "the classes")
    require_labels("one_hot", classes, set(range(k)), f"classes are whole numbers 0 … {k - 1}")
    return [[float(j == c) for j in range(k)] for c in classes]


def targets_as_numbers(loss: LossFunction, y: list[Any], k: int) -> list[Any]:
    """Targets of a model with k outputs as a graph can take them: the classes of a cross-entropy as one-hot rows.

    >>> targets_as_numbers(cross_entropy, [1, 0], 2), targets_as_numbers(mse, [1, 0], 1)
    ([[0.0, 1.0], [1.0, 0.0]], [1, 0])
    """
    return one_hot(y, k) if loss is cross_entropy and not isinstance(y[0], (list, tuple)) else y


_BY_NAME: dict[str, LossFunction] = {
    "mse": mse,
    "logistic": logistic,
    "mae": mae,
    "huber": huber,
    "hinge": hinge,
    "cross_entropy": cross_entropy,
    "log_loss": log_loss,
}


def get(loss: Loss) -> LossFunction:
    """The loss of that name, or the function itself. Raises ValueError for an unknown name."""
    if callable(loss):
        return loss
    if loss not in _BY_NAME:
        raise ValueError(f"no loss is called {loss!r}; there are {', '.join(_BY_NAME)}")
    return _BY_NAME[loss]
