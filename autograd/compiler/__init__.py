"""The compiler: scalars in, matrix products out."""

from autograd.compiler.compiled import Compiled, compiled
from autograd.compiler.program import Program, compile_graph

__all__ = ["Compiled", "Program", "compile_graph", "compiled"]
