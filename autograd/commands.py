"""The commands that need the engine alone: ``draw``, ``step`` and ``check``.

A command is an object with ``help``, ``example``, ``add_arguments(parser)`` and ``run(arguments)``; a wrong
argument is a ValueError or OSError whose text says what to do.
"""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path
from typing import Any, Protocol
from unicodedata import normalize

from autograd.expressions import parse, read_number
from autograd.gradient_check import gradcheck
from autograd.value import Value

__all__ = ["Command", "add_open", "check", "draw", "number", "show", "step"]


class Command(Protocol):
    """What the command line asks of a command."""

    help: str
    example: str  # what to type after ``chalkgrad``

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:  # noqa: D102
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit code."""
        ...


def number(text: str) -> float:
    """``read_number`` for an argument, in argparse's way of saying what is wrong."""
    try:
        return read_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_open(parser: argparse.ArgumentParser) -> None:
    """The option ``--open``; ``show`` does what it says."""
    parser.add_argument("--open", action="store_true", help="open it in the browser")


def show(path: str | Path) -> None:
    """Open a file in the browser, or say that there is none."""
    if not webbrowser.open(Path(path).resolve().as_uri()):
        print(f"no browser was found here: open {path} in one yourself")


def _assignments(words: list[str]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = normalize("NFKC", name)  # as Python reads a formula's names: µ, the unit's sign, is the letter μ
        if not equals or not name.isidentifier():
            raise ValueError(f"expected name=number, got {word!r}; for example w=1")
        if name in numbers:
            raise ValueError(f"{name} is given twice: {numbers[name]:g} and {text}")
        try:
            numbers[name] = read_number(text)
        except ValueError:
            raise ValueError(f"{name} needs a number, got {text!r}") from None
    return numbers


def _formula_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("expression", type=str.strip, help='a formula, such as "tanh(w*x + b)"')
    parser.add_argument("values", nargs="*", metavar="name=number", help="a number for each name: w=1 x=2 b=-0.5")


def _formula(arguments: argparse.Namespace) -> tuple[Any, dict[str, float]]:
    expression, numbers = parse(arguments.expression), _assignments(arguments.values)
    unused = [name for name in numbers if name not in expression.names]
    if unused:
        raise ValueError(
            f"{', '.join(unused)} does not occur in {arguments.expression!r}; its names are {', '.join(expression.names) or '(none)'}"
        )
    return expression, numbers


class _Draw:
    help = "draw the graph of a formula, with its gradients"
    example = 'draw "tanh(w*x + b)" w=1 x=2 b=-1/2 --open'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        _formula_arguments(parser)
        parser.add_argument(
            "-o", "--output", default="graph.svg", help="file to write: .svg, .png, .pdf or .dot (default: %(default)s)"
        )
        parser.add_argument("--direction", choices=["LR", "TB"], default="LR", help="left to right, or top to bottom")
        parser.add_argument("--local-derivatives", action="store_true", help="write ∂node/∂parent on every edge")
        add_open(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        from autograd.view import draw as drawn

        expression, numbers = _formula(arguments)
        root = expression(numbers)
        root.backward()
        root.label = root.label or "L"
        picture = drawn(root, direction=arguments.direction, local_derivatives=arguments.local_derivatives)
        picture.save(Path(arguments.output))
        print(f"{arguments.expression} = {root.data:.6g}")
        for leaf in _leaves(root):
            print(f"  ∂/∂{leaf.label} = {leaf.grad:.6g}")
        print(f"wrote {arguments.output}")
        if arguments.open:
            show(arguments.output)
        return 0


class _Step:
    help = "step forward and backward through the graph of a formula, as a page for the browser"
    example = 'step "(a*b + a)**2" a=1 b=2 --open'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        _formula_arguments(parser)
        parser.add_argument(
            "-o",
            "--output",
            default="lesson.html",
            help="page to write, or moving picture: .gif, .webp, .mp4 (default: %(default)s)",
        )
        parser.add_argument(
            "--update", type=number, metavar="LR", help="show also the step that follows, w ← w - LR · ∂L/∂w"
        )
        add_open(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        from autograd.view import step as stepped

        expression, numbers = _formula(arguments)
        root = expression(numbers)
        root.label = root.label or "L"
        stepped(root, update=arguments.update).save(Path(arguments.output))
        page = Path(arguments.output).suffix.lower() in (".html", ".htm")
        print(f"wrote {arguments.output}" + ": a page for the browser; → steps on, ? lists the keys" * page)
        if arguments.open:
            show(arguments.output)
        return 0


def _leaves(root: Value) -> list[Value]:
    from autograd.backprop import topological_order

    return [v for v in topological_order(root) if not v.parents and v.label]


class _Check:
    help = "compare backward's gradient of a formula with difference quotients"
    example = 'check "x*sin(x)" x=2'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        _formula_arguments(parser)
        parser.add_argument(
            "--tolerance", type=number, default=1e-6, help="largest difference that agrees (default: %(default)s)"
        )

    def run(self, arguments: argparse.Namespace) -> int:
        expression, numbers = _formula(arguments)
        expression(numbers)  # a name without a value is an error before anything is compared
        report = gradcheck(
            _by_position(expression), *(numbers[n] for n in expression.names), tolerance=arguments.tolerance
        )
        rows = [row._replace(name=name) for name, row in zip(expression.names, report.rows, strict=True)]
        print(type(report)(report.value, rows))
        return 0 if report.ok else 1


def _by_position(expression: Any) -> Any:
    return lambda *values: expression(dict(zip(expression.names, values, strict=True)))


draw: Command = _Draw()
step: Command = _Step()
check: Command = _Check()
