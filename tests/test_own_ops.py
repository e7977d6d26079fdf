"""An op of the user's own works in every reading, or says which is missing (FAULTS, row 48)."""

from __future__ import annotations

import copy
import json
import math
import pickle
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fuzz.page import in_node, program_of
from graphs import regrown

import nn
from autograd import (
    OPS,
    DomainError,
    Op,
    Value,
    compile_graph,
    compiled,
    draw,
    elementary_function,
    explain,
    formula,
    grad,
    gradcheck,
    hessian,
    install,
    jacobian,
    maximum,
    primitive,
    step,
    topological_order,
)
from autograd import sum as sum_
from autograd.elementary import ALIASES, DECISIONS, FUNCTIONS
from autograd.expressions import parse
from autograd.readings import arrays, floats
from autograd.symbols import Expr, symbols
from autograd.view.operators import javascript, rules_of


@pytest.fixture(autouse=True)
def table():
    """The op table, the functions and the methods are afterwards as before."""
    kept = [(place, dict(place)) for place in (OPS, FUNCTIONS)]
    methods = set(vars(Value))
    yield
    for place, before in kept:
        place.clear()
        place.update(before)
    for name in set(vars(Value)) - methods:
        delattr(Value, name)


def own_ops() -> SimpleNamespace:
    """Ops of one, two and any number of operands, with and without a domain, with constants, of functions that no row has."""

    @primitive("inverse_tan", sample=[(-2, 2)])
    def inverse_tan(xp, x):
        """The angle whose tangent is x."""
        return xp.arctan(x), (1 / (1 + x * x),)

    @primitive("inverse_sin", domain="-1 < x < 1", sample=[(-0.9, 0.9)], hint="Try clip.")
    def inverse_sin(xp, x):
        return xp.arcsin(x), (1 / xp.sqrt((1 - x) * (1 + x)),)

    @primitive("angle", domain="y and x are not both 0", sample=[(0.5, 2), (0.5, 2)])
    def angle(xp, y, x):
        r = xp.hypot(x, y)
        return xp.atan2(y, x), (x / r / r, -y / r / r)

    @primitive("hermite", symbol="H{n:g}", sample=[(-2, 2)])
    def hermite(xp, x, *, n=2, scale=1.0):
        """The Hermite polynomial of degree n, by its recurrence."""
        before, now = 0.0, 1.0
        for k in range(n):
            before, now = now, 2 * x * now - 2 * k * before
        return scale * now, (scale * 2 * n * before,)

    @primitive("bump", sample=[(-2, 2)])
    def bump(xp, x, *, width=1.0):
        inside = xp.where(abs(x) < width, 1.0, 0.0)
        return inside * xp.cos(xp.pi * x / width), (-inside * xp.pi / width * xp.sin(xp.pi * x / width),)

    @primitive("norm")
    def norm(xp, *x):
        r = xp.sqrt(sum(v * v for v in x))
        return r, tuple(v / r for v in x)

    return SimpleNamespace(**locals())


NAMES = ["inverse_tan", "inverse_sin", "angle", "hermite", "bump", "norm"]
every_own_op = pytest.mark.parametrize("name", NAMES)
AT = {"angle": [0.6, 1.3], "norm": [0.3, -0.4, 1.2]}


@pytest.fixture
def own():
    return own_ops()


@pytest.fixture
def libraries():
    """What makes an array of NumPy's, of PyTorch's and of JAX's."""
    torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'chalkgrad[bench]'")
    jax = pytest.importorskip("jax", reason="needs JAX: pip install 'chalkgrad[bench]'")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield [np.asarray, torch.as_tensor, jax.numpy.asarray]
    jax.config.update("jax_enable_x64", before)


def point(name: str) -> list[float]:
    return AT.get(name, [0.37])


# ── called ──────────────────────────────────────────────────────────────────


