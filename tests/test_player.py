"""The player, driven for real: Debian's Chromium, by Playwright."""

from __future__ import annotations

import re
from itertools import pairwise, product

import pytest

from autograd import Value, dot, ieee, recording, step
from autograd.view.widget import esm
from nn import MLP, SGD

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'chalkgrad[browser]'")

SENTENCE = "∂L/∂w += ∂L/∂z · ∂z/∂w = 2 · 3 = 6 (6 → 12). 2 of 2 contributions: w has its gradient."
HOSTILE = [
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "a\"b'c",
    "<!--",
    "abc\u202edef",
    "y" * 10_000,
]


def diamond() -> Value:
    """L = z · w with z = 3 w: w is used twice, along ways of different length."""
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


def said(page) -> str:
    return page.get_by_role("status").text_content()


def clock(page) -> int:
    return int(page.locator(".clock").text_content().split("/")[0])


SENTENCE_SAID = "document.querySelector('[role=status]').textContent"


def seen_to_the_end(page, what: str) -> list:
    """This expression after each click on "one step forward", as long as there is one."""
    return page.evaluate(
        f"""() => {{
            const forward = document.querySelector("button[aria-label='one step forward']"), seen = [];
            while (!forward.disabled) {{ forward.click(); seen.push({what}); }}
            return seen; }}"""
    )


def heard_to_the_end(page) -> list[str]:
    return seen_to_the_end(page, SENTENCE_SAID)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


# ── time ────────────────────────────────────────────────────────────────────


def test_every_step_says_its_sentence(opened):
    page = opened(step(diamond()))
    assert page.locator("caption").text_content() == "4 nodes; names like v1 number those without a label"
    assert page.get_by_role("group", name="folding").is_hidden()  # there is one level
    assert said(page).startswith("Nothing is computed yet")
    sentences = []
    for _ in range(12):
        press(page, "ArrowRight")
        sentences.append(said(page))
    assert sentences[0] == "Given: parameter w = 2; constant v1 = 3."
    assert sentences[1] == "Forward: z = w·3 = 2 · 3 = 6."
    assert sentences[3].startswith("zero_grad: every gradient is set to 0")
    assert sentences[4].startswith("Backward begins at L")
    assert sentences[7].endswith("1 of 2 contributions: w has to wait.")
    assert sentences[9] == SENTENCE
    assert sentences[11].startswith("Done: every node was visited once")


def test_zero_shows_in_every_box_and_a_pass_without_it_keeps_what_was_there(opened):
    page = opened(step(diamond()))
    grads = lambda: page.locator(".box text", has_text="grad").all_text_contents()  # noqa: E731
    press(page, *["ArrowRight"] * 3)
    assert grads() == ["grad"] * 4
    press(page, "ArrowRight")
    assert grads() == ["grad 0"] * 4
    page.get_by_label("mistake").select_option("keep")
    page.get_by_role("button", name="to the beginning").click()
    heard = []
    for _ in range(4):
        page.get_by_role("button", name="one step forward").click()
        heard.append(said(page))
    assert heard[-1].startswith("Backward begins")
    assert sorted(grads()) == ["grad", "grad +1", "grad +12", "grad +4"]


def test_the_step_that_follows_is_shown_in_sentence_band_box_and_table(opened):
    page = opened(step(diamond(), update=0.1))
    assert page.locator(".bands span").all_text_contents() == ["forward", "backward", "update"]
    press(page, "End")
    assert said(page) == "gradient descent: w ← w − 0.1 · ∂L/∂w = 2 − 0.1 · 12 = 0.8."
    assert "data 0.8" in page.locator(".box.now").text_content()
    assert page.locator("tr.now td").all_text_contents()[1] == "0.8"
    press(page, "ArrowLeft")
    assert said(page).startswith("Done")
    assert page.locator(".box text", has_text="data 0.8").count() == 0
    page.get_by_label("mistake").select_option("assign")
    page.get_by_role("button", name="to the end").click()
    assert said(page) == "gradient descent: w ← w − 0.1 · ∂L/∂w = 2 − 0.1 · 6 = 1.4."


def test_an_optimizer_is_named(opened):
    w = Value(2.0, label="w", kind="parameter")
    page = opened(step(w * w, update=SGD([w], lr=0.25)))
    press(page, "End")
    assert said(page) == "SGD: w goes 2 → 1, a step of −1, where ∂L/∂w = 4."
    page.get_by_label("mistake").select_option("assign")  # of the two contributions of 2, one is lost
    assert said(page) == "SGD: w goes 2 → 1.5, a step of −0.5, where ∂L/∂w = 2."


def test_back_is_exactly_the_way_there(opened):
    page = opened(step(network()))
    steps, same = page.evaluate(
        """() => {
            const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key }));
            const seen = () => ["[role=status]", ".box, .arrow"]
                .flatMap((all) => [...document.querySelectorAll(all)].map((e) => e.outerHTML)).join();
            const there = Array.from({ length: 40 }, () => { const before = seen(); press("ArrowRight"); return before; });
            return [new Set(there).size, there.reverse().filter((before) => { press("ArrowLeft"); return seen() === before; }).length];
        }"""
    )
    assert steps == same == 40


