"""The diagnosis of a gradient: each mistake is made by an engine that makes it, and must be called by its name."""

import pytest
from graphs import programs
from hypothesis import given
from hypothesis import strategies as st

from autograd import OPS, Value, topological_order
from autograd.value import apply
from nn.lab import judge_gradient
from nn.lab.answers import close
from nn.lab.gradient import (
    FOLLOWS,
    FORGOT_LOCAL,
    FORGOT_TO_ADD,
    FORGOT_UPSTREAM,
    WRONG_LOCAL,
    WRONG_ORDER,
    WRONG_SIGN,
    slips,
)
from nn.lab.verdict import UNANSWERED, UNKNOWN, WRONG_KIND


def diamond():
    """z is used twice, and w is used above and below it."""
    w, x = Value(2.0, label="w"), Value(-1.5, label="x")
    z = w * x
    z.label = "z"
    L = z * z * w
    L.label = "L"
    return L, {"w": w, "x": x, "z": z}


def engine(root, visits, add=True):
    """A backward pass that visits these nodes in this order; the gradients it gives."""
    gradient = dict.fromkeys(topological_order(root), 0.0)
    gradient[root] = 1.0
    for node in visits:
        for parent, slope in zip(node.parents, node.local_derivatives, strict=True):
            sent = slope * gradient[node]
            gradient[parent] = gradient[parent] + sent if add else sent
    return gradient


def as_seen(root):
    """Every node as soon as it is met, from the root down."""
    seen = [root]
    for node in seen:
        seen += [parent for parent in node.parents if parent not in seen]
    return seen


def test_the_right_gradients_are_right():
    L, nodes = diamond()
    right = engine(L, reversed(topological_order(L)))
    assert all(judge_gradient(L, node, right[node]) for node in nodes.values())
    assert judge_gradient(L, L, 1.0)


def test_an_engine_that_assigns_forgets_to_add():
    L, nodes = diamond()
    wrong = engine(L, reversed(topological_order(L)), add=False)
    assert judge_gradient(L, nodes["z"], wrong[nodes["z"]]).mistake == FORGOT_TO_ADD


def test_any_part_of_the_contributions_is_forgetting_to_add():
    x = Value(1.0, label="x")
    L = x * 2.0 + x * 3.0 + x * 7.0
    for part in (2.0, 3.0, 7.0, 5.0, 9.0, 10.0):
        assert judge_gradient(L, x, part).mistake == FORGOT_TO_ADD
    assert judge_gradient(L, x, 12.0)


@pytest.mark.parametrize("mistake", [FORGOT_UPSTREAM, FORGOT_LOCAL, WRONG_SIGN])
def test_a_forgotten_factor_and_a_wrong_sign_are_named(mistake):
    w, x, b = Value(2.0, label="w"), Value(-3.0, label="x"), Value(5.25, label="b")
    z = w * x + b
    L = 1.5 * z
    product = z.parents[0]
    upstream = engine(L, [L, z])[product]
    last_step = {FORGOT_UPSTREAM: -3.0, FORGOT_LOCAL: upstream, WRONG_SIGN: 3.0 * upstream}
    assert judge_gradient(L, w, last_step[mistake]).mistake == mistake


def test_visiting_nodes_as_they_are_met_is_the_wrong_order():
    w = Value(2.0, label="w")
    z = w * 1.75
    L = z.tanh() * z + z
    wrong, right = engine(L, as_seen(L)), engine(L, reversed(topological_order(L)))
    assert not close(wrong[w], right[w])
    assert judge_gradient(L, w, wrong[w]).mistake == WRONG_ORDER


def test_the_wrong_factor_of_a_product_is_a_wrong_local_derivative():
    w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    verdict = judge_gradient(w * x * 1.7, w, 2.0 * 1.7)
    assert verdict.mistake == WRONG_LOCAL
    assert "first operand" in verdict.advice


@pytest.mark.parametrize(
    ("op", "wrong"),
    [
        ("tanh", lambda x, y: 1 - x * x),
        ("sigmoid", lambda x, y: 1 - y),
        ("exp", lambda x, y: x),
        ("log", lambda x, y: y),
        ("sqrt", lambda x, y: y),
    ],
)
def test_the_usual_wrong_slopes_are_wrong_local_derivatives(op, wrong):
    x = Value(0.7, label="x")
    y = getattr(x, op)()
    assert judge_gradient(y * 1.9, x, 1.9 * wrong(x.data, y.data)).mistake == WRONG_LOCAL


