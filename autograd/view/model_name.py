"""What the student calls the model: the first word of ``mlp.layers[0].neurons[2].w[1]``.

A node knows its place in the model, but not the variable that holds it. That is
looked up where the student's own line of code stands, as a debugger would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import FrameType

    from autograd.value import Value

__all__ = ["model_name"]


def model_name(nodes: Iterable[Value], frame: FrameType | None) -> str:
    """The variable whose ``named_parameters()`` are labelled leaves among the nodes, or "" when there is none.

    frame: where to look; then in those that called it
    A model known as ``self`` alone is called by its class, in lower case.
    """
    leaves = {v for v in nodes if not v.parents and v.label}
    while leaves and frame is not None:
        for variables in (frame.f_locals, frame.f_globals):
            found = _model_among(variables, leaves)
            if found:
                return found
        frame = frame.f_back
    return ""


def _model_among(variables: Mapping[str, Any], leaves: set[Value]) -> str:
    unnamed = ""
    for name, x in list(variables.items()):
        if _holds(x, leaves):
            if name != "self" and not name.startswith("_"):
                return name
            unnamed = type(x).__name__.lower()
    return unnamed


def _holds(x: Any, leaves: set[Value]) -> bool:
    """Is it the whole model? A layer of it has the same parameters under shorter paths than their labels."""
    if isinstance(x, type) or not hasattr(type(x), "named_parameters"):  # asking x itself could run anything
        return False
    try:
        pairs = list(x.named_parameters())
        return any(p in leaves for _, p in pairs) and all(p.label == path for path, p in pairs if p in leaves)
    except Exception:  # somebody else's object; it is not ours
        return False
