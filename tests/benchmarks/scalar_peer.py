"""A peer in microgpt's manner: slots instead of closures, local derivatives kept in the node.

Written for these benchmarks; iterative, so that it can be measured at a million nodes.
"""

import math
import random
from itertools import pairwise


class Value:
    """data, gradient, operands, local derivatives."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, k):
        return Value(self.data**k, (self,), (k * self.data ** (k - 1),))

    def exp(self):
        y = math.exp(self.data)
        return Value(y, (self,), (y,))

    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rmul__(self, other):
        return self * other

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif v not in seen:
                seen.add(v)
                stack.append((v, True))
                stack += [(child, False) for child in v._children if child not in seen]
        self.grad = 1.0
        for v in reversed(order):
            upstream = v.grad
            for child, local in zip(v._children, v._local_grads):  # noqa: B905  # the option costs time
                child.grad += local * upstream


class MLP:
    """Weights drawn and used as in micrograd, so that the same script runs."""

    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [
            [([Value(random.uniform(-1, 1)) for _ in range(m)], Value(0.0)) for _ in range(n)]
            for m, n in pairwise(sizes)
        ]

    def __call__(self, x):
        for layer in self.layers:
            h = [sum((wi * xi for wi, xi in zip(w, x, strict=False)), b) for w, b in layer]
            x = h if layer is self.layers[-1] else [v.relu() for v in h]
        return x[0] if len(x) == 1 else x

    def parameters(self):
        return [p for layer in self.layers for w, b in layer for p in [*w, b]]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
