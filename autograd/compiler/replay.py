"""When a program meets a number that is not finite, the scalar graph is computed again and says where it began."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.backprop import topological_order
from autograd.contexts import inside_ieee
from autograd.errors import NonFiniteError
from autograd.nonfinite import nonfinite_origin
from autograd.value import Value, apply

if TYPE_CHECKING:
    from autograd.compiler.signature import Signature

__all__ = ["Alarm", "Replay"]


class Alarm:
    """Goes off when NumPy meets log(0) or 0/0: a domain may have been left, even if the loss is finite.

    raised: did it go off in this call?
    """

    raised = False

    def __call__(self, what: str, flag: int) -> None:
        """What NumPy calls."""
        self.raised = True


class Replay:
    """The graph that a program was compiled from, to be computed with the numbers of a call."""

    def __init__(self, loss: Value, signature: Signature, dtype: Any) -> None:
        self.loss, self.signature, self.dtype = loss, signature, dtype

    def run(self, with_gradient: bool, theta: Any, arguments: list[Any]) -> tuple[float, Any]:
        """(loss, flat gradient or None), sample by sample.

        Raises DomainError or NonFiniteError, naming the sample and the node. Otherwise the graph knows better than
        the program, whose padding met a bad number.
        """
        parameters = self.signature.parameters.values
        numbers = dict(zip(parameters, np.asarray(theta, dtype=float).tolist(), strict=True))
        samples = zip(*(a.reshape(len(a), -1).tolist() for a in arguments), strict=True) if arguments else [()]
        values, gradients = [], []
        for i, sample in enumerate(samples):
            for (leaves, _), row in zip(self.signature.inputs, sample, strict=True):
                numbers.update(zip(leaves, row, strict=True))
            root, copies = recomputed(self.loss, numbers)
            if not math.isfinite(root.data) and not inside_ieee():
                where = f" of sample {i}" if arguments else ""
                raise NonFiniteError(f"the loss{where} is {root.data:g}. It began at {nonfinite_origin(root)}.")
            root.backward()
            values.append(root.data)
            gradients.append([copies[p].grad for p in parameters])
        mean = np.mean(gradients, axis=0, dtype=self.dtype) if with_gradient else None
        if mean is not None and not inside_ieee() and not np.isfinite(mean).all():
            raise NonFiniteError("the loss is finite, its gradient is not: a slope overflowed, or met 0 · ∞")
        return float(np.mean(values)), mean


def recomputed(root: Value, numbers: dict[Value, float]) -> tuple[Value, dict[Value, Value]]:
    """The same graph from other numbers, and its nodes by the old ones."""
    copies: dict[Value, Value] = {}
    for node in topological_order(root):
        if node.parents:
            copy = apply(node.op, *(copies[p] for p in node.parents))
        else:
            copy = Value(numbers.get(node, node.data))
        copy.label, copy.module = node.label, node.module
        copies[node] = copy
    return copies[root], copies
