"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

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
        with temporary.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}; nothing was written", str(path)) from None
    finally:
        with suppress(OSError):
            temporary.unlink()


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
