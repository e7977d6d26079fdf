"""Student's versions: nothing of a solution is left. That what is left still runs: test_notebooks.py."""

import json

import pytest

from autograd.__main__ import main
from nn.lab.student import student_version, without_solutions


def region(*lines, before=(), after=("check(a)",)):
    return "\n".join([*before, "### BEGIN SOLUTION", *lines, "### END SOLUTION", *after])


def code(source, *tags, outputs=()):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"tags": [*tags]},
        "outputs": [*outputs],
        "execution_count": 1,
    }


def saved(tmp_path, *cells, name="lesson.ipynb", **more):
    path = tmp_path / name
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}))
    return path


# ── one cell ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("solution", "left"),
    [
        (["a = 0.42 * 2.0"], ["a = ..."]),
        (["a = b = 2"], ["a = ...", "b = ..."]),
        (["a, (b, *c) = f()"], ["a = ...", "b = ...", "c = ..."]),
        (["a: float = 1.0"], ["a = ..."]),
        (["# the chain rule", "a = 1", "a += 2", "print(a)"], ["a = ..."]),
        (["a = 0", "for k in range(3):", "    a += k", "    last = k"], ["a = ...", "last = ..."]),
        (["a = [k for k in range(3)]"], ["a = ..."]),
        (["if (n := 3) > 2:", "    a = n"], ["n = ...", "a = ..."]),
        (["def a(x):", "    y = 2 * x", "    return y"], ["def a(x):", "    ..."]),
        (["def a(x: float = 1.0, *rest, k=2) -> float:", '    """Twice x."""', "    return 2 * x"],
         ["def a(x: float=1.0, *rest, k=2) -> float:", '    """Twice x."""', "    ..."]),
        (["a = lambda x: 2 * x"], ["a = ..."]),
    ],
)  # fmt: skip
def test_every_name_of_a_solution_becomes_three_dots(solution, left):
    assert without_solutions(region(*solution)) == "\n".join([*left, "check(a)"])


def test_what_stands_around_solutions_stays_as_it_was():
    source = "\n".join(
        [region("a = 1", before=["x = 2  # given"], after=["", "b = x"]), region("c = 3", after=["check(c)"])]
    )
    assert without_solutions(source) == "x = 2  # given\na = ...\n\nb = x\nc = ...\ncheck(c)"


def test_a_solution_may_stand_inside_a_block():
    source = "for k in range(2):\n    ### BEGIN SOLUTION\n    a = k\n    ### END SOLUTION\n    print(a)"
    assert without_solutions(source) == "for k in range(2):\n    a = ...\n    print(a)"


def test_a_solution_may_be_the_body_of_a_function():
    source = "def a(x):\n    y = 2 * x  # given\n    ### BEGIN SOLUTION\n    z = y * y\n    if z > 1:\n        return z\n    return 1\n    ### END SOLUTION\n\n\ncheck(a)"
    assert without_solutions(source) == "def a(x):\n    y = 2 * x  # given\n    ...\n\n\ncheck(a)"


def test_a_cell_without_solution_is_untouched():
    assert without_solutions("a = 1\n\n") == "a = 1\n\n"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("### BEGIN SOLUTION\na = 1", "without '### END SOLUTION'"),
        ("a = 1\n### END SOLUTION", "they come in pairs"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\na = 1\n### END SOLUTION", "they come in pairs"),
        ("# BEGIN SOLUTION\na = 1\n### END SOLUTION", "'# BEGIN SOLUTION' is not a mark"),
        (region("a ="), "not Python: invalid syntax in its line 1"),
        (region("%timeit f()"), "not Python"),
        (region("optimizer.step()"), "nothing to fill in"),
        (region(), "nothing to fill in"),
        (region("class A:", "    def b(self):", "        return 1"), "defines a class, A"),
    ],
)
def test_marks_that_do_not_match_are_an_error(source, says):
    with pytest.raises(ValueError, match=says):
        without_solutions(source)


# ── one notebook ────────────────────────────────────────────────────────────


