"""What the figures show, as numbers: each function measures one thing and gives it back.

Nothing here draws (``plots`` does), and measuring changes no model.
Arrays are NumPy's, floats throughout.

>>> curve = activation_curve("tanh", [0.0, 1.0])
>>> curve.slope.round(4).tolist()
[1.0, 0.42]
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd import Value, collector_paused, dot, value_and_grad
from nn import activations, losses, theory, train
from nn import init as initialisers
from nn.arguments import as_rows, generator
from nn.batch import as_row
from nn.layers import MLP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nn.activations import Activation
    from nn.arguments import Rows
    from nn.init import Init
    from nn.layers import Layer
    from nn.losses import Loss
    from nn.optim import Optimizer

    Array = NDArray[np.float64]
    Landscape = Callable[[Sequence[Value]], Value]
    MakeOptimizer = Callable[[list[Value]], Optimizer]

__all__ = [
    "Bowl", "Curve", "FlatShare", "HalfPlane", "LayerValues", "LayerVariance", "SawtoothSize", "activation_curve",
    "approximation_errors", "flat_shares", "half_planes", "interpolating_network", "layer_values", "layer_variances", "moves",
    "optimizer_paths", "sawtooth_sizes", "scores", "steps_until", "weight_paths",
]  # fmt: skip


# ── one neuron ──────────────────────────────────────────────────────────────


class Curve(NamedTuple):
    """An activation and its slope at the points z: three arrays of one shape."""

    z: Array
    h: Array
    slope: Array


def activation_curve(activation: Activation, z: Any) -> Curve:
    """h = σ(z) and σ′(z): the value and the slope that the op table gives.

    z: numbers, in an array or list of any shape
    Raises ValueError for a name that is not in the table.

    >>> activation_curve("relu", [-1.0, 0.0, 2.0]).slope.tolist()
    [0.0, 0.0, 1.0]
    """
    σ, points = activations.get(activation), np.asarray(z, dtype=float)
    if activations.is_row(σ):
        h, slope = activations.read(activations.row_of(σ), points)
        if np.isfinite([h, slope]).all():
            return Curve(points, h, slope)
    h, slope = np.vectorize(value_and_grad(σ), otypes=[float, float])(points)  # which says where a domain is left
    return Curve(points, h, slope)


class HalfPlane(NamedTuple):
    """Where a neuron fires: the points x with w·x + b > 0.

    neuron: its number in the layer; normal: w/‖w‖, towards that side; point: the point of the line nearest the origin
    """

    neuron: int
    normal: tuple[float, float]
    point: tuple[float, float]


def half_planes(layer: Layer) -> list[HalfPlane]:
    """The line w·x + b = 0 of each neuron, as its unit normal and one point. A neuron with w = 0 has no line.

    Raises ValueError for a layer that does not take 2 inputs.

    >>> from nn import Layer
    >>> layer = Layer(2, 1, init=3.0)
    >>> layer.neurons[0].w[1].data, layer.neurons[0].b.data = 4.0, -5.0          # 3 x₁ + 4 x₂ = 5
    >>> half_planes(layer)
    [HalfPlane(neuron=0, normal=(0.6, 0.8), point=(0.6, 0.8))]
    """
    if len(layer.neurons[0].w) != 2:
        raise ValueError(f"a half-plane needs 2 inputs, this layer takes {len(layer.neurons[0].w)}")
    planes = []
    for i, neuron in enumerate(layer.neurons):
        (w1, w2), b = [w.data for w in neuron.w], neuron.b.data
        length = hypot(w1, w2)
        if length:
            normal = (w1 / length, w2 / length)
            planes.append(HalfPlane(i, normal, (-b / length * normal[0], -b / length * normal[1])))
    return planes


# ── a network on the plane and on a batch ───────────────────────────────────


def scores(model: Callable[[Any], Any], xs: Sequence[float], ys: Sequence[float], threshold: float = 0.0) -> Array:
    """One number per class at every point of a grid; the largest wins. Shape (len(ys), len(xs), K).

    threshold: what a single output has to exceed to say class 1, and so the score of class 0

    >>> scores(lambda x: Value(x[0]), [-1.0, 1.0], [0.0]).argmax(axis=-1).tolist()
    [[0, 1]]
    """
    points = [[x, y] for y in ys for x in xs]
    with collector_paused():
        f = model.predict(points) if isinstance(model, MLP) else [[fk.data for fk in as_row(model(x))] for x in points]
    outputs = np.reshape(f, (len(points), -1))
    if outputs.shape[1] == 1:
        outputs = np.insert(outputs, 0, threshold, axis=1)
    return outputs.reshape(len(ys), len(xs), -1)


class LayerValues(NamedTuple):
    """What one layer computed for a batch, each of shape (n samples, m neurons): h̃, h, and δ = ∂L/∂h̃."""

    h_pre: Array
    h: Array
    delta: Array


def layer_values(model: MLP, X: Rows, y: Rows, loss: Loss) -> list[LayerValues]:
    """h̃ˡ, hˡ and δˡ of every layer: a forward pass per sample, then one backward pass from the loss of the batch.

    X, y: n samples and their targets; loss: a name or a function, as for ``fit``

    >>> model = MLP([1, 1], init=2.0)
    >>> layer_values(model, [[1.0], [3.0]], [0.0, 0.0], "mse")[0].delta.tolist()          # (f − y)/n
    [[1.0], [3.0]]
    """
    before = [p.grad for p in model.parameters()]
    with collector_paused():
        outputs, nodes = _forward(model, X)
        losses.get(loss)(outputs, as_rows(y, "y")).backward()
        found = [
            LayerValues(_data(h_pre), _data(h), np.array([[v.grad for v in row] for row in h_pre]))
            for h_pre, h in nodes
        ]
    for p, grad in zip(model.parameters(), before, strict=True):
        p.grad = grad
    return found


NodeRows = list[Sequence[Value]]


def _forward(model: MLP, X: Rows) -> tuple[list[Any], list[tuple[NodeRows, NodeRows]]]:
    """The outputs of n samples, and for each layer the nodes h̃ and h, one row per sample."""
    X = as_rows(X)
    if not X:
        raise ValueError("a measurement needs at least one sample, got none")
    outputs: list[Any] = []
    nodes: list[tuple[NodeRows, NodeRows]] = [([], []) for _ in model.layers]
    for x in X:
        outputs.append(model(x))
        for layer, (h_pre, h) in zip(model.layers, nodes, strict=True):
            h_pre.append(layer.h_pre)
            h.append(layer.h)
    return outputs, nodes


def _data(rows: NodeRows) -> Array:
    return np.array([[v.data for v in row] for row in rows])


class FlatShare(NamedTuple):
    """How much of a layer is flat: neurons flat on every sample, and (sample, neuron) pairs that are flat."""

    dead: float
    saturated: float


def flat_shares(model: MLP, X: Rows, *, below: float = 0.05) -> list[FlatShare]:
    """The shares of each hidden layer that let no gradient through: flat is where |σ′(h̃)| < ``below``.

    A ReLU that is flat on every sample is dead: it never learns again. A tanh or sigmoid that is flat is saturated.

    >>> model = MLP([1, 2, 1], init=1.0)
    >>> model.layers[0].neurons[0].b.data = -9.0
    >>> flat_shares(model, [[1.0], [-1.0]])
    [FlatShare(dead=0.5, saturated=0.75)]
    """
    with collector_paused():
        _, nodes = _forward(model, X)
    shares = []
    for layer, (h_pre, _) in zip(model.layers, nodes, strict=True):
        if layer.neurons[0].nonlin:
            flat = abs(activation_curve(layer.neurons[0].activation, _data(h_pre)).slope) < below
            shares.append(FlatShare(float(flat.all(axis=0).mean()), float(flat.mean())))
    return shares


# ── initialisation ──────────────────────────────────────────────────────────


class LayerVariance(NamedTuple):
    """Var[h̃ˡ] as measured over neurons and samples, and by the formula."""

    measured: float
    formula: float


def layer_variances(
    init: Init, *, activation: Activation = "relu", width: int = 128, depth: int = 8, samples: int = 64, seed: int = 0
) -> list[LayerVariance]:
    """Var[h̃ˡ] by depth: Var[h̃ˡ] = m · Var(W) · E[σ²(h̃ˡ⁻¹)], where ReLU makes E[σ²] half of Var[h̃ˡ⁻¹].

    The first layer's inputs are not rectified: they are N(0, 1), so E[x²] = 1. The formula starts from there
    and uses no measured h̃; Var(W) is that of the weights drawn, which have mean 0. Biases are 0.

    width: m neurons in every layer, and m inputs (He et al. 2015, §2.2)

    >>> first, second = layer_variances("kaiming", depth=2, seed=1)
    >>> round(first.formula, 1), round(second.formula, 1)          # m · 2/m · 1, then m · 2/m · ½ · 2
    (2.0, 2.0)
    """
    draw, rng = initialisers.get(init), generator(seed)
    h = np.array([[rng.gauss(0.0, 1.0) for _ in range(width)] for _ in range(samples)])
    mean_square, found = 1.0, []
    for _ in range(depth):
        W = np.array([[draw(rng, width, width) for _ in range(width)] for _ in range(width)])
        h_pre = h @ W.T
        formula = width * float(W.var()) * mean_square
        found.append(LayerVariance(float(h_pre.var()), formula))
        h, mean_square = _applied(activation, h_pre), _mean_square(activation, formula)
    return found


def _applied(activation: Activation, z: Array) -> Array:
    σ = activations.get(activation)
    if activations.is_row(σ):
        return activation_curve(σ, z).h
    h: Array = np.vectorize(lambda number: σ(Value(number)).data, otypes=[float])(z)
    return h


def _mean_square(activation: Activation, variance: float) -> float:
    """E[σ²(h̃)] for h̃ ~ N(0, variance), by the trapezoidal rule, which is exact up to rounding on a bell curve."""
    z = np.linspace(-10.0, 10.0, 401)
    density = np.exp(-0.5 * z**2)
    h = _applied(activation, variance**0.5 * z)
    return float((h**2 * density).sum() / density.sum())


def weight_paths(
    model: MLP, X: Rows, y: Rows, *, loss: Loss, optimizer: MakeOptimizer, epochs: int, layer: int = 0
) -> Array:
    """The weights of one layer while a copy of the model is trained (full batch): shape (epochs + 1, neurons, inputs).

    optimizer: makes one from parameters, such as ``lambda p: SGD(p, lr=0.5)``

    >>> from nn import SGD, data
    >>> same = MLP([2, 3, 1], activation="tanh", init=0.5)
    >>> paths = weight_paths(same, *data.XOR[:2], loss="logistic", optimizer=SGD, epochs=5)
    >>> bool((paths[-1, 0] == paths[-1, 2]).all())          # equal units stay equal
    True
    """
    trained = copy.deepcopy(model)
    training = train.steps(trained, X, y, loss=loss, optimizer=optimizer(trained.parameters()), epochs=epochs)
    moments = chain([None], training)  # before the first step, and after each
    return np.array([[[w.data for w in n.w] for n in trained.layers[layer].neurons] for _ in moments])


# ── optimizers ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Bowl:
    """An elongated bowl: L(w) = ½ (λ₁ u² + λ₂ v²), u and v being w along a steep and a flat eigendirection.

    steep, flat: the curvatures λ₁ and λ₂; angle: of the flat direction to the w₁ axis, in degrees

    >>> Bowl(steep=20.0, flat=2.0)([Value(1.0), Value(1.0)]).data
    11.0
    """

    steep: float = 20.0
    flat: float = 1.0
    angle: float = 0.0

    def __call__(self, w: Sequence[Value]) -> Value:
        """L(w), as a node."""
        u, v = (dot(direction, w) for direction in self.directions())
        return 0.5 * (self.steep * u**2 + self.flat * v**2)

    def directions(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The steep and the flat eigendirection, of length 1."""
        c, s = cos(self.angle * pi / 180), sin(self.angle * pi / 180)
        return (-s, c), (c, s)

    def point(self, steep: float, flat: float) -> tuple[float, float]:
        """The weights so far from the minimum along the steep and the flat direction.

        >>> Bowl(angle=90.0).point(steep=1.0, flat=-8.0)
        (-1.0..., -8.0)
        """
        (u1, u2), (v1, v2) = self.directions()
        return (steep * u1 + flat * v1, steep * u2 + flat * v2)


