"""Pictures: what is shown, that it only shows, and that there is always one."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import autograd
from autograd import Value, dot, topological_order
from autograd.contexts import collector_paused
from autograd.ops import OPS
from autograd.value import apply
from autograd.view import Picture, draw, layout, mimebundle
from autograd.view.compat import draw_dot, trace
from autograd.view.geometry import DIRECTIONS, Rect, point_at
from autograd.view.layered import lay_out_in_columns
from autograd.view.palette import DARK, LIGHT
from autograd.view.picture import WIDEST
from autograd.view.rows import fitted, in_rows
from autograd.view.text import LABEL_CELLS, cells, number, scripts, shorten, signed, visible

HOSTILE = [
    "<b>bold</b>", "a\"b'c", "{x|<f0> y}", "back\\N \\L \\", "two\nlines", "]]>", "&amp; &lt;", "\x00\x1f", "\ud800",
    "</script><script>a(1)", "<img onerror=a(1)>", "abc\u202edef", "<a href='javascript:a(1)'>", "x" * 10_000, "שלום", "漢字",
]  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


def neuron() -> Value:
    """tanh(w·x + b) in single steps, with gradients: six nodes."""
    w, x, b = Value(0.5, label="w", kind="parameter"), Value(-2.0, label="x"), Value(0.25, label="b", kind="parameter")
    h = (w * x + b).tanh()
    h.label = "h"
    h.backward()
    return h


def network(*sizes: int, batch: int = 1) -> Value:
    """The graph of an MLP on a batch, with the module paths and labels that nn gives."""
    weights = [
        [
            [Value(math.sin(7 * l + 3 * i + j), label=f"layers[{l}].neurons[{i}].w[{j}]", kind="parameter") for j in range(nin + 1)]
            for i in range(nout)
        ]
        for l, (nin, nout) in enumerate(pairwise(sizes))
    ]  # fmt: skip
    losses: list[Value] = []
    for sample in range(batch):
        h = [Value(math.cos(sample + i), label=f"x[{i}]") for i in range(sizes[0])]
        for l, layer in enumerate(weights):
            h = [_fire(w, h, f"layers[{l}].neurons[{i}]") for i, w in enumerate(layer)]
        losses.append((h[0] - 1.0) ** 2)
    loss = sum(losses[1:], losses[0])
    loss.label = "loss"
    loss.backward()
    return loss


def _fire(w: list[Value], x: list[Value], path: str) -> Value:
    h_pre = dot(w[:-1], x, w[-1])
    h = h_pre.tanh()
    h_pre.module = h.module = path
    h_pre.label, h.label = "h_pre", "h"
    return h


def chain(n: int) -> Value:
    y = Value(1.0)
    with collector_paused():
        for _ in range(n):
            y = y.tanh()
    return y


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def rects(picture: Picture) -> list[Rect]:
    boxes = zip(picture.scene.boxes, picture.layout.boxes, strict=True)
    return [Rect(p.x - box.width / 2, p.y - box.height / 2, box.width, box.height) for box, p in boxes]


def overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def program(folder: Path, script: str) -> str:
    """A folder for PATH in which ``dot`` is this shell script."""
    stub = folder / "dot"
    stub.write_text(f"#!/bin/sh\n{script}\n")
    stub.chmod(0o755)
    return f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin" if "exec" in script else str(folder)


@pytest.fixture
def no_pygraphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)  # makes `import pygraphviz` an ImportError


@pytest.fixture(params=["dot", "pygraphviz", "builtin"])
def engine(request):
    if request.param == "dot":
        try:
            subprocess.run(["dot", "-V"], capture_output=True, check=True)
        except OSError:
            pytest.skip("the dot program is not installed")
    if request.param == "pygraphviz":
        pytest.importorskip("pygraphviz", reason="pygraphviz is an extra: pip install chalkgrad[layout]")
    return request.param


# ── what is shown ───────────────────────────────────────────────────────────


def test_every_argument_slot_is_one_edge():
    a = Value(3.0)
    scene = draw(a * a).scene
    assert [(arrow.tail, arrow.head) for arrow in scene.arrows] == [(0, 1), (0, 1)]
    assert draw(a * a).source.count("n0 -> n1") == 2


def test_a_box_shows_label_number_gradient_and_symbol():
    shown = texts(draw(neuron()).svg)
    assert {"h", "data −0.6351", "grad +1", "tanh", "w", "data 0.5"} <= set(shown)


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.operands], ids=lambda op: op.name)
def test_every_op_of_the_table_is_drawn_with_its_symbol(op):
    node = apply(op, *[(low + high) / 2 or 0.5 for low, high in op.sample])
    shown = node.op.symbol
    assert draw(node).scene.boxes[-1].symbol == shown
    assert "".join(run for run, _ in scripts(shown)) in texts(draw(node, layout="builtin").svg)


def test_kinds_differ_in_border_as_well_as_in_colour():
    c = Value(1.0, kind="parameter") * Value(2.0) + 3.0
    svg = draw(c, layout="builtin").svg
    groups = {
        element.get("class"): [(rect.get("rx"), rect.get("class")) for rect in element.iter(f"{SVG}rect")]
        for element in ElementTree.fromstring(svg).iter(f"{SVG}g") if (element.get("class") or "").startswith("cg-")
    }  # fmt: skip
    assert set(groups) == {"cg-input", "cg-parameter", "cg-constant", "cg-result"}
    assert len(groups["cg-parameter"]) == 2  # a double border
    assert groups["cg-input"] != groups["cg-constant"]
    assert re.search(r"cg-constant rect[^}]*stroke-dasharray", svg)


def test_sign_is_said_by_hue_and_by_glyph():
    x = Value(2.0)
    y = x * -3.0
    y.backward()
    first, second = draw(y).scene.arrows
    assert (first.text, first.tone) == ("−", "minus")
    assert (second.text, second.tone) == ("+", "plus")


def test_the_strongest_gradient_has_the_widest_arrow_and_one_scale_holds_for_all():
    a, b = Value(1.0), Value(4.0)
    y = a * b
    y.backward()
    to_a, to_b = draw(y).scene.arrows
    assert to_a.flow == 4.0
    assert to_b.flow == 1.0
    thin, thick = 1.2, to_a.width
    assert to_b.width - thin == pytest.approx((thick - thin) / 2)  # a quarter of the gradient, half the ink


def test_local_derivatives_are_written_on_the_arrows_when_asked_for():
    x = Value(2.0)
    assert "∂ −3" in texts(draw(x * -3.0, local_derivatives=True).svg)
    assert not any("∂" in text for text in texts(draw(x * -3.0).svg))


def test_before_backward_the_legend_says_why_there_is_no_gradient():
    assert "gradient 0, as before backward()" in texts(draw(Value(1.0).exp()).svg)


def test_numbers_are_rounded_for_display_alone_and_whole_on_hover():
    svg = draw(Value(0.123456789)).svg
    assert "data 0.1235" in texts(svg)
    assert "0.123456789" in ElementTree.fromstring(svg).find(f".//{SVG}g[@class='cg-input']/{SVG}title").text


@pytest.mark.parametrize(
    ("x", "shown"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "−inf"), ("text", "'text'"), (1e-300, "1e−300")]
)
def test_every_number_has_a_text(x, shown):
    assert number(x) == shown
    v = Value(1.0)
    v.data = x
    assert f"data {shown}" in texts(draw(v).svg)


def test_gradients_that_are_not_finite_are_drawn():
    a = Value(1.0)
    y = a * Value(math.inf) + a * Value(math.nan)
    y.backward()
    scene = draw(y).scene
    assert any(arrow.flow is None for arrow in scene.arrows)
    assert {"grad nan", "data inf", "data nan", "gradient nan or not known"} <= set(texts(draw(y).svg))


def test_a_node_with_an_op_of_your_own_is_drawn_with_its_symbol():
    a = Value(2.0)
    y = Value(8.0, (a,), "cube")
    assert draw(y).scene.boxes[-1].symbol == "cube"
    assert draw(y).scene.arrows[0].flow is None


def test_text_put_into_a_gradient_does_not_break_the_picture():
    a = Value(2.0)
    y = a * a
    y.grad = "oops"
    assert "grad 'oops'" in texts(draw(y).svg)


def test_several_roots_share_one_picture():
    a = Value(2.0)
    assert len(draw([a.exp(), a.tanh()]).scene.boxes) == 3


def test_a_picture_is_a_snapshot():
    v = neuron()
    drawn = draw(v)
    v.data = 99.0
    assert "data 99" not in texts(drawn.svg)


def test_modules_are_nested_frames_and_a_networks_boxes_have_the_lectures_letters():
    scene = draw(network(2, 2, 1)).scene
    frames = [(frame.path, frame.parent) for frame in scene.frames]
    assert ("layers[0].neurons[1]", [path for path, _ in frames].index("layers[0]")) in frames
    weight = next(box for box in scene.boxes if box.kind == "parameter")
    assert weight.lines[0].text == "w₁₁⁽¹⁾"
    assert weight.hover.startswith("layers[0].neurons[0].w[0]: parameter, data = ")
    assert draw(network(2, 2, 1)).source.count("subgraph cluster_") == len(frames)


def test_a_dot_says_whether_there_is_a_bias_and_its_tooltip_what_is_multiplied():
    w, x = [Value(2.0, label="u"), Value(1.0, label="v")], [Value(3.0, label="p"), Value(4.0, label="q")]
    for b, symbol, formula in ((None, "w·x", "u·p + v·q"), (Value(1.0, label="c"), "w·x+b", "u·p + v·q + c")):
        box = draw(dot(w, x, b)).scene.boxes[-1]
        assert (box.symbol, box.hover) == (
            symbol,
            f"unnamed: {formula}, data = {10.0 if b is None else 11.0}, grad = 0.0",
        )
    hover = draw(network(2, 2, 1)).scene.boxes[-5].hover
    assert "neurons[0].h_pre: f̃ = w₁⁽²⁾·h₁⁽¹⁾ + w₂⁽²⁾·h₂⁽¹⁾ + w₃⁽²⁾, data = " in hover
    many = [Value(1.0, label=f"x{i}") for i in range(5)]
    assert draw(dot(many, many)).scene.boxes[-1].hover.startswith("unnamed: w·x, ")


def test_indices_are_digits_below_and_above_the_line_of_at_least_seventy_percent_and_can_be_copied():
    svg = draw(network(2, 2, 1)).svg
    assert {"w11(1)", "h̃2(1)", "f̃", "x1"} <= set(texts(svg))
    assert int(re.search(r"\.cg-script\{font-size:(\d+)%\}", svg)[1]) >= 70
    (name,) = (text for text in ElementTree.fromstring(svg).iter(f"{SVG}text") if "".join(text.itertext()) == "w11(1)")
    below, above = name
    assert float(below.get("dy")) > 0 > float(below.get("dy")) + float(above.get("dy"))


def test_after_an_index_the_text_goes_on_on_its_line():
    svg = draw(Value(1.0, label="<a₁> + b²·c")).svg
    (name,) = (text for text in ElementTree.fromstring(svg).iter(f"{SVG}text") if text.get("class") == "cg-name")
    assert "".join(name.itertext()) == "<a1> + b2·c"
    assert [run.text for run in name] == ["1", "> + b", "2", "·c"]
    assert sum(float(run.get("dy")) for run in name) == pytest.approx(0.0)


# ── it only shows ───────────────────────────────────────────────────────────


def hostile() -> Value:
    total = sum((Value(1.0, label=label) for label in HOSTILE), Value(0.0))
    total.module = 'lay<er>\\N.neu"ron'
    total.label = "<<script>>"
    return total


def test_hostile_labels_only_show_in_svg():
    root = ElementTree.fromstring(draw(hostile()).svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "g", "text", "path", "polygon"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or "href" in name or name in ("id", "style") for name in attributes)
    shown = texts(draw(hostile()).svg)
    for label in HOSTILE:
        assert shorten(visible(label)) in shown


def test_hostile_labels_only_show_in_dot(engine):
    if engine == "builtin":
        pytest.skip("the built-in layout reads no DOT")
    svg = layout.ENGINES[engine](draw(hostile()).source, "svg").decode()
    root = ElementTree.fromstring(svg)
    assert not any(element.tag.endswith("script") for element in root.iter())
    assert not any(name.endswith("href") or name.startswith("on") for e in root.iter() for name in e.attrib)
    shown = "".join(root.itertext()).replace("\u2060", "").replace("\xa0", " ")
    for label in HOSTILE:
        assert shorten(visible(label)) in shown


def test_long_labels_are_shortened_and_whole_on_hover():
    label = "q" * 10_000 + "[1]"
    svg = draw(Value(1.0, label=label)).svg
    assert label in ElementTree.fromstring(svg).find(f".//{SVG}g[@class='cg-input']/{SVG}title").text
    short = next(text for text in texts(svg) if "…" in text)
    assert cells(short) == LABEL_CELLS
    assert short.endswith("[1]")


def test_no_label_reaches_a_layout_program(monkeypatch):
    asked = []

    def spy(source, format):  # noqa: A002
        asked.append(source)
        raise layout.NoAnswerError

    monkeypatch.setattr(layout, "ENGINES", {"dot": spy})
    draw(Value(1.0, label="secret").exp()).svg  # noqa: B018
    assert len(asked) == 1
    assert "secret" not in asked[0]


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\x07", "\r", "\u2028", "\ufffe", "\ud800"])
def test_characters_that_act_are_spelled_out(character):
    assert visible(f"a{character}b") == f"a[U+{ord(character):04X}]b"


def test_gradients_always_say_their_sign():
    assert [signed(x) for x in (1.0, -1.0, 0.0, -0.0)] == ["+1", "−1", "0", "0"]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(a: str, b: str) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_contrast_of_four_and_a_half(palette):
    for ground in ("paper", "input", "parameter", "constant", "result", "folded"):
        for ink in ("text", "plus", "minus"):
            assert _contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
    for ink, ground in (("quiet", "paper"), ("quiet", "frame"), ("plain", "paper"), ("symbol", "chip")):
        assert _contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)


def test_the_picture_speaks_to_a_screen_reader_and_knows_the_dark():
    svg = draw(neuron()).svg
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Computation graph of h, 6 nodes"
    assert "tanh h data −0.6351 grad +1" in root.find(f"{SVG}desc").text
    assert "@media (prefers-color-scheme:dark)" in svg


# ── where it is ─────────────────────────────────────────────────────────────

GRAPHS = {
    "neuron": neuron,
    "mlp": lambda: network(2, 3, 2, 1),
    "folded": lambda: network(2, 8, 8, 1),
    "hostile": hostile,
}


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_layout_places_every_box_without_overlap(engine, make, direction):
    drawn = draw(make(), layout=engine, direction=direction)
    assert drawn.engine == engine
    boxes = rects(drawn)
    assert len(boxes) == len(drawn.scene.boxes)
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    for r in boxes:
        assert r.x >= -1
        assert r.y >= -1
        assert r.x + r.width <= drawn.layout.width + 1
        assert r.y + r.height <= drawn.layout.height + 1


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_frames_hold_their_boxes_and_no_others(engine, direction):
    drawn = draw(network(2, 3, 2, 1), layout=engine, direction=direction)
    inside = {i: set() for i in range(len(drawn.scene.frames))}
    for b, box in enumerate(drawn.scene.boxes):
        frame = box.frame
        while frame is not None:
            inside[frame].add(b)
            frame = drawn.scene.frames[frame].parent
    boxes = rects(drawn)
    for f, frame in enumerate(drawn.layout.frames):
        assert {b for b, r in enumerate(boxes) if overlap(r, frame)} == inside[f]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_arrows_end_at_their_boxes(engine, direction):
    assert_arrows_end_at_their_boxes(draw(network(2, 2, 1), layout=engine, direction=direction))


def assert_arrows_end_at_their_boxes(drawn: Picture) -> None:
    boxes = rects(drawn)
    for arrow, curve in zip(drawn.scene.arrows, drawn.layout.arrows, strict=True):
        for point, box in ((curve.points[0], boxes[arrow.tail]), (curve.tip, boxes[arrow.head])):
            assert box.x - 2 <= point.x <= box.x + box.width + 2
            assert box.y - 2 <= point.y <= box.y + box.height + 2


def assert_no_arrow_crosses_a_box(drawn: Picture) -> None:
    boxes = rects(drawn)
    for arrow, curve in zip(drawn.scene.arrows, drawn.layout.arrows, strict=True):
        along = [point_at(curve.points, i / 200) for i in range(201)]
        for b, box in enumerate(boxes):
            if b not in (arrow.tail, arrow.head):
                assert not any(overlap(Rect(*p, 0.0, 0.0), box) for p in along)


def test_in_the_built_in_layout_no_arrow_crosses_a_box():
    assert_no_arrow_crosses_a_box(draw(network(2, 3, 2, 1), layout="builtin", direction="RL"))


LONG = {
    "chain": lambda: chain(12),
    "network": lambda: network(2, 2, 1),
    "demo": lambda: (2 * (neuron() * neuron() + neuron())).tanh().exp() / (neuron().exp() + 1.0),
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_a_long_graph_is_drawn_in_rows_that_a_notebooks_cell_shows_with_legible_letters(engine, make):
    drawn = draw(make(), layout=engine)
    assert layout.lay_out(drawn.scene, layout=engine).width > WIDEST
    assert 14 * 900 / float(ElementTree.fromstring(drawn.svg).get("width")) >= 11
    boxes = rects(drawn)
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert_arrows_end_at_their_boxes(drawn)


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_no_arrow_crosses_a_box_on_its_way_to_the_next_row(make):
    assert_no_arrow_crosses_a_box(draw(make(), layout="builtin"))


def test_arrows_that_go_on_in_the_next_row_run_side_by_side():
    back = [
        {p.y for p, q in pairwise(curve.points[::3]) if q.x < p.x and q.y == p.y}
        for curve in draw(network(2, 2, 1), layout="builtin").layout.arrows
    ]
    levels = sorted(y for ys in back for y in ys)
    assert len(levels) >= 2
    assert min(b - a for a, b in pairwise(levels)) >= 12


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_folding_into_rows_costs_less_than_the_layout_it_folds(make, cost):
    scene = draw(make()).scene
    wide, calls = cost(lambda: lay_out_in_columns(scene))
    rows, more = cost(lambda: in_rows(scene, wide, WIDEST))
    assert rows.width < wide.width
    assert more < calls


def test_a_graph_that_no_cut_makes_narrow_stays_as_it_is():
    scene = draw(network(2, 5, 5, 1)).scene
    wide = layout.lay_out(scene)
    assert max(frame.width for frame in wide.frames) > 300
    assert in_rows(scene, wide, 300) is wide


def test_where_arrows_would_wind_from_row_to_row_a_graph_is_drawn_downward():
    scene = draw(woven(260), fold="none", layout="builtin").scene
    rows, down = (
        in_rows(scene, lay_out_in_columns(scene), WIDEST),
        fitted(scene, WIDEST, lay_out_in_columns, longest=WIDEST),
    )
    inks = [
        sum(
            math.dist(point_at(c.points, i / 50), point_at(c.points, (i + 1) / 50))
            for c in drawn.arrows
            for i in range(50)
        )
        for drawn in (rows, down)
    ]
    assert inks[1] < inks[0] / 2
    assert all(curve.points[0].y < curve.tip.y for curve in down.arrows)
    chain_in_rows = draw(chain(40), layout="builtin").layout
    assert chain_in_rows.width <= WIDEST  # of which each row takes one arrow to the next


SIZES = {
    **{f"{n} nodes": lambda n=n: woven(n) for n in (3, 8, 22, 60, 300)},
    "a batch": lambda: network(2, 16, 16, 1, batch=20),
    **{"-".join(map(str, sizes)): lambda sizes=sizes: mlp(*sizes) for sizes in (
        (2, 2, 1), (3, 4, 4, 1), (4, 5, 3), (2, 5, 5, 1), (4, 8, 8, 3), (4, 8, 8, 8, 3), (4, 16, 3),
    )},
}  # fmt: skip


@pytest.mark.parametrize("make", SIZES.values(), ids=SIZES)
def test_a_graph_of_any_size_has_letters_of_nine_pixels_in_a_cell_of_eight_hundred(make):
    drawn = draw(make())
    assert 14 * 800 / float(ElementTree.fromstring(drawn.svg).get("width")) >= 9
    boxes = rects(drawn)
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert_arrows_end_at_their_boxes(drawn)


def mlp(*sizes: int) -> list[Value]:
    """The outputs of an MLP, after a backward pass."""
    from nn import MLP

    outputs = MLP(list(sizes), activation="tanh", seed=0)([math.cos(i) for i in range(sizes[0])])
    outputs = outputs if isinstance(outputs, list) else [outputs]
    autograd.sum(outputs).backward()
    return outputs


def test_the_built_in_layout_orders_columns_by_dependence():
    scene = draw(network(2, 2, 1)).scene
    boxes = lay_out_in_columns(scene).boxes
    assert all(boxes[arrow.tail].x < boxes[arrow.head].x for arrow in scene.arrows)


def test_a_module_used_twice_makes_a_cycle_that_is_still_laid_out(engine):
    x = Value(1.0)
    h = x.tanh()
    h.module = "cell[0]"
    between = h * 2.0
    h = between.tanh()
    h.module = "cell[0]"
    drawn = draw(h * 1.0, fold="layers", layout=engine)
    titles = [box.lines[0].text for box in drawn.scene.boxes]
    cell, times = titles.index("cell[0]"), titles.index("data 1.523")
    assert {(a.tail, a.head) for a in drawn.scene.arrows} >= {(cell, times), (times, cell)}
    assert drawn.svg


def test_frames_that_arrows_leave_and_enter_again_are_left_out_and_labels_are_whole():
    w = Value(1.0, label="cell[0].w", kind="parameter")
    h = w.tanh()
    y = (h * 2.0).tanh()
    h.module = y.module = "cell[0]"
    drawn = draw(y)
    assert drawn.scene.frames == ()
    assert drawn.scene.boxes[0].lines[0].text == "cell[0].w"
    assert draw(h).scene.boxes[0].lines[0].text == "w"


def test_long_arrows_of_a_large_graph_go_straight_and_the_picture_stays_quick():
    x = Value(1.0)
    y = x
    for _ in range(900):
        y = (y * x).tanh()
    drawn = draw(y, fold="none")
    assert len(drawn.scene.boxes) == 1801
    assert drawn.engine == "builtin"
    assert drawn.svg


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes_in_every_process():
    script = (
        "import sys; sys.path.insert(0, 'tests'); from test_view import *; import hashlib\n"
        "for v in (neuron(), network(2, 3, 1), network(2, 8, 8, 1), network(2, 4, 1, batch=30), chain(200)):\n"
        "    p = draw(v, layout='builtin'); print(hashlib.sha256((p.svg + p.source).encode()).hexdigest())"
    )
    folder = Path(__file__).parent.parent
    answers = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(folder)},
        ).stdout
        for seed in ("0", "1", "42")
    }  # fmt: skip
    assert len(answers) == 1


# ── there is always a picture ───────────────────────────────────────────────


def test_without_dot_and_pygraphviz_the_built_in_layout_draws(monkeypatch, tmp_path, no_pygraphviz):
    monkeypatch.setenv("PATH", str(tmp_path))
    drawn = draw(neuron())
    assert drawn.engine == "builtin"
    assert "tanh" in texts(drawn.svg)


def test_without_dot_pygraphviz_draws(monkeypatch, tmp_path):
    pytest.importorskip("pygraphviz", reason="pygraphviz is an extra: pip install chalkgrad[layout]")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert draw(neuron()).engine == "pygraphviz"


@pytest.mark.parametrize("script", ["exit 1", "kill -SEGV $$", "echo nonsense", "echo '{}'", "echo '[]'"])
def test_a_dot_that_crashes_or_answers_nonsense_is_passed_over(monkeypatch, tmp_path, no_pygraphviz, script):
    monkeypatch.setenv("PATH", program(tmp_path, script))
    assert draw(neuron()).engine == "builtin"


def test_a_dot_that_hangs_is_passed_over(monkeypatch, tmp_path, no_pygraphviz):
    monkeypatch.setenv("PATH", program(tmp_path, "exec sleep 60"))
    monkeypatch.setattr(layout, "SECONDS", 0.3)
    run, stopped = subprocess.run, []

    def watched(*args, **kwargs):
        try:
            return run(*args, **kwargs)
        except subprocess.TimeoutExpired as error:
            stopped.append(error.timeout)
            raise

    monkeypatch.setattr(subprocess, "run", watched)
    assert draw(neuron()).engine == "builtin"
    assert stopped == [0.3]


def test_without_processes_as_in_pyodide_there_is_a_picture(monkeypatch, no_pygraphviz):
    def no_processes(*args, **kwargs):
        raise OSError(138, "emscripten does not support processes")

    monkeypatch.setattr(subprocess, "run", no_processes)
    assert "<img" in mimebundle(neuron())["text/html"]


def test_png_without_graphviz_says_what_to_try_and_leaves_no_file(monkeypatch, tmp_path, no_pygraphviz):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(
        OSError, match=r"^PNG needs Graphviz \(no dot program; no pygraphviz\)\. .*\.svg always works\.$"
    ):
        draw(neuron()).save(tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_a_dot_that_answers_nonsense_writes_no_picture(monkeypatch, tmp_path, no_pygraphviz, suffix):
    monkeypatch.setenv("PATH", program(tmp_path, "echo nonsense"))
    with pytest.raises(OSError, match=f"dot answered something other than {suffix.upper()}"):
        draw(neuron()).save(tmp_path / f"a.{suffix}")
    assert not (tmp_path / f"a.{suffix}").exists()


def test_a_value_in_a_notebook_shows_its_graph_and_a_leaf_its_text():
    v = neuron()
    assert v._repr_mimebundle_() == {"text/plain": repr(v), "text/html": draw(v)._repr_html_()}
    assert mimebundle(Value(1.0)) == {"text/plain": "Value(data=1.0, grad=0.0)"}


def test_a_notebook_is_shown_an_image_that_says_what_it_shows_and_fits_its_cell():
    drawn = draw(neuron())
    (shown,) = re.findall(r"<img[^>]*>", drawn._repr_html_())
    facts = dict(re.findall(r'([\w-]+)="([^"]*)"', shown))
    width, height = re.search(r'width="(\d+)" height="(\d+)"', drawn.svg).groups()
    assert (facts["width"], facts["height"], facts["style"]) == (width, height, "max-width:100%;height:auto")
    assert facts["alt"].startswith("Computation graph of h, 6 nodes. w data 0.5 grad ")
    assert b64decode(facts["src"].removeprefix("data:image/svg+xml;base64,")).decode() == drawn.svg


def test_an_image_cannot_be_left_by_what_it_shows():
    label = '"><script>alert(1)</script>'
    shown = draw(Value(1.0, label=label).tanh())._repr_html_()
    assert "<script" not in shown
    assert shown.count("<") == 1


def test_showing_a_graph_with_a_cycle_never_raises():
    a = Value(1.0)
    b = Value(1.0, (a,))
    a.parents = (b,)
    assert set(mimebundle(b)) == {"text/plain"}


# ── size ────────────────────────────────────────────────────────────────────


def test_up_to_eighty_nodes_every_scalar_is_drawn():
    assert len(draw(chain(79)).scene.boxes) == 80
    assert draw(chain(79)).scene.note == ""
    assert len(draw(chain(80)).scene.boxes) == 13


def test_a_network_folds_to_neurons_and_a_larger_one_to_layers():
    neurons = draw(network(2, 8, 8, 1)).scene
    assert neurons.note == "144 nodes folded into 17 neurons and 5 other boxes"
    layers = draw(network(2, 40, 40, 1)).scene
    assert {box.lines[0].text for box in layers.boxes if box.kind == "folded"} == {"layer 1", "layer 2", "layer 3"}


def test_what_is_computed_side_by_side_for_each_sample_shares_a_box():
    scene = draw(network(2, 3, 1, batch=20)).scene
    boxes = [[line.text for line in box.lines[:2]] for box in scene.boxes if box.kind == "folded"]
    assert boxes[4:6] == [["−", "20 nodes"], ["( )²", "20 nodes"]]


def test_a_batch_folds_to_layers_with_counts():
    scene = draw(network(2, 16, 16, 1, batch=100)).scene
    assert scene.note == "7,536 nodes folded into 3 layers and 4 other boxes"
    boxes = {box.lines[0].text: [line.text for line in box.lines[1:3]] for box in scene.boxes}
    assert set(boxes) == {"inputs", "layer 1", "layer 2", "layer 3", "constants", "after layer 3", "loss"}
    assert boxes["layer 1"] == ["3,248 nodes", "48 parameters"]
    assert "×3,200" in [arrow.text for arrow in scene.arrows]


def test_a_penalty_on_the_parameters_is_outside_the_modules():
    loss = network(2, 16, 16, 1)
    parameters = [v for v in trace(loss)[0] if "w[" in v.label]
    titles = [box.lines[0].text for box in draw(loss + sum(p * p for p in parameters)).scene.boxes]
    assert {"outside the modules", "after layer 3"} <= set(titles)


def test_a_root_inside_a_folded_module_stands_beside_its_box():
    h = network(2, 3, 1).parents[0].parents[0]
    scene = draw(h, fold="neurons").scene
    assert [frame.path for frame in scene.frames] == ["layers[0]", "layers[1]"]
    assert {box.lines[0].text: box.frame for box in scene.boxes}["f"] == 1


def test_a_folded_box_shows_the_gradient_norm_of_its_parameters():
    loss = network(2, 1)
    scene = draw(loss, fold="layers").scene
    box = next(box for box in scene.boxes if box.kind == "folded")
    parameters = {v for v in trace(loss)[0] if v.label.startswith("layers[0]")}
    assert box.lines[-1].text == f"‖grad‖ {number(math.hypot(*(v.grad for v in parameters)))}"


def test_more_layers_than_boxes_become_one_box():
    y = Value(1.0)
    for i in range(500):
        y = y.tanh()
        y.module = f"layers[{i}]"
    scene = draw(y * 1.0).scene
    assert scene.note == "503 nodes folded into 1 layer and 3 other boxes"
    assert [box.lines[0].text for box in scene.boxes if box.kind == "folded"] == ["layers"]


def test_a_graph_without_modules_folds_to_what_is_nearest_and_says_so():
    scene = draw(chain(5000)).scene
    assert len(scene.boxes) == 13
    assert scene.note == "5,001 nodes: the 12 nearest to the result are drawn, 4,989 are folded"
    assert scene.note in texts(draw(chain(5000)).svg)


def test_a_sum_of_many_is_cut_off_honestly():
    scene = draw(apply(OPS["sum"], *[Value(1.0) for _ in range(5000)])).scene
    assert len(scene.boxes) == 61
    assert "×4,941" in [arrow.text for arrow in scene.arrows]


def test_folding_to_the_nearest_never_makes_a_cycle():
    x = Value(0.5)
    y = x
    for i in range(2000):
        y = (y * x if i % 2 else y + x).tanh()
    arrows = draw(y).scene.arrows
    assert all(arrow.tail < arrow.head for arrow in arrows)


def woven(n: int) -> Value:
    """A graph of n nodes in which results are used again later, and none belongs to a module."""
    y, pool = Value(0.5), [Value(0.5) for _ in range(50)]
    for i in range(n // 2):
        y = y.tanh() if i % 2 else (y * pool[i % 50]).sin()
        if i % 7 == 0:
            pool[i % 50] = y
    return y + Value(1.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "boxes"),
    [(chain, 13), (lambda n: apply(OPS["sum"], *[Value(1.0) for _ in range(n)]), 61), (woven, None)],
    ids=["chain", "sum", "woven"],
)
def test_a_large_graph_is_drawn_for_less_than_it_costs_to_build_and_in_proportion(make, boxes, cost):
    def drawing(n):
        with collector_paused():
            building = cost(lambda: topological_order(make(n)))
        order = building.result
        drawn, calls = cost(lambda: draw(order[-1]))
        svg, more = cost(lambda: drawn.svg)
        assert svg
        assert calls + more < building.calls or n < 20_000
        assert len(drawn.scene.boxes) == boxes or (boxes is None and len(drawn.scene.boxes) < 100)
        assert drawn.scene.note.startswith(f"{len(order):,} nodes: the ")
        return calls + more

    assert drawing(20_000) < 10 * drawing(2_000)


def test_what_is_folded_away_is_counted_to_the_last_node_and_parameter():
    """The box of the others is filled without asking any of its nodes where it is drawn."""
    w = [Value(float(i), label=f"w{i}", kind="parameter") for i in range(300)]
    y = Value(1.0)
    for p in w:
        y = (y * p).tanh()
    y.backward()
    scene = draw(y).scene
    (rest,) = [box for box in scene.boxes if box.kind == "folded"]
    shown = len(scene.boxes) - 1
    near = [p for p in w if any(line.text == p.label for box in scene.boxes for line in box.lines)]
    assert [line.text for line in rest.lines] == [
        "… more", f"{901 - shown} nodes", f"{300 - len(near)} parameters",
        f"‖grad‖ {number(math.hypot(*(p.grad for p in w if p not in near)))}",
    ]  # fmt: skip
    assert scene.boxes[0] is rest


def test_the_first_of_several_results_may_stand_before_what_is_folded_away():
    a, y = Value(2.0, label="a"), chain(300)
    scene = draw([a.exp(), y.parents[0].parents[0], y]).scene
    assert [box.lines[0].text for box in scene.boxes[:3]] == ["a", "data 7.389", "… more"]
    assert all(arrow.tail < arrow.head for arrow in scene.arrows)


def test_forcing_too_many_scalars_says_what_to_try():
    with pytest.raises(ValueError, match=r'draws at most 2,000 nodes and this graph has 5,001\. Try fold="auto"'):
        draw(chain(5000), fold="none")
    assert len(draw(chain(300), fold="none").scene.boxes) == 301


def test_a_large_scene_is_never_handed_to_graphviz(monkeypatch):
    monkeypatch.setattr(layout, "ENGINES", {"dot": lambda *_: pytest.fail("asked dot")})
    assert draw(chain(400), fold="none").engine == "builtin"


# ── files ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<svg"), ("dot", b"digraph"), ("gv", b"digraph")])
def test_the_suffix_decides_the_format(tmp_path, suffix, begins):
    path = draw(neuron()).save(tmp_path / f"graph.{suffix}")
    assert path.read_bytes().startswith(begins)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_graphviz_makes_png_and_pdf(tmp_path, engine, suffix, begins, monkeypatch):
    if engine == "builtin":
        pytest.skip("PNG and PDF are Graphviz's")
    monkeypatch.setattr(layout, "ENGINES", {engine: layout.ENGINES[engine]})
    assert draw(network(2, 2, 1)).save(tmp_path / f"graph.{suffix}").read_bytes().startswith(begins)


def test_a_failed_save_leaves_what_was_there(tmp_path, monkeypatch):
    target = tmp_path / "graph.svg"
    target.write_text("before")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match=r"No space left on device; nothing was written.*graph\.svg"):
        draw(neuron()).save(target)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_saving_into_a_folder_that_does_not_exist_says_so(tmp_path):
    with pytest.raises(OSError, match="there is no such folder to write into; make it first"):
        draw(neuron()).save(tmp_path / "none" / "graph.svg")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_lists_the_choices(tmp_path):
    with pytest.raises(ValueError, match=r"end it in one of \.svg, \.png, \.pdf, \.dot, \.gv"):
        draw(neuron()).save(tmp_path / "graph.jpeg")


# ── words ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", [{"format": "gif"}, {"direction": "up"}, {"layout": "neato"}, {"fold": "all"}])
def test_a_wrong_word_lists_the_choices(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"^{name} is one of .*; got '{value}'$"):
        draw(neuron(), **wrong)


@pytest.mark.parametrize("wrong", [3.0, "loss", None, [], [1.0], neuron])
def test_what_is_not_a_value_is_named(wrong):
    with pytest.raises(TypeError, match="draw takes a Value or a list of Values, got "):
        draw(wrong)


def test_repr_and_str_are_short():
    assert (
        str(draw(neuron()))
        == repr(draw(neuron()))
        == '<Picture of 6 boxes and 5 arrows; .svg, .source, .save("picture.svg")>'
    )


# ── micrograd ──────────────────────────────────────────────────────────────


def test_draw_dot_answers_like_graphviz(tmp_path):
    drawn = draw_dot(neuron(), format="svg", rankdir="TB")
    assert "rankdir=TB" in drawn.source
    path = drawn.render(tmp_path / "gout")
    assert path == str(tmp_path / "gout.svg")
    assert (tmp_path / "gout").read_text() == drawn.source
    assert drawn.render(tmp_path / "other", format="dot", cleanup=True) == str(tmp_path / "other.dot")
    assert not (tmp_path / "other").exists()
    assert drawn.render(directory=tmp_path / "new", filename="net") == str(tmp_path / "new" / "net.svg")
    assert (tmp_path / "new" / "net").read_text() == drawn.source
    assert set(drawn._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_trace_gives_micrograds_nodes_and_edges():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + a
    nodes, edges = trace(d)
    assert nodes == {a, b, c, d}
    assert edges == {(a, c), (b, c), (c, d), (a, d)}


def test_many_inputs_of_a_folded_network_share_a_box():
    from nn import MLP

    root = MLP([40, 8, 2], seed=0)([0.5] * 40)[0]
    picture = draw(root)
    assert "inputs" in picture.svg
    assert "40 nodes" in picture.svg
    assert len(picture.scene.boxes) < 15
