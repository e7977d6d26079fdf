"""What the lecture proves, as exact constructions: numbers here are fractions or powers of two, not the outcome of a training run."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import Value
from nn import activations
from nn.arguments import as_samples
from nn.layers import MLP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.arguments import Rows
    from nn.layers import Layer

__all__ = ["BestLine", "best_line", "collapse", "common_point", "pieces", "sawtooth", "sawtooth_shallow"]

Point = tuple[Fraction, Fraction]


# ── linear activations collapse ─────────────────────────────────────────────


def collapse(model: MLP) -> tuple[list[list[float]], list[float]]:
    """A network with linear activations is one W x + b: multiply it out.

    W = a^{L−1} Wᴸ … W¹ for σ(z) = a z, and b likewise. W: m_L lists of m₀ numbers; b: m_L numbers.
    Raises ValueError when an activation is not linear.

    >>> W, b = collapse(MLP([1, 2, 1], activation="identity", init=0.5))
    >>> W, b
    ([[0.5]], [0.0])
    """
    W = [[float(i == j) for j in range(model.sizes[0])] for i in range(model.sizes[0])]
    b = [0.0] * model.sizes[0]
    for number, layer in enumerate(model.layers):
        a = _slope(layer, number)
        rows = [([w.data for w in n.w], n.b.data) for n in layer.neurons]
        b = [a * (sum(wj * bj for wj, bj in zip(w, b, strict=True)) + bias) for w, bias in rows]
        W = [[a * sum(wj * Wj[k] for wj, Wj in zip(w, W, strict=True)) for k in range(model.sizes[0])] for w, _ in rows]
    return W, b


def _slope(layer: Layer, number: int) -> float:
    """The a of σ(z) = a z. Probing can't prove linearity, but it finds every nonlinear activation of the table."""
    neuron = layer.neurons[0]
    if not neuron.nonlin:
        return 1.0
    σ = [neuron.activation(Value(z)).data for z in (0.0, 1.0, -1.0, 2.5, -7.0)]
    a = σ[1]
    if any(abs(y - a * z) > 1e-12 * abs(z) for y, z in zip(σ, (0.0, 1.0, -1.0, 2.5, -7.0), strict=True)):
        raise ValueError(f"only linear activations collapse; layer {number} is {layer.neurons[0]!r}")
    return a


# ── one neuron is one line ──────────────────────────────────────────────────


class BestLine(NamedTuple):
    """The most samples any line w·x + b = 0 gets right, and one line that does."""

    correct: int
    total: int
    w: tuple[float, float]
    b: float


def best_line(X: Rows, y: Rows) -> BestLine:
    """The best possible single neuron, by trying every way in which a line can separate the points.

    A line that separates points can be moved until it touches two of them; so every separation is found at a
    line through two points, turned or shifted by too little to pass another. Arithmetic is exact.

    X: n different points of the plane; y: classes 0 and 1 (class 1 where w·x + b > 0)

    >>> from nn import data
    >>> best_line(data.XOR.X, data.XOR.y)[:2], best_line(data.AND.X, data.AND.y)[:2]
    ((3, 4), (4, 4))
    """
    X, y = as_samples(X, y)
    points = [(Fraction(p), Fraction(q)) for p, q in X]
    best = BestLine(-1, len(y), (0.0, 0.0), 0.0)
    for w, b in _lines(points):
        correct = sum((w[0] * p + w[1] * q + b > 0) == bool(label) for (p, q), label in zip(points, y, strict=True))
        if correct > best.correct:
            best = BestLine(correct, len(y), (float(w[0]), float(w[1])), float(b))
    return best


def _lines(points: Sequence[Point]) -> Iterator[tuple[Point, Fraction]]:
    """(w, b) for every way in which a line can separate the points."""
    yield (Fraction(0), Fraction(0)), Fraction(1)  # all on one side
    yield (Fraction(0), Fraction(0)), Fraction(-1)
    for p, q in combinations(points, 2):
        along = (q[0] - p[0], q[1] - p[1])
        normal = (-along[1], along[0])
        on_line = sorted({_dot(along, x) for x in points if _dot(normal, x) == _dot(normal, p)})
        turns = [(s + t) / 2 for s, t in pairwise(on_line)]
        reach = max(abs(_dot(along, x) - t) for x in points for t in turns)
        gaps = [abs(_dot(normal, x) - _dot(normal, p)) for x in points if _dot(normal, x) != _dot(normal, p)]
        small = min(gaps, default=Fraction(1)) / 2
        for side in (1, -1):
            for shift in (small, -small):
                yield (side * normal[0], side * normal[1]), side * (shift - _dot(normal, p))
            for t in turns:
                for ε in (small / (reach + 1), -small / (reach + 1)):
                    w = (side * (normal[0] + ε * along[0]), side * (normal[1] + ε * along[1]))
                    yield w, -side * (_dot(normal, p) + ε * t)


def _dot(a: Point, b: Point) -> Fraction:
    return a[0] * b[0] + a[1] * b[1]


