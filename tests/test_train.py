"""Training: the loop by hand and ``fit`` are one, a seed repeats a run, and nothing is left half done."""

from __future__ import annotations

import gc
import itertools
import math
import random
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import DomainError, NonFiniteError, TraceError, Value
from autograd.update_rules import UpdateRule
from nn import (
    MLP,
    SGD,
    Adam,
    FlatGradientWarning,
    Layer,
    Module,
    Neuron,
    Record,
    Run,
    cosine,
    data,
    evaluate,
    fit,
    logistic,
    mse,
    one_hot,
    steps,
)

MOONS = data.moons(20, seed=1)


def small(seed=0):
    return MLP([2, 4, 1], activation="tanh", seed=seed)


def numbers(model):
    return [p.data for p in model.parameters()]


def trained(model, **settings):
    settings = {"loss": "logistic", "optimizer": SGD(model.parameters(), lr=0.5), "epochs": 3, **settings}
    return fit(model, MOONS.X, MOONS.y, **settings)


# ── the loop ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, lr=0.5, momentum=0.5), lambda p: Adam(p, lr=0.05)], ids=["SGD", "Adam"]
)
def test_the_loop_by_hand_is_fit(make):
    by_fit, by_hand = small(), small()
    run = fit(by_fit, MOONS.X, MOONS.y, loss="logistic", optimizer=make(by_fit.parameters()), epochs=5, engine="graph")
    optimizer = make(by_hand.parameters())
    for record in run:
        outputs = [by_hand(x) for x in MOONS.X]
        loss = logistic(outputs, MOONS.y)
        optimizer.zero_grad()
        loss.backward()
        gradient = [p.grad for p in by_hand.parameters()]
        optimizer.step()
        assert record.loss == loss.data
        assert record.accuracy == sum((f.data > 0) == y for f, y in zip(outputs, MOONS.y, strict=True)) / 20
        assert record.gradient_norm == pytest.approx(math.sqrt(sum(g * g for g in gradient)), rel=1e-14)
        assert record.gradient_norm == pytest.approx(float(np.linalg.norm(gradient)), rel=1e-14)
    assert numbers(by_fit) == numbers(by_hand)


def test_steps_and_fit_are_one():
    a, b = small(), small()
    run = trained(a, batch_size=6, seed=4)
    optimizer = SGD(b.parameters(), lr=0.5)
    assert list(steps(b, MOONS.X, MOONS.y, loss="logistic", optimizer=optimizer, epochs=3, batch_size=6, seed=4)) == run
    assert numbers(a) == numbers(b)


def test_steps_may_be_left_whenever_one_likes():
    model, whole = small(), small()
    training = steps(model, MOONS.X, MOONS.y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.5), epochs=10**9)
    for _ in range(3):
        next(training)
    training.close()
    trained(whole, epochs=3)
    assert numbers(model) == numbers(whole)


def test_a_record_holds_what_happened_in_a_step():
    fields = ("step", "epoch", "loss", "accuracy", "gradient_norm", "lr", "validation_loss", "validation_accuracy")
    assert Record._fields == fields
    run = trained(small(), epochs=3, batch_size=8)  # 8 + 8 + 4
    assert isinstance(run, Run)
    assert run.ended == "done"
    assert [(r.step, r.epoch) for r in run] == [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3), (8, 3), (9, 3)]
    for r in run:
        assert type(r.loss) is type(r.accuracy) is type(r.gradient_norm) is float
        assert (r.lr, r.validation_loss, r.validation_accuracy) == (0.5, None, None)
        assert 0.0 <= r.accuracy <= 1.0


def test_loss_and_accuracy_are_those_before_the_update():
    model = small()
    before = evaluate(model, MOONS.X, MOONS.y, "logistic")
    run = trained(model, epochs=1)
    assert (run[0].loss, run[0].accuracy) == before
    assert evaluate(model, MOONS.X, MOONS.y, "logistic")[0] < before[0]


def test_regression_has_no_accuracy():
    model = MLP([1, 1], seed=0)
    run = fit(model, [[0.0], [1.0]], [1.0, 3.0], loss="mse", optimizer=SGD(model.parameters(), lr=0.5), epochs=200)
    assert run[-1].accuracy is None
    assert run[-1].loss < 1e-6
    assert numbers(model) == pytest.approx([2.0, 1.0], abs=1e-3)


def test_a_function_may_be_the_loss():
    a, b = small(), small()
    trained(a, loss=lambda outputs, targets: logistic(outputs, targets))
    trained(b, loss="logistic", engine="graph")
    assert numbers(a) == numbers(b)


def test_without_an_optimizer_fit_takes_sgd_at_a_tenth():
    a, b = small(), small()
    trained(a, optimizer=None)
    trained(b, optimizer=SGD(b.parameters(), lr=0.1))
    assert numbers(a) == numbers(b)


def test_evaluate_leaves_no_trace():
    model = small()
    before = numbers(model), [p.grad for p in model.parameters()]
    loss, accuracy = evaluate(model, MOONS.X, MOONS.y, "logistic")
    assert (numbers(model), [p.grad for p in model.parameters()]) == before
    assert loss == logistic([model(x) for x in MOONS.X], MOONS.y).data
    assert 0.0 <= accuracy <= 1.0