def optimizer_paths(
    optimizers: Mapping[str, MakeOptimizer], loss: Landscape, start: Sequence[float], steps: int
) -> dict[str, Array]:
    """The path of each optimizer from ``start``: label → array of shape (steps + 1, number of weights).

    optimizers: label → function that makes one from parameters; loss: of the weights, made with Values

    >>> from nn import SGD
    >>> paths = optimizer_paths({"SGD": lambda p: SGD(p, lr=0.5)}, Bowl(steep=1.0), (4.0, 8.0), steps=2)
    >>> paths["SGD"].tolist()
    [[4.0, 8.0], [2.0, 4.0], [1.0, 2.0]]
    """
    return {label: _path(make, loss, start, steps) for label, make in optimizers.items()}


def _path(make: MakeOptimizer, loss: Landscape, start: Sequence[float], steps: int) -> Array:
    w = [Value(x, label=f"w[{j}]") for j, x in enumerate(start)]
    optimizer, path = make(w), [[v.data for v in w]]
    for _ in range(steps):
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()
        path.append([v.data for v in w])
    return np.array(path)


def moves(optimizer: MakeOptimizer, slopes: Iterable[float]) -> list[float]:
    """How far one weight goes down in each step when its gradients are these numbers, one per step.

    optimizer: makes one from a list of parameters

    >>> from nn import SGD, Adagrad
    >>> moves(lambda p: SGD(p, lr=0.5), [3, 4, 12])
    [1.5, 2.0, 6.0]
    >>> moves(lambda p: Adagrad(p, lr=1.0, eps=1.0), [3, 4, 12])      # 3/(3 + 1), 4/(5 + 1), 12/(13 + 1)
    [0.75, 0.66..., 0.85...]
    """
    w = Value(0.0, label="w", kind="parameter")
    stepping, found = optimizer([w]), []
    for slope in slopes:
        before = w.data
        stepping.zero_grad()
        (slope * w).backward()  # ∂(slope · w)/∂w is the slope
        stepping.step()
        found.append(before - w.data)
    return found


