"""Tables of numbers with a class in the last column, as CSV files: every mistake in one is named by line and column."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    Row = tuple[int, list[str]]  # its line in the file, its cells

__all__ = ["read_table"]


def read_table(path: Path) -> tuple[list[list[float]], list[int], list[str], list[str]]:
    """Samples, their class numbers, and the names of features and classes.

    Raises ValueError naming file, line and column for whatever is not such a table.
    """
    rows = [(line, row) for line, row in _csv_rows(path) if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError(f"{path}: no rows; each line is a sample, the last column its class")
    first = rows[0][1]
    if _is_header([row for _, row in rows]):
        features, rows = [cell.strip() for cell in first[:-1]], rows[1:]
    else:
        features = [f"x{j + 1}" for j in range(len(first) - 1)]
    if not features or not rows:
        raise ValueError(
            f"{path}: need at least one column of numbers, a column of classes, and one sample; "
            "columns are separated by , ; or tab, and no line is a comment"
        )
    X = []
    for line, row in rows:
        if len(row) != len(features) + 1:
            raise ValueError(f"{path}, line {line}: {len(row)} columns, expected {len(features) + 1}")
        X.append([_cell(path, line, j, cell) for j, cell in enumerate(row[:-1])])
    labels = _labels(path, rows)
    classes = _classes(path, labels)
    k_of = {c: k for k, c in enumerate(classes)}
    return X, [k_of[label] for label in labels], features, classes


def _labels(path: Path, rows: list[Row]) -> list[str]:
    """The class of each line; of 1 and 1.0, which are one class, the name that came first."""
    names: dict[Any, str] = {}
    labels = []
    for line, row in rows:
        label = row[-1].strip()
        if not label:
            raise ValueError(f"{path}, line {line}, column {len(row)}: the class is empty")
        value = _finite(label)
        labels.append(names.setdefault(label if value is None else value, label))
    return labels


def _classes(path: Path, labels: list[str]) -> list[str]:
    """The classes there are: numbers by size, then words."""
    value = {label: _finite(label) for label in dict.fromkeys(labels)}
    classes = sorted(value, key=lambda c: (value[c] is None, value[c] or 0.0, c))
    if len(classes) < 2:
        raise ValueError(f"{path}: only one class, {classes[0]!r}; there is nothing to tell apart")
    if len(classes) > 100 or len(classes) == len(labels) > 10:
        raise ValueError(
            f"{path}: {len(classes)} different classes in {len(labels)} rows; is the last column the class?"
        )
    return classes


def _is_header(rows: list[list[str]]) -> bool:
    """A first line of words over columns of numbers, or one whose last cell alone is a word in its column."""
    *features, last = rows[0]
    words = bool(features) and not any(_all_numbers([cell.replace(",", ".")]) for cell in features)  # 0,5 is not a word
    return words or (not _all_numbers([last]) and len(rows) > 1 and all(_all_numbers(row[-1:]) for row in rows[1:]))


def _csv_rows(path: Path) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not a text file in UTF-8") from None
    except OSError as error:
        raise ValueError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    delimiter = _delimiter(text[:4096])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from None


def _delimiter(head: str) -> str:
    r"""The most frequent of , ; and tab, but ; wherever each line has one: the commas are then those of decimal fractions.

    >>> _delimiter("0,283;-0,1;0\n0,5;1,5;1\n"), _delimiter("0.5,1.5,a\n"), _delimiter("0.5\t1.5\ta\n")
    (';', ',', '\t')
    """
    lines = [line for line in head.splitlines() if line.strip()]
    lines = lines[:-1] or lines  # the last may be cut short
    return ";" if all(";" in line for line in lines) else max(",;\t", key=head.count)


def _all_numbers(cells: list[str]) -> bool:
    return bool(cells) and all(_parsed(cell) is not None for cell in cells)


def _parsed(cell: str) -> float | None:
    """The cell as a float; None if it is not a number (1_000 is one in Python, not in a table)."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _finite(cell: str) -> float | None:
    x = _parsed(cell)
    return x if x is not None and math.isfinite(x) else None


def _cell(path: Path, line: int, column: int, cell: str) -> float:
    x = _finite(cell)
    if x is None:
        hint = "; write a decimal point, not a comma" if _parsed(cell.replace(",", ".", 1)) is not None else ""
        raise ValueError(
            f"{path}, line {line}, column {column + 1}: expected a finite number, got {cell.strip()[:60]!r}{hint}"
        )
    return x
