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
        "Both use the import name, so keep only one of them in an environment: pip uninstall autograd, then reinstall chalkgrad."
    )

from nn import activations, data, init, losses, theory
from nn.checkpoints import Checkpoint, load_checkpoint, restore, save_checkpoint
from nn.export import from_torch, to_onnx, to_torch
from nn.layers import MLP, Layer, Neuron, Sequential
from nn.losses import cross_entropy, hinge, huber, log_loss, logistic, mae, mse, one_hot, softmax
from nn.metrics import accuracy, confusion_matrix, predictions, r_squared, rmse
from nn.module import Module
from nn.neuron_panel import panel
from nn.optim import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Optimizer,
    RMSprop,
    clip_gradients,
    cosine,
    exponential_decay,
    step_decay,
)  # fmt: skip
from nn.playground import playground
from nn.recorder import Recorder
from nn.sample_player import player
from nn.tensor_file import CheckpointError
from nn.train import FlatGradientWarning, Record, Run, evaluate, fit, steps
from nn.training_page import watch

__all__ = [
    "MLP", "SGD", "Adagrad", "Adam", "AdamW", "Checkpoint", "CheckpointError", "FlatGradientWarning", "Layer", "Module", "Neuron",
    "Optimizer", "RMSprop", "Record", "Recorder", "Run", "Sequential", "accuracy", "activations", "clip_gradients", "confusion_matrix",
    "cosine", "cross_entropy", "data", "evaluate", "exponential_decay", "fit", "from_torch", "hinge", "huber", "init", "load_checkpoint", "log_loss",
    "logistic", "losses", "mae", "mse", "one_hot", "panel", "player", "playground", "predictions", "r_squared", "restore", "rmse", "save_checkpoint", "softmax", "step_decay",
    "steps", "theory", "to_onnx", "to_torch", "watch",
]  # fmt: skip
