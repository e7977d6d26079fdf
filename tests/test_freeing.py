"""A graph that is freed node by node: all of it goes, nothing else does, and nothing recurses."""

from __future__ import annotations

import gc
import weakref

import pytest

from autograd import Value, dot, topological_order
from autograd.freeing import take_apart


@pytest.fixture
def depths(monkeypatch):
    """Nodes are freed as in the browser; gives how many were being freed inside each other when each was."""
    found, inside = [], []

    def freed(node):
        inside.append(id(node))
        found.append(len(inside))
        take_apart(node)
        inside.pop()

    gc.collect()  # what other tests left is freed as it was made
    monkeypatch.setattr(Value, "__del__", freed, raising=False)
    return found


def chain(x, n):
    for _ in range(n):
        x = x * 1.5 + x
    return x


SHAPES = {
    "chain": lambda: chain(Value(1.0), 500),
    "the same parent twice": lambda: Value(1.0) * (lambda v: v * v)(chain(Value(2.0), 5)),
    "wide": lambda: dot([chain(Value(1.0), 3) for _ in range(50)], [Value(2.0) for _ in range(50)]),
    "two chains from one": lambda: (lambda v: chain(v, 50) * chain(v, 50))(Value(1.0)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_all_of_a_graph_is_freed_without_depth(shape, depths):
    root = SHAPES[shape]()
    nodes = [weakref.ref(v) for v in topological_order(root)]
    gc.disable()
    try:
        del root
        assert [v for v in nodes if v() is not None] == []
    finally:
        gc.enable()
    assert len(depths) == len(nodes)
    assert max(depths) <= 2


def test_what_is_held_by_others_keeps_its_parents(depths):
    x = Value(2.0)
    held = chain(x, 3)
    root = chain(held, 100)
    below = [v.parents for v in topological_order(held)]
    del root
    assert [v.parents for v in topological_order(held)] == below
    assert max(depths) <= 2
    held.backward()
    assert x.grad == 2.5**3


def test_a_node_whose_making_failed_is_freed(depths):
    with pytest.raises(TypeError):
        Value("one")
    gc.collect()
    assert depths == [1]
