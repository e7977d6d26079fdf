"""Rows of the op table as machine code: for each case two loops over nodes that do the same, forward and backward.

A *case* is a row with so many operands, some of which have a gradient. Its rule, read with ``registers``, is the body of both
loops. They are compiled when a program first needs them, in some milliseconds, and serve all programs of the process.

Numbers y and gradients δ are arrays with a row of lanes per node. ``operands`` has the places of each node's operands, one node
after the other. Both loops begin at a node, go on to ``stop``, and return where in ``operands`` they have arrived.
"""

from __future__ import annotations

import ctypes
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from llvmlite import binding, ir

from autograd.compiler.registers import Register, Registers, number_type

if TYPE_CHECKING:
    from autograd.compiler.schedule import Case

__all__ = ["Loops", "driver", "loops"]

INT, INDEX, VOID = ir.IntType(64), ir.IntType(32), ir.VoidType()
INDICES, ADDRESSES, NUMBERS = INDEX.as_pointer(), INT.as_pointer(), ir.IntType(8).as_pointer()
ONE = ir.Constant(INT, 1)
_kept: list[Any] = []  # machine code stays in memory for as long as its engine does
LOOP = ir.FunctionType(INDICES, [INT, INT, INDICES, NUMBERS, NUMBERS])


class Loops(NamedTuple):
    """Where the two loops of a case begin in memory."""

    forward: int
    backward: int


@cache
def loops(case: Case, dtype: str, lanes: int) -> Loops:
    """The machine code of a case."""
    driver()  # lies above its loops in memory: where it lay below them, a call took 120 ns instead of 4 (AMD EPYC)
    module, number = ir.Module(case.op.name), number_type(dtype, lanes)
    _write_forward(_Loop(module, "forward", number, len(case.wanted), step=1), case)
    _write_backward(_Loop(module, "backward", number, len(case.wanted), step=-1), case)
    engine = _compiled(module)
    return Loops(engine.get_function_address("forward"), engine.get_function_address("backward"))


def _write_forward(loop: _Loop, case: Case) -> None:
    """y = f(x₁, …); where the operands may have left the op's domain, what shows it is added to the alarm, times 0."""
    y, slopes = case.op.rule(loop.xp, *loop.operands)
    loop.store(y, loop.y, loop.node)
    shown = {"": [], "value": [y], "slopes": [s for s in slopes if isinstance(s, Register)]}[case.shown_by]
    for number in shown:  # 0 · ∞ and 0 · nan are nan, and stay it
        loop.add(0.0 * number, loop.delta, ir.Constant(INT, 0))
    loop.end()


def _write_backward(loop: _Loop, case: Case) -> None:
    """δᵢ += δ · ∂y/∂xᵢ."""
    known, delta = (Register(loop.xp, loop.load(numbers, loop.node)) for numbers in (loop.y, loop.delta))
    y, slopes = case.op.rule(loop.xp, *loop.operands)
    if isinstance(y, Register) and y not in loop.operands:
        loop.replace(y, known)
    for place, slope, wanted in zip(loop.places, slopes, case.wanted, strict=True):
        if wanted and (isinstance(slope, Register) or slope):
            loop.add(delta * slope, loop.delta, place)
    loop.end()


