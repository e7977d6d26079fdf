"""``chalkgrad quiz``: a graph to differentiate by hand; ``chalkgrad student``: notebooks without their solutions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import suppress

from autograd.expressions import read_number
from nn.lab.quiz import LEVELS, Quiz
from nn.lab.quiz_prompt import play
from nn.lab.student import write_student_version

__all__ = ["quiz", "student"]


class _Quiz:
    help = "a random small graph to differentiate by hand; answers are checked, and the mistake is named"
    example = "quiz --difficulty 2"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("answers", nargs="*", metavar="name=number", help="your gradients: w=0.84 x=-1/2")
        parser.add_argument("--seed", type=int, help="the same seed gives the same graph (default: a new one)")
        parser.add_argument("--difficulty", type=int, choices=LEVELS, default=1, help="default: %(default)s")
        parser.add_argument(
            "--solution", action="store_true", help="show every gradient with the steps that lead to it"
        )

    def run(self, arguments: argparse.Namespace) -> int:
        if arguments.seed is None and (arguments.answers or arguments.solution):
            raise ValueError("which quiz? Give the --seed that was printed with it")
        quiz = Quiz(arguments.seed, arguments.difficulty)
        if sys.stdin is not None and sys.stdin.isatty() and not arguments.answers and not arguments.solution:
            with suppress(ImportError):
                import readline  # noqa: F401  # the arrow keys of ``input``
            play(quiz, input, print)
            return 0
        answers = _answers(arguments.answers)
        print(quiz.asking(_command(quiz)))
        if arguments.solution:
            print(quiz.solution())
        verdicts = quiz.check(**answers) if answers else None
        if verdicts is not None:
            print(verdicts)
        return 0 if verdicts is None or verdicts else 1


def _command(quiz: Quiz) -> str:
    """What to type to answer."""
    level = f" --difficulty {quiz.difficulty}" if quiz.difficulty != 1 else ""
    return f"chalkgrad quiz --seed {quiz.seed}{level} {' '.join(f'{label}=…' for label in quiz.asked)}"


def _answers(words: Iterable[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, number in map(_answer, words):
        if name in found:
            raise ValueError(f"{name} is given twice; which of the two is your answer?")
        found[name] = number
    return found


def _answer(word: str) -> tuple[str, float]:
    name, _, number = word.partition("=")
    if not name:
        number = ""
    try:
        return name, read_number(number)
    except ValueError:
        raise ValueError(f"expected name=number, got {word!r}; for example w=0.84 or w=-1/2") from None


class _Student:
    help = "write the student's version of notebooks: the same, without solutions"
    example = "student notebooks/*.ipynb -o student"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("notebooks", nargs="+", metavar="notebook.ipynb", help="the instructor's versions")
        parser.add_argument("-o", "--output", default="student", help="folder to write into (default: %(default)s)")

    def run(self, arguments: argparse.Namespace) -> int:
        for notebook in arguments.notebooks:
            print(f"wrote {write_student_version(notebook, arguments.output)}")
        return 0


quiz = _Quiz()
student = _Student()
