"""Ctrl-C at the lines of training and saving: what is left is whole. All of them: ``python tests/fuzz/interruptions.py``."""

from __future__ import annotations

import pytest
from fuzz.interruptions import CASES, check

EVERY = {"one step": 1, "backward": 1, "save": 101, "compiled": 2399}  # the lines of the others in strides of


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_ctrl_c_at_any_line_leaves_what_is_whole(name):
    every = EVERY.get(name, 199)
    assert check(name, first=every // 2 + 1, every=every) > 8
