"""The trace of a graph: complete, true, small, and the same bytes everywhere."""

from __future__ import annotations

import functools
import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

import autograd
from autograd import Value, backprop, draw, recording, step, steps
from autograd.backprop import topological_order
from autograd.errors import CycleError
from autograd.steps import backward_steps
from autograd.view import MOST, assembly, fold, layered
from autograd.view.page import BESIDE_FRAME
from autograd.view.trace import FORMAT, VERSION, dumps
from nn import MLP, SGD, Adam, cross_entropy

HOSTILE = [
    "</script><script>a(1)</script>", "<img src=x onerror=a(1)>", "a\"b'c", "]]>", "<!--", "two\nlines", "\u2028\u2029", "\x00", "\ud800",
    "abc\u202edef", "x" * 10_000, "שלום", "漢字",
]  # fmt: skip
MODEL = """
import sys
from autograd import Value, step
from nn import MLP
loss = (MLP([2, 3, 1], activation="tanh", seed=3)([1.0, -2.0]) - 1.0) ** 2
loss.label = "loss"
sys.stdout.write(step(loss).html if sys.argv[1:] else step(loss).json)
"""


def diamond() -> Value:
    w = Value(2.0, label="w", kind="parameter")
    z = w * 3.0
    z.label = "z"
    L = z * w
    L.label = "L"
    return L


