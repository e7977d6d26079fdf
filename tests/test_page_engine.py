"""The engine in the page: the op table's rules, the forward and the backward pass are Python's, in node and in the browser."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import points_of
from graphs import random_program

import nn
from autograd import Player, Value, step
from autograd.backprop import topological_order
from autograd.errors import DomainError
from autograd.ops import OPS, primitive
from autograd.update_rules import RULES
from autograd.value import apply
from autograd.view.operators import javascript, javascript_table, javascript_updates, rule_name, rules_of
from autograd.view.scripts import ASSETS, join_modules

SPECIAL = [
    math.nan,
    math.inf,
    -math.inf,
    0.0,
    -0.0,
    1.0,
    -1.0,
    -2.5,
    3.0,
    1e308,
    -1e308,
    -5e-324,
    710.0,
    -745.0,
    1e-20,
    0.5,
]
ROOT_OF_MINUS_INFINITY = ("power", [-math.inf, 0.5])  # NumPy takes a square root there, nan; math.pow and C give inf
CONSTANTS = {
    "power_constant": [{"k": k} for k in (0.0, 1.0, 2.0, 3.0, -1.0, 0.5, -2.5)],
    "exponential": [{"base": b} for b in (2.0, 0.5, 0.0, 1.0)],
    "clip": [{"low": 0.0, "high": 2.0}],
    "leaky_relu": [{"negative_slope": 0.2}],
    "elu": [{"alpha": 0.5}],
}  # fmt: skip
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


def program_of(rules) -> str:
    return f"{join_modules(ASSETS / 'rerun.js', ASSETS / 'trace.js')}\n{javascript_table(rules)}{javascript_updates(RULES)}{RUN}"


def in_node(tmp_path, program: str, function: str, cases) -> list:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node: apt-get install nodejs")
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    (tmp_path / "run.cjs").write_text(
        f"{program}\nconst cases = JSON.parse(require('fs').readFileSync(process.argv[2]));\n"
        f"process.stdout.write(JSON.stringify({function}(cases)));\n"
    )
    ran = subprocess.run([node, "run.cjs", "cases.json"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def in_chromium(tab, program: str, function: str, cases) -> list:
    tab.set_content(f"<script>{program}</script>")  # and JSON both ways, which takes a tenth of the time of objects
    return json.loads(tab.evaluate(f"(cases) => JSON.stringify({function}(JSON.parse(cases)))", json.dumps(cases)))


def as_json(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)


def same(mine, python) -> bool:
    if python == "outside" or mine == "outside":
        return mine == python
    return all(
        a == b if isinstance(a, str) or isinstance(b, str) else math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300)
        for a, b in zip(mine, python, strict=True)
    )


# ── every row ───────────────────────────────────────────────────────────────


def all_rows() -> list[tuple]:
    """Every row with its constants and others, rows of any number of operands with two, three and five."""
    bound = [op.bind(**c) for op in OPS.values() for c in [{}, *CONSTANTS.get(op.name, [])]]
    return [(op, n) for op in bound for n in ([len(op.operands)] if op.operands else [2, 3, 5])]


def cases_of(op, n: int) -> list[list[float]]:
    """Points of the samples, and special numbers: all pairs for two operands."""
    draw = random.Random(op.name)
    sampled = [(x * 3)[:n] for x in points_of(op, 12)]
    special = (
        [[a, b] for a in SPECIAL for b in SPECIAL]
        if n == 2
        else [[draw.choice(SPECIAL) for _ in range(n)] for _ in range(60)]
    )
    return sampled + ([[a] for a in SPECIAL] if n == 1 else special)


def pythons(op, x: list[float]) -> list | str:
    try:
        v = apply(op, *map(Value, x))
    except DomainError:
        return "outside"
    return [as_json(d) for d in (v.data, *v.local_derivatives)]


def check_rows(run) -> None:
    rows = all_rows()
    rules = {rule_name(op, n): (op, n) for op, n in rows}
    cases = [(op, n, x) for op, n in rules.values() for x in cases_of(op, n)]
    mine = run(program_of(rules), "rows", [[rule_name(op, n), list(map(as_json, x))] for op, n, x in cases])
    wrong = [
        (rule_name(op, n), x, got, pythons(op, x))
        for (op, n, x), got in zip(cases, mine, strict=True)
        if not same(got, pythons(op, x)) and (op.name, x) != ROOT_OF_MINUS_INFINITY
    ]
    assert not wrong, wrong[:20]


def test_every_row_is_pythons_at_samples_kinks_and_special_numbers_in_node(tmp_path):
    check_rows(lambda *case: in_node(tmp_path, *case))


def test_every_row_is_pythons_at_samples_kinks_and_special_numbers_in_chromium(tab):
    check_rows(lambda *case: in_chromium(tab(), *case))


def test_a_row_that_is_added_to_the_table_is_on_the_page():
    @primitive("cube", sample=[(-2, 2)])
    def cube(xp, x):
        return x * x * x, (3 * x * x,)

    try:
        x = Value(2.0)
        assert '"cube": (xp, x, d) => {' in step(apply(cube, x)).html
    finally:
        OPS.pop("cube")


def test_what_a_rule_uses_twice_is_computed_once():
    source = javascript(OPS["logsumexp"], 100)
    assert source.count("xp.exp(") == 100
    assert source.count("xp.log(") == 1


# ── random graphs ───────────────────────────────────────────────────────────


def is_well_conditioned(order: list[Value]) -> bool:
    """Would a node differ by less than 1e-12 of itself, were every op wrong by an ulp? (Two libraries' exp are.)"""
    error: dict[Value, float] = {}
    for v in order:
        passed_on = sum(abs(d) * error[p] for p, d in zip(v.parents, v.local_derivatives, strict=True))
        error[v] = passed_on + math.ulp(v.data) * bool(v.parents)
    return all(e < 1e-12 * abs(v.data) for v, e in error.items() if e)


def walked(root: Value, update: float | None = None) -> Player:
    """Its player, in which no box has a place: finding those takes four fifths of the time, and the engine asks for none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograd.view.trace.maps", lambda graph, text: {"levels": [], "parts": [], "part": []})
        return step(root, update=update)


class Graphs(NamedTuple):
    """What the page is given, and what Python has: data and gradients."""

    cases: list[dict[str, Any]]
    python: list[list[list[float | str]]]
    program: str


@pytest.fixture(scope="session")
def thousand_graphs() -> Graphs:
    """A trace each, in which every leaf is to be given the number that it has."""
    cases, python, rules, draw = [], [], {}, random.Random(0)
    while len(cases) < 1000:
        _, root = random_program(draw, max_lines=20).values()
        order = topological_order(root)
        if not is_well_conditioned(order):
            continue
        root.backward()
        rules |= rules_of(order)
        leaves = [[i, v.data] for i, v in enumerate(order) if not v.parents]
        cases.append({"trace": json.loads(walked(root).json), "leaves": leaves})
        python.append([[as_json(v.data) for v in order], [as_json(v.grad) for v in order]])
    assert sum(len(data) for data, _ in python) > 5000
    return Graphs(cases, python, program_of(rules))


def check_graphs(run, graphs: Graphs) -> None:
    mine = run(graphs.program, "graphs", graphs.cases)
    for got, expected in zip(mine, graphs.python, strict=True):
        for numbers, right in zip(got, expected, strict=True):
            assert same(numbers, right), (numbers, right)


@pytest.mark.slow
def test_a_thousand_random_graphs_have_pythons_values_and_gradients_in_node(tmp_path, thousand_graphs):
    check_graphs(lambda *case: in_node(tmp_path, *case), thousand_graphs)


def test_a_thousand_random_graphs_have_pythons_values_and_gradients_in_chromium(tab, thousand_graphs):
    check_graphs(lambda *case: in_chromium(tab(), *case), thousand_graphs)


# ── a trace with other numbers ──────────────────────────────────────────────


def with_other_numbers(root: Value, numbers: dict[Value, float]) -> Value:
    """The same graph, built anew by Python."""
    built: dict[Value, Value] = {}
    for v in topological_order(root):
        leaf = Value(numbers.get(v, v.data), kind=v.op.name) if not v.parents else None
        built[v] = leaf if leaf is not None else apply(v.op, *(built[p] for p in v.parents))
    return built[root]


def test_a_trace_with_other_numbers_is_the_trace_of_the_graph_built_with_them(tmp_path):
    draw = random.Random(13)
    cases, python, rules = [], [], {}
    for _ in range(200):
        _, root = random_program(draw, max_lines=20).values()
        order = topological_order(root)
        leaves = [v for v in order if not v.parents and v.op.name != "constant"]
        numbers = {v: v.data + draw.uniform(-0.01, 0.01) for v in draw.sample(leaves, draw.randint(1, len(leaves)))}
        try:
            other = walked(with_other_numbers(root, numbers), update=0.1)
        except DomainError:
            continue
        index = {v: i for i, v in enumerate(order)}
        cases.append({"trace": json.loads(walked(root, update=0.1).json), "changed": [[index[v], x] for v, x in numbers.items()]})  # fmt: skip
        python.append([_numbers(event) for event in other.trace["events"]])
        rules |= rules_of(order)
    assert len(cases) > 150
    for got, expected in zip(in_node(tmp_path, program_of(rules), "reruns", cases), python, strict=True):
        assert len(got) == len(expected)
        assert all(same(mine, right) for mine, right in zip(got, expected, strict=True)), (got, expected)


def _numbers(event: list) -> list:
    """The numbers of an event, as the trace has them."""
    kind, *facts = event
    return {"seed": facts[1:], "visit": facts[1:], "accumulate": facts[2:7], "update": facts[1:]}.get(kind, [])


# ── every update rule ───────────────────────────────────────────────────────

PATHS = """
function paths(cases) {
  return cases.map(({ name, lr, w, gradients, state }) => {
    const optimizer = new Optimizer(UPDATES[name], w.length, state);
    const path = gradients.map((g) => (w = optimizer.step(lr, w, g)));
    return [...path, optimizer.t, optimizer.running];
  });
}
"""
OPTIMIZERS = {
    "SGD": lambda w, lr: nn.SGD(w, lr, weight_decay=0.1),
    "momentum": lambda w, lr: nn.SGD(w, lr, momentum=0.8),
    "nesterov": lambda w, lr: nn.SGD(w, lr, momentum=0.8, nesterov=True),
    "Adagrad": nn.Adagrad,
    "RMSprop": lambda w, lr: nn.RMSprop(w, lr, alpha=0.9),
    "Adam": lambda w, lr: nn.Adam(w, lr, betas=(0.8, 0.99), weight_decay=0.1),
    "AdamW": nn.AdamW,
}


def test_every_update_rule_moves_parameters_as_the_optimizers_of_nn_do(tmp_path):
    draw = random.Random(0)
    rules, cases, expected = {}, [], []
    for name, make in OPTIMIZERS.items():
        parameters = [Value(draw.uniform(-2, 2)) for _ in range(3)]
        optimizer = make(parameters, 0.05)
        rules[name] = optimizer.rule
        path = []
        for step_number in range(30):
            if step_number == 10:  # the page goes on from here
                state = {"t": 10, "running": [*map(list, zip(*optimizer.state.values(), strict=True))] or [[], [], []]}
                cases.append(
                    {"name": name, "lr": 0.05, "w": [p.data for p in parameters], "gradients": [], "state": state}
                )
            for p in parameters:
                p.grad = draw.gauss(0, 1)
            if step_number >= 10:
                cases[-1]["gradients"].append([p.grad for p in parameters])
            optimizer.step()
            if step_number >= 10:
                path.append([p.data for p in parameters])
        expected.append([*path, 30, [*map(list, zip(*optimizer.state.values(), strict=True))] or [[], [], []]])
    program = f"{join_modules(ASSETS / 'optimizer.js')}\n{javascript_updates(rules)}{PATHS}"
    for name, mine, python in zip(OPTIMIZERS, in_node(tmp_path, program, "paths", cases), expected, strict=True):
        *numbers, t, running = python
        assert mine[-2] == t, name
        assert np.allclose(mine[:-2], numbers, rtol=1e-12, atol=0), name
        assert np.allclose(mine[-1], running, rtol=1e-12, atol=0), name
