"""How many threads a product deserves: a small one is done before a second thread has woken."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from threading import Lock
from typing import Any

__all__ = ["one_blas_thread"]


def one_blas_thread() -> AbstractContextManager[None]:
    """Inside, BLAS works in the caller's thread alone. Without threadpoolctl nothing is held.

    >>> with one_blas_thread():
    ...     pass
    """
    return _HELD


class _Held:
    """The limit is one for the whole process: the first who comes in sets it, the last who leaves takes it back."""

    def __init__(self) -> None:
        self.lock, self.inside = Lock(), 0
        self.limit: Any = None

    def __enter__(self) -> None:
        with self.lock:
            blas = _blas() if not self.inside else None
            if blas is not None and any(library.num_threads != 1 for library in blas.lib_controllers):
                self.limit = blas.limit(limits=1)
            self.inside += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.inside -= 1
            if self.limit is not None and not self.inside:
                self.limit.restore_original_limits()
                self.limit = None


_HELD = _Held()


@lru_cache
def _blas() -> Any:
    """The BLAS libraries that are loaded; finding them takes milliseconds, so it is done once."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController().select(user_api="blas")
