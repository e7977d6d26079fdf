"""Ctrl-C at every line of this project that training and saving go through.

``python tests/fuzz/interruptions.py [--every N] [--first N] [--case NAME …]`` runs each case again and again; the n-th time
a KeyboardInterrupt comes before the n-th line that files of autograd/ and nn/ execute. What is left must be whole: the
model as after its last record, the old file or the new one, the garbage collector on, the terminal on a line of its own.
Cases that execute many lines are pressed at every N-th only. With ``--signals N`` it comes N times as it does in life: from
a signal, at a moment that is drawn, wherever Python then is.
"""

from __future__ import annotations

import argparse
import gc
import io
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, suppress
from inspect import getsource
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import walk_stack
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.shrinking import Trouble

import autograd
import nn
from autograd import NonFiniteError, Value
from nn import MLP, SGD, Adagrad, Adam, AdamW, RMSprop, cosine, fit, load_checkpoint, restore, save_checkpoint

__all__ = ["CASES", "check"]

ENDS = ("done", "stopped early")
FOLDERS = tuple(f"{Path(package.__file__).parent}/" for package in (autograd, nn))


class Moment(NamedTuple):
    """Where Ctrl-C came: the file, the line, the function, and whether a run of ``fit`` had begun."""

    file: str
    line: int
    function: str
    began: bool

    @classmethod
    def at(cls, frame: Any) -> Moment:
        code, began = frame.f_code, any(f.f_code is fit.__code__ and f.f_lineno > TRY for f, _ in walk_stack(frame))
        return cls(Path(code.co_filename).name, frame.f_lineno, code.co_name, began)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} ({self.function})"


# Up to this line of fit, Ctrl-C is as one before the call.
TRY = max(
    i for i, line in enumerate(getsource(fit).splitlines(), fit.__code__.co_firstlineno) if line.strip() == "try:"
)
Pressing = AbstractContextManager[list[Moment]]


@contextmanager
def at_line(n: int) -> Iterator[list[Moment]]:
    """Inside, KeyboardInterrupt is raised before the n-th line of this project's files; the list then has the place."""
    before, lines, moments = sys.gettrace(), 0, list[Moment]()

    def line(frame: Any, event: str, arg: Any) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
            if lines == n:
                moments.append(Moment.at(frame))
                raise KeyboardInterrupt
        return line

    sys.settrace(lambda frame, event, arg: line if frame.f_code.co_filename.startswith(FOLDERS) else None)
    try:
        yield moments
    finally:
        sys.settrace(before)


@contextmanager
def after_seconds(seconds: float) -> Iterator[list[Moment]]:
    """Inside, KeyboardInterrupt is raised by a signal, if this project's code runs then."""
    moments = list[Moment]()

    def press(_: int, frame: Any) -> None:
        if any(f.f_code.co_filename.startswith(FOLDERS) for f, _ in walk_stack(frame)):
            moments.append(Moment.at(frame))
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield moments
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# ── what is pressed ─────────────────────────────────────────────────────────

X, Y = [[0.5, -1.0], [1.0, 0.25], [-0.75, 0.5]], [1, 0, 1]
OPPOSITE = [0, 1, 0]  # what is learned on Y only ever gets worse on these

State = tuple[list[float], dict[str, Any]]


class Whole(NamedTuple):
    """A run that nothing interrupts: its records, the state before and after each step, how it ended, and the state then."""

    records: list[Any]
    states: list[State]
    ended: str
    final: State


