"""Data sets: their shapes, the same in every run; and CSV files, good ones and bad ones."""

from __future__ import annotations

import math
import random
import statistics
import sys

import numpy as np
import pytest

from nn import data
from nn.data import Dataset, load_csv, split, standardized

# ── what there is ───────────────────────────────────────────────────────────

SHAPES = {  # name: samples, features, classes
    "and": (4, 2, 2),
    "or": (4, 2, 2),
    "xor": (4, 2, 2),
    "moons": (200, 2, 2),
    "circles": (200, 2, 2),
    "spiral": (150, 2, 2),
    "gauss": (200, 2, 2),
    "iris": (150, 4, 3),
    "digits": (1797, 64, 10),
}


def loaded(name):
    if name in ("iris", "digits"):
        pytest.importorskip("sklearn.datasets", reason="these two come with scikit-learn")
    return data.load(name)


def test_every_data_set_is_tested():
    assert set(data.names()) == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_each_data_set_has_its_shape_classes_and_names(name):
    n, m, k = SHAPES[name]
    d = loaded(name)
    assert (len(d.X), len(d.y), len(d.features), len(d.classes)) == (n, n, m, k)
    assert all(len(row) == m and all(type(v) is float for v in row) for row in d.X)
    assert all(type(label) is int for label in d.y)
    assert set(d.y) == set(range(k))
    assert all(type(word) is str for word in (*d.features, *d.classes))


@pytest.mark.parametrize("name", SHAPES)
def test_a_data_set_is_the_same_every_time_and_draws_nothing_from_the_global_generator(name):
    random.seed(0)
    state = random.getstate()
    assert loaded(name) == loaded(name)
    assert random.getstate() == state


def test_logic_gates_are_their_truth_tables():
    for gate, word in ((data.AND, all), (data.OR, any), (data.XOR, lambda x: x[0] != x[1])):
        assert gate.y == [int(word(x)) for x in gate.X]


def test_two_clouds_have_their_centres_and_their_spread():
    d = data.gauss(2001, noise=0.4, seed=1)
    for k, centre in ((0, -1.0), (1, 1.0)):
        numbers = [v for x, label in zip(d.X, d.y, strict=True) for v in x if label == k]
        assert statistics.mean(numbers) == pytest.approx(centre, abs=0.05)
        assert statistics.stdev(numbers) == pytest.approx(0.4, abs=0.02)


def test_regressions_are_their_functions_on_the_unit_disc():
    flat, hills = data.plane(500, noise=0.0), data.hills(500, noise=0.0)
    assert flat.X == hills.X
    assert all(math.hypot(*x) < 1 for x in flat.X)
    assert statistics.mean(math.hypot(*x) ** 2 for x in flat.X) == pytest.approx(0.5)  # evenly over the area
    assert flat.y == [(a + b) / 2 for a, b in flat.X]
    top = max(zip(hills.y, hills.X, strict=True))
    assert abs(top[1][0] - top[1][1]) < 0.1  # a hill at (½, ½), another at (−½, −½)
    assert sum(hills.y) == pytest.approx(0.0, abs=2.0)
    noisy = data.plane(2000, noise=0.1, seed=2)
    assert statistics.stdev(y - (a + b) / 2 for (a, b), y in zip(noisy.X, noisy.y, strict=True)) == pytest.approx(0.1, abs=0.01)  # fmt: skip
    with pytest.raises(ValueError, match="n is a whole number, 1 or more"):
        data.hills(0)


def test_digits_are_grey_values_from_0_to_1():
    d = loaded("digits")
    assert min(map(min, d.X)) == 0.0
    assert max(map(max, d.X)) == 1.0


def test_iris_is_fishers():
    d = loaded("iris")
    assert d.X[0] == [5.1, 3.5, 1.4, 0.2]
    assert d.classes == ["setosa", "versicolor", "virginica"]
    assert [d.y.count(k) for k in range(3)] == [50, 50, 50]


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ValueError, match=r"called 'moon'; did you mean 'moons'\? Choose from and, or, xor, moons, .*CSV"
    ):
        data.load("moon")
    with pytest.raises(ValueError, match="no data set is called ''"):
        data.load("")


def test_real_data_without_scikit_learn_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"scikit-learn: pip install 'chalkgrad\[train\]'"):
        data.iris()


