"""Formulas as text → graphs. They are parsed, never evaluated as code.

>>> y = parse("tanh(w*x + b)")({"w": 1.0, "x": 2.0, "b": -0.5})
>>> round(y.data, 4), [v.label for v in y.parents[0].parents[0].parents]
(0.9051, ['w', 'x'])
"""

from __future__ import annotations

import ast
import operator
import warnings
from typing import TYPE_CHECKING, Any

from autograd.functions import dot, logsumexp, maximum, mean, minimum, sum_
from autograd.ops import OPS, Op
from autograd.value import Value, as_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Expression", "ExpressionError", "parse", "read_number"]

LONGEST = 10_000  # characters
CONSTANTS = {"pi": 3.141592653589793, "e": 2.718281828459045}
OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max": maximum, "maximum": maximum, "min": minimum, "minimum": minimum,
    "sum": lambda *x: sum_(x), "mean": lambda *x: mean(x), "logsumexp": lambda *x: logsumexp(x),
    "dot": lambda *x: dot(x[: len(x) // 2], x[len(x) // 2 :]),
}  # fmt: skip


def _functions() -> dict[str, Callable[..., Any]]:
    """What may be called: the rows of the table as they are now, but for operators of two operands."""
    rows = (op for op in OPS.values() if len(op.operands) == 1 or not op.operator)
    return {**{name: op for op in rows for name in (op.name, *op.aliases)}, **FUNCTIONS}


class ExpressionError(ValueError):
    """The text is not a formula that this project can read; the message says where and what to write."""


class Expression:
    """A parsed formula: call it with a number for each name to build its graph.

    names: the free names, in order of appearance
    """

    def __init__(self, text: str, tree: ast.expr) -> None:
        self.text = text
        self._tree = tree
        self.names: list[str] = []
        _check(tree, self.names)

    def __call__(self, values: Mapping[str, Any]) -> Value:
        """The root of the graph. values: a number or Value for each name; numbers become inputs of that label.

        Raises ExpressionError for a name without a value.
        """
        missing = [name for name in self.names if name not in values]
        if missing:
            raise ExpressionError(
                f"no value for {', '.join(missing)} in {self.text!r}: add {' '.join(f'{m}=1' for m in missing)}"
            )
        leaves = {n: v if isinstance(v := values[n], Value) else Value(v, label=n) for n in self.names}
        return as_value(_build(self._tree, leaves))


def parse(text: str) -> Expression:
    """Read a formula: numbers, names, + − * / **, and the functions of the op table.

    Raises ExpressionError for anything else; nothing in the text is ever run.

    >>> parse("a*b + sin(a)").names
    ['a', 'b']
    >>> parse("__import__('os')")
    Traceback (most recent call last):
    autograd.expressions.ExpressionError: '__import__' is not a function here; ...
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"the formula has {len(text)} characters; {LONGEST} is the limit")
    if "#" in text:  # Python would silently ignore the rest
        raise ExpressionError(
            f"not a formula: {text[:60]!r} (a # has no meaning here); write for example tanh(w*x + b)"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(
            f"not a formula: {text[:60]!r} ({error.msg}{f' at character {error.offset}' if error.offset else ''}); write for example tanh(w*x + b)"
        ) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("the formula is nested too deeply, or holds a character no formula has") from None
    try:
        return Expression(text, tree)
    except RecursionError:
        raise ExpressionError("the formula is nested too deeply") from None


def read_number(text: str) -> float:
    """A number as one types it: 0.84, −1/2, 2e-3, also pi/4 and sqrt(2), which are formulas without names.

    Raises ValueError for anything else, and for what is no number, such as 1/0.

    >>> read_number("-1/2"), read_number("−1/2"), read_number("sqrt(2)/2")
    (-0.5, -0.5, 0.7071067811865476)
    """
    text = text.replace("−", "-")  # the minus sign that is printed
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return parse(text)({}).data
    except (ValueError, ArithmeticError):
        raise ValueError(f"expected a number such as 0.84 or -1/2, got {text!r}") from None


def _check(node: ast.expr, names: list[str]) -> None:
    """Refuse everything that is not arithmetic, before anything is built."""
    match node:
        case ast.Constant(value=value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            return
        case ast.Name(id=name):
            if name not in names and name not in CONSTANTS:
                names.append(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check(left, names)
            _check(right, names)
        case ast.BinOp(op=ast.BitXor()):
            raise ExpressionError("^ is not a power in Python; write x**2")
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            _check(operand, names)
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            _check_call(function, len(arguments))
            for argument in arguments:
                _check(argument, names)
        case _:
            raise ExpressionError(
                f"{ast.unparse(node)[:60]!r} can't stand in a formula: only numbers, names, + - * / ** and functions"
            )


def _check_call(function: str, given: int) -> None:
    functions = _functions()
    if function not in functions:
        raise ExpressionError(f"{function!r} is not a function here; there are {', '.join(sorted(functions))}")
    row = functions[function]
    op = row if isinstance(row, Op) else OPS.get({"max": "maximum", "min": "minimum"}.get(function, function))
    wanted = len(op.operands) if op else 1
    if function == "dot" and (not given or given % 2):
        raise ExpressionError(f"dot takes an even number of numbers, first each w, then each x; got {given}")
    if (wanted and given != wanted) or not given:
        raise ExpressionError(f"{function} takes {wanted or 'one or more'} number{'s' * (wanted != 1)}, got {given}")


def _build(node: ast.expr, leaves: Mapping[str, Value]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return leaves[name] if name in leaves else CONSTANTS[name]
        case ast.BinOp(left=left, op=op, right=right):
            x, y = _build(left, leaves), _build(right, leaves)
            return OPERATORS[type(op)](as_value(x) if not isinstance(y, Value) else x, y)
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](_build(operand, leaves))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _functions()[function](*(_build(a, leaves) for a in arguments))
    raise AssertionError("checked before")  # pragma: no cover
