"""A gradient in words, numbers and LaTeX: the chain rule as it was applied.

>>> from autograd import Value
>>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
>>> z = w * x + w
>>> z.label = "L"
>>> print(explain(w, z))
∂L/∂w = −2: how L changes with w = 2, an input.
2 contributions arrive, and they add up:
  ∂L/∂w += ∂L/∂L · ∂L/∂w = 1 · 1 = 1  (0 → 1)
      + : L = w·x + w = −6 + 2 = −4, ∂L/∂w = 1
  ∂L/∂w += ∂L/∂(w·x) · ∂(w·x)/∂w = 1 · (−3) = −3  (1 → −2)
      × : w·x = 2 · (−3) = −6, ∂(w·x)/∂w = x = −3
As a sum over 2 paths:
  L ← w·x ← w: 1 · (−3) = −3
  L ← w: 1 = 1
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from autograd.backprop import topological_order
from autograd.contexts import collector_paused
from autograd.ops import LEAVES
from autograd.steps import rehearsed
from autograd.wording import Name, digits, equation, names_of, product, slope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograd.steps import Step
    from autograd.value import Value

__all__ = ["Contribution", "Explanation", "Path", "explain"]

PATHS, STEPS = 12, 30  # a sum over more paths than this, or over longer ones, explains nothing
SHOWN = 20  # contributions that are printed


class Contribution(NamedTuple):
    """One application of the chain rule: ∂L/∂node += ∂L/∂child · ∂child/∂node.

    child: the node that used it; slot: in which argument
    rule:  the op's symbol, and the formulas of its value and of this local derivative; of the first 20, which are printed
    """

    child: str
    slot: int
    upstream: float
    local: float
    contribution: float
    before: float
    after: float
    rule: str


class Path(NamedTuple):
    """One way from L down to the node: the names on it, and the local derivatives whose product it contributes."""

    names: tuple[str, ...]
    locals: tuple[float, ...]

    @property
    def product(self) -> float:
        """What the path adds to the gradient."""
        return prod(self.locals)


class Explanation(NamedTuple):
    """Why a node has the gradient it has. It prints in a terminal and renders in a notebook.

    root, name:    what is differentiated, and with respect to what
    data:          the node's number; ``kind`` says what it is ("an input", "the result of ×")
    gradient:      ∂root/∂name
    contributions: one per use of the node, in the order in which backward adds them
    paths:         all paths from the root, or none when there are more than 12 or long ones
    """

    root: str
    name: str
    data: float
    kind: str
    gradient: float
    contributions: tuple[Contribution, ...]
    paths: tuple[Path, ...]

    def __str__(self) -> str:
        n, shown = len(self.contributions), self.contributions[:SHOWN]
        lines = [f"{self._partial(self.name)} = {digits(self.gradient)}: {self._meaning()}"]
        if n > 1:
            lines.append(f"{n:,} contributions arrive, and they add up:")
        for c in shown:
            lines += [f"  {self._sentence(c)}", *([f"      {c.rule}"] if c.rule else [])]
        if n > SHOWN:
            lines.append(f"  … and {n - SHOWN:,} more")
        if len(self.paths) > 1:
            lines.append(f"As a sum over {len(self.paths)} paths:")
            lines += [f"  {' ← '.join(p.names)}: {_factors(p.locals)} = {digits(p.product)}" for p in self.paths]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def latex(self) -> str:
        r"""The chain rule as LaTeX (without dollars), one line per contribution.

        >>> from autograd import Value
        >>> x = Value(3.0, label="x")
        >>> print(explain(x, x.exp()).latex().splitlines()[1])
        \frac{\partial \mathrm{L}}{\partial \mathrm{x}} &\mathrel{+}= 1 \cdot 20.0855 = 20.0855 && (0 \to 20.0855) \\[1ex]
        """
        of = rf"\frac{{\partial {_tex(self.root)}}}{{\partial {_tex(self.name)}}}"
        rows = [
            rf"{of} &\mathrel{{+}}= {_tex_product(c.upstream, c.local)} = {_tex_digits(c.contribution)}"
            rf" && ({_tex_digits(c.before)} \to {_tex_digits(c.after)}) \\[1ex]"
            for c in self.contributions[:SHOWN]
        ]
        total = rf"{of} &= {_tex_digits(self.gradient)}"
        return "\n".join([r"\begin{aligned}", *rows, total, r"\end{aligned}"])

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def _repr_markdown_(self) -> str:
        from html import escape  # engine's import stays quick

        return f"{self._repr_latex_()}\n\n<pre>{escape(str(self))}</pre>"

    def _partial(self, of: str) -> str:
        return f"∂{self.root}/∂{of}"

    def _meaning(self) -> str:
        if self.name == self.root:
            return "a number changes with itself one to one; here backward begins."
        if not self.contributions:
            return f"{self.root} does not depend on it."
        return f"how {self.root} changes with {self.name} = {digits(self.data)}, {self.kind}."

    def _sentence(self, c: Contribution) -> str:
        """∂L/∂w += ∂L/∂z · ∂z/∂w = 0.42 · 2 = 0.84  (0 → 0.84)."""
        rule = f"{self._partial(self.name)} += {self._partial(c.child)} · ∂{c.child}/∂{self.name}"
        numbers = f"{_factors((c.upstream, c.local))} = {digits(c.contribution)}"
        return f"{rule} = {numbers}  ({digits(c.before)} → {digits(c.after)})"


def explain(node: Value, root: Value) -> Explanation:
    """Say how ``node`` gets its gradient ∂root/∂node. No gradient of yours is changed.

    root: the result, on whatever graph the node is part of; a node outside has gradient 0

    Raises CycleError for a graph with a cycle, ValueError for a node through which no gradient can pass.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> explanation = explain(x, x * x)
    >>> explanation.gradient, [c.contribution for c in explanation.contributions]
    (6.0, [3.0, 3.0])
    """
    with collector_paused():
        order = topological_order(root)
        names = names_of(order, root)
        with rehearsed(root, order, node) as steps:
            gradient = node.grad if node in names else 0.0
        contributions = [
            _contribution(step, _rule(step, names) if i < SHOWN else "", names) for i, step in enumerate(steps)
        ]
        return Explanation(
            names[root].text, f"{names.get(node, Name(node.label or 'v')):8}", node.data, _kind(node), gradient,
            tuple(contributions), tuple(_paths(node, root, order, names)),
        )  # fmt: skip


def _kind(node: Value) -> str:
    kind = node.op.name
    if kind in LEAVES:
        return f"{'an' if kind == 'input' else 'a'} {kind}"
    return f"the result of {node.op.symbol_of(len(node.parents))}"


# ── contributions ───────────────────────────────────────────────────────────


def _contribution(step: Step, rule: str, names: Mapping[Value, Name]) -> Contribution:
    return Contribution(
        f"{names[step.node]:8}", step.slot, step.upstream, step.local, step.contribution, step.before, step.after, rule,
    )  # fmt: skip


def _rule(step: Step, names: Mapping[Value, Name]) -> str:
    """What the row says of this slot, in the names and numbers of the graph: as formulas while they are short, else in words."""
    op = step.node.op
    symbol = op.symbol_of(len(step.node.parents))
    said = slope(step.node, step.slot, names)
    if said:
        return f"{symbol} : {equation(step.node, names)}, {said}"
    doc = op.doc.partition("\n")[0]
    return f"{symbol} : {doc}" if doc else ""


# ── paths ───────────────────────────────────────────────────────────────────


def _paths(node: Value, root: Value, order: Sequence[Value], names: Mapping[Value, Name]) -> list[Path]:
    """Every path from the root down to the node, unless they are many or long."""
    ways, steps = {node: 1}, {node: 0}  # from a node down to ours; counted before any is walked
    for v in order:
        through = [parent for parent in v.parents if parent in ways]
        if through and v is not node:
            ways[v] = min(sum(ways[parent] for parent in through), PATHS + 1)
            steps[v] = max(steps[parent] for parent in through) + 1
    if root not in ways or ways[root] > PATHS or steps[root] > STEPS:
        return []
    return list(_descents(node, root, ways, names))


def _descents(node: Value, root: Value, ways: Mapping[Value, int], names: Mapping[Value, Name]) -> Iterator[Path]:
    # Iterative (recursion dies near 1000 nodes), and only through nodes that lead to ours.
    waiting: list[tuple[Value, tuple[Value, ...], tuple[float, ...]]] = [(root, (root,), ())]
    while waiting:
        v, way, slopes = waiting.pop()
        if v is node:
            yield Path(tuple(names[step].text for step in way), slopes or (1.0,))
            continue
        edges = [(p, d) for p, d in zip(v.parents, v.local_derivatives, strict=False) if p in ways]
        waiting += [(p, (*way, p), (*slopes, d)) for p, d in reversed(edges)]


# ── numbers ─────────────────────────────────────────────────────────────────


def _factors(factors: Sequence[float]) -> str:
    return product(map(digits, factors))


def _tex_product(upstream: float, local: float) -> str:
    factor = _tex_digits(local)
    return rf"{_tex_digits(upstream)} \cdot {f'({factor})' if factor[0] == '-' else factor}"


def _tex_digits(x: float) -> str:
    mantissa, _, exponent = f"{x:.6g}".partition("e")
    power = rf" \times 10^{{{int(exponent)}}}" if exponent else ""
    return mantissa.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}") + power


_TEX = {c: rf"\{c}" for c in "#$%&_{}"} | {
    "\\": r"\backslash ", "^": r"\hat{ }", "~": r"\sim ", "<": r"\lt ", ">": r"\gt ",
}  # fmt: skip


def _tex(name: str) -> str:
    return rf"\mathrm{{{''.join(_TEX.get(c, c) for c in name)}}}"
