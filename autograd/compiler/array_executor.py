"""The executor of array programs: NumPy functions, which write into buffers kept for each batch size."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.buffers import shared
from autograd.compiler.calls import written_with_buffers
from autograd.compiler.emit import emit
from autograd.compiler.numpy_arrays import TALL, NumPy, TallNumPy, numpy_of
from autograd.compiler.signature import Signature
from autograd.compiler.source import Source, written
from autograd.compiler.threads import one_blas_thread
from autograd.compiler.transient import Transient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.calls import Calls
    from autograd.compiler.plan import Plan
    from autograd.compiler.signature import Input, Vector

__all__ = ["ArrayExecutor"]

KEPT_SIZES = 4
SMALL = 128 * 128  # entries of a matrix: products with it are cut into pieces, which one thread does fastest


class ArrayExecutor:
    """Runs the statements of a plan, array by array."""

    def __init__(self, plan: Plan, inputs: Sequence[Input], dtype: Any) -> None:
        code = emit(plan)  # which names the plan's arrays
        self.signature = Signature(plan, inputs)
        self.source = Source(written(code, self.signature), code.constants_in)
        self.numpy_source, self._calls = written_with_buffers(code, self.signature)
        self._for_numpy = Source(self.numpy_source, code.constants_in)
        self.engine = f"arrays: {plan.tape.nodes} nodes became {len(plan.leaves) + len(plan.results)} arrays"
        self._dtype = dtype
        self._workspaces = Transient()

    def run(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> tuple[float, Any]:
        """(loss, flat gradient or None)."""
        workspace = self._workspace(len(arguments[0]) if arguments else 0)
        loss = workspace.run(with_gradient, leaves, arguments)
        return loss, workspace.gradient.copy() if with_gradient else None

    def _workspace(self, n: int) -> _Workspace:
        """Buffers for a batch size; those of the last few sizes are kept."""
        if n not in self._workspaces:
            while len(self._workspaces) >= KEPT_SIZES:
                self._workspaces.pop(next(iter(self._workspaces)))
            functions = self._for_numpy.load(numpy_of(self._dtype))
            xp = TallNumPy(self._dtype) if n >= TALL else NumPy(self._dtype)
            self._workspaces[n] = _Workspace(functions, xp, n, self._calls, self.signature.parameters)
        return self._workspaces[n]  # type: ignore[no-any-return]


class _Workspace:
    """The functions with buffers for one batch size."""

    def __init__(self, functions: dict[str, Any], xp: NumPy, n: int, calls: Calls, parameters: Vector) -> None:
        self.value, self.value_and_grad, self.xp = functions["value"], functions["value_and_grad"], xp
        self.n = [n] if n else []
        self.fresh = True
        small = max([prod(s.shape) for s in parameters.slices], default=0) <= SMALL
        self.alone = n >= TALL and small
        self.calls = calls
        self.literals: list[Any] = [x for x, _ in calls.literals]
        self.room: list[Any] = [None] * len(calls.buffers)
        self.gradient = np.zeros(len(parameters.values), dtype=xp.dtype)
        self.results = parameters.arrays(self.gradient)

    def run(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> float:
        if self.alone:
            with one_blas_thread():
                loss = self._pass(with_gradient, leaves, arguments)
        else:
            loss = self._pass(with_gradient, leaves, arguments)
        if self.fresh:
            self._settle(with_gradient)
        return float(loss)

    def _pass(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> Any:
        if with_gradient:
            return self.value_and_grad(self.xp, self.room, self.literals, *self.results, *self.n, *leaves, *arguments)
        return self.value(self.xp, self.room, self.literals, *self.n, *leaves, *arguments)

    def _settle(self, with_gradient: bool) -> None:
        """After the first call NumPy has made the buffers. Those with a number become arrays, and buffers share memory."""
        self.room[:] = [b if b is None or b.shape else np.array(b) for b in self.room]
        self.fresh = not with_gradient
        if with_gradient:
            self.room[:] = shared(self.calls.buffers, self.room)
            self.literals[:] = [np.full_like(self.room[k], x) for x, k in self.calls.literals]