def steps_until(path: Iterable[Sequence[float]], distance: float) -> int | None:
    """The first step after which a path stays within a distance of the origin; None if it ends farther away.

    >>> steps_until([(4.0, 0.0), (1.0, 0.0), (2.0, 0.0), (0.5, 0.0), (0.0, 0.1)], 1.5)
    3
    """
    inside = [sum(x * x for x in point) <= distance**2 for point in path]
    if not inside or not inside[-1]:
        return None
    return len(inside) - inside[::-1].index(False) if False in inside else 0


# ── width and depth ─────────────────────────────────────────────────────────


def interpolating_network(f: Callable[[float], float], m: int, low: float = 0.0, high: float = 1.0) -> MLP:
    """One hidden layer of m ReLU neurons that meets f at m + 1 equally spaced points and is straight between them.

    f(low) + Σᵢ cᵢ relu(x − xᵢ): neuron i bends the line at xᵢ by cᵢ, the change of slope there.

    >>> square = interpolating_network(lambda x: x * x, 2)
    >>> [square([x]).data for x in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 0.125, 0.25, 1.0]
    """
    model = MLP([1, m, 1], activation="relu", init="zero")
    x = np.linspace(low, high, m + 1)
    slopes = np.diff([f(xi) for xi in x.tolist()]) / np.diff(x)
    bends = np.diff(slopes, prepend=0.0)
    hidden = [number for xi in x[:-1] for number in (1.0, -xi)]
    for p, number in zip(model.parameters(), [*hidden, *bends, f(low)], strict=True):
        p.data = float(number)
    return model


