"""What every benchmark needs: fresh processes, interleaved rounds, medians, Markdown tables.

A *case* is a function ``make(*arguments) → sample``, named "module:function". It
runs in a process of its own, so that no peer's imports or garbage slow another;
each call of ``sample()`` measures once and gives a number of seconds, or a dict
of numbers. Rounds go through the cases in turn: what disturbs the machine for a
while disturbs all.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")}
ROUND = 0.15  # seconds: a round repeats a fast sample for so long


class Table(NamedTuple):
    """One table of results; ``str`` gives Markdown."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str]

    def __str__(self) -> str:
        widths = [max(len(row[j]) for row in [self.columns, *self.rows]) for j in range(len(self.columns))]
        numeric = [j > 0 and any(row[j][:1].isdigit() for row in self.rows) for j in range(len(self.columns))]
        rule = ["-" * (w - 1) + ":" if right else "-" * w for w, right in zip(widths, numeric, strict=True)]

        def line(cells: list[str]) -> str:
            fitted = (c.rjust(w) if right else c.ljust(w) for c, w, right in zip(cells, widths, numeric, strict=True))
            return f"| {' | '.join(fitted)} |"

        table = "\n".join(map(line, [self.columns, rule, *self.rows]))
        return f"### {self.title}\n\n{table}\n" + "".join(f"\n{note}\n" for note in self.notes)


class Case:
    """A case in its own process. ``problem`` says why there are no numbers, if there are none."""

    def __init__(self, target: str, *arguments: Any, limit: float = 120.0) -> None:
        self.samples: list[Any] = []
        self.problem = ""
        self.limit = limit
        path = os.pathsep.join(filter(None, [str(ROOT), str(HERE), os.environ.get("PYTHONPATH", "")]))
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "harness.py"), target, json.dumps(arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
        )  # fmt: skip
        self._ask("ready")

    def round(self) -> None:
        """Measure once more (often, when it is fast)."""
        if not self.problem:
            self.samples += self._ask("round")

    def _ask(self, what: str) -> list[Any]:
        from threading import Timer

        late = Timer(self.limit, self.process.kill)
        late.start()
        try:
            self.process.stdin.write(what + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            alive = late.is_alive()
            self.problem = "stopped with an error" if alive else f"no answer in {self.limit:g} s"
            return []
        finally:
            late.cancel()
        self.problem = answer.get("problem", "")
        return answer.get("samples", [])

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def median(self, key: str | None = None) -> float | None:
        """The median of all samples, of one number in them if they are dicts; None if there are none."""
        values = [s if key is None else s[key] for s in self.samples]
        return statistics.median(values) if values else None

    def spread(self, key: str | None = None) -> float:
        """Half the interquartile range, as a share of the median."""
        values = [s if key is None else s[key] for s in self.samples]
        if len(values) < 2:
            return 0.0
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        return (high - low) / 2 / middle if middle else 0.0


def interleaved(cases: dict[str, tuple[Any, ...]], rounds: int, limit: float = 120.0) -> dict[str, Case]:
    """Start every case, run the rounds in turn, stop them all."""
    started = {name: Case(*case, limit=limit) for name, case in cases.items()}
    try:
        for _ in range(rounds):
            for case in started.values():
                case.round()
    finally:
        for case in started.values():
            case.close()
    return started


def seconds(t: float | None) -> str:
    """Three digits and a unit.

    >>> seconds(0.01234)
    '12.3 ms'
    """
    if t is None:
        return "–"
    unit, scale = next((u, s) for u, s in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)) if t >= s or u == "ns")
    x = t / scale
    return f"{x:.{max(0, 2 - (x >= 10) - (x >= 100))}f} {unit}"


def ratio(reference: float | None, t: float | None) -> str:
    """How many times faster than the reference."""
    if not reference or not t:
        return "–"
    r = reference / t
    return f"{r:.{0 if r >= 20 else 1 if r >= 2 else 2}f}×"


def machine() -> str:
    """Where the numbers come from, in one line."""
    import platform

    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    cpu = next(
        (line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")), platform.machine()
    )
    return f"Python {platform.python_version()} on {cpu}, {os.cpu_count()} cores, one of them used, {time.strftime('%Y-%m-%d')}"


def _serve(target: str, arguments: list[Any]) -> None:
    """The other end: make the case, then measure when asked. Only answers go to the real stdout."""
    import importlib

    if hasattr(os, "sched_setaffinity"):  # JAX has threads of its own that no variable turns off: one core, one thread
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    answers, sys.stdout = sys.stdout, sys.stderr

    def answer(**what: Any) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    sys.stdin.readline()
    try:
        module, function = target.split(":")
        sample = getattr(importlib.import_module(module), function)(*arguments)
    except ImportError as error:
        answer(
            problem=f"not installed: {error.name}"
            if isinstance(error, ModuleNotFoundError)
            else f"not there yet: {error}"
        )
        return
    except Exception as error:  # a broken peer is a row of the table, never a crash
        answer(problem=f"{type(error).__name__}: {error}"[:100])
        return
    answer()
    for _ in sys.stdin:
        samples, until = [], time.perf_counter() + ROUND
        try:
            while not samples or (time.perf_counter() < until and len(samples) < 1000):
                samples.append(sample())
        except Exception as error:
            answer(problem=f"{type(error).__name__}: {error}"[:100])
            return
        answer(samples=samples)


if __name__ == "__main__":
    _serve(sys.argv[1], json.loads(sys.argv[2]))
