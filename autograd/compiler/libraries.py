"""The namespaces of PyTorch and JAX, and which one the arrays of a call belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.namespace import Namespace
from autograd.compiler.numpy_arrays import numpy_of
from autograd.elementary import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["JAX", "Torch", "namespace_of"]


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
        room = self.zeros((*batch, size + 1))  # with one more place, for gradients of fill
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

    def in_numpy(self, x: Any) -> Any:
        """The numbers, off their device and off PyTorch's own graph."""
        return x.detach().cpu().numpy() if isinstance(x, self.library.Tensor) else np.asarray(x)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """``a`` where the condition holds, else ``b``."""
        return self.library.where(self.library.as_tensor(condition).bool(), self.asarray(a), self.asarray(b))

    def found(self, name: str) -> Any:
        """PyTorch's function, whose form wants tensors where NumPy takes numbers."""
        function = super().found(_IN_TORCH.get(name, name))
        if name not in FUNCTIONS and name not in _ON_TENSORS:
            return function
        return lambda *args: function(*map(self.asarray, args))

    def by_numpy(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of NumPy's arrays as one of tensors."""

        def on_tensors(*args: Any) -> Any:
            x = [self.asarray(a).detach() for a in args]
            return self.asarray(function(*[a.cpu().numpy() for a in x])).to(x[0].device)

        return on_tensors

    def cbrt(self, x: Any) -> Any:
        """PyTorch has no cube root."""
        x = self.asarray(x)
        return self.library.copysign(x.abs() ** (1.0 / 3.0), x)


_IN_TORCH = {"concatenate": "cat", "power": "pow", "equal": "eq", "rint": "round"}
_ON_TENSORS = frozenset(["equal", "maximum", "minimum", "heaviside", "sign"])


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

    def all_finite(self, *arrays: Any) -> bool:
        """Is every number finite? What ``jax.jit`` traces has no numbers yet."""
        import jax.core

        return any(isinstance(a, jax.core.Tracer) for a in arrays) or super().all_finite(*arrays)

    def found(self, name: str) -> Any:
        """NumPy's function from JAX, or SciPy's."""
        import jax.scipy.special

        return getattr(self.library, name, None) or getattr(jax.scipy.special, name)

    def by_numpy(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of NumPy's arrays as one that JAX calls back, also when it has compiled what is around."""
        import jax

        def computed(*x: Any) -> Any:
            return np.asarray(function(*map(np.asarray, x)), self.dtype)

        def on_arrays(*args: Any) -> Any:
            x = [self.asarray(a) for a in args]
            shape = np.broadcast_shapes(*(a.shape for a in x))
            result = jax.ShapeDtypeStruct(shape, self.dtype)  # type: ignore[no-untyped-call]
            return jax.pure_callback(computed, result, *x, vmap_method="expand_dims")

        return on_arrays


def namespace_of(arrays: Any, dtype: Any) -> Namespace:
    """The namespace for what a program was called with: that of the first array that is not NumPy's."""
    for a in arrays:
        library = type(a).__module__.split(".")[0]
        if library == "torch":
            return Torch(dtype)
        if library in ("jax", "jaxlib"):
            return JAX(dtype)
    return numpy_of(dtype)
