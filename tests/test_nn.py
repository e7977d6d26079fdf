"""Neurons, layers, networks: shapes, the forward pass, initial weights, discovery of parameters."""

from __future__ import annotations

import copy
import math
import pickle
import random
import statistics

import numpy as np
import pytest

import nn
from autograd import OPS, DomainError, Value, topological_order
from autograd.value import apply
from nn import MLP, Layer, Module, Neuron, Sequential, activations, data, fit, init
from nn.batch import as_row

# ── shapes and sizes ────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["neuron", "layer", "network"])
@pytest.mark.parametrize(
    "x", [[], [1.0], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0], np.zeros(2), pytest.param(iter([1.0]), id="iterator")], ids=str
)
def test_inputs_of_the_wrong_length_are_an_error_and_never_cut_short(what, x):
    part = {"neuron": Neuron(3), "layer": Layer(3, 2), "network": MLP([3, 2, 1])}[what]
    with pytest.raises(ValueError, match=rf"the {what} expects 3 inputs, got \d"):
        part(list(x) if hasattr(x, "__next__") else x)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (np.zeros((3, 1)), r"expects 3 inputs, got 1"),
        (np.zeros((2, 2, 3)), r"expects 3 inputs, got 2"),
        (np.zeros((2, 3, 3)), r"takes 3 numbers, got \["),
        ("abc", "takes a list of 3 numbers, got 'abc'"),
        (b"abc", "takes a list of 3 numbers"),
        ({"a": 1, "b": 2, "c": 3}, "takes a list of 3 numbers"),
        (None, "takes a list of 3 numbers, got None"),
        (1.0, "takes a list of 3 numbers, got 1.0"),
        (Value(1.0), "takes a list of 3 numbers, got Value"),
        (np.float64(1.0), "takes a list of 3 numbers"),
    ],
    ids=str,
)
def test_an_input_that_is_not_one_sample_is_an_error_that_says_so(x, says):
    for part in (Neuron(3), Layer(3, 2), MLP([3, 2, 1])):
        with pytest.raises(ValueError, match=says):
            part(x)


@pytest.mark.parametrize("rows", [np.array, list, lambda X: [np.array(x) for x in X], lambda X: tuple(map(tuple, X))])
def test_rows_give_rows(rows):
    X = [[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]]
    several = Sequential(Layer(3, 1, seed=0), Layer(1, 2, seed=1))
    for part in (Neuron(3, seed=0), Layer(3, 2, seed=0), MLP([3, 2, 2], seed=0), MLP([3, 1], seed=0), several):
        found, expected = part(rows(X)), [part(x) for x in X]
        assert [[f.data for f in as_row(row)] for row in found] == [[f.data for f in as_row(row)] for row in expected]
        assert part.forward(X[0]) is not None


def test_sequential_is_its_layers_and_trains_saves_and_has_the_letters_of_a_network(tmp_path):
    def make():
        return Sequential(Layer(2, 4, activation="tanh", seed=0), Layer(4, 1, nonlin=False, seed=1))

    model, mlp = make(), MLP([2, 4, 1], activation="tanh")
    mlp.load_state_dict(model.state_dict())
    x = [0.3, -0.7]
    assert model(x).data == mlp(x).data
    assert [p.label for p in model.parameters()] == [p.label for p in mlp.parameters()]
    assert {v.module for v in topological_order(model(x))} == {v.module for v in topological_order(mlp(x))}
    runs = [fit(m, *data.XOR[:2], loss="logistic", epochs=5) for m in (model, mlp)]
    assert [r.loss for r in runs[0]] == pytest.approx([r.loss for r in runs[1]], rel=1e-12)
    again = make()
    again.load_state_dict(model.state_dict())
    assert again(x).data == model(x).data
    with pytest.raises(TypeError, match="Sequential takes modules and functions, got 3"):
        Sequential(Layer(2, 3), 3)


