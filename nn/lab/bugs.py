"""The bug lab: the classic wrong engines, each runnable beside the right one.

A `Bug` holds two small functions of one interface that give numbers by name. In a notebook it shows their code side by
side, the lines that differ, the numbers, and a case in which both agree by luck: why such a bug can live for long.

>>> assign.right(), assign.wrong()
({'x': 6.0, 'L': 1.0}, {'x': 3.0, 'L': 1.0})
>>> [bug.name for bug in BUGS]
['assign', 'depth_first', 'no_zero_grad', 'y_minus_f', 'in_place', 'loop_closure']
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograd import Value, topological_order
from nn.lab.bug import Bug, Numbers
from nn.lab.gradient import passed_on

__all__ = ["BUGS", "assign", "depth_first", "in_place", "loop_closure", "no_zero_grad", "y_minus_f"]

# ── what several of them say ────────────────────────────────────────────────


def edges(node: Value) -> Iterable[tuple[Value, float]]:
    """A node's parents, each with ∂node/∂parent."""
    return zip(node.parents, node.local_derivatives, strict=True)


def by_label(gradients: dict[Value, float]) -> Numbers:
    """The gradients of the nodes that have a label."""
    return {node.label: gradient for node, gradient in gradients.items() if node.label}


def loss_of(f: float, y: float) -> float:
    """The logistic loss of a probability f where y is true."""
    return -y * math.log(f) - (1 - y) * math.log(1 - f)


def chain_rule(order: Iterable[Value], root: Value) -> Numbers:
    """∂root/∂node, the nodes passing their gradient on in this order."""
    return by_label(passed_on(root, order))


# ── = for += ────────────────────────────────────────────────────────────────


def backward_that_adds(root: Value) -> Numbers:
    gradient = dict.fromkeys(topological_order(root), 0.0)
    gradient[root] = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in edges(node):
            gradient[parent] += local * gradient[node]
    return by_label(gradient)


def backward_that_assigns(root: Value) -> Numbers:
    gradient = dict.fromkeys(topological_order(root), 0.0)
    gradient[root] = 1.0
    for node in reversed(topological_order(root)):
        for parent, local in edges(node):
            gradient[parent] = local * gradient[node]
    return by_label(gradient)


def _used_twice() -> tuple[Value]:
    x = Value(3.0, label="x")
    L = x * x
    L.label = "L"
    return (L,)


def _used_once() -> tuple[Value]:
    w, x = Value(0.5, label="w"), Value(-1.0, label="x")
    L = (w * x).tanh()
    L.label = "L"
    return (L,)


assign = Bug(
    "assign",
    "= for +=",
    "A number that is used twice feels the result twice, and what arrives adds up. An engine that assigns keeps only what arrived last.",
    backward_that_adds,
    backward_that_assigns,
    _used_twice,
    _used_once,
    "when every number is used once, which is so in most first tests",
)


# ── the wrong order ─────────────────────────────────────────────────────────


def backward_after_all_uses(root: Value) -> Numbers:
    order: list[Value] = []

    def visit(node: Value) -> None:
        if node not in order:
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return chain_rule(reversed(order), root)


def backward_depth_first(root: Value) -> Numbers:
    order: list[Value] = []

    def visit(node: Value) -> None:
        if node not in order:
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(root)
    return chain_rule(order, root)


def _late_contribution() -> tuple[Value]:
    w = Value(2.0, label="w")
    z = w * 5.0
    z.label = "z"
    L = z + z * 3.0
    L.label = "L"
    return (L,)


def _early_contribution() -> tuple[Value]:
    w = Value(2.0, label="w")
    z = w * 5.0
    z.label = "z"
    L = z * 3.0 + z
    L.label = "L"
    return (L,)


depth_first = Bug(
    "depth_first",
    "depth-first order",
    "A number may pass its gradient on only when all that used it have sent theirs. Going down at once, as soon as a number "
    "is met, passes on a part; what arrives later stays where it is.",
    backward_after_all_uses,
    backward_depth_first,
    _late_contribution,
    _early_contribution,
    "when the longer way happens to be written first: z * 3 + z instead of z + z * 3",
)


# ── zero_grad forgotten ─────────────────────────────────────────────────────


def training_that_clears(steps: int) -> Numbers:
    w = Value(0.0)
    path: Numbers = {}
    for step in range(1, steps + 1):
        loss = (w - 3.0) ** 2
        loss.zero_grad()
        loss.backward()
        w.data -= 0.1 * w.grad
        path[f"w after {step}"] = w.data
    return path


