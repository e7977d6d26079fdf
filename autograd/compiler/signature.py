"""What the functions of a program take: the number of samples, the parameters, the data and the arguments, in this order.

Parameters and data each lie in one flat vector, of which every array is a slice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.compiler.numeric import rows
from autograd.compiler.numpy_arrays import NumPy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.namespace import Namespace
    from autograd.compiler.plan import Plan
    from autograd.value import Value

__all__ = ["Input", "Signature", "Vector"]


class _Slice(NamedTuple):
    """A named array inside a flat vector."""

    name: str
    start: int
    stop: int
    shape: tuple[int, ...]


class Vector:
    """The arrays of a plan's leaves of one role ("parameter", "data"), one after the other in a flat vector.

    values: the Values whose numbers the vector holds
    slices: where each array is
    """

    def __init__(self, plan: Plan, role: str) -> None:
        self.values: list[Value] = []
        self.slices: list[_Slice] = []
        for a in plan.leaves:
            if a.role == role:
                start, values = len(self.values), [plan.tape.values[i] for i in a.members.ravel().tolist()]
                self.values += [v for v in values if v is not None]
                self.slices.append(_Slice(a.name, start, start + len(values), a.shape))

    def load(self, dtype: Any) -> np.ndarray[Any, Any]:
        """The numbers of the Values, as they are now."""
        return np.array([v.data for v in self.values], dtype=dtype)

    def arrays(self, flat: Any) -> list[Any]:
        """A flat vector's arrays: views of it."""
        return [flat[s.start : s.stop].reshape(s.shape) for s in self.slices]


class Input(NamedTuple):
    """An argument: the leaves it stands for; alone: it is one number per sample, not a row of them."""

    leaves: list[Value]
    alone: bool


class Signature:
    """The parameters of the two functions ``value`` and ``value_and_grad``.

    names: of the parameters, data and arguments, after n if there are arguments
    """

    def __init__(self, plan: Plan, inputs: Sequence[Input]) -> None:
        self.parameters, self.data, self.inputs = Vector(plan, "parameter"), Vector(plan, "data"), inputs
        self.arguments = [a.name for a in plan.leaves if a.role == "argument"]
        slices = [*self.parameters.slices, *self.data.slices]
        self.names = [*(["n"] if inputs else []), *(s.name for s in slices), *self.arguments]
        self._passed: list[Any] = []  # the shapes that passed the checks last

    def checked(self, arguments: tuple[Any, ...], xp: Namespace) -> list[Any]:
        """The arguments as matrices of the program's dtype, one row per sample.

        Raises ValueError or TypeError, saying what was expected and what was given.
        """
        if len(arguments) != len(self.inputs):
            names = ", ".join(self.arguments) or "none"
            raise ValueError(f"the program takes {len(self.inputs)} arrays ({names}), got {len(arguments)}")
        own = xp.dtype if isinstance(xp, NumPy) else None  # an array of this dtype is taken as it is
        arrays = [
            a if type(a) is np.ndarray and a.dtype is own else xp.asarray(rows(name, a))
            for name, a in zip(self.arguments, arguments)  # noqa: B905 (their lengths were compared)
        ]
        shapes = [a.shape for a in arrays]
        if shapes != self._passed:
            self._check(shapes)
            self._passed = shapes
        return [a[:, None] if one.alone else a for a, one in zip(arrays, self.inputs, strict=True)]

    def _check(self, shapes: list[Any]) -> None:
        for shape, name, (leaves, alone) in zip(shapes, self.arguments, self.inputs, strict=True):
            if len(shape) != 2 - alone or (not alone and shape[1] != len(leaves)):
                wanted = "(n,)" if alone else f"(n, {len(leaves)})"
                raise ValueError(f"{name}: expected an array of shape {wanted}, got {tuple(shape)}")
            if shape[0] == 0 or shape[0] != shapes[0][0]:
                raise ValueError(
                    f"{name}: expected one row per sample, at least one and as many as {self.arguments[0]} has; got {shape[0]}"
                )
