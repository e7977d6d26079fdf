"""What re-rolling finds: arrays of scalars, and where their operands are.

A plan is data: ``reroll`` makes it, ``emit`` writes a program from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from autograd.ops import CONSTANT, Op

if TYPE_CHECKING:
    from autograd.compiler.tape import Tape

__all__ = ["HOLE", "Array", "Integers", "Plan", "Reference"]

Integers = NDArray[np.intp]
HOLE = -1  # at a place of an array that belongs to no node


@dataclass(eq=False)
class Array:
    """Scalars that became one array.

    role:     "parameter", "data", "constant", "argument" or "result"
    members:  the tape position of every entry, in the array's shape (without the batch); HOLE where there is none
    batched:  is there a leading axis with one entry per sample?
    op, form: of a result, the row of the table and how it is read: "map", "along" (over the last axis of its
              one operand), "matmul", "blocks" or "dots"; "join" puts parts of several arrays one after the other
    operands: what it is computed from; a product has W, x and, if there is a bias, b
    counts:   of "along", how many operands each member has
    """

    role: str
    members: Integers
    batched: bool
    op: Op = CONSTANT
    form: str = ""
    operands: list[Reference] = field(default_factory=list)
    counts: Integers | None = None
    name: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, without the batch axis."""
        return self.members.shape


@dataclass(eq=False)
class Reference:
    """Operands, as places in an array.

    array:   where the numbers are; None: they are constants
    index:   the place of each in the flattened array; the place past its end stands for ``fill``
    numbers: the constants
    """

    array: Array | None
    index: Integers
    fill: float | None = None
    numbers: NDArray[np.float64] | None = None

    @property
    def batched(self) -> bool:
        """Does it vary from sample to sample?"""
        return self.array is not None and self.array.batched


@dataclass(eq=False)
class Plan:
    """All arrays, operands before results, and the place of the loss. Of an irregular graph there are leaves alone."""

    leaves: list[Array]
    results: list[Array]
    root: Reference | None
    tape: Tape
