"""``@compiled`` functions against the graphs that they make: called again with other samples, other Values, shared ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from fuzz.families import FAMILIES, graph, graph_of
from fuzz.shrinking import Trouble, Undecided

from autograd import DomainError, Value, compiled

__all__ = ["FUNCTIONS", "Call", "against_eager", "run"]

FUNCTIONS = [name for name in FAMILIES if name != "unstructured"]  # which branches on .data
TOLERANCE = 1e-10
CALLS = 7


class Call(NamedTuple):
    """How the function is called.

    way:    "rows" (x has one row per sample), "twice" (two arguments, which may be one array), "data" (a list of numbers)
            or "values" (x are Values, too)
    n:      samples
    seed:   of the numbers
    shared: how many of the Values, or of the arrays, are one
    """

    way: str
    n: int
    seed: int
    shared: int


def against_eager(family: str, seed: int) -> None:
    """Draw a function and its calls, and compare each with the eager graphs. Raises Trouble with the calls that it takes."""
    calls = _calls(random.Random(f"{family} {seed}"))
    try:
        run(family, seed, calls)
    except Undecided:
        raise
    except Exception as error:
        for call in list(calls):
            fewer = [c for c in calls if c is not call]
            if _fails(family, seed, fewer, type(error)):
                calls = fewer
        said = f"{type(error).__name__}: {error}"
        raise Trouble(f"{said}\nfrom fuzz.functions import Call, run\nrun({family!r}, {seed}, {calls})") from error


def _fails(family: str, seed: int, calls: Sequence[Call], kind: type[Exception]) -> bool:
    try:
        run(family, seed, calls)
    except Exception as error:
        return isinstance(error, kind)
    return False


def _calls(draw: random.Random) -> list[Call]:
    return [
        Call(
            draw.choice(["rows", "twice", "data", "values"]),
            draw.choice([1, 2, 3, 1000]),
            draw.randrange(3),
            draw.randrange(4),
        )
        for _ in range(CALLS)
    ]


def run(family: str, seed: int, calls: Sequence[Call]) -> None:
    """Make the functions, call them, and compare each call's value and gradient with the graphs'. Raises Trouble."""
    try:
        first = graph(family, seed)
    except DomainError:
        raise Undecided from None
    k, m = len(first.parameters), len(first.inputs)

    def f(w: list[Value], x: list[Value]) -> Value:
        return graph_of(family, seed, iter(w), iter(x)).loss

    def g(w: list[Value], x: list[Value], y: list[Value]) -> Value:
        return f(w, x) - 0.5 * f(w, y)

    functions: dict[str, Any] = {
        "rows": compiled(f, samples=["x"]),
        "twice": compiled(g, samples=["x", "y"]),
        "data": compiled(f),
        "values": compiled(f),
    }
    for call in calls:
        w, samples = _arguments(call, k, m)
        eager: Callable[..., Value] = g if call.way == "twice" else f
        try:
            found = _called(functions[call.way], call, w, samples)
        except DomainError:
            if _leaves_a_domain(eager, w, samples):
                continue
            raise
        _compare(call, functions[call.way].parameters, found, eager, w, samples)


def _arguments(call: Call, k: int, m: int) -> tuple[list[Value], list[list[list[Any]]]]:
    """The Values, and of each sample the rows: numbers, or Values of which some are those of w."""
    draw = random.Random(f"{call}")
    w = [Value(draw.uniform(-1, 1)) for _ in range(k)]
    for _ in range(call.shared):
        if k > 1:
            w[draw.randrange(k)] = w[draw.randrange(k)]
    if call.way == "values":
        row = [
            draw.choice(w) if w and draw.randrange(4) < call.shared else Value(draw.uniform(-1, 1)) for _ in range(m)
        ]
        return w, [[row]]
    distinct = [[draw.uniform(-1, 1) for _ in range(m)] for _ in range(3)]
    n = 1 if call.way == "data" else call.n
    rows = [distinct[i % 3] for i in range(n)]
    if call.way != "twice":
        return w, [[row] for row in rows]
    others = rows if call.shared else [distinct[(i + 1) % 3] for i in range(n)]
    return w, [[x, y] for x, y in zip(rows, others, strict=True)]


def _called(function: Any, call: Call, w: list[Value], samples: list[list[list[Any]]]) -> tuple[float, Any]:
    if call.way in ("data", "values"):
        return function.value_and_grad(w, samples[0][0])
    X = np.array([rows[0] for rows in samples])
    if call.way == "rows":
        return function.value_and_grad(w, X)
    return function.value_and_grad(w, X, X if call.shared else np.array([rows[1] for rows in samples]))


def _leaves_a_domain(eager: Callable[..., Value], w: list[Value], samples: Any) -> bool:
    try:
        for rows in samples[:3]:
            _graph(eager, w, rows)
    except DomainError:
        return True
    return False


def _graph(eager: Callable[..., Value], w: list[Value], rows: Any) -> Value:
    return eager(w, *([x if isinstance(x, Value) else Value(x) for x in row] for row in rows))


def _compare(
    call: Call,
    parameters: list[Value],
    found: tuple[float, Any],
    eager: Callable[..., Value],
    w: list[Value],
    samples: Any,
) -> None:
    expected = list(dict.fromkeys([*w, *(samples[0][0] if call.way == "values" else ())]))
    if parameters != expected:
        raise Trouble(f"{call}: parameters {parameters}, expected {expected}")
    values, gradients = [], []
    for rows in samples[:3]:
        for p in expected:
            p.grad = 0.0
        root = _graph(eager, w, rows)
        root.backward()
        values.append(root.data)
        gradients.append([p.grad for p in expected])
    counts = np.bincount(np.arange(len(samples)) % 3, minlength=3)[: len(values)] / len(samples)
    value, gradient = counts @ np.array(values), counts @ np.array(gradients).reshape(len(values), -1)
    size = 1.0 + np.abs(gradients).max(initial=0.0)
    if abs(found[0] - value) > TOLERANCE * (1.0 + max(map(abs, values))):
        raise Trouble(f"{call}: {found[0]!r}, its graphs {value!r}")
    if not (abs(np.asarray(found[1]) - gradient) <= TOLERANCE * size).all():
        raise Trouble(f"{call}: gradient {found[1].tolist()}, its graphs' {gradient.tolist()}")
