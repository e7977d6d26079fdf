"""Which nodes of a tape do the same.

Two nodes are of one class when the same op is applied to operands of the same
classes; leaves differ by what they are for. Re-rolling makes an array of each class.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from autograd.ops import CONSTANT, OPS, Op

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from autograd.compiler.tape import Tape

__all__ = ["classes_of"]

MANY = 300  # classes: so many lines of source are still read, and quickly compiled
ALIKE = 8  # nodes per class on average: fewer are not worth an array
DOT = OPS["dot"]


def classes_of(tape: Tape, arguments: Sequence[Sequence[int]], parameters: Collection[int]) -> list[int] | None:
    """The class of each node, a number: parameters 0, arguments 1, 2, …, then data, constants, and the results.

    A class is numbered after those of its operands: in the order of their numbers the classes can be computed. None where
    there are so many classes, and so few nodes in each, that arrays gain nothing.
    """
    most = max(MANY, len(tape.ops) // ALIKE)
    argument = {i: k for k, entries in enumerate(arguments, start=1) for i in entries}
    data, constant, first = range(len(arguments) + 1, len(arguments) + 4)
    classes: list[int] = []
    found: dict[Any, int] = {}
    for i, (op, operands) in enumerate(zip(tape.ops, tape.operands, strict=True)):
        if operands:
            key = (op, *_pattern(op, [classes[j] for j in operands]))
            classes.append(found.setdefault(key, first + len(found)))
            if len(found) > most:
                return None
        else:
            leaf = 0 if i in parameters else constant if op is CONSTANT else data
            classes.append(argument.get(i, leaf))
    return classes


def _pattern(op: Op, classes: list[int]) -> tuple[Any, ...]:
    """The operands' classes; where there may be any number of operands, a run of equal classes counts once."""
    if op is DOT:
        n = len(classes) // 2
        pairs = zip(classes[:n], classes[n : 2 * n], strict=True)
        runs = [k for k, _ in groupby((w, x) if w <= x else (x, w) for w, x in pairs)]
        return (tuple(runs), tuple(classes[2 * n :]))
    return tuple(k for k, _ in groupby(classes)) if op.n_ary else tuple(classes)
