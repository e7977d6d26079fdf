"""The playground: a network that trains before one's eyes, in a page that needs no Python once it is made.

Samples, layers, activations, initialisation, optimizer and penalty are chosen in the page; every number in it is that of
the scalar graph that Python would build, by the rules of the op table.
"""

from __future__ import annotations

import math
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import OPS
from autograd.update_rules import RULES
from nn import activations
from nn import data as data_sets
from nn.batch import as_row
from nn.layers import MLP, require_its_layers
from nn.neuron_panel import ASSETS
from nn.page_graph import formula_graph, initializer_graph, loss_graph, network_rules
from nn.palette import CLASS_STYLES, svg_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.view.page import Page
    from nn.arguments import Rows
    from nn.data import Dataset
    from nn.page_graph import Rules

__all__ = ["SETS", "playground"]

HEIGHT = 760  # px in a notebook
SAMPLES = 300  # of a data set that is drawn
WIDEST = 16  # neurons of a layer that the page's controls give
MOST_CLASSES = 8  # as many as there are colours
MOST_SAMPLES = 5_000
FORMULAS = ("x1", "x2", "x1 * x1", "x2 * x2", "x1 * x2", "sin(3 * x1)", "sin(3 * x2)")
INITS = ("kaiming", "kaiming_uniform", "xavier", "xavier_uniform", "normal", "uniform", "constant", "zero")
OPTIMIZERS = ("SGD", "momentum", "Adagrad", "RMSprop", "Adam")


class _Set(NamedTuple):
    """A data set that the page offers: its name there, its samples, and how to have them in Python.

    noisy: what gets noise, "X" or "y", or "" for neither
    """

    title: str
    make: Callable[..., Dataset]
    noisy: str
    noise: float
    code: str


def _drawn(title: str, function: Callable[..., Dataset], noise: float, noisy: str = "X", **more: Any) -> _Set:
    given = "".join(f", {name}={value}" for name, value in more.items())
    code = f"data.{function.__name__}({SAMPLES}{given}, noise={{noise}}, seed={{seed}})"
    return _Set(title, partial(function, SAMPLES, **more), noisy, noise, code)


def _corners(name: str) -> _Set:
    return _Set(name, lambda **_: getattr(data_sets, name), "", 0.0, f"data.{name}")


SETS = {
    "moons": _drawn("moons", data_sets.moons, 0.1),
    "circles": _drawn("circles", data_sets.circles, 0.05),
    "spiral": _drawn("spiral", data_sets.spiral, 0.03),
    "gauss": _drawn("two clouds", data_sets.gauss, 0.4),
    "spiral3": _drawn("spiral, 3 classes", data_sets.spiral, 0.03, classes=3),
    "and": _corners("AND"),
    "or": _corners("OR"),
    "xor": _corners("XOR"),
    "plane": _drawn("regression: a plane", data_sets.plane, 0.05, "y"),
    "hills": _drawn("regression: hills", data_sets.hills, 0.05, "y"),
}


def playground(model: MLP | None = None, data: Dataset | Rows | str | None = None, **table: Any) -> Page:
    """A page in which a network trains: choose samples, layers, activations, optimizer, and press play.

    model: a network of yours, whose weights the page starts from (it is not changed itself); or None for a small one
    data:  the samples: a data set, the name of one ("moons", "spiral", "xor", …), a CSV file, or a pair (X, y) as for ``fit``
    table: for a CSV file, what ``data.load_csv`` takes besides the path: ``target``, ``missing``, …

    Raises ValueError for a model that does not fit the samples, an activation that is not in the op table, and for
    samples that a page can't hold.

    >>> playground(data="spiral")
    <Page 'Playground: spiral'; show it in a notebook, or .save("playground.html")>
    """
    from autograd.view.page import Page  # pictures load when one is asked for, not with nn
    from autograd.view.player import STYLES

    sets = {name: _page_set(one) for name, one in SETS.items()}
    start = "moons" if data is None else data if isinstance(data, str) and data in SETS else "yours"
    if table and not (isinstance(data, str) and start == "yours"):
        raise ValueError(f"{', '.join(table)}: for the columns of a CSV file")
    if start == "yours":
        sets = {"yours": _own_set(data, table), **sets}
    chosen = sets[start]
    own = model is not None
    model = _default_model(chosen) if model is None else _checked(model, chosen)
    graphs, rules = _graphs(model)
    title = f"Playground: {chosen['title']}"
    shown = {
        "title": title, "sets": sets, "formulas": list(FORMULAS), "widest": WIDEST, **graphs,
        "start": _settings(model, start, chosen), "parameters": [p.data for p in model.parameters()] if own else None,
        "class_styles": [look._asdict() for look in CLASS_STYLES],
    }  # fmt: skip
    return Page(
        title, shown, lambda: _picture(title, chosen), program=ASSETS / "playground.js",
        styles=STYLES, around=[ASSETS / f"{name}.css" for name in ("page", "watch", "playground")], height=HEIGHT,
        rules=rules, updates={name: RULES[name] for name in OPTIMIZERS}, downloads=True,
    )  # fmt: skip


