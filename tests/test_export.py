"""The same network in PyTorch and ONNX gives the same numbers."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from nn import MLP, export, from_torch, to_onnx, to_torch


def network(seed: int = 3) -> MLP:
    return MLP([2, 3, 1], activation="tanh", seed=seed)


def numbers(model: MLP) -> list[float]:
    return [p.data for p in model.parameters()]


def square(v):
    return v * v


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


SAMPLES = np.random.default_rng(0).uniform(-1.0, 1.0, size=(20, 3))
SHARED = [*export._ELSEWHERE, "linear"]


def outputs(model: MLP) -> np.ndarray:
    return np.array([[f.data for f in model(x)] for x in SAMPLES])


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch", reason="compares with PyTorch")


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
@pytest.mark.parametrize("activation", SHARED)
def test_the_network_is_the_same_in_pytorch(torch, activation, output):
    model = MLP([3, 5, 4, 2], activation=activation, output=output, init="normal", seed=2)
    theirs, x = to_torch(model), torch.tensor(SAMPLES)
    np.testing.assert_allclose(theirs(x).detach().numpy(), outputs(model), rtol=1e-12, atol=1e-12)
    assert len(theirs) == (5 if output == "identity" else 6)
    assert all(p.requires_grad and p.grad is None for p in theirs.parameters())
    single = theirs.float()(x.float()).detach().numpy()
    np.testing.assert_allclose(single, outputs(model), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
@pytest.mark.parametrize("activation", SHARED)
def test_a_network_of_pytorchs_is_the_same_here(torch, activation, output):
    model = MLP([3, 5, 4, 2], activation=activation, output=output, init="normal", seed=2)
    back = from_torch(to_torch(model))
    assert [p.data for p in back.parameters()] == [p.data for p in model.parameters()]
    assert repr(back) == repr(model)


def test_a_network_written_in_pytorch_is_the_same_here(torch):
    torch.manual_seed(0)
    nn = torch.nn
    theirs = nn.Sequential(nn.Linear(3, 4), nn.SiLU(), nn.Linear(4, 4, bias=False), nn.Linear(4, 2), nn.Tanh()).double()
    np.testing.assert_allclose(
        outputs(from_torch(theirs)), theirs(torch.tensor(SAMPLES)).detach(), rtol=1e-12, atol=1e-15
    )


def test_a_state_dict_and_another_librarys_file_are_read_under_any_names(torch, tmp_path):
    from safetensors.torch import load_file, save_file

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.head = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

        def forward(self, x):
            return self.head(torch.tanh(self.body(x)))

    torch.manual_seed(0)
    theirs = Net().double()
    save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    for state in (theirs.state_dict(), load_file(tmp_path / "theirs.safetensors")):
        model = MLP([3, 4, 2], activation="tanh")
        model.load_state_dict(state)
        np.testing.assert_allclose(outputs(model), theirs(torch.tensor(SAMPLES)).detach(), rtol=1e-12, atol=1e-15)
    before = [p.data for p in model.parameters()]
    for wrong in ({**theirs.state_dict(), "more": torch.zeros(1)}, torch.nn.Linear(3, 4).state_dict()):
        with pytest.raises(
            ValueError, match=r"tensor 'more' is \(1,\)|0 tensors have the shape \(2, 4\) of '2.weight'"
        ):
            model.load_state_dict(wrong)
    assert [p.data for p in model.parameters()] == before
    square = {
        f"{name}.{kind}": torch.zeros([4, 4][: 2 - (kind == "bias")]) for name in "ab" for kind in ("weight", "bias")
    }
    with pytest.raises(
        ValueError, match=r"2 tensors have the shape \(4, 4\) of '0.weight': rename them to 0.weight, 0.bias"
    ):
        MLP([4, 4, 4]).load_state_dict(square)


def test_what_has_no_counterpart_here_is_named(torch):
    nn = torch.nn
    for modules, said in [
        ([nn.Linear(2, 3), nn.Dropout(0.5)], r"module 1 of the network is Dropout\(p=0.5"),
        ([nn.Linear(2, 3), nn.LeakyReLU(0.2)], r"module 1 of the network is LeakyReLU\(negative_slope=0.2\)"),
        ([nn.Linear(2, 3), nn.GELU("tanh")], "module 1 of the network is GELU"),
        ([nn.ReLU(), nn.Linear(2, 3)], "module 0 of the network is ReLU"),
        ([nn.Linear(2, 3), nn.ReLU(), nn.ReLU()], "module 2 of the network is ReLU"),
        ([nn.Linear(2, 3), nn.Linear(2, 1)], "linear module 1 takes 2 numbers, and the one before gives 3"),
        ([], "has no Linear layer"),
    ]:
        with pytest.raises(ValueError, match=said):
            from_torch(nn.Sequential(*modules))


def test_far_out_too_the_network_is_the_same_in_pytorch(torch):
    x = np.linspace(-60.0, 60.0, 241)
    for activation in export._ELSEWHERE:
        model = MLP([1, 1], output=activation, init=1.0)
        theirs = to_torch(model)(torch.tensor(x[:, None])).detach().numpy()[:, 0]
        np.testing.assert_allclose(theirs, [model([xi]).data for xi in x], rtol=1e-12, atol=1e-12)


def test_a_saved_network_is_a_state_dict_of_the_sequential_that_one_would_write(torch, path):
    file = pytest.importorskip("safetensors.torch", reason="loads with the package safetensors")
    model = MLP([3, 5, 4, 2], activation="gelu", seed=2)
    model.save(path)
    nn = torch.nn
    theirs = nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 4), nn.GELU(), nn.Linear(4, 2)).double()
    assert str(theirs.load_state_dict(file.load_file(path))) == "<All keys matched successfully>"
    assert np.abs(theirs(torch.tensor(SAMPLES)).detach().numpy() - outputs(model)).max() <= 1e-12
    assert theirs.state_dict().keys() == to_torch(model).state_dict().keys()


def test_going_to_pytorch_draws_nothing_from_its_generator_and_shares_nothing(torch):
    model, before = network(), torch.get_rng_state()
    theirs = to_torch(model)
    assert torch.equal(torch.get_rng_state(), before)
    with torch.no_grad():
        theirs[0].weight.zero_()
    assert numbers(model) == numbers(network())


def test_pytorch_learns_on_with_the_same_gradients(torch):
    model = MLP([3, 5, 4, 2], activation="tanh", seed=2)
    theirs = to_torch(model)
    theirs(torch.tensor(SAMPLES)).sum().backward()
    for x in SAMPLES:
        sum(model(x)).backward()
    gradient = [theirs[2].weight.grad[3][1].item(), theirs[0].bias.grad[2].item()]
    assert gradient == pytest.approx(
        [model.layers[1].neurons[3].w[1].grad, model.layers[0].neurons[2].b.grad], rel=1e-12
    )


@pytest.fixture(scope="session")
def onnxruntime():
    pytest.importorskip("onnx", reason="writes ONNX")
    return pytest.importorskip("onnxruntime", reason="runs ONNX")


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
@pytest.mark.parametrize("activation", SHARED)
def test_the_network_is_the_same_in_onnx_runtime(onnxruntime, path, activation, output):
    model = MLP([3, 5, 4, 2], activation=activation, output=output, seed=2)
    to_onnx(model, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": SAMPLES.astype(np.float32)})
    np.testing.assert_allclose(found, outputs(model), rtol=1e-6, atol=1e-6)
    assert [node.name for node in session.get_outputs()] == ["logits" if output == "identity" else "f"]


@pytest.mark.parametrize("activation", SHARED)
def test_the_network_is_the_same_by_onnxs_own_reference(onnxruntime, path, activation):
    from onnx.reference import ReferenceEvaluator

    model = MLP([3, 5, 4, 2], activation=activation, seed=2)
    to_onnx(model, path)
    (found,) = ReferenceEvaluator(str(path)).run(None, {"x": SAMPLES.astype(np.float32)})
    np.testing.assert_allclose(found, outputs(model), rtol=1e-6, atol=1e-6)


def test_an_onnx_file_shows_the_lectures_names(onnxruntime, path):
    import onnx

    to_onnx(MLP([3, 5, 4, 2], activation="tanh"), path)
    found = onnx.load(path)
    onnx.checker.check_model(found, full_check=True)
    assert [(n.op_type, *n.input, *n.output) for n in found.graph.node] == [
        ("Gemm", "x", "W1", "b1", "h1_pre"), ("Tanh", "h1_pre", "h1"),
        ("Gemm", "h1", "W2", "b2", "h2_pre"), ("Tanh", "h2_pre", "h2"),
        ("Gemm", "h2", "W3", "b3", "logits"),
    ]  # fmt: skip
    assert {w.name: tuple(w.dims) for w in found.graph.initializer} == {
        "W1": (5, 3), "b1": (5,), "W2": (4, 5), "b2": (4,), "W3": (2, 4), "b3": (2,),
    }  # fmt: skip
    assert (found.ir_version, found.opset_import[0].version, found.producer_name) == (9, 20, "chalkgrad")


def test_what_other_libraries_do_not_have_is_said_with_what_they_have(torch, onnxruntime, path):
    for activation in ("step", "sin"):
        for convert in (to_torch, lambda model: to_onnx(model, path)):
            with pytest.raises(ValueError, match=f"no '{activation}'; they know identity, relu, .*tanh"):
                convert(MLP([2, 3, 1], activation=activation))
    with pytest.raises(ValueError, match="'square' is a Python function"):
        to_torch(MLP([2, 3, 1], activation=square))
    with pytest.raises(OverflowError, match="too large"):
        to_onnx(MLP([2, 1], init=1e39), path)
    assert not path.exists()


@pytest.mark.parametrize(("package", "convert"), [("torch", to_torch), ("onnx", lambda model: to_onnx(model, "never"))])
def test_a_missing_package_says_how_to_install_it(monkeypatch, package, convert):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"this needs the package {package}: pip install 'chalkgrad\[{package}\]'"):
        convert(network())
