"""Samples come in by one door: rows are samples, whatever holds them, and every entry trains, measures and draws the same."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Recorder,
    accuracy,
    confusion_matrix,
    cross_entropy,
    data,
    evaluate,
    fit,
    hinge,
    log_loss,
    logistic,
    measure,
    mse,
    one_hot,
    player,
    playground,
    predictions,
    steps,
    theory,
)  # fmt: skip
from nn.arguments import as_rows, as_samples

# Square, so that rows and columns can be taken for each other; no row is a column.
X = [[0.0, 1.0, 0.5], [1.0, 0.0, -2.0], [0.25, 3.0, 1.0]]
Y = [1, 0, 1]


class Pairs:
    """A dataset as PyTorch's map-style ones are: items and a length, no end at which iteration stops."""

    def __init__(self, *parts):
        self.parts = parts

    def __len__(self):
        return len(self.parts[0])

    def __getitem__(self, i):
        return tuple(part[i % len(part)] for part in self.parts)


def pandas_frame(rows, **options):
    return pytest.importorskip("pandas").DataFrame(rows, **options)


def pandas_series(numbers, **options):
    return pytest.importorskip("pandas").Series(numbers, **options)


def polars_frame(rows):
    polars = pytest.importorskip("polars", reason="the other library of tables")
    return polars.DataFrame(rows, schema=["a", "b", "c"], orient="row")


def tensor(x):
    return pytest.importorskip("torch", reason="the tensors").tensor(x)


HOLDERS = {
    "lists": lambda: (X, Y),
    "tuples": lambda: (tuple(map(tuple, X)), tuple(Y)),
    "generators": lambda: ((row for row in X), (k for k in Y)),
    "maps": lambda: (map(tuple, X), map(int, Y)),
    "dict views": lambda: (dict(enumerate(X)).values(), dict(enumerate(Y)).values()),
    "NumPy": lambda: (np.array(X), np.array(Y)),
    "NumPy, columns first": lambda: (np.asfortranarray(X), np.array(Y)),
    "NumPy, backwards": lambda: (np.array(X[::-1])[::-1], np.array([Y, Y]).T[:, 1]),
    "NumPy, objects": lambda: (np.array(X, dtype=object), np.array(Y, dtype=object)),
    "NumPy, read-only float32": lambda: (np.broadcast_to(np.array(X, np.float32), (3, 3)), np.array(Y, np.uint8)),
    "a list of arrays": lambda: (list(np.array(X)), list(np.array(Y))),
    "pandas": lambda: (pandas_frame(X, columns=["a", "b", "c"]), pandas_series(Y)),
    "pandas, columns 0 1 2": lambda: (pandas_frame(X), pandas_series(Y)),
    "pandas, other indices": lambda: (pandas_frame(X, index=[7, 0, 1]), pandas_series(Y, index=["r", "s", "t"])),
    "pandas, nullable": lambda: (pandas_frame(X).convert_dtypes(), pandas_series(Y, dtype="Int64")),
    "pandas, booleans": lambda: (pandas_frame(X, dtype=object), pandas_series(Y).astype(bool)),
    "Polars": lambda: (polars_frame(X), polars_frame([[k, 0, 0] for k in Y])["a"]),
    "tensors": lambda: (tensor(X).double().requires_grad_(), tensor(Y)),
    "lists of tensors": lambda: (list(tensor(X)), list(tensor(Y))),
    "datasets": lambda: (Pairs(tensor(X)), Pairs(tensor(Y))),
}  # fmt: skip


@pytest.mark.parametrize("holder", HOLDERS)
def test_rows_are_samples_whatever_holds_them(holder):
    assert [list(row) for row in as_rows(HOLDERS[holder]()[0])] == X
    assert as_rows(HOLDERS[holder]()[1]) == Y


def outcome(entry, holder):
    """What an entry gives for data held so: numbers, from a network that is the same each time."""
    return entry(MLP([3, 2, 1], activation="tanh", seed=0), *HOLDERS[holder]())


def trained(model, X, y, **settings):
    run = fit(model, X, y, loss="logistic", epochs=3, **settings)
    return [r.loss for r in run], [r.validation_loss for r in run], [p.data for p in model.parameters()]


