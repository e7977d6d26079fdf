"""Samples that the inputs of a graph can hold, so that a page can show one after another, or train on all."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from autograd.operands import as_float
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_samples"]

MOST = 50_000  # numbers in a page
USAGE = "samples is (inputs, X, y): the Values that hold a sample and its target, and per sample a row of X and a target in y"


def read_samples(samples: Any, index: Mapping[Value, int]) -> dict[str, Any]:
    """What was given as ``samples``, for the graph with these nodes: the indices of ``inputs``, and ``rows`` of their numbers.

    samples: (inputs, X, y), or None
    Raises TypeError for what is not (inputs, X, y), ValueError where they do not fit each other or the graph.

    >>> x, y = Value(1.0), Value(0.0)
    >>> read_samples(([x, y], [[2.0], [3.0]], [0, 1]), {x: 0, y: 1})
    {'inputs': [0, 1], 'rows': [[2.0, 0.0], [3.0, 1.0]]}
    """
    if samples is None:
        return {}
    if not isinstance(samples, (tuple, list)) or len(samples) != 3:
        raise TypeError(f"{USAGE}; got {samples!r:.60}")
    inputs, X, y = (list(part) if hasattr(part, "__iter__") else None for part in samples)
    if inputs is None or X is None or y is None or not all(isinstance(v, Value) for v in inputs):
        raise TypeError(USAGE)
    if len(X) != len(y) or not X:
        raise ValueError(f"samples need a target each, and there must be one: got {len(X)} rows of X and {len(y)} in y")
    for i, v in enumerate(inputs):
        if v not in index or v.parents:
            what = "was computed, and only a leaf holds a number" if v.parents else "is not part of the graph"
            raise ValueError(f"input {i} of samples, {v.label or v.data!r}, {what}; did a call make its own Values?")
    rows = [[*_numbers(x, i), *_numbers(target, i)] for i, (x, target) in enumerate(zip(X, y, strict=True))]
    for i, row in enumerate(rows):
        if len(row) != len(inputs):
            raise ValueError(
                f"sample {i} has {len(row)} numbers with its target, and there are {len(inputs)} inputs: "
                "the last of these hold the target, so the loss must be computed from a Value for it"
            )
    if len(rows) * len(inputs) > MOST:
        raise ValueError(
            f"a page takes samples of {MOST:,} numbers, these have {len(rows) * len(inputs):,}: give fewer"
        )
    return {"inputs": [index[v] for v in inputs], "rows": rows}


def _numbers(row: Any, i: int) -> list[float]:
    numbers = [as_float(x) for x in (row if hasattr(row, "__iter__") else [row])]
    if not all(map(isfinite, numbers)):
        raise ValueError(f"sample {i} has a number that is not finite: {numbers}")
    return numbers