def test_gradient_norm_of_huge_gradients_does_not_overflow():
    w, v = Value(0.0), Value(0.0)
    run = fit(
        lambda x: (3e200 * w + 4e200 * v) * x[0],
        [[1.0]],
        [0.0],
        loss=lambda f, y: f[0] + 0.0,
        optimizer=SGD([w, v], lr=1e-250),
        epochs=1,
    )
    assert run[0].gradient_norm == pytest.approx(5e200)


# ── reproducible ────────────────────────────────────────────────────────────


def test_one_seed_one_run():
    runs = []
    for _ in range(2):
        random.seed()  # the global generator must not matter
        model = small()
        runs.append((trained(model, batch_size=7, seed=3), numbers(model)))
    assert runs[0] == runs[1]


def test_another_seed_shuffles_otherwise():
    a, b = small(), small()
    assert trained(a, batch_size=7, seed=1) != trained(b, batch_size=7, seed=2)


def test_fit_leaves_the_global_generator_and_the_data_alone():
    random.seed(0)
    state, X, y = random.getstate(), [list(x) for x in MOONS.X], list(MOONS.y)
    trained(small(), batch_size=3)
    assert random.getstate() == state
    assert (MOONS.X, MOONS.y) == (X, y)


@pytest.mark.parametrize("batch_size", [1, 3, 19, 20, 50, None])
def test_every_epoch_shows_every_sample_once(batch_size):
    seen, model = [], small()

    def watched(x):
        seen.append(tuple(x))
        return model(x)

    run = fit(
        watched, MOONS.X, MOONS.y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.1), epochs=2, batch_size=batch_size
    )  # fmt: skip
    everything = sorted(map(tuple, MOONS.X))
    assert sorted(seen[:20]) == sorted(seen[20:]) == everything
    assert len(run) == 2 * math.ceil(20 / (batch_size or 20))
    if batch_size in (1, 3, 19):
        assert seen[:20] != seen[20:]  # each epoch in an order of its own


def test_lists_arrays_and_a_column_of_numbers_train_alike():
    runs = []
    for X, y in [
        (MOONS.X, MOONS.y),
        (np.array(MOONS.X), np.array(MOONS.y)),
        (tuple(map(tuple, MOONS.X)), tuple(MOONS.y)),
    ]:
        model = small()
        runs.append(
            fit(model, X, y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.5), epochs=2, batch_size=5)
        )
    assert runs[0] == runs[1] == runs[2]


# ── what is refused, before anything is changed ─────────────────────────────


@pytest.mark.parametrize(
    ("X", "y"),
    [(MOONS.X, MOONS.y[:-1]), (MOONS.X[:-1], MOONS.y), ([], []), (np.zeros((3, 2)), np.zeros(4))],
    ids=["short y", "short X", "empty", "arrays"],
)
def test_another_number_of_targets_than_samples_is_an_error(X, y):
    model = small()
    before = numbers(model)
    for call in (fit, lambda *a, **k: next(steps(*a, **k)), lambda *a, optimizer, **k: evaluate(*a, **k)):
        with pytest.raises(ValueError, match=rf"one row per sample.*got {len(X)} rows of X and {len(y)} of y"):
            call(model, X, y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.1))
    assert numbers(model) == before


@pytest.mark.parametrize("n", [0, -1, 2.5, "3", True], ids=str)
@pytest.mark.parametrize("what", ["epochs", "batch_size"])
def test_counts_are_whole_numbers_from_1(what, n):
    with pytest.raises(ValueError, match=rf"{what} is a whole number, 1 or more; got"):
        trained(small(), **{what: n})


def test_counts_may_be_numpys_integers():
    assert len(trained(small(), epochs=np.int64(2), batch_size=np.int32(10))) == 4


def test_wrong_arguments_are_an_error_before_the_first_step():
    model = small()
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="epochs"):
        steps(model, MOONS.X, MOONS.y, loss="logistic", optimizer=optimizer, epochs=0)  # not only when iterated
    with pytest.raises(ValueError, match="no loss is called"):
        steps(model, MOONS.X, MOONS.y, loss="nll", optimizer=optimizer)


def test_a_bad_label_leaves_the_model_as_it_was():
    model = small()
    before = numbers(model)
    with pytest.raises(ValueError, match="row 3 has the label 7"):
        fit(model, MOONS.X[:4], [0, 1, 0, 7], loss="logistic")
    assert numbers(model) == before


def test_a_loss_that_is_no_value_says_what_may_be_wrong():
    with pytest.raises(TypeError, match=r"the loss must be a Value, got float: was .data used inside\?"):
        trained(small(), loss=lambda outputs, targets: outputs[0].data)


# ── numbers that run away ───────────────────────────────────────────────────


def runaway(lr, epochs=50):
    """Squared error on a line at a rate far too large: w doubles its error a few hundredfold each step."""
    w = Value(1.0, label="w")
    optimizer = SGD([w], lr=lr, momentum=0.5)
    with pytest.raises(NonFiniteError) as caught:
        fit(lambda x: w * x[0], [[10.0], [20.0]], [0.0, 0.0], loss="mse", optimizer=optimizer, epochs=epochs)
    return w, optimizer, str(caught.value)


