"""Tables in CSV files. pandas reads them; which line is a header, what each column is and what is wrong where, is judged here,
and said: every note is a sentence about a column, every error names file, line and column.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from nn.columns import Numbers, UnreadableError, Words, are_row_numbers, is_identifier, is_number, read_column

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MOST_WHOLE_NUMBERS", "Table", "read_table"]

MOST_WHOLE_NUMBERS = 10  # different ones that are classes
MOST_WORDS = 20  # different ones in a column that becomes one-hot
MOST_CLASSES = 100
HINT = "missing='drop' leaves such rows out, missing='mean' puts the column's mean there (--missing drop|mean on the command line)"


class Table(NamedTuple):
    """Samples, targets, and names as a data set has them; notes: what was made of the columns, a sentence each."""

    X: list[list[float]]
    y: list[Any]
    features: list[str]
    classes: list[str]
    target: str
    notes: tuple[str, ...]
    filled: tuple[tuple[int, int], ...]  # row and column of the numbers that were missing


class _Cells(NamedTuple):
    """What a file holds: for each row its line and its cells; for each column its name, "" where there is none."""

    path: Path
    delimiter: str
    named: bool
    names: list[str]
    lines: list[int]
    columns: list[list[str]]

    def where(self, i: int, j: int) -> str:
        """Where a cell stands, for an error."""
        return f"{self.path}, line {self.lines[i]}, column {j + 1}" + (f" ({self.names[j]})" if self.named else "")


@contextmanager
def _one_line() -> Iterator[None]:
    """An error is one line that can be read, however long and broken the cells are that it quotes."""
    try:
        yield
    except ValueError as error:
        raise ValueError(" ".join(f"{error!s:.900}".splitlines())) from None


@_one_line()
def read_table(
    path: Path, target: str = "last", task: str | None = None, drop: Sequence[str] = (), missing: str | None = None
) -> Table:
    """Read a CSV file and judge its columns. Arguments as for ``load_csv``.

    Raises ValueError naming file, line and column for whatever is not such a table, ImportError where pandas is missing.
    """
    for name, given, allowed in (
        ("task", task, ("classification", "regression")),
        ("missing", missing, ("drop", "mean")),
    ):
        if given not in (None, *allowed):
            raise ValueError(f"{name} is {allowed[0]!r} or {allowed[1]!r}, got {given!r}")
    cells = _with_header(path, *_rows(path))
    t, dropped = _target(cells, target), {_column(cells, name) for name in drop}
    if t in dropped:
        raise ValueError(f"{path}: {cells.names[t]!r} is the target and can't be dropped; choose another target")
    notes: list[str] = []
    kept = {j: c for j in range(len(cells.names)) if j not in dropped | {t} and (c := _feature(cells, j, notes))}
    answer = _read(cells, t)
    gaps = sorted({i for c in [*kept.values(), answer] for i, v in enumerate(c.values) if v is None})
    out = set(gaps if missing == "drop" else [i for i in gaps if answer.values[i] is None])
    if gaps:
        _say_missing(cells, {**kept, t: answer}, gaps, out, missing, notes)
    rows = [i for i in range(len(cells.lines)) if i not in out]
    if not kept or not rows:
        raise ValueError(
            f"{path}: no {'row is complete' if kept else 'column of features is left'}"
            + "".join(f"; {n}" for n in notes)
        )
    columns = [(f"{cells.names[j]}{which}", numbers, c) for j, c in kept.items() for which, numbers in _as_numbers(c)]
    X = [[numbers[i] for _, numbers, _ in columns] for i in rows]
    filled = [(k, m) for k, i in enumerate(rows) for m, (_, _, c) in enumerate(columns) if c.values[i] is None]
    y, classes, rule = _answers(cells, t, answer, rows, task)
    place = "" if target == cells.names[t] else f" ({'the first' if t == 0 else 'the last'} column)"
    notes.insert(0, f"the target is {cells.names[t]}{place}: {rule}")
    return Table(X, y, [name for name, _, _ in columns], classes, cells.names[t], tuple(notes), tuple(filled))


# ── which column ────────────────────────────────────────────────────────────


def _target(cells: _Cells, target: str) -> int:
    places = {"first": 0, "last": len(cells.names) - 1}
    return places[target] if target in places and target not in cells.names else _column(cells, target)


def _column(cells: _Cells, name: str) -> int:
    if name not in cells.names:
        near = difflib.get_close_matches(name, cells.names, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"{cells.path}: no column is called {name!r}; {meant}There are {', '.join(cells.names)}")
    return cells.names.index(name)


# ── what a column is ────────────────────────────────────────────────────────


def _read(cells: _Cells, j: int) -> Numbers | Words:
    try:
        return read_column(cells.columns[j], decimal_comma=cells.delimiter != ",")
    except UnreadableError as cell:
        i, shown = cell.row, cells.columns[j][cell.row][:60]
        raise ValueError(
            f"{cells.where(i, j)}: expected a finite number, got {shown!r}, as most cells of the column are numbers"
        ) from None


def _feature(cells: _Cells, j: int, notes: list[str]) -> Numbers | Words | None:
    """The column as one of features; None, with a note, for what tells nothing about a sample."""
    name, column = cells.names[j], _read(cells, j)
    present = [v for v in column.values if v is not None]
    kinds = len(set(present))
    reason = ""
    if not present:
        reason = "it is empty"
    elif are_row_numbers(column, cells.names[j] if cells.named else None, first=j == 0, alone=len(cells.names) == 2):
        reason = "it numbers the rows"
    elif is_identifier(name) and kinds == len(present) > 2 and not _has_fractions(column):
        reason = "it is an id, another one in each row"
    elif isinstance(column, Words) and column.doubt:
        reason = f"it holds {column.doubt}"
    elif isinstance(column, Words) and kinds > max(2, min(MOST_WORDS, len(present) // 2)):
        reason = f"it is text, {kinds} different ones in {len(present)} rows"
    if reason:
        notes.append(f"{name} is left out: {reason}")
        return None
    if isinstance(column, Words):
        words = column.kinds()
        notes.append(f"{name} is one-hot: {', '.join(words[:5])}{', …' if len(words) > 5 else ''}")
    elif column.note:
        notes.append(f"{name}: {column.note}")
    return column


def _has_fractions(column: Numbers | Words) -> bool:
    return isinstance(column, Numbers) and not all(v is None or v.is_integer() for v in column.values)


def _as_numbers(column: Numbers | Words) -> list[tuple[str, list[float]]]:
    """A column as numbers, of words one per word that is 1 or 0; what is missing becomes the mean."""
    if isinstance(column, Words):
        parts = [(f"={w}", [None if v is None else float(v == w) for v in column.values]) for w in column.kinds()]
    else:
        parts = [("", column.values)]
    means = [fmean(v for v in values if v is not None) for _, values in parts]
    return [
        (which, [mean if v is None else v for v in values]) for (which, values), mean in zip(parts, means, strict=True)
    ]


def _say_missing(
    cells: _Cells,
    columns: dict[int, Numbers | Words],
    gaps: list[int],
    out: set[int],
    missing: str | None,
    notes: list[str],
) -> None:
    """Say what happens to the rows that miss a cell. Raises ValueError where that was not chosen."""
    i = gaps[0]
    n = len(cells.lines)
    if missing is None:
        j = next(j for j in sorted(columns) if columns[j].values[i] is None)
        cell = cells.columns[j][i]
        raise ValueError(
            f"{cells.where(i, j)}: the cell is {f'{cell!r}, which is missing' if cell else 'missing'}, as in {len(gaps)} of {n} "
            f"rows one is; {HINT}"
        )
    if out:
        notes.append(f"rows left out that miss {'a cell' if missing == 'drop' else 'the target'}: {len(out)} of {n}")
    filled = sum(c.values[i] is None for c in columns.values() for i in gaps if i not in out)
    if filled:
        notes.append(f"missing cells that became the mean of their column: {filled}")


# ── the target ──────────────────────────────────────────────────────────────


def _answers(
    cells: _Cells, t: int, column: Numbers | Words, rows: list[int], task: str | None
) -> tuple[list[Any], list[str], str]:
    """The targets of these rows, the names of the classes (none for a regression), and the rule that decided."""
    values: list[Any] = [column.values[i] for i in rows]
    kinds = sorted(set(values))
    n, k = len(values), len(kinds)
    if isinstance(column, Words):
        if task == "regression":
            raise ValueError(f"{cells.path}: {cells.names[t]} is text, {kinds[0]!r}, and a regression needs numbers")
        rule = f"{k} different words, so classification"
    else:
        few = k <= max(2, min(MOST_WHOLE_NUMBERS, n // 2)) and not _has_fractions(column)
        kind = "numbers" if _has_fractions(column) else "whole numbers"
        rule = f"{k} different {kind} in {n} rows, so {'classification' if few else 'regression'}"
        if task:
            rule = f"{task}, as you say"
        if task == "regression" or (not few and task != "classification"):
            if k < 2:
                raise ValueError(
                    f"{cells.path}: {cells.names[t]} is {kinds[0]:g} in every row; there is nothing to learn"
                )
            return values, [], rule
    if k < 2:
        raise ValueError(f"{cells.path}: only one class, {cells.columns[t][rows[0]]!r}; there is nothing to tell apart")
    if k > MOST_CLASSES or k == n > 10:
        raise ValueError(
            f"{cells.path}: {k} different classes in {n} rows; is {cells.names[t]!r} the target? Choose one of "
            f"{', '.join(cells.names)}"
        )
    written: dict[Any, str] = {}
    for i in rows:  # of 1 and 1.0, which are one class, the name that came first
        written.setdefault(column.values[i], cells.columns[t][i])
    return [kinds.index(v) for v in values], [written[v] for v in kinds], rule


# ── header and rows ─────────────────────────────────────────────────────────


def _with_header(path: Path, delimiter: str, lines: list[int], rows: list[list[str]]) -> _Cells:
    first, below = rows[0], rows[1:]
    named = _is_header(first, below, decimal_comma=delimiter != ",")
    if named:
        lines, rows = lines[1:], below
    if len(first) < 2 or not rows:
        raise ValueError(
            f"{path}: need a column of features, a target column, and one sample; "
            "columns are separated by , ; | or tab, and no line is a comment"
        )
    plain = [f"x{j + 1}" for j in range(len(first) - 1)] + ["y"]
    names = [cell or f"column {j + 1}" for j, cell in enumerate(first)] if named else plain
    names = [name if name not in names[:j] else f"{name} (column {j + 1})" for j, name in enumerate(names)]
    return _Cells(path, delimiter, named, names, lines, [list(column) for column in zip(*rows, strict=True)])


def _is_header(first: list[str], below: list[list[str]], *, decimal_comma: bool) -> bool:
    """Is the first line one of names? Words, or 0, 1, 2, … as NumPy's columns are numbered, or a word that is alone in
    its column, the last.
    """
    words = [not is_number(cell, decimal_comma=decimal_comma) for cell in first]
    if all(words):
        return True
    numbered = [cell for cell in first if cell]
    if len(numbered) > 1 and numbered == [str(j) for j in range(len(numbered))]:
        return not first[0] or len(numbered) > 3 or not all(cell.isdigit() for row in below for cell in row)
    columns = list(zip(*below, strict=True))
    over_numbers = [all(is_number(cell, decimal_comma=decimal_comma) for cell in column) for column in columns]
    return bool(below) and ((all(words[:-1]) and any(over_numbers[:-1])) or (words[-1] and over_numbers[-1]))


def _rows(path: Path) -> tuple[str, list[int], list[list[str]]]:
    """The delimiter, and of each row that is not blank the line where it begins, and its cells. pandas reads them."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("CSV files are read with pandas: pip install 'chalkgrad[train]'") from None
    text = _text(path)
    named = re.match(r'"?sep=(.)"?\n', text)  # what Excel writes for itself
    skipped = named.end() if named else 0
    skipped += re.match(r"(\s*\n)?", text[skipped:]).end()  # type: ignore[union-attr]  # it matches nothing at all, too
    delimiter = named[1] if named else _delimiter(text[skipped : skipped + 4096])
    skipped += _counting_line(text[skipped:], delimiter)
    try:
        frame = pd.read_csv(
            io.StringIO(text[skipped:]), sep=delimiter, header=None, dtype=str, keep_default_na=False,
            skip_blank_lines=False, skipinitialspace=True, engine="python",
        )  # fmt: skip
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame()
    except pd.errors.ParserError as error:
        raise ValueError(_said(path, str(error), text[:skipped].count("\n"))) from None
    lines, rows, line = [], [], 1 + text[:skipped].count("\n")
    for cells in frame.itertuples(index=False, name=None):
        row = [cell.strip() for cell in cells if isinstance(cell, str)]  # pandas fills up a short row with nan
        if any(row):
            if len(row) != len(cells):
                raise ValueError(f"{path}, line {line}: {len(row)} columns, expected {len(cells)}")
            lines.append(line)
            rows.append(row)
        line += 1 + sum(cell.count("\n") for cell in row)
    if not rows:
        raise ValueError(f"{path}: no rows; each line is a sample, one column its target")
    return delimiter, lines, rows


