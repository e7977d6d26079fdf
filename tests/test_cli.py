"""The command line: it does what it says, and a mistake costs one line."""

import json
import math
import os
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd.__main__ import main
from autograd.expressions import read_number
from nn import MLP


def run(capsys, *argv):
    """(exit code, what it printed, what it said on the error stream)."""
    try:
        code = main(list(argv))
    except SystemExit as end:
        code = end.code
    return code, *capsys.readouterr()


def test_draw_prints_value_and_gradients_and_writes_the_picture(tmp_path, capsys):
    path = tmp_path / "g.svg"
    code, out, _ = run(capsys, "draw", "tanh(w*x + b)", "w=1", "x=2", "b=-0.5", "-o", str(path))
    assert code == 0
    assert out.splitlines()[0] == "tanh(w*x + b) = 0.905148"  # tanh 1.5
    assert "∂/∂w = 0.361413" in out  # 2 (1 − tanh² 1.5)
    assert ElementTree.parse(path).getroot().tag.endswith("svg")


@pytest.mark.parametrize("suffix", ["dot", "gv"])
def test_draw_writes_dot_text_without_graphviz(tmp_path, capsys, suffix):
    path = tmp_path / f"g.{suffix}"
    assert run(capsys, "draw", "a*a", "a=3", "-o", str(path))[0] == 0
    assert path.read_text().startswith("digraph")


def test_check_agrees_with_the_difference_quotient_and_fails_at_a_kink(capsys):
    code, out, _ = run(capsys, "check", "x*sin(x)", "x=2")
    assert (code, "agrees" in out) == (0, True)
    code, out, _ = run(capsys, "check", "relu(x)", "x=0")
    assert (code, "kink" in out) == (1, True)


