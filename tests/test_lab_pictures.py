"""Pictures of notebooks are what their tagged cells show."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from nn.lab.pictures import save_pictures, thumbnail

PNG = b"\x89PNG\r\n\x1a\n of a kind"


def drawn(svg: str) -> dict[str, list[str]]:
    """What a notebook holds of a drawing: its lines."""
    return {"text/html": [f'<img src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">\n', "<p>"]}


def cell(tags, *outputs):
    return {"cell_type": "code", "metadata": {"tags": tags}, "outputs": [{"data": data} for data in outputs]}


def test_the_first_picture_of_the_tagged_cell_is_taken():
    png = {"image/png": b64encode(PNG).decode(), "text/plain": "<Figure>"}
    cells = [cell([], drawn("<svg>no</svg>")), cell(["picture"], {"text/plain": "3"}, png)]
    assert thumbnail({"cells": cells}) == (".png", PNG)


def test_a_drawing_is_taken_out_of_its_image():
    assert thumbnail({"cells": [cell(["picture"], drawn("<svg>δ</svg>"))]}) == (".svg", "<svg>δ</svg>".encode())


def test_a_notebook_without_the_tag_has_no_picture():
    assert thumbnail({"cells": [cell([], drawn("<svg/>")), {"cell_type": "markdown", "metadata": {}}]}) is None


def test_numbered_notebooks_get_their_files_and_others_none(tmp_path):
    shown = json.dumps({"cells": [cell(["picture"], drawn("<svg/>"))]})
    for name in ("03_a.ipynb", "draft.ipynb"):
        (tmp_path / name).write_text(shown)
    (tmp_path / "04_b.ipynb").write_text(json.dumps({"cells": [cell([])]}))
    assert save_pictures(tmp_path) == [tmp_path / "figures" / "lesson-03.svg"]
    assert (tmp_path / "figures" / "lesson-03.svg").read_bytes() == b"<svg/>"


def test_a_tagged_cell_without_a_picture_is_an_error_naming_the_notebook(tmp_path):
    (tmp_path / "05_c.ipynb").write_text(json.dumps({"cells": [cell(["picture"], {"text/plain": "3"})]}))
    with pytest.raises(ValueError, match=r"05_c\.ipynb: the cell tagged 'picture' shows no picture"):
        save_pictures(tmp_path)
