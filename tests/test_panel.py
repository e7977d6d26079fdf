"""The single neuron's page, driven in Chromium: its numbers are Python's."""

from __future__ import annotations

import json
import math
import re
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from matplotlib.collections import PathCollection

from autograd import OPS, Value, step
from autograd.view.palette import DARK, LIGHT
from autograd.view.scripts import modules_of
from nn import MLP, Neuron, Recorder, data, losses, plots, watch
from nn.neuron_panel import ASSETS, HEIGHT, PRESETS, panel
from nn.palette import CLASS_STYLES
from nn.theory import best_line

ONE_OPERAND = [op.name for op in OPS.values() if len(op.operands) == 1]


def expect(*args):
    from playwright import sync_api

    return sync_api.expect(*args)


def number(tab, selector):
    return float(tab.locator(selector).get_attribute("data-value").replace("Infinity", "inf"))


def gradient(tab, column):
    return [number(tab, f"[data-key='{j}.{column}']") for j in range(3)]


@pytest.fixture
def played(opened, stopped):
    """Opens a panel whose clock is stopped."""

    def open_(page, **options):
        tab = opened(page, **options)
        stopped(tab)
        return tab

    return open_


@pytest.fixture
def unfolded(opened):
    """Opens a panel, shows one sample number by number, and takes the loss of that sample."""

    def open_(page, **options):
        tab = opened(page, **options)
        unfold(tab)
        return tab

    return open_


def unfold(tab):
    tab.locator("summary").click()
    tab.locator("#over").select_option("one")


def choose(tab, activation):
    """By its button, or from the list of the others."""
    button = tab.locator(f"[data-activation='{activation}']")
    if button.count():
        button.click()
    else:
        tab.locator("#more").select_option(activation)


def slide(tab, name, value):
    tab.get_by_label(f"{name}, as a number").fill(str(value))


def unpainted(tab, do):
    """Do what takes many steps of training, and paint only where they end: painting is most of a step's work."""
    tab.evaluate("page.refresh = () => {}")
    do()
    tab.evaluate("delete page.refresh; page.refresh()")


def train(tab, steps):
    unpainted(tab, lambda: tab.evaluate(f"Array.from({{ length: {steps} }}, () => page.takeStep()).length"))


def neuron_of(activation, w1, w2, b):
    neuron = Neuron(2, activation=activation)
    for p, value in zip(neuron.parameters(), (w1, w2, b), strict=True):
        p.data = value
    return neuron


# ── the op table in JavaScript ──────────────────────────────────────────────


def test_no_op_is_written_in_the_assets():
    script = "".join(path.read_text() for path in modules_of(ASSETS / "panel.js", ASSETS / "watch.js"))
    named = set(re.findall(r'"(\w+)"', script)) & set(ONE_OPERAND)
    assert named <= {"step", "positive"}  # of the lecture's own numbers, and what the table calls linear


# ── the page ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_the_lectures_numbers(opened, name):
    tab = opened(panel(name))
    best = best_line(data.XOR.X, data.XOR.y)
    tab.locator("#lecture").click()
    numbers = [float(tab.get_by_label(f"{p}, as a number").input_value()) for p in ("w₁", "w₂", "b")]
    expected = {"and": (1, 1, -1.5), "or": (1, 1, -0.5), "xor": (*best.w, best.b)}[name]
    assert numbers == pytest.approx(expected, abs=0.01)  # as rounded in the box
    assert tab.locator("[data-activation=step]").get_attribute("aria-pressed") == "true"
    assert tab.locator("#score").text_content() == f"{3 if name == 'xor' else 4} of 4 right"


@pytest.mark.parametrize("name", ["and", "or"])
def test_it_opens_on_a_sigmoid_neuron_with_one_sample_wrong_and_the_first_move_shown(opened, name):
    tab = opened(panel(name))
    assert tab.locator("[data-activation=sigmoid]").get_attribute("aria-pressed") == "true"
    assert tab.locator("#score").text_content() == "3 of 4 right"
    assert tab.locator(".wrong").count() == 1 + 1  # in the plane, and in the legend
    assert tab.locator("figure polyline.next").count() == 1
    assert tab.locator(".surface line.next").count() == 1
    assert "is on the wrong side of the line" in tab.locator("#verdict").text_content()


