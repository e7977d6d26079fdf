"""What the figures show is true: each measurement against something that was found another way."""

from __future__ import annotations

import copy
from itertools import pairwise
from math import cos, exp, log, pi, sin, sqrt

import numpy as np
import pytest
from meanings import ON_PURPOSE

from autograd import OPS, DomainError, Value, hessian
from nn import MLP, SGD, Adagrad, Adam, Layer, activations, data, fit, init, measure

ACTIVATIONS = [name for name in activations.names() if name in OPS]


# ── activations ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in ON_PURPOSE])
def test_slopes_are_difference_quotients_of_values(name, points):
    ε = 1e-6
    z = np.array([x for (x,) in points(OPS[name]) if abs(x) > 1e-3])  # away from kinks
    low, high = (measure.activation_curve(name, z + shift).h for shift in (-ε, ε))
    assert measure.activation_curve(name, z).slope == pytest.approx((high - low) / (2 * ε), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_curve_has_the_numbers_of_the_graph(name, points):
    z = [x for (x,) in points(OPS[name], 5)]
    nodes = [OPS[name](Value(x)) for x in z]
    curve = measure.activation_curve(name, z)
    assert curve.h == pytest.approx([node.data for node in nodes], rel=1e-14, abs=1e-15)
    assert curve.slope == pytest.approx([node.local_derivatives[0] for node in nodes], rel=1e-14, abs=1e-15)


def test_a_curve_leaves_no_domain():
    with pytest.raises(DomainError, match="log needs x > 0, got x = -1"):
        measure.activation_curve("log", [1.0, -1.0])


def test_a_curve_keeps_the_shape_of_its_points():
    curve = measure.activation_curve("tanh", [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    assert curve.z.shape == curve.h.shape == curve.slope.shape == (2, 3)


def test_measuring_an_activation_leaves_its_parameters_alone():
    a = Value(0.25, kind="parameter")
    curve = measure.activation_curve(lambda z: a * z, [1.0, 2.0])
    assert curve.slope.tolist() == [0.25, 0.25]
    assert a.grad == 0.0


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match="no activation is called 'relUU'"):
        measure.activation_curve("relUU", [0.0])


# ── the plane ───────────────────────────────────────────────────────────────


def test_a_half_plane_ends_where_the_neuron_is_zero():
    layer = MLP([2, 6, 1], seed=3).layers[0]
    for neuron, b in zip(layer.neurons, (0.3, -1.2, 0.0, 2.0, -0.1, 0.7), strict=True):
        neuron.b.data = b
    for plane in measure.half_planes(layer):
        (p, q), (u, v) = plane.point, plane.normal
        assert u * u + v * v == pytest.approx(1.0)
        assert p * v - q * u == pytest.approx(0.0, abs=1e-12)  # nearest the origin: along the normal
        layer([p, q])
        assert layer.h_pre[plane.neuron].data == pytest.approx(0.0, abs=1e-12)
        layer([p + u, q + v])
        assert layer.h_pre[plane.neuron].data > 0


def test_a_neuron_without_weights_has_no_line():
    layer = Layer(2, 3, init=1.0)
    layer.neurons[1].w[0].data = layer.neurons[1].w[1].data = 0.0
    assert [plane.neuron for plane in measure.half_planes(layer)] == [0, 2]


def test_half_planes_are_of_the_plane():
    with pytest.raises(ValueError, match="needs 2 inputs, this layer takes 3"):
        measure.half_planes(Layer(3, 1))


@pytest.mark.parametrize(("sizes", "kinds"), [([2, 4, 1], 2), ([2, 4, 3], 3)])
def test_scores_are_what_the_model_says(sizes, kinds):
    model = MLP(sizes, seed=1)
    found = measure.scores(model, [0.0, 0.5, 1.0], [-1.0, 2.0], threshold=0.25)
    assert found.shape == (2, 3, kinds)
    f = model([0.5, 2.0])
    assert found[1, 1] == pytest.approx([0.25, f.data] if kinds == 2 else [v.data for v in f], rel=1e-14)


# ── layers ──────────────────────────────────────────────────────────────────


def test_layer_values_are_those_of_the_delta_procedure():
    X, y = data.moons(12, seed=2)[:2]
    model = MLP([2, 5, 4, 1], activation="tanh", seed=1)
    W = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in model.layers]
    h, h_pre = [np.array(X)], []
    for l, Wl in enumerate(W):  # the biases are 0
        h_pre.append(h[-1] @ Wl.T)
        h.append(np.tanh(h_pre[-1]) if l < 2 else h_pre[-1])
    delta = [(1 / (1 + np.exp(-h[-1])) - np.array(y)[:, None]) / len(y)]
    for l in (2, 1):
        delta.insert(0, delta[0] @ W[l] * (1 - h[l] ** 2))
    found = measure.layer_values(model, X, y, "logistic")
    for l in range(3):
        assert found[l].h_pre == pytest.approx(h_pre[l], abs=1e-12)
        assert found[l].h == pytest.approx(h[l + 1], abs=1e-12)
        assert found[l].delta == pytest.approx(delta[l], abs=1e-12)


def test_measuring_layers_leaves_gradients_as_they_were():
    model = MLP([2, 3, 1], seed=0)
    for i, p in enumerate(model.parameters()):
        p.grad = float(i)
    measure.layer_values(model, *data.XOR[:2], "logistic")
    assert [p.grad for p in model.parameters()] == list(range(13))


def test_dead_and_saturated_units_are_counted():
    model = MLP([1, 4, 1], activation="relu", init=1.0)
    for neuron, b in zip(model.layers[0].neurons, (-9.0, -8.0, 0.0, 9.0), strict=True):
        neuron.b.data = b
    (shares,) = measure.flat_shares(model, [[-2.0], [-1.0], [1.0], [2.0]])
    assert shares.dead == 2 / 4  # the first two never fire
    assert shares.saturated == (4 + 4 + 2 + 0) / 16


def test_tanh_is_saturated_where_its_slope_is_small():
    model = MLP([1, 1, 1], activation="tanh", init=1.0)
    edge = 0.5 * log((1 + sqrt(0.95)) / (1 - sqrt(0.95)))  # 1 − tanh² = 0.05
    (shares,) = measure.flat_shares(model, [[edge - 1e-6], [edge + 1e-6], [0.0], [-5.0]])
    assert shares == (0.0, 0.5)


def test_a_batch_needs_a_sample():
    with pytest.raises(ValueError, match="at least one sample"):
        measure.flat_shares(MLP([1, 1, 1]), [])


# ── initialisation ──────────────────────────────────────────────────────────

WIDTH = 256


@pytest.mark.parametrize(
    ("kind", "variance"),
    [("normal", 1.0), ("kaiming", 2 / WIDTH), ("xavier", 1 / WIDTH), (init.uniform(0.05), 0.05**2 / 3)],
)
def test_variance_by_layer_follows_the_formula_of_the_lecture(kind, variance):
    layers = measure.layer_variances(kind, width=WIDTH, depth=3, samples=24, seed=5)
    for l, layer in enumerate(layers, 1):
        by_hand = WIDTH * variance * (0.5 * WIDTH * variance) ** (l - 1)  # the first layer's input is not rectified
        # Var(W) is measured on m² weights: relative standard deviation √(2/m²) a layer at most.
        assert layer.formula == pytest.approx(by_hand, rel=4 * l * sqrt(2) / WIDTH)
        # ln Var[h̃] strays by about √(5/m) a layer (Hanin & Nica 2020); a ½ too many or too few would be ln 2 = 0.69.
        assert abs(log(layer.measured / layer.formula)) < 2 * sqrt(5 * l / WIDTH) < 0.5


def test_the_formula_holds_for_tanh_through_the_mean_of_its_square():
    first, second = measure.layer_variances("kaiming", activation="tanh", width=WIDTH, depth=2, samples=8)
    h = np.tanh(np.random.default_rng(0).normal(0.0, sqrt(first.formula), 400_000))
    assert second.formula == pytest.approx(2.0 * np.mean(h**2), rel=0.02)


def test_relu_halves_the_mean_square():
    assert measure._mean_square("relu", 3.0) == pytest.approx(1.5, rel=1e-12)


# ── training ────────────────────────────────────────────────────────────────


def paths_from(start, activation="tanh"):
    model = MLP([2, 4, 1], activation=activation, init=start, seed=1)
    settings = {"loss": "logistic", "optimizer": lambda p: Adam(p, lr=0.05), "epochs": 30}
    return model, measure.weight_paths(model, *data.XOR[:2], **settings)


def test_equal_hidden_units_stay_equal_to_the_last_bit():
    _, paths = paths_from(0.5)
    assert paths.shape == (31, 4, 2)
    assert (paths == paths[:, :1]).all()
    assert not (paths[0] == paths[-1]).any()  # though they learn


def test_random_hidden_units_differ():
    _, paths = paths_from("xavier")
    assert len({row.tobytes() for row in paths[-1]}) == 4


def test_weight_paths_are_those_of_fit_and_leave_the_model_alone():
    model, paths = paths_from("xavier")
    trained = copy.deepcopy(model)
    fit(trained, *data.XOR[:2], loss="logistic", optimizer=Adam(trained.parameters(), lr=0.05), epochs=30)
    for moment, network in ((0, model), (-1, trained)):
        assert paths[moment].tolist() == [[w.data for w in n.w] for n in network.layers[0].neurons]


def test_descent_on_a_bowl_shrinks_each_direction_by_its_own_factor():
    bowl, steps = measure.Bowl(steep=20.0, flat=1.0), 25
    path = measure.optimizer_paths({"SGD": lambda p: SGD(p, lr=0.09)}, bowl, (-8.0, 1.5), steps)["SGD"]
    t = np.arange(steps + 1)
    assert path == pytest.approx(np.stack([-8.0 * 0.91**t, 1.5 * (-0.8) ** t], axis=1))


@pytest.mark.parametrize("angle", [0.0, 30.0, 135.0])
def test_the_directions_of_a_bowl_are_its_eigendirections(angle):
    bowl = measure.Bowl(steep=20.0, flat=2.0, angle=angle)
    H = np.array(hessian(bowl)([0.3, -0.7]))
    for λ, direction in zip((20.0, 2.0), bowl.directions(), strict=True):
        assert H @ direction == pytest.approx(λ * np.array(direction))
    assert bowl.directions()[1] == pytest.approx((cos(angle * pi / 180), sin(angle * pi / 180)))


def test_moves_are_what_the_formulas_say_for_any_gradients():
    assert measure.moves(lambda p: SGD(p, lr=0.5), [1.0, -2.0]) == [0.5, -1.0]
    assert measure.moves(lambda p: Adagrad(p, lr=1.0, eps=1.0), [3, 4, 12]) == pytest.approx(
        [3 / 4, 4 / 6, 12 / 14], abs=1e-12
    )


def test_steps_until_counts_from_the_last_time_outside():
    assert measure.steps_until([(2.0, 0.0), (0.0, 0.0), (2.0, 0.0), (0.0, 1.0)], 1.0) == 3
    assert measure.steps_until([(0.5, 0.0), (0.0, 0.0)], 1.0) == 0
    assert measure.steps_until([(0.0, 0.0), (2.0, 0.0)], 1.0) is None
    assert measure.steps_until([], 1.0) is None


# ── width and depth ─────────────────────────────────────────────────────────


def wave(x):
    return sin(2 * pi * x) + exp(x)


def test_the_interpolating_network_is_linear_interpolation():
    model, x = measure.interpolating_network(wave, 7, -1.0, 2.0), np.linspace(-1.0, 2.0, 50)
    nodes = np.linspace(-1.0, 2.0, 8)
    assert model.sizes == [1, 7, 1]
    assert [model([xi]).data for xi in x] == pytest.approx(np.interp(x, nodes, list(map(wave, nodes))), abs=1e-12)


def test_twice_the_neurons_leave_a_quarter_of_the_error():
    widths = [12, 24, 48]
    errors = measure.approximation_errors(wave, widths)
    assert [a / b for a, b in pairwise(errors)] == pytest.approx([4.0] * 2, rel=0.05)
    steepest_bend = 4 * pi**2 + exp(1.0)  # ≥ max |f″|
    assert all(error <= steepest_bend / (8 * m * m) for m, error in zip(widths, errors, strict=True))


def test_depth_adds_where_width_multiplies():
    for size in measure.sawtooth_sizes(range(1, 7)):
        assert size == (size.depth, 2**size.depth, 2 * size.depth, 2**size.depth)
