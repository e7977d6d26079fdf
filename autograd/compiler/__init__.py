"""The compiler: scalars in, matrix products out."""

from autograd.compiler.program import Program, compile_graph

__all__ = ["Program", "compile_graph"]