@pytest.mark.parametrize("name", ["and", "or"])
def test_one_step_moves_the_line_lowers_the_loss_and_every_sample_is_right(opened, name):
    tab = opened(panel(name))
    line = tab.locator("figure polyline.boundary:not(.next)").first
    ahead, loss = tab.locator("figure polyline.next").get_attribute("points"), number(tab, "#loss")
    tab.locator("#descend").click()
    assert line.get_attribute("points") == ahead
    assert number(tab, "#loss") < 0.7 * loss
    assert tab.locator("#score").text_content() == "4 of 4 right"


def test_xor_says_that_no_line_does_better_and_two_lines_solve_it(opened):
    tab = opened(panel("xor"))
    tab.locator("#lecture").click()
    assert "Best single line: 3 of 4" in tab.locator("#verdict").text_content()
    tab.get_by_role("button", name="XOR with 3 neurons").click()
    tab.locator("#lecture").click()
    assert "h₁ is OR" in tab.locator("#verdict").text_content()
    assert tab.locator("#score").text_content() == "4 of 4 right"
    assert tab.locator("figure").first.locator(".boundary:not(.next)").count() == 2


def test_xors_network_learns_all_four_in_less_than_100_steps(opened):
    tab = opened(panel("xor"))
    tab.get_by_role("button", name="XOR with 3 neurons").click()
    assert tab.locator("#score").text_content() == "2 of 4 right"
    train(tab, 100)
    assert tab.locator("#score").text_content() == "4 of 4 right"
    assert number(tab, "#loss") < 0.03
    assert len(tab.locator(".surface .way").get_attribute("points").split()) == 101


def test_train_runs_and_pauses_and_goes_on_and_starts_again(played):
    tab = played(panel())
    start = number(tab, "#loss")
    tab.locator("#train").click()
    assert tab.locator("#train").text_content() == "Pause"
    tab.clock.run_for(1_000)
    tab.locator("#train").click()
    paused = number(tab, "#loss")
    assert paused < start / 2
    tab.clock.run_for(1_000)
    assert number(tab, "#loss") == paused
    tab.keyboard.press("ArrowRight")
    assert number(tab, "#loss") < paused
    tab.locator("#train").click()
    unpainted(tab, lambda: tab.clock.run_for(60_000))
    assert tab.locator("#train").text_content() == "Train"
    assert re.match(r"After \d+ steps .* every sample is on its side", tab.locator("#verdict").text_content())
    tab.locator("[aria-label='start again']").click()
    assert number(tab, "#loss") == start
    assert tab.locator(".surface .way").count() == 0


def test_a_single_neuron_on_xor_settles_and_says_so(played):
    tab = played(panel("xor"))
    tab.locator("#train").click()
    unpainted(tab, lambda: tab.clock.run_for(90_000))
    assert "Can one line do it?" in tab.locator("#verdict").text_content()
    assert number(tab, "#loss") == pytest.approx(0.125, abs=1e-3)  # h = ½ for every sample


def test_four_activations_have_a_button_and_the_lectures_others_a_list(opened):
    tab = opened(panel())
    assert tab.locator("[data-activation]").all_text_contents() == ["sigmoid", "tanh", "ReLU", "step"]
    assert tab.locator("#more option").all_text_contents() == [
        "more …", "LeakyReLU", "ELU", "GELU", "SiLU", "softplus", "identity",
    ]  # fmt: skip
    tab.locator("#more").select_option("positive")
    assert "identity" in tab.locator("figcaption").last.text_content()


def test_step_is_flat_and_says_so_and_sigmoid_learns(opened):
    tab = opened(panel("xor"))
    choose(tab, "step")
    assert gradient(tab, "all") == [0.0, 0.0, 0.0]
    assert "nothing can be learned through step" in tab.locator("#verdict").text_content()
    assert tab.locator("figure .next").count() == 0
    tab.locator("#descend").click()
    assert "nothing moved" in tab.locator("#verdict").text_content()
    choose(tab, "sigmoid")
    before = number(tab, "#loss")
    tab.locator("#descend").click()
    assert number(tab, "#loss") < before
    assert tab.locator("figure polyline.next").count() == 1


def test_the_plane_of_the_loss_is_pythons(opened):
    tab = opened(panel("and"))
    mine = tab.evaluate("[[0, 0], [3, -2]].map((w) => page.loss([{ w, b: -1.5 }]))")
    expected = [
        losses.mse([neuron_of("sigmoid", *w, -1.5)(x) for x in data.AND.X], data.AND.y).data for w in ([0, 0], [3, -2])
    ]
    assert mine == pytest.approx(expected, rel=1e-12)