def test_a_module_of_ones_own_defines_forward_or_a_call():
    class ByForward(Module):
        def forward(self, x):
            return 2.0 * x

    class ByCall(Module):
        def __call__(self, x):
            return 2.0 * x

    class Doubled(MLP):
        def forward(self, x):
            return 2.0 * super().forward(x)

    for made in (ByForward(), ByCall()):
        assert made(3.0) == made.forward(3.0) == 6.0
    plain, doubled = MLP([2, 1], seed=3), Doubled([2, 1], seed=3)
    assert doubled([1.0, 2.0]).data == 2.0 * plain([1.0, 2.0]).data
    assert doubled.predict([[1.0, 2.0]]) == pytest.approx([2.0 * plain([1.0, 2.0]).data])
    with pytest.raises(TypeError, match=r"Module computes nothing yet: define forward\(self, x\)"):
        Module()(1.0)


def test_a_list_of_activations_has_one_for_each_hidden_layer():
    model = MLP([2, 3, 3, 1], activation=["tanh", "relu"], output="sigmoid")
    assert [layer.neurons[0].activation.__name__ for layer in model.layers] == ["tanh", "relu", "sigmoid"]
    for given in (["tanh"], ["tanh"] * 3, []):
        with pytest.raises(ValueError, match=rf"got {len(given)} for 2 hidden layers"):
            MLP([2, 3, 3, 1], activation=given)


@pytest.mark.parametrize("entry", ["1", None, 1j])
def test_an_input_that_is_not_a_number_is_a_type_error(entry):
    with pytest.raises(TypeError, match="one real number"):
        MLP([2, 1])([1.0, entry])


@pytest.mark.parametrize("m", [0, -1, 2.5, "2", None, True], ids=str)
def test_a_size_that_is_not_a_whole_number_above_0_is_an_error(m):
    for make in (
        lambda: MLP([2, m, 1]),
        lambda: MLP([m, 1]),
        lambda: MLP(2, [3, m]),
        lambda: Layer(2, m),
        lambda: Layer(m, 2),
        lambda: Neuron(m),
    ):
        with pytest.raises(ValueError, match=r"whole number, 1 or more; got"):
            make()


@pytest.mark.parametrize("arguments", [([],), ([3],), (3, []), (3,), ("231",), ([3], [1])], ids=str)
def test_too_few_sizes_or_none_are_an_error(arguments):
    with pytest.raises(ValueError, match="MLP"):
        MLP(*arguments)


def test_a_single_number_of_outputs_is_an_error_that_shows_the_form():
    with pytest.raises(ValueError, match="MLP"):
        MLP(2, 3)


def test_sizes_may_be_a_tuple_and_numpys_integers():
    assert MLP((2, 3, 1)).sizes == [2, 3, 1]
    assert MLP([np.int64(2), np.int32(1)]).sizes == [2, 1]


def test_unknown_names_of_activation_and_initialiser_list_the_known_ones():
    with pytest.raises(ValueError, match=r"no activation is called 'rellu'; there are .*relu"):
        MLP([2, 2, 1], activation="rellu")
    with pytest.raises(ValueError, match="no activation is called 'add'"):  # an op, but of two operands
        MLP([2, 2, 1], activation="add")
    with pytest.raises(ValueError, match=r"no initialiser is called 'he'; there are .*kaiming"):
        MLP([2, 1], init="he")


# ── the forward pass ────────────────────────────────────────────────────────

