"""The bug lab: the right ways are right, the wrong ones wrong, and where they agree by luck is known."""

import math

import pytest
from graphs import programs
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, topological_order
from nn import SGD, logistic
from nn.lab.bug import Bug
from nn.lab.bugs import BUGS, assign, depth_first, in_place, loop_closure, no_zero_grad, y_minus_f


def gradients(root):
    """What the engine says, of every node with a label."""
    root.zero_grad()
    root.backward()
    return {v.label: v.grad for v in topological_order(root) if v.label}


@pytest.mark.parametrize("bug", BUGS, ids=lambda b: b.name)
def test_the_wrong_way_gives_other_numbers_and_by_luck_the_same(bug):
    assert bug.right() != bug.wrong()
    assert bug.right().keys() == bug.wrong().keys()
    assert bug.right(*bug.agreeing()) == bug.wrong(*bug.agreeing())


@pytest.mark.parametrize("bug", BUGS, ids=lambda b: b.name)
def test_a_case_is_made_anew_each_time(bug):
    assert bug.right() == bug.right()
    assert bug.wrong() == bug.wrong()


# ── the two engines, on graphs ──────────────────────────────────────────────


@pytest.mark.parametrize("bug", [assign, depth_first], ids=lambda b: b.name)
@given(data=st.data())
def test_the_right_engine_is_the_engine(bug, data):
    _, root = data.draw(programs()).values()
    ours = bug.right(root)
    assert ours == pytest.approx(gradients(root), rel=1e-9, abs=1e-12, nan_ok=True)


def test_an_engine_that_assigns_is_right_on_trees_and_wrong_where_a_number_is_used_twice():
    x, y = Value(0.5, label="x"), Value(-2.0, label="y")
    tree, shared = (x * 3.0).tanh() + y.exp(), (x * 3.0).tanh() + x.exp()
    assert assign.wrong(tree) == gradients(tree)
    assert assign.wrong(shared)["x"] != gradients(shared)["x"]


def test_going_down_at_once_is_right_on_a_chain_and_loses_what_comes_later():
    w = Value(0.5, label="w")
    chain = w.tanh().exp() * 2.0
    z = w.tanh()
    late = z + z.exp()
    assert depth_first.wrong(chain) == gradients(chain)
    assert depth_first.wrong(late)["w"] == pytest.approx(
        1 - math.tanh(0.5) ** 2
    )  # only what z + … sent, not what exp did
    assert depth_first.wrong(late)["w"] != gradients(late)["w"]


# ── the training loops ──────────────────────────────────────────────────────


@pytest.mark.parametrize(("numbers", "clears"), [(no_zero_grad.right, True), (no_zero_grad.wrong, False)])
def test_the_two_paths_are_those_of_sgd_with_and_without_zero_grad(numbers, clears):
    w = Value(0.0)
    optimizer = SGD([w], lr=0.1)
    for expected in numbers(12).values():
        if clears:
            optimizer.zero_grad()
        ((w - 3.0) ** 2).backward()
        optimizer.step()
        assert w.data == pytest.approx(expected, rel=1e-12)


def test_without_zero_grad_the_weight_swings_and_with_it_it_settles():
    right, wrong = (list(way(400).values()) for way in (no_zero_grad.right, no_zero_grad.wrong))
    assert abs(right[-1] - 3.0) < 1e-9
    assert max(wrong[-40:]) > 5.5
    assert min(wrong[-40:]) < 0.5


def test_f_minus_y_is_what_the_graph_finds_and_y_minus_f_goes_uphill():
    x, y, _ = y_minus_f.differing()
    w = Value(0.0)
    optimizer = SGD([w], lr=1.0)
    for expected in y_minus_f.right().values():
        loss = logistic([w * x], [y])
        assert loss.data == pytest.approx(expected, rel=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    wrong = list(y_minus_f.wrong().values())
    assert wrong == sorted(wrong)
    assert wrong[-1] > 10 * wrong[0]


def graph_of(w1, w2, x, y):
    w1, w2 = Value(w1, label="w1"), Value(w2, label="w2")
    return (w2 * (w1 * x) - y) ** 2 * 0.5, w1, w2


@given(st.lists(st.floats(-2, 2), min_size=4, max_size=4))
def test_the_step_after_backward_is_sgd_on_the_graph(case):
    loss, w1, w2 = graph_of(*case)
    loss.backward()
    SGD([w1, w2], lr=0.1).step()
    assert in_place.right(*case) == pytest.approx({"w1": w1.data, "w2": w2.data}, abs=1e-12)


def test_a_value_that_is_updated_before_backward_changes_no_gradient():
    case = in_place.differing()
    (loss, w1, w2), (other, v1, v2) = graph_of(*case), graph_of(*case)
    w2.data -= 0.6
    loss.backward()
    other.backward()
    assert (w1.grad, w2.grad) == (v1.grad, v2.grad)


@given(st.dictionaries(st.sampled_from("abcde"), st.floats(-5, 5), min_size=1))
def test_closures_that_bind_now_give_each_term_its_slope_and_late_ones_give_all_to_the_last(slopes):
    leaves = {name: Value(1.0, label=name) for name in slopes}
    root = sum((slopes[name] * leaf for name, leaf in leaves.items()), start=Value(0.0))
    assert loop_closure.right(slopes) == gradients(root)
    *others, last = slopes
    wrong = loop_closure.wrong(slopes)
    assert wrong[last] == pytest.approx(len(slopes) * slopes[last])
    assert all(wrong[name] == 0.0 for name in others)


# ── how it is shown ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("bug", BUGS, ids=lambda b: b.name)
def test_a_bug_shows_both_codes_their_differing_lines_and_the_numbers(bug):
    page = bug._repr_html_()
    for source in bug.code:
        assert len(source.splitlines()) <= 16
        assert max(map(len, source.splitlines())) <= 68  # half a notebook's width
        assert "->" not in source
        assert "Value]" not in source
        compile(source, "shown", "exec")
    assert page.count("<pre ") == 2
    marked = [line for line in page.split("\n") if "background" in line]
    assert 1 <= len(marked) <= 7
    assert "def " not in "".join(part.split("</b>")[0] for line in marked for part in line.split("0.28)")[1:])
    assert "✗" in page
    assert bug.reason in page.replace("&#x27;", "'")


@pytest.mark.parametrize("bug", BUGS, ids=lambda b: b.name)
def test_a_bug_prints_its_story_and_the_numbers(bug):
    text = repr(bug)
    assert bug.explanation in text
    assert text.count("≠") >= 1
    assert bug.reason in text


def test_what_a_bug_shows_is_text_never_markup():
    bug = Bug("n", "<i>", "a < b", assign.right_way, assign.wrong_way, assign.differing, assign.agreeing, "x > y")
    page = bug._repr_html_()
    assert "<i>" not in page
    assert "a &lt; b" in page
