"""The direction of imports (DESIGN, "Layout"): a file imports only from its left."""

from __future__ import annotations

import ast
import importlib
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parent.parent

# errors ← ops ← readings ← backprop ← value ← {functional, gradient_check, …} ← nn
LADDER = [
    ["errors", "files", "html_table", "operands"],
    ["contexts", "gamma", "ops", "update_rules"],
    ["readings", "backprop"],
    ["elementary"],
    ["symbols"],
    ["copying", "freeing", "nonfinite", "steps", "wording"],
    ["value"],
    ["forgetting", "functions"],
    ["arrays"],
    ["functional", "gradient_check", "explanation", "view", "compiler", "expressions"],
]
CORE = [name for names in LADDER[:-1] for name in names] + ["functional", "gradient_check", "explanation"]
RANK = {name: rank for rank, names in enumerate(LADDER) for name in names}
OUTSIDE = {"__init__", "__main__", "commands"}  # the public names, and the command line, see everything
EXCEPTIONS = {("value", "view")}  # a Value's rich repr: lazy, one function


def imports_in(source: str, module: str = "m", is_package: bool = False) -> list[tuple[str, str, bool]]:
    """(module, name or "", lazy?) for every import in a file, those for type checking too, relative ones made absolute."""
    found = []

    def walk(node, lazy):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name, "", lazy) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                parts = module.split(".")
                package = parts if is_package else parts[:-1]
                base = package[: len(package) - child.level + 1] if child.level else []
                origin = ".".join([*base, *([child.module] if child.module else [])])
                found.extend((origin, alias.name, lazy) for alias in child.names)
            walk(child, lazy or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)))

    walk(ast.parse(source), False)
    return found


