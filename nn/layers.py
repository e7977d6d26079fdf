"""Neuron, Layer, MLP: the forward pass of the lecture.

    h̃ˡ = Wˡ hˡ⁻¹ + bˡ,   hˡ = σ(h̃ˡ),   f = Wᴸ hᴸ⁻¹ + bᴸ

There is no backward pass here: it is the chain rule on the graph that these build.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Self

from autograd import Value, affine, dot
from nn import activations, init
from nn.arguments import as_list, as_rows, generator, whole_number
from nn.batch import as_row
from nn.module import Module
from nn.serialization import architecture, blocks_by_layer, network
from nn.tensor_file import naming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from nn.activations import Activation
    from nn.init import Generator, Init
    from nn.serialization import Block
    from nn.tensor_file import Tensor

__all__ = ["MLP", "Layer", "Neuron", "Sequential", "require_its_layers"]


def _of_rows_too(forward: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A forward pass of one sample, of rows too: rows give rows."""

    @wraps(forward)
    def of_sample_or_rows(self: Any, x: Any) -> Any:
        x = as_list(x)
        has_rows = isinstance(x, (list, tuple)) and x and hasattr(x[0], "__len__") and not isinstance(x[0], str)
        return [forward(self, row) for row in x] if has_rows else forward(self, x)

    return of_sample_or_rows


