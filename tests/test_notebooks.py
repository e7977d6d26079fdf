"""The notebooks: what each opens with and ends on, its exercises, its slides, its outputs, and what one run of it shows."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nn.lab.pictures import thumbnail
from nn.lab.student import write_student_version
from nn.lab.verdict import UNANSWERED

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [file for file in FILES if not file.name.startswith("00")]  # the quickstart comes before the lecture
MOST_BYTES = 1_500_000
SLIDE_TYPES = {"slide", "subslide", "fragment", "-", "skip", "notes"}
ROWS, SLIPS = set(range(1, 19)), set(range(1, 13))  # of the lecture: nn/README.md, notebooks/README.md

PATHS = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]

each = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_lesson = pytest.mark.parametrize("file", LESSONS, ids=lambda file: file.stem)


def cells_of(file: Path, kind: str = "") -> list[dict]:
    cells = json.loads(file.read_text())["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells if kind in cell["cell_type"]]


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def is_exercise(cell: dict) -> bool:
    return "exercise" in tags(cell) and cell["cell_type"] == "code"


def exercises(cells: list[dict]) -> list[tuple[str, str]]:
    """Of each exercise, the source of its solution and of the instructor's cell behind it."""
    return [
        ("".join(cell["source"]), "".join(cells[i + 1]["source"])) for i, cell in enumerate(cells) if is_exercise(cell)
    ]


