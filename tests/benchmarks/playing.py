"""How fast the playground trains in headless Chromium, everything painted: 2-8-8-1 on 500 moons.

TensorFlow Playground's own code is a peer where there is a checkout of its repository: the environment variable
TENSORFLOW_PLAYGROUND names the folder. It comes in no package, and draws in a page that has to be built with tools of 2016:
compared is the training alone, of its ``src/nn.ts`` as it is.
"""

from __future__ import annotations

import json
import os
import subprocess
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
TIMED = """
function secondsPerEpoch(epoch) {
  for (let i = 0; i < 30; i += 1) epoch();
  const [start, times] = [performance.now(), 60];
  for (let i = 0; i < times; i += 1) epoch();
  return (performance.now() - start) / times / 1000;
}
"""
OPENED = """async () => {
  const start = performance.now();
  page.player.open();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const time = performance.now() - start;
  page.player.close();
  return time / 1000;
}"""
PEER = """([X, y, batch]) => {
  const { TANH } = nn.Activations;
  const network = nn.buildNetwork([2, 8, 8, 1], TANH, TANH, null, ["x", "y"]);
  return secondsPerEpoch(() => {
    for (const [i, x] of X.entries()) {
      nn.forwardProp(network, x);
      nn.backProp(network, 2 * y[i] - 1, nn.Errors.SQUARE);
      if ((i + 1) % batch === 0) nn.updateWeights(network, 0.03, 0);
    }
  });
}"""


def _tab() -> Any:
    """A tab of a browser of its own."""
    from playwright.sync_api import sync_playwright

    browser = sync_playwright().start().chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    return browser.new_page(viewport={"width": 1280, "height": 760})


def _playground(*hidden: int) -> Any:
    from nn import MLP, data, playground

    page = playground(MLP([2, *(hidden or (8, 8)), 1], activation="tanh", seed=0), data.moons(500))
    file = page.save(Path(tempfile.mkdtemp()) / "page.html")
    tab = _tab()
    tab.goto(f"{file.as_uri()}#share=0")
    return tab


def epoch(batch: int) -> Any:
    """Seconds per epoch while it plays as fast as it goes; batch 0: all samples at once."""
    tab = _playground()
    return lambda: tab.evaluate(PLAYED, batch)


def training(batch: int) -> Any:
    """Seconds per epoch of training alone: nothing is painted."""
    tab = _playground()
    return lambda: tab.evaluate(
        f"(batch) => {{ {TIMED} page.change({{ batch }}); return secondsPerEpoch(() => page.training.epoch()); }}",
        batch,
    )


def opening(*hidden: int) -> Any:
    """Seconds until a sample of a network with these hidden layers stands in the player, painted."""
    tab = _playground(*hidden)
    return lambda: tab.evaluate(OPENED)


def peer(batch: int) -> Any:
    """The same in TensorFlow Playground's code, compiled with esbuild."""
    from nn import data

    folder = os.environ.get("TENSORFLOW_PLAYGROUND")
    if not folder:
        raise ImportError("set TENSORFLOW_PLAYGROUND to a checkout of github.com/tensorflow/playground")
    command = ["npx", "--yes", "esbuild", f"{folder}/src/nn.ts", "--format=iife", "--global-name=nn"]
    program = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    samples = data.moons(500)
    tab = _tab()
    tab.set_content(f"<script>{program}{TIMED}</script>")
    given = json.loads(json.dumps([samples.X, samples.y, batch or 500]))
    return lambda: tab.evaluate(PEER, given)


def run(*, quick: bool) -> list[Table]:
    """One row for full batches and one for batches of 10: painted, training alone, and the peer's training."""
    sizes = (("full batch", 0), ("batches of 10", 10))
    kinds = (("everything painted", "epoch"), ("training alone", "training"), ("TensorFlow Playground's nn.ts, training alone", "peer"))  # fmt: skip
    cases = {f"{name}: {kind}": (f"playing:{function}", batch) for name, batch in sizes for kind, function in kinds}
    rows = []
    for name, case in interleaved(cases, rounds=1 if quick else 5, limit=60.0).items():
        median = case.median()
        rows.append([name, case.problem or seconds(median), f"{1 / median:.0f}" if median else ""])
    return [
        Table(
            "The playground in Chromium",
            ["2-8-8-1, 500 samples", "per epoch", "epochs per second"],
            rows,
            ["Mark: 60 epochs per second, everything painted."],
        ),
        _openings(quick=quick),
    ]


def _openings(*, quick: bool) -> Table:
    networks = {"2-8-8-1, 148 nodes": (8, 8), "2-16-16-16-1, 716 nodes": (16, 16, 16)}
    cases = {name: ("playing:opening", *hidden) for name, hidden in networks.items()}
    times = interleaved(cases, rounds=1 if quick else 5, limit=60.0)
    rows = [[name, case.problem or seconds(case.median())] for name, case in times.items()]
    return Table("A sample of the playground in the player", ["network", "opens in"], rows, ["Mark: half a second."])