# ── samples ─────────────────────────────────────────────────────────────────


def _page_set(one: _Set) -> dict[str, Any]:
    samples = one.make(noise=0.0, seed=0)
    return {**_described(samples, one.title), "noisy": one.noisy, "noise": one.noise, "code": one.code}


def _described(samples: Dataset, title: str) -> dict[str, Any]:
    return {
        "title": title, "X": samples.X, "y": samples.y, "features": list(map(str, samples.features)),
        "classes": list(map(str, samples.classes)), "noisy": "", "noise": 0.0, "code": "", "standardized": False,
    }  # fmt: skip


def _own_set(given: Dataset | Rows | str | None, table: dict[str, Any]) -> dict[str, Any]:
    if isinstance(given, str):
        samples = data_sets.load(given, offered=[*SETS, "iris"], **table)  # digits are too wide
        options = "".join(f", {key}={value!r}" for key, value in table.items())
        title, code = Path(given).name, f"data.load({given!r}{options})"
    else:
        whole = data_sets.Dataset(*given) if isinstance(given, tuple) and len(given) > 2 else given
        samples, title, code = data_sets.as_dataset(whole), "your samples", ""
    if any(len(as_row(target)) > 1 for target in samples.y):
        raise ValueError("the playground takes one target per sample: class numbers, or numbers to regress on")
    X, y = [list(map(float, x)) for x in samples.X], list(samples.y)
    widths = {len(x) for x in X}
    if not X or len(X) != len(y) or len(widths) != 1 or not all(math.isfinite(v) for x in X for v in x):
        raise ValueError(
            "the playground needs samples: rows of finite numbers, all of one length, and a target for each"
        )
    if len(X) > MOST_SAMPLES or not 1 <= len(X[0]) <= WIDEST:
        raise ValueError(
            f"the playground takes up to {MOST_SAMPLES:,} samples of 1 to {WIDEST} numbers; got {len(X):,} of {len(X[0])}"
        )
    classes = list(samples.classes)
    if classes and (len(classes) > MOST_CLASSES or not set(y) <= set(range(len(classes)))):
        raise ValueError(f"the playground takes up to {MOST_CLASSES} classes, numbered from 0; got {len(classes)}")
    if len(classes) == 1:
        raise ValueError("the samples are all of one class: there is nothing to tell apart")
    y = [int(k) for k in y] if classes else [float(v) for v in y]
    wide = any(abs(v) > 5.0 for x in X for v in x)
    return {
        **_described(samples._replace(X=X, y=y), title), "code": code, "standardized": wide, "notes": samples.notes,
    }  # fmt: skip


def _outputs(chosen: dict[str, Any]) -> int:
    """A single output for two classes and for a regression, otherwise one per class."""
    return len(chosen["classes"]) if len(chosen["classes"]) > 2 else 1


def _loss(chosen: dict[str, Any]) -> str:
    if not chosen["classes"]:
        return "mse"
    return "logistic" if _outputs(chosen) == 1 else "cross_entropy"


# ── the network ─────────────────────────────────────────────────────────────


def _default_model(chosen: dict[str, Any]) -> MLP:
    return MLP([len(chosen["X"][0]), 4, 2, _outputs(chosen)], activation="tanh")


