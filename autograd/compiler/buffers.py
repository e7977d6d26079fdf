"""The buffers of a program, and which of them can share memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Buffer", "shared"]


@dataclass
class Buffer:
    """From the line that writes it to the last one that reads it, a buffer has its memory to itself.

    elementwise: is it written entry by entry, so that an operand read for the last time may be overwritten?
    """

    first: int
    last: int
    elementwise: bool


def shared(buffers: Sequence[Buffer], arrays: Sequence[Any]) -> list[Any]:
    """For each buffer an array to write into: that of an earlier buffer of its shape and layout, if nothing
    reads that any more.

    Fewer arrays fit into the processor's cache.
    """
    chosen: list[Any] = []
    free_from: dict[int, int] = {}  # by the array's identity: the last line that reads it
    of_shape: dict[Any, list[Any]] = {}
    for buffer, array in zip(buffers, arrays, strict=True):
        if array is None or not array.shape:
            chosen.append(array)
            continue
        alike = of_shape.setdefault((array.shape, array.strides, array.dtype), [])
        start = buffer.first + buffer.elementwise
        room = next((a for a in reversed(alike) if free_from[id(a)] < start), None)
        if room is None:
            room = array
            alike.append(room)
        free_from[id(room)] = buffer.last
        chosen.append(room)
    return chosen
