"""From a graph to a tape: the same computation, each result computed once.

A tape is the graph as lists of numbers, parents before children. On the way

- what depends on constants alone becomes a constant;
- what is computed twice is computed once (common subexpressions);
- a sum of products that is written as a chain of + and ×, as micrograd does, becomes one
  ``dot``, and a chain of + becomes one ``sum``.

Everything is a loop over lists, so a graph may be a million nodes deep.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import chain
from math import nan
from operator import add as plus
from typing import TYPE_CHECKING, Any, NamedTuple

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
    values:   the Value that the number came from (in a copy the Labels of a result), or None for a constant and
              for a sum that was put together here
    numbers:  the value when the tape was made; of a constant, its value
    root:     the position of the loss
    nodes:    how many nodes the graph had
    """

    ops: list[Op]
    operands: list[tuple[int, ...]]
    values: list[Any]
    numbers: list[float]
    root: int
    nodes: int

    def __reduce__(self) -> tuple[Any, ...]:
        # Of a result its names alone: each Value would be written with all of its graph.
        kept = [
            Labels(str(v.label or ""), v.module) if v is not None and operands else v
            for v, operands in zip(self.values, self.operands, strict=True)
        ]
        return Tape, (self.ops, self.operands, kept, self.numbers, self.root, self.nodes)


class Labels(NamedTuple):
    """What a copy of a tape knows of the Value that a result came from."""

    label: str
    module: str


def tape_of(order: Sequence[Value], variables: Iterable[Value] = ()) -> Tape:
    """The tape of a graph.

    order:     its nodes, parents before children; the last is the root
    variables: leaves that vary from call to call, whatever their kind (a constant may be an input)
    Raises ValueError for an opaque node, TypeError for a rule that floats alone can read: neither is computed with arrays.

    >>> from autograd import Value, topological_order
    >>> w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    >>> tape = tape_of(topological_order(w[0] * x[0] + w[1] * x[1] + 0.5))
    >>> [op.name for op in tape.ops], tape.operands[-1]
    (['input', 'input', 'input', 'input', 'constant', 'dot'], (0, 2, 1, 3, 4))
    """
    return _with_sums(_recorded(order, set(variables)))


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
        at = len(self.ops)
        if op is CONSTANT:
            self.constants.add(at)
        self.ops.append(op)
        self.operands.append(operands)
        self.values.append(value)
        self.numbers.append(number)
        return at

    def constant(self, number: float) -> int:
        """The entry of a constant."""
        key = number.hex()  # 0.0 and −0.0 are two numbers, and nan is itself
        at = self.known.get(key)
        if at is None:
            at = self.known[key] = self.enter(CONSTANT, (), None, number)
        return at

    def result(self, op: Op, operands: tuple[int, ...], value: Value | None, number: float) -> int:
        """The entry of a result: an old one if it computes the same."""
        key = op, operands
        at = self.known.get(key)
        if at is None:
            if self.constants.issuperset(operands):
                at = self.constant(number)
            elif op in ALIASES or (op in OF_ONE and len(operands) == 1):
                at = operands[0]
            else:
                at = self.enter(op, operands, value, number)
            self.known[key] = at
        return at

    def tape(self, root: int, nodes: int) -> Tape:
        """What was entered."""
        return Tape(self.ops, self.operands, self.values, self.numbers, root, nodes)


def _recorded(order: Sequence[Value], variables: set[Value]) -> Tape:
    tape, readable = _Recorder(), set[Op]()
    at: dict[Value, int] = {}
    for node in order:
        op, parents = node.op, node.parents
        if parents:
            if op not in readable:
                _require_rule(node)
                readable.add(op)
            at[node] = tape.result(op, tuple([at[p] for p in parents]), node, node.data)
        elif op is not CONSTANT or node in variables:
            at[node] = tape.enter(PARAMETER if op is PARAMETER else INPUT, (), node, node.data)
        else:
            at[node] = tape.constant(node.data)
    return tape.tape(at[order[-1]], len(order))


def _require_rule(node: Value) -> None:
    if not (node.op.operands or node.op.n_ary):
        raise ValueError(f"{node!r} is opaque: without a rule in the op table it can't be compiled")
    require_readable(node.op)


