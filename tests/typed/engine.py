"""What a user of the engine writes, as type checkers see it: mypy --strict and pyright find no error but those expected."""

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_type

import numpy as np

import autograd
from autograd import Picture, Player, Program, Value, compile_graph, dot, draw, explain, grad, gradcheck, step

a, b = Value(2.0, label="a"), Value(-3)
assert_type(a * b, Value)
assert_type(2 * a + 1.5 - b / 3, Value)
assert_type(a * np.float64(0.5) + Fraction(1, 3), Value)
assert_type(-a, Value)
assert_type(abs(a) ** 2, Value)
assert_type(2**a, Value)
assert_type(a.tanh().log1p(), Value)
assert_type(a.clip(low=0.0, high=1.0), Value)
assert_type(a.leaky_relu(0.1), Value)
assert_type(a < b, bool)
assert_type(a >= 0, bool)
assert_type(max(a, b), Value)
assert_type(dot([a, b], [1.0, 2.0], b), Value)
assert_type(autograd.sum([a, b]), Value)
assert_type(a.data, float)
assert_type(a.parents, tuple[Value, ...])

a.tanhh()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
print(a.labell)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
a * "2"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
print(Value.power_constant)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
print(autograd.drawn)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def loss(w: Value, x: Sequence[float]) -> Value:
    """A function of Values."""
    return (w * x[0]).tanh()


assert_type(draw(a * b), Picture)
assert_type(step(a * b), Player)
assert_type(str(explain(a, a * b)), str)
assert_type(gradcheck(lambda x: x * x, 2.0).ok, bool)
assert_type(compile_graph(a * b, inputs=[a]), Program)
assert_type(autograd.__version__, str)
grad(loss)(2.0, [1.0])