class Neuron(Module):
    """One neuron: h = σ(w·x + b).

    nin:        number of inputs m
    nonlin:     False for a linear neuron (no σ)
    activation: a name from the op table, or a function of a Value
    init:       how the m weights are drawn (see ``nn.init``); the bias starts at 0
    seed:       the same seed gives the same weights; without one they come from ``rng``, Python's global generator
    path:       where it sits in a network, for labels and drawings

    >>> n = Neuron(2, activation="step")
    >>> n.w[0].data, n.w[1].data, n.b.data = 1.0, 1.0, -1.5          # the lecture's AND
    >>> [n([a, b]).data for a in (0, 1) for b in (0, 1)]
    [0.0, 0.0, 0.0, 1.0]
    """

    def __init__(
        self, nin: int, nonlin: bool = True, *, activation: Activation = "relu", init: Init = "uniform",
        seed: int | None = None, rng: Generator = random, nout: int = 1, path: str = "",
    ) -> None:  # fmt: skip
        draw, rng = _initializer(init), _generator(seed, rng)
        within = f"{path}." if path else ""
        nin = whole_number("a neuron's number of inputs", nin)
        self.w = [Value(draw(rng, nin, nout), label=f"{within}w[{j}]", kind="parameter") for j in range(nin)]
        self.b = Value(0.0, label=f"{within}b", kind="parameter")
        self.nonlin = nonlin
        self.path = path
        self.activation = activations.get(activation)

    @_of_rows_too
    def forward(self, x: Any) -> Any:
        """The output h. x: m numbers or Values, or rows of them. Raises ValueError for another number of them."""
        return self._fire(dot(self.w, _sample(x, len(self.w), "neuron"), self.b))

    def _fire(self, h_pre: Value) -> Value:
        """h from h̃, both under their names."""
        h = self.activation(h_pre) if self.nonlin else h_pre
        if not isinstance(h, Value):
            raise TypeError(
                f"the activation {activations.name_of(self.activation)} must return a Value, got {h!r}: was .data used inside?"
            )
        h_pre.label, h_pre.module = "h_pre", self.path
        h.label, h.module = "h", self.path
        return h

    def _numbers(self, h_pre: Any) -> Any:
        """h for an array of h̃."""
        if not self.nonlin:
            return h_pre
        if activations.is_row(self.activation):
            return activations.read(activations.row_of(self.activation), h_pre)[0]
        return [self.activation(Value(z)).data for z in h_pre.tolist()]

    def _held(self) -> Iterable[tuple[str, Any]]:
        if {*map(type, self.w), type(self.b)} != {Value}:
            self._require_values()
        return super()._held()

    def _require_values(self) -> None:
        """Raises ValueError where a number stands in the place of a weight: it would not be trained."""
        for place, p in [*((f"w[{j}]", w) for j, w in enumerate(self.w)), ("b", self.b)]:
            if not isinstance(p, Value):
                name = f"{self.path}.{place}".removeprefix(".")
                raise ValueError(f"{name} is {p!r:.60} ({type(p).__name__}); set it by its number: {place}.data = 5.0")

    def __repr__(self) -> str:
        title = activations.title_of(self.activation) if self.nonlin else "Linear"
        return f"{title[:1].upper()}{title[1:]}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side on the same inputs: hˡ = σ(Wˡ hˡ⁻¹ + bˡ).

    nin, nout: number of inputs and of neurons
    seed, rng: of the whole layer: its neurons draw from one generator; the rest goes to each ``Neuron``
    h_pre, h:  after a forward pass, the last sample's h̃ˡ and hˡ (lists of nout Values)

    >>> layer = Layer(3, 2, nonlin=False, init=1.0)
    >>> [h.data for h in layer([1.0, 2.0, 3.0])]
    [6.0, 6.0]
    """

    def __init__(
        self, nin: int, nout: int, *, seed: int | None = None, rng: Generator = random, path: str = "", **kwargs: Any
    ) -> None:
        rng = _generator(seed, rng)
        nout = whole_number("a layer's number of neurons", nout)
        within = f"{path}." if path else ""
        self.neurons = [Neuron(nin, nout=nout, rng=rng, path=f"{within}neurons[{i}]", **kwargs) for i in range(nout)]
        self.h_pre: list[Value] = []
        self.h: list[Value] = []

    @_of_rows_too
    def forward(self, x: Any) -> Any:
        """The outputs h as a list, or the one Value of a single neuron; for rows, a list of these.

        Raises ValueError for inputs that do not fit.
        """
        return _unwrapped(self._forward(_sample(x, len(self.neurons[0].w), "layer")))

    def _forward(self, x: Sequence[Value]) -> list[Value]:
        self.h_pre = affine([n.w for n in self.neurons], x, [n.b for n in self.neurons])
        self.h = [n._fire(z) for n, z in zip(self.neurons, self.h_pre, strict=True)]
        return self.h

    def __getstate__(self) -> dict[str, Any]:
        # A copy or a pickle takes the parameters, not the graph of the last sample.
        return {**vars(self), "h_pre": [], "h": []}

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class Sequential(Module):
    """Modules one after the other, and functions of what the one before gives.

    >>> from autograd import softmax
    >>> model = Sequential(Layer(2, 3, activation="tanh", seed=0), Layer(3, 2, nonlin=False, seed=1), softmax)
    >>> round(sum(f.data for f in model([1.0, 2.0])), 12)
    1.0
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        for i, layer in enumerate(layers):
            if not callable(layer):
                raise TypeError(f"Sequential takes modules and functions, got {layer!r:.60}")
            for n in layer.neurons if isinstance(layer, Layer) else ():
                n.path = f"layers[{i}].{n.path}"
        self.layers = list(layers)
        for path, p in self.named_parameters():
            p.label = path

    @_of_rows_too
    def forward(self, x: Any) -> Any:
        """What the last one gives for a sample; for rows, a list of these."""
        for layer in self.layers:
            x = layer([x] if isinstance(x, Value) and isinstance(layer, Module) else x)
        return x

    def __repr__(self) -> str:
        return f"Sequential of [{', '.join(map(str, self.layers))}]"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other, the last one linear.

    sizes:      [m₀, m₁, …, m_L], inputs first
    activation: σ of the hidden layers, or a list with one for each of them
    output:     activation of the last layer ("identity": f is the logits)
    init, seed: how weights are drawn; the same seed gives the same network (0 if none is given)

    The classic form ``MLP(nin, nouts)``, with keywords too, works as in micrograd: ReLU inside, weights from ``random.uniform(-1, 1)``,
    and without a seed from Python's global generator.

    Raises ValueError for sizes that are not whole numbers ≥ 1, or fewer than two of them, and for a list of activations
    that is not as long as there are hidden layers.

    >>> MLP([2, 3, 1], activation="tanh")
    MLP of [Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)], Layer of [LinearNeuron(3)]]
    >>> MLP([2, 1, 2, 1], activation=["tanh", "relu"])
    MLP of [Layer of [TanhNeuron(2)], Layer of [ReLUNeuron(1), ReLUNeuron(1)], Layer of [LinearNeuron(2)]]
    >>> MLP(2, [2, 1])
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]
    """

    def __init__(
        self, sizes: int | Sequence[int] | None = None, nouts: Sequence[int] | None = None, *,
        activation: Activation | Sequence[Activation] = "relu", output: Activation = "identity", init: Init | None = None,
        seed: int | None = None, nin: int | None = None,
    ) -> None:  # fmt: skip
        sizes, rng, init = _arguments(sizes, nouts, nin, init, seed)
        if len(sizes) < 2:
            raise ValueError(f"an MLP needs at least an input and an output size, got {sizes}")
        hidden = _one_per_layer(activation, len(sizes) - 2)
        self.sizes = [whole_number("a layer's size", m) for m in sizes]
        self.layers = []
        for i, (m, n) in enumerate(zip(self.sizes[:-1], self.sizes[1:], strict=True)):
            last = i == len(self.sizes) - 2
            linear = last and activations.get(output) is activations.get("identity")
            σ = hidden[i] if not last else "identity" if linear else output
            self.layers.append(Layer(m, n, nonlin=not linear, activation=σ, init=init, rng=rng, path=f"layers[{i}]"))

    @_of_rows_too
    def forward(self, x: Any) -> Any:
        """f(x): a list of m_L Values, or the Value itself when there is one output; for rows, a list of these.

        x: m₀ numbers or Values, or rows of them. Raises ValueError for another number of them.
        """
        h: Sequence[Value] = _sample(x, self.sizes[0], "network")
        for layer in self.layers:
            h = layer._forward(h)
        return _unwrapped(h)

    def predict(self, X: Any) -> Any:
        """The outputs of n samples as plain numbers, (n,) for one output, else (n, m_L): no graph, so no gradient.

        X: n rows of m₀ numbers. Raises ValueError for other rows, DomainError as the network does.

        >>> model = MLP([2, 3, 1], seed=0)
        >>> bool(abs(model.predict([[1.0, 2.0]])[0] - model([1.0, 2.0]).data) < 1e-12)
        True
        """
        import numpy as np

        X = np.asarray(as_rows(X), dtype=float)
        if X.ndim != 2 or X.shape[1] != self.sizes[0]:
            raise ValueError(f"predict takes rows of {self.sizes[0]} numbers, got an array of shape {X.shape}")
        h = X
        with np.errstate(all="ignore"):
            for layer in self.layers:
                W, b = ([[p.data for p in n.w] for n in layer.neurons], [n.b.data for n in layer.neurons])
                h_pre = h @ np.asarray(W, dtype=float).T + b
                h = np.stack([n._numbers(z) for n, z in zip(layer.neurons, h_pre.T, strict=True)], axis=1)
        if _has_own_pass(self) or not np.isfinite(h).all():  # by the graph, which says where a domain was left
            h = np.array([[f.data for f in as_row(self(x))] for x in X])
        return h[:, 0] if h.shape[1] == 1 else h

    @classmethod
    def _made(
        cls, path: str | Path, about: dict[str, Any], numbers: dict[str, Tensor], args: Any, kwargs: Any
    ) -> Self:  # fmt: skip
        """By the architecture in the file, unless it is made with other arguments."""
        if "class" in about or args or kwargs or cls.__init__ is not MLP.__init__:
            return super()._made(path, about, numbers, args, kwargs)
        with naming(path, "can't be loaded"):
            return network(cls, about, numbers)

    def _described(self) -> tuple[dict[str, Any], dict[str, Block]]:
        """The architecture, if it is all there is."""
        if type(self) is not MLP and not is_its_layers(self):
            return super()._described()
        require_its_layers(self)
        return architecture(self.layers), blocks_by_layer(self.layers)

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def is_its_layers(model: MLP) -> bool:
    """Is the network what its layers are, without a parameter or a forward pass beside them?"""
    return not _has_own_pass(model) and not _beside_layers(model)


def _has_own_pass(model: MLP) -> bool:
    """Does its class compute something else than the layers?"""
    return type(model).__call__ is not MLP.__call__ or type(model).forward is not MLP.forward


def require_its_layers(model: MLP) -> None:
    """Raises ValueError for a network that is more than its layers, where no more can be kept or shown."""
    if not is_its_layers(model):
        beside = _beside_layers(model)
        what = f"the parameter {beside[0]!r}" if beside else "a forward pass of its own"
        instead = ". A subclass of MLP that has it can be saved" if type(model) is MLP else ""
        raise ValueError(f"this {type(model).__name__} is more than its layers: {what} would be lost here{instead}")


def _beside_layers(model: MLP) -> list[str]:
    """The paths of parameters that are none of the layers'."""
    inside = {p for layer in model.layers for n in layer.neurons for p in (*n.w, n.b)}
    return [path for path, p in model.named_parameters() if p not in inside]


