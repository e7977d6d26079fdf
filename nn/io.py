"""Saved networks: safetensors, a format that can hold numbers and nothing that runs.

A file is three things in a row:

    8 bytes: a length n  |  n bytes of JSON: what is where  |  the numbers, float64

Layer l = 0 … L−1 is there as ``{2l}.weight`` of shape (outputs, inputs) and ``{2l}.bias`` of shape (outputs,): the names
in PyTorch's ``Sequential(Linear, σ, Linear, …)``, where each σ takes a place of its own (``Identity`` for a linear one),
so that ``load_state_dict(safetensors.torch.load_file(path))`` fits. Sizes, activations and a checksum are in the metadata.
"""

from __future__ import annotations

import hashlib
import json
import struct
from contextlib import contextmanager
from inspect import signature
from itertools import pairwise
from math import isfinite, prod
from numbers import Real
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import Value, write_atomically
from nn import activations, optim
from nn.layers import MLP
from nn.optim import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nn.layers import Layer

__all__ = [
    "Checkpoint", "CheckpointError", "load", "load_checkpoint", "restore", "save", "save_checkpoint",
]  # fmt: skip


class CheckpointError(ValueError):
    """A file does not hold what it should, or a network can't be put into one: which file, what is wrong, what to try."""


class Checkpoint(NamedTuple):
    """A training run that can go on: give ``start=step``, ``seed=seed`` and ``**settings`` to ``fit`` or ``steps``."""

    model: MLP
    optimizer: Optimizer
    step: int
    seed: int
    settings: dict[str, Any]


# ── networks ────────────────────────────────────────────────────────────────


def save(model: MLP, path: str | Path) -> None:
    """Write the network to a file, as safetensors.

    Raises CheckpointError when the file could not be loaded again: a parameter that is not finite, an activation that
    has no name; OSError when it can't be written. What was there before is then untouched.

    >>> from tempfile import TemporaryDirectory
    >>> model = MLP([2, 3, 1], activation="tanh", seed=0)
    >>> with TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.safetensors")
    ...     copy = load(f"{folder}/model.safetensors")
    >>> copy([1.0, 2.0]).data == model([1.0, 2.0]).data
    True
    """
    with _named(path, "was not written"):
        about, tensors = architecture(model), weights(model)
        content = _packed({**about, "training": None}, tensors)
    write_atomically(path, content)


def load(path: str | Path) -> MLP:
    """The network in a file that ``save`` or ``save_checkpoint`` wrote, with exactly the same numbers.

    Raises CheckpointError for any file that is not one, whatever it holds; nothing in a file is ever run.
    """
    with _named(path, "can't be loaded"):
        return _network(*_unpacked(_content(Path(path))))


def architecture(model: MLP) -> dict[str, Any]:
    """What ``MLP`` has to be called with to get the same function."""
    if not isinstance(model, MLP):
        raise TypeError(f"only an MLP is saved by its architecture, got {type(model).__name__}")
    sizes = [len(model.layers[0].neurons[0].w), *[len(layer.neurons) for layer in model.layers]]
    *hidden, output = [_activation(layer) for layer in model.layers]
    if any(len(n.w) != m for m, layer in zip(sizes, model.layers, strict=False) for n in layer.neurons):
        raise ValueError("its layers do not fit each other: a neuron needs one weight for each neuron before it")
    if len({*hidden}) > 1:
        raise ValueError(
            f"its hidden layers differ ({', '.join(hidden)}), and a file holds one activation for all of them. {_NUMBERS}"
        )
    return {"sizes": sizes, "activation": hidden[0] if hidden else "relu", "output": output}


def _activation(layer: Layer) -> str:
    """The one name of all the layer's activations."""
    linear = activations.get("identity")
    used = {n.activation if n.nonlin else linear for n in layer.neurons}
    if len(used) > 1:
        raise ValueError(f"the neurons of {layer!r:.80} differ in activation, and a file holds one a layer. {_NUMBERS}")
    activation = used.pop()
    if activation is linear:
        return "identity"
    name = activations.name_of(activation)
    if name not in activations.names() or activations.get(name) is not activation:
        raise ValueError(
            f"its activation {name!r} is a Python function, and a file holds no code. Enter it into the op table "
            f"(autograd.primitive, autograd.install) and build the network with its name. {_NUMBERS}"
        )
    return name


