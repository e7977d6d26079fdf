"""Code written for micrograd's networks runs with its imports changed, and computes the same."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograd import Value, collector_paused
from nn import MLP, Layer, Module, Neuron

DEMO = Path(__file__).parent / "benchmarks" / "demo.py"


def micrograd_nn() -> Any:
    return pytest.importorskip("micrograd.nn", reason="the peer itself: pip install 'chalkgrad[bench]'")


def demo(*, on: str) -> dict[str, Any]:
    """The names of micrograd's demo, run with its own imports or with chalkgrad's."""
    pytest.importorskip("sklearn.datasets", reason="the demo draws its moons with scikit-learn")
    text = DEMO.read_text(encoding="utf-8")
    if on == "chalkgrad":
        text = text.replace("from micrograd.engine import", "from autograd import")
        text = text.replace("from micrograd.nn import", "from nn import")
        assert "from micrograd" not in text
    names: dict[str, Any] = {"__name__": "demo"}
    exec(compile(text, f"<demo on {on}>", "exec"), names)
    return names


# ── constructors and attributes ─────────────────────────────────────────────


def test_neuron_has_weights_a_bias_and_nonlin():
    n = Neuron(3)
    assert len(n.w) == 3
    assert all(isinstance(p, Value) for p in [*n.w, n.b])
    assert n.b.data == 0.0
    assert n.nonlin is True
    assert Neuron(3, False).nonlin is False
    assert Neuron(3, nonlin=False).nonlin is False


def test_layer_passes_its_keywords_to_its_neurons():
    layer = Layer(3, 4, nonlin=False)
    assert len(layer.neurons) == 4
    assert all(len(n.w) == 3 and n.nonlin is False for n in layer.neurons)


def test_mlp_is_relu_inside_and_linear_at_the_end():
    model = MLP(3, [4, 5, 2])
    assert [len(layer.neurons) for layer in model.layers] == [4, 5, 2]
    assert [layer.neurons[0].nonlin for layer in model.layers] == [True, True, False]
    for p in model.parameters():
        p.data = -1.0
    assert [f.data for f in model([1.0, 1.0, 1.0])] == [-1.0, -1.0]  # hidden: relu(−4) = 0; then b = −1 alone


def test_nouts_may_be_a_tuple():
    assert repr(MLP(2, (3, 1))) == repr(MLP(2, [3, 1]))


def test_a_neuron_made_nonlinear_later_fires_through_relu():
    n = Neuron(1, False)
    n.nonlin = True
    n.w[0].data = -1.0
    assert n([2.0]).data == 0.0
    assert repr(n) == "ReLUNeuron(1)"


def test_extra_attributes_may_be_set_on_parameters():
    for p in MLP(2, [2, 1]).parameters():
        p.m, p.v = 0.0, 0.0
        assert (p.m, p.v) == (0.0, 0.0)


# ── weights ─────────────────────────────────────────────────────────────────


def test_weights_are_drawn_like_micrograds_from_the_global_generator():
    theirs = micrograd_nn()
    random.seed(1337)
    ours = [p.data for p in MLP(2, [16, 16, 1]).parameters()]
    random.seed(1337)
    assert ours == [p.data for p in theirs.MLP(2, [16, 16, 1]).parameters()]


def test_weights_are_drawn_neuron_by_neuron_and_biases_are_not():
    random.seed(7)
    model, after = MLP(3, [2, 1]), random.random()
    random.seed(7)
    for layer in model.layers:
        for n in layer.neurons:
            assert [w.data for w in n.w] == [random.uniform(-1, 1) for _ in n.w]
            assert n.b.data == 0.0
    assert random.random() == after  # and nothing more was drawn


def test_neuron_and_layer_draw_from_the_global_generator_too():
    random.seed(3)
    n, layer = Neuron(2), Layer(2, 2)
    random.seed(3)
    assert [w.data for m in [n, *layer.neurons] for w in m.w] == [random.uniform(-1, 1) for _ in range(6)]


# ── reprs ───────────────────────────────────────────────────────────────────


def test_reprs_have_the_known_shape():
    assert repr(Neuron(2)) == "ReLUNeuron(2)"
    assert repr(Neuron(2, nonlin=False)) == "LinearNeuron(2)"
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(MLP(2, [2, 1])) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"


@pytest.mark.parametrize("nouts", [[1], [4, 1], [3, 3, 2]])
def test_reprs_are_micrograds(nouts):
    assert repr(MLP(2, nouts)) == repr(micrograd_nn().MLP(2, nouts))


# ── calling ─────────────────────────────────────────────────────────────────


def test_a_single_output_is_unwrapped_and_several_are_a_list():
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    outputs = MLP(2, [3, 2])([1.0, 2.0])
    assert isinstance(outputs, list)
    assert len(outputs) == 2
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    assert isinstance(Layer(2, 2)([1.0, 2.0]), list)


def test_a_layer_of_one_neuron_inside_a_network_works():
    assert isinstance(MLP(2, [1, 1])([1.0, 2.0]), Value)  # elsewhere the unwrapped Value breaks the next layer


def test_numbers_values_and_arrays_give_the_same_output():
    np = pytest.importorskip("numpy")
    model = MLP(2, [3, 1])
    forms = [
        [0.5, -2],
        (0.5, -2.0),
        [Value(0.5), Value(-2)],
        [0.5, Value(-2)],
        np.array([0.5, -2.0]),
        iter([0.5, -2.0]),
    ]
    assert len({model(x).data for x in forms}) == 1


def test_input_values_get_gradients():
    x = [Value(0.5), Value(-2.0)]
    n = Neuron(2, nonlin=False)
    n(x).backward()
    assert [xi.grad for xi in x] == [w.data for w in n.w]


def test_a_neuron_written_out_with_sum_and_zip_is_the_neuron():
    n, x = Neuron(4), [0.3, -1.2, 2.0, 0.7]
    written = sum((wi * xi for wi, xi in zip(n.w, x)), n.b).relu()  # noqa: B905  # as it is written elsewhere
    assert written.data == pytest.approx(n(x).data, abs=1e-15)
    written.backward()
    grads = [p.grad for p in n.parameters()]
    n.zero_grad()
    n(x).backward()
    assert [p.grad for p in n.parameters()] == pytest.approx(grads, abs=1e-15)


def test_layers_may_be_called_one_after_the_other():
    model = MLP(2, [3, 3, 1])
    x = [1.0, -0.5]
    for layer in model.layers:
        x = layer(x)
    assert x.data == model([1.0, -0.5]).data


# ── parameters and gradients ────────────────────────────────────────────────


def test_parameters_come_in_the_known_order():
    model = MLP(2, [2, 1])
    by_hand = [p for layer in model.layers for n in layer.neurons for p in [*n.w, n.b]]
    assert [id(p) for p in model.parameters()] == [id(p) for p in by_hand]
    assert len(MLP(2, [16, 16, 1]).parameters()) == 337  # the number the demo prints


def test_zero_grad_clears_every_parameter():
    model = MLP(2, [3, 1])
    model([1.0, 2.0]).backward()
    for part in (model.layers[0].neurons[0], model.layers[0], model):
        part.zero_grad()
        assert all(p.grad == 0 for p in part.parameters())


def test_a_module_of_the_users_own_overrides_parameters():
    class Scale(Module):
        def __init__(self):
            self.hidden = MLP(1, [2, 1])
            self.s = Value(2.0)

        def __call__(self, x):
            return self.s * self.hidden([x])

        def parameters(self):
            return [self.s, *self.hidden.parameters()]

    model = Scale()
    model(1.0).backward()
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())
    assert len(model.parameters()) == 1 + 7


# ── whole programs ──────────────────────────────────────────────────────────


def lecture(MLP: Any, steps: int = 20) -> list[float]:
    """The lecture's last cells: four samples, squared error, steps by hand."""
    random.seed(42)
    n = MLP(3, [4, 4, 1])
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(steps):
        ypred = [n(x) for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in n.parameters():
            p.grad = 0.0
        loss.backward()
        for p in n.parameters():
            p.data += -0.01 * p.grad
        losses.append(loss.data)
    return losses


def test_the_lectures_training_loop_gives_micrograds_losses():
    assert lecture(MLP) == pytest.approx(lecture(micrograd_nn().MLP), rel=1e-9)


def test_the_lectures_training_loop_learns():
    losses = lecture(MLP, steps=300)
    assert losses[-1] < 0.05 * losses[0]


@pytest.mark.slow
def test_the_demo_agrees_with_micrograd_step_by_step():
    micrograd_nn()
    ours, theirs = demo(on="chalkgrad"), demo(on="micrograd")
    for k in range(2):  # the second starts from what the first made of the weights
        with collector_paused():
            (loss, share), (their_loss, their_share) = ours["train_step"](k), theirs["train_step"](k)
        assert loss == pytest.approx(their_loss, rel=1e-9)
        assert share == their_share
    pairs = list(zip(ours["model"].parameters(), theirs["model"].parameters(), strict=True))
    assert max(abs(p.data - q.data) for p, q in pairs) < 1e-9
    assert max(abs(p.grad - q.grad) for p, q in pairs) < 1e-9


@pytest.mark.slow
def test_the_demo_reaches_its_published_accuracy():
    names = demo(on="chalkgrad")
    with collector_paused():
        for k in range(100):
            loss, accuracy = names["train_step"](k)
    assert accuracy == 1.0
    assert loss < 0.02


def test_a_seeded_run_is_the_same_in_every_process():
    program = (
        "import random; random.seed(1); from nn import MLP; m = MLP(2, [3, 1])\n"
        "for _ in range(5):\n"
        "    loss = sum((m([a, 1 - a]) - a) ** 2 for a in (0.1, 0.6, 0.9)); m.zero_grad(); loss.backward()\n"
        "    for p in m.parameters(): p.data -= 0.1 * p.grad\n"
        "print([p.data.hex() for p in m.parameters()])"
    )
    root = str(Path(__file__).parents[1])
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_functions_in_microgpts_manner_run_and_differentiate():
    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(wo, x, strict=True)) for wo in w]

    def softmax(logits):
        max_val = max(val.data for val in logits)
        exps = [(val - max_val).exp() for val in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def rmsnorm(x):
        ms = sum(xi * xi for xi in x) / len(x)
        scale = (ms + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    rng = random.Random(0)
    numbers = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(4)]

    def loss(rows):
        return -softmax(linear(rmsnorm([0.5, -1.0, 2.0]), rows))[2].log()

    w = [[Value(x) for x in row] for row in numbers]
    loss(w).backward()

    def number(rows):  # the same in plain floats
        x = [0.5, -1.0, 2.0]
        scale = (sum(xi * xi for xi in x) / 3 + 1e-5) ** -0.5
        logits = [sum(a * b * scale for a, b in zip(row, x, strict=True)) for row in rows]
        return math.log(sum(map(math.exp, logits))) - logits[2]

    assert loss(w).data == pytest.approx(number(numbers), rel=1e-12)
    for i, row in enumerate(numbers):
        for j, x in enumerate(row):
            row[j] = x + 1e-6
            above = number(numbers)
            row[j] = x - 1e-6
            below = number(numbers)
            row[j] = x
            assert w[i][j].grad == pytest.approx((above - below) / 2e-6, abs=1e-8)


def test_the_classic_form_takes_its_names():
    random.seed(3)
    by_place = MLP(2, [3, 1])
    random.seed(3)
    by_name = MLP(nin=2, nouts=[3, 1])
    assert [p.data for p in by_name.parameters()] == [p.data for p in by_place.parameters()]
    assert repr(by_name) == repr(by_place)
    with pytest.raises(ValueError, match="MLP takes sizes or nin, not both"):
        MLP([2, 3], nin=2)
