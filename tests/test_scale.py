"""What is done with a graph takes as many calls per node for a large graph as for a small one."""

from __future__ import annotations

import copy
import pickle
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from autograd import compile_graph, topological_order

SMALL, LARGE = 300, 1_200  # nodes: the large one is deeper than Python recurses


@pytest.fixture(scope="module")
def scale():
    """The shapes and the operations that ``python tests/benchmarks/run.py scale`` measures, up to a million nodes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent / "benchmarks")
        yield import_module("scale")


@pytest.mark.parametrize("shape", ["chain", "ladder", "sum", "batch"])
def test_no_operation_takes_more_calls_per_node_for_a_larger_graph(shape, scale, cost):
    def calls_per_node(operation, n):
        given = operation.prepare(shape, n)
        done = cost(lambda: operation.run(given))
        assert not isinstance(done.result, Exception), done.result
        return done.calls / n

    for name, operation in scale.OPERATIONS.items():
        calls_per_node(operation, 50)  # what is loaded on first use
        assert calls_per_node(operation, LARGE) < 1.3 * calls_per_node(operation, SMALL), name


def test_an_explanation_says_the_rules_of_the_contributions_that_it_prints(scale):
    """Of a parameter that is used a hundred times, twenty."""
    from autograd import explain

    root, w, _ = scale.built("chain", 200)
    explanation = explain(w, root)
    assert len(explanation.contributions) == 101
    assert [bool(c.rule) for c in explanation.contributions] == [True] * 20 + [False] * 81
    assert all(c.rule in str(explanation) for c in explanation.contributions[:20])


def nodes_of_a_ladder(scale, n):
    root, _, _ = scale.built("ladder", n)
    return topological_order(root)


HELD = {
    "all nodes in a list, copied": (nodes_of_a_ladder, copy.deepcopy),
    "a program, copied": (lambda scale, n: compile_graph(scale.built("ladder", n)[0]), copy.deepcopy),
    "a program, pickled": (lambda scale, n: compile_graph(scale.built("ladder", n)[0]), pickle.dumps),
}


@pytest.mark.parametrize("made", HELD)
def test_what_holds_many_nodes_is_copied_in_proportion_to_them(made, scale, cost):
    """Each node by itself would bring all that is below it."""
    prepare, operation = HELD[made]
    small, large = (cost(partial(operation, prepare(scale, n))).calls / n for n in (SMALL, LARGE))
    assert large < 1.3 * small
