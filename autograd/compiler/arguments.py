"""The arguments of a compiled function, part by part: what is differentiated, what is data, what must stay the same.

| an argument, or a part of one           | is                                                           |
|-----------------------------------------|--------------------------------------------------------------|
| a Value; an object with parameters()    | parameters: differentiated, their ``.data`` read at each call |
| a number, an array, a list of numbers   | data: read at each call                                      |
| an array named in ``samples``           | data, one row per sample                                     |
| text, True, False, None, a function     | fixed: with another one the function is traced again         |
| a list, tuple or dict of these          | its parts                                                    |
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.numeric import number, numbers_of, regular, rows
from autograd.operands import unboxed
from autograd.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["Arguments", "Traversal", "difference"]


class Traversal(ABC):
    """Goes through an argument part by part; what the method for a part returns takes its place."""

    def argument(self, path: str, x: Any) -> Any:
        """The argument, each part replaced by its method. Raises TypeError for anything that is not in the table above."""
        x = unboxed(x)
        if isinstance(x, Value):
            return self.value(path, x)
        if isinstance(x, (list, tuple, dict)):
            return self._container(path, x)
        if not isinstance(x, type) and callable(getattr(x, "parameters", None)):
            return self.module(path, x)
        if x is None or isinstance(x, (bool, str, np.bool_)) or callable(x):
            return self.fixed(path, x)
        if getattr(x, "shape", ()) == ():
            return self.array(path, np.array(number(path, x)))
        a = np.asarray(x)
        return self.argument(path, a.tolist()) if a.dtype.kind == "O" else self.array(path, numbers_of(path, a))

    def _container(self, path: str, x: Any) -> Any:
        if isinstance(x, dict):
            self.container(path, f"a dict of {', '.join(map(repr, x))}")
            return {k: self.argument(f"{path}[{k!r}]", item) for k, item in x.items()}
        if x and all(isinstance(v, Value) for v in x):
            return _like(x, self.values(path, x))
        a = regular(x)
        if a is not None:
            return self.array(path, a)
        self.container(path, f"a {type(x).__name__} of {len(x)}")
        return _like(x, [self.argument(f"{path}[{i}]", item) for i, item in enumerate(x)])

    def value(self, path: str, v: Value) -> Any:
        """A Value alone."""
        return self.values(path, [v])[0]

    @abstractmethod
    def values(self, path: str, row: Sequence[Value]) -> list[Any]:
        """A row of Values."""

    @abstractmethod
    def array(self, path: str, a: np.ndarray[Any, Any]) -> Any:
        """Numbers that are data."""

    def module(self, path: str, m: Any) -> Any:
        """An object with parameters."""
        return m

    def fixed(self, path: str, x: Any) -> Any:
        """What is used as it is."""
        return x

    def container(self, path: str, what: str) -> None:  # noqa: B027  # a traversal need not ask
        """A list, tuple or dict, before its parts."""


class Arguments(Traversal):
    """The arguments of one call.

    key:        what a specialization must have in common with a call that it serves: (path, what it is, which one) per part
    parameters: the distinct Values, in the order in which the arguments hold them
    theta:      their numbers as they are now
    data:       the numbers that are data, in order
    samples:    by name, the arrays with one row per sample
    size:       how many samples
    of_modules: the parameters of modules, which stand for themselves

    known: distinct Values, those of an earlier call: if these are the same, they need not be compared again
    """

    def __init__(
        self, arguments: Mapping[str, Any], samples: Collection[str], dtype: Any, known: Sequence[Value] = ()
    ) -> None:
        self.arguments = arguments
        self.key: list[tuple[str, str, Any]] = []
        self.data: list[float] = []
        self.samples: dict[str, Any] = {}
        self.of_modules: list[Value] = []
        self._values: list[Value] = []
        for name, x in arguments.items():
            if name in samples:
                self._rows(name, x)
            else:
                self.argument(name, x)
        self.size = self._size()
        self._without_repetition(known)
        self.theta = self._numbers_of_parameters(dtype)

    def _without_repetition(self, known: Sequence[Value]) -> None:
        self.parameters, shared = self._values, None
        if self._values != known and len(set(self._values)) < len(self._values):
            at = {v: i for i, v in enumerate(dict.fromkeys(self._values))}
            self.parameters, shared = list(at), [at[v] for v in self._values]
        self.key.append(("the sharing of Values", "different", shared))

    def _numbers_of_parameters(self, dtype: Any) -> np.ndarray[Any, Any]:
        try:
            return np.array([p.data for p in self.parameters], dtype=dtype)
        except (AttributeError, TypeError):  # to check each beforehand would cost more than all the rest
            other = next((v for v in self.parameters if not isinstance(v, Value)), None)
            if other is None:
                raise
            raise TypeError(
                f"parameters() returned {type(other).__name__}, not Values: does the module belong to another library?"
            ) from None

    def values(self, path: str, row: Sequence[Value]) -> list[Any]:
        """Values: any others will do as well."""
        self.key.append((path, f"{len(row)} Value{'s' * (len(row) > 1)}", None))
        self._enter(path, row)
        return list(row)

    def value(self, path: str, v: Value) -> Any:
        """A Value: any other will do as well."""
        self.key.append((path, "a Value", None))
        self._enter(path, [v])
        return v

    def _enter(self, path: str, row: Sequence[Value]) -> None:
        for v in row:
            if v.parents:
                raise ValueError(
                    f"{path} holds the result of {v.op.name!r}, {v!r}: a parameter is a leaf, made by Value(number). "
                    "Compute it inside the function, or pass its number, .data"
                )
        self._values += row

    def array(self, path: str, a: np.ndarray[Any, Any]) -> Any:
        """Data: any other numbers of that shape will do as well."""
        self.key.append((path, f"of shape {a.shape}" if a.shape else "a number", None))
        self.data += a.ravel().tolist()

    def module(self, path: str, m: Any) -> Any:
        """A module may compute anything, so it must be the same object, with the same Values and flags of its own."""
        found = list(m.parameters())
        self.key.append((path, f"another {type(m).__name__}", _Same(m)))
        self.key.append((path, "holding other Values", found))
        for name, x in vars(m).items() if hasattr(m, "__dict__") else ():
            if isinstance(x, (bool, str)) and not name.startswith("_"):
                self.key.append((f"{path}.{name}", repr(x), None))
        self.of_modules += found
        self._values += found
        return m

    def fixed(self, path: str, x: Any) -> Any:
        """Text, a flag or a function: it must be the same."""
        named = x is None or isinstance(x, (bool, str, np.bool_))
        self.key.append((path, repr(x) if named else f"another {_name(x)}", None if named else _Same(x)))
        return x

    def container(self, path: str, what: str) -> None:
        """The parts come next."""
        self.key.append((path, what, None))

    def _rows(self, name: str, x: Any) -> None:
        a = rows(name, x)
        if not len(a.shape):
            raise ValueError(f"{name}: expected one row per sample, got a single number")
        self.samples[name] = a
        self.key.append((name, f"rows of shape {tuple(a.shape[1:])}", None))

    def _size(self) -> int:
        """How many samples; 1 without ``samples``. Raises ValueError if there are none, or not equally many in each array."""
        sizes = {name: a.shape[0] for name, a in self.samples.items()}
        if len(set(sizes.values())) > 1 or 0 in sizes.values():
            got = ", ".join(f"{n} in {name}" for name, n in sizes.items())
            raise ValueError(f"expected one row per sample, at least one, and equally many in each array; got {got}")
        return next(iter(sizes.values()), 1)

    def numbers(self) -> list[Any]:
        """All numbers that the function sees when it is traced on the first sample."""
        first = [np.asarray(a[0], dtype=float).tolist() for a in self.samples.values()]
        return [self.theta.tolist(), list(self.data), first]


class _Same:
    """Equal if x is the same object, whatever ``==`` means for it."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.x is other.x

    __hash__ = object.__hash__


def difference(old: Sequence[tuple[str, str, Any]], new: Sequence[tuple[str, str, Any]]) -> str:
    """The first difference between two keys, in words.

    >>> difference([("x", "of shape (2,)", None)], [("x", "of shape (3,)", None)])
    'x was of shape (2,), now of shape (3,)'
    """
    nothing = "", "not there", None
    for (path, was, which), (new_path, now, new_which) in zip_longest(old, new, fillvalue=nothing):
        if (path, was) != (new_path, now):
            return f"{new_path or path} was {was}, now {now}".replace("another ", "")
        if which != new_which:
            return f"{path} was {was}"
    return "nothing"


def _like(x: Any, items: list[Any]) -> Any:
    """The items in a list, tuple or named tuple such as x."""
    return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)


def _name(x: Any) -> str:
    return getattr(x, "__name__", type(x).__name__)
