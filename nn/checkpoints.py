"""Training runs on disk: a network, its optimizer, and where the run was."""

from __future__ import annotations

import json
from functools import partial
from inspect import signature
from operator import index
from pathlib import Path
from typing import Any, NamedTuple

from autograd.files import write_atomically
from nn import optim
from nn.layers import MLP
from nn.module import Module
from nn.optim import Optimizer
from nn.rollback import State
from nn.serialization import STATE, fill, network, numbers_for, require_same, require_shapes, tensors
from nn.tensor_file import AGAIN, UPDATE, Tensor, content_of, fields, naming, packed, unpacked

__all__ = ["Checkpoint", "load_checkpoint", "restore", "save_checkpoint"]

LARGEST_COUNT = 1 << 53  # steps: up to here a float counts without gaps


class Checkpoint(NamedTuple):
    """A training run that can go on: give ``start=step``, ``seed=seed`` and ``**settings`` to ``fit`` or ``steps``."""

    model: Any  # an MLP, or the module that was given to `restore`
    optimizer: Optimizer
    step: int
    seed: int
    settings: dict[str, Any]


def save_checkpoint(
    model: Module, optimizer: Optimizer, path: str | Path, *, step: int, seed: int = 0, **settings: Any
) -> None:
    """Write all that a run needs to go on as if it had never stopped; ``MLP.load`` finds the network in the same file.

    model:     an ``MLP``, or any other Module, whose run ``restore`` puts back
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
        if not isinstance(model, Module):
            raise TypeError(f"a Module is saved, by its parameters; got {type(model).__name__}")
        about, blocks = model._described()
        numbers = tensors(blocks)
        _require_steps(optimizer, model)
        training = {"step": index(step), "seed": index(seed), "settings": settings, "optimizer": _described(optimizer)}
        _require_plain(settings)
        for name, running in optimizer.state.items():
            numbers[f"{STATE}{name}"] = Tensor((len(running),), running)
        content = packed({**about, "training": training}, numbers, partial(_run_of, model))
    write_atomically(path, content)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """The training run of an MLP in a file that ``save_checkpoint`` wrote: its network, its optimizer, and where it was.

    Raises CheckpointError for any other file; for a module of another class see ``restore``.
    """
    with naming(path, "can't be loaded"):
        about, numbers = _content(path)
        if "class" in about:
            raise ValueError("only its class can make its network. Put it into one that exists, with restore")
        return _run(network(MLP, about, numbers), about, numbers)


def restore(model: Module, optimizer: Optimizer, path: str | Path) -> Checkpoint:
    """Put a saved run back into a network and an optimizer that exist: parameters keep their identity.

    The optimizer becomes the one that was saved, hyper-parameters and all.
    Raises CheckpointError, and changes nothing, when the file is bad or was saved from another architecture or optimizer.
    """
    with naming(path, "can't be restored"):
        about, numbers = _content(path)
        _require_steps(optimizer, model)
        saved = _run_of(model, about, numbers)
        kind, here = type(saved.optimizer).__name__, type(optimizer).__name__
        if kind != here:
            raise ValueError(f"its optimizer is {kind}, here it is {here}. Build the same")
        blocks = model._described()[1]
    before, restored = State.of(optimizer), {**vars(saved.optimizer), "parameters": optimizer.parameters}
    try:
        fill(blocks, numbers)
        vars(optimizer).update(restored)
    except KeyboardInterrupt:
        before.put_back()
        raise
    return saved._replace(optimizer=optimizer)


def _content(path: str | Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What is in the file of a run. Raises ValueError for one of a network alone."""
    about, numbers = unpacked(content_of(Path(path)))
    if about.get("training") is None:
        name = about.get("class", "MLP")
        raise ValueError(
            f"it holds a network without its training. Load it with {name!s:.40}.load, and start a new run"
        )
    return about, numbers


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


def _run_of(model: Module, about: dict[str, Any], numbers: dict[str, Tensor]) -> Checkpoint:
    """The run that the metadata describe, of a network that exists and is not changed. Raises ValueError if it is another's."""
    here, blocks = model._described()
    require_same(about, here)
    numbers_for(blocks, numbers)
    return _run(model, about, numbers)


def _run(model: Any, about: dict[str, Any], numbers: dict[str, Tensor]) -> Checkpoint:
    """The run that the metadata describe, of that network."""
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


def _require_steps(optimizer: Optimizer, model: Module) -> None:
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
