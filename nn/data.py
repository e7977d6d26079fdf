"""Data sets of the lecture: logic gates, three two-class puzzles in the plane, and two real ones.

>>> AND.X, AND.y
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 0, 0, 1])
"""

from __future__ import annotations

import csv
import io
import math
import random
from pathlib import Path
from typing import Any, NamedTuple

from nn.arguments import whole_number

__all__ = ["AND", "OR", "XOR", "Dataset", "circles", "digits", "iris", "load", "load_csv", "moons", "names", "spiral", "split", "standardized"]  # fmt: skip


class Dataset(NamedTuple):
    """n samples: X is n lists of m numbers, y is n class numbers 0 … K−1 (or numbers to regress on)."""

    X: list[list[float]]
    y: list[Any]
    features: list[str]
    classes: list[str]  # names of the classes; empty for regression


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
    rng, half = random.Random(seed), whole_number("n", n, at_least=2) // 2
    upper = [(math.cos(t), math.sin(t), 0) for t in _angles(n - half, math.pi)]
    lower = [(1.0 - math.cos(t), 0.5 - math.sin(t), 1) for t in _angles(half, math.pi)]
    return _planar(upper + lower, noise, rng)


def circles(n: int = 100, *, noise: float = 0.05, factor: float = 0.5, seed: int = 0) -> Dataset:
    """A ring around a ring: class 1 inside, at ``factor`` times the radius."""
    rng, half = random.Random(seed), whole_number("n", n, at_least=2) // 2
    outer = [(math.cos(t), math.sin(t), 0) for t in _angles(n - half, 2 * math.pi, closed=True)]
    inner = [(factor * math.cos(t), factor * math.sin(t), 1) for t in _angles(half, 2 * math.pi, closed=True)]
    return _planar(outer + inner, noise, rng)


def spiral(n: int = 150, *, classes: int = 2, turns: float = 0.75, noise: float = 0.03, seed: int = 0) -> Dataset:
    """Arms of a spiral, one per class; n samples in all.

    >>> spiral(9, classes=3).y
    [0, 0, 0, 1, 1, 1, 2, 2, 2]
    """
    rng, points = random.Random(seed), []
    whole_number("n", n, at_least=whole_number("classes", classes, at_least=2))
    for k in range(classes):
        share = n // classes + (k < n % classes)
        for i in range(share):
            r = 0.1 + 0.9 * i / max(1, share - 1)
            angle = 2 * math.pi * (k / classes + turns * r)
            points.append((r * math.cos(angle), r * math.sin(angle), k))
    return _planar(points, noise, rng)


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
    "spiral": spiral, "iris": iris, "digits": digits,
}  # fmt: skip


def names() -> list[str]:
    """The data sets ``load`` knows by name."""
    return list(_BY_NAME)


def load(name: str) -> Dataset:
    """The data set of that name, or the CSV file at that path. Raises ValueError for neither."""
    if name in _BY_NAME:
        return _BY_NAME[name]()
    if name.lower().endswith((".csv", ".tsv")) or Path(name).is_file():
        return load_csv(name)
    raise ValueError(f"no data set is called {name!r}: choose from {', '.join(_BY_NAME)}, or name a CSV file")


