"""Gradient descent in the player: the numbers are those of nn's optimizers on the same graph in Python."""

from __future__ import annotations

import re

import pytest
from test_player import said

import nn
from autograd import Value, step
from nn import MLP, data, losses

OPTIMIZERS = {
    "SGD": lambda p: nn.SGD(p, lr=0.1),
    "momentum": lambda p: nn.SGD(p, lr=0.1, momentum=0.9),
    "Adagrad": lambda p: nn.Adagrad(p, lr=0.1),
    "RMSprop": lambda p: nn.RMSprop(p, lr=0.1),
    "Adam": lambda p: nn.Adam(p, lr=0.1),
    "AdamW": lambda p: nn.AdamW(p, lr=0.1),
}
XOR = data.XOR


def network():
    return MLP([2, 2, 1], activation="tanh", seed=1)


def xor(model, **more):
    """The player of the first sample's loss, with all of XOR at hand."""
    x, y = [Value(0.0, label=f"x{j}") for j in (1, 2)], Value(0.0, label="y")
    return step(losses.logistic([model(x)], [y]), samples=([*x, y], XOR.X, XOR.y), **more)


def numbers(page) -> list[float]:
    return page.evaluate("page.descent.descent.parameters.map((node) => page.trace.nodes[node].data)")


def trained(model, optimizer, X, y, steps: int) -> list[float]:
    """The parameters after steps on the mean loss of these samples, in the order of the page."""
    for _ in range(steps):
        optimizer.zero_grad()
        losses.logistic([model(x) for x in X], y).backward()
        optimizer.step()
    return sorted(p.data for p in model.parameters())


def test_each_optimizer_goes_the_way_of_nns_on_one_sample_and_on_all(opened):
    page = opened(xor(network()))
    page.get_by_label("gradient descent, in this page").click()
    one_step = page.get_by_label("move every parameter once against its gradient")
    for sample in ("all", "1"):
        page.get_by_label("sample", exact=True).select_option(sample)
        chosen = slice(0, 4) if sample == "all" else slice(1, 2)
        for name, make in OPTIMIZERS.items():
            page.get_by_label("optimizer").select_option(name)
            for _ in range(4):
                one_step.click()
            model = network()
            python = trained(model, make(model.parameters()), XOR.X[chosen], XOR.y[chosen], 4)
            assert sorted(numbers(page)) == pytest.approx(python, rel=1e-12), (name, sample)
            page.get_by_label("the numbers as they were at first").click()
    assert page.locator(".curve").is_hidden()  # no step since


def test_a_run_goes_on_from_the_optimizers_state_draws_the_loss_and_is_one_change(opened):
    model = network()
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    trained(model, optimizer, XOR.X, XOR.y, 3)
    page = opened(xor(model, update=optimizer))
    page.keyboard.press("d")
    page.get_by_label("sample", exact=True).select_option("all")
    page.evaluate("page.go(page.pass.end)")
    run = page.get_by_label("descend step after step, or stop")
    run.click()
    page.locator(".curve", has_text=re.compile(r"in (\d\d+|[6-9]) steps")).wait_for()
    run.click()
    taken = page.evaluate("page.descent.descent.losses.length - 1")
    assert sorted(numbers(page)) == pytest.approx(trained(model, optimizer, XOR.X, XOR.y, taken), rel=1e-12)
    curve = page.locator(".curve")
    assert f"in {taken} steps" in curve.inner_text()
    assert "mean loss" in curve.inner_text()
    heights = [float(p.split(",")[1]) for p in curve.locator("polyline").get_attribute("points").split()]
    assert len(heights) == taken + 1
    assert heights == sorted(heights)
    assert said(page).startswith("Adam: ")  # the step that would follow
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.keyboard.press("u")
    assert page.locator(".changes").is_hidden()
    assert curve.is_hidden()


def test_a_step_that_leaves_a_domain_is_not_taken_and_says_why(opened):
    w = Value(0.1, label="w", kind="parameter")
    page = opened(step(w.log() + w * w))
    page.keyboard.press("d")
    page.get_by_label("step size η").fill("1")
    page.get_by_label("move every parameter once against its gradient").click()
    assert "log needs w > 0" in said(page)
    assert numbers(page) == [0.1]
    assert page.evaluate("page.descent.descent.optimizer.t") == 0
    page.get_by_label("step size η").fill("much")
    page.get_by_label("step size η").press("Enter")
    assert page.get_by_label("step size η").input_value() == "1"  # no number: what was there stays


def test_a_graph_without_anything_to_move_offers_no_descent(opened):
    page = opened(step(Value(2.0, label="c", kind="constant") * 3.0))
    assert page.get_by_label("gradient descent, in this page").count() == 0


@pytest.mark.parametrize(
    ("loss", "sizes", "y"),
    [
        ("logistic", [2, 3, 1], [0, 1, 1, 0]),
        ("hinge", [2, 3, 1], [-1, 1, 1, -1]),
        ("mse", [2, 3, 2], [[0.0, 1.0]] * 4),
        ("cross_entropy", [2, 3, 3], [0, 1, 2, 1]),
    ],
)
def test_the_player_of_a_model_and_data_holds_each_samples_loss(loss, sizes, y):
    model = MLP(sizes, activation="tanh", seed=1)
    trace = nn.player(model, XOR.X, y, loss=loss, sample=2).trace
    expected = losses.get(loss)([model(XOR.X[2])], [y[2]]).data
    assert trace["nodes"][trace["root"]]["data"] == pytest.approx(expected, rel=1e-15)
    inputs = [trace["nodes"][i]["data"] for i in trace["samples"]["inputs"]]
    assert inputs == trace["samples"]["rows"][2]
    assert [row[:2] for row in trace["samples"]["rows"]] == XOR.X


# ── what samples can be ─────────────────────────────────────────────────────


def held():
    x, y = Value(1.0, label="x"), Value(0.0, label="y")
    return x, y, (Value(2.0, label="w") * x - y) ** 2


@pytest.mark.parametrize(
    ("samples", "error", "said"),
    [
        (lambda x, y: [[1.0]], TypeError, "samples is .inputs, X, y."),
        (lambda x, y: (x, [[1.0]], [0]), TypeError, "samples is .inputs, X, y."),
        (lambda x, y: ([x, y], [[1.0]], [0, 1]), ValueError, "1 rows of X and 2 in y"),
        (lambda x, y: ([x, y], [], []), ValueError, "there must be one"),
        (lambda x, y: ([x, x * y], [[1.0]], [0]), ValueError, "input 1 of samples.*was computed"),
        (lambda x, y: ([x, Value(1.0, label="z")], [[1.0]], [0]), ValueError, "'z', is not part of the graph"),
        (lambda x, y: ([x], [[1.0]], [0]), ValueError, "2 numbers with its target, and there are 1 inputs"),
        (lambda x, y: ([x, y], [[float("nan")]], [0]), ValueError, "not finite"),
        (lambda x, y: ([x, y], [["a"]], [0]), TypeError, "a"),
        (lambda x, y: ([x, y], [[1.0]] * 30_000, [0] * 30_000), ValueError, "50,000"),
    ],
)
def test_samples_that_do_not_fit_say_why(samples, error, said):
    x, y, L = held()
    with pytest.raises(error, match=said):
        step(L, samples=samples(x, y))
