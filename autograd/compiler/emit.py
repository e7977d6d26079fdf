"""From arrays to source: the forward program, and the reverse program by the chain rule.

The local derivatives come from the op table, read with symbols. What is written
for a multi-layer perceptron is the lecture's δ procedure, which nobody wrote down:

    delta2 = (delta3 @ W3) * (h_pre2 > 0)
"""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING
from unicodedata import is_normalized, normalize

import numpy as np

from autograd.compiler.backward import Backward
from autograd.compiler.formula import Expr
from autograd.compiler.forward import Forward
from autograd.compiler.writer import Reader

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Plan
    from autograd.compiler.statements import Code

__all__ = ["emit"]


def emit(plan: Plan) -> Code:
    """The statements of a plan. Names are given to its arrays on the way."""
    assert plan.root is not None  # a thin graph has no arrays to write about
    reader = Reader()
    forward, code = Forward(reader), reader.code
    backward = Backward(reader, forward)
    _christen(plan, reader)
    for array in plan.results:
        forward.array(array)
    loss = reader.read(plan.root)
    code.loss = Expr("/", Expr("row_sums", loss), Expr("n")) if plan.root.batched else loss
    reader.out = code.backward
    backward.seed(plan.root)
    complete = _complete_after(plan)
    for result in [*reversed(plan.results), None]:
        if result is not None and id(result) in reader.active and backward.reached(result):
            backward.array(result)
        for leaf in complete.get(result, ()):
            code.gradients[leaf.name] = str(backward.gradient_of(leaf).head)
    return code


def _christen(plan: Plan, reader: Reader) -> None:
    """Name the arrays, find those that a gradient comes to, and note the constants."""
    for array in [*plan.leaves, *plan.results]:
        array.name = reader.fresh(_name_of(array, plan))
        if array.role == "parameter" or any(id(r.array) in reader.active for r in array.operands):
            reader.active.add(id(array))
        if array.role == "constant":
            numbers = [plan.tape.numbers[i] for i in array.members.ravel()]
            reader.code.constants[array.name] = np.array(numbers).reshape(array.shape)


def _complete_after(plan: Plan) -> dict[Array | None, list[Array]]:
    """The parameters by the result after which nothing more comes in: the first that reads them, or None.

    Their gradients are summed there, while what they are summed from is still in the processor's cache.
    """
    first = {r.array: array for array in reversed(plan.results) for r in array.operands}
    complete: dict[Array | None, list[Array]] = {}
    for leaf in plan.leaves:
        if leaf.role == "parameter":
            complete.setdefault(first.get(leaf), []).append(leaf)
    return complete


_LAYER = re.compile(r"\[(\d{1,9})\]")


def _name_of(array: Array, plan: Plan) -> str:
    """What the model calls it: W1, b1, h_pre1, h1; the op's name where nobody said."""
    members = array.members.ravel()
    value = plan.tape.values[members[members >= 0][0]] if (members >= 0).any() else None
    if array.form == "join" or value is None:
        return array.form or "c"
    label = str(value.label or "")
    path = ".".join(filter(None, [value.module, label])) if array.role == "result" else label
    layer = _LAYER.search(path) if "." in path else None
    word = _word(_LAYER.sub("", label).rpartition(".")[2])
    if array.role != "result" and (array.members.ndim > 1 or array.role == "argument") and len(word) == 1:
        word = _word(word.upper())
    if not word:
        word = array.op.name if array.role == "result" else {"parameter": "w", "argument": "x"}.get(array.role, "data")
    return f"{word}{int(layer[1]) + 1}" if layer else word


def _word(label: str) -> str:
    """A label as a name in Python, which reads µ as μ; those with an underscore before them are the program's own."""
    word = re.sub(r"\W", "", normalize("NFKC", label)).lstrip("_")
    return word if word.isidentifier() and not iskeyword(word) and is_normalized("NFKC", word) else ""