def network() -> Value:
    loss = (MLP([2, 3, 1], activation="tanh", seed=3)([1.0, -2.0]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def trace_of(root: Value, update=None) -> dict:
    return step(root, update=update).trace


def test_the_trace_of_a_small_graph_word_for_word():
    trace = trace_of(diamond())
    assert (trace["format"], trace["version"], trace["root"]) == (FORMAT, VERSION, 3)
    assert trace["nodes"] == [
        {"op": "parameter", "label": "w", "data": 2.0},
        {"op": "constant", "name": "v1", "data": 3.0},
        {"op": "multiply", "symbol": "×", "label": "z", "parents": [0, 1], "local": [3.0, 2.0], "data": 6.0},
        {"op": "multiply", "symbol": "×", "label": "L", "parents": [2, 0], "local": [2.0, 6.0], "data": 12.0},
    ]
    assert trace["events"] == [
        ["given"], ["forward", 2], ["forward", 3],
        ["zero"], ["seed", 3, 1.0],
        ["visit", 3, 1.0],
        ["accumulate", 3, 0, 1.0, 2.0, 2.0, 0.0, 2.0, 1, 1], ["accumulate", 3, 1, 1.0, 6.0, 6.0, 0.0, 6.0, 1, 2],
        ["visit", 2, 2.0],
        ["accumulate", 2, 0, 2.0, 3.0, 6.0, 6.0, 12.0, 2, 2], ["accumulate", 2, 1, 2.0, 2.0, 4.0, 0.0, 4.0, 1, 1],
        ["done"],
    ]  # fmt: skip


def test_its_steps_are_those_of_backward_and_change_no_gradient():
    loss = network()
    loss.backward()
    order = topological_order(loss)
    before = [v.grad for v in order]
    summed = [event for event in trace_of(loss)["events"] if event[0] == "accumulate"]
    assert [v.grad for v in order] == before
    loss.zero_grad()
    assert [(s.slot, s.upstream, s.local, s.contribution, s.before, s.after) for s in backward_steps(loss)] == [
        tuple(event[2:8]) for event in summed
    ]


def test_an_accumulate_says_the_whole_sum():
    """contribution = upstream · local and after = before + contribution, for every event by itself."""
    summed = [event for event in trace_of(network())["events"] if event[0] == "accumulate"]
    assert len(summed) > 20
    for _, _, _, upstream, local, contribution, before, after, k, n in summed:
        assert contribution == upstream * local
        assert after == before + contribution
        assert 1 <= k <= n


def test_forward_begins_with_all_that_is_given_and_then_every_step_computes_something():
    trace = trace_of(cross_entropy([MLP([4, 8, 8, 3], seed=0, activation="tanh")([0.1, 0.2, 0.3, 0.4])], [1]))
    results = [i for i, node in enumerate(trace["nodes"]) if "parents" in node]
    forward = trace["events"][: trace["events"].index(["zero"])]
    assert len(trace["nodes"]) - len(results) > 140
    assert forward == [["given"], *(["forward", i] for i in results)]
    layers = [trace["modules"][trace["nodes"][i]["module"]][0][:9] for i in results if "module" in trace["nodes"][i]]
    assert layers == sorted(layers)  # layer after layer, from the inputs to the output


def test_gradients_are_zero_before_backward_begins():
    events = [event[0] for event in trace_of(network())["events"]]
    assert events.index("zero") == events.index("seed") - 1 == events.count("forward") + 1
    assert events[-1] == "done"


# ── the step that follows ───────────────────────────────────────────────────


def test_a_learning_rate_shows_where_each_parameter_goes_and_moves_none():
    loss = network()
    trace = trace_of(loss, update=0.5)
    parameters = [v for v in topological_order(loss) if v.op.name == "parameter"]
    before = [p.data for p in parameters]
    events = trace["events"]
    assert [event[0] for event in events[-len(parameters) - 1 :]] == ["done", *["update"] * len(parameters)]
    loss.backward()
    assert [event[2:] for event in events if event[0] == "update"] == [
        [p.data, p.data - 0.5 * p.grad] for p in parameters
    ]
    assert [p.data for p in parameters] == before
    state = {"t": 0, "running": [[]] * len(parameters)}
    assert trace["update"] == {"by": "gradient descent", "lr": 0.5, "rule": "SGD", **state}


def test_where_nothing_is_marked_as_a_parameter_every_leaf_but_constants_moves():
    x = Value(3.0, label="x")
    assert [event for event in trace_of(x * 2.0, update=1)["events"] if event[0] == "update"] == [
        ["update", 0, 3.0, 1.0]
    ]


@pytest.mark.parametrize(
    "optimizer", [SGD, Adam, lambda p, **k: SGD(p, momentum=0.9, **k)], ids=["SGD", "Adam", "momentum"]
)
def test_an_optimizer_shows_the_step_it_would_take_and_takes_none(optimizer):
    model = MLP([2, 3, 1], activation="tanh", seed=3)
    own = optimizer(model.parameters(), lr=0.1)
    loss = model([1.0, -2.0]) ** 2
    loss.backward()
    own.step()  # it has running numbers by now
    loss = model([1.0, -2.0]) ** 2
    numbers = [(p.data, p.grad) for p in model.parameters()]
    running = own.state_dict()
    trace = trace_of(loss, update=own)
    assert [(p.data, p.grad) for p in model.parameters()] == numbers
    assert own.state_dict() == running
    own.zero_grad()
    loss.backward()
    own.step()
    order = topological_order(loss)
    moved = {order[event[1]]: event[3] for event in trace["events"] if event[0] == "update"}
    assert moved == {p: p.data for p in model.parameters()}
    assert (trace["update"]["by"], trace["update"]["lr"], trace["update"]["t"]) == (type(own).__name__, 0.1, 1)
    running = [list(numbers) for numbers in zip(*running["state"].values(), strict=True)] or [[]] * len(moved)
    assert trace["update"]["running"] == [running[model.parameters().index(v)] for v in order if v in moved]


def test_any_object_with_parameters_and_a_step_will_do():
    w = Value(2.0, label="w")

    class Halving:
        def __init__(self, parameters):
            self._held = parameters

        def parameters(self):
            return self._held

        def step(self):
            for p in self._held:
                p.data /= 2

    assert trace_of(w * w, update=Halving([w]))["events"][-1] == ["update", 0, 2.0, 1.0]
    assert w.data == 2.0


def test_what_can_not_update_is_named():
    with pytest.raises(
        TypeError, match=r"a learning rate or an optimizer with \.parameters and \.step\(\), got str; try "
    ):
        step(diamond(), update="SGD")


def test_no_node_is_visited_before_all_that_used_it():
    trace = trace_of(network())
    uses = [parent for node in trace["nodes"] for parent in node.get("parents", [])]
    arrived = [0] * len(trace["nodes"])
    for kind, node, *rest in (event for event in trace["events"] if len(event) > 1):
        if kind == "visit":
            assert arrived[node] == uses.count(node)
        if kind == "accumulate":
            parent = trace["nodes"][node]["parents"][rest[0]]
            arrived[parent] += 1
            assert rest[-2:] == [arrived[parent], uses.count(parent)]


def test_paths_and_modules_name_the_parts_of_a_network():
    trace = trace_of(network())
    paths = {node.get("path", node.get("label")) for node in trace["nodes"]}
    assert {"layers[0].neurons[2].w[1]", "layers[0].neurons[2].h_pre", "layers[1].neurons[0].h", "loss"} <= paths
    assert ["layers[0]", -1] in trace["modules"]
    at = [path for path, _ in trace["modules"]].index("layers[0].neurons[1]")
    assert trace["modules"][trace["modules"][at][1]] == ["layers[0]", -1]


def test_the_model_is_called_as_the_student_calls_it():
    mlp = MLP([2, 3, 1], activation="tanh", seed=3)
    first = mlp.layers[0]  # holds parameters of the graph too, but is not the model
    loss = mlp([1.0, -2.0]) ** 2
    assert first
    assert step(loss).trace["model"] == "mlp"
    assert (lambda value: step(value))(loss).trace["model"] == "mlp"  # also from inside a helper


def test_a_model_without_a_variable_is_called_by_its_class_or_not_at_all():
    class Net(MLP):
        def shown(self, x):
            return step(self(x))

    assert Net([2, 3, 1], seed=3).shown([1.0, -2.0]).trace["model"] == "net"
    assert step(network()).trace["model"] == step(diamond()).trace["model"] == ""


def test_looking_for_the_model_runs_nothing_of_a_stranger():
    class Trap:
        def __getattr__(self, name):
            pytest.fail(f"asked for {name}")

    class Torchlike:
        def named_parameters(self):
            raise RuntimeError

    trap, other = Trap(), Torchlike()
    assert type(trap) is not type(other)
    assert step(network()).trace["model"] == ""


def test_levels_show_every_node_somewhere_finest_first():
    trace = trace_of(network())
    assert [level["name"] for level in trace["levels"]] == ["nodes", "neurons", "layers"]
    sizes = [len(level["boxes"]) for level in trace["levels"]]
    assert sizes == sorted(sizes, reverse=True)
    for level in trace["levels"]:
        assert set(level["place"]) == set(range(len(level["boxes"])))
        assert all(max(arrow["ends"]) < len(level["boxes"]) for arrow in level["arrows"])


def shown_alone(trace) -> dict[int, set[int]]:
    """part → the nodes that have a box of their own in it."""
    return {i: {b[0] for b in part["boxes"] if b[0] is not None and b[0] >= 0} for i, part in enumerate(trace["parts"])}


def long_chain(n: int) -> Value:
    x = y = Value(0.5, label="x")
    for _ in range(n // 2):
        y = (y * x).sin()
    return y


@pytest.mark.parametrize(
    "make",
    [
        lambda: long_chain(400), lambda: long_chain(7_000), network, lambda: MLP([300, 4, 1], seed=1)([0.5] * 300),
        lambda: autograd.sum([Value(float(i)) for i in range(1_000)]),
        lambda: sum(MLP([2, 8, 1], seed=1)([k / 7, 0.5]) ** 2 for k in range(20)),
    ],
    ids=["chain", "long chain", "network", "wide layer", "sum", "batch"],
)  # fmt: skip
def test_every_node_is_alone_in_some_level_or_in_a_part_that_opens(make):
    trace = trace_of(make())
    alone, parts = shown_alone(trace), trace["parts"]
    opened_by = {box["opens"] for level in trace["levels"] for box in level.get("boxes", [])}
    opened_by |= {level["part"] for level in trace["levels"] if "part" in level}
    opened_by |= {
        -1 - box[0] for i, part in enumerate(parts) for box in part["boxes"] if box[0] is not None and box[0] < 0
    }
    assert opened_by - {-1} == set(range(len(parts)))  # a click somewhere opens each
    for node in range(len(trace["nodes"])):
        part = trace["part"][node] if parts else -1
        if part >= 0:
            assert node in alone[part]
        else:
            for level in trace["levels"]:
                assert level["place"].count(level["place"][node]) == 1
    assert all(len(part["boxes"]) <= 400 for part in parts)


def test_a_level_that_is_a_tangle_of_arrows_is_left_out_and_its_neurons_open_one_by_one():
    trace = trace_of(MLP([2, 40, 40, 1], seed=1)([0.5, 1.0]))
    assert [level["name"] for level in trace["levels"]] == ["layers"]
    assert [part["title"] for part in trace["parts"]].count("neuron 40") == 2


def test_parts_stand_in_one_another_and_their_boxes_do_not_overlap():
    trace = trace_of(long_chain(2_000))
    for i, part in enumerate(trace["parts"]):
        assert part["in"] < i
        boxes = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for _, x, y, w, h, *_ in part["boxes"]]
        for n, a in enumerate(boxes):
            for b in boxes[:n]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_stretches_lead_forward_only():
    """An arrow from a later stretch back into an earlier one would turn the picture into a cycle."""
    trace = trace_of(long_chain(3_000))
    tops = [i for i, part in enumerate(trace["parts"]) if part["in"] == 0]
    rank = {}
    for node, part in enumerate(trace["part"]):
        while trace["parts"][part]["in"] != 0:
            part = trace["parts"][part]["in"]
        rank[node] = tops.index(part)
    for node, facts in enumerate(trace["nodes"]):
        assert all(rank[p] <= rank[node] for p in facts.get("parents", []))


# ── each thing is done once ─────────────────────────────────────────────────


def calls_of(monkeypatch, *functions) -> Counter:
    """How often each of these functions of autograd is called from now on, under whatever name it was imported."""
    calls = Counter()

    def counting(function):
        @functools.wraps(function)
        def counted(*args, **kwargs):
            calls[function.__name__] += 1
            return function(*args, **kwargs)

        return counted

    for function in functions:
        replacement = counting(function)
        for module in [module for name, module in sys.modules.items() if name.startswith("autograd.")]:
            for name in [name for name, thing in vars(module).items() if thing is function]:
                monkeypatch.setattr(module, name, replacement)
    return calls


@pytest.mark.parametrize(
    "make",
    [
        network, lambda: MLP([2, 8, 8, 1], seed=0)([0.5, 1.0]) ** 2, lambda: long_chain(2_000),
        lambda: MLP([2, 40, 40, 1], seed=1)([0.5, 1.0]),
        lambda: sum(MLP([2, 8, 1], seed=1)([k / 7, 0.5]) ** 2 for k in range(20)),
    ],
    ids=["small", "MLP", "chain", "tangle", "batch"],
)  # fmt: skip
def test_step_sorts_once_goes_backward_once_and_lays_out_every_level_and_part_once(make, monkeypatch):
    root = make()
    calls = calls_of(
        monkeypatch, backprop.leaves_and_results, steps._steps, fold.fold, assembly.assemble, layered.lay_out_in_columns
    )
    player = step(root)
    maps = sum("boxes" in level for level in player.trace["levels"]) + len(player.trace["parts"])
    assert (calls["leaves_and_results"], calls["_steps"]) == (1, 1)
    once = calls["lay_out_in_columns"]
    assert once - maps in (
        0,
        1,
    )  # a batch's arrows would wind from row to row: one of its levels is laid out downward too
    assert calls["fold"] <= 3 + 1  # nodes, neurons, layers; and the picture that stands where no script runs
    assert player.html
    assert calls["lay_out_in_columns"] == once + 1
    assert (calls["leaves_and_results"], calls["_steps"]) == (1, 1)


def test_draw_sorts_folds_assembles_and_lays_out_once_also_where_frames_do_not_nest(monkeypatch):
    h = Value(1.0).tanh()
    y = (h * 2.0).tanh()
    h.module = y.module = "cell[0]"
    for root in (network(), y, long_chain(2_000)):
        with monkeypatch.context() as patch:
            functions = [
                backprop.leaves_and_results,
                steps._steps,
                fold.fold,
                assembly.assemble,
                layered.lay_out_in_columns,
            ]
            calls = calls_of(patch, *functions)
            assert draw(root, layout="builtin").svg
            assert calls == {"leaves_and_results": 1, "fold": 1, "assemble": 1, "lay_out_in_columns": 1}


def test_the_picture_for_where_no_script_runs_has_frames_only_where_they_nest():
    h = Value(1.0).tanh()
    y = (h * 2.0).tanh()
    h.module = y.module = "cell[0]"
    assert 'class="cg-frame"' in step(h).picture
    assert 'class="cg-frame"' not in step(y).picture


def test_numbers_that_are_not_finite_are_words():
    x = Value(math.inf, label="x")
    trace = trace_of(x - x)
    assert trace["nodes"][0]["data"] == "inf"
    assert trace["nodes"][-1]["data"] == "nan"
    json.loads(dumps(trace), parse_constant=pytest.fail)


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_label_is_data_and_nothing_else(label):
    x = Value(1.0, label=label)
    player = step(x * x)
    assert player.json.isascii()
    assert "<" not in player.html.partition('id="trace">')[2].partition("</script>")[0]
    assert player.html.count("<script") == 2
    assert len(unpacked(player.json)["nodes"][0]["label"]) <= 200
    frame, _, beside = player._repr_html_().partition("</iframe>")
    assert frame.count("<iframe") == 1
    assert "<script" not in frame
    assert beside == f"<script>{BESIDE_FRAME}</script>"  # the same for every graph


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes_in_every_process():
    def run(seed, *arguments):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", MODEL, *arguments], env=environment, capture_output=True, check=True
        ).stdout

    assert run("1") == run("2") == step(network()).json.encode()
    assert run("3", "page") == run("4", "page")


def test_the_golden_trace():
    """Change VERSION when the format changes; then this digest may change too."""
    trace = trace_of(diamond())
    assert sha256(dumps({**trace, "levels": []}).encode()).hexdigest()[:16] == "cbc9f9d495c07098"


def unpacked(text):
    """The trace in the text, read as trace.py and encoding.py describe."""
    trace = json.loads(text)
    kinds, numbers, op_names = trace.pop("kinds"), trace.pop("numbers"), trace.pop("op_names")
    for node in trace["nodes"]:
        node["data"], node["op"] = numbers[node["data"]], op_names[node["op"]]
        if "letter" in node:
            letter, below, above = re.split("[_^]", node.pop("letter"))
            below = below.translate(str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉‚"))
            above = above.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
            node |= {"binds": 8} if above else {}
            node["name"] = f"{letter}{below}{above and f'⁽{above}⁾'}"
        if "local" in node:
            node["local"] = [numbers[place] for place in node["local"]]
        if "own" in node:
            node["label"] = f"{trace['modules'][node['module']][0]}.{node.pop('own')}"
    floats = {"seed": (2,), "visit": (2,), "accumulate": range(3, 8), "update": (2, 3)}
    for event in trace["events"]:
        event[0] = kinds[event[0]]
        for i in floats.get(event[0], ()):
            event[i] = numbers[event[i]]
    return trace


def test_the_text_says_all_that_the_trace_says():
    x = Value(math.inf, label="x")
    traces = [trace_of(network(), update=0.1), trace_of(x - x), trace_of(Value(-0.0) * Value(0.0))]
    for trace in traces:
        assert unpacked(dumps(trace)) == trace
    zeros = unpacked(dumps(traces[-1]))["nodes"]
    assert [math.copysign(1.0, node["data"]) for node in zeros] == [-1.0, 1.0, -1.0]


@pytest.mark.slow
def test_three_thousand_nodes_of_a_network_stay_under_a_megabyte():
    model = MLP([64, 40, 8], seed=0, activation="tanh")
    loss = cross_entropy([model([math.sin(i) for i in range(64)])], [0])
    trace = trace_of(loss)
    assert len(trace["nodes"]) > 3_000
    assert len(dumps(trace)) < 1_000_000


def test_three_thousand_nodes_of_a_formula_stay_under_a_megabyte():
    xs = [Value(i / 7, label=f"x[{i}]") for i in range(50)]
    y = Value(1.0)
    for i in range(735):
        y = (y * 0.999 + xs[i % 50]).sin()
    trace = trace_of(y)
    assert 2_950 <= len(trace["nodes"]) <= 3_050
    assert len(dumps(trace)) < 1_000_000


def test_too_large_a_graph_is_refused():
    y = Value(1.0)
    for _ in range(MOST):
        y = y.sin()
    with pytest.raises(ValueError, match="at most 20,000 nodes"):
        step(y)


def test_what_step_can_not_step_through_is_named():
    with pytest.raises(TypeError, match=r"step takes a Value, got list"):
        step([Value(1.0)])
    with pytest.raises(ValueError, match="no local derivatives"):
        step(Value(1.0, (Value(2.0),)))
    x = Value(1.0)
    y = Value(2.0, (x,), (1.0,))
    y.parents = (y,)
    with pytest.raises(CycleError):
        step(y)


def test_a_backward_of_your_own_is_in_the_trace_too():
    x = Value(3.0, label="x")
    y = Value(9.0, (x,), "square")

    def pass_on():
        x.grad += 6.0 * y.grad

    y._backward = pass_on
    assert ["accumulate", 1, 0, 1.0, 6.0, 6.0, 0.0, 6.0, 1, 1] in trace_of(y)["events"]
    assert x.grad == 0.0


def test_a_recording_links_nodes_to_lines():
    with recording():  # the latest is found
        x = Value(2.0, label="x")
        y = x * x
        loss = autograd.dot([y, x], [1.0, 2.0]).tanh()
    trace = trace_of(loss)
    texts = [trace["lines"][node["line"]][2] for node in trace["nodes"] if "line" in node]
    assert {file for file, *_ in trace["lines"]} == {Path(__file__).name}  # a page tells nobody your folders
    assert texts == ["y = x * x", *["loss = autograd.dot([y, x], [1.0, 2.0]).tanh()"] * 2]


def test_a_recording_ends_and_gives_the_profiler_back():
    seen = []

    def profiler(frame, event, argument):
        seen.append(event)

    before = sys.getprofile()
    sys.setprofile(profiler)
    try:
        with recording() as r:
            Value(1.0) * 2.0
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(before)
    Value(1.0) * 3.0
    assert len(r.lines) == 1


def test_a_page_is_written_whole_or_not_at_all(tmp_path):
    player = step(diamond())
    path = player.save(tmp_path / "lesson.html")
    assert path.read_text(encoding="utf-8") == player.html
    assert unpacked(player.save(tmp_path / "lesson.json").read_text()) == player.trace
    with pytest.raises(OSError, match="there is no such folder to write into"):
        player.save(tmp_path / "no" / "lesson.html")
    with pytest.raises(ValueError, match=r"saved as \.html"):
        player.save(tmp_path / "lesson.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lesson.html", "lesson.json"]


def test_a_notebook_gets_a_sandboxed_frame_with_the_picture_in_it():
    html = step(diamond())._repr_mimebundle_()["text/html"]
    assert 'sandbox="allow-scripts allow-downloads"' in html
    assert "allow-same-origin" not in html
    assert re.search(r'<img alt="L, step by step: 4 nodes" width="\d+" height="\d+" [^>]* src="data:image/svg', html)
    assert html.endswith(f"</iframe><script>{BESIDE_FRAME}</script>")


def test_the_page_asks_the_network_for_nothing():
    html = step(diamond()).html
    assert "default-src 'none'" in html
    assert not [
        word
        for word in ("http://", "https://", "@import", "url(")
        if word in html.replace("http://www.w3.org/2000/svg", "")
    ]


def test_live_needs_anywidget(monkeypatch):
    from autograd.view import widget

    widget._widget_class.cache_clear()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match="pip install anywidget"):
        step(diamond(), live=True)
    widget._widget_class.cache_clear()


def test_the_moment_of_a_live_player_can_be_read_and_set():
    pytest.importorskip("anywidget")
    player = step(diamond(), live=True)
    player.time = 5
    assert player.time == 5
    player.time = 10_000
    assert player.time == player.end == len(step(diamond()).trace["events"])


def test_a_live_player_and_the_leaves_have_the_same_numbers():
    pytest.importorskip("anywidget")
    w = Value(2.0, label="w")
    player = step(w * 3.0, live=True)
    w.data = math.inf
    player.refresh()
    assert player.numbers == {"0": "inf"}
    player.numbers = {"0": 0.5}  # as the page sets it
    assert w.data == 0.5
    player.numbers = {}
    assert w.data == 2.0


def test_a_number_that_is_changed_in_the_page_leaves_others_as_python_has_them():
    pytest.importorskip("anywidget")
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    player = step(x * y, live=True)
    x.data = 7.0  # and no refresh
    player.numbers = {"1": 4.0}
    assert (x.data, y.data) == (7.0, 4.0)


def test_an_optimizer_whose_running_numbers_are_not_finite_is_shown_too():
    w = Value(2.0, label="w", kind="parameter")
    own = Adam([w], lr=0.1)
    own.load_state_dict({"t": 3, "lr": 0.1, "state": {"mean": [math.nan], "square": [math.inf]}})
    assert json.loads(step(w * w, update=own).json)["update"]["running"] == [["nan", "inf"]]


def test_the_command_writes_a_page(tmp_path, monkeypatch, capsys):
    from autograd.commands import step as command

    parser = __import__("argparse").ArgumentParser()
    command.add_arguments(parser)
    page = tmp_path / "lesson.html"
    assert command.run(parser.parse_args(["tanh(w*x + b)", "w=1", "x=2", "b=-0.5", "-o", str(page)])) == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "lesson.html: a page for the browser" in capsys.readouterr().out


def test_a_box_is_wide_enough_for_the_number_that_an_update_gives():
    w = Value(2.0, label="w")
    widths = [trace_of(w * 1.0, update=rate)["levels"][0]["boxes"][0]["at"][2] for rate in (1.0, 0.123)]
    assert widths[1] > widths[0]  # 2 → 1 and 2 → 1.877


def test_an_update_by_the_optimizer_of_another_model_is_said():
    w, other = Value(2.0, kind="parameter"), Value(1.0)
    with pytest.raises(
        ValueError, match=r"the optimizer steps none of this graph's parameters: they are another model's"
    ):
        step(w * 3.0, update=SGD([other]))
