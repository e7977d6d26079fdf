"""The namespace of NumPy, made fast on small and on narrow arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from autograd.compiler.namespace import Namespace
from autograd.readings import arrays

__all__ = ["TALL", "NumPy", "TallNumPy", "numpy_of"]

MANY = 1000  # numbers of which NumPy computes two exponentials faster than their cosh
SHORT_ROW = 32  # for longer rows NumPy's own reduction is faster
TALL = 512  # rows: from here on a product is tall
FEW_ROWS = 64  # a piece of fewer rows is not worth its call
UNCOPIED = 100**3  # multiplications that OpenBLAS does without copying


class _Places:
    """Where to gather; sorted once, so that scattering is one sum over runs of equal places."""

    def __init__(self, index: np.ndarray[Any, Any], size: int) -> None:
        self.index, self.size = index, size
        flat = index.ravel()
        self.order = np.argsort(flat, kind="stable")
        ordered = flat[self.order]
        self.starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        self.places = ordered[self.starts]
        self.once = len(self.places) == len(flat)
        self.inside = self.places < size


class NumPy(Namespace):
    """NumPy arrays: the default.

    What NumPy does slowly on small and on narrow arrays is done differently here; the numbers agree up to rounding.
    """

    library = np

    def __init__(self, dtype: Any) -> None:
        super().__init__(dtype)
        self._ones: dict[int, Any] = {}
        self._room: dict[Any, Any] = {}

    def asarray(self, x: Any) -> Any:
        """``x`` as an array of the program's dtype; if it is one already, this costs nothing."""
        return x if type(x) is np.ndarray and x.dtype is self.dtype else np.asarray(x, self.dtype)

    def places(self, index: Any, size: int) -> _Places:
        """Sorted places."""
        return _Places(index, size)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """``a`` where the condition holds, else ``b``; of two plain numbers NumPy would make 64 bits."""
        return np.where(condition, self.asarray(a), self.asarray(b))

    def take(self, a: Any, at: _Places, fill: float | None = None) -> Any:
        """The numbers at the places."""
        if fill is not None:
            a = np.concatenate([a, np.full((*a.shape[:-1], 1), fill, self.dtype)], -1)
        return a.take(at.index, axis=-1)

    def scatter(self, g: Any, at: _Places, d: Any) -> Any:
        """The numbers d, added at the places of g."""
        batch = d.ndim - at.index.ndim
        flat = d.reshape(*d.shape[:batch], -1)[..., at.order]
        sums = flat if at.once else np.add.reduceat(flat, at.starts, axis=-1)
        rows = g.reshape(*d.shape[:batch], -1)  # a copy, unless g is contiguous
        rows[..., at.places[at.inside]] += sums[..., at.inside]
        return rows.reshape(g.shape)

    def add_at(self, g: Any, key: Any, d: Any) -> Any:
        """The numbers d, added to a slice of g."""
        g[key] += d
        return g

    def row_sums(self, x: Any, out: Any = None) -> Any:
        """Σ along the last axis: as a product with ones it is several times faster."""
        ones = self.ones(x.shape[-1])
        if x.ndim == 2:
            return x.dot(ones, out=out)
        return np.matmul(x, ones, out=out)  # unlike dot, it returns ``out`` for a single number too

    def outer(self, a: Any, b: Any, out: Any = None) -> Any:
        """aᵢbⱼ, as a matrix product."""
        return np.dot(a[:, None], b[None], out)

    def column_sums(self, x: Any, out: Any = None) -> Any:
        """Σ down the columns, as a product with ones."""
        return self.ones(len(x)).dot(x, out=out)

    def row_max(self, x: Any, out: Any = None) -> Any:
        """The largest along the last axis; a short axis is made the first, as NumPy is slow to reduce short rows."""
        if x.ndim > 1 and x.shape[-1] <= SHORT_ROW:
            columns = self.room((x.shape[-1], *x.shape[:-1]))
            np.copyto(columns, np.moveaxis(x, -1, 0))
            return np.maximum.reduce(columns, axis=0, out=out)
        return np.maximum.reduce(x, axis=-1, out=out)

    def row_dots(self, w: Any, x: Any, out: Any = None) -> Any:
        """Σ wᵢxᵢ along the last axis."""
        if x.shape[-1] <= SHORT_ROW:
            return self.row_sums(np.multiply(w, x, out=self.room(max(w.shape, x.shape, key=len))), out=out)
        return np.einsum("...k,...k->...", w, x, out=out)

    def ones(self, n: int) -> Any:
        """n ones, made once and never written to."""
        found = self._ones.get(n)
        if found is None:
            found = self._ones[n] = np.ones(n, self.dtype)
        return found

    def room(self, shape: tuple[int, ...]) -> Any:
        """An array to write into, made once: its content is read before the next call asks for it."""
        if shape not in self._room:
            self._room[shape] = np.empty(shape, self.dtype)
        return self._room[shape]

    def cosh(self, x: Any, out: Any = None) -> Any:
        """(eˣ + e⁻ˣ)/2, by exponentials where there are many."""
        if np.size(x) < MANY:
            return np.cosh(x, out=out)
        e = np.exp(np.absolute(x, out=out), out=out)
        np.add(e, 1.0 / e, out=e)
        return np.multiply(e, 0.5, out=e)

    def found(self, name: str) -> Any:
        """NumPy's function; what it does not have, ``math``'s element by element."""
        return getattr(np, name) if hasattr(np, name) else self.by_numpy(getattr(arrays, name))


