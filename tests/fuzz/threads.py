"""Eight threads at once against one: graphs of their own, and shared programs and compiled functions, to the last bit."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import numpy as np
from fuzz.families import FAMILIES, drawn, graph, graph_of
from fuzz.functions import FUNCTIONS
from fuzz.shrinking import Trouble

from autograd import DomainError, Value, compile_graph, compiled, ieee, topological_order
from autograd.contexts import comparisons
from nn import MLP, Adam, data, fit

__all__ = ["THREADS", "Task", "at_once", "bits", "same_at_once"]

THREADS = 8
Task = Callable[[], str]  # gives the bits of what it computes


def at_once(seed: int) -> int:
    """Draw tasks, run each alone, then all of them in eight threads; how many. Raises Trouble for those that differ."""
    draw = random.Random(f"threads {seed}")
    tasks = [task for kind in KINDS for task in kind(draw)]
    draw.shuffle(tasks)
    same_at_once(tasks)
    return len(tasks)


def same_at_once(tasks: list[Task]) -> None:
    """Run each task alone, then all at once. Raises Trouble unless every one gives the same bits."""
    alone = [said(task) for task in tasks]
    begin = Barrier(THREADS, timeout=60.0)  # seconds: a thread that does not come is an error, and no endless wait

    def run(first: int) -> list[str]:
        begin.wait()
        return [said(task) for task in tasks[first::THREADS]]

    with often_switched(), ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(run, range(THREADS)))
    differ = [
        (alone[k + i * THREADS], found)
        for k, some in enumerate(together)
        for i, found in enumerate(some)
        if found != alone[k + i * THREADS]
    ]
    if differ:
        raise Trouble("\n".join(f"alone {a:.200}\ntogether {b:.200}" for a, b in differ[:3]))
    if not gc.isenabled():
        gc.enable()
        raise Trouble("the garbage collector is off")


def said(task: Task) -> str:
    """What the task gives, or the error that it raises: an error is part of what must be the same."""
    try:
        return task()
    except (ValueError, ArithmeticError) as error:
        return f"{type(error).__name__}: {error}"


def bits(*numbers: Any) -> str:
    return " ".join(np.asarray(x, dtype=float).tobytes().hex() for x in numbers)


@contextmanager
def often_switched() -> Iterator[None]:
    """Inside, threads take turns every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


# ── graphs of their own ─────────────────────────────────────────────────────


def graphs(draw: random.Random) -> Iterator[Task]:
    """Built, differentiated, copied and pickled."""
    for _ in range(2 * THREADS):
        yield graph_task(draw.choice([*FAMILIES]), draw.randrange(2**31))


def graph_task(family: str, seed: int) -> Task:
    def task() -> str:
        one = graph(family, seed)
        one.loss.backward()
        again = pickle.loads(pickle.dumps(copy.deepcopy(one.loss)))
        again.backward()
        gradients = [p.grad for p in one.parameters]
        return bits(one.loss.data, gradients, [v.grad for v in topological_order(again) if not v.parents])

    return task


def runs(draw: random.Random) -> Iterator[Task]:
    """``fit`` with every engine."""
    for engine in ("graph", "compiled", "auto", "graph"):
        yield run_task(engine, draw.randrange(2**31))


def run_task(engine: str, seed: int) -> Task:
    def task() -> str:
        model, (X, y, *_) = MLP([2, 3, 1], activation="tanh", seed=seed), data.moons(12, seed=seed)
        optimizer = Adam(model.parameters(), lr=0.1)
        run = fit(model, X, y, loss="logistic", optimizer=optimizer, epochs=3, batch_size=5, engine=engine)
        return bits([p.data for p in model.parameters()], [r.loss for r in run], [r.gradient_norm for r in run])

    return task


def contexts(draw: random.Random) -> Iterator[Task]:
    """``ieee`` and ``comparisons`` hold in their own thread: beside them, others leave domains and compare."""
    for i in range(2 * THREADS):
        yield context_task(draw.uniform(-2.0, 2.0), bool(i % 2))


def context_task(x: float, inside: bool) -> Task:
    def computed() -> str:
        try:
            found = repr([Value(0.0).log().data, (Value(x) / 0.0).data])
        except DomainError as error:
            found = str(error)
        with comparisons() as asked:
            order = [Value(a) < b for a in (x, 0.0) for b in (0.5, -0.5)]
        return f"{found} {order} {[c.outcome for c in asked]}"

    def task() -> str:
        if not inside:
            return " ".join(computed() for _ in range(30))
        with ieee():
            return " ".join(computed() for _ in range(30))

    return task


# ── what they share ─────────────────────────────────────────────────────────


def shared_programs(draw: random.Random) -> Iterator[Task]:
    """A program is called with batches of several sizes, by value_and_grad and by pure."""
    for family in draw.sample([*FAMILIES], 2):
        _, one = drawn(draw, family)
        there = set(topological_order(one.loss))
        inputs = [x for x in one.inputs if x in there]
        program = compile_graph(one.loss, [inputs] if inputs else [], wrt=[p for p in one.parameters if p in there])
        for i in range(2 * THREADS):
            yield program_task(program, len(inputs), draw.choice([1, 2, 3, 500]), draw.randrange(4), pure=i % 4 == 3)


def program_task(program: Any, k: int, n: int, seed: int, pure: bool) -> Task:
    numbers = np.random.default_rng(seed)
    theta, arguments = numbers.uniform(-1, 1, len(program.parameters)), [numbers.uniform(-1, 1, (n, k))] if k else []

    def task() -> str:
        with np.errstate(all="ignore"):  # pure does not look at the numbers
            return bits(*program.pure(theta, *arguments))

    return task if pure else lambda: bits(*program.value_and_grad(*arguments, parameters=theta))


def shared_functions(draw: random.Random) -> Iterator[Task]:
    """A compiled function is called with other numbers of samples, with lists and arrays, and with another branch."""
    for family in draw.sample(FUNCTIONS, 2):
        seed, one = drawn(draw, family)
        k, m = len(one.parameters), len(one.inputs)
        function = loss_function(family, seed)
        batches, single = compiled(function, samples=["x"]), compiled(function)
        for i in range(2 * THREADS):
            n = draw.choice([1, 2, 3, 500])
            yield function_task(single if i % 4 == 3 else batches, k, m, 0 if i % 4 == 3 else n, draw.randrange(4))
    branching = compiled(lambda w, x: w[0] * x if w[0] < x else w[0] * w[1] * x)
    for _ in range(THREADS):
        yield branch_task(branching, draw.uniform(-1, 1), draw.uniform(-1, 1))


def loss_function(family: str, seed: int) -> Callable[[list[Value], list[Value]], Value]:
    return lambda w, x: graph_of(family, seed, iter(w), iter(x)).loss


def function_task(function: Any, k: int, m: int, n: int, seed: int) -> Task:
    numbers = np.random.default_rng(seed)
    w, x = numbers.uniform(-1, 1, k).tolist(), numbers.uniform(-1, 1, (n, m) if n else m)

    def task() -> str:
        leaves = [Value(number) for number in w]
        value = function.backward(leaves, x)
        return bits(value, [leaf.grad for leaf in leaves])

    return task


def branch_task(function: Any, a: float, x: float) -> Task:
    def task() -> str:
        w = [Value(a), Value(2.0)]
        return bits(function.backward(w, x), [leaf.grad for leaf in w])

    return task


KINDS = (graphs, runs, contexts, shared_programs, shared_functions)
