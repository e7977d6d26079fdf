"""The checks of notebook 6: right answers pass, typical wrong ones are named."""

import numpy as np
import pytest

from autograd import topological_order
from nn.lab.checks.backpropagation import (
    check_accumulate,
    check_delta,
    check_order,
    exercise_graph,
    exercise_layer,
)
from nn.lab.gradient import FORGOT_LOCAL, FORGOT_TO_ADD, FORGOT_UPSTREAM, WRONG_ORDER, WRONG_SIGN
from nn.lab.verdict import RAISES, UNANSWERED, UNKNOWN, WRONG_KIND

# ── δ of a layer ────────────────────────────────────────────────────────────


def test_the_right_delta_passes_as_array_or_list():
    delta2, W2, h_pre1 = exercise_layer()
    right = (delta2 @ W2) * (h_pre1 > 0)
    assert check_delta(right)
    assert check_delta([-0.25, 0.0, 0.5])  # 0.5 · (1, −2, 0.5) − 0.25 · (3, 2, −1), the second of them off
    assert check_delta(W2.T @ delta2 * (h_pre1 > 0))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ([-0.25, -1.5, 0.5], FORGOT_LOCAL),
        ([4.0, 0.0, -0.5], FORGOT_UPSTREAM),
        ([0.25, 0.0, -0.5], WRONG_SIGN),
        ([0.5, 0.0, 0.25], FORGOT_TO_ADD),
        ([-0.75, 0.0, 0.25], FORGOT_TO_ADD),
        ([-0.1, 0.0, 1.0], "took σ for σ′"),
        ([1.0, 2.0, 3.0], UNKNOWN),
        ([1.0, 2.0], WRONG_KIND),
        ([..., 0.0, 0.5], UNANSWERED),
    ],
)
def test_wrong_deltas_are_named(answer, mistake):
    assert check_delta(answer).mistake == mistake


# ── the order ───────────────────────────────────────────────────────────────


def test_an_order_is_right_when_every_node_stands_after_its_uses():
    order = [v.label for v in reversed(topological_order(exercise_graph())) if v.parents]
    assert check_order(order)
    assert check_order(tuple(order))
    assert check_order([*order, "x"])
    assert check_order(np.array(order))


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (["u", "v", "t", "L"], WRONG_ORDER),
        (["L", "v", "t", "u"], WRONG_ORDER),
        (["L", "t", "u", "v"], WRONG_ORDER),
        (["L", "t", "u"], "forgot a node"),
        (["L", "t", "v", "u", "w"], "not in the graph"),
        (["L", "t", "v", "v", "u"], "visited twice"),
        (["L", ..., "v", "u"], UNANSWERED),
        ("LtvU", WRONG_KIND),
        ([1, 2, 3, 4], WRONG_KIND),
    ],
)
def test_wrong_orders_are_named(answer, mistake):
    assert check_order(answer).mistake == mistake


# ── the one line ────────────────────────────────────────────────────────────


def edge(line):
    """A student's function with this line for its body."""
    namespace = {}
    exec(f"def accumulate(gradient, node, parent, local):\n    {line}", namespace)
    return namespace["accumulate"]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("gradient[parent] += local * gradient[node]", None),
        ("gradient[parent] = gradient[parent] + gradient[node] * local", None),
        ("gradient[parent] = local * gradient[node]", FORGOT_TO_ADD),
        ("gradient[parent] += local", FORGOT_UPSTREAM),
        ("gradient[parent] += gradient[node]", FORGOT_LOCAL),
        ("gradient[parent] -= local * gradient[node]", WRONG_SIGN),
        ("gradient[node] += local * gradient[parent]", "swapped node and parent"),  # adds 0 everywhere
        ("gradient[node] = local * gradient[parent]", "swapped node and parent"),
        ("gradient[parent] += local * gradient[parent]", "took the parent's gradient"),  # 0 stays 0
        ("gradient[parent] += 7", UNKNOWN),
        ("...", UNANSWERED),
        ("pass", UNANSWERED),
        ("return local * gradient[node]", "changes nothing that is looked at"),
        ("parent.grad += local * gradient[node]", "changes nothing that is looked at"),
        ("gradient[parent] += locall", RAISES),
        ("gradient.clear()", RAISES),
        ("gradient[parent] = 'abc'", WRONG_KIND),
    ],
)
def test_the_line_of_backward_is_right_or_named(line, mistake):
    verdict = check_accumulate(edge(line))
    assert verdict.mistake == mistake
    assert "+=" not in verdict.advice, "the answer"


def test_a_name_is_a_sentence_whatever_letter_it_has():
    assert repr(check_delta([-0.1, 0.0, 1.0])).startswith("✗ Took σ for σ′.")
