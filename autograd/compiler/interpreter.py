"""The executor of irregular graphs: it goes over the tape node by node.

In a chain every node is of a class of its own, so nothing in it can share an array,
and one line of source per node would be a program of a million lines. There is
still something to gain: the interpreter needs no ``Value``, reads each rule with a
whole column of the batch, and its source is the chain rule as one writes it down.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.domains import betrayal
from autograd.compiler.numpy_arrays import numpy_of
from autograd.compiler.signature import Signature
from autograd.compiler.source import Source
from autograd.contexts import collector_paused
from autograd.ops import CONSTANT
from autograd.readings import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.plan import Array, Plan
    from autograd.compiler.signature import Input

__all__ = ["Interpreter"]


class scalars(floats):  # noqa: N801 (a number system, as floats is)
    """Floats, for a program without a batch."""

    numbers = staticmethod(np.array)

    @staticmethod
    def note(*numbers: float) -> None:
        """Floats raise where an operand leaves a domain."""


SOURCE = """\
# A tape of {nodes} nodes: one computes at a time, as its row of the op table says.

def forward(xp, {head}):
    y = dict(constants)
{leaves}
    slopes = {{}}
    for k, rule, parents in tape:
        y[k], slopes[k] = rule(xp, *[y[i] for i in parents])
    xp.note(*[number for k in restricted for number in (y[k], *slopes[k])])
    return y, slopes

def value(xp, {head}):
    y, _ = forward(xp, {head})
    return {loss}

def value_and_grad(xp, {head}):
    y, slopes = forward(xp, {head})
    delta = {{root: {seed}}}
    for k, _, parents in reversed(tape):
        upstream = delta.pop(k, 0.0)
        for i, slope in zip(parents, slopes.pop(k)):
            delta[i] = delta.get(i, 0.0) + upstream * slope
{gradients}
    return {loss}, ({names})
"""


class Interpreter:
    """Runs a tape, on floats or on the columns of a batch."""

    def __init__(self, plan: Plan, inputs: Sequence[Input], dtype: Any) -> None:
        _name_leaves(plan)
        self.engine = f"interpreter: a tape of {len(plan.tape.ops)} entries with too little in common for arrays"
        self.signature = Signature(plan, inputs)
        self.source = Source(_written(plan, self.signature), partial(_constants, plan))
        self.numpy_source = self.source.text
        self._dtype = dtype

    def run(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> tuple[float, Any]:
        """(loss, flat gradient or None); nan where a rule raises: replaying the graph says why."""
        functions = self.source.load(numpy_of(self._dtype))
        xp = numpy_of(self._dtype) if arguments else scalars
        given = [*([len(arguments[0])] if arguments else []), *leaves, *arguments]
        given = given if arguments else [a.tolist() for a in leaves]
        try:
            if not with_gradient:
                return float(functions["value"](xp, *given)), None
            with collector_paused():
                loss, gradients = functions["value_and_grad"](xp, *given)
        except (ValueError, ArithmeticError):
            return math.nan, None
        return float(loss), np.concatenate(gradients, dtype=self._dtype) if gradients else np.zeros(0, self._dtype)


def _name_leaves(plan: Plan) -> None:
    """w, X, X_2, data."""
    words, taken = {"parameter": "w", "argument": "X", "data": "data"}, dict[str, int]()
    for a in plan.leaves:
        taken[a.role] = count = taken.get(a.role, 0) + 1
        a.name = words[a.role] + (f"_{count}" if count > 1 else "")


def _written(plan: Plan, signature: Signature) -> str:
    leaves = [f"    y.update(zip(at_{a.name}, {_entries(a)}))" for a in plan.leaves if a.role != "constant"]
    parameters, batched = [s.name for s in signature.parameters.slices], bool(signature.inputs)
    each = "xp.row_sums(delta.get(i, y[root] * 0.0))" if batched else "delta.get(i, 0.0)"
    return SOURCE.format(
        nodes=sum(map(bool, plan.tape.operands)),
        head=", ".join(signature.names),
        leaves="\n".join(leaves),
        gradients="\n".join(f"    d{name} = xp.numbers([{each} for i in at_{name}])" for name in parameters),
        names="".join(f"d{name}, " for name in parameters).rstrip(),
        loss="xp.row_sums(y[root]) / n" if batched else "y[root]",
        seed="xp.full((n,), 1.0 / n)" if batched else "1.0",
    )


def _entries(a: Array) -> str:
    """The numbers of an array, one per scalar; of an argument its columns."""
    return f"{a.name}.T" if a.role == "argument" else a.name


def _constants(plan: Plan, _: Any) -> dict[str, Any]:
    """What the source speaks of: the tape, the places of the leaves, the constants, the root."""
    tape = plan.tape
    entries = [
        (k, op.rule, operands) for k, (op, operands) in enumerate(zip(tape.ops, tape.operands, strict=True)) if operands
    ]
    constants = {k: tape.numbers[k] for k, op in enumerate(tape.ops) if op is CONSTANT}
    places = {f"at_{a.name}": a.members.ravel().tolist() for a in plan.leaves}
    restricted = [k for k, _, operands in entries if betrayal(tape.ops[k], tuple(constants.get(i) for i in operands))]
    return {"tape": entries, "restricted": restricted, "constants": constants, "root": tape.root, **places}
