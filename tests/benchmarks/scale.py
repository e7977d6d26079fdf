"""Graphs of a thousand to a million nodes through all that is done with a graph: CPU time and memory per node."""

from __future__ import annotations

import copy
import math
import pickle
import random
import re
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from harness import Table, interleaved

from autograd import Value, collector_paused, compile_graph, draw, explain, grad
from autograd import sum as sum_

# ── four shapes of about n nodes: deep, deep with many paths, wide, and one graph over and over ─────────────────────────


def chain(n: int, w: Value, b: Value) -> Value:
    """v ← v · w + b, every node used once."""
    v = w
    for _ in range(n // 2):
        v = v * w + b
    return v


def ladder(n: int, w: Value, b: Value) -> Value:
    """Two rails that cross on every rung, a turn by an angle: the paths double from rung to rung."""
    c, s = w.cos(), w.sin()
    x, y = b, w
    for _ in range(n // 6):
        x, y = c * x - s * y, s * x + c * y
    return x + y


def wide(n: int, w: Value, b: Value) -> Value:
    """One sum of n numbers."""
    return sum_([w, b, *(Value(k / n) for k in range(n))])


def batch(n: int, w: Value, b: Value) -> Value:
    """The mean of (tanh(w·x + b) − y)² over samples."""
    draws = random.Random(0)
    return sum_([((w * draws.random() + b).tanh() - draws.random()) ** 2 for _ in range(n // 7)]) * (7 / n)


SHAPES: dict[str, Callable[[int, Value, Value], Value]] = {
    "chain": chain,
    "ladder": ladder,
    "sum": wide,
    "batch": batch,
}


class Graph(NamedTuple):
    """A graph, and its two parameters."""

    root: Value
    w: Value
    b: Value


def built(shape: str, n: int) -> Graph:
    """A graph of that shape."""
    w, b = Value(0.999, label="w", kind="parameter"), Value(0.001, label="b", kind="parameter")
    return Graph(SHAPES[shape](n, w, b), w, b)


# ── what is done with it: what is to be there beforehand, and what is measured ──────────────────────────────────────────


class Operation(NamedTuple):
    """``run`` is measured, on what ``prepare`` makes of a shape and a size."""

    run: Callable[[Any], Any]
    prepare: Callable[[str, int], Any] = built


OPERATIONS = {
    "build": Operation(lambda size: built(*size), lambda shape, n: (shape, n)),
    "backward": Operation(lambda graph: graph.root.backward()),
    "deepcopy": Operation(lambda graph: copy.deepcopy(graph.root)),
    "pickle, and back": Operation(lambda graph: pickle.loads(pickle.dumps(graph.root))),
    "explain": Operation(lambda graph: str(explain(graph.w, graph.root))),
    "draw": Operation(lambda graph: draw(graph.root).svg),
    "compile": Operation(lambda graph: compile_graph(graph.root)),
    "run, with gradient": Operation(
        lambda program: program.value_and_grad(), lambda shape, n: compile_graph(built(shape, n).root)
    ),
    "grad, and its graph": Operation(
        lambda size: grad(lambda w: SHAPES[size[0]](size[1], w, Value(0.001)))(Value(0.999)),
        lambda shape, n: (shape, n),
    ),
}


def cost(operation: str, shape: str, n: int) -> Any:
    """CPU seconds and bytes per node of an operation, as it is called: the collector is only paused while a graph is built."""
    run, prepare = OPERATIONS[operation]
    run(prepare(shape, 300))  # what is loaded on first use

    def sample() -> dict[str, float]:
        with collector_paused():
            given = prepare(shape, n)
        before, start = resident(), process_time()
        if operation == "build":
            with collector_paused():
                kept = run(given)
        else:
            kept = run(given)
        taken = process_time() - start
        grown = resident(most=True) - before
        del kept
        return {"seconds": taken / n, "bytes": grown / n}

    return sample


def resident(*, most: bool = False) -> float:
    """Bytes of memory that this process holds; the most since it was last asked how many it holds. nan where /proc is not."""
    try:
        if not most:
            Path("/proc/self/clear_refs").write_text("5")
        found = re.search(rf"{'VmHWM' if most else 'VmRSS'}:\s+(\d+)", Path("/proc/self/status").read_text())
    except OSError:
        return math.nan
    return 1024.0 * int(found[1]) if found else math.nan


def run(*, quick: bool) -> list[Table]:
    """A row per operation and shape: nanoseconds per node at each size, and bytes per node."""
    sizes = [10**3, 10**4, 10**5] if quick else [10**3, 10**4, 10**5, 10**6]
    rows = []
    for operation in OPERATIONS:
        for shape in SHAPES:
            measured = {n: _measured(operation, shape, n) for n in sizes}  # one at a time: a large one fills the memory
            rows.append([operation, shape, *_row(measured)])
    columns = [
        "CPU time per node",
        "graph",
        *(f"{n:,}" for n in sizes),
        "most : at 10,000",
        f"bytes at {sizes[-1]:,}",
    ]
    note = "Mark: at most 2 times what it takes at 10,000 nodes, and 4 GB for a million. Bytes come on top of what was there."
    return [Table("Scale", columns, rows, [note])]


def _measured(operation: str, shape: str, n: int) -> Any:
    (case,) = interleaved({"": ("scale:cost", operation, shape, n)}, rounds=1, limit=300.0).values()
    return case


def _row(measured: dict[int, Any]) -> list[str]:
    problems = [case.problem for case in measured.values() if case.problem]
    if problems:
        return [problems[0], *["–"] * (len(measured) + 1)]
    each = {n: 1e9 * case.median("seconds") for n, case in measured.items()}
    from_10_000 = [ns for n, ns in each.items() if n >= 10**4]
    *_, last = measured.values()
    most = max(sample["bytes"] for sample in last.samples)
    return [*(f"{ns:,.0f} ns" for ns in each.values()), f"{max(from_10_000) / from_10_000[0]:.2f}", f"{most:,.0f}"]
