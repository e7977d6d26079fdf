"""What users do wrong, and what they get: the policy on faults, row by row and door by door.

The rows are numbered as in the policy. Rows 1 to 9 are numbers: each goes through every door by which a graph is computed.
The others are habits, and what guards each is a test beside the code that it is about: here stands which.
"""

from __future__ import annotations

import ast
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograd import (
    DomainError,
    NonFiniteError,
    Value,
    compile_graph,
    compiled,
    grad,
    logsumexp,
    maximum,
)
from nn import cross_entropy, logistic

INF, NAN = math.inf, math.nan

# ── rows 1 to 9: what is asked of numbers, and the answer of every door ─────

REFUSED = [  # row, a function, where it has no value or no slope, what is said
    (1, lambda x: x.log(), [0.0], "log needs x > 0, got x = 0"),
    (1, lambda x: x.log(), [-1.0], "log needs x > 0, got x = -1"),
    (1, lambda x: x.log().relu(), [0.0], "log needs x > 0, got x = 0"),  # what comes of it is finite
    (1, lambda x: x.log1p(), [-1.0], "log1p needs x > -1, got x = -1"),
    (2, lambda x: 1 / x, [0.0], "divide needs x ≠ 0, got x = 0"),
    (2, lambda x, y: (x / y).tanh(), [0.0, 0.0], "divide needs y ≠ 0, got y = 0"),
    (2, lambda x: x**-1, [0.0], "power needs x > 0"),
    (2, lambda x: 0**x, [-1.0], "exponential needs base > 0"),
    (3, lambda x: x**0.5, [-2.0], "power needs x > 0"),
    (3, lambda x, y: x**y, [-1.0, 2.0], "power needs x > 0"),
    (4, lambda x: x**0.5, [0.0], "power needs x > 0"),
    (4, lambda x: x.sqrt(), [0.0], "sqrt needs x > 0"),
    (4, lambda x, y: x**y, [0.0, 0.45], "power needs x > 0"),
    (4, lambda x: irregular(x.sqrt()), [0.0], "sqrt needs x > 0"),  # no arrays can be made of it
]
ANSWERED = [  # row, a function, where, its value and slopes
    (5, lambda x: x**0, [0.0], 1.0, [0.0]),
    (5, lambda x: 0**x, [2.0], 0.0, [0.0]),
    (6, lambda x: x.sigmoid(), [1000.0], 1.0, [0.0]),
    (6, lambda x: x.sigmoid(), [-1000.0], 0.0, [0.0]),
    (6, lambda x: x.softplus(), [1000.0], 1000.0, [1.0]),
    (6, lambda x: logistic([x], [0]), [1000.0], 1000.0, [1.0]),
    (6, lambda x: logistic([x], [1]), [1000.0], 0.0, [0.0]),
    (6, lambda x, y: logsumexp([x, y]), [1000.0, -1000.0], 1000.0, [1.0, 0.0]),
    (6, lambda x, y: cross_entropy([[x, y]], [1]), [1000.0, -1000.0], 2000.0, [1.0, -1.0]),
    (6, lambda x: x.tanh(), [20.0], 1.0, [4 * math.exp(-40)]),
    (6, lambda x: x.sigmoid(), [40.0], 1.0, [math.exp(-40)]),
    (7, lambda x, y: logsumexp([x, y]), [-INF, -INF], -INF, [0.5, 0.5]),
    (7, lambda x, y: logsumexp([x, y]), [INF, INF], INF, [0.5, 0.5]),
    (7, lambda x, y: logsumexp([x, y]).exp(), [-INF, -INF], 0.0, [0.0, 0.0]),
    (8, lambda x: x.relu(), [NAN], NAN, [NAN]),
    (8, lambda x, y: maximum(x, y), [NAN, 0.0], NAN, [1.0, 1.0]),
    (9, lambda x: x.relu(), [0.0], 0.0, [0.0]),
    (9, abs, [0.0], 0.0, [0.0]),
    (9, lambda x, y: maximum(x, y), [2.0, 2.0], 2.0, [0.5, 0.5]),
    (9, lambda x: x.clip(), [1.0], 1.0, [1.0]),
    (9, lambda x: x.leaky_relu(), [0.0], 0.0, [0.01]),
    (9, lambda x: x.elu(), [0.0], 0.0, [1.0]),
    (9, lambda x: x.step(), [0.0], 1.0, [0.0]),
]


def irregular(x):
    """A function of which no two steps are alike."""
    for k in range(100):
        x = (x * 0.9 + 0.1).tanh() if k % 3 else x.sin() + 0.3
    return x


def eager(f, x):
    leaves = leaves_of(x)
    root = f(*leaves)
    root.backward()
    return root.data, [v.grad for v in leaves]


