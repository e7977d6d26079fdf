"""A quiz on the chain rule: a random small graph, the student gives the gradients, the checker names the mistake.

>>> quiz = Quiz(seed=1)
>>> print(quiz)
Quiz 1, difficulty 1
  w = 0.5, x = 5
  u = x + w = 5.5
  L = u * w = 2.75
What are ∂L/∂w, ∂L/∂x?  quiz.check(w=…, x=…)
>>> quiz.check(w=5.5, x=0.5)
✗ w: Forgot to add. w is used 2 times: each use sends a contribution, and they add up.
✓ ∂L/∂x is right.
"""

from __future__ import annotations

import html
import operator
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from autograd import OPS, Picture, Value, draw, explain, topological_order
from autograd.steps import rehearsed
from nn.lab.answers import as_number, close
from nn.lab.gradient import (
    FORGOT_TO_ADD,
    FORGOT_UPSTREAM,
    WRONG_ORDER,
    Slip,
    but_right,
    candidates,
    judge_gradient,
)
from nn.lab.verdict import UNANSWERED, UNKNOWN, Verdict

__all__ = ["Quiz", "Verdicts"]

TRIES = 20_000  # graphs tried before a seed is given up; a few hundred are usually enough
GAP = 0.02  # two answers with different names differ by at least this much, relative: more than rounding can hide
LEAVES, RESULTS, LAST = ("w", "x", "b"), ("u", "v", "s", "t", "z"), "L"


class Level(NamedTuple):
    """What a graph of one difficulty is made of."""

    ops: tuple[str, ...]
    results: tuple[int, int]  # at least, at most
    numbers: tuple[float, ...]
    decimals: int  # at most, of every value and every gradient


EASY = ("add", "subtract", "multiply")
LEVELS = {
    1: Level(EASY, (2, 3), (-3, -2, -1.5, 0.5, 1.5, 2, 3, 4, 5), 3),
    2: Level((*EASY, "multiply", "power_constant", "relu"), (4, 5), (-3, -2, -1.5, 0.5, 1.5, 2, 3, 4), 3),
    3: Level(
        (*EASY, "multiply", "power_constant", "divide", "tanh", "sigmoid", "exp"),
        (4, 6),
        (-2, -1.5, -0.5, 0.5, 0.8, 1.2, 2),
        99,
    ),
}
USUAL = {1: {FORGOT_TO_ADD, FORGOT_UPSTREAM}}
USUAL[2] = USUAL[3] = {*USUAL[1], WRONG_ORDER}
TWO: dict[str, Callable[[Value, Value], Value]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
}  # fmt: skip


class Result(NamedTuple):
    """One result of the graph: its label, the row of the op table, the labels of its operands."""

    label: str
    op: str
    operands: tuple[str, ...]

    def __str__(self) -> str:
        row = OPS[self.op].bind(k=2) if self.op == "power_constant" else OPS[self.op]
        if len(self.operands) == 2:
            return f"{self.label} = {self.operands[0]} {row.operator} {self.operands[1]}"
        written = f"{self.operands[0]}{row.operator}" if row.operator else f"{row.name}({self.operands[0]})"
        return f"{self.label} = {written}"


class Exercise(NamedTuple):
    """What a graph is built from: numbers for the leaves, and the results computed from them."""

    numbers: dict[str, float]
    results: tuple[Result, ...]

    def built(self) -> dict[str, Value]:
        """Its nodes by label, leaves first."""
        nodes = {label: Value(number, label=label) for label, number in self.numbers.items()}
        for label, op, operands in self.results:
            x = [nodes[o] for o in operands]
            nodes[label] = TWO[op](*x) if len(x) == 2 else x[0] ** 2 if op == "power_constant" else getattr(x[0], op)()
            nodes[label].label = label
        return nodes


class Verdicts(dict[str, Verdict]):
    """One verdict per node; true when all are right."""

    def __bool__(self) -> bool:
        return all(self.values())

    @property
    def mistakes(self) -> dict[str, str]:
        """The mistakes' names, by the nodes where they were made."""
        return {label: verdict.mistake for label, verdict in self.items() if verdict.mistake}

    def __repr__(self) -> str:
        return "\n".join(_said(label, verdict) for label, verdict in self.items())

    def _repr_html_(self) -> str:
        return "".join(f'<p style="font-size:1.15em">{html.escape(line)}</p>' for line in repr(self).split("\n"))


def _said(label: str, verdict: Verdict) -> str:
    mark, _, said = repr(verdict).partition(" ")
    return repr(verdict) if verdict else f"{mark} {label}: {said}"


