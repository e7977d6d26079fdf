"""The engine's semantics, sentence by sentence (DESIGN, "Engine semantics")."""

from __future__ import annotations

import contextlib
import copy
import gc
import math
import operator
import pickle
import tracemalloc
import weakref

import hypothesis.strategies as st
import pytest
from graphs import programs
from hypothesis import assume, given

from autograd import (
    OPS,
    CycleError,
    Value,
    affine,
    backward_steps,
    collector_paused,
    dot,
    first_nonfinite,
    logsumexp,
    maximum,
    mean,
    median,
    minimum,
    name,
    nonfinite_origin,
    topological_order,
)
from autograd import sum as sum_
from autograd.contexts import comparisons
from autograd.functional import expand, gradients
from autograd.value import apply

every_row = pytest.mark.parametrize("op", OPS.values(), ids=OPS)


@pytest.fixture
def collector_off():
    """With the cyclic collector off, what is freed is freed by reference counts."""
    gc.disable()
    yield
    gc.enable()


# ── backward is the gradient ────────────────────────────────────────────────


@given(data=st.data())
def test_backward_agrees_with_50_digit_difference_quotients_on_random_graphs(data, exact):
    from mpmath import mp, mpf

    program = data.draw(programs())
    assume(not program.has_tie())
    leaves, root = program.values()
    root.backward()
    like = program.run(list(map(Value, program.leaves)))
    x = list(map(mpf, program.leaves))
    assert root.data == pytest.approx(float(program.run_exactly(exact, x, like)), rel=1e-10, abs=1e-10)
    for i, leaf in enumerate(leaves):
        true = mp.diff(lambda t, i=i: program.run_exactly(exact, [*x[:i], t, *x[i + 1 :]], like), x[i])
        assert leaf.grad == pytest.approx(float(true), rel=1e-9, abs=1e-9)


def test_backward_on_a_graph_worked_by_hand():
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    e = a * b
    d = e + c
    f = Value(-2.0)
    root = d * f
    root.backward()
    assert root.data == -8.0
    assert [v.grad for v in (root, d, f, e, c, a, b)] == [1.0, -2.0, 4.0, -2.0, -2.0, 6.0, -4.0]


def test_fan_out_adds_up():
    a = Value(3.0)
    b = a + a
    c = b * b * a
    c.backward()
    assert (c.data, a.grad, b.grad) == (108.0, 108.0, 36.0)  # 4a³, 12a², 2ba


def test_a_times_a_has_two_edges():
    a = Value(3.0)
    square = a * a
    assert square.parents == (a, a)
    assert square.local_derivatives == (3.0, 3.0)
    square.backward()
    assert a.grad == 6.0


@every_row
def test_operands_of_one_node_may_all_be_the_same(op, points):
    a = Value(1.5 if op.name == "arccosh" else 0.75)
    node = apply(op, *[a] * (len(op.operands) or 4))
    assert node.parents == (a,) * len(node.parents)
    node.backward()
    assert a.grad == pytest.approx(sum(node.local_derivatives), rel=1e-15)


def test_second_backward_adds_leaf_gradients_exactly_once_and_sets_results_anew():
    a, b = Value(2.0), Value(4.0)
    h = a * b
    root = h * h + a
    for times in (1, 2, 3):
        root.backward()
        assert (a.grad, b.grad) == (times * 65.0, times * 32.0)
        assert (h.grad, root.grad) == (16.0, 1.0)


@given(data=st.data())
def test_second_backward_on_random_graphs(data):
    _, root = data.draw(programs()).values()
    order = topological_order(root)
    root.backward()
    first = {v: v.grad for v in order}
    root.backward()
    for v in order:
        assert v.grad == pytest.approx(first[v] if v.parents else 2 * first[v], rel=1e-12, abs=1e-12)
        assert not v.parents or v.grad == first[v]


