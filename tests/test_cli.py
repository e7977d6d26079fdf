"""The command line: it does what it says, and a mistake costs one line."""

import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from autograd.__main__ import main


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
        ([], "the following arguments are required: command"),
        (["fly"], "invalid choice: 'fly'"),
        (["draw"], "the following arguments are required: expression"),
        (["draw", "x +", "x=1"], "not a formula: 'x +'"),
        (["draw", "x", "x"], "expected name=number, got 'x'"),
        (["draw", "x", "x=two"], "x needs a number, got 'two'"),
        (["draw", "x*y", "x=1"], "no value for y in 'x*y': add y=1"),
        (["draw", "x", "x=1", "z=2"], "z does not occur in 'x'; its names are x"),
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
        (["draw", "log(x)", "x=-1"], "log needs x > 0, got x = -1 at node 'x'"),
        (["draw", "1/x", "x=0"], "divide needs b ≠ 0"),
        (["draw", "x", "x=1", "-o", "g.gif"], "g.gif"),
        (["draw", "x", "x=1", "-o", "no/such/folder/g.svg"], "no/such/folder"),
        (["check", "x", "x=1", "--tolerance", "big"], "invalid float value: 'big'"),
        (["neuron", "nand"], "invalid choice: 'nand'"),
        (["neuron", "and", "-o", "no/such/folder/x.html"], "no/such/folder"),
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
    assert not list(tmp_path.glob("*.svg"))


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


def test_the_same_seed_trains_the_same_network_bit_for_bit(capsys, tmp_path):
    for name in ("a", "b"):
        run(capsys, "train", "xor", "-o", str(tmp_path / name), "--epochs", "5", "--quiet", "--seed", "3")
    assert (tmp_path / "a" / "model.safetensors").read_bytes() == (tmp_path / "b" / "model.safetensors").read_bytes()


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
    assert (code, err) == (2, f"chalkgrad train: {table}, line 3, column 2: expected a finite number, got ''\n")


def test_step_writes_a_page_that_needs_no_network(capsys, tmp_path):
    page = tmp_path / "lesson.html"
    code, out, err = run(capsys, "step", "tanh(w*x + b)", "w=1", "x=2", "b=-0.5", "--update", "0.1", "-o", str(page))
    assert (code, err) == (0, "")
    assert '"done","update"]' in page.read_text()  # the kinds of events
    assert str(page) in out
    assert "http://" not in page.read_text().replace("http://www.w3.org/", "")


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


def test_help_shows_every_command(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(command in out for command in ("draw", "check", "train"))
