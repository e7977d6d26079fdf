"""Explanations: the same numbers as backward's, in words, LaTeX and as paths."""

from __future__ import annotations

import math

import pytest

from autograd import Value
from autograd.backprop import topological_order
from autograd.errors import CycleError
from autograd.explanation import PATHS, explain
from autograd.ops import OPS
from autograd.value import apply
from autograd.wording import LONGEST


def diamond() -> tuple[Value, Value]:
    """w is used twice, along ways of different length: (w, L)."""
    w = Value(2.0, label="w")
    z = w * 3.0
    z.label = "z"
    L = z * w
    L.label = "L"
    return w, L


def test_every_contribution_is_upstream_times_local_and_they_add_up():
    w, L = diamond()
    explanation = explain(w, L)
    total = 0.0
    for c in explanation.contributions:
        assert c.contribution == c.upstream * c.local
        assert c.before == total
        total += c.contribution
        assert c.after == total
    assert explanation.gradient == total == 12.0


def test_the_sentence_has_the_chain_rule_and_its_numbers():
    w, L = diamond()
    assert "∂L/∂w += ∂L/∂z · ∂z/∂w = 2 · 3 = 6  (6 → 12)" in str(explain(w, L))


def test_the_gradient_is_the_sum_over_paths():
    w, L = diamond()
    explanation = explain(w, L)
    assert {path.names for path in explanation.paths} == {("L", "w"), ("L", "z", "w")}
    assert math.fsum(path.product for path in explanation.paths) == explanation.gradient


def test_many_or_long_paths_are_not_listed():
    x = Value(1.0, label="x")
    many = long = x
    for _ in range(40):
        many, long = many + many, long + 1.0
    assert explain(x, many).paths == explain(x, long).paths == ()
    assert explain(x, many).gradient == 2.0**40
    assert len(explain(x, x + x).paths) == 2 <= PATHS


def test_explaining_changes_no_gradient():
    w, L = diamond()
    L.backward()
    before = [v.grad for v in topological_order(L)]
    explain(w, L)
    assert [v.grad for v in topological_order(L)] == before


def test_every_node_of_a_graph_has_the_gradient_backward_gives():
    _, L = diamond()
    explained = [explain(v, L).gradient for v in topological_order(L)]
    L.backward()
    assert explained == [v.grad for v in topological_order(L)]


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_every_row_of_the_table_can_be_explained(op):
    operands = [Value(sum(interval) / 2, label=f"x{i}") for i, interval in enumerate(op.sample or [(0.5, 1.0)] * 3)]
    explanation = explain(operands[0], apply(op, *operands))
    assert explanation.contributions[0].rule.startswith(op.symbol)
    assert "∂" in str(explanation)


def test_the_root_and_a_stranger():
    _, L = diamond()
    assert "one to one" in str(explain(L, L))
    stranger = explain(Value(5.0, label="s"), L)
    assert stranger.gradient == 0.0
    assert str(stranger) == "∂L/∂s = 0: L does not depend on it."


def test_a_notebook_gets_latex_and_text():
    w, L = diamond()
    explanation = explain(w, L)
    assert explanation._repr_latex_().startswith("$$\\begin{aligned}")
    assert r"2 \cdot 3 = 6 && (6 \to 12)" in explanation.latex()
    assert str(explanation) in explanation._repr_markdown_()


def test_latex_writes_powers_of_ten_and_infinity():
    x = Value(1e-20, label="x_{1}")
    latex = explain(x, x * 1e30 * math.inf).latex()
    assert r"\infty" in latex
    assert r"10^{30}" in latex
    assert r"x\_\{1\}" in latex


@pytest.mark.parametrize(
    "label", ["<img onerror=a(1)>", "</pre><script>", "two\nlines", "abc\u202edef", "$$", "x" * 10_000]
)
def test_a_hostile_label_only_shows(label):
    x = Value(1.0, label=label)
    explanation = explain(x, x * x)
    assert "\n" not in explanation.name
    assert "\u202e" not in str(explanation)
    assert len(explanation.name) <= LONGEST + 10
    assert "<script" not in explanation._repr_markdown_().replace("&lt;", "")
    assert "<img" not in explanation._repr_markdown_()


def test_many_contributions_are_shortened():
    x = Value(1.0, label="x")
    text = str(explain(x, apply(OPS["sum"], *[x] * 100)))
    assert "100 contributions" in text
    assert "… and 80 more" in text


@pytest.mark.slow
def test_a_deep_graph_needs_no_recursion():
    x = y = Value(1.0, label="x")
    for _ in range(20_000):
        y = y + 1.0
    assert explain(x, y).gradient == 1.0


def test_a_cycle_is_told():
    x = Value(1.0)
    y = Value(2.0, (x,), (1.0,))
    y.parents = (y,)
    with pytest.raises(CycleError, match="own ancestor"):
        explain(x, y)


@pytest.mark.parametrize("label", [5, None, 0.5])
def test_a_label_that_became_something_else_than_text_is_no_reason_to_fail(label):
    x = Value(3.0)
    x.label = label
    assert explain(x, x * x).gradient == 6.0