@pytest.mark.parametrize(
    ("formula", "value"),
    [("2**x", 8.0), ("x**2 - -x", 12.0), ("max(x, 5) + min(x, 5)", 8.0), ("sum(x, x, 1)", 7.0), ("dot(x, 2, 3, 4)", 17.0), ("pi*x", 9.42478)],
)  # fmt: skip
def test_formulas_mean_what_they_say(capsys, tmp_path, formula, value):
    _, out, _ = run(capsys, "draw", formula, "x=3", "-o", str(tmp_path / "g.svg"))
    assert out.splitlines()[0] == f"{formula} = {value:.6g}"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["fly"], "invalid choice: 'fly'"),
        (["draw"], "the following arguments are required: expression"),
        (["draw", "x +", "x=1"], "not a formula: 'x +'"),
        (["draw", "x", "x"], "expected name=number, got 'x'"),
        (["draw", "x", "x=two"], "x needs a number, got 'two'"),
        (["draw", "x*y", "x=1"], "no value for y in 'x*y': add y=1"),
        (["draw", "x", "x=1", "z=2"], "z does not occur in 'x'; its names are x"),
        (["draw", "x", "x=1", "x=2"], "x is given twice: 1 and 2"),
        (["draw", "x#y", "x=1"], "not a formula: 'x#y' (a # has no meaning here)"),
        (["draw", "dot(x, 1, 2)", "x=1"], "dot takes an even number of numbers, first each w, then each x; got 3"),
        (["draw", "x^2", "x=1"], "^ is not a power in Python; write x**2"),
        (["draw", "__import__('os').system('true')"], "can't stand in a formula"),
        (["draw", "__import__('os')"], "'__import__' is not a function here"),
        (["draw", "x.data", "x=1"], "can't stand in a formula"),
        (["draw", "[x]", "x=1"], "can't stand in a formula"),
        (["draw", "lambda: x", "x=1"], "can't stand in a formula"),
        (["draw", "'a'"], "can't stand in a formula"),
        (["draw", "tanh(x, x)", "x=1"], "tanh takes 1 number, got 2"),
        (["draw", "(" * 5000 + "x" + ")" * 4000, "x=1"], "formula"),
        (["draw", "1" + "-" * 9000 + "x", "x=1"], "nested too deeply"),
        (["draw", "x" * 20_000, "x=1"], "10000 is the limit"),
        (["draw", "log(x)", "x=-1"], "log needs x > 0, got x = -1"),
        (["draw", "1/x", "x=0"], "divide needs x ≠ 0, got x = 0"),
        (["draw", "x", "x=1", "-o", "g.gif"], "g.gif"),
        (["draw", "x", "x=1", "-o", "no/such/folder/g.svg"], "no/such/folder"),
        (["check", "x", "x=1", "--tolerance", "nan"], "the tolerance is a number ≥ 0, got nan"),
        (["check", "x", "x=1", "--tolerance", "-1"], "the tolerance is a number ≥ 0, got -1.0"),
        (["step", "x", "x=1", "--update", "inf"], "a learning rate is a finite number, got inf"),
        (["check", "x", "x=1", "--tolerance", "big"], "expected a number such as 0.84 or -1/2, got 'big'"),
        (["draw", "x", "x=1/0"], "x needs a number, got '1/0'"),
        (["draw", "x", "x=y/2"], "x needs a number, got 'y/2'"),
        (["neuron", "nand"], "invalid choice: 'nand'"),
        (["neuron", "and", "-o", "no/such/folder/x.html"], "no/such/folder"),
        (["play", "mooons"], "no data set is called 'mooons'; did you mean 'moons'? Choose from moons, circles"),
        (["play", "nonsense"], "spiral3, and, or, xor, plane, hills, iris, or name a CSV file"),
        (["step", "x*y", "x=1"], "no value for y in 'x*y': add y=1"),
        (["step", "x", "x=1", "-o", "no/such/folder/x.html"], "no/such/folder"),
        (["train", "nope"], "no data set is called 'nope': choose from and, or, xor"),
        (["train", "gone.csv"], "gone.csv: no such file or directory"),
        (["train", "xor", "--epochs", "0"], "argument --epochs: a whole number, 1 or more; got '0'"),
        (["train", "xor", "--lr", "-1"], "argument --lr: a number above 0; got '-1'"),
        (["train", "xor", "--hidden", "a"], "--hidden takes whole numbers, such as 16,16; got 'a'"),
        (["train", "xor", "--activation", "rellu"], "no activation is called 'rellu'"),
        (["train", "moons", "--test", "2"], "test is a share between 0 and 1, got 2.0"),
    ],
)  # fmt: skip
def test_a_mistake_costs_one_line_and_exit_code_2(capsys, tmp_path, monkeypatch, argv, says):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *argv)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_train_writes_everything_it_says_it_does(capsys, tmp_path):
    folder = tmp_path / "run"
    code, out, err = run(capsys, "train", "moons", "-o", str(folder), "--epochs", "3", "--quiet")
    assert (code, err) == (0, "")
    assert "held-out accuracy" in out
    record = json.loads((folder / "run.json").read_text())
    assert record["sizes"] == [2, 16, 16, 1]
    assert len(record["steps"]) == 3 * 8  # 150 samples in batches of 20
    assert (folder / "loss.png").read_bytes()[:4] == b"\x89PNG"
    assert (folder / "boundary.png").read_bytes()[:4] == b"\x89PNG"
    assert ElementTree.parse(folder / "graph.svg").getroot().tag.endswith("svg")
    assert "<script" in (folder / "step.html").read_text()
    assert (folder / "model.safetensors").stat().st_size > 337 * 8


@pytest.mark.slow
def test_train_reads_a_csv_with_a_header_and_text_labels(capsys, tmp_path):
    rows = [f"{x},{y},{'left' if x < 0 else 'right'}" for x in range(-10, 11) if x for y in range(3)]
    table = tmp_path / "sides.csv"
    table.write_text("\n".join(["x,y,side", *rows]))
    code, out, _ = run(capsys, "train", str(table), "-o", str(tmp_path / "run"), "--epochs", "30", "--quiet")
    assert code == 0
    assert "held-out accuracy 100.0%" in out


def test_a_csv_with_a_hole_names_file_line_and_column(capsys, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x,y,side\n1,2,a\n3,,b\n")
    code, _, err = run(capsys, "train", str(table))
    assert code == 2
    assert err.startswith(f"chalkgrad train: {table}, line 3, column 2 (y): the cell is missing, as in 1 of 2 rows")
    assert "--missing drop|mean" in err
    assert err.count("\n") == 1


def test_step_writes_a_page_that_needs_no_network(capsys, tmp_path):
    page = tmp_path / "lesson.html"
    code, out, err = run(capsys, "step", "tanh(w*x + b)", "w=1", "x=2", "b=-0.5", "--update", "0.1", "-o", str(page))
    assert (code, err) == (0, "")
    assert '"done","update"]' in page.read_text()  # the kinds of events
    assert str(page) in out
    assert "http://" not in page.read_text().replace("http://www.w3.org/", "")


@pytest.mark.parametrize(
    ("typed", "number"), [("-1/2", -0.5), ("−1/2", -0.5), ("2e-3", 0.002), ("1/4 + 1", 1.25), ("pi/2", math.pi / 2)]
)  # fmt: skip
def test_a_number_is_read_alike_wherever_it_is_typed(capsys, typed, number):
    assert read_number(typed) == number
    _, out, _ = run(capsys, "check", "x*x", f"x={typed}")
    assert out.split("\n")[1].split()[1] == f"{number:.6g}"
    _, step_size, _ = run(capsys, "check", "x*x", "x=3", "--tolerance", typed.replace("-", "").replace("−", ""))
    assert "agrees" in step_size


@pytest.fixture
def browser(monkeypatch):
    """The addresses that were opened, and whether there is a browser."""
    opened, there = [], [True]
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or there[0])
    return opened, there


