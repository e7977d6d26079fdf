"""The player as something to give on: links to a moment, the notes of a talk, a handout; and its parts, linked; the flow of the gradient."""

from __future__ import annotations

import re
from urllib.parse import unquote

import numpy as np
import pytest
from test_player import HALL, clock, diamond, network, press, said

from autograd import Value, recording, step
from autograd.view.scene import stroke
from nn import MLP


def notice(page) -> str:
    return page.locator(".notice span").text_content()


def test_a_link_opens_where_it_was_copied_and_the_page_obeys_another_one(opened, tab, tmp_path):
    page = opened(step(diamond(), update=0.1))
    address = page.url
    page.evaluate("location.hash = '#t=10&predict&w=0.5'")
    page.wait_for_function("page.time === 10")
    assert said(page).startswith("z passes its gradient on to w: ∂L/∂z = 0.5, and ∂L/∂w was 1.5.")  # L = 3 w²
    page.evaluate("location.hash = '#t=12&predict&mistake=assign&node=z&w=0.5'")
    page.wait_for_function("page.pass.mistake === 'assign'")
    assert (clock(page), page.get_by_label("mistake").input_value()) == (12, "assign")
    assert page.evaluate("page.ui.predictOn.checked")
    assert page.locator(".card h2").text_content() == "z"
    assert page.locator(".notice").is_hidden()
    page.get_by_role("button", name="copy the link to this moment").click()
    copied = notice(page).removeprefix("Copied: ")
    assert copied == f"{address}#t=12&predict&mistake=assign&node=z&w=0.5"
    press(page, "/", "Control+v")
    assert page.get_by_label("search for a node").input_value() == copied
    there = said(page)
    page.evaluate("location.hash = ''")  # a link without a word of it: the beginning
    page.wait_for_function("page.time === 0 && !page.pass.mistake && !page.changes.count")
    other = tab()
    other.goto(copied)
    assert said(other) == there
    assert other.evaluate("page.trace.nodes[0].data") == 0.5


def test_a_link_keeps_the_open_box_and_where_to_stop(opened):
    page = opened(step((MLP([2, 3, 1], seed=0)([1.0, 2.0]) - 1.0) ** 2))
    page.get_by_role("button", name="show layers").click()
    page.get_by_role("button", name="open layer 1").press("Enter")
    page.evaluate("page.toggleStop(3)")
    page.get_by_role("button", name="copy the link to this moment").click()
    link = notice(page).partition("#")[2]
    assert "&open=layer%201&" in link
    page.evaluate("page.toggleStop(3); page.showWholeLevel(0)")
    assert page.locator(".trail").is_hidden()
    page.evaluate(f"location.hash = '#{link}'")
    page.locator(".trail", has_text="layer 1").wait_for()
    assert page.evaluate("[...page.stops]") == [3]


def test_what_a_link_asks_for_in_vain_is_said_and_the_rest_is_done(opened, contrast):
    p = Value(1.5, label="p²")
    page = opened(step(p.log() * 2.0))
    page.evaluate("location.hash = '#t=99&mistake=keep&p²=-1&q=2&level=rooms'")
    page.wait_for_function("page.pass.mistake === 'keep'")
    said_of_it = notice(page)
    assert page.evaluate("page.time === page.pass.end")
    assert page.evaluate("page.trace.nodes[0].data") == 1.5
    last = page.evaluate("page.pass.end")
    for problem in (
        "“q=2”: no leaf is called “q”, but p², v1.", "“level=rooms”: a level is nodes.", "The numbers stay as they were.",
        "log needs p² > 0, got p² = −1.", f"“t=99”: the last step is {last}.",
    ):  # fmt: skip
        assert problem in said_of_it
    press(page, "ArrowLeft")
    assert page.locator(".notice").is_visible()  # until it is read
    colours = page.locator(".notice").evaluate(
        "(e) => [getComputedStyle(e).color, getComputedStyle(document.body.parentNode).backgroundColor]"
    )
    assert contrast(*colours) > 4.5
    page.get_by_role("button", name="close the message").click()
    assert page.locator(".notice").is_hidden()
    page.evaluate("page.setNumber(0, 2); location.hash = '#t=3&p%C2%B2=4'")
    page.wait_for_function("page.time === 3")
    assert page.evaluate("page.trace.nodes[0].data") == 4
    page.get_by_role("button", name="copy the link to this moment").click()
    assert unquote(notice(page)).endswith("#t=3&p²=4")


def test_in_a_frame_the_part_behind_the_address_is_copied_and_a_level_that_was_chosen_is_in_it(tab):
    page = tab(allowed=("about:", "data:"))
    page.set_content(step(network())._repr_html_())
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="show layers").click()
    frame.get_by_role("button", name="one step forward").click()
    frame.get_by_role("button", name="copy the link to this moment").click()
    words = frame.locator(".notice span").text_content()
    assert words == "Copied: #t=1&level=layers. Put it behind the address of the saved page."
    assert re.search("Given", frame.get_by_role("status").text_content())