def _slots(model: MLP) -> dict[str, list[Value]]:
    """The parameters that each tensor holds, row by row."""
    slots = {}
    for l, layer in enumerate(model.layers):
        slots[f"{2 * l}.weight"] = [w for neuron in layer.neurons for w in neuron.w]
        slots[f"{2 * l}.bias"] = [neuron.b for neuron in layer.neurons]
    return slots


def _shapes(sizes: list[int]) -> dict[str, tuple[int, ...]]:
    """The shapes of those tensors.

    >>> _shapes([2, 3, 1])
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for l, (m, n) in enumerate(pairwise(sizes)):
        shapes[f"{2 * l}.weight"], shapes[f"{2 * l}.bias"] = (n, m), (n,)
    return shapes


def weights(model: MLP) -> dict[str, _Tensor]:
    shapes = _shapes(architecture(model)["sizes"])
    return {name: _Tensor(shapes[name], [_number(p, name) for p in slot]) for name, slot in _slots(model).items()}


def _number(p: Any, tensor: str) -> float:
    x = p.data if isinstance(p, Value) else None
    if not isinstance(x, Real):
        raise ValueError(f"a parameter of {tensor} is {p!r:.60}, not a Value that holds a number")
    return float(x)


def _network(about: dict[str, Any], tensors: dict[str, _Tensor]) -> MLP:
    """The network that the metadata describe, with the numbers of the tensors."""
    _, sizes, activation, output, _ = _fields(
        "its metadata", about, format=int, sizes=list, activation=str, output=str, training=object
    )
    if any(type(m) is not int or m < 1 for m in sizes):
        raise ValueError(f"its sizes are {sizes!r:.40}, expected whole numbers, 1 or more. {_AGAIN}")
    for name in (activation, output):
        if name not in activations.names():
            raise ValueError(
                f"its activation {name!r:.40} is not in the op table. If it was added to the table there, "
                "add it here first (autograd.primitive, autograd.install)"
            )
    # Before anything of these sizes is made: are there so many numbers?
    _require_shapes({name: t.shape for name, t in tensors.items() if not name.startswith(_STATE)}, _shapes(sizes))
    model = MLP(sizes, activation=activation, output=output, init="zero")
    for name, slot in _slots(model).items():
        for p, number in zip(slot, tensors[name].numbers, strict=True):
            if not isfinite(number):
                raise ValueError(
                    f"parameter {p.label} is {number}. Go back to an earlier file, or try a smaller learning rate"
                )
            p.data = number
    return model


def _require_shapes(found: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]]) -> None:
    for name in [*expected, *found]:
        if found.get(name) != expected.get(name):
            there, due = found.get(name, "missing"), expected.get(name, "no such tensor")
            raise ValueError(f"tensor {name!r:.40} is {there}, expected {due}. {_AGAIN}")


# ── checkpoints ─────────────────────────────────────────────────────────────


def save_checkpoint(
    model: MLP, optimizer: Optimizer, path: str | Path, *, step: int, seed: int = 0, **settings: Any
) -> None:
    """Write all that a run needs to go on as if it had never stopped; ``load`` finds the network in the same file.

    optimizer: one of ``nn.optim``, made with ``model.parameters()``
    step:      steps taken so far, ``run[-1].step``
    seed:      the one that ``fit`` was given
    settings:  what else ``fit`` was given, if it is plain numbers and text: ``batch_size=16``, ``loss="logistic"``

    A run that goes on with the same data, settings and schedule takes the same steps to the last bit; only
    ``patience`` begins to count anew. Raises CheckpointError and OSError as ``save`` does.

    >>> from tempfile import TemporaryDirectory
    >>> from nn import Adam, data, fit
    >>> model = MLP([2, 4, 1], activation="tanh", seed=1)
    >>> adam = Adam(model.parameters(), lr=0.1)
    >>> run = fit(model, *data.XOR[:2], loss="logistic", optimizer=adam, epochs=3, batch_size=2)
    >>> with TemporaryDirectory() as folder:
    ...     save_checkpoint(model, adam, f"{folder}/run", step=run[-1].step, batch_size=2, loss="logistic")
    ...     saved = load_checkpoint(f"{folder}/run")
    >>> saved.step, saved.optimizer.t, saved.settings
    (6, 6, {'batch_size': 2, 'loss': 'logistic'})
    >>> run = fit(saved.model, *data.XOR[:2], optimizer=saved.optimizer, epochs=5, start=saved.step, **saved.settings)
    >>> [record.step for record in run]
    [7, 8, 9, 10]
    """
    with _named(path, "was not written"):
        about, tensors = architecture(model), weights(model)
        _require_steps(optimizer, model)
        training = {"step": index(step), "seed": index(seed), "settings": settings, "optimizer": _described(optimizer)}
        _require_plain(settings)
        for name, numbers in optimizer.state.items():
            tensors[f"{_STATE}{name}"] = _Tensor((len(numbers),), numbers)
        content = _packed({**about, "training": training}, tensors)
    write_atomically(path, content)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """The training run in a file that ``save_checkpoint`` wrote: its network, its optimizer, and where it was.

    Raises CheckpointError for any other file.
    """
    with _named(path, "can't be loaded"):
        about, tensors = _unpacked(_content(Path(path)))
        if about.get("training") is None:
            raise ValueError("it holds a network without its training. Load it with MLP.load, and start a new run")
        return _run(about, tensors)


def restore(model: MLP, optimizer: Optimizer, path: str | Path) -> Checkpoint:
    """Put a saved run back into a network and an optimizer that exist: parameters keep their identity.

    The optimizer becomes the one that was saved, hyper-parameters and all.
    Raises CheckpointError, and changes nothing, when the file is bad or was saved from another architecture or optimizer.
    """
    saved = load_checkpoint(path)
    with _named(path, "can't be restored"):
        _require_steps(optimizer, model)
        for what, found, here in [
            ("network", architecture(saved.model), architecture(model)),
            ("optimizer", type(saved.optimizer).__name__, type(optimizer).__name__),
        ]:
            if found != here:
                raise ValueError(f"its {what} is {found}, here it is {here}. Build the same, or use load_checkpoint")
    for p, q in zip(model.parameters(), saved.model.parameters(), strict=True):
        p.data = q.data
    vars(optimizer).update({**vars(saved.optimizer), "parameters": optimizer.parameters})
    return saved._replace(model=model, optimizer=optimizer)


def _optimizers() -> dict[str, type[Optimizer]]:
    """The optimizers that a file may name: those of ``nn.optim``, and no others."""
    found = [getattr(optim, name) for name in optim.__all__]
    return {c.__name__: c for c in found if isinstance(c, type) and issubclass(c, Optimizer) and c is not Optimizer}


def _hyperparameters(kind: type[Optimizer]) -> set[str]:
    """What it is made with, beside parameters and rate."""
    return set(signature(kind).parameters) - {"parameters", "lr"}


def _described(optimizer: Optimizer) -> dict[str, Any]:
    kind = type(optimizer)
    if _optimizers().get(kind.__name__) is not kind:
        raise ValueError(
            f"its optimizer {kind.__name__} is not one of {', '.join(_optimizers())}, and a file holds no code. "
            "Save the network alone, and keep optimizer.state_dict() yourself"
        )
    settings = {name: getattr(optimizer, name) for name in sorted(_hyperparameters(kind))}
    # The rate apart from the hyper-parameters: a schedule may have brought it to 0, with which none can be made.
    return {"kind": kind.__name__, "settings": settings, "lr": float(optimizer.lr), "t": optimizer.t}


def _run(about: dict[str, Any], tensors: dict[str, _Tensor]) -> Checkpoint:
    """The run that the metadata describe."""
    model = _network(about, tensors)
    step, seed, settings, described = _fields(
        "its training", about["training"], step=int, seed=int, settings=dict, optimizer=dict
    )
    name, given, lr, t = _fields("its optimizer", described, kind=str, settings=dict, lr=float, t=int)
    kind = _optimizers().get(name)
    if kind is None or given.keys() != _hyperparameters(kind):
        raise ValueError(f"its optimizer {name!r:.40} with {', '.join(given)!r:.80} is unknown here. {_UPDATE}")
    if not (0 <= step < _MANY and 0 <= t < _MANY and lr >= 0):
        raise ValueError(f"its step, t and lr should be 0 or more, and no more than a float can count. {_AGAIN}")
    optimizer = kind(model.parameters(), **given)
    running = {key: tensor for key, tensor in tensors.items() if key.startswith(_STATE)}
    shapes = {key: tensor.shape for key, tensor in running.items()}
    _require_shapes(shapes, dict.fromkeys(running, (len(optimizer.parameters),)))
    state = {key.removeprefix(_STATE): tensor.numbers for key, tensor in running.items()}
    optimizer.load_state_dict({"t": t, "lr": lr, "state": state})
    return Checkpoint(model, optimizer, step, seed, settings)


def _require_steps(optimizer: Optimizer, model: MLP) -> None:
    mine, theirs = model.parameters(), optimizer.parameters
    if len(mine) != len(theirs) or any(p is not q for p, q in zip(mine, theirs, strict=True)):
        raise ValueError("the optimizer steps other parameters than the network's. Make it with model.parameters()")


def _require_plain(settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise ValueError(
                f"the setting {name} is {value!r:.60}, and a file holds numbers and text. "
                "Leave it out, and give it to fit again when you go on"
            ) from None


# ── the format ──────────────────────────────────────────────────────────────

_VERSION = 1
_STATE = "optimizer."  # begins the names of an optimizer's running numbers; one tensor each, one number a parameter
_LARGEST = 1 << 28  # bytes: 33 million numbers, more than an engine of scalars can work with
_MANY = 1 << 53  # steps: up to here a float counts without gaps
_NUMBERS = "To keep the numbers alone: [p.data for p in model.parameters()]"
_AGAIN = "Try another copy of the file, or save it again"
_UPDATE = "Update chalkgrad, or save again with this version"


class _Tensor(NamedTuple):
    """A shape, and the numbers row by row."""

    shape: tuple[int, ...]
    numbers: list[float]

    def packed(self) -> bytes:
        return struct.pack(f"<{len(self.numbers)}d", *self.numbers)


@contextmanager
def _named(path: str | Path, trouble: str) -> Iterator[None]:
    """Name the file in what went wrong, in one kind of error."""
    try:
        yield
    except (ValueError, OverflowError, RecursionError) as error:
        raise CheckpointError(f"{path} {trouble}: {error!s:.600}.") from None  # a file may hold long words


def _packed(about: dict[str, Any], tensors: dict[str, _Tensor]) -> bytes:
    """The bytes of a file. It is read once before it is written, so that a file which can't be loaded never is."""
    text = json.dumps({"format": _VERSION, **about}, allow_nan=False)
    header: dict[str, Any] = {"__metadata__": {"chalkgrad": text, "sha256": _checksum(text, tensors)}}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + 8 * len(tensor.numbers)
        header[name] = {"dtype": "F64", "shape": tensor.shape, "data_offsets": [start, end]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)  # the numbers begin at a multiple of 8
    content = b"".join([struct.pack("<Q", len(head)), head, *[tensor.packed() for tensor in tensors.values()]])
    read = _run if about["training"] else _network
    read(*_unpacked(content))
    return content


