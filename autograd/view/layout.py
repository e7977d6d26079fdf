"""Coordinates for a scene: from Graphviz where it is, from ``layered`` where it is not.

The chain is the ``dot`` program (with a time limit), then pygraphviz in this
process, then the built-in layout, which can't fail. Each gives the same kind of
answer, drawn by the same ``svg.py``, so a picture looks alike everywhere. Frames
within frames go to the built-in layout first: ``dot`` ranks all leaves alike, so
that a network's layers would climb like stairs and arrows would cross their frames.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from autograd.view.dot import skeleton
from autograd.view.geometry import Curve, Layout, Point, Rect
from autograd.view.layered import lay_out_in_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.view.scene import Scene

__all__ = ["LAYOUTS", "by_graphviz", "lay_out"]

BEGINNINGS = {"png": b"\x89PNG", "pdf": b"%PDF"}  # of such a file
LAYOUTS = ("auto", "dot", "pygraphviz", "builtin")
SECONDS = 10  # what a program may take
GRAPHVIZ_BOXES, GRAPHVIZ_ARROWS = 300, 900  # beyond that dot takes minutes, and in this process nothing could stop it


class NoAnswerError(Exception):
    """One way to Graphviz is not there, or gave no answer."""


def lay_out(scene: Scene, direction: str = "LR", layout: str = "auto") -> Layout:
    """Coordinates from the first engine that answers; ``.engine`` says which.

    layout: one of LAYOUTS; a named engine that does not answer is replaced by the built-in one

    >>> from autograd import Value, draw
    >>> lay_out(draw(Value(2.0).tanh()).scene, layout="builtin").engine
    'builtin'
    """
    small = len(scene.boxes) <= GRAPHVIZ_BOXES and len(scene.arrows) <= GRAPHVIZ_ARROWS
    asked = [name for name in ENGINES if layout == name or (layout == "auto" and not scene.frames)]
    engines = {name: ENGINES[name] for name in asked if small}
    for name, run in engines.items():
        try:
            return _read(json.loads(run(skeleton(scene, direction), "json0")), scene, name)
        except (NoAnswerError, ValueError, KeyError, TypeError):  # no answer, or one that makes no sense
            continue
    return lay_out_in_columns(scene, direction)


def by_graphviz(source: str, format: str) -> bytes:  # noqa: A002  # graphviz's own word
    """DOT text rendered to another format by the first Graphviz that answers.

    Raises OSError, saying what to try, when none does.
    """
    reasons = []
    for name, run in ENGINES.items():
        try:
            answer = run(source, format)
        except NoAnswerError as reason:
            reasons.append(str(reason))
            continue
        if answer.startswith(BEGINNINGS.get(format, b"")):
            return answer
        reasons.append(f"{name} answered something other than {format.upper()}")
    raise OSError(
        f"{format.upper()} needs Graphviz ({'; '.join(reasons)}). "
        "Install it from graphviz.org, or pip install pygraphviz; .svg always works."
    )


def _dot_program(source: str, format: str) -> bytes:  # noqa: A002
    try:
        done = subprocess.run(
            ["dot", f"-T{format}"], input=source.encode(), capture_output=True, timeout=SECONDS, check=True
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NoAnswerError(f"dot gave no answer in {SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        raise NoAnswerError(f"dot failed with code {error.returncode}") from None
    except OSError:  # not FileNotFoundError alone: Pyodide has no processes at all
        raise NoAnswerError("no dot program") from None
    return done.stdout


def _pygraphviz(source: str, format: str) -> bytes:  # noqa: A002
    try:
        from pygraphviz import AGraph

        answer = AGraph(string=source).draw(prog="dot", format=format)
    except (ImportError, OSError, ValueError) as error:
        raise NoAnswerError("no pygraphviz" if isinstance(error, ImportError) else f"pygraphviz: {error}") from None
    return bytes(answer)


ENGINES: dict[str, Callable[[str, str], bytes]] = {"dot": _dot_program, "pygraphviz": _pygraphviz}


# ── reading Graphviz's JSON ─────────────────────────────────────────────────


def _read(answer: dict[str, Any], scene: Scene, engine: str) -> Layout:
    """Graphviz's answer as a layout: its y counts upward."""
    _, _, width, height = _floats(answer["bb"])
    things = {thing["name"]: thing for thing in answer["objects"]}
    arrows = {edge["id"]: edge["pos"] for edge in answer.get("edges", ())}

    def point(text: str) -> Point:
        x, y = _floats(text)
        return Point(x, height - y)

    def curve(text: str) -> Curve:
        tip, *points = text.removeprefix("e,").split()
        return Curve(tuple(map(point, points)), point(tip))

    def rect(text: str) -> Rect:
        left, low, right, high = _floats(text)
        return Rect(left, height - high, right - left, high - low)

    boxes = tuple(point(things[f"n{i}"]["pos"]) for i in range(len(scene.boxes)))
    curves = tuple(curve(arrows[f"e{i}"]) for i in range(len(scene.arrows)))
    frames = tuple(rect(things[f"cluster_{i}"]["bb"]) for i in range(len(scene.frames)))
    return Layout(width, height, boxes, curves, frames, engine)


def _floats(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