def test_gradients_of_two_roots_accumulate_in_leaves():
    a = Value(3.0)
    h = a * a
    (h * 2).backward()
    (h * 5).backward()
    assert a.grad == 6.0 * 2 + 6.0 * 5
    assert h.grad == 5.0, "an inner node holds the gradient of the last backward"


def test_backward_on_a_leaf_is_one_on_an_inner_node_its_own_and_elsewhere_nothing():
    a, b, elsewhere = Value(2.0), Value(5.0), Value(7.0)
    elsewhere.grad = 0.25
    h = a * b
    root = h * h
    h.backward()
    assert (a.grad, b.grad, h.grad, root.grad, elsewhere.grad) == (5.0, 2.0, 1.0, 0.0, 0.25)
    leaf = Value(1.0)
    leaf.backward()
    assert leaf.grad == 1.0
    leaf.backward()
    assert leaf.grad == 2.0, "a leaf accumulates, also as a root"


def test_a_parent_worth_nothing_passes_nothing_but_nothing_times_infinity_is_nan():
    a = Value(0.0)
    dead = (a - 1.0).relu() * 3.0
    dead.backward()
    assert a.grad == 0.0
    x = Value(1.0)
    steep = Value(0.0, (x,), (math.inf,))
    (steep * 0.0).backward()
    assert math.isnan(x.grad)


def test_changing_data_after_the_forward_pass_does_not_change_the_gradient(points):
    for op in OPS.values():
        point = points(op, 1)[0]
        untouched, changed = list(map(Value, point)), list(map(Value, point))
        apply(op, *untouched).backward()
        node = apply(op, *changed)
        for v in changed:
            v.data = -123.0
        node.backward()
        assert [v.grad for v in changed] == [v.grad for v in untouched], op


def test_zero_grad_forgets_every_gradient_below():
    a = Value(2.0)
    h = a * a
    root = h + a
    root.backward()
    root.zero_grad()
    assert [v.grad for v in topological_order(root)] == [0.0] * 3
    root.backward()
    assert a.grad == 5.0


# ── order ───────────────────────────────────────────────────────────────────


@given(data=st.data())
def test_topological_order_has_every_node_once_and_parents_before_children(data):
    _, root = data.draw(programs(max_lines=30)).values()
    order = topological_order(root)
    position = {v: i for i, v in enumerate(order)}
    assert len(position) == len(order)
    assert order[-1] is root
    assert all(position[parent] < position[v] for v in order for parent in v.parents)
    reached = {root}
    for v in reversed(order):
        assert v in reached, "only what the root depends on"
        reached.update(v.parents)


RANDOM_GRAPH = """
import random
from autograd import OPS, Value, topological_order
from autograd.value import apply
draw = random.Random(1)
nodes = [Value(draw.uniform(0.2, 0.9)) for _ in range(20)]
rows = [op for op in OPS.values() if not op.domain and op.name != "step"]
for _ in range(3000):
    op = draw.choice(rows)
    node = apply(op, *(draw.choice(nodes[-200:]) for _ in range(len(op.operands) or draw.randint(1, 6))))
    nodes.append(node.tanh())
root = sum(nodes)
root.backward()
print([v.grad.hex() for v in topological_order(root)])
"""


def test_same_program_same_bits_in_every_process(run_python):
    first, second = (run_python(RANDOM_GRAPH, PYTHONHASHSEED=seed) for seed in ("1", "4242"))
    assert first == second
    assert first.count("0x") > 3000


def test_a_forged_cycle_raises_and_does_not_hang(cost):
    a = Value(1.0)
    a.parents = (a,)

    b = Value(2.0)
    long_way_round = b
    for _ in range(100):
        long_way_round = long_way_round.tanh()
    b.parents, b.local_derivatives = (long_way_round,), (1.0,)

    c = Value(1.0) * 2.0
    c.parents = (c + 1.0, c.parents[1])

    for bitten in (a, b, long_way_round, long_way_round.tanh(), c):
        for walk in (
            topological_order,
            Value.backward,
            Value.zero_grad,
            copy.deepcopy,
            pickle.dumps,
            first_nonfinite,
            expand,
        ):
            error = cost(lambda walk=walk, v=bitten: walk(v), most=20_000).result  # of 100 nodes
            assert isinstance(error, CycleError), (walk, error)
            assert "its own ancestor" in str(error)


