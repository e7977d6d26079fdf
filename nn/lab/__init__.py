"""What the notebooks ask of a student: exercises whose checks name the mistake.

`checks` has one module per notebook with the checks of its exercises. All of them judge in the same way: `verdict` by
comparing answers (numbers, lists, functions, which `answers` reads), `gradient` by finding out which mistake leads to a
number. `nudging` and `delta` hold what notebooks 2 and 6 show, `quiz` asks for the gradients of random small graphs,
`bugs` runs the classic wrong engines beside the right one, `student` makes the version of a notebook without solutions.
"""

from nn.lab.gradient import judge_gradient
from nn.lab.quiz import Quiz
from nn.lab.verdict import Verdict, judge, judge_function

__all__ = ["Quiz", "Verdict", "judge", "judge_function", "judge_gradient"]
