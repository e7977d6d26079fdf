"""The player inside of the playground: the trace that the page makes of a sample against the one that Python makes."""

from __future__ import annotations

import json
import random

import pytest
from test_page_engine import in_node

from autograd.expressions import parse
from autograd.view.scripts import ASSETS, join_modules
from nn import MLP, data, losses, player, playground
from nn.activations import row_of
from nn.neuron_panel import ASSETS as PAGES

READ = """
const view = (trace) => {
  const path = (module) => (module < 0 ? "" : trace.modules[module].map((at) => trace.modules[at]?.[0] ?? at).join());
  const nodes = trace.nodes.map(({ module, layer, full, ...node }) => ({ ...node, module: path(module), layer: path(layer) }));
  const sentences = [...trace.correct.events, null].map((_, time) => plain(sentence(trace, trace.correct, time)));
  return { nodes, sentences, events: trace.correct.events, ops: trace.ops, samples: trace.samples, version: [trace.format, trace.version] };
};
function traces(cases) {
  return cases.map(({ architecture, parameters, samples, chosen, words, python }) => {
    const network = new ScalarNetwork(architecture, OPS);
    network.parameters = parameters;
    const mine = sampleTrace(network, samples[chosen], samples, words, "sample");
    return [view(readTrace(mine, UPDATES)), view(readTrace(python, UPDATES))];
  });
}
"""


@pytest.fixture(scope="module")
def page():
    return playground()


NETWORKS = [  # sizes, activation, loss, samples, and features of the inputs, where these are not the inputs
    ([2, 2, 1], "sigmoid", "logistic", data.XOR, []),
    ([2, 4, 3, 1], "tanh", "mse", data.hills(5, seed=0), []),
    ([2, 3, 3], "relu", "cross_entropy", data.spiral(6, classes=3, seed=0), []),
    ([3, 11, 1], "gelu", "hinge", data.Dataset(data.AND.X, [-1, -1, -1, 1], ["x1", "x2"], ["0", "1"]), ["x1 * x2", "x2", "sin(3 * x1)"]),
]  # fmt: skip


def case_of(page, sizes, activation, loss, samples, features):
    """What the page is given, and the trace that Python makes of the same network and sample."""
    network = MLP(sizes, activation=activation, seed=3)
    rng = random.Random(4)
    for p in network.parameters():
        p.data += rng.uniform(-0.2, 0.2)  # biases too

    def with_features(x):
        named = dict(zip(["x1", "x2"], x, strict=True))
        return network([parse(text)(named) for text in features])

    made = player(with_features if features else network, samples.X, samples.y, loss=loss, sample=1)
    targets = losses.targets_as_numbers(losses.get(loss), samples.y, sizes[-1])
    rows = [row_of(layer.neurons[0].activation).name for layer in network.layers[:-1]]
    architecture = {
        "sizes": sizes, "activations": [*rows, "positive"], "loss": page.data["losses"][f"{loss}/{sizes[-1]}"],
        "features": [page.data["graphs"][text] for text in features] or None,
    }  # fmt: skip
    return {
        "architecture": architecture, "parameters": [p.data for p in network.parameters()], "chosen": 1,
        "samples": [{"x": x, "target": t if isinstance(t, list) else [t]} for x, t in zip(samples.X, targets, strict=True)],
        "words": page.data["ops"], "python": json.loads(made.json),
    }  # fmt: skip


def same(mine, python):
    """Asserts that two JSON documents are the same, numbers but for rounding."""
    if isinstance(python, dict):
        assert mine.keys() == python.keys()
        for key, value in python.items():
            same(mine[key], value)
    elif isinstance(python, list):
        assert len(mine) == len(python)
        for a, b in zip(mine, python, strict=True):
            same(a, b)
    elif isinstance(python, float) or isinstance(mine, float):
        assert mine == pytest.approx(python, rel=1e-12, abs=1e-15)
    else:
        assert mine == python


