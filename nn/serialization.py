"""What a file holds of a network: its architecture, and its numbers as tensors.

Layer l = 0 … L−1 is there as ``{2l}.weight`` of shape (outputs, inputs) and ``{2l}.bias`` of shape (outputs,): the names
in PyTorch's ``Sequential(Linear, σ, Linear, …)``, where each σ takes a place of its own (``Identity`` for a linear one),
so that ``load_state_dict(safetensors.torch.load_file(path))`` fits.
"""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from autograd import Value
from nn import activations
from nn.tensor_file import AGAIN, Tensor, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Layers = Sequence[Any]  # of `nn.layers`, which imports this file

__all__ = ["STATE", "architecture", "network", "require_shapes", "tensors"]

STATE = "optimizer."  # begins the names of an optimizer's tensors, which may be in the same file
NUMBERS = "To keep the numbers alone: [p.data for p in model.parameters()]"
Network = TypeVar("Network")


def architecture(layers: Layers) -> dict[str, Any]:
    """What ``MLP`` has to be called with to get the same function. Raises ValueError where no call gives it."""
    sizes = [len(layers[0].neurons[0].w), *[len(layer.neurons) for layer in layers]]
    *hidden, output = [_activation(layer) for layer in layers]
    if any(len(n.w) != m for m, layer in zip(sizes, layers, strict=False) for n in layer.neurons):
        raise ValueError("its layers do not fit each other: a neuron needs one weight for each neuron before it")
    alike = len({*hidden}) <= 1
    activation = (hidden[0] if hidden else "relu") if alike else hidden
    return {"sizes": sizes, "activation": activation, "output": output}


def _activation(layer: Any) -> str:
    """The one name of all the layer's activations."""
    linear = activations.get("identity")
    used = {n.activation if n.nonlin else linear for n in layer.neurons}
    if len(used) > 1:
        raise ValueError(
            f"the neurons of {layer!r:.80} differ in activation, and a file holds one per layer. {NUMBERS}"
        )
    activation = used.pop()
    if activation is linear:
        return "identity"
    name = activations.name_of(activation)
    if not activations.is_row(activation):
        raise ValueError(
            f"its activation {name!r} is a Python function, and a file holds no code. Enter it into the op table "
            f"(autograd.primitive, autograd.install) and build the network with its name. {NUMBERS}"
        )
    return name


def _parameters(layers: Layers) -> dict[str, list[Value]]:
    """The parameters that each tensor holds, row by row."""
    found = {}
    for l, layer in enumerate(layers):
        found[f"{2 * l}.weight"] = [w for neuron in layer.neurons for w in neuron.w]
        found[f"{2 * l}.bias"] = [neuron.b for neuron in layer.neurons]
    return found


def _shapes(sizes: list[int]) -> dict[str, tuple[int, ...]]:
    """The shapes of those tensors.

    >>> _shapes([2, 3, 1])
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for l, (m, n) in enumerate(pairwise(sizes)):
        shapes[f"{2 * l}.weight"], shapes[f"{2 * l}.bias"] = (n, m), (n,)
    return shapes


def tensors(layers: Layers) -> dict[str, Tensor]:
    """The weights and biases by name. Raises ValueError for a parameter that holds no number."""
    shapes = _shapes(architecture(layers)["sizes"])
    return {
        name: Tensor(shapes[name], [_parameter_value(p, name) for p in parameters])
        for name, parameters in _parameters(layers).items()
    }


def _parameter_value(p: Any, tensor: str) -> float:
    x = p.data if isinstance(p, Value) else None
    if not isinstance(x, Real):
        raise ValueError(f"a parameter of {tensor} is {p!r:.60}, not a Value that holds a number")
    return float(x)


def network(make: Callable[..., Network], about: dict[str, Any], tensors: dict[str, Tensor]) -> Network:
    """The network that the metadata describe, with the numbers of the tensors.

    make: ``MLP``, which is called with the architecture once there are as many numbers as it has parameters
    Raises ValueError for metadata and tensors that do not fit each other.
    """
    _, sizes, activation, output, _ = fields(
        "its metadata", about, format=int, sizes=list, activation=object, output=str, training=object
    )
    if any(type(m) is not int or m < 1 for m in sizes):
        raise ValueError(f"its sizes are {sizes!r:.40}, expected whole numbers, 1 or more. {AGAIN}")
    hidden = activation if isinstance(activation, list) else [activation]
    if isinstance(activation, list) and len(hidden) != len(sizes) - 2:
        raise ValueError(f"it has {len(hidden)} activations for {len(sizes) - 2} hidden layers. {AGAIN}")
    for name in (*hidden, output):
        if name not in activations.names():
            raise ValueError(
                f"its activation {name!r:.40} is not in the op table. If it was added to the table there, "
                "add it here first (autograd.primitive, autograd.install)"
            )
    # Before anything of these sizes is made: does the file have as many numbers?
    require_shapes({name: t.shape for name, t in tensors.items() if not name.startswith(STATE)}, _shapes(sizes))
    model: Any = make(sizes, activation=activation, output=output, init="zero")
    for name, parameters in _parameters(model.layers).items():
        for p, number in zip(parameters, tensors[name].numbers, strict=True):
            if not isfinite(number):
                raise ValueError(
                    f"parameter {p.label} is {number}. Go back to an earlier file, or try a smaller learning rate"
                )
            p.data = number
    made: Network = model
    return made


def require_shapes(found: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]]) -> None:
    """Raises ValueError naming the first tensor that is missing, too much, or of another shape."""
    for name in [*expected, *found]:
        if found.get(name) != expected.get(name):
            there, due = found.get(name, "missing"), expected.get(name, "no such tensor")
            raise ValueError(f"tensor {name!r:.40} is {there}, expected {due}. {AGAIN}")
