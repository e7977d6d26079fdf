"""A preview of the next step: where each parameter would go. Nothing of yours moves."""

from __future__ import annotations

from copy import deepcopy
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.operands import as_float
from autograd.ops import CONSTANT, PARAMETER
from autograd.readings import floats
from autograd.update_rules import RULES, UpdateRule
from autograd.value import Value
from autograd.view.encoding import json_number
from autograd.view.operators import javascript_update

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Move", "describe_update", "preview_step", "update_rules_of"]

PLAIN = "gradient descent"


class Move(NamedTuple):
    """What a step does to one parameter: ``before → after``."""

    parameter: Value
    before: float
    after: float


def preview_step(order: Sequence[Value], update: Any) -> list[Move]:
    """What an update does to the nodes in ``order``, whose gradients are there; in that order.

    update: None; a learning rate η, by which every parameter (where none is marked as one, every leaf but constants)
            goes to w − η ∂L/∂w; or an optimizer, an object with ``parameters`` and ``step()``, of which a copy takes the step

    Raises TypeError for anything else, ValueError for a rate that is not finite.

    >>> w = Value(2.0, kind="parameter"); w.grad = 3.0
    >>> preview_step([w], 0.5)[0].after, w.data
    (0.5, 2.0)
    """
    if update is None:
        return []
    if _is_optimizer(update):
        return _stepped(order, update)
    rate = _rate(update)
    leaves = [v for v in order if not v.parents and v.op is not CONSTANT]
    parameters = [v for v in leaves if v.op is PARAMETER] or leaves
    descent = RULES["SGD"]
    return [Move(p, p.data, p.data - descent(floats, rate, 1, p.data, p.grad)[0]) for p in parameters]


def describe_update(update: Any, moves: Sequence[Move] = ()) -> dict[str, Any]:
    """What makes these moves, so that a page can go on: ``by`` (its name) and, where it moves by a rule that a page can
    have, its learning rate ``lr``, the ``rule``, the steps ``t`` taken before, and of each move the ``running`` numbers.

    >>> describe_update(0.1), describe_update(None)
    ({'by': 'gradient descent', 'lr': 0.1, 'rule': 'SGD', 't': 0, 'running': []}, {})
    """
    if update is None:
        return {}
    if not _is_optimizer(update):
        return {"by": PLAIN, "lr": _rate(update), "rule": "SGD", "t": 0, "running": [[] for _ in moves]}
    by = {"by": type(update).__name__}
    rule = _readable_rule(update)
    if rule is None:
        return by
    at = {p: i for i, p in enumerate(_parameters(update))}
    zeros = [0.0] * len(at)
    numbers = [update.state.get(name, zeros) for name in rule.running]
    running = [[json_number(column[at[move.parameter]]) for column in numbers] for move in moves]
    return {**by, "lr": json_number(update.lr), "rule": rule.name, "t": update.t, "running": running}


def update_rules_of(update: Any) -> dict[str, UpdateRule]:
    """The update rules that a page gets: every one, and this optimizer's own under its name, with its constants.

    >>> list(update_rules_of(None))
    ['SGD', 'momentum', 'Adagrad', 'RMSprop', 'Adam', 'AdamW']
    """
    rule = _readable_rule(update)
    return RULES if rule is None else {**RULES, rule.name: rule}


def _readable_rule(update: Any) -> UpdateRule | None:
    """The rule of an optimizer, if it has one that can be read with symbols."""
    rule = getattr(update, "rule", None)
    if not isinstance(rule, UpdateRule):
        return None
    try:
        javascript_update(rule)
    except (TypeError, AttributeError):  # it branches on a number, or asks for a function that a page does not have
        return None
    return rule


def _is_optimizer(update: Any) -> bool:
    return hasattr(update, "parameters") and callable(getattr(update, "step", None))


def _rate(update: Any) -> float:
    try:
        rate = as_float(update)
    except TypeError:
        raise TypeError(
            f"update is a learning rate or an optimizer with .parameters and .step(), got {type(update).__name__}; "
            "try step(loss, update=0.1)"
        ) from None
    if not isfinite(rate):
        raise ValueError(f"a learning rate is a finite number, got {rate:g}; try step(loss, update=0.1)")
    return rate


def _stepped(order: Sequence[Value], optimizer: Any) -> list[Move]:
    """A copy takes the step, with copies of the parameters, so that neither they nor its state change."""
    stand_in = deepcopy(optimizer)
    copies = dict(zip(_parameters(optimizer), _parameters(stand_in), strict=True))
    before = {p: copies[p].data for p in order if p in copies}
    if not before:
        raise ValueError(
            "the optimizer steps none of this graph's parameters: they are another model's. "
            "If the model was made anew, make the optimizer anew too, with model.parameters()"
        )
    stand_in.step()
    return [Move(p, x, copies[p].data) for p, x in before.items()]


def _parameters(optimizer: Any) -> list[Value]:
    return list(optimizer.parameters() if callable(optimizer.parameters) else optimizer.parameters)
