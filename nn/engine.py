"""Two ways to the same loss and gradient: the scalar graph of a batch, or the program it compiles to."""

from __future__ import annotations

import logging
from math import isclose
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import DomainError, NonFiniteError, TraceError, Value, dot, maximum, topological_order
from autograd import sum as sum_
from nn import activations, losses, metrics
from nn.arguments import as_list, as_samples
from nn.layers import MLP
from nn.module import Module
from nn.parameters import held

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.arguments import Rows
    from nn.losses import LossFunction

__all__ = ["CompiledEngine", "Engine", "ForwardPass", "GraphEngine", "Penalized", "choose"]

MEANS = (losses.mse, losses.mae, losses.huber, losses.logistic, losses.hinge, losses.cross_entropy)  # over the samples
CHANGES = 8  # how often a model that is compiled automatically may change its flags and numbers
COMPARED = 100  # how many samples go through both before a user's own module is compiled automatically
DIGITS = 1e-9  # how closely the two must agree then

log = logging.getLogger(__name__)


class ForwardPass(NamedTuple):
    """A forward pass over a batch: loss and accuracy, what adds ∂L/∂p to every parameter, and the scalar graph."""

    loss: float
    accuracy: float | None
    backward: Callable[[], None]
    graph: Callable[[], Value]


class GraphEngine:
    """One scalar graph per batch: every sample through the model, one loss.

    name: "graph", and the reason where "auto" would have preferred to compile
    """

    def __init__(self, model: Callable[[Any], Any], X: Rows, y: Rows, loss: LossFunction, reason: str = "") -> None:
        self.model, self.loss = model, loss
        self.X, self.y = as_samples(X, y)
        self.name = f"graph: {reason}" if reason else "graph"
        if reason:
            log.info("trains with the graph: %s", reason)

    def forward(self, samples: Sequence[int]) -> ForwardPass:
        """The loss of these samples. Raises TypeError when it is not a Value."""
        outputs, y = [self.model(self.X[i]) for i in samples], [self.y[i] for i in samples]
        total = self.loss(outputs, y)
        if not isinstance(total, Value):
            raise TypeError(f"the loss must be a Value, got {type(total).__name__}: was .data used inside?")
        return ForwardPass(total.data, metrics.accuracy(self.loss, outputs, y), total.backward, lambda: total)


