"""``@compiled``: a function of Values that runs as its program.

Traced on the first call, and traced again when a call would make another graph:
other shapes, another nesting, another flag, or a comparison with another outcome.
The reasons are kept in ``retraced`` and go to the log of this module.
"""

from __future__ import annotations

import inspect
import logging
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, overload

import numpy as np

from autograd.compiler.arguments import Arguments
from autograd.compiler.numeric import flat, precision
from autograd.compiler.specialization import Specialization, is_tracing, name_of
from autograd.compiler.transient import Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.compiler.program import Program
    from autograd.value import Value

__all__ = ["CompiledFunction", "CompiledMethod", "compiled"]

KEPT = 8  # so many specializations; the one that was not used for longest goes

P = ParamSpec("P")

log = logging.getLogger(__name__)


@overload
def compiled(function: Callable[P, Any]) -> CompiledFunction[P]: ...
@overload
def compiled(*, dtype: Any = "float64") -> Callable[[Callable[P, Any]], CompiledFunction[P]]: ...
@overload
def compiled(function: Callable[P, Any], *, dtype: Any) -> CompiledFunction[P]: ...
@overload  # an argument that the function sees as one sample's is given as the array of all: its type is another
def compiled(
    *, samples: str | Sequence[str], dtype: Any = "float64"
) -> Callable[[Callable[..., Any]], CompiledFunction[...]]: ...
@overload
def compiled(
    function: Callable[..., Any], *, samples: str | Sequence[str], dtype: Any = "float64"
) -> CompiledFunction[...]: ...
def compiled(
    function: Callable[..., Any] | None = None, *, samples: str | Sequence[str] = (), dtype: Any = "float64"
) -> Any:
    """The function as a program on arrays, traced when it is first called.

    function: takes Values and gives one Value; it must make its graph of its arguments alone
    samples:  names of arguments that come as arrays with a row a sample. The function is then one sample's, and gets
              one row (in lists) or one number; the value is the mean over the samples
    dtype:    "float64" or "float32"

    What an argument may be: Values, alone or in lists, tuples and dicts, or a Module: these are the parameters,
    differentiated and read anew at each call. Numbers, arrays and lists of numbers are data: the function sees Values in
    lists. Text, flags (True, False, None) and functions are fixed. Inside another compiled function it is an ordinary one.
    Of a method the object, a Module for one, is the first argument. Threads may call one function; they take turns.

    Outcomes of ``<``, ``<=``, ``>``, ``>=`` are watched: where one would differ, the function is traced again
    (samples that part there raise TraceError). **Not** watched is what the function reads past the graph, such as ``.data``,
    a global, or a number that a module holds: it is taken as traced. The first calls trace more than once, and raise
    TraceError when such a thing shows. A check inside (a wrong label) is made when tracing only.

    >>> from autograd import Value
    >>> @compiled(samples=["x", "y"])
    ... def loss(w, x, y):
    ...     return (w[0] * x + w[1] - y) ** 2
    >>> w = [Value(2.0), Value(0.0)]
    >>> loss(w, [1.0, 2.0], [1.0, 1.0])                        # the mean of (2 − 1)² and (4 − 1)²
    5.0
    >>> value, gradient = loss.value_and_grad(w, [1.0, 2.0], [1.0, 1.0])
    >>> gradient
    array([7., 4.])
    """
    names = (samples,) if isinstance(samples, str) else tuple(samples)
    return (
        (lambda f: CompiledFunction(f, names, dtype)) if function is None else CompiledFunction(function, names, dtype)
    )


