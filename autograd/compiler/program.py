"""Program: a compiled graph, to be called with arrays."""

from __future__ import annotations

import logging
import math
import time
from math import prod
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from autograd.backprop import nonfinite_origin, topological_order
from autograd.compiler import display, interpreter
from autograd.compiler.arguments import numbers_of
from autograd.compiler.buffers import Calls, shared
from autograd.compiler.emit import emit
from autograd.compiler.formula import board
from autograd.compiler.namespaces import TALL, NumPy, TallNumPy, namespace_of, numpy_of
from autograd.compiler.reroll import reroll
from autograd.compiler.tape import trace
from autograd.compiler.threads import one_blas_thread
from autograd.errors import NonFiniteError
from autograd.ops import CONSTANT, PARAMETER
from autograd.value import Value, apply, collector_paused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.namespaces import Namespace
    from autograd.compiler.plan import Array, Plan
    from autograd.compiler.statements import Code

__all__ = ["Program", "compile_graph", "flat_of", "precision"]

log = logging.getLogger(__name__)


def compile_graph(
    loss: Value, inputs: Sequence[Any] = (), *, wrt: Sequence[Value] | None = None, dtype: Any = "float64"
) -> Program:
    """An array program that computes what the graph of ``loss`` computes, and its gradients.

    loss:   the root of a traced graph: of one sample, or of a whole batch written out
    inputs: leaves that become arguments, each a Value or a list of k Values. The graph is then one sample's, and
            an argument is an array (n,) or (n, k) of n samples; the value is the mean of the samples' losses
    wrt:    the leaves by which gradients are wanted (None: the parameters; if there are none, every leaf
            that is neither an input nor a constant)
    dtype:  "float64" or "float32"

    Raises ValueError for an input that is not a leaf of the graph or in ``wrt`` too and for another dtype, TypeError if
    ``loss`` is no Value or ``inputs`` is one.

    >>> w, x = Value(2.0, label="w", kind="parameter"), Value(0.0, label="x")
    >>> program = compile_graph((w * x - 1.0) ** 2, inputs=[x])
    >>> program([1.0, 2.0])                                # the mean of (2 − 1)² and (4 − 1)²
    5.0
    >>> program.value_and_grad([1.0, 2.0])
    (5.0, array([7.]))
    """
    if not isinstance(loss, Value):
        raise TypeError(f"compile_graph takes the Value at the end of a graph, got {type(loss).__name__}")
    if isinstance(inputs, Value) or isinstance(wrt, Value):
        raise TypeError("inputs and wrt are lists of leaves, also of a single one: inputs=[x], wrt=[w]")
    start, dtype = time.perf_counter(), precision(dtype)
    inputs, wrt = list(inputs), None if wrt is None else list(wrt)
    with collector_paused():
        groups = [[v] if isinstance(v, Value) else list(v) for v in inputs]
        leaves = [v for v in topological_order(loss) if not v.parents]
        _check_inputs(groups, set(leaves), wrt)
        tape = trace(loss, [*(v for group in groups for v in group), *(wrt or ())])
        at = {v: i for i, v in enumerate(tape.values) if v is not None and not v.parents}
        chosen = _chosen(leaves, {v for group in groups for v in group}) if wrt is None else wrt
        unused = [[v for v in group if v not in at] for group in groups]
        if any(unused):
            raise ValueError(f"the loss does not depend on the input {next(v for g in unused for v in g)!r}")
        plan = reroll(tape, [[at[v] for v in group] for group in groups], {at[v] for v in chosen if v in at})
        code = emit(plan) if plan.root is not None else None
    alone = [isinstance(v, Value) for v in inputs]
    return Program(loss, groups, alone, plan, code, dtype, start)


