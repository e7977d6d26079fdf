"""The order in which machine code computes a tape: nodes that do the same one after the other, in runs.

Any order in which operands come first gives the same numbers. A run is one call of one loop, so the fewer runs the better: a node
joins the earliest run of its kind that comes after its operands, which may be in the same run.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.compiler.domains import Betrayal, betrayal
from autograd.ops import CONSTANT, Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from autograd.compiler.plan import Integers
    from autograd.compiler.tape import Tape

__all__ = ["Case", "Schedule", "schedule"]


class Case(NamedTuple):
    """What the loop of a run does.

    op:       the row of the op table
    wanted:   for each operand, has it a gradient?
    shown_by: what betrays that an operand has left the op's domain
    """

    op: Op
    wanted: tuple[bool, ...]
    shown_by: Betrayal


class Schedule(NamedTuple):
    """A tape in the order of its computation. Leaves come first; a node's place is where its numbers are.

    cases:    what there is to do
    runs:     for each run, which case it is
    starts:   the place of the first node of each run, and one past the last
    operands: the places of all operands, node by node
    idle:     how many runs at the beginning have no gradient
    place:    of each entry of the tape
    """

    cases: list[Case]
    runs: Integers
    starts: Integers
    operands: Integers
    idle: int
    place: Integers


def schedule(tape: Tape, leaves: Sequence[int], wanted: set[int]) -> Schedule:
    """The runs of a tape.

    leaves: all of them, in the order in which they shall lie in memory
    wanted: those with a gradient
    """
    run_of, runs, cases, active = _runs(tape, wanted)
    results = np.flatnonzero(run_of >= 0)
    order = results[np.lexsort((run_of[results], active[results]))]
    place = np.empty(len(tape.ops), dtype=np.intp)
    place[leaves] = np.arange(len(leaves))
    place[order] = np.arange(len(order)) + len(leaves)
    first = np.flatnonzero(np.diff(run_of[order], prepend=-1))
    operands = np.fromiter(chain.from_iterable([tape.operands[i] for i in order.tolist()]), dtype=np.intp)
    return Schedule(
        cases=cases,
        runs=runs[run_of[order[first]]],
        starts=np.append(first, len(order)) + len(leaves),
        operands=place[operands],
        idle=int(np.searchsorted(first, np.count_nonzero(~active[results]))),
        place=place,
    )


def _runs(tape: Tape, wanted: set[int]) -> tuple[Integers, Integers, list[Case], NDArray[np.bool_]]:
    """Each node into the earliest run of its case after its operands: (its run, −1 for a leaf; the case of each run; the
    cases; which entries have a gradient).
    """
    active = [i in wanted for i in range(len(tape.ops))]
    run_of = [-1] * len(tape.ops)
    numbers: dict[Any, int] = {}  # of cases
    of_case: list[list[int]] = []  # the runs of each, in order
    case_of_run: list[int] = []
    for i, (op, operands) in enumerate(zip(tape.ops, tape.operands, strict=True)):
        if not operands:
            continue
        slopes = tuple([active[j] for j in operands])
        active[i] = True in slopes
        case = (op, slopes, _shown_by(tape, op, operands) if op.domain else "")
        number = numbers.get(case)
        if number is None:
            number = numbers[case] = len(numbers)
            of_case.append([])
        earliest = max([run_of[j] for j in operands])
        runs = of_case[number]
        at = bisect_left(runs, earliest)
        if at == len(runs):
            runs.append(len(case_of_run))
            case_of_run.append(number)
        run_of[i] = runs[at]
    return np.array(run_of), np.array(case_of_run, dtype=np.intp), [Case(*case) for case in numbers], np.array(active)


def _shown_by(tape: Tape, op: Op, operands: tuple[int, ...]) -> Betrayal:
    return betrayal(op, tuple([tape.numbers[j] if tape.ops[j] is CONSTANT else None for j in operands]))
