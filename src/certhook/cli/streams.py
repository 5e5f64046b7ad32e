"""Standard output and error, to which a command may write whether anybody reads or not.

What a command found is in its exit status, which must not come to depend on a reader such as `head`, who leaves early.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Unwritable(Exception):
    """What a command says cannot be written to where its output goes; the message is why, such as a full disk."""


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Within the block, what nobody reads any more is dropped without a word; what cannot be written is Unwritable."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_lasting, before)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Unwritable):
                stream.flush()
        sys.stdout, sys.stderr = before


def _lasting(stream: TextIO | None) -> TextIO:
    if stream is None:  # it was closed when certhook began
        return open(os.devnull, "w", encoding="utf-8", errors="replace")  # noqa: PTH123 - as sys.stdout is
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    try:
        outlet = _Outlet(stream.fileno(), "wb", closefd=False)
    except OSError:  # it is no file
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(outlet),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Outlet(io.FileIO):
    """A descriptor that leads nowhere once a write to it has failed, so that nothing written later fails, too."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if isinstance(error, BrokenPipeError):
                return super().write(data)
            raise Unwritable(error.strerror) from None
