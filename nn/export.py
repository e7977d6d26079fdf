"""The same network in other libraries: PyTorch, and ONNX for Netron and ONNX Runtime.

Both are optional: ``pip install 'chalkgrad[torch]'``, ``pip install 'chalkgrad[onnx]'``.
"""

from __future__ import annotations

import struct
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from autograd import OPS
from autograd.files import write_atomically
from nn.layers import MLP
from nn.serialization import architecture, tensors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import onnx
    import torch

__all__ = ["to_onnx", "to_torch"]


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
        # PyTorch's softplus is x itself above a threshold: by default 20, which is off by 2e-9.
        options = {"threshold": 40.0} if activation == "softplus" else {}
        modules.append(getattr(torch.nn, _elsewhere(activation).torch)(**options))
    network = torch.nn.Sequential(*(modules[:-1] if activation == "identity" else modules))
    state = {
        name: torch.tensor(t.numbers, dtype=torch.float64).reshape(t.shape) for name, t in tensors(model.layers).items()
    }
    network.load_state_dict(state, assign=True)
    return network


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
    for i, (shape, numbers) in enumerate(tensors(model.layers).values()):
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        found.append(make_tensor(f"{'Wb'[i % 2]}{i // 2 + 1}", TensorProto.FLOAT, shape, raw, raw=True))
    return found


def _layers(model: MLP) -> list[tuple[tuple[int, int], str]]:
    """((inputs, outputs), activation) of every layer."""
    if not isinstance(model, MLP):
        raise TypeError(f"only an MLP has a counterpart elsewhere, got {type(model).__name__}")
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