class Quiz:
    """A random small graph to differentiate by hand; the same seed gives the same graph.

    seed:       a whole number, or None for a new quiz each time
    difficulty: 1 sums and products, 2 more of them with squares and ReLUs, 3 smooth functions (bring a calculator)

    nodes: the graph's nodes by label; the last is ``L``
    asked: the labels whose gradient is asked for: the leaves

    In a notebook it shows the graph, gradients hidden. Raises ValueError for another difficulty.

    >>> quiz = Quiz(seed=1, difficulty=3)
    >>> quiz.asked
    ('w', 'x')
    """

    def __init__(self, seed: int | None = None, difficulty: int = 1) -> None:
        if difficulty not in LEVELS:
            raise ValueError(f"difficulty is one of {', '.join(map(str, LEVELS))}; got {difficulty!r}")
        self.seed = random.randrange(10_000) if seed is None else seed
        self.difficulty = difficulty
        self._exercise = _found(self.seed, difficulty)
        self.nodes = self._exercise.built()
        self.asked = tuple(self._exercise.numbers)

    def check(self, /, **answers: Any) -> Verdicts:
        """Judge ∂L/∂ of each leaf, and of any result that is given too; rounding to three digits is fine.

        An answer that would be right, had you not got a result's gradient wrong, is said to follow from that mistake.
        """
        L = self.nodes[LAST]
        numbers = {self.nodes[label]: as_number(answer) for label, answer in answers.items() if label in self.nodes}
        known = {node: number for node, number in numbers.items() if number is not None}
        order = [*reversed([result.label for result in self._exercise.results]), *self.asked]
        judged = [label for label in order if label in answers or label in self.asked]
        verdicts = {
            label: judge_gradient(L, self.nodes[label], answers[label], known)
            if label in answers
            else Verdict(UNANSWERED, f"Give {label}=… too.")
            for label in judged
        }
        strangers = {
            label: Verdict(UNKNOWN, f"There is no {label} in this graph.")
            for label in answers
            if label not in self.nodes
        }
        return Verdicts(verdicts | strangers)

    def hints(self, label: str) -> tuple[str, ...]:
        """Three hints on the gradient of the node of that label: where it is used, with which slopes, and what arrives there.

        >>> for hint in Quiz(seed=1).hints("w"):
        ...     print(hint)
        w is used in L = u * w and in u = x + w. There are 2 contributions, and they add up.
        The local derivatives there: 5.5 in L = u * w, 1 in u = x + w.
        What arrives from above: ∂L/∂L = 1, ∂L/∂u = 0.5.
        """
        formulas = {result.label: str(result) for result in self._exercise.results}
        uses = explain(self.nodes[label], self.nodes[LAST]).contributions
        users = list(dict.fromkeys(use.child for use in uses))
        adding = (
            "There is one contribution." if len(uses) == 1 else f"There are {len(uses)} contributions, and they add up."
        )
        upstream = {use.child: use.upstream for use in uses}
        return (
            f"{label} is used in {' and in '.join(formulas[user] for user in users)}. {adding}",
            f"The local derivatives there: {', '.join(f'{use.local:.4g} in {formulas[use.child]}' for use in uses)}.",
            f"What arrives from above: {', '.join(f'∂L/∂{user} = {upstream[user]:.4g}' for user in users)}.",
        )

    def solution(self) -> Solution:
        """Every gradient with the steps that lead to it, in the order in which backward finds them."""
        L = self.nodes[LAST]
        return Solution(str(explain(node, L)) for node in reversed(topological_order(L)))

    @cached_property
    def picture(self) -> Picture:
        """The graph, every gradient a question mark."""
        scene = draw(self._exercise.built()[LAST]).scene  # a graph of its own: yours may have gradients
        boxes = tuple(replace(box, lines=tuple(map(_hidden, box.lines)), hover="") for box in scene.boxes)
        return Picture(replace(scene, boxes=boxes, arrows=tuple(replace(arrow, hover="") for arrow in scene.arrows)))

    def __repr__(self) -> str:
        return self.asking(f"quiz.check({', '.join(f'{label}=…' for label in self.asked)})")

    def asking(self, how: str) -> str:
        """The quiz as text that ends with how to answer it."""
        given = ", ".join(f"{label} = {number:g}" for label, number in self._exercise.numbers.items())
        lines = [f"{result} = {self.nodes[result.label].data:.4g}" for result in self._exercise.results]
        question = f"What are {', '.join(f'∂L/∂{label}' for label in self.asked)}?  {how}"
        return "\n".join(
            [f"Quiz {self.seed}, difficulty {self.difficulty}", *(f"  {line}" for line in (given, *lines)), question]
        )

    def _repr_html_(self) -> str:
        title, *lines, question = repr(self).split("\n")
        formulas = "\n".join(html.escape(line.strip()) for line in lines)
        return (
            f'<p style="font-size:1.15em"><b>{title}</b></p><pre style="font-size:1.15em">{formulas}</pre>{self.picture._repr_html_()}'
            f'<p style="font-size:1.15em">{html.escape(question)}</p>'
        )