def _arguments(
    sizes: Any, nouts: Any, nin: Any, init: Init | None, seed: int | None
) -> tuple[list[Any], Generator, Init]:
    """Sizes, generator and initialiser of an MLP, in the modern form MLP(sizes) and in the classic one, MLP(nin, nouts)."""
    if nin is not None:
        if sizes is not None:
            raise ValueError(f"MLP takes sizes or nin, not both; got {sizes!r} and nin={nin!r}")
        sizes = nin
    if nouts is None:
        if not isinstance(sizes, Sequence) or isinstance(sizes, str):
            raise ValueError(
                f"MLP needs the sizes of its layers, such as MLP([2, 16, 1]) or MLP(2, [16, 1]); got {sizes!r}"
            )
        return list(sizes), generator(seed or 0), "kaiming" if init is None else init
    if isinstance(sizes, Sequence) or not isinstance(nouts, Sequence):
        raise ValueError(f"MLP(nin, nouts) takes a number and a list, as in MLP(2, [16, 1]); got {sizes!r}, {nouts!r}")
    return [sizes, *nouts], _generator(seed, random), "uniform" if init is None else init


def _one_per_layer(activation: Activation | Sequence[Activation], layers: int) -> list[Activation]:
    if isinstance(activation, str) or not isinstance(activation, Sequence):
        activations.get(activation)  # a wrong name is an error even without a hidden layer
        return [activation] * layers
    if len(activation) != layers:
        raise ValueError(
            f"a list of activations has one for each hidden layer: got {len(activation)} for {layers} hidden layers"
        )
    return list(activation)


_initializer = init.get


def _generator(seed: int | None, rng: Generator) -> Generator:
    """A generator of its own for a seed, else the one given. Raises ValueError for both."""
    if seed is None:
        return rng
    if rng is not random:
        raise ValueError(f"give a seed or a generator, not both; got seed={seed!r} and rng={rng!r}")
    return generator(seed)


def _unwrapped(h: Sequence[Value]) -> Any:
    return h[0] if len(h) == 1 else list(h)


def _sample(x: Any, m: int, what: str) -> Sequence[Value]:
    """One sample as m Values; numbers become inputs."""
    if isinstance(x, (str, bytes, dict)) or not hasattr(x, "__iter__"):
        raise ValueError(f"the {what} takes a list of {m} numbers, got {x!r}")
    x = as_list(x)
    x = x if isinstance(x, (list, tuple)) else list(x)
    if len(x) != m:
        raise ValueError(f"the {what} expects {m} inputs, got {len(x)}")
    if any(isinstance(xi, (list, tuple)) for xi in x):
        raise ValueError(f"the {what} takes {m} numbers, got {x!r:.60}")
    return [xi if isinstance(xi, Value) else Value(xi, label=f"x[{j}]") for j, xi in enumerate(x)]
