"""From a plan to statements: the forward program, and the reverse program by the chain rule.

The local derivatives come from the op table, read with symbols. For a multi-layer
perceptron the statements are the lecture's δ procedure, which is written nowhere here:

    delta2 = (delta3 @ W3) * (h_pre2 > 0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.backward import Backward
from autograd.compiler.formula import Expr
from autograd.compiler.forward import Forward
from autograd.compiler.naming import name_of
from autograd.compiler.writer import Writer

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Plan
    from autograd.compiler.statements import Code

__all__ = ["emit"]


def emit(plan: Plan) -> Code:
    """The statements of a plan. Its arrays are named on the way."""
    assert plan.root is not None  # an irregular graph has no arrays to write about
    writer = Writer()
    forward, code = Forward(writer), writer.code
    backward = Backward(writer, forward)
    _name_arrays(plan, writer)
    for array in plan.results:
        forward.write(array)
    loss = writer.operand(plan.root)
    code.loss = Expr("/", Expr("row_sums", loss), Expr("n")) if plan.root.batched else loss
    writer.statements = code.backward
    backward.seed(plan.root)
    complete = _complete_after(plan)
    for result in [*reversed(plan.results), None]:
        if result is not None and backward.has_reached(result):
            backward.write(result)
        for leaf in complete.get(result, ()):
            code.gradients[leaf.name] = backward.write_gradient(leaf)
    return code


def _name_arrays(plan: Plan, writer: Writer) -> None:
    """Name the arrays, find those that have a gradient, and note the constants."""
    for array in [*plan.leaves, *plan.results]:
        array.name = writer.names.fresh(name_of(array, plan))
        if array.role == "parameter" or any(r.array in writer.active for r in array.operands):
            writer.active.add(array)
        if array.role == "constant":
            numbers = [plan.tape.numbers[i] for i in array.members.ravel()]
            writer.code.constants[array.name] = np.array(numbers).reshape(array.shape)


def _complete_after(plan: Plan) -> dict[Array | None, list[Array]]:
    """The parameters whose gradients are complete after a result: the first result that reads them, or None.

    Their gradients are summed there, while the terms are still in the processor's cache.
    """
    first = {r.array: array for array in reversed(plan.results) for r in array.operands}
    complete: dict[Array | None, list[Array]] = {}
    for leaf in plan.leaves:
        if leaf.role == "parameter":
            complete.setdefault(first.get(leaf), []).append(leaf)
    return complete