class CompiledFunction(Generic[P]):
    """What ``compiled`` makes of a function.

    retraced:   why it was traced again, each time
    program:    the Program of the last call, with its ``source``
    parameters: the Values of the last call that succeeded: those in its arguments, from left to right, a shared one once
    """

    def __init__(self, function: Callable[..., Any], samples: tuple[str, ...], dtype: Any) -> None:
        if not callable(function):
            raise TypeError(f"compiled takes a function of Values, got {type(function).__name__}")
        self._function, self._samples, self._dtype = function, samples, precision(dtype)
        self._signature = inspect.signature(function)
        unknown = [name for name in samples if name not in self._signature.parameters]
        if unknown:
            raise ValueError(
                f"samples names arguments of {name_of(function)}{self._signature}; {', '.join(map(repr, unknown))} is none"
            )
        parameters = self._signature.parameters.values()
        plain = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
        self._names = tuple(self._signature.parameters) if plain else ()
        self._specializations: list[Specialization] = []  # the last used first
        self.parameters: list[Value] = []
        self.retraced: list[str] = []
        self._transient = Transient()  # a lock: a program's data and ``parameters`` serve one call at a time
        update_wrapper(self, function)

    @overload
    def __get__(self, instance: None, owner: Any = None) -> CompiledFunction[P]: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> CompiledMethod: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: its object, a Module for one, is the first argument."""
        return self if instance is None else CompiledMethod(self, instance)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> float:
        """The value, a number (the mean over the samples, if there are any).

        Raises TraceError when the function's graph depends on more than its arguments or its samples part ways;
        ValueError and TypeError for arguments that do not fit; DomainError and NonFiniteError as the graph does.
        """
        if is_tracing.get():
            return self._function(*args, **kwargs)  # type: ignore[no-any-return]  # a Value, for the outer function's graph
        with self._transient.lock:
            found, arguments = self._specialized(args, kwargs)
            value = found.main(arguments)
            self.parameters = arguments.parameters
        return value

    def value_and_grad(self, *args: P.args, **kwargs: P.kwargs) -> tuple[float, Any]:
        """(value, flat gradient in the order of ``parameters``); arguments and errors as for a call.

        Nothing is written: see ``backward``.
        """
        with self._transient.lock:
            found, arguments = self._specialized(args, kwargs)
            result = found.main.value_and_grad(arguments)
            self.parameters = arguments.parameters
        return result

    def backward(self, *args: P.args, **kwargs: P.kwargs) -> float:
        """The value; the gradient is added to ``.grad`` of the parameters, as ``Value.backward`` does.

        >>> from autograd import Value
        >>> w = Value(3.0)
        >>> compiled(lambda w: w * w).backward(w), w.grad
        (9.0, 6.0)
        """
        with self._transient.lock:
            value, gradient = self.value_and_grad(*args, **kwargs)
            self.write_back(gradient)
        return value

    def write_back(self, gradient: Any) -> None:
        """Add a flat gradient to ``.grad`` of ``parameters``. Raises ValueError for another length."""
        numbers = flat("gradient", np.asarray(gradient), len(self.parameters))
        for p, g in zip(self.parameters, numbers.tolist(), strict=True):
            p.grad += g

    @property
    def program(self) -> Program:
        """The program of the last call. Raises AttributeError before there was one."""
        if not self._specializations:
            raise AttributeError(f"{name_of(self._function)} is compiled when it is first called: call it once")
        return self._specializations[0].main.program

    @property
    def source(self) -> str:
        """The program of the last call as one writes it on the board."""
        return self.program.source

    def explain(self) -> str:
        """Which scalars became which array, and why the function was traced again."""
        return "\n".join([self.program.explain(), *(f"retraced: {reason}" for reason in self.retraced)])

    def __repr__(self) -> str:
        state = repr(self.program) if self._specializations else "not called yet"
        return f"<compiled {name_of(self._function)}{self._signature}: {state}>"

    def _repr_html_(self) -> str | None:
        return self.program._repr_html_() if self._specializations else None

    def _by_name(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        if len(args) == len(self._names) and not kwargs:
            return dict(zip(self._names, args, strict=True))
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.arguments

    def _specialized(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Specialization, Arguments]:
        """A trace that serves this call: one there is, or a new one."""
        arguments = Arguments(self._by_name(args, kwargs), self._samples, self._dtype, self.parameters)
        for i, old in enumerate(self._specializations):
            if old.serves(arguments):
                self._specializations.insert(0, self._specializations.pop(i))
                old.confirm(arguments)
                return old, arguments
        new = Specialization(self._function, self._signature, arguments, self._dtype)
        if self._specializations:
            self.retraced.append(new.why_not(self._specializations[0]))
            log.info("%s retraced: %s", name_of(self._function), self.retraced[-1])
        self._specializations.insert(0, new)
        del self._specializations[KEPT:]
        return new, arguments


class CompiledMethod:
    """A compiled function whose first argument is an object; what it keeps is the function's own."""

    def __init__(self, function: CompiledFunction[...], instance: Any) -> None:
        self._function, self._instance = function, instance

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        """As ``CompiledFunction.__call__``."""
        return self._function(self._instance, *args, **kwargs)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> tuple[float, Any]:
        """As ``CompiledFunction.value_and_grad``."""
        return self._function.value_and_grad(self._instance, *args, **kwargs)

    def backward(self, *args: Any, **kwargs: Any) -> float:
        """As ``CompiledFunction.backward``."""
        return self._function.backward(self._instance, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._function, name)
