"""Fuzzers: the same computed in two ways, on graphs that a seed draws.

``python tests/fuzz/run.py eager --minutes 5`` draws with a fresh seed, which it prints; ``--seed S --count N`` draws
the same N again. What differs is made smaller and printed as code that makes it again. Without names all run in turn.

| name      | what is compared                                                                                         |
|-----------|----------------------------------------------------------------------------------------------------------|
| eager     | value, gradient and second derivatives with PyTorch                                                      |
| digits    | the same with difference quotients in 50 digits                                                          |
| page      | values and gradients of the engine in the page, in node, with Python's                                   |
| programs  | compiled programs, called with batches of many sizes, with the graphs                                    |
| functions | ``@compiled`` functions, called with other samples and shared Values, with the graphs that they make     |
| together  | many programs alive at once with each by itself in a process of its own, to the last bit                 |
| threads   | what eight threads compute at once, some of it with shared programs, with one thread, to the last bit     |
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz import eager, functions, page, programs, threads, together
from fuzz.families import FAMILIES
from fuzz.shrinking import Undecided

__all__ = ["main"]

Fuzzer = Callable[[int, argparse.Namespace], int | None]  # how many graphs were drawn (None: one)


LIBRARIES = {
    "numpy": 24,
    "machine code": 20,
    "torch": 15,
    "jax": 1,
}  # how often: a program on JAX arrays costs a hundred others


def _program(seed: int, options: argparse.Namespace) -> None:
    """A program of the library, the precision and the family that are asked for, else of drawn ones."""
    draw = random.Random(seed)
    library = options.library or draw.choices(list(LIBRARIES), list(LIBRARIES.values()))[0]
    dtype = options.dtype or draw.choice(list(programs.PRECISION))
    programs.against_graphs(_of(options.family or list(FAMILIES), seed), seed, library, dtype)


def _of(families: Sequence[str], seed: int) -> str:
    return families[seed % len(families)]


FUZZERS: dict[str, Fuzzer] = {
    "eager": lambda seed, _: eager.against_torch(seed),
    "digits": lambda seed, _: eager.against_50_digits(seed),
    "page": lambda seed, _: page.against_python(seed),
    "programs": _program,
    "functions": lambda seed, o: functions.against_eager(_of(o.family or functions.FUNCTIONS, seed), seed),
    "together": lambda seed, _: together.alone_and_together(seed),
    "threads": lambda seed, _: threads.at_once(seed),
}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Exit code 1: something differed.",
    )
    parser.add_argument("what", nargs="*", help=f"of {', '.join(FUZZERS)} (default: all)")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each (default: 1)")
    parser.add_argument("--count", type=int, default=None, help="graphs of each, instead of minutes")
    parser.add_argument("--seed", type=int, default=None, help="of the first graph (default: a fresh one)")
    parser.add_argument("--library", choices=tuple(LIBRARIES), help="of the programs' arrays (default: drawn)")
    parser.add_argument("--dtype", choices=tuple(programs.PRECISION), help="of the programs (default: drawn)")
    parser.add_argument("--family", choices=tuple(FAMILIES), action="append", help="of programs and functions")
    options = parser.parse_args(arguments)
    unknown = set(options.what) - set(FUZZERS)
    if unknown:
        parser.error(f"there is no fuzzer {unknown.pop()!r}; there are {', '.join(FUZZERS)}")
    return options


def _run(name: str, seed: int, options: argparse.Namespace) -> int:
    """Draw until the count or the time is reached; how many were wrong."""
    start, drawn, wrong, undecided = time.monotonic(), 0, 0, 0
    for one in count(seed):
        seconds = time.monotonic() - start
        if drawn >= options.count if options.count else seconds > 60 * options.minutes:
            break
        try:
            drawn += FUZZERS[name](one, options) or 1
        except Undecided:
            drawn, undecided = drawn + 1, undecided + 1
        except (ImportError, FileNotFoundError) as missing:
            print(f"{name}: not run: {missing}")
            return 0
        except Exception as error:
            drawn, wrong = drawn + 1, wrong + 1
            print(f"{name} --seed {one} --count 1: {type(error).__name__}: {error}", flush=True)
    print(f"{name} --seed {seed}: {drawn:,} drawn, {wrong} wrong, {undecided} undecided; {seconds:.0f} s", flush=True)
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    seed = random.SystemRandom().randrange(2**31) if options.seed is None else options.seed
    wrong = sum(_run(name, seed, options) for name in options.what or FUZZERS)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
