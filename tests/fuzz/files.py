"""Damaged files, full disks and killed processes: a file is read right or refused, and the good one is never lost.

``python tests/fuzz/files.py [--seed S] [--damages N] [--kills N] [--kind NAME …]`` draws N damages of each kind of file
that this project reads, and lets N processes be killed while they save; then it lets every operation on a file fail in every
way, and fills a disk. It prints each case that is in trouble, as the arguments that make it again.
"""

from __future__ import annotations

import argparse
import csv
import errno
import io
import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.shrinking import Trouble

from autograd import Value
from autograd.files import write_atomically
from nn import MLP, Adam, CheckpointError, Module, Neuron, data, fit, load_checkpoint, restore, save_checkpoint
from nn.lab.student import write_student_version
from nn.tensor_file import packed, unpacked

__all__ = ["ERRORS", "KINDS", "OPERATIONS", "check_damage", "check_failure", "check_full_disk", "check_kill"]

ROOT = Path(__file__).parents[2]
LONGEST = 1000  # characters of an error


# ── the kinds of file ───────────────────────────────────────────────────────


class Kind(NamedTuple):
    """A kind of file: how a good one is made, and read.

    read:      what the file says, as something that can be compared
    error:     how it refuses
    rewritten: the content with something in it replaced by who knows the format
    sealed:    it has a checksum, so that whatever is not as it was saved is refused
    """

    make: Callable[[Path], object]
    read: Callable[[Path], Any]
    error: type[Exception]
    rewritten: Callable[[random.Random, bytes], bytes]
    sealed: bool = False


def network(seed: int = 3) -> MLP:
    return MLP([2, 3, 1], activation=["tanh"], seed=seed)


@cache
def trained(seed: int = 3) -> tuple[MLP, Adam]:
    model = network(seed)
    optimizer = Adam(model.parameters(), lr=0.1)
    fit(model, *data.XOR[:2], loss="logistic", optimizer=optimizer, epochs=2, engine="graph")
    return model, optimizer


class Own(Module):
    """A module of a user's own."""

    def __init__(self, seed: int = 3) -> None:
        self.neuron, self.scales = Neuron(2, seed=seed), {"in": [Value(0.5 + seed), Value(2.0)], "out": Value(-1.0)}


def make_run_of_a_module(path: Path) -> None:
    model = Own()
    save_checkpoint(model, Adam(model.parameters(), lr=0.1), path, step=2)


def read_module(path: Path) -> list[float]:
    return numbers(Own.load(path))


def read_into_another_module(path: Path) -> tuple[Any, ...]:
    return restored(path, Own(seed=4))


def make_checkpoint(path: Path, seed: int = 3) -> None:
    save_checkpoint(*trained(seed), path, step=2, seed=5, batch_size=4, loss="logistic")


def make_from_page(path: Path) -> None:
    """As the playground's "save network" does."""
    source = (
        f"import {{ networkFile }} from {json.dumps((ROOT / 'nn/assets/saved_network.js').as_uri())};"
        f"process.stdout.write(networkFile([2, 3, 1], ['tanh'], {json.dumps(numbers(network()))}));"
    )
    command = ["node", "--input-type=module", "-e", source]
    path.write_bytes(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def make_table(path: Path, last: tuple[object, ...] = ("y", "n", "y", "n")) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["Länge", "width", "y"], *([*x, y] for x, y in zip(ROWS, last, strict=True))])


ROWS = [(0.5, -1e-3), (-1.25, 3.0), (2.0, -7.5e10), (4.0, 0.125)]
CELLS = ["# Näherung", "### BEGIN SOLUTION\na = [2]\n### END SOLUTION\ncheck(a)", "print('x')"]


def make_notebook(path: Path) -> None:
    kinds = ["markdown", "code", "code"]
    cells = [
        {"cell_type": kind, "source": source, "metadata": {"tags": ["exercise"]}, "outputs": [{"text": ["1"]}]}
        for kind, source in zip(kinds, CELLS, strict=True)
    ]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


def numbers(model: Module) -> list[float]:
    return [p.data for p in model.parameters()]


def read_network(path: Path) -> tuple[str, list[float]]:
    model = MLP.load(path)
    return repr(model), numbers(model)