def frames_of(notebook: dict) -> int:
    """How many of its outputs are pages."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return sum("<iframe srcdoc" in json.dumps(output) for output in outputs)


def outputs_of(file: Path) -> list[dict]:
    return [output for cell in cells_of(file, "code") for output in cell["outputs"]]


# ── how one begins and ends ─────────────────────────────────────────────────


@each
def test_a_notebook_opens_with_its_title_and_one_sentence(file):
    first = cells_of(file)[0]
    assert first["cell_type"] == "markdown"
    title, sentence = first["source"].strip().split("\n\n")
    number = file.stem[:2].lstrip("0")
    assert re.match(rf"# {number}\. \S" if number else r"# \S", title)
    assert re.fullmatch(r"This notebook shows\b[^\n]+\.", sentence)
    assert not re.search(r"[.!?] ", sentence), "one sentence"


@each
def test_a_notebook_ends_on_what_was_learned_and_asserts_it(file):
    *_, heading = [cell["source"] for cell in cells_of(file, "markdown") if cell["source"].startswith("## ")]
    title, *learned = heading.splitlines()
    assert title.endswith("What you learned")
    assert 3 <= sum(line.startswith("- ") for line in learned) <= 5
    last = cells_of(file)[-1]
    assert last["cell_type"] == "code"
    assert not tags(last)
    assert any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(last["source"])))


def test_the_quickstart_steps_plays_and_watches_and_its_steps_start_from_0():
    quickstart = FILES[0]
    code = "\n".join(cell["source"] for cell in cells_of(quickstart, "code"))
    assert all(call in code for call in ("\nstep(y)", "\npanel(", "\nwatch("))
    assert frames_of(json.loads(quickstart.read_text())) == 3
    (steps,) = [cell for cell in cells_of(quickstart, "code") if "in backward_steps(" in cell["source"]]
    printed = "".join("".join(output["text"]) for output in steps["outputs"]).splitlines()
    assert len(printed) == 5
    assert all(": 0.0000 + " in line for line in printed)


def test_the_lecture_is_ten_lessons_in_order():
    assert [int(file.name[:2]) for file in LESSONS] == list(range(1, 11))


@pytest.mark.parametrize(("what", "wanted"), [("rows", ROWS), ("slips", SLIPS)])
def test_every_row_and_every_slip_of_the_lecture_has_its_cell(what, wanted):
    cells = [cell for file in LESSONS for cell in cells_of(file, "markdown")]
    assert {number for cell in cells for number in cell["metadata"].get("lecture", {}).get(what, [])} == wanted


@each
def test_only_the_lecturer_reads_of_rows_and_slips(file):
    for cell in cells_of(file):
        if slips := cell["metadata"].get("lecture", {}).get("slips"):
            assert tags(cell) == ["instructor"]
            assert cell["source"].startswith("*For the lecturer.* ")
            assert [int(n) for n in re.findall(r"\(slip (\d+)\)", cell["source"])] == slips
        elif "instructor" not in tags(cell):
            assert not re.search(r"\b(lecture row|slip|slide)s?\b", cell["source"], re.IGNORECASE), cell["source"]


# ── cells ───────────────────────────────────────────────────────────────────


@each
def test_notebooks_argue_and_packages_define(file):
    for cell in cells_of(file, "code"):
        tree = ast.parse(re.sub(r"^[%!].*$", "", cell["source"], flags=re.MULTILINE))
        long = [f.name for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.end_lineno - f.lineno >= 10]
        assert not long, f"{long} should be in the package: more than ten lines"
        assert len(cell["source"].splitlines()) <= 16, cell["source"]


@each_lesson
def test_a_lesson_has_two_or_three_exercises(file):
    cells = cells_of(file)
    answers = [i for i, cell in enumerate(cells) if "exercise" in tags(cell) and cell["cell_type"] == "code"]
    assert 2 <= len(answers) <= 3
    for i in answers:
        task, code, instructor = cells[i - 1 : i + 2]
        assert (task["cell_type"], tags(task)) == ("markdown", ["exercise"])
        assert code["source"].count("### BEGIN SOLUTION") == code["source"].count("### END SOLUTION") == 1
        assert re.search(r"check_\w+\(.+\)$", code["source"].rstrip()), "ends on the verdict"
        assert (instructor["cell_type"], tags(instructor)) == ("code", ["instructor"])
        assert "assert check_" in instructor["source"]
        assert ".mistake ==" in instructor["source"], "a typical wrong answer is named"
    checks = [cell for cell in cells if "instructor" in tags(cell) and "assert check_" in cell["source"]]
    assert len(checks) == len(answers)


@each
def test_every_cell_knows_its_place_in_a_slide_show(file):
    cells = cells_of(file)
    types = [cell["metadata"]["slideshow"]["slide_type"] for cell in cells]
    assert types[0] == "slide"
    assert set(types) <= SLIDE_TYPES
    for cell, kind in zip(cells, types, strict=True):
        if cell["source"].startswith("## "):
            assert kind in ("slide", "subslide"), "a section begins a slide"
        if "instructor" in tags(cell):
            assert kind == ("notes" if cell["cell_type"] == "markdown" else "skip"), "not before the class"


# ── what is committed ───────────────────────────────────────────────────────


@each
def test_outputs_are_those_of_one_run_from_top_to_bottom(file):
    counts = [cell["execution_count"] for cell in cells_of(file, "code")]
    assert counts == list(range(1, len(counts) + 1))


@each
def test_outputs_hold_no_error_and_no_noise(file):
    assert not [output for output in outputs_of(file) if output["output_type"] == "error"]
    assert not [output["text"] for output in outputs_of(file) if output.get("name") == "stderr"]


@each
def test_a_notebook_is_small_and_without_time_stamps(file):
    assert file.stat().st_size < MOST_BYTES
    assert not [cell for cell in cells_of(file) if "execution" in cell["metadata"]]
    metadata = json.loads(file.read_text())["metadata"]
    assert set(metadata) == {"kernelspec", "language_info"}
    assert metadata["kernelspec"]["name"] == "python3"


@each
def test_no_output_names_a_place_on_the_machine_that_made_it(file):
    home = re.compile(r"/(?:home|root|work|tmp|Users)/\w+|site-packages")
    assert not home.findall(file.read_text())


@each_lesson
def test_the_table_of_contents_shows_a_picture_of_the_notebook_as_it_is(file):
    shown = thumbnail(json.loads(file.read_text()))
    assert shown is not None, "no cell is tagged `picture`"
    picture = f"figures/lesson-{file.name[:2]}{shown.suffix}"
    assert (file.parent / picture).read_bytes() == shown.content, "run python -m nn.lab.pictures"
    assert f"({picture})" in (file.parent / "README.md").read_text()


# ── other ways to show them ─────────────────────────────────────────────────


@each
def test_a_deck_shows_none_of_the_instructors_cells(file):
    types = [(cell["metadata"]["slideshow"]["slide_type"], cell) for cell in cells_of(file)]
    assert types[0][0] == "slide"
    shown = [cell for kind, cell in types if kind not in ("skip", "notes")]
    assert any(cell["cell_type"] == "code" for cell in shown)
    assert not [cell["source"] for cell in shown if re.search(r"assert.{0,60}check_", cell["source"])]


@pytest.mark.slow
def test_a_notebook_becomes_a_deck_of_these_slides(tmp_path, without_parsers):
    """One of them: nbconvert takes a second for each."""
    file = FILES[9]
    settings = ["--config", ROOT / "notebooks/slides.py", "--output-dir", tmp_path]
    command = [sys.executable, "-m", "nbconvert", *settings, file]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([without_parsers, *PATHS])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    types = [cell["metadata"]["slideshow"]["slide_type"] for cell in cells_of(file)]
    assert set(types) == SLIDE_TYPES, "every kind of cell"
    deck = (tmp_path / f"{file.stem}.slides.html").read_text()
    assert deck.count("<section>") == 2 * types.count("slide") + types.count("subslide")  # a column, and its slides
    assert deck.count("jp-CodeCell") > 0
    assert not re.search(r"assert.{0,60}check_", deck)
    assert "{text-transform:none}" in deck  # δ stays δ in a heading


# ── one run of each ─────────────────────────────────────────────────────────

WITHOUT_GRAPHVIZ = {
    "00_quickstart",
    "02_chain_rule",
    "06_backprop",
}  # those that draw most; the others have what is there
WITHOUT_KERNEL = "Cannot read properties of null (reading 'kernel')"  # JupyterLab's widgets, where there is none
FRAMES = ".jp-OutputArea-output iframe[srcdoc]"
ERROR, STDERR = (f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr"))


@pytest.fixture(scope="session")  # what needs the browser comes later, after other files
def without_graphviz(tmp_path_factory):
    """An environment in which there is neither ``dot`` nor pygraphviz."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "pygraphviz.py").write_text('raise ImportError("not here")\n')
    return {"PATH": str(folder), "PYTHONPATH": os.pathsep.join(map(str, [folder, *PATHS]))}