def load_csv(path: str | Path) -> Dataset:
    """A table of numbers whose last column is the class (a number or a text), with a header line or without.

    Raises ValueError naming file, line and column for whatever is not such a table.
    """
    rows = [(line, row) for line, row in _csv_rows(Path(path)) if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError(f"{path}: no rows; each line is a sample, the last column its class")
    header = rows[0][1] if _is_header([row for _, row in rows]) else None
    features = [cell.strip() for cell in header[:-1]] if header else [f"x{j + 1}" for j in range(len(rows[0][1]) - 1)]
    body = rows[1:] if header else rows
    if not features or not body:
        raise ValueError(
            f"{path}: need at least one column of numbers, a column of classes, and one sample; "
            "columns are separated by , ; or tab, and no line is a comment"
        )
    X = []
    for line, row in body:
        if len(row) != len(features) + 1:
            raise ValueError(f"{path}, line {line}: {len(row)} columns, expected {len(features) + 1}")
        X.append([_cell(path, line, j, cell) for j, cell in enumerate(row[:-1])])
    labels = [row[-1].strip() for _, row in body]
    for (line, _), label in zip(body, labels, strict=True):
        if not label:
            raise ValueError(f"{path}, line {line}, column {len(features) + 1}: the class is empty")
    value = {label: _finite(label) for label in dict.fromkeys(labels)}
    names: dict[Any, str] = {}  # of 1 and 1.0, which are one class, the name that came first
    labels = [names.setdefault(label if value[label] is None else value[label], label) for label in labels]
    classes = sorted(set(labels), key=lambda c: (value[c] is None, value[c] or 0.0, c))
    if len(classes) < 2:
        raise ValueError(f"{path}: only one class, {classes[0]!r}; there is nothing to tell apart")
    if len(classes) > 100 or len(classes) == len(labels) > 10:
        raise ValueError(
            f"{path}: {len(classes)} different classes in {len(labels)} rows; is the last column the class?"
        )
    number = {c: k for k, c in enumerate(classes)}
    return Dataset(X, [number[label] for label in labels], features, classes)


def _is_header(rows: list[list[str]]) -> bool:
    """A first line of words over columns of numbers, or one whose last cell alone is a word in its column."""
    *features, last = rows[0]
    words = bool(features) and not any(_all_numbers([cell.replace(",", ".")]) for cell in features)  # 0,5 is not a word
    return words or (not _all_numbers([last]) and len(rows) > 1 and all(_all_numbers(row[-1:]) for row in rows[1:]))


def _csv_rows(path: Path) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not a text file in UTF-8") from None
    except OSError as error:
        raise ValueError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    delimiter = _delimiter(text[:4096])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from None


def _delimiter(head: str) -> str:
    r"""The most frequent of , ; and tab, but ; wherever each line has one: the commas are then those of decimal fractions.

    >>> _delimiter("0,283;-0,1;0\n0,5;1,5;1\n"), _delimiter("0.5,1.5,a\n"), _delimiter("0.5\t1.5\ta\n")
    (';', ',', '\t')
    """
    lines = [line for line in head.splitlines() if line.strip()]
    lines = lines[:-1] or lines  # the last may be cut short
    return ";" if all(";" in line for line in lines) else max(",;\t", key=head.count)


def _all_numbers(cells: list[str]) -> bool:
    return bool(cells) and all(_parsed(cell) is not None for cell in cells)


def _parsed(cell: str) -> float | None:
    """The cell as a float; None if it is not a number (1_000 is one in Python, not in a table)."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _finite(cell: str) -> float | None:
    x = _parsed(cell)
    return x if x is not None and math.isfinite(x) else None


def _cell(path: str | Path, line: int, column: int, cell: str) -> float:
    x = _finite(cell)
    if x is None:
        hint = "; write a decimal point, not a comma" if _parsed(cell.replace(",", ".", 1)) is not None else ""
        raise ValueError(
            f"{path}, line {line}, column {column + 1}: expected a finite number, got {cell.strip()[:60]!r}{hint}"
        )
    return x


def split(data: Dataset, test: float = 0.25, *, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Shuffle and split into training and held-out samples, every class in the same share.

    test: the share to hold out, in (0, 1)

    >>> train, held_out = split(moons(100), 0.2)
    >>> len(train.y), len(held_out.y), sum(held_out.y)
    (80, 20, 10)
    """
    if not 0.0 < test < 1.0:
        raise ValueError(f"test is a share between 0 and 1, got {test!r}")
    rng, out = random.Random(seed), set()
    groups: dict[Any, list[int]] = {}
    for i, k in enumerate(data.y):
        groups.setdefault(k if data.classes else None, []).append(i)
    for members in groups.values():
        rng.shuffle(members)
        out.update(members[: round(test * len(members))])
    if not 0 < len(out) < len(data.y):
        raise ValueError(
            f"{len(data.y)} samples can't be split with a share of {test:g} held out: one side would be empty"
        )
    return _subset(data, [i for i in range(len(data.y)) if i not in out]), _subset(data, sorted(out))


def _subset(data: Dataset, rows: list[int]) -> Dataset:
    return data._replace(X=[data.X[i] for i in rows], y=[data.y[i] for i in rows])


def standardized(train: Dataset, *others: Dataset) -> list[Dataset]:
    """Each column with mean 0 and standard deviation 1 on ``train``; the others by the same shift and scale.

    >>> (d,) = standardized(Dataset([[1.0], [3.0]], [0, 1], ["x"], ["0", "1"]))
    >>> d.X
    [[-1.0], [1.0]]
    """
    columns = [_scale_mean_spread(column) for column in zip(*train.X, strict=True)]

    def scaled(data: Dataset) -> Dataset:
        return data._replace(X=[[(v * c - m) / s for v, (c, m, s) in zip(row, columns, strict=True)] for row in data.X])

    return [scaled(data) for data in (train, *others)]


def _scale_mean_spread(column: tuple[float, ...]) -> tuple[float, float, float]:
    """A power of 2 that brings the column near 1, where no square over- or underflows, and there mean and spread."""
    scale = 2.0 ** -max(-1000, math.frexp(max(map(abs, column)))[1])
    if min(column) == max(column):
        return scale, column[0] * scale, scale  # nothing to scale: the column becomes 0
    mean = math.fsum(v * scale for v in column) / len(column)
    return scale, mean, math.sqrt(math.fsum((v * scale - mean) ** 2 for v in column) / len(column))
