"""A gradient in words, numbers and LaTeX: the chain rule as it was applied.

>>> from autograd import Value
>>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
>>> z = w * x + w
>>> z.label = "L"
>>> print(explain(w, z))
∂L/∂w = −2: how L changes with w = 2, an input.
2 contributions arrive, and they add up:
  ∂L/∂w += ∂L/∂L · ∂L/∂w = 1 · 1 = 1  (0 → 1)
      + : y = a + b, ∂y/∂b = 1
  ∂L/∂w += ∂L/∂v2 · ∂v2/∂w = 1 · −3 = −3  (1 → −2)
      × : y = a * b, ∂y/∂a = b
As a sum over 2 paths:
  L ← v2 ← w: 1 · −3 = −3
  L ← w: 1 = 1
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from autograd.backprop import topological_order
from autograd.ops import LEAVES
from autograd.steps import rehearsed
from autograd.symbols import formula

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograd.ops import Op
    from autograd.steps import Step
    from autograd.value import Value

__all__ = ["Contribution", "Explanation", "Path", "explain"]

PATHS, STEPS = 12, 30  # a sum over more paths than this, or over longer ones, explains nothing
SHOWN = 20  # contributions that are printed
FORMULA = 60  # characters of a formula that still explains something
LONGEST = 40  # characters of a label


class Contribution(NamedTuple):
    """One application of the chain rule: ∂L/∂node += ∂L/∂child · ∂child/∂node.

    child: the node that used it; slot: in which argument
    rule:  the op's symbol, and the formulas of its value and of this local derivative
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
        lines = [f"{self._partial(self.name)} = {_digits(self.gradient)}: {self._meaning()}"]
        if n > 1:
            lines.append(f"{n:,} contributions arrive, and they add up:")
        for c in shown:
            lines += [f"  {self._sentence(c)}", *([f"      {c.rule}"] if c.rule else [])]
        if n > SHOWN:
            lines.append(f"  … and {n - SHOWN:,} more")
        if len(self.paths) > 1:
            lines.append(f"As a sum over {len(self.paths)} paths:")
            lines += [f"  {' ← '.join(p.names)}: {_factors(p.locals)} = {_digits(p.product)}" for p in self.paths]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def latex(self) -> str:
        r"""The chain rule as LaTeX (without dollars), one line per contribution.

        >>> from autograd import Value
        >>> x = Value(3.0, label="x")
        >>> print(explain(x, x.exp()).latex().splitlines()[1])
        \frac{\partial \mathrm{L}}{\partial \mathrm{x}} &\mathrel{+}= 1 \cdot 20.0855 = 20.0855 && (0 \to 20.0855) \\
        """
        of = rf"\frac{{\partial {_tex(self.root)}}}{{\partial {_tex(self.name)}}}"
        dot = r" \cdot "
        rows = [
            rf"{of} &\mathrel{{+}}= {_tex_digits(c.upstream)}{dot}{_tex_digits(c.local)} = {_tex_digits(c.contribution)}"
            rf" && ({_tex_digits(c.before)} \to {_tex_digits(c.after)}) \\"
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
        return f"how {self.root} changes with {self.name} = {_digits(self.data)}, {self.kind}."

    def _sentence(self, c: Contribution) -> str:
        """∂L/∂w += ∂L/∂z · ∂z/∂w = 0.42 · 2 = 0.84  (0 → 0.84)."""
        rule = f"{self._partial(self.name)} += {self._partial(c.child)} · ∂{c.child}/∂{self.name}"
        numbers = f"{_factors((c.upstream, c.local))} = {_digits(c.contribution)}"
        return f"{rule} = {numbers}  ({_digits(c.before)} → {_digits(c.after)})"


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
    order = topological_order(root)
    names = _names(order, root)
    with rehearsed(root) as steps:
        contributions = tuple(_contribution(step, names) for step in steps if step.parent is node)
        gradient = node.grad if node in names else 0.0
    return Explanation(
        names[root], names.get(node, node.label or "v"), node.data, _kind(node.op), gradient, contributions,
        tuple(_paths(node, root, order, names)),
    )  # fmt: skip


# ── names ───────────────────────────────────────────────────────────────────


def _names(order: Sequence[Value], root: Value) -> dict[Value, str]:
    """Labels where there are some; else L for the root, and v3 for the fourth node in topological order."""
    names = {v: _one_line(v.label) or f"v{i}" for i, v in enumerate(order)}
    names[root] = _one_line(root.label) or "L"
    return names


def _one_line(label: object) -> str:
    """A label as it can stand in a sentence: what does not print is spelled out."""
    label = str(label or "")  # the attribute may hold anything
    text = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in label[: LONGEST + 1])
    return text if len(label) <= LONGEST else f"{text[:LONGEST]}…"


def _kind(op: Op) -> str:
    if op.name in LEAVES:
        return f"{'an' if op.name == 'input' else 'a'} {op.name}"
    return f"the result of {op.symbol}"


# ── contributions ───────────────────────────────────────────────────────────


def _contribution(step: Step, names: Mapping[Value, str]) -> Contribution:
    return Contribution(
        names[step.node], step.slot, step.upstream, step.local, step.contribution, step.before, step.after,
        _rule(step.node.op, step.slot),
    )  # fmt: skip


def _rule(op: Op, slot: int) -> str:
    """What the row says of this slot: as formulas while they are short, else in its own words."""
    if op.n_ary or not op.operands:
        return f"{op.symbol} : {_said(op)}" if op.doc else ""
    value, slopes = formula(op)
    said = f"y = {value}, ∂y/∂{op.operands[slot]} = {slopes[slot]}"
    return f"{op.symbol} : {said if len(said) <= FORMULA else _said(op)}"


def _said(op: Op) -> str:
    return op.doc.partition("\n")[0]


# ── paths ───────────────────────────────────────────────────────────────────


def _paths(node: Value, root: Value, order: Sequence[Value], names: Mapping[Value, str]) -> list[Path]:
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


def _descents(node: Value, root: Value, ways: Mapping[Value, int], names: Mapping[Value, str]) -> Iterator[Path]:
    # Iterative (recursion dies near 1000 nodes), and only through nodes that lead to ours.
    waiting: list[tuple[Value, tuple[Value, ...], tuple[float, ...]]] = [(root, (root,), ())]
    while waiting:
        v, way, slopes = waiting.pop()
        if v is node:
            yield Path(tuple(names[step] for step in way), slopes or (1.0,))
            continue
        edges = [(p, d) for p, d in zip(v.parents, v.local_derivatives, strict=False) if p in ways]
        waiting += [(p, (*way, p), (*slopes, d)) for p, d in reversed(edges)]


# ── numbers ─────────────────────────────────────────────────────────────────


def _digits(x: float) -> str:
    """Six digits, which show that the product is the product; a real minus sign."""
    return f"{x:.6g}".replace("-", "−")


def _factors(factors: Sequence[float]) -> str:
    return " · ".join(map(_digits, factors))


def _tex_digits(x: float) -> str:
    digits, _, exponent = f"{x:.6g}".partition("e")
    power = rf" \times 10^{{{int(exponent)}}}" if exponent else ""
    return digits.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}") + power


_TEX = {c: rf"\{c}" for c in "#$%&_{}"} | {
    "\\": r"\backslash ", "^": r"\hat{ }", "~": r"\sim ", "<": r"\lt ", ">": r"\gt ",
}  # fmt: skip


def _tex(name: str) -> str:
    return rf"\mathrm{{{''.join(_TEX.get(c, c) for c in name)}}}"
