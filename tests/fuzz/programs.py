"""Compiled programs against the graphs they were compiled from.

``python tests/fuzz/programs.py [--minutes M] [--seed S] [--library numpy|torch|jax] [--dtype float64|float32]`` draws
programs of every family, calls each with batches of several sizes in a drawn order, and compares value and gradient with
``backward`` on every sample's own graph. It prints each case that differs or fails, as the arguments that make it again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.families import FAMILIES, Graph, graph

from autograd import compile_graph

__all__ = ["Trouble", "check"]

SIZES = (1, 2, 3, 1000)
DISTINCT = 3  # samples: a larger batch repeats them, so that each one's graph need be built only once
PRECISION = {"float64": 1e-10, "float32": 2e-3}


class Trouble(AssertionError):
    """A program that says something else than its graph."""


def samples(family: str, seed: int) -> list[Graph]:
    """Graphs of a few samples, differentiated: the first is the one to compile."""
    first = graph(family, seed)
    numbers = random.Random(seed + 2)
    others = [graph(family, seed, [numbers.uniform(-1, 1) for _ in first.inputs]) for _ in range(DISTINCT - 1)]
    for one in (first, *others):
        one.loss.backward()
    return [first, *others]


def _prepared(library: str, array: np.ndarray) -> object:
    if library == "torch":
        import torch

        return torch.as_tensor(array)
    if library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray(array)
    return array


def check(family: str, seed: int, library: str = "numpy", dtype: str = "float64") -> None:
    """Compile one graph and call it with every size of batch, in an order of the seed's own. Raises Trouble."""
    graphs = samples(family, seed)
    first, tolerance = graphs[0], PRECISION[dtype]
    values = np.array([one.loss.data for one in graphs])
    gradients = np.array([[p.grad for p in one.parameters] for one in graphs])

    def compare(arguments: list[Any], chosen: np.ndarray, where: str) -> None:
        found = program.value_and_grad(*arguments)
        at = {p: i for i, p in enumerate(program.parameters)}
        mine = np.asarray(found[1], dtype=float)[[at[p] for p in first.parameters]]
        terms = abs(values[chosen]), abs(gradients[chosen])
        if abs(float(found[0]) - values[chosen].mean()) > tolerance * (1.0 + terms[0].max()):
            raise Trouble(f"{where}: {float(found[0])!r}, and its graph {values[chosen].mean()!r}")
        if (abs(mine - gradients[chosen].mean(0)) > tolerance * (1.0 + terms[1].max(initial=0.0))).any():
            raise Trouble(f"{where}: gradient\n{mine}, and its graph\n{gradients[chosen].mean(0)}")

    program = compile_graph(first.loss, wrt=first.parameters, dtype=dtype)
    compare([], np.zeros(1, int), "no batch")
    inputs = [i for i, there in enumerate(first.reached) if there]
    if not inputs:
        return
    order = random.Random(seed)
    arguments = _split(order, inputs)
    numbers = np.array([[v.data for v in one.inputs] for one in graphs], dtype=dtype)
    program = compile_graph(
        first.loss,
        [[first.inputs[i] for i in at] if isinstance(at, list) else first.inputs[at] for at in arguments],
        wrt=first.parameters,
        dtype=dtype,
    )
    for n in order.sample(SIZES, len(SIZES)):
        chosen = np.arange(n) % DISTINCT
        compare([_prepared(library, numbers[chosen][:, at]) for at in arguments], chosen, f"{n} samples")


def _split(draw: random.Random, inputs: list[int]) -> list[list[int] | int]:
    """Which inputs are one argument: all of them, or runs, of which one of a single input may be without an axis."""
    if draw.random() < 0.5:
        return [inputs]
    cuts = sorted(draw.sample(range(1, len(inputs)), draw.randint(0, min(3, len(inputs) - 1))))
    runs = [inputs[a:b] for a, b in zip([0, *cuts], [*cuts, len(inputs)], strict=True)]
    return [run[0] if len(run) == 1 and draw.random() < 0.5 else run for run in runs]


def main() -> int:
    parser = argparse.ArgumentParser(description="Compiled programs against the graphs they were compiled from.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None, help="of the first program (default: a fresh one)")
    parser.add_argument("--library", choices=("numpy", "torch", "jax"), default="numpy")
    parser.add_argument("--dtype", choices=tuple(PRECISION), default="float64")
    parser.add_argument("--family", choices=tuple(FAMILIES), action="append")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**31) if options.seed is None else options.seed
    print(f"seed {seed}")
    end, count, troubles = time.monotonic() + 60 * options.minutes, 0, 0
    while time.monotonic() < end:
        for family in options.family or FAMILIES:
            try:
                check(family, seed + count, options.library, options.dtype)
            except Exception as error:
                troubles += 1
                print(f"--family {family} --seed {seed + count}: {type(error).__name__}: {error}", flush=True)
        count += 1
    print(f"{count * len(options.family or FAMILIES)} graphs, {troubles} in trouble")
    return min(troubles, 1)


if __name__ == "__main__":
    sys.exit(main())
