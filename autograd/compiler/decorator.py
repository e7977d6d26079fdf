"""``@compiled``: a function of Values that runs as its program.

It is traced on the first call, and traced again when a call would make another graph:
with other shapes, another nesting, another flag, or another outcome of a comparison.
The reasons are kept in ``retraced`` and logged by this module.
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

KEPT = 8  # specializations; the least recently used one goes

P = ParamSpec("P")

log = logging.getLogger(__name__)


@overload
def compiled(function: Callable[P, Any]) -> CompiledFunction[P]: ...
@overload
def compiled(*, dtype: Any = "float64") -> Callable[[Callable[P, Any]], CompiledFunction[P]]: ...
@overload
def compiled(function: Callable[P, Any], *, dtype: Any) -> CompiledFunction[P]: ...
@overload  # for one sample the function gets a number or a row, but it is called with an array: another type
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

    function: takes Values and returns one Value, or a number, which has slope 0; its graph must depend on its arguments alone
    samples:  names of the arguments that are arrays with one row per sample. The function is then written for one
              sample, and gets a row (as lists) or a number; the value is the mean over the samples
    dtype:    "float64" or "float32"

    Values, alone or in lists, tuples and dicts, and Modules are parameters: differentiated, and read anew at each call.
    Numbers, arrays and lists of numbers are data: the function sees Values in lists. Text, flags (True, False, None) and
    functions are fixed. Inside another compiled function it is an ordinary function, which returns a Value. If it is a
    method, its object, such as a Module, is the first argument. Threads may call one function; they take turns.

    Outcomes of ``<``, ``<=``, ``>``, ``>=`` are watched: where one would differ, the function is traced again
    (if samples differ there, TraceError is raised). **Not** watched is what the function reads outside the graph, such as
    ``.data``, a global, or a number that a module holds: it stays as it was traced. The first calls trace more than once,
    and raise TraceError if they notice such a thing. A check inside (of a label, say) is made only when tracing.

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
    """What ``compiled`` makes of a function. To a type checker its arguments are the function's, but for ``samples``.

    retraced:   why it was traced again, each time
    parameters: the Values in the arguments of the last call that succeeded, from left to right, each once
    """

    def __init__(self, function: Callable[..., Any], samples: tuple[str, ...], dtype: Any) -> None:
        if not callable(function):
            raise TypeError(f"compiled takes a function of Values, got {type(function).__name__}")
        self._function, self._samples, self._dtype = function, samples, precision(dtype)
        self._signature = inspect.signature(function)
        unknown = [name for name in samples if name not in self._signature.parameters]
        if unknown:
            raise ValueError(
                f"samples must name arguments of {name_of(function)}{self._signature}, got {', '.join(map(repr, unknown))}"
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
        """As a method: its object is the first argument."""
        return self if instance is None else CompiledMethod(self, instance)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> float:
        """The value: a float, the mean over the samples if there are any (for arrays of PyTorch or JAX, a number of theirs).

        Raises TraceError when the graph depends on more than the arguments, or differs from sample to sample;
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

        No ``.grad`` is changed: see ``backward``.
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
        """The source of that program, as one writes it on the board."""
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
        """A specialization that serves this call: one of those kept, or a new one."""
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
    """A compiled function with its first argument, the object whose method it is; all else is the function's own."""

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
