"""A table as HTML that every notebook shows, trusted or not: inline alignment, and the colours of the page around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["html_table"]

ALIGNMENTS = {"l": "left", "r": "right"}


def html_table(columns: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of text under a head. A cell that begins with ✗ is bold.

    columns: how each is aligned, as LaTeX's tabular has it: "lr"

    >>> html_table("lr", ("", "slope"), [("x<1", "✗ 2")]).partition("</tr>")[2]
    '<tr><td style="text-align:left;padding:0 1em">x&lt;1</td><td style="text-align:right;padding:0 1em"><b>✗ 2</b></td></tr></table>'
    """
    from html import escape  # the engine's import stays quick

    def row(cells: Sequence[str], tag: str) -> str:
        shown = (f"<b>{escape(cell)}</b>" if cell.startswith("✗") else escape(cell) for cell in cells)
        return "".join(
            f'<{tag} style="text-align:{ALIGNMENTS[column]};padding:0 1em">{cell}</{tag}>'
            for column, cell in zip(columns, shown, strict=True)
        )

    body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    return f'<table style="font-size:1.1em"><tr>{row(head, "th")}</tr>{body}</table>'
