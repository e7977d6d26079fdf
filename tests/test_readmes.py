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
    "readme",
    [
        "README.md",
        "nn/README.md",
        "autograd/README.md",
        "notebooks/README.md",
        "tests/benchmarks/README.md",
        "CONTRIBUTING.md",
    ],
)
def test_every_link_and_picture_leads_somewhere(readme):
    text = (ROOT / readme).read_text()
    found = [*re.findall(r"\]\(([^)#]+)\)", text), *re.findall(r'src(?:set)?="([^"]+)"', text)]
    links = [link for link in found if "://" not in link]
    assert len(links) >= text.count("<picture>") * 2
    missing = [link for link in links if not (ROOT / readme).parent.joinpath(link).exists()]
    assert not missing


def test_every_picture_of_the_readme_is_there_light_and_dark_and_small():
    text = (ROOT / "README.md").read_text()
    pictures = re.findall(r'srcset="([^"]+)">\s*<img src="([^"]+)"[^>]*alt="([^"]+)"', text)
    assert len(pictures) == text.count("<picture>") == 3
    for dark, light, said in pictures:
        assert dark == "-dark.".join(light.rsplit(".", 1))
        assert all((ROOT / file).stat().st_size < 200_000 for file in (light, dark))
        assert len(said) > 20


def test_the_first_screen_shows_what_one_can_do():
    first, _, _ = (ROOT / "README.md").read_text().partition("## ")
    assert all(f"figures/{name}" in first for name in ("backward.gif", "training.gif", "panel.png"))
