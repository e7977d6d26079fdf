"""A leaf's number, changed in the player: every value, gradient and sentence is that of the graph built with it in Python."""

from __future__ import annotations

import re

import pytest
from test_player import said

from autograd import Value, grad, step, topological_order
from autograd.errors import DomainError
from nn import MLP, Adam


def loss(w: float = -0.5, x: float = 2.0, b: float = 0.25) -> Value:
    """(tanh(w·x + b) − 1)², with w used twice."""
    w, x, b = Value(w, label="w", kind="parameter"), Value(x, label="x"), Value(b, label="b", kind="parameter")
    L = ((w * x + b).tanh() - 1.0) ** 2 + w * w
    L.label = "L"
    return L


def domain_error(p: float) -> DomainError:
    with pytest.raises(DomainError) as raised:
        Value(p, label="p").log()
    return raised.value


def facts(page) -> list:
    """What the table says: of each node its number and gradient."""
    return page.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.innerText)")


def leaf(page, name: str):
    return page.locator("g.box.leaf", has=page.locator("text.name", has_text=re.compile(f"^{name}$")))


def shown_by(opened, root: Value, time: int) -> tuple[list, str]:
    page = opened(step(root, update=0.1))
    page.evaluate("(t) => page.go(t)", time)
    return facts(page), said(page)


def test_a_number_dragged_on_its_box_changes_all_that_depends_on_it_at_the_same_step(opened):
    page = opened(step(loss(), update=0.1))
    page.evaluate("page.go(20)")
    box = leaf(page, "w").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=5)
    page.mouse.up()
    assert page.evaluate("page.trace.nodes.find(({ name }) => name === 'w').data") == -0.25
    assert page.evaluate("page.time") == 20
    assert page.locator(".card[data-pinned]").count() == 0  # a drag is no click
    assert (facts(page), said(page)) == shown_by(opened, loss(w=-0.25), 20)


def test_a_number_is_typed_or_moved_by_arrow_keys_finer_with_shift(opened):
    page = opened(step(loss(), update=0.1))
    leaf(page, "b").click()
    typed = page.get_by_label("b, as a number")
    typed.fill("1/2")
    typed.press("Enter")
    typed.press("ArrowUp")
    typed.press("Shift+ArrowDown")
    assert typed.input_value() == "0.545"
    page.get_by_label("b", exact=True).press("ArrowRight")
    assert page.evaluate("page.trace.nodes.find(({ name }) => name === 'b').data") == 0.595
    typed.fill("much")
    typed.press("Enter")
    assert typed.input_value() == "0.595"  # no number: what was there stays
    page.evaluate("page.go(page.pass.end)")
    assert (facts(page), said(page)) == shown_by(opened, loss(b=0.595), page.evaluate("page.time"))


def test_changed_leaves_are_marked_undone_one_by_one_and_reset(opened):
    page = opened(step(loss()))
    page.evaluate("page.setNumber(0, 1); page.setNumber(1, 3); page.setNumber(1, 4)")
    assert page.locator("g.box.changed").count() == 2
    assert page.locator(".changes").inner_text().startswith("2 changed")
    page.get_by_role("button", name="undo the last change of a number").click()  # of x, which moved without a pause
    assert page.evaluate("page.trace.nodes.slice(0, 2).map(({ data }) => data)") == [1, 2]
    page.get_by_role("button", name="the numbers as they were at first").first.click()
    assert page.evaluate("page.trace === page.changes.given")
    assert page.locator(".changes").is_hidden()


def test_where_a_domain_is_left_python_s_sentence_is_said_and_the_number_stays(opened):
    p = Value(1.5, label="p")
    page = opened(step(p.log() * 2.0))
    page.evaluate("page.setNumber(0, -1)")
    outside = str(domain_error(-1.0)).replace("-1", "−1")
    assert said(page) == outside
    assert page.evaluate("page.trace.nodes[0].data") == 1.5
    leaf(page, "p").click()
    typed = page.get_by_label("p, as a number")
    typed.fill("-1")
    typed.press("Enter")
    assert (typed.input_value(), said(page)) == ("1.5", outside)
    typed.fill("0.5")
    typed.press("Enter")
    page.evaluate("page.change(() => page.changes.nudgeBy(0, -1))")
    assert page.locator(".editor p").inner_text() == str(domain_error(-0.5)).replace("-0.5", "−0.5")


def test_an_op_of_the_users_own_is_not_computed_and_that_is_said(opened):
    x = Value(2.0, label="x")
    y = Value(8.0, (x,), (12.0,), label="cube")
    page = opened(step(y * 1.0))
    page.evaluate("page.setNumber(0, 3)")
    assert said(page) == "cube is computed by code of your own, which only Python can run."
    assert page.evaluate("page.trace.nodes[0].data") == 2


