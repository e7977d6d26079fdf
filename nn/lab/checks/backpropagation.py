"""Notebook 6, backpropagation: δ of a layer, the order of the nodes, and the one line of backward.

>>> check_delta([-0.25, -1.5, 0.5])
✗ Forgot the local derivative. δ² W² is what arrives at h¹. What does σ′ make of it on its way to h̃¹?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd import Value, name, topological_order
from nn.lab.answers import agree, as_number, is_missing, plain
from nn.lab.gradient import FORGOT_LOCAL, FORGOT_TO_ADD, FORGOT_UPSTREAM, WRONG_ORDER, WRONG_SIGN
from nn.lab.verdict import RAISES, UNANSWERED, WRONG_KIND, Verdict, judge

__all__ = ["check_accumulate", "check_delta", "check_order", "exercise_graph", "exercise_layer"]


# ── δ of a layer ────────────────────────────────────────────────────────────


def exercise_layer() -> tuple[Any, Any, Any]:
    """The exercise's δ², W² and h̃¹."""
    return np.array([0.5, -0.25]), np.array([[1.0, -2.0, 0.5], [3.0, 2.0, -1.0]]), np.array([0.4, -1.2, 2.0])


def check_delta(answer: Any) -> Verdict:
    """Is the answer δ¹ = δ² W² σ′(h̃¹), three numbers, for ``exercise_layer`` and ReLU?"""
    delta2, W2, h_pre1 = exercise_layer()
    slope = (h_pre1 > 0) * 1.0
    right = (delta2 @ W2) * slope
    uses = "Each number of h¹ is used by both neurons of layer 2, and what they send adds up."
    mistakes = {
        FORGOT_LOCAL: (delta2 @ W2, "δ² W² is what arrives at h¹. What does σ′ make of it on its way to h̃¹?"),
        FORGOT_UPSTREAM: (
            W2.sum(axis=0) * slope,
            "W² alone says how layer 2 feels h¹. What does the loss feel of layer 2?",
        ),
        WRONG_SIGN: (-right, "Is δ² here f − y or y − f?"),
        "took σ for σ′": (
            (delta2 @ W2) * np.maximum(h_pre1, 0.0),
            "The last factor is a slope: how steep is ReLU at h̃¹?",
        ),
    }
    for k in range(len(delta2)):  # what one neuron of layer 2 sends, without the other's
        verdict = judge(answer, right, {FORGOT_TO_ADD: (delta2[k] * W2[k] * slope, uses)})
        if verdict.mistake == FORGOT_TO_ADD:
            return verdict
    hint = "A row of 2 times a matrix of 2 by 3 is a row of 3; then each of the 3 times its own slope."
    return judge(answer, right, mistakes, praise="That is one step of the δ loop.", hint=hint)


# ── the order ───────────────────────────────────────────────────────────────


def exercise_graph() -> Value:
    """The exercise's graph: u = 2x, v = u x, t = v + u, L = t v."""
    x = Value(0.5, label="x")
    u = x * 2.0
    v = u * x
    t = v + u
    L = t * v
    name(u=u, v=v, t=t, L=L)
    return L


def check_order(answer: Any) -> Verdict:
    """Is the answer an order, a list of labels, in which the results of ``exercise_graph`` may pass their gradient on?"""
    if is_missing(answer):
        return Verdict(UNANSWERED, "Put your list where the three dots are.")
    answer = plain(answer)
    if not isinstance(answer, list | tuple) or not all(isinstance(a, str) for a in answer):
        return Verdict(WRONG_KIND, 'A list of labels is wanted, such as ["t", "u", …].')
    nodes = {v.label: v for v in topological_order(exercise_graph()) if v.parents}
    leaves = {parent.label for v in nodes.values() for parent in v.parents} - set(nodes)
    order = [label for label in answer if label not in leaves]  # they pass nothing on, wherever they stand
    for label in order:
        if label not in nodes:
            return Verdict("not in the graph", f"There is no result {label!r}.")
        if order.count(label) > 1:
            return Verdict("visited twice", f"{label} would send its gradient twice, and twice is too much.")
    missing = [label for label in nodes if label not in order]
    if missing:
        return Verdict("forgot a node", f"{missing[0]} has to pass its gradient on too.")
    return _in_order(order, nodes)


