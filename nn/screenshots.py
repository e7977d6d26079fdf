"""Pictures of the pages for the README, as a browser shows them.

``python -m nn.screenshots [FOLDER]`` takes them, each light and dark. It needs the extra ``browser`` and a Chromium: the
headless shell where it is installed, which takes a third less time than the whole.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from nn.neuron_panel import panel
from nn.playground import playground

__all__ = ["CHROMIUM", "PAGES", "save_screenshots"]

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
PAGES: dict[str, Callable[[], Any]] = {"panel": panel, "playground": partial(playground, data="spiral")}
TRAINED = {"playground": ("layers=6,4&optimizer=Adam&lr=0.02", 80)}  # its settings, and epochs before the picture
SIZE = {"width": 1200, "height": 660}  # px of a picture
REDUCED = {"playground": 1.25}  # of a page that needs more room
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
                reduced = REDUCED.get(name, 1.0)
                room: Any = {side: int(px * reduced) for side, px in SIZE.items()}
                tab = browser.new_page(
                    viewport=room, device_scale_factor=1.0 / reduced, color_scheme=scheme, reduced_motion="reduce"
                )
                settings, epochs = TRAINED.get(name, ("", 0))
                tab.goto(f"{page.as_uri()}#{settings}")
                tab.evaluate("(n) => { for (let i = 0; i < n; i += 1) page.epoch(); }", epochs)
                path = Path(folder) / f"{name}{'-dark' if scheme == 'dark' else ''}.png"
                tab.screenshot(path=path)
                tab.close()
                written.append(path)
        browser.close()
    return written


if __name__ == "__main__":
    for path in save_screenshots(sys.argv[1] if len(sys.argv) > 1 else "notebooks/figures"):
        print(path)
