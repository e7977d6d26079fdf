"""Programs on another executor than the compiler chose."""

from __future__ import annotations

from typing import Any

from autograd.compiler.program import Program

__all__ = ["as_chosen", "in_machine_code"]


def as_chosen(program: Program) -> Program:
    """The program on the executor that the compiler chose."""
    return program


def in_machine_code(program: Program) -> Program:
    """The program, from now on in machine code; as it is where LLVM is not installed."""
    try:
        from autograd.compiler.machine import Machine
    except ImportError:
        return program
    executor: Any = program._executor
    if not isinstance(executor, Machine):
        program._executor = Machine(program._plan, executor, program.dtype)
    return program