def by_grad(f, x):
    return f(*leaves_of(x)).data, grad(lambda x: f(*x))(x)


def by_compiled_function(f, x):
    leaves = leaves_of([1.5] * len(x))
    function = compiled(lambda *v: f(*v), samples=())
    function(*leaves)
    for leaf, number in zip(leaves, x, strict=True):
        leaf.data = number
    value, slopes = function.value_and_grad(*leaves)
    return value, [dict(zip(function.parameters, slopes.tolist(), strict=True)).get(v, 0.0) for v in leaves]


def by_program(library):
    def door(f, x):
        leaves = leaves_of([1.5] * len(x))
        program = compile_graph(f(*leaves), wrt=leaves)
        value, slopes = program.value_and_grad(parameters=arrays(library)(x))
        assert_same(float(program(parameters=arrays(library)(x))), float(value))
        return float(value), np.asarray(slopes).tolist()

    return door


def by_samples(library):
    """As one sample of two, beside a good one; slopes of the inputs are not asked for."""

    def door(f, x):
        leaves = leaves_of([1.5] * len(x))
        program = compile_graph(f(*leaves), inputs=leaves)
        value = float(program(*[arrays(library)([1.5, number]) for number in x]))
        return 2.0 * value - f(*leaves_of([1.5] * len(x))).data, None

    return door


DOORS = {
    "eager": eager, "grad": by_grad, "compiled function": by_compiled_function,
    **{f"program on {library}": by_program(library) for library in ("numpy", "torch", "jax")},
    **{f"samples on {library}": by_samples(library) for library in ("numpy", "torch", "jax")},
}  # fmt: skip


def through_the_doors(cases):
    """Each case through each door; JAX, which compiles every one, answers the first and the last case of each row."""
    rows = [case[0] for case in cases]
    ends = {i for row in rows for i in (rows.index(row), len(rows) - 1 - rows[::-1].index(row))}
    return [
        pytest.param(*case, door, id=f"row {case[0]} at {', '.join(map(str, case[2]))}-{name}")
        for i, case in enumerate(cases)
        for name, door in DOORS.items()
        if i in ends or not name.endswith("jax")
    ]


def leaves_of(x):
    return [Value(number, label=name, kind="parameter") for number, name in zip(x, "xy", strict=False)]


def arrays(library):
    """What makes a library's arrays of 64 bits."""
    xp = pytest.importorskip("jax.numpy" if library == "jax" else library, reason="it comes with the bench extra")
    if library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    return lambda x: xp.asarray(np.array(x))


def assert_same(found, expected):
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize(("row", "f", "x", "said", "door"), through_the_doors(REFUSED))
def test_outside_a_domain_every_door_refuses_in_the_same_words(row, f, x, said, door):
    with pytest.raises(DomainError, match=said):
        door(f, x)


@pytest.mark.parametrize(("row", "f", "x", "value", "slopes", "door"), through_the_doors(ANSWERED))
def test_at_kinks_far_out_and_at_infinity_every_door_gives_the_same(row, f, x, value, slopes, door):
    try:
        found, its_slopes = door(f, x)
    except NonFiniteError:  # a program whose loss is no number names the node instead
        assert door not in (eager, by_grad)
        assert not math.isfinite(value)
        return
    assert_same(found, value)
    if its_slopes is not None:
        assert_same(its_slopes, slopes)


# ── rows 10 to 49: habits, and the tests that guard them ────────────────────

