"""A graph that fails, made smaller for as long as it fails, and printed as code that makes it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphs import regrown

from autograd import OPS, Value, topological_order
from autograd.errors import DomainError
from autograd.ops import CONSTANT

__all__ = ["Graph", "Trouble", "Undecided", "checked", "code", "shrunk"]

PATIENCE = 600  # smaller graphs that are tried


class Graph(NamedTuple):
    """A graph, and what its leaves are for; all others are data."""

    loss: Value
    parameters: list[Value]
    inputs: list[Value]


class Trouble(AssertionError):
    """Two ways to compute the same differ, or one of them fails."""


class Undecided(Exception):
    """Nothing can be said: a decision lies within rounding, or no digit is sure."""


def checked(graph: Graph, check: Callable[[Graph], None], how: str) -> None:
    """Check the graph. Raises Undecided, or Trouble with the code of a smaller graph that fails too, and ``how``."""
    try:
        check(graph)
    except Undecided:
        raise
    except Exception as error:
        kind = type(error)
        smaller = shrunk(graph, lambda g: _fails(g, check, kind))
        raise Trouble(f"{_said(smaller, check)}\n{code(smaller)}\n{how}") from error


def _fails(graph: Graph, check: Callable[[Graph], None], kind: type[Exception]) -> bool:
    try:
        check(graph)
    except Undecided:
        return False
    except kind:
        return True
    except Exception:
        return False
    return False


def _said(graph: Graph, check: Callable[[Graph], None]) -> str:
    try:
        check(graph)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "it fails no more: it depends on what was computed before"


def shrunk(graph: Graph, fails: Callable[[Graph], bool]) -> Graph:
    """A graph that fails and of which no smaller one does, as far as it is tried."""
    left = PATIENCE
    found: Graph | None = graph
    while found is not None:
        graph, found = found, None
        for smaller in _smaller(graph):
            left -= 1
            if left < 0:
                return graph
            if fails(smaller):
                found = smaller
                break
    return graph


def _smaller(graph: Graph) -> Iterator[Graph]:
    """First an inner node as the loss; then one node less; then an operand less; then rounder numbers."""
    order = topological_order(graph.loss)
    results = [v for v in order if v.parents]
    yield from (_part(graph, v) for v in results[:-1])
    changes = [
        *({"instead": {v: p}} for v in reversed(results) for p in dict.fromkeys(v.parents)),
        *({"parents": {v: fewer}} for v in results if v.op.n_ary for fewer in _fewer(v)),
        *({"numbers": {v: x}} for v in order if not v.parents for x in _rounder(v.data)),
    ]
    for change in changes:
        try:
            copies = regrown(graph.loss, **change)
        except DomainError:
            continue
        yield _taken(graph, copies)


def _part(graph: Graph, loss: Value) -> Graph:
    return _taken(graph, regrown(loss), loss)


def _taken(graph: Graph, copies: dict[Value, Value], loss: Value | None = None) -> Graph:
    root = copies[graph.loss if loss is None else loss]
    there = set(topological_order(root))
    parameters, inputs = ([copies[v] for v in group if v in copies and copies[v] in there] for group in graph[1:])
    return Graph(root, parameters, inputs)


def _fewer(v: Value) -> Iterator[tuple[Value, ...]]:
    """The operands without one of them; of a dot, without a pair or the bias."""
    x, n = v.parents, len(v.parents)
    if v.op is not OPS["dot"]:
        yield from (x[:i] + x[i + 1 :] for i in range(n) if n > 1)
        return
    pairs = n // 2
    if n % 2:
        yield x[:-1]
    yield from (x[:i] + x[i + 1 : pairs + i] + x[pairs + i + 1 :] for i in range(pairs) if pairs > 1)


def _rounder(x: float) -> Iterator[float]:
    for y in (0.0, 1.0, float(f"{x:.1g}"), float(f"{x:.2g}")):
        if len(repr(y)) < len(repr(x)):
            yield y


def code(graph: Graph) -> str:
    """The graph as Python."""
    order = topological_order(graph.loss)
    names: dict[Value, str] = {}
    for letter, group in (("w", graph.parameters), ("x", graph.inputs)):
        names |= {v: f"{letter}{i}" for i, v in enumerate(group)}
    lines = ["from autograd import OPS, Value", "from autograd.value import apply", ""]
    for v in order:
        if v.parents:
            names[v] = "loss" if v is graph.loss else f"t{len(names)}"
            bound = f".bind({', '.join(f'{k}={x!r}' for k, x in v.op.constants.items())})" if v.op.constants else ""
            lines.append(f'{names[v]} = apply(OPS["{v.op.name}"]{bound}, {", ".join(names[p] for p in v.parents)})')
        elif v.op is CONSTANT and v not in names:
            names[v] = repr(v.data)
        else:
            names.setdefault(v, f"d{len(names)}")
            lines.append(f'{names[v]} = Value({v.data!r}, label="{names[v]}", kind="{v.op.name}")')
    if not graph.loss.parents:
        lines.append(f"loss = {names[graph.loss]}")
    return "\n".join(lines)
