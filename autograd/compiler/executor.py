"""What runs a program on NumPy, and which executor a plan gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from autograd.compiler.array_executor import ArrayExecutor
from autograd.compiler.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.plan import Plan
    from autograd.compiler.signature import Input, Signature
    from autograd.compiler.source import Source

__all__ = ["Executor", "executor_of"]


class Executor(Protocol):
    """Computes the loss, and its gradient if it is wanted.

    signature:    what the program takes
    source:       the program for the arrays of any library
    numpy_source: what runs on NumPy, as text
    """

    signature: Signature
    source: Source
    numpy_source: str

    def run(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> tuple[float, Any]:
        """(loss, flat gradient or None).

        leaves:    the arrays of the parameters, then those of the data, in the order of the signature
        arguments: matrices with one row per sample
        """
        ...


def executor_of(plan: Plan, inputs: Sequence[Input], dtype: Any) -> Executor:
    """Arrays where the plan has them, else the interpreter: the one place where an executor is chosen."""
    return ArrayExecutor(plan, inputs, dtype) if plan.root else Interpreter(plan, inputs, dtype)