class Training(NamedTuple):
    """A run of ``fit`` on a network of its own: how its optimizer is made, and its settings."""

    optimizer: Callable[[list[Value]], Any]
    settings: dict[str, Any]
    saves: bool = False
    sizes: tuple[int, ...] = (2, 1, 1)
    samples: int = 3

    def fresh(self) -> tuple[MLP, Any]:
        model = MLP(self.sizes, activation="tanh", seed=3)
        return model, self.optimizer(model.parameters())

    def run(self, model: MLP, optimizer: Any, folder: Path, also: Callable[[Any], object] = id) -> Any:
        """What ``fit`` returns, or the error that says which number was not finite."""

        def note(record: Any) -> None:
            also(record)
            if self.saves:
                save_checkpoint(model, optimizer, folder / "run", step=record.step)

        try:
            samples = X[: self.samples], Y[: self.samples]
            return fit(model, *samples, optimizer=optimizer, on_step=note, **{"loss": "logistic", **self.settings})
        except NonFiniteError as error:
            return error

    def whole(self, folder: Path) -> Whole:
        model, optimizer = self.fresh()
        records, states = [], [state(model, optimizer)]
        ended = self.run(
            model, optimizer, folder, lambda r: (records.append(r), states.append(state(model, optimizer)))
        )
        return Whole(records, states, getattr(ended, "ended", str(ended)), state(model, optimizer))

    def press(self, pressing: Pressing, expected: Whole, folder: Path) -> Moment | None:
        """Raises Trouble unless what is left is whole; where it came, None if the run had ended before."""
        model, optimizer = self.fresh()
        shown, run = io.StringIO(), None
        with redirect_stderr(shown), pressing as moments, suppress(KeyboardInterrupt):
            run = self.run(model, optimizer, folder)
        moment, left = moments[0] if moments else None, state(model, optimizer)
        require(gc.isenabled(), moment, "the garbage collector is off")
        require(shown.getvalue()[-1:] in ("", "\n"), moment, "the bar's line has no end")
        if run is None and moment and moment.began:  # before another error got out
            require(left == expected.final and expected.ended not in ENDS, moment, "it escaped from fit")
        elif run is None:
            require(left == expected.states[0], moment, "the model is not as it was")
        elif getattr(run, "ended", str(run)) == expected.ended:
            require(left == expected.final, moment, "the model is not as at the end")
            require(isinstance(run, NonFiniteError) or run == expected.records, moment, "other records")
        else:
            require(run.ended == "interrupted", moment, f"it ended: {run.ended}")
            require(run == expected.records[: len(run)], moment, "other records")
            require(left == expected.states[len(run)], moment, f"the model is not as after step {len(run)}")
        if self.saves:
            self._require_checkpoint(folder, run or [], expected.states, moment)
        return moment

    def _require_checkpoint(self, folder: Path, run: Any, states: list[State], moment: Moment | None) -> None:
        files = sorted(path.name for path in folder.iterdir())
        require(set(files) <= {"run"}, moment, f"files {files}")
        if files:
            saved = load_checkpoint(folder / "run")
            require(saved.step in (len(run), len(run) - 1), moment, f"a checkpoint of step {saved.step}")
            require(state(saved.model, saved.optimizer) == states[saved.step], moment, "another checkpoint")
            (folder / "run").unlink()
        else:
            require(len(run) < 2, moment, "no checkpoint")


def state(model: MLP, optimizer: Any) -> State:
    return [p.data for p in model.parameters()], optimizer.state_dict()


def require(holds: bool, moment: Moment | None, otherwise: str) -> None:
    if not holds:
        gc.enable()
        raise Trouble(f"{otherwise}: Ctrl-C at {moment}")


class Action(NamedTuple):
    """Something that is done to a world of its own, and is then done or not done.

    make: the world, in an empty folder; act: what is done to it; seen: what is compared
    """

    make: Callable[[Path], Any]
    act: Callable[[Any], object]
    seen: Callable[[Any], Any]

    def whole(self, folder: Path) -> tuple[Any, Any]:
        world = self.make(folder)
        before = self.seen(world)
        self.act(world)
        return before, self.seen(world)

    def press(self, pressing: Pressing, expected: tuple[Any, Any], folder: Path) -> Moment | None:
        world = self.make(folder)
        with pressing as moments, suppress(KeyboardInterrupt):
            self.act(world)
        moment = moments[0] if moments else None
        require(gc.isenabled(), moment, "the garbage collector is off")
        left = self.seen(world)
        require(left in expected if moment else left == expected[1], moment, f"neither before nor after: {left!r:.300}")
        return moment


def network(folder: Path) -> tuple[Path, MLP]:
    MLP([2, 2, 1], seed=1).save(folder / "model")
    return folder, MLP([2, 2, 1], seed=2)


def checkpoint(folder: Path) -> tuple[Path, MLP, Any]:
    _, model = network(folder)
    optimizer = Adam(model.parameters(), lr=0.1)
    save_checkpoint(model, optimizer, folder / "model", step=0)
    fit(model, X, Y, loss="logistic", optimizer=optimizer, epochs=2, engine="graph")
    return folder, model, optimizer


def restorable(folder: Path) -> tuple[Path, MLP, Any]:
    folder, trained, optimizer = checkpoint(folder)
    save_checkpoint(trained, optimizer, folder / "model", step=2)
    model = MLP([2, 2, 1], seed=4)
    return folder, model, Adam(model.parameters(), lr=0.3, eps=1e-4)


def loss_of_leaves(_: Path) -> tuple[Value, list[Value]]:
    leaves = [Value(0.5), Value(-1.5)]
    for leaf in leaves:
        leaf.grad = 2.0
    return (leaves[0] * leaves[1] + leaves[0]).tanh() ** 2, leaves