def test_sliders_give_pythons_numbers(unfolded):
    tab = unfolded(panel("and"))
    choose(tab, "tanh")
    for name, value in {"x₁": 0.3, "x₂": -0.2, "w₁": 0.7, "w₂": -1.3, "b": 0.25}.items():
        slide(tab, name, value)
    tab.locator("#target").select_option("1")
    neuron = neuron_of("tanh", 0.7, -1.3, 0.25)
    h = neuron([0.3, -0.2])
    loss = losses.mse([h], [1])
    loss.backward()
    assert number(tab, "#z") == pytest.approx(h.parents[0].data, rel=1e-12)
    assert number(tab, "#h") == pytest.approx(h.data, rel=1e-12)
    assert number(tab, "#loss") == pytest.approx(loss.data, rel=1e-12)
    assert gradient(tab, "one") == pytest.approx([p.grad for p in neuron.parameters()], rel=1e-12)
    factors = [gradient(tab, column) for column in ("upstream", "slope", "input")]
    assert [math.prod(row) for row in zip(*factors, strict=True)] == pytest.approx(gradient(tab, "one"), rel=1e-12)


def test_a_step_on_all_samples_is_sgd_on_mse(opened):
    tab = opened(panel(neuron_of("sigmoid", 0.4, -0.6, 0.1), data.OR))
    slide(tab, "η", 1.5)
    neuron = neuron_of("sigmoid", 0.4, -0.6, 0.1)
    losses.mse([neuron(x) for x in data.OR.X], data.OR.y).backward()
    assert gradient(tab, "all") == pytest.approx([p.grad for p in neuron.parameters()], rel=1e-12)
    tab.locator("#descend").click()
    for p in neuron.parameters():
        p.data -= 1.5 * p.grad
    loss = losses.mse([neuron(x) for x in data.OR.X], data.OR.y)
    assert number(tab, "#loss") == pytest.approx(loss.data, rel=1e-12)


@pytest.mark.parametrize("picked", [0, 1, 2])
def test_the_networks_gradients_are_pythons(opened, picked):
    tab = opened(panel("xor"))
    tab.get_by_role("button", name="XOR with 3 neurons").click()
    tab.locator("#picked").select_option(str(picked))
    model = MLP([2, 2, 1], activation="sigmoid", output="sigmoid")
    for p, value in zip(model.parameters(), (2, 1, -1, 1, 2, -2, 2, -2, 0), strict=True):
        p.data = float(value)
    losses.mse([model(x) for x in data.XOR.X], data.XOR.y).backward()
    expected = [p.grad for p in model.parameters()][3 * picked : 3 * picked + 3]
    assert gradient(tab, "all") == pytest.approx(expected, rel=1e-12)


def arrow(tab, figure, name):
    """An arrow's start, and the way it goes: px to the right and up."""
    line = tab.locator("figure").nth(figure).locator(f"line.{name}")
    x1, y1, x2, y2 = (float(line.get_attribute(end)) for end in ("x1", "y1", "x2", "y2"))
    return (x1, y1), (x2 - x1, y1 - y2)


def parallel(a, b):
    """Do they go the same way?"""
    return sum(x * y for x, y in zip(a, b, strict=True)) == pytest.approx(math.hypot(*a) * math.hypot(*b))


def test_the_plane_shows_the_line_the_normal_and_the_line_after_a_step(opened):
    tab = opened(panel(neuron_of("tanh", 0.8, -1.2, 0.1), data.AND))
    neuron = neuron_of("tanh", 0.8, -1.2, 0.1)
    losses.mse([neuron(x) for x in data.AND.X], data.AND.y).backward()
    _, normal = arrow(tab, 0, "normal")
    assert parallel(normal, (0.8, -1.2))
    after = [p.data - 0.5 * p.grad for p in neuron.parameters()]  # 0.5 / max σ′²
    for (w1, w2, _), name in (((0.8, -1.2, 0.1), ".boundary:not(.next)"), (after, ".next")):
        points = tab.locator(f"figure polyline{name}").first.get_attribute("points").split()
        (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in points)
        assert (x1 - x0) * w1 + (y0 - y1) * w2 == pytest.approx(0.0, abs=0.1)  # px of a line of some thousand


def test_a_neuron_is_picked_in_its_boxes_and_its_weights_are_on_the_sliders(unfolded):
    tab = unfolded(panel("xor"))
    tab.get_by_role("button", name="XOR with 3 neurons").click()
    assert tab.locator("#picked").input_value() == "2"
    tab.locator(".flow .pickable").first.click()
    assert tab.locator("#picked").input_value() == "0"
    assert tab.get_by_label("w₁, as a number").input_value() == "2"