def test_keys_and_buttons_move_alike(opened):
    page = opened(step(network()))
    press(page, "End")
    end = clock(page)
    press(page, "Home", "ArrowRight")
    assert clock(page) == 1
    page.get_by_role("button", name="to the end").click()
    assert clock(page) == end
    page.get_by_role("button", name="one step back").click()
    assert clock(page) == end - 1
    page.get_by_role("button", name="to the beginning").click()
    page.get_by_role("button", name="one step forward").click()
    assert clock(page) == 1
    page.get_by_label("time").fill(str(end // 2))
    assert clock(page) == end // 2


def test_steps_of_a_node_and_of_a_layer_are_bigger(opened):
    page = opened(step(network()))
    taken = {}
    for grain in ("edge", "node", "layer"):
        press(page, "Home")
        page.get_by_label("a step is").select_option(grain)
        page.get_by_role("button", name="Fit the graph").focus()
        taken[grain] = len(heard_to_the_end(page))
    assert taken["layer"] < taken["node"] < taken["edge"]
    page.get_by_label("a step is").select_option("edge")
    page.get_by_role("button", name="to the beginning").click()
    page.get_by_role("button", name="Play or pause").focus()
    for _ in range(taken["node"]):
        press(page, "Shift+ArrowRight")
    assert page.get_by_role("button", name="one step forward").is_disabled()


def test_it_plays_at_three_speeds_and_pauses(opened, stopped):
    page = opened(step(diamond()))
    stopped(page)
    assert page.get_by_label("speed").locator("option").all_text_contents() == ["slow", "normal", "fast"]
    page.get_by_label("speed").select_option("fast")
    page.get_by_role("button", name="Play or pause").focus()
    press(page, "Space")
    page.clock.run_for(10_000)
    assert page.locator(".clock").text_content() == "12 / 12"
    press(page, "Home", "Space")
    page.clock.run_for(500)
    at = clock(page)
    assert 0 < at < 12
    press(page, "Space")
    page.clock.run_for(10_000)
    assert clock(page) == at


def test_the_bar_has_bands_and_a_tick_where_gradients_add_up(opened):
    page = opened(step(diamond()))
    assert page.locator(".bands span").all_text_contents() == ["forward", "backward"]
    assert page.locator(".bands i").count() == 1


# ── what is shown ───────────────────────────────────────────────────────────


def test_a_fan_out_waits_for_all_contributions(opened):
    page = opened(step(diamond()))
    for _ in range(8):
        press(page, "ArrowRight")
    assert page.locator(".stack h2").text_content() == "∂L/∂w: 1 of 2 arrived"
    assert page.locator(".stack li.arrived").count() == page.locator(".stack li.owed").count() == 1
    assert page.locator(".pip.full").count() == 1
    assert page.locator(".badge", has_text="1 of 2").count() == 1
    assert page.locator(".label text").text_content() == "1 · 6 = 6"
    press(page, "ArrowRight", "ArrowRight")
    assert page.locator(".pip.full").count() == 2
    assert page.locator(".sum").text_content() == "sum = 12"


def test_what_is_not_reached_is_hollow_and_the_node_at_work_is_ringed(opened):
    page = opened(step(diamond()))
    assert page.locator(".box.hollow").count() == 4
    press(page, "ArrowRight", "ArrowRight")
    assert page.locator(".box.hollow").count() == 1
    assert page.locator(".box.now .name").text_content() == "z"


def test_levels_fold_and_open(opened):
    page = opened(step(network()))
    counts = []
    for name in ("nodes", "neurons", "layers"):
        page.get_by_role("button", name=f"show {name}").click()
        counts.append(page.locator(".box").count())
    assert counts == sorted(counts, reverse=True)
    press(page, "l")
    assert page.locator(".box").count() == counts[0]


def names(page) -> list[str]:
    return [name for name in page.locator(".box .name").all_text_contents() if name]


def test_one_box_opens_alone_with_what_it_is_joined_to(opened):
    page = opened(step(network()))
    page.get_by_role("button", name="show layers").click()
    page.locator(".box.folded", has_text="layer 1").click()
    assert sorted(names(page)) == ["elsewhere", "layer 2", "neuron 1", "neuron 2", "neuron 3", "x1", "x2"]
    assert page.locator(".trail").text_content().endswith("layer 1")
    page.locator(".box.folded", has_text="neuron 2").click()
    assert {"w21(1)", "w22(1)", "b2(1)", "h̃2(1)", "h2(1)"} <= set(names(page))
    assert "neuron 1" not in names(page)  # not joined to it
    assert page.locator(".trail").text_content().endswith("layer 1 › neuron 2")
    page.get_by_role("button", name="back", exact=True).click()
    assert "neuron 1" in names(page)
    page.get_by_role("button", name="back", exact=True).click()
    assert page.locator(".trail").is_hidden()
    assert "layer 1" in names(page)


def test_an_opened_box_stays_open_while_stepping_and_in_its_level(opened):
    page = opened(step(network()))
    page.get_by_role("button", name="show neurons").click()
    page.locator(".box.folded", has_text="neuron 3").click()
    inside = names(page)
    product = "document.querySelector('.arrow.active') && document.querySelector('.label text').textContent"
    seen = seen_to_the_end(page, f"[{SENTENCE_SAID}, document.querySelectorAll('.box.now').length, {product}]")
    for sentence, now, _ in seen:
        assert now == (0 if sentence.startswith(("Given", "zero", "Done")) else 1)  # perhaps elsewhere
    assert names(page) == inside
    assert len({product for *_, product in seen if product}) > 5
    press(page, "l", "l", "l")
    assert names(page) == inside
    page.get_by_role("button", name="show neurons").click()  # the level's own button folds all
    assert page.locator(".trail").is_hidden()


def test_the_keyboard_walks_the_graph_along_its_arrows(opened):
    page = opened(step(diamond()))  # w · 3 = z, z · w = L
    said = "document.activeElement.ariaLabel"
    page.evaluate("page.go(page.pass.end)")
    page.locator(".box >> nth=0").focus()
    assert page.locator(".graph [tabindex='0']").count() == 1
    assert page.evaluate(said) == "w = 2, gradient 12"
    press(page, "ArrowRight")
    assert page.evaluate(said) == "w to z, gradient 6"
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('.hit')).strokeOpacity") == "0.5"
    press(page, "ArrowRight")
    assert page.evaluate(said) == "z = w·3 = 2 · 3 = 6, gradient 2"
    assert page.locator(".graph [tabindex='0']").count() == 1
    press(page, "Enter")
    assert page.locator(".card h2").text_content() == "z"
    page.locator(".box >> nth=0").click()  # who clicks goes on stepping with the arrow keys
    before = clock(page)
    press(page, "ArrowLeft")
    assert clock(page) == before - 1


def test_boxes_open_from_the_keyboard_and_close_again(opened):
    page = opened(step(network()))
    page.get_by_role("button", name="show layers").click()
    box = page.get_by_role("button", name="open layer 1")
    box.focus()
    press(page, "Enter")
    assert page.locator(".trail").text_content().endswith("layer 1")
    assert page.evaluate("document.activeElement.ariaLabel") == "back"
    press(page, "Backspace")
    assert page.locator(".trail").is_hidden()
    assert page.evaluate("document.activeElement.ariaLabel").startswith("open layer 1")
    press(page, "Escape", "ArrowRight")
    assert clock(page) == 1


def test_an_arrow_back_into_a_module_used_again_goes_round_over_the_boxes(opened):
    w = Value(0.5, label="cell[0].w", kind="parameter")
    h = Value(1.0, label="h0")
    for _ in range(120):
        inner = (h * w).tanh()
        inner.module = inner.parents[0].module = "cell[0]"
        h = inner * 0.9
    page = opened(step(h))
    page.locator(".box.folded", has_text="after cell[0]").click()
    drawn = page.locator(".arrow .line").evaluate_all("(all) => all.map((e) => e.getAttribute('d'))")
    back = [d for d in drawn if float(d[1:].split()[0]) > float(d.split()[-2])]
    assert back
    for d in back:
        assert float(re.search(r"([\d.-]+)H", d)[1]) < 0  # above all boxes, which begin at 0
    press(page, "End")
    assert page.locator(".arrow.passed").count() == len(drawn)


def test_every_node_of_a_large_graph_is_some_clicks_away(opened):
    x = y = Value(0.5, label="x")
    for i in range(2_000):
        y = (y * x).sin()
        if i == 700:
            y.label = "here"
    player = step(y)
    trace = player.trace
    at = next(i for i, node in enumerate(trace["nodes"]) if node.get("label") == "here")
    way, part = [], trace["part"][at]
    while part >= 0:
        way, part = [trace["parts"][part]["title"], *way], trace["parts"][part]["in"]
    page = opened(player)
    assert page.locator(".note").text_content() == "the graph: 4001 nodes in 30 boxes; click one to open it"
    for title in way[1:]:
        page.get_by_role("button", name=f"open {title}").focus()  # brings it onto the stage
        press(page, "Enter")
    assert "here" in names(page)
    page.get_by_label("search for a node").fill("here")
    press(page, "Enter")  # which brings it to the middle
    assert page.locator(".box.found .name").first.text_content() == "here"
    press(page, "Escape", "End")
    page.locator(".tabs").evaluate(
        "(tabs) => { tabs.scrollTop = tabs.scrollHeight; }"
    )  # to rows that wait until they are seen
    page.wait_for_selector("tbody tr:last-child td:nth-child(4):not(:empty)")


def test_search_finds_and_the_card_names_the_path(opened):
    page = opened(step(network()))
    press(page, "/")
    page.keyboard.type("neurons[2].w[1]")
    assert page.locator("tbody tr").count() == 1
    press(page, "Enter")
    assert page.locator(".card h2").text_content() == "layers[0].neurons[2].w[1]"
    page.get_by_role("button", name="copy its path").click()
    press(page, "Escape")
    assert page.locator(".card").is_hidden()
    page.get_by_label("search for a node").focus()
    press(page, "Control+v")
    assert page.get_by_label("search for a node").input_value() == "layers[0].neurons[2].w[1]"


def test_a_copied_path_begins_with_the_models_variable(opened):
    mlp = MLP([2, 3, 1], activation="tanh", seed=3)
    page = opened(step(mlp([1.0, -2.0]) ** 2))
    page.locator("tbody button", has_text="w32(1)").click()
    page.get_by_role("button", name="copy its path").click()
    press(page, "Escape", "/", "Control+v")
    copied = page.get_by_label("search for a node").input_value()
    assert copied == "mlp.layers[0].neurons[2].w[1]"
    assert isinstance(eval(copied, {"mlp": mlp}), Value)
    assert page.locator("tbody tr").count() == 1  # and is found by it


def test_zoom_pan_and_fit(opened):
    page = opened(step(diamond()))
    transform = lambda: page.locator("svg.graph > g").get_attribute("transform")  # noqa: E731
    fitted = transform()
    page.mouse.move(400, 550)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    playwright.expect(page.locator("svg.graph > g")).not_to_have_attribute("transform", fitted)
    zoomed = transform()
    page.mouse.down()
    page.mouse.move(450, 500)
    page.mouse.up()
    assert transform() != zoomed
    press(page, "f")
    assert transform() == fitted
    press(page, "+", "-")
    page.get_by_role("button", name="Fit the graph").click()
    assert transform() == fitted


def test_zooming_out_ends_where_the_whole_graph_is_on_the_stage(opened):
    page = opened(step(network()))
    page.get_by_role("button", name="show nodes").click()
    press(page, "f")
    whole = page.evaluate(SCALE)
    press(page, "+", *["-"] * 25)
    assert page.evaluate(SCALE) == pytest.approx(whole)


def test_the_wheel_alone_scrolls_the_page_around_the_player(tab):
    page = tab(allowed=("about:", "data:"))
    frame = step(diamond())._repr_html_()
    page.set_content(f"<body><p>above</p>{frame}<p style='height:2000px'>below</p></body>")
    stage = page.frame_locator("iframe").locator(".stage")
    graph = stage.locator("svg.graph > g")
    before = graph.get_attribute("transform")
    box = stage.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.wheel(0, 150)
    page.wait_for_function("scrollY === 150")
    assert graph.get_attribute("transform") == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -150)
    playwright.expect(graph).not_to_have_attribute("transform", before)
    page.keyboard.up("Control")
    assert page.evaluate("scrollY") == 150


