"""The playground: its graph, its numbers and its page against Python's."""

from __future__ import annotations

import hashlib
import json
import random
import re

import numpy as np
import pytest
from conftest import PATIENCE
from test_page_engine import in_node

from autograd import OPS
from autograd.expressions import ExpressionError
from autograd.view.operators import javascript_table
from autograd.view.scripts import ASSETS, join_modules
from nn import MLP, SGD, Adam, RMSprop, activations, data, fit, losses, playground
from nn.neuron_panel import ASSETS as PAGES
from nn.page_graph import formula_graph, loss_graph
from nn.playground import INITS, SAMPLES, SETS

# ── the graph ───────────────────────────────────────────────────────────────

PASSES = """
function passes(cases) {
  return cases.map(({ network, parameters, samples }) => {
    const graph = networkGraph(network);
    const tape = new Tape(graph.nodes, OPS);
    graph.parameters.forEach((place, i) => { tape.data[place] = parameters[i]; });
    const losses = samples.map(([x, y]) => {
      graph.x.forEach((place, j) => { tape.data[place] = x[j]; });
      graph.targets.forEach((place, k) => { tape.data[place] = y[k]; });
      tape.forward();
      tape.backward(graph.loss, 1 / samples.length);
      return tape.data[graph.loss];
    });
    const outputs = graph.outputs.map((place) => tape.data[place]);
    return { losses, outputs, gradients: graph.parameters.map((place) => tape.grad[place]) };
  });
}
"""
NETWORKS = [  # sizes, activation of the hidden layers, loss
    ([2, 3, 1], "tanh", "logistic"),
    ([2, 8, 8, 1], "relu", "logistic"),
    ([1, 4, 2, 1], "sigmoid", "mse"),
    ([3, 5, 4], "gelu", "cross_entropy"),
    ([2, 3, 2, 3, 3], "identity", "cross_entropy"),
    ([2, 1], "tanh", "hinge"),
    ([2, 4, 2], "silu", "mse"),
]


def rules_for(sizes: list[int], names: list[str]) -> dict:
    rows = {name: (OPS[name], 1) for name in names}
    return {**rows, **{f"dot/{2 * m + 1}": (OPS["dot"], 2 * m + 1) for m in sizes}}


