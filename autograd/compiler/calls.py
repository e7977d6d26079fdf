"""The same statements as calls that write into buffers: this is what runs on NumPy.

Every statement stands above its calls as one writes it on the board:

    # delta2 = (delta3 @ W3) * (h_pre2 > 0.0)
    _4 = m[4] = xp.dot(delta3, W3, m[4])
    _5 = m[5] = xp.greater(h2, 0.0, m[5])
    delta2 = xp.multiply(_4, _5, _4)

The last argument of a call is the array to write into. ``m`` holds the buffers: None before the first call with a batch
size, in which NumPy makes them. Then their shapes are known, and those that are never needed at the same time become
one (``shared``). ``fixed`` holds literal numbers, from then on as arrays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from autograd.compiler.buffers import Buffer
from autograd.compiler.formula import PRODUCTS, SUFFIXES, Expr, board, is_number
from autograd.compiler.source import functions
from autograd.elementary import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd.compiler.signature import Signature
    from autograd.compiler.statements import Code, Statement

__all__ = ["Calls", "written_with_buffers"]

UFUNCS = {
    "+": "add", "-": "subtract", "*": "multiply", "*=": "multiply", "/": "divide", "@": "dot", "@@": "matmul", "neg": "negative", "abs": "absolute",
    "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal",
}  # fmt: skip
WITH_OUT = {
    *UFUNCS.values(), "equal", "maximum", "minimum", "sign", "heaviside", "row_sums", "column_sums", "row_max", "row_dots",
    "outer", *[name for name in FUNCTIONS if isinstance(getattr(np, name, None), np.ufunc)],
}  # fmt: skip
BY_KEYWORD = frozenset(["maximum", "minimum"])  # NumPy takes their buffer as out=
# These read other entries than the one they write.
WHOLE = frozenset(["dot", "matmul", "row_sums", "column_sums", "row_max", "row_dots"])
IN_PLACE = frozenset("+-*/")
NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")  # of an array: what follows a dot is a function


def written_with_buffers(code: Code, signature: Signature) -> tuple[str, Calls]:
    """The two functions as calls into buffers; each gradient is written to its place in the flat vector."""
    results = {code.gradients[s.name]: f"_to_{s.name}" for s in signature.parameters.slices}
    calls = Calls(results)
    calls.add(code.forward)
    calls.line("loss", board(code.loss))
    forward = list(calls.lines)
    calls.add(code.backward)
    for name, to in results.items():
        if to not in calls.written:
            calls.line("", f"xp.copyto({to}, {name})")
    value = ", ".join(["xp", "m", "fixed", *signature.names])
    value_and_grad = ", ".join(["xp", "m", "fixed", *results.values(), *signature.names])
    return functions((value, forward), (value_and_grad, calls.lines), "loss"), calls


class Calls:
    """Lines of source for statements, and the buffers that they write into.

    results: for some targets, the name of the array that must hold them in the end
    """

    def __init__(self, results: dict[str, str]) -> None:
        self.results = results
        self.written: set[str] = set()  # those of the results that were written to directly
        self.lines: list[str] = []
        self.buffers: list[Buffer] = []
        self.literals: list[tuple[float, int]] = []  # numbers, and the buffers whose shape they should have
        self.temporaries = 0
        self.home: dict[str, set[int]] = {}  # name → the buffers that its numbers may be in
        self.rectified: dict[str, str] = {}  # h_pre → h, where h = max(h_pre, 0)

    def add(self, statements: Iterable[Statement]) -> None:
        """Write the calls of statements."""
        for statement in statements:
            target, formula = statement
            if not target:
                continue  # a note of what shows that a domain was left: NumPy itself says so
            self.lines.append(f"    # {statement}")
            self._write(target, formula, self.results.get(target))
            match formula:
                case Expr(head="maximum", args=(Expr(head=str(name)), Expr(head=0.0))):
                    self.rectified[name] = target

    def line(self, target: str, formula: str) -> set[int]:
        """Write one line as it is; return the buffers that it reads."""
        read = {k for name in NAME.findall(formula) for k in self.home.get(name, ())}
        for k in read:
            self.buffers[k].last = len(self.lines)
        self.lines.append(f"    {target} = {formula}" if target else f"    {formula}")
        return read

    def _write(self, target: str, e: Expr, result: str | None = None) -> None:
        """Write the calls that compute ``target``, the last one into ``result``, into an operand or into a buffer."""
        if not e.args or e.head in SUFFIXES:
            self.home[target] = self.line(target, self._operand(e))
            return
        e = self._cheaper(e)
        name, operands = UFUNCS.get(str(e.head), str(e.head)), self._operands(e)
        if name not in WITH_OUT:
            self.home[target] = self.line(target, f"xp.{name}({', '.join(operands)})")  # it may be a view of them
        elif result:
            self.written.add(result)
            self.line(target, _call(name, operands, result))
        elif e.head == "*=" or (e.head in IN_PLACE and e.args[0].head in PRODUCTS):
            self.line(target, _call(name, operands, operands[0]))
            self.home[target] = self.home.get(operands[0], set())
        else:
            k = len(self.buffers)
            if name in BY_KEYWORD and is_number(e.args[1]):  # array against array takes half the time
                self.literals.append((float(e.args[1].head), k))
                operands[1] = f"fixed[{len(self.literals) - 1}]"
            self.line(f"{target} = m[{k}]", _call(name, operands, f"m[{k}]"))
            self.buffers.append(Buffer(len(self.lines) - 1, len(self.lines) - 1, name not in WHOLE))
            self.home[target] = {k}

    def _operands(self, e: Expr) -> list[str]:
        if e.head == "*=":  # σ′(h̃) first: then h is free, and the matrix product may be written over it
            return [self._operand(a) for a in reversed(e.args)][::-1]
        operands = [self._operand(a) for a in e.args]
        if e.head == "@" and e.args[1].head == "T":
            operands[1] += ".copy()"  # the larger factor meets a contiguous one
        return operands

    def _cheaper(self, e: Expr) -> Expr:
        """The same numbers: h > 0 for h_pre > 0, as nothing else needs h_pre any more; −(x / n) as x / −n, one call fewer."""
        match e.head, e.args:
            case ">", (Expr(head=str(name)), Expr(head=0.0)) if name in self.rectified:
                return Expr(">", Expr(self.rectified[name]), e.args[1])
            case "neg", (Expr(head="/", args=(x, Expr(head="n"))),):
                return Expr("/", x, Expr("-n"))
        return e

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


def _call(name: str, operands: list[str], out: str) -> str:
    return f"xp.{name}({', '.join(operands)}, {'out=' * (name in BY_KEYWORD)}{out})"
