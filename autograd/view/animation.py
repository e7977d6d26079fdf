"""A backward pass as a moving picture for slides: .gif, .webp or .mp4.

A frame is the picture that ``draw`` makes, at one moment of the trace: the gradients that have arrived so far, and above
them how the next one does. resvg turns drawings into pixels; Pillow or the program ffmpeg puts them into one file.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.view.palette import DARK, LIGHT
from autograd.view.picture import Picture
from autograd.view.scene import TextLine, stroke
from autograd.view.svg import svg
from autograd.view.text import cells, number, shorten, signed
from autograd.wording import ATOM, RAISED, product

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograd.view.scene import Arrow, Box, Scene

__all__ = ["MOVING", "Moment", "join_frames", "moments", "moving_picture"]

MOVING = (".gif", ".webp", ".mp4")
NAME = 16  # cells of a name in what is said
ZOOM, WIDEST = 2.0, 1920  # pixels per px of the picture; pixels of a frame
COLOURS = 64  # enough for smooth letters
SHOWN, AT_LAST = 1.5, 4.0  # seconds: each frame, the last


class Moment(NamedTuple):
    """A moment of the pass: what is said, the gradients and contributions so far, the node and the slot that now get one."""

    said: str
    gradients: dict[int, Any]
    contributions: dict[tuple[int, int], Any]
    node: int | None = None
    slot: tuple[int, int] | None = None


def moments(trace: dict[str, Any]) -> Iterator[Moment]:
    """What the frames show: the zeros, the seed, each contribution, and the end.

    trace: as ``view.trace`` describes it

    >>> from autograd import Value, step
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> for moment in moments(step(a * b).trace):
    ...     print(moment.said)
    Backward: every gradient is 0
    ∂L/∂L = 1
    ∂L/∂a += ∂L/∂L · ∂L/∂a = 1 · (−3) = −3
    ∂L/∂b += ∂L/∂L · ∂L/∂b = 1 · 2 = 2
    Every gradient is there
    """
    root = trace["root"]
    names = [  # a formula stands in brackets below ∂
        f"({name})" if node.get("binds", ATOM) < RAISED else name
        for node, name in zip(trace["nodes"], _names(trace), strict=True)
    ]

    def partial(of: int, by: int) -> str:
        return f"∂{names[of]}/∂{names[by]}"

    gradients: dict[int, Any] = {}
    contributions: dict[tuple[int, int], Any] = {}
    for kind, *facts in trace["events"]:
        if kind == "zero":
            yield Moment("Backward: every gradient is 0", {}, {})
        elif kind == "seed":
            gradients[root] = facts[1]
            yield Moment(f"{partial(root, root)} = 1", {**gradients}, {}, node=root)
        elif kind == "accumulate":
            node, slot, upstream, local, contribution, _, after, *_ = facts
            parent = trace["nodes"][node]["parents"][slot]
            gradients[parent], contributions[node, slot] = after, contribution
            rule = f"{partial(root, parent)} += {partial(root, node)} · {partial(node, parent)}"
            said = f"{rule} = {product([number(upstream), number(local)])} = {number(contribution)}"
            yield Moment(said, {**gradients}, {**contributions}, parent, (node, slot))
        elif kind == "done":
            yield Moment("Every gradient is there", {**gradients}, {**contributions})


def _names(trace: dict[str, Any]) -> list[str]:
    """What each node is called, in its box and in what is said."""
    return [shorten(node.get("name") or node["label"], NAME) for node in trace["nodes"]]


def moving_picture(trace: dict[str, Any], still: Picture, suffix: str, *, dark: bool = False) -> bytes:
    """The file's content.

    still:  the picture of the whole graph, every node in a box of its own
    suffix: one of MOVING

    Raises ValueError for a graph of which nodes are folded, ImportError without resvg or Pillow, OSError without ffmpeg.
    """
    return join_frames([*map(_pixels, _drawings(trace, still, DARK if dark else LIGHT))], suffix)


# ── drawings ────────────────────────────────────────────────────────────────


def _drawings(trace: dict[str, Any], still: Picture, palette: dict[str, str]) -> list[str]:
    """One SVG per moment, all of one size: boxes are as wide as their longest gradient needs."""
    if any(box.kind == "folded" for box in still.scene.boxes):
        raise ValueError(
            f"a moving picture shows every node, and this graph has too many: {len(trace['nodes']):,}. "
            'Try one neuron, or one sample of a smaller network; step(…).save("lesson.html") takes it as it is.'
        )
    shown = [*moments(trace)]
    box_of = trace["levels"][0]["place"]  # node → box: single nodes, in the order of the still picture
    room: dict[int, int] = {}
    for moment in shown:
        for v, gradient in moment.gradients.items():
            room[box_of[v]] = max(room.get(box_of[v], 0), len(signed(gradient)))
    slots = [(v, slot) for v, node in enumerate(trace["nodes"]) for slot in range(len(node.get("parents", ())))]
    names = {box_of[v]: name for v, name in enumerate(_names(trace))}
    said = ceil(max(cells(moment.said) for moment in shown))

    def scene_of(moment: Moment, *, numbers: bool = False) -> Scene:
        gradients = {box_of[v]: gradient for v, gradient in moment.gradients.items()}
        return replace(
            still.scene,
            boxes=tuple(
                _box(box, names[i], gradients.get(i, 0.0), room.get(i, 1), ring=moment.node is not None and box_of[moment.node] == i)
                for i, box in enumerate(still.scene.boxes)
            ),
            arrows=tuple(
                _arrow(arrow, moment.contributions.get(slot), still.scene.strongest, number=numbers or slot == moment.slot)
                for arrow, slot in zip(still.scene.arrows, slots, strict=True)
            ),
            note=moment.said.ljust(said),
        )  # fmt: skip

    last = Picture(scene_of(shown[-1], numbers=True))  # has room for every number
    return [svg(scene_of(moment), last.layout, legend_of=still.scene, palette=palette) for moment in shown]


def _box(box: Box, name: str, gradient: Any, room: int, *, ring: bool) -> Box:
    """Name, data, and the gradient so far."""
    *_, data, _ = box.lines
    text = signed(gradient)
    lines = (TextLine(name, "name"), data, TextLine(f"grad {text.ljust(room)}", _tone(text)))
    return replace(box, lines=lines, ring=ring)


def _arrow(arrow: Arrow, contribution: Any, strongest: float, *, number: bool) -> Arrow:
    """An arrow through which nothing has passed yet is thin and plain."""
    text = "" if contribution is None else signed(contribution)
    tone = _tone(text)
    glyph = text[:1] if tone != "plain" else ""
    flow = float(contribution or 0.0)
    return replace(arrow, flow=flow, width=stroke(flow, strongest), tone=tone, text=text if number else glyph)


def _tone(text: str) -> str:
    return {"+": "plus", "−": "minus"}.get(text[:1], "plain")


# ── pixels ──────────────────────────────────────────────────────────────────


def _pixels(drawing: str) -> Any:
    """A drawing as an image of Pillow's."""
    try:
        from PIL import Image
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise ImportError(
            f"a moving picture needs resvg and Pillow ({error}): pip install 'chalkgrad[animate]'"
        ) from None
    matplotlib = find_spec("matplotlib")  # brings the letters, for machines that have none
    fonts = [str(Path(matplotlib.origin).parent / "mpl-data/fonts/ttf")] if matplotlib and matplotlib.origin else []
    width = float(drawing.partition('width="')[2].partition('"')[0])
    png = svg_to_bytes(svg_string=drawing, width=round(min(ZOOM * width, WIDEST)), font_dirs=fonts)
    return Image.open(BytesIO(bytes(png))).convert("RGB")