# ── geometry ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ours", "theirs", "settings"),
    [(data.moons, "make_moons", {}), (data.circles, "make_circles", {"factor": 0.5})],
    ids=lambda x: getattr(x, "__name__", str(x)),
)
@pytest.mark.parametrize("n", [10, 100])
def test_moons_and_circles_without_noise_are_scikit_learns(ours, theirs, settings, n):
    sklearn = pytest.importorskip("sklearn.datasets", reason="the independent geometry")
    X, y = getattr(sklearn, theirs)(n, shuffle=False, noise=None, **settings)
    d = ours(n, noise=0.0)
    assert np.array(d.X) == pytest.approx(X, abs=1e-12)
    assert d.y == y.tolist()


def test_noise_has_the_standard_deviation_it_says():
    clean, noisy = data.moons(2000, noise=0.0), data.moons(2000, noise=0.2)
    shifts = [a - b for p, q in zip(noisy.X, clean.X, strict=True) for a, b in zip(p, q, strict=True)]
    assert abs(statistics.fmean(shifts)) < 5 * 0.2 / math.sqrt(4000)
    assert abs(statistics.pstdev(shifts) / 0.2 - 1) < 5 / math.sqrt(2 * 4000)


def test_seeds_differ():
    for make in (data.moons, data.circles, data.spiral):
        assert make(seed=1) == make(seed=1) != make(seed=2)


@pytest.mark.parametrize("n", [2, 3, 7, 100, 151])
def test_n_samples_are_n_in_classes_of_almost_equal_size(n):
    for d in (data.moons(n), data.circles(n), data.spiral(n)):
        assert len(d.X) == len(d.y) == n
        assert abs(d.y.count(0) - d.y.count(1)) <= 1


def test_circles_lie_on_their_radii_and_spirals_in_the_unit_disc():
    for (x, y), k in zip(*data.circles(40, noise=0.0, factor=0.3)[:2], strict=True):
        assert math.hypot(x, y) == pytest.approx(0.3 if k else 1.0)
    d = data.spiral(90, classes=3, noise=0.0)
    assert [d.y.count(k) for k in range(3)] == [30, 30, 30]
    assert all(0.1 - 1e-12 <= math.hypot(x, y) <= 1.0 + 1e-12 for x, y in d.X)


def test_a_spiral_arm_turns_as_far_as_it_says():
    d = data.spiral(10, classes=2, turns=0.5, noise=0.0)  # five points an arm, r from 0.1 to 1, angle π r (+ π)
    for i in range(5):
        r = 0.1 + 0.225 * i
        arm = [r * math.cos(math.pi * r), r * math.sin(math.pi * r)]
        assert d.X[i] == pytest.approx(arm, abs=1e-12)
        assert d.X[5 + i] == pytest.approx([-v for v in arm], abs=1e-12)


@pytest.mark.parametrize("n", [0, -3, 2.5, "10"], ids=str)
def test_a_number_of_samples_that_is_none_is_an_error(n):
    for make in (data.moons, data.circles, data.spiral):
        with pytest.raises(ValueError, match="whole number"):
            make(n)


# ── split and standardize ───────────────────────────────────────────────────


def test_split_is_a_partition_with_every_class_in_its_share():
    d = data.spiral(300, classes=3)
    train, held_out = split(d, 0.2, seed=1)
    assert (len(train.y), len(held_out.y)) == (240, 60)
    assert [held_out.y.count(k) for k in range(3)] == [20, 20, 20]
    pairs = [(tuple(x), y) for part in (train, held_out) for x, y in zip(part.X, part.y, strict=True)]
    assert sorted(pairs) == sorted((tuple(x), y) for x, y in zip(d.X, d.y, strict=True))
    assert (train.features, train.classes) == (held_out.features, held_out.classes) == (d.features, d.classes)


def test_split_keeps_shares_of_unequal_classes():
    d = Dataset([[float(i)] for i in range(100)], [0] * 80 + [1] * 20, ["x"], ["a", "b"])
    _, held_out = split(d, 0.25)
    assert (held_out.y.count(0), held_out.y.count(1)) == (20, 5)


def test_split_repeats_with_a_seed():
    assert split(data.moons(), seed=3) == split(data.moons(), seed=3) != split(data.moons(), seed=4)


