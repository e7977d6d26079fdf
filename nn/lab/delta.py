"""The δ procedure of the lecture, written out, and the count of paths that it saves.

>>> W, b = weights(MLP([2, 3, 2], seed=0))
>>> delta, dW, db = delta_procedure(W, b, [1.0, 2.0], [0.0, 1.0])
>>> delta[1].shape, dW[1].shape, bool((db[2] == delta[2]).all())
((3,), (3, 2), True)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import Value, topological_order
from nn.layers import MLP

__all__ = ["delta_procedure", "paths_and_edges", "weights"]

Layers = Mapping[int, Any]  # l → the array of layer l, l = 1 … L as in the lecture


def weights(model: MLP) -> tuple[dict[int, Any], dict[int, Any]]:
    """A network's Wˡ and bˡ as arrays, by l = 1 … L.

    >>> W, b = weights(MLP([2, 4, 3]))
    >>> W[1].shape, W[2].shape, b[2].shape
    ((4, 2), (3, 4), (3,))
    """
    layers = {l: layer.neurons for l, layer in enumerate(model.layers, 1)}
    W = {l: np.array([[w.data for w in n.w] for n in neurons]) for l, neurons in layers.items()}
    return W, {l: np.array([n.b.data for n in neurons]) for l, neurons in layers.items()}


def delta_procedure(W: Layers, b: Layers, x: Any, y: Any) -> tuple[Layers, Layers, Layers]:
    """δˡ, ∂ℓ/∂Wˡ and ∂ℓ/∂bˡ of one sample, for ReLU layers, softmax and cross-entropy.

    δᴸ = (f − y)ᵀ,   δˡ = δˡ⁺¹ Wˡ⁺¹ σ′(h̃ˡ),   ∂ℓ/∂Wˡ = (δˡ)ᵀ (hˡ⁻¹)ᵀ,   ∂ℓ/∂bˡ = (δˡ)ᵀ

    W, b: by l = 1 … L; x: m₀ numbers; y: one-hot, m_L numbers

    >>> delta, dW, db = delta_procedure({1: np.eye(2)}, {1: np.zeros(2)}, [3.0, 3.0], [0.0, 1.0])
    >>> delta[1], dW[1]
    (array([ 0.5, -0.5]), array([[ 1.5, 1.5], [-1.5, -1.5]]))
    """
    L, h, h_pre = len(W), {0: np.asarray(x)}, {}
    for l in range(1, L + 1):  # forward: every h̃ˡ and hˡ is kept
        h_pre[l] = W[l] @ h[l - 1] + b[l]
        h[l] = np.maximum(h_pre[l], 0.0)
    e = np.exp(h_pre[L] - h_pre[L].max())
    delta = {L: e / e.sum() - y}  # f − y
    for l in range(L - 1, 0, -1):  # backward: l = L − 1 … 1
        delta[l] = (delta[l + 1] @ W[l + 1]) * (h_pre[l] > 0)
    return delta, {l: np.outer(delta[l], h[l - 1]) for l in delta}, dict(delta)


def paths_and_edges(root: Value) -> tuple[int, int]:
    """How many paths lead from the root down to its leaves, and how many edges there are.

    The chain rule is a sum over paths; backward walks each edge once, because paths share their upper parts.

    >>> x = Value(1.5)
    >>> y = x * x
    >>> z = y * y
    >>> paths_and_edges(z * z)
    (8, 6)
    """
    order = topological_order(root)
    ways = dict.fromkeys(order, 0) | {root: 1}
    for node in reversed(order):
        for parent in node.parents:
            ways[parent] += ways[node]
    return sum(ways[node] for node in order if not node.parents), sum(len(node.parents) for node in order)
