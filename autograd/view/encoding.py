"""A trace in fewer bytes: what occurs many times is written once, and its place in a list stands for it.

A gradient occurs as what arrives, as what is added to, as what is passed on: one float in many events.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

__all__ = ["encoded", "json_number"]


def json_number(x: Any) -> float | str:
    """A float as JSON has it; what is not finite, or no number at all, as text.

    >>> json_number(0.5), json_number(float("-inf")), json_number(None)
    (0.5, '-inf', 'nan')
    """
    try:
        x = float(x)
    except (TypeError, ValueError, OverflowError):
        return "nan"
    return x if isfinite(x) else str(x)


def encoded(trace: dict[str, Any]) -> dict[str, Any]:
    """The same trace, with the lists ``kinds`` and ``numbers``, into which events and nodes point.

    >>> events = [["visit", 1, 0.5], ["accumulate", 1, 0, 0.5, 2.0, 1.0, 0.0, 1.0, 1, 1]]
    >>> small = encoded({"nodes": [], "modules": [], "events": events})
    >>> small["events"]
    [[0, 1, 0], [1, 1, 0, 0, 1, 2, 3, 2, 1, 1]]
    >>> small["kinds"], small["numbers"]
    (['visit', 'accumulate'], [0.5, 2.0, 1.0, 0.0])
    >>> encoded({**small, "nodes": [{"op": "parameter", "name": "w₁₂⁽³⁾", "data": 1.0}], "events": []})["nodes"]
    [{'op': 0, 'data': 0, 'letter': 'w_12^3'}]
    """
    kinds, numbers, op_names = _Once(), _Once(), _Once()
    return {
        **trace,
        "nodes": [_node(node, trace["modules"], numbers, op_names) for node in trace["nodes"]],
        "events": [
            [kinds.position(kind), *[x if type(x) is int else numbers.position(x) for x in facts]]
            for kind, *facts in trace["events"]
        ],
        "kinds": kinds,
        "numbers": numbers,
        "op_names": op_names,
    }


_LETTER = re.compile("(\\w\u0303?)([₀-₉‚]*)(?:⁽([⁰¹²³⁴-⁹]+)⁾)?")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉‚⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789,0123456789")


def _node(node: dict[str, Any], modules: list[list[Any]], numbers: _Once, op_names: _Once) -> dict[str, Any]:
    small = {**node, "op": op_names.position(node["op"]), "data": numbers.position(node["data"])}
    letter = _LETTER.fullmatch(node.get("name", ""))
    if letter and letter[2] + (letter[3] or ""):
        small = {key: fact for key, fact in small.items() if key not in ("name", "binds")}
        small["letter"] = f"{letter[1]}_{letter[2]}^{letter[3] or ''}".translate(_DIGITS)
    if "local" in node:
        small["local"] = [numbers.position(d) for d in node["local"]]
    path = f"{modules[node['module']][0]}." if "module" in node else ""
    if path and node.get("label", "").startswith(path) and node["label"] != path:
        small["own"] = small.pop("label").removeprefix(path)
    return small


class _Once(list[Any]):
    """Things in the order in which they first occur, each once; 0.0 and −0.0 are two."""

    def __init__(self) -> None:
        super().__init__()
        self._positions: dict[Any, int] = {}

    def position(self, thing: Any) -> int:
        """Where it stands; a new one is put at the end."""
        key = thing or repr(thing)  # 0.0 == −0.0
        position = self._positions.get(key)
        if position is None:
            position = self._positions[key] = len(self)
            self.append(thing)
        return position