@pytest.fixture(params=[(390, 844), (820, 1100)], ids=["phone", "tablet"])
def touched(tab, touching, request):
    """A page with a player in it: touch, the graph, and the middle of the stage."""
    width, height = request.param
    page = tab(allowed=("about:", "data:"), has_touch=True, viewport={"width": width, "height": height})
    page.set_content(f"<body>{step(diamond())._repr_html_()}<p style='height:2000px'>below</p></body>")
    stage = page.frame_locator("iframe").locator(".stage")
    box = stage.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return page, touching(page), stage.locator("svg.graph > g"), middle


def test_one_finger_scrolls_the_page_around_the_player(touched):
    page, touch, graph, (x, y) = touched
    before = graph.get_attribute("transform")
    touch("touchStart", (x, y))
    for k in range(1, 11):
        touch("touchMove", (x, y - 15 * k))
    touch("touchEnd")
    page.wait_for_function("scrollY > 50")
    assert graph.get_attribute("transform") == before


def test_one_finger_moves_the_graph_sideways_and_two_zoom_it(touched):
    page, touch, graph, (x, y) = touched
    before = graph.get_attribute("transform")
    touch("touchStart", (x, y))
    for k in range(1, 5):
        touch("touchMove", (x - 10 * k, y))
    touch("touchEnd")
    playwright.expect(graph).not_to_have_attribute("transform", before)
    moved = graph.get_attribute("transform")
    assert moved.split("scale")[1] == before.split("scale")[1]
    touch("touchStart", (x - 20, y), (x + 20, y))
    for k in range(1, 5):
        touch("touchMove", (x - 20 - 10 * k, y), (x + 20 + 10 * k, y))
    touch("touchEnd")
    playwright.expect(graph).not_to_have_attribute("transform", re.compile(re.escape(moved.split("scale")[1])))
    assert page.evaluate("scrollY") == 0


def test_code_is_linked_both_ways(opened):
    with recording():
        x = Value(2.0, label="x")
        y = x * x
        loss = y.tanh()
    page = opened(step(loss))
    press(page, "ArrowRight", "ArrowRight")
    assert page.locator(".code li.now").text_content().endswith("y = x * x")
    page.locator(".code button", has_text="loss = y.tanh()").click()
    assert page.locator(".box.lit .symbol").all_text_contents() == ["tanh"]


