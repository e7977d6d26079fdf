"""The pages in JupyterLab and in Notebook 7: run there, or in a notebook that is not trusted."""

from __future__ import annotations

import pytest
from test_panel import number

from autograd import step
from nn import MLP, data, panel, playground, watch
from nn.recorder import Recorder

expect = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'chalkgrad[browser]'").expect

CELLS = {
    "panel": 'from nn import panel\npanel("xor")',
    "run": """from nn import MLP, Recorder, data, fit, watch
model = MLP([2, 4, 1], activation="tanh", seed=1)
recorder = Recorder(model, data.XOR.X, data.XOR.y, loss="logistic")
fit(model, data.XOR.X, data.XOR.y, loss="logistic", epochs=10, on_step=recorder)
watch(recorder)""",
    "player": """from autograd import Value, step
w = Value(2.0, label="w")
z = w * 3.0
L = z * w
z.label, L.label = "z", "L"
step(L)""",
    "widget": "live = step(L, live=True)\nlive",
    "time": "live.time = 9",
    "playground": 'from nn import playground\nplayground(data="xor")',
}


def what_shows(page, cell):
    return page.locator(".jp-CodeCell").nth(list(CELLS).index(cell)).locator("iframe[srcdoc]")


def the_panel_keeps_its_keys(page):
    frame = what_shows(page, "panel").content_frame
    frame.get_by_label("w₁", exact=True).click()  # in the middle, where w₁ = 0
    w1 = frame.get_by_label("w₁, as a number")
    before = float(w1.input_value())
    assert before == pytest.approx(0.0, abs=0.2)
    page.keyboard.press("ArrowRight")  # moves the slider, not the notebook's cell
    page.keyboard.press("ArrowRight")
    assert float(w1.input_value()) == pytest.approx(before + 0.1)
    frame.get_by_role("button", name="XOR with 3 neurons").click()
    frame.locator("#lecture").click()
    assert frame.locator("#score").text_content() == "4 of 4 right"
    frame.locator("summary").click()
    page.wait_for_timeout(500)
    assert what_shows(page, "panel").bounding_box()["height"] > 800  # the frame takes the height that it needs
    assert frame.locator("html").evaluate("(e) => e.scrollHeight <= innerHeight")


def the_run_keeps_its_keys(page):
    frame = what_shows(page, "run").content_frame
    assert number(frame, ".clock") == 0
    frame.locator("[aria-label='first snapshot']").click()
    frame.locator("h1").click()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert number(frame, ".clock") == 2
    frame.locator("[aria-label='snapshot']").click()  # in the middle
    assert number(frame, ".clock") == 5
    page.keyboard.press("ArrowRight")
    assert number(frame, ".clock") == 6


def the_player_and_the_widget_play(page):
    frame = what_shows(page, "player").content_frame
    frame.locator(".stage").click(position={"x": 5, "y": 5})
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(frame.locator(".sentence")).to_have_text("Forward: z = w·3 = 2 · 3 = 6.")
    live = page.locator(".jp-OutputArea-output .cg-player")
    expect(live.locator(".clock")).to_have_text("9 / 12")  # as Python set it
    live.scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)  # else Chromium still sends the click to the frame that was there
    live.get_by_role("button", name="one step forward").click()
    page.keyboard.press("ArrowRight")  # not swallowed by the notebook
    expect(live.locator(".clock")).to_have_text("11 / 12")


def a_sample_opens_in_the_frame_of_the_playground(page):
    frame = what_shows(page, "playground").content_frame
    frame.get_by_role("button", name="its loss as a graph of numbers").click()
    frame.get_by_role("button", name="to the end").click()
    player = frame.locator(".cg-player")
    assert player.locator(".sentence").text_content().startswith("Done: every node was visited once")
    assert player.bounding_box()["height"] <= what_shows(page, "playground").bounding_box()["height"]
    player.press("Escape")
    frame.locator(".playground-page").wait_for()


def choose(page, theme):
    page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
    for words in ("Theme", theme):
        item = page.locator(".lm-Menu-itemLabel").get_by_text(words, exact=True)
        item.wait_for()
        item.dispatch_event("mousemove")
        item.click()


def the_theme_is_followed(page):
    ground = what_shows(page, "panel").content_frame.locator(".cg")
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")
    choose(page, "JupyterLab Dark")
    expect(ground).to_have_css("background-color", "rgb(15, 19, 24)")
    choose(page, "JupyterLab Light")
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")


def test_in_jupyterlab_every_page_runs_keeps_its_keys_and_follows_the_theme(notebook):
    page = notebook("lab", list(CELLS.values()))
    the_panel_keeps_its_keys(page)
    the_run_keeps_its_keys(page)
    the_player_and_the_widget_play(page)
    a_sample_opens_in_the_frame_of_the_playground(page)
    the_theme_is_followed(page)


def test_in_notebook_7_every_page_runs_and_keeps_its_keys(notebook):
    page = notebook("notebooks", list(CELLS.values())[:-1])
    the_panel_keeps_its_keys(page)
    the_run_keeps_its_keys(page)
    the_player_and_the_widget_play(page)


def test_an_untrusted_notebook_shows_a_picture_of_each_page(notebook):
    names: dict = {}
    exec(CELLS["player"], names)
    recorder = Recorder(MLP([2, 2, 1], seed=0), data.XOR.X, data.XOR.y, loss="logistic")
    pages = [panel("xor"), watch(recorder), step(names["L"]), playground(data="xor")]
    page = notebook("lab", [""] * len(pages), {i: one._repr_mimebundle_() for i, one in enumerate(pages)})
    pictures = page.locator(".jp-OutputArea-output img")
    pictures.nth(len(pages) - 1).wait_for()
    assert page.locator(".jp-OutputArea-output iframe[srcdoc]").count() == 0
    assert pictures.count() == len(pages)
    widths = pictures.evaluate_all("(all) => Promise.all(all.map((i) => i.decode().then(() => i.naturalWidth)))")
    assert widths[:2] == [400, 600]
    assert min(widths[2:]) > 200
    assert pictures.first.get_attribute("alt") == "A single neuron: XOR"