def target_of(loss: str, outputs: int, rng: random.Random) -> tuple:
    """A target as Python's loss takes it, and as the page has it."""
    if loss == "cross_entropy":
        k = rng.randrange(outputs)
        return k, [float(k == j) for j in range(outputs)]
    y = [rng.uniform(-1, 1) if loss == "mse" else rng.choice([-1, 1]) for _ in range(outputs)]
    if loss == "logistic":
        y = [(v + 1) // 2 for v in y]
    return (y[0] if outputs == 1 else y), y


def case_of(sizes, activation, loss, seed):
    """What the page is given; what Python says: losses, outputs of the last sample, gradients of the mean loss."""
    rng, model = random.Random(seed), MLP(sizes, activation=activation, seed=seed)
    X = [[rng.uniform(-2, 2) for _ in range(sizes[0])] for _ in range(3)]
    targets = [target_of(loss, sizes[-1], rng) for _ in X]
    graph, rules = loss_graph(loss, sizes[-1])
    rows = [activations.row_of(layer.neurons[0].activation).name for layer in model.layers[:-1]]
    network = {"sizes": sizes, "activations": [*rows, "positive"], "loss": graph}
    parameters = [p.data for p in model.parameters()]
    outputs = [model(x) for x in X]
    of_loss = losses.get(loss)
    of_loss(outputs, [y for y, _ in targets]).backward()
    last = outputs[-1] if sizes[-1] > 1 else [outputs[-1]]
    python = {
        "losses": [of_loss([model(x)], [y]).data for x, (y, _) in zip(X, targets, strict=True)],
        "outputs": [f.data for f in last],
        "gradients": [p.grad for p in model.parameters()],
    }
    samples = [[x, y] for x, (_, y) in zip(X, targets, strict=True)]
    page = {"network": network, "parameters": parameters, "samples": samples}
    return page, python, {**rules, **rules_for(sizes, rows)}


def test_the_graph_of_a_network_has_pythons_losses_outputs_and_gradients(tmp_path):
    cases = [case_of(*network, seed) for seed, network in enumerate(NETWORKS)]
    rules = {name: rule for *_, needed in cases for name, rule in needed.items()}
    modules = join_modules(PAGES / "network_graph.js", ASSETS / "tape.js")
    found = in_node(tmp_path, f"{modules}\n{javascript_table(rules)}{PASSES}", "passes", [page for page, *_ in cases])
    for network, (_, python, _), mine in zip(NETWORKS, cases, found, strict=True):
        for what, numbers in python.items():
            assert mine[what] == pytest.approx(numbers, rel=1e-12, abs=1e-15), (network, what)


def test_a_feature_is_a_formula_of_the_inputs_and_nothing_else():
    graph, rules = formula_graph("sin(3*x1)", ["x1", "x2"])
    assert graph["inputs"] == 2
    assert [node["op"] for node in graph["nodes"]] == ["constant", "multiply", "sin"]
    assert set(rules) == {"multiply", "sin"}
    assert formula_graph("x2", ["x1", "x2"])[0] == {"inputs": 2, "nodes": [], "result": 1}
    with pytest.raises(ExpressionError, match="no value for x3"):
        formula_graph("x3", ["x1", "x2"])


# ── seeds: samples, weights and batches are Python's ────────────────────────

SEEDS = [0, 7, 2**32 + 5]
PIECES = """
function draws(seeds) {
  return seeds.map((seed) => {
    const rng = new Mersenne(seed);
    const order = [...Array(50).keys()];
    rng.shuffle(order);
    return [rng.random(), rng.uniform(-2, 3), rng.gauss(1, 2), rng.gauss(0, 1), rng.below(1000), ...order];
  });
}
function samplesOf(cases) {
  return cases.map(({ set, noise, share, seed }) => {
    const parts = splitSamples(withNoise(set, noise, seed), share, set.classes.length > 0, seed);
    return set.standardized ? standardizeSamples(parts) : parts;
  });
}
function weightsOf(cases) {
  return cases.map(({ sizes, init, seed }) => initialParameters(sizes, init, seed, OPS));
}
function pathsOf(cases) {
  return cases.map(({ architecture, parameters, samples }) => {
    const network = new ScalarNetwork(architecture, OPS);
    network.parameters = parameters;
    network.differentiate(samples.map(([x, target]) => ({ x, target })));
    return network.graph.parameters.map((leaf) => pathsFrom(network, leaf).map(({ product }) => product));
  });
}
function digests(texts) {
  return texts.map((text) => sha256(new TextEncoder().encode(text)));
}
function runs(cases) {
  return cases.map(({ architecture, parameters, samples, settings, epochs }) => {
    const network = new ScalarNetwork(architecture, OPS);
    network.parameters = parameters;
    const outputs = architecture.sizes.at(-1);
    const train = samples.X.map((x, i) => ({ x, target: targetOf(samples.y[i], settings.loss, outputs) }));
    const training = new Training(network, { train, heldOut: [] }, settings, UPDATES, () => true);
    while (training.progress < epochs) training.step();
    training.record();
    return { parameters: network.parameters, steps: training.steps, loss: training.history.at(-1).train.loss };
  });
}
"""


@pytest.fixture(scope="module")
def page():
    return playground()


@pytest.fixture(scope="module")
def pieces(page):
    """The modules of the page that know no DOM, with its tables."""
    names = ["training", "samples_drawn", "scalar_network", "initial_weights", "gradient_paths", "sha256"]
    return f"{join_modules(*(PAGES / f'{name}.js' for name in names))}\n{page.tables}{PIECES}"


def test_a_seed_means_pythons_random_numbers(tmp_path, pieces):
    for seed, mine in zip(SEEDS, in_node(tmp_path, pieces, "draws", SEEDS), strict=True):
        rng, order = random.Random(seed), list(range(50))
        rng.shuffle(order)
        python = [rng.random(), rng.uniform(-2, 3), rng.gauss(1, 2), rng.gauss(0, 1), rng.randrange(1000), *order]
        assert mine == pytest.approx(python, rel=1e-15)


def test_samples_are_those_of_nn_data(tmp_path, page, pieces):
    cases, python = [], []
    for (name, one), seed in zip(SETS.items(), [0, 3, 8] * 4, strict=False):
        share = 0.3 if one.noisy else 0.0
        cases.append({"set": page.data["sets"][name], "noise": 0.2, "share": share, "seed": seed})
        samples = one.make(noise=0.2, seed=seed)
        python.append(data.split(samples, share, seed=seed) if share else (samples, samples._replace(X=[], y=[])))
    large = page.data["sets"]["gauss"]
    cases.append({"set": {**large, "standardized": True}, "noise": 3.0, "share": 0.5, "seed": 1})
    python.append(data.standardized(*data.split(data.gauss(SAMPLES, noise=3.0, seed=1), 0.5, seed=1)))
    for mine, (train, held_out) in zip(in_node(tmp_path, pieces, "samplesOf", cases), python, strict=True):
        for part, expected in ((mine["train"], train), (mine["heldOut"], held_out)):
            assert part["y"] == pytest.approx(expected.y, rel=1e-12, abs=1e-14)
            assert np.ravel(part["X"]) == pytest.approx(np.ravel(expected.X), rel=1e-12, abs=1e-14)


def test_first_weights_are_those_of_an_mlp_of_that_seed(tmp_path, page, pieces):
    cases = [{"sizes": [2, 5, 3, 1], "init": page.data["inits"][init], "seed": 4} for init in INITS]
    for init, mine in zip(INITS, in_node(tmp_path, pieces, "weightsOf", cases), strict=True):
        python = [p.data for p in MLP([2, 5, 3, 1], init=init, seed=4).parameters()]
        assert mine == pytest.approx(python, rel=1e-13), init


TRAININGS = [  # data set, sizes, activation, loss, page's settings, Python's optimizer
    ("moons", [2, 4, 2, 1], "tanh", "logistic", {"optimizer": "SGD", "lr": 0.1, "batch": 10}, lambda p: SGD(p, lr=0.1)),
    (
        "spiral3", [2, 6, 3], "relu", "cross_entropy", {"optimizer": "Adam", "lr": 0.02, "batch": 32, "penalty": "L2", "rate": 0.01},
        lambda p: Adam(p, lr=0.02, weight_decay=0.01),
    ),
    ("hills", [2, 5, 1], "sigmoid", "mse", {"optimizer": "momentum", "lr": 0.3, "batch": 0}, lambda p: SGD(p, lr=0.3, momentum=0.9)),
    ("circles", [2, 3, 1], "gelu", "hinge", {"optimizer": "RMSprop", "lr": 0.01, "batch": 7}, lambda p: RMSprop(p, lr=0.01)),
]  # fmt: skip


def test_training_goes_where_fit_goes(tmp_path, page, pieces):
    cases, python = [], []
    for name, sizes, activation, loss, settings, optimizer in TRAININGS:
        model, samples = MLP(sizes, activation=activation, seed=1), SETS[name].make(noise=0.1, seed=2)
        row = activations.row_of(activations.get(activation)).name
        graph = page.data["losses"][f"{loss}/{sizes[-1]}"]
        architecture = {"sizes": sizes, "activations": [*[row] * (len(sizes) - 2), "positive"], "loss": graph}
        cases.append({
            "architecture": architecture, "parameters": [p.data for p in model.parameters()], "epochs": 5,
            "samples": {"X": samples.X, "y": samples.y}, "settings": {"loss": loss, "seed": 3, "penalty": "none", **settings},
        })  # fmt: skip
        y = [2 * k - 1 for k in samples.y] if loss == "hinge" else samples.y
        run = fit(model, samples.X, y, loss=loss, optimizer=optimizer(model.parameters()), epochs=5, batch_size=settings["batch"] or None, seed=3)  # fmt: skip
        python.append(
            (len(run), [p.data for p in model.parameters()], losses.get(loss)(list(map(model, samples.X)), y).data)
        )
    for mine, (steps, parameters, loss) in zip(in_node(tmp_path, pieces, "runs", cases), python, strict=True):
        assert mine["steps"] == steps
        assert mine["parameters"] == pytest.approx(parameters, rel=1e-9, abs=1e-12)
        assert mine["loss"] == pytest.approx(loss, rel=1e-9)


def test_a_checksum_is_the_digest_that_hashlib_gives(tmp_path, pieces):
    texts = ["", "abc", "é" * 31, "x" * 55, "x" * 56, "x" * 64, "y" * 1000]
    expected = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    assert in_node(tmp_path, pieces, "digests", texts) == expected


def test_a_weights_gradient_is_the_sum_over_its_paths_to_the_loss(tmp_path, page, pieces):
    sizes, x, y = [2, 3, 2, 3], [0.3, -0.8], 1
    model = MLP(sizes, activation="tanh", seed=3)
    losses.cross_entropy([model(x)], [y]).backward()
    architecture = {
        "sizes": sizes, "activations": ["tanh", "tanh", "positive"], "loss": page.data["losses"]["cross_entropy/3"],
    }  # fmt: skip
    case = {
        "architecture": architecture,
        "parameters": [p.data for p in model.parameters()],
        "samples": [[x, [0, 1, 0]]],
    }
    (found,) = in_node(tmp_path, pieces, "pathsOf", [case])
    assert [len(paths) for paths in found] == [2 * 3] * 9 + [3] * 8 + [1] * 9  # ways on through the layers behind
    assert [sum(paths) for paths in found] == pytest.approx([p.grad for p in model.parameters()], rel=1e-12, abs=1e-15)


# ── the page ────────────────────────────────────────────────────────────────


def until(tab, holds: str) -> None:
    """Waits until this holds in a page that lets no string be run as a script, as Playwright's own waiting would."""
    for _ in range(PATIENCE // 50):
        if tab.evaluate(holds):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(holds)


@pytest.mark.slow
def test_the_page_trains_a_network_as_fit_does_and_obeys_its_controls(opened):
    model, samples = MLP([2, 3, 1], activation="tanh", seed=5), data.moons(40, seed=3)
    tab = opened(playground(model, samples))
    train, _ = data.split(samples, 0.5, seed=0)
    fit(model, train.X, train.y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.1), epochs=2, batch_size=10)
    for _ in range(2):
        tab.get_by_role("button", name="one epoch").click()
    assert tab.locator(".clock").text_content() == "epoch 2, step 4"
    assert tab.evaluate("page.network.parameters") == pytest.approx([p.data for p in model.parameters()], rel=1e-12)
    assert re.match(r"training: \d+ % right, loss 0\.\d+ · held out: \d+ % right", tab.locator(".score").text_content())

    tab.get_by_role("button", name="one batch").click()  # the rate steers: the weights stay
    kept = tab.evaluate("page.network.parameters")
    tab.locator("[data-key=lr]").fill("0.03")
    tab.locator("[data-key=lr]").press("Enter")
    assert tab.evaluate("page.network.parameters") == kept
    assert tab.evaluate("page.training.settings.lr") == 0.03

    tab.get_by_role("button", name="add a layer").click()
    tab.get_by_role("button", name="one neuron more in layer 2").press("Enter")
    assert tab.evaluate("page.sizes") == [2, 3, 5, 1]
    assert tab.evaluate("document.activeElement.ariaLabel") == "one neuron more in layer 2"
    assert tab.locator("figure canvas").count() == 2 + 3 + 5 + 1 + 1  # and the plane
    tab.locator("[data-key='σ 1']").select_option("relu")
    tab.locator("[data-key=data]").select_option("spiral3")
    assert tab.evaluate("page.settings.loss") == "cross_entropy"
    assert tab.evaluate("page.network.graph.outputs.length") == 3
    tab.locator("[data-key=optimizer]").select_option("Adam")
    python = MLP([2, 3, 5, 3], activation="tanh", seed=0)  # σ is no matter to the first weights
    assert tab.evaluate("page.network.parameters") == pytest.approx([p.data for p in python.parameters()], rel=1e-12)
    assert tab.evaluate("location.hash") == "#data=spiral3&noise=0.03&layers=3,5&activations=tanh,relu&lr=0.03&optimizer=Adam&loss=cross_entropy"  # fmt: skip

    tab.keyboard.press("Escape")
    tab.locator("h1").click()
    tab.keyboard.press("Space")
    until(tab, "page.training.steps > 3")
    tab.keyboard.press("Space")
    assert not tab.evaluate("page.playback.playing")
    tab.keyboard.press("r")
    assert tab.evaluate("page.training.steps") == 0

    tab.locator("[data-key=lr]").fill("90")
    tab.locator("[data-key=lr]").press("Enter")
    tab.locator("[data-key=optimizer]").select_option("SGD")
    tab.locator("[data-key='σ 0']").select_option("positive")
    tab.locator("[data-key='σ 1']").select_option("positive")
    tab.locator("[data-key=data]").select_option("hills")
    for _ in range(4):
        tab.get_by_role("button", name="one epoch").click()
    assert "not finite any more: try a smaller learning rate" in tab.locator(".message").text_content()


@pytest.mark.slow
def test_a_neuron_an_edge_and_a_point_of_the_plane_show_their_numbers(opened):
    model = MLP([2, 3, 2, 1], activation="tanh", seed=5)
    tab = opened(playground(model, data.XOR))
    x, y = data.XOR.X[1], data.XOR.y[1]
    loss = losses.logistic([model(x)], [y])
    loss.backward()
    neuron, delta = model.layers[0].neurons[2], model.layers[0].h_pre[2].grad

    plane = tab.locator(".plane svg").first  # by keyboard: to a corner, and the sample there
    plane.focus()
    for key in ["ArrowLeft"] * 25 + ["ArrowUp"] * 25 + ["Enter"]:
        plane.press(key)
    assert tab.evaluate("page.chosen.x") == x
    tab.locator("[data-key='neuron 1 2']").press("Enter")
    assert tab.locator(".facts").text_content().startswith("sample 2: weighted sum h̃ = ")
    assert f"δ = ∂L/∂h̃ = {delta:.3g}".replace("-", "−") in tab.locator(".facts").text_content()
    shown = tab.locator(".inspector td[data-value]").evaluate_all("(all) => all.map((e) => Number(e.dataset.value))")
    assert shown[1::3] == pytest.approx([*(w.grad for w in neuron.w), neuron.b.grad], rel=1e-12)

    tab.locator(".grip").first.dispatch_event("click")
    first = model.layers[0].neurons[0].w[0]
    assert "a sum over 2 paths" in tab.locator(".paths h3").text_content()
    assert tab.locator(".paths li").count() == 2
    assert tab.locator(".paths li").first.text_content().startswith("w₁₁⁽¹⁾ → h₁⁽¹⁾ → h")
    field = tab.get_by_label("w₁₁⁽¹⁾", exact=True)
    field.fill("0.75")
    field.press("Enter")
    assert tab.evaluate("page.network.parameters[0]") == 0.75
    first.data = 0.75

    box = plane.bounding_box()
    plane.hover(position={"x": box["width"] / 2, "y": box["height"] / 2})
    point = tab.evaluate("page.plane.point")
    numbers = tab.locator(".network.probed figcaption").all_text_contents()
    f = model(point)
    expected = [*point, *(h.data for layer in model.layers[:-1] for h in layer.h), f.data]
    assert [float(text.replace("−", "-")) for text in numbers] == pytest.approx(expected, rel=1e-2, abs=1e-3)

    tab.get_by_role("button", name="edges show ∂L/∂w").click()
    model.zero_grad()
    losses.logistic([model(x) for x in data.XOR.X], data.XOR.y).backward()
    title = tab.locator(".grip title").first.text_content()
    assert float(title.removeprefix("∂L/∂w = ").replace("−", "-")) == pytest.approx(first.grad, rel=1e-2)

    tab.get_by_label("x1·x2").check()  # a feature: another network
    assert tab.evaluate("page.sizes") == [3, 3, 2, 1]
    assert tab.evaluate("page.network.compute([0.5, -2])[0]") == [0.5, -2, -1]
    assert tab.evaluate("document.activeElement.dataset.key") == "feature x1 * x2"


CODES = [  # settings that differ from the first ones
    {"data": "moons", "activations": ["tanh", "relu"], "loss": "hinge", "penalty": "L2", "rate": 0.01},
    {"data": "spiral3", "features": ["x1", "x2", "x1 * x2", "sin(3 * x1)"], "optimizer": "Adam", "lr": 0.02, "init": "xavier_uniform"},
    {"data": "circles", "loss": "mse", "optimizer": "momentum", "lr": 0.01, "batch": 0, "share": 0, "penalty": "L1", "rate": 0.001},
]  # fmt: skip


@pytest.mark.slow
def test_the_code_that_is_copied_trains_the_same_network_to_the_same_numbers(page, opened):
    tab = opened(page)
    for settings in CODES:
        tab.evaluate("(settings) => page.change({ data: settings.data })", settings)
        for key, value in settings.items():
            tab.evaluate("([key, value]) => page.change({ [key]: value })", [key, value])
        for _ in range(3):
            tab.evaluate("page.epoch()")
        found: dict = {}
        exec(tab.evaluate("page.tools.code"), found)
        parameters = [p.data for p in found["model"].parameters()]
        assert tab.evaluate("page.network.parameters") == pytest.approx(parameters, rel=1e-8, abs=1e-11), settings


@pytest.mark.slow
def test_what_is_saved_is_loaded_and_own_samples_are_taken(opened, tmp_path):
    model = MLP([2, 3, 2, 1], activation=["relu", "tanh"], seed=5)
    tab = opened(playground(model, data.moons(30)))
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="save the network").click()
    saved.value.save_as(tmp_path / "network.safetensors")
    copy = MLP.load(tmp_path / "network.safetensors")
    assert repr(copy) == repr(model)
    assert [p.data for p in copy.parameters()] == [p.data for p in model.parameters()]

    table = tmp_path / "flowers.csv"
    rows = [[i + 1, i / 10, i * i, (i * 7) % 5, "xyz"[i % 3]] for i in range(30)]
    table.write_text(";a;b;c;kind\n" + "\n".join(";".join(map(str, row)) for row in rows))
    tab.locator("input[type=file]").set_input_files(table)
    until(tab, "page.settings.data === 'file'")
    assert tab.evaluate("page.sizes") == [3, 3, 2, 3]
    assert tab.locator(".legend li").all_text_contents()[:3] == [" x", " y", " z"]
    train, held_out = data.standardized(*data.split(data.load_csv(table), 0.5, seed=0))
    assert np.ravel(tab.evaluate("page.samples.train.map(({ x }) => x)")) == pytest.approx(np.ravel(train.X), rel=1e-12)
    assert tab.evaluate("page.samples.heldOut.map(({ y }) => y)") == held_out.y
    table.write_text("a,b,c\n1,2,x\n3,?,y")
    tab.locator("input[type=file]").set_input_files(table)
    problem = 'flowers.csv, line 3, column 2: expected a finite number, got "?".'
    until(tab, f"page.message.textContent === {json.dumps(problem)}")

    tab.get_by_role("button", name="paint samples").click()
    tab.get_by_role("button", name="one epoch").click()
    kept = tab.evaluate("page.network.parameters")
    plane = tab.locator(".plane svg").first
    box = plane.bounding_box()
    plane.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert tab.evaluate("page.samples.train.length") == 3
    assert tab.evaluate("page.network.parameters") == kept
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 4
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 60, y, steps=6)
    tab.mouse.up()
    painted = tab.evaluate("page.set.X.length")
    assert 5 <= painted <= 9  # a stroke leaves some, apart from each other
    tab.get_by_label("class that is painted").select_option("2")
    plane.focus()
    plane.press("ArrowLeft")
    plane.press("Enter")
    assert tab.evaluate("page.samples.train.at(-1).y") == 2
    assert tab.evaluate("page.sizes.at(-1)") == 3
    tab.get_by_role("button", name="one epoch").click()
    found: dict = {}
    exec(tab.evaluate("page.tools.code"), found)
    assert found["samples"].y == [0, 1, *[0] * (painted - 2), 2]