ENTRIES = {
    "fit": trained,
    "fit by the graph": lambda model, X, y: trained(model, X, y, engine="graph"),
    "steps": lambda model, X, y: [r.loss for r in steps(model, X, y, loss="logistic", optimizer=SGD(model.parameters()), epochs=2)],
    "evaluate": lambda model, X, y: evaluate(model, X, y, "logistic"),
    "validation": lambda model, X, y: trained(model, [[0.0, 0.0, 1.0]], [1], validation=(X, y)),
    "Recorder": lambda model, X, y: [(list(map(list, r.X)), r.y) for r in [Recorder(model, X, y, loss="logistic")]],
    "losses": lambda model, X, y: logistic((model(x) for x in as_rows(X)), y).data,
    "accuracy": lambda model, X, y: accuracy("logistic", map(model, as_rows(X)), y),
    "predict": lambda model, X, y: model.predict(X).tolist(),
    "predictions": lambda model, X, y: confusion_matrix(predictions(map(model, as_rows(X))), y, 2),
    "one sample": lambda model, X, y: model(as_rows(X)[1]).data,
    "one_hot": lambda model, X, y: one_hot(y, 2),
    "player": lambda model, X, y: str(player(model, X, y, loss="logistic")),
    "playground": lambda model, X, y: [s["X"] for s in [playground(data=(X, y)).data["sets"]["yours"]]],
    "split": lambda model, X, y: [(list(map(list, d.X)), d.y, len(d.features), d.classes) for d in data.split(X, y, 0.4)],
    "standardized": lambda model, X, y: data.standardized(X),
    "layer_values": lambda model, X, y: [layer.delta.tolist() for layer in measure.layer_values(model, X, y, "logistic")],
    "flat_shares": lambda model, X, y: measure.flat_shares(model, X),
}  # fmt: skip


PAGES = {"player", "playground"}  # which take longer, as figures do: of each library one holder
ONE_EACH = {"generators", "NumPy", "pandas", "Polars", "tensors"}


@pytest.mark.parametrize(
    ("entry", "holder"),
    [
        (e, h)
        for i, e in enumerate(ENTRIES)
        for j, h in enumerate(HOLDERS)
        if h in ONE_EACH or ((i + j) % 3 == 0 and e not in PAGES and h != "lists")  # the others by turns
    ],
)
def test_every_entry_gives_for_every_holder_what_it_gives_for_lists(entry, holder):
    assert outcome(ENTRIES[entry], holder) == outcome(ENTRIES[entry], "lists")


@pytest.mark.parametrize("holder", sorted(ONE_EACH))
def test_figures_take_every_holder(holder):
    plots = pytest.importorskip("nn.plots", reason="figures need Matplotlib")
    model = MLP([3, 2, 1], activation="tanh", seed=0)
    X, y = HOLDERS[holder]()
    assert len(plots.histograms(model, X, y, "logistic")) == 4
    assert len(plots.images(HOLDERS[holder]()[0], width=3)) == 3
    assert plots.confusion(HOLDERS[holder]()[0]).get_ylabel() == "it is"


@pytest.mark.parametrize("hold", [list, iter, np.array, pandas_frame, tensor], ids=lambda hold: hold.__name__)
def test_the_plane_takes_every_holder(hold):
    plots = pytest.importorskip("nn.plots", reason="figures need Matplotlib")
    XOR, y = data.XOR[:2]
    ax = plots.decision_boundary(MLP([2, 2, 1], seed=0), hold(XOR), iter(y), resolution=3)
    assert [series.get_offsets().tolist() for series in ax.collections[-2:]] == [[XOR[0], XOR[3]], [XOR[1], XOR[2]]]
    assert theory.best_line(hold(XOR), iter(y)).correct == 3
    assert theory.common_point(hold(XOR), iter(y)) == (0.5, 0.5)


# ── X that holds the targets too ────────────────────────────────────────────


@pytest.mark.parametrize(
    "both",
    [lambda: zip(X, Y, strict=True), lambda: list(zip(X, Y, strict=True)), lambda: Pairs(X, Y), lambda: Pairs(tensor(X), tensor(Y)), lambda: (X, Y), lambda: data.as_dataset(X, Y)],
    ids=["zip", "pairs", "dataset", "dataset of tensors", "(X, y)", "Dataset"],
)  # fmt: skip
def test_samples_with_their_targets_are_trained_on_and_validated_by(both):
    expected = trained(MLP([3, 2, 1], activation="tanh", seed=0), X, Y, validation=(X, Y))
    assert trained(MLP([3, 2, 1], activation="tanh", seed=0), both(), None, validation=both()) == expected


