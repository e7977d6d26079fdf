"""What went wrong on the way to a gradient: the mistake's name, found from the number alone.

Each mistake that has a name leads to numbers of its own, and `backward_steps` has all that is needed to compute them:
what every use of a node sends to it is local derivative · upstream gradient.

>>> from autograd import Value
>>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
>>> z = w * x
>>> z.label = "z"
>>> L = z * z + w
>>> judge_gradient(L, w, 1.0)
✗ Forgot to add. w is used 2 times: each use sends a contribution, and they add up.
>>> judge_gradient(L, x, 36.0)
✗ Wrong local derivative. Look again at ∂z/∂x: z comes from ×, and x is its second operand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from autograd import Step, Value, topological_order
from autograd.steps import rehearsed
from nn.lab.answers import as_number, close, is_missing, kind
from nn.lab.verdict import NOT_ANSWERED, UNKNOWN, WRONG_KIND, Verdict

__all__ = [
    "FOLLOWS", "FORGOT_LOCAL", "FORGOT_TO_ADD", "FORGOT_UPSTREAM", "WRONG_LOCAL", "WRONG_ORDER", "WRONG_SIGN", "Slip",
    "but_right", "candidates", "judge_gradient", "node_name", "passed_on", "slips",
]  # fmt: skip

FORGOT_TO_ADD = "forgot to add"
FORGOT_UPSTREAM = "forgot the upstream gradient"
FORGOT_LOCAL = "forgot the local derivative"
WRONG_SIGN = "wrong sign"
WRONG_ORDER = "wrong order"
WRONG_LOCAL = "wrong local derivative"
FOLLOWS = "follows from an earlier mistake"

MANY = 6  # uses of a node up to which every selection of them is tried; beyond, single ones and all together


class Slip(NamedTuple):
    """A number that a mistake leads to, the mistake's name, and what to look at."""

    mistake: str
    answer: float
    advice: str


def judge_gradient(root: Value, node: Value, answer: Any, known: Mapping[Value, float] | None = None) -> Verdict:
    """Is the answer ∂root/∂node, and if not, what was done wrong? No gradient of yours is changed.

    known: the student's own gradients of nodes above. What would be right without their mistakes follows from an earlier one, and
           the verdict says which to mend first; what is wrong is judged as a step from them.

    Answers may be rounded to three digits.

    >>> x = Value(3.0, label="x")
    >>> L = x.tanh() * 5.0
    >>> judge_gradient(L, x, 5.0)
    ✗ Forgot the local derivative. Each contribution is ∂L/∂(what used x) · ∂(what used x)/∂x: is the second factor there?
    """
    if is_missing(answer):
        return NOT_ANSWERED
    number = as_number(answer)
    if number is None:
        return Verdict(WRONG_KIND, f"A number is wanted, this is {kind(answer)}.")
    right, steps = _backward(root, node)
    if close(number, right):
        return Verdict(None, f"{_partial(root, node)} is right.")
    if known:
        arriving = [_from_known(step, known) for step in steps if step.parent is node]
        wrong = [step.node for step in arriving if step not in steps]
        if wrong and close(number, sum(step.contribution for step in arriving)):
            return Verdict(FOLLOWS, f"This would be right if {_partial(root, wrong[0])} were: mend that first.")
    for slip in slips(root, node, known):
        if close(number, slip.answer):
            return Verdict(slip.mistake, slip.advice)
    return Verdict(UNKNOWN, f"Go through every use of {node_name(node)}: local derivative times upstream gradient.")


def node_name(node: Value) -> str:
    """Its label, or what it comes from.

    >>> node_name(Value(2.0) * 3.0)
    'the × node'
    """
    return node.label or f"the {node.op.symbol_of(len(node.parents))} node"


def slips(root: Value, node: Value, known: Mapping[Value, float] | None = None) -> list[Slip]:
    """The wrong numbers for ∂root/∂node that have a name, the likeliest first; none is the right number.

    known: the student's own gradients of nodes above, from which the last step may have gone wrong

    >>> x = Value(3.0, label="x")
    >>> [(slip.mistake, slip.answer) for slip in slips(x * x * x, x)][:2]
    [('forgot to add', 9.0), ('forgot to add', 18.0)]
    """
    right, _ = _backward(root, node)
    return but_right(candidates(root, node, known), right)


def but_right(slips: Iterable[Slip], right: float) -> list[Slip]:
    """Each of them once, without those whose number is right."""
    return [slip for slip in dict.fromkeys(slips) if not close(slip.answer, right)]


def candidates(root: Value, node: Value, known: Mapping[Value, float] | None = None) -> list[Slip]:
    """``slips``, and those mistakes too that lead to the right number by luck."""
    right, steps = _backward(root, node)
    arriving = [_from_known(step, known or {}) for step in steps if step.parent is node]
    return [
        *_forgotten_additions(node, arriving), *_forgotten_factors(root, node, arriving), *_wrong_signs(node, arriving),
        *_wrong_orders(root, node, steps, right), *_wrong_locals(node, arriving),
    ]  # fmt: skip


def _from_known(step: Step, known: Mapping[Value, float]) -> Step:
    """The step as the student would have taken it."""
    upstream = known.get(step.node, step.upstream)
    if close(upstream, step.upstream):
        return step
    return step._replace(upstream=upstream, contribution=step.local * upstream)