def read_checkpoint(path: Path) -> tuple[Any, ...]:
    saved = load_checkpoint(path)
    described = {name: x for name, x in vars(saved.optimizer).items() if name != "parameters"}
    return repr(saved.model), numbers(saved.model), described, saved.step, saved.seed, saved.settings


def read_into_another(path: Path) -> tuple[Any, ...]:
    return restored(path, network(seed=4))


def restored(path: Path, model: Module) -> tuple[Any, ...]:
    """Restored into a network that exists, which a refused file leaves as it was."""
    optimizer = Adam(model.parameters())
    before = numbers(model), optimizer.state_dict()
    try:
        saved = restore(model, optimizer, path)
    except CheckpointError:
        if (numbers(model), optimizer.state_dict()) != before:
            raise Trouble("a file that was refused changed the network") from None
        raise
    return numbers(model), optimizer.state_dict(), saved.step, saved.seed


def read_table(path: Path, **how: Any) -> data.Dataset:
    found = data.load_csv(path, **how)
    classes = set(range(len(found.classes))) or {*found.y}
    if {*map(len, found.X)} != {len(found.features)} or len(found.X) != len(found.y) or not {*found.y} <= classes:
        raise Trouble(f"a table that does not fit itself: {found!r:.300}")
    if not all(map(isfinite, [*found.y, *(v for x in found.X for v in x)])):
        raise Trouble("a table with a number that is not finite")
    return found


def read_notebook(path: Path) -> object:
    with TemporaryDirectory() as folder:
        return json.loads(write_student_version(path, folder).read_text(encoding="utf-8"))


# ── damages ─────────────────────────────────────────────────────────────────


