"""The JavaScript of the pages: modules that fit together, and the tests that node runs on those apart from the DOM."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from test_player import diamond

from autograd import step
from autograd.view import scripts
from nn import MLP, Recorder, data, neuron_panel, panel, playground, watch

ROOT = Path(__file__).parent.parent
FOLDERS = [scripts.ASSETS, neuron_panel.ASSETS]
FILES = sorted(path for folder in FOLDERS for path in folder.iterdir())
MODULES = [path for path in FILES if path.suffix == ".js"]
TESTS = sorted((ROOT / "tests" / "js").glob("*.test.mjs"))
PROGRAMS = [
    [scripts.ASSETS / "player_page.js"],
    [scripts.ASSETS / "player_widget.js"],
    [neuron_panel.ASSETS / "panel.js"],
    [neuron_panel.ASSETS / "watch.js"],
    [neuron_panel.ASSETS / "playground.js"],
    [scripts.ASSETS / "erfc.js"],  # these two beside the rules that need them
    [scripts.ASSETS / "rounding.js"],
]
NETWORKS = [  # modules of nn that know no page
    "neuron", "network", "network_graph", "scalar_network", "training", "mersenne", "samples_drawn", "initial_weights",
    "gradient_paths", "playground_settings", "python_code", "own_samples", "saved_network", "sha256",
]  # fmt: skip
DEFINED = re.compile(r"^(export )?(?:function|class|const|let) (?:\[([^\]]*)\]|(\w+|σ))", re.MULTILINE)


def definitions(module: Path, exported: bool = False) -> list[str]:
    """The names that a module defines at its top level, or only those it exports."""
    found = DEFINED.findall(module.read_text())
    return [
        name
        for export, several, one in found
        if export or not exported
        for name in (several.split(", ") if several else [one])
    ]


@cache
def imports(module: Path) -> dict[Path, list[str]]:
    """File → names imported from it."""
    found = re.findall(r'^import \{([^}]*)\} from "([^"]+)";', module.read_text(), re.MULTILINE)
    return {(module.parent / name).resolve(): re.findall(r"\w+", names) for names, name in found}


def test_the_modules_apart_from_the_dom_do_what_they_say():
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node: apt-get install nodejs")
    if (
        int(subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout[1:].split(".")[0])
        < 20
    ):
        pytest.skip("needs node 20 or later, which has findLast, with and a test runner")
    all_in_one_process = "for (const file of process.argv.slice(1)) await import(file)"
    command = [node, "--input-type=module", "--eval", all_in_one_process, *map(str, TESTS)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert int(re.search(r"tests (\d+)", ran.stdout)[1]) >= 30


def test_the_trace_that_node_is_given_is_pythons():
    kept = json.loads((ROOT / "tests" / "js" / "diamond.json").read_text())
    made = json.loads(step(diamond(), update=0.1).json)
    assert {name: made[name] for name in kept} == kept


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_import_is_exported_where_it_comes_from_and_is_used(module):
    for origin, names in imports(module).items():
        assert origin in MODULES
        assert set(names) <= set(definitions(origin, exported=True)), origin.name
        for name in names:
            assert len(re.findall(rf"\b{name}\b", module.read_text())) > 1, name


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_imports_and_exports_have_the_form_that_joining_removes(module):
    joined = scripts.join_modules(module)
    assert not re.search(r"^\s*(import|export)\b", joined, re.MULTILINE)
    assert not re.search(r"\bimport\(", joined)


@cache
def code(module: Path, left_out: frozenset[str] = frozenset()) -> list[str]:
    """The lines of a module but for imports, comments and these functions, as it is joined."""
    lines, skipped = [], ""  # the end of what is being skipped
    for line in module.read_text().splitlines():
        begins = {"//": "", "/*": "*/", "import": ";", **{f"export function {name}(": "}" for name in left_out}}
        skips = next((start for start in begins if not skipped and line.lstrip().startswith(start)), None)
        if skips:
            skipped = begins[skips]
        elif not skipped:
            lines.append(line.removeprefix("export ").partition(" // ")[0].rstrip())
        if line == skipped if skipped == "}" else line.endswith(skipped):
            skipped = ""
    return lines


def unused(module: Path, program: list[Path], entries: list[Path]) -> frozenset[str]:
    """The functions of a module that a program of these modules, entered there, does not use."""
    others = [found for other in program for found in imports(other).get(module, [])]
    functions = re.findall(r"^export function (\w+)", module.read_text(), re.MULTILINE)
    own = [name for name in functions if re.search(rf"\b{name}\b", "\n".join(code(module, frozenset([name]))))]
    return frozenset() if module in entries else frozenset(functions) - {*others, *own}


@pytest.mark.parametrize("entries", PROGRAMS, ids=lambda entries: entries[-1].stem)
def test_a_program_is_the_code_of_its_modules_that_it_uses_without_comments(entries):
    joined, program = scripts.join_modules(*entries), scripts.modules_of(*entries)
    written = [line for module in program for line in code(module, unused(module, program, entries))]
    assert [line.lstrip() for line in joined.splitlines()[1:] if line] == [line.lstrip() for line in written if line]


def test_a_function_that_only_other_pages_use_is_left_out():
    player, panel = (scripts.join_modules(*entries) for entries in (PROGRAMS[0], PROGRAMS[2]))
    assert "function onTheme(" in panel
    assert "function onTheme(" not in player
    assert "function isDark(" in player


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_text_goes_over_several_lines_whose_indentation_joining_changes(module):
    assert all(line.count("`") % 2 == 0 for line in code(module))


@pytest.mark.parametrize("entries", PROGRAMS, ids=lambda entries: entries[-1].stem)
def test_no_two_modules_of_a_program_define_the_same_name(entries):
    names = Counter(name for module in scripts.modules_of(*entries) for name in definitions(module))
    assert [name for name, times in names.items() if times > 1] == []


def listed() -> list[list[str]]:
    """The modules of autograd line by line, as the docstring of scripts.py has them in reading order."""
    lines = [re.split(r"\s{2,}", line.strip())[0] for line in scripts.__doc__.splitlines() if line.startswith("    ")]
    return [[f"{name}.js" for name in re.findall(r"\w+", line)] for line in lines]


def test_modules_that_know_no_page_touch_no_page():
    lines = [line for line in scripts.__doc__.splitlines() if line.startswith("    ")]
    pure = {name for line, names in zip(lines, listed(), strict=True) if line.endswith("no DOM") for name in names}
    assert {"engine.js", "sentences.js", "levels.js"} <= pure
    names = ("neuron.js", "network.js", "network_graph.js", "scalar_network.js", "mersenne.js")
    networks = [neuron_panel.ASSETS / name for name in names]
    for module in [*(scripts.ASSETS / name for name in sorted(pure - {path.name for path in networks})), *networks]:
        assert not re.search(r"\b(document|window)\.|addEventListener", module.read_text()), module.name
        assert {path.name for path in imports(module)} <= pure | {path.name for path in networks}, module.name


def test_modules_are_listed_in_an_order_in_which_to_read_them():
    level = {name: i for i, line in enumerate(listed()) for name in line}
    assert set(level) == {path.name for path in scripts.ASSETS.glob("*.js")}
    for module in scripts.ASSETS.glob("*.js"):
        for imported in imports(module):
            assert level[imported.name] <= level[module.name], f"{module.name} imports {imported.name}"


def test_every_module_is_part_of_a_program():
    assert {module for entries in PROGRAMS for module in scripts.modules_of(*entries)} == set(MODULES)


def test_a_module_comes_after_those_it_imports_from():
    for entries in PROGRAMS:
        order = scripts.modules_of(*entries)
        for i, module in enumerate(order):
            assert set(imports(module)) <= set(order[:i])


def test_modules_that_import_each_other_are_refused(tmp_path):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\n')
    with pytest.raises(ImportError, match=r"import each other: a\.js → b\.js → a\.js"):
        scripts.join_modules(tmp_path / "a.js")


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=lambda path: path.name)
def test_lines_fit(path):
    lines = path.read_text().splitlines()
    assert max(map(len, lines)) <= 120
    assert len(lines) <= 400, "one idea per file"


# Bytes, gzipped. The playground has the player in it, which opens a sample of the network that was made in the page.
@pytest.mark.parametrize(
    ("name", "most"), [("step", 45_000), ("panel", 45_000), ("watch", 45_000), ("playground", 85_000)]
)
def test_program_and_style_are_small(name, most):
    recorder = Recorder(MLP([2, 2, 1], seed=0), data.XOR.X, data.XOR.y, loss="logistic")
    pages = {
        "step": lambda: step(diamond()),
        "panel": panel,
        "watch": lambda: watch(recorder),
        "playground": playground,
    }
    page = pages[name]()
    assert len(gzip.compress((page.script + page.style).encode())) < most