def test_a_rate_too_large_stops_at_the_first_loss_that_is_not_finite():
    w, optimizer, said = runaway(1e10)
    step = int(said.split("at step ")[1].split()[0])
    assert f"(epoch {step})" in said
    assert "power" in said  # the node where it began
    assert "Try a smaller learning rate (lr = 1e+10)" in said
    loss = (100 * w.data**2 + 400 * w.data**2) / 4  # restored to where the loss was last finite
    assert math.isfinite(loss)
    assert optimizer.t == step - 2  # P₀ … Pₛ₋₂ had finite losses, and Pₛ₋₂ is s − 2 steps from the start

    short = Value(1.0)
    fit(
        lambda x: short * x[0], [[10.0], [20.0]], [0.0, 0.0], loss="mse", optimizer=SGD([short], lr=1e10, momentum=0.5), epochs=step - 2
    )  # fmt: skip
    assert w.data == short.data


def test_the_node_where_it_began_is_named_by_its_place_in_the_network():
    model = MLP([1, 2, 1], activation="exp", init=1.0)
    model.layers[0].neurons[1].b.data = 1000.0
    with pytest.raises(NonFiniteError, match=r"began at layers\[0\].neurons\[1\] h: exp\(1001\) = inf"):
        fit(model, [[1.0]], [0.0], loss="mse")


def test_nan_in_the_data_is_named_as_the_input_it_is():
    model = small()
    before = numbers(model)
    with pytest.raises(NonFiniteError, match=r"at step 1 \(epoch 1\). It began at x\[1\]: its value is nan"):
        fit(model, [[0.0, 1.0], [0.0, math.nan]], [0, 1], loss="logistic")
    assert numbers(model) == before


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_parameter_that_is_no_longer_finite_never_stays(epochs):
    w = Value(1.0, label="w")
    with pytest.raises(NonFiniteError, match="at step 1"):
        fit(lambda x: w * x[0], [[1e100]], [0.0], loss="mse", optimizer=SGD([w], lr=1e300), epochs=epochs)
    assert w.data == 1.0


def test_the_run_can_go_on_at_a_smaller_rate():
    w, optimizer, _ = runaway(1e10)
    optimizer.lr = 1e-3
    w.data = 1.0
    optimizer.state.clear()
    run = fit(lambda x: w * x[0], [[10.0], [20.0]], [0.0, 0.0], loss="mse", optimizer=optimizer, epochs=100)
    assert run[-1].loss < 1e-3


def test_any_other_error_in_the_model_leaves_the_last_whole_step():
    model, whole, calls = small(), small(), itertools.count(1)
    optimizer = SGD(model.parameters(), lr=0.5, momentum=0.9)

    def fails_in_the_third_step(x):
        f = model(x)
        return (f - f).log() if next(calls) == 47 else f

    with pytest.raises(DomainError):
        fit(fails_in_the_third_step, MOONS.X, MOONS.y, loss="logistic", optimizer=optimizer, epochs=5)
    trained(whole, optimizer=SGD(whole.parameters(), lr=0.5, momentum=0.9), epochs=2, engine="graph")
    assert numbers(model) == numbers(whole)
    assert optimizer.t == 2


# ── Ctrl-C ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("progress", [False, True])
def test_ctrl_c_between_steps_keeps_the_model_and_the_record(progress, capsys):
    model, whole = small(), small()

    def press(record):
        if record.step == 3:
            raise KeyboardInterrupt

    run = trained(model, epochs=10, on_step=press, progress=progress)
    assert run.ended == "interrupted"
    assert [r.step for r in run] == [1, 2, 3]
    assert run == trained(whole, epochs=3)
    assert numbers(model) == numbers(whole)


@pytest.mark.parametrize("call", [1, 41, 47, 60])
def test_ctrl_c_inside_a_step_goes_back_to_the_last_whole_one(call):
    model, whole, calls = small(), small(), itertools.count(1)
    optimizer = Adam(model.parameters(), lr=0.05)

    def pressed(x):
        if next(calls) == call:
            raise KeyboardInterrupt
        return model(x)

    run = fit(pressed, MOONS.X, MOONS.y, loss="logistic", optimizer=optimizer, epochs=5)
    done = (call - 1) // 20
    assert run.ended == "interrupted"
    assert len(run) == optimizer.t == done
    if done:
        same = Adam(whole.parameters(), lr=0.05)
        assert run == trained(whole, optimizer=same, epochs=done, engine="graph")
        assert optimizer.state_dict() == same.state_dict()
    assert numbers(model) == numbers(whole)


def test_ctrl_c_inside_the_update_moves_no_parameter():
    model, whole = small(), small()

    class Interrupted(SGD):
        @property
        def rule(self):
            return UpdateRule("momentum", self.pressed, ("velocity",))

        def pressed(self, xp, lr, t, *numbers):
            if t == 2:
                raise KeyboardInterrupt
            return super().rule(xp, lr, t, *numbers)

    optimizer = Interrupted(model.parameters(), lr=0.5, momentum=0.9)
    run = trained(model, optimizer=optimizer)
    same = SGD(whole.parameters(), lr=0.5, momentum=0.9)
    assert run == trained(whole, optimizer=same, epochs=1)
    assert numbers(model) == numbers(whole)
    assert optimizer.state_dict() == same.state_dict()


def test_ctrl_c_while_validation_samples_are_evaluated_takes_the_step_back():
    model, whole, calls = small(), small(), itertools.count(1)

    def pressed(x):
        if next(calls) == 65:  # a step shows 20 samples and 10 of the validation: in the third step
            raise KeyboardInterrupt
        return model(x)

    samples = (MOONS.X[:10], MOONS.y[:10])
    run = fit(
        pressed, MOONS.X, MOONS.y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.5), epochs=5, validation=samples
    )  # fmt: skip
    assert run.ended == "interrupted"
    assert run == trained(whole, epochs=2, validation=samples, engine="graph")
    assert numbers(model) == numbers(whole)


