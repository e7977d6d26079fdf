"""The program of a thin graph: a walk over its nodes.

A chain has as many kinds of node as it has nodes, so nothing in it can share an
array, and a line of source a node would be a program of a million lines. What is
left to gain is the graph itself: the walk needs no ``Value``, reads each rule with
whole columns of the batch, and is the chain rule as one writes it down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.ops import CONSTANT
from autograd.readings import floats

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Plan

__all__ = ["constants_of", "scalars", "source_of"]


class scalars(floats):  # noqa: N801 (a number system, as floats is)
    """Floats, for a program without a batch."""

    numbers = staticmethod(np.array)


SOURCE = """\
def forward(xp, {head}):
    y = dict(constants)
{leaves}
    slopes = {{}}
    for k, rule, parents in tape:
        y[k], slopes[k] = rule(xp, *[y[i] for i in parents])
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


def source_of(plan: Plan, head: str, *, batched: bool) -> str:
    """The two functions of a program, as ``Program.source`` has them."""
    leaves = [f"    y.update(zip(at_{a.name}, {_entries(a)}))" for a in plan.leaves if a.role != "constant"]
    parameters = [a for a in plan.leaves if a.role == "parameter"]
    each = "xp.row_sums(delta.get(i, y[root] * 0.0))" if batched else "delta.get(i, 0.0)"
    gradients = [f"    d{a.name} = xp.numbers([{each} for i in at_{a.name}])" for a in parameters]
    return SOURCE.format(
        head=head,
        leaves="\n".join(leaves),
        gradients="\n".join(gradients),
        names="".join(f"d{a.name}, " for a in parameters).rstrip(),
        loss="xp.row_sums(y[root]) / n" if batched else "y[root]",
        seed="xp.full((n,), 1.0 / n)" if batched else "1.0",
    )


def _entries(a: Array) -> str:
    """How the scalars of a leaf are listed: a number each, of an argument a column each."""
    return f"{a.name}.T" if a.role == "argument" else a.name


def constants_of(plan: Plan) -> dict[str, Any]:
    """What the source speaks of: the tape, the places of the leaves, the constants, the root."""
    tape = plan.tape
    lines = [
        (k, op.rule, operands) for k, (op, operands) in enumerate(zip(tape.ops, tape.operands, strict=True)) if operands
    ]
    constants = {k: tape.numbers[k] for k, op in enumerate(tape.ops) if op is CONSTANT}
    places = {f"at_{a.name}": a.members.ravel().tolist() for a in plan.leaves}
    return {"tape": lines, "constants": constants, "root": tape.root, **places}
