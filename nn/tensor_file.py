"""Files of named tensors: safetensors, a format that can hold numbers and nothing that runs.

A file is three things in a row:

    8 bytes: a length n  |  n bytes of JSON: what is where  |  the numbers, float64

The JSON has metadata too: here the description of a network, and a checksum over it and all tensors.
"""

from __future__ import annotations

import hashlib
import json
import struct
from contextlib import contextmanager
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["AGAIN", "UPDATE", "CheckpointError", "Tensor", "content_of", "fields", "naming", "packed", "unpacked"]

VERSION = 1
LARGEST = 1 << 28  # bytes: 33 million numbers, more than an engine of scalars can work with
AGAIN = "Try another copy of the file, or save it again"
UPDATE = "Update chalkgrad, or save again with this version"


class CheckpointError(ValueError):
    """A file does not hold what it should, or a network can't be put into one: which file, what is wrong, what to try."""


class Tensor(NamedTuple):
    """A shape, and the numbers row by row."""

    shape: tuple[int, ...]
    numbers: list[float]

    def tobytes(self) -> bytes:
        """The numbers as float64, little-endian."""
        return struct.pack(f"<{len(self.numbers)}d", *self.numbers)


@contextmanager
def naming(path: str | Path, trouble: str) -> Iterator[None]:
    """Turn what goes wrong with the numbers or the file into a CheckpointError that names the file."""
    try:
        yield
    except (ValueError, OverflowError, RecursionError) as error:
        raise CheckpointError(f"{path} {trouble}: {error!s:.600}.") from None  # a file may hold long words


def packed(about: dict[str, Any], tensors: dict[str, Tensor], read: Callable[..., object]) -> bytes:
    """The bytes of a file, read once with ``read(about, tensors)``, so that none is written that can't be loaded."""
    text = json.dumps({"format": VERSION, **about}, allow_nan=False)
    header: dict[str, Any] = {"__metadata__": {"chalkgrad": text, "sha256": _checksum(text, tensors)}}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + 8 * len(tensor.numbers)
        header[name] = {"dtype": "F64", "shape": tensor.shape, "data_offsets": [start, end]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)  # the numbers begin at a multiple of 8
    content = b"".join([struct.pack("<Q", len(head)), head, *[tensor.tobytes() for tensor in tensors.values()]])
    read(*unpacked(content))
    return content


def content_of(path: Path) -> bytes:
    """The bytes of a file, if it is one and not too large."""
    size = path.stat().st_size
    if not path.is_file() or size > LARGEST:
        raise ValueError(f"a saved network is a regular file of at most {LARGEST:,} bytes, and this is not")
    with path.open("rb") as file:
        return file.read(size)


def unpacked(content: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Metadata and tensors of a file: complete, consistent with each other, and as they were saved."""
    length = int.from_bytes(content[:8], "little")
    if length > len(content) - 8 or content[8:9] != b"{":
        raise ValueError(
            f"it is cut short, or not a safetensors file: {length:,} bytes of header can't be in {len(content):,}. {AGAIN}"
        )
    header = _json(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not isinstance(text := metadata.get("chalkgrad"), str):
        raise ValueError(
            "it does not state its architecture, so it was not saved by chalkgrad. Load it with the library that did"
        )
    about = _json(text)
    if about.get("format") != VERSION:
        raise ValueError(f"its format is {about.get('format')!r:.40}, this version reads {VERSION}. {UPDATE}")
    tensors = _tensors_in(header, content[8 + length :])
    if metadata.get("sha256") != _checksum(text, tensors):
        raise ValueError(f"its checksum is wrong: something changed since it was saved. {AGAIN}")
    return about, tensors


def _tensors_in(header: dict[str, Any], data: bytes) -> dict[str, Tensor]:
    """The tensors that the header lists, one after the other without gaps."""
    tensors, end = {}, 0
    for name, entry in header.items():
        dtype, shape, offsets = fields(f"tensor {name!r:.40}", entry, dtype=str, shape=list, data_offsets=list)
        if dtype != "F64":
            raise ValueError(f"tensor {name!r:.40} holds {dtype!r:.12} numbers, expected F64 (float64). {AGAIN}")
        if len(shape) > 2 or any(type(m) is not int or m < 0 for m in shape):
            raise ValueError(f"tensor {name!r:.40} has the shape {shape!r:.40}. {AGAIN}")
        start, end = end, end + 8 * prod(shape)
        if offsets != [start, end] or end > len(data):
            raise ValueError(f"tensor {name!r:.40} is not where the one before it ends, or is cut short. {AGAIN}")
        tensors[name] = Tensor(tuple(shape), list(struct.unpack(f"<{prod(shape)}d", data[start:end])))
    if end != len(data):
        raise ValueError(f"there is more after its last tensor. {AGAIN}")
    return tensors


def _checksum(text: str, tensors: dict[str, Tensor]) -> str:
    """SHA-256 of the metadata and of all tensors, in whatever order a library keeps them."""
    digest = hashlib.sha256(text.encode(errors="surrogatepass"))
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name!r} {tensor.shape} ".encode() + tensor.tobytes())
    return digest.hexdigest()


def fields(what: str, found: Any, **kinds: type) -> list[Any]:
    """The values of exactly these fields, each of its type (True is not an int)."""
    if not isinstance(found, dict) or found.keys() != kinds.keys():
        raise ValueError(f"{what} should say {', '.join(kinds)}, and nothing else. {AGAIN}")
    for key, kind in kinds.items():
        if kind is not object and type(found[key]) is not kind:
            raise ValueError(f"{what} has {key} {found[key]!r:.40}, expected {kind.__name__}. {AGAIN}")
    return [found[key] for key in kinds]


def _json(text: str | bytes) -> dict[str, Any]:
    """A JSON object, strictly: UTF-8, every key once, every number finite."""
    try:
        text = text.decode() if isinstance(text, bytes) else text
        found = json.loads(text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its header is damaged ({error}). {AGAIN}") from None
    if not isinstance(found, dict):
        raise ValueError(f"its header is damaged (not a JSON object). {AGAIN}")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _finite(number: str) -> float:
    if not isfinite(float(number)):
        raise ValueError(f"{number:.20} is not a finite number")
    return float(number)