def test_a_run_pressed_in_its_last_step_is_not_put_back_to_its_best_epoch():
    def press(record):
        if record.step == 3:
            raise KeyboardInterrupt

    model, whole = small(), small()
    opposite = (MOONS.X, [1 - y for y in MOONS.y])
    run = trained(model, validation=opposite, patience=9, on_step=press)
    assert run.ended == "interrupted"
    assert run == trained(whole, validation=opposite)
    assert numbers(model) == numbers(whole)


def test_a_real_ctrl_c_ends_a_run_without_a_traceback():
    if sys.platform == "win32":
        pytest.skip("signals of the POSIX kind")
    program = (
        "import os, signal, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the shell has these tests in the background\n"
        "from nn import MLP, data, fit\n"
        "m = MLP([2, 4, 1]); d = data.moons(40)\n"
        "press = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))\n"
        "run = fit(m, d.X, d.y, loss='logistic', epochs=10**7, progress=True,\n"
        "          on_step=lambda r: press.start() if r.step == 1 else None)\n"
        "print(run.ended, len(run) > 0, all(abs(p.data) < 1e3 for p in m.parameters()))"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, cwd=root, check=False
    )
    assert done.stdout == "interrupted True True\n"
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("\n")  # the bar is closed: the prompt comes on a line of its own


def test_fit_leaves_the_collector_as_it_found_it():
    for state in (True, False):
        (gc.enable if state else gc.disable)()
        try:
            trained(small(), epochs=1)
            with pytest.raises(NonFiniteError):
                fit(small(), [[math.nan, 0.0]], [1], loss="logistic")
            assert gc.isenabled() is state
        finally:
            gc.enable()


# ── what is shown ───────────────────────────────────────────────────────────


def test_fit_is_quiet_unless_asked(capsys):
    trained(small())
    assert capsys.readouterr() == ("", "")


