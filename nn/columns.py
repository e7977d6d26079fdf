"""What a column of a table is: numbers as people write them, dates, or words.

>>> read_column(["1,5", "2,25", "?"], decimal_comma=True)
Numbers(values=[1.5, 2.25, None], note='1,5 is read as 1.5')
>>> read_column(["red", "blue", ""])
Words(values=['red', 'blue', None], doubt='')
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import datetime
from math import isfinite
from typing import NamedTuple

__all__ = ["Numbers", "UnreadableError", "Words", "are_row_numbers", "is_identifier", "is_number", "read_column"]

NO_NUMBER = {"", "na", "n/a", "nan", "null", "none", "?", "-", ".", "#n/a", "<na>"}  # in a column of numbers
NO_WORD = NO_NUMBER - {"none", "-", "."}  # in a column of words, where these may be words
DATES = (
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y-%m",
    "%b %d %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%b-%d-%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
)
IDENTIFIER = re.compile(
    r"(column 1|unnamed: ?0|#|id|index|idx|rows?|row_?(names?|id|nr)|nr|no\.?|key|uuid|.*[_ ]id)", re.IGNORECASE
)


class Numbers(NamedTuple):
    """Numbers, None where one is missing; note: how they were written, if not as Python does."""

    values: list[float | None]
    note: str = ""


class Words(NamedTuple):
    """Words, None where one is missing; doubt: why they are not read as dates, which they could be."""

    values: list[str | None]
    doubt: str = ""

    def kinds(self) -> list[str]:
        """The different words, in order."""
        return sorted({word for word in self.values if word is not None})


class UnreadableError(Exception):
    """A cell that is no number in a column of numbers."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def read_column(cells: list[str], *, decimal_comma: bool = False) -> Numbers | Words:
    """The cells as numbers if most are (numbers, thousands, percent, currencies), as years if all are dates, else as words.

    decimal_comma: may a comma be that of a fraction? It is one of thousands where commas separate the columns.
    Raises UnreadableError for a column of numbers with a cell that is none.
    """
    given = [cell for cell in cells if cell.casefold() not in NO_NUMBER]
    if not given:
        return Words([None] * len(cells))
    dotted = any(re.search(r"\d\.\d{3},", cell) for cell in given)
    read = {cell: _number(cell, decimal_comma, dotted) for cell in dict.fromkeys(given)}
    found = sum(read[cell] is not None for cell in given)
    if 2 * found < len(given):
        return _dates(cells, given)
    for i, cell in enumerate(cells):
        if cell in read and read[cell] is None:
            raise UnreadableError(i)
    odd = next((cell for cell in given if _plain(cell) is None), None)
    note = "" if odd is None else f"{odd} is read as {read[odd]:.10g}"
    return Numbers([read.get(cell) for cell in cells], note)


def is_number(cell: str, *, decimal_comma: bool) -> bool:
    """Can the cell be read as a number?"""
    return _number(cell, decimal_comma, False) is not None


def _plain(cell: str) -> float | None:
    """The cell as a finite float; None if it is not one (1_000 is one in Python, not in a table)."""
    try:
        x = None if "_" in cell else float(cell)
    except ValueError:
        return None
    return x if x is not None and isfinite(x) else None


def _number(cell: str, decimal_comma: bool, dotted: bool) -> float | None:
    """A number as people write it: 1,234.5 or 1.234,5 or 1 234 or 12% or $5; None for anything else.

    dotted: are points those of thousands?
    """
    x = _plain(cell)
    if x is not None and not (dotted and "." in cell):
        return x
    text = cell.replace("−", "-").strip("$€£¥ \u00a0")
    text, share = (text[:-1].rstrip(), 0.01) if text.endswith("%") else (text, 1.0)
    text = _ungrouped(text, "[ \u00a0\u202f'’]")
    if decimal_comma:
        text = (_ungrouped(text, r"\.", ",") if dotted else text).replace(",", ".", 1)
    elif re.fullmatch(r"[+-]?\d+,\d+", text) and not re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        text = text.replace(",", ".")  # 0,5 in quotes: no thousands
    else:
        text = _ungrouped(text, ",")
    x = _plain(text)
    return None if x is None else x * share if share == 1.0 else x / 100.0


def _ungrouped(text: str, mark: str, decimal: str = r"[.,]") -> str:
    """The digits without the marks between groups of three."""
    whole = re.fullmatch(rf"([+-]?\d{{1,3}}(?:{mark}\d{{3}})+)((?:{decimal})\d*)?", text)
    return re.sub(mark, "", whole[1]) + (whole[2] or "") if whole else text


# ── dates ───────────────────────────────────────────────────────────────────


def _dates(cells: list[str], given: list[str]) -> Numbers | Words:
    """Dates as years and their fractions, if every cell is one in the same manner, and in one only; else words."""
    words = [None if cell.casefold() in NO_WORD else cell for cell in cells]
    readings = [found for manner in ("", *DATES) if (found := _all_dates(given, manner)) is not None]
    if not readings:
        return Words(words)
    if any(found != readings[0] for found in readings):
        return Words(words, f"dates of which day or month may come first, such as {given[0]}; write 2024-03-01")
    years = dict(zip(given, readings[0], strict=True))
    return Numbers([years.get(cell) for cell in cells], f"dates as years, {given[0]} is {years[given[0]]:.2f}")


def _all_dates(given: list[str], manner: str) -> list[float] | None:
    try:
        return [_year(datetime.strptime(cell, manner) if manner else datetime.fromisoformat(cell)) for cell in given]
    except ValueError:
        return None


def _year(date: datetime) -> float:
    day = date.timetuple().tm_yday - 1 + (date.hour + date.minute / 60 + date.second / 3600) / 24
    return date.year + day / (366 if isleap(date.year) else 365)


# ── what names a row, and tells nothing about it ────────────────────────────


def is_identifier(name: str) -> bool:
    """Is this what people call a column that names the rows?

    >>> is_identifier("id"), is_identifier("customer_id"), is_identifier("width")
    (True, True, False)
    """
    return IDENTIFIER.fullmatch(name) is not None or name.endswith("Id")


def are_row_numbers(column: Numbers | Words, name: str | None, *, first: bool, alone: bool) -> bool:
    """Does the column count the rows, from 0 or 1, under a name for that?

    name: None where no column has one: then the first does that counts 10 rows or more, if it is not alone
    """
    counting = any(column.values == [float(i) for i in range(start, start + len(column.values))] for start in (0, 1))
    if name is None:
        return counting and first and not alone and len(column.values) >= 10
    return counting and is_identifier(name) and len(column.values) > 2
