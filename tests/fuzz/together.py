"""Many programs at once against each by itself: what a call returns depends on its arguments alone, to the last bit.

A process compiles many programs, calls them in any order, from one thread or from several, and drops some and compiles
them again on the way. For every program there is another process, in which nothing else was compiled; there each call is
the first one of a program of its own. Run as a script it reads a ``Plan`` as JSON and writes the calls that differ.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.families import FAMILIES, drawn, graph, graph_of
from fuzz.functions import FUNCTIONS
from fuzz.shrinking import Trouble

from autograd import Value, compile_graph, compiled, topological_order

__all__ = ["Plan", "alone_and_together", "differing"]

PROGRAMS, CALLS = 100, 400
WAYS = ("program", "pure", "function")


class Plan(NamedTuple):
    """What is compiled, and the calls.

    made:    (family, seed, way) of each program: how it is called is the way
    calls:   (which program, number of samples, seed of the numbers); 0 samples: it is dropped and compiled again
    threads: how many there are
    """

    made: list[list[Any]]
    calls: list[list[int]]
    threads: int


def alone_and_together(seed: int) -> int:
    """Draw a plan and compare; how many programs. Raises Trouble with a smaller plan that differs too."""
    plan = _plan(random.Random(f"together {seed}"))
    found = differing(plan)
    if found:
        plan = _shrunk(plan, found)
        said = "\n".join(map(str, differing(plan))) or "it differs no more: not every time"
        raise Trouble(f"{said}\nfrom fuzz.together import Plan, differing\nprint(differing({plan}))")
    return len(plan.made)


def _plan(draw: random.Random) -> Plan:
    made: list[list[Any]] = []
    for _ in range(PROGRAMS):
        way = draw.choice(WAYS)
        family = draw.choice(FUNCTIONS if way == "function" else list(FAMILIES))
        made.append([family, drawn(draw, family)[0], way])
    calls = [[draw.randrange(PROGRAMS), draw.choice([0, 1, 1, 2, 2, 3, 1000]), draw.randrange(4)] for _ in range(CALLS)]
    return Plan(made, calls, draw.choice([1, 3]))


def differing(plan: Plan) -> list[Any]:
    """The calls that return something else together than alone: (call, together, alone)."""
    ran = subprocess.run([sys.executable, __file__], input=json.dumps(plan), capture_output=True, text=True)
    if ran.returncode:
        return [ran.stderr]
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def _shrunk(plan: Plan, found: list[Any]) -> Plan:
    """Halves of the other programs leave, for as long as a call differs."""
    for _ in range(8):
        used = {call[0] for call, *_ in found if isinstance(call, list)}
        others = [i for i in range(len(plan.made)) if i not in used and any(c[0] == i for c in plan.calls)]
        for part in (others[::2], others[1::2]):
            fewer = plan._replace(calls=[c for c in plan.calls if c[0] not in part])
            again = differing(fewer) if part else []
            if again:
                plan, found = fewer, again
                break
        else:
            break
    return plan


# ── what is called ──────────────────────────────────────────────────────────


def _callable(family: str, seed: int, way: str) -> Callable[[int, int], str]:
    """A program, as a function of the number of samples and of a seed of numbers that gives the bits of what it returns."""
    one = graph(family, seed)
    there = set(topological_order(one.loss))
    inputs = [x for x in one.inputs if x in there]
    if way == "function":
        function = compiled(lambda w, x: graph_of(family, seed, iter(w), iter(x)).loss, samples=["x"])
        return lambda n, s: _bits(
            function.value_and_grad(
                list(map(Value, _numbers(s, len(one.parameters)).tolist())), _rows(s, n, one.inputs)
            )
        )
    program = compile_graph(one.loss, [inputs] if inputs else [], wrt=[p for p in one.parameters if p in there])

    def call(n: int, s: int) -> str:
        theta = program.load() if s == 0 else _numbers(s, len(program.parameters))
        arguments = [_rows(s, n, inputs)] if inputs else []
        if way == "pure":
            return _bits(program.pure(theta, *arguments))
        return _bits(program.value_and_grad(*arguments, parameters=theta))

    return call


def _numbers(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, n)


def _rows(seed: int, n: int, inputs: list[Value]) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (n, len(inputs)))


def _bits(result: tuple[Any, Any]) -> str:
    return f"{float(result[0]).hex()} {np.asarray(result[1], dtype=float).tobytes().hex()}"


def _said(call: Callable[[], str]) -> str:
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _together(plan: Plan) -> list[str]:
    """What each call returns, in one process."""
    programs = [_callable(*made) for made in plan.made]

    def call(which: int, n: int, seed: int) -> str:
        if n:
            program = programs[which]
            return _said(lambda: program(n, seed))
        programs[which] = _callable(*plan.made[which])
        gc.collect(0)
        return ""

    sys.setswitchinterval(1e-5)
    with ThreadPoolExecutor(plan.threads) as pool:
        return list(pool.map(lambda c: call(*c), plan.calls))


def _alone(made: list[Any], calls: list[list[int]]) -> dict[str, str]:
    """What each call returns of a program that was just compiled."""
    return {str([n, seed]): _said(lambda n=n, seed=seed: _callable(*made)(n, seed)) for _, n, seed in calls if n}


def main() -> None:
    plan = Plan(*json.load(sys.stdin))
    with get_context("fork").Pool(1, maxtasksperchild=1) as fresh:  # each task in a process that has compiled nothing
        together = fresh.apply(_together, (plan,))
        own = [[c for c in plan.calls if c[0] == i] for i in range(len(plan.made))]
        alone = fresh.starmap(_alone, zip(plan.made, own, strict=True), chunksize=1)
    results = [
        (call, got, alone[call[0]][str(call[1:])]) for call, got in zip(plan.calls, together, strict=True) if call[1]
    ]
    json.dump([result for result in results if result[1] != result[2]], sys.stdout)


if __name__ == "__main__":
    main()