def test_there_is_no_graphviz_where_it_is_taken_away(without_graphviz, run_python):
    source = "from autograd import Value, draw; print(draw(Value(1.0) + 2.0).engine)"
    assert run_python(source, **without_graphviz).strip() == "builtin"


def with_solutions_tried(student: dict, instructor: dict) -> dict:
    """The student's version; after every exercise, its solution and the instructor's cell in a copy of the namespace.

    So one run shows both: what comes after an exercise does not need it answered, and the answer is right.
    """
    cells, tries = student["cells"], exercises(instructor["cells"])
    assert len(tries) == sum(is_exercise(cell) for cell in cells)
    for cell in reversed([*cells]):
        if is_exercise(cell):
            solution, check = tries.pop()
            trial = f"_solved = {{**globals()}}\nexec({solution!r}, _solved)\nexec({check!r}, _solved)"
            cells.insert(
                cells.index(cell) + 1,
                {**cell, "id": f"try-{len(tries)}", "source": trial, "metadata": {"tags": ["trial"]}},
            )
    return student


@pytest.fixture(scope="session")
def executed(tmp_path_factory, without_graphviz):
    """A notebook's file → its student's version with all outputs, once run with the solutions tried. Each runs once."""
    import nbformat
    from nbclient import NotebookClient

    folder, done = tmp_path_factory.mktemp("students"), {}

    def run(file):
        student = json.loads(write_student_version(file, folder).read_text())
        notebook = nbformat.reads(json.dumps(with_solutions_tried(student, json.loads(file.read_text()))), as_version=4)
        environment = without_graphviz if file.stem in WITHOUT_GRAPHVIZ else {"PYTHONPATH": os.pathsep.join(PATHS)}
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(file.parent)}})
        with ThreadPoolExecutor(1) as elsewhere:  # Playwright may have an event loop in this thread
            elsewhere.submit(asyncio.run, client.async_execute(env={**os.environ, **environment})).result()
        notebook.cells = [cell for cell in notebook.cells if "trial" not in tags(cell)]
        return json.loads(nbformat.writes(notebook))

    def once(file):
        if file not in done:
            try:
                done[file] = run(file)
            except Exception as error:
                done[file] = error
        if isinstance(done[file], Exception):
            raise done[file]
        return done[file]

    return once


@each
def test_a_notebook_runs_its_claims_hold_and_its_solutions_are_right(file, executed):
    notebook = executed(file)
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert outputs
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert frames_of(notebook) == frames_of(json.loads(file.read_text()))


