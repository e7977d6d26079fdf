"""``compile_graph``: the way of a graph through the compiler, tape → plan → executor → program."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from autograd.backprop import topological_order
from autograd.compiler.choice import executor_of
from autograd.compiler.numeric import precision
from autograd.compiler.program import Program
from autograd.compiler.reroll import reroll
from autograd.compiler.signature import Input
from autograd.compiler.tape import tape_of
from autograd.contexts import collector_paused
from autograd.ops import CONSTANT, PARAMETER
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.plan import Plan

__all__ = ["compile_graph"]


def compile_graph(
    loss: Value, inputs: Sequence[Any] = (), *, wrt: Sequence[Value] | None = None, dtype: Any = "float64"
) -> Program:
    """An array program that computes what the graph of ``loss`` computes, and its gradients.

    loss:   the root of a graph: of one sample, or of a whole batch written out
    inputs: leaves that become arguments, each a Value or a list of k Values. The graph is then one sample's, and
            an argument is an array (n,) or (n, k) of n samples; the value is the mean of the samples' losses
    wrt:    the leaves with respect to which gradients are wanted (None: the parameters; if there are none, every
            leaf that is neither an input nor a constant)
    dtype:  "float64" or "float32"

    Raises ValueError for an input that is not a leaf of the graph, or that is in ``wrt`` too, and for another dtype;
    TypeError if ``loss`` is not a Value, or ``inputs`` or ``wrt`` is one.

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
        raise TypeError("inputs and wrt are lists of leaves, even of a single one: inputs=[x], wrt=[w]")
    start, dtype = time.perf_counter(), precision(dtype)
    arguments = [Input([v], True) if isinstance(v, Value) else Input(list(v), False) for v in inputs]
    with collector_paused():
        plan = _planned(loss, [a.leaves for a in arguments], None if wrt is None else list(wrt))
        executor = executor_of(plan, arguments, dtype)
    return Program(loss, plan, executor, dtype, time.perf_counter() - start)


def _planned(loss: Value, inputs: list[list[Value]], wrt: list[Value] | None) -> Plan:
    order = topological_order(loss)
    leaves = [v for v in order if not v.parents]
    varying = [v for group in inputs for v in group]
    _check(varying, wrt or [], set(leaves))
    tape = tape_of(order, [*varying, *(wrt or ())])
    at = {v: i for i, v in enumerate(tape.values) if v is not None and not v.parents}
    unused = [v for v in varying if v not in at]
    if unused:
        raise ValueError(f"the loss does not depend on the input {unused[0]!r}")
    chosen = _parameters_among(leaves, set(varying)) if wrt is None else wrt
    return reroll(tape, [[at[v] for v in group] for group in inputs], {at[v] for v in chosen if v in at})


def _check(inputs: list[Value], wrt: list[Value], leaves: set[Value]) -> None:
    for v in [*inputs, *wrt]:
        if not isinstance(v, Value) or v not in leaves:
            raise ValueError(f"inputs and wrt are leaves of the loss's graph; {v!r} is not")
    if len(set(inputs)) < len(inputs):
        raise ValueError("an input is given twice")
    both = set(inputs) & set(wrt)
    if both:
        raise ValueError(
            f"{both.pop()!r} is in inputs and in wrt: a program cannot differentiate with respect to an input"
        )


def _parameters_among(leaves: list[Value], inputs: set[Value]) -> list[Value]:
    free = [v for v in leaves if v not in inputs and v.op is not CONSTANT]
    return [v for v in free if v.op is PARAMETER] or free
