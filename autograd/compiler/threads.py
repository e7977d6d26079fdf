"""How many threads a product deserves: a small one is done before a second thread has woken."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

__all__ = ["one_blas_thread"]


def one_blas_thread() -> AbstractContextManager[Any]:
    """Inside, BLAS works in the caller's thread alone. Without threadpoolctl nothing is held.

    >>> with one_blas_thread():
    ...     pass
    """
    blas = _blas()
    if blas is None or all(library.num_threads == 1 for library in blas.lib_controllers):
        return nullcontext()
    held: AbstractContextManager[Any] = blas.limit(limits=1)
    return held


@lru_cache
def _blas() -> Any:
    """The BLAS libraries that are loaded; finding them takes milliseconds, so it is done once."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController().select(user_api="blas")