def test_an_op_is_called_on_values_and_numbers_right_after_its_definition(own):
    v = Value(0.5, label="v")
    y = own.inverse_tan(v)
    y.backward()
    assert (y.data, v.grad, y.op) == (math.atan(0.5), 0.8, own.inverse_tan)
    assert own.inverse_tan(1).data == math.pi / 4
    assert own.angle(1, v).data == math.atan2(1.0, 0.5)
    assert own.norm(3, 4.0, np.float32(12)).data == 13.0
    assert OPS["leaky_relu"](-2.0, negative_slope=0.1).data == -0.2


def test_constants_are_given_by_name_and_a_whole_one_stays_whole(own):
    assert own.hermite(0.5, n=3).data == 8 * 0.5**3 - 12 * 0.5
    assert own.hermite(0.5, n=3.0, scale=2).data == 2 * own.hermite(0.5, n=3).data
    assert own.hermite(0.5, n=3).op is own.hermite.bind(n=3)
    assert own.hermite.bind(n=3).symbol == "H3"
    assert (type(own.hermite.bind(n=3).constants["n"]), type(own.bump.bind(width=2).constants["width"])) == (int, float)
    for wrong in ({"m": 3}, {"n": "3"}, {"n": [3]}):
        with pytest.raises(TypeError, match=r"hermite takes n, scale, got m|one real number"):
            own.hermite(0.5, **wrong)


@pytest.mark.parametrize("operands", [[], [1.0, 2.0]], ids=len)
def test_a_wrong_number_of_operands_is_said(own, operands):
    with pytest.raises(TypeError, match=rf"inverse_tan takes x; it was given {len(operands)} "):
        own.inverse_tan(*operands)
    with pytest.raises(TypeError, match="norm takes at least one operand; it was given 0"):
        own.norm()


@pytest.mark.parametrize("wrong", ["1", None, 1j, [1.0], np.array([1.0, 2.0])], ids=repr)
def test_an_operand_that_is_no_number_is_said(own, wrong):
    for called in (lambda: own.inverse_tan(wrong), lambda: own.angle(1.0, wrong), lambda: maximum(Value(1.0), wrong)):
        with pytest.raises(TypeError, match="one real number"):
            called()


def test_leaving_the_domain_is_said_in_the_words_of_the_row(own):
    with pytest.raises(DomainError, match=r"^inverse_sin needs -1 < p < 1, got p = 2\. Try clip\.$"):
        own.inverse_sin(Value(2.0, label="p"))
    with pytest.raises(DomainError, match=r"^angle needs y and x are not both 0, got"):
        own.angle(0.0, 0.0)


# ── every reading ───────────────────────────────────────────────────────────


@every_own_op
def test_its_gradient_agrees_with_difference_quotients(own, name):
    report = gradcheck(getattr(own, name), *point(name))
    assert report.ok, report
    assert name == "norm" or [row.name for row in report.rows] == list(OPS[name].operands)


@every_own_op
def test_second_derivatives_are_those_of_difference_quotients(own, name):
    op, x, h = getattr(own, name), point(name), 1e-6
    first = grad(lambda v: op(*v))
    second = hessian(lambda v: op(*v))(x)
    for i in range(len(x)):
        right = first([v + h * (j == i) for j, v in enumerate(x)])
        left = first([v - h * (j == i) for j, v in enumerate(x)])
        assert second[i] == pytest.approx([(r - l) / (2 * h) for r, l in zip(right, left, strict=True)], abs=1e-8)


def network(own):
    """All of them at once: two parameters, two inputs, one number."""
    w, u = (Value(x, label=name, kind="parameter") for name, x in (("w", 0.4), ("u", -0.3)))
    x, y = (Value(v, label=name) for name, v in (("x", 0.7), ("y", 1.1)))
    h = [own.inverse_tan(w * x + u), own.inverse_sin(0.5 * own.bump(u * y, width=2)), own.angle(y + w * w, x + 2.0)]
    return own.norm(*h, own.hermite(w, n=3)) ** 2, [w, u], [x, y]