def _counting_line(text: str, delimiter: str) -> int:
    """The length of a first line that counts rows and features and names classes, as scikit-learn's files have it; else 0."""
    first, _, below = text.partition("\n")
    n, m, *_ = [*first.split(delimiter), "", ""]
    counts = len(n) > 1 and n.isdigit() and m.isdigit() and int(n) == sum(map(bool, below.split("\n")))
    return len(first) + 1 if counts and int(m) == below.partition("\n")[0].count(delimiter) else 0


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not a text file in UTF-8 or UTF-16; save it as “CSV UTF-8”") from None
    except OSError as error:
        raise ValueError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    if "\0" in text:
        raise ValueError(
            f"{path}, line {text[: text.index(chr(0))].count(chr(10)) + 1}: a zero byte; is it a text file?"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _said(path: Path, message: str, skipped: int) -> str:
    """What pandas' parser complains about, in our words and lines."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        expected, line, saw = map(int, found.groups())
        return f"{path}, line {line + skipped}: {saw} columns, expected {expected}"
    if "unexpected end" in message:
        return f"{path}: a quote is still open at the end of the file"
    if "field limit" in message:
        return f"{path}: a cell has more than 131,072 characters; does a quote that opens there not end?"
    return f"{path}: {message[:200]}"


def _delimiter(head: str) -> str:
    r"""The most frequent of , ; | and tab, but ; wherever each line has one: the commas are then those of decimal fractions.

    >>> _delimiter("0,283;-0,1;0\n0,5;1,5;1\n"), _delimiter("0.5,1.5,a\n"), _delimiter("0.5\t1.5\ta\n")
    (';', ',', '\t')
    """
    lines = [line for line in head.splitlines() if line.strip()]
    lines = lines[:-1] or lines  # the last may be cut short
    return ";" if all(";" in line for line in lines) else max(",;\t|", key=head.count)
