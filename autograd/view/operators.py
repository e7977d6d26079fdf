"""The op table, read as JavaScript: a page computes with the rules that Python computes with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from autograd.ops import OPS
from autograd.symbols import formula

if TYPE_CHECKING:
    from autograd.ops import Op

__all__ = ["javascript", "javascript_table"]


def javascript(op: Op) -> str:
    """A row with one operand as a JavaScript function x ↦ [y, ∂y/∂x].

    The symbolic reading's source is written in what Python and JavaScript have in common;
    its ``xp`` and ``abs`` are in ``assets/xp.js``.

    >>> javascript(OPS["softplus"])
    '(x) => [xp.where(x >= 0, x, 0.0) + xp.log1p(xp.exp(-xp.where(x >= 0, x, -x))), ...]'
    >>> javascript(OPS["sin"])
    '(x) => [xp.sin(x), xp.cos(x)]'
    """
    value, (slope,) = formula(op, ["x"])
    return f"(x) => [{value.source()}, {slope.source()}]"


def javascript_table() -> str:
    """Every row with one operand, as the JavaScript object ``OPS``.

    >>> '"sin": (x) => [xp.sin(x), xp.cos(x)],' in javascript_table()
    True
    """
    rows = (f"  {json.dumps(op.name)}: {javascript(op)},\n" for op in OPS.values() if len(op.operands) == 1)
    return f"const OPS = {{\n{''.join(rows)}}};\n"
