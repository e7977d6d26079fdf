"""``@compiled``: a function of Values that runs as its program.

Traced on the first call, and traced again when a call would make another graph:
other shapes, another nesting, another flag, or a comparison with another outcome.
The reasons are kept in ``retraced`` and go to the log of this module.
"""

from __future__ import annotations

import inspect
import logging
from contextvars import ContextVar
from functools import partial, update_wrapper
from itertools import count
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from autograd.backprop import topological_order
from autograd.compiler.arguments import Reading, StandIns, difference
from autograd.compiler.namespaces import namespace_of
from autograd.compiler.numeric import flat, precision
from autograd.compiler.program import compile_graph
from autograd.compiler.tape import trace
from autograd.compiler.transient import Transient
from autograd.errors import DomainError, NonFiniteError, TraceError
from autograd.value import Value, collector_paused, comparisons, sum_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.compiler.program import Program
    from autograd.compiler.tape import Tape
    from autograd.value import Comparison

__all__ = ["Compiled", "compiled"]

KEPT = 8  # so many traces; the one that was not used for longest goes
PROBED = 4  # so many samples of a batch are traced to see that their graphs are one

log = logging.getLogger(__name__)
_tracing: ContextVar[bool] = ContextVar("inside a function that is being traced", default=False)


@overload
def compiled(function: Callable[..., Any]) -> Compiled: ...
@overload
def compiled(
    *, samples: str | Sequence[str] = (), dtype: Any = "float64"
) -> Callable[[Callable[..., Any]], Compiled]: ...
def compiled(
    function: Callable[..., Any] | None = None, *, samples: str | Sequence[str] = (), dtype: Any = "float64"
) -> Any:
    """The function as a program on arrays, traced when it is first called.

    function: takes Values and gives one Value; it must make its graph of its arguments alone
    samples:  names of arguments that come as arrays with a row a sample. The function is then one sample's, and gets
              one row (in lists) or one number; the value is the mean over the samples
    dtype:    "float64" or "float32"

    What an argument may be: Values, alone or in lists, tuples and dicts, or a Module: these are the parameters,
    differentiated and read anew at each call. Numbers, arrays and lists of numbers are data: the function sees Values in
    lists. Text, flags (True, False, None) and functions are fixed. Inside another compiled function it is an ordinary one.
    Of a method the object, a Module for one, is the first argument. Threads may call one function; they take turns.

    Outcomes of ``<``, ``<=``, ``>``, ``>=`` are watched: where one would differ, the function is traced again
    (samples that part there raise TraceError). **Not** watched is what the function reads past the graph, such as ``.data``,
    a global, or a number that a module holds: it is taken as traced. The first calls trace more than once, and raise
    TraceError when such a thing shows. A check inside (a wrong label) is made when tracing only.

    >>> from autograd import Value
    >>> @compiled(samples=["x", "y"])
    ... def loss(w, x, y):
    ...     return (w[0] * x + w[1] - y) ** 2
    >>> w = [Value(2.0), Value(0.0)]
    >>> loss(w, [1.0, 2.0], [1.0, 1.0])                        # the mean of (2 − 1)² and (4 − 1)²
    5.0
    >>> value, gradient = loss.value_and_grad(w, [1.0, 2.0], [1.0, 1.0])
    >>> gradient
    array([7., 4.])
    """
    names = (samples,) if isinstance(samples, str) else tuple(samples)
    return (lambda f: Compiled(f, names, dtype)) if function is None else Compiled(function, names, dtype)


