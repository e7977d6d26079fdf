"""How long a table takes to load, `nn.data.load_csv(path)`."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from harness import Table, interleaved, seconds


def table(n: int) -> Any:
    """Seconds to load n rows of two numbers and a class."""
    from nn.data import load_csv

    rng = random.Random(0)
    folder = tempfile.TemporaryDirectory()  # goes with the process
    rows = (f"{rng.random():.6f},{rng.random():.6f},{i % 3}\n" for i in range(n))
    Path(folder.name, "table.csv").write_text("".join(rows))

    def sample() -> float:
        start = perf_counter()
        load_csv(Path(folder.name, "table.csv"))
        return perf_counter() - start

    return sample


def run(*, quick: bool) -> list[Table]:
    """Tables of three sizes."""
    cases = {n: ("loading:table", n) for n in (1_000, 10_000, 100_000)}
    rows = []
    for n, case in interleaved(cases, rounds=1 if quick else 5, limit=60.0).items():
        median = case.median()
        rows.append([f"{n:,}", case.problem or seconds(median), seconds(median and median / n)])
    return [
        Table("Loading a table", ["rows", "median", "per row"], rows, ["Mark: 100,000 rows in less than a second."])
    ]
