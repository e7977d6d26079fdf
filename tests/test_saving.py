"""Saved networks: exact round trips, bad files, interrupted writes, and resumed runs."""

from __future__ import annotations

import hashlib
import json
import math
import os
import pickle
import random
import stat
import struct
import subprocess
import sys
import tracemalloc
from collections import deque
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from autograd import OPS, Value, primitive
from autograd.files import write_atomically
from autograd.functions import install
from nn import (
    MLP,
    CheckpointError,
    Layer,
    Module,
    Neuron,
    activations,
    checkpoints,
    cosine,
    data,
    load_checkpoint,
    optim,
    restore,
    save_checkpoint,
    steps,
)
from nn.tensor_file import packed, unpacked
from nn.theory import sawtooth

ROOT = Path(__file__).parent.parent

# ── what the tests share ────────────────────────────────────────────────────


def bits(model: MLP) -> bytes:
    """All parameters, to the last bit."""
    numbers = [p.data for p in model.parameters()]
    return struct.pack(f"<{len(numbers)}d", *numbers)


def network(seed: int = 3) -> MLP:
    return MLP([2, 3, 1], activation="tanh", seed=seed)


# The format a second time, so that a file can be wrong in one place and right in all others.


def metadata(**changes) -> dict:
    return {"format": 1, "sizes": [2, 1], "activation": "relu", "output": "identity", "training": None} | changes


TENSORS = {"0.weight": ((1, 2), [0.5, -2.0]), "0.bias": ((1,), [0.25])}


def training(settings=None, **changes) -> dict:
    described = {
        "kind": "SGD", "lr": 0.1, "t": 0, "settings": {"momentum": 0.5, "nesterov": False, "weight_decay": 0.0} | (settings or {}),
    }  # fmt: skip
    optimizer = described | {key: changes.pop(key) for key in [*changes] if key in described}
    return {"step": 0, "seed": 0, "settings": {}, "optimizer": optimizer} | changes


def signed(text: str, tensors=TENSORS) -> bytes:
    """A file with a right checksum."""
    digest, header, body = hashlib.sha256(text.encode()), {}, b""
    for name, (shape, numbers) in sorted(tensors.items()):
        packed = np.array(numbers, dtype="<f8").tobytes()
        digest.update(f"{name!r} {tuple(shape)} ".encode() + packed)
        header[name] = {"dtype": "F64", "shape": list(shape), "data_offsets": [len(body), len(body) + len(packed)]}
        body += packed
    return joined({"__metadata__": {"chalkgrad": text, "sha256": digest.hexdigest()}, **header}, body)


def joined(header, body: bytes) -> bytes:
    head = (header if isinstance(header, str) else json.dumps(header)).encode()
    return len(head).to_bytes(8, "little") + head + body


def file_with(tensors=TENSORS, **changes) -> bytes:
    return signed(json.dumps(metadata(**changes)), tensors)


def header_with(entry: dict | None = None, meta: dict | None = None) -> bytes:
    """A good file, but for the header's entry of its one tensor, or its metadata."""
    good = file_with()
    n = int.from_bytes(good[:8], "little")
    header = json.loads(good[8 : 8 + n])
    header["0.bias"] |= entry or {}
    header["__metadata__"] |= meta or {}
    return joined(header, good[8 + n :])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def test_the_format_as_the_tests_write_it_is_the_one_that_is_read(path):
    path.write_bytes(file_with())
    assert [p.data for p in MLP.load(path).parameters()] == [0.5, -2.0, 0.25]
    path.write_bytes(file_with(training=training()))
    assert load_checkpoint(path).optimizer.momentum == 0.5


# ── round trips ─────────────────────────────────────────────────────────────


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=13, max_size=13))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_loaded_network_has_the_same_numbers_to_the_last_bit(path, numbers):
    model = network()
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    model.save(path)
    assert bits(MLP.load(path)) == bits(model)


@pytest.mark.parametrize("name", activations.names())
def test_every_named_activation_is_saved_in_hidden_layers_and_at_the_output(path, name):
    for model in (MLP([2, 3, 1], activation=name), MLP([2, 3, 1], output=name), MLP([2, 1], output=name)):
        model.save(path)
        x = [0.125, 0.25]
        for layer in model.layers:  # inside every domain
            for p in layer.parameters():
                p.data = abs(p.data) + (1.1 if name in ("arccosh", "acosh") else 0.1)
        model.save(path)
        assert MLP.load(path)(x).data == model(x).data


def test_the_classic_form_and_the_lectures_constructions_are_saved(path):
    for model in (MLP(2, [4, 3, 2]), MLP([2, 1], activation=lambda v: v * v), sawtooth(3)):
        model.save(path)
        x = [0.3] * model.sizes[0]
        found, expected = MLP.load(path)(x), model(x)
        assert str(found) == str(expected)
        assert MLP.load(path).sizes == model.sizes


def test_loading_draws_nothing_from_any_generator(path):
    network().save(path)
    before = random.getstate()
    MLP.load(path)
    assert random.getstate() == before