def test_compiled_it_gives_what_the_graph_gives_in_every_library_and_precision(own, libraries):
    loss, parameters, inputs = network(own)
    loss.backward()
    gradient = [p.grad for p in parameters]
    X = np.array([[0.7, 1.1]] * 3)
    for dtype, tolerance in (("float64", 1e-12), ("float32", 2e-6)):
        program = compile_graph(loss, inputs=inputs, wrt=parameters, dtype=dtype)
        for of in libraries if dtype == "float64" else libraries[:2]:  # JAX compiles function by function
            value, found = program.value_and_grad(of(X[:, 0]), of(X[:, 1]))
            assert float(value) == pytest.approx(loss.data, rel=tolerance)
            assert np.asarray(found).tolist() == pytest.approx(gradient, rel=tolerance)


def test_an_irregular_graph_of_it_is_compiled_too(own):
    x = v = Value(0.3, label="x", kind="parameter")
    for k in range(30):
        v = own.inverse_tan(v * 1.1) if k % 3 else own.angle(v + 2.0, v * v + 1.0)
    v.backward()
    value, gradient = compile_graph(v).value_and_grad()
    assert (value, *gradient) == pytest.approx((v.data, x.grad), rel=1e-12)


ODD_RULES = {  # which do not read all of their operands, or give numbers that no operand has shaped
    "constant": lambda xp, x: (3.0, (0.0,)),
    "constant of any": lambda xp, *x: (2, (0,) * len(x)),
    "first": lambda xp, a, b: (a, (1.0, 0.0)),
    "second squared": lambda xp, a, b: (b**2, (0.0, 2 * b)),
    "third": lambda xp, a, b, c: (xp.tanh(c), (0.0, 0.0, 1 - xp.tanh(c) ** 2)),
    "first of any": lambda xp, *x: (x[0], (1.0, *[0.0] * (len(x) - 1))),
    "scaled": lambda xp, x: (xp.exp(1.0) * x, (xp.exp(1.0),)),
    "chosen": lambda xp, a, b: (xp.where(a > b, 1.0, 2.0), (0.0, 0.0)),
    "gated": lambda xp, x: (x * (x > 0.1), ((x > 0.1) * 1.0,)),
    "staircase": lambda xp, x: (x + xp.floor(3 * x), (1,)),
}


@pytest.mark.parametrize("how", ODD_RULES)
def test_compiled_a_rule_may_leave_operands_unread(how, libraries):
    op = primitive("own")(ODD_RULES[how])
    x = [Value(v, label=f"x{i}") for i, v in enumerate((0.3, -0.8))]
    w = [[Value(0.7 * j - 0.4 * i, label=f"w{i}{j}", kind="parameter") for j in range(2)] for i in range(3)]
    u = Value(0.6, label="u", kind="parameter")

    def called(*operands):
        return op(*operands[: len(op.operands) or None])

    def loss(x):
        h = [called(sum_([called(wij, xj, u) for wij, xj in zip(row, x, strict=True)]), row[0], x[1]) for row in w]
        return called(sum_(h), u, x[0]) * u + u * x[0] * w[0][0] + x[1] * w[2][1]

    root = loss(x)
    program = compile_graph(root, inputs=x)
    X = np.array([[0.3, -0.8], [0.9, 0.2]])
    roots = [loss(list(map(Value, row))) for row in X]
    for one in roots:
        one.backward()
    for of in libraries[:2]:
        value, gradient = program.value_and_grad(*map(of, X.T))
        assert float(value) == pytest.approx(np.mean([one.data for one in roots]), rel=1e-12)
        assert np.asarray(gradient).tolist() == pytest.approx([p.grad / 2 for p in program.parameters], abs=1e-12)


def test_a_domain_that_ends_anywhere_is_left_in_no_library(libraries):
    op = primitive("own", domain="x < 7")(lambda xp, x: (xp.log(7 - x), (-1 / (7 - x),)))
    x, w = Value(1.0, label="x"), Value(1.0, label="w", kind="parameter")
    program = compile_graph(op(x * w).step() + w, inputs=[x])  # of which nothing is seen in the result
    for of in libraries:
        with pytest.raises(DomainError, match="own needs x < 7, got x = 8"):
            program.value_and_grad(of(np.array([1.0, 8.0])))


