"""Activation functions: rows of the op table with one operand, by name.

>>> get("tanh")(Value(0.0))
Value(data=0.0, grad=0.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import OPS, Op, Value
from autograd.functions import method_names
from autograd.readings import arrays
from autograd.symbols import require_readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]
    Activation = str | Callable[[Value], Value]

__all__ = ["LECTURE", "get", "is_row", "name_of", "names", "read", "row_of", "symbol_of", "title_of"]

LECTURE = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "identity")


def names() -> list[str]:
    """Every name an activation may have: each one-operand row of the table, and its aliases.

    >>> {"step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "identity"} <= set(names())
    True
    """
    return sorted(name for op in OPS.values() if len(op.operands) == 1 for name in (op.name, *op.aliases))


def get(activation: Activation) -> Callable[[Value], Value]:
    """The activation of that name, or the function itself; a row of the table is the activation of its name.

    Raises ValueError for a name that is not in the table, or a row of several operands.
    """
    if isinstance(activation, Op):
        if len(activation.operands) != 1:
            raise ValueError(
                f"an activation has one operand, {activation!r} has {len(activation.operands) or 'several'}"
            )
        return get(activation.name) if OPS.get(activation.name) is activation else activation
    if callable(activation):
        return activation
    if activation in ("linear", "none"):
        activation = "identity"
    op = next((op for op in OPS.values() if activation in (op.name, *op.aliases) and len(op.operands) == 1), None)
    if op is None:
        raise ValueError(f"no activation is called {activation!r}; there are {', '.join(names())}")
    return getattr(Value, activation) if activation in method_names(op) and hasattr(Value, activation) else op


def name_of(activation: Callable[[Value], Value]) -> str:
    """The name under which ``get`` finds it, or its Python name.

    >>> name_of(get("relu"))
    'relu'
    """
    return getattr(activation, "__name__", type(activation).__name__)


def is_row(activation: Callable[[Value], Value]) -> bool:
    """Is it a row of the op table, with the row's constants, and no function that happens to be called so?

    >>> is_row(get("tanh")), is_row(lambda v: v.tanh()), is_row(OPS["elu"].bind(alpha=0.5))
    (True, False, False)
    """
    name = name_of(activation)
    return name in names() and get(name) is activation


def symbol_of(activation: Callable[[Value], Value]) -> str:
    """What a drawing writes for it: ReLU for relu."""
    op: Any = activation if isinstance(activation, Op) else OPS.get(name_of(activation))
    return op.symbol if isinstance(op, Op) else name_of(activation)


def title_of(activation: Activation) -> str:
    """What a figure calls it: its name, or its symbol where that is the same word.

    >>> title_of("relu"), title_of("identity"), title_of("leaky_relu")
    ('ReLU', 'identity', 'LeakyReLU')
    """
    symbol = symbol_of(get(activation))
    name = activation if isinstance(activation, str) else name_of(activation)
    return symbol if symbol.lower() == name.replace("_", "") else name


def row_of(activation: Callable[[Value], Value]) -> Op:
    """The row of the op table that an activation is.

    Raises ValueError for a function of yours, or a row with constants of yours, which a page can't compute.

    >>> row_of(get("tanh")).name, row_of(get("linear")).name
    ('tanh', 'positive')
    """
    name = name_of(activation)
    if not is_row(activation):
        raise ValueError(
            f"a page computes with the rows of the op table, and {name!r} is not one of them, with the row's constants: "
            "choose one, or add yours with @primitive"
        )
    return next(op for op in OPS.values() if name in (op.name, *op.aliases))


def read(row: Op, z: Array) -> tuple[Array, Array]:
    """σ(z) and σ′(z) for every number of an array, by a row of the op table; nan or ±inf outside its domain.

    >>> import numpy as np
    >>> [a.tolist() for a in read(row_of(get("relu")), np.array([-1.0, 0.0, 2.0]))]
    [[0.0, 0.0, 2.0], [0.0, 0.0, 1.0]]
    """
    import numpy as np

    require_readable(row)
    with np.errstate(all="ignore"):
        h, (slope,) = row.rule(arrays, z)
    return np.array(np.broadcast_to(h, z.shape)), np.array(np.broadcast_to(slope, z.shape))
