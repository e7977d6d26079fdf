"""Data sets of the lecture: logic gates, three two-class puzzles in the plane, and two real ones.

>>> AND.X, AND.y
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 0, 0, 1])
"""

from __future__ import annotations

import difflib
import math
import random
from numbers import Real
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from nn.arguments import as_rows, as_samples, generator, whole_number
from nn.batch import as_row
from nn.csv_table import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nn.arguments import Rows

__all__ = ["AND", "OR", "XOR", "Dataset", "as_dataset", "circles", "digits", "gauss", "hills", "iris", "load", "load_csv", "moons", "names", "plane", "scales", "spiral", "split", "standardized"]  # fmt: skip


class Dataset(NamedTuple):
    """n samples: X is n lists of m numbers, y is n class numbers 0 … K−1 (or numbers to regress on)."""

    X: list[list[float]]
    y: list[Any]
    features: list[str]
    classes: list[str]  # names of the classes; empty for regression
    target: str = "y"  # the name of what y is
    notes: tuple[str, ...] = ()  # what was made of the columns of a file, a sentence each
    filled: tuple[
        tuple[int, int], ...
    ] = ()  # row and column of the numbers that were missing, and are the column's mean


_CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
AND = Dataset(_CORNERS, [0, 0, 0, 1], ["x1", "x2"], ["0", "1"])
OR = Dataset(_CORNERS, [0, 1, 1, 1], ["x1", "x2"], ["0", "1"])
XOR = Dataset(_CORNERS, [0, 1, 1, 0], ["x1", "x2"], ["0", "1"])