def _in_order(order: list[str], nodes: Mapping[str, Value]) -> Verdict:
    """Does every node stand after all that used it?"""
    if order == list(nodes):
        return Verdict(WRONG_ORDER, "This is the order of the forward pass. Which gradient is known first?")
    for label in order:
        late = [
            user for user, v in nodes.items() if nodes[label] in v.parents and order.index(user) > order.index(label)
        ]
        if late:
            return Verdict(WRONG_ORDER, f"{label} would pass its gradient on before {late[0]} has sent its part to it.")
    return Verdict(None, "Every node stands after all that used it.")


# ── the one line of backward ────────────────────────────────────────────────

Accumulate = Callable[[dict[Value, float], Value, Value, float], None]


def check_accumulate(answer: Any) -> Verdict:
    """Is ``answer(gradient, node, parent, local)`` what backward does at an edge? It is run on ``exercise_graph``.

    gradient: node → ∂L/∂node so far, to be changed in place; local: ∂node/∂parent
    """
    if is_missing(answer):
        return Verdict(UNANSWERED, "Write the body of the function.")
    if not callable(answer):
        return Verdict("not a function", "Give the function itself: its name, without brackets after it.")
    try:
        found = _run(answer)
        idle = _without_effect(answer) if found == _run(lambda *edge: None) else None
    except Exception as error:  # a student's function may do anything
        return Verdict(RAISES, f"{type(error).__name__}: {error}")
    if idle is not None:  # a verdict that is not "right" is false
        return idle
    if any(as_number(gradient) is None for gradient in found):
        return Verdict(WRONG_KIND, "A gradient is a number. What does gradient[parent] hold after your line?")
    mistakes = {
        FORGOT_TO_ADD: (_sending(add=False), "v is used twice. What becomes of what its first use sent?"),
        FORGOT_UPSTREAM: (_sending(upstream=False), "local says how node feels parent. How does L feel node?"),
        FORGOT_LOCAL: (_sending(local=False), "L feels node by gradient[node]. How does node feel parent?"),
        WRONG_SIGN: (_sending(sign=-1.0), "Contributions add up."),
    }
    led_to = {name: (_run(wrong), advice) for name, (wrong, advice) in mistakes.items()}
    if agree(found, _run(_swapped(add=False))):
        return Verdict(SWAPPED, UPWARDS)
    hint = "What does node send to its parent along this edge? And what had arrived there before?"
    return judge(found, _run(_sending()), led_to, praise="That line is all of backward.", hint=hint)


SWAPPED = "swapped node and parent"
UPWARDS = "Backward goes from node to parent: whose gradient is known, and whose is to be changed?"


def _without_effect(accumulate: Accumulate) -> Verdict:
    """Why no gradient is found: asked at one edge where, unlike in a backward pass, nothing is 0 yet."""
    L = exercise_graph()
    nodes = topological_order(L)
    before = {v: k + 1.5 for k, v in enumerate(nodes)}
    gradient, swapped = dict(before), dict(before)
    _swapped()(swapped, L, L.parents[0], 0.75)
    returned = accumulate(gradient, L, L.parents[0], 0.75)  # type: ignore[func-returns-value]
    if agree([gradient[v] for v in nodes], [swapped[v] for v in nodes]):
        return Verdict(SWAPPED, UPWARDS)
    if gradient != before:
        return Verdict("took the parent's gradient", "It is 0 before anything arrives, and so it stays 0. Who sends?")
    if not is_missing(returned) or any(v.grad for v in nodes):
        advice = "What it returns, and what it writes elsewhere, is lost: gradient[parent] is as it was before."
        return Verdict("changes nothing that is looked at", advice)
    return Verdict(UNANSWERED, "gradient[parent] is as it was before.")


def _swapped(*, add: bool = True) -> Accumulate:
    """What sends from the parent to the node."""
    right = _sending(add=add)
    return lambda gradient, node, parent, local: right(gradient, parent, node, local)


def _run(accumulate: Accumulate) -> list[Any]:
    """The gradients of ``exercise_graph`` when this is done at every edge."""
    L = exercise_graph()
    order = topological_order(L)
    gradient = dict.fromkeys(order, 0.0) | {L: 1.0}
    for node in reversed(order):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            accumulate(gradient, node, parent, local)
    return [gradient[node] for node in order]


def _sending(*, add: bool = True, local: bool = True, upstream: bool = True, sign: float = 1.0) -> Accumulate:
    """What backward does at an edge, or the same with something left out."""

    def accumulate(gradient: dict[Value, float], node: Value, parent: Value, slope: float) -> None:
        contribution = (slope if local else 1.0) * (gradient[node] if upstream else 1.0)
        gradient[parent] = gradient[parent] * add + sign * contribution

    return accumulate