NUMPY = {
    "identity": lambda x: x,
    "step": lambda x: np.where(x >= 0, 1.0, 0.0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.where(x > 0, x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "gelu": lambda x: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "absolute": np.abs,
    "negative": np.negative,
}


def matrices(model: MLP) -> list[tuple[np.ndarray, np.ndarray]]:
    """(W, b) of each layer."""
    return [
        (np.array([[w.data for w in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
        for layer in model.layers
    ]


@pytest.mark.parametrize("name", NUMPY)
def test_the_forward_pass_is_the_lectures_equation_read_by_numpy(name):
    model = MLP([3, 4, 5, 2], activation=name, init=init.normal(0.0, 0.5), seed=1)
    for p in model.parameters():
        p.data += 0.05  # biases too
    rng = np.random.default_rng(0)
    for x in rng.normal(size=(5, 3)):
        h, (*hidden, (W_out, b_out)) = x, matrices(model)
        f = [v.data for v in model(x)]
        for layer, (W, b) in zip(model.layers, hidden, strict=False):
            h_pre = W @ h + b
            h = NUMPY[name](h_pre)
            assert [v.data for v in layer.h_pre] == pytest.approx(h_pre, abs=1e-12)
            assert [v.data for v in layer.h] == pytest.approx(h, abs=1e-12)
        assert f == pytest.approx(W_out @ h + b_out, abs=1e-12)


@pytest.mark.parametrize("activation", [*sorted(NUMPY), lambda z: z * z.sigmoid()])
def test_predict_gives_the_numbers_of_the_forward_pass(activation):
    model = MLP([3, 4, 5, 2], activation=activation, init="normal", seed=1)
    X = np.random.default_rng(0).normal(size=(7, 3))
    np.testing.assert_allclose(model.predict(X), [[f.data for f in model(x)] for x in X], rtol=1e-12, atol=1e-14)
    single = MLP([3, 2, 1], output="sigmoid", seed=1)
    assert single.predict(X.tolist()) == pytest.approx([single(x).data for x in X], rel=1e-12)


def test_predict_says_what_does_not_fit_and_where_a_domain_was_left():
    for X in ([1.0, 2.0, 3.0], [[1.0, 2.0]], np.zeros((2, 2, 3))):
        with pytest.raises(ValueError, match="predict takes rows of 3 numbers"):
            MLP([3, 2, 1]).predict(X)
    with pytest.raises(DomainError, match="log needs"):
        MLP([1, 1], output="log", init=1.0).predict([[1.0], [-1.0]])


def test_every_one_operand_row_of_the_table_serves_as_activation():
    rows = {name: op for op in OPS.values() if len(op.operands) == 1 for name in (op.name, *op.aliases)}
    assert activations.names() == sorted(rows)
    for name, row in rows.items():
        n = Neuron(2, activation=name, init=0.3)
        n.b.data = 1.1 if name in ("arccosh", "acosh") else 0.1
        h_pre = Value(0.3 * 1.0 + 0.3 * 0.5 + n.b.data)
        assert n([1.0, 0.5]).data == pytest.approx(apply(row, h_pre).data, rel=1e-14), name


def test_the_output_layer_takes_its_own_activation():
    f = MLP([2, 3, 1], output="sigmoid", seed=0)([1.0, -1.0]).data
    logit = MLP([2, 3, 1], seed=0)([1.0, -1.0]).data
    assert f == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-15)


def test_a_function_of_the_users_own_may_be_the_activation():
    def bump(v):
        return (-(v * v)).exp()

    n = Neuron(1, activation=bump, init=2.0)
    h = n([0.5])
    h.backward()
    assert h.data == pytest.approx(math.exp(-1.0), abs=1e-15)
    assert n.w[0].grad == pytest.approx(-2.0 * math.exp(-1.0) * 0.5, abs=1e-15)
    assert repr(n) == "BumpNeuron(1)"


def test_an_activation_that_does_not_return_a_value_says_so():
    with pytest.raises(TypeError, match="activation"):
        MLP([2, 2, 1], activation=lambda v: v.data)([1.0, 2.0])


def test_gradients_of_a_network_are_numpys_delta_procedure():
    model = MLP([2, 3, 2], activation="tanh", seed=3)
    x, g = np.array([0.7, -0.2]), np.array([1.0, -2.0])  # L = g·f
    f = model(x)
    (f[0] * g[0] + f[1] * g[1]).backward()
    (W1, b1), (W2, _) = matrices(model)
    h = np.tanh(W1 @ x + b1)
    delta1 = (W2.T @ g) * (1 - h * h)
    for layer, delta, inputs in zip(model.layers, (delta1, g), (x, h), strict=True):
        for n, d in zip(layer.neurons, delta, strict=True):
            assert [w.grad for w in n.w] == pytest.approx(d * inputs, abs=1e-12)
            assert n.b.grad == pytest.approx(d, abs=1e-12)


def test_h_pre_and_h_are_the_last_samples():
    model = MLP([1, 2, 1], seed=0)
    assert all(len(layer.h) == len(layer.h_pre) == 0 for layer in model.layers)
    model([1.0])
    first = [h.data for h in model.layers[0].h_pre]
    model([2.0])
    assert [h.data for h in model.layers[0].h_pre] == pytest.approx([2.0 * h for h in first])


# ── paths and labels ────────────────────────────────────────────────────────


def test_nodes_know_the_neuron_that_made_them():
    model = MLP([2, 3, 1], activation="tanh")
    f = model([1.0, 2.0])
    assert f.module == "layers[1].neurons[0]"
    for i, (h_pre, h) in enumerate(zip(model.layers[0].h_pre, model.layers[0].h, strict=True)):
        assert h_pre.module == h.module == f"layers[0].neurons[{i}]"
        assert (h_pre.label, h.label) == ("h_pre", "h")
        assert h.parents == (h_pre,)
    assert [x.label for x in model.layers[0].h_pre[0].parents[2:4]] == ["x[0]", "x[1]"]


def test_parameters_are_labelled_by_their_path_and_are_parameters():
    model = MLP([2, 3, 1])
    for path, p in model.named_parameters():
        assert p.label == path
        assert p.op.name == "parameter"
    assert [path for path, _ in model.named_parameters()][:4] == [
        "layers[0].neurons[0].w[0]",
        "layers[0].neurons[0].w[1]",
        "layers[0].neurons[0].b",
        "layers[0].neurons[1].w[0]",
    ]


def test_an_input_that_is_a_labelled_value_keeps_its_label():
    x = [Value(1.0, label="height"), Value(2.0, label="width")]
    Neuron(2)(x)
    assert [xi.label for xi in x] == ["height", "width"]


# ── copies ──────────────────────────────────────────────────────────────────


def same_network(model, twin):
    assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}
    assert [path for path, _ in twin.named_parameters()] == [path for path, _ in model.named_parameters()]
    assert twin([0.3, -0.4]).data == model([0.3, -0.4]).data
    assert repr(twin) == repr(model)
    twin.layers[0].neurons[0].w[0].data += 1.0
    assert twin.layers[0].neurons[0].w[0].data != model.layers[0].neurons[0].w[0].data


@pytest.mark.parametrize("form", ["fresh", "after a forward pass"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "leaky_relu", "identity"])
def test_a_deep_copy_of_a_model_is_a_second_model(form, activation):
    model = MLP([2, 3, 1], activation=activation, seed=5)
    if form != "fresh":
        model([1.0, 2.0]).backward()
    same_network(model, copy.deepcopy(model))


@pytest.mark.parametrize("form", ["fresh", "after a forward pass"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "leaky_relu", "identity"])
def test_a_pickled_model_comes_back(form, activation):
    model = MLP([2, 3, 1], activation=activation, seed=5)
    if form != "fresh":
        model([1.0, 2.0]).backward()
    same_network(model, pickle.loads(pickle.dumps(model)))


def test_a_pickle_holds_parameters_and_not_the_graph_of_the_last_sample():
    model = MLP([2, 3, 1], seed=5)
    before = len(pickle.dumps(model))
    model([1.0, 2.0])
    assert len(pickle.dumps(model)) <= before


# ── initial weights ─────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_network_and_touches_no_global_generator():
    random.seed(1)
    state = random.getstate()
    a, b, c = (MLP([2, 5, 1], seed=s) for s in (3, 3, 4))
    assert [p.data for p in a.parameters()] == [p.data for p in b.parameters()]
    assert [p.data for p in a.parameters()] != [p.data for p in c.parameters()]
    assert random.getstate() == state


def test_a_neuron_and_a_layer_take_a_seed_as_a_network_does():
    state = random.getstate()
    layer, network = Layer(2, 3, seed=1), MLP(2, [3], seed=1)
    assert [p.data for p in layer.parameters()] == [p.data for p in network.parameters()]
    assert [w.data for w in Neuron(2, seed=1).w] == [w.data for w in layer.neurons[0].w]
    assert layer.neurons[0].w[0].data != layer.neurons[1].w[0].data
    assert Neuron(2, seed=2).w[0].data != Neuron(2, seed=1).w[0].data
    assert random.getstate() == state


@pytest.mark.parametrize("make", [lambda **more: Neuron(2, **more), lambda **more: Layer(2, 3, **more)])
def test_a_seed_and_a_generator_at_once_are_an_error(make):
    with pytest.raises(ValueError, match="give a seed or a generator, not both; got seed=1"):
        make(seed=1, rng=random.Random(2))


@pytest.mark.parametrize("seed", [np.int64(3), np.uint8(3), np.array(3), True], ids=repr)
def test_a_seed_is_a_whole_number_of_any_kind(seed):
    plain = int(seed)
    for make in (
        lambda s: MLP([2, 3, 1], seed=s).state_dict(), lambda s: MLP(2, [1], seed=s).state_dict(),
        lambda s: Neuron(2, seed=s).state_dict(), lambda s: Layer(2, 2, seed=s).state_dict(), lambda s: nn.data.moons(6, seed=s),
        lambda s: nn.data.circles(6, seed=s), lambda s: nn.data.spiral(6, seed=s), lambda s: nn.data.gauss(6, seed=s),
        lambda s: nn.data.plane(6, seed=s), lambda s: nn.data.split(nn.data.moons(20), 0.5, seed=s),
        lambda s: list(nn.fit(MLP([2, 1]), *nn.data.XOR[:2], loss="mse", epochs=2, batch_size=1, seed=s)),
    ):  # fmt: skip
        assert make(seed) == make(plain)


def test_a_seed_given_to_the_classic_form_is_not_ignored():
    twins = [MLP(2, [3, 1], seed=3) for _ in range(2)]
    assert [p.data for p in twins[0].parameters()] == [p.data for p in twins[1].parameters()]


def test_without_a_seed_the_list_form_is_seed_0_and_the_classic_form_draws_anew():
    assert [p.data for p in MLP([2, 5, 1]).parameters()] == [p.data for p in MLP([2, 5, 1], seed=0).parameters()]
    assert [p.data for p in MLP(2, [5, 1]).parameters()] != [p.data for p in MLP(2, [5, 1]).parameters()]


def test_biases_start_at_0():
    for rule in ("kaiming", "xavier", "normal", "uniform"):
        assert all(n.b.data == 0.0 for layer in MLP([3, 4, 2], init=rule).layers for n in layer.neurons)


VARIANCE = {  # of one weight, m inputs and n outputs; kurtosis of its distribution
    "kaiming_normal": (lambda m, n: 2 / m, 3.0),
    "kaiming_uniform": (lambda m, n: 2 / m, 1.8),
    "kaiming": (lambda m, n: 2 / m, 3.0),
    "xavier_normal": (lambda m, n: 2 / (m + n), 3.0),
    "xavier_uniform": (lambda m, n: 2 / (m + n), 1.8),
    "xavier": (lambda m, n: 2 / (m + n), 3.0),
    "normal": (lambda m, n: 1.0, 3.0),
    "uniform": (lambda m, n: 1 / 3, 1.8),
}


@pytest.mark.parametrize("rule", VARIANCE)
def test_weights_have_the_variance_their_rule_promises(rule):
    # N draws: the mean has standard deviation σ/√N, the variance σ²√((κ−1)/N). Five of them, at a fixed seed.
    m, n = 50, 200
    w = [p.data for neuron in Layer(m, n, init=rule, rng=random.Random(0)).neurons for p in neuron.w]
    variance, kurtosis = VARIANCE[rule][0](m, n), VARIANCE[rule][1]
    assert abs(statistics.fmean(w)) < 5 * math.sqrt(variance / len(w))
    assert abs(statistics.pvariance(w) / variance - 1) < 5 * math.sqrt((kurtosis - 1) / len(w))
    if kurtosis < 2:
        assert max(map(abs, w)) <= math.sqrt(3 * variance)


def test_constant_and_function_initialisers():
    assert {w.data for w in Neuron(3, init=0.5).w} == {0.5}
    assert {w.data for w in Neuron(3, init="zero").w} == {0.0}
    assert {w.data for w in Neuron(3, init="constant").w} == {1.0}
    assert [w.data for w in Neuron(3, init=lambda rng, fan_in, fan_out: fan_in + 10 * fan_out).w] == [13.0] * 3
    assert [w.data for w in Layer(3, 2, init=lambda rng, fan_in, fan_out: fan_in + 10 * fan_out).neurons[1].w] == [
        23.0
    ] * 3


def test_kaiming_keeps_the_size_of_h_pre_through_relu_layers():
    model = MLP([60, 60, 60, 60, 60], seed=0)
    rng, squares = random.Random(1), [[] for _ in model.layers]
    for _ in range(20):
        model([rng.gauss(0, 1) for _ in range(60)])
        for layer, kept in zip(model.layers, squares, strict=True):
            kept += [h.data**2 for h in layer.h_pre]
    sizes = [statistics.fmean(kept) for kept in squares]  # E[h̃²] = 2 E[x²], then constant (He et al. 2015, §2.2)
    assert all(1.0 < size < 4.0 for size in sizes), sizes


# ── discovery of parameters ─────────────────────────────────────────────────


class Everything(Module):
    """Holds parameters in every way a module may."""

    def __init__(self):
        self.a = Value(1.0)
        self.rows = [[Value(2.0), Value(3.0)], (Value(4.0),)]
        self.table = {"k": Value(5.0), "inner": [Neuron(1)]}
        self.child = Layer(1, 1)
        self.again = self.a  # shared
        self.result = self.a * 2  # computed: no parameter
        self._hidden = Value(9.0)
        self.number, self.text, self.nothing = 3.0, "w", None


def test_parameters_are_found_in_attributes_lists_tuples_dicts_and_modules():
    model = Everything()
    assert [path for path, _ in model.named_parameters()] == [
        "a",
        "rows[0][0]",
        "rows[0][1]",
        "rows[1][0]",
        "table['k']",
        "table['inner'][0].w[0]",
        "table['inner'][0].b",
        "child.neurons[0].w[0]",
        "child.neurons[0].b",
        "_hidden",
    ]


def test_a_shared_parameter_counts_once():
    shared = Value(1.0)
    model = Module()
    model.w, model.v = [shared, shared], shared
    assert model.parameters() == [shared]


def test_named_parameters_stay_after_a_forward_pass():
    model = MLP([2, 3, 1])
    before = [path for path, _ in model.named_parameters()]
    model([1.0, 2.0])
    assert [path for path, _ in model.named_parameters()] == before


def test_modules_that_hold_each_other_are_walked_once():
    parent, child = Module(), Module()
    parent.w, parent.child, child.parent = Value(1.0), child, parent
    assert parent.parameters() == [parent.w]


def test_an_empty_module_has_no_parameters():
    assert Module().parameters() == []
    Module().zero_grad()


def test_every_public_name_exists():
    assert [name for name in nn.__all__ if not hasattr(nn, name)] == []


def test_load_on_a_network_says_that_it_makes_another(tmp_path):
    model, other = MLP([2, 3, 1], seed=0), MLP([2, 3, 1], seed=1)
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(TypeError, match=r"load makes a new network .* write model = MLP\.load\(path\)"):
        other.load(tmp_path / "m.safetensors")
    assert MLP.load(tmp_path / "m.safetensors")([1.0, 2.0]).data == model([1.0, 2.0]).data


@pytest.mark.parametrize(
    ("hole", "says"),
    [(5.0, r"neurons\[0\].w\[0\] is 5\.0"), (Value(1.0), r"a parameter of 0\.weight is .*None")],
    ids=["a float", "no number"],
)
def test_a_parameter_without_a_number_is_not_saved(tmp_path, hole, says):
    model = MLP([2, 3, 1], seed=0)
    model.layers[0].neurons[0].w[0] = hole
    if isinstance(hole, Value):
        hole.data = None
    with pytest.raises(nn.CheckpointError, match=says):
        model.save(tmp_path / "m.safetensors")
    assert not list(tmp_path.iterdir())