def test_a_compiled_function_may_be_the_op_itself_or_use_it(own):
    @compiled(samples=["x"])
    def loss(w, x):
        return own.inverse_tan(w * x) ** 2

    w = Value(0.5)
    X = np.array([1.0, 2.0])
    assert loss.value_and_grad(w, X)[0] == pytest.approx(np.mean(np.arctan(0.5 * X) ** 2))
    assert compiled(lambda v: own.inverse_tan(v))(0.5) == pytest.approx(math.atan(0.5))


def test_it_is_explained_drawn_and_written_as_formula(own):
    v = Value(0.5, label="v")
    y = own.inverse_tan(v)
    assert "∂L/∂v = 1 / (v² + 1) = 1 / (0.5² + 1) = 0.8" in str(explain(v, y))
    assert formula(own.inverse_tan).value.latex() == r"\operatorname{arctan}\left(x\right)"
    assert formula(own.angle).value.source() == "xp.arctan2(y, x)"
    assert "inverse_tan" in draw(y).svg
    assert jacobian(lambda x: [own.inverse_tan(x[0]), own.angle(*x)])([0.5, 1.0])[0] == [0.8, 0.0]
    assert parse("inverse_tan(v) + angle(v, 2)")({"v": 0.5}).data == pytest.approx(math.atan(0.5) + math.atan2(0.5, 2))


