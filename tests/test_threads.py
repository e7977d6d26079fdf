"""Eight threads at once give what one gives; ``python tests/fuzz/run.py threads`` draws more of them."""

from __future__ import annotations

import gc
import random
from itertools import count

import pytest
from fuzz.shrinking import Trouble
from fuzz.threads import KINDS, same_at_once


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_eight_threads_compute_at_once_is_what_one_computes_to_the_last_bit(kind):
    same_at_once(list(kind(random.Random(0))))


def test_a_thread_that_computes_something_else_or_leaves_the_collector_off_is_found():
    counted = count()
    with pytest.raises(Trouble, match="alone 0\ntogether"):
        same_at_once([lambda: str(next(counted))] * 8)
    with pytest.raises(Trouble, match="the garbage collector is off"):
        same_at_once([lambda: gc.disable() or "off"] * 8)
    assert gc.isenabled()