def test_a_dataset_of_pytorch_is_one_of_ours():
    utils = pytest.importorskip("torch.utils.data", reason="the datasets")
    whole = utils.TensorDataset(tensor(X), tensor(Y))
    assert as_samples(whole) == (X, Y)
    assert as_samples(utils.Subset(whole, [2, 0])) == ([X[2], X[0]], [1, 1])
    assert as_rows(utils.TensorDataset(tensor(X))) == X


def test_rows_that_are_no_pairs_are_told_apart_from_them():
    with pytest.raises(
        ValueError, match=r"without y, each row of X is a pair \(sample, target\); row 0 is \[0.0, 1.0, 0.5\]"
    ):
        fit(MLP([3, 1]), X, loss="mse")


# ── targets of every kind ───────────────────────────────────────────────────


@pytest.mark.parametrize("hold", [np.array, tensor, pandas_series, iter, list], ids=lambda hold: hold.__name__)
def test_every_loss_takes_labels_from_every_holder(hold):
    one, two = [Value(0.3), Value(-1.0)], [[Value(0.1), Value(0.2)], [Value(0.0), Value(1.0)]]
    for loss, outputs, targets in ((logistic, one, [1, 0]), (hinge, one, [-1, 1]), (mse, one, [0.5, 2.0]), (cross_entropy, two, [1, 0]), (log_loss, [Value(0.3), Value(0.7)], [1, 0])):  # fmt: skip
        assert loss(outputs, hold(targets)).data == loss(outputs, targets).data
    assert (
        cross_entropy(two, np.eye(2)).data
        == cross_entropy(two, tensor(np.eye(2))).data
        == cross_entropy(two, [0, 1]).data
    )


def test_words_become_classes_and_a_tables_columns_name_the_features():
    frame = pandas_frame([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], columns=["cm", "kg"])
    d = data.as_dataset(frame, pandas_series(["b", "a", "b"], index=[5, 3, 1]))
    assert d == data.Dataset([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [1, 0, 1], ["cm", "kg"], ["a", "b"])
    assert data.as_dataset([[1], [2], [3], [4]], [-1, 1, 1, -1]).classes == []  # a hinge's labels stay as they are
    assert data.as_dataset([[1], [2], [3]], [0, 1, 2]).classes == []
    assert data.as_dataset([[1], [2], [3], [4]], [0.0, 1.0, 1.0, 0.0]).classes == ["0", "1"]


def test_a_split_of_rows_and_labels_keeps_the_shares_of_the_classes():
    y = ["cat"] * 80 + ["dog"] * 20
    train, held_out = data.split([[float(i)] for i in range(100)], y)
    assert (held_out.y.count(0), held_out.y.count(1), len(train.y)) == (20, 5, 75)
    assert held_out.classes == ["cat", "dog"]


# ── what is refused ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (3.0, "X should be rows, one per sample, in a list, an array or a table; got float"),
        ("text", "got str"),
        ({"a": [1.0, 2.0]}, "got dict"),
        ({1.0, 2.0}, "got set"),
        (np.array(3.0), "got ndarray"),
        (Value(1.0), "got Value"),
    ],
)
def test_what_has_no_rows_in_an_order_is_refused(given, says):
    with pytest.raises(TypeError) as caught:
        fit(MLP([1, 1]), given, [1.0], loss="mse")
    assert says in str(caught.value)


def test_dates_do_not_become_nanoseconds():
    with pytest.raises(ValueError, match="dates and times are no numbers: give days or years"):
        fit(MLP([1, 1]), np.array([["2024-01-01"], ["2024-01-02"]], "datetime64[D]"), [0.0, 1.0], loss="mse")


def test_a_cell_that_is_no_number_is_an_error_that_shows_it():
    pd = pytest.importorskip("pandas")
    for cell in (pd.NA, None, "four"):
        with pytest.raises(TypeError, match=r"one real number"):
            fit(MLP([2, 1]), pandas_frame([[1.0, cell], [2.0, 3.0]], dtype=object), [0.0, 1.0], loss="mse")