def test_the_same_network_is_the_same_file(path, tmp_path):
    network().save(path)
    MLP.load(path).save(tmp_path / "again")
    assert path.read_bytes() == (tmp_path / "again").read_bytes()


def test_a_row_that_a_user_adds_to_the_table_can_be_saved(path):
    @primitive("cube_for_io", sample=[(-2, 2)])
    def cube(xp, x):
        return x * x * x, (3 * x * x,)

    try:
        install(cube)
        model = MLP([2, 2, 1], activation="cube_for_io", seed=1)
        model.save(path)
        assert MLP.load(path)([1.0, 2.0]).data == model([1.0, 2.0]).data
    finally:
        OPS.pop("cube_for_io")
        del Value.cube_for_io
    with pytest.raises(
        CheckpointError, match=r"its activation 'cube_for_io' is not in the op table.*add it here first"
    ):
        MLP.load(path)


def test_the_numbers_begin_at_a_multiple_of_8_whatever_the_header(path):
    for name in activations.names():
        MLP([1, 1, 1], activation=name).save(path)
        assert int.from_bytes(path.read_bytes()[:8], "little") % 8 == 0


def test_the_package_safetensors_reads_the_file_and_what_it_writes_again_is_read(path):
    library = pytest.importorskip("safetensors.numpy", reason="compares with the package safetensors")
    from safetensors import safe_open

    model = MLP([2, 12, 11, 1], activation="tanh")
    model.save(path)
    arrays = library.load_file(path)
    assert {name: (a.shape, a.dtype) for name, a in arrays.items()} == {
        "0.weight": ((12, 2), np.float64), "0.bias": ((12,), np.float64), "2.weight": ((11, 12), np.float64),
        "2.bias": ((11,), np.float64), "4.weight": ((1, 11), np.float64), "4.bias": ((1,), np.float64),
    }  # fmt: skip
    assert arrays["2.weight"][3][7] == model.layers[1].neurons[3].w[7].data
    with safe_open(path, "numpy") as file:
        said = file.metadata()
    assert json.loads(said["chalkgrad"]) == metadata(sizes=[2, 12, 11, 1], activation="tanh")
    library.save_file(arrays, path, metadata=said)
    assert bits(MLP.load(path)) == bits(model)


# ── what can't be saved is said before anything is written ──────────────────


def square(v):
    return v * v


def relu(v):
    return v.relu() * 2.0


def changed(change) -> MLP:
    model = MLP([2, 3, 3, 1], activation="tanh")
    change(model)
    return model


UNSAVABLE = {
    "a function": (MLP([2, 3, 1], activation=square), "'square' is a Python function.*autograd.primitive"),
    "a function with a known name": (MLP([2, 3, 1], activation=relu), "'relu' is a Python function"),
    "a function at the output": (MLP([2, 1], output=square), "'square' is a Python function"),
    "nan": (
        changed(lambda m: setattr(m.layers[1].neurons[2].w[0], "data", math.nan)),
        r"parameter layers\[1\]\.neurons\[2\]\.w\[0\] is nan.*smaller learning rate",
    ),
    "infinity": (changed(lambda m: setattr(m.layers[0].neurons[1].b, "data", -math.inf)), r"neurons\[1\]\.b is -inf"),
    "neurons that differ": (
        changed(lambda m: setattr(m.layers[0].neurons[1], "activation", Value.relu)),
        "differ in activation",
    ),
    "a neuron that does not fit": (changed(lambda m: m.layers[1].neurons[0].w.pop()), "do not fit each other"),
}


@pytest.mark.parametrize("why", UNSAVABLE)
def test_what_could_not_be_loaded_is_not_written_and_the_old_file_stays(path, why):
    model, says = UNSAVABLE[why]
    path.write_bytes(b"the old file")
    with pytest.raises(CheckpointError, match=says) as error:
        model.save(path)
    assert str(error.value).startswith(f"{path} was not written: ")
    assert path.read_bytes() == b"the old file"
    assert list(path.parent.iterdir()) == [path]


def test_each_layer_keeps_its_own_activation(path):
    model = MLP([2, 3, 4, 1], activation=["tanh", "relu"], seed=1)
    model.save(path)
    assert repr(MLP.load(path)) == repr(model)
    assert MLP.load(path)([0.3, -0.2]).data == model([0.3, -0.2]).data
    about, tensors = unpacked(path.read_bytes())
    path.write_bytes(packed({**about, "activation": ["tanh"]}, tensors, lambda *_: None))
    with pytest.raises(CheckpointError, match="1 activations for 2 hidden layers"):
        MLP.load(path)


def test_layers_that_were_taken_away_are_not_saved(path):
    model = changed(lambda m: m.layers.pop(0))
    model.save(path)
    assert MLP.load(path).sizes == [3, 3, 1]
    assert bits(MLP.load(path)) == bits(model)


# ── modules of other classes ────────────────────────────────────────────────