@pytest.mark.parametrize(
    ("argv", "file"), [(["draw", "x*x", "x=1/3"], "g.svg"), (["step", "x*x", "x=1"], "l.html"), (["neuron", "or"], "n.html"), (["play", "or"], "p.html")]
)  # fmt: skip
def test_open_shows_what_was_written_in_the_browser(capsys, tmp_path, browser, argv, file):
    opened, there = browser
    path = tmp_path / file
    run(capsys, *argv, "-o", str(path))
    assert opened == []
    assert run(capsys, *argv, "-o", str(path), "--open")[0] == 0
    assert opened == [path.resolve().as_uri()]
    there[0] = False
    assert f"no browser was found here: open {path} in one yourself" in run(capsys, *argv, "-o", str(path), "--open")[1]


@pytest.mark.slow
def test_four_samples_are_not_called_held_out_and_the_same_seed_trains_the_same_network(capsys, tmp_path, browser):
    a, b = tmp_path / "a", tmp_path / "b"
    options = ["--epochs", "3", "--quiet", "--seed", "3"]
    _, out, _ = run(capsys, "train", "xor", "-o", str(a), *options, "--open")
    assert browser[0] == [(a / "step.html").resolve().as_uri()]
    assert out.startswith("xor: 4 samples to train on, too few to hold any out; ")
    assert "training accuracy" in out
    assert "held-out" not in out
    record = json.loads((a / "run.json").read_text())
    assert {"training_accuracy", "training_loss"} <= record.keys()
    assert not [key for key in record if "held_out" in key]
    run(capsys, "train", "xor", "-o", str(b), *options)
    assert (a / "model.safetensors").read_bytes() == (b / "model.safetensors").read_bytes()


def test_play_writes_a_page_of_a_data_set_or_of_a_table(capsys, tmp_path):
    table = tmp_path / "heights.csv"
    table.write_text("cm,kind\n150,a\n160,b\n170,a\n")
    said = "the target is kind (the last column): 2 different words, so classification\n"
    for samples, title, notes in (("spiral", "spiral", ""), (str(table), "heights.csv", said)):
        page = tmp_path / "page.html"
        code, out, err = run(capsys, "play", samples, "-o", str(page))
        assert (code, err) == (0, "")
        assert out == f"{notes}wrote {page}: a page for the browser\n"
        assert f"<title>Playground: {title}</title>" in page.read_text()


def test_play_takes_what_train_takes_for_the_columns_of_a_table(capsys, tmp_path):
    table, page = tmp_path / "t.csv", tmp_path / "page.html"
    table.write_text("kind,cm,kg,no\na,150,50,1\nb,,60,2\na,170,70,3\nb,180,80,5\n")
    code, _, err = run(capsys, "play", str(table), "--target", "kind", "-o", str(page))
    assert (code, err.count("\n")) == (2, 1)
    assert "line 3, column 2 (cm): the cell is missing" in err
    chosen = ["--target", "kind", "--drop", "kg, no", "--missing", "mean"]
    code, out, err = run(capsys, "play", str(table), *chosen, "-o", str(page))
    assert (code, err) == (0, "")
    assert "the target is kind: 2 different words, so classification\n" in out
    assert "missing cells that became the mean of their column: 1\n" in out
    assert '"X":[[150.0],[166.66666666666666],[170.0],[180.0]]' in page.read_text().replace(" ", "")
    code, _, err = run(capsys, "play", "spiral", "--missing", "mean", "-o", str(page))
    assert (code, "missing: for the columns of a CSV file" in err) == (2, True)


def test_neuron_writes_the_lectures_gates(capsys, tmp_path):
    page = tmp_path / "xor.html"
    code, _, err = run(capsys, "neuron", "xor", "-o", str(page))
    assert (code, err) == (0, "")
    assert "Best single line: 3 of 4" in page.read_text()