@each_lesson
def test_the_students_version_says_what_is_not_answered_yet(file, executed):
    notebook = executed(file)
    text = json.dumps(notebook)
    assert "SOLUTION" not in text
    assert '"instructor"' not in text
    for cell in filter(is_exercise, notebook["cells"]):
        assert UNANSWERED in json.dumps(cell["outputs"], ensure_ascii=False).lower(), cell["source"]


def shown_together(notebooks: list[dict]) -> dict:
    """Their cells that show more than text, in one notebook: JupyterLab takes longest for all the others."""
    shows = [
        {**cell, "id": f"{i}-{cell['id']}"}
        for i, notebook in enumerate(notebooks)
        for cell in notebook["cells"]
        if any("data" in output for output in cell.get("outputs", []))
    ]
    return {**notebooks[0], "cells": shows}


def test_notebooks_show_their_pages_in_jupyterlab_and_nothing_complains(executed, lab, lab_page, jupyter):
    notebook = shown_together([executed(file) for file in FILES])
    counts = [cell["execution_count"] for cell in notebook["cells"]]
    jupyter.trust("all.ipynb", notebook)
    shouted: list[str] = []
    lab_page.on("console", lambda message: message.type == "error" and shouted.append(message.text))
    lab_page.on("pageerror", lambda error: WITHOUT_KERNEL in str(error) or shouted.append(str(error)))
    page = lab("all.ipynb")
    page.locator(".jp-CodeCell .jp-InputArea-prompt").nth(len(counts) - 1).wait_for(state="attached")
    assert page.locator(".jp-CodeCell .jp-InputArea-prompt").all_text_contents() == [f"[{i}]:" for i in counts]
    assert page.locator(f"{ERROR}, {STDERR}").all_text_contents() == []
    assert page.locator(FRAMES).count() == frames_of(notebook)
    for i in range(frames_of(notebook)):
        page.locator(FRAMES).nth(i).content_frame.locator("button").first.wait_for(state="attached")
    assert shouted == []


# ── opened by who has not trusted it, as after a clone ───────────────────────

OUTPUT = ".jp-OutputArea-output"
SHOWN = """(images) => Promise.all(images.map(async (image) => {
    await image.decode();
    const { width, height } = image.getBoundingClientRect();
    const room = image.closest(".jp-OutputArea-output").clientWidth;
    return { width, fits: width <= room, shape: width / height / (image.naturalWidth / image.naturalHeight), alt: image.alt };
}))"""


def markup_of(notebook: dict) -> list[str]:
    """The HTML of its outputs, without what its pages hold."""
    data = [output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return ["".join(formats["text/html"]) for formats in data if "text/html" in formats]


def test_a_notebook_that_is_not_trusted_shows_every_picture_and_table(lab, jupyter):
    notebook = shown_together([json.loads(file.read_text()) for file in FILES])
    notebook["metadata"]["title"] = "not the one that was trusted above"
    (jupyter.folder / "untrusted.ipynb").write_text(json.dumps(notebook))
    page = lab("untrusted.ipynb")
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    drawn = sum(html.count("<img") for html in markup_of(notebook))
    plotted = sum("image/png" in output.get("data", {}) for output in outputs)
    assert drawn >= frames_of(notebook)  # a page has its poster
    page.locator(f"{OUTPUT} img").nth(drawn + plotted - 1).wait_for(state="attached")
    images = page.locator(f"{OUTPUT} img").evaluate_all(SHOWN)
    assert len(images) == drawn + plotted
    assert all(image["width"] > 100 and image["fits"] and abs(image["shape"] - 1) < 0.02 for image in images)
    assert sum(bool(image["alt"]) for image in images) >= drawn
    tables = sum(html.count("<table") for html in markup_of(notebook))
    assert page.locator(f"{OUTPUT} table").count() == tables
    explained = sum("text/markdown" in output.get("data", {}) for output in outputs)
    assert page.locator(f"{OUTPUT}.jp-RenderedMarkdown mjx-container").count() >= explained
    assert page.locator(f"{OUTPUT}.jp-RenderedMarkdown pre").count() == explained
    assert page.locator(f"{OUTPUT} iframe").count() == 0
    assert not re.search("<(Picture|Player|Page) ", "".join(page.locator(OUTPUT).all_text_contents()))
