"""``no_grad``: results that are constants, as where a network is only asked and not trained."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from autograd import value
from autograd.contexts import process_wide
from autograd.ops import CONSTANT, PARAMETER
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["enable_grad", "no_grad"]

_forgets: ContextVar[bool] = ContextVar("results do not keep what they were computed from", default=False)


def _no_graph() -> None:
    """What ``backward()`` of a forgotten result does."""
    raise ValueError(
        "this was computed inside no_grad(), which keeps no graph: compute it outside to have its gradient"
    )


class _InTheMaking(Value):
    """A result that becomes a plain Value, and a constant, as soon as its last attribute is there."""

    __slots__ = ()

    def __setattr__(self, name: str, x: Any) -> None:
        object.__setattr__(self, name, x)
        if name == "local_derivatives":
            self.__class__ = Value  # type: ignore[assignment]
            self.op, self.parents, self.local_derivatives = CONSTANT, (), ()
            self.backward = _no_graph  # type: ignore[method-assign]


def _new(cls: type[Value]) -> Any:
    """What makes a node while some thread is inside ``no_grad``; at other times nodes cost nothing more."""
    return object.__new__(_InTheMaking if _forgets.get() else cls)


_new_nodes = process_wide(
    lambda: value.new, lambda: setattr(value, "new", _new), lambda before: setattr(value, "new", before)
)


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, results are constants: they do not keep the numbers they were computed from, which a loop would pile up.

    It is a decorator too, ``@no_grad()``. ``backward()`` of such a result raises ValueError; ``grad``, ``jacobian`` and
    compiled functions differentiate as ever. A parameter is moved by its number, ``p.data -= 0.1 * p.grad``: what
    ``p -= …`` makes is another Value, and so it raises TypeError here.

    >>> w = Value(3.0)
    >>> with no_grad():
    ...     y = w * w
    >>> y.data, y.parents
    (9.0, ())
    """
    token = _forgets.set(True)
    try:
        with _new_nodes():
            yield
    finally:
        _forgets.reset(token)


@contextmanager
def enable_grad() -> Iterator[None]:
    """Inside, results keep what they were computed from, inside ``no_grad`` too.

    >>> with no_grad(), enable_grad():
    ...     len((Value(3.0) * 2.0).parents)
    2
    """
    token = _forgets.set(False)
    try:
        yield
    finally:
        _forgets.reset(token)


def _subtract_in_place(self: Value, other: Any) -> Value:
    if self.op is PARAMETER or (_forgets.get() and not self.parents and self.op is not CONSTANT):
        raise TypeError(
            f"{self.label or 'p'} -= … would make another Value, and leave this one as it is: "
            f"move its number, {self.label or 'p'}.data -= 0.1 * {self.label or 'p'}.grad"
        )
    less: Value = self - other
    return less


Value.__isub__ = _subtract_in_place  # type: ignore[attr-defined]
