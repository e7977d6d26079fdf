"""What a program consists of: statements, and the constants they use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.compiler.formula import Expr, board

if TYPE_CHECKING:
    from autograd.compiler.namespace import Namespace

__all__ = ["Code", "Statement"]


class Statement(NamedTuple):
    """``target = formula``, or a call of which nothing is kept."""

    target: str
    formula: Expr

    def __str__(self) -> str:
        return f"{self.target} = {board(self.formula)}" if self.target else board(self.formula)


@dataclass
class Code:
    """A program as statements.

    forward:   from leaves to the loss
    backward:  from the loss to the gradients
    loss:      the loss; of a batch, the mean of the samples' losses
    gradients: for each parameter array, its gradient's name
    constants: the arrays they use, and the places (index, size) they gather from, by name
    """

    forward: list[Statement] = field(default_factory=list)
    backward: list[Statement] = field(default_factory=list)
    loss: Expr = field(default_factory=lambda: Expr("loss"))
    gradients: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)

    def constants_in(self, xp: Namespace) -> dict[str, Any]:
        """The constants as arrays of a library."""
        return {k: xp.places(*c) if isinstance(c, tuple) else xp.asarray(c) for k, c in self.constants.items()}
