"""What the notebooks ask of a student: exercises whose checks name the mistake.

One module a notebook holds that notebook's checks. All of them judge alike: `verdict` by comparing answers (numbers,
lists, functions), `gradient` by finding out which mistake leads to a number.
"""

from nn.lab.gradient import judge_gradient
from nn.lab.verdict import Verdict, judge, judge_function

__all__ = ["Verdict", "judge", "judge_function", "judge_gradient"]
