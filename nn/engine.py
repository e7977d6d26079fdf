"""Two ways to the same loss and gradient: the scalar graph of a batch, or the program it compiles to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import DomainError, NonFiniteError, Value, dot, maximum
from nn import activations, losses
from nn.layers import MLP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.losses import LossFunction

__all__ = ["Compiled", "Graph", "Pass", "choose"]


class Pass(NamedTuple):
    """A forward pass over a batch: its numbers, what adds ∂L/∂p to every parameter, and the graph to look at."""

    loss: float
    accuracy: float | None
    backward: Callable[[], None]
    graph: Callable[[], Value]


class Graph:
    """A graph a batch: every sample through the model, one loss."""

    def __init__(self, model: Callable[[Any], Any], X: Sequence[Any], y: Sequence[Any], loss: LossFunction) -> None:
        self.model, self.X, self.y, self.loss = model, X, y, loss

    def forward(self, samples: Sequence[int]) -> Pass:
        """The loss of these samples. Raises TypeError when it is no Value."""
        outputs, y = [self.model(self.X[i]) for i in samples], [self.y[i] for i in samples]
        total = self.loss(outputs, y)
        if not isinstance(total, Value):
            raise TypeError(f"the loss must be a Value, got {type(total).__name__}: was .data used inside?")
        return Pass(total.data, losses.accuracy(self.loss, outputs, y), total.backward, lambda: total)


class Compiled(Graph):
    """One sample's graph, compiled with the sample and its target as inputs: a batch is a few matrix products.

    Raises ValueError when the model or the loss does not compile to what the graph computes.
    """

    def __init__(self, model: Callable[[Any], Any], X: Sequence[Any], y: Sequence[Any], loss: LossFunction) -> None:
        import numpy as np

        from autograd import compile_graph

        super().__init__(model, X, y, loss)
        x = [Value(v, label=f"x[{j}]") for j, v in enumerate(X[0])]
        output = model(x)
        loss([output] * len(y), y)  # tells a wrong label before training
        k = len(output) if isinstance(output, list) else 1
        self.inputs = np.array(X, dtype=float)
        self.targets = np.array(_targets(loss, y, k), dtype=float).reshape(len(y), -1)
        target = [Value(v, label=f"y[{j}]") for j, v in enumerate(self.targets[0].tolist())]
        self.program = compile_graph(loss([output], [target if len(target) > 1 else target[0]]), inputs=[x, target])
        hit = _hit(loss, output, target)
        self.hits = None if hit is None else compile_graph(hit, inputs=[x, target])

    def forward(self, samples: Sequence[int]) -> Pass:
        """The loss of these samples; where it is not finite, the graph says why."""
        batch = self.inputs[samples], self.targets[samples]
        try:
            loss, gradient = self.program.value_and_grad(*batch)
        except (DomainError, NonFiniteError):
            return super().forward(samples)
        accuracy = None if self.hits is None else self.hits(*batch)
        return Pass(
            loss,
            accuracy,
            lambda: self.program.write_back(gradient),
            lambda: super(Compiled, self).forward(samples).graph(),
        )


def _targets(loss: LossFunction, y: Sequence[Any], k: int) -> Sequence[Any]:
    """The targets as numbers, classes of a cross-entropy as one-hot rows."""
    return losses.one_hot(y, k) if loss is losses.cross_entropy and not isinstance(y[0], (list, tuple)) else y


def _hit(loss: LossFunction, output: Any, target: Sequence[Value]) -> Value | None:
    """1 where the sample is on the right side, as a graph: the accuracy is its mean."""
    if loss is losses.cross_entropy:
        largest = output[0]
        for f in output[1:]:
            largest = maximum(largest, f)
        hit: Value = (dot(output, target) - largest).step()
    elif loss in (losses.logistic, losses.hinge):
        sign = 2.0 * target[0] - 1.0 if loss is losses.logistic else target[0]
        hit = (output * sign).step()
    else:
        return None
    return hit


def choose(engine: str, model: Callable[[Any], Any], X: Sequence[Any], y: Sequence[Any], loss: LossFunction) -> Graph:
    """The engine of that name. "auto" compiles an ``MLP`` of the table's activations under one of the losses here:
    of these it is known that every sample has the same graph.

    Raises ValueError for another name.
    """
    if engine not in ("auto", "graph", "compiled"):
        raise ValueError(f'engine is "auto", "graph" or "compiled", got {engine!r}')
    uniform = (
        isinstance(model, MLP)
        and loss in (losses.mse, losses.logistic, losses.hinge, losses.cross_entropy)
        and all(
            activations.name_of(n.activation) in activations.names() for layer in model.layers for n in layer.neurons
        )
    )
    compiled = engine == "compiled" or (engine == "auto" and uniform)
    return (Compiled if compiled else Graph)(model, X, y, loss)
