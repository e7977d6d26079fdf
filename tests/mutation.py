"""Mutation: a small mistake is put into a module, and some quick test should notice.

``python tests/mutation.py autograd.backprop nn.losses [--sample N --seed S] [--tests tests/test_losses.py …]``
shows the mutants that no test killed, as a diff, and counts them module by module; Ctrl-C counts those met so far.

Every quick test runs once with its lines measured. Then each mutant lives in a fork of this process and meets the tests
that run its line, the cheapest first, until one fails or runs for ever. A mutated function gets its code after all tests
were collected; what runs on import (a default, a decorator, a table) is imported with the mistake. A test that fails
without a mistake, in a fork of its own, kills nothing.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import random
import signal
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from functools import partial
from importlib.machinery import SourceFileLoader
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import coverage
import hypothesis  # noqa: F401  # loaded once, and not in every fork
import numpy as np  # noqa: F401
import pytest
from mutants import ROOT, Mutant, count, functions_of, mutants_of, paths_of

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = ["-s", "-p", "no:cacheprovider", "-m", "not slow", f"--rootdir={ROOT}"]


# ── tests ───────────────────────────────────────────────────────────────────


class Session:
    """A pytest plugin that collects tests and then, instead of running them all, does ``work`` with them."""

    def __init__(self, paths: list[str], work: Callable[[Session], None]) -> None:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer than most tests
        self.work, self.failed = work, False
        pytest.main([*OPTIONS, *paths], plugins=[self])

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        self.work(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def passes(self, test: str, following: str | None = None) -> bool:
        """Run it. Does it pass?"""
        self.failed = test not in self.items  # as where the module can't be imported
        if not self.failed:
            item, then = self.items[test], self.items.get(following or "")
            item.ihook.pytest_runtest_protocol(item=item, nextitem=then)
        return not self.failed

    def first_failing(self, tests: list[str], seconds: dict[str, float]) -> str:
        """The first of these tests that fails, or ""; one that runs far too long ends this process."""
        for test, following in zip(tests, [*tests[1:], None], strict=False):
            signal.setitimer(signal.ITIMER_PROF, 5 + 10 * seconds[test])  # of CPU: the machine may be loaded
            signal.setitimer(signal.ITIMER_REAL, 120 + 100 * seconds[test])  # where it waits for ever
            if not self.passes(test, following):
                return test
        return ""


def forked(work: Callable[[], Any]) -> Any:
    """What ``work`` gives in a fork of this process, its output thrown away; None where the fork was ended."""
    with tempfile.TemporaryFile("w+") as answer:
        if not (pid := os.fork()):
            nowhere, errors = os.open(os.devnull, os.O_RDWR), os.dup(2)
            for stream in range(3):
                os.dup2(nowhere, stream)
            try:
                json.dump(work(), answer)
                answer.flush()
            except Exception:
                os.write(errors, traceback.format_exc().encode())
                os._exit(3)
            finally:  # KeyboardInterrupt, too: a test failed to catch it
                os._exit(0)
        if os.waitpid(pid, 0)[1] == 3 << 8:
            raise SystemExit("a fork failed by itself")
        answer.seek(0)
        return json.loads(answer.read() or "null")


def module_of(path: str) -> str:
    """How a file is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def import_all() -> None:
    """Import every module of the packages."""
    for path in [*paths_of("autograd"), *paths_of("nn")]:
        if "__main__" not in path:
            importlib.import_module(module_of(path))


def measured(paths: list[str]) -> dict[str, Any]:
    """Of the quick tests, which pass, their CPU seconds and, by file and line, those that run it; "import" is one of them."""
    trace = coverage.Coverage(data_file=None, config_file=False, include=[f"{ROOT}/autograd/*", f"{ROOT}/nn/*"])
    seconds: dict[str, float] = {}

    def traced(name: str, work: Callable[[], Any]) -> None:
        trace.start()
        trace.switch_context(name)
        began = time.process_time()
        if work() is not False:
            seconds[name] = time.process_time() - began
        trace.stop()

    traced("import", import_all)
    Session(paths, lambda s: [traced(test, lambda test=test: s.passes(test)) for test in s.items])
    data = trace.get_data()
    lines = {str(Path(f).relative_to(ROOT)): data.contexts_by_lineno(f) for f in data.measured_files()}
    return {
        "seconds": seconds,
        "running": {file: {str(n): names for n, names in of.items()} for file, of in lines.items()},
    }


def cached_measurement(paths: list[str]) -> dict[str, Any]:
    """``measured``, once for the same sources."""
    sources = sorted(f for p in ("autograd", "nn", "tests") for f in (ROOT / p).rglob("*.py") if f != Path(__file__))
    digest = hashlib.sha256("\n".join([*paths, *(f.read_text() for f in sources)]).encode()).hexdigest()[:12]
    cache = Path(tempfile.gettempdir()) / f"chalkgrad-lines-{digest}.json"
    if not cache.exists():
        cache.write_text(json.dumps(forked(lambda: measured(paths))))
    return json.loads(cache.read_text())


# ── mutants meet tests ──────────────────────────────────────────────────────


