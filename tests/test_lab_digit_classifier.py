"""The checks of notebook 10: right answers pass, typical wrong ones are named."""

from __future__ import annotations

import pytest

from nn import MLP, confusion_matrix, cross_entropy
from nn.lab.checks.digit_classifier import (
    MATRICES,
    PROBABILITIES,
    TRUE,
    check_delta,
    check_parameter_count,
    check_recall,
)


def raising(*_):
    raise RuntimeError("no")


def test_the_count_is_the_librarys():
    assert check_parameter_count(len(MLP([64, 32, 10]).parameters()))


def test_delta_is_what_the_graph_says():
    from math import log

    from autograd import Value

    logits = [Value(log(p)) for p in PROBABILITIES]  # softmax gives the probabilities back
    cross_entropy([logits], [TRUE]).backward()
    assert check_delta([v.grad for v in logits])
    assert check_delta(tuple(v.grad for v in logits))


def test_recall_is_counted_on_the_samples_themselves():
    def counted(matrix, k):
        pairs = [(i, j) for i, row in enumerate(matrix) for j, n in enumerate(row) for _ in range(n)]
        actual, predicted = zip(*pairs, strict=True)
        assert confusion_matrix(predicted, actual, len(matrix)) == matrix
        said = [j for i, j in pairs if i == k]
        return said.count(k) / len(said)

    assert check_recall(counted)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (64 * 32 + 32 * 10, "forgot the biases"),
        (64 * 32 + 1 + 32 * 10 + 1, "counted one bias per layer"),
        (64 * 33 + 32 * 11 + 52, "not right yet"),
        (64 * 32 + 32 * 10 + 106, "gave the pixels a bias"),
        (42, "counted the neurons"),
        (106, "counted the input as neurons"),
        (20480, "multiplied all sizes"),
    ],
)
def test_mistakes_in_counting_are_named(answer, mistake):
    assert check_parameter_count(answer).mistake == mistake


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ([-0.7, 0.8, -0.1], "wrong sign"),
        ([0.7, 0.2, 0.1], "forgot to subtract y"),
        ([0, 1, 0], "gave y only"),
        ([0, -0.8, 0], "only looked at the true class"),
        ([0, -5, 0], "differentiated by f"),
        ([-0.3, 0.2, 0.1], "not right yet"),
        ([0.7, -0.8], "not the kind of answer that is asked for"),
    ],
)
def test_mistakes_about_delta_are_named(answer, mistake):
    assert check_delta(answer).mistake == mistake


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (lambda c, k: c[k][k] / sum(row[k] for row in c), "mixed up rows and columns"),
        (lambda c, k: c[k][k] / sum(map(sum, c)), "divided by all samples"),
        (lambda c, k: sum(c[k][j] for j in range(len(c)) if j != k) / sum(c[k]), "gave the misses"),
        (lambda c, k: sum(c[i][i] for i in range(len(c))) / sum(map(sum, c)), "gave the accuracy of all classes"),
        (lambda c, k: c[k][k], "forgot to divide"),
        (lambda c, k: 0.5, "not right yet"),
        (lambda c, k: None, "not answered yet"),
        (lambda c: 1.0, "raises an error"),
        (raising, "raises an error"),
    ],
)
def test_mistakes_about_recall_are_named(answer, mistake):
    assert check_recall(answer).mistake == mistake


def test_a_function_that_changes_the_matrix_spoils_nothing():
    before = [[*row] for row in MATRICES[0]]

    def eater(matrix, k):
        row = matrix.pop(k)
        return row[k] / sum(row)

    assert check_recall(eater)
    assert MATRICES[0] == before
