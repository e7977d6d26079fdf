"""A trace in fewer bytes: what is said many times is written once, and its place stands for it.

A gradient is told as what arrives, as what is added to, as what is passed on: one float in many events.
"""

from __future__ import annotations

from typing import Any

__all__ = ["packed"]

Document = dict[str, Any]


def packed(trace: Document) -> Document:
    """The same trace, with the lists ``kinds`` and ``numbers``, into which events and nodes point.

    >>> events = [["visit", 1, 0.5], ["accumulate", 1, 0, 0.5, 2.0, 1.0, 0.0, 1.0, 1, 1]]
    >>> small = packed({"nodes": [], "modules": [], "events": events})
    >>> small["events"]
    [[0, 1, 0], [1, 1, 0, 0, 1, 2, 3, 2, 1, 1]]
    >>> small["kinds"], small["numbers"]
    (['visit', 'accumulate'], [0.5, 2.0, 1.0, 0.0])
    """
    kinds, numbers = _Once(), _Once()
    return {
        **trace,
        "nodes": [_node(node, trace["modules"], numbers) for node in trace["nodes"]],
        "events": [
            [kinds.place(kind), *(x if isinstance(x, int) else numbers.place(x) for x in facts)]
            for kind, *facts in trace["events"]
        ],
        "kinds": kinds,
        "numbers": numbers,
    }


def _node(node: Document, modules: list[list[Any]], numbers: _Once) -> Document:
    small = {**node, "data": numbers.place(node["data"])}
    if "local" in node:
        small["local"] = [numbers.place(d) for d in node["local"]]
    path = f"{modules[node['module']][0]}." if "module" in node else ""
    if path and node.get("label", "").startswith(path) and node["label"] != path:
        small["own"] = small.pop("label").removeprefix(path)
    return small


class _Once(list[Any]):
    """Things in the order in which they first occur, each once; 0.0 and −0.0 are two."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[str, int] = {}

    def place(self, thing: Any) -> int:
        """Where it stands; a new one is put at the end."""
        place = self._places.setdefault(repr(thing), len(self))
        if place == len(self):
            self.append(thing)
        return place
