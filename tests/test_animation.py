"""The backward pass as a moving picture: a frame per step, and what is said where there can be none."""

from __future__ import annotations

import argparse
import re
import sys
from io import BytesIO
from xml.etree import ElementTree

import pytest

from autograd import Value, commands, step
from autograd.backprop import topological_order
from autograd.view import animation
from autograd.view.animation import MOVING, moments
from autograd.view.palette import DARK
from autograd.view.text import signed


def diamond() -> Value:
    """Five nodes, of which h is used twice: a gradient that arrives in two parts."""
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    h = w * x
    h.label = "h"
    return (h + 1.0) * h


@pytest.fixture(scope="module")
def images():
    pytest.importorskip("resvg_py", reason="needs resvg: pip install 'chalkgrad[animate]'")
    return pytest.importorskip("PIL.Image")


def test_every_contribution_is_a_moment_and_the_last_one_has_backwards_gradients():
    root = diamond()
    shown = [*moments(step(root).trace)]
    root.backward()
    order = topological_order(root)
    assert len(shown) == 3 + sum(len(v.parents) for v in order)
    assert shown[0].gradients == {}
    assert [shown[-1].gradients[i] for i in range(len(order))] == [v.grad for v in order]
    assert all(len(after.contributions) == k for k, after in enumerate(shown[1:-1]))


def test_what_is_said_is_the_chain_rule_with_its_numbers():
    said = [moment.said for moment in moments(step(diamond()).trace)]
    assert said[1] == "∂L/∂L = 1"
    assert "∂L/∂w += ∂L/∂h · ∂h/∂w = 3 · 2 = 6" in said


@pytest.fixture(scope="module")
def drawings():
    player = step(diamond())
    return [ElementTree.fromstring(d) for d in animation._drawings(player.trace, player.still, DARK)]


def test_all_frames_have_one_size_and_every_box_stays_where_it_is(drawings):
    assert len({(d.get("width"), d.get("height")) for d in drawings}) == 1
    at = [[rect.get(k) for rect in d.iter() if rect.tag.endswith("rect") for k in ("x", "y", "width")
           if rect.get("class", "") == "" and rect.get("stroke-width")] for d in drawings]  # fmt: skip
    assert all(boxes == at[0] for boxes in at)


def test_a_ring_goes_from_node_to_node_and_the_numbers_follow(drawings):
    rings = [sum("cg-ring" in e.get("class", "") for e in d.iter()) for d in drawings]
    assert rings == [0, *[1] * (len(drawings) - 2), 0]
    gradients = [[e.text.strip() for e in d.iter() if (e.text or "").startswith("grad ")] for d in drawings]
    assert set(gradients[0]) == {"grad 0"}
    assert sorted(gradients[-1]) == sorted(f"grad {signed(g)}" for g in (6.0, 1.5, 3.0, 1.0, 1.0, 1.0))
    assert not any(re.search(r"nan|gradient not known", "".join(d.itertext())) for d in drawings)


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_a_file_has_a_frame_per_step_and_is_small(tmp_path, images, suffix):
    root = diamond()
    path = step(root).save(tmp_path / f"backward{suffix}")
    with images.open(path) as movie:
        assert movie.n_frames == len([*moments(step(root).trace)]) == 9
        first = movie.convert("RGB")
        movie.seek(movie.n_frames - 1)
        last = movie.convert("RGB")
    assert first.size == last.size
    assert first.tobytes() != last.tobytes()
    assert path.stat().st_size < 1_000_000
    assert list(tmp_path.iterdir()) == [path]


def test_the_command_writes_one_too(tmp_path, images, capsys):
    command, parser = commands.step, argparse.ArgumentParser()
    command.add_arguments(parser)
    path = tmp_path / "backward.gif"
    assert command.run(parser.parse_args(["w*x", "w=1", "x=2", "-o", str(path)])) == 0
    assert path.read_bytes().startswith(b"GIF89a")
    assert capsys.readouterr().out == f"wrote {path}\n"


def test_it_can_be_dark(tmp_path, images):
    corners = {}
    for dark in (False, True):
        with images.open(step(Value(2.0).tanh()).save(tmp_path / f"{dark}.gif", dark=dark)) as movie:
            corners[dark] = movie.convert("RGB").getpixel((0, 0))
    assert min(corners[False]) > 240
    assert max(corners[True]) < 40


def test_letters_are_drawn(images):
    """Where a machine has no fonts, a picture would have none either."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="60" height="20" fill="#fff"/>'
    text = f'{blank}<text y="15" font-family="DejaVu Sans Mono">∂L</text></svg>'
    assert animation._pixels(text).tobytes() != animation._pixels(f"{blank}</svg>").tobytes()


# ── where there can be none ─────────────────────────────────────────────────


def test_another_suffix_lists_the_choices(tmp_path):
    with pytest.raises(ValueError, match=r"its backward pass as \.gif, \.webp, \.mp4; got 'backward\.avi'"):
        step(diamond()).save(tmp_path / "backward.avi")
    assert list(tmp_path.iterdir()) == []


def test_a_large_graph_is_refused_with_what_to_try(tmp_path):
    y = Value(0.5)
    for _ in range(80):
        y = y.tanh()
    with pytest.raises(ValueError, match=r"this graph has too many: 81\. Try one neuron.*\.save\(\"lesson\.html\"\)"):
        step(y).save(tmp_path / "backward.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["resvg_py", "PIL"])
def test_without_its_libraries_it_says_what_to_install(tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"needs resvg and Pillow .*pip install 'chalkgrad\[animate\]'"):
        step(diamond()).save(tmp_path / "backward.gif")
    assert list(tmp_path.iterdir()) == []


def program(folder, script: str) -> str:
    """A folder with an ffmpeg that runs this shell script."""
    (folder / "ffmpeg").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "ffmpeg").chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_ffmpeg_is_given_every_frame(tmp_path, monkeypatch, images):
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", program(tmp_path / "bin", 'for last; do :; done; cat > "$last"'))
    root = Value(2.0, label="x").tanh()
    pixels = step(root).save(tmp_path / "backward.mp4").read_bytes()
    frame = animation._pixels(animation._drawings(step(root).trace, step(root).still, {**DARK})[0])
    one = BytesIO()
    frame.save(one, format="ppm")
    assert len(pixels) == 4 * len(one.getvalue())
    assert MOVING[-1] == ".mp4"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, r"needs the program ffmpeg.*save a \.gif or \.webp"),
        ("echo no codec >&2; exit 1", "made no .mp4: no codec"),
    ],
)
def test_without_ffmpeg_it_says_what_to_try(tmp_path, monkeypatch, images, script, said):
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", program(tmp_path / "bin", script) if script else str(tmp_path / "bin"))
    with pytest.raises(OSError, match=said):
        step(Value(2.0).tanh()).save(tmp_path / "backward.mp4")
    assert not (tmp_path / "backward.mp4").exists()
