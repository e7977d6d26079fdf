"""What ``chalkgrad`` does with networks: ``train`` in ``training``, ``neuron`` and ``play`` in ``pages``; ``samples`` reads what they are given."""

from nn.commands.pages import neuron, play
from nn.commands.training import train

__all__ = ["neuron", "play", "train"]
