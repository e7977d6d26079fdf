"""The program being written: its statements so far, the names in use, and operands as formulas.

Operands are read from their array by name: whole, as a slice, or gathered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.compiler.formula import Expr
from autograd.compiler.indexing import Indexing, indexing_of
from autograd.compiler.naming import Names
from autograd.compiler.statements import Code, Statement

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Reference

__all__ = ["Writer", "same_shape", "shape_of", "shape_text"]


class Writer:
    """Writes statements into a ``Code``.

    statements: those of the pass that is being written
    active:     the arrays that have a gradient
    """

    def __init__(self) -> None:
        self.code = Code()
        self.statements = self.code.forward
        self.names = Names()
        self.active: set[Array | None] = set()
        self._read: dict[Any, Expr] = {}  # operands that were read before

    def write(self, target: str, formula: Expr) -> None:
        """``target = formula``."""
        self.statements.append(Statement(target, formula))

    def let(self, name: str, formula: Expr) -> Expr:
        """``name = formula``, under a name of its own."""
        name = self.names.fresh(name)
        self.write(name, formula)
        return Expr(name)

    def constant(self, name: str, content: Any) -> Expr:
        """A constant under a name of its own."""
        name = self.names.fresh(name)
        self.code.constants[name] = content
        return Expr(name)

    def operand(self, r: Reference, *, full: bool = False) -> Expr:
        """The operands as an array that broadcasts (full: that has exactly) their shape."""
        if r.array is None:
            return self._numbers(r, full)
        if (r, full) not in self._read:
            self._read[r, full] = self._indexed(r, r.array, self.indexing(r, full))
        return self._read[r, full]

    def indexing(self, r: Reference, full: bool = False) -> Indexing:
        """How the operands are read: whole, as a slice, or gathered."""
        assert r.array is not None
        return indexing_of(r.array.shape, r.index, full=full)

    def places(self, r: Reference, how: Indexing) -> Expr:
        """The places from which operands are gathered, as a constant."""
        assert r.array is not None
        key = r, how.kept
        if key not in self._read:
            self._read[key] = self.constant(f"at_{r.array.name}", (how.index, r.array.members.size))
        return self._read[key]

    def _numbers(self, r: Reference, full: bool) -> Expr:
        assert r.numbers is not None
        if not full and r.numbers.size and (r.numbers == r.numbers.flat[0]).all():
            return Expr(float(r.numbers.flat[0]))
        if r not in self._read:
            self._read[r] = self.constant("c", r.numbers)
        return self._read[r]

    def _indexed(self, r: Reference, array: Array, how: Indexing) -> Expr:
        text = array.name
        if how.kind == "reshape":
            text += f".reshape({shape_text(how.shape, array.batched)})"
        elif how.kind == "slice":
            text += f"[{how.subscript(array.batched)}]" + (".swapaxes(-1, -2)" if how.swapped else "")
        elif how.kind == "take":
            text = self._taken(r, array, how)
        missing = [t for t in range(r.index.ndim) if t not in how.kept]
        if missing and (array.batched or missing[-1] > min(how.kept, default=r.index.ndim)):
            axes = [":" if t in how.kept else "None" for t in range(r.index.ndim)]
            text += f"[{', '.join([':'] * array.batched + axes)}]"
        return Expr(text)

    def _taken(self, r: Reference, array: Array, how: Indexing) -> str:
        flat = array.name
        if len(array.shape) != 1:
            flat += f".reshape(n, {array.members.size})" if array.batched else ".reshape(-1)"
        arguments = [Expr(flat), self.places(r, how)] + ([] if r.fill is None else [Expr(r.fill)])
        return str(self.let(f"{array.name}_at", Expr("take", *arguments)).head)


def shape_text(shape: tuple[int, ...], batched: bool) -> str:
    """A shape as text, n rows first if there is a batch: ``(n, 3)``."""
    parts = ["n"] * batched + [str(m) for m in shape]
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def shape_of(array: Array) -> str:
    """An array's shape as text."""
    return shape_text(array.shape, array.batched)


def same_shape(r: Reference, array: Array) -> bool:
    """Is the operand read without broadcasting?"""
    if r.array is None or r.batched != array.batched:
        return False
    return len(indexing_of(r.array.shape, r.index, full=False).kept) == r.index.ndim