def test_the_progress_bar_shows_steps_loss_and_accuracy(capsys):
    run = trained(small(), epochs=4, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "4/4" in shown.err
    assert f"loss {run[-1].loss:.4f}" in shown.err
    assert f"accuracy {run[-1].accuracy:.0%}" in shown.err


def test_a_bar_that_ctrl_c_found_closing_still_ends_its_line(capsys, monkeypatch):
    from tqdm.std import tqdm

    def press(self, *_):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(tqdm, "_decr_instances", press)
    run = trained(small(), epochs=4, progress=True)
    assert (run.ended, len(run)) == ("done", 4)
    assert capsys.readouterr().err.endswith("\n")


def test_a_bar_that_tqdm_was_told_not_to_show_is_not_shown(capsys, run_python):
    shown = run_python(
        "import contextlib, sys\nfrom nn import MLP, data, fit\n"
        "with contextlib.redirect_stderr(sys.stdout):\n    fit(MLP([2, 1]), *data.XOR[:2], loss='logistic', epochs=2, progress=True)",
        TQDM_DISABLE="1",
    )
    assert shown == ""


def test_the_progress_bar_counts_batches_and_knows_no_accuracy_for_regression(capsys):
    model = MLP([2, 1], seed=0)
    fit(model, MOONS.X, [0.5 * x[0] for x in MOONS.X], loss=mse, epochs=2, batch_size=8, progress=True)
    shown = capsys.readouterr().err
    assert "6/6" in shown
    assert "accuracy" not in shown


def test_the_progress_bar_ends_on_the_figures_of_the_last_epoch(capsys):
    """20 samples in batches of 8: the last batch, of 4, weighs half as much as the others."""
    run = trained(small(), epochs=2, batch_size=8, progress=True)
    shown = capsys.readouterr().err
    sizes, last = [8, 8, len(MOONS.X) - 16], run[-3:]
    loss = sum(n * r.loss for n, r in zip(sizes, last, strict=True)) / len(MOONS.X)
    accuracy = sum(n * r.accuracy for n, r in zip(sizes, last, strict=True)) / len(MOONS.X)
    assert f"epoch 2, loss {loss:.4f}, accuracy {accuracy:.0%}]" in shown.splitlines()[-1]


def test_the_progress_bar_of_a_resumed_run_begins_where_the_run_does(capsys):
    trained(small(), epochs=4, start=2, progress=True)
    assert "4/4" in capsys.readouterr().err


def test_the_bar_is_closed_when_an_error_ends_the_run(capsys):
    with pytest.raises(NonFiniteError):
        fit(small(), [[math.nan, 0.0]], [1], loss="logistic", progress=True)
    assert capsys.readouterr().err.endswith("\n")


def test_on_step_gets_every_record():
    seen = []
    assert trained(small(), on_step=seen.append) == seen


# ── schedules, clipping, validation, going on ───────────────────────────────


def test_a_schedule_sets_the_rate_of_each_step():
    a, b = small(), small()
    rate = cosine(0.5, steps=4, last=0.1)
    run = trained(a, epochs=4, schedule=rate)
    assert [r.lr for r in run] == [rate(t) for t in (1, 2, 3, 4)]
    optimizer = SGD(b.parameters(), lr=1.0)
    for t in (1, 2, 3, 4):
        optimizer.lr = rate(t)
        trained(b, epochs=1, optimizer=optimizer)
    assert numbers(a) == numbers(b)


@pytest.mark.parametrize("rate", [-1.0, math.nan, math.inf, "fast"], ids=str)
def test_a_schedule_that_gives_no_rate_is_an_error_and_moves_nothing(rate):
    model = small()
    before = numbers(model)
    with pytest.raises((ValueError, TypeError, NonFiniteError)):
        trained(model, schedule=lambda t: rate)
    assert numbers(model) == before


def test_clip_norm_bounds_the_step_and_the_record_keeps_the_norm_before():
    model, free = small(), small()
    before = numbers(model)
    run = trained(model, epochs=1, clip_norm=0.01, optimizer=SGD(model.parameters(), lr=1.0))
    moved = [a - b for a, b in zip(numbers(model), before, strict=True)]
    assert math.hypot(*moved) == pytest.approx(0.01, rel=1e-12)
    assert run[0].gradient_norm == trained(free, epochs=1)[0].gradient_norm > 0.01


def test_a_run_in_two_parts_is_the_run():
    whole, parts = small(), small()
    run = trained(whole, epochs=4, batch_size=6, seed=2, optimizer=Adam(whole.parameters(), lr=0.05))
    optimizer = Adam(parts.parameters(), lr=0.05)
    settings = {"epochs": 4, "batch_size": 6, "seed": 2, "optimizer": optimizer}
    first = list(itertools.islice(steps(parts, MOONS.X, MOONS.y, loss="logistic", **settings), 7))
    second = trained(parts, **settings, start=7)
    assert first + second == run
    assert numbers(parts) == numbers(whole)


@pytest.mark.parametrize("start", [-1, 1.5, "2"], ids=str)
def test_a_start_that_is_no_number_of_steps_is_an_error(start):
    with pytest.raises(ValueError, match="start"):
        trained(small(), start=start)


def test_validation_is_measured_at_the_end_of_each_epoch_and_teaches_nothing():
    with_it, without = small(), small()
    other = data.moons(10, seed=9)
    run = trained(with_it, epochs=2, batch_size=8, validation=(other.X, other.y))
    assert [r[:6] for r in run] == [r[:6] for r in trained(without, epochs=2, batch_size=8)]
    assert numbers(with_it) == numbers(without)
    assert [r.validation_loss is not None for r in run] == [False, False, True] * 2
    assert (run[-1].validation_loss, run[-1].validation_accuracy) == evaluate(with_it, other.X, other.y, "logistic")


def test_a_data_set_may_be_the_validation():
    train, held_out = data.split(MOONS, 0.3)
    model = small()
    run = fit(model, train.X, train.y, loss="logistic", validation=held_out, epochs=1)
    assert run[-1].validation_loss == evaluate(model, held_out.X, held_out.y, "logistic")[0]


def test_patience_stops_early_and_goes_back_to_the_best_epoch():
    # The validation pulls w to 1, the training to 3: the loss falls while w < 1 and then grows.
    w, after = Value(0.0), []
    run = fit(
        lambda x: w * x[0], [[1.0]], [3.0], loss="mse", optimizer=SGD([w], lr=0.1), epochs=100, patience=3,
        validation=([[1.0]], [1.0]), on_step=lambda r: after.append(w.data),
    )  # fmt: skip
    losses = [r.validation_loss for r in run]
    best = losses.index(min(losses))
    assert run.ended == "stopped early"
    assert len(run) == best + 1 + 3
    assert w.data == after[best] == pytest.approx(1.0, abs=0.15)


def test_without_a_worse_epoch_patience_does_nothing():
    a, b = small(), small()
    run = trained(a, epochs=5, patience=2, validation=(MOONS.X, MOONS.y))
    assert run.ended == "done"
    trained(b, epochs=5)
    assert numbers(a) == numbers(b)


@pytest.mark.parametrize(
    "settings", [{"patience": 3}, {"patience": 0, "validation": (MOONS.X, MOONS.y)}], ids=["no validation", "0"]
)
def test_patience_needs_validation_and_is_a_whole_number(settings):
    with pytest.raises(ValueError, match="patience"):
        trained(small(), **settings)


def test_one_hot_targets_train_like_their_classes():
    runs = []
    for y in (MOONS.y, one_hot(MOONS.y, 2)):
        model = MLP([2, 3, 2], seed=0)
        runs.append(fit(model, MOONS.X, y, loss="cross_entropy", epochs=3))
    for a, b in zip(*runs, strict=True):
        assert a.loss == pytest.approx(b.loss, rel=1e-12)
        assert a.accuracy == b.accuracy


# ── gradients that are all 0 ────────────────────────────────────────────────


def test_a_step_neuron_that_learns_nothing_says_so_once():
    with pytest.warns(FlatGradientWarning, match=r"every gradient is exactly 0 at step 1 .*Flat: 4 × step") as caught:
        fit(Neuron(2, activation="step"), *data.AND[:2], loss="mse", epochs=20)
    assert len(caught) == 1  # twenty steps, one warning


@pytest.mark.parametrize(
    ("wrap", "more"),
    [
        (lambda model: model, {}),
        (lambda model: model, {"engine": "graph"}),
        (lambda model: model, {"l2": 0.1}),
        (lambda model: lambda x: model(x), {"engine": "graph"}),
        (lambda model: lambda x: model(x), {"engine": "compiled"}),
    ],
)
def test_an_optimizer_of_the_model_before_is_said_and_moves_nothing(wrap, more):
    before, model = (MLP([2, 3, 1], seed=seed) for seed in (1, 2))
    optimizer = Adam(before.parameters())
    numbers = before.state_dict(), model.state_dict()
    for train in (lambda *data, **given: fit(*data, optimizer=optimizer, **given),
                  lambda *data, **given: list(steps(*data, optimizer=optimizer, **given))):  # fmt: skip
        with pytest.raises(
            ValueError, match=r"they are another model's\. If the model was made anew, make the optimizer"
        ):
            train(wrap(model), *MOONS[:2], loss="logistic", **more)
    assert (before.state_dict(), model.state_dict(), optimizer.t) == (*numbers, 0)


def test_an_optimizer_of_some_parameters_or_of_more_is_right():
    model, offset = MLP([2, 3, 1], seed=1), Value(0.0)

    def loss(outputs, y):
        return logistic([f + offset for f in outputs], y)

    for parameters in (model.layers[1].parameters(), [*model.parameters(), offset], [offset]):
        before = [p.data for p in parameters]
        fit(model, *MOONS[:2], loss=loss, optimizer=SGD(parameters), epochs=1)
        assert [p.data for p in parameters] != before


def test_a_loss_of_0_is_no_reason_to_warn():
    w = Value(5.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = fit(lambda x: w * x[0], [[1.0]], [1], loss="hinge", optimizer=SGD([w], lr=0.1), epochs=3)
    assert run[-1].loss == 0.0
    assert w.data == 5.0


# ── the two engines ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "softplus"])
@pytest.mark.parametrize("loss", ["logistic", "cross_entropy", "mse", "mae", "huber", "hinge"])
def test_a_compiled_run_is_the_graphs_to_rounding(activation, loss):
    outputs = 3 if loss == "cross_entropy" else 1
    y = {"logistic": MOONS.y, "hinge": [2 * k - 1 for k in MOONS.y]}
    y |= {name: [0.3 * k for k in MOONS.y] for name in ("mse", "mae", "huber")}
    y["cross_entropy"] = [i % 3 for i in range(len(MOONS.y))]
    runs, models = [], []
    for engine in ("graph", "compiled"):
        model = MLP([2, 5, 4, outputs], activation=activation, seed=2)
        optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        settings = {"optimizer": optimizer, "epochs": 4, "batch_size": 7, "seed": 1, "engine": engine}
        runs.append(fit(model, MOONS.X, y[loss], loss=loss, **settings))
        models.append(numbers(model))
    np.testing.assert_allclose(models[1], models[0], rtol=1e-10, atol=1e-12)
    for graph, compiled in zip(*runs, strict=True):
        assert compiled.loss == pytest.approx(graph.loss, rel=1e-10, abs=1e-14)
        assert compiled.accuracy == pytest.approx(graph.accuracy)
        assert compiled.gradient_norm == pytest.approx(graph.gradient_norm, rel=1e-9)


@pytest.mark.parametrize("engine", ["graph", "compiled"])
@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.1), (0.01, 0.1)])
def test_a_penalty_is_added_to_the_loss_and_to_its_gradient(engine, l1, l2):
    def penalized(outputs, y):
        p = by_hand.parameters()
        return logistic(outputs, y) + sum(l1 * abs(w) + l2 / 2 * w**2 for w in p)

    model, by_hand = small(), small()
    run = trained(model, engine=engine, l1=l1, l2=l2, validation=(MOONS.X, MOONS.y))
    other = trained(by_hand, loss=penalized, engine="graph")
    assert numbers(model) == pytest.approx(numbers(by_hand), rel=1e-12)
    assert [r.loss for r in run] == pytest.approx([r.loss for r in other], rel=1e-12)
    assert [r.gradient_norm for r in run] == pytest.approx([r.gradient_norm for r in other], rel=1e-12)
    assert run[-1].validation_loss == evaluate(model, MOONS.X, MOONS.y, "logistic")[0], "without the penalty"