class Scaled(MLP):
    """More than its layers: a parameter of its own, and a forward pass that uses it."""

    def __init__(self, width=2):
        super().__init__([1, width, 1], activation=square, seed=1)
        self.scale = Value(3.0)

    def __call__(self, x):
        return self.scale * super().__call__(x)


class Own(Module):
    """Holds its parameters in many ways."""

    def __init__(self, n, *, k=0.0):
        self.n, self._w = n, Value(k)
        self.rows = [Value(k) for _ in range(n)], [[Value(k)], [Value(k), Value(k)]]
        self.W = np.array([[Value(k), Value(k)]] * 2)
        self.table = {"a": deque([Value(k)]), 2: np.array(Value(k))}


def filled(model):
    for i, p in enumerate(model.parameters()):
        p.data = i + 0.5
    return model


@pytest.mark.parametrize(
    ("model", "again"),
    [
        (Scaled(3), lambda path: Scaled.load(path, 3)),
        (Own(4, k=1.0), lambda path: Own.load(path, 4)),
        (Layer(2, 3), lambda path: Layer.load(path, 2, 3)),
        (Neuron(2), lambda path: Neuron.load(path, nin=2)),
        (Module(), Module.load),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_module_of_any_class_is_made_again_with_its_numbers(path, model, again):
    filled(model).save(path)
    loaded = again(path)
    assert type(loaded) is type(model)
    assert loaded.state_dict() == model.state_dict()
    assert bits(loaded) == bits(model)
    if isinstance(model, Scaled):
        assert loaded([2.0]).data == model([2.0]).data


def test_parameters_that_fill_a_list_or_an_array_are_one_tensor_of_its_shape(path):
    filled(Own(3)).save(path)
    about, found = unpacked(path.read_bytes())
    assert about == {"format": 1, "class": "Own", "training": None}
    assert {name: t.shape for name, t in found.items()} == {
        "_w": (), **dict.fromkeys([f"rows[0][{i}]" for i in range(3)], ()), "rows[1][0][0]": (), "rows[1][1][0]": (), "rows[1][1][1]": (),
        "W": (1, 2), "table['a']": (1,), "table[2]": (),
    }  # fmt: skip


def test_a_file_of_another_class_or_shape_is_refused_and_what_a_class_is_made_with_is_asked_for(path):
    Scaled(3).save(path)
    refused(lambda p: Own.load(p, 3), path, "it holds a network of the class 'Scaled', not Own")
    refused(MLP.load, path, "it holds a network of the class 'Scaled', not MLP")
    refused(lambda p: Scaled.load(p, 2), path, r"neurons\[2\].w' is \(1,\), expected no such tensor|expected \(2,\)")
    Own(2).save(path)
    with pytest.raises(TypeError, match=r"missing a required argument: 'n'.*after the path, Own.load\(path, …\)"):
        Own.load(path)
    network().save(path)
    refused(lambda p: Own.load(p, 3), path, "of the class 'MLP', not Own")


def test_a_subclass_that_is_its_layers_alone_shares_its_files_with_mlp(path):
    class Tanh(MLP):
        def __init__(self, seed=0):
            super().__init__([2, 3, 1], activation="tanh", seed=seed)

    class Renamed(MLP):
        pass

    network().save(path)
    assert bits(Tanh.load(path)) == bits(Renamed.load(path)) == bits(network())
    assert isinstance(Renamed.load(path), Renamed)
    Tanh(seed=5).save(path)
    assert bits(MLP.load(path)) == bits(Tanh.load(path)) == bits(Tanh(seed=5))
    MLP([2, 3, 1], activation="relu").save(path)
    refused(Tanh.load, path, "its network is .*'relu'.*, here it is .*'tanh'")


def own_with(**attributes) -> Module:
    model = Module()
    vars(model).update(attributes)
    return model


class Hidden(Module):
    """Its parameter is in a closure."""

    def __init__(self):
        w = Value(1.0)
        self.parameters = lambda: [w]


UNNAMED = {
    "beside the layers": (lambda: attached(MLP([1, 1])), "'scale' would be lost here. A subclass of MLP that has it"),
    "a set": (
        lambda: own_with(ws={Value(1.0), Value(2.0)}),
        "ws is a set, which has no order.*give each of them a label",
    ),
    "a set of modules": (lambda: own_with(x=[{Neuron(1), Neuron(1)}]), r"x\[0\] is a set"),
    "a key without a name": (lambda: own_with(w={object(): Value(1.0)}), "can't be the name of a parameter"),
    "keys of one name": (lambda: own_with(**{"w": [Value(1.0)], "w[0]": Value(2.0)}), "'w\\[0\\]' can't be the name"),
    "an optimizer's name": (lambda: own_with(optimizer=Neuron(1)), r"'optimizer\.w\[0\]' can't be"),
    "a closure": (Hidden, "gives Value.*, which no attribute holds"),
    "infinity": (lambda: own_with(w=[Value(1.0), Value(math.inf)]), r"parameter \('w', 1\) is inf"),
    "no number": (
        lambda: filled_with(own_with(w=Value(1.0)), "x"),
        "a parameter of w is .*, not a Value that holds a number",
    ),
}


def attached(model):
    model.scale = Value(3.0)
    return model


def filled_with(model, x):
    model.w.data = x
    return model


@pytest.mark.parametrize("why", UNNAMED)
def test_a_parameter_that_a_file_can_not_hold_is_refused_by_name(path, why):
    make, says = UNNAMED[why]
    model = make()
    with pytest.raises(CheckpointError, match=says):
        model.save(path)
    assert not path.exists()


def test_a_run_of_a_module_of_ones_own_goes_on_where_it_was(path):
    given = {"loss": "mse", "batch_size": 7}
    whole, half, here = Scaled(), Scaled(), Scaled()
    X, y = [[x] for x, _ in MOONS.X], MOONS.y
    expected = list(steps(whole, X, y, optimizer=optim.Adam(whole.parameters()), epochs=4, **given))
    adam = optim.Adam(half.parameters())
    records = list(steps(half, X, y, optimizer=adam, epochs=2, **given))
    save_checkpoint(half, adam, path, step=records[-1].step, **given)
    with pytest.raises(CheckpointError, match="Put it into one that exists, with restore"):
        load_checkpoint(path)
    saved = restore(here, optim.Adam(here.parameters()), path)
    assert saved.model is here
    more = steps(here, X, y, optimizer=saved.optimizer, epochs=4, start=saved.step, **saved.settings)
    assert records + list(more) == expected
    assert bits(here) == bits(whole)
    other = Scaled(3)
    before = bits(other)
    with pytest.raises(CheckpointError, match="expected"):
        restore(other, optim.Adam(other.parameters()), path)
    assert bits(other) == before


def test_only_a_module_is_saved_with_its_run(path):
    with pytest.raises(TypeError, match="a Module is saved, by its parameters; got function"):
        save_checkpoint(square, optim.SGD([Value(1.0)]), path, step=0)


def test_a_state_dict_has_every_number_by_its_path_and_is_taken_whole_or_not_at_all():
    model, other = filled(Own(2)), Own(2)
    other.load_state_dict(model.state_dict())
    assert bits(other) == bits(model)
    before = bits(other)
    for wrong, says in [
        ({**model.state_dict(), "extra": 1.0}, "'extra' is in the state_dict, and not in this network"),
        ({"_w": 1.0}, r"'rows\[0\]\[0\]' is not in the state_dict"),
        (dict.fromkeys(model.state_dict(), "1"), "one real number, got '1'"),
    ]:
        with pytest.raises((ValueError, TypeError), match=says):
            other.load_state_dict(wrong)
        assert bits(other) == before


# ── bad files ───────────────────────────────────────────────────────────────


class Trap:
    def __reduce__(self):
        return os.mkdir, ("trap",)


WITH_NAN = {**TENSORS, "0.weight": ((1, 2), [0.5, math.nan])}
WITH_INF = {**TENSORS, "0.bias": ((1,), [math.inf])}
DEEP = "[" * 10**5 + "]" * 10**5

BAD = {
    "empty": (b"", "cut short, or not a safetensors file"),
    "seven bytes": (b"\0" * 7, "cut short"),
    "a length and nothing else": (b"\0" * 8, "cut short"),
    "a pickle": (pickle.dumps(Trap()), "not a safetensors file"),
    "a pickle behind a length": ((40).to_bytes(8, "little") + pickle.dumps(Trap()), "not a safetensors file"),
    "a zip, as PyTorch writes it": (b"PK\3\4" + b"\0" * 100, "not a safetensors file"),
    "text": (b"sizes: [2, 1]\nactivation: relu\n", "not a safetensors file"),
    "a header of 8 TB": (
        (8 * 10**12).to_bytes(8, "little") + b"{}", "8,000,000,000,000 bytes of header can't be in 10",
    ),
    "a header longer than any file": (b"\xff" * 8 + b"{}", "cut short"),
    "not UTF-8": (joined("{}", b"")[:8] + b"{\xff", "header is damaged"),
    "JSON cut short": (joined('{"a": ', b""), "header is damaged"),
    "JSON with NaN": (joined('{"a": NaN}', b""), "NaN is not a finite number"),
    "JSON with 1e999": (joined('{"a": 1e999}', b""), "1e999 is not a finite number"),
    "JSON with -Infinity": (joined('{"a": -Infinity}', b""), "-Infinity is not a finite number"),
    "JSON with a key twice": (joined('{"a": 1, "a": 1}', b""), "a key occurs twice"),
    "JSON 10⁵ deep": (joined('{"a": ' + DEEP + "}", b""), "header is damaged"),
    "JSON with a long number": (joined('{"a": ' + "1" * 5000 + "}", b""), "header is damaged"),
    "a foreign file": (joined({"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}, b"\0" * 8), "not saved by chalkgrad"),
    "a foreign file with metadata": (joined({"__metadata__": {"format": "pt"}}, b""), "not saved by chalkgrad"),
    "metadata that are no object": (joined({"__metadata__": [1]}, b""), "not saved by chalkgrad"),
    "metadata that are no text": (header_with(meta={"chalkgrad": 1}), "not saved by chalkgrad"),
    "metadata that are a list": (header_with(meta={"chalkgrad": "[1]"}), "not a JSON object"),
    "metadata with NaN": (header_with(meta={"chalkgrad": '{"format": NaN}'}), "NaN is not a finite number"),
    "metadata with a key twice": (header_with(meta={"chalkgrad": '{"format": 1, "format": 1}'}), "twice"),
    "metadata 10⁵ deep": (header_with(meta={"chalkgrad": '{"format": ' + DEEP + "}"}), "header is damaged"),
    "metadata of half a character": (header_with(meta={"chalkgrad": '{"format": 1, "\ud800": 2}'}), "checksum"),
    "no checksum": (header_with(meta={"sha256": None}), "checksum is wrong"),
    "another checksum": (header_with(meta={"sha256": "0" * 64}), "checksum is wrong"),
    "changed metadata": (header_with(meta={"chalkgrad": json.dumps(metadata(activation="tanh"))}), "checksum is wrong"),
    "a later format": (file_with(format=2), "its format is 2, this version reads 1. Update chalkgrad"),
    "float32": (header_with({"dtype": "F32"}), r"tensor '0.bias' holds 'F32' numbers, expected F64"),
    "a dtype that is none": (header_with({"dtype": ["F64"]}), "expected str"),
    "a shape of text": (header_with({"shape": "1"}), "expected list"),
    "a shape below 0": (header_with({"shape": [-1]}), "has the shape"),
    "a shape of booleans": (header_with({"shape": [True]}), "has the shape"),
    "a shape of 10⁵ sides": (header_with({"shape": [1] * 10**5}), "has the shape"),
    "a shape that the file can't hold": (header_with({"shape": [10**12, 10**12]}), "cut short"),
    "offsets that overlap": (header_with({"data_offsets": [8, 16]}), "not where the one before it ends"),
    "offsets of text": (header_with({"data_offsets": ["0", "8"]}), "not where"),
    "an entry with more fields": (header_with({"code": "import os"}), "dtype, shape, data_offsets, and nothing else"),
    "bytes left over": (file_with() + b"\0", "there is more after its last tensor"),
    "a tensor missing": (file_with({"0.weight": TENSORS["0.weight"]}), r"'0.bias' is missing, expected \(1,\)"),
    "a tensor too many": (file_with(TENSORS | {"2.bias": ((1,), [0.0])}), r"'2.bias' is \(1,\), expected no such tensor"),
    "another architecture": (file_with(sizes=[2, 3, 1]), r"'0.weight' is \(1, 2\), expected \(3, 2\)"),
    "sizes that the file can't hold": (file_with(sizes=[10**9, 10**9]), r"expected \(1000000000, 1000000000\)"),
    "no sizes": (file_with({}, sizes=[]), "at least an input and an output size"),
    "one size": (file_with({}, sizes=[3]), "at least an input and an output size"),
    "a size of 0": (file_with(sizes=[0, 1]), "whole numbers, 1 or more"),
    "a size that is no number": (file_with(sizes=["2", 1]), "whole numbers, 1 or more"),
    "a size that is true": (file_with(sizes=[2, True]), "whole numbers, 1 or more"),
    "sizes that are no list": (file_with(sizes=2), "has sizes 2, expected list"),
    "an unknown activation": (file_with(activation="os.system"), "its activation 'os.system' is not in the op table"),
    "an activation that is a method": (file_with(activation="backward"), "its activation 'backward' is not in the op table"),
    "an activation that is a list": (file_with(output=["tanh"]), "expected str"),
    "a very long activation": (file_with(activation="x" * 10**6), "its activation 'xxx"),
    "metadata too many": (file_with(init="__import__('os')"), "and nothing else"),
    "nan in a weight": (file_with(WITH_NAN), r"parameter layers\[0\]\.neurons\[0\]\.w\[1\] is nan"),
    "an infinite bias": (file_with(WITH_INF), r"parameter layers\[0\]\.neurons\[0\]\.b is inf"),
}  # fmt: skip


def refused(read, path, says) -> None:
    with pytest.raises(ValueError, match=says) as error:
        read(path)
    assert type(error.value) is CheckpointError
    assert str(error.value).startswith(f"{path} can't be loaded: ")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_one_error_that_names_the_file_and_what_is_wrong(path, monkeypatch, what):
    content, says = BAD[what]
    path.write_bytes(content)
    monkeypatch.chdir(path.parent)
    refused(MLP.load, path, says)
    with pytest.raises(CheckpointError):
        load_checkpoint(path)
    with pytest.raises(CheckpointError):
        Own.load(path, 2)
    assert list(path.parent.iterdir()) == [path]  # no trap went off, and the file is still there
    assert path.read_bytes() == content


def test_a_file_too_large_for_scalars_is_not_read(path):
    with path.open("wb") as file:
        file.write((2**33 - 64).to_bytes(8, "little") + b"{")
        file.truncate(2**33)  # a hole: no disk is used
    tracemalloc.start()
    try:
        refused(MLP.load, path, "at most 268,435,456 bytes")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_folder_or_a_pipe_is_no_saved_network(path):
    refused(MLP.load, path.parent, "a regular file")
    os.mkfifo(path)
    refused(MLP.load, path, "a regular file")  # and it does not wait for someone to write


def test_a_file_that_is_not_there_is_pythons_own_error(path):
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        MLP.load(path)


def saved_bytes(path) -> bytes:
    model = network()
    save_checkpoint(model, optim.SGD(model.parameters(), momentum=0.5), path, step=3, seed=4, batch_size=2)
    return path.read_bytes()


def test_a_file_cut_short_anywhere_is_refused(path):
    content = saved_bytes(path)
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(CheckpointError):
            load_checkpoint(path)


def unchanged_or_refused(path, content: bytes, position: int, mask: int) -> None:
    damaged = bytearray(content)
    damaged[position] ^= mask
    path.write_bytes(damaged)
    try:
        found = load_checkpoint(path)
    except CheckpointError:
        return
    # White space for white space is all that may pass.
    assert chr(content[position]).isspace(), position
    assert bits(found.model) == bits(network())
    assert (found.step, found.seed, found.settings) == (3, 4, {"batch_size": 2})


def test_a_flipped_byte_anywhere_is_refused(path):
    content, draw = saved_bytes(path), random.Random(0)
    for position in range(len(content)):
        unchanged_or_refused(path, content, position, draw.randrange(1, 256))


@given(st.data(), st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flip_of_any_byte_is_refused(path, drawn, mask):
    content = saved_bytes(path)
    unchanged_or_refused(path, content, drawn.draw(st.integers(0, len(content) - 1)), mask)


@given(st.binary(max_size=300), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_at_all_are_refused(path, content, framed):
    path.write_bytes(joined("{", b"")[:8] + content if framed else content)
    with pytest.raises(CheckpointError):
        MLP.load(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.sampled_from([*metadata(), *training(), *training()["optimizer"], "momentum", "nesterov"]), JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 2)
def test_whatever_signed_metadata_say_it_is_a_run_or_one_error(path, field, value):
    if field in metadata() and field != "training":
        about = metadata(training=training()) | {field: value}
    elif field in ("momentum", "nesterov"):
        about = metadata(training=training(settings={field: value}))
    else:
        about = metadata(training=value if field == "training" else training() | {field: value})
        if field in training()["optimizer"] and field != "settings":
            about = metadata(training=training(**{field: value}))
    path.write_bytes(signed(json.dumps(about)))
    try:
        load_checkpoint(path).optimizer.step()
    except CheckpointError:
        return


# ── whole or not at all ─────────────────────────────────────────────────────


def test_a_save_that_is_killed_at_any_moment_leaves_one_whole_file(path):
    old, new = network(seed=1), network(seed=2)
    old.save(path)
    source = f"""
from nn import MLP
models = [MLP([2, 3, 1], activation="tanh", seed=seed) for seed in (1, 2)]
print("ready", flush=True)
while True:
    for model in models:
        model.save({str(path)!r})
"""
    with subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        for _ in range(100):  # read while it writes: never half a file
            assert bits(MLP.load(path)) in (bits(old), bits(new))
        process.kill()
    assert bits(MLP.load(path)) in (bits(old), bits(new))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing/model", "there is no such folder to write into; make it first"),
        ("folder", "a folder or a device stands there"),
        ("model/inside", "there is no such folder"),
    ],
)
def test_a_place_that_can_not_be_written_is_an_os_error_that_says_so(tmp_path, name, says):
    (tmp_path / "folder").mkdir()
    (tmp_path / "model").write_text("kept")
    with pytest.raises(OSError, match=says) as error:
        network().save(tmp_path / name)
    assert error.value.filename == str(tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "model"]
    assert (tmp_path / "model").read_text() == "kept"


def test_a_device_is_never_replaced():
    with pytest.raises(OSError, match="a folder or a device stands there"):
        write_atomically("/dev/null", b"")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116  # as the system sees it


def test_what_is_read_only_stays(run_python):
    said = run_python("""
import os, tempfile
from pathlib import Path
from autograd.files import write_atomically
if os.getuid() == 0:  # root may write anywhere
    os.setuid(65534)
with tempfile.TemporaryDirectory() as folder:
    old, new = Path(folder, "old"), Path(folder, "new")
    old.write_text("kept")
    for path, mode in [(old, 0o444), (Path(folder), 0o555)]:
        path.chmod(mode)
        try:
            write_atomically(old if path == old else new, "new")
        except PermissionError as error:
            print(error)
    Path(folder).chmod(0o755)
    print(old.read_text(), os.listdir(folder))
""")
    first, second, third = said.splitlines()
    assert "the file is read-only; give another name, or make it writable: '/" in first
    assert "Permission denied; nothing was written: '/" in second
    assert third == "kept ['old']"


def test_writing_keeps_the_mode_of_the_old_file_and_follows_links(tmp_path, path):
    write_atomically(path, "σ")
    assert path.read_bytes() == "σ".encode()
    fresh = tmp_path / "fresh"
    fresh.touch()
    assert path.stat().st_mode == fresh.stat().st_mode  # as any new file here
    path.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(path)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# ── a resumed run equals an uninterrupted one ───────────────────────────────

MAKE = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "SGD with momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "Nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.1, eps=1e-6),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.02, alpha=0.8),
    "Adam": lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95)),
    "AdamW": lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
}
MOONS = data.moons(20, seed=1)


