"""Numbers as callers write them, made arrays of floats; or an error that says what was expected and what was given."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.operands import as_float

__all__ = ["flat", "number", "numbers_of", "precision", "regular", "rows"]


def precision(dtype: Any) -> Any:
    """One of the two dtypes that programs have. Raises ValueError for any other."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found not in (np.float64, np.float32):
        raise ValueError(f'dtype is "float64" or "float32", got {dtype!r}')
    return found


def flat(what: str, numbers: Any, n: int) -> Any:
    """An array of n numbers along one axis, as it is. Raises ValueError for another shape."""
    if tuple(numbers.shape) != (n,):
        raise ValueError(f"{what}: expected a flat array of {n} numbers, got one of shape {tuple(numbers.shape)}")
    return numbers


def number(path: str, x: Any) -> float:
    """One number. Raises TypeError, saying what an argument may consist of."""
    try:
        return as_float(x)
    except TypeError as error:
        raise TypeError(
            f"{path}: expected numbers, Values, a Module, text, a flag, a function, or lists and dicts of these, "
            f"got {type(x).__name__} ({error})"
        ) from None


def regular(x: Any) -> np.ndarray[Any, Any] | None:
    """A list as an array, if it consists of numbers alone and its rows have one length; else None."""
    try:
        a = np.asarray(x)
    except ValueError:  # rows of unequal length
        return None
    return a.astype(float) if a.dtype.kind in "biuf" else None


def rows(path: str, x: Any) -> Any:
    """Rows of numbers as an array of floats; an array of PyTorch or JAX stays as it is.

    Raises ValueError for rows of unequal length, TypeError for anything but real numbers.
    """
    if type(x).__module__.split(".")[0] in ("torch", "jax", "jaxlib"):
        return x
    try:
        a = np.asarray(x)
    except ValueError:
        raise ValueError(f"{path}: expected one row per sample, all of one shape; got rows of unequal length") from None
    return numbers_of(path, a)


def numbers_of(path: str, a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A NumPy array as one of floats. Raises TypeError for one of anything but real numbers."""
    if a.dtype.kind == "O":
        try:
            return np.array([as_float(v) for v in a.ravel().tolist()]).reshape(a.shape)
        except TypeError as error:
            raise TypeError(f"{path}: expected an array of numbers, got one of objects: {error}") from None
    if a.dtype.kind not in "biuf":
        raise TypeError(f"{path}: expected an array of numbers, got one of {a.dtype}")
    return a if a.dtype.kind == "f" else a.astype(float)
