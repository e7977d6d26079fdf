"""Optimizers: three steps by hand, many against PyTorch, and what happens when a step fails."""

from __future__ import annotations

import math
import random
from functools import partial

import pytest

import nn
from autograd import Value
from autograd.readings import floats
from autograd.update_rules import RULES, UpdateRule
from nn import (
    MLP,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Optimizer,
    RMSprop,
    clip_gradients,
    cosine,
    exponential_decay,
    step_decay,
)


def walk(optimizer, w, gradients):
    """The numbers w takes when those gradients come."""
    path = []
    for g in gradients:
        w.grad = g
        optimizer.step()
        path.append(w.data)
    return path


# ── three steps by hand ─────────────────────────────────────────────────────


def test_sgd_by_hand():
    w = Value(1.0)
    # 1 − 0.1·2,  then − 0.1·(−4),  then − 0.1·1
    assert walk(SGD([w], lr=0.1), w, [2.0, -4.0, 1.0]) == pytest.approx([0.8, 1.2, 1.1], abs=1e-15)
    w = Value(1.0)
    assert walk(SGD([w]), w, [2.0, -4.0, 1.0]) == pytest.approx([0.8, 1.2, 1.1], abs=1e-15)  # η is 0.1


def test_sgd_with_momentum_by_hand():
    w = Value(1.0)
    # v: 2;  0.5·2 − 4 = −3;  0.5·(−3) + 1 = −0.5
    assert walk(SGD([w], lr=0.1, momentum=0.5), w, [2.0, -4.0, 1.0]) == pytest.approx([0.8, 1.1, 1.15], abs=1e-15)


def test_sgd_with_weight_decay_by_hand():
    w = Value(1.0)
    # g + 0.5 w: 2 + 0.5 = 2.5 → 0.75;  −4 + 0.375 = −3.625 → 1.1125;  1 + 0.55625 → 0.956875
    assert walk(SGD([w], lr=0.1, weight_decay=0.5), w, [2.0, -4.0, 1.0]) == pytest.approx(
        [0.75, 1.1125, 0.956875], abs=1e-15
    )


def test_weight_decay_is_the_gradient_of_half_lambda_w_squared():
    a, b = Value(0.7), Value(0.7)
    decayed, penalized = SGD([a], lr=0.1, weight_decay=0.3), SGD([b], lr=0.1)
    for _ in range(5):
        decayed.zero_grad()
        penalized.zero_grad()
        ((a - 2.0) ** 2).backward()
        ((b - 2.0) ** 2 + 0.15 * b * b).backward()
        decayed.step()
        penalized.step()
        assert a.data == pytest.approx(b.data, abs=1e-14)


def test_adam_by_hand():
    w = Value(1.0)
    β1, β2, η, ε = 0.9, 0.99, 0.1, 1e-8
    # gradients 2, −4, 1
    m1, v1 = 0.1 * 2.0, 0.01 * 4.0
    m2, v2 = 0.9 * m1 + 0.1 * -4.0, 0.99 * v1 + 0.01 * 16.0
    m3, v3 = 0.9 * m2 + 0.1 * 1.0, 0.99 * v2 + 0.01 * 1.0
    w1 = 1.0 - η * (m1 / (1 - β1)) / (math.sqrt(v1 / (1 - β2)) + ε)
    w2 = w1 - η * (m2 / (1 - β1**2)) / (math.sqrt(v2 / (1 - β2**2)) + ε)
    w3 = w2 - η * (m3 / (1 - β1**3)) / (math.sqrt(v3 / (1 - β2**3)) + ε)
    assert w1 == pytest.approx(0.9, abs=1e-8)  # the first step is η
    assert walk(Adam([w], lr=η, betas=(β1, β2)), w, [2.0, -4.0, 1.0]) == pytest.approx([w1, w2, w3], abs=1e-14)


def test_nesterov_by_hand():
    w = Value(1.0)
    # v: 2, −3, −0.5 as above; the step is g + 0.5 v: 3, −5.5, 0.75
    assert walk(SGD([w], lr=0.1, momentum=0.5, nesterov=True), w, [2.0, -4.0, 1.0]) == pytest.approx(
        [0.7, 1.25, 1.175], abs=1e-15
    )


