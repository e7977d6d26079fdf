"""The compiler: scalars in, matrix products out."""

from autograd.compiler.decorator import CompiledFunction, compiled
from autograd.compiler.program import Program, compile_graph

__all__ = ["CompiledFunction", "Program", "compile_graph", "compiled"]