def training_that_forgets_to_clear(steps: int) -> Numbers:
    w = Value(0.0)
    path: Numbers = {}
    for step in range(1, steps + 1):
        loss = (w - 3.0) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad
        path[f"w after {step}"] = w.data
    return path


no_zero_grad = Bug(
    "no_zero_grad",
    "zero_grad forgotten",
    "Leaves add the gradient of each pass to what they have, which a batch needs. Between steps it must be cleared, or every "
    "step goes along the sum of all gradients so far: it runs past the minimum at 3 and swings there without end.",
    training_that_clears,
    training_that_forgets_to_clear,
    lambda: (8,),
    lambda: (1,),
    "in the first step, where there is nothing to clear yet",
)


# ── y − f ───────────────────────────────────────────────────────────────────


def training_by_f_minus_y(x: float, y: float, steps: int) -> Numbers:
    w = 0.0
    losses: Numbers = {}
    for step in range(steps):
        f = 1 / (1 + math.exp(-w * x))
        losses[f"loss after {step}"] = loss_of(f, y)
        w -= 1.0 * (f - y) * x
    return losses


def training_by_y_minus_f(x: float, y: float, steps: int) -> Numbers:
    w = 0.0
    losses: Numbers = {}
    for step in range(steps):
        f = 1 / (1 + math.exp(-w * x))
        losses[f"loss after {step}"] = loss_of(f, y)
        w -= 1.0 * (y - f) * x
    return losses


y_minus_f = Bug(
    "y_minus_f",
    "y − f for f − y",
    "The slope of the logistic loss at the logit is f − y. Written the other way round, each step goes uphill, and the loss grows.",
    training_by_f_minus_y,
    training_by_y_minus_f,
    lambda: (2.0, 1.0, 5),
    lambda: (2.0, 0.5, 5),
    "when f is y already, so that there is nothing to learn",
)


# ── an update in place, before backward is done with the number ─────────────


def step_after_backward(w1: float, w2: float, x: float, y: float) -> Numbers:
    h = w1 * x
    f = w2 * h
    delta2 = f - y
    delta1 = delta2 * w2
    w2 -= 0.1 * delta2 * h
    w1 -= 0.1 * delta1 * x
    return {"w1": w1, "w2": w2}


def step_amid_backward(w1: float, w2: float, x: float, y: float) -> Numbers:
    h = w1 * x
    f = w2 * h
    delta2 = f - y
    w2 -= 0.1 * delta2 * h
    delta1 = delta2 * w2
    w1 -= 0.1 * delta1 * x
    return {"w1": w1, "w2": w2}


in_place = Bug(
    "in_place",
    "an update in place before backward is done",
    "Backward needs the numbers of the forward pass. A weight that is updated too early gives the layers below it the slope of "
    "a network that was never run. (A Value keeps the local derivatives of its forward pass, so a changed .data changes no gradient.)",
    step_after_backward,
    step_amid_backward,
    lambda: (2.0, -1.0, 1.0, 1.0),
    lambda: (2.0, -1.0, 1.0, -2.0),
    "when the error f − y is 0, and nearly when the step is small: a bug that only costs accuracy",
)


# ── closures over a loop's variable ─────────────────────────────────────────


def sum_that_binds_now(slopes: Numbers) -> Numbers:
    gradient = dict.fromkeys(slopes, 0.0)
    senders: list[Any] = []
    for name, k in slopes.items():
        senders.append(lambda g, name=name, k=k: (name, k * g))
    for send in senders:
        to, contribution = send(1.0)
        gradient[to] += contribution
    return gradient


def sum_that_looks_up_later(slopes: Numbers) -> Numbers:
    gradient = dict.fromkeys(slopes, 0.0)
    senders: list[Any] = []
    for name, k in slopes.items():
        senders.append(lambda g: (name, k * g))
    for send in senders:
        to, contribution = send(1.0)
        gradient[to] += contribution
    return gradient


loop_closure = Bug(
    "loop_closure",
    "a closure over the loop's variable",
    "Here each term of L = 2a + 3b + 4c keeps a function that will send its gradient. A function looks its variables up when "
    "it is called: by then the loop is over, and all of them send the last term's. A default argument keeps the value of now.",
    sum_that_binds_now,
    sum_that_looks_up_later,
    lambda: ({"a": 2.0, "b": 3.0, "c": 4.0},),
    lambda: ({"c": 4.0},),
    "when there is one term only",
)

BUGS = (assign, depth_first, no_zero_grad, y_minus_f, in_place, loop_closure)