def approximation_errors(
    f: Callable[[float], float], widths: Sequence[int], low: float = 0.0, high: float = 1.0
) -> list[float]:
    """The largest |f(x) − network(x)| on [low, high] for each width, by ``interpolating_network``.

    Measured at 16 points per piece. For a smooth f it is at most max|f″| (high − low)² / (8 m²): twice the
    neurons, a quarter of the error.

    >>> approximation_errors(lambda x: x * x, [1, 2, 4])
    [0.25, 0.0625, 0.015625]
    """
    found = []
    for m in widths:
        model = interpolating_network(f, m, low, high)
        xs = np.linspace(low, high, 16 * m + 1)
        found.append(float(abs(model.predict(xs[:, None]) - [f(x) for x in xs.tolist()]).max()))
    return found


class SawtoothSize(NamedTuple):
    """A sawtooth, its number of straight pieces, and the neurons it takes in a deep and in a shallow network."""

    depth: int
    pieces: int
    deep: int
    shallow: int


def sawtooth_sizes(depths: Sequence[int]) -> list[SawtoothSize]:
    """How many hidden neurons the same sawtooth takes: 2 per layer when deep, one per piece when shallow.

    Pieces and neurons are counted on the networks themselves.

    >>> sawtooth_sizes([1, 4])
    [SawtoothSize(depth=1, pieces=2, deep=2, shallow=2), SawtoothSize(depth=4, pieces=16, deep=8, shallow=16)]
    """
    found = []
    for depth in depths:
        deep, shallow = theory.sawtooth(depth), theory.sawtooth_shallow(depth)
        found.append(SawtoothSize(depth, theory.pieces(deep), sum(deep.sizes[1:-1]), sum(shallow.sizes[1:-1])))
    return found
