"""A nudge moves the nodes on its paths, each by the gradient times the nudge."""

import pytest

from autograd import Value, name
from nn.lab.nudging import nudge


def loss(w, x, b, t):
    z = w * x
    f = z + b
    e = f - t
    L = e**2
    name(locals())
    return L


def test_a_nudge_reaches_the_nodes_on_its_paths_and_no_others():
    assert [moved.name for moved in nudge(loss, 3, 2, -1, 4, which="w")] == ["w", "z", "f", "e", "L"]
    assert [moved.name for moved in nudge(loss, 3, 2, -1, 4, which="t")] == ["t", "e", "L"]


@pytest.mark.parametrize("which", ["w", "x", "b", "t"])
def test_a_small_nudge_is_magnified_by_the_gradient(which):
    leaves = {k: Value(v, label=k) for k, v in zip("wxbt", (3.0, 2.0, -1.0, 4.0), strict=True)}
    loss(**leaves).backward()
    assert nudge(loss, 3, 2, -1, 4, which=which, by=1e-6)[-1].magnified == pytest.approx(leaves[which].grad, rel=1e-4)


def test_the_effect_of_a_nudge_is_exact():
    last = nudge(loss, 3, 2, -1, 4, which="w", by=0.5)[-1]
    assert last == ("L", 1.0, 4.0, 6.0)  # (3.5 · 2 − 1 − 4)² = 4


def test_the_table_has_one_line_per_node():
    lines = repr(nudge(loss, 3, 2, -1, 4, which="w", by=0.5)).splitlines()
    assert [line.split()[0] for line in lines] == ["node", "w", "z", "f", "e", "L"]
    assert lines[-1].split()[1:] == ["1", "4", "3", "6", "×"]


@pytest.mark.parametrize(("which", "by"), [("v", 0.1), ("w", 0.0)])
def test_a_nudge_needs_an_input_and_a_step(which, by):
    with pytest.raises(ValueError, match=r"nudge one of w, x, b, t by something other than 0"):
        nudge(loss, 3, 2, -1, 4, which=which, by=by)
