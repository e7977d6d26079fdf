"""The samples that a command is given: the name of a data set, or a CSV file and what is to be made of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

__all__ = ["add_samples", "columns_of", "say_columns"]


def add_samples(parser: argparse.ArgumentParser, names: Iterable[str], *, default: str) -> None:
    """The argument ``data``, and the options for a file."""
    samples = parser.add_argument(
        "data", nargs="?", default=default, help=f"{', '.join(names)}, or a CSV file (default: %(default)s)"
    )
    samples.completer = lambda **_: [*names, *map(str, Path().glob("*.csv"))]  # type: ignore[attr-defined]  # for argcomplete
    table = parser.add_argument_group("the columns of a CSV file")
    table.add_argument("--target", help="the column to learn: its name, first or last (default: last)")
    table.add_argument(
        "--task", choices=("classification", "regression"), help="(default: by the target's values, and printed)"
    )
    table.add_argument("--drop", metavar="NAME,…", help="columns to leave out")
    table.add_argument(
        "--missing", choices=("drop", "mean"), help="leave rows out that miss a cell, or fill in the column's mean"
    )


def columns_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options that were given, as ``data.load`` takes them."""
    columns = {key: value for key in ("target", "task", "missing") if (value := getattr(arguments, key))}
    if arguments.drop:
        columns["drop"] = [name.strip() for name in arguments.drop.split(",")]
    return columns


def say_columns(notes: Iterable[str]) -> None:
    """Print what was made of a file's columns, a line each."""
    for note in notes:
        print(note)