class TallNumPy(NumPy):
    """NumPy for a batch of many rows: matrix products in pieces.

    BLAS copies the factors of a large product into blocks of its own before it multiplies; a small product (OpenBLAS:
    of at most 100³ multiplications) it takes as it is, which is a fifth faster for the narrow matrices of a small
    network. So a tall product is computed as a stack of small ones.
    """

    def dot(self, a: Any, b: Any, out: Any = None) -> Any:
        """a @ b of at most two axes each."""
        if a.ndim == b.ndim == 2:
            if a.shape[0] >= TALL and a.flags.c_contiguous:
                return self._by_rows(a, np.ascontiguousarray(b), out)
            if a.shape[1] >= TALL and a.flags.f_contiguous and b.flags.c_contiguous:
                return self._over_rows(a.T, b, out)
        return np.dot(a, b, out=out)

    def _by_rows(self, a: Any, b: Any, out: Any) -> Any:
        """a (n, k) times b (k, r): some rows of a at a time."""
        pieces, rows = _pieces(len(a), b.size)
        if pieces == 1:
            return np.dot(a, b, out=out)
        if out is None:
            out = np.empty((len(a), b.shape[1]), self.dtype)
        whole = pieces * rows
        np.matmul(a[:whole].reshape(pieces, rows, -1), b, out=out[:whole].reshape(pieces, rows, -1))
        if whole < len(a):
            np.dot(a[whole:], b, out=out[whole:])
        return out

    def _over_rows(self, a: Any, b: Any, out: Any) -> Any:
        """Transposed a (n, k) times b (n, r): a sum over the rows, some of them at a time."""
        k, r = a.shape[1], b.shape[1]
        pieces, rows = _pieces(len(a), k * r)
        if pieces == 1:
            return np.dot(a.T, b, out=out)
        whole = pieces * rows
        stack = self.room((pieces + (whole < len(a)), k, r))
        parts = a[:whole].reshape(pieces, rows, k).swapaxes(1, 2), b[:whole].reshape(pieces, rows, r)
        np.matmul(*parts, out=stack[:pieces])
        if whole < len(a):
            np.dot(a[whole:].T, b[whole:], out=stack[pieces])
        if out is None:
            out = np.empty((k, r), self.dtype)
        self.ones(len(stack)).dot(stack.reshape(len(stack), -1), out=out.reshape(-1))
        return out


def _pieces(n: int, work: int) -> tuple[int, int]:
    """(number of pieces, rows per piece), if a row costs ``work`` multiplications; a few rows may be left over."""
    pieces = min(-(-n * work // UNCOPIED), max(1, n // FEW_ROWS))
    return pieces, n // pieces


class SharedNumPy(NumPy):
    """NumPy for calls that may come from several threads at once."""

    def room(self, shape: tuple[int, ...]) -> Any:
        """An array of the caller's own: another thread may be between writing to its room and reading it."""
        return np.empty(shape, self.dtype)


@lru_cache
def numpy_of(dtype: Any) -> NumPy:
    """NumPy's namespace for a dtype, one for all programs and threads."""
    return SharedNumPy(dtype)
