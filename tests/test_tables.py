"""CSV files as people have them: what each column is, is decided by rules that are said, and real files train with sane reports."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from autograd import Value
from autograd.__main__ import main
from nn import MLP
from nn.columns import Numbers, UnreadableError, Words, read_column
from nn.data import load, load_csv, split
from nn.metrics import r_squared, rmse

pd = pytest.importorskip("pandas", reason="which reads the files")


@pytest.fixture
def table(tmp_path):
    """Write lines (or a frame) to a file and load it."""

    def read(content, **options):
        path = tmp_path / "t.csv"
        path.write_text("\n".join(content) if isinstance(content, list) else content, encoding="utf-8")
        return load_csv(path, **options)

    return read


def notes(data):
    return " | ".join(data.notes)


# ── classification or regression ────────────────────────────────────────────

FEATURE = [(7 * i) % 40 / 4 for i in range(40)]


@pytest.mark.parametrize(
    ("target", "classes", "rule"),
    [
        ([f"{x * 1.5:.2f}" for x in FEATURE], 0, "40 different numbers in 40 rows, so regression"),
        ([int(4 * x) for x in FEATURE], 0, "40 different whole numbers in 40 rows, so regression"),
        ([i % 2 for i in range(40)], 2, "2 different whole numbers in 40 rows, so classification"),
        ([i % 10 for i in range(40)], 10, "10 different whole numbers in 40 rows, so classification"),
        ([i % 11 for i in range(40)], 0, "11 different whole numbers in 40 rows, so regression"),
        ([i % 2 / 2 for i in range(40)], 0, "2 different numbers in 40 rows, so regression"),
        (["yes" if i % 3 else "no" for i in range(40)], 2, "2 different words, so classification"),
    ],
)
def test_the_target_decides_what_is_learned_by_a_rule_that_is_said(table, target, classes, rule):
    d = table(["x,t", *(f"{x},{y}" for x, y in zip(FEATURE, target, strict=True))])
    assert (len(d.classes), d.target, d.notes[0]) == (classes, "t", f"the target is t (the last column): {rule}")
    if not classes:
        assert d.y == [float(y) for y in target]


def test_the_task_can_be_said(table):
    rows = ["x,t", *(f"{i / 2},{i % 3}" for i in range(12))]
    assert table(rows).classes == ["0", "1", "2"]
    assert table(rows, task="regression")[1:4] == ([float(i % 3) for i in range(12)], ["x"], [])
    with pytest.raises(ValueError, match="t is text, 'a', and a regression needs numbers"):
        table(["x,t", "1,a", "2,b"], task="regression")
    with pytest.raises(ValueError, match="task is 'classification' or 'regression', got 'clustering'"):
        table(rows, task="clustering")


def test_the_target_is_a_column_by_name_or_place(table):
    rows = ["kind,a,b", "u,1.5,2.5", "v,3.5,4.25", "u,5.5,6.5"]
    assert table(rows, target="first")[:5] == (
        [[1.5, 2.5], [3.5, 4.25], [5.5, 6.5]],
        [0, 1, 0],
        ["a", "b"],
        ["u", "v"],
        "kind",
    )
    assert table(rows, target="a").y == [1.5, 3.5, 5.5]
    assert table(rows, drop=["kind"]).features == ["a"]
    with pytest.raises(ValueError, match="no column is called 'kinds'; did you mean 'kind'"):
        table(rows, target="kinds")
    with pytest.raises(ValueError, match="'b' is the target and can't be dropped"):
        table(rows, drop=["b"])
    with pytest.raises(ValueError, match="target, drop: for the columns of a CSV file, and xor is a data set"):
        load("xor", target="a", drop=["b"])


# ── columns that are no features ────────────────────────────────────────────


def iris_frame():
    rows = [[5.0 + i / 10, 3.0 - i / 20, f"kind{i // 4}"] for i in range(12)]
    return pd.DataFrame(rows, columns=["length", "width", "species"])


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        (lambda f: f.to_csv(), "column 1"),  # the unnamed index of pandas
        (lambda f: f.set_axis(range(1, 13)).to_csv(), "column 1"),  # row names of R
        (lambda f: f.to_csv(index_label="id"), "id"),
        (lambda f: f.to_csv(index_label="Unnamed: 0"), "Unnamed: 0"),
        (lambda f: f.set_axis([31 * i % 100 for i in range(12)]).to_csv(index_label="customer_id"), "customer_id"),
        (lambda f: f.set_axis(list("abcdefghijkl")).to_csv(), "column 1"),
        (lambda f: f.assign(name=list("abcdefghijkl"))[["name", *f.columns]].to_csv(index=False), "name"),
        (lambda f: f.assign(empty="")[["empty", *f.columns]].to_csv(index=False), "empty"),
    ],
)
def test_what_only_names_a_row_is_left_out_and_said(table, text, left_out):
    d = table(text(iris_frame()))
    assert d.features == ["length", "width"]
    assert iris_frame()[["length", "width"]].to_numpy().tolist() == d.X
    assert f"{left_out} is left out: it" in notes(d)


def test_row_numbers_without_a_name_are_left_out_too(table):
    d = table(iris_frame().to_csv(header=False))
    assert d.features == ["x2", "x3"]
    assert notes(d).endswith("x1 is left out: it numbers the rows")


def test_a_feature_that_counts_stays_one(table):
    assert table(["week,sold", *(f"{i},{i * i / 2}" for i in range(20))]).features == ["week"]
    assert table(["year,sold", *(f"{1900 + i},{i * i / 2}" for i in range(20))]).features == ["year"]
    assert table([f"{i},{i * i / 2}" for i in range(20)]).features == ["x1"]


@pytest.mark.parametrize("index", [True, False])
def test_numbered_columns_are_a_header_and_no_sample(table, index):
    frame = pd.DataFrame([[0.5, 1.5, 0], [2.5, 3.5, 1], [4.5, 5.5, 0], [6.5, 7.5, 1]])
    d = table(frame.to_csv(index=index))
    assert d[:3] == ([[0.5, 1.5], [2.5, 3.5], [4.5, 5.5], [6.5, 7.5]], [0, 1, 0, 1], ["0", "1"])


def test_whole_numbers_that_begin_with_0_1_are_samples(table):
    assert table(["0,1", "1,0", "0,0", "1,1"]).X == [[0.0], [1.0], [0.0], [1.0]]


# ── words, missing cells ────────────────────────────────────────────────────


def test_words_become_one_hot_and_it_is_said(table):
    d = table(["colour,size,t", "red,1,0.5", "blue,2,1.5", "red,3,2.5", "blue,4,3.25"])
    assert d.features == ["colour=blue", "colour=red", "size"]
    assert d.X == [[0.0, 1.0, 1.0], [1.0, 0.0, 2.0], [0.0, 1.0, 3.0], [1.0, 0.0, 4.0]]
    assert "colour is one-hot: blue, red" in notes(d)


HOLES = ["colour,size,t", "red,1,0.5", "blue,NA,1.5", "red,6,2.5", ",2,3.5", "blue,3,?"]


def test_missing_cells_are_left_out_by_row_or_become_means_as_chosen(table):
    with pytest.raises(
        ValueError,
        match=r"t\.csv, line 3, column 2 \(size\): the cell is 'NA', .* as in 3 of 5 rows one is; missing='drop'",
    ):
        table(HOLES)
    dropped, filled = table(HOLES, missing="drop"), table(HOLES, missing="mean")
    assert (dropped.X, dropped.y) == ([[0.0, 1.0, 1.0], [0.0, 1.0, 6.0]], [0.5, 2.5])
    assert "rows left out that miss a cell: 3 of 5" in notes(dropped)
    # Sizes 1, 6, 2, 3 have mean 3; of four colours two are blue. A target is never made up.
    assert filled.X == [[0.0, 1.0, 1.0], [1.0, 0.0, 3.0], [0.0, 1.0, 6.0], [0.5, 0.5, 2.0]]
    assert filled.y == [0.5, 1.5, 2.5, 3.5]
    assert (
        "rows left out that miss the target: 1 of 5 | missing cells that became the mean of their column: 2"
        in notes(filled)
    )
    assert filled.filled == ((1, 2), (3, 0), (3, 1))
    with pytest.raises(ValueError, match="missing is 'drop' or 'mean', got 'zero'"):
        table(HOLES, missing="zero")
    with pytest.raises(ValueError, match="no row is complete"):
        table(["a,b,t", "1,,2", ",1,3"], missing="drop")


def test_what_is_held_out_tells_nothing_about_missing_cells(table):
    rows = [f"{'' if i in (2, 5, 11) else i * i},{i}.5" for i in range(12)]
    train, held_out = split(table(["a,t", *rows], missing="mean"), 0.5, seed=3)
    for part in (train, held_out):
        assert [[mean_of(train)] if t in (2.5, 5.5, 11.5) else [(t - 0.5) ** 2] for t in part.y] == part.X
    assert [{part.y[i] for i, _ in part.filled} for part in (train, held_out)] == [
        {t for t in part.y if t in (2.5, 5.5, 11.5)} for part in (train, held_out)
    ]
    assert train.filled, "and each has some"
    assert held_out.filled


def mean_of(train):
    present = [(t - 0.5) ** 2 for t in train.y if t not in (2.5, 5.5, 11.5)]
    return sum(present) / len(present)


# ── numbers as people write them ────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "comma", "numbers"),
    [
        (["1,234", "12,345,678", "5"], False, [1234, 12345678, 5]),
        (["1,234.5", "-2,000.25"], False, [1234.5, -2000.25]),
        (["0,5", "12,25"], False, [0.5, 12.25]),  # in quotes
        (["0,5", "-1,234", "7"], True, [0.5, -1.234, 7]),
        (["1.234,5", "2.345", "12"], True, [1234.5, 2345, 12]),
        (["1.5", "2,5"], True, [1.5, 2.5]),
        (["1 234", "2\u00a0345,5", "12"], True, [1234, 2345.5, 12]),
        (["1'234.5", "2'000'000"], False, [1234.5, 2000000]),
        (["12%", "3.5 %", "100%"], False, [0.12, 0.035, 1]),
        (["$1,200", "$5.50"], False, [1200, 5.5]),
        (["3 €", "4,5 €"], True, [3, 4.5]),
        (["−5", "1e3", "+2", ".5"], False, [-5, 1000, 2, 0.5]),
    ],
)
def test_numbers_are_read_as_people_write_them(cells, comma, numbers):
    found = read_column(cells, decimal_comma=comma)
    assert isinstance(found, Numbers)
    assert found.values == pytest.approx(numbers, abs=1e-12)


def test_how_a_number_was_read_is_said(table):
    d = table(["price;share;t", "1.234,5;12%;0,5", "2.345,5;50%;1,5"])
    assert d[:2] == ([[1234.5, 0.12], [2345.5, 0.5]], [0.5, 1.5])
    assert "price: 1.234,5 is read as 1234.5 | share: 12% is read as 0.12" in notes(d)


@pytest.mark.parametrize(
    "manner", ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%b %d %Y", "%B %d, %Y", "%d %b %Y", "%b-%d-%Y", "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y"]
)  # fmt: skip
def test_dates_become_years(manner):
    days = [date(2023, 1, 1) + timedelta(days=40 * i) for i in range(12)]
    found = read_column([f"{day:{manner}}" for day in days])
    assert isinstance(found, Numbers)
    assert np.diff(found.values) == pytest.approx(40 / 365.4, rel=0.01)  # one of the years is a leap year
    assert (found.values[0], "dates as years" in found.note) == (2023.0, True)


def test_dates_that_can_be_read_in_two_ways_are_left_out(table):
    d = table(["day,x,t", "1/2/2024,1,0.5", "3/4/2024,2,1.5"])
    assert d.features == ["x"]
    assert (
        "day is left out: it holds dates of which day or month may come first, such as 1/2/2024; write 2024-03-01"
        in notes(d)
    )


def test_words_and_numbers_in_one_column_are_words_or_an_error_by_the_majority():
    assert read_column(["a", "b", "a", "1"]) == Words(["a", "b", "a", "1"])
    with pytest.raises(UnreadableError):
        read_column(["1", "2", "3", "a"])
    assert read_column(["none", "-", "some", "n/a"]).values == ["none", "-", "some", None]
    assert read_column(["none", "-", "1", "n/a"]).values == [None, None, 1.0, None]


def test_without_pandas_it_is_said_what_to_install(monkeypatch, tmp_path):
    (tmp_path / "t.csv").write_text("1,2\n3,4\n")
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match=r"CSV files are read with pandas: pip install 'chalkgrad\[train\]'"):
        load_csv(tmp_path / "t.csv")


# ── how good a regression is ────────────────────────────────────────────────


def test_rmse_and_r_squared_are_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics", reason="the independent measures")
    rng = np.random.default_rng(0)
    y, f = rng.normal(3.0, 2.0, 50), rng.normal(3.0, 2.0, 50)
    assert rmse([Value(v) for v in f], y) == pytest.approx(metrics.root_mean_squared_error(y, f), rel=1e-12)
    assert r_squared(f, y) == pytest.approx(metrics.r2_score(y, f), rel=1e-12)
    assert r_squared([1.0, 2.0], [3.0, 3.0]) is None
    with pytest.raises(ValueError, match="one output and one target; row 0 has 2 and 1"):
        rmse([[1.0, 2.0]], [1.0])


def trained(capsys, folder, *argv):
    code = main(["train", *argv, "-o", str(folder), "--quiet", "--hidden", "8"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out, json.loads((folder / "run.json").read_text())


@pytest.mark.slow
def test_a_regression_reports_its_error_and_its_network_takes_the_columns_as_they_are(capsys, tmp_path):
    """y = 5,000,000 + 30,000 (x − 2000) with the years x: hopeless where neither is scaled."""
    path = tmp_path / "prices.csv"
    path.write_text("\n".join(["year;price", *(f"{1960 + i};{5_000_000 + 30_000 * (i - 40)},5" for i in range(80))]))
    out, record = trained(capsys, tmp_path / "run", str(path), "--epochs", "40")
    assert (
        out.splitlines()[0] == "the target is price (the last column): 80 different numbers in 80 rows, so regression"
    )
    found = re.search(r"held-out RMSE (\S+) \(the training samples' mean alone: (\S+)\), R² (\S+) after", out)
    error, of_mean, r2 = map(float, found.groups())
    assert error < 0.25 * of_mean
    assert r2 > 0.9
    assert record["held_out_rmse"] == pytest.approx(error, rel=1e-3)
    assert (record["features"], record["target"], record["loss"]) == (["year"], "price", "mse")
    model = MLP.load(tmp_path / "run" / "model.safetensors")
    held_out = split(load_csv(path), 0.25, seed=0)[1]
    assert rmse(map(model, held_out.X), held_out.y) == pytest.approx(record["held_out_rmse"], rel=1e-9)
    assert {"fit.png", "loss.png", "graph.svg"} <= {file.name for file in (tmp_path / "run").iterdir()}
    assert (tmp_path / "run" / "fit.png").read_bytes()[:4] == b"\x89PNG"


def test_options_of_a_table_reach_it_and_belong_to_files(capsys, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,t\n1,x,2\n3,,4\n")
    for argv, says in (
        ([str(path), "--target", "c"], "no column is called 'c'; There are a, b, t"),
        ([str(path), "--drop", "a, t"], "'t' is the target and can't be dropped"),
        ([str(path), "--missing", "drop"], "t is 2 in every row"),
        (["xor", "--target", "first"], "target: for the columns of a CSV file, and xor is a data set"),
    ):
        assert main(["train", *argv, "--task", "regression"][: None if argv[0] != "xor" else 4]) == 2
        assert says in capsys.readouterr().err


# ── a dozen real files ──────────────────────────────────────────────────────


class Real:
    """A file of a package: where it lies, how it is trained on, and what is known of it."""

    def __init__(self, package, path, argv, samples, features, better_than, task="regression"):
        self.package, self.path, self.argv = package, path, argv
        self.samples, self.features, self.better_than, self.task = samples, features, better_than, task

    def __repr__(self):
        return Path(self.path).stem


# better_than: accuracy, which the largest class alone does not reach, or R².
REAL = [
    Real("palmerpenguins", "data/penguins.csv", "--target species --missing drop --drop year", 333, 9, 0.95, "classification"),
    Real("palmerpenguins", "data/penguins.csv", "--target body_mass_g --missing mean", 342, 12, 0.75),
    Real("palmerpenguins", "data/penguins-raw.csv", "--target Species --missing mean --drop Comments", 344, 20, 0.95, "classification"),
    Real("vega_datasets", "_data/seattle-weather.csv", "--epochs 5", 1461, 5, 0.6, "classification"),
    Real("vega_datasets", "_data/stocks.csv", "", 560, 6, 0.8),
    Real("vega_datasets", "_data/iowa-electricity.csv", "", 51, 4, 0.5),
    Real("statsmodels", "datasets/heart/heart.csv", "--target survival", 69, 2, -1.0),
    Real("statsmodels", "datasets/elnino/elnino.csv", "", 61, 12, 0.5),
    Real("statsmodels", "datasets/longley/longley.csv", "--target TOTEMP", 16, 7, -1.0),
    Real("statsmodels", "datasets/engel/engel.csv", "", 235, 1, 0.7),
    Real("statsmodels", "datasets/ccard/ccard.csv", "", 72, 4, 0.5, "classification"),
    Real("sklearn", "datasets/data/iris.csv", "", 150, 4, 0.9, "classification"),
    Real("sklearn", "datasets/data/wine_data.csv", "", 178, 13, 0.9, "classification"),
    Real("sklearn", "datasets/data/breast_cancer.csv", "--epochs 8", 569, 30, 0.9, "classification"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("real", REAL, ids=repr)
def test_a_real_file_loads_and_trains_with_a_sane_report(capsys, tmp_path, monkeypatch, real):
    spec = importlib.util.find_spec(real.package)
    if spec is None:
        pytest.skip(f"{real.package} brings the file")
    monkeypatch.setattr("nn.commands.training._draw", lambda job, run, title: [])  # what is drawn, other tests look at
    path = Path(spec.origin).parent / real.path
    out, record = trained(capsys, tmp_path, str(path), "--epochs", "30", *real.argv.split())
    train, held_out = map(int, re.search(r"(\d+) samples to train on, (\d+) held out", out).groups())
    assert train + held_out == real.samples
    assert len(record["features"]) == real.features
    assert f"so {real.task}" in out
    score = record["held_out_accuracy" if real.task == "classification" else "held_out_r_squared"]
    assert score > real.better_than, out
    assert all(math.isfinite(step["loss"]) for step in record["steps"])