# ── chains of + ─────────────────────────────────────────────────────────────


def _with_sums(tape: Tape) -> Tape:
    """Every tree of additions that is used only as a whole becomes one node: a ``dot`` of its products, else a ``sum``."""
    uses = Counter(chain.from_iterable(tape.operands))
    inner = _inner_additions(tape, uses)
    sums = {
        i: _terms(tape, i, inner, uses) for i, op in enumerate(tape.ops) if (op is ADD or op is SUM) and i not in inner
    }
    products = {i: _products(tape, terms, uses) for i, terms in sums.items()}
    unused = [i for i, op in enumerate(tape.ops) if op is CONSTANT and not uses[i] and i != tape.root]
    gone = inner.union(unused, *products.values())
    new, at = _Recorder(), [0] * len(tape.ops)
    for i, (op, operands, value, number) in enumerate(zip(*tape[:4], strict=True)):
        if i in sums:
            at[i] = _sum_of(new, tape, sums[i], products[i], at, value)
        elif i not in gone:
            at[i] = new.enter(op, tuple([at[j] for j in operands]), value, number)
    return new.tape(at[tape.root], tape.nodes)


def _inner_additions(tape: Tape, uses: Counter[int]) -> set[int]:
    """The additions that only feed another addition."""
    additions = {i for i, op in enumerate(tape.ops) if op is ADD or op is SUM}
    return {j for i in additions for j in tape.operands[i] if j in additions and uses[j] == 1}


def _terms(tape: Tape, root: int, inner: set[int], uses: Counter[int]) -> list[int]:
    """The terms of the tree of additions that ends in ``root``, from left to right, without zeros, which are used no more."""
    terms, stack = [], [root]
    while stack:
        i = stack.pop()
        if i == root or i in inner:
            stack += reversed(tape.operands[i])
        elif tape.ops[i] is CONSTANT and tape.numbers[i] == 0.0:
            uses[i] -= 1
        else:
            terms.append(i)
    return terms


def _products(tape: Tape, terms: list[int], uses: Counter[int]) -> dict[int, None]:
    """The terms that make a dot: two or more products that nothing else uses."""
    products = dict.fromkeys([i for i in terms if uses[i] == 1 and _is_product(tape, i)])
    return products if len(products) > 1 else {}


def _sum_of(
    new: _Recorder, tape: Tape, terms: list[int], products: dict[int, None], at: list[int], value: Value | None
) -> int:
    """One node for the sum of ``terms``: a dot of the products, with the rest as its bias."""
    rest = tuple([at[i] for i in terms if i not in products])
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
    a, b = (j if tape.ops[j] is not CONSTANT else -1 for j in tape.operands[i])
    return not tape.operands[max(a, b)] if min(a, b) < 0 else True


def narrowed(tape: Tape, width: int) -> tuple[Tape, list[int]]:
    """(the tape with wide sums, means and dots in parts of at most ``width`` operands, where its old entries are).

    A part goes on where the last one ended, so the terms are added in the same order.
    """
    new, at = _Recorder(), list[int]()
    for op, operands, value, number in zip(*tape[:4], strict=True):
        places = tuple([at[j] for j in operands])
        in_parts = len(places) > width and op in IN_PARTS
        at.append(_in_parts(new, op, places, width) if in_parts else new.enter(op, places, value, number))
    return new.tape(at[tape.root], tape.nodes), at


def _in_parts(new: _Recorder, op: Op, places: tuple[int, ...], width: int) -> int:
    """The entry of a wide sum, mean or dot, after those of its parts."""
    n, step = (len(places) // 2, (width - 1) // 2) if op is DOT else (len(places), width - 1)
    w, x, rest = places[:n], places[n : 2 * n], places[2 * n :]
    for k in range(0, n, step):
        part = w[k : k + step] + x[k : k + step]
        rest = (new.enter(DOT, part + rest, None, nan) if op is DOT else new.enter(SUM, rest + part, None, nan),)
    return rest[0] if op in (SUM, DOT) else new.enter(OPS["divide"], (*rest, new.constant(float(n))), None, nan)
