"""``chalkgrad train``: from a data set to a trained network, its figures and its record."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any, NamedTuple

from autograd import Value, draw, name, step
from autograd.commands import add_open, number, show
from autograd.expressions import read_number
from autograd.files import require_replaceable, write_atomically
from nn import data, losses
from nn.commands.samples import add_samples, columns_of, say_columns
from nn.layers import MLP
from nn.metrics import r_squared, rmse
from nn.optim import Adam
from nn.train import Run, evaluate, fit

__all__ = ["train"]


MODEL, RECORD = "model.safetensors", "run.json"
PAGE = "step.html"
PICTURES = ("loss.png", "boundary.png", "fit.png", "graph.svg", PAGE)
FEWEST = 8  # samples of which some are held out


class Recipe(NamedTuple):
    """Settings with which a data set trains well; the command line overrides each."""

    hidden: tuple[int, ...] = (16, 16)
    activation: str = "tanh"
    epochs: int = 60
    batch_size: int = 20
    lr: float = 0.01


RECIPES = {
    "xor": Recipe(hidden=(4,), epochs=300, batch_size=4, lr=0.05),
    "circles": Recipe(epochs=30, lr=0.02),
    "moons": Recipe(epochs=40, lr=0.02),
    "spiral": Recipe(epochs=120, batch_size=15, lr=0.02),
    "iris": Recipe(hidden=(8,), epochs=60, batch_size=15, lr=0.01),
    "digits": Recipe(hidden=(32,), activation="relu", epochs=12, batch_size=32, lr=0.005),
}


class _Train:
    help = "train a network on a data set or a CSV file, and write figures, a drawn graph and the model into a folder"
    example = "train moons --open"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_samples(parser, data.names(), default="digits")
        parser.add_argument("-o", "--output", help="folder to write into (default: runs/NAME)")
        parser.add_argument("--hidden", help="sizes of the hidden layers, such as 16,16")
        parser.add_argument("--activation", help="of the hidden layers: relu, tanh, sigmoid, …")
        parser.add_argument("--epochs", type=_whole, help="passes over the training samples")
        parser.add_argument("--batch-size", type=_whole, help="samples per step")
        parser.add_argument("--lr", type=_rate, help="learning rate of Adam")
        parser.add_argument(
            "--test", type=number, default=0.25, help="share of the samples to hold out (default: %(default)s)"
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="the same seed gives the same run (default: %(default)s)"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress bar")
        add_open(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        job = _prepared(arguments)
        say_columns(job.train.notes)
        samples = f"{len(job.train.y)} samples to train on, " + (
            f"{len(job.judged.y)} held out" if job.holds_out else "too few to hold any out"
        )
        print(
            f"{job.title}: {samples}; MLP {'-'.join(map(str, job.model.sizes))}, {len(job.model.parameters())} parameters",
            flush=True,  # if nothing can be printed, better now than after the training
        )
        start = perf_counter()
        run = _trained(job, arguments)
        seconds = perf_counter() - start
        if not run:
            print("interrupted before the first step; nothing was written", file=sys.stderr)
            return 130
        job.model.save(job.folder / MODEL)  # first what takes a training run to make again
        kind = "held_out" if job.holds_out else "training"
        result = _result(job)
        numbers = {f"{kind}_{name}": number for name, number in result.numbers.items()}
        _record(job, run, {**numbers, "seconds": round(seconds, 2)}, arguments)
        print(
            f"{kind.replace('_', '-')} {result.said} after {len(run)} steps in {seconds:.1f} s"
            + (" (interrupted)" if run.ended != "done" else "")
        )
        pictures = _draw(job, run, f"{job.title}: {result.title} on {kind.replace('_', '-')} samples")
        print(f"wrote {', '.join([*pictures, MODEL, RECORD])} into {job.folder}{'/' if str(job.folder) != '/' else ''}")
        if arguments.open and PAGE in pictures:
            show(job.folder / PAGE)
        return 0 if run.ended == "done" else 130


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number, 1 or more; got {text!r}")
    return int(text)


def _rate(text: str) -> float:
    try:
        return Adam([Value(0.0)], lr=read_number(text)).lr
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number above 0; got {text!r}") from None


class _Job(NamedTuple):
    title: str
    folder: Path
    train: data.Dataset
    judged: data.Dataset  # the samples held out; of too few, those that were trained on
    holds_out: bool
    standardizes: bool
    model: MLP
    loss: str
    recipe: Recipe


def _prepared(arguments: argparse.Namespace) -> _Job:
    """Check and make everything before the first step, so that no mistake costs a training run."""
    found = data.load(arguments.data, **columns_of(arguments))
    title = Path(arguments.data).stem
    recipe = _recipe(arguments)
    holds_out = len(found.y) >= FEWEST  # XOR has only its four corners
    train, judged = data.split(found, arguments.test, seed=arguments.seed) if holds_out else (found, found)
    standardizes = arguments.data == "iris" or arguments.data not in data.names()
    outputs = len(found.classes) if len(found.classes) > 2 else 1
    loss = "mse" if not found.classes else "logistic" if outputs == 1 else "cross_entropy"
    model = MLP([len(found.X[0]), *recipe.hidden, outputs], activation=recipe.activation, seed=arguments.seed)
    from nn import plots  # noqa: F401  # matplotlib says here what it misses

    folder = Path(arguments.output or Path("runs") / title)
    folder.mkdir(parents=True, exist_ok=True)
    for file in (MODEL, RECORD, *PICTURES):
        require_replaceable(folder / file)
    return _Job(title, folder, train, judged, holds_out, standardizes, model, loss, recipe)


def _recipe(arguments: argparse.Namespace) -> Recipe:
    recipe = RECIPES.get(arguments.data, Recipe())
    given = {key: value for key in Recipe._fields if (value := getattr(arguments, key)) is not None}
    if "hidden" in given:
        try:
            given["hidden"] = tuple(int(size) for size in given["hidden"].split(",") if size.strip())
        except ValueError:
            raise ValueError(f"--hidden takes whole numbers, such as 16,16; got {arguments.hidden!r}") from None
    return recipe._replace(**given)


def _trained(job: _Job, arguments: argparse.Namespace) -> Run:
    """Train; columns of a file have mean 0 and spread 1 meanwhile, and the network takes the raw ones afterwards."""
    X, y = job.train.X, job.train.y
    if job.standardizes:
        (X,) = data.standardized(X)
        if job.loss == "mse":
            ((a, b),) = data.scales([y])
            y = [a * target + b for target in y]
    run = fit(
        job.model, X, y, loss=job.loss, optimizer=Adam(job.model.parameters(), lr=job.recipe.lr),
        epochs=job.recipe.epochs, batch_size=job.recipe.batch_size, seed=arguments.seed, progress=not arguments.quiet,
    )  # fmt: skip
    if job.standardizes:
        _take_raw_inputs(job.model, data.scales(zip(*job.train.X, strict=True)))
        if job.loss == "mse":
            _give_raw_outputs(job.model, a, b)
    return run


def _take_raw_inputs(model: MLP, scales: list[tuple[float, float]]) -> None:
    """w·(a x + b) + c = (w a)·x + (w·b + c): the first layer does the scaling."""
    for neuron in model.layers[0].neurons:
        neuron.b.data += sum(w.data * b for w, (_, b) in zip(neuron.w, scales, strict=True))
        for w, (a, _) in zip(neuron.w, scales, strict=True):
            w.data *= a


def _give_raw_outputs(model: MLP, a: float, b: float) -> None:
    """From a y + b back to y: the last layer, which is linear, gives the target in its own units."""
    for neuron in model.layers[-1].neurons:
        neuron.b.data = (neuron.b.data - b) / a
        for w in neuron.w:
            w.data /= a


class _Result(NamedTuple):
    """How good a network is: in a sentence, in a title, and as numbers for the record."""

    said: str
    title: str
    numbers: dict[str, float | None]


def _result(job: _Job) -> _Result:
    X, y = job.judged.X, job.judged.y
    loss, accuracy = evaluate(job.model, X, y, job.loss)
    if accuracy is not None:
        said = f"accuracy {accuracy:.1%}, loss {loss:.4f}"
        return _Result(said, f"{accuracy:.1%}", {"accuracy": accuracy, "loss": loss})
    predicted = job.model.predict(X)
    error, of_mean = rmse(predicted, y), rmse([fmean(job.train.y)] * len(y), y)
    r2 = r_squared(predicted, y)
    shown = "undefined (one value)" if r2 is None else f"{r2:.3f}"
    return _Result(
        f"RMSE {error:.4g} (the training samples' mean alone: {of_mean:.4g}), R² {shown}",
        f"R² {shown}",
        {"rmse": error, "rmse_of_mean": of_mean, "r_squared": r2, "loss": loss},
    )


def _record(job: _Job, run: Run, result: dict[str, Any], arguments: argparse.Namespace) -> None:
    record = {
        "data": arguments.data, "seed": arguments.seed, "sizes": job.model.sizes, "loss": job.loss, "recipe": job.recipe._asdict(),
        "features": job.train.features, "target": job.train.target, "classes": job.train.classes, "notes": job.train.notes,
        "ended": run.ended, **result, "steps": [r._asdict() for r in run],
    }  # fmt: skip
    write_atomically(job.folder / RECORD, json.dumps(record, indent=1, allow_nan=False))


def _draw(job: _Job, run: Run, title: str) -> list[str]:
    """Figures, one sample's graph and the page that steps through it; the names of the files."""
    from nn import plots

    loss, boundary, fitted, graph, page = PICTURES
    written = [loss, graph]
    figure = plots.loss_curve(run)
    figure.set_title(title)
    _save_figure(figure, job.folder / loss)
    if job.loss == "mse":
        names: dict[str, Any] = {"features": job.train.features, "target": job.train.target}
        figure = plots.regression(job.model, job.judged.X, job.judged.y, **names)
        figure.set_title(title)
        _save_figure(figure, job.folder / fitted)
        written.insert(1, fitted)
    elif len(job.train.X[0]) == 2:
        plane = plots.decision_boundary(job.model, job.train.X, job.train.y, classes=job.train.classes)
        _save_figure(plane, job.folder / boundary)
        written.insert(1, boundary)
    sample = _one_sample(job)
    draw(sample).save(job.folder / graph)
    try:
        step(sample).save(job.folder / page)
    except ValueError as reason:  # more nodes than anybody steps through
        print(f"left out {page}: {reason}")
    else:
        written.append(page)
    return written


def _save_figure(ax: Any, path: Path) -> None:
    from io import BytesIO

    buffer = BytesIO()
    ax.figure.savefig(buffer, format=path.suffix[1:], dpi=150)
    write_atomically(path, buffer.getvalue())


def _one_sample(job: _Job) -> Value:
    """The graph of the loss of the first sample that was judged, with its gradients."""
    x = [Value(v, label=feature) for v, feature in zip(job.judged.X[0], job.judged.features, strict=True)]
    loss = losses.get(job.loss)([job.model(x)], job.judged.y[:1])
    name(loss=loss)
    job.model.zero_grad()
    loss.backward()
    return loss


train = _Train()
