"""Which Values are a module's parameters, where they may be kept, and that every door finds the same ones."""

from __future__ import annotations

import types
from collections import OrderedDict, UserList, deque
from dataclasses import dataclass, field

import numpy as np
import pytest

from autograd import Value, compiled
from nn import MLP, SGD, Layer, Module, Neuron, Recorder, data, fit, playground, steps, to_onnx, to_torch


@dataclass(slots=True)
class Pair:
    a: Value
    b: list = field(default_factory=list)


class Plain:
    """Somebody forgot to write (Module)."""

    def __init__(self, w):
        self.w = [w]


class Slots(Module):
    __slots__ = ("w",)

    def __init__(self, w):
        self.w = w


def v(label=""):
    return Value(1.0, label=label)


HELD = {
    "an attribute": (lambda: v(), ["x"]),
    "a list": (lambda: [v(), [v()]], ["x[0]", "x[1][0]"]),
    "a tuple": (lambda: (v(), 2.0, v()), ["x[0]", "x[2]"]),
    "a deque": (lambda: deque([v(), v()]), ["x[0]", "x[1]"]),
    "a dict": (lambda: {"b": v(), 2: [v()], None: v()}, ["x['b']", "x[2][0]", "x[None]"]),
    "an ordered dict": (lambda: OrderedDict(a={"k": v()}), ["x['a']['k']"]),
    "other mappings and lists": (lambda: types.MappingProxyType({"a": UserList([v()])}), ["x['a'].data[0]"]),
    "a set": (lambda: {v("b"), v("a")}, ["x['a']", "x['b']"]),
    "a frozen set in a set": (lambda: {frozenset([v("w")]), "text", (1, 2), (3, 4)}, ["x['']['w']"]),
    "a set of one module": (lambda: {Neuron(1)}, ["x[''].w[0]", "x[''].b"]),
    "an array": (lambda: np.array([[v(), v()], [v(), 2.0]]), ["x[0][0]", "x[0][1]", "x[1][0]"]),
    "an array without a side": (lambda: np.array(v()), ["x"]),
    "an array of lists": (lambda: np.array([[v()], [v(), v()]], dtype=object), ["x[0][0]", "x[1][0]", "x[1][1]"]),
    "a module": (lambda: Layer(1, 1), ["x.neurons[0].w[0]", "x.neurons[0].b"]),
    "slots": (lambda: [Slots(v()), Pair(v(), [v()])], ["x[0].w", "x[1].a", "x[1].b[0]"]),
    "a plain object": (lambda: Plain(v()), ["x.w[0]"]),
    "a namespace": (lambda: types.SimpleNamespace(a=v()), ["x.a"]),
    "numbers, text, functions, results": (lambda: [1.0, "w", len, lambda: v(), v() * 2, np.ones(3), None, MLP, np], []),
    "an optimizer of another model": (lambda: [SGD([v()]), compiled(lambda w: w)], []),
}


@pytest.mark.parametrize("how", HELD)
def test_a_parameter_is_found_wherever_it_is_held(how):
    make, paths = HELD[how]
    model = Module()
    model.x = make()
    assert [path for path, _ in model.named_parameters()] == paths
    assert model.parameters() == [p for _, p in model.named_parameters()]
    assert list(model.state_dict()) == paths
    for p in model.parameters():
        p.grad = 1.0
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_a_chain_of_ten_thousand_modules_is_walked():
    first = last = Module()
    for _ in range(10_000):
        last.w, last.next = v(), Module()
        last = last.next
    assert len(first.parameters()) == 10_000


def test_a_set_of_parameters_that_are_held_elsewhere_needs_no_order():
    model = Neuron(2)
    for w in model.w:
        w.label = ""
    model.decayed = set(model.w)
    assert len(model.parameters()) == 3
    model.others = {v(), v()}
    for ask in (model.parameters, model.zero_grad, model.state_dict, lambda: SGD(model.parameters())):
        with pytest.raises(ValueError, match=r"others is a set, which has no order: keep parameters in a list"):
            ask()


class Scaled(MLP):
    def __init__(self, *, seed=1):
        super().__init__([2, 3, 1], activation="tanh", seed=seed)
        self.scale = np.array([[v("scale")]])
        self._shift = {"shift": deque([Value(0.5)])}

    def __call__(self, x):
        return self.scale[0, 0] * super().__call__(x) + self._shift["shift"][0]


def test_a_network_with_parameters_of_its_own_trains_all_of_them_with_either_engine():
    X, y = data.XOR[:2]
    ends = []
    assert Scaled().predict(X) == pytest.approx([Scaled()(x).data for x in X])
    for engine in ("graph", "compiled"):
        model = Scaled()
        before = model.state_dict()
        run = fit(model, X, y, loss="mse", epochs=20, engine=engine)
        assert run.engine == engine
        ends.append(model.state_dict())
        assert all(ends[-1][path] != number for path, number in before.items())
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


def test_a_compiled_function_differentiates_all_of_them():
    model = Scaled()
    loss = compiled(lambda model, x: model(x) ** 2)
    loss.backward(model, [0.5, -1.0])
    found = [p.grad for p in model.parameters()]
    model.zero_grad()
    (model([0.5, -1.0]) ** 2).backward()
    assert found == pytest.approx([p.grad for p in model.parameters()], rel=1e-12)
    model.extra = [Value(1.0)]
    loss(model, [0.5, -1.0])
    assert "holding other Values" in loss.retraced[-1]


def test_a_number_that_a_plain_object_holds_is_followed_while_training():
    class Head:
        factor = None

    class Net(Module):
        def __init__(self):
            self.w, self.head = Value(1.0), Head()
            self.head.factor = 2.0

        def __call__(self, x):
            return self.w * x[0] * self.head.factor

    model = Net()
    training = steps(model, [[1.0]], [0.0], loss="mse", optimizer=SGD(model.parameters(), lr=1e-9), epochs=2)
    first = next(training)
    model.head.factor = 4.0
    assert next(training).loss == pytest.approx(4 * first.loss)


@pytest.mark.parametrize(
    ("needs", "show"),
    [
        ("nn", lambda model, path: Recorder(model, *data.XOR[:2], loss="logistic")),
        ("nn", lambda model, path: playground(model, data.XOR)),
        ("torch", lambda model, path: to_torch(model)),
        ("onnx", to_onnx),
    ],
    ids=["Recorder", "playground", "to_torch", "to_onnx"],
)
def test_what_takes_a_network_layer_by_layer_refuses_one_that_is_more(needs, show, tmp_path):
    class Negated(MLP):
        def __call__(self, x):
            return -super().__call__(x)

    pytest.importorskip(needs)
    with pytest.raises(ValueError, match="this Scaled is more than its layers: the parameter 'scale"):
        show(Scaled(), tmp_path / "model")
    with pytest.raises(ValueError, match="a forward pass of its own would be lost here"):
        show(Negated([2, 3, 1]), tmp_path / "model")
