"""Module: a thing with parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Module"]


class Module:
    """A thing with parameters: its own Values and those of the modules it holds.

    Parameters are found in the attributes, in the order in which they were set,
    inside lists, tuples and dicts too; Values that an op computed are not parameters.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.w * x + self.b
    >>> [name for name, p in Line().named_parameters()]
    ['w', 'b']
    """

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path, such as ``layers[0].neurons[2].w[1]``; a shared one once."""
        seen: set[int] = set()
        for path, item in _walk("", self):
            if id(item) not in seen:
                seen.add(id(item))
                yield path, item

    def parameters(self) -> list[Value]:
        """All parameters, in a fixed order."""
        return [p for _, p in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0; ``backward`` only ever adds."""
        for p in self.parameters():
            p.grad = 0.0


def _walk(path: str, item: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(item, Value):
        if not item.parents:
            yield path, item
    elif isinstance(item, Module):
        for name, held in vars(item).items():
            if not name.startswith("_"):
                yield from _walk(f"{path}.{name}" if path else name, held)
    elif isinstance(item, (list, tuple)):
        for i, held in enumerate(item):
            yield from _walk(f"{path}[{i}]", held)
    elif isinstance(item, dict):
        for key, held in item.items():
            yield from _walk(f"{path}[{key!r}]", held)
