"""The fuzzers: that they run, that they find what is wrong, and that what they print makes it again."""

from __future__ import annotations

import re

import pytest
from fuzz import eager, functions, programs, together
from fuzz.families import FAMILIES
from fuzz.run import main
from fuzz.shrinking import Trouble, Undecided

from autograd import OPS
from autograd.compiler import forward


def said_by(fuzz, seeds):
    """What the first Trouble among the seeds says."""
    for seed in seeds:
        try:
            fuzz(seed)
        except Undecided:
            continue
        except Trouble as trouble:
            return str(trouble)
    pytest.fail("nothing was found")


@pytest.mark.slow
def test_a_wrong_slope_is_found_and_made_a_graph_of_one_op(monkeypatch, capsys):
    pytest.importorskip("torch", reason="PyTorch comes with the bench extra")
    op, rule = OPS["tanh"], OPS["tanh"].rule

    def wrong(xp, x):
        y, (slope,) = rule(xp, x)
        return y, (slope * (1.0 + 1e-9),)

    monkeypatch.setattr(op, "rule", wrong)
    for fuzz in (eager.against_torch, eager.against_50_digits):
        said = said_by(fuzz, range(100))
        assert said.startswith("Trouble: value, gradient and second derivatives: ")
        assert said.count("apply(OPS[") == 1
        source = said[said.index("from autograd") :]
        exec(source, {})
        assert capsys.readouterr().out.startswith(str(eval(said[said.index("[") : said.index(", theirs")])[0]))


def test_a_program_of_another_rule_than_its_graph_is_found_and_made_small(monkeypatch):
    along = forward.Forward._along

    def wrong(self, array):
        formula = along(self, array)
        return forward.Expr("*", formula, forward.Expr(1.001)) if array.op.name == "mean" else formula

    monkeypatch.setattr(forward.Forward, "_along", wrong)
    said = said_by(lambda seed: programs.against_graphs("ragged", seed), range(100))
    assert said.count("apply(OPS[") == 1
    assert 'apply(OPS["mean"]' in said
    assert "compile_graph(loss" in said


@pytest.mark.slow
def test_functions_are_compared_call_by_call(monkeypatch):
    for i, family in enumerate(functions.FUNCTIONS[:3]):
        functions.against_eager(family, i)
    right = functions._called

    def wrong(function, call, w, samples):
        value, gradient = right(function, call, w, samples)
        return value + (call.n == 3), gradient

    monkeypatch.setattr(functions, "_called", wrong)
    said = said_by(lambda seed: functions.against_eager("tied", seed), range(20))
    assert said.count("Call(way=") == 2  # in the message and in the code: one call is enough


@pytest.mark.slow
def test_programs_that_live_together_are_each_itself_to_the_last_bit():
    made = [[family, i, together.WAYS[i % 3]] for i, family in enumerate(list(FAMILIES)[:6])]
    calls = [[i * 5 % 6, n, i % 3] for i, n in enumerate([1, 2, 0, 1000, 3, 1, 2, 2, 0, 1, 3, 1000])]
    assert together.differing(together.Plan(made, calls, threads=2)) == []
    broken = together.differing(together.Plan([["no family", 0, "program"]], [[0, 1, 0]], threads=1))
    assert "KeyError: 'no family'" in broken[0]


def test_the_command_draws_the_same_from_the_same_seed_and_says_how_much_was_wrong(monkeypatch, capsys):
    assert main(["digits", "--seed", "3", "--count", "20"]) == 0
    first = capsys.readouterr().out
    assert first.startswith("digits --seed 3: 20 drawn, 0 wrong, ")
    monkeypatch.setattr(OPS["add"], "rule", lambda xp, a, b: (a + b, (1.0, 1.001)))
    assert main(["digits", "--seed", "3", "--count", "20"]) == 1
    assert re.search(r"^digits --seed \d+ --count 1: Trouble: ", capsys.readouterr().out, flags=re.MULTILINE)


def test_the_command_says_what_it_does_not_know(capsys):
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "there is no fuzzer 'nothing'; there are eager, digits, " in capsys.readouterr().err