def test_instructor_cells_go_and_outputs_that_show_answers_go_with_them():
    notebook = {"cells": [
        code("w = 2", outputs=["kept"]), code(region("a = w"), "exercise", outputs=["✓ right"]),
        code("assert check(2)", "instructor"), code("print(a)", outputs=["2"]), code("print(w)", outputs=["kept"]),
        {"cell_type": "markdown", "source": "a word on a", "metadata": {}},
    ]}  # fmt: skip
    cells = student_version(notebook)["cells"]
    assert ["".join(c["source"]) for c in cells] == [
        "w = 2",
        "a = ...\ncheck(a)",
        "print(a)",
        "print(w)",
        "a word on a",
    ]
    assert [c.get("outputs") for c in cells] == [["kept"], [], [], ["kept"], None]
    assert notebook["cells"][1]["outputs"] == ["✓ right"]  # the instructor's is untouched


def test_a_function_that_a_solution_is_part_of_gives_the_answer_away_too():
    body = ["def double(", "    x,", "):", "    factor = 2  # given", "    ### BEGIN SOLUTION", "    {}", "    ### END SOLUTION", "    return y"]  # fmt: skip
    for solution in ("return factor * x", "y = factor * x"):
        cells = [code("\n".join(body).format(solution)), code("double(3)", outputs=["6"]), code("2 + 3", outputs=["5"])]
        assert [c["outputs"] for c in student_version({"cells": cells})["cells"]] == [[], [], ["5"]]


def test_what_stands_between_the_marks_of_a_text_cell_is_left_out():
    text = {"cell_type": "markdown", "metadata": {}, "source": region("Because the slope is 0.", after=["", "Next."])}
    (cell,) = student_version({"cells": [text]})["cells"]
    assert "".join(cell["source"]) == "…\n\nNext."
    assert set(cell) == set(text)
    with pytest.raises(ValueError, match="cell 1: '### BEGIN SOLUTION' without"):
        student_version({"cells": [{**text, "source": "### BEGIN SOLUTION\nBecause"}]})


def test_the_command_writes_into_a_folder_under_the_same_name(tmp_path, capsys):
    paths = [saved(tmp_path, code(region("a = 1")), name=name) for name in ("1.ipynb", "2.ipynb")]
    assert main(["student", *map(str, paths), "-o", str(tmp_path / "for" / "students")]) == 0
    written = sorted((tmp_path / "for" / "students").iterdir())
    assert capsys.readouterr().out.splitlines() == [f"wrote {path}" for path in written]
    assert all("SOLUTION" not in path.read_text() for path in written)


def problems(tmp_path):
    good = code(region("a = 1"))
    (tmp_path / "text.ipynb").write_text("# a title")
    (tmp_path / "binary.ipynb").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "deep.ipynb").write_text("[" * 100_000)
    return {
        "missing.ipynb": "no such file", "text.ipynb": "not a notebook of format 4", "binary.ipynb": "not a notebook", "deep.ipynb": "not a notebook",
        saved(tmp_path, name="old.ipynb", cells=None, worksheets=[]).name: "not a notebook",
        saved(tmp_path, 3, name="number.ipynb").name: "not a notebook",
        saved(tmp_path, {"cell_type": "code"}, name="empty.ipynb").name: "not a notebook",
        saved(tmp_path, good, code("### END SOLUTION"), name="marks.ipynb").name: "cell 2: '### END SOLUTION' stands",
    }  # fmt: skip


def test_a_file_that_cannot_be_used_costs_one_line_and_exit_code_2(tmp_path, capsys):
    for name, says in problems(tmp_path).items():
        assert main(["student", str(tmp_path / name), "-o", str(tmp_path / "out")]) == 2
        error = capsys.readouterr().err
        assert says in error, error
        assert error.count("\n") == 1
        assert not (tmp_path / "out").exists()


def test_the_instructors_version_is_never_written_over(tmp_path, capsys):
    path = saved(tmp_path, code(region("a = 1")))
    before = path.read_text()
    assert main(["student", str(path), "-o", str(tmp_path / "." / "")]) == 2
    assert "give another folder" in capsys.readouterr().err
    assert path.read_text() == before


def test_a_folder_that_cannot_be_made_costs_one_line(tmp_path, capsys):
    path = saved(tmp_path, code(region("a = 1")))
    assert main(["student", str(path), "-o", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
