"""Losses over a batch, from raw outputs f̃ (logits) where the loss is one of probabilities.

Each takes the outputs of n samples and their targets and gives one Value. None
knows its own gradient: ∂ℓ/∂f̃ = f − y comes out of the chain rule.

>>> f = Value(0.3)
>>> logistic([f], [1]).backward()
>>> round(f.grad, 6) == round(Value(0.3).sigmoid().data - 1, 6)
True
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

from autograd import Value, dot, logsumexp, mean
from nn.arguments import as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nn.arguments import Rows

    LossFunction = Callable[[Any, Any], Value]  # of n outputs and n targets
    Loss = str | LossFunction

__all__ = [
    "accuracy", "confusion_matrix", "cross_entropy", "get", "hinge", "log_loss", "logistic", "mse", "one_hot", "predictions", "softmax",
]  # fmt: skip


def mse(outputs: Rows, targets: Rows) -> Value:
    """Mean squared error with the lecture's half: 1/(2n) Σ (fᵢ − yᵢ)².

    outputs: n Values (or n lists of K); targets: n numbers (or n lists of K)
    Raises ValueError when the shapes differ.

    >>> mse([Value(3.0), Value(1.0)], [1.0, 1.0]).data
    1.0
    """
    _same_length(outputs, targets)
    squares = []
    for i, (fs, y) in enumerate(zip(_even_rows("mse", outputs), targets, strict=True)):
        ys = _row(y)
        if len(fs) != len(ys):
            raise ValueError(f"mse: row {i} has {len(fs)} outputs and {len(ys)} targets")
        squares.append([(fk - _target(i, yk)) ** 2 for fk, yk in zip(fs, ys, strict=True)])
    return mean([s for row in squares for s in row]) * (0.5 * len(squares[0]))


def logistic(outputs: Rows, targets: Rows) -> Value:
    """Logistic loss from logits: 1/n Σ softplus(±f̃ᵢ), with − where yᵢ = 1.

    The same as −1/n Σ [y log f + (1 − y) log(1 − f)] with f = σ(f̃), but without a log that can overflow
    and without a difference that can lose digits.

    outputs: n Values; targets: n labels, 0 or 1
    Raises ValueError for another label, naming the row and the labels seen.

    >>> round(logistic([Value(0.0)], [1]).data, 6)          # ln 2
    0.693147
    >>> logistic([Value(1000.0)], [0]).data
    1000.0
    """
    _same_length(outputs, targets)
    _labels("logistic", targets, {0, 1}, "for labels −1 and 1 use `hinge`, or map them: (y + 1) // 2")
    return mean([(z * (1.0 - 2.0 * y)).softplus() for z, y in zip(map(_single, outputs), targets, strict=True)])


def hinge(outputs: Rows, targets: Rows) -> Value:
    """Max-margin loss: 1/n Σ max(0, 1 − yᵢ f̃ᵢ).

    outputs: n Values; targets: n labels, −1 or 1
    Raises ValueError for another label.

    >>> hinge([Value(0.25), Value(3.0)], [1, 1]).data
    0.375
    """
    _same_length(outputs, targets)
    _labels("hinge", targets, {-1, 1}, "for labels 0 and 1 use `logistic`, or map them: 2 * y - 1")
    return mean([(1.0 - z * y).relu() for z, y in zip(map(_single, outputs), targets, strict=True)])


def cross_entropy(outputs: Rows, targets: Rows) -> Value:
    """Cross-entropy of softmax from logits: 1/n Σ (ln Σₖ exp f̃ᵢₖ − f̃ᵢ,ᵧᵢ).

    outputs: n lists of K Values; targets: n class numbers 0 … K−1, or n lists of K shares that sum to 1 (one-hot)
    Raises ValueError for a class that does not exist, naming the row and the classes seen.

    >>> round(cross_entropy([[Value(0.0), Value(0.0), Value(0.0)]], [2]).data, 6)          # ln 3
    1.098612
    """
    _same_length(outputs, targets)
    rows = _even_rows("cross_entropy", outputs)
    k = len(rows[0])
    if k < 2:
        raise ValueError("cross_entropy needs one output per class, at least 2; for a single output use `logistic`")
    if all(len(_row(y)) == k for y in targets):
        shares = _shares(targets)
        return mean([logsumexp(row) - dot(row, y) for row, y in zip(rows, shares, strict=True)])
    _labels("cross_entropy", targets, set(range(k)), f"classes are whole numbers 0 … {k - 1}, one output each")
    return mean([logsumexp(row) - row[int(y)] for row, y in zip(rows, targets, strict=True)])


def log_loss(probabilities: Rows, targets: Rows) -> Value:
    """The lecture's logistic loss and cross-entropy as printed, from probabilities: −1/n Σ log f at the true class.

    probabilities: n Values f (then y is 0 or 1, and the other class has 1 − f) or n lists of K Values
    Raises DomainError where a probability is not above 0: this can't happen to ``logistic`` and ``cross_entropy``.

    >>> round(log_loss([Value(0.5)], [1]).data, 6), round(log_loss([[Value(0.25), Value(0.75)]], [0]).data, 6)
    (0.693147, 1.386294)
    """
    _same_length(probabilities, targets)
    rows = _even_rows("log_loss", probabilities)
    _labels("log_loss", targets, set(range(max(2, len(rows[0])))), "classes are whole numbers, counted from 0")
    true = [(f[0] if y else 1.0 - f[0]) if len(f) == 1 else f[int(y)] for f, y in zip(rows, targets, strict=True)]
    return -mean([f.log() for f in true])


def softmax(o: Iterable[Any]) -> list[Value]:
    """Numbers as probabilities: e^oₖ / Σ e^oⱼ, as exp(oₖ − ln Σ e^oⱼ) so that nothing overflows.

    o: K Values or numbers. Two of them give the sigmoid of their difference.

    >>> [round(f.data, 4) for f in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    o = list(o) if hasattr(o, "__iter__") else o  # if not, logsumexp says what is expected
    total = logsumexp(o)
    return [(ok - total).exp() for ok in o]


def one_hot(classes: Rows, k: int) -> list[list[float]]:
    """Class numbers as rows with a single 1.

    >>> one_hot([2, 0], 3)
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    _labels("one_hot", classes, set(range(k)), f"classes are whole numbers 0 … {k - 1}")
    return [[float(j == c) for j in range(k)] for c in classes]


_BY_NAME: dict[str, LossFunction] = {
    "mse": mse,
    "logistic": logistic,
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


def accuracy(loss: Loss, outputs: Rows, targets: Rows) -> float | None:
    """The share of samples on the right side, as the loss sees it; None where the question makes no sense (mse).

    >>> accuracy("logistic", [Value(2.0), Value(-1.0)], [1, 1])
    0.5
    """
    loss = get(loss)
    if loss not in (logistic, hinge, cross_entropy, log_loss):
        return None
    _same_length(outputs, targets)
    if loss is logistic or loss is hinge:
        hits = [(_single(z).data > 0) == bool(y > 0) for z, y in zip(outputs, targets, strict=True)]
    elif loss is cross_entropy:
        hits = [_largest(row) == _class(y) for row, y in zip(outputs, targets, strict=True)]
    else:
        hits = [
            (int(_single(f).data > 0.5) if len(_row(f)) == 1 else _largest(_row(f))) == int(y)
            for f, y in zip(outputs, targets, strict=True)
        ]
    return sum(hits) / len(hits)


def _largest(row: Sequence[Value]) -> int:
    return max(range(len(row)), key=lambda k: row[k].data)


def _class(y: Any) -> int:
    shares = _row(y)
    return int(y) if len(shares) == 1 else max(range(len(shares)), key=shares.__getitem__)


def predictions(outputs: Rows) -> list[int]:
    """The class that each output stands for: the largest of K, or f̃ > 0 for a single logit.

    >>> predictions([Value(-1.0), Value(2.0)]), predictions([[Value(0.0), Value(3.0), Value(1.0)]])
    ([0, 1], [1])
    """
    return [int(_single(f).data > 0) if len(_row(f)) == 1 else _largest(_row(f)) for f in outputs]


def confusion_matrix(predicted: Rows, actual: Rows, k: int) -> list[list[int]]:
    """Entry [i][j] counts samples of class i that were classified as j; the diagonal is right.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0], 2)
    [[1, 1], [0, 1]]
    """
    _same_length(predicted, actual)
    for said_or_true in (predicted, actual):
        _labels("confusion_matrix", said_or_true, set(range(k)), f"classes are whole numbers 0 … {k - 1}")
    table = [[0] * k for _ in range(k)]
    for said, true in zip(predicted, actual, strict=True):
        table[true][said] += 1
    return table


# ── what a batch must look like ─────────────────────────────────────────────


def _same_length(outputs: Rows, targets: Rows) -> None:
    for given in (outputs, targets):
        if not hasattr(given, "__len__"):
            raise TypeError(
                f"a loss takes a list of outputs and a list of targets, one of each per sample, got {type(given).__name__}; "
                "for a single sample write [f], [y]"
            )
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(
            f"a loss needs one target per sample and at least one: got {len(outputs)} outputs and {len(targets)} targets"
        )


def _row(f: Any) -> Sequence[Any]:
    f = as_list(f)
    return f if isinstance(f, (list, tuple)) else [f]


def _even_rows(loss: str, outputs: Rows) -> list[Sequence[Any]]:
    rows = [_row(f) for f in outputs]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"{loss}: row {i} has {len(row)} outputs, row 0 has {len(rows[0])}")
    return rows


def _single(f: Any) -> Value:
    row = _row(f)
    if len(row) != 1 or not isinstance(row[0], Value):
        raise ValueError(
            f"this loss takes one output Value per sample, got {f!r}; for several classes use `cross_entropy`"
        )
    return row[0]


def _labels(loss: str, targets: Rows, allowed: set[int], hint: str) -> None:
    for i, y in enumerate(map(_plain, targets)):
        if isinstance(y, (list, tuple)) or getattr(y, "shape", ()) != ():
            raise ValueError(
                f"{loss}: the target of row {i} is {y!r}; give one label per sample (a column? use y.ravel())"
            )
        if not (isinstance(y, (int, float)) or hasattr(y, "item")) or y not in allowed:
            seen = sorted({_shown(_plain(t)) for t in targets})
            listed = ", ".join(seen[:8]) + (", …" if len(seen) > 8 else "")
            raise ValueError(f"{loss}: row {i} has the label {_shown(y)}; {hint}. Labels seen: {listed}")


def _plain(y: Any) -> Any:
    """The number of a target that is a Value: what a compiled graph takes as an input."""
    return y.data if isinstance(y, Value) else y


def _shown(y: Any) -> str:
    return repr(y.item() if hasattr(y, "item") else y)


def _shares(targets: Rows) -> list[Sequence[float]]:
    rows = [_row(y) for y in targets]
    for i, row in enumerate(rows):
        shares = [_plain(share) for share in row]
        numbers = all(isinstance(share, Real) for share in shares)
        if not numbers or not all(0.0 <= share <= 1.0 for share in shares) or abs(sum(shares) - 1.0) > 1e-9:
            raise ValueError(
                f"cross_entropy: row {i} of the targets is {row!r}; shares are between 0 and 1 and sum to 1"
            )
    return rows


def _target(i: int, y: Any) -> Any:
    if isinstance(y, (str, list, tuple)) or y is None:
        raise ValueError(f"mse: the target of row {i} is {y!r}; give a number")
    return y