def passed_on(root: Value, order: Iterable[Value]) -> dict[Value, float]:
    """∂root/∂node as a backward pass finds it that visits the nodes in this order.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> passed_on(y, [y])[x]
    6.0
    """
    gradient = dict.fromkeys(topological_order(root), 0.0)
    gradient[root] = 1.0
    for node in order:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            gradient[parent] += local * gradient[node]
    return gradient


def _backward(root: Value, node: Value) -> tuple[float, list[Step]]:
    """∂root/∂node, 0 where no path leads, and the steps of the pass that finds it."""
    with rehearsed(root) as steps:
        return (node.grad if node is root or any(step.parent is node for step in steps) else 0.0), steps


# ── one generator per mistake ───────────────────────────────────────────────


def _selections(n: int) -> Iterator[tuple[int, ...]]:
    """Every non-empty choice among n uses; among many, each alone, all but each, and all."""
    sizes = range(1, n + 1) if n <= MANY else (1, n - 1, n)
    for size in sizes:
        yield from combinations(range(n), size)


def _forgotten_additions(node: Value, arriving: list[Step]) -> Iterator[Slip]:
    advice = f"{node_name(node)} is used {len(arriving)} times: each use sends a contribution, and they add up."
    for kept in _selections(len(arriving)):
        if len(kept) < len(arriving):
            yield Slip(FORGOT_TO_ADD, sum(arriving[k].contribution for k in kept), advice)


def _forgotten_factors(root: Value, node: Value, arriving: list[Step]) -> Iterator[Slip]:
    me, L = node_name(node), node_name(root) if root.label else "L"
    for name, factor, which in (FORGOT_UPSTREAM, "local", "first"), (FORGOT_LOCAL, "upstream", "second"):
        advice = f"Each contribution is ∂{L}/∂(what used {me}) · ∂(what used {me})/∂{me}: is the {which} factor there?"
        for chosen in _selections(len(arriving)):
            parts = [getattr(s, factor) if k in chosen else s.contribution for k, s in enumerate(arriving)]
            yield Slip(name, sum(parts), advice)


def _wrong_signs(node: Value, arriving: list[Step]) -> Iterator[Slip]:
    for chosen in _selections(len(arriving)):
        total = sum(-s.contribution if k in chosen else s.contribution for k, s in enumerate(arriving))
        minus = " One of the local derivatives is negative." if any(arriving[k].local < 0 for k in chosen) else ""
        yield Slip(WRONG_SIGN, total, f"Make {node_name(node)} a little larger: does the result go up or down?{minus}")


def _wrong_orders(root: Value, node: Value, steps: list[Step], right: float) -> Iterator[Slip]:
    """Some node above passed its gradient on before all contributions to it had arrived."""
    uses: dict[Value, list[Step]] = {}
    for step in steps:
        uses.setdefault(step.parent, []).append(step)
    for above in reversed(topological_order(root)):
        arrived = uses.get(above, [])
        if len(arrived) < 2 or above is node or not above.parents:
            continue
        slope, _ = _backward(above, node)
        advice = (
            f"{node_name(above)} passed its gradient on before all {len(arrived)} of its contributions had arrived."
        )
        for early in _selections(len(arrived)):
            if len(early) < len(arrived):
                missing = sum(s.contribution for k, s in enumerate(arrived) if k not in early)
                yield Slip(WRONG_ORDER, right - slope * missing, advice)
    if node in uses:
        advice = "A node may pass its gradient on only after every node that used it has passed on its own."
        yield Slip(WRONG_ORDER, passed_on(root, _as_met(root))[node], advice)


def _as_met(root: Value) -> list[Value]:
    """Every node as soon as it is met on the way down: the wrong order."""
    met = [root]
    seen = {root}
    for node in met:  # grows while it is read
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                met.append(parent)
    return met


def _wrong_locals(node: Value, arriving: list[Step]) -> Iterator[Slip]:
    total = sum(step.contribution for step in arriving)
    ordinals = ("first", "second", "third")
    for step in arriving:
        user, me = node_name(step.node), node_name(node)
        which = f"{ordinals[step.slot]} operand" if step.slot < len(ordinals) else "operand"
        which = "its operand" if len(step.node.parents) == 1 else f"its {which}"
        advice = f"Look again at ∂{user}/∂{me}: {user} comes from {step.node.op.symbol_of(len(step.node.parents))}, and {me} is {which}."
        for slope in _plausible_slopes(step):
            yield Slip(WRONG_LOCAL, total + (slope - step.local) * step.upstream, advice)


def _plausible_slopes(step: Step) -> tuple[float, ...]:
    """Local derivatives that people write instead of the right one."""
    y, x, own = step.node.data, [parent.data for parent in step.node.parents], step.parent.data
    k = step.node.op.constants.get("k", 0.0)
    usual = {
        "multiply": (own,), "dot": (own,), "divide": (x[-1], y) if step.slot == 0 else (1 / own if own else 0.0,),
        "power_constant": (k * y, k, k * own, step.local / k if k else 0.0), "tanh": (y, 1 - y, 1 - own * own),
        "sigmoid": (y, 1 - y), "exp": (own, own * y), "relu": (1.0 - step.local, own), "maximum": (1.0 - step.local, own),
        "minimum": (1.0 - step.local, own), "add": (), "subtract": (), "negative": (), "sum": (), "mean": (1.0,),
    }  # fmt: skip
    return usual.get(step.node.op.name, (y,))  # otherwise: the value taken for the slope


def _partial(root: Value, node: Value) -> str:
    return f"∂{root.label or 'L'}/∂{node_name(node)}"