@pytest.mark.parametrize("wrong", [3 * 0.7**3, 0.7**2, 3 * 0.7, 3.0], ids=["exponent kept", "factor lost", "3x", "3"])
def test_the_usual_wrong_slopes_of_a_power_are_wrong_local_derivatives(wrong):
    x = Value(0.7, label="x")
    assert judge_gradient(x**3 * 1.9, x, 1.9 * wrong).mistake == WRONG_LOCAL


def test_no_named_mistake_of_any_op_is_the_right_number(points):
    for op in OPS.values():
        operands = [Value(x, label=f"x{i}") for i, x in enumerate(points(op, 1)[0])]
        root = apply(op, *operands).tanh() * 1.3
        for x in operands:
            root.zero_grad()
            root.backward()
            assert judge_gradient(root, x, x.grad)
            assert all(not close(slip.answer, x.grad) for slip in slips(root, x)), op


@given(data=st.data())
def test_on_any_graph_the_engines_gradients_are_right_and_every_number_gets_a_verdict(data):
    leaves, root = data.draw(programs(max_lines=6)).values()
    guess = data.draw(st.floats())
    root.backward()
    for leaf in leaves:
        assert judge_gradient(root, leaf, leaf.grad)
        assert all(not close(slip.answer, leaf.grad) for slip in slips(root, leaf))
        assert judge_gradient(root, leaf, guess, known=dict.fromkeys(root.parents, guess)) is not None


def test_zeros_are_judged_as_other_numbers_are():
    x, y = Value(0.0, label="x"), Value(0.0, label="y")
    assert judge_gradient((x + y) * 2.0, y, 2.0)
    assert judge_gradient((x * y).exp(), y, 1.0).mistake == FORGOT_LOCAL


def test_an_answer_that_is_right_but_for_an_earlier_one_says_which():
    L, nodes = diamond()
    w, x, z = nodes.values()
    verdict = judge_gradient(L, x, w.data * 100.0, known={z: 100.0})
    assert verdict.mistake == FOLLOWS
    assert "∂L/∂z" in verdict.advice


def test_the_advice_never_holds_the_right_number():
    L, nodes = diamond()
    right = engine(L, reversed(topological_order(L)))
    for node in nodes.values():
        for slip in slips(L, node):
            assert f"{right[node]:g}" not in slip.advice


def test_diagnosis_changes_no_gradient():
    L, nodes = diamond()
    L.backward()
    before = [v.grad for v in topological_order(L)]
    judge_gradient(L, nodes["w"], 0.123)
    assert [v.grad for v in topological_order(L)] == before


def test_a_node_the_result_does_not_depend_on_has_gradient_0():
    alone = Value(3.0, label="alone")
    alone.grad = 7.0
    L, _ = diamond()
    assert judge_gradient(L, alone, 0.0)
    assert judge_gradient(L, alone, 7.0).mistake == UNKNOWN


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [(..., UNANSWERED), (None, UNANSWERED), ("abc", WRONG_KIND), ([1.0, 2.0], WRONG_KIND), (print, WRONG_KIND), (1j, WRONG_KIND),
     (10**400, WRONG_KIND), (0.123, UNKNOWN), (float("nan"), UNKNOWN), (float("inf"), UNKNOWN)],
)  # fmt: skip
def test_junk_gets_a_verdict(answer, mistake):
    L, nodes = diamond()
    assert judge_gradient(L, nodes["w"], answer).mistake == mistake


def test_many_uses_of_one_node_are_diagnosed_in_a_moment():
    x = Value(1.0, label="x")
    L = sum((x * k for k in range(1, 40)), start=Value(0.0))
    assert judge_gradient(L, x, 5.0).mistake == FORGOT_TO_ADD
    assert len(slips(L, x)) < 1000


def test_the_players_predict_mode_calls_mistakes_by_the_same_names():
    from importlib.resources import files

    player = files("autograd.view").joinpath("assets/prediction.js").read_text(encoding="utf-8")
    for mistake in (FORGOT_TO_ADD, FORGOT_UPSTREAM, FORGOT_LOCAL, WRONG_LOCAL, WRONG_SIGN):
        assert mistake.capitalize() in player
