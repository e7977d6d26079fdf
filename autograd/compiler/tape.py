"""From a graph to a tape: the same computation, each result computed once.

A tape is the graph as lists of numbers, parents before children. On the way

- what depends on constants alone becomes a constant;
- what is computed twice is computed once (common subexpressions);
- a sum of products that is written as a chain of + and ×, as micrograd does, becomes one
  ``dot``, and a chain of + becomes one ``sum``.

Everything is a loop over lists, so a graph may be a million nodes deep.
"""

from __future__ import annotations

from functools import reduce
from math import nan
from operator import add as plus
from typing import TYPE_CHECKING, NamedTuple

from autograd.backprop import topological_order
from autograd.ops import CONSTANT, INPUT, OPS, PARAMETER, Op
from autograd.symbols import require_readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.value import Value

__all__ = ["Tape", "narrowed", "tape_of"]

ADD, MULTIPLY, SUM, DOT = (OPS[name] for name in ("add", "multiply", "sum", "dot"))
ALIASES = frozenset([OPS["positive"]])
IN_PARTS = frozenset([SUM, DOT, OPS["mean"]])
OF_ONE = frozenset([OPS["sum"], OPS["mean"]])  # of a single operand they are that operand


class Tape(NamedTuple):
    """A graph as lists; entry i of each list describes node i.

    ops:      the row of the op table, or the kind of a leaf
    operands: positions of the parents, one per operand of the op; () for a leaf
    values:   the Value that the number came from, or None for a constant and for a sum that was put together here
    numbers:  the value when the tape was made; of a constant, its value
    root:     the position of the loss
    nodes:    how many nodes the graph had
    """

    ops: list[Op]
    operands: list[tuple[int, ...]]
    values: list[Value | None]
    numbers: list[float]
    root: int
    nodes: int


def tape_of(root: Value, variables: Iterable[Value] = ()) -> Tape:
    """The tape of the graph below ``root``.

    variables: leaves that vary from call to call, whatever their kind (a constant may be an input)
    Raises ValueError for an opaque node, TypeError for a rule that floats alone can read: neither is computed with arrays.

    >>> from autograd.value import Value
    >>> w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    >>> tape = tape_of(w[0] * x[0] + w[1] * x[1] + 0.5)
    >>> [op.name for op in tape.ops], tape.operands[-1]
    (['input', 'input', 'input', 'input', 'constant', 'dot'], (0, 2, 1, 3, 4))
    """
    return _live(_with_sums(_recorded(root, set(variables))))