def test_every_optimizer_is_tried():
    made = {type(make(network().parameters())).__name__ for make in MAKE.values()}
    assert made == set(checkpoints._optimizers()) == {"SGD", "Adagrad", "RMSprop", "Adam", "AdamW"}


@pytest.mark.parametrize("schedule", [None, cosine(0.1, steps=15)], ids=["constant", "cosine"])
@pytest.mark.parametrize("name", MAKE)
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(path, name, schedule):
    given = {"loss": "logistic", "batch_size": 7, "epochs": 5}
    whole, half = network(), network()
    whole_optimizer, half_optimizer = MAKE[name](whole.parameters()), MAKE[name](half.parameters())
    expected = list(steps(whole, *MOONS[:2], optimizer=whole_optimizer, seed=9, schedule=schedule, **given))

    training = steps(half, *MOONS[:2], optimizer=half_optimizer, seed=9, schedule=schedule, **given)
    records = [next(training) for _ in range(8)]  # in the middle of the third epoch
    save_checkpoint(half, half_optimizer, path, step=records[-1].step, seed=9, **given)

    saved = load_checkpoint(path)
    assert isinstance(saved.optimizer, type(half_optimizer))
    more = steps(
        saved.model, *MOONS[:2], optimizer=saved.optimizer, seed=saved.seed, start=saved.step, schedule=schedule, **saved.settings
    )  # fmt: skip
    assert records + list(more) == expected
    assert bits(saved.model) == bits(whole)
    assert vars(saved.optimizer) | {"parameters": 0} == vars(whole_optimizer) | {"parameters": 0}


