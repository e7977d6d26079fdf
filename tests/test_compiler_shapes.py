"""Arrays of one row, of one column and of one number: what a program reads has the shape of the operands."""

from __future__ import annotations

import random

import numpy as np
import pytest
from fuzz.families import FAMILIES
from fuzz.programs import against_graphs
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, compile_graph, dot, maximum
from autograd import sum as summed
from autograd.compiler.indexing import indexing_of
from autograd.compiler.numeric import numbers_of


@st.composite
def places(draw):
    """(shape of an array, places in it): its own, of a slice, transposed, repeated, with axes of one, or any at all."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    index = np.arange(np.prod(shape)).reshape(shape)
    for _ in range(draw(st.integers(0, 4))):
        axis = draw(st.integers(0, index.ndim - 1)) if index.ndim else 0
        match draw(st.sampled_from(["slice", "swap", "repeat", "one", "pick", "any"])):
            case "slice" if index.ndim:
                start = draw(st.integers(0, index.shape[axis] - 1))
                step = draw(st.sampled_from([1, 2, -1]))
                index = index[(slice(None),) * axis + (slice(start, None, step),)]
            case "swap" if index.ndim > 1:
                index = index.swapaxes(axis, draw(st.integers(0, index.ndim - 1)))
            case "repeat" if index.ndim < 4:
                index = np.repeat(np.expand_dims(index, axis), draw(st.integers(1, 3)), axis)
            case "one" if index.ndim < 4:
                index = np.expand_dims(index, axis)
            case "pick" if index.ndim:
                index = np.asarray(index.take(0, axis))
            case "any":
                index = np.array(draw(st.permutations(index.ravel().tolist()))).reshape(index.shape)
    return shape, index


@settings(max_examples=400)
@given(places(), st.booleans())
def test_what_is_read_is_what_the_places_say(case, full):
    shape, index = case
    how = indexing_of(shape, index, full=full)
    array = np.arange(np.prod(shape)).reshape(shape)
    if how.kind == "slice":
        read = array[how.key].swapaxes(-1, -2) if how.swapped else array[how.key]
    else:
        read = {
            "whole": lambda: array,
            "reshape": lambda: array.reshape(how.shape),
            "take": lambda: array.ravel()[how.index],
        }[how.kind]()
    assert read.shape == how.shape
    missing = tuple(t for t in range(index.ndim) if t not in how.kept)
    assert not (full and missing)
    np.testing.assert_array_equal(np.broadcast_to(np.expand_dims(read, missing), index.shape), index)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("T", "heads"), [(2, 2), (3, 2), (2, 3)])
def test_heads_of_one_number(T, heads, causal):
    """Attention whose scores are products of one number each, written with ``maximum``: a batch of its graphs."""
    draw = random.Random(0)
    weights = [[[draw.uniform(-1, 1) for _ in range(heads)] for _ in range(heads)] for _ in "qkv"]

    def loss_of(numbers):
        X = [[Value(v) for v in row] for row in numbers]
        W = [[[Value(w, kind="parameter") for w in row] for row in M] for M in weights]
        q, k, v = ([[dot(row, x) for row in M] for x in X] for M in W)
        outputs = []
        for t in range(T):
            for h in range(heads):
                scores = [dot([q[t][h]], [k[j][h]]) for j in range(t + 1 if causal else T)]
                largest = scores[0]
                for s in scores[1:]:
                    largest = maximum(largest, s)
                e = [(s - largest).exp() for s in scores]
                total = summed(e)
                outputs.append(dot([a / total for a in e], [v[j][h] for j in range(len(e))]))
        return summed([o**2 for o in outputs]), X, [w for M in W for row in M for w in row]

    samples = np.random.default_rng(0).uniform(-1, 1, (2, T, heads))
    graphs = [loss_of(x) for x in samples]
    for loss, _, _ in graphs:
        loss.backward()
    loss, X, parameters = graphs[0]
    program = compile_graph(loss, [[x for row in X for x in row]], wrt=parameters)
    value, gradient = program.value_and_grad(samples.reshape(2, -1))
    right = {p: np.mean([g[2][i].grad for g in graphs]) for i, p in enumerate(parameters)}
    assert value == pytest.approx(np.mean([g[0].data for g in graphs]), rel=1e-12)
    np.testing.assert_allclose(gradient, [right[p] for p in program.parameters], rtol=1e-10, atol=1e-14)


def test_integers_enter_a_program_as_floats_and_floats_as_they_are():
    floats = np.array([0.5, 2.0])
    assert numbers_of("x", floats) is floats
    for array in (np.array([1, 2]), np.array([True, False]), np.array([1, 0.5], dtype=object)):
        assert numbers_of("x", array).dtype == float
        assert numbers_of("x", array).tolist() == array.tolist()


@pytest.mark.parametrize("sizes", [((2, 1), (2, 2)), ((1, 2), (2, 2)), ((2, 2), (2, 2))], ids=str)
def test_rows_that_meet_in_blocks_of_any_size(sizes):
    """Of each block, every row w meets every row x; blocks of unequal size can't be stacked."""
    numbers = random.Random(0)
    loss = Value(0.0)
    for block in sizes:
        W, X = ([[Value(numbers.uniform(-1, 1)) for _ in range(3)] for _ in range(n)] for n in block)
        loss = loss + summed([dot(w, x).tanh() for w in W for x in X])
    program = compile_graph(loss)
    loss.backward()
    value, gradient = program.value_and_grad()
    assert value == pytest.approx(loss.data, rel=1e-12)
    np.testing.assert_allclose(gradient, [p.grad for p in program.parameters], rtol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_programs_of_every_family_are_their_graphs(family):
    for seed in range(8):
        against_graphs(family, seed)