def moons(n: int = 100, *, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two interlocking half circles, n samples in all.

    noise: standard deviation of the Gaussian noise on both coordinates

    >>> data = moons(10)
    >>> len(data.X), sum(data.y)
    (10, 5)
    """
    rng, half = generator(seed), whole_number("n", n, at_least=2) // 2
    upper = [(math.cos(t), math.sin(t), 0) for t in _angles(n - half, math.pi)]
    lower = [(1.0 - math.cos(t), 0.5 - math.sin(t), 1) for t in _angles(half, math.pi)]
    return _planar(upper + lower, noise, rng)


def circles(n: int = 100, *, noise: float = 0.05, factor: float = 0.5, seed: int = 0) -> Dataset:
    """A ring around a ring: class 1 inside, at ``factor`` times the radius."""
    rng, half = generator(seed), whole_number("n", n, at_least=2) // 2
    outer = [(math.cos(t), math.sin(t), 0) for t in _angles(n - half, 2 * math.pi, closed=True)]
    inner = [(factor * math.cos(t), factor * math.sin(t), 1) for t in _angles(half, 2 * math.pi, closed=True)]
    return _planar(outer + inner, noise, rng)


def spiral(n: int = 150, *, classes: int = 2, turns: float = 0.75, noise: float = 0.03, seed: int = 0) -> Dataset:
    """Arms of a spiral, one per class; n samples in all.

    >>> spiral(9, classes=3).y
    [0, 0, 0, 1, 1, 1, 2, 2, 2]
    """
    rng, points = generator(seed), []
    whole_number("n", n, at_least=whole_number("classes", classes, at_least=2))
    for k in range(classes):
        share = n // classes + (k < n % classes)
        for i in range(share):
            r = 0.1 + 0.9 * i / max(1, share - 1)
            angle = 2 * math.pi * (k / classes + turns * r)
            points.append((r * math.cos(angle), r * math.sin(angle), k))
    return _planar(points, noise, rng)


def gauss(n: int = 200, *, noise: float = 0.4, seed: int = 0) -> Dataset:
    """Two round clouds around (−1, −1) and (1, 1), which a line tells apart while the noise is small."""
    whole_number("n", n, at_least=2)
    points = [(-1.0, -1.0, 0)] * (n - n // 2) + [(1.0, 1.0, 1)] * (n // 2)
    return _planar(points, noise, generator(seed))


def plane(n: int = 200, *, noise: float = 0.05, seed: int = 0) -> Dataset:
    """A regression: y = (x₁ + x₂)/2 on the unit disc, with noise on y.

    >>> plane(1, noise=0.0).classes
    []
    """
    return _regression(n, lambda a, b: (a + b) / 2, noise, seed)


def hills(n: int = 200, *, noise: float = 0.05, seed: int = 0) -> Dataset:
    """A regression: two hills and two hollows on the unit disc, with noise on y."""
    return _regression(
        n, lambda a, b: sum(s * t * _bump(a - s / 2, b - t / 2) for s in (-1, 1) for t in (-1, 1)), noise, seed
    )


def _bump(a: float, b: float) -> float:
    return math.exp(-8.0 * (a * a + b * b))


def _regression(n: int, f: Callable[[float, float], float], noise: float, seed: int) -> Dataset:
    """The function at n points that fill the disc evenly, as the seeds of a sunflower do (Vogel 1979)."""
    rng, X = generator(seed), []
    for i in range(whole_number("n", n)):
        r, angle = math.sqrt((i + 0.5) / n), i * math.pi * (3.0 - math.sqrt(5.0))
        X.append([r * math.cos(angle), r * math.sin(angle)])
    return Dataset(X, [f(a, b) + rng.gauss(0.0, noise) for a, b in X], ["x1", "x2"], [])


def _angles(n: int, full: float, *, closed: bool = False) -> list[float]:
    return [full * i / (n if closed else max(1, n - 1)) for i in range(n)]


def _planar(points: list[tuple[float, float, int]], noise: float, rng: random.Random) -> Dataset:
    X = [[x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)] for x, y, _ in points]
    labels = [k for *_, k in points]
    return Dataset(X, labels, ["x1", "x2"], [str(k) for k in sorted(set(labels))])


def iris() -> Dataset:
    """Fisher's iris flowers (1936): 150 samples, 4 lengths in cm, 3 species. Needs scikit-learn."""
    return _sklearn("load_iris")


def digits() -> Dataset:
    """1,797 handwritten digits, 8 × 8 grey values scaled to 0 … 1, 10 classes. Needs scikit-learn."""
    data = _sklearn("load_digits")
    return data._replace(X=[[v / 16.0 for v in row] for row in data.X])


def _sklearn(loader: str) -> Dataset:
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError("this data set comes with scikit-learn: pip install 'chalkgrad[train]'") from None
    found = getattr(datasets, loader)()
    return Dataset(
        found.data.tolist(),
        found.target.tolist(),
        list(map(str, found.feature_names)),
        list(map(str, found.target_names)),
    )


_BY_NAME = {
    "and": lambda: AND, "or": lambda: OR, "xor": lambda: XOR, "moons": lambda: moons(200), "circles": lambda: circles(200),
    "spiral": spiral, "gauss": gauss, "iris": iris, "digits": digits,
}  # fmt: skip


def names() -> list[str]:
    """The data sets ``load`` knows by name."""
    return list(_BY_NAME)


def load(name: str, offered: Iterable[str] = (), **table: Any) -> Dataset:
    """The data set of that name, or the CSV file at that path. Raises ValueError for neither.

    offered: the names among which the error lets choose, if not all of them
    table:   what ``load_csv`` takes besides the path

    >>> load("spirals")
    Traceback (most recent call last):
    ValueError: no data set is called 'spirals'; did you mean 'spiral'? Choose from and, or, xor, moons, circles, spiral, \
gauss, iris, digits, or name a CSV file
    """
    if name in _BY_NAME:
        if table:
            raise ValueError(f"{', '.join(table)}: for the columns of a CSV file, and {name} is a data set")
        return _BY_NAME[name]()
    if name.lower().endswith((".csv", ".tsv")) or Path(name).is_file():
        return load_csv(name, **table)
    known = list(offered or _BY_NAME)
    near = difflib.get_close_matches(name.lower(), known, n=1)
    meant = f"; did you mean {near[0]!r}? Choose" if near else ": choose"
    raise ValueError(f"no data set is called {name!r}{meant} from {', '.join(known)}, or name a CSV file")


def load_csv(
    path: str | Path, *, target: str = "last", task: str | None = None, drop: Sequence[str] = (),
    missing: str | None = None,
) -> Dataset:  # fmt: skip
    """A table from a CSV file, with a header line or without. Needs pandas.

    target:  the column to learn: its name, "first" or "last"
    task:    "classification" or "regression"; None decides: words are classes, and so are up to 10 different whole numbers
    drop:    names of columns to leave out
    missing: "drop" leaves rows out that miss a cell, "mean" fills in the column's mean, after ``split`` that of the
             training samples; None raises at the first one

    Row numbers, ids and texts that hardly repeat are left out, other columns of words become one-hot, dates become years;
    ``notes`` says so. Decimal commas, thousands, percent and currencies are read as numbers.
    Raises ValueError naming file, line and column for whatever is not such a table.
    """
    return Dataset(*read_table(Path(path), target, task, drop, missing))


def as_dataset(X: Any, y: Rows | None = None) -> Dataset:
    """Samples and targets as a data set, whatever holds them (see ``fit``), with the names of a table's columns.

    Targets that are words become class numbers; 0 … K−1, each twice or more on average, are class numbers; others are
    numbers to regress on.

    >>> as_dataset([[1.0], [2.0], [4.0]], ["cat", "dog", "cat"])[1:4]
    ([0, 1, 0], ['x1'], ['cat', 'dog'])
    """
    if isinstance(X, Dataset) and y is None:
        return X._replace(X=as_rows(X.X), y=as_rows(X.y, "y"))
    names = [str(name) for name in getattr(X, "columns", ())]
    X, y = as_samples(X, y)
    features = names or [f"x{j + 1}" for j in range(len(as_row(X[0])))]
    if all(isinstance(label, str) for label in y):
        classes = sorted(set(y))
        return Dataset(X, [classes.index(label) for label in y], features, classes)
    k = len({str(target) for target in y})
    are_classes = 2 * k <= len(y) and all(target in range(k) for target in y)
    return Dataset(X, y, features, [str(c) for c in range(k)] if are_classes else [])


def split(
    data: Dataset | Rows, y: Rows | float | None = None, test: float = 0.25, *, seed: int = 0
) -> tuple[Dataset, Dataset]:
    """Shuffle and split into training and held-out samples, every class in the same share.

    Numbers that were missing become the mean of the training samples, so that what is held out tells nothing.

    data: a data set, then ``test``; or samples, then their targets, then ``test``: whatever ``as_dataset`` takes
    test: the share to hold out, in (0, 1)

    >>> train, held_out = split(moons(100), 0.2)
    >>> len(train.y), len(held_out.y), sum(held_out.y)
    (80, 20, 10)
    """
    targets, test = (None, float(y)) if isinstance(y, Real) else (cast("Rows | None", y), test)
    if not 0.0 < test < 1.0:
        raise ValueError(f"test is a share between 0 and 1, got {test!r}")
    samples = as_dataset(data, targets)
    rng, out = generator(seed), set()
    groups: dict[Any, list[int]] = {}
    for i, k in enumerate(samples.y):
        groups.setdefault(k if samples.classes else None, []).append(i)
    for members in groups.values():
        rng.shuffle(members)
        out.update(members[: round(test * len(members))])
    n = len(samples.y)
    if not 0 < len(out) < n:
        raise ValueError(f"{n} samples can't be split with a share of {test:g} held out: one side would be empty")
    training = [i for i in range(n) if i not in out]
    samples = _filled_by(samples, training)
    return _subset(samples, training), _subset(samples, sorted(out))


def _filled_by(data: Dataset, rows: list[int]) -> Dataset:
    """What was missing as the mean of these rows, where they have one."""
    X, missing = [list(row) for row in data.X] if data.filled else data.X, set(data.filled)
    for j in {j for _, j in data.filled}:
        present = [X[i][j] for i in rows if (i, j) not in missing]
        for i in [i for i, column in data.filled if column == j and present]:
            X[i][j] = fmean(present)
    return data._replace(X=X)


def _subset(data: Dataset, rows: list[int]) -> Dataset:
    place = {i: k for k, i in enumerate(rows)}
    filled = tuple((place[i], j) for i, j in data.filled if i in place)
    return data._replace(X=[data.X[i] for i in rows], y=[data.y[i] for i in rows], filled=filled)


def standardized(train: Dataset | Rows, *others: Dataset | Rows) -> list[Any]:
    """Each column with mean 0 and standard deviation 1 on ``train``; the others by the same shift and scale.

    A data set comes back as one, rows of samples as rows.

    >>> (d,) = standardized(Dataset([[1.0], [3.0]], [0, 1], ["x"], ["0", "1"]))
    >>> d.X, standardized([[1.0], [3.0]])
    ([[-1.0], [1.0]], [[[-1.0], [1.0]]])
    """
    train = train if isinstance(train, Dataset) else as_rows(train)  # a generator is read once
    columns = [_scale_mean_spread(column) for column in zip(*_rows_of(train), strict=True)]

    def scaled(data: Dataset | Rows) -> Any:
        X = [[(v * c - m) / s for v, (c, m, s) in zip(row, columns, strict=True)] for row in _rows_of(data)]
        return data._replace(X=X) if isinstance(data, Dataset) else X

    return [scaled(data) for data in (train, *others)]


def _rows_of(data: Dataset | Rows) -> list[Any]:
    return as_rows(data.X if isinstance(data, Dataset) else data)


def scales(columns: Iterable[Sequence[float]]) -> list[tuple[float, float]]:
    """(a, b) for each column, so that a x + b has mean 0 and standard deviation 1 on it.

    >>> scales([[1.0, 3.0], [5.0, 5.0]])
    [(1.0, -2.0), (1.0, -5.0)]
    """
    return [(c / s, -m / s) for c, m, s in map(_scale_mean_spread, columns)]


def _scale_mean_spread(column: Sequence[float]) -> tuple[float, float, float]:
    """A power of 2 that brings the column near 1, where no square over- or underflows, and there mean and spread."""
    scale = 2.0 ** -max(-1000, math.frexp(max(map(abs, column)))[1])
    if min(column) == max(column):
        return scale, column[0] * scale, scale  # nothing to scale: the column becomes 0
    mean = math.fsum(v * scale for v in column) / len(column)
    return scale, mean, math.sqrt(math.fsum((v * scale - mean) ** 2 for v in column) / len(column))
