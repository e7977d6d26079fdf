"""Watching training: what is recorded, and the page that shows it, driven in Chromium."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from test_panel import has_room, number

from autograd import Value
from nn import MLP, SGD, Adam, confusion_matrix, data, fit, measure, panel
from nn.metrics import predictions
from nn.recorder import Recorder
from nn.train import evaluate
from nn.training_page import BINS, NUMBERS, watch


def recorded(
    sizes=(2, 4, 1), activation="tanh", samples=data.XOR, loss="logistic", epochs=20, snapshots=60, **settings
):
    model = MLP(list(sizes), activation=activation, seed=1)
    recorder = Recorder(model, samples.X, samples.y, loss=loss, snapshots=snapshots)
    fit(model, samples.X, samples.y, loss=loss, epochs=epochs, on_step=recorder)
    return recorder


# ── recording ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("steps", [1, 2, 7, 8, 9, 100, 1000])
def test_snapshots_are_few_and_evenly_spaced_and_end_with_the_run(steps):
    model = MLP([2, 1, 1], seed=0)
    recorder = Recorder(model, data.XOR.X, data.XOR.y, loss="logistic", snapshots=8)
    for _ in range(steps):
        recorder(None)
    taken = [shot.step for shot in recorder.snapshots]
    assert len(taken) <= 8
    assert (taken[0], taken[-1]) == (0, steps)
    assert len(set(np.diff(taken[:-1]).tolist())) <= 1


def test_a_snapshot_holds_the_parameters_of_its_moment():
    recorder = recorded(epochs=5)
    model = MLP([2, 4, 1], activation="tanh", seed=1)
    for shot in recorder.snapshots:
        assert shot.parameters == [p.data for p in model.parameters()]
        fit(model, data.XOR.X, data.XOR.y, loss="logistic", epochs=1)


def test_the_update_ratio_is_the_rate_times_gradient_over_weight_for_sgd():
    model = MLP([2, 3, 1], activation="tanh", seed=2)
    recorder = Recorder(model, data.XOR.X, data.XOR.y, loss="logistic")
    before = [p.data for p in model.layers[0].parameters()]
    fit(
        model,
        data.XOR.X,
        data.XOR.y,
        loss="logistic",
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=1,
        on_step=recorder,
    )
    gradient = [p.grad for p in model.layers[0].parameters()]
    assert recorder.snapshots[-1].update_ratios[0] == pytest.approx(0.1 * math.hypot(*gradient) / math.hypot(*before))


def test_recording_leaves_training_as_it_was():
    plain = MLP([2, 4, 1], activation="tanh", seed=1)
    fit(plain, data.XOR.X, data.XOR.y, loss="logistic", epochs=20)
    recorder = recorded(epochs=20)
    watch(recorder)
    assert [p.data for p in recorder.model.parameters()] == [p.data for p in plain.parameters()]
    assert [p.grad for p in recorder.model.parameters()] == [p.grad for p in plain.parameters()]


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((lambda x: x, [[0.0]], [0]), TypeError, "only an MLP can be watched"),
        ((MLP([3, 1]), data.XOR.X, data.XOR.y), ValueError, "samples of 3 numbers"),
        ((MLP([2, 1]), data.XOR.X, [0]), ValueError, "got 4 rows of X and 1 of y"),
        ((MLP([2, 1]), [[math.nan, 0.0]], [0]), ValueError, "finite samples"),
        ((MLP([2, 2, 1], activation=lambda z: z * z), data.XOR.X, data.XOR.y), ValueError, "rows of the op table"),
    ],
)
def test_what_cannot_be_watched_is_said(arguments, error, said):
    with pytest.raises(error, match=re.escape(said)):
        Recorder(*arguments, loss="logistic")


def test_records_without_snapshots_say_what_to_do():
    run = fit(MLP([2, 1]), data.XOR.X, data.XOR.y, loss="logistic", epochs=1)
    with pytest.raises(TypeError, match="pass it to fit as on_step"):
        watch(run)
    with pytest.raises(ValueError, match="2 snapshots or more"):
        Recorder(MLP([2, 1]), data.XOR.X, data.XOR.y, loss="logistic", snapshots=1)


# ── the page's data ─────────────────────────────────────────────────────────


def test_histograms_count_every_activation_and_every_delta():
    recorder = recorded(sizes=(2, 5, 1))
    shot = watch(recorder).data["snapshots"][-1]
    values = measure.layer_values(recorder.model, data.XOR.X, data.XOR.y, "logistic")
    for layer, found in zip(shot["layers"], values, strict=True):
        assert len(layer["h"]) == BINS
        assert sum(layer["h"]) == found.h.size
        assert sum(layer["delta"]) + round(layer["zero"] * found.delta.size) == found.delta.size


def test_dead_and_saturated_shares_are_those_of_measure():
    recorder = recorded(activation="relu", sizes=(2, 8, 1))
    shot = watch(recorder).data["snapshots"][-1]
    assert shot["layers"][0]["flat"] == measure.flat_shares(recorder.model, data.XOR.X)[0]
    assert shot["layers"][1]["flat"] is None


def test_a_large_network_gives_a_page_below_2_mb():
    model = MLP([2, 64, 64, 1], activation="tanh", seed=0)
    recorder = Recorder(model, data.XOR.X, data.XOR.y, loss="logistic")
    for _ in range(59):
        for p in model.parameters():
            p.data += 1 / 3
        recorder(None)
    recorder.records.clear()
    page = watch(recorder)
    assert sum(len(shot["parameters"]) for shot in page.data["snapshots"]) <= NUMBERS
    assert page.data["snapshots"][-1]["step"] == 59
    assert len(page.html) < 2_000_000


@pytest.mark.slow
def test_a_network_too_large_for_maps_says_so():
    recorder = Recorder(MLP([2, 220, 190, 1], init=0.0), data.XOR.X, data.XOR.y, loss="logistic")
    page = watch(recorder)
    assert page.data["without_maps"] == "Networks are drawn up to 40,000 parameters; this network has 42,841."
    assert len(page.html) < 2_000_000


def test_the_page_is_the_same_in_every_run():
    assert watch(recorded()).html == watch(recorded()).html


# ── the page ────────────────────────────────────────────────────────────────


def test_buttons_keys_and_slider_move_through_the_run(opened):
    recorder = recorded(epochs=10)
    tab = opened(watch(recorder))
    assert number(tab, ".clock") == 0
    tab.locator("[aria-label='last snapshot']").click()
    assert number(tab, ".clock") == 10
    assert re.fullmatch(r"step 10; at step 9 the loss was 0\.\d+", tab.locator(".clock").text_content())
    tab.locator("[aria-label='first snapshot']").click()
    assert number(tab, ".clock") == 0
    tab.locator("[aria-label='one snapshot forward']").click()
    tab.locator("[aria-label='one snapshot forward']").click()
    tab.locator("[aria-label='one snapshot back']").click()
    assert number(tab, ".clock") == 1
    tab.locator("h1").click()
    tab.keyboard.press("ArrowRight")
    assert number(tab, ".clock") == 2
    tab.keyboard.press("Home")
    assert number(tab, ".clock") == 0
    tab.keyboard.press("End")
    assert number(tab, ".clock") == 10
    tab.locator("[aria-label='snapshot']").fill("4")
    assert number(tab, ".clock") == 4
    shot = next(shot for shot in recorder.snapshots if shot.step == 4)
    for p, w in zip(recorder.model.parameters(), shot.parameters, strict=True):
        p.data = w
    loss, _ = evaluate(recorder.model, data.XOR.X, data.XOR.y, "logistic")  # of the network that the page shows
    assert tab.locator(".clock").text_content() == f"step 4, loss {loss:.4g}"
    tab.locator("[aria-label='last snapshot']").click()
    assert number(tab, ".clock") == 10


def test_play_runs_to_the_end_and_stops(opened, stopped):
    tab = opened(watch(recorded(epochs=3)))
    stopped(tab)
    tab.locator("[aria-label='play or pause']").click()
    assert number(tab, ".clock") == 0
    assert tab.locator("[aria-label='play or pause']").text_content() == "Pause"
    tab.clock.run_for(10_000)
    assert tab.locator("[aria-label='play or pause']").text_content() == "Play"
    assert number(tab, ".clock") == 3


def test_every_snapshot_shows_its_own_numbers_and_picture(opened):
    recorder = recorded(epochs=30)
    tab, shots = opened(watch(recorder)), recorder.snapshots
    seen = set()
    for i in (0, 10, 30):
        tab.locator("[aria-label='snapshot']").fill(str(i))
        assert number(tab, "[data-key='0.ratio']") == shots[i].update_ratios[0]
        maps = tab.evaluate("[...document.querySelectorAll('canvas')].map((c) => c.toDataURL()).join()")
        counts = tab.locator(".bars").first.get_attribute("data-counts")
        seen.add((maps, counts))
    assert len(seen) == 3


@pytest.mark.parametrize(("sizes", "samples", "loss"), [((2, 4, 3, 1), data.moons(30), "logistic"), ((2, 5, 3), data.spiral(30, classes=3), "cross_entropy")])  # fmt: skip
def test_the_pages_network_is_pythons(opened, sizes, samples, loss):
    recorder = recorded(sizes=sizes, samples=samples, loss=loss, epochs=3)
    tab = opened(watch(recorder))
    tab.locator("[aria-label='snapshot']").fill("3")
    mine = tab.evaluate("page.data.X.map((x) => page.compute(x).at(-1))")
    outputs = [f if isinstance(f := recorder.model(x), list) else [f] for x in samples.X]
    expected = [[v.data for v in f] for f in outputs]
    assert np.allclose(mine, expected, rtol=1e-12, atol=1e-12)


def test_there_is_a_map_for_every_hidden_neuron(opened):
    tab = opened(watch(recorded(sizes=(2, 4, 3, 1))))
    assert tab.locator(".network figure").count() == 7
    assert tab.locator(".network .glyph").count() >= 7


def test_edges_are_the_weights_by_sign_and_width(opened):
    recorder = recorded(sizes=(2, 4, 1))
    tab = opened(watch(recorder))
    tab.keyboard.press("End")
    edges = tab.locator(".network line").evaluate_all(
        "(all) => all.map((e) => [e.getAttribute('class'), parseFloat(e.style.strokeWidth)])"
    )
    weights = [w.data for neuron in recorder.model.layers[0].neurons for w in neuron.w]
    assert [name for name, _ in edges[:8]] == ["plus" if w > 0 else "minus" for w in weights]
    widths = [width for _, width in edges[:8]]
    assert np.corrcoef(widths, np.abs(weights))[0, 1] == pytest.approx(1.0, abs=1e-3)
    assert len(edges) == 8 + 4


def test_diagnostics_are_one_click_away(opened):
    tab = opened(watch(recorded()))
    assert tab.locator(".bars").first.is_hidden()
    tab.get_by_text("Diagnostics").click()
    assert tab.locator(".bars").first.is_visible()
    ends = tab.locator(".layers tr").nth(1).locator(".span span")
    shown = [float(text.replace("−", "-")) for text in ends.all_text_contents()]
    assert 0 < shown[2] < shown[3]  # |δ| itself, not its logarithm


def test_more_than_two_inputs_show_samples_the_confusion_matrix_and_a_samples_way(opened):
    samples = data.spiral(30, classes=3)._replace(X=[[*x, 1.0] for x in data.spiral(30, classes=3).X])
    recorder = recorded(sizes=(3, 4, 3), samples=samples, loss="cross_entropy")
    tab = opened(watch(recorder, classes=["a", "b", "c"]))
    tab.keyboard.press("End")
    said = predictions([recorder.model(x) for x in samples.X])
    wrong = [k != y for k, y in zip(said, samples.y, strict=True)]
    buttons = tab.locator(".samples button")
    assert buttons.evaluate_all("(all) => all.map((e) => e.classList.contains('mistaken'))") == wrong
    cells = [int(c.replace("·", "0")) for c in tab.locator(".confusion td").all_text_contents()]
    assert cells == np.ravel(confusion_matrix(said, samples.y, 3)).tolist()
    assert tab.locator(".score").text_content() == f"{30 - sum(wrong)} of 30 right"
    buttons.nth(7).click()
    assert tab.locator(".chosen").text_content().startswith("Sample 8, ")
    assert "It is a" in tab.locator(".chosen").text_content()
    h = recorder.model.layers[0](samples.X[7])[1].data
    title = tab.locator(".network .neuron").nth(3 + 1).locator("title").text_content()
    assert float(title.split(" = ")[1].replace("−", "-")) == pytest.approx(h, rel=5e-3)
    assert tab.locator("canvas").count() == 0


def test_the_loss_curve_has_its_numbers_and_a_cursor_at_the_step(opened):
    recorder = recorded(epochs=10)
    tab = opened(watch(recorder))
    tab.locator("[aria-label='snapshot']").fill("5")
    assert float(tab.locator(".cursor").get_attribute("x1")) == pytest.approx(320)
    losses = [record.loss for record in recorder.records]
    assert [f"{loss:.2g}" for loss in (max(losses), min(losses))] == tab.locator("svg.wide .tick").all_text_contents()[
        2:
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_are_painted_in_the_colours_of_the_scheme(opened, scheme):
    tab = opened(watch(recorded(), classes=["no", "yes"]), color_scheme=scheme)
    assert tab.evaluate("colour('paper')") == {"light": [255, 255, 255], "dark": [15, 19, 24]}[scheme]
    assert tab.locator(".legend li").all_text_contents() == [" no", " yes"]


@pytest.mark.parametrize("sizes", [(2, 8, 8, 1), (5, 6, 1), (64, 32, 10)])
def test_a_run_has_room_and_a_projectors_type_is_large(opened, sizes):
    samples = data.XOR._replace(X=[[*x, *[1.0] * 62][: sizes[0]] for x in data.XOR.X])
    loss = "logistic" if sizes[-1] == 1 else "cross_entropy"
    tab = opened(watch(recorded(sizes=sizes, samples=samples, loss=loss, epochs=2)))
    for width, height in [(390, 844), (845, 660), (1100, 900), (1920, 1080)]:  # 845: in JupyterLab
        tab.set_viewport_size({"width": width, "height": height})
        tab.reload()
        has_room(tab, width)
        tab.get_by_text("Diagnostics").click()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_update_ratio_is_drawn_over_the_run_on_one_scale(opened):
    recorder = recorded(epochs=10)
    tab = opened(watch(recorder))
    tab.locator("[aria-label='snapshot']").fill("4")
    ratios = [math.log10(shot.update_ratios[0]) for shot in recorder.snapshots[1:]]  # the first took no step
    points = [
        list(map(float, p.split(","))) for p in tab.locator(".path polyline").first.get_attribute("points").split()
    ]
    heights = [-y for _, y in points]
    assert np.corrcoef(ratios, heights)[0, 1] == pytest.approx(1.0)
    dots = tab.locator(".path circle")
    assert [float(dots.first.get_attribute(c)) for c in ("cx", "cy")] == pytest.approx(points[3])
    tab.locator("[aria-label='first snapshot']").click()
    assert dots.first.get_attribute("visibility") == "hidden"


def test_a_screen_reader_finds_controls_maps_and_numbers(opened):
    tab = opened(watch(recorded(epochs=10)))
    tab.get_by_text("Diagnostics").click()
    tab.keyboard.press("End")
    snapshot = tab.locator("main").aria_snapshot().replace("'", "")  # quotes around what has a colon
    for line in (
        '- heading "Watching MLP 2-4-1 learn: 10 steps" [level=1]', '- button "first snapshot": "|◀"', '- button "one snapshot back": ◀',
        '- button "play or pause": Play', '- button "one snapshot forward": ▶', '- button "last snapshot": ▶|', '- slider "snapshot": "10"',
        '- img "loss of the batch by step"', '- img "Decision boundary after 10 steps, with 4 samples"', '- img "The network after 10 steps, its weights as edges"',
    ):  # fmt: skip
        assert line in snapshot
    assert re.search(r"- status: step 10; at step 9 the loss was 0\.\d+", snapshot)
    assert len(re.findall(r'- img "Neuron \d of layer 1: up to [\d.]+ in size"', snapshot)) == 4
    assert len(re.findall(r'- img "histogram of .* of layer \d: \d+ numbers from .* to .*"', snapshot)) == 4
    assert 'columnheader "‖Δw‖/‖w‖"' in snapshot
    assert not re.search(r"- (slider|button|img)\s*$", snapshot, re.MULTILINE)


def test_hostile_class_names_are_only_shown(opened):
    names = [
        "</script><script>document.title = 'owned'</script>",
        '"><img src=x onerror="document.title = 1">\u202e' + "x" * 10_000,
    ]
    tab = opened(watch(recorded(), classes=names))
    assert tab.title().startswith("Watching MLP")
    assert tab.locator("img").count() == 0
    assert names[0] in tab.locator(".legend").text_content()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_run_without_steps_is_shown_as_it_starts(opened):
    recorder = Recorder(MLP([2, 2, 1], seed=0), data.XOR.X, data.XOR.y, loss="logistic")
    tab = opened(watch(recorder))
    assert number(tab, ".clock") == 0


def test_labels_of_hinge_are_classes(opened):
    samples = data.XOR._replace(y=[-1, 1, 1, -1])
    tab = opened(watch(recorded(samples=samples, loss="hinge")))
    assert tab.locator(".sample.class0").count() == tab.locator(".sample.class1").count() == 2


def test_arrays_are_fine():
    model = MLP([2, 2, 1], seed=0)
    X, y = np.array(data.XOR.X), np.array(data.XOR.y)
    recorder = Recorder(model, X, y, loss="logistic")
    fit(model, X, y, loss="logistic", optimizer=Adam(model.parameters()), epochs=2, on_step=recorder)
    assert "Watching MLP 2-2-1 learn: 2 steps" in watch(recorder).html
    assert isinstance(model.parameters()[0], Value)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_static_pictures_are_light_or_dark_as_the_page_around_them(tab, contrast, scheme):
    page = tab(color_scheme=scheme)
    colours = {}
    for name, svg in {"panel": panel("and").picture, "training": watch(recorded()).picture}.items():
        page.set_content(svg)
        colours[name] = page.evaluate(
            """() => ["rect.paper", "text", "polyline"].map((what) => {
                const style = getComputedStyle(document.querySelector(what));
                return what === "polyline" ? style.stroke : style.fill;
            })"""
        )
    for paper, text, line in colours.values():
        assert (contrast(paper, "#ffffff") < 1.1) == (scheme == "light")
        assert contrast(text, paper) > 7
        assert contrast(line, paper) > 3
