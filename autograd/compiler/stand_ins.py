"""What a compiled function is traced with: leaves in place of the numbers and Values that it was called with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.arguments import Traversal
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.arguments import Arguments

__all__ = ["StandIns"]


class StandIns(Traversal):
    """Arguments to trace with: new leaves in place of numbers and Values, one row in place of all samples.

    A module's Values can't be replaced, so they stand for themselves.
    """

    def __init__(self, arguments: Arguments, row: int) -> None:
        self._own: dict[Value, Value] = {v: v for v in arguments.of_modules}
        self.data: list[Value] = []
        self.samples: dict[str, list[Value]] = {}
        self.arguments: dict[str, Any] = {}
        for name, x in arguments.arguments.items():
            if name in arguments.samples:
                a = np.asarray(arguments.samples[name][row], dtype=float)
                self.samples[name], self.arguments[name] = _leaves(name, a)
            else:
                self.arguments[name] = self.argument(name, x)
        self.parameters = [self._own[v] for v in arguments.parameters]

    def known(self) -> list[Value]:
        """All leaves whose numbers may vary from call to call, in order."""
        return [*self.parameters, *self.data, *(v for group in self.samples.values() for v in group)]

    def values(self, path: str, row: Sequence[Value]) -> list[Any]:
        """A leaf for each distinct Value."""
        return [self._stand_in(v, f"{path}[{j}]") for j, v in enumerate(row)]

    def value(self, path: str, v: Value) -> Any:
        """A leaf for a Value."""
        return self._stand_in(v, path)

    def _stand_in(self, v: Value, path: str) -> Value:
        if v not in self._own:
            label = v.label or path.rpartition("['")[2].replace("']", "")  # params['W'][0] is called W[0]
            self._own[v] = Value(v.data, label=label, kind="parameter")
        return self._own[v]

    def array(self, path: str, a: np.ndarray[Any, Any]) -> Any:
        """A leaf for each number, in nested lists."""
        leaves, nested = _leaves(path, a)
        self.data += leaves
        return nested


def _leaves(path: str, a: np.ndarray[Any, Any]) -> tuple[list[Value], Any]:
    """A leaf for each number: in one list, and in lists nested like the array."""
    leaves = [
        Value(x, label=path + "".join(f"[{i}]" for i in at))
        for at, x in zip(np.ndindex(a.shape), a.ravel().tolist(), strict=True)
    ]
    if not a.shape:
        return leaves, leaves[0]
    nested = np.empty(len(leaves), dtype=object)
    nested[:] = leaves
    return leaves, nested.reshape(a.shape).tolist()