def test_adagrad_by_hand():
    w = Value(1.0)
    # s: 9, 25, 169: steps 0.1·(3/3, −4/5, 12/13)
    path = walk(Adagrad([w], lr=0.1), w, [3.0, -4.0, 12.0])
    assert path == pytest.approx([0.9, 0.98, 0.98 - 1.2 / 13], abs=1e-10)


def test_rmsprop_by_hand():
    w = Value(1.0)
    # α = 3/4: s = 4/4 = 1, then 3/4 + 16/4 = 19/4, then 57/16 + 1/4 = 61/16
    path = walk(RMSprop([w], lr=0.1, alpha=0.75, eps=1e-12), w, [2.0, -4.0, 1.0])
    second = 0.8 + 0.4 / math.sqrt(4.75)
    assert path == pytest.approx([0.8, second, second - 0.1 / math.sqrt(61 / 16)], abs=1e-11)


def test_adamw_decays_the_weight_and_not_the_gradient():
    w, v = Value(1.0), Value(1.0)
    (decayed,), (plain,) = walk(AdamW([w], lr=0.1, weight_decay=0.5), w, [2.0]), walk(Adam([v], lr=0.1), v, [2.0])
    assert decayed == pytest.approx(plain - 0.1 * 0.5 * 1.0, abs=1e-15)


def test_adams_first_step_is_the_rate_whatever_the_gradient():
    for g in (1e-3, 1.0, 1e6, -1e6):
        w = Value(0.0)
        walk(Adam([w], lr=0.01), w, [g])
        assert w.data == pytest.approx(math.copysign(0.01, -g), rel=1e-4)


def test_a_parameter_with_gradient_0_stays_where_it_is():
    for make in (SGD, Adagrad, RMSprop, Adam):
        w = Value(1.0)
        assert walk(make([w], lr=0.1), w, [0.0, 0.0]) == [1.0, 1.0]


# ── against PyTorch ─────────────────────────────────────────────────────────

SETTINGS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "eps": 1e-2, "weight_decay": 0.1}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.7, "eps": 1e-2, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.3}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
]


@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=str)
def test_steps_are_pytorchs(name, settings):
    torch = pytest.importorskip("torch", reason="the peer: pip install 'chalkgrad[bench]'")
    rng = random.Random(0)
    start = [rng.gauss(0, 1) for _ in range(4)]
    ours, theirs = [Value(x) for x in start], torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(nn, name)(ours, **settings)
    other = getattr(torch.optim, name)([theirs], **settings)
    for _ in range(25):
        g = [rng.gauss(0, 1) for _ in start]
        for p, gi in zip(ours, g, strict=True):
            p.grad = gi
        theirs.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        other.step()
        assert [p.data for p in ours] == pytest.approx(theirs.tolist(), abs=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_a_row_by_itself_has_pytorchs_constants(name):
    torch = pytest.importorskip("torch", reason="the peer: pip install 'chalkgrad[bench]'")
    theirs = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimizer = (
        torch.optim.SGD([theirs], 0.1, momentum=0.9)
        if name == "momentum"
        else getattr(torch.optim, name)([theirs], 0.1)
    )
    w, running = 1.0, [0.0] * len(RULES[name].running)
    for t, g in enumerate([2.0, -4.0, 1.0], start=1):
        delta, *running = RULES[name](floats, 0.1, t, w, g, *running)
        w -= delta
        theirs.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        assert w == pytest.approx(theirs.item(), abs=1e-14)


def test_names_and_defaults_of_adam_are_pytorchs():
    optimizer = Adam([Value(1.0)])
    assert (optimizer.lr, optimizer.betas, optimizer.eps, optimizer.weight_decay) == (1e-3, (0.9, 0.999), 1e-8, 0.0)
    assert (AdamW([Value(1.0)]).lr, AdamW([Value(1.0)]).weight_decay) == (1e-3, 0.01)
    assert (Adagrad([Value(1.0)]).lr, Adagrad([Value(1.0)]).eps) == (0.01, 1e-10)
    assert (RMSprop([Value(1.0)]).lr, RMSprop([Value(1.0)]).alpha, RMSprop([Value(1.0)]).eps) == (0.01, 0.99, 1e-8)


# ── a step that fails, and going on ─────────────────────────────────────────


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, lr=0.1)], ids=["SGD", "Adam"]
)
def test_a_step_that_fails_changes_nothing(make):
    first, second = Value(1.0), Value(2.0)
    optimizer = make([first, second])
    first.grad = second.grad = 1.0
    optimizer.step()
    numbers, state = [first.data, second.data], optimizer.state_dict()
    second.grad = None
    with pytest.raises(TypeError):
        optimizer.step()
    assert [first.data, second.data] == numbers
    assert optimizer.state_dict() == state


