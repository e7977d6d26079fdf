"""Free a graph node by node, where Python would free it by recursion and has little room for that: in the browser.

Python frees a node, then what only that node held, and so on down. In WebAssembly that ends the process at a chain of some
thousand nodes (Pyodide 0.29).
"""

from __future__ import annotations

from sys import getrefcount
from typing import Any

__all__ = ["take_apart"]


def take_apart(node: Any) -> None:
    """What a node does when it is freed: it takes its parents from the nodes that nobody else holds.

    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> take_apart((x * x).tanh())
    """
    waiting = [dict.fromkeys(getattr(node, "parents", ()))]  # of one whose making failed there are none
    node.parents = ()
    while waiting:
        parents = waiting.pop()  # frees the nodes that have none any more
        for parent in parents:
            if getrefcount(parent) == ALONE:
                waiting.append(dict.fromkeys(parent.parents))
                parent.parents = ()


def _held_by_one() -> int:
    """What ``getrefcount`` says of a key that only its dictionary and a loop hold: Pythons differ."""
    return next(getrefcount(key) for key in {object(): None})


ALONE = _held_by_one()
