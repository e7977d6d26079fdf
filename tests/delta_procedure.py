"""The lecture's δ procedure in NumPy: the reference that the graph's gradients are held against.

This is backpropagation as people write it by hand. Nothing of the engine is used here.
"""

import math

import numpy as np

SIGMA = {  # σ and σ′, from the textbook
    "identity": (lambda z: z, lambda z: np.ones_like(z)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: z * (z > 0), lambda z: (z > 0) * 1.0),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "elu": (lambda z: np.where(z > 0, z, np.exp(z) - 1), lambda z: np.where(z > 0, 1.0, np.exp(z))),
    "softplus": (lambda z: np.log(1 + np.exp(z)), lambda z: 1 / (1 + np.exp(-z))),
    "silu": (lambda z: z / (1 + np.exp(-z)), lambda z: (1 + np.exp(-z) + z * np.exp(-z)) / (1 + np.exp(-z)) ** 2),
    "gelu": (lambda z: z * PHI(z), lambda z: PHI(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)),
    "step": (lambda z: (z >= 0) * 1.0, lambda z: np.zeros_like(z)),
}
PHI = np.vectorize(lambda z: (1 + math.erf(z / math.sqrt(2))) / 2)

OUTPUT = {  # f from f̃, for each loss
    "mse": lambda logits: logits,
    "logistic": lambda logits: 1 / (1 + np.exp(-logits)),
    "cross_entropy": lambda logits: np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True),
}


def delta_procedure(W, b, X, Y, activation, loss):
    """(f, [δˡ], [∂L/∂Wˡ], [∂L/∂bˡ]) of the mean loss over a batch.

    W, b: lists of L arrays, (m_l, m_{l−1}) and (m_l,); X: (n, m_0); Y: (n, m_L), one-hot for cross_entropy.
    δˡ has a row a sample: ∂L/∂h̃ˡ, with the batch's 1/n in it.
    """
    σ, slope = SIGMA[activation]
    h, h_pre = [X], []
    for Wl, bl in zip(W, b, strict=True):  # forward: keep every h̃ˡ and hˡ
        h_pre.append(h[-1] @ Wl.T + bl)
        h.append(σ(h_pre[-1]))
    f = OUTPUT[loss](h_pre[-1])
    deltas = [(f - Y) / len(X)]
    for Wl, z in zip(W[:0:-1], h_pre[-2::-1], strict=True):  # backward: l = L − 1 … 1
        deltas.insert(0, (deltas[0] @ Wl) * slope(z))
    return f, deltas, [d.T @ hl for d, hl in zip(deltas, h[:-1], strict=True)], [d.sum(axis=0) for d in deltas]
