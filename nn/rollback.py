"""Where a training run can go back to: parameters and optimizer as they were at the end of a whole step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from nn.optim import Optimizer

__all__ = ["State"]


class State(NamedTuple):
    """The numbers of an optimizer's parameters and its own, after so many steps."""

    optimizer: Optimizer
    step: int
    numbers: list[float]
    described: dict[str, Any]

    @classmethod
    def of(cls, optimizer: Optimizer, step: int = 0) -> State:
        """The state now."""
        return cls(optimizer, step, [p.data for p in optimizer.parameters], optimizer.state_dict())

    def put_back(self) -> None:
        """Make it the state again; to be called once more where Ctrl-C came in between."""
        for p, w in zip(self.optimizer.parameters, self.numbers, strict=True):
            p.data = w
        self.optimizer.load_state_dict(self.described)
