"""A program as text: the functions ``value`` and ``value_and_grad``, which run on the arrays of any library.

    def value(xp, n, W1, b1, X, Y):
        h_pre1 = X @ W1.T + b1
        ...
        return loss

The second goes on to the gradients: ``return loss, (dW1, db1,)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.compiler.formula import board
from autograd.compiler.transient import Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.compiler.namespace import Namespace
    from autograd.compiler.signature import Signature
    from autograd.compiler.statements import Code

__all__ = ["Source", "functions", "written"]


class Source:
    """The text of the two functions.

    constants: gives what the text uses, as arrays of a library
    """

    def __init__(self, text: str, constants: Callable[[Namespace], dict[str, Any]]) -> None:
        self.text, self.constants = text, constants
        self._loaded = Transient()

    def load(self, xp: Namespace) -> dict[str, Any]:
        """The functions, by name, for the arrays of a library."""
        key = type(xp), xp.dtype
        if key not in self._loaded:
            scope = self.constants(xp)
            exec(compile(self.text, "<compiled graph>", "exec"), scope)
            self._loaded[key] = scope
        return self._loaded[key]  # type: ignore[no-any-return]


def written(code: Code, signature: Signature) -> str:
    """The statements as one writes them on the board."""
    forward = [*(f"    {s}" for s in code.forward), f"    loss = {board(code.loss)}"]
    backward = [f"    {s}" for s in code.backward]
    gradients = "".join(f"{code.gradients[s.name]}, " for s in signature.parameters.slices).rstrip()
    head = ", ".join(["xp", *signature.names])
    return functions((head, forward), (head, [*forward, *backward]), f"loss, ({gradients})")


def functions(value: tuple[str, list[str]], value_and_grad: tuple[str, list[str]], result: str) -> str:
    """The text of the two functions, each from its parameters and its lines; ``result`` is what the second returns."""
    return "\n".join([
        f"def value({value[0]}):", *value[1], "    return loss", "",
        f"def value_and_grad({value_and_grad[0]}):", *value_and_grad[1], f"    return {result}", "",
    ])  # fmt: skip
