"""Families of structured graphs: what people build with scalars, in small and odd sizes, ones above all.

A family is a function of ``(weight, inputs, draw)``: it asks ``weight()`` for each parameter that it needs, reads the
rows of ``inputs``, draws its sizes, and gives the loss of one sample. The same ``draw`` makes the same graph.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, islice, pairwise

from fuzz.shrinking import Graph
from graphs import ROWS, random_program

from autograd import DomainError, Value, dot, logsumexp, maximum, mean
from autograd import sum as summed

__all__ = ["FAMILIES", "drawn", "graph", "graph_of"]

Weight = Callable[[], Value]
Rows = list[list[Value]]
Family = Callable[[Weight, "Inputs", random.Random], Value]
NONLINEAR = ("tanh", "sigmoid", "relu", "softplus", "exp", "gelu", "silu", "leaky_relu", "sin")


class Inputs:
    """The inputs of one sample: a family takes rows of them as it needs them."""

    def __init__(self, values: Iterator[Value]) -> None:
        self.left, self.taken = values, []

    def row(self, n: int) -> list[Value]:
        """n more."""
        found = list(islice(self.left, n))
        self.taken += found
        return found

    def rows(self, n: int, k: int) -> Rows:
        """n rows of k."""
        return [self.row(k) for _ in range(n)]


def graph(family: str, seed: int) -> Graph:
    """The graph of a family that a seed draws."""
    numbers, weights = random.Random(seed), random.Random(seed + 1)
    parameters = (Value(weights.uniform(-1, 1), label=f"w{i}", kind="parameter") for i in count())
    return graph_of(family, seed, parameters, (Value(numbers.uniform(-1, 1), label=f"x{i}") for i in count()))


def drawn(draw: random.Random, family: str) -> tuple[int, Graph]:
    """A graph that does not leave a domain, and its seed."""
    while True:
        seed = draw.randrange(2**31)
        with suppress(DomainError):
            return seed, graph(family, seed)


def graph_of(family: str, seed: int, parameters: Iterator[Value], inputs: Iterator[Value]) -> Graph:
    """The same graph of other leaves, of which as many are taken as it needs."""
    given, used = Inputs(inputs), list[Value]()

    def weight() -> Value:
        used.append(next(parameters))
        return used[-1]

    loss = FAMILIES[family](weight, given, random.Random(f"{family} {seed}"))
    return Graph(loss, used, given.taken)


# ── pieces ──────────────────────────────────────────────────────────────────


def matrix(weight: Weight, rows: int, columns: int) -> Rows:
    return [[weight() for _ in range(columns)] for _ in range(rows)]


def size(draw: random.Random, most: int = 4) -> int:
    """Small, and 1 more often than not."""
    return 1 if draw.random() < 0.4 else draw.randint(2, most)


def written(draw: random.Random, w: list[Value], x: list[Value], b: Value | None = None) -> Value:
    """Σ wᵢxᵢ + b, in one of the ways in which people write it."""
    way = draw.randrange(3)
    if way == 0:
        return dot(w, x) if b is None else dot(w, x) + b
    terms = [a * c for a, c in zip(w, x, strict=True)]
    if way == 1:
        return summed(terms if b is None else [*terms, b])
    total: Value | None = b
    for term in terms:
        total = term if total is None else total + term
    assert total is not None
    return total


def affine(weight: Weight, draw: random.Random, x: list[Value], n: int) -> list[Value]:
    way = draw.getstate()  # every row is written alike, as a loop does
    out = []
    for _ in range(n):
        draw.setstate(way)
        out.append(written(draw, [weight() for _ in x], x, weight()))
    return out


def apart(draw: random.Random, values: list[Value]) -> list[Value]:
    """A nonlinear function of each, the same one."""
    name = draw.choice(NONLINEAR)
    return [getattr(v, name)() for v in values]


def softmax(draw: random.Random, scores: list[Value]) -> list[Value]:
    """In one of three ways; two take the maximum off first."""
    way = draw.randrange(3)
    if way == 0:
        m = scores[0]
        for s in scores[1:]:
            m = maximum(m, s)
        scores = [s - m for s in scores]
    if way < 2:
        e = [s.exp() for s in scores]
        total = summed(e) if draw.random() < 0.5 else sum(e[1:], e[0])
        return [a / total for a in e]
    log_total = logsumexp(scores)
    return [(s - log_total).exp() for s in scores]


def loss_of(draw: random.Random, outputs: list[Value]) -> Value:
    """What people make of outputs: a sum of squares, a mean, cross-entropy, a product of some."""
    way = draw.randrange(5)
    if way == 0:
        return summed([o**2 for o in outputs])
    if way == 1:
        return mean([(o - 0.5) ** 2 for o in outputs])
    if way == 2:
        return logsumexp(outputs) - outputs[draw.randrange(len(outputs))]
    if way == 3:
        return -softmax(draw, outputs)[0].log()
    total = outputs[0] * outputs[0]
    for o in outputs[1:]:
        total = total + o * o
    return total


# ── the families ────────────────────────────────────────────────────────────


def mlp(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    h = inputs.row(size(draw))
    for _ in range(draw.randint(1, 3)):
        h = apart(draw, affine(weight, draw, h, size(draw)))
    return loss_of(draw, affine(weight, draw, h, size(draw)))


def residual(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    x = inputs.row(size(draw))
    for _ in range(draw.randint(1, 3)):
        x = [a + b for a, b in zip(x, apart(draw, affine(weight, draw, x, len(x))), strict=True)]
    return loss_of(draw, x)


def recurrent(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    k, m = size(draw, 3), size(draw, 3)
    W, U, b, V = matrix(weight, m, k), matrix(weight, m, m), [weight() for _ in range(m)], [weight() for _ in range(m)]
    h: list[Value] = [Value(0.0) for _ in range(m)]
    way, outputs = draw.getstate(), []
    for x in inputs.rows(draw.randint(1, 5), k):
        draw.setstate(way)
        h = [(written(draw, w, x) + written(draw, u, h) + c).tanh() for w, u, c in zip(W, U, b, strict=True)]
        outputs.append(dot(V, h))
    return loss_of(draw, outputs if draw.random() < 0.5 else outputs[-1:])


def gated(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    k, m = size(draw, 2), size(draw, 3)
    W = [matrix(weight, m, k + m) for _ in range(4)]
    h, c = [Value(0.0) for _ in range(m)], [Value(0.0) for _ in range(m)]
    for x in inputs.rows(draw.randint(1, 3), k):
        i, f, o, g = [[dot(w, [*x, *h]) for w in rows] for rows in W]
        c = [a.sigmoid() * b + d.sigmoid() * e.tanh() for a, b, d, e in zip(f, c, i, g, strict=True)]
        h = [a.sigmoid() * b.tanh() for a, b in zip(o, c, strict=True)]
    return loss_of(draw, h)


def attention(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    T, H, D = size(draw, 3), size(draw, 3), size(draw, 2)
    X = inputs.rows(T, H * D)
    Q, K, V = [[[dot(w, x) for w in matrix_] for x in X] for matrix_ in [matrix(weight, H * D, H * D) for _ in "QKV"]]
    causal, scale, joined, way = draw.random() < 0.5, draw.random() < 0.5, draw.random() < 0.5, draw.getstate()
    outputs = []
    for t in range(T):
        heads: list[Value] = []
        for h in range(0, H * D, D):
            seen = range(t + 1) if causal else range(T)
            scores = [dot(Q[t][h : h + D], K[j][h : h + D]) for j in seen]
            if scale:
                scores = [s / D**0.5 for s in scores]
            draw.setstate(way)
            a = softmax(draw, scores)
            heads += [dot(a, [V[j][h + d] for j in seen]) for d in range(D)]
        outputs += heads
    if joined:
        outputs = [dot([weight() for _ in outputs], outputs) for _ in range(size(draw, 2))]
    return loss_of(draw, outputs)


def convolution(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    channels, length, out = size(draw, 2), draw.randint(1, 6), size(draw, 3)
    width, stride = draw.randint(1, min(3, length)), size(draw, 2)
    X = inputs.rows(channels, length)
    kernels = [(matrix(weight, channels, width), weight()) for _ in range(out)]
    way, maps = draw.getstate(), []
    for kernel, b in kernels:
        row = []
        for t in range(0, length - width + 1, stride):
            draw.setstate(way)
            window = [v for x in X for v in x[t : t + width]]
            row.append(written(draw, [w for line in kernel for w in line], window, b).relu())
        maps.append(row)
    pooled = [mean(row) if draw.random() < 0.5 else summed(row) for row in maps]
    return loss_of(draw, pooled)


def image(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    height, breadth = draw.randint(1, 4), draw.randint(1, 4)
    a, b = draw.randint(1, min(2, height)), draw.randint(1, min(2, breadth))
    X, K = inputs.rows(height, breadth), matrix(weight, a, b)
    out = [
        [summed([K[p][q] * X[i + p][j + q] for p in range(a) for q in range(b)]).tanh() for j in range(breadth - b + 1)]
        for i in range(height - a + 1)
    ]
    best = out[0][0]
    for row in out:
        for v in row:
            best = maximum(best, v) if v is not best else best
    return loss_of(draw, [best, *(v for row in out for v in row)])


def tied(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    k, m = size(draw), size(draw)
    x, W = inputs.row(k), matrix(weight, m, k)
    h = apart(draw, [dot(w, x) for w in W])
    back = [dot([W[i][j] for i in range(m)], h) for j in range(k)]
    return mean([(a - b) ** 2 for a, b in zip(back, x, strict=True)])


def polynomial(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    (x,), n = inputs.row(1), draw.randint(1, 6)
    coefficients = [weight() for _ in range(n)]
    if draw.random() < 0.5:
        y = coefficients[0]
        for c in coefficients[1:]:
            y = y * x + c
    else:
        y = summed([c * x**k for k, c in enumerate(coefficients)])
    return (y - x.sin()) ** 2


def products(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    sizes = [size(draw, 3) for _ in range(draw.randint(3, 4))]
    A: Rows = inputs.rows(sizes[0], sizes[1])
    for n, m in pairwise(sizes[1:]):
        B = matrix(weight, n, m)
        A = [[dot(row, [B[i][j] for i in range(n)]) for j in range(m)] for row in A]
    return loss_of(draw, [v for row in A for v in row])


def stacks(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    """Stacks of products whose inner length is mostly 1, with a bias or without."""
    blocks, R, S, K = size(draw, 3), size(draw, 3), size(draw, 3), size(draw, 2)
    outputs = []
    shared = matrix(weight, R, K)
    for _ in range(blocks):
        left = inputs.rows(R, K) if draw.random() < 0.7 else shared
        right = inputs.rows(S, K) if draw.random() < 0.5 else matrix(weight, S, K)
        outputs += [dot(a, b) for a in left for b in right]
    if draw.random() < 0.5:
        bias = [weight() for _ in range(R)]
        outputs = [o + bias[i % R] for i, o in enumerate(outputs)]
    return loss_of(draw, apart(draw, outputs))


def normalized(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    outputs = []
    for x in inputs.rows(size(draw, 3), draw.randint(2, 4)):
        m = mean(x)
        spread = (mean([(v - m) ** 2 for v in x]) + 1e-1) ** 0.5
        outputs += [(v - m) / spread * weight() + weight() for v in x]
    return loss_of(draw, outputs)


def bodies(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    n, dimensions = draw.randint(2, 4), size(draw, 3)
    X = inputs.rows(n, dimensions)
    masses = [weight() for _ in range(n)]
    pairs = [(i, j) for i in range(n) for j in range(i)]
    near = [summed([(a - b) ** 2 for a, b in zip(X[i], X[j], strict=True)]) + 0.1 for i, j in pairs]
    return summed([masses[i] * masses[j] / r.sqrt() for (i, j), r in zip(pairs, near, strict=True)])


def ensemble(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    x, members = inputs.row(size(draw)), size(draw)
    width, way, outputs = size(draw, 3), draw.getstate(), []
    for _ in range(members):
        draw.setstate(way)
        outputs.append(affine(weight, draw, apart(draw, affine(weight, draw, x, width)), 1)[0])
    return (mean(outputs) - 0.5) ** 2 + loss_of(draw, outputs)


def ragged(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    """Sums, means and dots of unequal lengths over shared operands."""
    x = inputs.row(draw.randint(1, 5))
    w = [weight() for _ in x]
    outputs = []
    for _ in range(draw.randint(1, 5)):
        n = draw.randint(1, len(x))
        way = draw.randrange(4)
        if way == 0:
            outputs.append(dot(w[:n], x[:n]))
        elif way == 1:
            outputs.append(mean([a * b for a, b in zip(w[:n], x[-n:], strict=True)]))
        elif way == 2:
            outputs.append(logsumexp([*w[:n], *x[:n]]))
        else:
            outputs.append(summed([w[draw.randrange(len(w))].tanh() for _ in range(n)]) + x[0])
    return loss_of(draw, outputs)


def unstructured(weight: Weight, inputs: Inputs, draw: random.Random) -> Value:
    program = random_program(draw, max_lines=20, names=tuple(ROWS))
    leaves = inputs.row(1) + [weight() for _ in program.leaves]
    squashed = [v.tanh() * 1.4 + 1.5 for v in leaves]
    return program.run(squashed[1:])[-1].tanh() + squashed[0]


FAMILIES: dict[str, Family] = {
    f.__name__: f
    for f in (
        mlp, residual, recurrent, gated, attention, convolution, image, tied, polynomial, products, stacks, normalized,
        bodies, ensemble, ragged, unstructured,
    )
}  # fmt: skip
