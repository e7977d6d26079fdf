"""What a program asks of arrays, said for NumPy, PyTorch and JAX.

A namespace has NumPy's functions under NumPy's names, and these beside them, which
treat a whole batch alike (its axis, if there is one, comes first):

    take(a, places, fill)   the numbers at the places; one past the end reads ``fill``
    scatter(g, places, d)   g with d added at the places
    add_at(g, key, d)       g with d added to g[key]
    row_sums, row_max, row_dots, column_sums
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

__all__ = ["JAX", "TALL", "Namespace", "NumPy", "TallNumPy", "Torch", "namespace_of"]

SHORT_ROW = 32  # NumPy's own reduction is the faster one from here on
TALL = 512  # so many rows make a product tall
FEW_ROWS = 64  # a piece of fewer is not worth its call
UNCOPIED = 100**3  # multiplications that OpenBLAS does without copying


class Namespace:
    """The functions of one array library, for one dtype."""

    library: Any

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.library, name)
        setattr(self, name, found)
        return found

    def asarray(self, x: Any) -> Any:
        """``x`` as an array of this library, of the program's dtype."""
        return self.library.asarray(x, dtype=self.dtype)

    def places(self, index: Any, size: int) -> Any:
        """Places of a flattened array in the form that take and scatter want."""
        return self.library.asarray(index), size

    def full(self, shape: tuple[int, ...], number: float) -> Any:
        """An array of one number."""
        return self.library.full(shape, number, dtype=self.dtype)

    def zeros(self, shape: tuple[int, ...]) -> Any:
        """An array of zeros."""
        return self.library.zeros(shape, dtype=self.dtype)

    def constant(self, x: Any) -> Any:
        """``x``, through which no gradient flows: the rules say so to the scalar engine."""
        return x

    def numbers(self, numbers: Any) -> Any:
        """An array of single numbers."""
        return self.library.stack([self.asarray(x) for x in numbers])

    def concat(self, *parts: Any) -> Any:
        """Flattened arrays, one after the other."""
        return self.library.concatenate([self.asarray(p) for p in parts], -1)

    def row_sums(self, x: Any) -> Any:
        """Σ along the last axis."""
        return x.sum(-1)

    def row_max(self, x: Any) -> Any:
        """The largest along the last axis."""
        return self.library.amax(x, -1)

    def row_dots(self, w: Any, x: Any) -> Any:
        """Σ wᵢxᵢ along the last axis."""
        return (w * x).sum(-1)

    def column_sums(self, x: Any) -> Any:
        """Σ down the columns of a matrix."""
        return x.sum(0)

    def stack(self, *columns: Any) -> Any:
        """Columns side by side, along a new last axis."""
        return self.library.stack(columns, -1)


class _Places:
    """Where to gather; sorted beforehand, so that scattering is one sum over runs of equal places."""

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

    What NumPy does slowly on small and on narrow arrays is done another way here, to the same numbers but for rounding.
    """

    library = np

    def __init__(self, dtype: Any) -> None:
        super().__init__(dtype)
        self._ones: dict[int, Any] = {}
        self._room: dict[Any, Any] = {}

    def asarray(self, x: Any) -> Any:
        """``x`` as an array of the program's dtype; what is one already costs nothing."""
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
        rows = g.reshape(*d.shape[:batch], -1)  # a copy, where g is no array of rows
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
        return np.matmul(
            x, ones, out=out
        )  # a single number goes into ``out`` and comes back as ``out``; dot's does not

    def outer(self, a: Any, b: Any, out: Any = None) -> Any:
        """aᵢbⱼ, as a matrix product."""
        return np.dot(a[:, None], b[None], out)

    def column_sums(self, x: Any, out: Any = None) -> Any:
        """Σ down the columns, likewise."""
        return self.ones(len(x)).dot(x, out=out)

    def row_max(self, x: Any, out: Any = None) -> Any:
        """The largest along the last axis; a short axis is made the first, for NumPy is slow to reduce short rows."""
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
        """n ones, made once; nobody writes to them."""
        found = self._ones.get(n)
        if found is None:
            found = self._ones[n] = np.ones(n, self.dtype)
        return found

    def room(self, shape: tuple[int, ...]) -> Any:
        """An array to write into, made once: what it holds is read before it is asked for again."""
        if shape not in self._room:
            self._room[shape] = np.empty(shape, self.dtype)
        return self._room[shape]

    def erfc(self, x: Any) -> Any:
        """NumPy has none: math's, element by element."""
        return np.vectorize(math.erfc, otypes=[self.dtype])(x)