GUARDED = {
    "10": ["test_faults_engine.py: row_10_an_untaken_branch", "test_compiled.py: a_branch_that_keeps_a_bad_number_out_is_respected"],
    "11": ["test_faults_engine.py: row_11_numbers_of_any_kind", "test_nn.py: sizes_may_be_a_tuple_and_numpys_integers"],
    "12": ["test_faults_engine.py: row_12_what_is_not_one_real", "test_nn.py: an_input_that_is_not_a_number", "test_compiled.py: an_argument_of_another_kind"],
    "13": ["test_faults_engine.py: row_13_an_array_beside_a_value"],
    "14": ["test_numpy.py: is_traced", "test_faults_engine.py: rows_14_and_15_what_would_lose"],
    "14b": ["test_faults_engine.py: row_14_the_method_a_hint_names_exists", "test_faults_engine.py: a_value_becomes_no_plain_number"],
    "15": ["test_faults_engine.py: rows_14_and_15_what_would_lose"],
    "16": ["test_faults_engine.py: row_16_equality_and_hash"],
    "17": ["test_faults_engine.py: row_17_backward_twice"],
    "18": ["test_faults_engine.py: row_18_backward_on_a_leaf"],
    "19": ["test_faults_engine.py: row_19_without_zero_grad"],
    "20": ["test_faults_engine.py: row_20_the_gradient_is_that", "test_functional.py: what_computes_with_a_graphs_numbers_refuses"],
    "21": ["test_engine.py: a_cycle", "test_view.py: showing_a_graph_with_a_cycle_never_raises"],
    "22": ["test_engine.py: a_chain_of", "test_compiler.py: a_chain_of_a_hundred_thousand"],
    "23": ["test_faults_engine.py: row_23_a_copied_graph"],
    "24": ["test_engine.py: process", "test_view.py: the_same_graph_gives_the_same_bytes", "test_compat_nn.py: a_seeded_run_is_the_same"],
    "25": ["test_threads.py: what_eight_threads_compute_at_once"],
    "26": ["test_nn.py: inputs_of_the_wrong_length", "test_nn.py: an_input_that_is_not_one_sample"],
    "27": ["test_nn.py: a_size_that_is_not_a_whole_number_above_0", "test_nn.py: too_few_sizes_or_none"],
    "28": ["test_losses.py: a_label_that_does_not_exist", "test_losses.py: a_column_of_labels", "test_train.py: a_bad_label_leaves_the_model"],
    "29": ["test_train.py: a_rate_too_large_stops", "test_train.py: a_compiled_run_that_explodes"],
    "30": ["test_interruptions.py: ctrl_c_at_any_line", "test_train.py: a_real_ctrl_c"],
    "31": ["test_saving.py: a_bad_file_is_one_error", "test_saving.py: a_flipped_byte_anywhere"],
    "32": ["test_saving.py: a_save_that_is_killed_at_any_moment"],
    "33": ["test_saving.py: a_bad_file_is_one_error"],
    "34": ["test_view.py: hostile_labels_only_show_in_dot", "test_player.py: hostile_labels_only_show"],
    "35": ["test_view.py: hostile_labels_only_show_in_svg", "test_view.py: long_labels_are_shortened"],
    "36": ["test_cli.py: a_mistake_costs_one_line", "test_cli.py: a_full_disk_costs_one_line"],
    "37": ["test_view.py: a_network_folds_to_neurons"],
    "38": ["test_view.py: a_dot_that_crashes", "test_view.py: a_dot_that_hangs", "test_view.py: without_dot_and_pygraphviz"],
    "39": ["test_data.py: a_bad_file_is_an_error", "test_data.py: one_table_in_many_dialects"],
    "40": ["test_cli.py: a_mistake_costs_one_line", "test_cli.py: formulas_mean_what_they_say"],
    "41": ["test_cli.py: another_projects_package", "test_cli.py: another_projects_autograd"],
    "42": ["test_compiler.py: arrays_that_do_not_fit", "test_compiler.py: read_only_and_strided", "test_compiler.py: weights_are_read_at_each_call"],
    "43": ["test_parameters.py: a_parameter_is_found_wherever_it_is_held", "test_saving.py: a_parameter_that_a_file_can_not_hold_is_refused"],
    "44": ["test_rows.py: every_entry_gives_for_every_holder", "test_rows.py: figures_take_every_holder"],
    "45": ["test_tables.py: the_target_decides_what_is_learned", "test_tables.py: what_only_names_a_row_is_left_out", "test_tables.py: a_real_file_loads_and_trains"],
    "46": ["test_train.py: an_optimizer_of_the_model_before_is_said"],
    "47": ["test_functional.py: a_number_is_a_constant_of_slope_zero", "test_gradcheck.py: a_number_is_a_constant"],
    "48": ["test_own_ops.py: compiled_it_gives_what_the_graph_gives", "test_own_ops.py: second_derivatives_are_those_of", "test_own_ops.py: a_rule_that_floats_alone_can_read", "test_own_ops.py: a_function_that_no_number_system_has", "test_own_ops.py: install_gives_the_method"],
    "49": ["test_notebooks.py: a_notebook_that_is_not_trusted", "test_player.py: the_wheel_alone_scrolls", "test_player.py: on_a_phone_the_graph", "test_view.py: the_picture_speaks_to_a_screen_reader_and_knows_the_dark"],
}  # fmt: skip


@pytest.mark.parametrize(("row", "guards"), GUARDED.items(), ids=GUARDED)
def test_a_habit_is_guarded_by_tests_that_are_there(row, guards):
    for guard in guards:
        file, words = guard.split(": ")
        assert any(words in name for name in names_of_tests(file)), f"row {row}: no test of {file} speaks of {words}"


def test_every_row_has_a_guard():
    rows = {*map(str, range(1, 50)), "14b"}
    assert {str(row) for row, *_ in [*REFUSED, *ANSWERED]} | set(GUARDED) == rows


@cache
def names_of_tests(file):
    tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
    return [f.name for f in tree.body if isinstance(f, ast.FunctionDef) and f.name.startswith("test_")]
