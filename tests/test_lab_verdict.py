"""Verdicts: what a check says of an answer, whatever the answer is."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from junk import JUNK

from autograd import Value
from nn.lab import judge, judge_function, judge_gradient
from nn.lab.answers import agree, as_number, fitted, is_missing, plain
from nn.lab.verdict import NOT_A_FUNCTION, NOTHING, RAISES, UNANSWERED, UNKNOWN, WRONG_KIND


@pytest.mark.parametrize("answer", JUNK, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("right", [0.84, [1.0, 2.0], "tanh"], ids=str)
def test_junk_is_wrong_and_never_raises(answer, right):
    verdict = judge(answer, right, {"swapped": ([2.0, 1.0], "Which is first?")})
    assert verdict.mistake in (UNKNOWN, WRONG_KIND, UNANSWERED)
    assert repr(verdict).startswith("○ Not answered yet." if verdict.mistake == UNANSWERED else "✗")


@pytest.mark.parametrize(
    "answer", [..., None, [1.0, ...], (None,), [[0.5, 1.0], [..., 2.0]], np.array([None])], ids=repr
)
def test_three_dots_anywhere_are_not_answered_yet(answer):
    assert is_missing(answer)
    assert judge(answer, [1.0, 2.0]).mistake == UNANSWERED


@pytest.mark.parametrize("junk", JUNK, ids=lambda x: type(x).__name__)
def test_junk_is_no_number_wherever_numbers_are_read(junk):
    x = Value(3.0, label="x")
    found = as_number(junk)
    assert found is None or isinstance(junk, float)
    assert not judge_gradient(x * 2.0, x, junk)


class OwnValue:
    """As a student writes it."""

    def __init__(self, data):
        self.data, self.grad = data, 0.0


KINDS = [2, 2.0, True + 1, np.float64(2), np.float32(2), np.int64(2), np.array(2.0), Value(2.0), Fraction(4, 2), Decimal(2),
         OwnValue(2), OwnValue(np.float64(2)), [2], np.array([2.0]), np.array([[2]]), [[Value(2.0)]], np.array([Fraction(2)])]  # fmt: skip


@pytest.mark.parametrize("answer", KINDS, ids=lambda x: type(x).__name__)
def test_a_number_may_come_as_any_kind_of_number(answer):
    x = Value(3.0, label="x")
    assert judge(answer, 2.0)
    assert judge([answer, 0.5], [2.0, 0.5])
    assert judge_gradient(x * 2.0, x, answer)
    assert judge_function(lambda _: answer, lambda _: 2.0, [0.0]) or isinstance(plain(answer), list)
    assert (as_number(answer), type(as_number(answer))) == (2.0, float)


def test_true_and_false_are_one_and_zero():
    assert judge(True, 1.0)
    assert judge(np.False_, 0.0)


@pytest.mark.parametrize("answer", [[1, 2], (1.0, 2.0), np.array([1, 2]), [Value(1.0), 2], range(1, 3)], ids=repr)
def test_a_list_may_come_as_any_kind_of_list(answer):
    assert judge(answer, [1.0, 2.0])


def test_a_right_answer_is_no_mistake_even_where_a_mistake_leads_to_it():
    assert judge(1.0, 1.0, {"forgot to square": (1.0, "…")})


def test_nan_is_right_where_nan_is_right_and_nowhere_else():
    assert judge(float("nan"), float("nan"))
    assert not judge(float("nan"), 0.0)


def test_the_shape_is_named_when_it_is_what_is_wrong():
    assert judge((1.0, 2.0), 1.0).advice == "A number is wanted, this is a tuple of 2."
    assert judge(np.ones((2, 1)), 1.0).advice == "A number is wanted, this is an array of shape (2, 1)."
    assert judge(10**400, 1.0).advice == "A number is wanted, this is larger than any float."
    assert judge(1.0, [1.0, 2.0]).advice == "2 of them are wanted in a list, this is one number."
    assert judge([[1.0, 2.0, 3.0]], [1.0, 2.0]).advice == "2 of them are wanted in a list, this is a list of 3."
    assert judge(np.eye(2), [1.0, 2.0, 3.0]).advice.endswith("this is an array of shape (2, 2).")
    assert judge(np.eye(2), [1.0, 2.0]).advice == "In place 1: a number is wanted, this is a list of 2."
    assert judge([1.0, "2"], [1.0, 2.0]).advice == "In place 2: a number is wanted, this is of type str."
    assert judge(print, 1.0).advice == "A number is wanted, this is a function: call it."


ONE_TWO = [
    np.array([[1], [2]]),
    np.array([[1, 2]]),
    np.array([[[1.0]], [[2.0]]]),
    [[1, 2]],
    ([1], (2,)),
    [np.array([1]), Value(2.0)],
]


@pytest.mark.parametrize("answer", ONE_TWO, ids=repr)
def test_brackets_around_one_thing_do_not_count(answer):
    assert fitted(answer, [0.0, 0.0]) == [1.0, 2.0]
    assert judge(answer, [1.0, 2.0])
    assert judge(answer, [3.0, 4.0], {"swapped": ([1.0, 2.0], "…")}).mistake == "swapped"


def test_a_functions_result_has_the_shape_that_it_should_have():
    assert not judge_function(lambda g: g[None], lambda g: g, [np.ones(2)])


# ── rounding ────────────────────────────────────────────────────────────────


def test_an_answer_may_be_rounded_to_three_digits_but_a_count_may_not():
    assert judge(0.333, 1 / 3)
    assert judge([0.143, 1.43e-5], [1 / 7, 1 / 7e4])
    assert not judge(0.33, 1 / 3)
    assert judge(1000.0, 1000)
    for wrong in (999, 1001, 1000.4):
        assert not judge(wrong, 1000)
    assert judge(1001, 1000.0)


def test_what_is_met_exactly_is_not_the_rounding_of_something_else():
    assert judge(1.003, 1.0, {"added ε": (1.003, "…")}).mistake == "added ε"
    assert judge(0.667, 2.0, {"forgot the 3": (2 / 3, "…")}).mistake == "forgot the 3"


def test_a_mistake_of_another_shape_is_still_named():
    assert judge([1.0, 2.0], 3.0, {"forgot the sum": ([1.0, 2.0], "…")}).mistake == "forgot the sum"


def test_equal_numbers_in_other_shapes_do_not_agree():
    assert not agree([1.0], 1.0)
    assert not agree([[1.0]], [1.0])


def test_markup_in_an_advice_is_text():
    assert "&lt;b&gt;" in judge(1.0, 2.0, hint="<b>")._repr_html_()


# ── functions ───────────────────────────────────────────────────────────────


def double(x):
    return 2 * x


SAMPLES = [-1.0, 0.5, 2.0]
MISTAKES = {"forgot the factor": (lambda x: x, "Twice as steep."), "undefined at 2": (lambda x: 1 / (x - 2), "")}


@pytest.mark.parametrize("answer", [x for x in JUNK if not callable(x)], ids=lambda x: type(x).__name__)
def test_what_cannot_be_called_is_no_function(answer):
    assert judge_function(answer, double, SAMPLES).mistake in (NOT_A_FUNCTION, UNANSWERED)


@pytest.mark.parametrize("answer", [x for x in JUNK if callable(x)], ids=lambda x: getattr(x, "__name__", "?"))
def test_strange_things_to_call_get_a_verdict(answer, capsys):
    assert not judge_function(answer, double, SAMPLES)


@pytest.mark.parametrize("gives", JUNK, ids=lambda x: type(x).__name__)
def test_a_function_may_give_junk(gives):
    assert not judge_function(lambda x: gives, double, SAMPLES)


def test_a_function_is_right_when_it_is_right_on_every_sample():
    assert judge_function(double, double, SAMPLES)
    assert judge_function(lambda x: 2 * x if x < 1 else 5.0, double, SAMPLES).mistake == UNKNOWN


def test_a_wrong_function_is_named_by_the_function_that_makes_the_mistake():
    assert judge_function(lambda x: +x, double, SAMPLES, MISTAKES).mistake == "forgot the factor"


def test_a_wrong_function_is_shown_its_own_answer_and_not_the_right_one():
    verdict = judge_function(lambda x: 7.5, double, SAMPLES, MISTAKES)
    assert verdict.mistake == UNKNOWN
    assert "Your function of -1.0 gave 7.5." in verdict.advice
    assert "-2" not in verdict.advice


def test_a_function_with_three_dots_or_pass_for_a_body_is_not_answered_yet():
    def empty(x): ...

    assert judge_function(empty, double, SAMPLES).mistake == UNANSWERED
    assert judge_function(lambda x: ..., double, SAMPLES).mistake == UNANSWERED
    assert judge_function(..., double, SAMPLES).mistake == UNANSWERED


def test_a_function_that_only_sometimes_returns_is_shown_where_not():
    verdict = judge_function(lambda x: 2 * x if x > 0 else None, double, SAMPLES)
    assert verdict.mistake == NOTHING
    assert "-1.0" in verdict.advice


def test_the_error_that_a_function_raises_is_shown():
    def slope(x):
        raise KeyError("σ")

    verdict = judge_function(slope, double, SAMPLES)
    assert verdict.mistake == RAISES
    assert verdict.advice == "slope(-1.0): KeyError: 'σ'"


def test_a_function_of_the_wrong_arguments_shows_its_error():
    assert "TypeError" in judge_function(lambda: 1.0, double, SAMPLES).advice


def test_samples_of_several_arguments_are_tuples_and_each_call_gets_copies():
    def emptying(xs, k):
        total = sum(xs) * k
        xs.clear()
        return total

    assert judge_function(emptying, lambda xs, k: k * sum(xs), [([1.0, 2.0], 3), ([4.0], 0.5)])
