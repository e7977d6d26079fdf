"""Every notebook in JupyterLab, as a lecturer opens it: Run All, no cell fails, no page in it complains."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
FRAMES = ".jp-OutputArea-output iframe[srcdoc]"
ERROR, STDERR = (f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr"))


def code_of(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def without_outputs(notebook: dict) -> dict:
    """So that what is seen at the end was made here."""
    for cell in code_of(notebook):
        cell.update(outputs=[], execution_count=None)
    return notebook


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_notebook_runs_in_jupyterlab_and_nothing_complains(tab, jupyter, file):
    (jupyter.folder / file.name).write_text(json.dumps(without_outputs(json.loads(file.read_text()))))
    page = tab(allowed=(jupyter.address, "data:", "blob:"), source="about:srcdoc")
    shouted: list[str] = []
    page.on("console", lambda message: message.type == "error" and shouted.append(message.text))
    page.on("pageerror", lambda error: shouted.append(str(error)))
    page.set_default_timeout(60_000)
    page.goto(f"{jupyter.address}/lab/tree/{file.name}?token=t&reset")
    page.locator(".jp-CodeCell").first.wait_for()
    jupyter.run_all(page, file.name)
    prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt")
    prompts.last.filter(has_text="]:").filter(has_not_text="*").or_(page.locator(ERROR)).first.wait_for()
    assert page.locator(f"{ERROR}, {STDERR}").all_text_contents() == []
    committed = code_of(json.loads(file.read_text()))
    assert prompts.all_text_contents() == [f"[{i}]:" for i in range(1, len(committed) + 1)]
    framed = sum("<iframe srcdoc" in json.dumps(output) for cell in committed for output in cell["outputs"])
    assert page.locator(FRAMES).count() == framed
    for i in range(framed):
        page.locator(FRAMES).nth(i).content_frame.locator("button").first.wait_for(state="attached")
    assert shouted == []