@pytest.mark.parametrize("penalty", [{"l1": -0.1}, {"l2": math.nan}, {"l2": "0.1"}])
def test_a_penalty_is_a_number_from_0(penalty):
    with pytest.raises(ValueError, match=r"l[12] is a number ≥ 0"):
        trained(small(), **penalty)


def test_the_same_seed_gives_the_same_bits_compiled_too():
    a, b = small(), small()
    assert trained(a, engine="compiled", batch_size=6) == trained(b, engine="compiled", batch_size=6)
    assert numbers(a) == numbers(b)


def test_a_model_that_is_a_function_is_not_compiled_unasked():
    model = small()
    forked = []

    def branches(x):
        forked.append(x)
        return model(x)

    fit(branches, MOONS.X, MOONS.y, loss="logistic", optimizer=SGD(model.parameters(), lr=0.5), epochs=2)
    assert len(forked) == 2 * len(MOONS.y)


def test_a_compiled_run_that_explodes_names_step_and_node_as_the_graph_does():
    said = []
    for engine in ("graph", "compiled"):
        model = MLP([2, 4, 1], activation="relu", seed=1)
        with pytest.raises(NonFiniteError, match=r"at step \d+ \(epoch \d+\)") as error:
            trained(model, loss="mse", optimizer=SGD(model.parameters(), lr=1e100), engine=engine)
        said.append(str(error.value))
    assert said[0] == said[1]


