"""How a program reads its operands: arrays by name, parts of them as slices, the rest gathered.

A ``Reader`` also keeps what is being written: the statements, and the names that are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.compiler.formula import Expr, board
from autograd.compiler.indexing import View, view
from autograd.compiler.statements import Code, Statement

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Reference

__all__ = ["Reader", "atom", "listed", "same_shape", "shape_of", "shape_text", "tuple_key"]


class Reader:
    """Operands as formulas; new names and statements.

    active: the arrays (by identity) that a gradient comes to
    """

    def __init__(self) -> None:
        self.code = Code()
        self.out = self.code.forward
        self.names: set[str] = {"n", "xp", "loss", "m", "fixed", "abs", "slice", "float"}
        self.count: dict[str, int] = {}  # of names that were taken
        self.read_before: dict[Any, Expr] = {}
        self.active: set[int] = set()

    def fresh(self, name: str) -> str:
        """The name, or the name with a number when it is taken."""
        base = name
        while name in self.names:
            self.count[base] = self.count.get(base, 1) + 1
            name = f"{base}_{self.count[base]}"
        self.names.add(name)
        return name

    def let(self, name: str, formula: Expr) -> Expr:
        """Write ``name = formula``."""
        name = self.fresh(name)
        self.out.append(Statement(name, formula))
        return Expr(name)

    def constant(self, name: str, content: Any) -> Expr:
        """A constant under a name of its own."""
        name = self.fresh(name)
        self.code.constants[name] = content
        return Expr(name)

    def read(self, r: Reference, *, full: bool = False) -> Expr:
        """The operands as an array that broadcasts (full: exactly) to their shape."""
        if r.array is None:
            assert r.numbers is not None
            if not full and r.numbers.size and (r.numbers == r.numbers.flat[0]).all():
                return Expr(float(r.numbers.flat[0]))
            if id(r) not in self.read_before:
                self.read_before[id(r)] = self.constant("c", r.numbers)
            return self.read_before[id(r)]
        key = (id(r), full)
        if key not in self.read_before:
            self.read_before[key] = self._as_viewed(r, self.view(r, full))
        return self.read_before[key]

    def view(self, r: Reference, full: bool = False) -> View:
        """How the operands are read: whole, as a slice, or gathered."""
        assert r.array is not None
        return view(r.array.shape, r.index, full=full)

    def _as_viewed(self, r: Reference, v: View) -> Expr:
        array = r.array
        assert array is not None
        text = array.name
        if v.kind == "reshape":
            text += f".reshape({shape_of(v.shape, array.batched)})"
        elif v.kind == "slice":
            text += f"[{_key(v, array.batched)}]" + (".swapaxes(-1, -2)" if v.swapped else "")
        elif v.kind == "take":
            text = self._taken(r, v)
        missing = [t for t in range(r.index.ndim) if t not in v.kept]
        if missing and (array.batched or missing[-1] > min(v.kept, default=r.index.ndim)):
            axes = [":" if t in v.kept else "None" for t in range(r.index.ndim)]
            text += f"[{', '.join([':'] * array.batched + axes)}]"
        return Expr(text)

    def places(self, r: Reference, v: View) -> Expr:
        """The places from which operands are gathered, as a constant."""
        assert v.index is not None
        assert r.array is not None
        key = (id(r), v.kept)
        if key not in self.read_before:
            size = r.array.members.size
            self.read_before[key] = self.constant(f"at_{r.array.name}", (v.index, size))
        return self.read_before[key]

    def _taken(self, r: Reference, v: View) -> str:
        array = r.array
        assert array is not None
        flat = _flat(Expr(array.name), array)
        arguments = [flat, self.places(r, v)] + ([] if r.fill is None else [Expr(r.fill)])
        return str(self.let(f"{array.name}_at", Expr("take", *arguments)).head)


def listed(numbers: Any) -> str:
    """Numbers with commas between them."""
    return ", ".join(map(str, numbers))


def shape_of(shape: tuple[int, ...], batched: bool) -> str:
    """A shape as text, n rows first if there is a batch."""
    parts = ["n"] * batched + [str(m) for m in shape]
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def shape_text(array: Array) -> str:
    """An array's shape as text."""
    return shape_of(array.shape, array.batched)


def _key(v: View, batched: bool) -> str:
    parts = [
        str(k) if isinstance(k, int) else f"{k.start}:{k.stop}" + (f":{k.step}" if k.step != 1 else "") for k in v.key
    ]
    return ", ".join([":"] * batched + parts)


def tuple_key(v: View, batched: bool) -> str:
    """The key of a slice as a tuple, for a function to take."""
    parts = [str(k) if isinstance(k, int) else f"slice({k.start}, {k.stop}, {k.step})" for k in v.key]
    return ", ".join(["slice(None)"] * batched + parts)


def _flat(e: Expr, array: Array) -> Expr:
    if len(array.shape) == 1:
        return e
    return Expr(
        f"{e.head}.reshape({'n, ' * array.batched}-1)"
        if not array.batched
        else f"{e.head}.reshape(n, {array.members.size})"
    )


def atom(e: Expr) -> str:
    """The formula, in brackets if it has parts."""
    text = board(e)
    return text if not e.args else f"({text})"


def same_shape(r: Reference, array: Array) -> bool:
    """Is the operand read without broadcasting?"""
    if r.array is None or r.batched != array.batched:
        return False
    return len(view(r.array.shape, r.index, full=False).kept) == r.index.ndim