class Trap:
    """What a pickle would run."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("trap",)


HOSTILE = [
    *(pickle.dumps(Trap(), protocol) for protocol in range(6)),
    b"PK\3\4" + bytes(60), b"\x93NUMPY\1\0", b"\x89HDF\r\n\x1a\n", b"GIF89a", b"\xff\xfe", b"\xef\xbb\xbf", b"\0" * 8, b"\xff" * 8,
    b"__import__('os').mkdir('trap')", b"=cmd|' /C calc'!A0", b"<script>", b"\r\n", b'"', b"{", b"[" * 2000,
]  # fmt: skip
NASTY: list[Any] = [
    None, True, False, -1, 0, 1, 2, 10**9, 10**400, -(2**63), 0.5, 1e308, "", "x", "relu", "os.system", "\ud800", "\0", "x" * 10**5, [], [[]], {},
    [2, 1], [1] * 1000, {"a": 1}, "__import__('os').mkdir('trap')", [None], ["tanh", "tanh"],
]  # fmt: skip


def damaged(draw: random.Random, content: bytes) -> bytes:
    """The bytes with one to three damages, as disks, networks, editors and attackers make them."""
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        a, b = sorted((draw.randint(0, len(content)), draw.randint(0, len(content))))
        match draw.randrange(9):
            case 0:
                content = (
                    content[:a]
                    + bytes([byte ^ (1 << draw.randrange(8)) for byte in content[a : a + 1]])
                    + content[a + 1 :]
                )
            case 1:
                content = content[:a]
            case 2:
                content += draw.randbytes(draw.randint(1, 40))
            case 3:
                content = content[:a] + bytes([draw.choice((0, 255))]) * (b - a) + content[b:]
            case 4:
                content = content[:a] + content[b:]
            case 5:
                content = content[:b] + content[a:b] + content[b:]
            case 6:
                content = content[:a] + draw.choice(HOSTILE) + content[draw.choice((a, b)) :]
            case 7:
                content = draw.choice(HOSTILE) + content[draw.choice((0, a)) :]
            case 8:
                content = content[:a] + draw.randbytes(draw.randint(1, 9)) + content[a + draw.randint(0, 9) :]
    return content


def resealed(draw: random.Random, content: bytes) -> bytes:
    """A file with another metadata, or other tensors, under a right checksum: whoever knows the format can write it."""
    about, tensors = unpacked(content)
    for _ in range(draw.choice((1, 1, 2))):
        if draw.random() < 0.3:
            name = draw.choice([*tensors])
            match draw.randrange(3):
                case 0:
                    del tensors[name]
                    tensors = tensors or {"0.bias": unpacked(content)[1]["0.bias"]}
                case 1:
                    tensors[draw.choice(("9.weight", "optimizer.mean", "optimizer.x", ""))] = tensors[name]
                case 2:
                    wrong = draw.choice((float("nan"), float("inf"), -1.0, 1e308))
                    tensors[name].numbers[draw.randrange(len(tensors[name].numbers))] = wrong
        else:
            key = draw.choice([key for key in about if key != "format"])
            about = {**about, key: replaced(draw, about[key])}
    return packed(about, tensors, lambda *_: None)


def replaced(draw: random.Random, item: Any) -> Any:
    """The JSON with something in it replaced, left out or added."""
    if isinstance(item, dict) and item and draw.random() < 0.85:
        key = draw.choice([*item])
        if draw.random() < 0.1:
            return {k: v for k, v in item.items() if k != key}
        return {**item, draw.choice((key, key, key, "more")): replaced(draw, item[key])}
    if isinstance(item, list) and item and draw.random() < 0.5:
        at = draw.randrange(len(item))
        return [*item[:at], replaced(draw, item[at]), *item[at + 1 :]]
    return draw.choice(NASTY)


def rewritten_table(draw: random.Random, content: bytes) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode())))
    for _ in range(draw.randint(1, 3)):
        row = draw.choice(rows)
        row[draw.randrange(len(row))] = str(
            draw.choice([*NASTY, "nan", "1e999", "0,5", "-Infinity", "1_000", '"', "\n", "=1+1", "٣"])
        )
        if draw.random() < 0.2:
            rows.insert(draw.randrange(len(rows)), [*draw.choice(rows), *["1"] * draw.randint(0, 2)])
    text = io.StringIO()
    csv.writer(text, delimiter=draw.choice(",,;\t")).writerows(rows)
    return text.getvalue().encode(draw.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "surrogatepass")


def rewritten_json(draw: random.Random, content: bytes) -> bytes:
    return json.dumps(replaced(draw, json.loads(content))).encode()


SEALED: Any = {"error": CheckpointError, "rewritten": resealed, "sealed": True}
KINDS = {
    "network": Kind(lambda path: network().save(path), read_network, **SEALED),
    "network of a page": Kind(make_from_page, read_network, **SEALED),
    "checkpoint": Kind(make_checkpoint, read_checkpoint, **SEALED),
    "checkpoint, restored": Kind(make_checkpoint, read_into_another, **SEALED),
    "network of a checkpoint": Kind(make_checkpoint, read_network, **SEALED),
    "module": Kind(lambda path: Own().save(path), read_module, **SEALED),
    "run of a module, restored": Kind(make_run_of_a_module, read_into_another_module, **SEALED),
    "table": Kind(make_table, read_table, ValueError, rewritten_table),
    "table of a regression": Kind(
        lambda path: make_table(path, (0.25, 1e9, "", 3.75)),
        lambda path: read_table(path, missing="drop"),
        ValueError,
        rewritten_table,
    ),
    "notebook": Kind(make_notebook, read_notebook, ValueError, rewritten_json),
}

# ── nothing in a file is run ────────────────────────────────────────────────

RUNS = ("exec", "compile", "pickle.find_class", "marshal.load", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.mkdir", "subprocess.Popen", "ctypes.dlopen", "socket.connect")  # fmt: skip
_seen: list[str] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is not None and event in RUNS:
        _seen.append(f"{event} {arguments!r:.100}")


sys.addaudithook(_note)


@contextmanager
def nothing_runs(allowed: tuple[str, ...] = ()) -> Iterator[None]:
    """Raises Trouble if code is compiled or run inside, or a process started."""
    global _seen
    _seen = []
    try:
        yield
    finally:
        ran, _seen = [event for event in _seen if not event.startswith(allowed or ("\0",))], None
    if ran:
        raise Trouble(f"something ran: {ran}")


ALLOWED = {"notebook": ("compile", "os.mkdir")}  # its cells are parsed; a folder for the student's version is made


@cache
def good(kind: str) -> tuple[bytes, Any]:
    """A good file's content, and what it says. Reading it also imports what reading imports."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        KINDS[kind].make(path)
        return path.read_bytes(), KINDS[kind].read(path)


