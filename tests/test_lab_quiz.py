"""The quiz: right answers pass, each misconception is told apart, and no answer has two names."""

import itertools
import os
import subprocess
import sys

import pytest

from autograd import topological_order
from autograd.__main__ import main
from nn.lab import Quiz
from nn.lab.answers import close
from nn.lab.gradient import (
    FOLLOWS,
    FORGOT_LOCAL,
    FORGOT_TO_ADD,
    FORGOT_UPSTREAM,
    WRONG_LOCAL,
    WRONG_ORDER,
    WRONG_SIGN,
    slips,
)
from nn.lab.quiz import LEVELS, Verdicts
from nn.lab.quiz_prompt import play
from nn.lab.verdict import UNANSWERED, UNKNOWN, WRONG_KIND

SEEDS = [(seed, 1 + seed % 3) for seed in range(102)]


@pytest.fixture(scope="module")
def quizzes():
    return [Quiz(seed, difficulty) for seed, difficulty in SEEDS]


def right_answers(quiz):
    """By the engine, on the quiz's own graph."""
    root = quiz.nodes["L"]
    root.zero_grad()
    root.backward()
    return {label: node.grad for label, node in quiz.nodes.items()}


def test_the_right_answers_pass(quizzes):
    for quiz in quizzes:
        right = right_answers(quiz)
        assert quiz.check(**right)
        assert quiz.check(**{label: right[label] for label in quiz.asked})
        assert quiz.check(**{label: float(f"{right[label]:.3g}") for label in quiz.asked})  # rounded by the student


def test_every_slip_is_called_by_its_name(quizzes):
    for quiz in quizzes:
        for label in quiz.asked:
            for slip in slips(quiz.nodes["L"], quiz.nodes[label]):
                assert quiz.check(**{label: slip.answer})[label].mistake == slip.mistake


def test_no_number_has_two_names(quizzes):
    for quiz in quizzes:
        right = right_answers(quiz)
        for label, node in quiz.nodes.items():
            named = [(right[label], "right"), *((s.answer, s.mistake) for s in slips(quiz.nodes["L"], node))]
            for (a, name), (b, other) in itertools.combinations(named, 2):
                assert name == other or not (close(a, b) or close(b, a)), (quiz, label, name, other, a, b)


def test_each_misconception_can_be_made_in_many_quizzes(quizzes):
    made = [{s.mistake for node in quiz.nodes.values() for s in slips(quiz.nodes["L"], node)} for quiz in quizzes]
    for mistake in (FORGOT_TO_ADD, FORGOT_UPSTREAM):
        assert all(mistake in names for names in made)
    for mistake in (FORGOT_LOCAL, WRONG_LOCAL, WRONG_SIGN, WRONG_ORDER):
        assert sum(mistake in names for names in made) > len(quizzes) / 2, mistake


def mistaken_engine(root, *, add=True, early=False):
    """A whole backward pass that assigns, or that passes on as soon as a node is met."""
    order = topological_order(root)
    if early:
        order = [root]
        for node in order:
            order += [p for p in dict.fromkeys(node.parents) if p not in order]
        order.reverse()
    gradient = dict.fromkeys(topological_order(root), 0.0) | {root: 1.0}
    for node in reversed(order):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            gradient[parent] = gradient[parent] * add + local * gradient[node]
    return {node.label: g for node, g in gradient.items()}


def test_a_student_who_assigns_is_told_to_add_first(quizzes):
    for quiz in quizzes:
        wrong = mistaken_engine(quiz.nodes["L"], add=False)
        mistakes = quiz.check(**wrong).mistakes
        assert next(iter(mistakes.values())) == FORGOT_TO_ADD  # the first one on the way back
        assert set(mistakes.values()) <= {FORGOT_TO_ADD, FOLLOWS}


def test_a_student_who_passes_on_too_early_is_told_of_the_order(quizzes):
    heard = set()
    for quiz in (quiz for quiz in quizzes if quiz.difficulty == 2):
        wrong, right = mistaken_engine(quiz.nodes["L"], early=True), right_answers(quiz)
        if not close(wrong["w"], right["w"]):
            heard.add(quiz.check(w=wrong["w"])["w"].mistake)
    assert heard == {WRONG_ORDER}


