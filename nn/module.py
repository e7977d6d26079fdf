"""Module: a thing with parameters."""

from __future__ import annotations

from functools import partial
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from autograd import Value
from autograd.files import write_atomically
from nn.parameters import attributes, found_in, named
from nn.serialization import blocks_by_name, fill, in_our_names, numbers_for, require_class, require_same, tensors
from nn.tensor_file import content_of, naming, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nn.serialization import Block
    from nn.tensor_file import Tensor

__all__ = ["Module"]


class _ClassMethodOnly(classmethod):  # type: ignore[type-arg]
    """A class method that can't be called on an instance: it would not change it, and so it says so."""

    def __get__(self, instance: object, owner: type | None = None) -> Callable[..., Any]:
        return super().__get__(None, owner) if instance is None else partial(self._refuse, type(instance).__name__)

    def _refuse(self, name: str, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"load makes a new network and does not change this one: write model = {name}.load(path)")


class Module:
    """A thing with parameters: the Values that it holds, and those of the modules it holds.

    Parameters are found in its attributes, in the order in which they were set, and in whatever these hold: lists, tuples,
    dicts, sets, arrays of objects, other objects (see ``nn.parameters``). A Value that an op computed is no parameter;
    one that only a function knows, as its default or from around it, is not held.

    >>> class Linear(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.w * x + self.b
    >>> [name for name, p in Linear().named_parameters()]
    ['w', 'b']
    """

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path, such as ``layers[0].neurons[2].w[1]``; a shared one once.

        Raises ValueError for parameters in a set that can't be told apart: a set has no order.
        """
        yield from named(found_in(self))

    def parameters(self) -> list[Value]:
        """All parameters, in a fixed order. Errors as for ``named_parameters``."""
        return list(found_in(self))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What ``forward`` gives: a module of one's own defines the one or the other. Raises TypeError for neither."""
        if type(self).forward is Module.forward:
            raise TypeError(f"{type(self).__name__} computes nothing yet: define forward(self, x), or __call__")
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What a call gives."""
        return self(*args, **kwargs)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0; ``backward`` only ever adds."""
        for p in self.parameters():
            p.grad = 0.0

    # ── its numbers, apart from it ──

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, by its path.

        >>> from nn import Neuron
        >>> Neuron(2, init=0.5).state_dict()
        {'w[0]': 0.5, 'w[1]': 0.5, 'b': 0.0}
        """
        return {path: p.data for path, p in self.named_parameters()}

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Take the numbers of a ``state_dict``. Raises ValueError, and changes nothing, where the paths are not the same.

        saved: numbers by path; or arrays, as PyTorch's ``state_dict()`` and the package safetensors have them, weight and
               bias of each layer, ``model.load_state_dict(safetensors.numpy.load_file(path))``: under other names than
               those of our files a weight is known by its shape
        """
        if any(getattr(x, "shape", ()) != () for x in saved.values()):
            _, blocks = self._described()
            return fill(blocks, in_our_names(saved, blocks))
        here = dict(self.named_parameters())
        for path in [*here, *saved]:
            if path not in here or path not in saved:
                where = "is not in the state_dict" if path in here else "is in the state_dict, and not in this network"
                raise ValueError(f"parameter {path!r:.80} {where}")
        numbers = {path: Value(x).data for path, x in saved.items()}  # each of them is a number
        for path, p in here.items():
            p.data = numbers[path]
        return None

    def save(self, path: str | Path) -> None:
        """Write the numbers of all parameters to a file, as safetensors (see ``nn.serialization``), whole or not at all.

        The file names the class, and holds nothing of what it computes, nor what it holds besides parameters.

        Of an ``MLP`` the file has the architecture too, so that ``MLP.load(path)`` needs nothing else.

        Raises CheckpointError when the file could not be loaded again: a parameter that is not finite, or whose path would
        be another one next time, an activation of an ``MLP`` that has no name; OSError when it can't be written. What was there before is then untouched.

        >>> from tempfile import TemporaryDirectory
        >>> class Power(Module):
        ...     def __init__(self, n):
        ...         self.n, self.scale = n, Value(1.0)
        >>> model = Power(3)
        >>> model.scale.data = 2.5
        >>> with TemporaryDirectory() as folder:
        ...     model.save(f"{folder}/power")
        ...     Power.load(f"{folder}/power", 3).scale
        Value(data=2.5, grad=0.0)
        """
        with naming(path, "was not written"):
            about, blocks = self._described()
            content = packed({**about, "training": None}, tensors(blocks), lambda _, read: numbers_for(blocks, read))
        write_atomically(path, content)

    @_ClassMethodOnly
    def load(cls, path: str | Path, *args: Any, **kwargs: Any) -> Self:  # noqa: N805
        """A new module with the numbers of a file that ``save`` or ``save_checkpoint`` wrote, the same to the last bit.

        args, kwargs: what the class is made with

        Raises CheckpointError for any file that is not one, whatever it holds; nothing in a file is ever run. Raises
        TypeError when called on a module that exists, or with arguments with which none can be made.
        """
        with naming(path, "can't be loaded"):
            about, numbers = unpacked(content_of(Path(path)))
        return cls._made(path, about, numbers, args, kwargs)

    @classmethod
    def _made(
        cls, path: str | Path, about: dict[str, Any], numbers: dict[str, Tensor], args: Any, kwargs: Any
    ) -> Self:  # fmt: skip
        with naming(path, "can't be loaded"):
            require_class(about, cls)
        try:
            signature(cls).bind(*args, **kwargs)
        except TypeError as error:
            name = cls.__name__
            raise TypeError(
                f"{name} can't be made ({error}): give what it is made with after the path, {name}.load(path, …)"
            ) from None
        made = cls(*args, **kwargs)
        with naming(path, "can't be loaded"):
            here, blocks = made._described()
            require_same(about, here)
            fill(blocks, numbers)
        return made

    def _held(self) -> Iterable[tuple[str, Any]]:
        """What the walk through parameters finds in it, by name."""
        return attributes(self)

    def _described(self) -> tuple[dict[str, Any], dict[str, Block]]:
        """What a file says of it, and the parameters that each of the file's tensors holds."""
        found = found_in(self)
        unnamed = next((p for p in self.parameters() if p not in found), None)
        if unnamed is not None:
            raise ValueError(f"its parameters() gives {unnamed!r:.60}, which no attribute holds. Keep it in one")
        return {"class": type(self).__qualname__}, blocks_by_name(self.named_parameters())
