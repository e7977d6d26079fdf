"""Names, equations and slopes as a student would write them."""

from __future__ import annotations

import pytest

import autograd
from autograd import Value, explain
from autograd.backprop import topological_order
from autograd.ops import OPS
from autograd.readings import floats
from autograd.symbols import Expr
from autograd.value import apply
from autograd.wording import SHORT, equation, names_of, phrasing, slope
from nn import MLP, Neuron


def named(root: Value) -> list[str]:
    order = topological_order(root)
    return [name.text for name in names_of(order, root).values()]


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.textbook], ids=lambda op: op.name)
def test_the_slopes_of_the_textbook_are_those_of_the_rule(op):
    intervals = op.sample or ((-1.0, 2.0),) * 3
    for share in (0.1, 0.3, 0.5, 0.9):
        x = [low + share * (high - low) for low, high in intervals]
        y, local = op.rule(floats, *x)
        assert op.textbook(floats, y, *x) == pytest.approx(local, rel=1e-12)


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_every_row_has_an_equation_and_slopes_in_the_names_of_the_graph(op):
    operands = [Value(sum(interval) / 2, label=f"q{i}") for i, interval in enumerate(op.sample or [(0.5, 1.0)] * 3)]
    y = apply(op, *operands)
    names = names_of([*operands, y], y)
    said = equation(y, names)
    assert said.startswith("L = ")
    assert all(v.label in said for v in operands)
    for slot in range(len(operands)):
        assert len(phrasing(op, len(operands)).slopes) == len(operands)
        assert "{" not in slope(y, slot, names)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda a, b: b * a, "L = b·a = 3 · (−2) = −6"),
        (lambda a, b: a**2, "L = a² = (−2)² = 4"),
        (lambda a, b: a - b * a, "L = a − b·a = −2 − (−6) = 4"),
        (lambda a, b: a - (b + a), "L = a − (b + a) = −2 − 1 = −3"),
        (lambda a, b: (a + b) * 2.0, "L = (a + b)·2 = 1 · 2 = 2"),
        (lambda a, b: (-a).relu(), "L = ReLU(−a) = ReLU(2) = 2"),
        (lambda a, b: autograd.dot([a, b], [b, a], 1.0), "L = a·b + b·a + 1 = −2 · 3 + 3 · (−2) + 1 = −11"),
        (lambda a, b: autograd.sum([a, b, a, b, a]), "L = a + … + a = −2 + … + (−2) = 0"),
        (lambda a, b: autograd.mean([a, b, a, b, a]), "L = mean(a, b, …, a) = mean(−2, 3, …, −2) = 0"),
    ],
)
def test_an_equation_is_in_names_and_in_numbers_bracketed_as_it_is_computed(make, said):
    L = make(Value(-2.0, label="a"), Value(3.0, label="b"))
    assert equation(L, names_of(topological_order(L), L)) == said.replace("= 0", f"= {L.data:.6g}")


def test_a_formula_speaks_of_the_students_own_names():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    y = b * a
    y.label = "y"
    assert "× : y = b·a = −3 · 2 = −6, ∂y/∂b = a = 2" in str(explain(b, y))


def test_a_node_without_a_label_is_called_by_its_expression_while_that_is_short_and_its_own():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    assert named((w * x + w * x).tanh()) == ["w", "x", "w·x", "v3", "v4", "L"]
    assert all(len(name) <= SHORT for name in named((((w * x) * x) * x).exp()))


def test_a_network_has_the_letters_of_the_lecture():
    assert named(Neuron(2)([1.0, 2.0])) == ["w₁", "w₂", "x₁", "x₂", "b", "h̃", "h"]
    names = named(MLP([2, 3, 1], activation="tanh", seed=0)([1.0, 2.0]) ** 2)
    assert {"w₁₁⁽¹⁾", "w₃₂⁽¹⁾", "b₃⁽¹⁾", "h̃₂⁽¹⁾", "h₂⁽¹⁾", "w₃⁽²⁾", "b⁽²⁾", "f̃", "x₂", "L"} <= set(names)
    assert "w₂‚₁₀⁽¹⁾" in named(sum(MLP([10, 2], seed=0)([1.0] * 10)))
    sigmoid = MLP([2, 2, 1], activation="tanh", output="sigmoid", seed=0)([1.0, 2.0])
    assert [name for name in named(sigmoid) if name.startswith("f")] == ["f̃", "f"]
    own = [Value(1.0, label="w[0]"), Value(2.0, label="x[0]")]
    assert named(own[0] * own[1]) == ["w[0]", "x[0]", "L"]


def test_a_sum_of_ten_thousand_needs_no_recursion():
    L = autograd.sum([Value(1.0, label=f"x{i}") for i in range(10_000)])
    assert equation(L, names_of(topological_order(L), L)) == "L = x0 + … + x9999 = 1 + … + 1 = 10000"


def test_a_template_has_no_factor_and_no_exponent_of_one():
    x = Expr("{0}")
    assert [e.template() for e in (1.0 * x, x**1.0, x**0.0, x * x, x**-2.0, x**0.5)] == [
        "{0}", "{0}", "1", "{0:9}²", "{0:9}⁻²", "{0:9}^0.5",
    ]  # fmt: skip