def test_a_nudge_shows_what_every_node_changes_by_and_that_its_quotient_goes_to_the_gradient(opened):
    page = opened(step(loss()))
    page.evaluate("page.go(page.pass.end)")
    leaf(page, "w").click()
    slope = grad(lambda w: ((w * 2.0 + 0.25).tanh() - 1.0) ** 2 + w * w)(-0.5)
    errors = []
    for ε in ("0.1", "0.001", "0.00001"):
        page.get_by_label("nudge by").select_option(ε)
        Δ = page.evaluate("page.changes.nudge.deltas[page.trace.root]")
        assert pytest.approx(loss(w=-0.5 + float(ε)).data - loss().data, rel=1e-9, abs=1e-15) == Δ
        errors.append(abs(Δ / float(ε) - slope))
    assert errors[0] > 50 * errors[1] > 2500 * errors[2]  # the quotient is off by about ε · L″/2
    assert f"∂L/∂w = {slope:.4g}".replace("-", "−") in page.locator(".editor p").inner_text()
    assert page.locator("g.box .right", has_text="Δ +2e−5").count() == 2  # w·x and w·x + b


def test_a_number_longer_than_pythons_has_as_many_digits_as_fit_its_box_and_all_in_the_card(opened):
    page = opened(step(loss(w=1.0)))
    page.evaluate("page.setNumber(0, -1.23456e-5); page.go(page.pass.end)")
    outside = page.evaluate(
        """() => [...document.querySelectorAll("g.box")].flatMap((g) => {
            const right = g.querySelector(".shape").getBoundingClientRect().right;
            const texts = [...g.querySelectorAll("text:not(.badge, .right)")];
            return texts.filter((text) => text.getBoundingClientRect().right > right).map((text) => text.textContent); })"""
    )
    shown = page.locator(".box text").all_text_contents()
    assert "data −1e−5" in shown  # w, as wide as "grad −2.839"
    assert "1.5e−10" in shown  # w·w, which was 1
    assert outside == []
    leaf(page, "w").hover()
    assert page.locator(".card dd").first.text_content() == "−1.235e−5"
    assert page.locator(".box text[textLength]").count() == 0  # type as wide as anywhere


def test_how_many_contributions_have_arrived_stands_in_the_box_beside_the_name(opened):
    page = opened(step(MLP([4, 5, 3, 1], seed=0)([0.5, -1.0, 2.0, 0.25]) ** 2))
    page.evaluate("page.showWholeLevel(1); page.go(page.pass.end)")
    touched = page.evaluate(
        """() => { const boxes = [...document.querySelectorAll("g.box")];
            const badges = boxes.filter((g) => g.querySelector(".badge")?.textContent);
            return [badges.length, badges.filter((g) => {
                const [badge, name, box] = [".badge", ".name", ".shape"].map((e) => g.querySelector(e).getBoundingClientRect());
                return badge.left < name.right || badge.right > box.right || badge.top < box.top;
            }).length]; }"""
    )
    assert touched[0] >= 4
    assert touched[1] == 0


def test_what_an_optimizer_would_do_with_other_numbers_follows_too_where_it_moves_by_a_rule(opened):
    L = loss()
    w, b = (v for v in topological_order(L) if v.label in ("w", "b"))
    page = opened(step(L, update=Adam([w, b], lr=0.5)))
    page.evaluate("page.go(page.pass.end); page.setNumber(0, 1)")
    moved = page.evaluate("page.pass.events.filter(({ kind }) => kind === 'update').map(({ after }) => after)")
    other = loss(w=1.0)
    w, b = (v for v in topological_order(other) if v.label in ("w", "b"))
    other.backward()
    Adam([w, b], lr=0.5).step()
    assert moved == pytest.approx([w.data, b.data], rel=1e-12)


def test_what_an_optimizer_of_ones_own_would_do_with_other_numbers_is_left_out(opened):
    class Halving:
        def step(self):
            self.parameters[0].data /= 2

    L = loss()
    Halving.parameters = [v for v in topological_order(L) if v.label == "w"]
    page = opened(step(L, update=Halving()))
    page.evaluate("page.go(page.pass.end); page.setNumber(0, 1)")
    assert page.evaluate("page.pass.events.some(({ kind }) => kind === 'update')") is False
    assert page.evaluate("page.time === page.pass.end && page.ui.transport.scrub.max === String(page.pass.end)")
    assert said(page).startswith("Done: every node was visited once")


def test_a_number_that_is_asked_for_is_not_told_by_a_nudge(opened):
    page = opened(step(loss()))
    page.get_by_label("ask me for each gradient").check()
    page.evaluate("page.go(page.pass.events.findIndex(({ kind }) => kind === 'accumulate') + 1); page.select(0)")
    page.get_by_label("nudge by").select_option("0.1")
    assert page.locator(".editor p").inner_text() == ""