def test_a_rate_far_too_large_stops_with_one_line(capsys, tmp_path):
    code, _, err = run(capsys, "train", "moons", "-o", str(tmp_path / "r"), "--lr", "1e308", "--epochs", "5", "--quiet")
    assert code == 2
    assert "Try a smaller learning rate" in err
    assert err.count("\n") == 1


# ── a training run is not lost ──────────────────────────────────────────────


@pytest.mark.slow
def test_a_graph_too_large_for_the_page_costs_the_page_alone(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.view.MOST", 10)
    code, out, err = run(capsys, "train", "xor", "-o", str(tmp_path), "--epochs", "3", "--quiet")
    assert (code, err) == (0, "")
    assert "left out step.html: the player steps through at most 10 nodes" in out
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "boundary.png", "graph.svg", "loss.png", "model.safetensors", "run.json",
    ]  # fmt: skip
    assert "step.html" not in out.splitlines()[-1]


@pytest.mark.parametrize(("trouble", "code"), [(KeyboardInterrupt, 130), (ValueError, 2), (OSError, 2)])
def test_trouble_with_the_figures_leaves_the_model_and_its_record(capsys, tmp_path, monkeypatch, trouble, code):
    def stop(run):
        raise trouble

    monkeypatch.setattr("nn.plots.loss_curve", stop)
    found, _, err = run(capsys, "train", "xor", "-o", str(tmp_path), "--epochs", "3", "--quiet")
    assert found == code
    assert err.count("\n") == 1
    assert len(json.loads((tmp_path / "run.json").read_text())["steps"]) == 3
    assert MLP.load(tmp_path / "model.safetensors").sizes == [2, 4, 1]


@pytest.mark.parametrize("name", ["loss.png", "graph.svg", "step.html", "model.safetensors", "run.json"])
def test_a_folder_in_the_way_is_told_before_the_training(capsys, tmp_path, name):
    (tmp_path / name).mkdir()
    code, out, err = run(capsys, "train", "xor", "-o", str(tmp_path), "--quiet")
    assert (code, out) == (2, "")
    assert f"{tmp_path / name}: a folder or a device stands there" in err