# ── breakpoints, predictions, mistakes ──────────────────────────────────────


def test_it_stops_at_a_node_at_a_large_gradient_and_at_nan(opened):
    page = opened(step(diamond()))
    page.locator("tbody button", has_text="z").click()
    page.get_by_role("button", name="stop at this node").click()
    press(page, "Escape", "b")
    assert said(page).startswith("Forward: z")
    page.locator("tbody button", has_text="z").click()
    page.get_by_role("button", name="stop at this node").click()
    page.get_by_label("stop where").fill("10")
    page.get_by_role("button", name="to the next stop").click()
    assert said(page) == SENTENCE
    broken = Value(1e200, label="x") * 1e200
    page = opened(step(broken - broken))
    page.get_by_label("nan, inf").check()
    page.get_by_role("button", name="to the next stop").click()
    assert said(page) == "Forward: x·1e+200 = 1e+200 · 1e+200 = inf."


def test_predictions_are_asked_and_mistakes_distinguished(opened):
    page = opened(step(diamond()))
    for _ in range(9):
        press(page, "ArrowRight")
    page.get_by_label("ask me for each gradient").check()
    page.get_by_role("button", name="one step forward").click()
    assert said(page).startswith("z passes its gradient on to w: ∂L/∂z = 2, and ∂L/∂w was 6.")
    assert page.locator(".box", has_text="grad ?").count() == 1
    assert page.locator(".label text").text_content() == "2 · ? = ?"
    assert page.locator("tr.now td").all_text_contents()[2] == "?"
    verdicts = {
        "3": "Forgot the upstream gradient", "6": "Forgot to add: 6 had already arrived", "8": "Forgot the local derivative",
        "10": "Wrong local derivative: your answer would need 2. The rule: for z = w·3, ∂z/∂w = 3.",
        "-12": "Wrong sign: count the negative factors.", "x": "Type a number.", "": "Type a number.", "1/0": "Type a number.", "12 z": "Type a number.",
    }  # fmt: skip
    for guess, verdict in verdicts.items():
        page.get_by_label("your prediction").fill(guess)
        page.get_by_role("button", name="Check").click()
        assert page.get_by_role("alert").text_content().startswith(verdict), guess
    page.get_by_label("your prediction").fill("12")
    press(page, "Enter")
    assert said(page) == f"Right. {SENTENCE}"


@pytest.mark.parametrize(
    ("mistake", "right", "wrong"),
    [("assign", "✓ +12", "✗ +6"), ("keep", "✓ +12", "✗ +24")],
)
def test_a_mistake_shows_the_wrong_number_beside_the_right_one(opened, mistake, right, wrong):
    page = opened(step(diamond()))
    page.get_by_label("mistake").select_option(mistake)
    page.get_by_role("button", name="to the end").click()
    assert page.locator(".box", has_text="w").first.text_content().find(wrong) >= 0
    assert page.locator(".box text.right", has_text=right).count() == 1
    assert re.search(r"1 of 4 gradients is wrong|[2-4] of 4 gradients are wrong", said(page))
    page.get_by_label("mistake").select_option("")
    assert page.locator(".box text.right", has_text="✓").count() == 0


def test_the_wrong_order_visits_too_early(opened):
    a = Value(2.0, label="a")
    e = a * 3.0
    e.label = "e"
    page = opened(step((e + 1.0) * 2.0 + e))
    page.get_by_label("mistake").select_option("order")
    heard = heard_to_the_end(page)
    assert any(sentence.startswith("Too early: e is visited when only 1 of 2") for sentence in heard)
    assert any("Too late: e has already been visited" in sentence for sentence in heard)
    assert page.locator("tbody tr", has_text="✓ +9").count() == 1


def predicting(opened, root, at: int):
    """The page as it asks for the number of step ``at``."""
    page = opened(step(root))
    for _ in range(at - 1):
        press(page, "ArrowRight")
    page.get_by_label("ask me for each gradient").check()
    page.get_by_role("button", name="one step forward").click()
    return page


def test_a_prediction_of_something_infinite_is_not_right_whatever_it_is(opened):
    a = Value(1000.0, label="a")
    with ieee():
        q = a.exp()
        L = q * q
    page = predicting(opened, L, 8)
    for guess in ("5", "nan", "inf"):
        page.get_by_label("your prediction").fill(guess)
        press(page, "Enter")
        assert said(page).startswith("Right. ") == (guess == "inf"), guess


def test_a_prediction_is_typed_at_once_and_outlasts_a_look_around(opened):
    page = predicting(opened, diamond(), 10)
    page.keyboard.type("1")  # the focus is there already
    page.locator(".box").first.click()
    assert page.get_by_label("your prediction").input_value() == "1"
    page.keyboard.press("Escape")
    assert page.get_by_label("your prediction").input_value() == "1"


def test_what_is_asked_has_no_colour_that_tells_its_sign(opened):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    page = predicting(opened, a * b, 6)
    assert page.locator(".stack b").first.get_attribute("class") is None
    assert page.locator(".arrow.active").get_attribute("class") == "arrow active plain"
    page.get_by_role("button", name="show the answer").click()
    assert page.locator(".arrow.active").get_attribute("class") == "arrow active minus"


@pytest.mark.parametrize("mistake", ["assign", "keep"])
def test_a_mistake_is_never_said_to_be_complete(opened, mistake):
    x = Value(3.0, label="x")
    y = x * x
    page = opened(step(y * x + y))
    page.get_by_label("mistake").select_option(mistake)
    heard = heard_to_the_end(page)
    # ∂(x³ + x²)/∂x = 3·9 + 2·3 = 33; ∂/∂y = x + 1 = 4
    assert any("is wrong (33 is right)" in sentence for sentence in heard) == (mistake == "keep")
    assert any("that had arrived is lost" in sentence for sentence in heard) == (mistake == "assign")
    assert not any("x has its gradient" in sentence for sentence in heard)
    assert any("is wrong (4 is right) and is passed on" in sentence for sentence in heard) == (mistake == "assign")


def test_each_place_of_an_operand_used_twice_is_named(opened):
    x = Value(3.0, label="x")
    page = opened(step(x * x))
    press(page, "End", "ArrowLeft", "ArrowLeft")
    assert "∂L/∂x += ∂L/∂L · ∂L/∂x (use 1 of 2) = 1 · 3 = 3 (0 → 3), where ∂L/∂x = x = 3." in said(page)


