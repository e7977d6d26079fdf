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

    >>> class Linear(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.w * x + self.b
    >>> [name for name, p in Linear().named_parameters()]
    ['w', 'b']
    """

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path, such as ``layers[0].neurons[2].w[1]``; a shared one once."""
        yield from _walk("", self, set())

    def parameters(self) -> list[Value]:
        """All parameters, in a fixed order."""
        return [p for _, p in self.named_parameters()]

    if TYPE_CHECKING:  # what a module computes is its own affair

        def __call__(self, x: Any) -> Any: ...  # noqa: D102

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0; ``backward`` only ever adds."""
        for p in self.parameters():
            p.grad = 0.0


def _walk(path: str, item: Any, seen: set[int]) -> Iterator[tuple[str, Value]]:
    held: Any = ()
    if isinstance(item, Module):
        held = [(f"{path}.{name}" if path else name, x) for name, x in vars(item).items() if not name.startswith("_")]
    elif isinstance(item, dict):
        held = [(f"{path}[{key!r}]", x) for key, x in item.items()]
    elif isinstance(item, (list, tuple)):
        held = [(f"{path}[{i}]", x) for i, x in enumerate(item)]
    elif not isinstance(item, Value):
        return
    if id(item) in seen:  # shared, or a module that holds itself
        return
    seen.add(id(item))
    if isinstance(item, Value) and not item.parents:
        yield path, item
    for inner, x in held:
        yield from _walk(inner, x, seen)