def common_point(X: Rows, y: Rows) -> tuple[float, float] | None:
    """A point between two samples of class 0 and also between two of class 1, or None.

    Where there is one, no line can separate the classes: the point would have to lie on both sides of it.

    >>> from nn import data
    >>> common_point(data.XOR.X, data.XOR.y), common_point(data.OR.X, data.OR.y)
    ((0.5, 0.5), None)
    """
    X, y = as_samples(X, y)
    points = [(Fraction(p), Fraction(q)) for p, q in X]
    zeros = [p for p, label in zip(points, y, strict=True) if not label]
    ones = [p for p, label in zip(points, y, strict=True) if label]
    for a, b in combinations(zeros, 2):
        for c, d in combinations(ones, 2):
            crossing = _crossing(a, b, c, d)
            if crossing is not None:
                return float(crossing[0]), float(crossing[1])
    return None


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where the segments ab and cd meet in one point: a + s (b − a), s and t in [0, 1]."""
    u, v, r = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1]), (c[0] - a[0], c[1] - a[1])
    determinant = u[0] * v[1] - u[1] * v[0]
    if determinant == 0:
        return None
    s = (r[0] * v[1] - r[1] * v[0]) / determinant
    t = (r[0] * u[1] - r[1] * u[0]) / determinant
    return (a[0] + s * u[0], a[1] + s * u[1]) if 0 <= s <= 1 and 0 <= t <= 1 else None


# ── what depth is worth ─────────────────────────────────────────────────────


def sawtooth(depth: int) -> MLP:
    """Telgarsky's sawtooth on [0, 1]: ``depth`` layers of 2 ReLU neurons give 2^depth linear pieces.

    Each layer applies the tent m(x) = 2 relu(x) − 4 relu(x − ½) once more; all weights are powers of two, so it is exact.
    (Telgarsky 2015.)

    >>> [sawtooth(2)([x]).data for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    [0.0, 1.0, 0.0, 1.0, 0.0]
    """
    model = MLP([1, *[2] * depth, 1], activation="relu", init="zero")
    for number, layer in enumerate(model.layers):
        incoming = [1.0] if number == 0 else [2.0, -4.0]  # the tent of what the layer before computed
        for neuron, shift in zip(layer.neurons, (0.0, -0.5), strict=False):
            _set(neuron, incoming, shift)
    return model


def sawtooth_shallow(depth: int) -> MLP:
    """The same sawtooth with one hidden layer: it takes one neuron per piece, 2^depth of them.

    >>> [sawtooth_shallow(2)([x]).data for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    [0.0, 1.0, 0.0, 1.0, 0.0]
    """
    n = 2**depth
    model = MLP([1, n, 1], activation="relu", init="zero")
    for i, neuron in enumerate(model.layers[0].neurons):
        _set(neuron, [1.0], -i / n)
    _set(model.layers[1].neurons[0], [float(n), *(2.0 * n * (-1) ** i for i in range(1, n))], 0.0)
    return model


def _set(neuron: Any, weights: Sequence[float], bias: float) -> None:
    for w, number in zip(neuron.w, weights, strict=True):
        w.data = number
    neuron.b.data = bias


Affine = tuple[Fraction, Fraction]  # slope, intercept


def pieces(model: MLP, low: float = 0.0, high: float = 1.0) -> int:
    """How many straight pieces a ReLU network with one input and one output has on [low, high], counted exactly.

    Raises ValueError for another number of inputs or outputs, or another activation.

    >>> pieces(sawtooth(5)), pieces(sawtooth_shallow(5))
    (32, 32)
    """
    if model.sizes[0] != 1 or model.sizes[-1] != 1:
        raise ValueError(f"pieces are counted along one input and one output, got sizes {model.sizes}")
    segments: list[tuple[Fraction, Fraction, list[Affine]]] = [
        (Fraction(low), Fraction(high), [(Fraction(1), Fraction(0))])
    ]
    for layer in model.layers:
        if layer.neurons[0].nonlin and activations.name_of(layer.neurons[0].activation) != "relu":
            raise ValueError(f"pieces are straight only under ReLU, got {layer.neurons[0]!r}")
        segments = [part for segment in segments for part in _through(layer, *segment)]
    slopes = [line[0] for _, _, (line,) in segments]
    return 1 + sum(a != b for a, b in pairwise(slopes))


def _through(
    layer: Layer, start: Fraction, end: Fraction, inputs: list[Affine]
) -> list[tuple[Fraction, Fraction, list[Affine]]]:
    """One straight stretch through a layer: cut where a neuron's h̃ crosses 0, then apply ReLU."""
    h_pre = []
    for neuron in layer.neurons:
        w, b = [Fraction(v.data) for v in neuron.w], Fraction(neuron.b.data)
        slope = sum((wj * a for wj, (a, _) in zip(w, inputs, strict=True)), Fraction(0))
        h_pre.append((slope, sum((wj * c for wj, (_, c) in zip(w, inputs, strict=True)), b)))
    if not layer.neurons[0].nonlin:
        return [(start, end, h_pre)]
    cuts = sorted({start, end, *(-c / a for a, c in h_pre if a and start < -c / a < end)})
    flat = (Fraction(0), Fraction(0))
    return [
        (s, e, [line if line[0] * (s + e) / 2 + line[1] > 0 else flat for line in h_pre]) for s, e in pairwise(cuts)
    ]
