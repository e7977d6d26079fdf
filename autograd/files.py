"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["require_replaceable", "write_atomically"]


def write_atomically(path: str | Path, content: bytes | str) -> None:
    """Write a file whole or not at all: a temporary file beside it, fsync, and a rename over the old one.

    A process that is killed half-way leaves the old file as it was, and at worst a stray ``.….partial`` beside it.
    Raises OSError when there is no such folder, the file or folder is read-only, or the disk is full.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomically(f"{folder}/note.txt", "h = σ(w·x + b)")
    ...     print(Path(f"{folder}/note.txt").read_text())
    h = σ(w·x + b)
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    require_replaceable(path)
    temporary = path.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        try:
            _write(temporary, content)
            if path.exists():
                with _where_supported():
                    temporary.chmod(path.stat().st_mode)
            temporary.replace(path)
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror or error}; nothing was written", str(path)) from None
        finally:
            _remove(temporary)
    finally:
        _remove(temporary)  # where Ctrl-C came before the other


def _write(path: Path, content: bytes | str) -> None:
    with path.open("xb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        with _where_supported():
            os.fsync(file.fileno())


@contextmanager
def _where_supported() -> Iterator[None]:
    """What a network's or a user's file system does not know is left out there."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def require_replaceable(path: str | Path) -> None:
    """Could ``write_atomically`` write here? OSError saying why not.

    A rename asks only the folder's leave, so what the file itself forbids is asked here.
    """
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise OSError(errno.ENOENT, "there is no such folder to write into; make it first", str(path))
    if not os.access(path.parent, os.W_OK):
        raise OSError(errno.EACCES, "Permission denied; nothing was written", str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EISDIR, "a folder or a device stands there; give the name of a file", str(path))
    if path.exists() and not os.access(path, os.W_OK):
        raise OSError(errno.EACCES, "the file is read-only; give another name, or make it writable", str(path))