@pytest.mark.slow
def test_a_backend_that_matplotlib_does_not_know_is_told_before_the_training(tmp_path):
    done = shell("train", "xor", "-o", str(tmp_path / "run"), MPLBACKEND="foo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'foo' is not a valid value for backend" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_reader_that_leaves_during_the_training_costs_no_model(tmp_path):
    done = shell("train", "xor", "-o", str(tmp_path), "--epochs", "3", "--quiet", pipe="head -1", PYTHONUNBUFFERED="1")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
    assert {"model.safetensors", "run.json"} <= {p.name for p in tmp_path.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full", "2>&1 | head -1"])
def test_a_progress_bar_that_nobody_can_see_costs_no_model(tmp_path, stderr):
    shell("train", "xor", "-o", str(tmp_path), "--epochs", "3", pipe=stderr)
    assert {"model.safetensors", "run.json"} <= {p.name for p in tmp_path.iterdir()}


# ── streams ─────────────────────────────────────────────────────────────────


def shell(*argv, pipe="", **environment):
    """What a shell makes of the command line; ``pipe`` comes after it."""
    command = f"{shlex.join([sys.executable, '-m', 'autograd', *argv])} {pipe if pipe[:1] in '2>' else '| ' + pipe}"
    return subprocess.run(
        ["sh", "-c", command], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("argv", [["check", "x*y", "x=1", "y=2"], ["--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_is_gone_is_no_error_to_speak_of(argv, unbuffered):
    assert shell(*argv, pipe="true", PYTHONUNBUFFERED=unbuffered).stderr == ""


def test_a_full_disk_costs_one_line():
    done = shell("check", "x*y", "x=1", "y=2", pipe=">/dev/full")
    assert (done.returncode, done.stderr) == (2, "chalkgrad check: no space left on device\n")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_an_encoding_without_the_letters_is_no_trouble(tmp_path, encoding):
    picture = tmp_path / "g.svg"
    done = shell("draw", "x*x", "x=3", "-o", str(picture), pipe=">&1", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u2202/\\u2202x = 6" in done.stdout  # ∂/∂x
    assert shell("draw", "--help", pipe=">&1", PYTHONIOENCODING=encoding).returncode == 0


# ── formulas as they are typed ──────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "value"), [("-exp(x)*0 - 2", -2.0), ("-x*3", -3.0), ("-2*x", -2.0), ("-(x + 1)", -2.0)]
)
def test_a_formula_may_begin_with_a_minus(capsys, tmp_path, formula, value):
    code, out, _ = run(capsys, "draw", formula, "x=1", "-o", str(tmp_path / "g.svg"))
    assert (code, out.splitlines()[0]) == (0, f"{formula} = {value:g}")


def test_the_sign_of_a_millionth_and_the_greek_letter_are_one_name(capsys, tmp_path):
    code, out, _ = run(capsys, "draw", "\u00b5*x", "\u00b5=3", "x=2", "-o", str(tmp_path / "g.svg"))
    assert (code, out.splitlines()[0]) == (0, "\u00b5*x = 6")


def test_a_value_that_overflowed_is_not_said_to_leave_the_domain(capsys):
    code, out, _ = run(capsys, "check", "exp(x)", "x=1000")
    assert code == 1
    assert "undecided: the function's value is inf" in out
    assert "domain" not in out


def test_ctrl_c_while_commands_load_costs_one_line(capsys, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("autograd.__main__._commands", interrupted)
    assert run(capsys, "check", "x", "x=1") == (130, "", "chalkgrad: interrupted\n")


def test_another_projects_package_costs_one_line_and_exit_code_2(capsys, monkeypatch):
    class Entry:
        name = "train"

        def load(self):
            raise ImportError("cannot import name 'commands' from 'nn'")

    monkeypatch.setattr("autograd.__main__.metadata.entry_points", lambda group: [Entry()])
    code, _, err = run(capsys, "train")
    assert (code, err.count("\n")) == (2, 1)
    assert "Is another project's `autograd` or `nn` installed" in err


@pytest.mark.parametrize("module", ["autograd", "nn"])
def test_python_minus_m_is_the_same_command_line(module):
    done = subprocess.run(
        [sys.executable, "-m", module, "check", "w*w", "w=3"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "agrees" in done.stdout


def test_another_projects_autograd_is_named_when_nn_meets_it(tmp_path):
    other = tmp_path / "autograd"
    other.mkdir()
    (other / "__init__.py").write_text("def elementwise_grad(f): ...\n")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import nn"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "is another project of that name, not chalkgrad's" in done.stderr
    assert str(other) in done.stderr


@pytest.mark.parametrize("argv", [[], ["--help"]])
def test_help_shows_every_command_with_an_example(capsys, argv):
    code, out, err = run(capsys, *argv)
    assert (code, err) == (0, "")
    examples = {line.split()[1] for line in out.splitlines() if line.startswith("  chalkgrad ")}
    assert examples == {"check", "draw", "neuron", "play", "quiz", "step", "student", "train"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["check", "draw", "neuron", "play", "quiz", "step", "student", "train"])
def test_the_example_of_a_command_runs(capsys, tmp_path, monkeypatch, browser, name):
    (tmp_path / "notebooks").symlink_to(Path(__file__).parent.parent / "notebooks")
    monkeypatch.chdir(tmp_path)
    _, out, _ = run(capsys, name, "--help")
    words = shlex.split(out.split("example:\n  chalkgrad ")[1])
    globs = [word for word in words if word.endswith(".ipynb")]  # which the shell replaces
    files = [str(file) for word in globs for file in tmp_path.glob(word)]
    typed = [word for word in words if word not in globs]
    code, _, err = run(capsys, *typed, *files, *(["--quiet"] * (name == "train")))
    assert (code, err) == (0, "")


# ── a shell that completes words ────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("chalkgrad ne", ["neuron "]), ("chalkgrad neuron x", ["xor "]), ("chalkgrad train ci", ["circles "]), ("chalkgrad draw --di", ["--direction "])],
)  # fmt: skip
def test_the_shell_completes_commands_names_and_options(tmp_path, typed, completed):
    pytest.importorskip("argcomplete")
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_STDOUT_FILENAME": str(tmp_path / "words")}
    environment = {**os.environ, **asked, "COMP_LINE": typed, "COMP_POINT": str(len(typed)), "COMP_TYPE": "9"}
    subprocess.run([sys.executable, "-m", "autograd"], env=environment, cwd=tmp_path, check=True)
    assert (tmp_path / "words").read_text().split("\n") == completed


def test_the_global_completion_of_argcomplete_finds_its_mark():
    import autograd.__main__ as program

    assert "PYTHON_ARGCOMPLETE_OK" in Path(program.__file__).read_text()[:1024]
