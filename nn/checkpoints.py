"""Training runs on disk: a network, its optimizer, and where the run was."""

from __future__ import annotations

import json
from inspect import signature
from operator import index
from pathlib import Path
from typing import Any, NamedTuple

from autograd.files import write_atomically
from nn import optim
from nn.layers import MLP
from nn.optim import Optimizer
from nn.rollback import State
from nn.serialization import STATE, architecture, network, require_shapes, tensors
from nn.tensor_file import AGAIN, UPDATE, Tensor, content_of, fields, naming, packed, unpacked

__all__ = ["Checkpoint", "load_checkpoint", "restore", "save_checkpoint"]

LARGEST_COUNT = 1 << 53  # steps: up to here a float counts without gaps


class Checkpoint(NamedTuple):
    """A training run that can go on: give ``start=step``, ``seed=seed`` and ``**settings`` to ``fit`` or ``steps``."""

    model: MLP
    optimizer: Optimizer
    step: int
    seed: int
    settings: dict[str, Any]


def save_checkpoint(
    model: MLP, optimizer: Optimizer, path: str | Path, *, step: int, seed: int = 0, **settings: Any
) -> None:
    """Write all that a run needs to go on as if it had never stopped; ``MLP.load`` finds the network in the same file.

    optimizer: one of ``nn.optim``, made with ``model.parameters()``
    step:      steps taken so far, ``run[-1].step``
    seed:      the one that ``fit`` was given
    settings:  what else ``fit`` was given, if it is plain numbers and text: ``batch_size=16``, ``loss="logistic"``

    A run that goes on with the same data, settings and schedule takes the same steps to the last bit; only
    the count for ``patience`` starts again. Raises CheckpointError and OSError as ``MLP.save`` does.

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
    with naming(path, "was not written"):
        if not isinstance(model, MLP):
            raise TypeError(f"only an MLP is saved by its architecture, got {type(model).__name__}")
        about, numbers = architecture(model.layers), tensors(model.layers)
        _require_steps(optimizer, model)
        training = {"step": index(step), "seed": index(seed), "settings": settings, "optimizer": _described(optimizer)}
        _require_plain(settings)
        for name, running in optimizer.state.items():
            numbers[f"{STATE}{name}"] = Tensor((len(running),), running)
        content = packed({**about, "training": training}, numbers, _run)
    write_atomically(path, content)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """The training run in a file that ``save_checkpoint`` wrote: its network, its optimizer, and where it was.

    Raises CheckpointError for any other file.
    """
    with naming(path, "can't be loaded"):
        about, numbers = unpacked(content_of(Path(path)))
        if about.get("training") is None:
            raise ValueError("it holds a network without its training. Load it with MLP.load, and start a new run")
        return _run(about, numbers)


def restore(model: MLP, optimizer: Optimizer, path: str | Path) -> Checkpoint:
    """Put a saved run back into a network and an optimizer that exist: parameters keep their identity.

    The optimizer becomes the one that was saved, hyper-parameters and all.
    Raises CheckpointError, and changes nothing, when the file is bad or was saved from another architecture or optimizer.
    """
    saved = load_checkpoint(path)
    with naming(path, "can't be restored"):
        _require_steps(optimizer, model)
        for what, found, here in [
            ("network", architecture(saved.model.layers), architecture(model.layers)),
            ("optimizer", type(saved.optimizer).__name__, type(optimizer).__name__),
        ]:
            if found != here:
                raise ValueError(f"its {what} is {found}, here it is {here}. Build the same, or use load_checkpoint")
    before, restored = State.of(optimizer), {**vars(saved.optimizer), "parameters": optimizer.parameters}
    try:
        for p, q in zip(model.parameters(), saved.model.parameters(), strict=True):
            p.data = q.data
        vars(optimizer).update(restored)
    except KeyboardInterrupt:
        before.put_back()
        raise
    return saved._replace(model=model, optimizer=optimizer)


def _optimizers() -> dict[str, type[Optimizer]]:
    """The optimizers that a file may name: those of ``nn.optim``, and no others."""
    found = [getattr(optim, name) for name in optim.__all__]
    return {c.__name__: c for c in found if isinstance(c, type) and issubclass(c, Optimizer) and c is not Optimizer}


def _hyperparameters(kind: type[Optimizer]) -> set[str]:
    """What it is made with, besides parameters and rate."""
    return set(signature(kind).parameters) - {"parameters", "lr"}


def _described(optimizer: Optimizer) -> dict[str, Any]:
    kind = type(optimizer)
    if _optimizers().get(kind.__name__) is not kind:
        raise ValueError(
            f"its optimizer {kind.__name__} is not one of {', '.join(_optimizers())}, and a file holds no code. "
            "Save the network alone, and keep optimizer.state_dict() yourself"
        )
    settings = {name: getattr(optimizer, name) for name in sorted(_hyperparameters(kind))}
    # The rate is apart from the hyper-parameters: a schedule may have brought it to 0, which no optimizer accepts.
    return {"kind": kind.__name__, "settings": settings, "lr": float(optimizer.lr), "t": optimizer.t}


def _run(about: dict[str, Any], numbers: dict[str, Tensor]) -> Checkpoint:
    """The run that the metadata describe."""
    model = network(MLP, about, numbers)
    step, seed, settings, described = fields(
        "its training", about["training"], step=int, seed=int, settings=dict, optimizer=dict
    )
    name, given, lr, t = fields("its optimizer", described, kind=str, settings=dict, lr=float, t=int)
    kind = _optimizers().get(name)
    if kind is None or given.keys() != _hyperparameters(kind):
        raise ValueError(f"its optimizer {name!r:.40} with {', '.join(given)!r:.80} is unknown here. {UPDATE}")
    if not (0 <= step < LARGEST_COUNT and 0 <= t < LARGEST_COUNT and lr >= 0):
        raise ValueError(f"its step, t and lr should be 0 or more, and no more than a float can count. {AGAIN}")
    optimizer = kind(model.parameters(), **given)
    running = {key: tensor for key, tensor in numbers.items() if key.startswith(STATE)}
    shapes = {key: tensor.shape for key, tensor in running.items()}
    require_shapes(shapes, dict.fromkeys(running, (len(optimizer.parameters),)))
    state = {key.removeprefix(STATE): tensor.numbers for key, tensor in running.items()}
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