class _Recorder:
    """A tape in the making: equal entries are made once."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.operands: list[tuple[int, ...]] = []
        self.values: list[Value | None] = []
        self.numbers: list[float] = []
        self.known: dict[object, int] = {}
        self.constants: set[int] = set()

    def enter(self, op: Op, operands: tuple[int, ...], value: Value | None, number: float) -> int:
        """A new entry, whatever else there is."""
        if op is CONSTANT:
            self.constants.add(len(self.ops))
        self.ops.append(op)
        self.operands.append(operands)
        self.values.append(value)
        self.numbers.append(number)
        return len(self.ops) - 1

    def constant(self, number: float) -> int:
        """The entry of a constant."""
        key = number.hex()  # 0.0 and −0.0 are two numbers, and nan is itself
        at = self.known.get(key)
        if at is None:
            at = self.known[key] = self.enter(CONSTANT, (), None, number)
        return at

    def result(self, op: Op, operands: tuple[int, ...], value: Value | None, number: float) -> int:
        """The entry of a result: an old one if it computes the same."""
        if self.constants.issuperset(operands):
            return self.constant(number)
        if op in ALIASES or (op in OF_ONE and len(operands) == 1):
            return operands[0]
        key = (op, operands)
        at = self.known.get(key)
        if at is None:
            at = self.known[key] = self.enter(op, operands, value, number)
        return at


def _recorded(root: Value, variables: set[Value]) -> Tape:
    tape = _Recorder()
    order = topological_order(root)
    at: dict[Value, int] = {}
    for node in order:
        parents = node.parents
        if parents:
            if not (node.op.operands or node.op.n_ary):
                raise ValueError(f"{node!r} is opaque: without a rule in the op table it can't be compiled")
            require_readable(node.op)
            at[node] = tape.result(node.op, tuple([at[p] for p in parents]), node, node.data)
        elif node in variables or node.op is not CONSTANT:
            at[node] = tape.enter(PARAMETER if node.op is PARAMETER else INPUT, (), node, node.data)
        else:
            at[node] = tape.constant(node.data)
    return Tape(tape.ops, tape.operands, tape.values, tape.numbers, at[root], len(order))


# ── chains of + ─────────────────────────────────────────────────────────────


def _with_sums(tape: Tape) -> Tape:
    """Every tree of additions that is used only as a whole becomes one node: a ``dot`` of its products, else a ``sum``."""
    once = _used_once(tape)
    into_sum = _inner_additions(tape, once)
    new = _Recorder()
    at = [0] * len(tape.ops)
    for i, (op, operands, value, number) in enumerate(zip(*tape[:4], strict=True)):
        if not operands:
            at[i] = new.enter(op, (), value, number)
        elif op in (ADD, SUM) and not into_sum[i]:
            terms = _terms(tape, i, into_sum)
            at[i] = _sum_of(new, tape, terms, once, at, value)
        elif not into_sum[i]:
            at[i] = new.result(op, tuple([at[j] for j in operands]), value, number)
    return Tape(new.ops, new.operands, new.values, new.numbers, at[tape.root], tape.nodes)


def _used_once(tape: Tape) -> list[bool]:
    uses = [0] * len(tape.ops)
    for operands in tape.operands:
        for i in operands:
            uses[i] += 1
    return [n == 1 for n in uses]


def _inner_additions(tape: Tape, once: Sequence[bool]) -> list[bool]:
    """Which nodes are additions that only feed another addition."""
    inner = [False] * len(tape.ops)
    for op, operands in zip(tape.ops, tape.operands, strict=True):
        if op is ADD or op is SUM:
            for i in operands:
                inner[i] = once[i] and tape.ops[i] in (ADD, SUM)
    return inner


def _terms(tape: Tape, root: int, inner: Sequence[bool]) -> list[int]:
    """The terms of the tree of additions that ends in ``root``, from left to right."""
    terms, stack = [], [root]
    while stack:
        i = stack.pop()
        if i == root or inner[i]:
            stack += reversed(tape.operands[i])
        else:
            terms.append(i)
    return terms


def _sum_of(
    new: _Recorder, tape: Tape, terms: list[int], once: Sequence[bool], at: list[int], value: Value | None
) -> int:
    """One node for the sum of ``terms``: a dot of two or more products, with the rest as its bias."""
    products = [i for i in terms if once[i] and _is_product(tape, i)]
    if len(products) < 2:
        products = []
    left_out = {*products, *(i for i in terms if tape.ops[i] is CONSTANT and tape.numbers[i] == 0.0)}
    rest = tuple([at[i] for i in terms if i not in left_out])
    number = 0.0 if value is None else value.data
    if not products:
        return _added(new, rest, value, number)
    bias = (_added(new, rest, None, reduce(plus, [new.numbers[i] for i in rest])),) if rest else ()
    pairs = [tape.operands[i] for i in products]
    factors = tuple([at[w] for w, _ in pairs] + [at[x] for _, x in pairs])
    return new.result(DOT, factors + bias, value, number)


def _added(new: _Recorder, terms: tuple[int, ...], value: Value | None, number: float) -> int:
    if len(terms) < 2:
        return terms[0] if terms else new.constant(number)
    return new.result(ADD if len(terms) == 2 else SUM, terms, value, number)


def _is_product(tape: Tape, i: int) -> bool:
    """Is it a·b, as in Σ wᵢxᵢ? A result times a constant is not, but a scaled term."""
    if tape.ops[i] is not MULTIPLY:
        return False
    a, *b = [j for j in tape.operands[i] if tape.ops[j] is not CONSTANT]
    return bool(b) or not tape.operands[a]


def narrowed(tape: Tape, width: int) -> tuple[Tape, list[int]]:
    """(the tape with wide sums, means and dots in parts of at most ``width`` operands, where its old entries are).

    A part goes on where the last one ended, so the terms are added in the same order.
    """
    new, at = _Recorder(), list[int]()
    for op, operands, value, number in zip(*tape[:4], strict=True):
        places = tuple([at[j] for j in operands])
        in_parts = len(places) > width and op in IN_PARTS
        at.append(_in_parts(new, op, places, width) if in_parts else new.enter(op, places, value, number))
    return Tape(new.ops, new.operands, new.values, new.numbers, at[tape.root], tape.nodes), at


def _in_parts(new: _Recorder, op: Op, places: tuple[int, ...], width: int) -> int:
    """The entry of a wide sum, mean or dot, after those of its parts."""
    n, step = (len(places) // 2, (width - 1) // 2) if op is DOT else (len(places), width - 1)
    w, x, rest = places[:n], places[n : 2 * n], places[2 * n :]
    for k in range(0, n, step):
        part = w[k : k + step] + x[k : k + step]
        rest = (new.enter(DOT, part + rest, None, nan) if op is DOT else new.enter(SUM, rest + part, None, nan),)
    return rest[0] if op in (SUM, DOT) else new.enter(OPS["divide"], (*rest, new.constant(float(n))), None, nan)


def _live(tape: Tape) -> Tape:
    """What the root still needs: products that became part of a dot are gone."""
    needed = [False] * len(tape.ops)
    needed[tape.root] = True
    for i in range(len(tape.ops) - 1, -1, -1):
        if needed[i]:
            for j in tape.operands[i]:
                needed[j] = True
    at, kept = [0] * len(tape.ops), [i for i, alive in enumerate(needed) if alive]
    for new, old in enumerate(kept):
        at[old] = new
    return Tape(
        [tape.ops[i] for i in kept],
        [tuple([at[j] for j in tape.operands[i]]) for i in kept],
        [tape.values[i] for i in kept],
        [tape.numbers[i] for i in kept],
        at[tape.root],
        tape.nodes,
    )
