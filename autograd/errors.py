"""What happened, where, and what to try: the errors this project raises.

Each says all three, because the person who reads it is learning. Their texts
are part of the interface, and tested.
"""

from __future__ import annotations

__all__ = ["CycleError", "DomainError", "NonFiniteError", "TraceError"]


class DomainError(ValueError, ZeroDivisionError):
    """An op was asked for a value or a slope where it has none: ``log(-1)``, ``1 / 0``. Plain numbers raise one or the other."""


class CycleError(ValueError):
    """A node is its own ancestor, so no order of visits respects the chain rule."""


class NonFiniteError(ArithmeticError):
    """A number that should be finite is nan or ±inf; the text names the node where it began."""


class TraceError(ValueError):
    """A function makes another graph from sample to sample or from call to call, so no one program computes it."""
