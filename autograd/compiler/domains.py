"""What betrays that an operand has left an op's domain, where arithmetic on arrays raises nothing.

log(0) gives −inf: the value betrays it. √0 gives 0, and only its slope, ½/0, is not finite. Other ops are defined
everywhere. Which of the three an op is, is found out by trying: read with floats its rule raises, read with arrays it does not.
An op of the user's own whose domain is stated, and was not left by trying, has a value that may betray it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Literal

from autograd.readings import floats, ieee_read

if TYPE_CHECKING:
    from autograd.ops import Op

__all__ = ["Betrayal", "betrayal"]

Betrayal = Literal["", "value", "slopes"]
TRIED = (-1e6, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 1e6)  # where elementary functions' domains end, between, and far out
FEW = 3  # operands with which an op of any number of them is tried


def betrayal(op: Op, operands: tuple[float | None, ...]) -> Betrayal:
    """Where it shows that operands are outside the domain: in the op's value, only in its slopes, or "" if none can be.

    operands: their numbers where those are fixed, else None

    >>> from autograd.ops import OPS
    >>> [betrayal(OPS[name], (None,)) for name in ("log", "sqrt", "tanh")]
    ['value', 'slopes', '']
    >>> betrayal(OPS["divide"], (None, 2.0))  # dividing by 2 is always possible
    ''
    """
    anywhere = _found(op, (None,) * (min(len(operands), FEW) if op.n_ary else len(operands)))
    if not anywhere:
        return "value" if op.domain and None in operands else ""
    return anywhere if op.n_ary else _found(op, operands)


@lru_cache(maxsize=4096)
def _found(op: Op, operands: tuple[float | None, ...]) -> Betrayal:
    found: Betrayal = ""
    for x in product(*[TRIED if x is None else (x,) for x in operands]):
        try:
            op.rule(floats, *x)
        except (ValueError, ZeroDivisionError):
            if isfinite(ieee_read(op, x)[0]):
                return "slopes"
            found = "value"
        except OverflowError:
            pass  # ±inf, of a legal op
    return found