def test_large_and_small_numbers_fit_their_boxes(opened):
    a, b, c = Value(1.234e19, label="a"), Value(12345.0, label="b"), Value(1.2345e-6, label="c")
    page = opened(step((a + b) * c, update=0.1))
    press(page, "End")
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".box")].filter((box) => {
            const shape = box.querySelector(".shape").getBoundingClientRect();
            return [...box.querySelectorAll("text:not(.right, .badge)")].some((t) => t.getBoundingClientRect().right > shape.right); }).length"""
    )
    assert wide == 0
    assert page.locator(".box", has_text="1.234e+19").count() >= 1


def test_a_name_from_right_to_left_leaves_the_formula_as_it_is(opened):
    page = opened(step(Value(2.0, label="שלום") * 3.0))
    press(page, "End", "ArrowLeft", "ArrowLeft")
    places = page.evaluate(
        """() => { const texts = [...document.querySelector(".sentence").childNodes], range = document.createRange();
            return [" += ", " = "].map((part) => { range.selectNode(texts.find(({ data }) => data === part));
                return range.getBoundingClientRect().left; }); }"""
    )
    assert places[0] < places[1]


def test_arrows_between_folded_boxes_have_no_sign(opened):
    player = step(network())
    page = opened(player)
    page.get_by_role("button", name="show layers").click()
    press(page, "End")
    level = next(level for level in player.trace["levels"] if level["name"] == "layers")
    folded = [any(level["boxes"][i]["kind"] == "folded" for i in arrow["ends"]) for arrow in level["arrows"]]
    drawn = page.evaluate("() => [...document.querySelectorAll('.arrow')].map((a) => a.getAttribute('class'))")
    assert {name for name, is_folded in zip(drawn, folded, strict=True) if is_folded} == {"arrow passed plain"}
    assert "arrow passed minus" in drawn  # of a single scalar


def test_both_ends_of_a_step_are_spoken_of_on_a_small_stage(opened):
    xs = [Value(float(i), label=f"x{i}") for i in range(6)]
    page = opened(
        step(dot(xs, [x + 1.0 for x in xs])), viewport={"width": 1024, "height": 768}, reduced_motion="reduce"
    )
    for _ in range(int(page.locator(".clock").text_content().split("/")[1])):
        press(page, "ArrowRight")
        ends_can_be_read(page, 14)


def test_a_slope_is_said_with_its_rule_and_its_numbers_and_a_path_is_in_the_tooltip(opened):
    w, x = Value(1.0, label="w"), Value(1.5, label="x")
    y = (w * x).tanh()
    y.label = "y"
    page = opened(step(y**2))
    heard = heard_to_the_end(page)
    assert "Forward: w·x = 1 · 1.5 = 1.5." in heard
    assert "Forward: L = y² = 0.9051² = 0.8193." in heard
    assert any(", where tanh′(w·x) = 1 − y² = 1 − 0.9051² = 0.1807. " in sentence for sentence in heard)
    assert any(", where ∂(w·x)/∂w = x = 1.5. " in sentence for sentence in heard)
    page = opened(step(network()))
    assert page.locator("tbody button", has_text="w32(1)").get_attribute("title") == "layers[0].neurons[2].w[1]"


def test_every_box_bears_the_name_that_the_sentences_give_it(opened):
    page = opened(step((Value(2.0, label="a") * 3.0).tanh()))
    assert page.locator(".box text.name").all_text_contents()[:4] == ["a", "v1", "a·3", "L"]


def test_the_keys_stay_alive_where_a_control_goes_away(opened):
    page = opened(step(diamond()))
    page.get_by_role("button", name="to the end").click()
    page.wait_for_function("document.activeElement.className === 'cg-player'")  # in a frame or two
    page.locator(".box").first.click()
    page.get_by_role("button", name="stop at this node").click()
    page.wait_for_function("document.activeElement.textContent === '● stops here'")


def test_without_a_breakpoint_ahead_nothing_moves(opened):
    page = opened(step(diamond()))
    press(page, "ArrowRight", "b")
    assert (clock(page), said(page)) == (1, "There is no stop ahead.")


def test_the_row_of_the_step_is_in_sight(opened):
    page = opened(step((MLP([4, 6, 1], seed=0)([1.0, 2.0, 3.0, 4.0]) - 1.0) ** 2))
    for _ in range(60):
        press(page, "ArrowRight")
    page.wait_for_function(
        """() => { const [row, seen] = ["tr.now", ".tabs"].map((s) => document.querySelector(s).getBoundingClientRect());
            return seen.top <= row.top && row.top <= seen.bottom; }"""
    )


# ── the reader's choice ─────────────────────────────────────────────────────


@pytest.mark.parametrize("nodes", ["4", "19"])
def test_on_a_phone_the_graph_comes_first_nothing_overlaps_and_nothing_is_too_wide(opened, nodes):
    page = opened(step(GRAPHS[nodes]()), viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    for key in ["ArrowRight"] * 3 + ["End", "ArrowLeft", "ArrowLeft"]:
        press(page, key)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        parts = [
            "h1",
            ".stage",
            ".note",
            ".sentence",
            ".transport",
            "input[type=search]",
            ".side",
            ".tools",
            ".options",
        ]
        boxes = [page.locator(part).bounding_box() for part in parts]
        for above, below in pairwise(box for box in boxes if box["height"]):
            assert above["y"] + above["height"] <= below["y"] + 0.5
        assert (
            page.evaluate(
                """() => [...document.querySelectorAll("button, select, input, p, label")].filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width && !e.closest(".tabs") && (box.left < 0 || box.right > 390); }).length"""
            )
            == 0
        )
        ends_can_be_read(page, 14)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_in_dark(opened, contrast, scheme):
    page = opened(step(diamond()), color_scheme=scheme)
    for _ in range(9):
        press(page, "ArrowRight")
    pairs = page.evaluate(
        """() => [...document.querySelectorAll(".sentence, .clock, .stack li, th, td, button:not(:disabled), .bands span")].map((e) => {
            let at = e, back;
            while ((back = getComputedStyle(at).backgroundColor) === "rgba(0, 0, 0, 0)") at = at.parentElement;
            return [e.className || e.tagName, getComputedStyle(e).color, back]; })"""
    )
    assert len(pairs) > 20
    assert [(name, contrast(a, b)) for name, a, b in pairs if contrast(a, b) < 4.5] == []


def test_the_theme_can_be_switched_and_type_made_large(opened):
    page = opened(step(diamond()), color_scheme="light")
    back = "getComputedStyle(document.querySelector('.cg')).backgroundColor"
    light = page.evaluate(back)
    page.get_by_role("button", name="light or dark").click()
    assert page.evaluate(back) != light
    size = "parseFloat(getComputedStyle(document.querySelector('.sentence')).fontSize)"
    small = page.evaluate(size)
    page.get_by_role("button", name="larger text").click()
    assert page.evaluate(size) == pytest.approx(1.25 * small)
    press(page, "ArrowRight", "ArrowRight")
    assert min(text_sizes(page, ".box.now")) >= 1.25 * 14 - 0.01
    for _ in range(2):
        page.get_by_role("button", name="larger text").click()
    assert page.evaluate(size) == small
    press(page, "p")
    assert page.evaluate(size) > 1.4 * small
    assert page.locator("table").is_hidden()
    press(page, "p")


SCALE = "(new DOMMatrix(getComputedStyle(document.querySelector('svg.graph > g')).transform)).a"


def test_presenting_draws_the_graph_large_and_brings_the_table_back_when_asked(opened):
    page = opened(step(wide()), reduced_motion="reduce")
    press(page, *["ArrowRight"] * 20)
    small = page.evaluate(SCALE)
    press(page, "p")
    assert page.evaluate(SCALE) > 1.428 > small
    on_stage(page, ".box.now")
    assert page.locator("table").is_hidden()
    press(page, "t")
    assert page.locator("table").is_visible()
    press(page, "t", "p")
    assert page.locator("table").is_visible()
    assert page.evaluate(SCALE) == pytest.approx(small)
    press(page, "t")
    assert page.locator("table").is_hidden()


HALL = {"width": 1920, "height": 1080}


def test_presenting_fills_the_screen_with_the_graph_and_the_sentence_in_type_for_the_last_row(opened):
    page = opened(step(loss_of(2, 2, 1)), viewport=HALL, reduced_motion="reduce")
    page.get_by_role("button", name="presenter mode").click()
    playwright.expect(page.locator(".cg:fullscreen")).to_have_count(1)
    for _ in range(30):
        press(page, "PageDown")
        ends_can_be_read(page, 28)
        small = page.evaluate(
            """() => [...document.querySelectorAll(".cg-player *")].filter((e) => e.checkVisibility()
                && [...e.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
                && !e.closest("option, select")
                && parseFloat(getComputedStyle(e).fontSize) * (e.getCTM?.().a ?? 1)
                    < (e.closest("tspan[font-size], sub, sup") ? 21 : 28)).map((e) => e.outerHTML)"""
        )
        assert small == []
    assert clock(page) == 30
    press(page, "PageUp")
    assert clock(page) == 29
    stage = page.locator(".stage").bounding_box()
    assert stage["width"] * stage["height"] > 0.7 * HALL["width"] * HALL["height"]
    assert [
        name for name in ("search for a node", "a step is", "mistake") if page.get_by_label(name).is_visible()
    ] == []
    page.evaluate("document.exitFullscreen()")  # as Esc does
    playwright.expect(page.locator(".present")).to_have_count(0)
    assert page.get_by_label("mistake").is_visible()


def test_escape_ends_presenting_where_there_is_no_full_screen(opened):
    page = opened(step(diamond()))
    page.evaluate("() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError()); }")
    press(page, "p", "PageDown", "Escape")
    assert page.get_by_label("mistake").is_visible()
    press(page, "PageDown")  # scrolls
    assert clock(page) == 1


def wide() -> Value:
    """Nine columns."""
    w, x = Value(0.5, label="w", kind="parameter"), Value(2.0, label="x")
    return ((w * x + 0.3).tanh() - 1.0) ** 2 + (w * w).exp()


def on_stage(page, selector: str) -> None:
    """Nothing of this is cut off by the stage's border."""
    stage = page.locator(".stage").bounding_box()
    for box in page.locator(selector).all():
        at = box.locator(".shape").first.bounding_box()
        assert stage["x"] <= at["x"]
        assert stage["y"] <= at["y"]
        assert at["x"] + at["width"] <= stage["x"] + stage["width"]
        assert at["y"] + at["height"] <= stage["y"] + stage["height"]


def text_sizes(page, selector: str) -> list[float]:
    """How large every text in these elements of the graph is on the screen, in px."""
    sizes = page.locator(f"{selector} text").evaluate_all(
        """(all) => all.filter((e) => e.textContent)
            .map((e) => e.getCTM().a * parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert sizes
    return sizes


def is_within(inner, outer) -> bool:
    return all(
        outer[at] - 0.5 <= inner[at] and inner[at] + inner[size] <= outer[at] + outer[size] + 0.5
        for at, size in (("x", "width"), ("y", "height"))
    )


def apart(a, b) -> bool:
    return any(
        a[at] + a[size] <= b[at] + 0.5 or b[at] + b[size] <= a[at] + 0.5
        for at, size in (("x", "width"), ("y", "height"))
    )


READABLE = """(least) => {
  const wrong = [], claim = (holds, what) => holds || wrong.push(`${what}: ${sentence}`);
  const [now, target] = [".box.now", ".box.target"].map((which) => [...document.querySelectorAll(which)]);
  const sentence = document.querySelector("[role=status]").textContent;
  const place = (e) => e.getBoundingClientRect(), shape = (box) => place(box.querySelector(".shape"));
  const within = (a, b, by = 0.5) =>
    a.left >= b.left - by && a.right <= b.right + by && a.top >= b.top - by && a.bottom <= b.bottom + by;
  const apart = (a, b) =>
    a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
  const size = (e) => parseFloat(getComputedStyle(e).fontSize);
  if (!now.length) return [];
  const arrives = target.length ? target : now, stage = place(document.querySelector(".stage")), box = shape(arrives[0]);
  for (const one of arrives) claim(within(shape(one), stage, 0), "cut off by the stage's border");
  const texts = arrives.flatMap((one) => [...one.querySelectorAll("text")]).filter((text) => text.textContent);
  claim(texts.length && texts.every((text) => text.getCTM().a * size(text) >= least - 0.01), "too small");
  const marked = [...document.querySelectorAll(".marker")].map((marker) => {
    claim(within(place(marker), stage), "a marker that is cut off");
    claim(apart(place(marker), box), "a marker on a box");
    claim(size(marker) >= least, "a marker too small");
    return marker.querySelector("b").textContent;
  });
  const isFolded = now.some((one) => one.matches(".folded"));
  if (within(shape(now[0]), stage)) claim(arrives === now || !marked.length, "a marker of what is there");
  else claim(marked.length === 1 && (isFolded || sentence.includes(marked[0])), "no marker of what is away");
  const inside = (a) => ({ left: Math.max(a.left, stage.left), right: Math.min(a.right, stage.right),
    top: Math.max(a.top, stage.top), bottom: Math.min(a.bottom, stage.bottom) });
  const seen = [...document.querySelectorAll(".box")].map((one) => inside(shape(one)));
  const over = [...document.querySelectorAll(".marker, .minimap, .label rect")].filter((e) => e.checkVisibility({ visibilityProperty: true }));
  for (const e of over) claim(seen.every((one) => apart(place(e), one)), `${e.getAttribute("class") ?? "a plate"} on a box`);
  for (const e of over) claim(over.every((other) => other === e || apart(place(e), place(other))), "one over the other");
  return wrong;
}"""


def ends_can_be_read(page, least: float) -> None:
    """Where a step's number arrives is on the stage; what it comes from too, or a marker names it; all in px enough."""
    assert page.evaluate(READABLE, least) == []


def test_what_cannot_be_read_is_found(opened):
    """The check itself: of a camera that stands still, and of type for the last row."""
    page = opened(step(long()), viewport={"width": 1280, "height": 800})
    page.evaluate("page.stage.follow = () => {}; page.stage.zoom(3); page.go(page.pass.forwardEnd)")
    assert "cut off by the stage's border" in page.evaluate(READABLE, 14)[0]
    page.evaluate("page.stage.fit(); page.go(1); page.go(2)")
    assert any(wrong.startswith("too small") for wrong in page.evaluate(READABLE, 100))


def loss_of(*sizes: int) -> Value:
    loss = (MLP(list(sizes), activation="tanh", seed=3)([0.5] * sizes[0]) - 1.0) ** 2
    loss.label = "loss"
    return loss


def long() -> Value:
    """A chain of thirty nodes, several times as long as the stage."""
    y = Value(0.3, label="x")
    for _ in range(10):
        y = (y * 1.1).tanh()
    return y


GRAPHS = {
    "4": diamond, "19": lambda: loss_of(2, 2, 1), "31": long, "36": lambda: loss_of(3, 4, 1), "131": lambda: loss_of(6, 8, 4, 1)
}  # fmt: skip


@pytest.mark.parametrize(
    ("nodes", "size"),
    [*((nodes, (1024, 768)) for nodes in GRAPHS), *product(["31", "131"], [(1280, 800), (1920, 1080)])],
    ids=str,
)
def test_it_opens_with_the_whole_graph_in_legible_type_or_with_its_beginning(opened, nodes, size):
    page = opened(step(GRAPHS[nodes]()), viewport={"width": size[0], "height": size[1]})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    on_stage(page, ".box >> nth=0" if nodes == "31" or (nodes == "131" and size[0] < 1920) else ".box")
    assert min(text_sizes(page, ".box")) >= 11


def test_a_long_graph_is_folded_into_rows_that_fill_the_stage(opened):
    page = opened(step(loss_of(2, 2, 1)), viewport={"width": 1280, "height": 800})
    stage, graph = page.locator(".stage").bounding_box(), page.locator("svg.graph > g").bounding_box()
    assert graph["width"] * graph["height"] > 0.6 * stage["width"] * stage["height"]


@pytest.mark.parametrize("nodes", ["31", "36", "131"])  # the smaller ones are on the stage as a whole
def test_what_a_step_speaks_of_is_on_the_stage_and_can_be_read(opened, nodes):
    page = opened(step(GRAPHS[nodes]()), viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    for _ in range(60):
        press(page, "ArrowRight")
        ends_can_be_read(page, 14)


def far() -> Value:
    """Its first node is used again by its last, thirty columns away."""
    x = Value(0.3, label="x")
    y = x
    for _ in range(10):
        y = (y * 1.1).tanh()
    y.label = "y"
    return y * x


def test_the_far_end_of_a_step_is_a_marker_with_its_name_and_number_and_a_click_goes_there(opened):
    page = opened(step(far()), viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    while not said(page).startswith("∂L/∂x += ∂L/∂L"):
        press(page, "ArrowRight")
    marker = page.locator(".marker")
    assert marker.locator("*").all_text_contents() == ["L", "grad +1"]
    on_stage(page, ".box.target")
    label, stage = page.locator(".label rect").bounding_box(), page.locator(".stage").bounding_box()
    assert is_within(label, stage)  # the product is where the arrow can be seen
    marker.click()
    on_stage(page, ".box.now")
    assert page.locator(".marker b").text_content() == "x"  # now it is the other end that is away


def test_the_map_shows_what_is_on_the_stage_and_takes_one_elsewhere(opened):
    page = opened(step(long()), viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    minimap = page.locator(".minimap")
    seen = lambda: float(minimap.locator("rect").get_attribute("y"))  # noqa: E731
    top = seen()
    box = minimap.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    page.mouse.down()
    assert seen() > top
    on_stage(page, ".box >> nth=-1")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"], steps=3)
    page.mouse.up()
    assert seen() == pytest.approx(top)
    on_stage(page, ".box >> nth=0")
    page = opened(step(diamond()))
    assert page.locator(".minimap").is_hidden()  # the whole graph is on the stage


def test_the_graph_cannot_be_dragged_off_the_stage(opened):
    page = opened(step(diamond()))
    box = page.locator(".stage").bounding_box()
    for end in ((box["x"] + 5, box["y"] + 5), (box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)):
        for _ in range(3):
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
            page.mouse.down()
            page.mouse.move(*end)
            page.mouse.up()
        graph = page.locator("svg.graph > g").bounding_box()
        assert not apart(graph, box)


def test_the_camera_glides_unless_motion_is_not_wanted(opened):
    for motion, name in (("reduce", "0s"), ("no-preference", "0.35s")):
        page = opened(step(long()), reduced_motion=motion)
        press(page, *["ArrowRight"] * 14)
        glides = page.locator("svg.gliding > g")
        assert glides.evaluate("(e) => getComputedStyle(e).transitionDuration") == name


def test_a_mistake_that_makes_no_difference_is_said_to_make_none(opened):
    page = opened(step(Value(2.0, label="x").exp()))
    page.get_by_label("mistake").select_option("order")
    page.get_by_role("button", name="to the end").click()
    assert (
        said(page) == "Done, with “wrong order of visits”: no gradient is wrong, in this graph it makes no difference."
    )


def test_nothing_moves_when_motion_is_not_wanted(opened):
    for motion, name in (("reduce", "none"), ("no-preference", "cg-flow")):
        page = opened(step(diamond()), reduced_motion=motion)
        press(page, *["ArrowRight"] * 2)
        assert page.evaluate("getComputedStyle(document.querySelector('.arrow.feeding .line')).animationName") == name


def test_help_lists_the_keys(opened):
    page = opened(step(diamond()))
    press(page, "?")
    assert page.get_by_role("dialog").is_visible()
    press(page, "Escape")
    assert page.get_by_role("dialog").is_hidden()


def test_a_screen_reader_finds_the_controls(opened):
    page = opened(step(diamond()))
    tree = page.get_by_role("toolbar", name="player").aria_snapshot()
    assert tree.splitlines()[:6] == [
        '- toolbar "player":',
        '  - button "to the beginning" [disabled]: "|◀"',
        '  - button "one step back" [disabled]: ◀',
        '  - button "play or pause": Play',
        '  - button "one step forward": ▶',
        '  - button "to the end": ▶|',
    ]
    assert 'slider "time": "0"' in tree
    assert page.get_by_role("status").get_attribute("aria-live") == "polite"


# ── taking it home ──────────────────────────────────────────────────────────


def test_it_saves_svg_png_and_itself(opened, tmp_path):
    page = opened(step(diamond()))
    press(page, *["ArrowRight"] * 9)
    saved = {}
    for kind in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"save the picture as {kind}").click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    assert 'class="cg graph"' in saved["SVG"].read_text()
    assert saved["PNG"].read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as download:
        page.get_by_role("button", name="save this page").click()
    copy = tmp_path / "copy.html"
    download.value.save_as(copy)
    page.goto(copy.as_uri())
    press(page, "End")
    assert said(page).startswith("Done")


def test_the_saved_picture_holds_the_opened_box_with_the_arrows_over_it(opened, tmp_path):
    page = opened(step(network()))
    page.get_by_role("button", name="show layers").click()
    page.locator(".box.folded", has_text="layer 1").click()
    page.locator(".box.folded", has_text="neuron 2").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="save the picture as SVG").click()
    download.value.save_as(tmp_path / "graph.svg")
    svg = (tmp_path / "graph.svg").read_text()
    _, top, _, height = map(float, re.search(r'viewBox="([^"]+)"', svg)[1].split())
    ys = [float(y) for d in re.findall(r' d="([^"]+)"', svg) for y in re.findall(r"[\d.-]+ ([\d.-]+)", d)]
    assert len(ys) > 20
    assert top <= min(ys) < 0  # an arrow is led over the boxes
    assert max(ys) <= top + height


def test_the_card_says_what_is_not_known_yet(opened):
    page = opened(step(diamond()))
    page.locator("tbody button", has_text="z").click()
    facts = lambda: page.locator(".card dd").all_text_contents()[:2]  # noqa: E731
    assert facts() == ["not yet", "not yet"]
    page.get_by_role("button", name="to its forward step").click()
    assert facts() == ["6", "not yet"]
    page.get_by_role("button", name="to the step that completes").click()
    assert facts() == ["6", "2"]


def test_hostile_labels_only_show(opened):
    xs = [Value(float(i), label=label) for i, label in enumerate(HOSTILE)]
    y = xs[0]
    for x in xs[1:]:
        y = y * x
    page = opened(step(y))
    for _ in range(12):
        press(page, "Shift+ArrowRight")
    for button in page.locator("tbody button").all()[:6]:
        button.click()
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0
    assert "<img src=x" in page.locator("tbody").text_content()


# ── as a widget ─────────────────────────────────────────────────────────────

WIDGET = """async ([source, traits]) => {
    const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const listeners = {}, saved = [];
    const model = {
        get: (name) => traits[name],
        set: (name, value) => { traits[name] = value; listeners[`change:${name}`]?.(); },
        save_changes: () => saved.push(traits.time),
        on: (what, listener) => { listeners[what] = listener; },
        off: (what) => { delete listeners[what]; },
    };
    window.shared = { saved, listeners, set: model.set, numbers: () => traits.numbers };
    shared.close = widget.render({ model, el: document.body });
}"""


def test_the_widgets_module_shares_its_time_with_python(tab):
    page = tab(allowed=("data:", "blob:"))
    page.goto("data:text/html,<!DOCTYPE html><html lang=en></html>")
    player = step(diamond())
    traits = {"trace": player.json, "height": 640, "time": 9, "numbers": {"0": 4.0}, "_css": ""}
    page.evaluate(WIDGET, [esm(player.tables), traits])
    assert page.locator(".clock").text_content() == "9 / 12"
    page.get_by_role("button", name="one step forward").click()
    assert page.evaluate("shared.saved") == [10]
    page.evaluate("shared.set('time', 3)")
    assert page.locator(".clock").text_content() == "3 / 12"
    row = page.locator("tbody tr").first
    assert row.inner_text().split() == ["w", "parameter", "4"]  # as Python has it
    page.evaluate("shared.set('numbers', {0: 1})")
    assert row.inner_text().split()[2] == "1"
    row.get_by_role("button").click()
    page.get_by_label("w, as a number").fill("inf")
    page.get_by_label("w, as a number").press("Enter")
    assert page.evaluate("shared.numbers()") == {"0": "inf"}
    page.evaluate("shared.close()")
    assert page.evaluate("Object.keys(shared.listeners)") == []
    page.locator(".stage").click(position={"x": 5, "y": 5})
    press(page, "ArrowRight")
    assert page.locator(".clock").text_content() == "3 / 12"  # its keys are gone with it


# ── size ────────────────────────────────────────────────────────────────────


def test_a_step_through_a_thousand_nodes_touches_a_few_elements_of_the_page(opened):
    x = y = Value(0.5, label="x")
    for _ in range(499):
        y = (y * x).sin()
    page = opened(step(y))
    assert page.evaluate("document.querySelectorAll('*').length") < 4_000
    press(page, "End")
    touched = page.evaluate(
        """async () => { const counts = [], seen = new MutationObserver(() => {});
            const all = { subtree: true, childList: true, attributes: true, characterData: true };
            const size = (change) => 1 + change.addedNodes.length + change.removedNodes.length;
            for (let i = 0; i < 20; i += 1) { await new Promise(requestAnimationFrame); seen.observe(document, all);
              document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
              counts.push(seen.takeRecords().reduce((sum, change) => sum + size(change), 0)); seen.disconnect(); }
            return counts; }"""
    )
    assert min(touched) > 0
    assert max(touched) < 100


def test_the_table_shows_gradients_whole_beside_long_names(opened):
    model = MLP([12, 12, 2], seed=0)
    page = opened(step(sum(model([0.1 * k for k in range(12)]))))
    press(page, "End")
    assert page.locator(".side").evaluate("(e) => e.scrollWidth <= e.clientWidth")