class _Loop:
    """A loop over nodes, being written.

    xp, operands: the number system, and the numbers of this node's operands
    node, places: where the node and its operands are
    y, delta:     numbers and gradients of all nodes
    """

    def __init__(self, module: ir.Module, name: str, number: ir.Type, width: int, *, step: int) -> None:
        pointer = number.as_pointer()
        function = ir.Function(module, ir.FunctionType(INDICES, [INT, INT, INDICES, pointer, pointer]), name)
        for argument in function.args[2:]:
            argument.add_attribute("noalias")
        start, self.stop, first, self.y, self.delta = function.args
        entry, self.body, self.after = map(function.append_basic_block, ("entry", "body", "after"))
        self.b = b = ir.IRBuilder(entry)
        b.branch(self.body)
        b.position_at_end(self.body)
        self.i, self.at = b.phi(INT), b.phi(INDICES)
        self.i.add_incoming(start, entry)
        self.at.add_incoming(first, entry)
        self.next_i = b.add(self.i, ir.Constant(INT, step))
        self.next_at = b.gep(self.at, [ir.Constant(INT, step * width)])
        self.node, operands = (self.i, self.at) if step > 0 else (self.next_i, self.next_at)
        self.places = [b.sext(b.load(b.gep(operands, [ir.Constant(INT, k)])), INT) for k in range(width)]
        self.xp = Registers(b, number)
        self.operands = [Register(self.xp, self.load(self.y, place)) for place in self.places]

    def load(self, numbers: ir.Value, place: ir.Value) -> ir.Value:
        """The numbers at a place."""
        return self.b.load(self.b.gep(numbers, [place]), align=self.xp.bytes)

    def store(self, number: Any, numbers: ir.Value, place: ir.Value) -> None:
        """Put numbers at a place."""
        self.b.store(self.xp.value(number), self.b.gep(numbers, [place]), align=self.xp.bytes)

    def add(self, number: Any, numbers: ir.Value, place: ir.Value) -> None:
        """Add to the numbers at a place."""
        self.store(Register(self.xp, self.load(numbers, place)) + number, numbers, place)

    def replace(self, computed: Register, known: Register) -> None:
        """Read what is known already instead of computing it."""
        for instruction in self.body.instructions:
            instruction.replace_usage(computed.value, known.value)
        computed.value = known.value

    def end(self) -> None:
        """Go on with the next node, or return."""
        b = self.b
        b.cbranch(b.icmp_signed("!=", self.next_i, self.stop), self.body, self.after)
        self.i.add_incoming(self.next_i, self.body)
        self.at.add_incoming(self.next_at, self.body)
        _sweep(self.body)
        b.position_at_end(self.after)
        b.ret(self.next_at)


def _sweep(block: ir.Block) -> None:
    """Drop the instructions whose result nobody reads: forward those of the slopes, backward those of the value."""
    phis, rest = block.instructions[:2], block.instructions[2:]
    needed = {id(x) for phi in phis for x, _ in phi.incomings}
    kept = []
    for instruction in reversed(rest):
        if instruction.type == VOID or id(instruction) in needed:
            needed.update(map(id, instruction.operands))
            kept.append(instruction)
    block.instructions[:] = [*phis, *reversed(kept)]


# ── from loop to loop ───────────────────────────────────────────────────────


@lru_cache
def driver() -> Any:
    """The function that runs one loop after the other."""
    module = ir.Module("driver")
    function = ir.Function(
        module, ir.FunctionType(VOID, [ADDRESSES, INDICES, INT, INT, INDICES, NUMBERS, NUMBERS]), "run"
    )
    addresses, stops, count, first, operands, y, delta = function.args
    entry, body, after = map(function.append_basic_block, ("entry", "body", "after"))
    b = ir.IRBuilder(entry)
    b.branch(body)
    b.position_at_end(body)
    k, i, at = b.phi(INT), b.phi(INT), b.phi(INDICES)
    loop = b.inttoptr(b.load(b.gep(addresses, [k])), LOOP.as_pointer())
    stop = b.sext(b.load(b.gep(stops, [k])), INT)
    next_at, next_k = b.call(loop, [i, stop, at, y, delta]), b.add(k, ONE)
    b.cbranch(b.icmp_signed("<", next_k, count), body, after)
    for phi, start, following in ((k, ir.Constant(INT, 0), next_k), (i, first, stop), (at, operands, next_at)):
        phi.add_incoming(start, entry)
        phi.add_incoming(following, body)
    b.position_at_end(after)
    b.ret_void()
    engine = _compiled(module)
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    kind = ctypes.CFUNCTYPE(None, pointer, pointer, word, word, pointer, pointer, pointer)
    return kind(engine.get_function_address("run"))


@lru_cache
def _target() -> Any:
    """The processor of this machine."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features().flatten()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=features, opt=2
    )


def _compiled(module: ir.Module) -> Any:
    engine = binding.create_mcjit_compiler(binding.parse_assembly(str(module)), _target())
    engine.finalize_object()
    _kept.append(engine)
    return engine
