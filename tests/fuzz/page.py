"""The engine in the page against Python: values and gradients of random graphs, computed by node."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from fuzz.shrinking import Graph, Trouble, Undecided, checked
from graphs import ROWS, random_program

from autograd import Player, Value, step, topological_order
from autograd.backprop import zero_grad
from autograd.ops import CONSTANT, Op
from autograd.update_rules import RULES
from autograd.view.operators import javascript_table, javascript_updates, rules_of
from autograd.view.scripts import ASSETS, join_modules

__all__ = ["Drawn", "against_python", "as_json", "differing", "drawn_graphs", "in_node", "program_of", "same", "walked"]

TOGETHER = 200  # graphs that node is started for
RUN = """
const numberFrom = (x) => (typeof x === "string" ? { nan: NaN, inf: Infinity, "-inf": -Infinity }[x] : x);
const text = (x) => (Number.isFinite(x) ? x : String(x).replace("Infinity", "inf").replace("NaN", "nan"));
const tried = (f) => { try { return f(); } catch (e) { if (e instanceof OutsideDomain || e instanceof Uncomputable) return "outside"; throw e; } };
function rows(cases) {
  return cases.map(([name, x]) => tried(() => {
    const { y, local } = apply(OPS[name], x.map(numberFrom));
    return [y, ...local].map(text);
  }));
}
function graphs(cases) {
  return cases.map(({ trace, leaves }) => {
    const { nodes, correct } = new Rerun(readTrace(trace), OPS).with(new Map(leaves));
    return [nodes.map(({ data }) => data), correct.final].map((row) => row.map(text));
  });
}
function reruns(cases) {
  return cases.map(({ trace, changed }) => {
    const { correct } = new Rerun(readTrace(trace, UPDATES), OPS).with(new Map(changed));
    const facts = ["upstream", "local", "contribution", "before", "after"];
    return correct.events.map((event) => facts.filter((fact) => event[fact] !== undefined).map((fact) => text(event[fact])));
  });
}
"""


def program_of(rules: dict[str, tuple[Op, int]]) -> str:
    """The page's engine with these rules, and functions that run it."""
    return f"{join_modules(ASSETS / 'rerun.js', ASSETS / 'trace.js')}\n{javascript_table(rules)}{javascript_updates(RULES)}{RUN}"


def in_node(folder: Path, program: str, function: str, cases: Any) -> list[Any]:
    """What a function of the program makes of the cases. Raises FileNotFoundError where node is not there."""
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("needs node: apt-get install nodejs")
    (folder / "cases.json").write_text(json.dumps(cases))
    (folder / "run.cjs").write_text(
        f"{program}\nconst cases = JSON.parse(require('fs').readFileSync(process.argv[2]));\n"
        f"process.stdout.write(JSON.stringify({function}(cases)));\n"
    )
    ran = subprocess.run([node, "run.cjs", "cases.json"], cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise Trouble(ran.stderr)
    return json.loads(ran.stdout)


def as_json(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)


def same(mine: Sequence[Any] | str, python: Sequence[Any] | str) -> bool:
    """To 1e-12 of each number; nan, inf and "outside" exactly."""
    if python == "outside" or mine == "outside":
        return mine == python
    return all(
        a == b if isinstance(a, str) or isinstance(b, str) else math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300)
        for a, b in zip(mine, python, strict=True)
    )


def is_well_conditioned(order: Collection[Value]) -> bool:
    """Would a node differ by less than 1e-12 of itself, were every op wrong by an ulp? (Two libraries' exp are.)"""
    error: dict[Value, float] = {}
    for v in order:
        passed_on = sum(abs(d) * error[p] for p, d in zip(v.parents, v.local_derivatives, strict=True))
        error[v] = passed_on + math.ulp(v.data) * bool(v.parents)
    return all(e < 1e-12 * abs(v.data) for v, e in error.items() if e)


def walked(root: Value, update: float | None = None) -> Player:
    """Its player, in which no box has a place: finding those takes four fifths of the time, and the engine asks for none."""
    with patch("autograd.view.trace.maps", lambda graph, text: {"levels": [], "parts": [], "part": []}):
        return step(root, update=update)


class Drawn(NamedTuple):
    """Graphs, as the page is given them, and what Python has.

    python: of each graph data and gradients
    reach:  the gradients, had all slopes the sign +: what they are sums of, and so how far rounding may carry them
    """

    roots: list[Value]
    cases: list[dict[str, Any]]
    python: list[list[list[float]]]
    reach: list[list[float]]
    program: str


def drawn_graphs(n: int, seed: int) -> Drawn:
    """Well-conditioned graphs of up to twenty lines. Every leaf is to be given the number that it has."""
    roots, draw = [], random.Random(seed)
    while len(roots) < n:
        _, root = random_program(draw, max_lines=20, names=tuple(ROWS)).values()
        if is_well_conditioned(topological_order(root)):
            roots.append(root)
    return _prepared(roots)


def _prepared(roots: list[Value]) -> Drawn:
    drawn, rules = Drawn(roots, [], [], [], ""), {}
    for root in roots:
        order = topological_order(root)
        zero_grad(root)
        root.backward()
        rules |= rules_of(order)
        leaves = [[i, v.data] for i, v in enumerate(order) if not v.parents]
        drawn.cases.append({"trace": json.loads(walked(root).json), "leaves": leaves})
        drawn.python.append([[v.data for v in order], [v.grad for v in order]])
        drawn.reach.append(_reach(order))
    return drawn._replace(program=program_of(rules))


def _reach(order: Sequence[Value]) -> list[float]:
    found = {order[-1]: 1.0}
    for v in reversed(order):
        for p, slope in zip(v.parents, v.local_derivatives, strict=True):
            found[p] = found.get(p, 0.0) + abs(slope) * found[v]
    return [found[v] for v in order]


def differing(mine: Sequence[Any], drawn: Drawn) -> list[tuple[Value, Any, Any]]:
    """The graphs of which the page says something else: (root, what it says, what Python says)."""
    return [
        (root, got, right)
        for root, got, right, reach in zip(drawn.roots, mine, drawn.python, drawn.reach, strict=True)
        if not same(got[0], right[0])
        or not all(
            not isinstance(a, str) and abs(a - b) <= 1e-12 * terms
            for a, b, terms in zip(got[1], right[1], reach, strict=True)
        )
    ]


def against_python(seed: int) -> int:
    """Draw graphs and compare the page's numbers with Python's; how many. Raises Trouble."""
    drawn = drawn_graphs(TOGETHER, seed)
    with tempfile.TemporaryDirectory() as folder:

        def check(one: Graph) -> None:
            if not is_well_conditioned(topological_order(one.loss)):
                raise Undecided
            again = _prepared([one.loss])
            for _, got, right in differing(in_node(Path(folder), again.program, "graphs", again.cases), again):
                raise Trouble(f"data and gradients {got}, Python's {right}")

        for root, *_ in differing(in_node(Path(folder), drawn.program, "graphs", drawn.cases), drawn):
            leaves = [v for v in topological_order(root) if not v.parents and v.op is not CONSTANT]
            checked(Graph(root, leaves, []), check, "\nfrom autograd import step\nstep(loss)")
    return len(drawn.roots)
