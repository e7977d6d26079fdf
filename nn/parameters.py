"""The parameters that a module holds, found by one walk: through its attributes, and through whatever these hold.

| class                          | holds, and so behind its path |
|--------------------------------|-------------------------------|
| list, tuple, deque             | its items: ``w[0]``           |
| dict and other mappings        | its values: ``w['a']``        |
| set                            | its members, by their labels  |
| NumPy's array of objects       | its items: ``W[1][0]``        |
| a module, any other object     | its attributes: ``net.w``     |
| text, a number, a function     | nothing                       |
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import product
from typing import Any, NamedTuple

from autograd import Value

__all__ = ["attributes", "found_in", "held", "named"]

FUNCTIONS = (type, types.FunctionType, types.MethodType, types.ModuleType)


class Place(NamedTuple):
    """Something that may hold parameters: what it is, in what it is held, and under which key."""

    item: Any
    within: Place | None = None
    key: Any = None

    def path(self) -> str:
        """How one gets at it from the module: ``.layers[0]``."""
        place, parts = self, []
        while place.within:
            parts.append(_form(place.within.item).format(place.key))
            place = place.within
        return "".join(reversed(parts))


def found_in(module: Any) -> dict[Value, Place]:
    """Every parameter in or below a module, with what holds it: depth first, in the order in which they are held, each once.

    Raises ValueError for parameters in a set that can't be told apart.
    """
    found: dict[Value, Place] = {}
    entered: dict[int, Any] = {id(module): module}  # kept, so that nothing new gets one of these ids
    place = Place(module)
    inside = [(place, iter(held(module)))]
    while inside:
        place, items = inside[-1]
        for key, x in items:
            if isinstance(x, Value):
                if not x.parents and x not in found:
                    found[x] = place
            elif READERS[x.__class__] and id(x) not in entered:
                entered[id(x)] = x
                below = Place(x, place, key)
                if isinstance(x, Set):
                    new = [member for member in x if member not in found and id(member) not in entered]
                    below = below._replace(item=_in_order(below.path(), new))
                inside.append((below, iter(held(below.item))))
                break
        else:
            inside.pop()
    return found


def named(found: dict[Value, Place]) -> Iterator[tuple[str, Value]]:
    """The parameters with their paths: ``layers[0].neurons[2].w[1]``."""
    last, prefix, form, keys = None, "", "", dict[Value, Any]()
    for p, place in found.items():
        if place is not last:
            last, prefix, form = place, place.path(), _form(place.item)
            keys = {x: key for key, x in reversed([*held(place.item)]) if isinstance(x, Value)}
        yield (prefix + form.format(keys[p])).removeprefix("."), p


# ── what things hold ────────────────────────────────────────────────────────


def held(x: Any) -> Iterable[tuple[Any, Any]]:
    """The things that an object holds, by their keys; none for text, numbers and functions.

    >>> [key for key, _ in held({"w": Value(1.0), "b": Value(0.0)})]
    ['w', 'b']
    """
    reader = READERS[x.__class__]
    return reader.held(x) if reader else ()


def _form(x: Any) -> str:
    reader = READERS[x.__class__]
    return reader.form if reader else ""


class Reader(NamedTuple):
    """For the objects of a class: how a key is written behind a path, and what such an object holds."""

    form: str
    held: Callable[[Any], Iterable[tuple[Any, Any]]]


class _Readers(dict[type, "Reader | None"]):
    """By class, found when first asked for: this is asked of everything that a module holds."""

    def __missing__(self, kind: type) -> Reader | None:
        self[kind] = reader = _reader(kind)
        return reader


READERS = _Readers()


def _reader(kind: Any) -> Reader | None:
    if issubclass(kind, (list, tuple, deque)):
        return Reader("[{}]", enumerate)
    if issubclass(kind, Mapping):
        return Reader("[{!r}]", lambda x: x.items())
    if issubclass(kind, Set):
        return Reader("[{!r}]", enumerate)
    if hasattr(kind, "flat") and hasattr(kind, "dtype"):
        return Reader("{}", _items)
    if _is_module(kind):
        return Reader(".{}", kind._held)
    # An optimizer or a recorder is no part of the model that keeps it.
    ours = any(parent.__module__.partition(".")[0] in ("autograd", "nn") for parent in kind.__mro__)
    if ours or issubclass(kind, FUNCTIONS) or kind.__module__ == "builtins":
        return None
    return Reader(".{}", attributes)


def _is_module(kind: Any) -> bool:
    return hasattr(kind, "named_parameters") and hasattr(kind, "_held")


def _items(array: Any) -> Iterable[tuple[str, Any]]:
    if array.dtype.kind != "O":
        return ()
    places = product(*map(range, array.shape))
    return zip(("".join(f"[{i}]" for i in at) for at in places), array.flat, strict=True)


def attributes(x: Any) -> Iterable[tuple[str, Any]]:
    """Those in its slots, and those in its ``__dict__``."""
    state: Any = object.__getstate__(x)
    if isinstance(state, tuple):
        state = {**state[1], **(state[0] or {})}
    return state.items() if state else ()


def _in_order(path: str, members: list[Any]) -> dict[str, Any]:
    """Members of a set by their labels. Raises ValueError for parameters or modules among which these do not decide."""
    members = [member for member in members if _may_hold(member)]
    by_label = {str(getattr(member, "label", "")): member for member in members}
    if len(by_label) < len(members):
        raise ValueError(
            f"{path.removeprefix('.')} is a set, which has no order: keep parameters in a list, or give each of them a label"
        )
    return dict(sorted(by_label.items()))


def _may_hold(x: Any) -> bool:
    """Is it a parameter, or something in a set that may hold one?"""
    if isinstance(x, (tuple, frozenset)):
        return any(map(_may_hold, x))
    return _is_module(type(x)) or (isinstance(x, Value) and not x.parents)