def test_a_cycle_error_leaves_gradients_as_they_were():
    a = Value(1.0)
    loop = a * 3.0
    loop.parents = (a, loop)
    a.grad, loop.grad = 5.0, 7.0
    with pytest.raises(CycleError):
        loop.backward()
    assert (a.grad, loop.grad) == (5.0, 7.0)


def test_a_diamond_is_not_a_cycle():
    node = Value(1.0)
    for _ in range(200):  # 2²⁰⁰ paths
        node = node + node
    node.backward()
    assert len(topological_order(node)) == 201


class Counting(tuple):
    """Parents that know how often one of them was looked at."""

    looked_at = 0

    def __iter__(self):
        for item in super().__iter__():
            Counting.looked_at += 1
            yield item


@pytest.mark.parametrize("leaf_first", [False, True])
def test_the_cost_of_an_order_does_not_multiply_when_a_wide_sum_is_used_often(leaf_first):
    """A node waiting on the stack many times must not be examined in full each time: its size times its uses."""
    n = 300
    leaf = Value(1.0)
    wide = sum_([leaf] * n + [leaf.tanh().tanh()])
    wide.parents = Counting(wide.parents)
    node = leaf
    for _ in range(n):
        node = dot([leaf], [node], wide) if leaf_first else node * wide
    Counting.looked_at = 0
    assert len(topological_order(node)) == n + 4
    assert Counting.looked_at <= 10 * n


# ── the chain rule as steps ─────────────────────────────────────────────────


@given(data=st.data())
def test_backward_steps_are_backward_bit_for_bit(data):
    program = data.draw(programs())
    (_, root), (_, in_steps) = program.values(), program.values()
    root.backward()
    steps = list(backward_steps(in_steps))
    pairs = list(zip(topological_order(root), topological_order(in_steps), strict=True))
    assert [a.grad.hex() for a, _ in pairs] == [b.grad.hex() for _, b in pairs]
    running = {}
    for s in steps:
        assert s.contribution == s.local * s.upstream
        assert s.after == s.before + s.contribution
        assert s.before == running.get(s.parent, 0.0), "each step begins where the last one left its parent"
        assert s.node.parents[s.slot] is s.parent
        assert s.node.local_derivatives[s.slot] == s.local
        assert s.upstream == s.node.grad
        running[s.parent] = s.after
    assert len(steps) == sum(len(v.parents) for _, v in pairs), "one step per edge"


def test_a_step_is_taken_when_it_is_asked_for():
    a, b = Value(2.0), Value(3.0)
    steps = backward_steps(a * b)
    assert (a.grad, b.grad) == (0.0, 0.0)
    next(steps)
    assert (a.grad, b.grad) == (3.0, 0.0)
    next(steps)
    assert (a.grad, b.grad) == (3.0, 2.0)
    assert list(steps) == []


def test_backward_steps_of_a_leaf_are_none_and_its_gradient_is_one():
    a = Value(2.0)
    assert list(backward_steps(a)) == []
    assert a.grad == 1.0


def test_steps_through_a_node_with_a_backward_of_its_own_are_what_that_backward_does():
    def graph():
        x = Value(3.0)
        node = Value(9.0, (x,), (6.0,))

        def _backward():
            x.grad += 100.0 * node.grad

        node._backward = _backward
        return x, node * 2.0

    x, root = graph()
    root.backward()
    assert x.grad == 200.0
    x, root = graph()
    steps = list(backward_steps(root))
    assert x.grad == 200.0
    assert (steps[-1].local, steps[-1].upstream, steps[-1].contribution) == (100.0, 2.0, 200.0)


