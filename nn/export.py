"""The same network in other libraries: PyTorch (both ways), and ONNX for Netron and ONNX Runtime.

Both are optional: ``pip install 'chalkgrad[torch]'``, ``pip install 'chalkgrad[onnx]'``.
"""

from __future__ import annotations

import struct
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from autograd import OPS
from autograd.files import write_atomically
from nn.layers import MLP, require_its_layers
from nn.serialization import architecture, blocks_by_layer, tensors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import onnx
    import torch

__all__ = ["from_torch", "to_onnx", "to_torch"]


class _Names(NamedTuple):
    """What an activation is called elsewhere: the module in ``torch.nn``, the operator in ONNX."""

    torch: str
    onnx: str


# Their default constants (a slope of 0.01, α = 1, −1 and 1) are those of the op table.
_ELSEWHERE = {
    "identity": _Names("Identity", "Identity"),
    "relu": _Names("ReLU", "Relu"),
    "leaky_relu": _Names("LeakyReLU", "LeakyRelu"),
    "elu": _Names("ELU", "Elu"),
    "gelu": _Names("GELU", "Gelu"),
    "silu": _Names("SiLU", "Swish"),
    "sigmoid": _Names("Sigmoid", "Sigmoid"),
    "softplus": _Names("Softplus", "Softplus"),
    "tanh": _Names("Tanh", "Tanh"),
    "clip": _Names("Hardtanh", "Clip"),
}


_OPTIONS = {"Softplus": {"threshold": 40.0}}  # it is x itself above: by default above 20, which is off by 2e-9
_HERE = {names.torch: ours for ours, names in _ELSEWHERE.items()}


def to_torch(model: MLP) -> torch.nn.Sequential:
    """The same network in PyTorch: ``Sequential(Linear, σ, Linear, …)`` in float64.

    Raises ImportError without PyTorch, ValueError for an activation that PyTorch has no module for.
    """
    with _from_extra("torch"):
        import torch

    modules: list[torch.nn.Module] = []
    for (m, n), activation in _layers(model):
        # On the device "meta" there are shapes only: nothing is drawn from PyTorch's random generator.
        modules.append(torch.nn.Linear(m, n, dtype=torch.float64, device="meta"))
        name = _elsewhere(activation).torch
        modules.append(getattr(torch.nn, name)(**_OPTIONS.get(name, {})))
    network = torch.nn.Sequential(*(modules[:-1] if activation == "identity" else modules))
    state = {
        name: torch.tensor(t.numbers, dtype=torch.float64).reshape(t.shape)
        for name, t in tensors(blocks_by_layer(model.layers)).items()
    }
    network.load_state_dict(state, assign=True)
    return network


def from_torch(network: torch.nn.Sequential) -> MLP:
    """The same network here: ``Linear`` layers, each but the last followed by an activation; the numbers in float64.

    Raises ValueError naming the first module that has no counterpart: another kind, or an activation with constants of its
    own. A ``Linear`` without a bias gets one of 0. PyTorch's ``Softplus`` is x itself above 20, which is off by 2e-9.
    """
    linear: list[torch.nn.Linear] = []
    used: list[str] = []
    for place, module in enumerate(network):
        kind = type(module).__name__
        if kind == "Linear":
            used += ["identity"] * (len(linear) - len(used))
            linear.append(module)  # type: ignore[arg-type]  # by its name, so that PyTorch need not be loaded
        elif kind in _HERE and len(used) < len(linear) and _has_our_constants(module, kind):
            used.append(_HERE[kind])
        else:
            raise ValueError(
                f"module {place} of the network is {module}, which an MLP does not have here: it takes Linear layers, each "
                f"followed by at most one of {', '.join(_HERE)}, with PyTorch's default settings"
            )
    *hidden, output = [*used, "identity"][: len(linear)] or [""]
    if not linear:
        raise ValueError("the network has no Linear layer")
    for place, (a, b) in enumerate(pairwise(linear), start=1):
        if a.out_features != b.in_features:
            raise ValueError(
                f"linear module {place} takes {b.in_features} numbers, and the one before gives {a.out_features}"
            )
    sizes = [linear[0].in_features, *[layer.out_features for layer in linear]]
    model = MLP(sizes, activation=hidden, output=output, init="zero")
    for ours, theirs in zip(model.layers, linear, strict=True):
        biases = [0.0] * len(ours.neurons) if theirs.bias is None else theirs.bias.tolist()
        for neuron, row, b in zip(ours.neurons, theirs.weight.tolist(), biases, strict=True):
            neuron.b.data = b
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
    return model


