"""What a file holds of a network: what it is, and its numbers as tensors.

Of an ``MLP`` a file has the architecture, and layer l = 0 … L−1 is there as ``{2l}.weight`` of shape (outputs, inputs) and ``{2l}.bias`` of shape (outputs,): the names
in PyTorch's ``Sequential(Linear, σ, Linear, …)``, where each σ takes a place of its own (``Identity`` for a linear one),
so that ``load_state_dict(safetensors.torch.load_file(path))`` fits. Of another module it has the name of the class, which is
compared and never run, and each parameter under its path; those that fill a list or an array, row by row, are one tensor.
"""

from __future__ import annotations

import re
from itertools import pairwise, product
from math import isfinite, prod
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from autograd import Op, Value
from nn import activations
from nn.arguments import as_list
from nn.tensor_file import AGAIN, Tensor, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Layers = Sequence[Any]  # of `nn.layers`, which imports this file

__all__ = [
    "STATE", "Block", "architecture", "blocks_by_layer", "blocks_by_name", "fill", "in_our_names", "network", "numbers_for", "require_class",
    "require_same", "require_shapes", "tensors",
]  # fmt: skip

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
        why = (
            "is not the row of the op table of that name, with its constants (was it defined again since?), and a file holds "
            "a name alone."
            if isinstance(activation, Op)
            else "is a Python function, and a file holds no code. Enter it into the op table "
            "(autograd.primitive, autograd.install) and build the network with its name."
        )
        raise ValueError(f"its activation {name!r} {why} {NUMBERS}")
    return name


# ── parameters as tensors ───────────────────────────────────────────────────


class Block(NamedTuple):
    """The parameters that one tensor holds, row by row, and its shape."""

    shape: tuple[int, ...]
    parameters: list[Value]


def blocks_by_layer(layers: Layers) -> dict[str, Block]:
    """The tensors of an MLP: for each layer a weight and a bias."""
    found = {}
    for l, layer in enumerate(layers):
        weights = [w for neuron in layer.neurons for w in neuron.w]
        found[f"{2 * l}.weight"] = Block((len(layer.neurons), len(layer.neurons[0].w)), weights)
        found[f"{2 * l}.bias"] = Block((len(layer.neurons),), [neuron.b for neuron in layer.neurons])
    return found


def blocks_by_name(named_parameters: Iterable[tuple[str, Value]]) -> dict[str, Block]:
    """The tensors of any module: ``w[0]`` … ``w[2]`` are one of shape (3,), ``W[0][0]`` … ``W[1][2]`` one of shape (2, 3).

    Raises ValueError for what could not be found again: paths that are not unique, or differ from one process to the next.
    """
    named = list(named_parameters)
    paths = dict(named)
    unsteady = next((path for path in paths if " at 0x" in path or path.startswith(STATE)), None)
    if unsteady or len(paths) < len(named):
        path = unsteady or next(path for path, p in named if paths[path] is not p)
        raise ValueError(
            f"{path!r:.80} can't be the name of a parameter in a file. Hold it under another attribute or key"
        )
    rows: dict[str, dict[tuple[int, ...], Value]] = {}
    for path, p in named:
        name = re.sub(r"(\[\d+\])+$", "", path)
        rows.setdefault(name, {})[tuple(map(int, re.findall(r"\d+", path[len(name) :])))] = p
    return {path: block for name, items in rows.items() for path, block in _blocks(name, items).items()}


def _blocks(name: str, items: dict[tuple[int, ...], Value]) -> dict[str, Block]:
    """Parameters by their places below one name: one block where these fill a rectangle, otherwise one block each."""
    shape = tuple(max(along) + 1 for along in zip(*items, strict=False))
    if prod(shape) == len(items) and list(items) == list(product(*map(range, shape))):
        return {name: Block(shape, list(items.values()))}
    return {name + "".join(f"[{i}]" for i in at): Block((), [p]) for at, p in items.items()}


def tensors(blocks: dict[str, Block]) -> dict[str, Tensor]:
    """The numbers of those parameters. Raises ValueError for one that holds no number."""
    return {
        name: Tensor(block.shape, [_parameter_value(p, name) for p in block.parameters])
        for name, block in blocks.items()
    }