@pytest.mark.parametrize("rate", [0.0, 1, np.float32(0.5)], ids=str)
def test_a_run_resumes_with_the_rate_to_which_its_schedule_came(path, rate):
    model = network()
    optimizer = optim.Adam(model.parameters())
    optimizer.lr = rate
    save_checkpoint(model, optimizer, path, step=1)
    assert load_checkpoint(path).optimizer.lr == rate


def test_running_numbers_that_overflowed_are_kept(path):
    model = network()
    optimizer = optim.Adagrad(model.parameters())
    model.parameters()[0].grad = 1e200
    optimizer.step()
    assert optimizer.state["square"][0] == math.inf
    save_checkpoint(model, optimizer, path, step=1)
    assert load_checkpoint(path).optimizer.state == optimizer.state


def test_the_network_of_a_checkpoint_loads_alone(path):
    saved_bytes(path)
    assert bits(MLP.load(path)) == bits(network())


def test_a_network_without_training_is_no_checkpoint(path):
    network().save(path)
    refused(load_checkpoint, path, "a network without its training. Load it with MLP.load")


def test_restoring_keeps_the_parameters_identity_and_takes_all_numbers(path):
    here, trained = network(seed=1), network(seed=2)
    adam = optim.Adam(trained.parameters(), lr=0.3, eps=1e-4)
    list(steps(trained, *MOONS[:2], loss="logistic", optimizer=adam, epochs=2))
    save_checkpoint(trained, adam, path, step=2, seed=5, batch_size=4)
    optimizer, parameters = optim.Adam(here.parameters()), here.parameters()
    found = restore(here, optimizer, path)
    assert found.model is here
    assert found.optimizer is optimizer
    assert (found.step, found.seed, found.settings) == (2, 5, {"batch_size": 4})
    assert all(p is q is r for p, q, r in zip(parameters, here.parameters(), optimizer.parameters, strict=True))
    assert bits(here) == bits(trained)
    assert vars(optimizer) | {"parameters": 0} == vars(adam) | {"parameters": 0}