def test_steps_through_a_handmade_square_count_its_gradient_once():
    x = Value(3.0)
    node = Value(9.0, (x, x), "sq")

    def _backward():
        x.grad += 6.0 * node.grad

    node._backward = _backward
    steps = list(backward_steps(node))
    assert x.grad == 6.0
    assert sum(s.contribution for s in steps) == 6.0
    assert [(s.before, s.after) for s in steps][-1][1] == 6.0


# ── n-ary nodes ─────────────────────────────────────────────────────────────


def test_a_neuron_is_one_node():
    w, x, b = [Value(1.0), Value(2.0), Value(3.0)], [4.0, 5.0, Value(6.0)], Value(-1.0)
    h_pre = dot(w, x, b)
    assert len(h_pre.parents) == 7
    assert h_pre.data == 31.0
    h_pre.backward()
    assert [v.grad for v in w] == [4.0, 5.0, 6.0]
    assert (x[2].grad, b.grad) == (3.0, 1.0)
    assert all(v is p for v, p in zip([*w, x[2], b], [*h_pre.parents[:3], *h_pre.parents[5:]], strict=True))


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8), st.floats(-100, 100), st.booleans())
def test_n_ary_nodes_are_their_formulas(x, b, with_bias):
    v = list(map(Value, x))
    total = math.fsum(x)
    scale = math.fsum(map(abs, x)) + 1.0
    assert abs(sum_(v).data - total) <= 1e-14 * scale
    assert abs(mean(v).data - total / len(x)) <= 1e-14 * scale
    w = [2.0 * i - 3.0 for i in range(len(x))]
    products = [wi * xi for wi, xi in zip(w, x, strict=True)] + [b] * with_bias
    bias = (b,) if with_bias else ()
    assert abs(dot(w, v, *bias).data - math.fsum(products)) <= 1e-14 * (math.fsum(map(abs, products)) + 1.0)
    shift = max(x)
    assert logsumexp(v).data == pytest.approx(shift + math.log(math.fsum(math.exp(xi - shift) for xi in x)), rel=1e-13)


def test_a_sum_may_mix_values_and_numbers_and_take_any_iterable():
    a = Value(1.5)
    assert sum_(v for v in (a, 2, True)).data == 4.5
    assert mean({"a": a}.values()).data == 1.5
    assert dot((a, a), [1, 2.0]).data == 4.5


def test_a_number_may_stand_on_either_side():
    v = Value(4.0)
    found = [7.0 + v, 7.0 - v, 7.0 * v, 7.0 / v, 7.0 % v, 2.0**v, v + 7.0, v - 7.0, v * 7.0, v / 8.0, v % 3.0, v**2.0]
    assert [f.data for f in found] == [11.0, 3.0, 28.0, 1.75, 3.0, 16.0, 11.0, -3.0, 28.0, 0.5, 1.0, 16.0]
    assert [f"{v}", f"{v:.2f}"] == ["Value(data=4.0, grad=0.0)", "4.00"]
    for function in (maximum, minimum):
        assert function(v, found[0]).parents == (v, found[0])


def test_lists_that_do_not_fit_are_errors_and_an_error_inside_one_comes_out():
    for W, x, b in (([[1.0]], [1.0], []), ([[]], [], [1.0]), ([[1.0, 2.0], [1.0]], [1.0, 2.0], [1.0, 1.0])):
        with pytest.raises(ValueError, match="W x \\+ b needs rows as long as x and one bias per row"):
            affine(W, x, b)

    def spoiled():
        yield Value(1.0)
        raise TypeError("spoiled inside")

    with pytest.raises(TypeError, match="spoiled inside"):
        mean(spoiled())
    with pytest.raises(ValueError, match="median of no values"):
        median([])
    with pytest.raises(TypeError, match=r"mean takes a list of numbers or Values, got the single 3\.0"):
        mean(3.0)


# ── no closures, no cycles: dropped is freed ────────────────────────────────


def values_alive():
    return sum(issubclass(type(x), Value) for x in gc.get_objects())


