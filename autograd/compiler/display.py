"""How a program is displayed: its source in colours, and which scalars became which array."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from autograd.compiler.writer import shape_of

if TYPE_CHECKING:
    from autograd.compiler.plan import Array, Plan

__all__ = ["explained", "highlighted"]

# The editor colours of JupyterLab and Notebook 7, light and dark; elsewhere colours that are legible on both.
COLOURS = {
    "Token.Keyword": "var(--jp-mirror-editor-keyword-color, #2e7d32)",
    "Token.Literal.Number": "var(--jp-mirror-editor-number-color, #b26a00)",
    "Token.Literal.String": "var(--jp-mirror-editor-string-color, #c0392b)",
    "Token.Comment": "var(--jp-mirror-editor-comment-color, #7f8c8d)",
    "Token.Operator": "var(--jp-mirror-editor-operator-color, #a450d6)",
    "Token.Name.Function": "var(--jp-mirror-editor-def-color, #2d7ff9)",
}


def highlighted(source: str) -> str:
    """Python source as HTML, in colours where Pygments is installed (it comes with Jupyter).

    >>> "W1" in highlighted("h_pre1 = x @ W1.T + b1")
    True
    """
    try:
        from pygments import lex
        from pygments.lexers import PythonLexer
    except ImportError:
        inner = escape(source)
    else:
        inner = "".join(_span(str(kind), text) for kind, text in lex(source, PythonLexer()))
    return f"<pre style='line-height:1.35'><code>{inner}</code></pre>"


def _span(kind: str, text: str) -> str:
    colour = next((c for prefix, c in COLOURS.items() if kind.startswith(prefix)), None)
    return f'<span style="color:{colour}">{escape(text)}</span>' if colour else escape(text)


def explained(plan: Plan, nodes: int, seconds: float) -> str:
    """The text of ``Program.explain``."""
    arrays = [*plan.leaves, *plan.results]
    fate = (
        f"became {len(arrays)} arrays"
        if plan.root
        else "have too little in common for arrays, so each is computed by itself"
    )
    head = f"{nodes} nodes {fate}; compiled in {seconds * 1e3:.3g} ms ({seconds / nodes * 1e6:.3g} µs per node)"
    width = max((len(a.name) for a in arrays), default=0)
    lines = [f"{a.name:{width}}  {_what(a):9}  {shape_of(a):12}  {_whose(a, plan)}".rstrip() for a in arrays]
    return "\n".join([head, *lines])


def _what(a: Array) -> str:
    if a.role != "result":
        return a.role
    return {"map": a.op.name, "along": a.op.name, "join": "join"}.get(a.form, a.form)


def _whose(a: Array, plan: Plan) -> str:
    """How many scalars, and the first and last of them by name."""
    members = [i for i in a.members.ravel().tolist() if i >= 0]
    values = [v for v in (plan.tape.values[i] for i in (members[0], members[-1])) if v is not None]
    names = [".".join(filter(None, [v.module if a.role == "result" else "", str(v.label or "")])) for v in values]
    shown = " … ".join(dict.fromkeys(filter(None, names)))
    return f"{len(members)} scalar{'s' if len(members) > 1 else ' '}  {shown}"
