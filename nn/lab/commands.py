"""``chalkgrad student``: notebooks without their solutions."""

from __future__ import annotations

import argparse

from nn.lab.student import write_student_version

__all__ = ["student"]


class _Student:
    help = "write the student's version of notebooks: the same, without solutions"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("notebooks", nargs="+", metavar="notebook.ipynb", help="the instructor's versions")
        parser.add_argument("-o", "--output", default="student", help="folder to write into (default: %(default)s)")

    def run(self, arguments: argparse.Namespace) -> int:
        for notebook in arguments.notebooks:
            print(f"wrote {write_student_version(notebook, arguments.output)}")
        return 0


student = _Student()