def sgd(model: MLP) -> optim.Optimizer:
    return optim.SGD(model.parameters(), lr=0.2)


RESTORED_TO = {
    "other sizes": (MLP([2, 4, 1], activation="tanh"), sgd, r"its network is .*\[2, 3, 1\].*, here it is .*\[2, 4, 1\]"),
    "another activation": (MLP([2, 3, 1], activation="relu"), sgd, "'tanh'.*'relu'.*or load what the file has"),
    "a function": (MLP([2, 3, 1], activation=square), sgd, "is a Python function"),
    "another optimizer": (network(seed=8), lambda m: optim.Adam(m.parameters()), "its optimizer is SGD, here it is Adam"),
    "an optimizer of other parameters": (network(seed=8), lambda m: sgd(network(seed=8)), "other parameters"),
    "an optimizer of some parameters": (network(seed=8), lambda m: sgd(m.layers[0]), "other parameters"),
}  # fmt: skip


@pytest.mark.parametrize("why", RESTORED_TO)
def test_restoring_to_something_else_is_an_error_and_changes_nothing(path, why):
    model, make, says = RESTORED_TO[why]
    saved_bytes(path)
    optimizer = make(model)
    before = bits(model), optimizer.state_dict()
    with pytest.raises(CheckpointError, match=says):
        restore(model, optimizer, path)
    assert (bits(model), optimizer.state_dict()) == before