def test_a_step_does_not_touch_the_gradients_and_zero_grad_clears_them():
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1)
    w.grad = 2.0
    optimizer.step()
    assert w.grad == 2.0
    optimizer.zero_grad()
    assert w.grad == 0.0


def test_adam_with_a_zero_gradient_never_divides_by_zero():
    w = Value(1.0)
    try:
        optimizer = Adam([w], eps=0.0)
    except ValueError:
        return  # an ε of 0 may be refused, but not fail in the middle
    assert walk(optimizer, w, [0.0]) == [1.0]


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, lr=0.1)], ids=["SGD", "Adam"]
)
def test_a_run_resumed_from_its_state_is_the_run(make):
    gradients = [0.3, -2.0, 1.0, 0.1, 5.0, -0.2]
    whole = Value(1.0)
    path = walk(make([whole]), whole, gradients)
    w = Value(1.0)
    first = make([w])
    walk(first, w, gradients[:3])
    second = make([w])
    second.load_state_dict(first.state_dict())
    assert walk(second, w, gradients[3:]) == path[3:]


def test_a_state_dict_is_a_copy():
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    walk(optimizer, w, [1.0])
    saved = optimizer.state_dict()
    walk(optimizer, w, [1.0])
    assert saved != optimizer.state_dict()
    optimizer.load_state_dict(saved)
    walk(optimizer, w, [1.0])
    assert saved["t"] == 1


def test_training_finds_the_least_squares_line():
    xs = [-1.0, 0.0, 1.0, 2.0]
    for make in (lambda p: SGD(p, lr=0.3), lambda p: SGD(p, lr=0.1, momentum=0.7), lambda p: Adam(p, lr=0.1)):
        w, b = Value(0.0), Value(0.0)
        optimizer = make([w, b])
        for _ in range(600):
            optimizer.zero_grad()
            (sum((w * x + b - (3.0 * x - 1.0)) ** 2 for x in xs) / 8).backward()
            optimizer.step()
        assert (w.data, b.data) == pytest.approx((3.0, -1.0), abs=1e-6)


# ── hyper-parameters ────────────────────────────────────────────────────────


@pytest.mark.parametrize("lr", [0, 0.0, -0.1, math.nan, math.inf, "0.1", None, [0.1]], ids=str)
@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_learning_rate_that_is_not_a_positive_number_is_an_error(make, lr):
    with pytest.raises(ValueError, match="lr is a number > 0"):
        make([Value(1.0)], lr=lr)


@pytest.mark.parametrize(
    ("make", "settings", "says"),
    [
        (SGD, {"momentum": 1.0}, "momentum is a number ≥ 0 and < 1, got 1.0"),
        (SGD, {"momentum": -0.1}, "momentum"),
        (SGD, {"momentum": math.nan}, "momentum"),
        (SGD, {"weight_decay": -1e-4}, "weight_decay is a number ≥ 0, got -0.0001"),
        (Adam, {"betas": (1.0, 0.999)}, r"betas\[0\] is a number ≥ 0 and < 1, got 1.0"),
        (Adam, {"betas": (0.9, 1.0)}, r"betas\[1\]"),
        (Adam, {"betas": (0.9, -0.1)}, r"betas\[1\]"),
        (Adam, {"betas": (0.9,)}, "betas"),
        (Adam, {"betas": (0.9, 0.99, 0.999)}, "betas"),
        (Adam, {"betas": 0.9}, "betas"),
        (SGD, {"nesterov": True}, "nesterov .* give momentum > 0"),
        (RMSprop, {"alpha": 1.0}, "alpha is a number ≥ 0 and < 1, got 1.0"),
        (Adagrad, {"eps": 0.0}, "eps is a number > 0"),
        (RMSprop, {"eps": 0.0}, "eps is a number > 0"),
        (AdamW, {"weight_decay": -1.0}, "weight_decay"),
        (Adam, {"eps": -1e-8}, "eps"),
        (Adam, {"eps": "small"}, "eps"),
        (Adam, {"weight_decay": math.inf}, "weight_decay"),
    ],
    ids=str,
)
def test_a_hyper_parameter_out_of_range_is_an_error_that_names_it(make, settings, says):
    with pytest.raises(ValueError, match=says):
        make([Value(1.0)], **settings)


