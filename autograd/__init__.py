"""A scalar reverse-mode autodiff engine to teach and learn from.

>>> from autograd import Value
>>> w, x, b = Value(1, label="w"), Value(2, label="x"), Value(-0.5, label="b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> round(y.data, 4), round(w.grad, 4)
(0.9051, 0.3614)
"""

from typing import Any

from autograd.backprop import Step, backward_steps, first_nonfinite, nonfinite_origin, rehearsed, topological_order
from autograd.errors import CycleError, DomainError, NonFiniteError, TraceError
from autograd.explain import explain
from autograd.functional import expand, grad, hessian, jacobian, value_and_grad
from autograd.gradcheck import GradCheck, GradCheckRow, gradcheck
from autograd.ops import OPS, Op, primitive
from autograd.readings import formula
from autograd.value import Value, affine, collector_paused, dot, ieee, install, logsumexp, maximum, mean, minimum, name
from autograd.value import sum_ as sum  # noqa: A004  # as in NumPy

_VIEW = ("Picture", "Player", "draw", "recording", "step")
_COMPAT = ("draw_dot", "trace")
_FILES = ("write_atomically",)
_COMPILER = ("Program", "compile_graph", "compiled")


def __getattr__(name: str) -> Any:  # drawing and compiling load when they are first used
    if name in _VIEW:
        from autograd import view as package
    elif name in _COMPAT:
        from autograd.view import compat as package  # type: ignore[no-redef]
    elif name in _FILES:
        from autograd import files as package  # type: ignore[no-redef]
    elif name in _COMPILER:
        from autograd import compiler as package  # type: ignore[no-redef]
    else:
        raise AttributeError(f"module 'autograd' (of chalkgrad) has no attribute {name!r}")
    return getattr(package, name)


__all__ = [
    "OPS", "CycleError", "DomainError", "GradCheck", "GradCheckRow", "NonFiniteError", "Op", "Picture", "Player",
    "Program", "Step", "TraceError",
    "Value", "affine", "backward_steps", "collector_paused", "compile_graph", "compiled", "dot", "draw", "draw_dot", "expand", "explain", "first_nonfinite", "formula", "grad",
    "gradcheck", "hessian", "ieee", "install", "jacobian", "logsumexp", "maximum", "mean", "minimum", "name", "nonfinite_origin",
    "primitive", "recording", "rehearsed", "step", "sum", "topological_order", "trace", "value_and_grad",
    "write_atomically",
]  # fmt: skip
