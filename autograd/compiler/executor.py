"""What runs a program on NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from autograd.compiler.signature import Signature
    from autograd.compiler.source import Source

__all__ = ["Executor"]


class Executor(Protocol):
    """Computes the loss, and its gradient if it is wanted.

    signature:    what the program takes
    source:       the program for the arrays of any library
    numpy_source: what runs on NumPy, as text
    engine:       what this is, and why it was chosen
    """

    signature: Signature
    source: Source
    numpy_source: str
    engine: str

    def run(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> tuple[float, Any]:
        """(loss, flat gradient or None).

        leaves:    the arrays of the parameters, then those of the data, in the order of the signature
        arguments: matrices with one row per sample
        """
        ...
