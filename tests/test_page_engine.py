"""The engine in the page: the op table's rules, the forward and the backward pass are Python's, in node and in the browser."""

from __future__ import annotations

import json
import math
import random
import shutil
from functools import partial

import numpy as np
import pytest
from conftest import points_of
from fuzz.page import Drawn, as_json, differing, drawn_graphs, in_node, program_of, same, walked
from graphs import random_program, regrown

import nn
from autograd import Value, step
from autograd.backprop import topological_order
from autograd.elementary import FUNCTIONS
from autograd.errors import DomainError
from autograd.ops import OPS, primitive
from autograd.value import apply
from autograd.view.operators import javascript, javascript_updates, rule_name, rules_of
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


@pytest.fixture
def node(tmp_path):
    """Runs a function of a program on cases, in node."""
    if shutil.which("node") is None:
        pytest.skip("needs node: apt-get install nodejs")
    return partial(in_node, tmp_path)


def in_chromium(tab, program: str, function: str, cases) -> list:
    tab.set_content(f"<script>{program}</script>")  # and JSON both ways, which takes a tenth of the time of objects
    return json.loads(tab.evaluate(f"(cases) => JSON.stringify({function}(JSON.parse(cases)))", json.dumps(cases)))


# ── every row ───────────────────────────────────────────────────────────────


def all_rows() -> list[tuple]:
    """Every row with its constants and others, those of any number of operands with two, three and five; and what else
    rules may ask for.
    """
    bound = [op.bind(**c) for op in OPS.values() for c in [{}, *CONSTANTS.get(op.name, [])]]
    bound += [f.op for f in FUNCTIONS.values() if f.op.name not in OPS]
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


def test_every_row_is_pythons_at_samples_kinks_and_special_numbers_in_node(node):
    check_rows(node)


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
    assert source.count("Math.exp, ") == 100
    assert source.count("Math.log, ") == 1


# ── random graphs ───────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def hundreds_of_graphs() -> Drawn:
    drawn = drawn_graphs(300, seed=0)
    assert sum(len(data) for data, _ in drawn.python) > 1500
    return drawn


@pytest.mark.slow
def test_hundreds_of_random_graphs_have_pythons_values_and_gradients_in_node(node, hundreds_of_graphs):
    mine = node(hundreds_of_graphs.program, "graphs", hundreds_of_graphs.cases)
    assert differing(mine, hundreds_of_graphs) == []


def test_hundreds_of_random_graphs_have_pythons_values_and_gradients_in_chromium(tab, hundreds_of_graphs):
    mine = in_chromium(tab(), hundreds_of_graphs.program, "graphs", hundreds_of_graphs.cases)
    assert differing(mine, hundreds_of_graphs) == []


# ── a trace with other numbers ──────────────────────────────────────────────


def test_a_trace_with_other_numbers_is_the_trace_of_the_graph_built_with_them(node):
    draw = random.Random(13)
    cases, python, rules = [], [], {}
    for _ in range(200):
        _, root = random_program(draw, max_lines=20).values()
        order = topological_order(root)
        leaves = [v for v in order if not v.parents and v.op.name != "constant"]
        numbers = {v: v.data + draw.uniform(-0.01, 0.01) for v in draw.sample(leaves, draw.randint(1, len(leaves)))}
        try:
            other = walked(regrown(root, numbers)[root], update=0.1)
        except DomainError:
            continue
        index = {v: i for i, v in enumerate(order)}
        cases.append({"trace": json.loads(walked(root, update=0.1).json), "changed": [[index[v], x] for v, x in numbers.items()]})  # fmt: skip
        python.append([_numbers(event) for event in other.trace["events"]])
        rules |= rules_of(order)
    assert len(cases) > 150
    for got, expected in zip(node(program_of(rules), "reruns", cases), python, strict=True):
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


def test_every_update_rule_moves_parameters_as_the_optimizers_of_nn_do(node):
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
    for name, mine, python in zip(OPTIMIZERS, node(program, "paths", cases), expected, strict=True):
        *numbers, t, running = python
        assert mine[-2] == t, name
        assert np.allclose(mine[:-2], numbers, rtol=1e-12, atol=0), name
        assert np.allclose(mine[-1], running, rtol=1e-12, atol=0), name
