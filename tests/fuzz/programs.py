"""Compiled programs against the graphs they were compiled from.

A program is compiled once and called with batches of several sizes, in an order of the seed's own, with other weights in
between, with arrays in any layout; its value and gradient are compared with ``backward`` on every sample's own graph.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from executors import as_chosen, in_machine_code
from fuzz.families import graph
from fuzz.shrinking import Graph, Trouble, Undecided, checked
from graphs import regrown
from rounding import bound, is_decided

from autograd import DomainError, Value, compile_graph, topological_order
from autograd.compiler import Program
from autograd.functional import gradients

__all__ = ["LIBRARIES", "PRECISION", "against_graphs", "check"]

SIZES = (0, 1, 2, 3, 1000)
DISTINCT = 3  # samples: a larger batch repeats them, so that each one's graph need be built only once
PRECISION = {"float64": 1e-12, "float32": 1e-5}
CALLS = 6
MACHINE_CODE = "machine code"  # of NumPy's arrays
HOW = """
program = compile_graph(loss, {arguments}, wrt={parameters}, dtype={dtype!r})
program.value_and_grad(…), of {library} arrays"""


def against_graphs(family: str, seed: int, library: str = "numpy", dtype: str = "float64") -> None:
    """Draw a graph of a family, compile it, and compare all calls. Raises Undecided or Trouble."""
    try:
        one = graph(family, seed)
    except DomainError:
        raise Undecided from None
    names = (
        [f"{letter}{i}" for i in range(len(group))] for letter, group in (("w", one.parameters), ("x", one.inputs))
    )
    parameters, inputs = (f"[{', '.join(group)}]" for group in names)
    how = HOW.format(arguments=f"[{inputs}]", parameters=parameters, dtype=dtype, library=library)
    checked(one, lambda smaller: check(smaller, seed, library, dtype), f"{how}\nfirst seen: {family}, {seed}")


def check(one: Graph, seed: int, library: str = "numpy", dtype: str = "float64") -> None:
    """Compile a graph, without its inputs and with them, and compare what calls return with the graphs' own numbers."""
    there = set(topological_order(one.loss))
    one = Graph(one.loss, *([v for v in group if v in there] for group in one[1:]))
    draw = random.Random(seed)
    weights = [_weights(one, draw, k) for k in range(2)]
    samples = [[x.data if k == 0 else draw.uniform(-1, 1) for x in one.inputs] for k in range(DISTINCT)]
    truth = {(w, s): _Truth(one, weights[w], samples[s]) for w in range(2) for s in range(DISTINCT)}
    as_asked = in_machine_code if library == MACHINE_CODE else as_chosen
    program = as_asked(compile_graph(one.loss, wrt=one.parameters, dtype=dtype))
    _compare(program.value_and_grad(), program, [truth[0, 0]], one, dtype, "no batch")
    if not one.inputs:
        return
    arguments = _split(draw, one.inputs)
    program = as_asked(compile_graph(one.loss, arguments, wrt=one.parameters, dtype=dtype))
    for call in _calls(draw):
        _make(call, program, one, weights, samples, truth, arguments, library, dtype)


class _Truth:
    """A sample's graph, differentiated; None where it leaves a domain."""

    def __init__(self, one: Graph, weights: Sequence[float], sample: Sequence[float]) -> None:
        numbers = dict(zip([*one.parameters, *one.inputs], [*weights, *sample], strict=True))
        self.root: Value | None
        try:
            copies = regrown(one.loss, numbers)
        except DomainError:
            self.root = None
            return
        self.root, self.parameters = copies[one.loss], [copies[p] for p in one.parameters]
        self.root.backward()
        self.value, self.gradient = self.root.data, np.array([p.grad for p in self.parameters])

    def bounds(self, u: float) -> tuple[float, np.ndarray]:
        """Of the value and the gradient. Raises Undecided where a bound of first order says nothing."""
        assert self.root is not None
        slopes = gradients(self.root, self.parameters)
        found = [u * (bound(v) + abs(v.data)) for v in (self.root, *slopes)]
        if not is_decided(self.root, u) or not all(
            b < 1e-2 * (1.0 + abs(v.data)) for b, v in zip(found, (self.root, *slopes), strict=True)
        ):
            raise Undecided
        return found[0], np.array(found[1:])


class _Call(NamedTuple):
    n: int  # samples
    weights: int
    with_gradient: bool
    layout: int


