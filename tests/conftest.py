"""What several test files share.

Hypothesis has two profiles: "quick", the same examples every time, and "thorough"
(HYPOTHESIS_PROFILE=thorough), many and fresh ones.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings

from autograd.ops import OPS
from autograd.value import Value, apply

ROOT = Path(__file__).parent.parent

settings.register_profile("quick", max_examples=40, deadline=None, derandomize=True, database=None)
settings.register_profile("thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


# ── points at which a row may be asked ──────────────────────────────────────


def intervals_of(op) -> list[tuple[float, float]]:
    """One interval an operand; rows of any number of operands get five, from −3 to 3."""
    return list(op.sample) or [(-3.0, 3.0)] * 5


def points_of(op, n: int = 20) -> list[list[float]]:
    """n points of the row's own sample intervals, the same in every run."""
    draw = random.Random(op.name)
    return [[draw.uniform(*interval) for interval in intervals_of(op)] for _ in range(n)]


@pytest.fixture(scope="session")
def points():
    return points_of


# ── what the ops mean, said a second time, in 50 digits ─────────────────────


@pytest.fixture(scope="session")
def exact():
    """name → mpmath function. Written from the mathematics, not from the table."""
    from mpmath import mp

    mp.dps = 50

    def dot(*v):
        n = len(v) // 2
        return mp.fsum([*(v[i] * v[n + i] for i in range(n)), *v[2 * n :]])

    return {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "negative": lambda x: -x,
        "positive": lambda x: x,
        "power": mp.power,
        "power_constant": lambda x, k=2: mp.power(x, k),
        "exponential": lambda x, base=2: mp.power(base, x),
        "absolute": abs,
        "maximum": max,
        "minimum": min,
        "exp": mp.exp,
        "expm1": mp.expm1,
        "log": mp.log,
        "log1p": lambda x: mp.log(1 + x),
        "sqrt": mp.sqrt,
        "sin": mp.sin,
        "cos": mp.cos,
        "erfc": mp.erfc,
        "tanh": mp.tanh,
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
        "softplus": lambda x: mp.log(1 + mp.exp(x)) if x < 100 else x + mp.log(1 + mp.exp(-x)),
        "relu": lambda x: x if x > 0 else mp.mpf(0),
        "leaky_relu": lambda x, negative_slope=0.01: x if x > 0 else mp.mpf(negative_slope) * x,
        "elu": lambda x, alpha=1: x if x > 0 else alpha * mp.expm1(x),
        "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
        "clip": lambda x, low=-1, high=1: min(max(x, low), high),
        "silu": lambda x: x / (1 + mp.exp(-x)),
        "step": lambda x: mp.mpf(1 if x >= 0 else 0),
        "dot": dot,
        "sum": lambda *x: mp.fsum(x),
        "mean": lambda *x: mp.fsum(x) / len(x),
        "logsumexp": lambda *x: max(x) + mp.log(mp.fsum(mp.exp(v - max(x)) for v in x)),
    }


# ── random graphs: fan-out, shared nodes, every row of the table within its domain ──


class Program(NamedTuple):
    """Numbers for the leaves, and one line a node: which row, on which earlier nodes (leaves first)."""

    leaves: tuple[float, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]

    def run(self, leaves: list[Value]) -> list[Value]:
        """All nodes, leaves first. An operand outside its row's interval is squashed into it by a sigmoid first."""
        nodes = list(leaves)
        for name, operands in self.lines:
            op = OPS[name]
            fitted = [
                v if low <= v.data <= high else v.sigmoid() * (high - low) + low
                for v, (low, high) in zip((nodes[i] for i in operands), self.intervals(op, operands), strict=True)
            ]
            nodes.append(apply(op, *fitted))
        return nodes

    def run_exactly(self, exact: dict[str, Any], leaves: list[Any], like: list[Value]) -> Any:
        """The last value, in the numbers of ``leaves``; ``like``: the float run, which says what was squashed."""
        nodes = list(leaves)
        for name, operands in self.lines:
            fitted = [
                nodes[i] if low <= like[i].data <= high else exact["sigmoid"](nodes[i]) * (high - low) + low
                for i, (low, high) in zip(operands, self.intervals(OPS[name], operands), strict=True)
            ]
            nodes.append(exact[name](*fitted))
        return nodes[-1]

    @staticmethod
    def intervals(op, operands) -> list[tuple[float, float]]:
        return list(op.sample) or [(-3.0, 3.0)] * len(operands)

    def values(self) -> tuple[list[Value], Value]:
        """Fresh leaves, and the root."""
        leaves = [Value(x, label=f"x{i}") for i, x in enumerate(self.leaves)]
        return leaves, self.run(leaves)[-1]

    def has_tie(self) -> bool:
        """Is a kink hit exactly, so that a difference quotient has nothing to say?"""
        nodes = self.run(list(map(Value, self.leaves)))
        for node in nodes:
            x = [p.data for p in node.parents]
            if node.op.name in ("maximum", "minimum") and x[0] == x[1]:
                return True
            if node.op.name == "clip" and abs(x[0]) == 1:
                return True
            if node.op.name in ("relu", "leaky_relu", "absolute", "step") and x[0] == 0:
                return True
        return False


@st.composite
def _programs(draw, max_lines: int = 12, names: tuple[str, ...] = ()) -> Program:
    numbers = st.integers(-3072, 3072).map(lambda k: k / 1024)
    leaves = draw(st.lists(numbers, min_size=1, max_size=4, unique=True))
    lines: list[tuple[str, tuple[int, ...]]] = []
    for _ in range(draw(st.integers(1, max_lines))):
        name = draw(st.sampled_from(names or tuple(OPS)))
        n = len(OPS[name].operands) or draw(st.integers(2, 5))
        known = len(leaves) + len(lines)
        # The newest node is the likeliest operand, so that graphs are deep and most of their lines count.
        operand = st.one_of(st.just(known - 1), st.integers(0, known - 1))
        lines.append((name, tuple(draw(operand) for _ in range(n))))
    return Program(tuple(leaves), tuple(lines))


@pytest.fixture(scope="session")
def programs():
    """A strategy of Programs."""
    return _programs


# ── other processes ─────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def run_python():
    """Run source in a fresh interpreter and give what it prints."""

    def run(source: str, **environment: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run([sys.executable, "-c", source], env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