def test_what_follows_from_an_earlier_mistake_is_said_to_follow(quizzes):
    followed = 0
    for quiz in quizzes:
        wrong = mistaken_engine(quiz.nodes["L"], add=False)
        followed += FOLLOWS in quiz.check(**wrong).mistakes.values()
    assert followed > len(quizzes) / 4


# ── the same quiz again ─────────────────────────────────────────────────────


def test_a_seed_gives_the_same_quiz_and_another_seed_another(run_python):
    source = "from nn.lab import Quiz; print([repr(Quiz(s, 1 + s % 3)) for s in range(9)])"
    assert run_python(source, PYTHONHASHSEED="1").strip() == run_python(source, PYTHONHASHSEED="2").strip()
    texts = {repr(Quiz(seed)).partition("\n")[2] for seed in range(30)}
    assert len(texts) > 25


def test_without_a_seed_the_quiz_says_which_it_is():
    quiz = Quiz(difficulty=2)
    assert repr(Quiz(quiz.seed, 2)) == repr(quiz)


@pytest.mark.parametrize("difficulty", LEVELS)
def test_a_quiz_is_small_and_its_numbers_are_short(difficulty):
    for seed in range(10):
        quiz = Quiz(seed, difficulty)
        assert len(quiz.nodes) <= 9
        for label, gradient in right_answers(quiz).items():
            assert 0 < abs(gradient) <= 60
            assert difficulty == 3 or len(f"{quiz.nodes[label].data:.10g}") <= 7


def test_another_difficulty_is_an_error():
    with pytest.raises(ValueError, match="difficulty is one of 1, 2, 3; got 4"):
        Quiz(0, difficulty=4)


# ── what is shown ───────────────────────────────────────────────────────────


def test_no_gradient_is_shown_in_words_or_in_the_picture(quizzes):
    for quiz in quizzes[:20]:
        quiz.nodes["L"].backward()  # a student may have tried
        page = quiz.picture.svg + quiz._repr_html_()  # whose image holds the same drawing
        assert page.count("grad ?") >= len(quiz.nodes)
        assert "local derivative" not in page
        assert page.count("grad ") == page.count("grad ?")


