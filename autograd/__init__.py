"""A scalar reverse-mode autodiff engine to teach and learn from.

>>> from autograd import Value
>>> w, x, b = Value(1, label="w"), Value(2, label="x"), Value(-0.5, label="b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> round(y.data, 4), round(w.grad, 4)
(0.9051, 0.3614)
"""

from typing import Any

from autograd.backprop import Step, backward_steps, first_nonfinite, topological_order
from autograd.errors import CycleError, DomainError, NonFiniteError
from autograd.explain import explain
from autograd.functional import expand, grad, hessian, jacobian, value_and_grad
from autograd.gradcheck import GradCheck, GradCheckRow, gradcheck
from autograd.ops import OPS, Op, primitive
from autograd.value import Value, affine, collector_paused, dot, ieee, install, logsumexp, maximum, mean, minimum, name
from autograd.value import sum_ as sum  # noqa: A004  # as in NumPy

_DRAWING = ("Picture", "Player", "draw", "draw_dot", "recording", "step", "trace")


def __getattr__(name: str) -> Any:  # drawing loads when it is first used
    if name in _DRAWING:
        from autograd import view

        return getattr(view, name)
    raise AttributeError(f"module 'autograd' (of chalkgrad) has no attribute {name!r}")


__all__ = [
    "OPS", "CycleError", "DomainError", "GradCheck", "GradCheckRow", "NonFiniteError", "Op", "Picture", "Player", "Step",
    "Value", "affine", "backward_steps", "collector_paused", "dot", "draw", "draw_dot", "expand", "explain", "first_nonfinite", "grad",
    "gradcheck", "hessian", "ieee", "install", "jacobian", "logsumexp", "maximum", "mean", "minimum", "name",
    "primitive", "recording", "step", "sum", "topological_order", "trace", "value_and_grad",
]  # fmt: skip