def join_frames(frames: Sequence[Any], suffix: str, seconds: float = SHOWN) -> bytes:
    """Images of Pillow's as the content of one file that plays over and over, the last of them for a while.

    suffix: one of MOVING; seconds: how long each is shown

    Raises OSError for .mp4 without ffmpeg.
    """
    if suffix == ".mp4":
        return _movie(frames, seconds)
    table = frames[-1].quantize(COLOURS, dither=0)  # one table of colours: what does not move costs nothing
    frames = [frame.quantize(palette=table, dither=0) for frame in frames]
    if suffix == ".webp":
        frames = [frame.convert("RGB") for frame in frames]
    milliseconds = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * AT_LAST)]
    file = BytesIO()
    first, *others = frames
    first.save(
        file, format=suffix[1:], save_all=True, append_images=others, duration=milliseconds, loop=0, lossless=True
    )  # fmt: skip
    return file.getvalue()


def _movie(frames: Sequence[Any], seconds: float) -> bytes:
    """H.264, as every browser and every presentation program plays it: its sides are even."""
    taken = ["-f", "image2pipe", "-framerate", f"{1 / seconds}", "-c:v", "ppm", "-i", "-"]
    shape = f"tpad=stop_mode=clone:stop_duration={AT_LAST - seconds},pad=ceil(iw/2)*2:ceil(ih/2)*2"
    made = ["-vf", shape, "-pix_fmt", "yuv420p", "-r", "25", "-movflags", "+faststart"]
    pixels = BytesIO()
    for frame in frames:
        frame.save(pixels, format="ppm")
    with TemporaryDirectory() as folder:
        movie = Path(folder, "movie.mp4")
        try:
            command = ["ffmpeg", "-v", "error", *taken, *made, str(movie)]
            subprocess.run(command, input=pixels.getvalue(), capture_output=True, check=True)
        except subprocess.CalledProcessError as error:
            raise OSError(f"ffmpeg made no .mp4: {error.stderr.decode(errors='replace').strip()}") from None
        except OSError:
            raise OSError(
                "an .mp4 needs the program ffmpeg: install it from ffmpeg.org, or save a .gif or .webp"
            ) from None
        return movie.read_bytes()
