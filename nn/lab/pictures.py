"""A picture of each notebook, for its table of contents: what its cell tagged ``picture`` shows.

``python -m nn.lab.pictures [NOTEBOOKS]`` writes them into NOTEBOOKS/figures, as lesson-NN.svg or .png.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any, NamedTuple

from autograd.files import write_atomically

__all__ = ["Thumbnail", "save_pictures", "thumbnail"]

TAG = "picture"


class Thumbnail(NamedTuple):
    """A picture as a file has it; ``suffix`` is .svg or .png."""

    suffix: str
    content: bytes


def thumbnail(notebook: dict[str, Any]) -> Thumbnail | None:
    """The first picture in the outputs of the cell tagged ``picture``; None if no cell is.

    notebook: as its file's JSON. Raises ValueError when that cell shows no picture.

    >>> output = {"output_type": "display_data", "data": {"text/html": ['<img src="data:image/svg+xml;base64,PHN2Zy8+">']}}
    >>> thumbnail({"cells": [{"metadata": {"tags": ["picture"]}, "outputs": [output]}]})
    Thumbnail(suffix='.svg', content=b'<svg/>')
    """
    tagged = [cell for cell in notebook["cells"] if TAG in cell["metadata"].get("tags", [])]
    if not tagged:
        return None
    shown = [output.get("data", {}) for cell in tagged for output in cell.get("outputs", [])]
    for data in shown:
        if drawn := re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", "".join(data.get("text/html", []))):
            return Thumbnail(".svg", b64decode(drawn[1]))
        if "image/png" in data:
            return Thumbnail(".png", b64decode("".join(data["image/png"])))
    raise ValueError(f"the cell tagged {TAG!r} shows no picture (SVG or PNG): run the notebook, or move the tag")


def save_pictures(notebooks: str | Path) -> list[Path]:
    """Write the picture of every numbered notebook of a folder into its folder ``figures``; their paths.

    Raises ValueError that names the notebook whose tagged cell shows no picture.
    """
    written = []
    for file in sorted(Path(notebooks).glob("[0-9][0-9]_*.ipynb")):
        try:
            found = thumbnail(json.loads(file.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{file.name}: {error}") from None
        if found is not None:
            path = file.parent / "figures" / f"lesson-{file.name[:2]}{found.suffix}"
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, found.content)
            written.append(path)
    return written


if __name__ == "__main__":
    for path in save_pictures(sys.argv[1] if len(sys.argv) > 1 else "notebooks"):
        print(path)