def test_in_a_page_every_number_follows_a_changed_leaf(own, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("needs node: apt-get install nodejs")
    loss, parameters, inputs = network(own)
    order = topological_order(loss)
    numbers = {v: v.data + 0.05 for v in [*parameters, *inputs]}
    case = {"trace": json.loads(step(loss).json), "leaves": [[order.index(v), x] for v, x in numbers.items()]}
    [(data, gradients)] = in_node(tmp_path, program_of(rules_of(order)), "graphs", [case])
    copies = regrown(loss, numbers)
    copies[loss].backward()
    after = [copies[v] for v in order]
    assert data == pytest.approx([v.data for v in after], rel=1e-12)
    assert gradients == pytest.approx([v.grad for v in after], rel=1e-11, abs=1e-15)


def test_the_example_of_the_readme_runs():
    text = (Path(__file__).parents[1] / "autograd" / "README.md").read_text(encoding="utf-8")
    section = text.partition("## An op of your own")[2].partition("\n## ")[0]
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
        exec(block, names)
    assert names["logit"](0.2).data == Value(0.2).logit().data == math.log(0.2 / 0.8)
    assert names["gradcheck"](names["logit"], 0.2).ok
    assert grad(grad(names["logit"]))(0.2) == pytest.approx((2 * 0.2 - 1) / 0.16**2)
    assert "gamma" in FUNCTIONS


# ── methods, activations ────────────────────────────────────────────────────


def test_install_gives_the_method_of_any_fixed_number_of_operands(own):
    for op in (own.inverse_tan, own.angle, own.hermite):
        install(op)
    v = Value(0.5)
    assert v.inverse_tan().data == math.atan(0.5)
    assert v.angle(2).data == v.angle(Value(2.0)).data == math.atan2(0.5, 2.0)
    assert v.hermite(3).data == v.hermite(n=3).data == own.hermite(0.5, n=3).data
    install(own.angle)  # as when a notebook's cell is run again
    assert {getattr(Value, name).__name__ for name in ("inverse_tan", "arctan", "atan")} == {"inverse_tan", "arctan"}
    assert Value.inverse_tan.__doc__ == "The angle whose tangent is x."
    with pytest.raises(TypeError, match="angle takes y, x; it was given 1"):
        v.angle()
    with pytest.raises(TypeError, match=r"angle takes x, got \(1, 2\)"):
        v.angle(1, 2)
    with pytest.raises(ValueError, match="<op norm> gives no method"):
        install(own.norm)
    with pytest.raises(ValueError, match="gives no method: a row of the op table does"):
        install(Op("tanh", lambda xp, x: (x, (1.0,))))


@pytest.mark.parametrize("name", ["grad", "data", "backward", "zero_grad", "op"])
def test_install_never_replaces_what_a_value_has(name):
    op = primitive(name)(lambda xp, x: (x, (1.0,)))
    before = getattr(Value, name)
    with pytest.raises(ValueError, match=f"a Value has its own '{name}'"):
        install(op)
    assert getattr(Value, name) is before


def test_an_op_is_the_activation_of_a_network_by_itself_or_by_name(own, tmp_path):
    def outputs(activation):
        model = nn.MLP([2, 3, 1], activation=activation, seed=0)
        return model, model([0.3, -0.2]).data

    (model, f), (_, by_name), (_, by_function) = map(
        outputs, (own.inverse_tan, "inverse_tan", lambda v: own.inverse_tan(v))
    )
    assert f == by_name == by_function
    assert "Inverse_tanNeuron" in repr(model)
    assert pickle.loads(pickle.dumps(model))([0.3, -0.2]).data == f
    model.save(tmp_path / "model.safetensors")
    assert nn.MLP.load(tmp_path / "model.safetensors")([0.3, -0.2]).data == f
    if find_spec("torch"):  # without it that is what to_torch says
        with pytest.raises(ValueError, match="no 'inverse_tan'"):
            nn.to_torch(model)
    X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, 0.0, 1.0]
    losses = [
        [r.loss for r in nn.fit(outputs(a)[0], X, y, loss="logistic", epochs=2)]
        for a in (own.inverse_tan, lambda v: own.inverse_tan(v))
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    with pytest.raises(ValueError, match="an activation has one operand"):
        nn.MLP([2, 3, 1], activation=own.angle)


def test_constants_of_ones_own_are_never_left_out_of_a_file_or_a_page(own, tmp_path):
    model = nn.MLP([2, 3, 1], activation=OPS["elu"].bind(alpha=0.5), seed=0)
    with pytest.raises(ValueError, match="'elu' is not the row of the op table of that name, with its constants"):
        model.save(tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="'elu' is not one of them, with the row's constants"):
        nn.activations.row_of(model.layers[0].neurons[0].activation)


# ── copies and files ────────────────────────────────────────────────────────


def test_graphs_are_copied_and_pickled_by_the_ops_name(own):
    v = Value(0.5)
    y = own.hermite(own.inverse_tan(v), n=3)
    for again in (pickle.loads(pickle.dumps(y)), copy.deepcopy(y)):
        assert again.op is y.op
        assert again.parents[0].op is own.inverse_tan
    slope = grad(own.inverse_tan)(v)
    assert pickle.loads(pickle.dumps(slope)).data == 0.8
    assert b"hermite" in pickle.dumps(y)


def test_a_graph_whose_op_is_not_defined_here_says_so(run_python):
    script = """if True:
        import pickle
        from autograd import Value, primitive

        @primitive("inverse_tan")
        def inverse_tan(xp, x):
            return xp.arctan(x), (1 / (1 + x * x),)

        print(pickle.dumps(inverse_tan(Value(0.5))).hex())"""
    saved = bytes.fromhex(run_python(script))
    own = own_ops()
    assert pickle.loads(saved).op is own.inverse_tan
    OPS.pop("inverse_tan")
    with pytest.raises(
        LookupError, match=r"the op 'inverse_tan', which is not in the table here: run its definition first"
    ):
        pickle.loads(saved)
    with pytest.raises(TypeError, match="<op tanh> is not in the op table"):
        pickle.dumps(Op("tanh", lambda xp, x: (x, (1.0,))))


# ── what is wrong is said ───────────────────────────────────────────────────


def test_a_name_that_is_taken_is_refused_and_ones_own_op_may_be_defined_again(own):
    for name in ("tanh", "abs", "identity", "input", "constant", "opaque"):
        with pytest.raises(ValueError, match=f"the name '{name}' is taken by <op"):
            primitive(name)(lambda xp, x: (x, (1.0,)))
    with pytest.raises(ValueError, match="the name 'clamp' is taken by <op clip"):
        primitive("keep", aliases="clamp")(lambda xp, x: (x, (1.0,)))
    again = own_ops()
    assert OPS["inverse_tan"] is again.inverse_tan is not own.inverse_tan
    with pytest.raises(ValueError, match=r"the name 'inverse_tan' is taken .*OPS\.pop\('inverse_tan'\)"):
        primitive("inverse_tan")(lambda xp, x: (x, (1.0,)))


NO_RULES = [
    (lambda xp: (1.0, ()), "a rule takes xp and its operands"),
    (lambda x: (x, (1.0,)), "a rule takes xp and its operands"),
    (lambda xp, x, *more: (x, (1.0,)), "a rule takes xp and its operands"),
    (lambda xp, x, k=2.0: (x, (1.0,)), "stands after a star and has a default"),
    (lambda xp, x, *, k: (x, (1.0,)), "stands after a star and has a default"),
    (lambda xp, x, *, k="2": (x, (1.0,)), "constants of a rule are numbers"),
    (math.atan, "is a function, def own"),
]


@pytest.mark.parametrize(("rule", "says"), NO_RULES)
def test_what_is_no_rule_is_refused_when_it_is_entered(rule, says):
    with pytest.raises(TypeError, match=says):
        primitive("own")(rule)
    assert "own" not in OPS


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"sample": [(0, 1), (0, 1)]}, "a sample is one interval per operand"),
        ({"symbol": "{k}"}, "may show its constants"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(row, says):
    with pytest.raises(ValueError, match=says):
        primitive("own", **row)(lambda xp, x, *, n=1.0: (x, (1.0,)))


def test_the_decorator_needs_a_name(own):
    for wrong in (lambda xp, x: (x, (1.0,)), "", "my op", "lambda", "a/b", "__proto__"):
        with pytest.raises(TypeError, match=r'entered under a name .*@primitive\("arctan"\)'):
            primitive(wrong)


@pytest.mark.parametrize(
    "gave", [lambda x: x, lambda x: (x, 1.0), lambda x: (x, (1.0,), 0), lambda x: None, lambda x: [x, 1]]
)
def test_a_rule_that_gives_no_value_and_slopes_says_what_to_give(gave):
    op = primitive("own")(lambda xp, x: gave(x))
    with pytest.raises(TypeError, match=r"the rule of 'own' gave .*return y, \(slope,\)"):
        op(1.0)
    with pytest.raises(TypeError, match=r"the rule of 'own' gave"):
        formula(op)


@pytest.mark.parametrize("slope", [2, np.float64(2), True, np.float32(2)], ids=repr)
def test_slopes_become_floats(slope):
    one, two, many = (
        primitive("one")(lambda xp, x: (1.0 * x, (slope,))),
        primitive("two")(lambda xp, x, y: (x + y, [slope, slope])),
        primitive("many")(lambda xp, *x: (sum(x, 0.0), (slope,) * len(x))),
    )
    for node in (one(1.0), two(1.0, 2.0), many(1.0, 2.0, 3.0)):
        assert {type(d) for d in node.local_derivatives} == {float}
        assert type(node.local_derivatives) is tuple


def test_a_complex_slope_is_never_kept():
    root = primitive("root")(lambda xp, x: (xp.sqrt(abs(x)), (0.5 * x**-0.5,)))
    many = primitive("many")(lambda xp, *x: (1.0, tuple(v**0.5 for v in x)))
    for called in (lambda: root(-2.0), lambda: many(-2.0, 1.0)):
        with pytest.raises(TypeError, match=r"never complex; xp\.power raises where"):
            called()


def test_wrong_slopes_are_shown_by_gradcheck():
    wrong = primitive("wrong")(lambda xp, x: (xp.arctan(x), (1 + x * x,)))
    assert gradcheck(wrong, 0.5).rows[0].verdict == "differs"


OF_MATH = {
    "math": lambda xp, x: (math.atan(x), (1 / (1 + x * x),)),
    "numpy": lambda xp, x: (np.arctan(x), (1 / (1 + x * x),)),
    "a branch": lambda xp, x: (x if x > 0 else 0.0, (1.0 if x > 0 else 0.0,)),
    "==": lambda xp, x: (1.0 if x == 0 else xp.sin(x) / x, (0.0,)),
    "float": lambda xp, x: (float(x) * x, (2 * x,)),
    "another base": lambda xp, x: (xp.log(x, 2), (1 / (x * math.log(2)),)),
}


@pytest.mark.parametrize("how", OF_MATH)
def test_a_rule_that_floats_alone_can_read_is_eager_and_elsewhere_says_what_to_write(how):
    op = primitive("own")(OF_MATH[how])
    v = Value(0.5, label="v", kind="parameter")
    y = op(v)
    y.backward()
    assert (y.data, v.grad) == (op.rule(floats, 0.5)[0], op.rule(floats, 0.5)[1][0])
    readings = {
        "formula": lambda: formula(op),
        "grad": lambda: grad(grad(op))(0.5),
        "compile": lambda: compile_graph(y),
        "compiled": lambda: compiled(lambda x: op(x)).value_and_grad(v),
        "explain": lambda: explain(v, y),
        "step": lambda: step(y),
        "javascript": lambda: javascript(op),
    }
    for reading, read in readings.items():
        with pytest.raises(TypeError, match=r"the rule of 'own' can be read with floats alone: .*xp\.") as caught:
            read()
        assert "\n" not in str(caught.value), reading


def test_overflow_in_a_rule_of_math_says_what_to_write():
    op = primitive("own")(lambda xp, x: (math.exp(x), (math.exp(x),)))
    with pytest.raises(
        TypeError, match=r"the rule of 'own' is for floats alone .*write xp\.exp\(x\) for math\.exp\(x\)"
    ):
        op(1000.0)


def test_a_function_that_no_number_system_has_says_how_to_give_it():
    op = primitive("own")(lambda xp, x: (xp.zeta(x), (x,)))
    with pytest.raises(TypeError, match=r"autograd\.elementary_function\('zeta', floats=…\)"):
        op(3.0)
    with pytest.raises(TypeError, match=r"autograd\.elementary_function\('zeta', floats=…\)"):
        formula(op)


# ── a function of one's own ─────────────────────────────────────────────────


def gamma_slope(x: float) -> float:
    from mpmath import mp

    return float(mp.gamma(x) * mp.digamma(x))


def factorial_op() -> Op:
    elementary_function("gamma", math.gamma, slopes=lambda xp, x: (xp.gamma_slope(x),))
    elementary_function("gamma_slope", gamma_slope)

    @primitive("factorial", domain="x > -1", sample=[(-0.5, 2)])
    def factorial(xp, x):
        return xp.gamma(x + 1.0), (xp.gamma_slope(x + 1.0),)

    return factorial


def test_a_function_of_ones_own_is_read_by_floats_arrays_programs_and_formulas(libraries):
    op = factorial_op()
    assert gradcheck(op, 2.5).ok
    assert formula(op).local_derivatives[0].latex() == r"\operatorname{gamma_slope}\left(x + 1\right)"
    w, x = Value(0.5, label="w", kind="parameter"), Value(3.0, label="x")
    loss = sum_([op(w * x), op(w * x * x)])
    loss.backward()
    for dtype, tolerance in (("float64", 1e-12), ("float32", 1e-5)):
        program = compile_graph(loss, inputs=[x], dtype=dtype)
        for of in libraries if dtype == "float64" else libraries[:2]:
            value, gradient = program.value_and_grad(of(np.array([3.0, 3.0])))
            assert (float(value), float(gradient[0])) == pytest.approx((loss.data, w.grad), rel=tolerance)


def test_slopes_that_nobody_gave_are_asked_for_only_where_they_are_needed():
    op = factorial_op()
    assert grad(op)(2.5) == pytest.approx(gamma_slope(3.5))
    with pytest.raises(
        LookupError, match=r"the slopes of xp\.gamma_slope are not known: give them, elementary_function"
    ):
        grad(grad(op))(2.5)


def test_a_page_says_of_a_function_of_ones_own_that_only_python_can_run_it():
    op = factorial_op()
    player = step(op(Value(2.5, label="x")) * 2.0)
    assert player.trace["ops"]["factorial"]["outside"] == ""
    assert player.trace["ops"]["factorial"]["value"] == "factorial({0})"
    assert '"factorial":' not in player.html.partition("const OPS")[2]
    with pytest.raises(TypeError, match=r"a page can't compute xp\.gamma(_slope)?, a function of the user's own"):
        javascript(op)
    model = nn.MLP([2, 3, 1], activation=op, seed=0)
    with pytest.raises(ValueError, match="a page can't compute factorial: its rule asks for a function of your own"):
        nn.playground(model, "xor")


def test_a_node_without_a_rule_is_not_computed_by_the_rule_that_its_symbol_names():
    x = Value(0.5, label="x")
    opaque = Value(2.0, (x,), "tanh", local_grads=(3.0,))
    trace = step(opaque * x.tanh()).trace
    assert sorted(node["op"] for node in trace["nodes"]) == ["input", "multiply", "opaque", "tanh"]


def test_a_function_that_is_there_is_not_replaced_and_ones_own_may_be_given_again():
    for name in ("arctan", "atan", "exp", "where", "pi", "maximum"):
        with pytest.raises(ValueError, match=f"every number system has its '{name}'"):
            elementary_function(name, math.sin)
    for wrong in (("", math.sin), ("my function", math.sin), ("f", 3.0), (math.sin, "f")):
        with pytest.raises(TypeError, match="a function is given by name"):
            elementary_function(*wrong)
    double = primitive("double")(lambda xp, x: (xp.mine(x), (2.0,)))
    for factor in (2.0, 3.0):
        elementary_function("mine", lambda x, factor=factor: factor * x)
        assert double(1.0).data == factor
        assert compile_graph(double(Value(1.0)))() == factor


# ── the functions that all readings have ────────────────────────────────────

every_function = pytest.mark.parametrize("name", FUNCTIONS)


def numbers(name: str) -> list[list[float]]:
    draw = np.random.default_rng(7)
    intervals = FUNCTIONS[name].op.sample or [(-3.0, 3.0)] * 2
    return [[draw.uniform(low, high) for low, high in intervals] for _ in range(12)]


@every_function
def test_every_number_system_has_the_function(name, libraries):
    from autograd.compiler.libraries import JAX, Torch
    from autograd.compiler.numpy_arrays import NumPy

    columns = np.array(numbers(name)).T
    constants = FUNCTIONS[name].op.constants.values()
    true = [FUNCTIONS[name].floats(*constants, *x) for x in columns.T]
    for spelled in [name, *(alias for alias, of in ALIASES.items() if of == name)]:
        systems = {
            "arrays": arrays,
            "numpy": NumPy(np.dtype("float64")),
            "torch": Torch("float64"),
            "jax": JAX(np.dtype("float64")),
        }
        for system, xp in systems.items():
            of = libraries[1] if system == "torch" else np.asarray
            found = np.asarray(getattr(xp, spelled)(*constants, *map(of, columns)))
            np.testing.assert_allclose(found, true, rtol=1e-14, atol=1e-16, err_msg=f"{system}.{spelled}")
        assert isinstance(getattr(symbols, spelled)(*constants, *map(Expr, "ab"[: len(columns)])), Expr)


def test_every_function_that_decides_has_a_line_in_every_number_system():
    assert {"where", "maximum", "minimum", "sign", "heaviside", "equal", "constant"} == DECISIONS