def _check_inputs(groups: list[list[Value]], leaves: set[Value], wrt: Sequence[Value] | None) -> None:
    flat = [v for group in groups for v in group]
    for v in [*flat, *(wrt or ())]:
        if not isinstance(v, Value) or v not in leaves:
            raise ValueError(f"inputs and wrt are leaves of the loss's graph; {v!r} is not")
    if len(set(flat)) < len(flat):
        raise ValueError("an input is given twice")
    both = set(flat) & set(wrt or ())
    if both:
        raise ValueError(f"{both.pop()!r} is in inputs and in wrt: a gradient is by what all samples share")


def _chosen(leaves: list[Value], inputs: set[Value]) -> list[Value]:
    free = [v for v in leaves if v not in inputs and v.op is not CONSTANT]
    return [v for v in free if v.op is PARAMETER] or free


def precision(dtype: Any) -> Any:
    """One of the two dtypes there are programs for. Raises ValueError for another."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found not in (np.float64, np.float32):
        raise ValueError(f'dtype is "float64" or "float32", got {dtype!r}')
    return found


def flat_of(what: str, numbers: Any, n: int) -> Any:
    """An array of so many numbers in one axis. Raises ValueError: expected, got."""
    if tuple(numbers.shape) != (n,):
        raise ValueError(f"{what}: expected {n} numbers in one axis, got {tuple(numbers.shape)}")
    return numbers


class _Slot(NamedTuple):
    """A named array inside the flat vector of all parameters (or of all data)."""

    name: str
    start: int
    stop: int
    shape: tuple[int, ...]


def _slots(arrays: list[Array]) -> tuple[list[_Slot], list[int]]:
    slots: list[_Slot] = []
    members: list[int] = []
    for a in arrays:
        slots.append(_Slot(a.name, len(members), len(members) + a.members.size, a.shape))
        members += a.members.ravel().tolist()
    return slots, members


class Program:
    """A graph as a program on arrays.

    parameters: the Values by which there are gradients, in the order of the flat gradient
    source:     the program as one writes it on the board; it runs as it stands on PyTorch and JAX arrays
    numpy_source: the same lines, each above the calls into buffers that run on NumPy arrays
    seconds:    how long compiling took, for how many nodes of the graph: ``nodes``
    """

    def __init__(
        self,
        loss: Value,
        inputs: list[list[Value]],
        alone: list[bool],
        plan: Plan,
        code: Code | None,
        dtype: Any,
        start: float,
    ) -> None:
        self._loss, self._inputs, self._alone, self._plan, self._code, self.dtype = (
            loss,
            inputs,
            alone,
            plan,
            code,
            dtype,
        )
        values = plan.tape.values
        self._slots, members = _slots([a for a in plan.leaves if a.role == "parameter"])
        self._data_slots, data = _slots([a for a in plan.leaves if a.role == "data"])
        self._arguments = [a.name for a in plan.leaves if a.role == "argument"]
        self.parameters = [v for v in (values[i] for i in members) if v is not None]
        self._data = [v for v in (values[i] for i in data) if v is not None]
        self.source = self._written()
        self.numpy_source, self._calls = self._written_for_numpy()
        self._start_afresh()
        self.nodes = plan.tape.nodes
        self.seconds = time.perf_counter() - start

    def _start_afresh(self) -> None:
        """What calls leave behind: nothing of it yet."""
        self._lock = Lock()  # buffers, alarm and views serve one call at a time
        self._scopes: dict[Any, dict[str, Any]] = {}
        self._workspaces: dict[int, _Workspace] = {}
        self._last_shapes: Any = None
        self._alarmed, self._false_alarms = False, 0
        self._on_error: Literal["call", "ignore"] = "call"
        self._theta: Any = None
        self._views: list[Any] = []

    def __getstate__(self) -> dict[str, Any]:
        left_behind = ("_lock", "_scopes", "_workspaces", "_last_shapes", "_theta", "_views")
        return {k: x for k, x in vars(self).items() if k not in left_behind}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._start_afresh()
        vars(self).update(state)

    # ── source ──

    def _written(self) -> str:
        """The program as one writes it: it runs on any namespace."""
        if self._code is None:
            return interpreter.source_of(self._plan, self._head(), batched=bool(self._inputs))
        forward = [f"    {s.target} = {board(s.formula)}" for s in self._code.forward]
        backward = [f"    {s.target} = {board(s.formula)}" for s in self._code.backward]
        gradients = ", ".join(self._code.gradients[s.name] for s in self._slots)
        loss = f"    loss = {self._loss_formula(self._code)}"
        return "\n".join([
            f"def value({self._head('xp')}):", *forward, loss, "    return loss", "",
            f"def value_and_grad({self._head('xp')}):", *forward, loss, *backward,
            f"    return loss, ({gradients}{',' if gradients else ''})", "",
        ])  # fmt: skip

    def _head(self, *first: str) -> str:
        names = [s.name for s in [*self._slots, *self._data_slots]]
        return ", ".join([*first, *(["n"] if self._inputs else []), *names, *self._arguments])

    def _loss_formula(self, code: Code) -> str:
        return f"xp.row_sums({board(code.loss)}) / n" if code.batched else board(code.loss)

    def _written_for_numpy(self) -> tuple[str, Calls]:
        """The same as calls into buffers."""
        if self._code is None:
            return self.source, Calls({})
        results = {self._code.gradients[s.name]: f"_to_{s.name}" for s in self._slots}
        calls = Calls(results)
        calls.add(self._code.forward)
        forward, loss = list(calls.lines), f"    loss = {self._loss_formula(self._code)}"
        calls.line("loss", self._loss_formula(self._code))
        calls.add(self._code.backward)
        for name, to in results.items():
            if to not in calls.written:
                calls.line("", f"xp.copyto({to}, {name})")
        text = "\n".join([
            f"def value({self._head('xp', 'm', 'fixed')}):", *forward, loss, "    return loss", "",
            f"def value_and_grad({self._head('xp', 'm', 'fixed', *results.values())}):", *calls.lines, "    return loss", "",
        ])  # fmt: skip
        return text, calls

    # ── parameters ──

    def load(self) -> np.ndarray[Any, Any]:
        """The numbers of the parameters, as they are now in the Values, as one flat array."""
        return np.array([p.data for p in self.parameters], dtype=self.dtype)

    def store(self, numbers: Any) -> None:
        """Put a flat array of numbers into the Values of the parameters. Raises ValueError for another length."""
        for p, x in zip(self.parameters, self._flat("parameters", np.asarray(numbers)).tolist(), strict=True):
            p.data = x

    def _flat(self, what: str, numbers: Any) -> Any:
        return flat_of(what, numbers, len(self.parameters))

    # ── calls ──

    def __call__(self, *arguments: Any, parameters: Any = None) -> Any:
        """The value: the loss, or its mean over the samples.

        arguments:  an array (n, k) for each list of k inputs, (n,) for a single one
        parameters: a flat array to use instead of the Values' numbers, in the order of ``parameters``
        Raises ValueError for arrays that do not fit, TypeError for what is no number; NonFiniteError and DomainError as
        the graph does. Threads may call one program; they take turns.
        """
        return self._run(False, arguments, parameters)[0]

    def value_and_grad(self, *arguments: Any, parameters: Any = None) -> tuple[Any, Any]:
        """(value, flat gradient in the order of ``parameters``); arguments and errors as for a call."""
        return self._run(True, arguments, parameters)

    def gradients(self, flat: Any) -> dict[str, Any]:
        """A flat gradient as arrays under the names they have in the source: W1, b1, …"""
        return {s.name: flat[s.start : s.stop].reshape(s.shape) for s in self._slots}

    def write_back(self, flat: Any) -> None:
        """Add a flat gradient to ``.grad`` of the parameters, as ``backward`` does. Raises ValueError for another length."""
        for p, g in zip(self.parameters, self._flat("gradient", np.asarray(flat)).tolist(), strict=True):
            p.grad += g

    def _run(self, with_gradient: bool, arguments: tuple[Any, ...], parameters: Any) -> tuple[Any, Any]:
        theta = self.load() if parameters is None else parameters
        xp = namespace_of((*arguments, theta), self.dtype)
        if not isinstance(xp, NumPy):
            return self.pure(theta, *arguments, xp=xp)
        checked = self._checked(arguments, xp)
        with (
            self._lock,
            np.errstate(over="ignore", under="ignore", divide=self._on_error, invalid=self._on_error, call=self._alarm),
        ):
            self._alarmed = False
            loss, gradient = (self._walked if self._code is None else self._computed)(with_gradient, theta, checked)
            finite = math.isfinite(loss) and (gradient is None or math.isfinite(gradient.dot(gradient)))
            alarmed = self._alarmed
        if finite and not alarmed:
            return loss, gradient
        loss, gradient = self._replayed(theta, checked, loss, gradient)
        if finite:
            self._count_false_alarm()
        return loss, gradient

    def _count_false_alarm(self) -> None:
        """From a branch that was not taken. A program that gives it again and again is not listened to for ever."""
        self._false_alarms += 1
        if self._false_alarms == PATIENCE:
            self._on_error = "ignore"
            log.info("%d times nothing came of log(0) or 0/0 in a branch not taken: no longer looked into", PATIENCE)

    def _alarm(self, what: str, flag: int) -> None:
        """NumPy met log(0) or 0/0 somewhere: a domain may have been left, even if what came of it is finite again."""
        self._alarmed = True

    def _computed(self, with_gradient: bool, theta: Any, checked: list[Any]) -> tuple[float, Any]:
        """Array by array, into buffers."""
        run = self._workspace(len(checked[0]) if checked else 0)
        loss = run(with_gradient, self._leaves(theta), checked)
        return loss, run.gradient.copy() if with_gradient else None

    def _walked(self, with_gradient: bool, theta: Any, checked: list[Any]) -> tuple[float, Any]:
        """Node by node: over floats, or over columns of the batch. Where a rule raises, nan: the graph says why."""
        leaves, n = self._leaves(theta), [len(a) for a in checked[:1]]
        xp = numpy_of(self.dtype) if checked else interpreter.scalars
        functions = self._scope(numpy_of(self.dtype), self.source)
        leaves = leaves if checked else [a.tolist() for a in leaves]
        try:
            if not with_gradient:
                return float(functions["value"](xp, *n, *leaves, *checked)), None
            with collector_paused():
                loss, gradients = functions["value_and_grad"](xp, *n, *leaves, *checked)
        except (ValueError, ArithmeticError):
            return math.nan, np.full(len(self.parameters), math.nan) if with_gradient else None
        return float(loss), np.concatenate(gradients, dtype=self.dtype) if gradients else np.zeros(0, self.dtype)

    def pure(self, parameters: Any, *arguments: Any, xp: Namespace | None = None) -> tuple[Any, Any]:
        """(value, flat gradient) with no look at the numbers and no effect, on any library: what ``jax.jit`` can take.

        Raises ValueError for arrays that do not fit.
        """
        xp = xp or namespace_of((*arguments, parameters), self.dtype)
        theta = self._flat("parameters", xp.asarray(numbers_of("parameters", parameters)))
        checked = self._checked(arguments, xp)
        leaves = [theta[s.start : s.stop].reshape(s.shape) for s in self._slots]
        leaves += [xp.asarray(a) for a in self._data_arrays()]
        n = [checked[0].shape[0]] if checked else []
        loss, gradients = self._scope(xp, self.source)["value_and_grad"](xp, *n, *leaves, *checked)
        return loss, xp.concat(*(g.reshape(-1) for g in gradients)) if gradients else xp.zeros((0,))

    def _scope(self, xp: Namespace, source: str) -> dict[str, Any]:
        """The source's functions, with the constants they speak of in this library's arrays."""
        key = (source, type(xp), xp.dtype)
        if key not in self._scopes:
            scope = interpreter.constants_of(self._plan) if self._code is None else self._code.in_arrays_of(xp)
            exec(compile(source, "<compiled graph>", "exec"), scope)
            self._scopes[key] = scope
        return self._scopes[key]

    def _workspace(self, n: int) -> _Workspace:
        """Buffers for a batch size; those of the last few sizes are kept."""
        if n not in self._workspaces:
            while len(self._workspaces) >= KEPT_SIZES:
                self._workspaces.pop(next(iter(self._workspaces)))
            scope = self._scope(numpy_of(self.dtype), self.numpy_source)
            xp = TallNumPy(self.dtype) if n >= TALL else NumPy(self.dtype)
            self._workspaces[n] = _Workspace(scope, xp, n, self._calls, self._slots)
        return self._workspaces[n]

    def _leaves(self, theta: Any) -> list[Any]:
        """Parameters as W1, b1, …: views of the flat array, kept while the caller keeps stepping the same one."""
        if theta is not self._theta:
            flat = self._flat("parameters", np.asarray(numbers_of("parameters", theta), dtype=self.dtype))
            self._views = [flat[s.start : s.stop].reshape(s.shape) for s in self._slots]
            self._theta = theta if flat is theta else None
        return self._views + self._data_arrays()

    def _data_arrays(self) -> list[Any]:
        """The leaves that are neither parameters nor arguments, as they are now."""
        if not self._data:
            return []
        data = np.array([v.data for v in self._data], dtype=self.dtype)
        return [data[s.start : s.stop].reshape(s.shape) for s in self._data_slots]

    def _checked(self, arguments: tuple[Any, ...], xp: Namespace) -> list[Any]:
        """The arguments as arrays of the program's dtype. Raises ValueError or TypeError: expected, got."""
        if len(arguments) != len(self._inputs):
            names = ", ".join(self._arguments) or "none"
            raise ValueError(f"the program takes {len(self._inputs)} arrays ({names}), got {len(arguments)}")
        own = self.dtype if isinstance(xp, NumPy) else None  # an array of this dtype is taken as it is
        arrays = [
            a if type(a) is np.ndarray and a.dtype is own else xp.asarray(numbers_of(name, a))
            for name, a in zip(self._arguments, arguments)  # noqa: B905 (their numbers were compared)
        ]
        shapes = [a.shape for a in arrays]
        if shapes == self._last_shapes:  # as they were last time: nothing to tell
            return self._as_columns(arrays)
        for a, name, group, alone in zip(arrays, self._arguments, self._inputs, self._alone, strict=True):
            if a.ndim != 2 - alone or (not alone and a.shape[1] != len(group)):
                wanted = "(n,)" if alone else f"(n, {len(group)})"
                raise ValueError(f"{name}: expected an array of shape {wanted}, got {tuple(a.shape)}")
            if a.shape[0] == 0 or a.shape[0] != arrays[0].shape[0]:
                raise ValueError(
                    f"{name}: expected a row a sample, at least one and as many as {self._arguments[0]} has; got {a.shape[0]}"
                )
        self._last_shapes = shapes
        return self._as_columns(arrays)

    def _as_columns(self, arrays: list[Any]) -> list[Any]:
        """An argument that is one number a sample becomes one column."""
        return [a[:, None] if alone else a for a, alone in zip(arrays, self._alone, strict=True)]

    # ── to look at ──

    def explain(self) -> str:
        """Which scalars became which array: one line an array, in the order in which they are computed.

        >>> w, x = Value(2.0, label="w", kind="parameter"), Value(0.0, label="x")
        >>> print(compile_graph((w * x).tanh(), inputs=[x]).explain())
        4 nodes became 4 arrays in ... ms (... µs a node)
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

    # ── trouble ──

    def _replayed(self, theta: Any, arguments: list[Any], loss: float, gradient: Any) -> tuple[Any, Any]:
        """What the scalar graph says where the program met nan or ±inf.

        Raises DomainError or NonFiniteError, naming the sample and the node. If the graph knows better (a number
        that padding spoilt), its results.
        """
        numbers = dict(zip(self.parameters, np.asarray(theta, dtype=float).tolist(), strict=True))
        rows = zip(*(a.reshape(len(a), -1).tolist() for a in arguments), strict=True) if arguments else [()]
        values, gradients = [], []
        for i, row in enumerate(rows):
            for group, sample in zip(self._inputs, row, strict=True):
                numbers.update(zip(group, sample, strict=True))
            root, leaves = _regrown(self._loss, numbers)
            _require_finite(root, f" of sample {i}" if arguments else "")
            root.backward()
            values.append(root.data)
            gradients.append([leaves[p].grad for p in self.parameters])
        mean = np.mean(gradients, axis=0, dtype=self.dtype) if gradient is not None else None
        if mean is not None and not np.isfinite(mean).all():
            raise NonFiniteError("the loss is finite, its gradient is not: a slope overflowed, or met 0 · ∞")
        return float(np.mean(values)), mean


KEPT_SIZES = 4
PATIENCE = 8  # so many false alarms are looked into
SMALL = 128 * 128  # of a matrix: products with it are cut into pieces that one thread does fastest


class _Workspace:
    """The functions with buffers for one batch size."""

    def __init__(self, scope: dict[str, Any], xp: NumPy, n: int, calls: Calls, slots: list[_Slot]) -> None:
        self.value, self.value_and_grad, self.xp = scope["value"], scope["value_and_grad"], xp
        self.n = [n] if n else []
        self.fresh = True
        small = max([prod(s.shape) for s in slots], default=0) <= SMALL
        self.alone = n >= TALL and small
        self.buffers, self.written_literals = calls.buffers, calls.literals
        self.literals = [x for x, _ in calls.literals]
        self.room: list[Any] = [None] * len(calls.buffers)
        self.gradient = np.zeros(slots[-1].stop if slots else 0, dtype=xp.dtype)
        self.results = [self.gradient[s.start : s.stop].reshape(s.shape) for s in slots]

    def __call__(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> float:
        if self.alone:
            with one_blas_thread():
                loss = self._pass(with_gradient, leaves, arguments)
        else:
            loss = self._pass(with_gradient, leaves, arguments)
        if self.fresh:  # where NumPy gave a number, there is room for one from now on
            self.room[:] = [b if b is None or b.shape else np.array(b) for b in self.room]
            self.fresh = not with_gradient
            if with_gradient:
                self.room[:] = shared(self.buffers, self.room)
                self.literals[:] = [np.full_like(self.room[k], x) for x, k in self.written_literals]
        return float(loss)

    def _pass(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> Any:
        if with_gradient:
            return self.value_and_grad(self.xp, self.room, self.literals, *self.results, *self.n, *leaves, *arguments)
        return self.value(self.xp, self.room, self.literals, *self.n, *leaves, *arguments)


def _regrown(root: Value, numbers: dict[Value, float]) -> tuple[Value, dict[Value, Value]]:
    """The same graph from other numbers, and its leaves by the old ones."""
    copies: dict[Value, Value] = {}
    for node in topological_order(root):
        if node.parents:
            copy = apply(node.op, *(copies[p] for p in node.parents))
        else:
            copy = Value(numbers.get(node, node.data))
        copy.label, copy.module = node.label, node.module
        copies[node] = copy
    return copies[root], copies


def _require_finite(root: Value, where: str) -> None:
    if not math.isfinite(root.data):
        raise NonFiniteError(f"the loss{where} is {root.data:g}. It began at {nonfinite_origin(root)}.")
