"""What calls leave behind: buffers, loaded functions, a lock. Copies of their owner start without them."""

from __future__ import annotations

from threading import RLock
from typing import Any

__all__ = ["Transient"]


class Transient(dict[Any, Any]):
    """A dictionary of what can be made again, and the lock of whoever uses it.

    A deep copy or a pickle of it is empty, with a lock of its own.

    >>> import copy
    >>> copy.deepcopy(Transient(buffers=[1.0]))
    {}
    """

    def __init__(self, **items: Any) -> None:
        super().__init__(**items)
        self.lock = RLock()

    def __reduce__(self) -> tuple[type[Transient], tuple[()]]:
        return Transient, ()
