"""Verdicts: what a check says of an answer, whatever the answer is."""

import numpy as np
import pytest

from autograd import Value
from nn.lab import judge, judge_function
from nn.lab.verdict import NOT_A_FUNCTION, NOTHING, RAISES, UNANSWERED, UNKNOWN, WRONG_KIND, agree, is_missing


class Hostile:
    """Raises whatever is asked of it."""

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


def bites_its_tail():
    a = [1.0]
    a.append(a)
    return a


JUNK = ["abc", "", b"x", {}, {1: 2}, set(), object(), Hostile(), [Hostile()], np.ndarray, Value, print, lambda: 1 / 0, 1j,
        float("nan"), float("inf"), 10**400, [[], []], np.array(["a"]), bites_its_tail(), (x for x in "ab"), NotImplemented]  # fmt: skip


@pytest.mark.parametrize("answer", JUNK, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("right", [0.84, [1.0, 2.0], "tanh"], ids=str)
def test_junk_is_wrong_and_never_raises(answer, right):
    verdict = judge(answer, right, {"swapped": ([2.0, 1.0], "Which is first?")})
    assert verdict.mistake in (UNKNOWN, WRONG_KIND, UNANSWERED)
    assert repr(verdict).startswith("✗")


@pytest.mark.parametrize(
    "answer", [..., None, [1.0, ...], (None,), [[0.5, 1.0], [..., 2.0]], np.array([None])], ids=repr
)
def test_three_dots_anywhere_are_not_answered_yet(answer):
    assert is_missing(answer)
    assert judge(answer, [1.0, 2.0]).mistake == UNANSWERED


@pytest.mark.parametrize("answer", [2, 2.0, True + 1, np.float64(2), np.int64(2), np.array(2.0), Value(2.0)], ids=repr)
def test_a_number_may_come_as_any_kind_of_number(answer):
    assert judge(answer, 2.0)


@pytest.mark.parametrize("answer", [[1, 2], (1.0, 2.0), np.array([1, 2]), [Value(1.0), 2], range(1, 3)], ids=repr)
def test_a_list_may_come_as_any_kind_of_list(answer):
    assert judge(answer, [1.0, 2.0])


def test_a_right_answer_is_no_mistake_even_where_a_mistake_leads_to_it():
    assert judge(1.0, 1.0, {"forgot to square": (1.0, "…")})


def test_nan_is_right_where_nan_is_right_and_nowhere_else():
    assert judge(float("nan"), float("nan"))
    assert not judge(float("nan"), 0.0)


def test_the_shape_is_named_when_it_is_what_is_wrong():
    assert judge([1.0], 1.0).advice == "A number is wanted, this is of type list."
    assert judge(1.0, [1.0, 2.0]).advice == "2 of them are wanted in a list, this is one number."
    assert judge([1.0], [1.0, 2.0]).advice == "2 of them are wanted, these are 1."
    assert judge(print, 1.0).advice == "A number is wanted, this is a function: call it."


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


def test_a_function_that_only_sometimes_returns_is_told_where_not():
    verdict = judge_function(lambda x: 2 * x if x > 0 else None, double, SAMPLES)
    assert verdict.mistake == NOTHING
    assert "-1.0" in verdict.advice


def test_a_function_that_raises_is_told_what():
    def slope(x):
        raise KeyError("σ")

    verdict = judge_function(slope, double, SAMPLES)
    assert verdict.mistake == RAISES
    assert verdict.advice == "slope(-1.0): KeyError: 'σ'"


def test_a_function_of_the_wrong_arguments_is_told_so():
    assert "TypeError" in judge_function(lambda: 1.0, double, SAMPLES).advice


def test_samples_of_several_arguments_are_tuples_and_each_call_gets_copies():
    def emptying(xs, k):
        total = sum(xs) * k
        xs.clear()
        return total

    assert judge_function(emptying, lambda xs, k: k * sum(xs), [([1.0, 2.0], 3), ([4.0], 0.5)])
