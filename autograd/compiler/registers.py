"""Read with registers, a rule of the op table is machine code: the number system of LLVM.

A register holds one number, or one number of each of several samples (a *lane* per sample): an operator on registers is an
instruction. Functions that the processor lacks are the C library's, and those of the user's own are called back.
"""

from __future__ import annotations

import ctypes
import math
from threading import get_ident
from typing import TYPE_CHECKING, Any

from llvmlite import binding, ir

from autograd.elementary import DECISIONS, FUNCTIONS, NUMBERS, by_ieee, canonical, no_function

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Register", "Registers", "number_type", "raise_what_callbacks_raised"]

INSTRUCTIONS = {"sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "trunc": "trunc", "rint": "rint", "absolute": "fabs"}
LANE = ir.IntType(32)
DOUBLE = ir.DoubleType()


def number_type(dtype: Any, lanes: int) -> ir.Type:
    """The type of a register: a number of that dtype, or as many as there are lanes.

    >>> str(number_type("float32", 1)), str(number_type("float64", 8))
    ('float', '<8 x double>')
    """
    scalar = {"float64": DOUBLE, "float32": ir.FloatType()}[str(dtype)]
    return ir.VectorType(scalar, lanes) if lanes > 1 else scalar


class Registers:
    """The functions of a number system, as instructions that a builder writes."""

    def __init__(self, builder: ir.IRBuilder, number: ir.Type) -> None:
        self.builder, self.number = builder, number
        self.lanes = number.count if isinstance(number, ir.VectorType) else 0
        self.scalar = number.element if self.lanes else number
        self.scalar_bytes = 8 if self.scalar == DOUBLE else 4
        self.bytes = self.scalar_bytes * (self.lanes or 1)

    def value(self, x: Any) -> ir.Value:
        """What LLVM calls a register's content, or a number's; a truth value as 1 or 0."""
        if isinstance(x, Register):
            return self.builder.uitofp(x.value, self.number) if _is_bit(x) else x.value
        literal = ir.Constant(self.scalar, float(x))
        return ir.Constant(self.number, [literal] * self.lanes) if self.lanes else literal

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """``a`` where the condition holds, else ``b``."""
        if not isinstance(condition, Register):
            return a if condition else b
        of_bits = all(isinstance(x, bool) or (isinstance(x, Register) and _is_bit(x)) for x in (a, b))
        a, b = map(self.bit if of_bits else self.value, (a, b))
        return Register(self, self.builder.select(condition.value, a, b))

    def bit(self, x: Any) -> ir.Value:
        """A truth value in each lane."""
        if isinstance(x, Register):
            return x.value
        literal = ir.Constant(ir.IntType(1), x)
        return ir.Constant(ir.VectorType(literal.type, self.lanes), [literal] * self.lanes) if self.lanes else literal

    def compared(self, relation: str, a: Any, b: Any) -> Register:
        """A comparison, which is false where either is nan."""
        return Register(self, self.builder.fcmp_ordered(relation, self.value(a), self.value(b)))

    def equal(self, a: Any, b: Any) -> Any:
        """a = b?"""
        return self.compared("==", a, b)

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger; nan if either is nan."""
        return self.where(self._either(a >= b if isinstance(a, Register) else b <= a, a), a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller; nan if either is nan."""
        return self.where(self._either(a <= b if isinstance(a, Register) else b >= a, a), a, b)

    def _either(self, condition: Any, a: Any) -> Register:
        """Does the condition hold, or is ``a`` nan?"""
        a = self.value(a)
        return Register(self, self.builder.or_(condition.value, self.builder.fcmp_unordered("uno", a, a)))

    def sign(self, x: Any) -> Any:
        """−1, 0 or 1; nan for nan."""
        return self.where(x > 0, 1.0, self.where(x < 0, -1.0, 0.0 * x))

    def heaviside(self, x: Any, at_zero: float) -> Any:
        """0 below zero, 1 above, ``at_zero`` at zero; nan for nan."""
        return self.where(x > 0, 1.0, self.where(x < 0, 0.0, self.where(self.equal(x, 0.0), at_zero, x)))

    def constant(self, x: Any) -> Any:
        """``x``: what flows through it is no matter of the rule's value."""
        return x

    def power(self, x: Any, y: Any) -> Any:
        """x ** y."""
        if y in (1.0, 2.0) and not isinstance(y, Register):
            return x if y == 1.0 else x * x
        return self._called("power", x, y)

    def remainder(self, a: Any, b: Any) -> Any:
        """What is left of a after dividing by b, with the sign of b."""
        rest = self.fmod(a, b)
        other_side = self.where(rest < 0, b > 0, self.where(rest > 0, b < 0, False))
        return self.where(other_side, rest + b, rest)

    def fmod(self, a: Any, b: Any) -> Any:
        """What is left of a after dividing by b, with the sign of a."""
        return Register(self, self.builder.frem(self.value(a), self.value(b)))

    def __getattr__(self, name: str) -> Any:
        if name in NUMBERS:
            return NUMBERS[name]
        name = canonical(name)
        if name.startswith("__") or name not in FUNCTIONS or name in DECISIONS:
            raise AttributeError(no_function(name, "registers"))
        by_others = FUNCTIONS[name].by_others
        if by_others:
            return lambda *x: by_others(self, *x)
        if name in INSTRUCTIONS:
            return lambda x: self._instruction(INSTRUCTIONS[name], x)
        return lambda *x: self._called(name, *x)

    def _instruction(self, name: str, x: Any) -> Any:
        lanes = f"v{self.lanes}" if self.lanes else ""
        kind = ir.FunctionType(self.number, [self.number])
        function = _declared(self.builder.module, f"llvm.{name}.{lanes}f{self.scalar_bytes * 8}", kind)
        return Register(self, self.builder.call(function, [self.value(x)]))

    def _called(self, name: str, *x: Any) -> Any:
        """A function of doubles, called for one lane after the other."""
        b, values = self.builder, [self.value(a) for a in x]
        if not self.lanes:
            return Register(self, self._call(name, values))
        result = ir.Constant(self.number, ir.Undefined)
        for k in range(self.lanes):
            lane = ir.Constant(LANE, k)
            y = self._call(name, [b.extract_element(v, lane) for v in values])
            result = b.insert_element(result, y, lane)
        return Register(self, result)

    def _call(self, name: str, x: list[ir.Value]) -> ir.Value:
        b, wide = self.builder, self.scalar == DOUBLE
        y = b.call(_function(b, name, len(x)), x if wide else [b.fpext(v, DOUBLE) for v in x])
        return y if wide else b.fptrunc(y, self.scalar)


class Register:
    """A number, or one for each lane; comparisons give a truth value for each."""

    def __init__(self, xp: Registers, value: ir.Value) -> None:
        self.xp, self.value = xp, value

    def _with(self, instruction: str, a: Any, b: Any) -> Register:
        write = getattr(self.xp.builder, instruction)
        return Register(self.xp, write(self.xp.value(a), self.xp.value(b)))

    def __add__(self, other: Any) -> Register:
        return self._with("fadd", self, other)

    def __radd__(self, other: Any) -> Register:
        return self._with("fadd", other, self)

    def __sub__(self, other: Any) -> Register:
        return self._with("fsub", self, other)

    def __rsub__(self, other: Any) -> Register:
        return self._with("fsub", other, self)

    def __mul__(self, other: Any) -> Register:
        return self._with("fmul", self, other)

    def __rmul__(self, other: Any) -> Register:
        return self._with("fmul", other, self)

    def __truediv__(self, other: Any) -> Register:
        return self._with("fdiv", self, other)

    def __rtruediv__(self, other: Any) -> Register:
        return self._with("fdiv", other, self)

    def __pow__(self, other: Any) -> Any:
        return self.xp.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return self.xp.power(other, self)

    def __neg__(self) -> Register:
        return Register(self.xp, self.xp.builder.fneg(self.value))

    def __abs__(self) -> Any:
        return self.xp.absolute(self)

    def __lt__(self, other: Any) -> Register:
        return self.xp.compared("<", self, other)

    def __le__(self, other: Any) -> Register:
        return self.xp.compared("<=", self, other)

    def __gt__(self, other: Any) -> Register:
        return self.xp.compared(">", self, other)

    def __ge__(self, other: Any) -> Register:
        return self.xp.compared(">=", self, other)


def _is_bit(x: Register) -> bool:
    kind = x.value.type
    return bool((kind.element if isinstance(kind, ir.VectorType) else kind) == ir.IntType(1))


# ── functions of doubles ────────────────────────────────────────────────────


def _function(builder: ir.IRBuilder, name: str, operands: int) -> ir.Value:
    """The C library's function of that name, else Python's."""
    floats = FUNCTIONS[name].floats
    kind = ir.FunctionType(DOUBLE, [DOUBLE] * operands)
    if getattr(floats, "__module__", "") == "math" and binding.address_of_symbol(floats.__name__):
        return _declared(builder.module, floats.__name__, kind)
    address = ctypes.cast(_called_back(name, operands), ctypes.c_void_p).value
    return builder.inttoptr(ir.Constant(ir.IntType(64), address), kind.as_pointer())


def _declared(module: ir.Module, name: str, kind: ir.FunctionType) -> ir.Value:
    return module.globals.get(name) or ir.Function(module, kind, name)


_callbacks: dict[tuple[str, int], Any] = {}  # machine code keeps their addresses: they are never freed
_raised: dict[int, BaseException] = {}  # by the thread in which a callback raised


def _called_back(name: str, operands: int) -> Any:
    """Python's function of that name as C calls it; nan where it raises."""
    key = name, operands
    if key not in _callbacks:

        def function(*x: float) -> float:
            try:
                return float(by_ieee(FUNCTIONS[name].floats)(*x))
            except BaseException as error:
                _raised[get_ident()] = error
                return math.nan

        kind: Callable[..., Any] = ctypes.CFUNCTYPE(*[ctypes.c_double] * (operands + 1))
        _callbacks[key] = kind(function)
    return _callbacks[key]


def raise_what_callbacks_raised() -> None:
    """A callback can't raise through C: it is done here, after the call."""
    error = _raised.pop(get_ident(), None)
    if error is not None:
        raise error
