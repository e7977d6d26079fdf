"""A function of Values, traced for arguments of one kind: its program, and when the program may serve."""

from __future__ import annotations

import inspect
import math
from contextvars import ContextVar
from itertools import count
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.backprop import topological_order
from autograd.compiler.arguments import difference
from autograd.compiler.compilation import compile_graph
from autograd.compiler.libraries import namespace_of
from autograd.compiler.stand_ins import StandIns
from autograd.compiler.tape import tape_of
from autograd.contexts import collector_paused, comparisons
from autograd.errors import DomainError, NonFiniteError, TraceError
from autograd.forgetting import enable_grad
from autograd.functions import sum_
from autograd.operands import as_float
from autograd.value import Value, as_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.compiler.arguments import Arguments
    from autograd.compiler.tape import Tape
    from autograd.contexts import Comparison

__all__ = ["Specialization", "is_tracing", "name_of"]

PROBED = 4  # samples of a batch that are traced to see that they have one graph

is_tracing: ContextVar[bool] = ContextVar("inside a function that is being traced", default=False)


class _Traced(NamedTuple):
    """A function's graph, on stand-ins for its arguments.

    asked: the comparisons that it made on the way, with their outcomes
    """

    root: Value
    leaves: StandIns
    asked: list[Comparison]
    tape: Tape


