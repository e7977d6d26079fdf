r"""The student's version of a notebook: the same, without the solutions.

A lecturer writes one notebook, the instructor's. An exercise's code cell is tagged ``exercise`` and holds its solution
between two marks,

    ### BEGIN SOLUTION
    answer = 0.42 * 2.0
    ### END SOLUTION
    check_slope(answer)

and in the student's version every name that the solution assigns, and every body of a function it defines, is three
dots; in a text cell what stands between the marks is. Cells tagged ``instructor`` are left out, and so are the outputs
that would give an answer away.

>>> print(without_solutions("### BEGIN SOLUTION\nanswer = 0.42 * 2.0\n### END SOLUTION\ncheck_slope(answer)"))
answer = ...
check_slope(answer)
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograd.files import write_atomically

__all__ = ["student_version", "without_solutions", "write_student_version"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
Notebook = dict[str, Any]


def write_student_version(source: str | Path, folder: str | Path) -> Path:
    """Write the student's version of a notebook file into a folder, under the same name; returns its path.

    Raises ValueError for a file that is not a notebook, or whose marks don't match; OSError when it can't be read or written.
    """
    source, folder = Path(source), Path(folder)
    target = folder / source.name
    if target.resolve() == source.resolve():
        raise ValueError(f"{target} is the instructor's version itself: give another folder with -o")
    try:
        notebook = student_version(json.loads(source.read_text(encoding="utf-8")))
        content = f"{json.dumps(notebook, ensure_ascii=False, indent=1)}\n".encode()
    except (AttributeError, KeyError, TypeError, UnicodeError, json.JSONDecodeError, RecursionError):
        raise ValueError(f"{source} is not a notebook of format 4; open and save it in Jupyter") from None
    except ValueError as error:
        raise ValueError(f"{source}, {error}") from None
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(target, content)
    return target


def student_version(notebook: Notebook) -> Notebook:
    r"""A notebook (as its file's JSON) without solutions, ``instructor`` cells, and the outputs that show answers.

    Raises ValueError that names the cell when its marks don't match or its solution leaves nothing to fill in.

    >>> source = "### BEGIN SOLUTION\na = 2\n### END SOLUTION\ncheck(a)"
    >>> cell = {"cell_type": "code", "source": source, "metadata": {"tags": ["exercise"]}, "outputs": ["✓"]}
    >>> student_version({"cells": [cell]})["cells"]
    [{'cell_type': 'code', 'source': ['a = ...\n', 'check(a)'], 'metadata': {'tags': ['exercise']}, 'outputs': [], 'execution_count': None}]
    """
    kept: list[dict[str, Any]] = []
    answers: set[str] = set()  # names that hold an answer: what shows them gives it away
    for number, cell in enumerate(notebook["cells"], 1):
        tags = cell.get("metadata", {}).get("tags", [])
        if "instructor" in tags:
            continue
        source, is_code = "".join(cell["source"]), cell.get("cell_type") == "code"
        try:
            if is_code:
                answers |= _answers(source)
            text = without_solutions(source) if is_code else _without_marked(source, lambda region: "…")
        except ValueError as error:
            raise ValueError(f"cell {number}: {error}") from None
        if text != source:
            cell = {**cell, "source": text.splitlines(keepends=True)}
        if is_code and (text != source or "exercise" in tags or answers & set(re.findall(r"\w+", source))):
            cell = {**cell, "outputs": [], "execution_count": None}
        kept.append(cell)
    return {**notebook, "cells": kept}


def without_solutions(source: str) -> str:
    r"""A cell's source in which every solution is three dots.

    >>> print(without_solutions("### BEGIN SOLUTION\ndef slope(x):\n    return 2 * x\n### END SOLUTION"))
    def slope(x):
        ...
    """
    return _without_marked(source, lambda region: "\n".join(_blanks(region).values()))


def _without_marked(source: str, left: Callable[[str], str]) -> str:
    """The text with every region, marks included, replaced by what ``left`` makes of it."""
    lines: list[str] = []
    rest = source.split("\n")
    for region in _regions(source):
        begin = next(i for i, line in enumerate(rest) if line.strip() == BEGIN)
        lines += [*rest[:begin], textwrap.indent(left(region), rest[begin][: _indent(rest[begin])])]
        end = next(i for i, line in enumerate(rest) if line.strip() == END)
        rest = rest[end + 1 :]
    return "\n".join([*lines, *rest])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _answers(source: str) -> set[str]:
    """Names that give an answer away: those that the solutions define, and the functions that the solutions are part of."""
    lines = source.split("\n")
    begins = [i for i, line in enumerate(lines) if line.strip() == BEGIN]
    names: set[str] = set()
    for begin, region in zip(begins, _regions(source), strict=True):
        names |= {*_blanks(region), *_around(lines[: begin + 1])} - {"return"}
    return names


def _around(lines: list[str]) -> Iterator[str]:
    """The functions and classes in whose body the last line stands, the innermost first."""
    indent = _indent(lines[-1])
    for line in reversed(lines[:-1]):
        if line.strip() and _indent(line) < indent and not line.lstrip().startswith(")"):  # the end of a long signature
            indent = _indent(line)
            if definition := re.match(r"\s*(?:async )?(?:def|class) (\w+)", line):
                yield definition[1]


def _regions(source: str) -> Iterator[str]:
    """What stands between the marks, once per pair of marks."""
    inside: list[str] | None = None
    for line in source.split("\n"):
        mark = line.strip()
        if mark == (BEGIN if inside is not None else END):
            raise ValueError(f"{mark!r} stands where the other mark is expected; they come in pairs")
        if mark == BEGIN:
            inside = []
        elif mark == END and inside is not None:
            yield "\n".join(inside)
            inside = None
        elif inside is not None:
            inside.append(line)
        elif "SOLUTION" in mark and mark.startswith("#"):
            raise ValueError(f"{mark!r:.60} is not a mark; write {BEGIN!r} and {END!r}, each on a line of its own")
    if inside is not None:
        raise ValueError(f"{BEGIN!r} without {END!r}")


def _blanks(region: str) -> dict[str, str]:
    """For each name that a solution defines, the line with three dots that replaces it."""
    text = textwrap.dedent(region)
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise ValueError(f"the solution is not Python: {error.msg} in its line {error.lineno}") from None
    blanks: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.FunctionDef):
            blanks[statement.name] = _open_function(statement)
        elif isinstance(statement, ast.ClassDef):
            raise ValueError(
                f"the solution defines a class, {statement.name}: let it define a function, or assign names"
            )
        elif any(isinstance(node, ast.Return) for node in ast.walk(statement)):  # the rest of a function's body
            return {"return": "..."}
        else:
            blanks |= {name: f"{name} = ..." for name in _assigned(statement)}
    if not blanks:
        raise ValueError(
            "the solution assigns no name and defines no function, so a student would have nothing to fill in"
        )
    return blanks


def _open_function(function: ast.FunctionDef) -> str:
    """The function's first lines, its docstring, and three dots."""
    docstring = function.body[:1] if ast.get_docstring(function) else []
    function.body = [*docstring, ast.Expr(ast.Constant(...))]
    return ast.unparse(function)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement assigns, in their order; not those of its loops."""
    loops = [n.target for n in ast.walk(statement) if isinstance(n, ast.For | ast.comprehension)]
    counted = {id(name) for loop in loops for name in ast.walk(loop)}
    names = [n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for name in sorted(names, key=lambda n: (n.lineno, n.col_offset)):
        if id(name) not in counted:
            yield name.id