@pytest.mark.parametrize(
    "parameters", [[], [1.0], [[Value(1.0)]], "w", MLP([2, 1])], ids=["none", "numbers", "nested", "text", "the model"]
)
@pytest.mark.parametrize("make", [SGD, Adam])
def test_what_is_not_a_list_of_parameters_is_an_error_that_says_what_to_pass(make, parameters):
    with pytest.raises((ValueError, TypeError), match=r"pass model.parameters\(\)"):
        make(parameters, lr=0.1)


def test_parameters_may_come_from_a_generator():
    w = Value(1.0)
    w.grad = 1.0
    SGD((p for p in [w]), lr=0.5).step()
    assert w.data == 0.5


def test_an_optimizer_of_the_users_own_defines_a_rule():
    class SignDescent(Optimizer):
        rule = UpdateRule("sign", lambda xp, lr, t, w, g: (lr * xp.sign(g),))

    w = Value(1.0)
    optimizer = SignDescent([w], lr=0.25)
    assert walk(optimizer, w, [3.0, -100.0, 0.0]) == [0.75, 1.0, 1.0]
    assert (optimizer.t, optimizer.weight_decay) == (3, 0.0)
    with pytest.raises(TypeError, match="use SGD or Adam"):
        Optimizer([w], lr=0.1).step()


@pytest.mark.parametrize("make", [SGD, partial(SGD, momentum=0.9), Adagrad, RMSprop, Adam, AdamW])
def test_many_parameters_go_where_they_go_one_by_one(make):
    """Many are moved by NumPy and few by floats, to the same bits."""
    draw = random.Random(0)
    numbers = [draw.uniform(-2, 2) for _ in range(60)]
    together = [Value(x) for x in numbers]
    alone = [Value(x) for x in numbers]
    optimizers = [make(together, lr=0.1), *(make([w], lr=0.1) for w in alone)]
    for _ in range(20):
        for v, w in zip(together, alone, strict=True):
            v.grad = w.grad = draw.gauss(0, 1)
        for optimizer in optimizers:
            optimizer.step()
        assert [v.data for v in together] == [w.data for w in alone]


@pytest.mark.parametrize("many", [1, 60])
@pytest.mark.parametrize("junk", [None, "0.5"])
def test_what_is_no_number_moves_nothing_however_many_there_are(many, junk):
    parameters = [Value(1.0) for _ in range(many)]
    parameters[-1].data = junk
    optimizer = Adam(parameters)
    with pytest.raises(TypeError, match=rf"the number of parameter {many - 1} is"):
        optimizer.step()
    assert optimizer.t == 0
    assert [p.data for p in parameters[:-1]] == [1.0] * (many - 1)


# ── around a step ───────────────────────────────────────────────────────────


def with_gradients(*gradients):
    parameters = [Value(0.0) for _ in gradients]
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    return parameters


def test_clipping_shortens_the_gradient_and_keeps_its_direction():
    p = with_gradients(3.0, -4.0)
    assert clip_gradients(p, 1.0) == 5.0
    assert [q.grad for q in p] == pytest.approx([0.6, -0.8], abs=1e-15)


def test_a_gradient_short_enough_is_not_touched():
    for longest in (5.0, 6.0):
        p = with_gradients(3.0, -4.0)
        assert clip_gradients(p, longest) == 5.0
        assert [q.grad for q in p] == [3.0, -4.0]


def test_clipping_huge_gradients_does_not_overflow():
    p = with_gradients(3e306, 4e306)
    clip_gradients(p, 100.0)
    assert [q.grad for q in p] == pytest.approx([60.0, 80.0])


def test_clipping_leaves_a_gradient_that_is_not_finite_to_be_seen():
    p = with_gradients(math.inf, 1.0)
    assert clip_gradients(p, 1.0) == math.inf
    assert [q.grad for q in p] == [math.inf, 1.0]


@pytest.mark.parametrize("max_norm", [0, -1.0, math.nan, math.inf, "1"], ids=str)
def test_the_longest_gradient_is_a_positive_number(max_norm):
    with pytest.raises(ValueError, match="max_norm is a number > 0"):
        clip_gradients(with_gradients(1.0), max_norm)