def check_damage(kind: str, seed: int) -> None:
    """Damage a file of this kind and read it. Raises Trouble."""
    of, draw, (content, meaning) = KINDS[kind], random.Random(seed), good(kind)
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        rewrite = draw.random() < 0.4
        bad = (of.rewritten if rewrite else damaged)(draw, content)
        path.write_bytes(bad)
        try:
            with nothing_runs(ALLOWED.get(kind, ())):
                found = of.read(path)
        except of.error as error:
            require_one_error(error, of.error, path)
        else:
            if of.sealed and not rewrite and repr(found) != repr(meaning):
                raise Trouble(f"a damaged file was read: {found!r:.300}")
        if path.read_bytes() != bad:
            raise Trouble("reading changed the file")


def require_one_error(error: Exception, kind: type[Exception], path: Path) -> None:
    said = str(error)
    if type(error) is not kind or "\n" in said or len(said) > LONGEST or str(path) not in said:
        raise Trouble(f"not the one error that names the file: {type(error).__name__}: {said[:300]!r}")


# ── writing ─────────────────────────────────────────────────────────────────

WRITERS: dict[str, Callable[[Path, int], object]] = {
    "network": lambda path, seed: network(seed).save(path),
    "checkpoint": make_checkpoint,
    "text": lambda path, seed: write_atomically(path, f"σ {seed} " * 5000),
}


@cache
def saved(name: str) -> tuple[bytes, bytes]:
    """What this writer writes: an old file and a new one."""
    with TemporaryDirectory() as folder:
        path, found = Path(folder, "file"), list[bytes]()
        for seed in (1, 2):
            WRITERS[name](path, seed)
            found.append(path.read_bytes())
    return found[0], found[1]


ERRORS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EBUSY, errno.ESTALE, errno.EDQUOT, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP]  # fmt: skip
OPERATIONS = {
    "open": "pathlib.Path.open", "write": "pathlib.Path.open", "fsync": "os.fsync", "chmod": "pathlib.Path.chmod",
    "replace": "pathlib.Path.replace", "unlink": "pathlib.Path.unlink",
}  # fmt: skip


class HalfWritten(io.FileIO):
    """A file whose disk is full half-way."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(path, "xb")
        self.error = error

    def write(self, content: Any) -> int:
        super().write(content[: len(content) // 2])
        raise self.error


@contextmanager
def failing(operation: str, error: OSError) -> Iterator[None]:
    """Inside, this operation on a file fails."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    def half_written(path: Path, mode: str) -> HalfWritten:
        return HalfWritten(path, error)

    with mock.patch(OPERATIONS[operation], half_written if operation == "write" else fail):
        yield


def check_failure(operation: str, number: int) -> None:
    """Save over a good file while one operation fails: it is the new one, or one error and the old one. Raises Trouble."""
    for name, write in WRITERS.items():
        where = f"{name}, {operation} fails with {os.strerror(number)}"
        (old, new), said = saved(name), None
        with TemporaryDirectory() as folder:
            path = Path(folder, "file")
            path.write_bytes(old)
            try:
                with failing(operation, OSError(number, os.strerror(number))):
                    write(path, 2)
            except OSError as error:
                said = error
            strays = [file.name for file in path.parent.iterdir() if file != path]
            if path.read_bytes() != (new if said is None else old):
                raise Trouble(f"{where}: the file is neither the new one nor the old one, or not as was said: {said}")
            if said is not None and (said.errno != number or str(path) not in str(said) or "\n" in str(said)):
                raise Trouble(f"{where}: {said}")
            if strays and operation != "unlink":
                raise Trouble(f"{where}: {strays} left behind")