def test_split_of_a_regression_holds_out_its_share():
    d = Dataset([[float(i)] for i in range(40)], [0.5 * i for i in range(40)], ["x"], [])
    train, held_out = split(d, 0.25)
    assert (len(train.y), len(held_out.y)) == (30, 10)


@pytest.mark.parametrize("test", [0, 1, -0.1, 1.5, math.nan, 20])
def test_a_share_outside_0_and_1_is_an_error(test):
    with pytest.raises(ValueError, match="share between 0 and 1"):
        split(data.moons(), test)


@pytest.mark.parametrize("share", [0.05, 0.95])
def test_a_split_with_an_empty_side_is_an_error(share):
    with pytest.raises(ValueError, match="one side would be empty"):
        split(data.moons(4), share)


def test_standardized_columns_have_mean_0_and_deviation_1():
    train, held_out = split(data.moons(200), 0.25)
    scaled, other = standardized(train, held_out)
    X = np.array(scaled.X)
    assert X.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert X.std(axis=0) == pytest.approx([1, 1], abs=1e-12)
    raw = np.array(train.X)
    expected = (np.array(held_out.X) - raw.mean(axis=0)) / raw.std(axis=0)
    assert np.array(other.X) == pytest.approx(expected, abs=1e-12)  # by the training set's shift and scale
    assert scaled.y == train.y
    assert train.X != scaled.X  # the argument stays as it was


@pytest.mark.parametrize("c", [0.0, 0.1, -1e9 / 3, 1e-300])
@pytest.mark.parametrize("n", [1, 3, 7, 10])
def test_a_constant_column_becomes_0(c, n):
    (d,) = standardized(Dataset([[c, float(i)] for i in range(n)], [0] * n, ["c", "x"], ["0"]))
    assert [row[0] for row in d.X] == [0.0] * n


def test_a_column_far_from_0_keeps_its_digits():
    (d,) = standardized(Dataset([[1e9 + i] for i in range(5)], [0] * 5, ["x"], ["0"]))
    assert [row[0] for row in d.X] == pytest.approx([(i - 2) / math.sqrt(2) for i in range(5)], abs=1e-12)


@pytest.mark.parametrize("unit", [1e-300, 1e-160, 1.0, 1e160, 5e307])
def test_columns_of_any_size_are_standardized(unit):
    (d,) = standardized(Dataset([[unit], [3 * unit], [-unit], [unit]], [0] * 4, ["x"], ["0"]))
    assert [row[0] for row in d.X] == pytest.approx([0.0, math.sqrt(2), -math.sqrt(2), 0.0], abs=1e-12)  # mean 1, σ √2


# ── CSV files that work ─────────────────────────────────────────────────────


@pytest.fixture
def csv(tmp_path):
    """Write a text (or bytes) to a file and load it."""
    pytest.importorskip("pandas", reason="which reads the files")

    def load(content, name="table.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return load_csv(path, **options)

    return load


EXPECTED = Dataset([[1.0, 2.5], [-3.0, 4e2], [0.5, 0.0]], [0, 1, 0], ["x1", "x2"], ["cat", "dog"])
ROWS = "1,2.5,cat\n-3,4e2,dog\n.5,0,cat\n"


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        ROWS.rstrip("\n"),
        "x1,x2,animal\n" + ROWS,
        ROWS.replace("\n", "\r\n"),
        "x1,x2,animal\r\n" + ROWS.replace("\n", "\r\n"),
        ROWS.replace("\n", "\r"),
        b"\xef\xbb\xbf" + ROWS.encode(),
        b"\xef\xbb\xbfx1,x2,animal\r\n" + ROWS.replace("\n", "\r\n").encode(),
        ROWS.replace(",", ";"),
        "x1;x2;animal\n" + ROWS.replace(",", ";"),
        ROWS.replace(",", "\t"),
        ROWS.replace(",", ", "),
        ROWS.replace(",", " , "),
        ROWS.replace("cat", '"cat"'),
        '"x1","x2","animal"\n"1","2.5","cat"\n"-3","4e2","dog"\n".5","0","cat"\n',
        '1, 2.5, "cat"\n-3, 4e2, "dog"\n.5, 0, "cat"\n',
        "\n\n" + ROWS.replace("\n", "\n\n") + " \n,,\n",
        ROWS.replace(",", "|"),
        "sep=;\n" + ROWS.replace(",", ";"),
        '"sep=;"\r\n' + ROWS.replace(",", ";").replace("\n", "\r\n"),
        ROWS.replace(".", ",").replace(",cat", ";cat").replace(",dog", ";dog").replace("1,2,5", "1;2,5").replace("3,4e2", "3;4e2").replace("5,0;", "5;0;"),
        ROWS.encode("utf-16"),
        b"\xfe\xff" + ROWS.encode("utf-16-be"),
    ],
    ids=[
        "plain", "no newline at the end", "header", "CRLF", "header, CRLF", "CR", "BOM", "BOM, header, CRLF", "semicolons",
        "header, semicolons", "tabs", "spaces", "spaces around", "quoted classes", "all quoted", "quotes after spaces", "blank lines",
        "bars", "sep=;", "sep=; quoted", "decimal commas", "UTF-16", "UTF-16, big end first",
    ],
)  # fmt: skip
def test_one_table_in_many_dialects_is_one_data_set(csv, content):
    assert csv(content)[:4] == EXPECTED[:4]


