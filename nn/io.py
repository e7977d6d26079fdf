"""Trained networks on disk: safetensors, a format that can hold numbers and nothing that runs.

The file holds W and b of every layer under PyTorch's names ("0.weight" of shape
(nout, nin), "0.bias" of shape (nout,)) and the architecture in its metadata.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nn import activations

if TYPE_CHECKING:
    from nn.layers import MLP

__all__ = ["save", "write_atomically"]


def write_atomically(path: str | Path, content: bytes | str) -> None:
    """Write a file whole or not at all: a temporary file beside it, fsync, and a rename over the old one.

    Raises OSError when the folder does not exist or can't be written; the old file is then as it was.
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def tensors(model: MLP) -> dict[str, Any]:
    """W and b of every layer as float64 arrays, under PyTorch's names.

    >>> from nn import MLP
    >>> {k: v.shape for k, v in tensors(MLP([2, 3, 1])).items()}
    {'0.weight': (3, 2), '0.bias': (3,), '1.weight': (1, 3), '1.bias': (1,)}
    """
    import numpy as np

    arrays = {}
    for i, layer in enumerate(model.layers):
        arrays[f"{i}.weight"] = np.array([[w.data for w in n.w] for n in layer.neurons])
        arrays[f"{i}.bias"] = np.array([n.b.data for n in layer.neurons])
    return arrays


def architecture(model: MLP) -> dict[str, Any]:
    """What ``MLP`` has to be called with to get the same shape."""
    σ = [activations.name_of(n.activation) if (n := layer.neurons[0]).nonlin else "identity" for layer in model.layers]
    return {"sizes": model.sizes, "activation": σ[0] if len(σ) > 1 else "relu", "output": σ[-1]}


def save(model: MLP, path: str | Path) -> None:
    """Write the network as safetensors. Needs the package safetensors (``pip install 'chalkgrad[train]'``)."""
    try:
        from safetensors.numpy import save as packed
    except ImportError:
        raise ImportError("saving a network needs safetensors: pip install 'chalkgrad[train]'") from None
    write_atomically(path, packed(tensors(model), metadata={"chalkgrad": json.dumps(architecture(model))}))