@every_row
def test_dropping_a_node_frees_it_without_the_collector(op, points, collector_off):
    leaves = list(map(Value, points(op, 1)[0]))
    watched = [weakref.ref(leaf) for leaf in leaves]
    root = apply(op, *leaves)
    root.backward()
    del leaves
    assert all(leaf() is not None for leaf in watched), "the graph keeps its leaves"
    del root
    assert all(leaf() is None for leaf in watched)


def test_dropping_the_root_frees_the_graph_whatever_was_done_with_it(collector_off):
    before = values_alive()
    leaf = Value(0.5)
    watched = weakref.ref(leaf)
    root = sum_([leaf * 2.0, dot([leaf, leaf], [1.0, leaf], 3.0).tanh(), leaf**2, 2**leaf, abs(leaf)])
    root.backward()
    list(backward_steps(root))
    copies = copy.deepcopy(root), pickle.loads(pickle.dumps(root)), expand(root), gradients(root, [leaf])
    repr(root), name({"root": root}), topological_order(root), first_nonfinite(root)
    del leaf, root, copies
    assert watched() is None
    assert values_alive() == before


def test_a_graph_that_met_an_error_is_freed_too(collector_off):
    leaf = Value(-1.0)
    watched = weakref.ref(leaf)
    with contextlib.suppress(ValueError):
        (leaf * 2.0).log()
    del leaf
    assert watched() is None


# ── no recursion ────────────────────────────────────────────────────────────

MILLION = 1_000_000
LONG = 50_000  # copies and pickles take some microseconds a node


