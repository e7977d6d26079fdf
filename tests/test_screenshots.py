"""The pictures of pages in the README are taken by a command, and are of what it takes."""

import struct
import subprocess
import sys
from pathlib import Path

from nn.screenshots import PAGES, SIZE

FIGURES = Path(__file__).parent.parent / "notebooks" / "figures"


def size(picture):
    """(width, height) of a PNG file."""
    return struct.unpack(">II", picture.read_bytes()[16:24])


def test_the_command_takes_each_page_light_and_dark(browser, tmp_path):
    command = [sys.executable, "-m", "nn.screenshots", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    taken = sorted(tmp_path.iterdir())
    assert sorted(done.stdout.split()) == [str(picture) for picture in taken]
    assert [picture.name for picture in taken] == sorted(
        f"{name}{dark}.png" for name in PAGES for dark in ("", "-dark")
    )
    for picture in taken:
        assert size(picture) == size(FIGURES / picture.name) == (SIZE["width"], SIZE["height"])
    assert len({picture.read_bytes() for picture in taken}) == len(taken)