def check_kill(seed: int) -> None:
    """A process is killed while it saves over a good file: the file is the old one or the new one. Raises Trouble.

    It is killed before a line of the code that saves, which is drawn, or by its parent at some moment. Needs ``os.fork``.
    """
    draw = random.Random(seed)
    name, write = draw.choice([*WRITERS.items()])
    (old, new), by_parent, at = saved(name), draw.random() < 0.3, draw.randint(1, 40)
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(old)
        ready, begins = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if not by_parent:
                    kill_at(at)
                os.write(begins, b".")
                while True:
                    for seed in (2, 1) if by_parent else (2,):
                        write(path, seed)
            finally:
                os._exit(1)
        os.read(ready, 1)
        if by_parent:
            for _ in range(draw.randint(0, 2000)):  # for as long
                pass
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(ready), os.close(begins)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            raise Trouble(f"{name}: it was not killed")
        if path.read_bytes() not in (old, new):
            raise Trouble(f"{name}: the file is neither the old one nor the new one")
        strays = [file for file in path.parent.iterdir() if file != path]
        if len(strays) > 1 or any(file.suffix != ".partial" for file in strays):
            raise Trouble(f"{name}: {strays}")
        write(path, 2)
        if path.read_bytes() != new:
            raise Trouble(f"{name}: what was left is in the way of the next save")


def kill_at(line: int) -> None:
    """Kill this process before the so many-th line of files.py, over and over if need be."""
    lines = 0

    def trace(frame: Any, event: str, arg: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    files = write_atomically.__code__.co_filename
    sys.settrace(lambda frame, event, arg: trace if frame.f_code.co_filename == files else None)


def check_full_disk(folder: Path) -> None:
    """Save over a good file, in a folder with a few kilobytes of room, a network that does not fit. Raises Trouble."""
    path = folder / "model"
    network(1).save(path)
    old, large = path.read_bytes(), MLP([20, 100, 100, 1], seed=2)
    try:
        large.save(path)
    except OSError as error:
        if "nothing was written" not in str(error) or str(path) not in str(error):
            raise Trouble(f"the disk is full: {error}") from None
    else:
        raise Trouble("the disk was not full")
    if path.read_bytes() != old or [*folder.iterdir()] != [path]:
        raise Trouble(f"the disk is full: {[file.name for file in folder.iterdir()]} are left")
    network(2).save(path)


def fill_disk() -> None:
    """``check_full_disk`` on a small disk of its own where one can be made, else with a limit on a file's size."""
    call = "from pathlib import Path; from fuzz.files import check_full_disk; check_full_disk(Path())"
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)); "
    mount = 'mount -t tmpfs -o size=64k none . && cd "$PWD" && exec "$@"'
    small_disk = ["unshare", "-m", "sh", "-c", mount, "sh"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    with TemporaryDirectory() as folder:
        can_mount = bool(shutil.which("unshare")) and subprocess.run([*small_disk, "true"], cwd=folder).returncode == 0
        command = [*small_disk, sys.executable, "-c", call] if can_mount else [sys.executable, "-c", limit + call]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(done.stderr)


PARTS = ("damages", "kills", "failures", "disk")


def main() -> int:
    parser = argparse.ArgumentParser(description="Damaged files, full disks and killed processes.")
    parser.add_argument("--seed", type=int, default=None, help="of the first damage and kill (default: a fresh one)")
    parser.add_argument("--damages", type=int, default=500, help="of each kind of file (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=50, help="processes to kill (default: %(default)s)")
    parser.add_argument("--kind", choices=tuple(KINDS), action="append")
    parser.add_argument("--only", choices=PARTS, action="append", help="(default: all of them)")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**31) if options.seed is None else options.seed
    print(f"--seed {seed}", flush=True)
    tried: Counter[str] = Counter()
    troubles = 0
    for part, what, check, *given in _checks(options, seed):
        if part not in (options.only or PARTS):
            continue
        tried[part] += 1
        try:
            check(*given)
        except Exception as error:
            troubles += 1
            print(f"--only {part} {what}: {type(error).__name__}: {error}", flush=True)
    print(f"{', '.join(f'{n} {part}' for part, n in tried.items())}: {troubles} in trouble")
    return min(troubles, 1)


def _checks(options: argparse.Namespace, seed: int) -> Iterator[tuple[Any, ...]]:
    """Part, what makes it again, the check and its arguments."""
    for kind in options.kind or KINDS:
        for i in range(seed, seed + options.damages):
            yield "damages", f"--damages 1 --kind {kind!r} --seed {i}", check_damage, kind, i
    for i in range(seed, seed + options.kills):
        yield "kills", f"--kills 1 --seed {i}", check_kill, i
    for operation in OPERATIONS:
        for number in ERRORS:
            yield "failures", "", check_failure, operation, number
    yield "disk", "", fill_disk


if __name__ == "__main__":
    sys.exit(main())