class CompiledEngine:
    """One sample's graph, compiled with the sample and its target as inputs: a batch is a few matrix products.

    automatic: chosen by "auto", so that it falls back on the scalar graph where samples turn out to have different graphs
    name:      "compiled", or after that the graph's name with the reason

    Raises ValueError when the model or the loss does not compile to what the graph computes.
    """

    def __init__(
        self, model: Callable[[Any], Any], X: Rows, y: Rows, loss: LossFunction, *,
        automatic: bool = False,
    ) -> None:  # fmt: skip
        self.model, self.loss, self.automatic = model, loss, automatic
        self.X, self.y = X, y = as_samples(X, y)
        self.graph = GraphEngine(model, X, y, loss)
        self.name = "compiled"
        output = model(X[0])
        loss([output] * len(y), y)  # a wrong label is an error before training
        try:
            self._compile(len(output) if isinstance(output, list) else 1)
        except (TypeError, ValueError, ArithmeticError) as error:
            if not automatic:
                raise
            self._fall_back(str(error))

    def _fall_back(self, reason: str) -> None:
        """Train with the scalar graph from now on."""
        self.graph = GraphEngine(self.model, self.X, self.y, self.loss, reason)
        self.name = self.graph.name

    def _compile(self, k: int) -> None:
        """Compile loss and accuracy of one sample, for a model with k outputs."""
        import numpy as np

        from autograd import compiled

        loss, hit = losses.for_targets(self.loss, self.y), _hits(self.loss)
        # What is not safely a float stays as it is: the compiled function says what is wrong with it.
        given = (np.asarray(a) for a in (self.X, losses.targets_as_numbers(loss, self.y, k)))
        self.inputs, self.targets = (a.astype(float) if np.can_cast(a.dtype, float) else a for a in given)
        if self.targets.shape[1:] == (1,):
            self.targets = self.targets[:, 0]
        self.watched = _WatchedModel(self.model, self.X[0])
        self.of_sample = compiled(lambda model, x, y: loss([model(x)], [y]), samples=["x", "y"])
        self.hits = hit and compiled(lambda model, x, c: hit(model(x), c), samples=["x", "c"])
        self.classes = np.array(_classes(self.loss, self.y, k)) if self.hits else self.targets
        self.compared: set[str] = set()
        if self.loss not in MEANS or not _is_uniform(self.model):
            self._require_equal_losses()

    def forward(self, samples: Sequence[int]) -> ForwardPass:
        """The loss of these samples; where it is not finite, the graph says why."""
        if self.name != "compiled":
            return self.graph.forward(samples)
        x = self.inputs[samples]
        self.watched.refresh()
        try:
            if self.automatic and self.watched.flags and self.watched.flags not in self.compared:
                self._require_equal_losses()
            loss, gradient = self.of_sample.value_and_grad(self.watched, x, self.targets[samples])
            accuracy = self.hits(self.watched, x, self.classes[samples]) if self.hits else None
        except (DomainError, NonFiniteError):
            return self.graph.forward(samples)
        except TraceError as error:
            if not self.automatic:
                raise
            self._fall_back(str(error))
            return self.graph.forward(samples)
        return ForwardPass(
            loss,
            accuracy,
            lambda: self.of_sample.write_back(gradient),
            lambda: self.graph.forward(samples).graph(),
        )

    def _require_equal_losses(self) -> None:
        """Raises TraceError where the program's loss of some samples is not the graph's, or the model changes too often to compare."""
        if len(self.compared) == CHANGES:
            raise TraceError("the model's flags or numbers change too often")
        self.compared.add(self.watched.flags)
        some = range(0, len(self.X), -(-len(self.X) // COMPARED))
        found = self.of_sample(self.watched, self.inputs[some], self.targets[some])
        expected = self.graph.forward(some).loss
        if not isclose(found, expected, rel_tol=DIGITS, abs_tol=DIGITS):
            other = "" if self.loss in MEANS else "the loss is not a mean over the samples, or "
            raise TraceError(
                f"the program's loss is {found:g}, the graph's {expected:g}: {other}some samples have another graph"
            )


Engine = GraphEngine | CompiledEngine


class Penalized:
    """An engine whose loss has a penalty on the parameters: l1 Σ |p| + l2/2 Σ p²."""

    def __init__(self, engine: Engine, parameters: Sequence[Value], l1: float, l2: float) -> None:
        self.engine, self.parameters, self.l1, self.l2 = engine, parameters, l1, l2

    @property
    def name(self) -> str:
        """That of the engine."""
        return self.engine.name

    def forward(self, samples: Sequence[int]) -> ForwardPass:
        """The penalized loss of these samples."""
        alone, penalty = self.engine.forward(samples), self.penalty()

        def backward() -> None:
            alone.backward()
            penalty.backward()

        return ForwardPass(alone.loss + penalty.data, alone.accuracy, backward, lambda: alone.graph() + penalty)

    def penalty(self) -> Value:
        """What the parameters cost, as a graph."""
        costs = []
        if self.l1:
            costs.append(self.l1 * sum_([abs(p) for p in self.parameters]))
        if self.l2:
            costs.append(0.5 * self.l2 * dot(self.parameters, self.parameters))
        return sum_(costs)


class _WatchedModel:
    """A model, its parameters (of a function: the Values that it uses beside its argument), and its flags.

    flags: what the model's modules hold besides parameters (texts, flags, numbers), as one text: where it changes the
           graph may change too, and a compiled function is traced again when a text in its arguments changes
    """

    def __init__(self, model: Callable[[Any], Any], x: Sequence[Any]) -> None:
        self.model = model
        self._parameters = model.parameters() if isinstance(model, Module) else _parameters_below(model(x))
        self._holders = [] if _is_uniform(model) else _holders(model)
        self.refresh()

    def __call__(self, x: Any) -> Any:
        return self.model(x)

    def parameters(self) -> list[Value]:
        """The parameters, found once: an optimizer updates those it was made with."""
        return self._parameters

    def refresh(self) -> None:
        """Read the flags that the modules hold now."""
        found = [as_list(x) for holder in self._holders for _, x in held(holder) if _is_flag(x)]
        self.flags = repr(found) if found else ""


def _is_flag(x: Any) -> bool:
    if hasattr(x, "tolist"):
        return (
            getattr(getattr(x, "dtype", None), "kind", "") != "O"
        )  # what an array of objects holds is asked by itself
    return x is None or isinstance(x, (bool, int, float, str))


def _holders(model: Any) -> list[Any]:
    """A module and all that hold something in it, except those that hold only Values."""
    found, todo, seen = [], [model], set[int]()
    while todo:
        holder = todo.pop()
        inside = [x for _, x in held(holder)]
        if id(holder) in seen or not inside:
            continue
        seen.add(id(holder))
        if not all(isinstance(x, Value) for x in inside):
            found.append(holder)
        todo += inside
    return found


def _parameters_below(output: Any) -> list[Value]:
    """The parameters that outputs depend on; if there are none, every leaf that is not a constant."""
    roots = output if isinstance(output, list) else [output]
    leaves = dict.fromkeys(v for root in roots for v in topological_order(root) if not v.parents)
    return [v for v in leaves if v.op.name == "parameter"] or [v for v in leaves if v.op.name != "constant"]


def _is_uniform(model: Callable[[Any], Any]) -> bool:
    """Is it certain that every sample has the same graph? It is for an ``MLP`` with activations of the op table."""
    return type(model) is MLP and all(activations.is_row(n.activation) for layer in model.layers for n in layer.neurons)


# ── accuracy, as a graph ────────────────────────────────────────────────────


def _classes(loss: LossFunction, y: list[Any], k: int) -> list[Any]:
    """The right class of each sample: one-hot rows for a cross-entropy, else 1 or −1."""
    if loss is not losses.cross_entropy:
        middle = 0.5 if loss is losses.logistic else 0.0
        return [1.0 if label > middle else -1.0 for label in y]
    return losses.one_hot([max(range(k), key=row.__getitem__) for row in losses.targets_as_numbers(loss, y, k)], k)


def _hits(loss: LossFunction) -> Any:
    """A function that is 1 where a sample is classified right, else 0, so that the accuracy is its mean; None for a regression."""
    if loss is losses.cross_entropy:
        return _first_largest
    return _above_0 if loss in (losses.logistic, losses.hinge) else None


def _above_0(f: Value, c: Value) -> Value:
    """Is f > 0 where c = 1, and f ≤ 0 where c = −1?"""
    return c * (0.5 - (-f).step()) + 0.5


def _first_largest(f: Sequence[Value], c: Sequence[Value]) -> Value:
    """Is the output of class c as large as any, and larger than all before it?"""
    largest = f[0] - abs(f[0]) - 1.0  # there is nothing before the first
    before = []
    for fk in f:
        before.append(largest)
        largest = maximum(largest, fk)
    true = dot(f, c)
    return (true - largest).step() * (1.0 - (dot(before, c) - true).step())


# ── which ───────────────────────────────────────────────────────────────────


def choose(engine: str | Engine, model: Callable[[Any], Any], X: Rows, y: Rows, loss: LossFunction) -> Engine:
    """The engine of that name; an engine itself is returned.

    "auto" compiles a Module under one of nn's losses, if the program's loss is the graph's; otherwise it trains with
    the graph. The reason is in ``name`` and in the log of this module.

    Raises ValueError for another name.
    """
    if isinstance(engine, Engine):
        return engine
    if engine not in ("auto", "graph", "compiled"):
        raise ValueError(f'engine is "auto", "graph" or "compiled", got {engine!r}')
    if engine == "graph":
        return GraphEngine(model, X, y, loss)
    if engine == "compiled":
        return CompiledEngine(model, X, y, loss)
    if not isinstance(model, Module):
        return GraphEngine(
            model, X, y, loss, "the model is a function, of which nothing is known; a Module is compiled"
        )
    if loss not in MEANS:
        return GraphEngine(model, X, y, loss, "the loss may not be the mean over the samples")
    return CompiledEngine(model, X, y, loss, automatic=True)