def test_the_curve_has_the_operating_point_and_its_tangent(opened):
    tab = opened(panel(neuron_of("tanh", 0.8, -1.2, 0.1), data.AND))
    tab.evaluate("page.change(() => page.chooseSample(3))")
    curve = tab.locator("details figure")
    (x0, y0), (x1, y1) = (map(float, p.split(",")) for p in curve.locator(".tangent").get_attribute("points").split())
    z = Value(0.8 - 1.2 + 0.1)
    z.tanh().backward()
    low, high = (float(t.replace("−", "-")) for t in curve.locator(".tick").all_text_contents()[3:5])
    slope = (y0 - y1) * (high - low) / ((x1 - x0) * 12)  # z goes from −6 to 6
    assert slope == pytest.approx(z.grad, rel=1e-3)
    ring = curve.locator("circle.now")
    assert float(ring.get_attribute("cx")) == pytest.approx((x0 + x1) / 2, abs=0.01)
    assert float(ring.get_attribute("cy")) == pytest.approx((y0 + y1) / 2, abs=0.01)


def test_the_flow_shows_sum_and_activation_of_every_neuron(opened):
    tab = opened(panel("xor"))
    tab.get_by_role("button", name="XOR with 3 neurons").click()
    tab.locator("#lecture").click()
    tab.evaluate("page.change(() => page.chooseSample(3))")
    said = tab.locator(".flow").get_attribute("aria-label")
    assert (
        said
        == "h₁: weighted sum 1.5, activation 1; h₂: weighted sum 0.5, activation 1; f: weighted sum −1.5, activation 0"
    )
    assert tab.locator(".flow line.plus").count() == 5
    assert tab.locator(".flow line.minus").count() == 1


def test_choosing_a_sample_moves_the_point(unfolded):
    tab = unfolded(panel("and"))
    tab.locator("#over").select_option("all")
    tab.locator("#sample").select_option("1")
    assert number(tab, "#z") == -0.5
    tab.locator("figure path.sample").last.click(force=True)
    assert number(tab, "#z") == 1.5
    loss = (1 / (1 + math.exp(-1.5)) - 1) ** 2 / 2
    assert f"L = {loss:.4g}" in tab.locator(".flow text").all_text_contents()  # of this sample, whatever is trained on
    slide(tab, "x₁", 0.25)
    assert tab.locator("#sample").input_value() == "-1"


def place(tab, x1, x2):
    """Where a point of the plane, from −0.25 to 1.25, is on the screen."""
    frame = tab.locator("figure").first.locator("rect.frame").bounding_box()
    return frame["x"] + frame["width"] * (x1 + 0.25) / 1.5, frame["y"] + frame["height"] * (1.25 - x2) / 1.5


def drag(tab, start, end):
    tab.mouse.move(*place(tab, *start))
    tab.mouse.down()
    tab.mouse.move(*place(tab, *end), steps=3)
    tab.mouse.up()


def parameters(tab):
    return tab.evaluate("[...page.neuron.w, page.neuron.b]")


