"""A bug beside what is right: the code of both, the lines that differ, and the numbers."""

from __future__ import annotations

import ast
import difflib
import html
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autograd.html_table import html_table

__all__ = ["Bug", "Numbers"]

Numbers = dict[str, float]
SAME, OTHER = "=", "≠"


@dataclass(frozen=True, repr=False)
class Bug:
    """A mistake that engines and training loops are written with, beside what is right.

    name, title, explanation: the bug in a word, in a line, and in a few sentences
    right_way, wrong_way: two functions of the same arguments that give numbers by name
    differing: makes arguments on which they differ
    agreeing:  makes arguments on which they agree by luck, for the reason in ``reason``
    """

    name: str
    title: str
    explanation: str
    right_way: Callable[..., Numbers]
    wrong_way: Callable[..., Numbers]
    differing: Callable[[], tuple[Any, ...]]
    agreeing: Callable[[], tuple[Any, ...]]
    reason: str

    def right(self, *case: Any) -> Numbers:
        """The numbers as they should be, on arguments of yours or on those where the two ways differ."""
        return self.right_way(*(case or self.differing()))

    def wrong(self, *case: Any) -> Numbers:
        """The numbers that the mistake gives, on arguments of yours or on those where the two ways differ."""
        return self.wrong_way(*(case or self.differing()))

    @property
    def code(self) -> tuple[str, str]:
        """The two functions' source, right and wrong, as one would write it on the board, without types."""
        return _without_types(self.right_way), _without_types(self.wrong_way)

    def rows(self, case: tuple[Any, ...] = ()) -> list[tuple[str, float, float]]:
        """(name, right, wrong), one per number, on these arguments or on those where the two ways differ.

        >>> from nn.lab.bugs import loop_closure
        >>> loop_closure.rows()
        [('a', 2.0, 0.0), ('b', 3.0, 0.0), ('c', 4.0, 12.0)]
        """
        # Each way gets fresh arguments where none are given: it may change them.
        right, wrong = self.right(*case), self.wrong(*case)
        return [(name, right[name], wrong[name]) for name in right]

    def __repr__(self) -> str:
        lines = [f"{self.title}: {self.explanation}", f"{'':>14}{'right':>10}{'wrong':>10}"]
        lines += [f"{n:>14}{r:>10.4g}{w:>10.4g}  {SAME if r == w else OTHER}" for n, r, w in self.rows()]
        return "\n".join([*lines, f"They agree by luck {self.reason}."])

    def _repr_html_(self) -> str:
        right, wrong = (source.split("\n") for source in self.code)
        ours, theirs = _unmatched_lines(right, wrong)
        return (
            f"<h3>{_escaped(self.title)}</h3><p>{_escaped(self.explanation)}</p>"
            f'<table style="width:100%;table-layout:fixed"><tr>{_source_cell("✓ right", right, ours)}{_source_cell("✗ wrong", wrong, theirs)}</tr></table>'
            f"{_number_table(self.rows())}"
            f"<p>They agree by luck {_escaped(self.reason)}:</p>{_number_table(self.rows(self.agreeing()))}"
        )


def _unmatched_lines(a: list[str], b: list[str]) -> tuple[set[int], set[int]]:
    """The numbers of the lines that only a has, and of those that only b has; the first lines, the names, do not count."""
    blocks = difflib.SequenceMatcher(None, a[1:], b[1:], autojunk=False).get_matching_blocks()
    return (
        set(range(1, len(a))) - {1 + i + k for i, _, n in blocks for k in range(n)},
        set(range(1, len(b))) - {1 + j + k for _, j, n in blocks for k in range(n)},
    )


def _without_types(function: Callable[..., Any]) -> str:
    tree = ast.parse(inspect.getsource(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return re.sub(r"^( *\w+): [^=]+ = ", r"\1 = ", ast.unparse(tree), flags=re.MULTILINE)


def _escaped(words: str) -> str:
    return html.escape(words)


def _source_cell(heading: str, lines: list[str], marked: set[int]) -> str:
    """One function as a table cell, some lines in bold on a tint."""
    shown = [
        f'<b style="background:rgba(230,140,0,0.28)">{_escaped(line)}</b>' if i in marked else _escaped(line)
        for i, line in enumerate(lines)
    ]
    cell = "text-align:left;vertical-align:top;width:50%"
    return f'<td style="{cell}"><b>{heading}</b><pre style="white-space:pre-wrap;overflow-wrap:anywhere">{chr(10).join(shown)}</pre></td>'


def _number_table(rows: Iterable[tuple[str, float, float]]) -> str:
    """The two columns of numbers, what differs with a cross."""
    shown = ((name, f"{right:.4g}", f"{'' if right == wrong else '✗ '}{wrong:.4g}") for name, right, wrong in rows)
    return html_table("rrr", ("", "right", "wrong"), shown)
