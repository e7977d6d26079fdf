"""What went wrong in a step of training, in words that say what to try."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING, Any

from autograd import Value, topological_order
from nn.arguments import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["advice", "nonfinite_sample", "require_own_parameters", "why_flat"]


def require_own_parameters(total: Value, parameters: Sequence[Value]) -> None:
    """Raises ValueError where the loss depends on none of the parameters that an optimizer steps."""
    if set(topological_order(total)).isdisjoint(parameters):
        raise ValueError(
            "the loss depends on none of the parameters that the optimizer steps: they are another model's. "
            "If the model was made anew, make the optimizer anew too, with model.parameters()"
        )


def why_flat(total: Value, when: str) -> str:
    """Which op stopped the gradient: those whose every slope is 0."""
    flat = Counter(v.op.name for v in topological_order(total) if v.parents and not any(v.local_derivatives))
    cause = ", ".join(f"{n} × {op}" for op, n in flat.most_common(3)) or "the outputs do not depend on the parameters"
    return (
        f"every gradient is exactly 0 {when}, so nothing can be learned. Flat: {cause}. "
        "A step is flat everywhere and a ReLU below 0; try sigmoid or tanh, or another initialisation."
    )


def advice(lr: float) -> str:
    """What to try when the loss or a parameter is no longer finite."""
    return f"Parameters are as they were at the last finite loss. Try a smaller learning rate (lr = {lr:g}), or look for nan in the data."


def nonfinite_sample(samples: tuple[list[Any], list[Any]], batch: Sequence[int]) -> str:
    """The first sample of a batch that holds nan or ±inf, in words; "" if there is none."""
    for i in batch:
        for what, rows in zip("Xy", samples, strict=True):
            bad = [x for x in _flat(rows[i]) if isinstance(x, float) and not isfinite(x)]
            if bad:
                return f"Look at sample {i}: {what}[{i}] holds {bad[0]:g}."
    return ""


def _flat(x: Any) -> Iterator[Any]:
    x = as_list(x)
    if isinstance(x, (list, tuple)):
        for item in x:
            yield from _flat(item)
    else:
        yield x
