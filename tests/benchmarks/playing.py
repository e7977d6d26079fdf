"""How fast the playground trains in headless Chromium, everything painted: 2-8-8-1 on 500 moons."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from harness import Table, interleaved, seconds

from nn.screenshots import CHROMIUM

PLAYED = """async (batch) => {
  page.change({ batch });
  page.togglePlay();
  await new Promise((done) => setTimeout(done, 500));
  const [epochs, start] = [page.training.progress, performance.now()];
  await new Promise((done) => setTimeout(done, 2000));
  const share = (page.training.progress - epochs) / (performance.now() - start);
  page.togglePlay();
  return 0.001 / share;
}"""


def epoch(batch: int) -> Any:
    """Seconds per epoch while it plays as fast as it goes; batch 0: all samples at once."""
    from playwright.sync_api import sync_playwright

    from nn import MLP, data, playground

    page = playground(MLP([2, 8, 8, 1], activation="tanh", seed=0), data.moons(500))
    file = page.save(Path(tempfile.mkdtemp()) / "page.html")
    browser = sync_playwright().start().chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    tab = browser.new_page(viewport={"width": 1280, "height": 760})
    tab.goto(f"{file.as_uri()}#share=0")
    return lambda: tab.evaluate(PLAYED, batch)


def run(*, quick: bool) -> list[Table]:
    """One row for full batches, one for batches of 10."""
    cases = {name: ("playing:epoch", batch) for name, batch in (("full batch", 0), ("batches of 10", 10))}
    rows = []
    for name, case in interleaved(cases, rounds=1 if quick else 5, limit=60.0).items():
        median = case.median()
        rows.append([name, case.problem or seconds(median), f"{1 / median:.0f}" if median else ""])
    return [
        Table(
            "The playground in Chromium", ["", "per epoch", "epochs per second"], rows, ["Mark: 60 epochs per second."]
        )
    ]