class Hunt:
    """Lets mutants meet tests, and counts."""

    def __init__(self, measurement: dict[str, Any], patience: float, files: int) -> None:
        self.seconds: dict[str, float] = measurement["seconds"]
        self.running: dict[str, dict[str, list[str]]] = measurement["running"]
        self.patience = patience
        self.files = files
        self.kills: Counter[str] = Counter()
        self.sound: dict[str, bool] = {}
        self.met: Counter[str] = Counter()
        self.survivors: list[Mutant] = []

    def on_import(self, mutant: Mutant) -> bool:
        """Must the module be imported with it: does its line run then?"""
        running = self.running.get(mutant.path, {})
        return mutant.reshaped or any("import" in running.get(str(line), ()) for line in mutant.lines)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that run its line (of what runs on import: its module too), those that killed before and cheap ones first."""
        running = self.running.get(mutant.path, {})
        nearest = {test for line in map(str, mutant.lines) for test in running.get(line, ())}
        tests = {test for line in running.values() for test in line} if self.on_import(mutant) else nearest
        tests = tests & self.seconds.keys() - {"import"}
        ordered = sorted(tests, key=lambda test: (test not in nearest, -self.kills[test], self.seconds[test], test))
        spent = accumulate(self.seconds[test] for test in ordered)
        return [test for test, seconds in zip(ordered, spent, strict=True) if seconds <= self.patience]

    def pursue(self, mutant: Mutant, meet: Callable[[CodeType | None, list[str]], str]) -> None:
        """Let it meet its tests: ``meet(code, tests)`` names the first that fails."""
        tests = self.tests_of(mutant)
        while killer := forked(lambda: meet(mutant.code, tests)):
            if killer not in self.sound:
                self.sound[killer] = forked(lambda: meet(None, [killer])) == ""
            if self.sound[killer]:
                break
            tests.remove(killer)
        self.met[mutant.path] += 1
        self.kills[killer or ""] += 1
        if killer == "":
            self.survivors.append(mutant)
            print(f"{mutant.diff}\n# survived {len(tests)} tests\n", flush=True)

    def meet_imported(self, code: CodeType | None, tests: list[str]) -> str:
        """Import the mutant in place of its module; one file of tests after the other, as their first tests come."""
        read = SourceFileLoader.get_code
        if code:
            SourceFileLoader.get_code = lambda self, name: code if self.path == code.co_filename else read(self, name)
            try:  # before pytest does it in its own way, for doctests
                importlib.import_module(module_of(str(Path(code.co_filename).relative_to(ROOT))))
            except Exception:
                return tests[0] if tests else ""
        for file in [*dict.fromkeys(test.split("::")[0] for test in tests)][: self.files]:
            here = [test for test in tests if test.split("::")[0] == file]
            failing = [here[0]]  # if pytest can't even begin
            Session([file], partial(self._first_failing, here, failing))
            if failing[-1]:
                return failing[-1]
        return ""

    def _first_failing(self, tests: list[str], failing: list[str], session: Session) -> None:
        failing.append(session.first_failing(tests, self.seconds))

    def pursue_all(self, mutants: list[Mutant], session: Session) -> None:
        """Let mutants of functions that are loaded meet their tests."""
        import_all()
        loaded = defaultdict(list)
        for f in gc.get_objects():
            if isinstance(f, FunctionType):
                loaded[f.__code__.co_filename, f.__code__.co_qualname, f.__code__.co_firstlineno].append(f)
        gc.freeze()  # so that forks share the memory

        def meet(code: CodeType | None, tests: list[str]) -> str:
            for key, mutated in functions_of(code).items() if code else ():
                for f in loaded[(code.co_filename, *key)]:
                    if f.__code__ != mutated:
                        f.__code__ = mutated
            return session.first_failing(tests, self.seconds)

        for mutant in mutants:
            self.pursue(mutant, meet)

    def report(self) -> None:
        """How many of each module's mutants the tests killed."""
        survived = Counter(mutant.path for mutant in self.survivors)
        for path, n in [*sorted(self.met.items()), ("all", self.met.total())]:
            lost = survived[path] if path != "all" else survived.total()
            print(f"{path:40} {n:5} mutants {lost:4} survived  {100 * (n - lost) / max(n, 1):5.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", help="autograd.ops, or a package, autograd.compiler")
    parser.add_argument("--sample", type=int, help="so many mutants of all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--tests", nargs="+", default=[], help="files of tests (default: all)")
    parser.add_argument("--patience", type=float, default=20, help="CPU seconds of tests that a mutant meets")
    parser.add_argument("--files", type=int, default=8, help="files of tests that a mutant meets that must be imported")
    given = parser.parse_args()
    paths = [path for module in given.modules for path in paths_of(module)]
    numbers = [(path, i) for path in paths for i in range(count(path))]
    if given.sample:
        numbers = random.Random(given.seed).sample(numbers, min(given.sample, len(numbers)))
    chosen = set(numbers)
    mutants = [m for path in paths for m in mutants_of(path, lambda i, path=path: (path, i) in chosen)]
    hunt = Hunt(cached_measurement(given.tests), given.patience, given.files)
    random.Random(given.seed).shuffle(mutants)  # so that those met so far are a fair sample, too
    try:
        for mutant in filter(hunt.on_import, mutants):
            hunt.pursue(mutant, hunt.meet_imported)
        Session(given.tests, partial(hunt.pursue_all, [m for m in mutants if not hunt.on_import(m)]))
    finally:
        hunt.report()


if __name__ == "__main__":
    main()