def test_the_line_is_dragged_and_turned(opened):
    tab = opened(panel("and"))  # 2x₁ + x₂ = 1.5
    drag(tab, (0.45, 0.6), (0.7, 0.8))
    w1, w2, b = parameters(tab)
    assert (w1, w2) == (2, 1)
    assert 0.7 * w1 + 0.8 * w2 + b == pytest.approx(0.0, abs=0.02)  # it goes through the pointer
    assert tab.locator("#score").text_content() == "4 of 4 right"
    tip = tab.locator("figure .handle").bounding_box()
    tab.mouse.move(tip["x"] + tip["width"] / 2, tip["y"] + tip["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(tip["x"] + 20, tip["y"] - 80, steps=3)
    tab.mouse.up()
    w1, w2, b = parameters(tab)
    assert w2 > w1 > 0  # it points upward now
    assert math.hypot(w1, w2) == pytest.approx(math.sqrt(5))  # and is as long as it was


def test_the_weights_are_dragged_over_the_surface_of_the_loss(opened):
    tab = opened(panel("and"))
    before = parameters(tab)
    ball = tab.locator(".surface .ball").bounding_box()
    tab.mouse.move(ball["x"] + 5, ball["y"] + 5)
    tab.mouse.down()
    tab.mouse.move(ball["x"] + 45, ball["y"] + 5, steps=4)
    tab.mouse.up()
    w1, w2, b = parameters(tab)
    assert w1 - before[0] == pytest.approx(w2 - before[1])  # to the right is along both axes
    assert w1 > before[0]
    assert b == before[2]


def test_the_point_is_dragged_over_the_plane(unfolded):
    tab = unfolded(panel("and"))
    tab.mouse.move(*place(tab, 0.9, 0.55))
    tab.mouse.down()
    assert number(tab, "#z") == pytest.approx(1.8 + 0.55 - 1.5, abs=0.03)
    tab.mouse.move(*place(tab, 0.2, 0.9))
    assert float(tab.get_by_label("x₂, as a number").input_value()) == pytest.approx(0.9, abs=0.01)
    tab.mouse.move(*place(tab, 9, 9))
    assert tab.evaluate("page.x") == [1.25, 1.25]  # beyond the plane it stays
    tab.mouse.up()
    tab.mouse.move(*place(tab, 0.5, 0.5))
    assert tab.evaluate("page.x") == [1.25, 1.25]
    tab.mouse.move(*place(tab, 0.03, 0.97))  # near a corner
    tab.mouse.down()
    assert tab.locator("#sample").input_value() == "1"
    assert number(tab, "#z") == -0.5


def test_sliders_work_from_the_keyboard(opened):
    tab = opened(panel("and"))
    tab.get_by_label("w₁", exact=True).focus()
    tab.keyboard.press("ArrowRight")
    assert parameters(tab) == [2.05, 1, -1.5]


def test_a_point_outside_the_domain_is_said_not_drawn(opened):
    tab = opened(panel(neuron_of("log", 1, 1, -5)))
    assert "log needs x > 0" in tab.locator("#verdict").text_content()
    tab.locator("#descend").click()
    assert "no step was taken" in tab.locator("#verdict").text_content()
    assert tab.locator("#score").text_content() == "0 of 4 right"  # nan is no answer
    assert tab.locator("#loss").text_content() == "nan"


SHARED = """() => {
  const boxes = [...document.querySelectorAll('main button, main select, main input, main label, main svg text, main td')]
    .filter((e) => e.checkVisibility()).map((e) => [e, e.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return boxes.flatMap(([e, a], i) => boxes.slice(i + 1)
    .filter(([f, b]) => !e.contains(f) && !f.contains(e) && meet(a, b)).map(([f]) => `${e.outerHTML} ${f.outerHTML}`));
}"""


def has_room(tab, width: int) -> None:
    """Nothing overlaps or overflows; beyond a phone all is on one screen, and in a hall the type is large."""
    assert tab.evaluate(SHARED) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width > 390:
        assert tab.evaluate("document.documentElement.scrollHeight <= innerHeight")
    if width == 1920:
        assert tab.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > 22


@pytest.mark.parametrize(("width", "height"), [(390, 844), (845, 660), (1100, 900), (1920, 1080)])  # 845: in JupyterLab
def test_nothing_overlaps_or_overflows_and_a_projectors_type_is_large(opened, width, height):
    tab = opened(panel(), viewport={"width": width, "height": height})
    for preset in range(4) if width in (390, 1920) else (0, 3):
        tab.locator("nav button").nth(preset).click()
        for steps in (0, 100):
            train(tab, steps)
            has_room(tab, width)
            tab.locator("summary").click()
            assert tab.evaluate(SHARED) == []
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
            tab.locator("summary").click()


COVERED = """() => {
  const box = (e) => e.getBoundingClientRect();
  const within = (b, x, y) => b.left < x && x < b.right && b.top < y && y < b.bottom;
  return [...document.querySelectorAll(".plots figure:not(.surface)")].flatMap((figure) => {
    const labels = [...figure.querySelectorAll("text.name, text.side")];
    return [...figure.querySelectorAll("path.sample")].map(box).flatMap(({ x, y, width, height }) =>
      labels.filter((label) => within(box(label), x + width / 2, y + height / 2)).map((label) => label.textContent));
  });
}"""


def test_no_label_of_a_plane_stands_on_a_sample(opened):
    tab = opened(panel())
    for preset in range(4):
        tab.locator("nav button").nth(preset).click()
        assert tab.locator(".plots figure:not(.surface) path.sample").count() >= 4
        assert tab.locator(".plots figure:not(.surface) :is(text.name, text.side)").count() >= 2
        for more in (0, 1, 4, 25, 70, 50):  # after 0, 1, 5, 30, 100 and 150 steps
            train(tab, more)
            assert tab.evaluate(COVERED) == [], (preset, more)


def short_run():
    return Recorder(MLP([2, 2, 1], seed=0), data.XOR.X, data.XOR.y, loss="logistic")


def test_every_page_has_theme_text_size_full_screen_and_help(opened):
    recorder = Recorder(MLP([2, 2, 1], seed=0), data.XOR.X, data.XOR.y, loss="logistic")
    for page in (panel(), watch(recorder)):
        tab = opened(page)
        paper = lambda: tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")  # noqa: B023, E731
        size = lambda: tab.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")  # noqa: B023, E731
        before = paper(), size(), tab.locator("canvas").first.evaluate("(c) => c.toDataURL()")
        tab.get_by_role("button", name="light or dark").click()
        assert paper() == "rgb(15, 19, 24)"
        tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert tab.locator("canvas").first.evaluate("(c) => c.toDataURL()") != before[2]  # painted anew
        tab.get_by_role("button", name="larger text").click()
        assert size() == 1.25 * before[1]
        tab.get_by_role("button", name="full screen").click()
        expect(tab.locator(":root:fullscreen")).to_have_count(1)
        tab.get_by_role("button", name="full screen").click()
        tab.keyboard.press("?")
        assert tab.get_by_role("dialog", name="help").is_visible()
        tab.keyboard.press("Escape")
        assert tab.get_by_role("dialog", name="help").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme(opened, scheme):
    tab = opened(panel(), color_scheme=scheme)
    paper = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 19, 24)"}[scheme]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_class_looks_the_same_in_the_panel_in_watch_and_in_plots(opened, scheme):
    model = MLP([2, 2, 1], seed=0)
    recorder = Recorder(model, data.XOR.X, data.XOR.y, loss="logistic")
    fill = "(e) => getComputedStyle(e).fill.match(/\\d+/g).map((c) => c / 255)"
    with plots.style(dark=scheme == "dark"):
        ax = plots.decision_boundary(model, data.XOR.X, data.XOR.y, resolution=5)
    drawn = [dots for dots in ax.collections if isinstance(dots, PathCollection)]
    expected = [tuple(dots.get_facecolor()[0][:3]) for dots in drawn]
    for page in (panel("xor"), watch(recorder)):
        tab = opened(page, color_scheme=scheme)
        for k in (0, 1):
            marker = tab.locator(f"path.class{k}").first
            assert marker.evaluate(fill) == pytest.approx(expected[k]), page
            assert marker.get_attribute("d") == CLASS_STYLES[k].path


def test_text_colours_stand_out_by_4_5_to_1(contrast):
    assert "--descent: var(--input_line)" in (ASSETS / "page.css").read_text()
    for colours in (LIGHT, DARK):
        for name in ("text", "quiet", "plus", "minus", "input_line"):
            for ground in ("paper", "frame"):
                assert contrast(colours[name], colours[ground]) >= 4.5, f"{name} on {ground}"


def test_hostile_feature_names_are_only_shown(opened):
    names = ["</script><script>document.title = 'owned'</script>", '<img src=x onerror="document.title = 1">']
    tab = opened(panel(neuron_of("tanh", 1, 1, 0), data.AND._replace(features=names)))
    assert tab.title() == "A single neuron: Your neuron"
    assert tab.locator("img").count() == 0
    assert names[0] in tab.locator("figure").first.text_content()


def test_a_screen_reader_finds_presets_controls_pictures_and_numbers(opened):
    tab = opened(panel("and"))
    assert tab.get_by_role("navigation").aria_snapshot().splitlines() == [
        '- navigation "presets":', '  - button "AND" [pressed]', '  - button "OR"', '  - button "XOR"',
        '  - button "XOR with 3 neurons"',
    ]  # fmt: skip
    controls = tab.get_by_role("region", name="controls").aria_snapshot()
    for name, value in {"w₁": 2, "w₂": 1, "b": -1.5, "step size η": 8}.items():
        assert f'slider "{name}": "{value}"' in controls
        assert f'spinbutton "{name}, as a number": "{value}"' in controls
    snapshot = tab.locator("main").aria_snapshot()
    assert 'img "The input plane with 4 samples, 3 on the right side; the point is at (1, 0)"' in snapshot
    assert 'img "The loss over w₁ and w₂: 0.07457 at (2, 1)"' in snapshot
    unfold(tab)
    snapshot = tab.locator("main").aria_snapshot()
    assert 'img "h: weighted sum 0.5, activation 0.6225"' in snapshot
    assert 'img "sigmoid at z = 0.5: h = 0.6225, slope 0.235"' in snapshot
    assert 'row "∂L/∂w₂ = ∂L/∂h · σ′(z) · x₂ +0.6225 +0.235 0 0 ' in snapshot
    assert not re.search(r"- (slider|spinbutton|combobox|button|img)\s*$", snapshot, re.MULTILINE)


def test_a_notebook_shows_a_sandboxed_frame_with_a_picture_inside():
    html = panel()._repr_mimebundle_()["text/html"]
    assert html.startswith("<iframe srcdoc=")
    assert 'sandbox="allow-scripts"' in html
    assert html.count("<") == 5  # iframe, img, /iframe, script, /script: the page itself is escaped
    assert 'src="data:image/svg+xml;base64,' in html


def test_the_identity_is_found_by_each_of_its_names():
    for name in ("identity", "linear", "positive"):
        page = panel(Neuron(2, activation=name))
        assert page.data["presets"][0]["activation"] == "positive"


def test_the_static_picture_has_the_samples_and_the_line():
    root = ElementTree.fromstring(panel("and").picture)
    svg = "{http://www.w3.org/2000/svg}"
    (x0, y0), (x1, y1) = [
        map(float, point.split(",")) for point in next(root.iter(f"{svg}polyline")).get("points").split()
    ]
    assert (y1 - y0) == pytest.approx(2 * (x1 - x0))  # 2x₁ + x₂ = 1.5 falls by 2 in 1
    corners = [(path.get("d"), path.get("class")) for path in root.iter(f"{svg}path")]
    assert corners == [(CLASS_STYLES[k].path, f"class-{k}") for k in data.AND.y]
    assert all(f".class-{k}{{fill:{CLASS_STYLES[k].light}}}" in panel("and").picture for k in (0, 1))
    assert next(root.iter(f"{svg}text")).text == "AND: h = sigmoid(2·x₁ + 1·x₂ − 1.5)"
    assert ' points=""' in panel(neuron_of("tanh", 0, 0, 1)).picture


@pytest.mark.parametrize("system", ["light", "dark"])
def test_frames_follow_the_notebooks_theme_and_its_changes(tab, tmp_path, system):
    x = Value(2.0, label="x")
    recorder = Recorder(MLP([2, 2, 1], seed=0), data.XOR.X, data.XOR.y, loss="logistic")
    pages = [panel(), watch(recorder), step(x * x)]
    frames = "".join(f"<div>{page._repr_html_()}</div>" for page in pages)
    host = f"<!DOCTYPE html><html style='color-scheme:dark'><meta charset=utf-8><body>{frames}</body>"
    (tmp_path / "host.html").write_text(host, encoding="utf-8")
    page = tab(color_scheme=system)
    page.goto((tmp_path / "host.html").as_uri())
    for theme, paper in {"dark": "rgb(15, 19, 24)", "light": "rgb(255, 255, 255)"}.items():
        page.evaluate(f"document.documentElement.style.colorScheme = '{theme}'")
        for i in range(len(pages)):
            shown = page.locator("iframe").nth(i).content_frame.locator(".cg")
            expect(shown).to_have_css("background-color", paper)


def test_in_marimo_a_frame_has_no_script_beside_it_and_the_theme_of_the_notebook(tab, monkeypatch):
    x = Value(2.0, label="x")
    page = tab(color_scheme="light")
    for theme, paper in {"dark": "rgb(15, 19, 24)", "light": "rgb(255, 255, 255)"}.items():
        marimo = SimpleNamespace(app_meta=lambda theme=theme: SimpleNamespace(theme=theme))
        monkeypatch.setitem(sys.modules, "marimo", marimo)
        (panel_kind, panel_html), (_, player_html) = panel()._mime_(), step(x * x)._mime_()
        assert panel_kind == "text/html"
        assert panel_html.endswith("</iframe>")
        page.set_content(panel_html + player_html)
        for i in range(2):
            shown = page.locator("iframe").nth(i).content_frame.locator(".cg")
            expect(shown).to_have_css("background-color", paper)


def framed(tab, tmp_path, page, beside=True, **options):
    """A page with this page's frame in it, with the script beside it or without; and the frame's contents."""
    html = page._repr_html_() if beside else page._repr_html_().partition("<script>")[0]
    (tmp_path / "host.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", encoding="utf-8")
    host = tab(**options)
    host.goto((tmp_path / "host.html").as_uri())
    return host, host.frame_locator("iframe")


@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("make", [panel, lambda: watch(short_run()), lambda: step(Value(2.0, label="x").exp())])
def test_a_frame_is_as_high_as_its_page_and_neither_grows_for_ever(tab, tmp_path, make, width):
    host, frame = framed(tab, tmp_path, make(), viewport={"width": width, "height": 700})
    height = lambda: host.locator("iframe").bounding_box()["height"]  # noqa: E731
    fits = lambda: expect(frame.locator("html")).to_have_js_property("scrollHeight", round(height()))  # noqa: E731
    frame.locator(".tools").wait_for()
    host.wait_for_timeout(300)
    fits()
    before = height()
    if not frame.locator("summary").count():
        return
    frame.locator("summary").click()
    host.wait_for_timeout(300)
    fits()
    assert before + 100 < height() < before + 1500
    frame.locator("summary").click()
    host.wait_for_timeout(300)
    assert height() == before


def test_a_frame_without_the_script_beside_it_keeps_its_height(tab, tmp_path):
    host, frame = framed(tab, tmp_path, panel(), beside=False)
    frame.locator("summary").click()
    host.wait_for_timeout(300)
    assert host.locator("iframe").bounding_box()["height"] == HEIGHT


def test_a_finger_that_swipes_over_a_page_scrolls_and_changes_nothing(tab, tmp_path, touching):
    host, frame = framed(tab, tmp_path, panel(), has_touch=True, viewport={"width": 390, "height": 600})
    frame.locator("summary").click()
    numbers = lambda: [box.input_value() for box in frame.locator("input[type=number]").all()]  # noqa: E731
    before, touch = numbers(), touching(host)
    for place in (".plots .stage >> nth=0", ".plots .stage >> nth=1"):
        frame.locator(place).scroll_into_view_if_needed()
        box = frame.locator(place).bounding_box()
        x, y = box["x"] + 0.2 * box["width"], min(560, box["y"] + 0.9 * box["height"])
        scrolled = host.evaluate("scrollY")
        touch("touchStart", (x, y))
        for k in range(1, 8):
            touch("touchMove", (x, y - 12 * k))
        touch("touchEnd")
        host.wait_for_function(f"scrollY > {scrolled} + 40")
        assert numbers() == before
    frame.locator(".plots .stage").first.scroll_into_view_if_needed()
    frame.locator(".plots .stage").first.tap(position={"x": 100, "y": 250})
    assert numbers() != before  # a tap is meant


def test_the_frame_works_in_a_page(tab, tmp_path):
    _, frame = framed(tab, tmp_path, panel())
    frame.locator("#descend").click()
    assert frame.locator("#score").text_content() == "4 of 4 right"


def test_the_json_is_finite_and_cannot_end_its_script():
    text = panel().html.split('id="data">')[1].split("</script>")[0]
    assert "<" not in text
    json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((Neuron(3),), "needs 2 inputs; this one has 3"),
        ((Neuron(2, activation=lambda z: z * z),), "rows of the op table"),
        (("nand",), "and, or, xor; got 'nand'"),
        (("and", data.OR), "go with a Neuron"),
        ((neuron_of("tanh", math.nan, 0, 0),), "finite weights"),
        ((Neuron(2), data.AND._replace(y=[0, 1, 2, 1])), "classes 0 and 1"),
        ((Neuron(2), data.AND._replace(X=[[math.inf, 0.0]] * 4)), "two finite numbers"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        panel(*arguments)


def test_a_page_is_saved_as_html_only(tmp_path):
    with pytest.raises(ValueError, match=r"saved as \.html"):
        panel().save(tmp_path / "panel.pdf")
    with pytest.raises(OSError, match="no such folder"):
        panel().save(tmp_path / "nowhere" / "panel.html")
    assert list(tmp_path.iterdir()) == []


def test_a_note_speaks_only_of_the_numbers_it_was_written_for(opened):
    tab = opened(panel())
    tab.locator("#lecture").click()
    assert "The line separates (1, 1)" in tab.locator("#verdict").text_content()
    slide(tab, "b", 1)
    assert "The line separates" not in tab.locator("#verdict").text_content()


def test_the_plane_says_where_its_line_is_not_its_border(opened):
    tab = opened(panel())
    caption = tab.locator(".plots figcaption").first
    for activation, apart in {"sigmoid": False, "relu": True, "tanh": True, "step": False}.items():
        choose(tab, activation)
        assert ("z = 0" in caption.text_content()) == apart, (
            activation
        )  # σ(0) is ½ for the sigmoid, 0 for relu and tanh