@pytest.mark.parametrize("what", BAD)
def test_restoring_from_a_bad_file_changes_nothing(path, what):
    model = MLP([2, 1])
    optimizer = sgd(model)
    path.write_bytes(BAD[what][0])
    before = bits(model), vars(optimizer).copy()
    with pytest.raises(CheckpointError):
        restore(model, optimizer, path)
    assert (bits(model), vars(optimizer)) == before


class Mine(optim.SGD):
    pass


class SGD(optim.SGD):
    pass


@pytest.mark.parametrize(
    ("make", "given", "says"),
    [
        (lambda m: Mine(m.parameters()), {}, "its optimizer Mine is not one of SGD, .*keep optimizer.state_dict"),
        (lambda m: SGD(m.parameters()), {}, "a file holds no code"),
        (lambda m: sgd(m.layers[0]), {}, "Make it with model.parameters"),
        (sgd, {"schedule": cosine(0.1, steps=5)}, "the setting schedule is <function.*give it to fit again"),
        (sgd, {"clip_norm": math.inf}, "the setting clip_norm is inf"),
        (sgd, {"step": -1}, "its step, t and lr should be 0 or more"),
    ],
    ids=["own optimizer", "of a known name", "some parameters", "a function", "infinity", "step"],
)
def test_a_run_that_could_not_be_resumed_is_not_written(path, make, given, says):
    model = network()
    with pytest.raises(CheckpointError, match=says):
        save_checkpoint(model, make(model), path, **{"step": 1, **given})
    assert not path.exists()


