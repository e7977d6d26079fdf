"""gradcheck: what it finds, what it says, and that it leaves things as they were."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import numpy as np
import pytest

from autograd import GradCheck, GradCheckRow, Value, dot, gradcheck, logsumexp


def wrong_square(x):
    """x², with a slope that is one part in a thousand off."""
    return Value(x.data**2, (x,), (2.002 * x.data,))


def test_right_gradients_agree():
    report = gradcheck(lambda w, x, b: (w * x + b).tanh(), 0.5, -1.5, 0.25)
    assert report
    assert report.ok
    assert isinstance(report, GradCheck)
    assert [row.verdict for row in report.rows] == ["agrees"] * 3
    y = math.tanh(0.5 * -1.5 + 0.25)
    assert report.value == y
    assert [row.analytic for row in report.rows] == pytest.approx([-1.5 * (1 - y * y), 0.5 * (1 - y * y), 1 - y * y])


def test_a_wrong_gradient_is_found_and_its_row_named():
    report = gradcheck(lambda x, y: wrong_square(x) + y, 3.0, 1.0)
    assert not report
    assert [(row.name, row.ok, row.verdict) for row in report.rows] == [("x", False, "differs"), ("y", True, "agrees")]
    row = report.rows[0]
    assert row.analytic == pytest.approx(6.006)
    assert row.numeric == pytest.approx(6.0, rel=1e-9)
    assert row.relative_error == pytest.approx(1e-3, rel=1e-2)
    assert "differs" in repr(report)


def test_a_gradient_of_the_wrong_sign_or_missing_is_found():
    assert not gradcheck(lambda x: Value(x.data**2, (x,), (-2 * x.data,)), 1.0)
    assert not gradcheck(lambda x: Value(x.data**2) + x * 0.0, 1.0)


def test_the_tolerance_is_the_callers():
    assert gradcheck(wrong_square, 3.0, tolerance=0.01)
    assert not gradcheck(wrong_square, 3.0, tolerance=1e-4)
    assert not gradcheck(wrong_square, 3000.0, tolerance=1e-4)


def test_a_kink_is_called_a_kink():
    (row,) = gradcheck(Value.relu, 0.0).rows
    assert not row.ok
    assert row.verdict == "kink: slopes 0 from the left, 1 from the right; backward chose 0"
    (row,) = gradcheck(lambda x: x.clip(), 1.0).rows
    assert row.verdict == "kink: slopes 1 from the left, 0 from the right; backward chose 1"


def test_a_step_out_of_the_domain_leaves_the_question_open():
    (row,) = gradcheck(lambda x: x**1.5, 0.0).rows
    assert not row.ok
    assert "leaves the domain" in row.verdict


def test_a_gradient_that_is_not_a_number_does_not_agree():
    assert not gradcheck(lambda x: Value(1.0, (x,), (math.nan,)), 1.0)
    assert not gradcheck(lambda x: Value(1.0, (x,), (math.inf,)), 1.0)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("name", ["exp", "tanh", "sin", "sqrt", "log"])
def test_inputs_of_any_size_can_be_checked(name, scale):
    def rescaled(x):
        return getattr(x / scale, name)() * scale

    assert gradcheck(rescaled, 0.7 * scale)


@pytest.mark.parametrize("p", [0.1, 1e-3, 1e-5, 1e-7])
def test_the_logarithm_of_a_small_probability_is_no_kink(p):
    report = gradcheck(Value.log, p)
    assert report, report


def test_inputs_may_be_numbers_lists_arrays_or_values():
    def loss(w, x):
        return dot(w[0], x) + logsumexp(w[1])

    for w in ([[1.0, 2.0], [0.5, -1.0]], np.array([[1.0, 2.0], [0.5, -1.0]]), [[Value(1.0), 2.0], (0.5, Value(-1.0))]):
        report = gradcheck(loss, w, [3.0, 4])
        assert report, report
        assert [r.name for r in report.rows] == ["w[0][0]", "w[0][1]", "w[1][0]", "w[1][1]", "x[0]", "x[1]"]
        assert [r.x for r in report.rows] == [1.0, 2.0, 0.5, -1.0, 3.0, 4.0]


def test_rows_are_named_after_the_parameters_of_functions_methods_and_rows():
    class Model:
        def loss(self, w, x):
            return w * x

    assert [r.name for r in gradcheck(Model().loss, 1.0, 2.0).rows] == ["w", "x"]
    assert [r.name for r in gradcheck(lambda *v: v[0] * v[1], 1.0, 2.0).rows] == ["x0", "x1"]


def test_checking_leaves_every_gradient_as_it_was():
    p = Value(3.0)
    p.grad = 0.25
    h = p * 2.0
    h.grad = 0.5
    x = Value(1.0)
    x.grad = 7.0
    assert gradcheck(lambda v: v * p * h, x)
    assert (p.grad, h.grad, x.grad) == (0.25, 0.5, 7.0)


def test_an_input_that_does_not_matter_agrees_with_slope_zero():
    report = gradcheck(lambda x, unused: x * x, 1.0, 2.0)
    assert report
    assert (report.rows[1].analytic, report.rows[1].numeric) == (0.0, 0.0)


def test_a_function_that_loses_the_gradient_differs_and_one_that_gives_no_number_is_told_so():
    assert gradcheck(lambda x: x.data * 2.0, 1.0).rows[0].verdict == "differs"
    with pytest.raises(TypeError, match="the function must return a Value, got str"):
        gradcheck(str, 1.0)


def test_a_number_is_a_constant_and_an_array_stays_one():
    assert gradcheck(lambda x: 3.0, 1.0)
    assert gradcheck(lambda x: x * x if x > 0 else 0.0, 0.0)
    assert gradcheck(lambda x: x * 2.0 @ x, np.array([1.0, -2.0]))


def test_the_report_is_a_table():
    lines = repr(gradcheck(lambda w, x: w * x, 0.5, 2.0)).splitlines()
    assert lines[0].split() == ["input", "value", "backward", "difference", "rel.", "error", "verdict"]
    assert [line.split()[0] for line in lines[1:]] == ["w", "x"]
    assert all(line.endswith("agrees") for line in lines[1:])


def test_a_notebook_gets_a_table_with_a_word_and_a_glyph_for_each_verdict():
    report = gradcheck(lambda x, y, z: wrong_square(x) + y + z.relu(), 3.0, 1.0, 0.0)
    head, *rows = ElementTree.fromstring(report._repr_html_())
    assert [cell.text for cell in head][2:4] == ["backward", "difference quotient"]
    assert [["".join(cell.itertext()) for cell in row][::5] for row in rows] == [
        ["x", "✗ differs"],
        ["y", "✓ agrees"],
        ["z", "○ kink: slopes 0 from the left, 1 from the right; backward chose 0"],
    ]
    assert float(rows[0][2].text) == pytest.approx(6.006)


def test_what_a_report_shows_is_text_never_markup():
    row = GradCheckRow("<i>&", -1.0, -2.0, -2.0, 0.0, True, "<script>")
    table = ElementTree.fromstring(GradCheck(0.0, [row])._repr_html_())
    assert [cell.text for cell in table[1]] == ["<i>&", "−1", "−2", "−2", "0", "✓ <script>"]
