"""What a batch must look like: as many outputs as targets, rows of one length, labels that exist."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

from autograd import Value
from nn.arguments import as_list, as_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.arguments import Rows

__all__ = [
    "are_soft",
    "as_batch",
    "as_row",
    "even_rows",
    "number_target",
    "plain_target",
    "require_labels",
    "require_shares",
    "single",
]


def as_batch(outputs: Rows, targets: Rows) -> tuple[list[Any], list[Any]]:
    """Outputs and targets as lists. Raises ValueError unless there is one target per output and at least one, TypeError
    for what is no list.
    """
    try:
        rows, wanted = as_rows(outputs, "the outputs"), as_rows(targets, "the targets")
    except TypeError as error:
        raise TypeError(
            f"a loss takes a list of outputs and a list of targets, one of each per sample; for a single sample write [f], [y]: {error}"
        ) from None
    if len(rows) != len(wanted) or not rows:
        raise ValueError(
            f"a loss needs one target per sample and at least one: got {len(rows)} outputs and {len(wanted)} targets"
        )
    return rows, wanted


def as_row(f: Any) -> Sequence[Any]:
    """The outputs or the target of one sample as a list, a single one too."""
    f = as_list(f)
    return f if isinstance(f, (list, tuple)) else [f]


def even_rows(loss: str, outputs: list[Any]) -> list[Sequence[Any]]:
    """Each sample's outputs as a list. Raises ValueError naming the first row of another length."""
    rows = [as_row(f) for f in outputs]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"{loss}: row {i} has {len(row)} outputs, row 0 has {len(rows[0])}")
    return rows


def single(f: Any) -> Value:
    """The one output of a sample. Raises ValueError for several, and for what is not a Value."""
    row = as_row(f)
    if len(row) != 1 or not isinstance(row[0], Value):
        raise ValueError(
            f"this loss takes one output Value per sample, got {f!r}; for several classes use `cross_entropy`"
        )
    return row[0]


def require_labels(loss: str, targets: list[Any], allowed: set[int], hint: str) -> None:
    """Raises ValueError naming the first row whose label is not allowed, and the labels seen."""
    for i, y in enumerate(map(plain_target, targets)):
        if isinstance(y, (list, tuple)) or getattr(y, "shape", ()) != ():
            raise ValueError(
                f"{loss}: the target of row {i} is {y!r}; give one label per sample (a column? use y.ravel())"
            )
        if not (isinstance(y, (int, float)) or hasattr(y, "item")) or y not in allowed:
            seen = sorted({_shown(plain_target(t)) for t in targets})
            listed = ", ".join(seen[:8]) + (", …" if len(seen) > 8 else "")
            raise ValueError(f"{loss}: row {i} has the label {_shown(y)}; {hint}. Labels seen: {listed}")


def are_soft(targets: list[Any]) -> bool:
    """Are these labels of two classes, 0 to 1, and some of them shares strictly between?

    >>> are_soft([0, 0.9]), are_soft([0, 1]), are_soft([0.5, 2])
    (True, False, False)
    """
    numbers = [plain_target(y) for y in targets]
    shares = all(isinstance(y, Real) and 0.0 <= float(y) <= 1.0 for y in numbers)
    return shares and any(0.0 < float(y) < 1.0 for y in numbers)


def plain_target(y: Any) -> Any:
    """The number of a target that is a Value: what a compiled graph takes as an input."""
    return y.data if isinstance(y, Value) else y


def _shown(y: Any) -> str:
    return repr(y.item() if hasattr(y, "item") else y)


def require_shares(targets: list[Any]) -> list[Sequence[float]]:
    """The targets as rows. Raises ValueError for a row that is not a list of shares, each in [0, 1], that sum to 1."""
    rows = [as_row(y) for y in targets]
    for i, row in enumerate(rows):
        shares = [plain_target(share) for share in row]
        numbers = all(isinstance(share, Real) for share in shares)
        if not numbers or not all(0.0 <= share <= 1.0 for share in shares) or abs(sum(shares) - 1.0) > 1e-6:
            raise ValueError(
                f"cross_entropy: row {i} of the targets is {row!r}; shares are between 0 and 1 and sum to 1"
            )
    return rows


def number_target(loss: str, i: int, y: Any) -> Any:
    """The target of a row of a regression. Raises ValueError for text, lists and None."""
    if isinstance(y, (str, list, tuple)) or y is None:
        raise ValueError(f"{loss}: the target of row {i} is {y!r}; give a number")
    return y
