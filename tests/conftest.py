"""What several test files share.

Hypothesis has two profiles: "quick", the same examples every time, and "thorough"
(HYPOTHESIS_PROFILE=thorough), many and fresh ones.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import math
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from meanings import in_50_digits

ROOT = Path(__file__).parent.parent
PATIENCE = 30_000  # milliseconds that a page on a loaded machine may take

# jsonschema makes forty parsers of addresses when nbformat loads it: seconds, for what no notebook holds.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

settings.register_profile("quick", max_examples=40, deadline=None, derandomize=True, database=None)
settings.register_profile("thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Graphs have no cycles, and Python's default looks for them after 700 new objects: a fifth of the tests' time.
gc.set_threshold(50_000)


def pytest_collection_modifyitems(items):
    """Mark what starts a browser, what runs a notebook, and either as slow: by the fixtures it asks for.

    What needs the browser comes last: Playwright's event loop, once there, would be in the way of others.
    """
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for marker, fixtures in {"browser": {"browser"}, "notebook": {"executed", "jupyter"}}.items():
            if asked & fixtures:
                item.add_marker(marker)
                item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


# ── points at which a row may be asked ──────────────────────────────────────


def intervals_of(op) -> list[tuple[float, float]]:
    """One interval an operand; rows of any number of operands get five, from −3 to 3."""
    return list(op.sample) or [(-3.0, 3.0)] * 5


def points_of(op, n: int = 20) -> list[list[float]]:
    """n points of the row's own sample intervals, the same in every run."""
    draw = random.Random(op.name)
    return [[draw.uniform(*interval) for interval in intervals_of(op)] for _ in range(n)]


@pytest.fixture(scope="session")
def points():
    return points_of


@pytest.fixture(scope="session")
def exact():
    """What the ops mean, said a second time, in 50 digits: name → mpmath function."""
    return in_50_digits()


# ── what something costs, on any machine and however loaded it is ───────────


class Cost(NamedTuple):
    """What a function returned or raised, and how many functions it called on the way, Python's and C's."""

    result: Any
    calls: int


@pytest.fixture(scope="session")
def cost():
    """Counts the calls that a function makes. Beyond ``most`` it is stopped: the result is a RuntimeError."""

    def measured(f: Callable[[], Any], most: float = math.inf) -> Cost:
        calls = 0

        def count(frame, event, arg):
            nonlocal calls
            calls += event in ("call", "c_call")
            if calls > most:
                raise RuntimeError(f"more than {most} calls")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            result = f()
        except Exception as error:
            result = error
        finally:
            sys.setprofile(before)
        return Cost(result, calls)

    return measured


# ── other processes ─────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def without_parsers(tmp_path_factory):
    """A folder for the PYTHONPATH of what loads nbformat in another process: it hides those parsers there."""
    folder = tmp_path_factory.mktemp("without_parsers")
    (folder / "rfc3987_syntax.py").write_text('raise ImportError("not here")\n')
    return str(folder)