def test_the_trace_of_a_sample_is_node_for_node_that_of_the_player_in_python(tmp_path, page):
    modules = join_modules(
        *(ASSETS / name for name in ("trace.js", "sentences.js", "phrase.js")),
        *(PAGES / name for name in ("sample_trace.js", "scalar_network.js")),
    )
    cases = [case_of(page, *network) for network in NETWORKS]
    for mine, python in in_node(tmp_path, f"{modules}\n{page.tables}{READ}", "traces", cases):
        same(mine, python)


@pytest.mark.slow
def test_a_click_opens_the_chosen_sample_in_the_player_and_escape_goes_back(opened):
    model = MLP([2, 3, 2, 1], activation="tanh", seed=5)
    tab = opened(playground(model, data.XOR))
    plane = tab.locator(".plane svg").first
    plane.focus()
    for key in ["ArrowLeft"] * 25 + ["ArrowUp"] * 25 + ["Enter"]:
        plane.press(key)
    opener = tab.get_by_role("button", name="its loss as a graph of numbers")
    assert opener.text_content() == "step through sample 2"
    opener.click()
    x, y = data.XOR.X[1], data.XOR.y[1]
    loss = losses.logistic([model(x)], [y])
    loss.backward()
    assert tab.locator(".cg-player h1").text_content() == "Sample 2, step by step"
    assert not tab.locator(".playground-page").is_visible()

    def row(name):
        shown = tab.locator(".cg-player tbody tr", has=tab.get_by_role("button", name=name, exact=True))
        return [float(text.replace("−", "-")) for text in shown.locator("td").all_text_contents()[1:3]]

    texts = tab.locator(".cg-player .box text")  # the playground's style, of which each text has an outline, ends here
    assert texts.first.evaluate("(text) => getComputedStyle(text).stroke") == "none"
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="save the picture as SVG").click()
    picture = saved.value.path().read_text()
    assert ".cg-player" in picture
    assert ".playground-page" not in picture

    tab.keyboard.press("End")
    first = model.layers[0].neurons[0].w[0]
    assert row("w11(1)") == pytest.approx([first.data, first.grad], rel=1e-3)
    assert row("L") == pytest.approx([loss.data, 1.0], rel=1e-3)

    tab.get_by_role("button", name="w11(1)", exact=True).click()
    field = tab.get_by_label("w₁₁⁽¹⁾, as a number")
    field.fill("0.75")
    field.press("Enter")
    trained = [p.data for p in model.parameters()]
    first.data = 0.75
    changed = losses.logistic([model(x)], [y])
    assert row("L")[0] == pytest.approx(changed.data, rel=1e-3)
    tab.get_by_role("button", name="gradient descent, in this page").click()
    tab.get_by_role("combobox", name="sample").select_option("all")
    mean = losses.logistic([model(x) for x in data.XOR.X], data.XOR.y).data
    tab.get_by_role("button", name="move every parameter once").click()
    assert tab.evaluate("page.player.player.descent.descent.losses[0]") == pytest.approx(mean, rel=1e-12)

    tab.set_viewport_size({"width": 390, "height": 844})
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    tab.keyboard.press("Escape")  # the card of the weight
    assert tab.locator(".cg-player").is_visible()
    tab.keyboard.press("Escape")
    assert tab.locator(".cg-player").count() == 0
    assert tab.evaluate("document.activeElement.textContent") == "step through sample 2"
    assert tab.evaluate("page.network.parameters[0]") != 0.75  # what was changed there stayed there
    tab.locator("[data-key='neuron 2 1']").press("Enter")
    tab.get_by_role("button", name="this neuron's part").click()
    assert tab.locator(".cg-player .trail").text_content() == "‹ layer 2 › neuron 2"
    tab.get_by_role("button", name="back to the playground").click()
    assert tab.locator(".playground-page").is_visible()
    plane.press("o")
    assert tab.locator(".cg-player .trail").is_hidden()
    take = tab.get_by_role("button", name="back to the playground, whose network gets the weights")
    assert take.is_hidden()
    tab.keyboard.press("d")
    tab.get_by_role("button", name="move every parameter once").click()
    take.click()
    model.zero_grad()
    first.data = trained[0]
    losses.logistic([model(x)], [y]).backward()
    moved = [p.data - 0.1 * p.grad for p in model.parameters()]
    assert tab.evaluate("page.network.parameters") == pytest.approx(moved, rel=1e-12)
