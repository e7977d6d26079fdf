"""Is the gradient right? Ask the definition of the derivative.

    ∂f/∂x  ≈  (f(x + h) − f(x − h)) / 2h

The difference quotient knows nothing of the chain rule, so when the two agree,
both are right. Its error is about h² + ε/h, least at h ≈ ∛ε ≈ 6·10⁻⁶, where some
ten digits can be trusted.
"""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.arrays import like_array
from autograd.errors import DomainError
from autograd.forgetting import enable_grad
from autograd.html_table import html_table
from autograd.operands import as_float
from autograd.ops import Op
from autograd.steps import rehearsed
from autograd.value import Value, as_value

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GradCheck", "GradCheckRow", "gradcheck"]

CUBE_ROOT_OF_EPSILON = 6.055454452393343e-06
DIFFERS = "differs"


class GradCheckRow(NamedTuple):
    """One input: what backward says, what the difference quotient says, and whether they agree."""

    name: str
    x: float
    analytic: float
    numeric: float
    relative_error: float
    ok: bool
    verdict: str


class GradCheck:
    """The report of ``gradcheck``: true when every row agrees, and a table when printed or shown in a notebook."""

    def __init__(self, value: float, rows: list[GradCheckRow]) -> None:
        self.value = value
        self.rows = rows

    @property
    def ok(self) -> bool:
        """Do all inputs agree?"""
        return all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        head = f"{'input':<10} {'value':>12} {'backward':>14} {'difference':>14} {'rel. error':>11}  verdict"
        lines = [
            f"{r.name:<10} {r.x:>12.6g} {r.analytic:>14.8g} {r.numeric:>14.8g} {r.relative_error:>11.1e}  {r.verdict}"
            for r in self.rows
        ]
        return "\n".join([head, *lines])

    def _repr_html_(self) -> str:
        head = ("input", "value", "backward", "difference quotient", "relative error", "verdict")
        return html_table("lrrrrl", head, map(_cells, self.rows))


def _cells(row: GradCheckRow) -> list[str]:
    """A row as a notebook shows it: its verdict with ✓, ✗, or ○ where the difference quotient decides nothing."""
    mark = "✓" if row.ok else "✗" if row.verdict == DIFFERS else "○"
    numbers = f"{row.x:.6g}", f"{row.analytic:.8g}", f"{row.numeric:.8g}", f"{row.relative_error:.2g}"
    return [cell.replace("-", "−") for cell in (row.name, *numbers, f"{mark} {row.verdict}")]


@enable_grad()
def gradcheck(f: Callable[..., Any], *x: Any, tolerance: float = 1e-6) -> GradCheck:
    """Compare backward's gradient of f with central differences, input by input.

    f: maps Values to one Value
    x: its arguments, numbers or (nested) lists of numbers
    tolerance: largest difference, absolute or relative, that still agrees

    A number that f returns is a constant: its slope is 0, and where it is not one, the difference quotient shows it.
    Raises TypeError when f returns neither, ValueError for a tolerance that is no number ≥ 0.

    >>> print(gradcheck(lambda w, x: (w * x).tanh(), 0.5, 2.0))
    input             value       backward     difference  rel. error  verdict
    w                   0.5     0.83994868     0.83994868 ...  agrees
    x                     2     0.20998717     0.20998717 ...  agrees
    >>> gradcheck(lambda x: x.relu(), 0.0).rows[0].verdict
    'kink: slopes 0 from the left, 1 from the right; backward chose 0'
    """
    if not tolerance >= 0.0:  # nan agrees with nothing
        raise ValueError(f"the tolerance is a number ≥ 0, got {tolerance!r}")
    names = _names(f, x)
    start = [leaf for _, leaf in _leaves("", x)]
    inputs = list(map(Value, start))
    root = _value(f(*_filled(x, iter(inputs))))
    with rehearsed(root):  # every gradient stays as it was: f may hold a model
        slopes = [v.grad for v in inputs]

    def at(i: int, shift: float) -> float:
        moved = [v + shift if j == i else v for j, v in enumerate(start)]
        try:
            return _value(f(*_filled(x, map(Value, moved)))).data
        except DomainError:
            return float("nan")

    rows = [_row(names[i], start[i], slopes[i], root.data, partial(at, i), tolerance) for i in range(len(start))]
    return GradCheck(root.data, rows)


def _row(
    name: str, x: float, analytic: float, here: float, at: Callable[[float], float], tolerance: float
) -> GradCheckRow:
    # Near 0 a function may bend on the scale of x: there a smaller step sees better.
    h = CUBE_ROOT_OF_EPSILON * max(1.0, abs(x))
    first, *finer = [
        _quotient(at, step, analytic, tolerance) for step in (h, h / 100, CUBE_ROOT_OF_EPSILON * abs(x) or h)
    ]
    numeric, relative, ok = next((q for q in (first, *finer) if q[2]), first)
    verdict = _verdict(ok, analytic, here, (here - at(-h)) / h, (at(h) - here) / h)
    return GradCheckRow(name, x, analytic, numeric, relative, ok, verdict)


def _quotient(at: Callable[[float], float], h: float, analytic: float, tolerance: float) -> tuple[float, float, bool]:
    """(difference quotient, relative error, does it agree?)."""
    numeric = (at(h) - at(-h)) / (2 * h)
    difference, scale = abs(analytic - numeric), max(abs(analytic), abs(numeric))
    relative = difference / scale if scale else difference
    return numeric, relative, difference <= tolerance or relative <= tolerance


def _verdict(ok: bool, analytic: float, here: float, left: float, right: float) -> str:
    if ok:
        return "agrees"
    if not isfinite(here):
        return f"undecided: the function's value is {here:g}, from which no difference can be taken"
    if left != left or right != right:
        return "undecided: a step of the difference quotient leaves the domain"
    if abs(left - right) > 1e-3 * max(1.0, abs(left), abs(right)):
        return f"kink: slopes {left:.4g} from the left, {right:.4g} from the right; backward chose {analytic:.4g}"
    return DIFFERS


def _names(f: Callable[..., Any], x: tuple[Any, ...]) -> list[str]:
    import inspect

    try:
        parameters = inspect.signature(f).parameters.values()
        declared = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    except (TypeError, ValueError):
        declared = []
    declared = list(f.operands) if isinstance(f, Op) else declared
    heads = [declared[i] if i < len(declared) else f"x{i}" for i in range(len(x))]
    return [name for head, item in zip(heads, x, strict=True) for name, _ in _leaves(head, item)]


def _value(y: Any) -> Value:
    """What f gave; a number is a constant, with slope 0. Raises TypeError for anything else."""
    try:
        return as_value(y)
    except TypeError:
        raise TypeError(f"the function must return a Value, got {type(y).__name__}") from None


def _leaves(name: str, x: Any) -> list[tuple[str, float]]:
    if isinstance(x, (list, tuple)) or getattr(x, "shape", ()) != ():
        return [leaf for i, item in enumerate(x) for leaf in _leaves(f"{name}[{i}]", item)]
    return [(name, x.data if isinstance(x, Value) else as_float(x))]


def _filled(x: Any, items: Any) -> Any:
    if isinstance(x, (list, tuple)) or getattr(x, "shape", ()) != ():
        return like_array(x, [_filled(item, items) for item in x])
    return next(items)