def _checked(model: MLP, chosen: dict[str, Any]) -> MLP:
    require_its_layers(model)
    expected = (len(chosen["X"][0]), _outputs(chosen))
    if (model.sizes[0], model.sizes[-1]) != expected:
        raise ValueError(
            f"the samples need a network of {expected[0]} inputs and {expected[1]} outputs; this one has "
            f"{model.sizes[0]} and {model.sizes[-1]}"
        )
    if _rows(model)[-1] != "positive":
        raise ValueError("the playground's loss takes logits: give the network a linear output, output='identity'")
    if not all(math.isfinite(p.data) for p in model.parameters()):
        raise ValueError("the playground needs finite weights")
    return model


def _rows(model: MLP) -> list[str]:
    """The row of the op table that each layer's activation is."""
    linear = activations.get("identity")
    heads = [layer.neurons[0] for layer in model.layers]
    return [activations.row_of(n.activation if n.nonlin else linear).name for n in heads]


def _settings(model: MLP, start: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """What the page's controls begin with."""
    features = FORMULAS[:2] if model.sizes[0] == 2 else [f"x{j + 1}" for j in range(model.sizes[0])]
    return {
        "data": start, "noise": chosen["noise"], "share": 0.5 if len(chosen["y"]) > 20 else 0.0, "seed": 0,
        "features": list(features), "layers": model.sizes[1:-1], "activations": _rows(model)[:-1], "init": "kaiming",
        "batch": 10, "lr": 0.1, "optimizer": "SGD", "penalty": "none", "rate": 0.001, "loss": _loss(chosen),
    }  # fmt: skip


def _graphs(model: MLP) -> tuple[dict[str, Any], Rules]:
    """What the page computes with: activations, losses, formulas and initialisers, and the rules of all of them.

    Its player says what the op table says of each op, under ``ops``.
    """
    from autograd.view.trace import words_of

    offered = dict.fromkeys([*map(_row_name, activations.LECTURE), *_rows(model)])
    widths = {*range(1, WIDEST + 1), *model.sizes[:-1]}
    rules = network_rules(sorted(widths), map(OPS.__getitem__, offered))
    losses = [("logistic", 1), ("hinge", 1), ("mse", 1), *(("cross_entropy", k) for k in range(3, MOST_CLASSES + 1))]
    graphs = {
        "losses": {f"{loss}/{k}": loss_graph(loss, k) for loss, k in losses},
        "graphs": {text: formula_graph(text, ["x1", "x2"]) for text in FORMULAS},
        "inits": {name: initializer_graph(name) for name in INITS},
    }  # fmt: skip
    for found in graphs.values():
        for _, needed in found.values():
            rules |= needed
    shown: dict[str, Any] = {key: {name: graph for name, (graph, _) in found.items()} for key, found in graphs.items()}
    words = words_of(rules)
    shown["ops"] = {name: {"symbol": op.symbol_of(n).strip(), **words[name]} for name, (op, n) in rules.items()}
    shown["activations"] = [
        {"name": row, "title": activations.title_of(_public(row)), "public": _public(row)} for row in offered
    ]
    return shown, rules


def _row_name(activation: str) -> str:
    return activations.row_of(activations.get(activation)).name


def _public(row: str) -> str:
    """What nn calls a row: the linear one is "identity" there."""
    return "identity" if row == "positive" else row


# ── where no script runs ────────────────────────────────────────────────────


def _picture(title: str, chosen: dict[str, Any]) -> str:
    """The samples, as SVG: all that an untrusted notebook can show."""
    points = [(x[0], x[1] if len(x) > 1 else 0.0) for x in chosen["X"]]
    spans = [(min(column), max(column) - min(column) or 1.0) for column in zip(*points, strict=True)]

    def place(x: tuple[float, float], k: Any) -> str:
        px, py = (40 + 320 * (v - low) / span for v, (low, span) in zip(x, spans, strict=True))
        i = k % len(CLASS_STYLES) if chosen["classes"] else 1
        path = CLASS_STYLES[i].path
        return f'<path class="class-{i}" d="{path}" transform="translate({px:.1f} {400 - py:.1f}) scale(.6)"/>'

    marks = "".join(place(x, k) for x, k in zip(points, chosen["y"], strict=True))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 460" width="400" height="460" font-family="sans-serif">'
        f'{svg_style()}<rect class="paper" width="400" height="460"/>{marks}'
        f'<text x="20" y="425" font-size="17">{escape(title)}</text>'
        '<text x="20" y="448" font-size="13">The playground itself needs scripts: trust the notebook.</text></svg>'
    )