def chain(n):
    """n nodes deep, of one, two and three operands in turn."""
    leaf = Value(1.0)
    node = leaf
    for _ in range(n // 4):
        node = -node
        node = node + 1.0
        node = dot([node], [1.0], 0.0)
        node = node * leaf
    return leaf, node


def depth(root):
    return sum(1 for v in topological_order(root) if v.parents)


@pytest.mark.slow
def test_a_chain_of_a_million_nodes_is_built_differentiated_and_freed(collector_off):
    leaf, root = chain(MILLION)
    root.backward()
    assert root.parents[0].grad == 1.0
    assert math.isfinite(leaf.grad)
    root.zero_grad()
    assert leaf.grad == 0.0
    watched = weakref.ref(leaf)
    del leaf
    del root
    assert watched() is None


def test_a_sum_of_a_million_is_built_differentiated_and_freed(collector_off):
    leaf = Value(0.5)
    values = [leaf] * (MILLION // 2) + [Value(1.0) for _ in range(MILLION // 2)]
    root = sum_(values)
    assert root.data == 0.75 * MILLION
    root.backward()
    assert leaf.grad == MILLION / 2
    assert values[-1].grad == 1.0
    watched = weakref.ref(values[-1])
    del values
    del root
    assert watched() is None


@pytest.mark.slow
def test_a_long_chain_is_copied_pickled_and_stepped_through(collector_off):
    _, root = chain(LONG)
    assert depth(copy.deepcopy(root)) == LONG
    assert depth(pickle.loads(pickle.dumps(root))) == LONG
    assert first_nonfinite(root) is None
    assert sum(1 for _ in backward_steps(root)) == LONG // 4 * (1 + 2 + 3 + 2)


@pytest.mark.slow
def test_a_wide_sum_is_copied_pickled_and_stepped_through(collector_off):
    root = sum_([Value(1.0) for _ in range(LONG)])
    assert len(copy.deepcopy(root).parents) == LONG
    assert len(pickle.loads(pickle.dumps(root)).parents) == LONG
    assert sum(1 for _ in backward_steps(root)) == LONG
    assert depth(expand(root)) == LONG - 1


def test_gradients_of_gradients_of_a_long_chain(collector_off):
    leaf, root = chain(20_000)
    (slope,) = gradients(root, [leaf])
    (curvature,) = gradients(slope, [leaf])
    root.backward()
    assert slope.data == pytest.approx(leaf.grad, rel=1e-12)
    assert math.isfinite(curvature.data)


def test_a_deep_graph_made_by_hand_is_pickled_in_proportion():
    """As microgpt writes its ops: Value(data, children, local_grads)."""

    def by_hand(n):
        node = Value(1.0)
        for _ in range(n):
            node = Value(node.data, (node,), (1.0,))
        return node

    small, large = (len(pickle.dumps(by_hand(n))) for n in (50, 500))
    assert large < 12 * small
    assert depth(pickle.loads(pickle.dumps(by_hand(5000)))) == 5000


# ── copies ──────────────────────────────────────────────────────────────────

COPIES = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "oldest pickle": lambda x: pickle.loads(pickle.dumps(x, protocol=2)),
}
each_copy = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


@each_copy
@given(data=st.data())
def test_a_copied_graph_has_equal_numbers_and_gradients_of_its_own(copied, data):
    _, root = data.draw(programs()).values()
    root.backward()
    for node in topological_order(root):
        node.module = "layers[0]"
    twin = copied(root)
    pairs = list(zip(topological_order(root), topological_order(twin), strict=True))
    index = {v: i for i, (v, _) in enumerate(pairs)}
    twins = {v: i for i, (_, v) in enumerate(pairs)}
    for a, b in pairs:
        assert a is not b
        assert (a.data, a.grad, a.label, a.module) == (b.data, b.grad, b.label, b.module)
        assert (a.op.name, a.op.constants) == (b.op.name, b.op.constants)
        assert a.local_derivatives == b.local_derivatives
        assert [index[p] for p in a.parents] == [twins[p] for p in b.parents], "what was shared is shared"
    before = [a.grad for a, _ in pairs]
    twin.zero_grad()
    twin.backward()
    root_again = [a.grad for a, _ in pairs]
    assert root_again == before, "the original is untouched"
    root.zero_grad()
    root.backward()
    assert [a.grad for a, _ in pairs] == [b.grad for _, b in pairs]


def test_results_deepcopied_together_stay_one_graph():
    w = Value(3.0, label="w")
    h = w * w
    w2, h2, loss2 = copy.deepcopy([w, h, h * 2.0])
    loss2.backward()
    assert (w2.grad, h2.grad, loss2.grad, w.grad) == (12.0, 2.0, 1.0, 0.0)
    assert h2 is loss2.parents[0]
    assert w2 is h2.parents[0]


def test_results_pickled_together_come_back_over_the_same_leaves():
    w = Value(3.0, label="w")
    h = w * w
    w2, h2, loss2 = pickle.loads(pickle.dumps([w, h, h * 2.0]))
    loss2.backward()
    assert (w2.grad, w.grad) == (12.0, 0.0)
    h2.backward()
    assert w2.grad == 18.0


@each_copy
def test_a_model_and_the_loss_made_with_it_are_copied_as_one(copied):
    class Model:
        def __init__(self):
            self.w = [Value(1.0), Value(2.0)]

    globals()["Model"] = Model
    Model.__qualname__ = "Model"
    try:
        model = Model()
        model2, loss2 = copied((model, dot(model.w, [5.0, 7.0])))
    finally:
        del globals()["Model"]
    loss2.backward()
    assert [v.grad for v in model2.w] == [5.0, 7.0]


@each_copy
@pytest.mark.parametrize("kind", ["input", "parameter", "constant"])
def test_attributes_of_ones_own_are_copied_with_a_leaf(copied, kind):
    p = Value(1.0, kind=kind)
    p.momentum = [0.5]
    q = copied(p * p).parents[0]
    assert q.momentum == [0.5]
    assert q.op.name == kind
    q.momentum.append(1.0)
    assert p.momentum == [0.5], "copies share nothing with the original"
    q.velocity = 2.0


@each_copy
def test_a_leaf_that_knows_its_owner_is_copied(copied):
    p, q = Value(1.0), Value(2.0)
    p.twin, q.twin = q, p
    p2 = copied(p)
    assert p2.twin.twin is p2
    assert p2.twin.data == 2.0
    assert p2 is not p


def test_a_copy_keeps_the_users_own_class():
    for copied in (copy.deepcopy, copy.copy):
        assert type(copied(Weight(1.0))) is Weight
        assert copied(Weight(1.0)).decay == 0.5


class Weight(Value):
    decay = 0.5


def test_a_node_with_a_backward_of_its_own_is_not_copied_since_that_would_feed_the_original():
    x = Value(1.0)
    node = Value(2.0, (x,), "twice")
    node._backward = lambda: None
    for copied in (*COPIES.values(), copy.copy):
        with pytest.raises(TypeError, match=r"_backward of its own.* can't be copied or saved"):
            copied(node)


def test_a_shallow_copy_is_a_second_node_over_the_same_parents():
    a, b = Value(2.0), Value(3.0)
    for node in (a * b, a.tanh(), sum_([a, b, a]), Value(6.0, (a, b), (3.0, 2.0))):
        twin = copy.copy(node)
        assert twin is not node
        assert twin.parents == node.parents
        assert twin.local_derivatives == node.local_derivatives


def test_a_handmade_node_survives_copy_and_pickle():
    a = Value(2.0, label="a")
    node = Value(8.0, (a,), "cube", "y", local_grads=(12.0,))
    for copied in (*COPIES.values(), copy.copy):
        twin = copied(node)
        assert (twin.data, twin.label, twin._op, twin.local_derivatives) == (8.0, "y", "cube", (12.0,))
        assert [p.data for p in twin.parents] == [2.0]
        leaf = twin.parents[0]
        leaf.grad = 0.0
        twin.backward()
        assert leaf.grad == 12.0


# ── the collector ───────────────────────────────────────────────────────────


def test_pauses_of_the_collector_that_overlap_end_with_the_last():
    """As those of two threads do."""
    first, second = collector_paused(), collector_paused()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_collector_paused_nests_and_restores_also_after_an_error():
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), collector_paused():
        raise KeyError
    assert gc.isenabled()


