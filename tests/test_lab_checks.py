"""What holds for every check of the notebooks: a right answer passes, and whatever else is given gets a verdict."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest
from junk import JUNK

from nn.lab import checks, judge
from nn.lab.answers import close
from nn.lab.verdict import NOT_A_FUNCTION, UNANSWERED, Verdict


def adam(w, slope, m, g, t):
    m, g = 0.9 * m + 0.1 * slope, 0.99 * g + 0.01 * slope**2
    return w - 0.1 * (m / (1 - 0.9**t)) / ((g / (1 - 0.99**t)) ** 0.5 + 0.5), m, g


def accumulate(gradient, node, parent, local):
    gradient[parent] += local * gradient[node]


def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, m in enumerate(shape) if m == 1), keepdims=True)


# The arguments with which a check is content.
RIGHT = {
    "one_neuron": {
        "check_nand": [(-1, -1, 1.5)],
        "check_xor_output": [(1, 1, -1.5)],
        "check_fires": [lambda w, x, b: int(sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b >= 0)],
    },
    "chain_rule": {"check_slope": [0.84], "check_two_paths": [18], "check_order": [["L", "r", "q", "p"]]},
    "activation_functions": {
        "check_sigmoid_slope": [0.16],
        "check_leaky_slope": [lambda z: 1.0 if z > 0 else 0.1],
        "check_collapse": [(3.0, -3.0)],
    },
    "networks": {"check_forward": [[-2, 4], [0, 4], -3.5], "check_width": [71], "check_depth": [40, 2**20]},
    "loss_functions": {
        "check_mse": [1.0],
        "check_stable": [lambda z, y: np.logaddexp(0.0, -z if y else z)],
        "check_delta": [[-0.0737, 0.0649, 0.00878]],
    },
    "backpropagation": {
        "check_delta": [[-0.25, 0.0, 0.5]],
        "check_order": [["L", "t", "v", "u"]],
        "check_accumulate": [accumulate],
    },
    "broadcasting": {
        "check_shapes": [(5, 3), (5, 3), (2, 4, 3)],
        "check_bias_gradient": [[0.2, 0.3]],
        "check_unbroadcast": [unbroadcast],
    },
    "initialisation": {
        "check_zero": [[0.25] * 4, 4],
        "check_variances": [0.5, 0.125, 0.03125],
        "check_std": [lambda m, a: (2 / ((1 + a * a) * m)) ** 0.5],
    },
    "optimizers": {"check_largest_rate": [0.04], "check_rmsprop_step": [0.8], "check_adam": [adam]},
    "digit_classifier": {
        "check_parameter_count": [64 * 32 + 32 + 32 * 10 + 10],
        "check_delta": [[0.7, -0.8, 0.1]],
        "check_recall": [lambda matrix, k: matrix[k][k] / sum(matrix[k])],
    },
}  # fmt: skip


def function(module, name):
    return getattr(import_module(f"{checks.__name__}.{module}"), name)


EVERY = [
    pytest.param(function(m, name), right, id=f"{m}.{name}") for m, of in RIGHT.items() for name, right in of.items()
]


def test_every_check_is_here():
    found = {
        module.name: {
            name for name in vars(import_module(f"{checks.__name__}.{module.name}")) if name.startswith("check_")
        }
        for module in pkgutil.iter_modules(checks.__path__)
    }
    assert found == {module: set(of) for module, of in RIGHT.items()}


def with_each(right, thing):
    """The thing for every argument, for each argument alone beside right ones, and for all that a first list holds."""
    yield [thing] * len(right)
    if len(right) > 1:
        for i in range(len(right)):
            yield [*right[:i], thing, *right[i + 1 :]]
    if isinstance(right[0], list | tuple):
        yield [[thing] * len(right[0]), *right[1:]]


@pytest.mark.parametrize(("check", "right"), EVERY)
def test_a_right_answer_passes(check, right):
    assert len(inspect.signature(check).parameters) == len(right)
    assert check(*right)


@pytest.mark.parametrize(("check", "right"), EVERY)
def test_junk_gets_a_verdict_and_raises_nothing(check, right, capsys):
    for junk in JUNK:
        for answer in with_each(right, junk):
            verdict = check(*answer)
            assert isinstance(verdict, Verdict), answer
            assert not verdict, answer
            assert repr(verdict).startswith("○ Not answered yet." if verdict.mistake == UNANSWERED else "✗")


@pytest.mark.parametrize(("check", "right"), EVERY)
def test_three_dots_are_not_answered_yet(check, right):
    for dots in (..., None):
        for answer in with_each(right, dots):
            assert check(*answer).mistake == UNANSWERED


@pytest.mark.parametrize(("check", "right"), EVERY)
def test_three_dots_in_a_list_or_in_a_function_are_not_answered_yet(check, right):
    for i, answer in enumerate(right):
        if isinstance(answer, list | tuple):
            assert check(*right[:i], [..., *answer[1:]], *right[i + 1 :]).mistake == UNANSWERED
        elif callable(answer):
            assert check(lambda *_: ...).mistake == check(lambda *_: None).mistake == UNANSWERED


@pytest.mark.parametrize(("check", "right"), EVERY)
def test_a_number_is_not_a_function(check, right):
    if callable(right[0]):
        assert check(0.1).mistake == NOT_A_FUNCTION


@pytest.mark.parametrize(("check", "right"), EVERY)
def test_no_rounding_takes_a_named_mistake_for_the_right_answer_or_for_another(check, right, monkeypatch):
    """Each check is asked, and what it hands to ``judge`` is looked at."""
    seen = []

    def looking(answer, expected, mistakes=None, **words):
        seen.append([("right", expected), *((name, wrong) for name, (wrong, _) in (mistakes or {}).items())])
        return judge(answer, expected, mistakes, **words)

    monkeypatch.setattr(inspect.getmodule(check), "judge", looking, raising=False)
    for answer in (right, *with_each(right, 0.123)):
        check(*answer)
    assert seen or any(callable(x) or isinstance(x, list) for x in right)
    for reached in seen:
        for one, other in ((a, b) for a in reached for b in reached if a[0] != b[0]):
            assert not alike(one[1], other[1]), (one, other)


def alike(a, b):
    """Would a rounding of a pass for b? Not where either is a count or a word: that is met or not. Looked at without ``judge``."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind in "iUO" or b.dtype.kind in "iUO":
        return bool(np.array_equal(a, b))
    return a.shape == b.shape and all(map(close, a.ravel(), b.ravel()))