def test_step_decay_by_hand():
    assert [step_decay(0.8, every=3, factor=0.5)(t) for t in range(1, 9)] == [0.8] * 3 + [0.4] * 3 + [0.2] * 2
    assert [step_decay(0.8, every=1)(t) for t in (1, 2, 3)] == [0.8, 0.4, 0.2]


def test_exponential_decay_by_hand():
    assert [exponential_decay(2.0, rate=0.5)(t) for t in (1, 2, 3, 4)] == [2.0, 1.0, 0.5, 0.25]


def test_cosine_is_pytorchs_with_its_ends_included():
    assert [cosine(1.0, steps=2)(t) for t in (1, 2)] == [1.0, 0.0]
    assert cosine(1.0, steps=1)(1) == 1.0
    rate = cosine(0.7, steps=11, last=0.1)
    assert [rate(t) for t in (1, 6, 11, 12, 100)] == pytest.approx([0.7, 0.4, 0.1, 0.1, 0.1], abs=1e-15)
    torch = pytest.importorskip("torch", reason="the peer: pip install 'chalkgrad[bench]'")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.7)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10, eta_min=0.1)
    for t in range(1, 12):
        assert rate(t) == pytest.approx(schedule.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        schedule.step()


def test_cosine_warms_up_linearly_and_then_falls():
    rate = cosine(1.0, steps=7, warmup=2)
    assert [rate(t) for t in range(1, 8)] == pytest.approx(
        [0.5, 1.0, *(0.5 + 0.5 * math.cos(math.pi * k / 4) for k in range(5))]
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: step_decay(1.0, every=0),
        lambda: step_decay(1.0, every=2, factor=-3.0),
        lambda: step_decay(-1.0, every=2),
        lambda: exponential_decay(1.0, rate=-1.0),
        lambda: exponential_decay(math.nan, rate=0.5),
        lambda: cosine(1.0, steps=0),
        lambda: cosine(1.0, steps=2, warmup=2),
        lambda: cosine(1.0, steps=2, warmup=-1),
        lambda: cosine(1.0, steps=5, last=-1.0),
    ],
    ids=[
        "every 0",
        "factor < 0",
        "lr < 0",
        "rate < 0",
        "lr nan",
        "no steps",
        "warmup to the end",
        "warmup < 0",
        "last < 0",
    ],
)
def test_a_schedule_that_makes_no_sense_is_an_error_when_it_is_made(make):
    with pytest.raises(ValueError, match=r"is a |is part of the run"):
        make()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda p: setattr(p, "grad", None), "the gradient of parameter w is None: set it to 0.0, or call zero_grad()"),
        (lambda p: setattr(p, "data", None), "the number of parameter w is None"),
    ],
)
def test_a_step_without_a_number_names_the_parameter_and_moves_nothing(spoil, says):
    v, w = Value(1.0, label="v"), Value(2.0, label="w")
    optimizer = Adam([v, w])
    v.grad = 1.0
    spoil(w)
    before = optimizer.state_dict()
    with pytest.raises(TypeError) as caught:
        optimizer.step()
    assert says in str(caught.value)
    assert (v.data, optimizer.state_dict()) == (1.0, before)


def test_clipping_names_a_gradient_that_is_none():
    w = Value(2.0, label="w")
    w.grad = None
    with pytest.raises(TypeError, match="the gradient of parameter w is None"):
        clip_gradients([w], 1.0)


def test_an_optimizer_steps_leaves_alone():
    with pytest.raises(ValueError, match="steps leaves, and parameter 1 is the result of multiply"):
        SGD([Value(1.0), Value(2.0) * 3.0])


def test_a_weight_that_was_overwritten_with_a_number_is_named():
    model = MLP([2, 3, 1])
    SGD(model.parameters())
    model.layers[0].neurons[1].w[1] = 5.0
    for find in (lambda: SGD(model.parameters()), model.zero_grad, model.state_dict):
        with pytest.raises(
            ValueError, match=r"layers\[0\]\.neurons\[1\]\.w\[1\] is 5\.0 \(float\); .*w\[1\]\.data = 5\.0"
        ):
            find()
    with pytest.raises(ValueError, match=r"parameter 0 is 5\.0 \(float\); .* w\.data = 5\.0"):
        SGD([5.0])
