"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file under another name; it takes its own when the block ends, and is gone when the block fails.

    A link stays, and what it leads to is replaced. What is no regular file, such as a pipe, is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    place = Path(os.path.realpath(path))
    beside = place.with_name(f".{place.name}.{token_hex(4)}")
    fresh = _new(beside, 0o666)
    try:
        with fresh:
            yield fresh
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever reads half of it."""
    with whole_file(path) as file:
        file.write(data)


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that only those may use whom `mode` names. Raises FileExistsError where there is one already."""
    file = _new(path, mode)
    try:
        with file:
            file.write(data)
    except OSError:
        path.unlink()
        raise


def append(descriptor: int, data: bytes) -> None:
    """Write all of it to a file that is open, at once where there is room."""
    while data:  # only a full disk makes the first write a short one
        data = data[os.write(descriptor, data) :]


def _new(path: Path, mode: int) -> BinaryIO:
    """A file that was not there. Of `mode` the process's umask leaves what it leaves."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
