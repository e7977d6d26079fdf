"""Program: a compiled graph, to be called with arrays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler import display
from autograd.compiler.libraries import namespace_of
from autograd.compiler.numeric import flat, rows
from autograd.compiler.numpy_arrays import NumPy, numpy_of
from autograd.compiler.replay import Alarm, Replay
from autograd.compiler.transient import Transient

if TYPE_CHECKING:
    from autograd.compiler.executor import Executor
    from autograd.compiler.namespace import Namespace
    from autograd.compiler.plan import Plan
    from autograd.value import Value

__all__ = ["Program"]


class Program:
    """A graph as a program on arrays, made by ``compile_graph``.

    dtype:   that of its arrays
    seconds: how long compiling took
    """

    def __init__(self, loss: Value, plan: Plan, executor: Executor, dtype: Any, seconds: float) -> None:
        self._plan, self._executor, self.dtype, self.seconds = plan, executor, dtype, seconds
        self._signature = executor.signature
        self._replay, self._alarm = Replay(loss, self._signature, dtype), Alarm()
        self._transient = Transient()  # parameters as arrays, and a lock: buffers and alarm serve one call at a time

    @property
    def parameters(self) -> list[Value]:
        """The Values with respect to which there are gradients, in the order of the flat gradient."""
        return self._signature.parameters.values

    @property
    def source(self) -> str:
        """The program as one writes it on the board; it runs as it stands on PyTorch and JAX arrays."""
        return self._executor.source.text

    @property
    def numpy_source(self) -> str:
        """The same lines, each above the calls into buffers that run on NumPy arrays."""
        return self._executor.numpy_source

    @property
    def engine(self) -> str:
        """What runs it on NumPy, and why: "arrays", "machine code" or "interpreter"."""
        return self._executor.engine

    @property
    def nodes(self) -> int:
        """How many nodes the graph has."""
        return self._plan.tape.nodes

    # ── parameters ──

    def load(self) -> np.ndarray[Any, Any]:
        """The numbers of the parameters, as they are now, as one flat array."""
        return self._signature.parameters.load(self.dtype)

    def store(self, numbers: Any) -> None:
        """Give the parameters the numbers of a flat array. Raises ValueError for another length."""
        for p, x in zip(self.parameters, self._flat("parameters", np.asarray(numbers)).tolist(), strict=True):
            p.data = x

    def _flat(self, what: str, numbers: Any) -> Any:
        return flat(what, numbers, len(self.parameters))

    # ── calls ──

    def __call__(self, *arguments: Any, parameters: Any = None) -> float:
        """The value: the loss, or its mean over the samples.

        arguments:  an array (n, k) for each list of k inputs, (n,) for a single one
        parameters: a flat array to use instead of the Values' numbers, in the order of ``parameters``
        Raises ValueError for arrays that do not fit, TypeError for anything but numbers; NonFiniteError and DomainError
        as the graph does. Threads may call one program; they take turns.
        """
        value: float = self._run(False, arguments, parameters)[0]
        return value

    def value_and_grad(self, *arguments: Any, parameters: Any = None) -> tuple[float, Any]:
        """(value, flat gradient in the order of ``parameters``); arguments and errors as for a call."""
        return self._run(True, arguments, parameters)

    def gradients(self, flat: Any) -> dict[str, Any]:
        """The arrays of a flat gradient, under the names that the parameters have in the source: W1, b1, …"""
        parameters = self._signature.parameters
        return dict(zip((s.name for s in parameters.slices), parameters.arrays(flat), strict=True))

    def write_back(self, flat: Any) -> None:
        """Add a flat gradient to ``.grad`` of the parameters, as ``backward`` does. Raises ValueError for another length."""
        for p, g in zip(self.parameters, self._flat("gradient", np.asarray(flat)).tolist(), strict=True):
            p.grad += g

    def pure(self, parameters: Any, *arguments: Any) -> tuple[Any, Any]:
        """(value, flat gradient) on the arrays of any library, without a look at the numbers: what ``jax.jit`` can take.

        Raises ValueError for arrays that do not fit.
        """
        return self._pure(True, namespace_of((*arguments, parameters), self.dtype), parameters, arguments)

    def _pure(self, with_gradient: bool, xp: Namespace, parameters: Any, arguments: tuple[Any, ...]) -> tuple[Any, Any]:
        theta = self._flat("parameters", xp.asarray(rows("parameters", parameters)))
        checked = self._signature.checked(arguments, xp)
        leaves = [*self._signature.parameters.arrays(theta), *map(xp.asarray, self._data())]
        n = [checked[0].shape[0]] if checked else []
        functions = self._executor.source.load(xp)
        if not with_gradient:
            return functions["value"](xp, *n, *leaves, *checked), None
        loss, gradients = functions["value_and_grad"](xp, *n, *leaves, *checked)
        return loss, xp.concat(*(g.reshape(-1) for g in gradients)) if gradients else xp.zeros((0,))

    def _run(self, with_gradient: bool, arguments: tuple[Any, ...], parameters: Any) -> tuple[Any, Any]:
        theta = self.load() if parameters is None else parameters
        xp = namespace_of((*arguments, theta), self.dtype)
        if isinstance(xp, NumPy):
            loss, gradient, alarmed = self._run_in_buffers(with_gradient, theta, self._signature.checked(arguments, xp))
            if not alarmed:
                return loss, gradient
            loss, gradient = self._run_with_notes(NumPy(self.dtype), with_gradient, theta, arguments)
            return float(loss), gradient
        return self._run_with_notes(xp, with_gradient, theta, arguments)

    def _run_in_buffers(self, with_gradient: bool, theta: Any, arguments: list[Any]) -> tuple[float, Any, bool]:
        """(loss, gradient, alarmed). An alarm may be false, from a branch that was not taken: the notes know better."""
        alarm = self._alarm
        with (
            self._transient.lock,
            np.errstate(over="ignore", under="ignore", divide="call", invalid="call", call=alarm),
        ):
            alarm.raised = False
            loss, gradient = self._executor.run(with_gradient, self._leaves(theta), arguments)
            finite = math.isfinite(loss) and (gradient is None or math.isfinite(gradient.dot(gradient)))
            return loss, gradient, alarm.raised or not finite

    def _run_with_notes(
        self, xp: Namespace, with_gradient: bool, theta: Any, arguments: tuple[Any, ...]
    ) -> tuple[Any, Any]:
        """(loss, gradient), after one look at them and at the notes; where something is not finite, the graph says why."""
        xp.noted = []
        with np.errstate(all="ignore"):
            loss, gradient = self._pure(with_gradient, xp, theta, arguments)
            results = [loss] if gradient is None else [loss, gradient]
            if xp.all_finite(*results, *xp.noted):
                return loss, gradient
            finite = xp.all_finite(*results)
        checked = self._signature.checked(tuple(map(xp.in_numpy, arguments)), numpy_of(self.dtype))
        numbers, slopes = self._replay.run(with_gradient, xp.in_numpy(theta), checked)
        if finite:  # 1 / 1e-320 is a legal overflow
            return loss, gradient
        return xp.asarray(numbers), None if slopes is None else xp.asarray(slopes)

    def _leaves(self, theta: Any) -> list[Any]:
        """The arrays of the parameters (views, kept for as long as the caller passes the same flat array), then of the data."""
        kept = self._transient
        if theta is not kept.get("theta"):
            numbers = self._flat("parameters", np.asarray(rows("parameters", theta), dtype=self.dtype))
            kept["views"] = self._signature.parameters.arrays(numbers)
            kept["theta"] = theta if numbers is theta else None
        return [*kept["views"], *self._data()]

    def _data(self) -> list[Any]:
        """The leaves that are neither parameters nor arguments, as they are now."""
        data = self._signature.data
        return data.arrays(data.load(self.dtype)) if data.values else []

    # ── display ──

    def explain(self) -> str:
        """Which scalars became which array: one line per array, in the order in which they are computed.

        >>> from autograd import Value, compile_graph
        >>> w, x = Value(2.0, label="w", kind="parameter"), Value(0.0, label="x")
        >>> print(compile_graph((w * x).tanh(), inputs=[x]).explain())
        4 nodes became 4 arrays; compiled in ... ms (... µs per node)
        X         argument   (n, 1)        1 scalar   x
        w         parameter  ()            1 scalar   w
        multiply  multiply   (n,)          1 scalar
        tanh      tanh       (n,)          1 scalar
        """
        return display.explained(self._plan, self.nodes, self.seconds)

    def __repr__(self) -> str:
        return f"<Program of {self.nodes} nodes, {len(self.parameters)} parameters>"

    def _repr_html_(self) -> str:
        return display.highlighted(self.source)