@pytest.fixture(scope="session")
def run_python():
    """Run source in a fresh interpreter and give what it prints."""

    def run(source: str, **environment: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run([sys.executable, "-c", source], env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


# ── a browser ───────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, by Playwright."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'chalkgrad[browser]'")
    from nn.screenshots import CHROMIUM

    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium-headless-shell")
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tabs:
    """The browser's tabs. A tab that a test has left serves the next one that asks for the same options."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.contexts: dict[str, Any] = {}
        self.left: dict[str, list[Any]] = {}

    def take(self, options: dict[str, Any]) -> Any:
        key = repr(sorted(options.items()))
        if key not in self.contexts:
            self.contexts[key] = self.browser.new_context(**options)
        return self.left[key].pop() if self.left.get(key) else self.contexts[key].new_page()

    def leave(self, page: Any, options: dict[str, Any]) -> None:
        """Empty it for the next test, as large and as light as it was. Notebook 7 would ask whether to save first."""
        if page.url.startswith("http:"):
            page.close()
            return
        page.goto("about:blank")
        page.set_viewport_size(options["viewport"])
        page.emulate_media(color_scheme=options.get("color_scheme", "light"))
        self.left.setdefault(repr(sorted(options.items())), []).append(page)


@pytest.fixture(scope="session")
def tabs(browser):
    return Tabs(browser)


def listen(page: Any, trouble: list[str], allowed: tuple[str, ...], source: str) -> Callable[[], None]:
    """Note as trouble what scripts of ``source`` say and what is asked for elsewhere, until the function returned is called."""
    hears = {
        "console": lambda message: source in message.location["url"] and trouble.append(message.text),
        "pageerror": lambda error: source in (error.stack or "") and trouble.append(str(error)),
        "request": lambda request: request.url.startswith(allowed) or trouble.append(request.url),
    }
    for event, listener in hears.items():
        page.on(event, listener)
    return lambda: [page.remove_listener(event, listener) for event, listener in hears.items()] and None


@pytest.fixture
def tab(browser, tabs, request):
    """Makes a browser tab. At the end, no script of ``source`` (any, if "") may have said a word or failed.

    Nor may anything but the ``allowed`` addresses have been asked for. Nothing glides or flows, unless a test wants it:
    painting that takes most of a browser's time.
    """
    trouble: list[str] = []
    pages: list[tuple[Any, dict[str, Any], Callable[[], None]]] = []
    of_its_own = "stopped" in request.fixturenames  # Playwright stops the clock of a whole context

    def made(allowed: tuple[str, ...] = ("file:", "data:", "blob:"), source: str = "", **options):
        options = {"viewport": {"width": 1280, "height": 760}, "reduced_motion": "reduce", **options}
        page = browser.new_context(**options).new_page() if of_its_own else tabs.take(options)
        page.set_default_timeout(PATIENCE)
        pages.append((page, options, listen(page, trouble, allowed, source)))
        return page

    yield made
    for page, options, hear_no_more in pages:
        hear_no_more()
        if of_its_own:
            page.context.close()
        else:
            tabs.leave(page, options)
    assert trouble == []


@pytest.fixture(scope="session")
def stopped():
    """Stops a page's clock, so that ``page.clock.run_for(milliseconds)`` says how long something plays."""

    def stop(page: Any) -> None:
        page.clock.install(time=0)
        page.clock.pause_at(1_000)

    return stop


@pytest.fixture(scope="session")
def touching():
    """Of a page, what touches it: ``touch("touchMove", (x, y), …)``, with a point for each finger."""

    def of(page):
        session = page.context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

        return touch

    return of


@pytest.fixture
def opened(tab, tmp_path):
    """Opens anything that saves itself as a page, from a file."""

    def open_(page, **options):
        found = tab(**options)
        found.goto(page.save(tmp_path / "page.html").as_uri())
        return found

    return open_


def _luminance(colour: str) -> float:
    numbers = [int(colour[i : i + 2], 16) for i in (1, 3, 5)] if colour[0] == "#" else re.findall(r"\d+", colour)[:3]
    parts = [int(x) / 255 for x in numbers]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.fixture(scope="session")
def contrast():
    """How far two colours, "#rrggbb" or "rgb(…)", stand apart by WCAG 2: from 1 to 21."""

    def ratio(a: str, b: str) -> float:
        low, high = sorted((_luminance(a), _luminance(b)))
        return (high + 0.05) / (low + 0.05)

    return ratio


# ── Jupyter ─────────────────────────────────────────────────────────────────


class Jupyter(NamedTuple):
    """A Jupyter server of our own: its address, and the folder that it shows."""

    address: str
    folder: Path
    data: Path

    def trust(self, file: str, notebook: dict[str, Any]) -> None:
        """Put a notebook into the folder as if it had been run here: its outputs may show pages."""
        import nbformat
        from nbformat.sign import NotebookNotary

        trusted = nbformat.reads(json.dumps(notebook), as_version=4)
        NotebookNotary(data_dir=str(self.data)).sign(trusted)
        nbformat.write(trusted, self.folder / file)

    def write(self, cells: list[str], outputs: dict[int, dict[str, str]]) -> str:
        """A new notebook; its name. Outputs: of which cell, the mimebundle."""

        def cell(i: int, source: str) -> dict[str, Any]:
            shown = [{"output_type": "display_data", "metadata": {}, "data": outputs[i]}] if i in outputs else []
            empty = {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None}
            return {**empty, "source": source, "outputs": shown}

        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content = {"cells": [cell(*c) for c in enumerate(cells)], "metadata": {"kernelspec": kernel}}
        file = f"{len(list(self.folder.iterdir()))}.ipynb"
        (self.folder / file).write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}))
        return file

    def run_all(self, page: Any, file: str) -> None:
        """Run every cell, once the kernel of this notebook is there and heard."""
        for _ in range(60):
            with urllib.request.urlopen(f"{self.address}/api/sessions?token=t", timeout=5) as answer:
                kernels = [session["kernel"] for session in json.load(answer) if session["path"] == file]
            if [k for k in kernels if k["execution_state"] == "idle" and k["connections"]]:
                break
            page.wait_for_timeout(500)
        page.wait_for_timeout(2_000)  # the page hears of it a little later
        page.get_by_role("menuitem", name="Run", exact=True).first.click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory, without_parsers):
    for needed in ("jupyterlab", "notebook", "anywidget", "ipykernel"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"needs {needed}: pip install 'chalkgrad[browser]'")
    folder, settings = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("settings")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([without_parsers, *sys.path]),
        "JUPYTER_CONFIG_DIR": str(settings),
    }
    environment["JUPYTER_DATA_DIR"] = str(settings)
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}"]
    options.append("--LabApp.expose_app_in_browser=True")  # as `jupyterapp`
    (settings / "labconfig").mkdir()  # the debugger complains where a notebook is closed before it has asked the kernel
    without_debugger = {"disabledExtensions": {"@jupyterlab/debugger-extension": True}}
    (settings / "labconfig" / "page_config.json").write_text(json.dumps(without_debugger))
    of_notebooks = settings / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    of_notebooks.mkdir(parents=True)
    whole = {"windowingMode": "none"}  # every cell is in the page, also before one scrolls there
    (of_notebooks / "tracker.jupyterlab-settings").write_text(json.dumps(whole))
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", f"--port={port}", *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_answers(f"http://127.0.0.1:{port}/api")
        yield Jupyter(f"http://127.0.0.1:{port}", folder, settings)
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:  # on a loaded machine: its kernels end with it, and so do the tests
            server.kill()
            server.wait()


