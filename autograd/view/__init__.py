"""Graphs as pictures, at every size. Read the files in the order in which a graph passes through them.

``draw``, a picture:

    analysis → fold → assembly → layout → svg

``analysis`` finds what every picture asks of a graph, once; ``fold`` decides which nodes share a box; ``assembly``
makes a ``scene`` of that: boxes, arrows, and frames in their ``nesting``. ``layout`` places them, by Graphviz, to
which ``dot`` describes the scene, or by ``layered``, which lays out frame after frame in ``columns``; ``rows`` folds
what is too wide. ``svg`` draws the result, and a ``Picture`` shows and saves it, in a notebook as an ``image``.

``step``, a page to step through:

    analysis, one backward pass → trace → player → {page, widget}

``trace`` is the pass as one JSON document. Its ``levels`` are drawn as pictures are, and their boxes open to
``parts``; ``optimizer_step`` adds what an optimizer would do next, ``samples`` what the inputs can hold, ``notes`` what a
lecturer says, ``source_lines`` and ``model_name`` how the graph was written; ``encoding`` saves bytes. The ``player``
steps through it, in a page or in a notebook, and ``animation`` makes a moving picture of it. ``page`` makes pages, those
of ``nn`` too: ``scripts`` joins the JavaScript modules in ``assets/`` to a program, and ``operators`` is the op table,
and the update rules, as JavaScript.

On the side: ``geometry``, ``text`` and ``palette``, and ``compat`` for micrograd's notebooks.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> c = a * b
>>> c.backward()
>>> draw(c)
<Picture of 3 boxes and 2 arrows; .svg, .source, .save("picture.svg")>
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal, overload

from autograd.contexts import collector_paused
from autograd.errors import CycleError
from autograd.steps import rehearsed
from autograd.value import Value
from autograd.view.analysis import Analysis
from autograd.view.assembly import build_scene
from autograd.view.fold import FOLDS
from autograd.view.geometry import DIRECTIONS
from autograd.view.layout import LAYOUTS
from autograd.view.model_name import model_name
from autograd.view.operators import rules_of
from autograd.view.optimizer_step import update_rules_of
from autograd.view.picture import FORMATS, Picture
from autograd.view.player import Player
from autograd.view.source_lines import recorded_lines, recording
from autograd.view.trace import build_trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Picture", "Player", "draw", "mimebundle", "recording", "step"]

MOST = 20_000  # nodes to step through; beyond, neither the page nor the reader keeps up


def draw(
    root: Value | Iterable[Value], *, format: str = "svg", direction: str = "LR",  # noqa: A002  # the word people look for
    local_derivatives: bool = False, fold: str = "auto", layout: str = "auto",
) -> Picture:  # fmt: skip
    """Draw the graph below a Value, or below several.

    format:            what ``.render`` writes unless told otherwise: svg, png, pdf, dot
    direction:         where the arrows point: LR (where that is too wide for a notebook, in rows or downward), TB, RL, BT
    local_derivatives: write ∂result/∂operand on each arrow
    fold:              "auto" draws every scalar up to 80 nodes and folds beyond, by module or by distance;
                       "none" draws every scalar, up to 2,000; "neurons" and "layers" give each of those a box,
                       "nearest" one box to all but what is nearest to the result
    layout:            "auto" takes Graphviz where it is; "dot", "pygraphviz", "builtin" ask for one

    Raises TypeError for anything but Values, ValueError for a choice that does not exist.

    >>> x = Value(3.0, label="x")
    >>> draw(x * x, layout="builtin").engine
    'builtin'
    """
    for name, value, choices in (
        ("format", format, FORMATS), ("direction", direction, DIRECTIONS), ("fold", fold, FOLDS), ("layout", layout, LAYOUTS),
    ):  # fmt: skip
        if value not in choices:
            raise ValueError(f"{name} is one of {', '.join(choices)}; got {value!r}")
    with collector_paused():  # millions of new dict entries and not one cycle
        scene = build_scene(Analysis(_roots(root)), fold, local_derivatives=local_derivatives)
    return Picture(scene, format=format, direction=direction, layout=layout)


def _roots(root: Value | Iterable[Value]) -> list[Value]:
    if isinstance(root, Value):
        return [root]
    roots = list(root) if isinstance(root, (list, tuple, set, frozenset)) else [root]
    wrong = [type(v).__name__ for v in roots if not isinstance(v, Value)]
    if wrong or not roots:
        got = wrong[0] if wrong else "an empty list"
        raise TypeError(f"draw takes a Value or a list of Values, got {got}; pass the result itself: draw(loss)")
    return list(dict.fromkeys(roots))  # type: ignore[arg-type]  # all are Values now


@overload
def step(
    root: Value, *, update: Any = None, samples: Any = None, notes: Mapping[int | str, str] | None = None,
    live: Literal[False] = False,
) -> Player: ...  # fmt: skip
@overload
def step(
    root: Value, *, update: Any = None, samples: Any = None, notes: Mapping[int | str, str] | None = None,
    live: Literal[True],
) -> Any: ...  # fmt: skip
def step(
    root: Value, *, update: Any = None, samples: Any = None, notes: Mapping[int | str, str] | None = None,
    live: bool = False,
) -> Any:  # fmt: skip
    """Step through the forward and the backward pass of the graph below a Value. No number of yours is changed, unless live.

    In the page, numbers of leaves can be changed (drag a leaf's box, or click it): the page computes all others anew.
    Under "Descend" it moves the parameters against their gradients, by the optimizer of one's choice, as long as one likes.

    update:  shows also the step that follows, w ← w − η ∂L/∂w: a learning rate η, or an optimizer (an object with
             ``parameters`` and ``step()``), of which a copy takes it
    samples: (inputs, X, y): the Values that hold a sample and then its target, and per sample a row of X and a target in y.
             The page shows one after another, and descends on one or on all
    notes:   a talk: what is shown beside the sentence of a step, ``{12: "Ask: why add?", "end": "…"}``; n and N go from
             note to note. A step's number is the one that the page counts
    live:    a widget instead of a ``Player`` (needs anywidget): Python can read and set its ``.time``, a number changed in
             the page is changed in your leaves, and ``.refresh()`` shows what you changed. It works in JupyterLab, Notebook 7,
             VS Code (its Jupyter extension), marimo, and in Colab after ``google.colab.output.enable_custom_widget_manager()``

    Nodes made inside ``with recording():`` are shown beside the line of code that made them, and the paths that can be
    copied begin with your variable for the model (``mlp.layers[0].neurons[2].w[1]``), where there is one. A saved page opens
    at what its address says behind #: ``lesson.html#t=12&predict&mistake=assign&w=0.5``.
    Raises TypeError for anything but a Value, an update that is neither, samples that are not three lists, or notes that are no
    dict of texts; ValueError for more than 20,000 nodes, for samples that do not fit, and for a note of no text or no step;
    ImportError without anywidget.

    >>> x = Value(3.0, label="x")
    >>> step(x * x)
    <Player of 2 nodes in 8 steps; show it in a notebook, or .save("lesson.html")>
    >>> step(x * x, update=0.1).trace["events"][-1]
    ['update', 0, 3.0, 2.4]
    >>> step(x * x, notes={6: "Ask: why add?", "end": "What is ∂L/∂x of x³?"}).trace["notes"]
    [[6, 'Ask: why add?'], [8, 'What is ∂L/∂x of x³?']]
    """
    if not isinstance(root, Value):
        raise TypeError(f"step takes a Value, got {type(root).__name__}; pass the result itself: step(loss)")
    with collector_paused():
        graph = Analysis([root])
        if len(graph.order) > MOST:
            raise ValueError(
                f"the player steps through at most {MOST:,} nodes and this graph has {len(graph.order):,}. "
                "Try one sample of the batch, or a node further inside."
            )
        model = model_name(graph.order, sys._getframe(1))
        with rehearsed(root, graph.order) as steps:
            trace = build_trace(graph, steps, recorded_lines(), update, model, samples, notes)
            still = Picture(build_scene(graph), layout="builtin")
    player = Player(trace, still, rules_of(graph.order), update_rules_of(update))
    if not live:
        return player
    from autograd.view import widget

    return widget.live(player, graph.order)


def mimebundle(value: Value) -> dict[str, str]:
    """What a notebook shows for a Value: its text, and its graph if it has one.

    >>> sorted(mimebundle(Value(1.0) + 2.0)), sorted(mimebundle(Value(1.0)))
    (['text/html', 'text/plain'], ['text/plain'])
    """
    text = {"text/plain": repr(value)}
    if not value.parents:
        return text
    try:
        return text | {"text/html": draw(value)._repr_html_()}
    except CycleError:  # backward says what is wrong; showing a Value never raises
        return text
