"""What the READMEs name exists."""

import pydoc
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [line for line in (ROOT / "nn" / "README.md").read_text().splitlines() if re.match(r"\| +\d+ ", line)]


def test_every_row_of_the_lecture_is_there_and_ticked():
    assert [int(row.split("|")[1]) for row in ROWS] == list(range(1, 19))
    assert all(row.split("|")[3].strip() == "✓" for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=range(1, 19))
def test_every_name_of_a_row_exists(row):
    names = re.findall(r"`((?:nn|autograd)\.[\w.]+|tests/[\w.]+)`", row.split("|")[4])
    assert names
    for name in names:
        found = (ROOT / name).exists() if name.startswith("tests/") else pydoc.locate(name) is not None
        assert found, f"{name} does not exist"


@pytest.mark.parametrize(
    "readme", ["README.md", "nn/README.md", "autograd/README.md", "notebooks/README.md", "CONTRIBUTING.md"]
)
def test_every_link_and_picture_leads_somewhere(readme):
    text = (ROOT / readme).read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    missing = [link for link in links if not (ROOT / readme).parent.joinpath(link).exists()]
    assert not missing
