"""How long a picture takes: `autograd.draw(root).svg`."""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any

from harness import Table, interleaved, seconds


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


def picture(kind: str, n: int) -> Any:
    """Seconds to draw; the graph itself is built beforehand, and anew, so that nothing is remembered."""
    from autograd import draw, topological_order

    make = {"expression": expression, "network": network}[kind]

    def sample() -> dict[str, float]:
        root = make(n)
        root.backward()
        start = perf_counter()
        svg = draw(root).svg
        return {
            "seconds": perf_counter() - start,
            "nodes": len(topological_order(root)),
            "kB": len(str(svg).encode()) / 1000,
        }

    return sample


def run(*, quick: bool) -> list[Table]:
    """Two kinds of graph at four sizes."""
    try:
        from autograd import draw  # noqa: F401
    except (ImportError, AttributeError) as error:
        return [Table("Drawing", ["drawing"], [[f"skipped: autograd.draw is not there yet ({error})"]], [])]
    sizes = [50, 200, 1000] if quick else [50, 200, 1000, 5000]
    cases = {(kind, n): ("drawing:picture", kind, n) for kind in ("expression", "network") for n in sizes}
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
            ["Mark: a graph of 5,000 nodes within a second or two."],
        )
    ]
