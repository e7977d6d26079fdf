"""Graphs in which little repeats, as control and mechanics have them: programs of ours, CasADi's functions, JAX.

Each is written once, for the numbers of any library. JAX gets the two simulations as a loop of its own (``lax.scan``), written
by hand: a graph as it stands, of 20,000 nodes, it has not compiled in eight minutes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from itertools import combinations
from operator import add
from time import process_time
from typing import Any

from harness import Table, interleaved, ratio, seconds

# ── the graphs ──────────────────────────────────────────────────────────────

UNARY = ("tanh", "sin", "cos", "arctan", "relu", "sqrt_of_1_plus_square")


def dag(m: Any, leaves: Sequence[Any], n: int) -> Any:
    """About n nodes of one to three operands each, drawn anew, and the sum of those that nothing uses."""
    draw = random.Random(0)
    nodes, used = list(leaves), set[int]()
    for k in range(n // 3):
        i, j, l = (draw.randrange(max(0, len(nodes) - 4000), len(nodes)) for _ in range(3))
        a, b, c = nodes[i], nodes[j], nodes[l]
        used |= {i, j, l} if k % 3 == 0 else {i, j}
        new = a * b - c * 0.5 if k % 3 == 0 else a * 0.5 + b * 0.4
        nodes.append(getattr(m, UNARY[k // 2 % len(UNARY)])(new) if k % 2 else new)
    return reduce(add, [v for i, v in enumerate(nodes) if i not in used])


def pendulum_rates(m: Any, state: Sequence[Any], lengths: Sequence[Any]) -> list[Any]:
    """A double pendulum of two masses of 1: the angles' rates, and the rates' rates."""
    a, b, u, v = state
    l, r = lengths
    d = a - b
    c, s = m.cos(d), m.sin(d)
    below = 2.0 - c * c
    return [
        u,
        v,
        -(s * (r * v * v + l * u * u * c) + 9.81 * (2.0 * m.sin(a) - m.sin(b) * c)) / (l * below),
        (s * (2.0 * l * u * u + r * v * v * c) + 19.62 * (m.sin(a) * c - m.sin(b))) / (r * below),
    ]


def runge_kutta(rates: Callable[[list[Any]], list[Any]], x: list[Any], h: float) -> list[Any]:
    """One step of the fourth order."""
    k1 = rates(x)
    k2 = rates([a + h / 2 * b for a, b in zip(x, k1, strict=True)])
    k3 = rates([a + h / 2 * b for a, b in zip(x, k2, strict=True)])
    k4 = rates([a + h * b for a, b in zip(x, k3, strict=True)])
    return [a + h / 6 * (p + 2.0 * (q + r) + s) for a, p, q, r, s in zip(x, k1, k2, k3, k4, strict=True)]


def pendulum_step(m: Any, x: list[Any], leaves: Sequence[Any]) -> list[Any]:
    """From one state to the next; the leaves are the first state and the two lengths."""
    return runge_kutta(lambda y: pendulum_rates(m, y, leaves[4:]), x, 0.002)


def bodies_step(m: Any, x: list[Any], leaves: Sequence[Any]) -> list[Any]:
    """Bodies in a plane that attract each other, kicked and drifted; the leaves are places, then velocities."""
    n, h = len(x) // 4, 0.002
    places, velocities = x[: 2 * n], list(x[2 * n :])
    for i, j in combinations(range(n), 2):
        d = [places[2 * j + k] - places[2 * i + k] for k in range(2)]
        square = d[0] * d[0] + d[1] * d[1] + 0.01
        pull = h / (square * m.sqrt(square))
        for k in range(2):
            velocities[2 * i + k] = velocities[2 * i + k] + pull * d[k]
            velocities[2 * j + k] = velocities[2 * j + k] - pull * d[k]
    return [*(p + h * v for p, v in zip(places, velocities, strict=True)), *velocities]


def simulated(step: Any, states: int, m: Any, leaves: Sequence[Any], n: int) -> Any:
    """The sum of the squares of the state after n steps."""
    x = list(leaves[:states])
    for _ in range(n):
        x = step(m, x, leaves)
    return reduce(add, [v * v for v in x])


def recurrent(m: Any, leaves: Sequence[Any], n: int) -> Any:
    """A recurrent net of eight neurons, unrolled: weights, then input weights."""
    width, draw = 8, random.Random(0)
    W, v = [leaves[width * i : width * (i + 1)] for i in range(width)], leaves[width * width :]
    h, loss = [0.1 * x for x in v], 0.0
    for _ in range(n):
        x = draw.uniform(-1, 1)
        h = [
            m.tanh(reduce(add, [w * y for w, y in zip(row, h, strict=True)]) + u * x)
            for row, u in zip(W, v, strict=True)
        ]
        loss = (h[0] - x) * (h[0] - x) + loss
    return loss


def decisions(m: Any, leaves: Sequence[Any], n: int) -> Any:
    """A list of branches, of which each number takes its own way; the graph is that of the way taken."""
    x, y = leaves
    for k in range(n):
        if m.number(x) < math.sin(k):
            x = x * 1.01 + 0.1 * y
        else:
            x, y = m.sin(x) * y, y - 0.01 * x
    return x * y


GRAPHS: dict[str, tuple[Any, list[float], int]] = {
    "random DAG, 2·10⁴": (dag, [0.3 + 0.1 * k for k in range(8)], 20_000),
    "random DAG, 10⁶": (dag, [0.3 + 0.1 * k for k in range(8)], 1_000_000),
    "double pendulum, 1,000 steps": (partial(simulated, pendulum_step, 4), [1.2, -0.4, 0.0, 0.3, 1.0, 0.8], 1000),
    "5 bodies, 300 steps": (partial(simulated, bodies_step, 20), [math.sin(7.0 * k) for k in range(20)], 300),
    "recurrent net, 200 steps": (recurrent, [0.4 * math.sin(3.0 * k) for k in range(72)], 200),
    "500 branches": (decisions, [0.4, 0.7], 500),
}
STEPS = {"double pendulum, 1,000 steps": (pendulum_step, 4), "5 bodies, 300 steps": (bodies_step, 20)}


# ── the peers ───────────────────────────────────────────────────────────────


def _sampled(call: Callable[[], Any], **fixed: float) -> Any:
    """Measures calls. The gradient is checked by its sum."""

    def sample() -> dict[str, float]:
        start = process_time()
        value, gradient = call()
        took = process_time() - start
        return {"call": took, "value": float(value), "slopes": float(sum(map(abs, gradient))), **fixed}

    call()
    return sample


class _Methods:
    """What the graphs ask, of Values."""

    number = staticmethod(lambda v: v.data)

    def __getattr__(self, name: str) -> Any:
        return lambda v: getattr(v, name)()

    def sqrt_of_1_plus_square(self, x: Any) -> Any:
        return (x * x + 1.0).sqrt()


class _Functions:
    """What the graphs ask, of a library of functions."""

    def __init__(self, library: Any, number: Callable[[Any], float], relu: Callable[[Any], Any], arctan: str) -> None:
        self.library, self.number, self.relu = library, number, relu
        self.arctan = getattr(library, arctan)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.library, name)

    def sqrt_of_1_plus_square(self, x: Any) -> Any:
        return self.library.sqrt(x * x + 1.0)


def as_chalkgrad(name: str, executor: str) -> Any:
    """The compiled program, or the graph itself."""
    from autograd import Value, collector_paused, compile_graph, topological_order

    build, numbers, n = GRAPHS[name]
    m = _Methods()
    leaves = [Value(x, kind="parameter") for x in numbers]
    start = process_time()
    with collector_paused():
        root = build(m, leaves, n)
    built = process_time() - start
    nodes = len(topological_order(root))
    if executor == "eager":

        def run() -> Any:
            for v in leaves:
                v.grad = 0.0
            with collector_paused():
                again = build(m, leaves, n)
                again.backward()
            return again.data, [v.grad for v in leaves]

        return _sampled(run, nodes=nodes, built=built, compiled=0.0)
    start = process_time()
    program = compile_graph(root)
    compiled = process_time() - start
    theta = program.load()
    return _sampled(lambda: program.value_and_grad(parameters=theta), nodes=nodes, built=built, compiled=compiled)


def as_casadi(name: str, call: str) -> Any:
    """CasADi's SX function of value and gradient, called with arrays or with its buffers."""
    import casadi
    import numpy as np

    build, numbers, n = GRAPHS[name]
    x = casadi.SX.sym("x", len(numbers))
    way = iter(_way(name))
    m = _Functions(casadi, lambda _: next(way), lambda v: casadi.fmax(v, 0.0), "atan")
    start = process_time()
    y = build(m, [x[k] for k in range(len(numbers))], n)
    built = process_time() - start
    start = process_time()
    f = casadi.Function("f", [x], [y, casadi.gradient(y, x)])
    compiled = process_time() - start
    argument, value, slopes = np.array(numbers), np.zeros(1), np.zeros(len(numbers))
    if call == "array":

        def run() -> Any:
            y, g = f(argument)
            return y, np.asarray(g).ravel()

        return _sampled(run, built=built, compiled=compiled)
    buffers, evaluate = f.buffer()
    buffers.set_arg(0, memoryview(argument))
    buffers.set_res(0, memoryview(value))
    buffers.set_res(1, memoryview(slopes))

    def in_buffers(_kept: Any = (f, buffers, argument)) -> Any:
        evaluate()
        return value[0], slopes

    return _sampled(in_buffers, built=built, compiled=compiled)


