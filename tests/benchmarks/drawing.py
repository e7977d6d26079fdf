"""How long a picture takes, `autograd.draw(root).svg`, and a page to step through, to make and in a browser."""

from __future__ import annotations

import importlib.util
import math
import random
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from harness import Table, interleaved, seconds

from nn.screenshots import CHROMIUM


def expression(n: int) -> Any:
    """A graph of about n nodes without any module: each one takes two of the latest."""
    from autograd import Value

    rng = random.Random(0)
    nodes = [Value(rng.uniform(0.5, 1.5), label=f"x{i}") for i in range(max(3, n // 10))]
    loose = list(nodes)  # not used by anybody yet; the root must reach them all
    while len(nodes) + len(loose) - 1 < n:
        a = loose.pop(rng.randrange(len(loose)))
        b = rng.choice(nodes[-12:])
        v = a * b if rng.random() < 0.5 else a + b
        if rng.random() < 0.3:
            nodes.append(v)
            v = v.tanh()
        if b in loose:
            loose.remove(b)
        nodes.append(v)
        loose.append(v)
    while len(loose) > 1:
        loose.append(loose.pop(0) + loose.pop(0))
    return loose[0]


def network(n: int) -> Any:
    """The loss of one sample of a network, about n nodes with its weights: w, b, h̃, h of every neuron."""
    from nn import MLP, mse

    width = 1  # w² + 5w + 1 parameters, h̃ and h of 2w neurons, and about eight more
    while (width + 1) ** 2 + 9 * (width + 1) + 9 <= n:
        width += 1
    model = MLP([2, width, width, 1], activation="tanh", seed=0)
    return mse([model([0.5, -1.0])], [1.0])


def chain(n: int) -> Any:
    """A graph n nodes deep."""
    from autograd import Value

    y = Value(0.5)
    for _ in range(n - 1):
        y = y.tanh()
    return y


def batch(n: int) -> Any:
    """The loss of a network of two layers of 16 on so many samples that there are about n nodes: 70 per sample."""
    from nn import MLP, mse

    model = MLP([2, 16, 16, 1], activation="tanh", seed=0)
    samples = [(math.cos(i), math.sin(i)) for i in range(max(1, round((n - 340) / 70)))]
    return mse([model(x) for x in samples], [float(i % 2) for i in range(len(samples))])


GRAPHS = {"expression": expression, "network": network, "batch": batch, "chain": chain}


def page(kind: str, n: int) -> Any:
    """CPU seconds to make the whole page of `step`: analysis, one backward pass, every level and part, and the text."""
    from autograd import step, topological_order

    def sample() -> dict[str, float]:
        root = GRAPHS[kind](n)
        start = process_time()
        html = step(root).html
        return {"seconds": process_time() - start, "nodes": len(topological_order(root)), "kB": len(html) / 1000}

    return sample


def picture(kind: str, n: int) -> Any:
    """Seconds to draw; the graph itself is built beforehand, and anew, so that nothing is remembered."""
    from autograd import draw, topological_order

    def sample() -> dict[str, float]:
        root = GRAPHS[kind](n)
        root.backward()
        start = perf_counter()
        svg = draw(root).svg
        return {
            "seconds": perf_counter() - start,
            "nodes": len(topological_order(root)),
            "kB": len(str(svg).encode()) / 1000,
        }

    return sample


PAINTED = """async () => {
    let paint;
    while (!(paint = performance.getEntriesByName("first-contentful-paint")[0])) await new Promise((r) => setTimeout(r, 10));
    return paint.startTime / 1000;
}"""
# A key is pressed as a frame begins; that frame's style, layout and painting have been done when the next task runs.
STEPS = """async () => {
    const task = new MessageChannel(), frame = () => new Promise(requestAnimationFrame), times = [];
    const done = () => new Promise((r) => { task.port1.onmessage = r; task.port2.postMessage(0); });
    const press = async (key) => {
        await frame();
        const start = performance.now();
        document.dispatchEvent(new KeyboardEvent("keydown", { key }));
        await done();
        return (performance.now() - start) / 1000;
    };
    for (const [begin, key] of [["Home", "ArrowRight"], ["End", "ArrowLeft"]]) {
        await press(begin);
        for (let i = 0; i < 20; i += 1) times.push(await press(key));
    }
    return times.sort((a, b) => a - b);
}"""


def _opener(loss: Any) -> Any:
    """A function that opens the page of a graph in a new tab."""
    from playwright.sync_api import sync_playwright

    from autograd import step

    folder = tempfile.TemporaryDirectory()  # goes with the process
    address = step(loss).save(Path(folder.name, "page.html")).as_uri()
    chromium = sync_playwright().start().chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

    def open_page(_folder: Any = folder) -> Any:
        page = chromium.new_page(viewport={"width": 1280, "height": 760})
        page.goto(address)
        return page

    return open_page


def player(kind: str, n: int, scalars: bool) -> Any:
    """Seconds until the page is first painted, until every scalar is, and of 40 steps there: the middle and the slowest."""
    from autograd.view import levels

    if scalars:
        levels.SCALARS = n  # pages of so many nodes come folded; the mark is about all of them
    open_page = _opener(GRAPHS[kind](n))

    def sample() -> dict[str, float]:
        page = open_page()
        painted = page.evaluate(PAINTED)
        opened = page.evaluate(
            """async () => { const start = performance.now();
                [...document.querySelectorAll("button")].find((b) => b.getAttribute("aria-label") === "show nodes")?.click();
                await new Promise(requestAnimationFrame); await new Promise((r) => setTimeout(r));
                return (performance.now() - start) / 1000; }"""
        )
        boxes = page.locator(".box").count()
        times = page.evaluate(STEPS)
        page.close()
        return {"boxes": boxes, "painted": painted, "opened": opened, "step": times[20], "slowest": times[-1]}

    return sample


CHANGES = """async () => {
    const leaf = page.trace.nodes.find(({ kind, uses }) => kind !== "result" && uses).index;
    const x = page.trace.nodes[leaf].data;
    const times = [];
    page.go(page.pass.end);
    for (let i = 1; i <= 40; i++) {
        await new Promise(requestAnimationFrame);
        const start = performance.now();
        page.setNumber(leaf, x + i / 1000);
        page.ui.root.getBoundingClientRect(); // with its layout
        times.push((performance.now() - start) / 1000);
    }
    return times.sort((a, b) => a - b); }"""


def changed_number(kind: str, n: int) -> Any:
    """Seconds until all that depends on a leaf, whose number is changed, is computed, drawn and laid out: of 40, the middle."""
    open_page = _opener(GRAPHS[kind](n))

    def sample() -> dict[str, float]:
        page = open_page()
        times = page.evaluate(CHANGES)
        nodes = page.evaluate("page.trace.nodes.length")
        page.close()
        return {"nodes": nodes, "seconds": times[20], "slowest": times[-1]}

    return sample


def _changes(*, quick: bool) -> Table:
    """A number changed in the page, at the two sizes of the mark."""
    cases = {(kind, n): ("drawing:changed_number", kind, n) for kind in GRAPHS for n in (300, 3000)}
    rows = [
        [
            kind,
            case.problem or f"{case.median('nodes'):,.0f}",
            seconds(case.median("seconds")),
            seconds(case.median("slowest")),
        ]
        for (kind, _), case in interleaved(cases, rounds=1 if quick else 5, limit=60.0).items()
    ]
    mark = "Mark: 300 nodes within one frame, 16 ms, 3,000 within 50 ms."
    return Table("A number changed in the page", ["graph", "nodes", "median", "slowest of 40"], rows, [mark])


def run(*, quick: bool) -> list[Table]:
    """Pictures and pages."""
    tables = [*_pictures(quick=quick), _making(quick=quick)]
    there = {"playwright": importlib.util.find_spec("playwright"), "Chromium": CHROMIUM}
    if absent := [name for name, found in there.items() if not found]:
        return [
            *tables,
            Table("The player's page", ["page"], [["skipped"]], [f"Skipped: needs {' and '.join(absent)}."]),
        ]
    return [*tables, _pages(quick=quick), _changes(quick=quick)]


def _making(*, quick: bool) -> Table:
    """Every kind of graph at the two sizes of the mark."""
    sizes = [3000] if quick else [3000, 7338]
    cases = {(kind, n): ("drawing:page", kind, n) for kind in GRAPHS for n in sizes}
    rows = [
        [
            kind,
            case.problem or f"{case.median('nodes'):,.0f}",
            seconds(case.median("seconds")),
            f"{case.median('kB') or 0:,.0f}",
        ]
        for (kind, _), case in interleaved(cases, rounds=1 if quick else 5, limit=60.0).items()
    ]
    mark = "Mark: 3,000 nodes within 0.7 s of CPU time, 7,338 within 2 s."
    return Table("A page to step through", ["`step(root).html`", "nodes", "median, CPU", "kB"], rows, [mark])


def _pages(*, quick: bool) -> Table:
    """Two kinds of graph of 1,000 nodes in a browser: as the page opens, and with every scalar drawn."""
    measured = {
        "boxes": "drawn",
        "painted": "first paint",
        "opened": "all nodes",
        "step": "a step",
        "slowest": "slowest of 40",
    }
    columns = ["`step(root)` in Chromium", *measured.values()]
    cases = {
        f"{kind}, {'every scalar' if scalars else 'as it opens'}": ("drawing:player", kind, 1000, scalars)
        for kind in ("expression", "network")
        for scalars in (False, True)
    }
    rows = []
    for name, case in interleaved(cases, rounds=1 if quick else 5, limit=60.0).items():
        times = [seconds(case.median(key)) for key in list(measured)[1:]]
        rows.append([name, case.problem or f"{case.median('boxes'):,.0f} boxes", *times])
    return Table("The player's page", columns, rows, ["Mark: first paint below 1 s, a step below 50 ms."])


def _pictures(*, quick: bool) -> list[Table]:
    """Two kinds of graph at four sizes, and a chain of a million nodes."""
    try:
        from autograd import draw  # noqa: F401
    except (ImportError, AttributeError) as error:
        return [Table("Drawing", ["drawing"], [[f"skipped: autograd.draw is not there yet ({error})"]], [])]
    sizes = [50, 200, 1000] if quick else [50, 200, 1000, 5000]
    cases = {(kind, n): ("drawing:picture", kind, n) for kind in ("expression", "network") for n in sizes}
    cases["chain", 10**6] = ("drawing:picture", "chain", 10**6)
    done = interleaved(cases, rounds=1 if quick else 3, limit=60.0)
    rows = []
    for (kind, n), case in done.items():
        if case.problem:
            rows.append([kind, f"{n:,}", case.problem, "–"])
        else:
            rows.append(
                [kind, f"{case.median('nodes'):,.0f}", seconds(case.median("seconds")), f"{case.median('kB'):,.0f}"]
            )
    return [
        Table(
            "Drawing",
            ["`draw(root).svg`", "nodes", "median", "kB"],
            rows,
            ["Mark: a graph of 5,000 nodes within a second or two, a chain of a million too."],
        )
    ]