def _has_our_constants(module: torch.nn.Module, kind: str) -> bool:
    """Is it the activation as PyTorch makes it without arguments? GELU's other form is another function."""
    make = type(module)
    return repr(module) in (repr(make()), repr(make(**_OPTIONS.get(kind, {}))))


def to_onnx(model: MLP, path: str | Path) -> None:
    """Write the network for Netron, ONNX Runtime and the rest: input ``x``, hidden ``h1``, ``h2``, …, output ``logits``.

    x:      float32 of shape (batch, m₀); float32 because many operators run in nothing else
    logits: float32 of shape (batch, m_L); with an output activation the result is ``f``, after them

    Raises ImportError without the package onnx, ValueError for an activation that ONNX has no operator for, OverflowError
    for a weight beyond float32 (3.4e38), OSError when the file can't be written.
    """
    with _from_extra("onnx"):
        import onnx

    # Opset 20, the first with Gelu, and its version of the file format: ONNX Runtime 1.17 (2024) and later read them.
    opset = [onnx.helper.make_opsetid("", 20)]
    network = onnx.helper.make_model(_onnx_graph(model), opset_imports=opset, ir_version=9, producer_name="chalkgrad")
    onnx.checker.check_model(network, full_check=True)
    write_atomically(path, network.SerializeToString())


def _onnx_graph(model: MLP) -> onnx.GraphProto:
    """From x to the logits: a Gemm (h Wᵀ + b) and an activation per layer."""
    from onnx import TensorProto
    from onnx.helper import make_graph, make_node, make_tensor_value_info

    nodes, h, layers = [], "x", _layers(model)
    for l, (_, activation) in enumerate(layers, start=1):
        last = l == len(layers)
        x, h = h, "logits" if last else f"h{l}_pre"
        nodes.append(make_node("Gemm", [x, f"W{l}", f"b{l}"], [h], name=f"layer{l}", transB=1))
        if not (last and activation == "identity"):
            h_pre, h = h, "f" if last else f"h{l}"
            nodes += _onnx_activation(activation, h_pre, h)
    (m0, _), _ = layers[0]
    (_, mL), _ = layers[-1]
    start = make_tensor_value_info("x", TensorProto.FLOAT, ["batch", m0])
    end = make_tensor_value_info(h, TensorProto.FLOAT, ["batch", mL])
    return make_graph(nodes, "MLP", [start], [end], _onnx_weights(model))


def _onnx_activation(activation: str, x: str, y: str) -> list[onnx.NodeProto]:
    """y = σ(x) as operators, mostly one."""
    from onnx.helper import make_node

    op = _elsewhere(activation).onnx
    if op == "Swish":  # an operator only from opset 24 on
        return [make_node("Sigmoid", [x], [f"{y}_gate"]), make_node("Mul", [x, f"{y}_gate"], [y])]
    if op == "Clip":
        ends = {f"{y}_{end}": number for end, number in OPS["clip"].constants.items()}
        constants = [make_node("Constant", [], [end], value_float=number) for end, number in ends.items()]
        return [*constants, make_node(op, [x, *ends], [y])]
    return [make_node(op, [x], [y])]


def _onnx_weights(model: MLP) -> list[onnx.TensorProto]:
    """W1, b1, W2, …, in float32."""
    from onnx import TensorProto
    from onnx.helper import make_tensor

    found = []
    for i, (shape, numbers) in enumerate(tensors(blocks_by_layer(model.layers)).values()):
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        found.append(make_tensor(f"{'Wb'[i % 2]}{i // 2 + 1}", TensorProto.FLOAT, shape, raw, raw=True))
    return found


def _layers(model: MLP) -> list[tuple[tuple[int, int], str]]:
    """((inputs, outputs), activation) of every layer."""
    if not isinstance(model, MLP):
        raise TypeError(f"only an MLP has a counterpart elsewhere, got {type(model).__name__}")
    require_its_layers(model)
    about = architecture(model.layers)
    shapes = list(pairwise(about["sizes"]))
    hidden = about["activation"] if isinstance(about["activation"], list) else [about["activation"]] * (len(shapes) - 1)
    return list(zip(shapes, [*hidden, about["output"]], strict=True))


def _elsewhere(activation: str) -> _Names:
    if activation not in _ELSEWHERE:
        raise ValueError(f"other libraries have no {activation!r}; they know {', '.join(_ELSEWHERE)}")
    return _ELSEWHERE[activation]


@contextmanager
def _from_extra(extra: str) -> Iterator[None]:
    """Say how to install what an import does not find."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ImportError(
            f"this needs the package {error.name}: pip install 'chalkgrad[{extra}]'", name=error.name
        ) from None
