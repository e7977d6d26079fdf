"""Machine code: read with registers a row says what it says of floats, at every edge; tapes of it are their graphs."""

from __future__ import annotations

import copy
import logging
import math
import pickle
import sys
from itertools import product

import numpy as np
import pytest
from executors import in_machine_code

from autograd import OPS, DomainError, Value, compile_graph, dot, elementary_function, mean
from autograd.compiler import choice
from autograd.compiler.domains import betrayal
from autograd.elementary import FUNCTIONS
from autograd.functions import sum_
from autograd.ops import primitive
from autograd.readings import floats, ieee_read
from autograd.value import apply

pytest.importorskip("llvmlite", reason="machine code is LLVM's")

EDGES = [-math.inf, -1e300, -2.0, -1.0, -0.5, -5e-324, -0.0, 0.0, 5e-324, 1e-310, 0.5, 1.0, 2.0, 3.0, 1e300, math.inf, math.nan]  # fmt: skip
FEW = [-math.inf, -1.0, -0.0, 0.0, 1.0, 2.0, math.nan]


def edges_of(op):
    """Points at the edges of numbers, and where operands tie."""
    return product(EDGES, repeat=len(op.operands)) if op.operands else product(FEW, repeat=len(op.operands) or 3)


def program_of(op, x):
    """The row as a program in machine code, made at a point where it is defined."""
    leaves = [Value(v) for v in x]
    program = in_machine_code(compile_graph(apply(op, *leaves), wrt=leaves))
    return program._executor, [leaves.index(p) for p in program.parameters]


def as_ieee(found, expected):
    return (
        found == expected or (found != found and expected != expected) or math.isclose(found, expected, rel_tol=1e-13)
    )


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_a_row_in_machine_code_is_the_row_of_floats_at_every_edge(op, points):
    machine, order = program_of(op, points(op)[0][: len(op.operands) or 3])
    shown = betrayal(op, (None,) * (len(op.operands) or 3))
    for x in edges_of(op):
        loss, gradient = machine.run(True, [np.array(x)[order]], [])
        y, slopes = ieee_read(op, x)
        try:
            op.rule(floats, *x)
        except OverflowError:
            pass
        except (ValueError, ZeroDivisionError):
            assert not math.isfinite(loss), x
            continue
        alarmed = shown and not (math.isfinite(y) and np.isfinite(slopes).all())
        assert as_ieee(loss, y) or (alarmed and math.isnan(loss)), (x, loss, y)
        assert all(map(as_ieee, gradient.tolist(), [slopes[k] for k in order])), (x, gradient, slopes)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_a_batch_has_a_lane_for_each_sample(op, points, dtype):
    rows = points(op, 21)  # tiles of 8 or 16 lanes, the last of them not full
    x = [Value(v) for v in rows[0]]
    w = [Value(0.0) for _ in x]
    program = in_machine_code(
        compile_graph(apply(op, *[a + b for a, b in zip(w, x, strict=True)]), [x], wrt=w, dtype=dtype)
    )
    value, gradient = program.value_and_grad(rows)
    read = [op.rule(floats, *np.array(row, dtype).tolist()) for row in rows]
    tolerance = {"rtol": 1e-12, "atol": 1e-13} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(value, np.mean([y for y, _ in read]), **tolerance)
    found = dict(zip(program.parameters, gradient, strict=True))
    np.testing.assert_allclose([found[v] for v in w], np.mean([slopes for _, slopes in read], axis=0), **tolerance)


@pytest.mark.parametrize("n", [34, 35, 65, 200])
@pytest.mark.parametrize(
    "build", [sum_, mean, dot, lambda x: dot(x, x[::-1], x[0])], ids=["sum", "mean", "square", "dot"]
)
def test_a_wide_sum_is_computed_in_parts_in_the_same_order(n, build):
    x = [Value(math.sin(k), label=f"x{k}") for k in range(n)]
    root = build(x, x) if build is dot else build(x)
    program = in_machine_code(compile_graph(root, wrt=x))
    value, gradient = program.value_and_grad()
    assert value == root.data  # to the last bit
    root.backward()
    found = dict(zip(program.parameters, gradient.tolist(), strict=True))
    assert [found[v] for v in x] == [v.grad for v in x]
    assert len(program._executor._schedule.runs) > 1


def irregular(n):
    """(leaves, a graph in which no 8 nodes do the same)"""
    x = [Value(0.3 + k / 10) for k in range(8)]
    nodes = list(x)
    for k in range(n):
        a, b = nodes[-1], nodes[k * k % len(nodes)]
        nodes.append((a * b).tanh() if k % 3 else a - b * 0.5)
    return x, sum(x, nodes[-1])


def test_it_is_the_same_to_the_last_bit_in_every_call_and_copy():
    x, root = irregular(200)
    program = compile_graph(root, wrt=x)
    assert program.engine.startswith("machine code: ")
    assert program.source.startswith("# A tape of ")
    value, gradient = program.value_and_grad()
    for other in (program, copy.deepcopy(program), pickle.loads(pickle.dumps(program)), compile_graph(root, wrt=x)):
        again, same = other.value_and_grad()
        assert (again, same.tobytes()) == (value, gradient.tobytes())
        assert other() == value


def test_without_llvm_the_interpreter_serves_and_says_once_what_to_install(monkeypatch, caplog):
    x, root = irregular(1000)
    expected = compile_graph(root, wrt=x).value_and_grad()
    monkeypatch.setitem(sys.modules, "autograd.compiler.machine", None)
    choice._say_once.cache_clear()
    with caplog.at_level(logging.INFO, logger="autograd.compiler"):
        programs = [compile_graph(root, wrt=x) for _ in range(2)]
    assert [r.getMessage().partition(": ")[2] for r in caplog.records] == ["pip install 'chalkgrad[fast]'"]
    assert "interpreter" in programs[0].engine
    assert "pip install 'chalkgrad[fast]'" in programs[0].engine
    value, gradient = programs[0].value_and_grad()
    assert value == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-10)


def test_functions_of_ones_own_are_called_back_and_their_domain_is_kept():
    troubles = {101.0: LookupError, 201.0: KeyboardInterrupt}

    def positive_only(x):
        if x < 0:
            raise ValueError("negative")
        if x in troubles:
            raise troubles[x]
        return x * x

    elementary_function("of_mine", positive_only, slopes=lambda xp, x: (2.0 * x,))
    try:

        @primitive("mine", domain="x ≥ 0")
        def mine(xp, x):
            return xp.of_mine(x), (2.0 * x * (x > 0),)

        x = Value(3.0, label="x")
        program = in_machine_code(compile_graph(mine(x) * 2.0, wrt=[x]))
        value, gradient = program.value_and_grad()
        assert (value, gradient.tolist()) == (18.0, [12.0])
        with pytest.raises(DomainError, match="mine"):
            program(parameters=[-1.0])
        for x, trouble in troubles.items():
            with pytest.raises(trouble):  # which can't pass through C
                program.value_and_grad(parameters=[x])
        assert program() == 18.0
    finally:
        del FUNCTIONS["of_mine"], OPS["mine"]