def test_a_header_names_the_features(csv):
    d = csv("length (cm),width (cm),species\n1,2,a\n3,4,b\n")
    assert d.features == ["length (cm)", "width (cm)"]
    assert len(d.X) == 2


def test_a_header_of_numbers_is_known_by_its_last_word(csv):
    assert csv("0,1,class\n1,2,0\n3,4,1\n")[:4] == ([[1.0, 2.0], [3.0, 4.0]], [0, 1], ["0", "1"], ["0", "1"])


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(csv):
    d = csv('x,y,c\n1,2,"a, b"\n3,4,"say ""c"""\n5,6,"two\nlines"\n')
    assert d.classes == ["a, b", 'say "c"', "two\nlines"]
    assert [d.classes[k] for k in d.y] == ["a, b", 'say "c"', "two\nlines"]


def test_classes_that_are_numbers_are_in_order_of_their_numbers(csv):
    d = csv("1,10\n2,9\n3,2\n4,10\n5,9\n6,2\n")
    assert d.classes == ["2", "9", "10"]
    assert d.y == [2, 1, 0, 2, 1, 0]


def test_a_class_is_one_however_its_number_is_written(csv):
    d = csv("1,2\n2,1\n3,1.0\n4,2.\n")
    assert d.classes == ["1", "2"]
    assert d.y == [1, 0, 0, 1]


def test_classes_may_be_minus_1_and_1(csv):
    assert csv("1,1\n2,-1\n").classes == ["-1", "1"]


def test_classes_beyond_ascii_and_rare_separators_inside_a_cell_are_kept(csv):
    d = csv("größe,art\n1,Bär\n2,犬\n3,a\u2028b\n4,c\x0bd\n")
    assert d.features == ["größe"]
    assert set(d.classes) == {"Bär", "犬", "a\u2028b", "c\x0bd"}


def test_load_finds_a_file_by_its_path(csv, tmp_path):
    csv(ROWS)
    assert data.load(str(tmp_path / "table.csv"))[:4] == EXPECTED[:4]
    (tmp_path / "plain").write_text(ROWS, encoding="utf-8")
    assert data.load(str(tmp_path / "plain"), task="classification")[:4] == EXPECTED[:4]


@pytest.mark.slow
def test_a_hundred_thousand_rows_load_at_the_cost_of_so_many_lines(csv, cost):
    rng = random.Random(0)
    rows = [f"{rng.random():.6f},{rng.random():.6f},{i % 3}" for i in range(100_000)]
    few, many = (cost(lambda n=n: csv("\n".join(rows[:n]))) for n in (400, 4_000))
    assert many.calls < 10 * few.calls
    d = csv("\n".join(rows))
    assert len(d.X) == 100_000
    assert d.classes == ["0", "1", "2"]
    assert d.X[-1] == [float(cell) for cell in rows[-1].split(",")[:2]]


def test_an_error_in_the_last_of_many_rows_names_it(csv):
    with pytest.raises(ValueError, match=r"table.csv, line 100001, column 1: expected a finite number, got 'x'"):
        csv("1,2,a\n3,4,b\n" * 50_000 + "x,2,a\n")


