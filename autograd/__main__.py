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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 when a check failed, 2 with one line for a wrong argument or file.

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
            arguments = _parser().parse_args(_marked(sys.argv[1:] if argv is None else argv))
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
    parser = _Parser(prog="chalkgrad", description="Draw, check and train with a scalar autodiff engine.")
    parser.add_argument("--version", action="version", version=f"chalkgrad {metadata.version('chalkgrad')}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in _commands().items():
        sub = subparsers.add_parser(name, help=command.help, description=command.help)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


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