class Residual(Module):
    """What nobody foresaw: a skip connection, a shared weight, a product of two outputs."""

    def __init__(self, outputs=1):
        self.first, self.last = (
            Layer(2, 2, activation="tanh", rng=random.Random(1)),
            MLP([2, 3, outputs], activation="tanh", seed=2),
        )
        self.gate = Neuron(2, activation="sigmoid", rng=random.Random(3))

    def __call__(self, x):
        h = [xi + hi for xi, hi in zip(x, self.first(self.first(x)), strict=True)]
        return self.last([hi * self.gate(x) for hi in h])


class Branching(Module):
    """Leaky by a branch, of which a sample may take either: no one program serves all."""

    def __init__(self, ask=lambda h: h > 0.0):
        self.neuron, self.ask = Neuron(2, nonlin=False, rng=random.Random(1)), ask

    def __call__(self, x):
        h = self.neuron(x)
        return h if self.ask(h) else h * 0.1


def run_of(model, engine="auto", loss="logistic", y=MOONS.y, **settings):
    optimizer = SGD(model.parameters(), lr=0.3)
    return fit(model, MOONS.X, y, loss=loss, optimizer=optimizer, epochs=5, batch_size=8, engine=engine, **settings)


@pytest.mark.parametrize("loss", ["logistic", "cross_entropy", "mse", "hinge"])
def test_a_module_of_ones_own_is_compiled_unasked_to_the_graphs_numbers(loss):
    y = [2 * k - 1 for k in MOONS.y] if loss == "hinge" else MOONS.y
    graph, auto = (Residual(3 if loss == "cross_entropy" else 1) for _ in range(2))
    expected, found = run_of(graph, "graph", loss, y), run_of(auto, "auto", loss, y)
    assert (expected.engine, found.engine) == ("graph", "compiled")
    np.testing.assert_allclose(numbers(auto), numbers(graph), rtol=1e-10, atol=1e-12)
    for a, b in zip(expected, found, strict=True):
        assert b.loss == pytest.approx(a.loss, rel=1e-10)
        assert b.accuracy == a.accuracy
    assert found[-1].loss < found[0].loss


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (
            lambda h: h > 0.0,
            r"graph: samples part ways in <lambda>: h > 0 was (True|False), now (True|False) in sample",
        ),
        (lambda h: h.data > 0.0, r"graph: <lambda> did not make the same graph again: it had \d+ nodes, now \d+\."),
        (lambda h: h.data != MOONS_AT_7, r"graph: the program's loss is .*, the graph's .*: some samples have another"),
    ],
)
def test_a_module_whose_samples_have_different_graphs_goes_on_with_the_graph(ask, reason, caplog):
    graph, auto = Branching(ask), Branching(ask)
    with caplog.at_level("INFO", "nn.engine"):
        expected, found = run_of(graph, "graph"), run_of(auto)
    assert found == expected
    assert numbers(auto) == numbers(graph)
    assert re.match(reason, found.engine)
    assert [f"graph: {m.removeprefix('trains with the graph: ')}" for m in caplog.messages] == [found.engine]


MOONS_AT_7 = Branching().neuron(MOONS.X[7]).data  # one sample of 20, which the trace of a few does not meet


def test_samples_that_part_ways_in_the_middle_of_a_run_go_on_with_the_graph():
    class Late(Branching):
        def __call__(self, x):
            h = self.neuron(x)
            return h if self.neuron.b + x[0] * 0.01 < 0.05 else h * 0.5

    graph, auto = Late(), Late()
    expected, found = run_of(graph, "graph"), run_of(auto)
    assert found.engine.startswith("graph: samples part ways")
    np.testing.assert_allclose(numbers(auto), numbers(graph), rtol=1e-12)
    assert [r.loss for r in found] == pytest.approx([r.loss for r in expected], rel=1e-12)


def test_what_was_asked_to_be_compiled_and_cannot_be_is_an_error():
    with pytest.raises(TraceError, match="samples part ways"):
        run_of(Branching(), "compiled")


def test_a_function_and_a_loss_of_ones_own_go_on_with_the_graph():
    model = small()
    assert run_of(model).engine == "compiled"
    run = fit(lambda x: model(x), MOONS.X, MOONS.y, loss="mse", optimizer=SGD(model.parameters()), epochs=1)
    assert run.engine.startswith("graph: the model is a function")
    assert run_of(model, loss=lambda f, y: mse(f, y) * len(y)).engine.startswith("graph: the loss may not be")


def test_an_activation_of_ones_own_is_compiled_where_it_makes_one_graph():
    smooth, bent = (
        MLP([2, 4, 1], activation=a, seed=1) for a in (lambda h: h * h.sigmoid(), lambda h: max(h, h * 0.1))
    )
    assert run_of(smooth).engine == "compiled"
    assert run_of(bent).engine.startswith("graph: samples part ways")


def test_a_wrong_label_is_an_error_before_training_of_a_module_of_ones_own():
    model, steps_taken = Residual(), []
    with pytest.raises(ValueError, match="logistic: row 19 has the label 2"):
        run_of(model, y=[*MOONS.y[:-1], 2], on_step=steps_taken.append)
    assert not steps_taken


@pytest.mark.parametrize("loss", ["logistic", "hinge", "cross_entropy"])
def test_accuracy_at_a_tie_is_the_graphs(loss):
    y = [2 * k - 1 for k in MOONS.y] if loss == "hinge" else MOONS.y
    runs = []
    for engine in ("graph", "compiled"):
        model = MLP([2, 3, 3 if loss == "cross_entropy" else 1], init=0.0)
        (record,) = fit(model, MOONS.X, y, loss=loss, epochs=1, engine=engine)
        runs.append(record.accuracy)
    assert runs[0] == runs[1]
    assert 0.0 < runs[0] < 1.0