def test_collector_paused_leaves_a_collector_that_was_off_off(collector_off):
    with collector_paused():
        pass
    assert not gc.isenabled()


# ── non-finite numbers ──────────────────────────────────────────────────────


def test_first_nonfinite_is_where_it_began():
    w, x = Value(1e200, label="w"), Value(2.0)
    product = w * w
    root = (product - product) * x
    assert math.isnan(root.data)
    assert first_nonfinite(root) is product
    assert first_nonfinite(w * x) is None
    given_by_the_user = Value(math.nan)
    assert first_nonfinite((given_by_the_user + 1.0) * x) is given_by_the_user
    assert first_nonfinite(Value(-math.inf)).data == -math.inf


def test_where_a_number_went_bad_is_said_with_its_first_four_operands():
    big = [1e308, 1e308]
    assert nonfinite_origin(sum_(big)) == "a node without a label: sum(1e+308, 1e+308) = inf"
    assert nonfinite_origin(sum_([*big, 1, 2])) == "a node without a label: sum(1e+308, 1e+308, 1, 2) = inf"
    assert nonfinite_origin(sum_([*big, 1, 2, 3])) == "a node without a label: sum(1e+308, 1e+308, 1, 2, …) = inf"


# ── comparisons ─────────────────────────────────────────────────────────────


def test_comparisons_are_recorded_as_they_were_asked_and_only_inside_the_with():
    v, w = Value(1.0), Value(2.0)
    with comparisons() as outer:
        assert v < w
        with comparisons() as inner:
            assert not v >= 2
        assert w > 0.5
    assert v <= w
    assert inner == [(operator.ge, v, 2.0, False)]
    assert outer == [(operator.lt, v, w, True), (operator.gt, w, 0.5, True)]


# ── leaves, labels, attributes ──────────────────────────────────────────────


def test_leaves_have_a_kind_and_take_attributes():
    v = Value(1)
    assert (v.op.name, v.parents, v.local_derivatives, v._op) == ("input", (), (), "")
    assert (Value(1.0, kind="parameter").op.name, (v + 2.0).parents[1].op.name) == ("parameter", "constant")
    v.momentum = 0.5
    assert v.momentum == 0.5
    with pytest.raises(ValueError, match="kind of a leaf is one of input, parameter, constant, got 'weight'"):
        Value(1.0, kind="weight")


