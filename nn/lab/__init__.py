"""What the notebooks ask of a student: exercises whose checks name the mistake.

One module a notebook holds that notebook's checks; `nn.lab.verdict` is how all of them judge.
"""

from .verdict import Verdict, judge

__all__ = ["Verdict", "judge"]
