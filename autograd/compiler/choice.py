"""Which executor a plan gets: the one that is expected to be fastest."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograd.compiler.array_executor import ArrayExecutor
from autograd.compiler.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.compiler.executor import Executor
    from autograd.compiler.plan import Plan
    from autograd.compiler.signature import Input

__all__ = ["executor_of"]

INSTALL = "pip install 'chalkgrad[fast]'"

log = logging.getLogger(__name__)


def executor_of(plan: Plan, inputs: Sequence[Input], dtype: Any) -> Executor:
    """Arrays where the plan has them and they pay, else machine code if LLVM is there, else the interpreter."""
    executor: Executor = (ArrayExecutor if plan.root else Interpreter)(plan, inputs, dtype)
    if plan.root and (inputs or seconds_on_arrays(plan) <= seconds_in_machine_code(plan)):
        return executor
    try:
        from autograd.compiler.machine import Machine

        return Machine(plan, executor, dtype)
    except ImportError:
        if not plan.root:
            _say_once()
            executor.engine += f"; {INSTALL} makes it machine code"
    return executor


# What one call without a batch takes, with gradient: measured on networks, recurrent nets and sums of a thousand terms on an AMD
# EPYC, and right within a factor of two.


def seconds_on_arrays(plan: Plan) -> float:
    """An array takes five calls of NumPy's, which write each of its numbers."""
    return sum(4.2e-6 + 5e-9 * a.members.size for a in plan.results)


def seconds_in_machine_code(plan: Plan) -> float:
    """An operand is loaded, and its gradient loaded and stored; functions of the C library take longer than arithmetic."""
    tape = plan.tape
    called = sum(not (op.operator or op.n_ary) for op in tape.ops)
    return 20e-6 + 2e-9 * sum(map(len, tape.operands)) + 1e-8 * called


@lru_cache
def _say_once() -> None:
    log.info("a graph with too little in common for arrays runs node by node. For machine code: %s", INSTALL)