# ── CSV files that do not ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no rows; each line is a sample, one column its target"),
        ("\n \n,,\n", "no rows"),
        ("x,y,class\n", "need a column of features, a target column, and one sample"),
        ("a\nb\n", "need a column of features"),
        ("1,2,a\n3,b\n5,6,c\n", "line 2: 2 columns, expected 3"),
        ("1,2,a\n3,4,5,b\n", "line 2: 4 columns, expected 3"),
        ("\n\n1,2,a\n3,4,5,b\n", "line 4: 4 columns, expected 3"),
        ("x,y,c\n\n1,2,a\n\n3,b\n", "line 5: 2 columns, expected 3"),  # blank lines count
        ('x,y,c\n1,2,"a\nb"\n3,b\n', "line 4: 2 columns, expected 3"),  # as do those in quotes
        ("x,y,c\n1,2,a\n3,four,b\n", "line 3, column 2 (y): expected a finite number, got 'four', as most cells"),
        ("1.0,abc,0\n1,2,1\n3,4,0\n", "line 1, column 2: expected a finite number, got 'abc'"),  # no header: a sample must not vanish
        ("x,y,c\n1,,a\n3,4,b\n", "line 2, column 2 (y): the cell is missing, as in 1 of 2 rows one is; missing='drop' leaves"),
        ("x,y,c\n1,2,a\n3,nan,b\n", "line 3, column 2 (y): the cell is 'nan', which is missing"),
        ("1,nan,a\n3,4,b\n", "line 1, column 2: the cell is 'nan'"),
        ("x,y,c\n1,NA,a\n3,4,b\n", "line 2, column 2 (y): the cell is 'NA'"),
        ("x,y,c\n1,2,a\n3,4,\n", "line 3, column 3 (c): the cell is missing"),
        ("x,y,c\n1,2,a\ninf,4,b\n", "line 3, column 1 (x): expected a finite number, got 'inf'"),
        ("x,y,c\n1,2,a\n1e999,4,b\n", "line 3, column 1 (x): expected a finite number, got '1e999'"),
        ("x,y,c\n1_0,2,a\n3,4,b\n", "line 2, column 1 (x): expected a finite number, got '1_0'"),
        ("1 2 0\n3 4 1\n", "columns are separated by , ; | or tab"),
        ("# made by hand\n1,2,0\n3,4,1\n", "line 2: 3 columns, expected 1"),
        ("x,y,c\n1,2,a\n3,4,a\n", "only one class, 'a'; there is nothing to tell apart"),
        ("x,y\n1,0.5\n2,0.5\n3,0.5\n", "y is 0.5 in every row; there is nothing to learn"),
        ("".join(f"{i / 7},w{i}\n" for i in range(200)), "200 different classes in 200 rows; is 'y' the target? Choose one of x1, y"),
        ('x,y,c\n1,2,"a\n3,4,b\n', "a quote is still open at the end of the file"),
        (b"x,y,c\n1,\x002,a\n3,4,b\n", "line 2: a zero byte"),
        (bytes(range(256)) * 4, "not a text file in UTF-8 or UTF-16; save it as"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not a text file in UTF-8"),
        ("größe,c\n1,a\n2,b\n".encode("latin-1"), "not a text file in UTF-8"),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_file_is_an_error_that_names_the_place(csv, content, says):
    with pytest.raises(ValueError, match=r"table\.csv") as caught:
        csv(content)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_is_a_folder_is_an_error_that_names_it(tmp_path):
    with pytest.raises(ValueError, match=r"none.csv: no such file or directory"):
        load_csv(tmp_path / "none.csv")
    with pytest.raises(ValueError, match=r"is a directory"):
        load_csv(tmp_path)
    with pytest.raises(ValueError, match=r"none.csv: no such file"):
        data.load(str(tmp_path / "none.csv"))


def test_a_cell_of_a_megabyte_is_an_error_and_no_wall_of_text(csv):
    with pytest.raises(ValueError, match=r"table\.csv: a cell has more than 131,072 characters") as caught:
        csv(f"x,y,c\n1,{'z' * 10**6},a\n3,4,b\n")
    assert len(str(caught.value)) < 1000
    with pytest.raises(ValueError, match=r"table\.csv, line 2") as caught:
        csv(f"x,y,c\n1,{'z' * 10**5},a\n3,4,b\n")
    assert len(str(caught.value)) < 1000
