"""One thread for small products: they are done before a second thread has woken up."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograd.contexts import process_wide

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["one_blas_thread"]


def one_blas_thread() -> AbstractContextManager[None]:
    """Inside, BLAS works in the caller's thread alone. Without threadpoolctl this has no effect.

    >>> with one_blas_thread():
    ...     pass
    """
    return _limit()


def _numbers() -> list[int]:
    return [library.num_threads for library in _blas()]


def _set_numbers(numbers: list[int]) -> None:
    for library, number in zip(_blas(), numbers, strict=True):
        library.set_num_threads(number)


def _set_all_to_1() -> None:
    _set_numbers([1] * len(_blas()))


_limit = process_wide(_numbers, _set_all_to_1, _set_numbers)


@lru_cache
def _blas() -> list[Any]:
    """The BLAS libraries that are loaded. Finding them takes milliseconds, so it is done once."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return []
    found: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found