class Specialization:
    """A function, traced for arguments of one kind.

    main:  its program
    guard: a program that counts the comparisons with another outcome; None if the function makes none
    """

    def __init__(
        self, function: Callable[..., Any], signature: inspect.Signature, arguments: Arguments, dtype: Any
    ) -> None:
        self.function, self.signature, self.key, self.numbers = function, signature, arguments.key, arguments.numbers()
        traced = self._trace(arguments, 0)
        self.asked = traced.asked
        self._first: _Traced | None = traced  # until other numbers were seen to make the same graph
        samples = [i * (arguments.size - 1) // (PROBED - 1) for i in range(1, PROBED)]
        for sample in dict.fromkeys(samples):  # of a single sample, that one again: it shows what is random
            self._require_the_same_graph(arguments, sample)
        self.main = BoundProgram(traced.root, traced.leaves, dtype)
        others = [_has_other_outcome(c) for c in self.asked]
        self.guard = BoundProgram(sum_(others), traced.leaves, dtype) if others else None
        if arguments.samples and not self._holds(arguments):
            for sample in range(arguments.size):
                self._require_the_same_graph(arguments, sample)

    def serves(self, arguments: Arguments) -> bool:
        """Would these arguments make this graph?"""
        return arguments.key == self.key and self._holds(arguments)

    def _holds(self, arguments: Arguments) -> bool:
        if self.guard is None:
            return True
        try:
            return bool(self.guard(arguments) == 0.0)
        except (DomainError, NonFiniteError):  # numbers that another branch keeps out
            return False

    def confirm(self, arguments: Arguments) -> None:
        """At the first call with other numbers, check that the function makes the same graph of them."""
        if self._first is not None and arguments.numbers() != self.numbers:
            self._require_the_same_graph(arguments, 0)
            self._first = None

    def why_not(self, last: Specialization) -> str:
        """Why the last specialization did not serve where this one does."""
        if last.key != self.key:
            return difference(last.key, self.key)
        return _first_other_outcome(last.asked, self.asked) or "a comparison is decided by rounding"

    def _trace(self, arguments: Arguments, sample: int) -> _Traced:
        """Run the function on leaves. Raises TypeError if it returns neither a Value nor a number."""
        leaves = StandIns(arguments, sample)
        with comparisons() as asked:
            root = self._run(leaves)
        if not isinstance(root, Value):
            root = self._constant(root, leaves)
        return _Traced(root, leaves, asked, tape_of(topological_order(root), leaves.known()))

    def _run(self, leaves: StandIns) -> Any:
        bound = inspect.BoundArguments(self.signature, dict(leaves.arguments))
        token = is_tracing.set(True)
        try:
            with collector_paused(), enable_grad():
                return self.function(*bound.args, **bound.kwargs)
        finally:
            is_tracing.reset(token)

    def _constant(self, y: Any, leaves: StandIns) -> Value:
        """A number that the function returned, as a constant with slope 0.

        Raises TypeError for anything else, and for a number that is another on both sides of here: the gradient was lost.
        """
        words = f"{name_of(self.function)} must return one Value, got {type(y).__name__}: "
        try:
            root = as_value(y)
        except TypeError:
            raise TypeError(f"{words}of several outputs return the sum, or give a list to jacobian") from None
        if all(root.data != side == side for side in (self._beside(leaves, h) for h in (1e-6, -1e-6))):
            raise TypeError(
                f"{words}it changes with the arguments, so somewhere the gradient was lost; was .data used inside?"
            )
        return root

    def _beside(self, leaves: StandIns, h: float) -> float:
        """The number that the function returns for numbers a little aside; nan where it returns none, or is not defined."""
        known = leaves.known()
        numbers = [v.data for v in known]
        try:
            for v in known:
                v.data += h * (1.0 + abs(v.data))
            y = self._run(leaves)
            return math.nan if isinstance(y, Value) else as_float(y)
        except (TypeError, ValueError, ArithmeticError):
            return math.nan
        finally:
            for v, x in zip(known, numbers, strict=True):
                v.data = x

    def _require_the_same_graph(self, arguments: Arguments, sample: int) -> None:
        """Trace again. Raises TraceError unless the graph is the one that was traced, and made of the arguments alone."""
        first, again, name = self._first, self._trace(arguments, sample), name_of(self.function)
        assert first is not None
        other_outcome = _first_other_outcome(first.asked, again.asked)
        if other_outcome and sample:
            raise TraceError(
                f"samples part ways in {name}: {other_outcome} in sample {sample}. One program serves all samples: "
                "write relu, maximum, minimum or clip instead of the branch, or call it sample by sample"
            )
        other = other_outcome or _first_difference(first, again)
        if other:
            raise TraceError(
                f"{name} did not make the same graph again: {other}. What is read outside the graph (.data, a counter, "
                "random numbers) can't be compiled: compute with Values, compare them with < and >, pass the rest as an argument"
            )
        outside = (_leaves_of(again.tape) & _leaves_of(first.tape)) - set(again.leaves.known())
        if outside:
            v = min(outside, key=lambda v: str(v.label))
            raise TraceError(
                f"{name} uses {(v.label or v)!r}, which is not among its arguments: pass it, or the Module that holds it, "
                "so that the program follows it"
            )


class BoundProgram:
    """A program, and where in it the numbers of the arguments go."""

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
        # Where each parameter is in the program's gradient: past its end, if the loss does not use it.
        self.places = np.full(len(at), len(self.chosen), dtype=np.intp)
        self.places[self.chosen] = np.arange(len(self.chosen))

    def _inputs(self, arguments: Arguments) -> list[Any]:
        for leaf, x in zip(self.data, arguments.data, strict=True):
            leaf.data = x
        return [arguments.samples[name].reshape(arguments.size, -1)[:, used] for name, used in self.columns]

    def __call__(self, arguments: Arguments) -> float:
        """The value."""
        return self.program(*self._inputs(arguments), parameters=arguments.theta[self.chosen])

    def value_and_grad(self, arguments: Arguments) -> tuple[float, Any]:
        """(value, gradient with respect to all parameters)."""
        value, g = self.program.value_and_grad(*self._inputs(arguments), parameters=arguments.theta[self.chosen])
        if len(self.chosen) < len(self.places):
            xp = namespace_of([g], self.program.dtype)
            g = xp.concat(g, xp.zeros((1,)))
        return value, g[self.places]


# ── two graphs of one function ──────────────────────────────────────────────

_SYMBOLS: dict[Any, str] = {lt: "<", le: "<=", gt: ">", ge: ">="}


def _has_other_outcome(c: Comparison) -> Value:
    """1 where the comparison has another outcome than when it was traced, else 0: as a graph."""
    at_least = (c.left - c.right if c.relation in (lt, ge) else c.right - c.left).step()
    expected = c.outcome == (c.relation in (le, ge))
    other: Value = 1.0 - at_least if expected else at_least
    return other


def _first_other_outcome(old: list[Comparison], new: list[Comparison]) -> str:
    """The first comparison with another outcome, in words; "" if there is none."""
    for was, now in zip(old, new, strict=False):
        if was.outcome != now.outcome:
            left, right = (_described(v) for v in (now.left, now.right))
            return f"{left} {_SYMBOLS[now.relation]} {right} was {was.outcome}, now {now.outcome}"
    return ""


def _described(v: Value | float) -> str:
    return (v.label or f"{v.op.name}(…)") if isinstance(v, Value) else f"{v:g}"


def _first_difference(a: _Traced, b: _Traced) -> str:
    """The first difference between two graphs, in words; "" if there is none."""
    if len(a.tape.ops) != len(b.tape.ops):
        return f"it had {len(a.tape.ops)} nodes, now {len(b.tape.ops)}"
    for was, now in zip(a.tape.ops, b.tape.ops, strict=True):
        if was is not now and (was.name, was.constants) != (now.name, now.constants) and was.operands and now.operands:
            return f"{was.symbol} became {now.symbol}"
    at, now_at = (dict[Any, int](zip(traced.leaves.known(), count(), strict=False)) for traced in (a, b))
    places, now_places = [at.get(v) for v in a.tape.values], [now_at.get(v) for v in b.tape.values]
    if a.tape.operands != b.tape.operands or places != now_places:
        return "its edges changed"
    for operands, v, x, y in zip(a.tape.operands, a.tape.values, a.tape.numbers, b.tape.numbers, strict=True):
        if not operands and v not in at and repr(x) != repr(y):
            return f"a constant was {x:g}, now {y:g}"
    return ""


def _leaves_of(tape: Tape) -> set[Value]:
    return {v for v, operands in zip(tape.values, tape.operands, strict=True) if v is not None and not operands}


def name_of(function: Any) -> str:
    """What to call a function in messages."""
    return getattr(function, "__name__", type(function).__name__)
