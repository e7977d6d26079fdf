"""What a node costs, in time and in bytes, from a thousand to a million of them."""

from __future__ import annotations

import gc
import importlib
import sys
from contextlib import nullcontext
from time import perf_counter
from typing import Any

from harness import Table, interleaved

ENGINES = {"chalkgrad": "autograd", "micrograd": "micrograd.engine", "scalar_peer": "scalar_peer"}


def _value(engine: str) -> Any:
    return importlib.import_module(ENGINES[engine]).Value


def chain(Value: Any, n: int) -> Any:
    """n nodes of two parents, multiply and add in turn: v ← v · w + b."""
    v, w, b = Value(0.5), Value(0.999), Value(0.001)
    for _ in range(n // 2):
        v = v * w + b
    return v


def cost(engine: str, n: int, paused: bool) -> Any:
    """Build, backward and free a chain of n: seconds of each."""
    Value = _value(engine)
    if engine == "chalkgrad" and paused:
        from autograd import collector_paused as context
    else:
        context = nullcontext

    def sample() -> dict[str, float]:
        gc.collect()
        with context():
            start = perf_counter()
            root = chain(Value, n)
            built = perf_counter()
            root.backward()
            passed = perf_counter()
            del root
            return {"build": built - start, "backward": passed - built, "free": perf_counter() - passed}

    return sample


def size(engine: str, op: str, n: int = 20_000) -> Any:
    """Bytes of one node of two parents, floats and edges included, as the allocator counts them."""
    import tracemalloc

    Value = _value(engine)

    def grown(v: Any, w: Any) -> Any:
        for _ in range(n):
            v = v * w if op == "multiply" else v + w
        return v

    def sample() -> dict[str, float]:
        # A fresh float for each node's number: 1.0001ᵏ and 1 + k/10⁴ never repeat and are never cached.
        gc.collect()
        v, w = Value(1.0), Value(1.0001 if op == "multiply" else 0.0001)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        root = grown(v, w)
        built = tracemalloc.get_traced_memory()[0]
        if engine == "micrograd":  # its backward recurses; what it leaves behind is a gradient a node
            node, seen = root, []
            while node is not v:
                seen.append(node)
                node = next((p for p in node._prev if p is not w), v)
            root.grad = 1.0
            for node in seen:
                node._backward()
            del node, seen
        else:
            root.backward()
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return {"built": (built - before) / n, "after": (after - before) / n}

    return sample


def run(*, quick: bool) -> list[Table]:
    """Time and bytes tables."""
    sizes = [10**3, 10**4, 10**5] if quick else [10**3, 10**4, 10**5, 10**6]
    engines = {
        "chalkgrad, collector paused": ("chalkgrad", True),
        "chalkgrad": ("chalkgrad", False),
        "in microgpt's manner": ("scalar_peer", False),
    }
    cases = {(name, n): ("nodes:cost", engine, n, paused) for name, (engine, paused) in engines.items() for n in sizes}
    rows, flat = [], []
    for name in engines:
        # One engine after the other, its sizes interleaved: flatness is the question here.
        done = interleaved({key: case for key, case in cases.items() if key[0] == name}, rounds=2 if quick else 5)
        totals = []
        for (_, n), case in done.items():
            if case.problem:
                rows.append([name, f"{n:,}", case.problem, "–", "–", "–"])
                continue
            ns = {part: 1e9 * case.median(part) / n for part in ("build", "backward", "free")}
            totals.append(sum(ns.values()))
            rows.append([name, f"{n:,}", *(f"{x:.0f}" for x in ns.values()), f"{totals[-1]:.0f}"])
        if totals:
            flat.append(f"{name} {max(totals) / min(totals):.2f}")
    columns = ["ns per node, chain of × and +", "nodes", "build", "backward", "free", "together"]
    note = f"Largest over smallest, together: {'; '.join(flat)}. Mark: at most 2."
    return [Table("Time of a node", columns, rows, [note]), _bytes()]


def _bytes() -> Table:
    rows = []
    engines = {"chalkgrad": "chalkgrad", "in microgpt's manner": "scalar_peer", "micrograd": "micrograd"}
    for name, engine in engines.items():
        done = interleaved({op: ("nodes:size", engine, op) for op in ("add", "multiply")}, rounds=1)
        problem = next((case.problem for case in done.values() if case.problem), "")
        cells = (
            [problem, "–", "–", "–"]
            if problem
            else [f"{done[op].median(key):.0f}" for key in ("built", "after") for op in done]
        )
        rows.append([name, *cells])
    columns = ["bytes per node of two parents", "add", "multiply", "add, after backward", "multiply, after backward"]
    version = ".".join(map(str, sys.version_info[:3]))
    return Table(
        "Memory of a node",
        columns,
        rows,
        [f"Counted by tracemalloc on Python {version}: the node, its number, gradient, edges and collector's header."],
    )