def _until_it_answers(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail("Jupyter did not start in a minute")


OPEN = """async ([path, shouldStart]) => {
  for (const document of [...jupyterapp.shell.widgets("main")]) {
    await document.sessionContext?.ready;
    document.dispose();
  }
  const { context } = await jupyterapp.commands.execute("docmanager:open", { path, kernelPreference: { shouldStart } });
  await context.ready;
}"""


@pytest.fixture(scope="session")
def lab_page(browser, jupyter):
    """JupyterLab, started once: it takes longer than all that a test does there."""
    page = browser.new_context(viewport={"width": 1300, "height": 900}, reduced_motion="reduce").new_page()
    page.set_default_timeout(2 * PATIENCE)
    page.goto(f"{jupyter.address}/lab?token=t&reset")
    page.wait_for_function("window.jupyterapp?.started")
    page.evaluate("jupyterapp.restored.then(() => null)")
    yield page
    page.context.close()


@pytest.fixture
def lab(lab_page, jupyter):
    """Opens a notebook in JupyterLab, in place of the one before; what is said and asked for counts as in ``tab``."""
    trouble: list[str] = []
    hear_no_more = listen(lab_page, trouble, (jupyter.address, "data:", "blob:"), "about:srcdoc")

    def open_(file: str, kernel: bool = False) -> Any:
        lab_page.evaluate(OPEN, [file, kernel])
        lab_page.locator(".jp-CodeCell").first.wait_for()
        return lab_page

    yield open_
    hear_no_more()
    assert trouble == []


@pytest.fixture
def notebook(tab, lab, jupyter):
    """Opens a notebook in "lab" (JupyterLab) or "notebooks" (Notebook 7): run, or untrusted with the outputs given."""

    def in_notebook_7(file: str) -> Any:
        page = tab(
            allowed=(jupyter.address, "data:", "blob:"),
            source="about:srcdoc",  # the frames: Jupyter itself says a lot
            viewport={"width": 1300, "height": 900},
        )
        page.goto(f"{jupyter.address}/notebooks/{file}?token=t&reset")
        page.locator(".jp-CodeCell").first.wait_for()
        return page

    def open_(place: str, cells: list[str], outputs: dict[int, dict[str, str]] | None = None):
        file = jupyter.write(cells, outputs or {})
        page = lab(file, kernel=outputs is None) if place == "lab" else in_notebook_7(file)
        if outputs is None:
            jupyter.run_all(page, file)
        return page

    return open_