BAD_RUNS = {
    "an optimizer of another module": ({"kind": "os.system"}, "'os.system' with .* is unknown here"),
    "the common part": ({"kind": "Optimizer"}, "'Optimizer' with .* is unknown"),
    "a function of the module": ({"kind": "cosine"}, "'cosine' with .* is unknown"),
    "a setting too many": ({"settings": {"parameters": [1]}}, "is unknown here. Update chalkgrad"),
    "a setting out of range": ({"settings": {"momentum": 2.0}}, "momentum is a number ≥ 0 and < 1, got 2.0"),
    "a setting of another kind": ({"settings": {"momentum": [[]]}}, "momentum is a number"),
    "a setting of a million letters": ({"settings": {"momentum": "x" * 10**6}}, "momentum is a number"),
    "a setting beyond floats": ({"settings": {"weight_decay": 10**400}}, "too large"),
    "a step below 0": ({"step": -1}, "its step, t and lr should be 0 or more"),
    "a count below 0": ({"t": -1}, "its step, t and lr should be 0 or more"),
    "a count beyond floats": ({"t": 10**400}, "its step, t and lr should be 0 or more"),
    "a rate below 0": ({"lr": -0.5}, "its step, t and lr should be 0 or more"),
    "a seed of text": ({"seed": "x"}, "has seed 'x', expected int"),
    "settings of fit in a list": ({"optimizer": []}, "expected dict"),
}


@pytest.mark.parametrize("what", BAD_RUNS)
def test_a_run_with_bad_metadata_is_refused_though_its_checksum_is_right(path, what):
    changes, says = BAD_RUNS[what]
    path.write_bytes(file_with(training=training(**changes)))
    refused(load_checkpoint, path, says)


def test_running_numbers_of_another_size_are_refused(path):
    state = {"optimizer.velocity": ((2,), [0.0, 0.0])}
    path.write_bytes(file_with(TENSORS | state, training=training()))
    refused(load_checkpoint, path, r"'optimizer.velocity' is \(2,\), expected \(3,\)")


def test_saving_needs_no_package_at_all(path, run_python):
    said = run_python(f"""
import sys
for name in ("safetensors", "torch", "onnx", "numpy"):
    sys.modules[name] = None
from nn import MLP
MLP([2, 3, 1], seed=4).save({str(path)!r})
print(MLP.load({str(path)!r}))
""")
    assert said.startswith("MLP of [Layer of [ReLUNeuron(2)")
