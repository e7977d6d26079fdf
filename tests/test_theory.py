"""The lecture's theorems, as constructions that can be checked."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import MLP, SGD, FlatGradientWarning, Neuron, data, fit
from nn.theory import best_line, collapse, common_point, pieces, sawtooth, sawtooth_shallow

CORNERS = data.XOR.X


@pytest.mark.parametrize(("gate", "bias"), [(data.AND, -1.5), (data.OR, -0.5)])
def test_the_step_neuron_with_the_lectures_weights_is_the_gate(gate, bias):
    neuron = Neuron(2, activation="step")
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.0, 1.0, bias
    assert [neuron(x).data for x in gate.X] == gate.y


def test_training_a_step_neuron_says_that_its_slope_is_zero():
    neuron = Neuron(2, activation="step")
    before = [p.data for p in neuron.parameters()]
    with pytest.warns(FlatGradientWarning, match=r"every gradient is exactly 0 at step 1 .* × step.*try sigmoid"):
        fit(neuron, data.AND.X, data.AND.y, loss="mse", optimizer=SGD(neuron.parameters()), epochs=1)
    assert [p.data for p in neuron.parameters()] == before


def test_no_line_gets_more_than_three_of_xor_right():
    best = best_line(CORNERS, data.XOR.y)
    assert best[:2] == (3, 4)
    (w1, w2), b = best.w, best.b
    assert sum((w1 * p + w2 * q + b > 0) == y for (p, q), y in zip(CORNERS, data.XOR.y, strict=True)) == 3


def test_the_argument_against_a_line_on_xor_is_the_centre_of_the_square():
    # (0,0)–(1,1) and (0,1)–(1,0) cross there: a line would need the centre on both its sides.
    assert common_point(CORNERS, data.XOR.y) == (0.5, 0.5)


def test_a_line_parts_fourteen_of_the_sixteen_gates():
    # All but XOR and its negation, as a hand count of the half-planes through the unit square says.
    parted = [labels for labels in product([0, 1], repeat=4) if best_line(CORNERS, labels).correct == 4]
    assert len(parted) == 14
    assert (0, 1, 1, 0) not in parted
    assert (1, 0, 0, 1) not in parted


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=7, unique=True), st.data())
def test_best_line_finds_what_a_separating_line_hides(points, draw):
    """Label the points by a hidden line; then some line must get all of them right."""
    w, v, b = (Fraction(draw.draw(st.integers(-9, 9)), 7) for _ in range(3))
    labels = [int(w * p + v * q + b > 0) for p, q in points]
    best = best_line(points, labels)
    assert best.correct == len(points)
    assert common_point(points, labels) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=6, unique=True), st.data())
def test_where_the_classes_share_a_point_no_line_is_perfect(points, draw):
    labels = draw.draw(st.lists(st.sampled_from([0, 1]), min_size=len(points), max_size=len(points)))
    if common_point(points, labels) is not None:
        assert best_line(points, labels).correct < len(points)


def test_a_2_2_1_network_solves_xor():
    model = MLP([2, 2, 1], activation="step", output="step")
    for neuron, (w1, w2, b) in zip(
        [*model.layers[0].neurons, *model.layers[1].neurons],
        [(1, 1, -0.5), (1, 1, -1.5), (1, -1, -0.5)],  # OR, AND, and "OR but not AND"
        strict=True,
    ):
        neuron.w[0].data, neuron.w[1].data, neuron.b.data = float(w1), float(w2), float(b)
    assert [model(x).data for x in CORNERS] == data.XOR.y


@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    seed=st.integers(0, 1000),
    a=st.sampled_from([1.0, 0.5, -3.0]),
)
def test_a_network_with_linear_activations_is_the_line_that_collapse_says(sizes, seed, a):
    model = MLP(sizes, activation=(lambda v: v * a) if a != 1.0 else "identity", init="normal", seed=seed)
    for p in model.parameters():
        p.data += 0.25
    W, b = map(np.array, collapse(model))
    assert W.shape == (sizes[-1], sizes[0])
    for x in np.random.default_rng(seed).normal(size=(3, sizes[0])):
        out = model(x)
        ours = [v.data for v in (out if isinstance(out, list) else [out])]
        np.testing.assert_allclose(ours, W @ x + b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "activation", ["tanh", "relu", "sigmoid", "step", "gelu", "softplus", "absolute", "leaky_relu"]
)
def test_a_network_that_bends_does_not_collapse(activation):
    with pytest.raises(ValueError, match=r"only linear activations collapse; layer 0 is .*Neuron\(2\)"):
        collapse(MLP([2, 2, 1], activation=activation))


@pytest.mark.parametrize("depth", range(1, 8))
def test_the_sawtooth_has_two_to_the_depth_pieces_from_two_neurons_per_layer(depth):
    deep = sawtooth(depth)
    assert deep.sizes == [1, *[2] * depth, 1]
    assert pieces(deep) == 2**depth


@pytest.mark.parametrize("depth", range(1, 7))
def test_one_hidden_layer_makes_the_same_sawtooth_with_one_neuron_per_piece(depth):
    deep, shallow = sawtooth(depth), sawtooth_shallow(depth)
    assert shallow.sizes == [1, 2**depth, 1]
    assert pieces(shallow) == 2**depth
    for i in range(2 ** (depth + 2) + 1):
        x = i / 2 ** (depth + 2)
        assert deep([x]).data == shallow([x]).data == tent(x, depth)


def tent(x, times):
    for _ in range(times):
        x = 2 * x if x < 0.5 else 2 - 2 * x
    return x


def test_a_hidden_layer_of_m_relus_has_at_most_m_plus_one_pieces():
    for seed in range(20):
        assert pieces(MLP([1, 6, 1], init="normal", seed=seed), -50.0, 50.0) <= 7


def test_pieces_refuses_what_is_not_piecewise_linear():
    with pytest.raises(ValueError, match="straight only under ReLU"):
        pieces(MLP([1, 2, 1], activation="tanh"))
    with pytest.raises(ValueError, match="one input and one output"):
        pieces(MLP([2, 2, 1]))
