"""The trace of a graph as one JSON document: all that a player needs to step through it.

``build_trace`` makes it from a graph and the steps of its backward pass:

    format    "chalkgrad trace", and ``version`` 9
    title     of the page
    root      index of the result L
    model     the variable that holds the model, before every path inside a module: "mlp" in mlp.layers[0]; or ""
    nodes     in topological order, leaves first, a node's index is its place:
              op (a key of ``ops``; a leaf's is its kind: input, parameter, constant), symbol, label, path, name,
              binds, module (index), parents (indices, one per argument slot), local (∂node/∂parent, one per slot),
              data, line (index). What is not there is empty ("", [] or −1); a path or a name that is not there is the
              label, and ``binds`` is 9. Name and binds are those of ``wording.Name``
    ops       what the row of the table says of an op: doc, of ``wording.Phrasing`` value, local and function, and outside,
              which is its ``wording.domain_sentence``
    modules   path, and the index of the module it stands in (−1 for none)
    lines     code lines that made nodes: file (its name, without the folders), number, text
    update    what moves the parameters afterwards, as ``optimizer_step.describe_update`` says it; {} for nothing
    samples   inputs (indices of the leaves that hold a sample) and rows (their numbers, sample by sample); {} for none
    events    in the order in which they happen, the kind first:
              ["given"]                                            every leaf has its number
              ["forward", node]                                    a result has its number
              ["zero"]                                             every gradient is 0, whatever it was before
              ["seed", root, 1.0]                                  ∂L/∂L = 1
              ["visit", node, gradient]                            the gradient of the node is complete, and passed on
              ["accumulate", node, slot, upstream, local, contribution, before, after, k, n]
                                                                   … to the parent in that slot: contribution = upstream
                                                                   · local, before → after, the k-th of n it waits for
              ["done"]                                             every gradient is complete
              ["update", node, before, after]                      an optimizer moves the node's number
    notes     of a talk, [time, text] in order: time t is the moment after the t-th event
    levels    the same graph as boxes and arrows, finest first; ``place`` says in which box each node is drawn,
              and a box's ``opens`` which part it opens to (−1 for none). A large graph without modules has one level,
              which is a ``part``
    parts     what a box opens to: title, the part it is ``in`` (−1 for none), size, frames, and boxes as
              [what, x, y, width, height, width of its chip if it has one]. What: a node, −1 − a part, or null for
              all that is not shown
    part      the innermost part of each node, in which it has a box of its own (−1: it has one in every level)

The playground's page writes the same document of the network that it has (``nn/assets/sample_trace.js``).

A number that is not finite is the text "nan", "inf" or "-inf".

As text (``dumps``) the document says the same in fewer bytes, and the same graph gives the same bytes everywhere:

    kinds     of events; an event begins with its place in this list
    numbers   every float of nodes and events, once; there, its place in this list stands for it
    op_names  of nodes; in a node, its place in this list stands for it
    letter    in a node, instead of name and binds: w_12^3 for w₁₂⁽³⁾, which binds 8, and w_12^ for w₁₂
    own       in a node, instead of a label that is the path of its module, a dot, and this
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.view.analysis import path_of, prefixes
from autograd.view.encoding import encoded, json_number
from autograd.view.levels import Document, PlayerText, maps
from autograd.view.notes import read_notes
from autograd.view.operators import computable, rule_name
from autograd.view.optimizer_step import describe_update, preview_step
from autograd.view.samples import read_samples
from autograd.view.text import shorten, visible
from autograd.wording import ATOM, domain_sentence, names_of, phrasing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.ops import Op
    from autograd.steps import Step
    from autograd.value import Value
    from autograd.view.analysis import Analysis
    from autograd.view.optimizer_step import Move
    from autograd.view.source_lines import SourceLine
    from autograd.wording import Name

__all__ = ["FORMAT", "VERSION", "build_trace", "dumps", "words_of"]

FORMAT, VERSION = "chalkgrad trace", 9
LONGEST = 200  # characters of a label, 10 times what fits in a box


def build_trace(
    graph: Analysis, steps: Sequence[Step], lines: Mapping[Value, SourceLine], update: Any = None, model: str = "",
    samples: Any = None, notes: Any = None,
) -> Document:  # fmt: skip
    """The trace of a graph with one root, as plain data.

    steps:  those of its backward pass, whose gradients the nodes have
    lines:  node → line of code that made it
    update: an optimizer, or a learning rate, that moves the parameters afterwards (``optimizer_step`` says how)
    model:  what the model is called
    samples: that the inputs can hold (``samples`` says how)
    notes:  what is to be said at some steps (``notes`` says how)

    Raises TypeError and ValueError for an update, samples or notes that can't be.

    >>> from autograd import Value, step
    >>> a = Value(3.0, label="a")
    >>> [event for event in step(a * a).trace["events"] if event[0] == "accumulate"]
    [['accumulate', 1, 0, 1.0, 3.0, 3.0, 0.0, 3.0, 1, 2], ['accumulate', 1, 1, 1.0, 3.0, 3.0, 3.0, 6.0, 2, 2]]
    >>> a.grad
    0.0
    """
    order, index, module = graph.order, graph.index, graph.module
    (root,) = graph.roots
    modules = sorted({prefix for path in set(module.values()) for prefix in prefixes(path)})
    module_at = {path: i for i, path in enumerate(modules)}
    code = [lines.get(v) for v in order]
    line_at = {line: i for i, line in enumerate(sorted({line for line in code if line}))}
    moves = preview_step(order, update)
    names = names_of(order, root)
    events = [*_forward(order), *_backward(root, steps, index), *_updates(moves, index)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": _title(root, len(order)),
        "root": index[root],
        "model": visible(model),
        "nodes": [
            _node(
                v,
                names[v],
                [index[p] for p in v.parents],
                module_at.get(module.get(v, ""), -1),
                line_at[line] if line else -1,
            )
            for v, line in zip(order, code, strict=True)
        ],
        "ops": words_of(
            {rule_name(v.op, len(v.parents)): (v.op, len(v.parents)) for v in order if v.op.operands or v.op.n_ary}
        ),
        "modules": [[visible(path), module_at.get(path.rpartition(".")[0], -1)] for path in modules],
        "lines": [[visible(Path(line.file).name), line.number, visible(line.text)] for line in line_at],
        "update": describe_update(update, moves),
        "samples": read_samples(samples, index),
        "events": events,
        "notes": read_notes(notes, last=len(events)),
        **maps(graph, PlayerText(graph, names, steps, moves)),
    }


def dumps(trace: Document) -> str:
    """The document as text, encoded: pure ASCII, no blanks, and no NaN, which JSON does not have."""
    return json.dumps(encoded(trace), separators=(",", ":"), allow_nan=False)


def _title(root: Value, nodes: int) -> str:
    name = shorten(visible(root.label)) or "L"
    return f"{name}, step by step: {nodes:,} node{'s' * (nodes != 1)}"


# ── nodes ───────────────────────────────────────────────────────────────────


def _node(v: Value, name: Name, parents: list[int], module: int, line: int) -> Document:
    label, path = (shorten(visible(text), LONGEST) for text in (v.label, path_of(v)))
    called = shorten(visible(name.text), LONGEST)
    whole = {
        "op": rule_name(v.op, len(v.parents)),
        "symbol": shorten(visible(v.op.symbol_of(len(v.parents))).strip()),
        "label": label,
        "path": "" if path == label else path,
        "name": "" if called == label else called,
        "binds": -1 if name.binds == ATOM else name.binds,
        "module": module,
        "parents": parents,
        "local": [json_number(d) for d in v.local_derivatives],
        "data": json_number(v.data),
        "line": line,
    }
    return {key: fact for key, fact in whole.items() if fact not in ("", [], -1) or key == "data"}


def words_of(rules: Mapping[str, tuple[Op, int]]) -> Document:
    """What the op table says of each of these ops, ready to be filled in; by what pages call the rules.

    >>> from autograd.ops import OPS
    >>> words_of({"tanh": (OPS["tanh"], 1)})["tanh"]["value"]
    'tanh({0})'
    """
    return {name: _words(op, operands) for name, (op, operands) in sorted(rules.items())}


def _words(op: Op, operands: int) -> Document:
    said = phrasing(op, operands)
    return {
        "doc": op.doc.partition("\n")[0],
        "value": said.value,
        "local": list(said.slopes),
        "function": said.function,
        "outside": domain_sentence(op, operands) if computable(op, operands) else "",
    }


# ── events ──────────────────────────────────────────────────────────────────


def _forward(order: Sequence[Value]) -> Iterator[list[Any]]:
    """What is given at once, then result after result, from the inputs to the output."""
    yield ["given"]
    for i, v in enumerate(order):
        if v.parents:
            yield ["forward", i]


def _backward(root: Value, steps: Sequence[Step], index: Mapping[Value, int]) -> Iterator[list[Any]]:
    """Zero, seed, then node after node: a visit, and a contribution per argument slot."""
    yield ["zero"]
    yield ["seed", index[root], 1.0]
    owed = Counter(step.parent for step in steps)
    arrived: Counter[Value] = Counter()
    visited: Value | None = None
    for step in steps:
        if step.node is not visited:
            visited = step.node
            yield ["visit", index[visited], json_number(step.upstream)]
        arrived[step.parent] += 1
        numbers = map(json_number, (step.upstream, step.local, step.contribution, step.before, step.after))
        yield ["accumulate", index[visited], step.slot, *numbers, arrived[step.parent], owed[step.parent]]
    yield ["done"]


def _updates(moves: Iterable[Move], index: Mapping[Value, int]) -> Iterator[list[Any]]:
    for move in moves:
        yield ["update", index[move.parameter], json_number(move.before), json_number(move.after)]
