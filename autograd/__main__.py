# PYTHON_ARGCOMPLETE_OK
"""The command line ``chalkgrad``, also ``python -m autograd`` and ``python -m nn``.

Commands are found through the entry points "chalkgrad.commands", so that the
engine need not know the packages that are built on it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import suppress
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

INTERRUPTED, READER_GONE = 130, 141  # exit codes, as a shell gives them to what SIGINT and SIGPIPE ended


def _commands() -> dict[str, Any]:
    found = {e.name: e for e in metadata.entry_points(group="chalkgrad.commands")}
    if not found:
        raise ImportError("chalkgrad is not installed here: run `pip install -e .` in its folder first")
    try:
        return {name: entry.load() for name, entry in sorted(found.items())}
    except (ImportError, AttributeError) as error:
        raise ImportError(
            f"{error}. Is another project's `autograd` or `nn` installed in this environment? "
            "Uninstall it (pip uninstall autograd nn), then reinstall chalkgrad."
        ) from None


class _AsWritten(argparse.HelpFormatter):
    """Help whose examples stand as they are typed; what else there is to say is filled into lines."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("example") else super()._fill_text(text, width, indent)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 when a check failed, 2 with one line for a wrong argument or file.

    Without a command it shows what there is, with an example of each.
    130 after Ctrl-C; 141, silently, when nobody reads the output any more (``| head``).

    >>> main(["check", "w*w", "w=3"])
    input             value       backward     difference  rel. error  verdict
    w                     3              6              6 ...  agrees
    0
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # there is none, or it is not a file
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # ∂ in a terminal that has no ∂
    who = "chalkgrad"
    try:
        try:
            words = _marked(sys.argv[1:] if argv is None else argv)
            parser = _parser()
            _complete(parser)
            if not words:
                parser.print_help()
                return 0
            arguments = parser.parse_args(words)
            who += f" {arguments.command}"
            return int(arguments.run(arguments))
        finally:
            _flush()
    except BrokenPipeError:
        return READER_GONE
    except (ValueError, ArithmeticError, TypeError, ImportError) as error:
        return _failed(who, str(error), 2)
    except OSError as error:
        reason = (error.strerror or str(error) or "failed").lower()
        return _failed(who, f"{error.filename}: {reason}" if error.filename else reason, 2)
    except KeyboardInterrupt:
        return _failed(who, "interrupted", INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    commands = _commands()
    parser = _Parser(
        prog="chalkgrad", description="Draw, step through, check and train with a scalar autodiff engine.",
        epilog=_examples(*(command.example for command in commands.values())), formatter_class=_AsWritten,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"chalkgrad {metadata.version('chalkgrad')}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in commands.items():
        sub = subparsers.add_parser(
            name,
            help=command.help,
            description=command.help,
            epilog=_examples(command.example),
            formatter_class=_AsWritten,
        )
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def _examples(*typed: str) -> str:
    return "\n".join([f"example{'s' * (len(typed) > 1)}:", *(f"  chalkgrad {words}" for words in typed)])


def _complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks how the words go on, if argcomplete is installed."""
    if "_ARGCOMPLETE" in os.environ:
        with suppress(ImportError):
            import argcomplete

            argcomplete.autocomplete(parser)


def _marked(words: Sequence[str]) -> list[str]:
    """A formula such as -log(x) is not an option: a space before it tells argparse so.

    >>> _marked(["check", "-log(x)", "-o", "x=-1"])
    ['check', ' -log(x)', '-o', 'x=-1']
    """
    return [f" {word}" if re.match(r"-(?![-oh])[\w.]*[^\w.=]", word) else word for word in words]


def _flush() -> None:
    """Write what was printed while an error can still be reported; Python's own flush at its end must find nothing."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _failed(who: str, problem: str, code: int) -> int:
    if sys.stderr is not None:  # print would take None for the standard output
        with suppress(OSError):
            print(f"{who}: {' '.join(problem.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