def files_of(package: str) -> dict[str, Path]:
    """Dotted module name → file."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in sorted((ROOT / package).rglob("*.py"))
        if "__pycache__" not in path.parts
    }


def parts_imported(module: str, path: Path) -> set[tuple[str, bool]]:
    """The parts of autograd ("ops", "view") that a file imports, and whether lazily."""
    parts = set()
    for origin, name, lazy in imports_in(path.read_text(), module, path.name == "__init__.py"):
        steps = origin.split(".")
        if steps[0] == "autograd":
            part = steps[1] if len(steps) > 1 else name if name in RANK else "__init__"
            parts.add((part, lazy))
    return parts


def part_of(module: str) -> str:
    steps = module.split(".")
    return steps[1] if len(steps) > 1 else "__init__"


@pytest.mark.parametrize("module", [m for m in files_of("autograd") if part_of(m) not in OUTSIDE])
def test_a_file_imports_only_from_its_left(module):
    mine = part_of(module)
    assert mine in RANK, f"autograd/{mine} has no place in the layout: give it one in DESIGN and here"
    for theirs, lazy in parts_imported(module, files_of("autograd")[module]):
        if theirs == mine or (lazy and (mine, theirs) in EXCEPTIONS):
            continue
        assert theirs != "__init__", f"{module} imports from autograd itself; name the file"
        assert RANK.get(theirs, 99) < RANK[mine], f"{module} imports autograd.{theirs}"


def test_the_core_is_read_in_an_hour():
    """value.py and all it needs beside the op table and its functions: at most a thousand lines, declared methods not counted."""
    core, waiting = set(), ["value"]
    while waiting:
        part = waiting.pop()
        core.add(part)
        path = ROOT / "autograd" / f"{part}.py"
        needed = {theirs for theirs, lazy in parts_imported(f"autograd.{part}", path) if not lazy}
        waiting += needed - core - {"ops", "elementary"}
    texts = [(ROOT / "autograd" / f"{part}.py").read_text() for part in core]
    declared = re.compile(
        r"^        def \w+\(self.*\) -> Value: \.\.\.$"
    )  # written by the table, read by type checkers
    assert sum(not declared.match(line) for text in texts for line in text.splitlines()) <= 1000, core


def test_the_readme_of_the_engine_lists_every_file():
    text = (ROOT / "autograd" / "README.md").read_text()
    parts = {part_of(module) for module in files_of("autograd")} - {"__init__"}
    assert not {part for part in parts if f"`{part}.py`" not in text and f"`{part}/`" not in text}


def test_the_engine_knows_nothing_of_networks():
    for module, path in files_of("autograd").items():
        if part_of(module) in ("__main__", "commands"):
            continue
        assert not [origin for origin, _, _ in imports_in(path.read_text(), module) if origin.split(".")[0] == "nn"], (
            module
        )


def test_the_one_import_against_the_stream_is_used_once():
    path = ROOT / "autograd" / "value.py"
    against = [
        (origin, name)
        for origin, name, lazy in imports_in(path.read_text(), "autograd.value")
        if "view" in (*origin.split("."), name)
    ]
    assert len(against) <= 1


@pytest.mark.parametrize("module", [m for m in files_of("nn") if part_of(m) not in OUTSIDE - {"__init__"}])
def test_networks_use_public_names_of_the_engine_only(module):
    path = files_of("nn")[module]
    source = path.read_text()
    for origin, name, _ in imports_in(source, module, path.name == "__init__.py"):
        if origin.split(".")[0] == "autograd":
            public = importlib.import_module(origin).__all__
            assert not name or name in public, f"{module} imports {origin}.{name}, which is not public"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "autograd":
            assert node.attr in autograd.__all__ or node.attr == "__version__", f"{module} uses autograd.{node.attr}"


@pytest.mark.parametrize("module", [m for m in files_of("autograd") if part_of(m) in CORE])
def test_the_engine_imports_only_the_standard_library_when_loaded(module):
    import sys

    for origin, _, lazy in imports_in(files_of("autograd")[module].read_text(), module):
        assert lazy or origin.split(".")[0] in sys.stdlib_module_names | {"autograd"}, f"{module} imports {origin}"


# ── no circles ──────────────────────────────────────────────────────────────


def import_graph(packages: tuple[str, ...] = ("autograd", "nn")) -> dict[str, set[str]]:
    """Module → the modules that it imports, at any time: when it is loaded, lazily, and for type checking."""
    files = {
        module.removesuffix(".__init__"): path for package in packages for module, path in files_of(package).items()
    }
    graph = {}
    for module, path in files.items():
        imported = imports_in(path.read_text(), module, path.name == "__init__.py")
        found = {f"{origin}.{name}" if f"{origin}.{name}" in files else origin for origin, name, _ in imported}
        graph[module] = found & files.keys()
    return graph


def a_circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle, the first one again at the end; [] if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1][::-1]
    return []


def test_modules_import_each_other_in_no_circle():
    graph = import_graph()
    graph["autograd.value"] -= {module for module in graph["autograd.value"] if module.startswith("autograd.view")}
    assert a_circle_in(graph) == []
    assert {"autograd.view.svg", "autograd.compiler.tape", "nn.lab.verdict"} <= graph.keys()


def test_a_circle_of_imports_is_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}}
    assert a_circle_in(graph) in (["b", "c", "b"], ["c", "b", "c"])
    assert a_circle_in({"a": {"a"}}) == ["a", "a"]
    assert a_circle_in({"a": {"b"}, "b": set()}) == []


def test_the_compiler_lists_its_files_in_the_order_in_which_a_graph_passes_through_them():
    from autograd import compiler

    listed = re.findall(r"`(\w+)\.py`", compiler.__doc__)
    files = [path.stem for path in files_of("autograd/compiler").values()]
    assert sorted([*listed, "__init__"]) == sorted(files)
    stages = ["tape", "reroll", "emit", "source", "executor", "compilation", "program", "decorator"]
    assert [name for name in listed if name in stages] == stages


def test_the_reader_of_imports_sees_every_form():
    source = """
import a.b, c as d
from e.f import g, h
from . import i
from .j import k
from ..l import m
if TYPE_CHECKING:
    from n import o
try:
    import p
except ImportError:
    pass
def f():
    from q import r
    class C:
        import s
"""
    found = imports_in(source, "x.y.z")
    assert found == [
        ("a.b", "", False), ("c", "", False), ("e.f", "g", False), ("e.f", "h", False), ("x.y", "i", False), ("x.y.j", "k", False),
        ("x.l", "m", False), ("n", "o", False), ("p", "", False), ("q", "r", True), ("s", "", True),
    ]  # fmt: skip
    assert imports_in("from .j import k", "x.y", is_package=True) == [("x.y.j", "k", False)]


def test_every_public_name_of_a_module_is_defined_there_or_given_on():
    for module, path in files_of("autograd").items():
        tree = ast.parse(path.read_text())
        public = next(
            (
                ast.literal_eval(n.value)
                for n in tree.body
                if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "__all__"
            ),
            [],
        )
        assert len(public) == len(set(public)), module
        if part_of(module) in RANK and module.count(".") == 1 and path.name != "__init__.py":
            defined = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))} | {
                t.id
                for n in tree.body
                if isinstance(n, (ast.Assign, ast.AnnAssign))
                for t in (n.targets if isinstance(n, ast.Assign) else [n.target])
                if isinstance(t, ast.Name)
            }
            assert set(public) <= defined, (module, set(public) - defined)
