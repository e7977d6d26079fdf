"""Losses: their numbers, their gradients f − y, their stability, their refusals."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from autograd import DomainError, Value
from nn import (
    MLP,
    confusion_matrix,
    cross_entropy,
    data,
    fit,
    hinge,
    huber,
    log_loss,
    logistic,
    losses,
    mae,
    mse,
    one_hot,
    predictions,
    softmax,
)
from nn.metrics import accuracy

FAR = [-1000.0, -745.0, -40.0, -20.0, -1.0, 0.0, 1e-9, 1.0, 20.0, 40.0, 745.0, 1000.0]


def values(numbers):
    return [[Value(x) for x in row] if isinstance(row, (list, tuple)) else Value(row) for row in numbers]


def gradients(outputs):
    return [[f.grad for f in row] if isinstance(row, list) else row.grad for row in outputs]


# ── values by hand ──────────────────────────────────────────────────────────


def test_mse_is_half_the_mean_square():
    assert mse(values([3.0, 1.0, 0.0]), [1.0, 1.0, 4.0]).data == (4 + 0 + 16) / 6
    assert mse(values([3.0]), [1.0]).data == 4 / 2


def test_mse_of_rows_sums_over_outputs_and_means_over_samples():
    assert mse(values([[1.0, 2.0], [0.0, 0.0]]), [[0.0, 0.0], [3.0, 4.0]]).data == (1 + 4 + 9 + 16) / 4


def test_mae_and_huber_by_hand():
    # errors 2, −0.5 and −4
    assert mae(values([3.0, 0.5, 0.0]), [1.0, 1.0, 4.0]).data == (2 + 0.5 + 4) / 3
    assert huber(values([3.0, 0.5, 0.0]), [1.0, 1.0, 4.0]).data == (1.5 + 0.125 + 3.5) / 3
    assert huber(values([3.0, 0.5, 0.0]), [1.0, 1.0, 4.0], delta=2.0).data == (2 + 0.125 + 6) / 3
    assert mae(values([[1.0, 2.0], [0.0, 0.0]]), [[0.0, 0.0], [3.0, 4.0]]).data == (1 + 2 + 3 + 4) / 2
    assert mae(values([[1.0, 2.0]]), [[0.0, 0.0]]).data == 1 + 2  # a sample's errors are added
    for delta in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="delta is a number > 0"):
            huber(values([1.0]), [0.0], delta=delta)


def test_logistic_by_hand():
    expected = (math.log(1 + math.exp(-0.5)) + math.log(1 + math.exp(-1.25))) / 2
    assert logistic(values([0.5, -1.25]), [1, 0]).data == pytest.approx(expected, rel=1e-15)


def test_hinge_by_hand():
    # margins 0.25, 3, −2 and 1: losses 0.75, 0, 3 and 0
    assert hinge(values([0.25, -3.0, 2.0, 1.0]), [1, -1, -1, 1]).data == 3.75 / 4


def test_cross_entropy_by_hand():
    # softmax of (ln 1, ln 2, ln 5) is (1/8, 2/8, 5/8)
    row = [math.log(k) for k in (1, 2, 5)]
    assert cross_entropy(values([row, row]), [2, 0]).data == pytest.approx(
        (math.log(8 / 5) + math.log(8)) / 2, rel=1e-15
    )


def test_a_uniform_prediction_costs_ln_k():
    for k in (2, 3, 10):
        assert cross_entropy(values([[0.7] * k]), [k - 1]).data == pytest.approx(math.log(k), rel=1e-15)
    assert logistic(values([0.0, 0.0]), [0, 1]).data == pytest.approx(math.log(2), rel=1e-15)


# ── the gradient is f − y ───────────────────────────────────────────────────


def test_gradient_of_logistic_is_f_minus_y():
    f, y = values([-2.0, -0.1, 0.0, 0.7, 5.0]), [1, 0, 1, 1, 0]
    logistic(f, y).backward()
    assert gradients(f) == pytest.approx(
        [(1 / (1 + math.exp(-z.data)) - yi) / 5 for z, yi in zip(f, y, strict=True)], abs=1e-15
    )


def test_gradient_of_cross_entropy_is_f_minus_y():
    rng = random.Random(0)
    f = values([[rng.gauss(0, 2) for _ in range(4)] for _ in range(3)])
    y = [3, 0, 2]
    cross_entropy(f, y).backward()
    for row, yi in zip(f, y, strict=True):
        total = sum(math.exp(z.data) for z in row)
        expected = [(math.exp(z.data) / total - (k == yi)) / 3 for k, z in enumerate(row)]
        assert [z.grad for z in row] == pytest.approx(expected, abs=1e-15)
        assert sum(z.grad for z in row) == pytest.approx(0.0, abs=1e-16)


def test_gradient_of_mse_is_f_minus_y():
    f, y = values([[1.0, -2.0], [0.5, 4.0]]), [[0.0, 1.0], [0.5, 1.0]]
    mse(f, y).backward()
    assert gradients(f) == [[0.5, -1.5], [0.0, 1.5]]  # (f − y)/n, n = 2 samples


def test_gradient_of_hinge_is_minus_y_inside_the_margin():
    f = values([0.5, -3.0, 2.0, 1.0])
    hinge(f, [1, -1, -1, 1]).backward()
    assert gradients(f) == [-0.25, 0.0, 0.25, 0.0]  # at the margin itself the slope is 0


def test_two_class_softmax_is_the_sigmoid_of_the_difference():
    rng = random.Random(1)
    for _ in range(20):
        a, b, y = rng.gauss(0, 3), rng.gauss(0, 3), rng.randrange(2)
        (row,), z = values([[a, b]]), Value(b - a)
        two, one = cross_entropy([row], [y]), logistic([z], [y])
        assert two.data == pytest.approx(one.data, abs=1e-14)
        two.backward()
        one.backward()
        assert row[1].grad == pytest.approx(z.grad, abs=1e-15)
        assert row[0].grad == pytest.approx(-z.grad, abs=1e-15)


# ── far out ─────────────────────────────────────────────────────────────────


def softplus(x):
    """ln(1 + eˣ) and its slope to full precision, from 60-digit arithmetic."""
    mpmath = pytest.importorskip("mpmath", reason="the independent arithmetic")
    with mpmath.workdps(600):
        e = mpmath.exp(mpmath.mpf(x))
        return float(mpmath.log1p(e)), float(e / (1 + e))


@pytest.mark.parametrize("z", FAR)
@pytest.mark.parametrize("y", [0, 1])
def test_logistic_keeps_every_digit_far_out(z, y):
    f = Value(z)
    loss = logistic([f], [y])
    loss.backward()
    value, slope = softplus(-z if y else z)
    assert loss.data == pytest.approx(value, rel=1e-12, abs=5e-324)  # relative: e⁻⁴⁰ has all its digits
    assert f.grad == pytest.approx(-slope if y else slope, rel=1e-12, abs=5e-324)


@pytest.mark.parametrize("z", FAR)
def test_cross_entropy_is_stable_far_out(z):
    for y in (0, 1, 2):
        (row,) = values([[z, 0.0, -z]])
        loss = cross_entropy([row], [y])
        loss.backward()
        m = abs(z)
        e = [math.exp(v.data - m) for v in row]
        assert loss.data == pytest.approx(m + math.log(sum(e)) - row[y].data, rel=1e-12, abs=1e-12)
        assert [v.grad for v in row] == pytest.approx([ek / sum(e) - (k == y) for k, ek in enumerate(e)], abs=1e-12)


def test_losses_on_logits_never_raise_where_a_probability_would_be_0():
    assert logistic(values([-1000.0]), [1]).data == 1000.0
    assert cross_entropy(values([[1000.0, -1000.0]]), [1]).data == 2000.0
    assert hinge(values([-1e300]), [1]).data == 1e300


# ── against PyTorch ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["logistic", "cross_entropy", "mse", "mae", "huber"])
def test_losses_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="the peer: pip install 'chalkgrad[bench]'")
    rng = np.random.default_rng(0)
    F = torch.nn.functional
    if name == "cross_entropy":
        numbers, targets = rng.normal(size=(6, 4)) * 3, [0, 3, 1, 1, 2, 0]
        theirs = F.cross_entropy
        y = torch.tensor(targets)
    elif name == "logistic":
        numbers, targets = rng.normal(size=6) * 3, [0, 1, 1, 0, 1, 0]
        theirs = F.binary_cross_entropy_with_logits
        y = torch.tensor(targets, dtype=torch.float64)
    else:
        numbers, targets = 2 * rng.normal(size=6), rng.normal(size=6).tolist()
        theirs = {"mae": F.l1_loss, "huber": F.huber_loss, "mse": lambda f, y: 0.5 * F.mse_loss(f, y)}[name]
        y = torch.tensor(targets, dtype=torch.float64)
    f, t = values(numbers.tolist()), torch.tensor(numbers, requires_grad=True)
    ours, other = losses.get(name)(f, targets), theirs(t, y)
    ours.backward()
    other.backward()
    assert ours.data == pytest.approx(other.item(), rel=1e-13)
    assert np.array(gradients(f)) == pytest.approx(t.grad.numpy(), abs=1e-14)


# ── what is refused ─────────────────────────────────────────────────────────

ONE = [[0.1], [0.2], [0.3]]


@pytest.mark.parametrize(
    ("loss", "targets", "says"),
    [
        (logistic, [1, -1, 1], r"logistic: row 1 has the label -1; .*hinge.*Labels seen: -1, 1"),
        (logistic, [0, 1, 2], r"logistic: row 2 has the label 2; .*Labels seen: 0, 1, 2"),
        (logistic, [0, 1.5, 1], r"logistic: row 1 has the label 1.5"),
        (logistic, [0, 1, math.nan], r"logistic: row 2 has the label nan"),
        (logistic, ["no", "yes", "no"], r"logistic: row 0 has the label 'no'; .*Labels seen: .*no.*yes"),
        (logistic, ["1", "0", "1"], r"logistic: row 0 has the label '1'"),
        (logistic, [None, 1, 1], r"logistic: row 0 has the label None"),
        (logistic, [{}, 1, 1], r"logistic: row 0 has the label {}"),
        (hinge, [1, 0, 1], r"hinge: row 1 has the label 0; .*logistic.*Labels seen: 0, 1"),
        (hinge, ["a", 1, 1], r"hinge: row 0 has the label 'a'"),
    ],
    ids=lambda x: getattr(x, "__name__", str(x)),
)
def test_a_label_that_does_not_exist_is_named_with_its_row_and_the_labels_seen(loss, targets, says):
    with pytest.raises(ValueError, match=says):
        loss(values([0.1, 0.2, 0.3]), targets)


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ([0, 3, 1], r"cross_entropy: row 1 has the label 3; classes are whole numbers 0 … 2, .*Labels seen: 0, 1, 3"),
        ([-1, 0, 1], r"cross_entropy: row 0 has the label -1"),
        ([0, 1, 1.5], r"cross_entropy: row 2 has the label 1.5"),
        (["cat", "dog", "cat"], r"cross_entropy: row 0 has the label 'cat'; .*Labels seen: .*cat.*dog"),
        ([[0, 1]] * 3, r"cross_entropy: the target of row 0 is \[0, 1\]; give one label per sample"),
        ([0, 1, [0, 0, 1]], r"cross_entropy: the target of row 2 is \[0, 0, 1\]"),
    ],
    ids=str,
)
def test_a_class_that_does_not_exist_is_named_with_its_row_and_the_classes_seen(targets, says):
    with pytest.raises(ValueError, match=says):
        cross_entropy(values([[0.1, 0.2, 0.3]] * 3), targets)


def test_numpys_labels_count_as_labels_and_are_shown_plainly():
    f = [0.1, 0.2, 0.3]
    for dtype in (int, float, bool, np.float32, np.uint8):
        assert logistic(values(f), np.array([0, 1, 1], dtype=dtype)).data == logistic(values(f), [0, 1, 1]).data
    with pytest.raises(ValueError, match="row 0 has the label -1; "):
        logistic(values(f), np.array([-1, 1, 1]))


@pytest.mark.parametrize("loss", [logistic, hinge, cross_entropy])
def test_a_column_of_labels_is_an_error_and_never_broadcast(loss):
    outputs = values([[0.1, 0.2]] * 3 if loss is cross_entropy else [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match=r"target of row 0 is .*\(a column\? use y.ravel\(\)\)"):
        loss(outputs, np.array([[1], [1], [1]]))


def test_mse_pairs_row_with_row_and_never_broadcasts():
    f, y = [1.0, 2.0, 4.0], [[1.0], [1.0], [1.0]]
    right = (0 + 1 + 9) / 6
    assert mse(values(f), [1.0, 1.0, 1.0]).data == right
    assert mse(values([[v] for v in f]), y).data == right
    assert mse(values(f), np.array(y)).data == right  # not the 3 × 3 table that broadcasting would make
    with pytest.raises(ValueError, match="mse: row 0 has 1 outputs and 3 targets"):
        mse(values(f), np.ones((3, 3)))


@pytest.mark.parametrize("loss", [mse, logistic, hinge, cross_entropy, log_loss])
@pytest.mark.parametrize(("n", "targets"), [(2, 3), (3, 2), (0, 0), (1, 0)])
def test_another_number_of_targets_than_outputs_is_an_error(loss, n, targets):
    with pytest.raises(ValueError, match=rf"one target per sample.*got {n} outputs and {targets} targets"):
        loss(values([[0.1, 0.2]] * n if loss is cross_entropy else [0.1] * n), [1] * targets)


def test_ragged_rows_are_an_error_that_names_the_row():
    with pytest.raises(ValueError, match="cross_entropy: row 1"):
        cross_entropy(values([[0.1] * 3, [0.1] * 2]), [0, 1])
    with pytest.raises(ValueError, match="mse: row 1"):
        mse(values([[0.1], [0.1, 0.2]]), [[0.0], [0.0, 0.0]])


@pytest.mark.parametrize("loss", [mse, mae, huber])
@pytest.mark.parametrize("target", ["3", None, [1.0, "2"]], ids=str)
def test_a_loss_of_a_regression_takes_numbers_alone(loss, target):
    outputs = values([[0.1, 0.2]]) if isinstance(target, list) else values([0.1])
    with pytest.raises(ValueError, match=rf"{loss.__name__}: the target of row 0 is .*; give a number"):
        loss(outputs, [target])


def test_the_loss_for_one_output_and_the_loss_for_many_point_at_each_other():
    with pytest.raises(ValueError, match="cross_entropy"):
        logistic(values([[0.1, 0.2]]), [1])
    with pytest.raises(ValueError, match="cross_entropy"):
        hinge(values([[0.1, 0.2]]), [1])
    with pytest.raises(ValueError, match="use `logistic`"):
        cross_entropy(values([0.1]), [0])


def test_many_wrong_labels_are_listed_in_short():
    with pytest.raises(ValueError, match=r"Labels seen: (\d+, ){8}…$"):
        logistic(values([0.0] * 9), list(range(10, 19)))
    with pytest.raises(ValueError, match=r"Labels seen: (\d+, ){7}\d+$"):
        logistic(values([0.0] * 8), list(range(10, 18)))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ValueError, match="no loss is called 'nll'; there are mse, logistic, mae, huber, hinge, cross_entropy"
    ):
        losses.get("nll")


def test_a_loss_may_be_given_by_its_name_or_by_itself():
    def cubes(outputs, targets):
        return outputs[0] ** 3

    assert losses.get("hinge") is hinge
    assert losses.get(cubes) is cubes


# ── accuracy ────────────────────────────────────────────────────────────────


def test_accuracy_is_the_share_on_the_right_side():
    assert accuracy("logistic", values([2.0, -1.0, 0.5, -3.0]), [1, 1, 0, 0]) == 0.5
    assert accuracy("hinge", values([2.0, -1.0, -0.5]), [1, -1, 1]) == pytest.approx(2 / 3)
    assert accuracy("cross_entropy", values([[1.0, 2.0, 0.0], [3.0, 1.0, 0.0]]), [1, 2]) == 0.5
    assert accuracy("mse", values([1.0]), [1.0]) is None
    assert accuracy(lambda outputs, targets: Value(0.0), values([1.0]), [1]) is None


def test_accuracy_is_a_python_float_for_numpys_labels_too():
    assert type(accuracy("logistic", values([2.0, -1.0]), np.array([1, 1]))) is float
    assert type(accuracy("cross_entropy", values([[1.0, 2.0]]), np.array([1]))) is float


# ── shares, probabilities, and what a classifier says ───────────────────────


def test_one_hot_rows_cost_what_their_classes_cost():
    rng = random.Random(2)
    numbers, y = [[rng.gauss(0, 2) for _ in range(3)] for _ in range(4)], [2, 0, 1, 1]
    a, b, c = values(numbers), values(numbers), values(numbers)
    by_class, by_row, by_array = cross_entropy(a, y), cross_entropy(b, one_hot(y, 3)), cross_entropy(c, np.eye(3)[y])
    for loss in (by_class, by_row, by_array):
        loss.backward()
    assert by_row.data == by_array.data == pytest.approx(by_class.data, rel=1e-14)
    assert np.array(gradients(b)) == pytest.approx(np.array(gradients(a)), abs=1e-15)


def test_targets_enter_a_graph_as_they_are_but_classes_as_rows():
    assert losses.targets_as_numbers(cross_entropy, [1], 2) == [[0.0, 1.0]]
    assert losses.targets_as_numbers(cross_entropy, [[0.3, 0.7]], 2) == [[0.3, 0.7]]
    assert losses.targets_as_numbers(logistic, [1], 1) == [1]


def test_gradient_of_soft_labels_is_f_minus_the_shares():
    (row,), shares = values([[0.5, -1.0, 2.0]]), [0.2, 0.3, 0.5]
    cross_entropy([row], [shares]).backward()
    assert [v.grad for v in row] == pytest.approx(
        [f.data - s for f, s in zip(softmax(row), shares, strict=True)], abs=1e-15
    )


def test_shares_in_a_log_loss_weigh_both_logarithms():
    f = values([0.3, 0.8])
    loss = log_loss(f, [0.9, 0.0])
    loss.backward()
    assert loss.data == pytest.approx(-(0.9 * math.log(0.3) + 0.1 * math.log(0.7) + math.log(0.2)) / 2, rel=1e-15)
    assert [v.grad for v in f] == pytest.approx([-(0.9 / 0.3 - 0.1 / 0.7) / 2, 1 / 0.2 / 2], rel=1e-14)
    assert accuracy("log_loss", values([0.3, 0.8, 0.2]), [0.9, 0.6, 0.1]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("shares", [[0.5, 0.4], [1.5, -0.5], [0, 0], [math.nan, 1.0]], ids=str)
def test_shares_that_do_not_sum_to_1_are_an_error(shares):
    with pytest.raises(ValueError, match=r"row 1 of the targets is .*; shares are between 0 and 1 and sum to 1"):
        cross_entropy(values([[0.1, 0.2]] * 2), [[0.0, 1.0], shares])


def test_one_hot_by_hand_and_refusals():
    assert one_hot([2, 0], 3) == one_hot((k for k in [2, 0]), 3) == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    for classes in ([3], [-1], [0.5], ["a"]):
        with pytest.raises(ValueError, match="one_hot: row 0 has the label"):
            one_hot(classes, 3)


def test_log_loss_of_probabilities_is_the_loss_of_their_logits():
    z, y = [-2.0, 0.3, 1.5], [0, 1, 0]
    f = [Value(x).sigmoid() for x in z]
    assert log_loss(f, y).data == pytest.approx(logistic(values(z), y).data, rel=1e-14)
    rows, y = [[0.1, -0.4, 2.0], [1.0, 0.0, -1.0]], [2, 1]
    assert log_loss([softmax(values([r])[0]) for r in rows], y).data == pytest.approx(
        cross_entropy(values(rows), y).data, rel=1e-14
    )


def test_log_loss_raises_where_the_losses_on_logits_do_not():
    with pytest.raises(DomainError, match=r"log needs x > 0, got x = 0.* Try a loss on logits"):
        log_loss([Value(1000.0).sigmoid()], [0])
    assert logistic(values([1000.0]), [0]).data == 1000.0


def test_log_loss_refuses_ragged_rows_and_unknown_classes():
    with pytest.raises(ValueError, match="row 1"):
        log_loss(values([[0.5, 0.5], [0.3]]), [0, 1])
    with pytest.raises(ValueError, match="log_loss: row 0 has the label 2"):
        log_loss(values([0.5]), [2])


def test_softmax_is_exp_over_the_sum():
    o = [0.5, -1.0, 3.0]
    total = sum(map(math.exp, o))
    for form in (o, values(o), iter(o)):
        assert [f.data for f in softmax(form)] == pytest.approx([math.exp(x) / total for x in o], rel=1e-14)
    assert [f.data for f in softmax([1000.0, -1000.0])] == [1.0, 0.0]
    row = values(o)
    f = softmax(row)
    f[0].backward()  # ∂f₀/∂oₖ = f₀ (δ₀ₖ − fₖ)
    assert [v.grad for v in row] == pytest.approx([f[0].data * ((k == 0) - f[k].data) for k in range(3)], abs=1e-15)


def test_predictions_are_the_largest_output_or_the_sign_of_the_logit():
    assert predictions(values([-1.0, 0.0, 2.0])) == [0, 0, 1]
    assert predictions(values([[0.0, 3.0, 1.0], [5.0, 3.0, 1.0]])) == [1, 0]


def test_accuracy_understands_one_hot_targets():
    assert accuracy("cross_entropy", values([[1.0, 2.0, 0.0], [3.0, 1.0, 0.0]]), [[0, 1, 0], [0, 0, 1]]) == 0.5


def test_a_confusion_matrix_counts_actual_by_predicted():
    rng = random.Random(0)
    said, true = [rng.randrange(3) for _ in range(50)], [rng.randrange(3) for _ in range(50)]
    table = confusion_matrix(said, true, 3)
    assert table == [
        [sum(s == j and t == i for s, t in zip(said, true, strict=True)) for j in range(3)] for i in range(3)
    ]
    assert sum(map(sum, table)) == 50


@pytest.mark.parametrize(
    ("said", "true"), [([0, 1], [-1, 1]), ([0, 2], [1, 1]), ([0], [0, 1]), ([0, 1], [2, 0])], ids=str
)
def test_a_confusion_matrix_refuses_classes_that_do_not_exist(said, true):
    with pytest.raises(ValueError, match=r"label|one target per sample"):
        confusion_matrix(said, true, 2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mse(Value(1.0), 1.0),
        lambda: mse(Value(1.0), [1.0]),
        lambda: logistic(Value(1.0), [1]),
        lambda: cross_entropy([Value(1.0), Value(2.0)], 0),
        lambda: hinge([Value(1.0)], 1),
        lambda: accuracy("logistic", Value(1.0), [1]),
    ],
)
def test_one_sample_without_its_list_says_what_a_loss_takes(call):
    with pytest.raises(TypeError, match=r"a list of outputs and a list of targets, .* for a single sample write"):
        call()


def test_accuracy_wants_a_target_for_each_output():
    with pytest.raises(ValueError, match="got 1 outputs and 2 targets"):
        accuracy("logistic", [Value(1.0)], [1, 0])


def test_a_one_hot_row_with_a_word_is_named():
    with pytest.raises(ValueError, match=r"row 0 of the targets is \[0, 'a', 1\]"):
        cross_entropy([[Value(0.0), Value(1.0), Value(2.0)]], [[0, "a", 1]])


@pytest.mark.parametrize(
    ("o", "shares"),
    [
        ([-math.inf, -math.inf], [0.5, 0.5]),
        ([math.inf, 0.0, math.inf], [0.5, 0.0, 0.5]),
        ([-math.inf, 0.0], [0.0, 1.0]),
    ],
)
def test_softmax_of_infinities_is_the_limit_of_ever_larger_numbers(o, shares):
    leaves = values(o)
    found = softmax(leaves)
    assert [f.data for f in found] == shares
    found[0].backward()
    assert [v.grad for v in leaves] == [0.0] * len(o)


def test_softmax_of_one_value_says_what_it_takes():
    with pytest.raises(TypeError, match="takes a list of numbers or Values, got the single Value"):
        softmax(Value(1.0))


# ── soft labels ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("y", [0.9, 0.5, 0.1, np.float32(0.25)])
@pytest.mark.parametrize("z", [-700.0, -2.0, 0.0, 0.3, 700.0])
def test_the_logistic_loss_of_a_share_is_the_mixture_of_both_classes(z, y):
    f = Value(z)
    loss = logistic([f], [y])
    loss.backward()
    expected = float(y) * logistic([Value(z)], [1]).data + (1 - float(y)) * logistic([Value(z)], [0]).data
    assert loss.data == pytest.approx(expected, rel=1e-12)
    assert f.grad == pytest.approx(Value(z).sigmoid().data - float(y), abs=1e-12)


def test_rows_of_probabilities_are_targets_of_a_cross_entropy_in_single_precision_too():
    shares = np.array([[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]], dtype=np.float32)
    outputs = [[Value(0.3), Value(-1.0), Value(0.5)] for _ in shares]
    log_f = [[f.log().data for f in softmax(row)] for row in outputs]
    expected = -float((shares * np.array(log_f)).sum()) / 2
    assert cross_entropy(outputs, shares).data == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("y", [[0, 1, 1, 0.2], [0.9, 0.1, 0.6, 0.2]])
def test_soft_labels_are_trained_alike_by_both_engines(y):
    runs = [
        fit(MLP([2, 3, 1], seed=1), data.XOR.X, y, loss="logistic", epochs=5, batch_size=2, engine=e)
        for e in ("graph", "compiled")
    ]
    for a, b in zip(*runs, strict=True):
        assert (a.loss, a.gradient_norm) == pytest.approx((b.loss, b.gradient_norm), rel=1e-9)
        assert a.accuracy == b.accuracy
    assert runs[1].engine == "compiled"
    assert accuracy("logistic", [Value(1.0), Value(-1.0)], [0.6, 0.4]) == 1.0


def test_the_logistic_loss_alone_has_another_graph_for_soft_labels():
    assert losses.for_targets(logistic, [0, 1]) is logistic
    assert losses.for_targets(logistic, [0.5, 1]) is not logistic
    assert losses.for_targets(mse, [0.5, 1]) is mse


def test_a_label_beyond_0_and_1_is_still_refused():
    with pytest.raises(ValueError, match=r"logistic: row 0 has the label 0\.5.*Labels seen: 0\.5, 1\.5"):
        logistic([Value(0.0), Value(0.0)], [0.5, 1.5])