CASES: dict[str, Training | Action] = {
    "one step": Training(lambda p: Adam(p, lr=0.1), {"epochs": 1, "engine": "graph"}, sizes=(2, 1), samples=1),
    "graph": Training(lambda p: Adam(p, lr=0.1), {"epochs": 2, "engine": "graph"}),
    "minibatches": Training(
        lambda p: SGD(p, lr=0.5, momentum=0.9),
        {"epochs": 2, "batch_size": 2, "schedule": cosine(0.5, steps=4), "clip_norm": 0.1, "engine": "graph"},
    ),
    "validation": Training(
        lambda p: RMSprop(p, lr=0.1), {"epochs": 2, "batch_size": 2, "validation": (X, Y), "engine": "graph"}
    ),
    "early stopping": Training(
        lambda p: Adagrad(p, lr=0.5), {"epochs": 5, "validation": (X, OPPOSITE), "patience": 2, "engine": "graph"}
    ),
    "checkpoints": Training(lambda p: AdamW(p, lr=0.1), {"epochs": 2, "engine": "graph"}, saves=True),
    "progress": Training(lambda p: SGD(p, lr=0.5), {"epochs": 2, "progress": True, "engine": "graph"}),
    "penalties": Training(
        lambda p: SGD(p, lr=0.5, momentum=0.9, nesterov=True), {"epochs": 2, "l1": 0.01, "l2": 0.1, "engine": "graph"}
    ),
    "not finite": Training(lambda p: SGD(p, lr=1e200), {"epochs": 5, "loss": "mse", "engine": "graph"}),
    "compiled": Training(
        lambda p: Adam(p, lr=0.1), {"epochs": 2, "batch_size": 2, "validation": (X, Y), "engine": "compiled"}
    ),
    "save": Action(network, lambda w: w[1].save(w[0] / "model"), lambda w: contents(w[0])),
    "checkpoint": Action(
        checkpoint, lambda w: save_checkpoint(w[1], w[2], w[0] / "model", step=2), lambda w: contents(w[0])
    ),
    "restore": Action(
        restorable,
        lambda w: restore(w[1], w[2], w[0] / "model"),
        lambda w: (state(w[1], w[2]), {k: v for k, v in vars(w[2]).items() if k != "parameters"}),
    ),
    "backward": Action(loss_of_leaves, lambda w: w[0].backward(), lambda w: [leaf.grad for leaf in w[1]]),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ── the loop ────────────────────────────────────────────────────────────────


def check(name: str, first: int = 1, every: int = 1) -> int:
    """Press before one line, and at every N-th after it, until the end: how often. Raises Trouble."""
    with expected(name) as press:
        for n in count(first, every):
            if press(at_line(n)) is None:
                return (n - first) // every
    raise AssertionError


def check_signals(name: str, times: int, seed: int) -> int:
    """Press so many times, by a signal at a drawn moment: how often it came while the case ran. Raises Trouble."""
    draw = random.Random(seed)
    with expected(name) as press:
        start = time.perf_counter()
        press(nullcontext([]))
        takes = time.perf_counter() - start
        return sum(press(after_seconds(draw.uniform(1e-6, 1.2 * takes))) is not None for _ in range(times))


@contextmanager
def expected(name: str) -> Iterator[Callable[[Pressing], Moment | None]]:
    """A function that lets the case run once under a way of pressing."""
    case: Any = CASES[name]
    with TemporaryDirectory() as folder:
        whole = case.whole(Path(folder))
        for file in Path(folder).iterdir():
            file.unlink()
        yield lambda pressing: case.press(pressing, whole, Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(description="Ctrl-C at every line that training and saving go through.")
    parser.add_argument("--every", type=int, default=1, help="press at every N-th line only (default: %(default)s)")
    parser.add_argument("--first", type=int, default=None, help="the first of them (default: a fresh one, up to N)")
    parser.add_argument("--case", choices=tuple(CASES), action="append")
    parser.add_argument("--signals", type=int, default=0, help="press by a signal instead, so many times per case")
    options = parser.parse_args()
    first = random.SystemRandom().randint(1, options.every) if options.first is None else options.first
    print(f"--first {first} --every {options.every}")
    troubles = total = 0
    for name in options.case or CASES:
        start = time.monotonic()
        try:
            moments = (
                check_signals(name, options.signals, first) if options.signals else check(name, first, options.every)
            )
        except Trouble as error:
            troubles += 1
            print(f"--case {name!r}: {error}", flush=True)
        else:
            total += moments
            print(f"{name}: {moments:,} moments in {time.monotonic() - start:.0f} s", flush=True)
    print(f"{total:,} moments, {troubles} in trouble")
    return min(troubles, 1)


if __name__ == "__main__":
    sys.exit(main())