@pytest.mark.slow
def test_a_link_gives_the_settings_and_what_it_asks_for_in_vain_is_said(page, tab, tmp_path):
    file = page.save(tmp_path / "page.html").as_uri()
    opened = tab(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    opened.goto(f"{file}#data=hills&layers=3&activations=relu&batch=-2&colour=red&features=x1,x1 * x2")
    assert opened.evaluate("page.sizes") == [2, 3, 1]
    assert opened.evaluate("page.settings.features") == ["x1", "x1 * x2"]
    assert opened.locator(".message").text_content() == "The link asks for what there is not: batch=-2, colour=red."
    assert opened.evaluate("page.settings.loss") == "mse"  # which suits the samples
    assert opened.evaluate("page.training.history.at(-1).train.loss") > 0
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    opened.evaluate("location.hash = 'data=spiral3'")
    until(opened, "page.settings.loss === 'cross_entropy'")

    opened.goto(f"{file}#data=spiral3&layers=2")  # a loss and features that suit the samples
    assert opened.evaluate("[page.settings.loss, page.sizes]") == ["cross_entropy", [2, 2, 3]]
    opened.get_by_role("button", name="paint samples").click()
    opened.evaluate("page.tools.paintAt([0.5, 0.25])")
    opened.evaluate("page.setParameter(3, 0.1 + 0.2)")
    state = "[page.network.parameters, page.samples, page.settings]"
    before = opened.evaluate(state)
    opened.evaluate("page.epoch()")
    link = opened.evaluate("location.hash")
    opened.goto("about:blank")
    opened.goto(f"{file}{link}")
    assert opened.evaluate(state) == before
    opened.evaluate("page.change({ lr: 0.2 })")
    assert opened.evaluate("location.hash").count("weights=") == 1
    opened.evaluate("page.change({ layers: [3] })")
    assert "weights" not in opened.evaluate("location.hash")
    opened.goto(f"{file}#weights=1,2,3")
    assert opened.locator(".message").text_content() == "The link asks for what there is not: 3 weights."


@pytest.mark.slow
def test_presenting_shows_the_network_and_the_plane_in_type_for_the_last_row(page, opened):
    tab = opened(page, viewport={"width": 1920, "height": 1080})
    tab.keyboard.press("p")
    until(tab, "document.fullscreenElement !== null")
    small = """() => [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.matches("title, option, .glyph")
        && [...e.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
        && parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.()?.a ?? 1) < 28).map((e) => e.outerHTML)"""
    assert tab.evaluate(small) == []
    assert tab.evaluate("document.documentElement.scrollHeight") == 1080
    assert not tab.locator("[data-key=data]").is_visible()
    tab.keyboard.press("PageDown")  # of a clicker
    until(tab, "page.training.steps > 0")
    tab.keyboard.press("PageUp")
    assert tab.evaluate("[page.training.steps, page.playback.playing]") == [0, False]
    tab.evaluate("document.exitFullscreen()")  # as Esc does
    until(tab, "!document.documentElement.classList.contains('present')")
    assert tab.locator("[data-key=data]").is_visible()


def test_what_the_playground_cannot_show_is_said():
    for arguments, said in [
        ((MLP([3, 1]), "moons"), "a network of 2 inputs and 1 outputs; this one has 3 and 1"),
        ((MLP([2, 3, 1], output="sigmoid"), "moons"), "linear output"),
        ((None, "nothing"), "no data set is called 'nothing'"),
        ((None, data.Dataset([[0.0], [1.0]], [0, 0], ["x"], ["a"])), "all of one class"),
        ((None, data.Dataset([[0.0], [np.inf]], [0, 1], ["x"], ["a", "b"])), "rows of finite numbers"),
        (
            (None, ([[0.0], [1.0]], [[0.9, 0.1], [0.2, 0.8]])),
            "one target per sample: class numbers, or numbers to regress on",
        ),
    ]:
        with pytest.raises(ValueError, match=re.escape(said)):
            playground(*arguments)