def _way(name: str) -> list[float]:
    """The numbers that decide which branches are taken: CasADi's symbols have none."""
    if name != "500 branches":
        return []
    build, numbers, n = GRAPHS[name]
    asked: list[float] = []
    m = _Functions(math, lambda x: (asked.append(x), x)[1], lambda x: max(x, 0.0), "atan")
    build(m, numbers, n)
    return asked


def as_jax(name: str, _: str) -> Any:
    """A simulation in JAX, as a loop of its own."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    (_, numbers, n), (step, states) = GRAPHS[name], STEPS[name]

    def loss(x: Any) -> Any:
        leaves = [x[k] for k in range(len(numbers))]
        end, _ = jax.lax.scan(lambda s, _: (step(jnp, s, leaves), None), leaves[:states], None, length=n)
        return reduce(add, [v * v for v in end])

    compiled, x = jax.jit(jax.value_and_grad(loss)), jnp.array(numbers)
    start = process_time()
    jax.block_until_ready(compiled(x))
    took = process_time() - start

    def run() -> Any:
        value, gradient = jax.block_until_ready(compiled(x))
        return value, gradient.tolist()

    return _sampled(run, built=0.0, compiled=took)


PEERS: dict[str, tuple[str, str]] = {
    "chalkgrad, program": ("as_chalkgrad", "program"),
    "chalkgrad, eager": ("as_chalkgrad", "eager"),
    "CasADi, buffers": ("as_casadi", "buffers"),
    "CasADi, arrays": ("as_casadi", "array"),
    "JAX": ("as_jax", ""),
}


def run(*, quick: bool) -> Iterator[Table]:
    """One table per graph, when it is done."""
    for name in GRAPHS:
        if not (quick and "10⁶" in name):
            yield _table(name, 2 if quick else 7)


def _table(name: str, rounds: int) -> Table:
    peers = {peer: case for peer, case in PEERS.items() if peer != "JAX" or name in STEPS}
    done = interleaved(
        {peer: (f"irregular:{make}", name, how) for peer, (make, how) in peers.items()}, rounds, limit=150.0
    )
    ours = done["chalkgrad, program"]
    nodes = ours.median("nodes") or 1.0
    rows = []
    for peer, case in done.items():
        if case.problem:
            rows.append([peer, case.problem, "", "", "", ""])
            continue
        took, agrees = case.median("call"), _agrees(case, ours)
        rows.append([
            peer, seconds(case.median("built")), seconds(case.median("compiled")), seconds(took),
            f"{(took or 0.0) / nodes * 1e9:.1f}", ratio(took, ours.median("call")) + ("" if agrees else " (another result)"),
        ])  # fmt: skip
    columns = ["", "build", "compile", "value and gradient", "ns a node", "to ours"]
    return Table(f"{name}: {nodes:,.0f} nodes", columns, rows, [])


def _agrees(case: Any, ours: Any) -> bool:
    pairs = [(case.median(k), ours.median(k)) for k in ("value", "slopes")]
    return all(x is not None and y is not None and math.isclose(x, y, rel_tol=1e-6) for x, y in pairs)