def _parameter_value(p: Any, tensor: str) -> float:
    x = p.data if isinstance(p, Value) else None
    if not isinstance(x, Real):
        raise ValueError(f"a parameter of {tensor} is {p!r:.60}, not a Value that holds a number")
    return float(x)


def numbers_for(blocks: dict[str, Block], tensors: dict[str, Tensor]) -> list[tuple[Value, float]]:
    """The number that each parameter has in the tensors. Raises ValueError for another shape, and for one that is not finite."""
    found = {name: t.shape for name, t in tensors.items() if not name.startswith(STATE)}
    require_shapes(found, {name: block.shape for name, block in blocks.items()})
    pairs = []
    for name, block in blocks.items():
        for i, (p, number) in enumerate(zip(block.parameters, tensors[name].numbers, strict=True)):
            if not isfinite(number):
                raise ValueError(
                    f"parameter {p.label or (name, i)} is {number}. Go back to an earlier file, or try a smaller learning rate"
                )
            pairs.append((p, number))
    return pairs


def fill(blocks: dict[str, Block], tensors: dict[str, Tensor]) -> None:
    """Put the numbers of the tensors into the parameters: all, or, where they do not fit, none. Errors as for ``numbers_for``."""
    for p, number in numbers_for(blocks, tensors):
        p.data = number


def in_our_names(saved: Mapping[str, Any], blocks: dict[str, Block]) -> dict[str, Tensor]:
    """Another library's arrays under the names of these blocks: where its names are others, a weight by its shape.

    Raises ValueError where another number of weights than one has the shape.
    """
    found = {name: Tensor(tuple(a.shape), _flat(as_list(a))) for name, a in saved.items()}
    if found.keys() & blocks.keys():
        return found
    ours, theirs = {}, ""
    for name, block in blocks.items():
        if not name.endswith(".bias"):
            fitting = [other for other, t in found.items() if t.shape == block.shape]
            if len(fitting) != 1:
                raise ValueError(
                    f"{len(fitting)} tensors have the shape {block.shape} of {name!r}: rename them to {', '.join(blocks)}"
                )
            theirs = fitting[0]
        else:
            theirs = f"{theirs.rpartition('.')[0]}.bias".removeprefix(".")
        if theirs in found:
            ours[name] = found.pop(theirs)
    return {**ours, **found}


def _flat(numbers: Any) -> list[float]:
    return [x for row in numbers for x in _flat(row)] if isinstance(numbers, list) else [float(numbers)]


def _shapes(sizes: list[int]) -> dict[str, tuple[int, ...]]:
    """The shapes of those tensors.

    >>> _shapes([2, 3, 1])
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for l, (m, n) in enumerate(pairwise(sizes)):
        shapes[f"{2 * l}.weight"], shapes[f"{2 * l}.bias"] = (n, m), (n,)
    return shapes


# ── the network of a file ───────────────────────────────────────────────────


def require_class(about: dict[str, Any], cls: type) -> None:
    """Raises ValueError for a file of another class than this one and those that it extends."""
    there = about.get("class", "MLP")
    if there not in [kind.__qualname__ for kind in cls.__mro__]:
        raise ValueError(
            f"it holds a network of the class {there!r:.40}, not {cls.__qualname__}. Load it with that one"
        )


def require_same(about: dict[str, Any], here: dict[str, Any]) -> None:
    """Raises ValueError unless a file says of its network what is said of the one here."""
    there = {key: x for key, x in about.items() if key not in ("format", "training")}
    if there != here:
        raise ValueError(
            f"its network is {there!r:.200}, here it is {here!r:.200}. Build the same, or load what the file has"
        )


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
    fill(blocks_by_layer(model.layers), tensors)
    made: Network = model
    return made


def require_shapes(found: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]]) -> None:
    """Raises ValueError naming the first tensor that is missing, too much, or of another shape."""
    for name in [*expected, *found]:
        if found.get(name) != expected.get(name):
            there, due = found.get(name, "missing"), expected.get(name, "no such tensor")
            raise ValueError(f"tensor {name!r:.40} is {there}, expected {due}. {AGAIN}")