# ── the notes of a talk ─────────────────────────────────────────────────────

HOSTILE = "<img src=x onerror=window.hit=1>\n</script><script>window.hit=1</script>\u202eabc"


def test_a_talk_goes_from_note_to_note_in_type_for_a_lecture_hall(opened, contrast):
    notes = {"end": "Ask: what is ∂L/∂x of x³?", 8: HOSTILE, np.int64(4): "Ask: what if we forget zero_grad?"}
    page = opened(step(diamond(), notes=notes), viewport=HALL, reduced_motion="reduce")
    text, place = page.locator(".noted"), page.locator(".talk nav span")
    seen = []
    for key in ("n", "n", "n", "n", "N", "ArrowLeft"):
        press(page, key)
        seen.append((clock(page), place.text_content(), text.text_content()[:5]))
    assert seen == [
        (4, "note 1 of 3", "Ask: "), (8, "note 2 of 3", "<img "), (12, "note 3 of 3", "Ask: "), (12, "note 3 of 3", "Ask: "),
        (8, "note 2 of 3", "<img "), (7, "3 notes", ""),
    ]  # fmt: skip
    page.get_by_role("button", name="the next note").click()
    assert text.text_content() == "<img src=x onerror=window.hit=1>\n</script><script>window.hit=1</script>[U+202E]abc"
    assert page.evaluate("window.hit") is None
    assert (
        contrast(*text.evaluate("(e) => [getComputedStyle(e).color, getComputedStyle(e.parentNode).backgroundColor]"))
        > 4.5
    )
    marks = page.locator(".bands b")
    assert marks.count() == 3
    marks.last.click()
    assert clock(page) == 12
    press(page, "p")
    sizes = page.locator(".noted, .talk nav *").evaluate_all(
        "(all) => all.map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 28
    press(page, "p")
    page.get_by_label("mistake").select_option("keep")  # a step less: the last note is at the end all the same
    press(page, "End")
    assert (clock(page), text.text_content()) == (11, notes["end"])


def test_without_notes_there_is_no_talk(opened):
    page = opened(step(diamond()))
    press(page, "n", "N")
    assert clock(page) == 0
    assert page.locator(".talk").is_hidden()


@pytest.mark.parametrize(
    ("notes", "error", "words"),
    [
        ({13: "x"}, ValueError, "there is no step 13 to put a note at: the last step is 12"),
        ({-1: "x"}, ValueError, "there is no step -1 to put a note at: the last step is 12"),
        ({"begin": "x"}, TypeError, "a note is put at the number of a step, or at \"end\"; got 'begin'"),
        ({True: "x"}, TypeError, "got True"),
        ({2.0: "x"}, TypeError, "got 2.0"),
        ({3: ""}, ValueError, "the note at 3 is empty: leave it out, or say something"),
        ({"end": " \n"}, ValueError, "the note at end is empty"),
        ({3: 5}, TypeError, "the note at 3 is a text; got int"),
        ({12: "a", "end": "b"}, ValueError, "step 12 is the end: it has two notes"),
        (["x"], TypeError, "notes are a dict, "),
    ],
)
def test_a_note_that_can_not_be_shown_is_refused(notes, error, words):
    with pytest.raises(error, match=re.escape(words)):
        step(diamond(), notes=notes)


def test_a_live_player_has_the_notes_too():
    pytest.importorskip("anywidget", reason="needs anywidget: pip install 'chalkgrad[browser]'")
    assert '"notes":[[3,"Why?"]]' in step(diamond(), notes={3: "Why?"}, live=True).trace


# ── on paper ────────────────────────────────────────────────────────────────

SHEETS = """() => [...document.querySelectorAll(".sheet")].map((sheet) => {
    const drawing = sheet.querySelector("svg").getBoundingClientRect();
    const shown = (g) => { const box = g.querySelector(".shape").getBoundingClientRect();
        return box.left >= drawing.left && box.right <= drawing.right && box.top >= drawing.top && box.bottom <= drawing.bottom; };
    const sizes = [...sheet.querySelectorAll(".box text")].map((e) => e.getCTM().a * parseFloat(getComputedStyle(e).fontSize));
    return { step: sheet.querySelector("header span").textContent, said: sheet.querySelector(".said").textContent,
        note: sheet.querySelector(".noted")?.textContent ?? "", lines: sheet.querySelectorAll("hr").length,
        all: [...sheet.querySelectorAll(".box")].every(shown), now: [...sheet.querySelectorAll(".now, .target")].some(shown),
        least: Math.min(...sizes), ink: getComputedStyle(sheet).color }; })"""


def printed(page) -> tuple[list[dict], list[tuple[float, float]]]:
    """What is on the sheets, and the sizes of the pages of the PDF in mm."""
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheets = page.evaluate(SHEETS)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator(".handout").count() == 0
    return sheets, [(round(float(width) * 25.4 / 72), round(float(height) * 25.4 / 72)) for width, height in boxes]


def test_printed_it_is_a_handout_with_a_sheet_per_note(opened):
    notes = {8: "Ask: why add?", 5: "Seed.", "end": "Home: w = −1."}
    page = opened(step(diamond(), notes=notes), color_scheme="dark")
    page.evaluate("page.go(2)")
    before = said(page)
    sheets, pages = printed(page)
    assert pages == [(297, 210)] * 3  # A4 landscape, and none without a sheet
    assert [(sheet["step"], sheet["note"]) for sheet in sheets] == [
        ("step 5 of 12", "Seed."), ("step 8 of 12", "Ask: why add?"), ("step 12 of 12", "Home: w = −1."),
    ]  # fmt: skip
    assert {(sheet["all"], sheet["lines"], sheet["ink"]) for sheet in sheets} == {(True, 4, "rgb(27, 31, 36)")}
    assert (clock(page), said(page)) == (2, before)  # on the screen nothing has moved
    for sheet, time in zip(sheets, (5, 8, 12), strict=True):
        page.evaluate("(t) => page.go(t)", time)
        assert sheet["said"] == said(page)


def test_without_notes_a_sheet_is_a_layer_and_of_a_large_graph_what_the_step_speaks_of(opened):
    page = opened(step((MLP([6, 8, 4, 1], activation="tanh", seed=3)([0.5] * 6) - 1.0) ** 2))
    page.get_by_role("button", name="show nodes").click()
    taken = [0]
    page.get_by_label("a step is").select_option("layer")
    while page.get_by_role("button", name="one step forward").is_enabled():
        page.get_by_role("button", name="one step forward").click()
        taken.append(clock(page))
    sheets, pages = printed(page)
    assert [int(sheet["step"].split()[1]) for sheet in sheets] == taken[1:]
    assert len(pages) == len(sheets) > 5
    assert not any(sheet["all"] for sheet in sheets)
    assert [sheet["said"] for sheet in sheets if not sheet["now"]] == [
        sheet["said"] for sheet in sheets if sheet["said"].startswith(("Given", "zero_grad", "Done"))
    ]
    assert min(sheet["least"] for sheet in sheets) >= 9.8  # px, also where the graph has 131 nodes


# ── what means the same ─────────────────────────────────────────────────────

LIT = """() => { const texts = (selector, part) => [...document.querySelectorAll(selector)].map((e) => (part ? e.querySelector(part) : e).textContent);
    return { boxes: texts(".box.lit", ".name"), rows: texts("tr.lit", "th"), terms: texts(".sentence .term.lit"), code: texts(".code .lit"),
        arrows: [...document.querySelectorAll(".arrow.lit")].map((e) => e.dataset.slots), from: texts(".stack li.lit", "span") }; }"""


def coded_diamond() -> Value:
    with recording():
        w = Value(2.0, label="w", kind="parameter")
        z = w * 3.0
        L = z * w
    z.label, L.label = "z", "L"
    return L


@pytest.fixture
def lit(opened):
    """What is lit at the step where z passes its gradient on to w, after something is done with the page."""
    page = opened(step(coded_diamond()))
    page.evaluate("page.go(10)")

    def after(do):
        do(page)
        found = page.evaluate(LIT)
        return {what: some for what, some in found.items() if some}

    return after


SLOT = {"boxes": ["w", "z"], "rows": ["w", "z"], "terms": ["∂z/∂w", "3", "6"], "arrows": ["2 0"], "from": ["from z"]}


def test_pointing_at_a_derivative_an_arrow_or_a_contribution_lights_all_that_is_one_with_it(lit):
    term = lambda text: lambda page: page.locator(".sentence .term", has_text=re.compile(f"^{text}$")).first.hover()  # noqa: E731
    by_term = lit(term("∂z/∂w"))
    assert {what: some for what, some in by_term.items() if what != "code"} == SLOT
    assert [line.split()[-5:] for line in by_term["code"]] == [["z", "=", "w", "*", "3.0"]]
    assert lit(lambda page: page.mouse.move(2, 2)) == {}
    middle = """() => { const line = document.querySelector(".arrow[data-slots='2 0'] .line"), way = line.getTotalLength() / 2;
        const { x, y } = line.getPointAtLength(way).matrixTransform(line.getScreenCTM()); return [x, y + 3]; }"""
    assert lit(lambda page: page.mouse.move(*page.evaluate(middle))) == by_term
    assert lit(lambda page: page.locator(".stack li", has_text="from z").hover()) == by_term
    assert lit(term("3")) == by_term  # its number
    node = lit(term("∂L/∂z"))
    assert node == {"boxes": ["z"], "rows": ["z"], "terms": ["∂L/∂z", "2"], "code": by_term["code"]}
    assert lit(lambda page: page.locator("tbody tr", has_text="z").first.hover()) == node
    assert (
        lit(lambda page: page.locator(".box", has=page.locator("text.name", has_text=re.compile("^z$"))).hover())
        == node
    )
    line = lit(lambda page: page.locator(".code li").first.hover())
    assert line == node


def test_the_keyboard_and_a_finger_light_too_and_a_step_keeps_what_the_pointer_lit(lit, opened):
    assert lit(lambda page: page.locator(".sentence .term[tabindex]").nth(2).focus())["arrows"] == ["2 0"]
    assert lit(lambda page: press(page, "ArrowRight")) == {}  # the term went away with its sentence …
    lit(
        lambda page: page.wait_for_function("page.time === 11 && document.activeElement === page.ui.root")
    )  # … not the keys
    lit(lambda page: page.locator(".box", has=page.locator("text.name", has_text="w")).hover())
    stepped = lit(lambda page: press(page, "ArrowRight", "ArrowLeft", "ArrowLeft"))
    assert (stepped["boxes"], stepped["rows"], stepped["terms"]) == (["w"], ["w"], ["∂L/∂w", "6 → 12", "w"])
    page = opened(step(coded_diamond()), has_touch=True, viewport={"width": 390, "height": 844})
    page.evaluate("page.go(10)")
    page.locator(".sentence .term", has_text="∂z/∂w").first.tap()
    assert page.evaluate(LIT)["arrows"] == ["2 0"]  # and stays, when the finger is lifted
    page.locator("h1").tap()
    assert page.evaluate(LIT)["arrows"] == []


def test_in_a_folded_graph_the_box_that_holds_a_node_is_lit_and_it_lights_its_rows(opened):
    page = opened(step(network()))
    page.get_by_role("button", name="show layers").click()
    page.locator("tbody tr", has_text="w32(1)").hover()
    assert page.evaluate(LIT)["boxes"] == ["layer 1"]
    page.locator(".box.folded", has_text="layer 2").hover()
    found = page.evaluate(LIT)
    assert found["boxes"] == ["layer 2"]
    assert {"w1(2)", "b(2)"} <= set(found["rows"])
    assert len(found["rows"]) == 5


# ── the gradient flows to scale ─────────────────────────────────────────────

WIDTHS = """() => Object.fromEntries([...document.querySelectorAll(".arrow.passed, .arrow.active")].map((g) =>
    [g.dataset.slots, Number(g.querySelector(".line").getAttribute("stroke-width"))]))"""
PERIOD = "parseFloat(getComputedStyle(document.querySelector('.arrow.active .line')).animationDuration)"


def expected_widths(root: Value) -> dict[str, float]:
    """Slot → width, by the scale of ``draw``."""
    events = [event for event in step(root).trace["events"] if event[0] == "accumulate"]
    strongest = max(abs(contribution) for *_, contribution, _before, _after, _k, _n in events)
    return {f"{event[1]} {event[2]}": stroke(event[5], strongest) for event in events}


def test_arrows_are_as_wide_and_the_gradient_flows_as_fast_as_its_contribution_is_large(opened):
    page = opened(step(coded_diamond()), reduced_motion="no-preference")
    page.evaluate("page.go(page.pass.end)")
    assert page.evaluate(WIDTHS) == pytest.approx(expected_widths(coded_diamond()), abs=0.051)
    page.evaluate("page.setNumber(0, -0.5); page.go(page.pass.end)")  # the scale is that of the numbers shown
    w = Value(-0.5, label="w", kind="parameter")
    assert page.evaluate(WIDTHS) == pytest.approx(expected_widths(w * 3.0 * w), abs=0.051)
    page.evaluate("page.change(() => page.changes.reset())")
    periods = []
    for time in (7, 8, 10, 11):  # contributions 2, 6, 6, 4
        page.evaluate("(t) => page.go(t)", time)
        periods.append(page.evaluate(PERIOD))
    assert [periods[1] / period for period in periods] == pytest.approx([2 / 6, 1, 1, 4 / 6])
    page.evaluate("page.ui.predictOn.checked = true; page.solved = 0; page.go(8)")
    assert page.evaluate(PERIOD) == 0  # nothing is given away
    assert page.evaluate(WIDTHS)["3 1"] == 4


def test_the_arrows_of_an_opened_box_are_to_scale_too(opened):
    page = opened(step(network()))
    page.get_by_role("button", name="show layers").click()
    page.locator(".box.folded", has_text="layer 1").click()
    press(page, "End")
    widths = page.evaluate(WIDTHS).values()
    assert len({round(width, 2) for width in widths}) > 3
    assert max(widths) == 6
