"""A scalar reverse-mode autodiff engine to teach and learn from.

>>> from autograd import Value
>>> w, x, b = Value(1, label="w"), Value(2, label="x"), Value(-0.5, label="b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> round(y.data, 4), round(w.grad, 4)
(0.9051, 0.3614)
"""

import sys
from typing import TYPE_CHECKING, Any

from autograd.backprop import topological_order
from autograd.contexts import collector_paused, ieee
from autograd.elementary import elementary_function
from autograd.errors import CycleError, DomainError, NonFiniteError, TraceError
from autograd.explanation import explain
from autograd.forgetting import no_grad
from autograd.functional import expand, grad, hessian, jacobian, value_and_grad
from autograd.functions import (
    affine,
    dot,
    install,
    log_softmax,
    logsumexp,
    maximum,
    mean,
    median,
    minimum,
    name,
    norm,
    prod,
    softmax,
    std,
    var,
)
from autograd.functions import sum_ as sum  # noqa: A004  # as in NumPy
from autograd.gradient_check import GradCheck, GradCheckRow, gradcheck
from autograd.nonfinite import first_nonfinite, nonfinite_origin
from autograd.ops import OPS, Op, primitive
from autograd.steps import Step, backward_steps
from autograd.symbols import formula
from autograd.value import Value

__version__ = "0.1.0"

if sys.platform == "emscripten":  # in the browser
    from autograd.freeing import take_apart

    Value.__del__ = take_apart

_LAZY = {  # drawing and compiling load when they are first used
    **dict.fromkeys(["Picture", "Player", "draw", "recording", "step"], "autograd.view"),
    **dict.fromkeys(["draw_dot", "trace"], "autograd.view.compat"),
    **dict.fromkeys(["Program", "compile_graph", "compiled"], "autograd.compiler"),
}

if TYPE_CHECKING:
    from autograd.compiler import Program, compile_graph, compiled
    from autograd.view import Picture, Player, draw, recording, step
    from autograd.view.compat import draw_dot, trace
else:

    def __getattr__(name: str) -> Any:
        if name not in _LAZY:
            raise AttributeError(f"module 'autograd' (of chalkgrad) has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__doc__", "__version__"]


__all__ = [
    "OPS", "CycleError", "DomainError", "GradCheck", "GradCheckRow", "NonFiniteError", "Op", "Picture", "Player",
    "Program", "Step", "TraceError", "Value", "affine", "backward_steps", "collector_paused", "compile_graph",
    "compiled", "dot", "draw", "draw_dot", "elementary_function", "expand", "explain", "first_nonfinite", "formula",
    "grad", "gradcheck", "hessian", "ieee", "install", "jacobian", "log_softmax", "logsumexp", "maximum", "mean",
    "median", "minimum", "name", "no_grad", "nonfinite_origin", "norm", "primitive", "prod", "recording", "softmax", "std", "step", "sum",
    "topological_order", "trace", "value_and_grad", "var",
]  # fmt: skip
