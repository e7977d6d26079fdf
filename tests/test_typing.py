"""What editors know of this library. (User code in tests/typed/ is checked by mypy --strict and pyright: see .ci/run.)"""

from __future__ import annotations

import re
from pathlib import Path

import autograd
from autograd import Value
from autograd.functions import method_names
from autograd.ops import OPS

ROOT = Path(__file__).parent.parent


def declarations() -> list[str]:
    """The line that declares each method which the table gives to Value."""
    constants = {
        op: "".join(f", {k}: float = {v!r}" for k, v in op.constants.items())
        for op in OPS.values()
        if len(op.operands) == 1
    }
    return sorted(f"def {name}(self{c}) -> Value: ..." for op, c in constants.items() for name in method_names(op))


def test_the_declared_methods_are_those_of_the_table():
    _, _, block = (ROOT / "autograd" / "value.py").read_text().partition("    if TYPE_CHECKING:  # the rows' methods")
    declared = re.findall(r"^        (def [a-z].*)$", block, flags=re.MULTILINE)
    assert declared == declarations(), "put these into autograd/value.py:\n" + "\n".join(declarations())


def test_lazy_names_are_listed_and_there():
    assert set(autograd.__all__) <= set(dir(autograd))
    for name in dir(autograd):
        assert getattr(autograd, name) is not None


def test_completion_on_a_value_offers_no_row_that_python_writes_with_an_operator():
    offered = {name for name in dir(Value(1.0)) if not name.startswith("_")}
    assert not offered & {"power_constant", "exponential", "negative", "positive", "add", "multiply"}
    assert {"tanh", "relu", "abs", "exp", "backward", "zero_grad", "data", "grad", "label"} <= offered
