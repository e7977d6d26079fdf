"""The same statements as calls that write into buffers: what runs on NumPy.

Every statement stands above its calls as one writes it on the board:

    # delta2 = (delta3 @ W3) * (h_pre2 > 0.0)
    t4 = m[4] = xp.matmul(delta3, W3, out=m[4])
    t5 = m[5] = xp.greater(h_pre2, 0.0, out=m[5])
    delta2 = xp.multiply(t4, t5, out=t4)

``m`` holds the buffers: None before the first call of a batch size, when NumPy makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.compiler.formula import SUFFIXES, Expr, board, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd.compiler.emit import Statement

__all__ = ["Calls"]

UFUNCS = {
    "+": "add", "-": "subtract", "*": "multiply", "*=": "multiply", "/": "divide", "@": "matmul", "neg": "negative", "abs": "absolute",
    "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal",
}  # fmt: skip
WITH_OUT = {
    *UFUNCS.values(), "equal", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "power", "maximum", "minimum",
    "sign", "heaviside", "row_sums", "column_sums",
}  # fmt: skip
IN_PLACE = frozenset("+-*/")


class Calls:
    """Lines of source for statements, and how many buffers they use.

    results: for some targets, the name of an array that must hold them in the end
    """

    def __init__(self, results: dict[str, str]) -> None:
        self.results = results
        self.written: set[str] = set()  # those of the results that were written to directly
        self.lines: list[str] = []
        self.buffers = 0
        self.temporaries = 0

    def add(self, statements: Iterable[Statement]) -> None:
        """Write the calls of statements."""
        for target, formula in statements:
            self.lines.append(f"    # {target} = {board(formula)}")
            self._write(target, formula, self.results.get(target))

    def _write(self, target: str, e: Expr, result: str | None = None) -> None:
        if not e.args or e.head in SUFFIXES:
            self.lines.append(f"    {target} = {self._operand(e)}")
            return
        name = UFUNCS.get(str(e.head), str(e.head))
        operands = [self._operand(a) for a in e.args]
        if name not in WITH_OUT:
            self.lines.append(f"    {target} = xp.{name}({', '.join(operands)})")
            return
        call = f"xp.{name}({', '.join(operands)}, out={{}})"
        if result:
            self.written.add(result)
            self.lines.append(f"    {target} = {call.format(result)}")
        elif e.head == "*=" or (e.head in IN_PLACE and e.args[0].head == "@"):
            self.lines.append(f"    {target} = {call.format(operands[0])}")
        else:
            buffer = f"m[{self.buffers}]"
            self.buffers += 1
            self.lines.append(f"    {target} = {buffer} = {call.format(buffer)}")

    def _operand(self, e: Expr) -> str:
        if not e.args:
            return board(e)
        if e.head in SUFFIXES:
            return SUFFIXES[str(e.head)].format(self._operand(e.args[0]))
        if e.head == "/" and all(is_number(a) or a.head == "n" for a in e.args):
            return board(e)
        self.temporaries += 1
        name = f"_{self.temporaries}"
        self._write(name, e)
        return name
