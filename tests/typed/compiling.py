"""What a user of the compiler writes, as type checkers see it: mypy --strict and pyright find no error but those expected."""

from collections.abc import Sequence
from typing import Any, assert_type

import numpy as np

from autograd import Program, Value, compile_graph, compiled, dot


@compiled
def power(w: Value, k: float = 2.0) -> Value:
    """A function of Values: its arguments are known."""
    return w**k


w = Value(3.0)
assert_type(power(w), float)
assert_type(power(w, k=3.0), float)
assert_type(power.backward(w), float)
assert_type(power.value_and_grad(w)[0], float)
assert_type(power.program, Program)
assert_type(power.source, str)
assert_type(power.retraced, list[str])
assert_type(compiled(lambda x: x * x).backward(w), float)
power("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
power.backward(w, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
power.value_and_grad()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@compiled(dtype="float32")
def square(x: Value) -> Value:
    """With an option, arguments are known too."""
    return x * x


assert_type(square(w), float)
square(w, w)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@compiled(samples=["x", "y"])
def error(w: list[Value], x: Sequence[Value], y: Value) -> Value:
    """Written for one sample, called with all of them."""
    return (dot(w, x) - y) ** 2


X, y = np.ones((5, 1)), np.ones(5)
assert_type(error([w], X, y), float)
assert_type(error.backward([w], X.tolist(), y), float)


class Line:
    """A model whose loss is a method."""

    def __init__(self) -> None:
        self.w = Value(2.0)

    def parameters(self) -> list[Value]:
        return [self.w]

    @compiled(samples=["x", "y"])
    def loss(self, x: Value, y: Value) -> Value:
        return (self.w * x - y) ** 2


assert_type(Line().loss(y, y), float)
assert_type(Line().loss.backward(y, y=y), float)

program = compile_graph(w * 2.0)
value, gradient = program.value_and_grad()
assert_type(value, float)
assert_type(program(), float)
arrays: dict[str, Any] = program.gradients(gradient)
