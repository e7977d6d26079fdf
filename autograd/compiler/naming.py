"""What arrays are called in a program: by the labels of their scalars, each name once."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING
from unicodedata import is_normalized, normalize

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Plan

__all__ = ["Names", "name_of"]


class Names:
    """The names that are taken.

    >>> names = Names()
    >>> names.fresh("h"), names.fresh("h"), names.fresh("n")
    ('h', 'h_2', 'n_2')
    """

    def __init__(self) -> None:
        self._taken = {"n", "xp", "loss", "m", "fixed", "abs", "slice", "float"}  # used by the source itself
        self._count: dict[str, int] = {}

    def fresh(self, name: str) -> str:
        """The name, or the name with a number when it is taken."""
        base = name
        while name in self._taken:
            self._count[base] = self._count.get(base, 1) + 1
            name = f"{base}_{self._count[base]}"
        self._taken.add(name)
        return name


_LAYER = re.compile(r"\[(\d{1,9})\]")


def name_of(array: Array, plan: Plan) -> str:
    """What the model calls it: W1, b1, h_pre1, h1; where there is no label, the op's name."""
    members = array.members.ravel()
    value = plan.tape.values[members[members >= 0][0]] if (members >= 0).any() else None
    if array.form == "join" or value is None:
        return array.form or "c"
    label = str(value.label or "")
    path = ".".join(filter(None, [value.module, label])) if array.role == "result" else label
    layer = _LAYER.search(path) if "." in path else None
    word = _word(_LAYER.sub("", label).rpartition(".")[2])
    if array.role != "result" and (array.members.ndim > 1 or array.role == "argument") and len(word) == 1:
        word = _word(word.upper())
    if not word:
        word = array.op.name if array.role == "result" else {"parameter": "w", "argument": "x"}.get(array.role, "data")
    return f"{word}{int(layer[1]) + 1}" if layer else word


def _word(label: str) -> str:
    """A label as a name in Python, which reads µ as μ; names that begin with an underscore are the program's own."""
    word = re.sub(r"\W", "", normalize("NFKC", label)).lstrip("_")
    return word if word.isidentifier() and not iskeyword(word) and is_normalized("NFKC", word) else ""
