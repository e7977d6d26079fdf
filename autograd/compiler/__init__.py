"""The compiler: scalars in, matrix products out."""

from autograd.compiler.decorator import Compiled, compiled
from autograd.compiler.program import Program, compile_graph

__all__ = ["Compiled", "Program", "compile_graph", "compiled"]
