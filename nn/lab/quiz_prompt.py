"""A quiz at the prompt: one gradient at a time, with hints, and a score at the end.

>>> answers = iter(["hint", "5.5", "6", "1/2", "q"])
>>> def answered(prompt):
...     print(prompt, end="")
...     print(answer := next(answers))
...     return answer
>>> play(Quiz(seed=1), answered, print)
Quiz 1, difficulty 1
  w = 0.5, x = 5
  u = x + w = 5.5
  L = u * w = 2.75
What are ∂L/∂w, ∂L/∂x?  Type a number (0.84, -1/2), h for a hint, s for the solution, q to stop.
∂L/∂w = hint
w is used in L = u * w and in u = x + w. There are 2 contributions, and they add up.
∂L/∂w = 5.5
✗ w: Forgot to add. w is used 2 times: each use sends a contribution, and they add up.
∂L/∂w = 6
✓ ∂L/∂w is right.
∂L/∂x = 1/2
✓ ∂L/∂x is right.
Right at the first attempt, without a hint: 1 of 2.
Enter for another graph, q to stop: q
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from autograd import explain
from autograd.expressions import read_number
from nn.lab.quiz import Quiz, Verdicts

__all__ = ["play"]

HOW = "Type a number (0.84, -1/2), h for a hint, s for the solution, q to stop."


def play(quiz: Quiz, ask: Callable[[str], str], say: Callable[[object], None]) -> None:
    """Ask for every gradient of a quiz, then of others like it, until the student has had enough.

    ask: shows a prompt and returns what was typed, as ``input`` does; say: shows a text, as ``print`` does
    """
    right = asked = 0
    with suppress(EOFError):  # Ctrl-D, or q
        while True:
            say(quiz.asking(HOW))
            answers: dict[str, float] = {}
            for label in quiz.asked:
                right += _is_right_at_once(quiz, label, answers, ask, say)
                asked += 1
            say(f"Right at the first attempt, without a hint: {right} of {asked}.")
            _typed(ask, "Enter for another graph, q to stop: ")
            quiz = Quiz(difficulty=quiz.difficulty)


def _is_right_at_once(
    quiz: Quiz, label: str, answers: dict[str, float], ask: Callable[[str], str], say: Callable[[object], None]
) -> bool:
    """Ask for one gradient until it is right or given up; was it right at the first attempt, without a hint?"""
    hints, is_first = iter(quiz.hints(label)), True
    while True:
        typed = _typed(ask, f"∂L/∂{label} = ")
        if typed.lower() in ("s", "solution"):
            say(explain(quiz.nodes[label], quiz.nodes["L"]))
            return False
        if typed.lower() in ("h", "hint", "?"):
            say(next(hints, "There is no other hint: multiply along each path, add over the paths; s shows how."))
            is_first = False
            continue
        try:
            answers[label] = read_number(typed)
        except ValueError as error:
            say(f"{error}. {HOW}")
            continue
        verdict = quiz.check(**answers)[label]
        say(Verdicts({label: verdict}))
        if verdict:
            return is_first
        is_first = False


def _typed(ask: Callable[[str], str], prompt: str) -> str:
    """What the student types; EOFError for q."""
    typed = ask(prompt).strip()
    if typed.lower() in ("q", "quit", "exit"):
        raise EOFError
    return typed