def _calls(draw: random.Random) -> Iterator[_Call]:
    """Every size once, and some again."""
    sizes = [*SIZES, *draw.choices(SIZES[1:], k=CALLS - len(SIZES))]
    draw.shuffle(sizes)
    for n in sizes:
        yield _Call(n, draw.randrange(2), draw.random() < 0.7, draw.randrange(4))


def _make(
    call: _Call,
    program: Program,
    one: Graph,
    weights: Any,
    samples: Any,
    truth: Any,
    arguments: Any,
    library: str,
    dtype: str,
) -> None:
    chosen = np.arange(call.n) % DISTINCT
    used = [truth[call.weights, s] for s in chosen[:DISTINCT].tolist()]
    if any(t.root is None for t in used):
        return
    for p, x in zip(one.parameters, weights[call.weights], strict=True):
        p.data = x
    at = {x: j for j, x in enumerate(one.inputs)}
    columns = [[at[x] for x in a] if isinstance(a, list) else at[a] for a in arguments]
    numbers = np.array(samples, dtype=dtype).reshape(DISTINCT, -1)[chosen]
    given = [_prepared(library, numbers[:, j], call.layout) for j in columns]
    where = f"{call}"
    if not call.n:
        try:
            program(*given)
        except ValueError:
            return
        raise Trouble(f"{where}: a program of no samples must be refused")
    found = program.value_and_grad(*given) if call.with_gradient else (program(*given), None)
    counts = np.bincount(chosen, minlength=DISTINCT)[: len(used)] / call.n
    _compare(found, program, used, one, dtype, where, counts)


def _compare(
    found: tuple[Any, Any],
    program: Program,
    used: list[_Truth],
    one: Graph,
    dtype: str,
    where: str,
    counts: Any = (1.0,),
) -> None:
    """The value and the gradient, with the means of the samples' own, within U of the largest, else within the bounds."""
    u, counts = PRECISION[dtype], np.array(counts)
    mine, names = [np.array([float(found[0])])], ["value"]
    theirs = [np.array([[t.value] for t in used])]
    if found[1] is not None:
        at = {p: i for i, p in enumerate(program.parameters)}
        mine.append(np.asarray(found[1], dtype=float)[[at[p] for p in one.parameters]])
        theirs.append(np.array([t.gradient for t in used]).reshape(len(used), -1))
        names.append("gradient")
    for i, (got, each, name) in enumerate(zip(mine, theirs, names, strict=True)):
        right = counts @ each
        off = abs(got - right)
        if (off <= u * (1.0 + abs(each).max(initial=0.0))).all():
            continue
        allowed = counts @ np.array(
            [np.atleast_1d(t.bounds(u)[i]) + u * abs(e) for t, e in zip(used, each, strict=True)]
        )
        if not (off <= allowed).all():
            raise Trouble(f"{where}: {name} {got.tolist()}, its graph's {right.tolist()}")


def _weights(one: Graph, draw: random.Random, variant: int) -> list[float]:
    return [p.data if variant == 0 else draw.uniform(-1, 1) for p in one.parameters]


def _in_torch(array: np.ndarray) -> Any:
    import torch

    return torch.as_tensor(array.copy())


def _in_jax(array: np.ndarray) -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax.numpy.asarray(array)


LIBRARIES: dict[str, Callable[[np.ndarray], Any]] = {
    "numpy": lambda array: array, MACHINE_CODE: lambda array: array, "torch": _in_torch, "jax": _in_jax,
}  # fmt: skip


def _prepared(library: str, array: np.ndarray, layout: int) -> Any:
    """An array of a library, made from one that lies in memory row by row, column by column, with gaps, or read-only."""
    if layout == 1:
        array = np.asfortranarray(array)
    elif layout == 2:
        array = np.repeat(array, 2, axis=0)[::2]
    elif layout == 3:
        array.flags.writeable = False
    return LIBRARIES[library](array)


def _split(draw: random.Random, inputs: list[Value]) -> list[list[Value] | Value]:
    """Which inputs are one argument: all of them, or runs, of which one of a single input may be without an axis."""
    if draw.random() < 0.5:
        return [inputs]
    cuts = sorted(draw.sample(range(1, len(inputs)), draw.randint(0, min(3, len(inputs) - 1))))
    runs = [inputs[a:b] for a, b in zip([0, *cuts], [*cuts, len(inputs)], strict=True)]
    return [run[0] if len(run) == 1 and draw.random() < 0.5 else run for run in runs]