class TallNumPy(NumPy):
    """NumPy for a batch of many rows: matrix products in pieces.

    BLAS copies the factors of a large product into blocks of its own before it multiplies; a small product (OpenBLAS:
    of at most 100³ multiplications) it takes as it stands, which is a fifth faster for the narrow matrices of a small
    network. So a tall product is handed over as a stack of small ones.
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
    """How many pieces of how many rows, if a row costs ``work`` multiplications; a few rows may be left over."""
    pieces = min(-(-n * work // UNCOPIED), max(1, n // FEW_ROWS))
    return pieces, n // pieces


class Torch(Namespace):
    """PyTorch tensors, which stay on their device."""

    def __init__(self, dtype: Any) -> None:
        import torch

        self.library = torch
        super().__init__(getattr(torch, np.dtype(dtype).name))

    def asarray(self, x: Any) -> Any:
        """``x`` as a tensor of the program's dtype."""
        return self.library.as_tensor(x, dtype=self.dtype)

    def places(self, index: Any, size: int) -> Any:
        """Places as a tensor."""
        return self.library.as_tensor(index), size

    def take(self, a: Any, at: Any, fill: float | None = None) -> Any:
        """The numbers at the places."""
        if fill is not None:
            a = self.library.cat([a, self.full((*a.shape[:-1], 1), fill)], -1)
        return a[..., at[0]]

    def scatter(self, g: Any, at: Any, d: Any) -> Any:
        """The numbers d, added at the places of g."""
        index, size = at
        batch = tuple(d.shape[: d.ndim - index.ndim])
        room = self.zeros((*batch, size + 1))  # one more place, for what was only fill
        room.index_add_(-1, index.reshape(-1), d.reshape(*batch, -1))
        return g + room[..., :size].reshape(g.shape)

    def add_at(self, g: Any, key: Any, d: Any) -> Any:
        """The numbers d, added to a slice of g."""
        g = g.clone()
        g[key] += d
        return g

    def copy(self, g: Any) -> Any:
        """A tensor of its own."""
        return g.clone()

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """``a`` where the condition holds, else ``b``."""
        return self.library.where(self.library.as_tensor(condition).bool(), self.asarray(a), self.asarray(b))

    def __getattr__(self, name: str) -> Any:
        """Functions whose PyTorch form wants tensors where NumPy takes numbers."""
        found = super().__getattr__(_IN_TORCH.get(name, name))
        if name in _ON_TENSORS:
            function = found
            found = lambda *args: function(*map(self.asarray, args))  # noqa: E731 (a name for it is all it lacks)
            setattr(self, name, found)
        return found


_IN_TORCH = {"concatenate": "cat", "power": "pow", "equal": "eq"}
_ON_TENSORS = frozenset(
    [
        "power",
        "equal",
        "maximum",
        "minimum",
        "heaviside",
        "sign",
        "exp",
        "expm1",
        "log",
        "log1p",
        "sqrt",
        "sin",
        "cos",
        "tanh",
        "erfc",
    ]
)


class JAX(Namespace):
    """JAX arrays, sharded or not; all of it can be traced by ``jax.jit``."""

    def __init__(self, dtype: Any) -> None:
        import jax.numpy

        self.library = jax.numpy
        super().__init__(dtype)

    def take(self, a: Any, at: Any, fill: float | None = None) -> Any:
        """The numbers at the places."""
        if fill is not None:
            a = self.library.concatenate([a, self.full((*a.shape[:-1], 1), fill)], -1)
        return a[..., at[0]]

    def scatter(self, g: Any, at: Any, d: Any) -> Any:
        """The numbers d, added at the places of g."""
        index, size = at
        batch = d.shape[: d.ndim - index.ndim]
        room = g.reshape(*batch, size).at[..., index.reshape(-1)].add(d.reshape(*batch, -1), mode="drop")
        return room.reshape(g.shape)

    def add_at(self, g: Any, key: Any, d: Any) -> Any:
        """The numbers d, added to a slice of g."""
        return g.at[key].add(d)

    def erfc(self, x: Any) -> Any:
        """SciPy's, from JAX."""
        from jax.scipy.special import erfc

        return erfc(x)


def namespace_of(arrays: Any, dtype: Any) -> Namespace:
    """The namespace for what a program was called with: that of the first array that is not NumPy's."""
    for a in arrays:
        if type(a) is np.ndarray:
            continue
        library = type(a).__module__.split(".")[0]
        if library == "torch":
            return Torch(dtype)
        if library in ("jax", "jaxlib"):
            return JAX(dtype)
    return numpy_of(dtype)


@lru_cache
def numpy_of(dtype: Any) -> NumPy:
    """NumPy's namespace for a dtype, one for all programs."""
    return NumPy(dtype)