def test_an_unknown_attribute_is_an_attribute_error_that_speaks_of_a_value():
    for v in (Value(1.0), Value(1.0) + 1.0, -Value(1.0), (Value(1.0) + 1.0).parents[1]):
        with pytest.raises(AttributeError, match="'Value' object has no attribute 'softmax'"):
            v.softmax()


def test_name_labels_what_has_no_label_yet_and_enters_containers():
    w, b, nested = [Value(1.0), Value(2.0)], Value(3.0, label="bias"), {"k": (Value(4.0),)}
    nested["self"] = nested
    name({"w": w, "b": b, "nested": nested, "_private": Value(5.0), "text": "x"}, extra=w[0] * b)
    assert [v.label for v in (*w, b, nested["k"][0])] == ["w[0]", "w[1]", "bias", "nested['k'][0]"]
    alone = Value(1.0)
    name(alone=alone)
    assert alone.label == "alone"


def test_repr_reads_like_other_engines_and_never_raises():
    assert repr(Value(2)) == "Value(data=2.0, grad=0.0)"
    for label in ("", "x", "<b>", "\n", 3, None):
        assert repr(Value(1.0, label=label)).startswith("Value(data=1.0")


# ── what it costs ───────────────────────────────────────────────────────────


class Peer:
    """The smallest engine in the style of microgpt: no labels, no ops, no attributes of one's own."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0
        self._children = children
        self._local_grads = local_grads

    def __mul__(self, other):
        return Peer(self.data * other.data, (self, other), (other.data, self.data))

    def __add__(self, other):
        return Peer(self.data + other.data, (self, other), (1, 1))


@pytest.mark.parametrize("made", [lambda a, b: a * b, lambda a, b: a + b], ids=["multiply", "add"])
def test_a_node_of_two_parents_takes_at_most_half_as_much_again_as_the_smallest_peer(made):
    def bytes_per_node(value):
        n = 50_000  # so many that Python's stock of used tuples hardly counts
        a, b = value(1.5), value(2.5)
        nodes = [None] * n
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            for i in range(n):
                nodes[i] = made(a, b)
            after, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        return (after - before) / n

    assert bytes_per_node(Value) <= 1.5 * bytes_per_node(Peer)


def test_importing_loads_the_standard_library_alone_and_changes_nothing_global(run_python):
    source = """
import gc, locale, random, sys, threading, warnings
def state():
    return (gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit(), sys.getswitchinterval(), random.getstate(),
            threading.active_count(), list(warnings.filters), locale.getlocale(), sys.excepthook is sys.__excepthook__,
            sys.displayhook is sys.__displayhook__)
loaded, before = set(sys.modules), state()
import autograd
assert state() == before, "importing changed something global"
new = {name.split(".")[0] for name in set(sys.modules) - loaded}
print(sorted(new - set(sys.stdlib_module_names) - {"autograd"}))
"""
    assert run_python(source).strip() == "[]"


def test_importing_costs_a_fraction_of_importing_numpy(run_python):
    source = """
import sys
calls = 0
def count(frame, event, arg):
    global calls
    calls += event in ("call", "c_call")
before = set(sys.modules)
sys.setprofile(count)
import autograd
sys.setprofile(None)
print(calls, len({name for name in set(sys.modules) - before if not name.startswith("autograd")}))
"""
    calls, modules = map(int, run_python(source).split())
    assert calls < 20_000  # 9,000, in 40 ms; NumPy's import makes 139,000
    assert modules < 25


def test_everything_public_is_there():
    import autograd

    for public in autograd.__all__:
        assert getattr(autograd, public) is not None
    assert len(set(autograd.__all__)) == len(autograd.__all__)
    with pytest.raises(AttributeError, match="no attribute 'numpy'"):
        _ = autograd.numpy