class Solution(tuple[str, ...]):
    """One explanation per node; it prints as text."""

    def __new__(cls, parts: Iterator[str]) -> Solution:
        return super().__new__(cls, parts)

    def __repr__(self) -> str:
        return "\n\n".join(self)


def _hidden(line: Any) -> Any:
    return replace(line, text="grad ?") if line.text.startswith("grad ") else line


# ── finding a graph that is worth asking ────────────────────────────────────


def _found(seed: int, difficulty: int) -> Exercise:
    """The first graph of this seed that is worth asking."""
    draw_from, level = random.Random(f"{seed}, {difficulty}"), LEVELS[difficulty]
    for _ in range(TRIES):
        exercise = _drawn(draw_from, level)
        if not _is_connected(exercise, difficulty):
            continue
        try:
            nodes = exercise.built()
        except ArithmeticError:  # a division by 0
            continue
        if _is_short(nodes, level) and _tells_mistakes_apart(nodes, USUAL[difficulty]):
            return exercise
    raise ValueError(f"no graph of seed {seed} and difficulty {difficulty} is worth asking; take another seed")


def _drawn(draw_from: random.Random, level: Level) -> Exercise:
    """Any graph of this level: each result uses the newest result and any other node."""
    leaves = LEAVES[: draw_from.choice((2, 3, 3))]
    n = draw_from.randint(*level.results)
    known, results = list(leaves), list[Result]()
    for label in (*RESULTS[: n - 1], LAST):
        op = draw_from.choice(level.ops if not results or results[-1].op in TWO else EASY)  # no function of a function
        operands = (known[-1], draw_from.choice(known)) if op in TWO else (known[-1],)
        results.append(Result(label, op, tuple(draw_from.sample(operands, len(operands)))))
        known.append(label)
    numbers = map(float, draw_from.sample(level.numbers, len(leaves)))  # no two alike
    return Exercise(dict(zip(leaves, numbers, strict=True)), tuple(results))


def _is_connected(exercise: Exercise, difficulty: int) -> bool:
    """Is every node used, and some node twice (from difficulty 2 on a result, so that the order matters)?"""
    uses = [operand for result in exercise.results for operand in result.operands]
    labels = [*exercise.numbers, *(result.label for result in exercise.results[:-1])]
    shared = labels if difficulty == 1 else labels[len(exercise.numbers) :]
    return all(label in uses for label in labels) and any(uses.count(label) > 1 for label in shared)


def _is_short(nodes: dict[str, Value], level: Level) -> bool:
    """Are values and gradients neither long, nor large, nor 0?"""
    with rehearsed(nodes[LAST]):
        numbers = [x for node in nodes.values() for x in (node.data, node.grad)]
    return all(0.01 <= abs(x) <= 60 and round(x, level.decimals) == x for x in numbers)


def _tells_mistakes_apart(nodes: dict[str, Value], usual: set[str]) -> bool:
    """Does every mistake lead to a number of its own, and can the usual ones be made?"""
    L = nodes[LAST]
    with rehearsed(L):
        right = {node: node.grad for node in nodes.values() if node is not L}
    names: set[str] = set()
    for node, gradient in right.items():
        every = candidates(L, node)
        if any(slip.mistake == FORGOT_TO_ADD and close(slip.answer, gradient) for slip in every):
            return False  # contributions cancel, and whoever forgets them is right by luck
        made = but_right(every, gradient)
        if not _are_apart(gradient, made):
            return False
        names.update(slip.mistake for slip in made)
    return usual <= names


def _are_apart(right: float, made: list[Slip]) -> bool:
    answers = sorted([(right, ""), *((slip.answer, slip.mistake) for slip in made)])
    return all(
        name == other or abs(a - b) > GAP * max(abs(a), abs(b), 0.01) for (a, name), (b, other) in pairwise(answers)
    )
