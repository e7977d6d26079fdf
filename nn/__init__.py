"""Networks on Values: neurons, layers, losses, optimizers, and training.

>>> from nn import MLP
>>> model = MLP([2, 3, 1], activation="tanh", seed=0)
>>> len(model.parameters())
13
"""

import autograd

if not hasattr(autograd, "backward_steps"):
    raise ImportError(
        f"the `autograd` that Python found ({getattr(autograd, '__file__', '?')}) is another project of that name, not chalkgrad's. "
        "Both use the import name, so keep one an environment: pip uninstall autograd, then reinstall chalkgrad."
    )

from nn import activations, data, init, losses
from nn.layers import MLP, Layer, Neuron
from nn.losses import cross_entropy, hinge, logistic, mse
from nn.module import Module
from nn.optim import SGD, Adam, Optimizer
from nn.train import Record, Run, evaluate, fit, steps

__all__ = [
    "MLP", "SGD", "Adam", "Layer", "Module", "Neuron", "Optimizer", "Record", "Run", "activations", "cross_entropy",
    "data", "evaluate", "fit", "hinge", "init", "logistic", "losses", "mse", "steps",
]  # fmt: skip