class Compiled:
    """What ``compiled`` makes of a function.

    retraced:   why it was traced again, each time
    program:    the Program of the last call, with its ``source``
    parameters: the Values of the last call that succeeded: those in its arguments, from left to right, a shared one once
    """

    def __init__(self, function: Callable[..., Any], samples: tuple[str, ...], dtype: Any) -> None:
        if not callable(function):
            raise TypeError(f"compiled takes a function of Values, got {type(function).__name__}")
        self._function, self._samples, self._dtype = function, samples, precision(dtype)
        self._signature = inspect.signature(function)
        unknown = [name for name in samples if name not in self._signature.parameters]
        if unknown:
            raise ValueError(
                f"samples names arguments of {_named(function)}{self._signature}; {', '.join(map(repr, unknown))} is none"
            )
        parameters = self._signature.parameters.values()
        plain = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
        self._names = tuple(self._signature.parameters) if plain else ()
        self._traces: list[_Trace] = []  # the last used first
        self.parameters: list[Value] = []
        self.retraced: list[str] = []
        self._transient = Transient()  # a lock: a program's data and ``parameters`` serve one call at a time
        update_wrapper(self, function)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: its object, a Module for one, is the first argument."""
        return self if instance is None else _Method(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value, a number (the mean over the samples, if there are any).

        Raises TraceError when the function's graph depends on more than its arguments or its samples part ways;
        ValueError and TypeError for arguments that do not fit; DomainError and NonFiniteError as the graph does.
        """
        if _tracing.get():
            return self._function(*args, **kwargs)
        with self._transient.lock:
            found, reading = self._trace_for(args, kwargs)
            value = found.main(reading)
            self.parameters = reading.parameters
        return value

    def value_and_grad(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """(value, flat gradient in the order of ``parameters``); arguments and errors as for a call.

        Nothing is written: see ``backward``.
        """
        with self._transient.lock:
            found, reading = self._trace_for(args, kwargs)
            result = found.main.value_and_grad(reading)
            self.parameters = reading.parameters
        return result

    def backward(self, *args: Any, **kwargs: Any) -> Any:
        """The value; the gradient is added to ``.grad`` of the parameters, as ``Value.backward`` does.

        >>> from autograd import Value
        >>> w = Value(3.0)
        >>> compiled(lambda w: w * w).backward(w), w.grad
        (9.0, 6.0)
        """
        with self._transient.lock:
            value, gradient = self.value_and_grad(*args, **kwargs)
            self.write_back(gradient)
        return value

    def write_back(self, gradient: Any) -> None:
        """Add a flat gradient to ``.grad`` of ``parameters``. Raises ValueError for another length."""
        numbers = flat("gradient", np.asarray(gradient), len(self.parameters))
        for p, g in zip(self.parameters, numbers.tolist(), strict=True):
            p.grad += g

    @property
    def program(self) -> Program:
        """The program of the last call. Raises AttributeError before there was one."""
        if not self._traces:
            raise AttributeError(f"{_named(self._function)} is compiled when it is first called: call it once")
        return self._traces[0].main.program

    @property
    def source(self) -> str:
        """The program of the last call as one writes it on the board."""
        return self.program.source

    def explain(self) -> str:
        """Which scalars became which array, and why the function was traced again."""
        return "\n".join([self.program.explain(), *(f"retraced: {reason}" for reason in self.retraced)])

    def __repr__(self) -> str:
        state = repr(self.program) if self._traces else "not called yet"
        return f"<compiled {_named(self._function)}{self._signature}: {state}>"

    def _repr_html_(self) -> str | None:
        return self.program._repr_html_() if self._traces else None

    def _by_name(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        if len(args) == len(self._names) and not kwargs:
            return dict(zip(self._names, args, strict=True))
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.arguments

    def _trace_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[_Trace, Reading]:
        """A trace that serves this call: one there is, or a new one."""
        reading = Reading(self._by_name(args, kwargs), self._samples, self._dtype, self.parameters)
        for i, old in enumerate(self._traces):
            if old.serves(reading):
                self._traces.insert(0, self._traces.pop(i))
                old.confirm(reading)
                return old, reading
        new = _Trace(self._function, self._signature, reading, self._dtype)
        if self._traces:
            self.retraced.append(new.why_not(self._traces[0]))
            log.info("%s retraced: %s", _named(self._function), self.retraced[-1])
        self._traces.insert(0, new)
        del self._traces[KEPT:]
        return new, reading


class _Method:
    """A compiled function that is handed its object first; what it keeps is the function's own."""

    def __init__(self, function: Compiled, instance: Any) -> None:
        self._function, self._instance = function, instance
        self.value_and_grad, self.backward = (
            partial(function.value_and_grad, instance),
            partial(function.backward, instance),
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(self._instance, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._function, name)


class _Run(NamedTuple):
    """The function, run once on leaves."""

    root: Value
    leaves: StandIns
    asked: list[Comparison]
    tape: Tape


class _Trace:
    """A function traced for arguments of one kind.

    main:  its program; guard: how many of its comparisons turn out otherwise (None: there are none)
    """

    def __init__(
        self, function: Callable[..., Any], signature: inspect.Signature, reading: Reading, dtype: Any
    ) -> None:
        self.function, self.signature, self.key, self.numbers = function, signature, reading.key, reading.numbers()
        run = self._traced(reading, 0)
        self.asked = run.asked
        self.run: _Run | None = run  # until it was seen that other numbers make the same graph
        rows = [i * (reading.size - 1) // (PROBED - 1) for i in range(1, PROBED)]
        for row in dict.fromkeys(rows):  # of a single sample: the same one again, which shows what chance decides
            self._probe(reading, row)
        self.main = _Part(run.root, run.leaves, dtype)
        parts = [_parting(c) for c in self.asked]
        self.guard = _Part(sum_(parts), run.leaves, dtype) if parts else None
        if reading.samples and not self._holds(reading):
            for row in range(reading.size):
                self._probe(reading, row)

    def serves(self, reading: Reading) -> bool:
        """Would these arguments make this graph?"""
        return reading.key == self.key and self._holds(reading)

    def _holds(self, reading: Reading) -> bool:
        if self.guard is None:
            return True
        try:
            return bool(self.guard(reading) == 0.0)
        except (DomainError, NonFiniteError):  # numbers that only the other branch keeps out
            return False

    def confirm(self, reading: Reading) -> None:
        """At the first call with other numbers: does the function make the same graph of them?"""
        if self.run is not None and reading.numbers() != self.numbers:
            self._probe(reading, 0)
            self.run = None

    def why_not(self, last: _Trace) -> str:
        """Why the last trace did not serve."""
        if last.key != self.key:
            return difference(last.key, self.key)
        return _first_parting(last.asked, self.asked) or "a comparison is decided by rounding"

    def _traced(self, reading: Reading, row: int) -> _Run:
        """Run the function on leaves. Raises TypeError if it gives something else than a Value."""
        leaves = StandIns(reading, row)
        bound = inspect.BoundArguments(self.signature, dict(leaves.arguments))
        token = _tracing.set(True)
        try:
            with collector_paused(), comparisons() as asked:
                root = self.function(*bound.args, **bound.kwargs)
        finally:
            _tracing.reset(token)
        if not isinstance(root, Value):
            raise TypeError(
                f"{_named(self.function)} must return one Value, got {type(root).__name__}: "
                "was .data used inside, or a list returned?"
            )
        return _Run(root, leaves, asked, trace(root, leaves.known()))

    def _probe(self, reading: Reading, row: int) -> None:
        """Trace again. Raises TraceError unless the graph is the one that was traced, and of the arguments alone."""
        run, again, name = self.run, self._traced(reading, row), _named(self.function)
        assert run is not None
        parting = _first_parting(run.asked, again.asked)
        if parting and row:
            raise TraceError(
                f"samples part ways in {name}: {parting} in sample {row}. One program serves all samples: "
                "write relu, maximum, minimum or clip instead of the branch, or call it sample by sample"
            )
        other = parting or _other(run, again)
        if other:
            raise TraceError(
                f"{name} did not make the same graph again: {other}. What is read past the graph (.data, a counter, "
                "chance) can't be compiled: compute with Values, compare them with < and >, pass the rest as an argument"
            )
        outside = (_leaves_of(again.tape) & _leaves_of(run.tape)) - set(again.leaves.known())
        if outside:
            v = min(outside, key=lambda v: str(v.label))
            raise TraceError(
                f"{name} uses {(v.label or v)!r}, which is not among its arguments: pass it, or the Module that holds it, "
                "so that the program follows it"
            )


class _Part:
    """A program, and which of the arguments' numbers go where in it."""

    def __init__(self, root: Value, leaves: StandIns, dtype: Any) -> None:
        reached = {v for v in topological_order(root) if not v.parents}
        self.data, self.columns, inputs = leaves.data, [], []
        for name, group in leaves.samples.items():
            used = [j for j, v in enumerate(group) if v in reached]
            if used:
                self.columns.append((name, used if len(used) < len(group) else slice(None)))
                inputs.append([group[j] for j in used])
        wanted = [p for p in leaves.parameters if p in reached]
        self.program = compile_graph(root, inputs=inputs, wrt=wanted, dtype=dtype)
        at = {p: i for i, p in enumerate(leaves.parameters)}
        self.chosen = np.array([at[p] for p in self.program.parameters], dtype=np.intp)
        # Where in the program's gradient each parameter is; past its end for one that the loss does not use.
        self.places = np.full(len(at), len(self.chosen), dtype=np.intp)
        self.places[self.chosen] = np.arange(len(self.chosen))

    def _arguments(self, reading: Reading) -> list[Any]:
        for leaf, x in zip(self.data, reading.data, strict=True):
            leaf.data = x
        return [reading.samples[name].reshape(reading.size, -1)[:, used] for name, used in self.columns]

    def __call__(self, reading: Reading) -> Any:
        """The value."""
        return self.program(*self._arguments(reading), parameters=reading.theta[self.chosen])

    def value_and_grad(self, reading: Reading) -> tuple[Any, Any]:
        """(value, gradient by all parameters)."""
        value, g = self.program.value_and_grad(*self._arguments(reading), parameters=reading.theta[self.chosen])
        if len(self.chosen) < len(self.places):
            xp = namespace_of([g], self.program.dtype)
            g = xp.concat(g, xp.zeros((1,)))
        return value, g[self.places]


# ── two runs of one function ────────────────────────────────────────────────

_SAID: dict[Any, str] = {lt: "<", le: "<=", gt: ">", ge: ">="}


def _parting(c: Comparison) -> Value:
    """1 where the comparison turns out otherwise than when it was traced, else 0: as a graph."""
    at_least = (c.left - c.right if c.relation in (lt, ge) else c.right - c.left).step()
    expected = c.outcome == (c.relation in (le, ge))
    other: Value = 1.0 - at_least if expected else at_least
    return other


def _first_parting(old: list[Comparison], new: list[Comparison]) -> str:
    """The first comparison with another outcome, in words."""
    for was, now in zip(old, new, strict=False):
        if was.outcome != now.outcome:
            left, right = (_spoken(v) for v in (now.left, now.right))
            return f"{left} {_SAID[now.relation]} {right} was {was.outcome}, now {now.outcome}"
    return ""


def _spoken(v: Value | float) -> str:
    return (v.label or f"{v.op.name}(…)") if isinstance(v, Value) else f"{v:g}"


def _other(a: _Run, b: _Run) -> str:
    """What is not the same in two graphs; "" if nothing is."""
    if len(a.tape.ops) != len(b.tape.ops):
        return f"it had {len(a.tape.ops)} nodes, now {len(b.tape.ops)}"
    for was, now in zip(a.tape.ops, b.tape.ops, strict=True):
        if was is not now and (was.name, was.constants) != (now.name, now.constants) and was.operands and now.operands:
            return f"{was.symbol} became {now.symbol}"
    at, now_at = (dict[Any, int](zip(run.leaves.known(), count(), strict=False)) for run in (a, b))
    if a.tape.operands != b.tape.operands or [at.get(v) for v in a.tape.values] != [
        now_at.get(v) for v in b.tape.values
    ]:
        return "its edges changed"
    for operands, v, x, y in zip(a.tape.operands, a.tape.values, a.tape.numbers, b.tape.numbers, strict=True):
        if not operands and v not in at and repr(x) != repr(y):
            return f"a constant was {x:g}, now {y:g}"
    return ""


def _leaves_of(tape: Tape) -> set[Value]:
    return {v for v, operands in zip(tape.values, tape.operands, strict=True) if v is not None and not operands}


def _named(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)