def test_the_picture_needs_no_dot(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "<img" in Quiz(4)._repr_html_()


def test_the_solution_explains_every_gradient_in_backwards_order(quizzes):
    for quiz in quizzes[:20]:
        solution = quiz.solution()
        assert len(solution) == len(quiz.nodes)
        assert solution[0].startswith("∂L/∂L = 1")
        for label, gradient in right_answers(quiz).items():
            assert f"∂L/∂{label} = {gradient:.6g}".replace("-", "−") in repr(solution)


# ── whatever the student types ──────────────────────────────────────────────


def test_junk_gets_verdicts():
    quiz = Quiz(1)
    junk = {"w": "abc", "x": [1.0, 2.0], "self": 3.0, "L": print, "nobody": 3.0}
    verdicts = quiz.check(**junk)
    assert verdicts.mistakes == {"L": WRONG_KIND, "w": WRONG_KIND, "x": WRONG_KIND, "self": UNKNOWN, "nobody": UNKNOWN}
    assert "no nobody in this graph" in repr(verdicts)
    assert quiz.check().mistakes == {"w": UNANSWERED, "x": UNANSWERED}
    assert quiz.check(w=..., x=None).mistakes == {"w": UNANSWERED, "x": UNANSWERED}
    assert not quiz.check(w=float("nan"), x=10**400)


def test_verdicts_are_true_only_together():
    quiz = Quiz(1)
    right = right_answers(quiz)
    assert not quiz.check(w=right["w"], x=-right["x"])
    assert isinstance(quiz.check(**right), Verdicts)
    assert quiz.check(**right).mistakes == {}
    assert "<b>" not in quiz.check(**{"<b>": 1.0})._repr_html_()


def test_checking_changes_no_gradient():
    quiz = Quiz(2)
    quiz.check(w=1.0)
    quiz.solution()
    assert [v.grad for v in quiz.nodes.values()] == [0.0] * len(quiz.nodes)


# ── the command ─────────────────────────────────────────────────────────────


def test_the_command_asks_and_checks(capsys):
    assert main(["quiz", "--seed", "1"]) == 0
    shown = capsys.readouterr().out.strip()
    assert shown == repr(Quiz(1)).replace("quiz.check(w=…, x=…)", "chalkgrad quiz --seed 1 w=… x=…")
    right = right_answers(Quiz(1))
    assert main(["quiz", "--seed", "1", *(f"{label}={right[label]}" for label in Quiz(1).asked)]) == 0
    assert main(["quiz", "--seed", "1", "w=5.5", "x=0.5"]) == 1
    assert "Forgot to add" in capsys.readouterr().out


def test_what_the_command_says_to_type_is_what_answers_it(capsys):
    main(["quiz", "--difficulty", "2"])
    quiz, _, how = capsys.readouterr().out.strip().rpartition("?  chalkgrad ")
    filled = how.replace("…", "0.123").split()
    assert main(filled) == 1
    assert capsys.readouterr().out.startswith(quiz)
    assert main(filled[:-1]) == 1
    said = capsys.readouterr().out
    assert f"Give {how.split()[-1]} too." in said
    assert "three dots" not in said
    assert "quiz.check" not in said


def typed(*words):
    """A student who types these words, and then is gone."""
    words = iter(words)

    def ask(prompt):
        try:
            return next(words)
        except StopIteration:
            raise EOFError from None

    return ask


def test_the_prompt_counts_what_is_right_at_the_first_attempt_without_a_hint():
    said = []
    play(Quiz(1), typed("6", "h", "1/2"), said.append)
    assert said[-1] == "Right at the first attempt, without a hint: 1 of 2."
    assert str(said[1]) == "✓ ∂L/∂w is right."


def test_the_prompt_names_the_mistake_asks_again_and_shows_the_solution():
    said = []
    play(Quiz(1), typed("5.5", "six", "s", "0.5", "q"), said.append)
    assert "Forgot to add" in str(said[1])
    assert said[2].startswith("expected a number such as 0.84 or -1/2, got 'six'")
    assert "2 contributions arrive" in str(said[3])
    assert said[-1] == "Right at the first attempt, without a hint: 1 of 2."


def test_the_prompt_goes_on_to_another_graph_of_that_difficulty_and_counts_on():
    said = []
    play(Quiz(1, 2), typed(*["s"] * len(Quiz(1, 2).asked), ""), said.append)
    assert [line.split(", ")[1][:12] for line in said if str(line).startswith("Quiz ")] == ["difficulty 2"] * 2


def test_hints_say_more_and_more_and_then_where_to_go(quizzes):
    for quiz in quizzes[:30]:
        for label in quiz.asked:
            used, slopes, arriving = quiz.hints(label)
            assert used.startswith(f"{label} is used in ")
            assert slopes.startswith("The local derivatives there: ")
            assert "∂L/∂" in arriving
    said = []
    play(Quiz(1), typed("h", "h", "h", "h", "q"), said.append)
    assert "no other hint" in said[-1]


@pytest.mark.slow
def test_in_a_terminal_the_command_is_a_prompt():
    pty = pytest.importorskip("pty")
    ours, terminal = pty.openpty()
    command = [sys.executable, "-m", "autograd", "quiz", "--seed", "1"]
    process = subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, text=True)
    os.write(ours, b"6\n1/2\nq\n")
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(terminal)
    assert process.returncode == 0
    assert "Right at the first attempt, without a hint: 2 of 2." in out


def test_a_fraction_is_an_answer(capsys):
    assert main(["quiz", "--seed", "1", "w=12/2", "x=1/2"]) == 0
    assert main(["quiz", "--seed", "1", "w=6", "x=-1/2"]) == 1
    assert "Wrong sign" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "says"),
    [(["--seed", "1", "w=6", "w=5"], "w is given twice"), (["--seed", "1", "w=1/0"], "expected name=number, got 'w=1/0'"), (["w=1"], "Give the --seed"), (["--seed", "1", "w"], "expected name=number, got 'w'"), (["--seed", "1", "w=a"], "expected name=number"),
     (["--seed", "1", "=1"], "expected name=number"), (["--difficulty", "4"], "invalid choice: 4"), (["--seed", "x"], "invalid int value")],
)  # fmt: skip
def test_a_wrong_argument_costs_one_line(capsys, argv, says):
    try:
        code = main(["quiz", *argv])
    except SystemExit as end:
        code = end.code
    error = capsys.readouterr().err
    assert (code, says in error, error.count("\n")) == (2, True, 1), error
