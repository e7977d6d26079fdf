"""Pictures of the pages for the README, as a browser shows them.

``python -m nn.screenshots [FOLDER]`` takes them, each light and dark. It needs the extra ``browser`` and a Chromium: the
headless shell where it is installed, which takes a third less time than the whole.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from nn.neuron_panel import panel

__all__ = ["CHROMIUM", "PAGES", "save_screenshots"]

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
PAGES: dict[str, Callable[[], Any]] = {"panel": panel}
SIZE: Any = {"width": 1200, "height": 660}  # px
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def save_screenshots(folder: Path | str) -> list[Path]:
    """Take a picture of each of ``PAGES`` for a light and a dark page: NAME.png and NAME-dark.png.

    Raises ImportError without Playwright, playwright.sync_api.Error without a Chromium.
    """
    from playwright.sync_api import sync_playwright

    Path(folder).mkdir(parents=True, exist_ok=True)
    written = []
    with sync_playwright() as playwright, TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, make in PAGES.items():
            page = make().save(Path(temporary) / f"{name}.html")
            for scheme in SCHEMES:
                tab = browser.new_page(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
                tab.goto(page.as_uri())
                path = Path(folder) / f"{name}{'-dark' if scheme == 'dark' else ''}.png"
                tab.screenshot(path=path)
                tab.close()
                written.append(path)
        browser.close()
    return written


if __name__ == "__main__":
    for path in save_screenshots(sys.argv[1] if len(sys.argv) > 1 else "notebooks/figures"):
        print(path)