def test_accuracy_with_shares_as_targets_is_the_graphs():
    y = [[0.6, 0.3, 0.1] if k else [0.2, 0.2, 0.6] for k in MOONS.y]
    runs = [run_of(MLP([2, 3, 3], seed=4), engine, "cross_entropy", y) for engine in ("graph", "compiled")]
    assert [r.accuracy for r in runs[0]] == [r.accuracy for r in runs[1]]
    assert runs[1][-1].loss == pytest.approx(runs[0][-1].loss, rel=1e-10)


def test_an_engine_of_another_name_is_an_error():
    with pytest.raises(ValueError, match='engine is "auto", "graph" or "compiled", got \'fast\''):
        trained(small(), engine="fast")


class Tempered(Residual):
    """What a user changes while training: a flag, a number of a module inside, numbers in a list."""

    def __init__(self):
        super().__init__()
        self.training, self.gate.temperature, self.scales = True, 1.0, [1.0, 1.0]

    def __call__(self, x):
        f = super().__call__([a * s for a, s in zip(x, self.scales, strict=True)]) / self.gate.temperature
        return f * 0.5 if self.training else f


def of_flag(model, step):
    model.training = step % 2 == 0


def of_number(model, step):
    model.gate.temperature = 1.0 + step // 5


def of_list(model, step):
    model.scales[1] = 1.0 - 0.1 * (step // 5)


@pytest.mark.parametrize("engine", ["auto", "compiled"])
@pytest.mark.parametrize("change", [of_flag, of_number, of_list])
def test_a_flag_or_number_that_changes_while_training_is_followed(change, engine):
    models = Tempered(), Tempered()
    for model, name in zip(models, ("graph", engine), strict=True):
        run = run_of(model, name, on_step=lambda step, model=model: change(model, step.step))
        assert run.engine == ("graph" if name == "graph" else "compiled")
    np.testing.assert_allclose(numbers(models[1]), numbers(models[0]), rtol=1e-10, atol=1e-12)


def test_a_number_that_changes_at_every_step_is_left_to_the_graph():
    def change(model, step):
        model.gate.temperature *= 1.01

    models = Tempered(), Tempered()
    for model, name in zip(models, ("graph", "auto"), strict=True):
        run = run_of(model, name, on_step=lambda step, model=model: change(model, step))
    assert run.engine == "graph: the model's flags or numbers change too often"
    np.testing.assert_allclose(numbers(models[1]), numbers(models[0]), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("make", [Residual, small])
def test_a_loss_that_is_no_mean_over_the_samples_is_not_compiled_to_another(make):
    def total(outputs, y):
        return sum((f - t) ** 2 for f, t in zip(outputs, y, strict=True))

    before = numbers(make())
    model = make()
    with pytest.raises(ValueError, match="the loss is not a mean over the samples, or some samples have another graph"):
        run_of(model, "compiled", total)
    assert numbers(model) == before
    run_of(make(), "compiled", lambda outputs, y: total(outputs, y) / len(y))


@pytest.mark.parametrize("cell", ["2", 1j, None])
def test_a_cell_that_is_not_a_number_is_an_error_in_every_engine(cell):
    X = [*MOONS.X[:2], [cell, 1.0], *MOONS.X[3:]]
    for engine in ("auto", "compiled", "graph"):
        model = small()
        with pytest.raises(TypeError, match=r"numbers|one real number"):
            fit(model, X, MOONS.y, loss="logistic", epochs=1, engine=engine)
        assert numbers(model) == numbers(small())


# ── what is asked for wrongly ───────────────────────────────────────────────


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"lr": 0.1}, TypeError, "fit takes no lr: give optimizer=SGD(model.parameters(), lr=…)"),
        ({"rate": 0.1}, TypeError, "fit takes no rate"),
        ({"optimizer": "sgd"}, TypeError, "optimizer is an object such as SGD(model.parameters(), lr=0.1), got 'sgd'"),
        ({"optimizer": SGD}, TypeError, "optimizer is an object such as SGD(model.parameters(), lr=0.1), got <class"),
        ({"schedule": 0.1}, TypeError, "schedule is a function of the step"),
        ({"validation": [1]}, ValueError, "validation is a pair (X, y), samples and their targets; got [1]"),
        ({"validation": (1, 2)}, ValueError, "validation is a pair (X, y)"),
    ],
)
def test_a_setting_of_the_wrong_kind_says_what_it_is(settings, error, says):
    with pytest.raises(error) as caught:
        fit(MLP([2, 1]), *nn.data.XOR[:2], loss="logistic", **settings)
    assert says in str(caught.value)


@pytest.mark.parametrize("engine", ["graph", "auto"])
@pytest.mark.parametrize(
    ("where", "says"), [("X", "Look at sample 2: X[2] holds nan."), ("y", "Look at sample 2: y[2] holds nan.")]
)
def test_a_nan_in_the_data_is_traced_to_its_sample(engine, where, says):
    X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 2.0]
    if where == "X":
        X[2][1] = math.nan
    else:
        y[2] = math.nan
    with pytest.raises(NonFiniteError) as caught:
        fit(MLP([2, 1]), X, y, loss="mse", engine=engine)
    assert says in str(caught.value)
