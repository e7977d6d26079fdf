"""Code written for micrograd, its lecture and microgpt runs here (COMPAT, the engine's part)."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from autograd import Value


def test_micrograds_readme_gives_its_published_numbers():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def lecture_neuron():
    x1 = Value(2.0, label="x1")
    x2 = Value(0.0, label="x2")
    w1 = Value(-3.0, label="w1")
    w2 = Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    x1w1x2w2 = x1w1 + x2w2
    x1w1x2w2.label = "x1*w1 + x2*w2"
    n = x1w1x2w2 + b
    n.label = "n"
    return x1, x2, w1, w2, n, (x1w1x2w2, x1w1, x2w2, b)


def lecture_gradients(x1, x2, w1, w2):
    return [round(v.grad, 6) for v in (x1, w1, x2, w2)]


def test_the_lectures_neuron_gives_its_published_numbers():
    x1, x2, w1, w2, n, _ = lecture_neuron()
    o = n.tanh()
    o.label = "o"
    o.backward()
    assert round(o.data, 4) == 0.7071
    assert lecture_gradients(x1, x2, w1, w2) == [-1.5, 1.0, 0.5, 0.0]


def test_the_lectures_tanh_in_pieces_gives_the_same():
    x1, x2, w1, w2, n, _ = lecture_neuron()
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert round(o.data, 4) == 0.7071
    assert lecture_gradients(x1, x2, w1, w2) == [-1.5, 1.0, 0.5, 0.0]


def test_manual_stepping_node_by_node_as_in_the_lecture():
    x1, x2, w1, w2, n, (x1w1x2w2, x1w1, x2w2, b) = lecture_neuron()
    o = n.tanh()
    o.grad = 1.0
    for node in (o, n, b, x1w1x2w2, x2w2, x1w1, x1):
        node._backward()
    assert lecture_gradients(x1, x2, w1, w2) == [-1.5, 1.0, 0.5, 0.0]
    assert round(n.grad, 6) == 0.5


def test_the_lectures_own_tanh_with_a_backward_assigned_to_a_handmade_node():
    class LectureValue:
        @staticmethod
        def tanh(self):
            x = self.data
            t = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
            out = Value(t, (self,), "tanh")

            def _backward():
                self.grad += (1 - t**2) * out.grad

            out._backward = _backward
            return out

    x1, x2, w1, w2, n, _ = lecture_neuron()
    o = LectureValue.tanh(n)
    assert o._op == "tanh"
    o.backward()
    assert lecture_gradients(x1, x2, w1, w2) == [-1.5, 1.0, 0.5, 0.0]


def test_the_lectures_topological_sort_runs_on_these_nodes():
    x1, x2, w1, w2, n, _ = lecture_neuron()
    o = n.tanh()
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    assert len(topo) == 10
    assert lecture_gradients(x1, x2, w1, w2) == [-1.5, 1.0, 0.5, 0.0]


def test_the_lectures_trace_for_drawing_runs_on_these_nodes():
    a, b = Value(2.0), Value(-3.0)
    root = a * b + 10.0
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    assert (len(nodes), len(edges)) == (5, 4)
    assert {n._op for n in nodes} == {"", "*", "+"}


# ── constructors ────────────────────────────────────────────────────────────


def test_every_form_of_the_constructor():
    a, b = Value(2.0), Value(3.0)
    assert (Value(5).data, Value(5).grad, Value(5).label) == (5.0, 0.0, "")
    for node in (
        Value(6.0, (a, b), "*"),
        Value(6.0, {a, b}, "*"),
        Value(6.0, [a, b], "*", "product"),
        Value(6.0, _children=(a, b), _op="*", label="product"),
        Value(6.0, children=(a, b), op="*"),
        Value(6.0, _prev=(a, b), _op="*"),
        Value(data=6.0, children=(a, b), local_grads=(3.0, 2.0), _op="*"),
    ):
        assert node.data == 6.0
        assert set(node._prev) == set(node._children) == {a, b}
        assert node._op == "*"
    assert Value(6.0, (a, b), "*", "product").label == "product"
    assert (Value(1.0, (), "", "x").label, Value(1.0, label="x").label) == ("x", "x")


def test_local_derivatives_as_third_argument_as_microgpt_writes_them():
    a, b = Value(2.0), Value(3.0)
    for node in (
        Value(6.0, (a, b), (3.0, 2.0)),
        Value(6.0, [a, b], [3.0, 2.0]),
        Value(6.0, (a, b), local_grads=(3, 2)),
    ):
        assert node._children == (a, b)
        assert node._local_grads == node.local_derivatives == (3.0, 2.0)
        a.grad = b.grad = 0.0
        node.backward()
        assert (a.grad, b.grad) == (3.0, 2.0)


def test_a_handmade_node_without_an_op_is_drawn_as_some_function():
    node = Value(2.0, (Value(1.0),))
    assert (node.op.name, node.op.symbol) == ("opaque", "ƒ")
    assert Value(2.0, (Value(1.0),), "gate").op.symbol == "gate"


def test_microgpts_backward_loop_runs_on_these_nodes():
    a, b = Value(2.0), Value(3.0)
    loss = (a * b).log() + (a.exp() / b) ** 2
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._children:
                build_topo(child)
            topo.append(v)

    build_topo(loss)
    loss.grad = 1
    for v in reversed(topo):
        for child, local_grad in zip(v._children, v._local_grads, strict=True):
            child.grad += local_grad * v.grad
    by_hand = (a.grad, b.grad)
    a.grad = b.grad = 0
    loss.backward()
    assert (a.grad, b.grad) == by_hand
    assert a.grad == pytest.approx(0.5 + 2 * math.exp(4.0) / 9)


def test_microgpts_softmax_and_adam_run_on_these_nodes():
    rng = random.Random(0)
    params = [Value(rng.gauss(0, 0.1)) for _ in range(6)]

    def softmax(logits):
        max_val = max(val.data for val in logits)
        exps = [(val - max_val).exp() for val in logits]
        total = sum(exps)
        return [e / total for e in exps]

    losses = []
    m, v = [0.0] * 6, [0.0] * 6
    for step in range(40):
        probs = softmax([params[i] * 2.0 + params[i + 3] for i in range(3)])
        loss = -probs[1].log()
        loss.backward()
        losses.append(loss.data)
        for i, p in enumerate(params):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            p.data -= 0.1 * (m[i] / (1 - 0.9 ** (step + 1))) / ((v[i] / (1 - 0.99 ** (step + 1))) ** 0.5 + 1e-8)
            p.grad = 0
    assert losses[-1] < 0.05 < losses[0]


# ── attributes ──────────────────────────────────────────────────────────────


def test_op_strings_are_those_of_micrograd():
    a, b = Value(2.0), Value(3.0)
    made = {
        "+": a + b, "*": a * b, "**2": a**2, "**-1": a**-1, "**0.5": a**0.5, "ReLU": a.relu(), "tanh": a.tanh(),
        "exp": a.exp(), "log": a.log(), "-": a - b, "/": a / b, "": a,
    }  # fmt: skip
    assert {op: node._op for op, node in made.items()} == {op: op for op in made}


def test_data_grad_and_label_are_writable_and_leaves_take_attributes():
    p = Value(1.0)
    p.data, p.grad, p.label = 2.0, 3.0, "p"
    p.data += 0.5
    p.grad *= 2
    p.m = 0.0
    p.m += 0.9
    assert (p.data, p.grad, p.label, p.m) == (2.5, 6.0, "p", 0.9)
    h = p * 2
    h.data, h.grad, h.label = 1.0, 2.0, "h"
    assert (h.data, h.grad, h.label) == (1.0, 2.0, "h")


def test_backward_of_a_leaf_does_nothing():
    a = Value(1.0)
    a.grad = 2.0
    a._backward()
    assert (a.data, a.grad) == (1.0, 2.0)


def test_prev_is_a_set_children_an_ordered_tuple():
    a = Value(1.0)
    square = a * a
    assert set(square._prev) == {a}
    assert square._children == (a, a)
    assert set(a._prev) == set()
    assert a._children == a._local_grads == ()


def test_repr_is_that_of_micrograd():
    assert repr(Value(1.5)) == "Value(data=1.5, grad=0.0)"


# ── arithmetic ──────────────────────────────────────────────────────────────

SCALARS = [
    2,
    2.0,
    True,
    np.float64(2),
    np.float32(2),
    np.int64(2),
    np.int32(2),
    np.bool_(True),
    np.array(2.0),
    np.array(2),
]


@pytest.mark.parametrize("k", SCALARS, ids=lambda k: type(k).__name__ + str(k))
@pytest.mark.parametrize(
    "operation", ["v + k", "k + v", "v - k", "k - v", "v * k", "k * v", "v / k", "k / v", "v ** k", "k ** v"]
)
def test_numbers_of_any_kind_on_either_side(operation, k):
    v = Value(3.0)
    node = eval(operation, {"v": v, "k": k})
    assert isinstance(node, Value)
    assert node.data == pytest.approx(eval(operation, {"v": 3.0, "k": float(k)}), rel=1e-15)
    node.backward()
    h = 1e-6
    quotient = (eval(operation, {"v": 3.0 + h, "k": float(k)}) - eval(operation, {"v": 3.0 - h, "k": float(k)})) / (
        2 * h
    )
    assert v.grad == pytest.approx(quotient, rel=1e-8)


def test_powers_of_every_kind():
    v, w = Value(3.0), Value(2.0)
    assert ((v**w).data, (2**v).data, (v**2).data, (v**-1).data) == (9.0, 8.0, 9.0, 1 / 3)
    (v**w).backward()
    assert (v.grad, w.grad) == (pytest.approx(6.0), pytest.approx(9.0 * math.log(3.0)))


def test_signs_and_absolute_values():
    v = Value(-3.0)
    assert ((-v).data, (+v).data, abs(v).data) == (3.0, -3.0, 3.0)
    abs(v).backward()
    assert v.grad == -1.0


def test_sum_max_min_and_sorted_are_pythons():
    values = [Value(3.0), Value(1.0), Value(2.0)]
    total = sum(values)
    total.backward()
    assert (total.data, [v.grad for v in values]) == (6.0, [1.0, 1.0, 1.0])
    assert sum(values, Value(0.5)).data == 6.5
    assert sum((w * x for w, x in zip(values, [1, 2, 3], strict=True)), 1.0).data == 12.0
    assert max(values) is values[0]
    assert min(values) is values[1]
    assert [v.data for v in sorted(values)] == [1.0, 2.0, 3.0]
    assert max(0, values[2]) is values[2]


def test_augmented_assignment_makes_a_new_node_under_the_old_name():
    a = Value(2.0)
    b = a
    b += 1
    b *= 3
    b -= 2
    b /= 7
    b **= 2
    assert (a.data, b.data) == (2.0, 1.0)
    b.backward()
    assert a.grad == pytest.approx(6 / 7)


def test_methods_of_teaching_code():
    v = Value(0.5)
    expected = {
        "relu": 0.5, "tanh": math.tanh(0.5), "exp": math.exp(0.5), "log": math.log(0.5), "sigmoid": 1 / (1 + math.exp(-0.5)),
        "sqrt": math.sqrt(0.5), "sin": math.sin(0.5), "cos": math.cos(0.5),
    }  # fmt: skip
    for method, value in expected.items():
        assert getattr(v, method)().data == pytest.approx(value, rel=1e-15)


def test_results_agree_with_micrograd_to_rounding():
    engine = pytest.importorskip("micrograd.engine", reason="the original, to compare a random program with")

    def program(value, seed):
        rng = random.Random(seed)
        leaves = [value(rng.uniform(0.5, 2)) for _ in range(4)]
        nodes = list(leaves)
        for _ in range(30):
            a, b = rng.choice(nodes), rng.choice(nodes)
            op = rng.choice(["+", "-", "*", "relu", "/", "pow"])
            made = {
                "+": lambda a, b: a + b,
                "-": lambda a, b: a - b,
                "*": lambda a, b: a * b * 0.5,
                "/": lambda a, b: a / (b * b + 1),
                "relu": lambda a, b: a.relu(),
                "pow": lambda a, b: (a * 0.1) ** 2,
            }[op](a, b)
            nodes.append(made)
        root = sum(nodes)
        root.backward()
        return [root.data, *(v.grad for v in leaves)]

    for seed in range(20):
        assert program(Value, seed) == pytest.approx(program(engine.Value, seed), rel=1e-10)


def test_existing_code_may_subclass_value():
    class Parameter(Value):
        def __init__(self, data):
            super().__init__(data, label="parameter")

    p = Parameter(2.0)
    p.velocity = 0.0
    (p * p).backward()
    assert (p.grad, p.label, isinstance(p, Value)) == (4.0, "parameter", True)
