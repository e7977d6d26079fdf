"""One thread for small products: they are done before a second thread has woken up."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from threading import Lock
from typing import Any

__all__ = ["one_blas_thread"]


def one_blas_thread() -> AbstractContextManager[None]:
    """Inside, BLAS works in the caller's thread alone. Without threadpoolctl this has no effect.

    >>> with one_blas_thread():
    ...     pass
    """
    return _LIMIT


class _Limit:
    """The limit holds for the whole process: the first to enter sets it, the last to leave takes it back."""

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


_LIMIT = _Limit()


@lru_cache
def _blas() -> Any:
    """The BLAS libraries that are loaded. Finding them takes milliseconds, so it is done once."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController().select(user_api="blas")