def _content(path: Path) -> bytes:
    """The bytes of a file, if it is one and not too large."""
    size = path.stat().st_size
    if not path.is_file() or size > _LARGEST:
        raise ValueError(f"a saved network is a regular file of at most {_LARGEST:,} bytes, and this is not")
    with path.open("rb") as file:
        return file.read(size)


def _unpacked(content: bytes) -> tuple[dict[str, Any], dict[str, _Tensor]]:
    """Metadata and tensors of a file: complete, consistent with each other, and as they were saved."""
    length = int.from_bytes(content[:8], "little")
    if length > len(content) - 8 or content[8:9] != b"{":
        raise ValueError(
            f"it is cut short, or no safetensors file: {length:,} bytes of header can't be in {len(content):,}. {_AGAIN}"
        )
    header = _json(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not isinstance(text := metadata.get("chalkgrad"), str):
        raise ValueError(
            "it does not say its architecture, so it was not saved by chalkgrad. Load it with the library that did"
        )
    about = _json(text)
    if about.get("format") != _VERSION:
        raise ValueError(f"its format is {about.get('format')!r:.40}, this version reads {_VERSION}. {_UPDATE}")
    tensors = _tensors_in(header, content[8 + length :])
    if metadata.get("sha256") != _checksum(text, tensors):
        raise ValueError(f"its checksum is wrong: something changed since it was saved. {_AGAIN}")
    return about, tensors


def _tensors_in(header: dict[str, Any], data: bytes) -> dict[str, _Tensor]:
    """The tensors that the header lists, one after the other without gaps."""
    tensors, end = {}, 0
    for name, entry in header.items():
        dtype, shape, offsets = _fields(f"tensor {name!r:.40}", entry, dtype=str, shape=list, data_offsets=list)
        if dtype != "F64":
            raise ValueError(f"tensor {name!r:.40} holds {dtype!r:.12} numbers, expected F64 (float64). {_AGAIN}")
        if len(shape) > 2 or any(type(m) is not int or m < 0 for m in shape):
            raise ValueError(f"tensor {name!r:.40} has the shape {shape!r:.40}. {_AGAIN}")
        start, end = end, end + 8 * prod(shape)
        if offsets != [start, end] or end > len(data):
            raise ValueError(f"tensor {name!r:.40} is not where the one before it ends, or is cut short. {_AGAIN}")
        tensors[name] = _Tensor(tuple(shape), list(struct.unpack(f"<{prod(shape)}d", data[start:end])))
    if end != len(data):
        raise ValueError(f"it goes on after its last tensor. {_AGAIN}")
    return tensors


def _checksum(text: str, tensors: dict[str, _Tensor]) -> str:
    """SHA-256 of the metadata and of all tensors, in whatever order a library keeps them."""
    digest = hashlib.sha256(text.encode(errors="surrogatepass"))
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name!r} {tensor.shape} ".encode() + tensor.packed())
    return digest.hexdigest()


def _fields(what: str, found: Any, **kinds: type) -> list[Any]:
    """The values of exactly these fields, each of its kind (and True is no int)."""
    if not isinstance(found, dict) or found.keys() != kinds.keys():
        raise ValueError(f"{what} should say {', '.join(kinds)}, and nothing else. {_AGAIN}")
    for key, kind in kinds.items():
        if kind is not object and type(found[key]) is not kind:
            raise ValueError(f"{what} has {key} {found[key]!r:.40}, expected {kind.__name__}. {_AGAIN}")
    return [found[key] for key in kinds]


def _json(text: str | bytes) -> dict[str, Any]:
    """A JSON object, strictly: UTF-8, every key once, every number finite."""
    try:
        text = text.decode() if isinstance(text, bytes) else text
        found = json.loads(text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its header is damaged ({error}). {_AGAIN}") from None
    if not isinstance(found, dict):
        raise ValueError(f"its header is damaged (it is no JSON object). {_AGAIN}")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _finite(number: str) -> float:
    if not isfinite(float(number)):
        raise ValueError(f"{number:.20} is not a finite number")
    return float(number)
