"""The command line ``chalkgrad``, also ``python -m autograd`` and ``python -m nn``.

Commands are found through the entry points "chalkgrad.commands", so that the
engine need not know the packages that are built on it.
"""

from __future__ import annotations

import argparse
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def _commands() -> dict[str, Any]:
    found = {e.name: e for e in metadata.entry_points(group="chalkgrad.commands")}
    if not found:
        sys.exit("chalkgrad is not installed here: run `pip install -e .` in its folder first")
    try:
        return {name: entry.load() for name, entry in sorted(found.items())}
    except (ImportError, AttributeError) as error:
        sys.exit(
            f"chalkgrad: {error}\nIs another project's `autograd` or `nn` installed in this environment? "
            "Uninstall it (pip uninstall autograd nn), then reinstall chalkgrad."
        )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 when a check failed, 2 with one line for a wrong argument or file.

    >>> main(["check", "w*w", "w=3"])
    input             value       backward     difference  rel. error  verdict
    w                     3              6              6 ...  agrees
    0
    """
    parser = _Parser(prog="chalkgrad", description="Draw, check and train with a scalar autodiff engine.")
    parser.add_argument("--version", action="version", version=f"chalkgrad {metadata.version('chalkgrad')}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in _commands().items():
        sub = subparsers.add_parser(name, help=command.help, description=command.help)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except (ValueError, ArithmeticError, TypeError, ImportError) as error:
        problem = str(error)
    except OSError as error:
        problem = f"{error.filename}: {(error.strerror or 'failed').lower()}" if error.filename else str(error)
    except KeyboardInterrupt:
        problem = "interrupted"
    print(f"chalkgrad {arguments.command}: {' '.join(problem.split())}", file=sys.stderr)
    return 130 if problem == "interrupted" else 2


if __name__ == "__main__":
    sys.exit(main())
