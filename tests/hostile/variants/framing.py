"""Targets whose answers are not as long as they say, or longer than anybody can want."""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from functools import cache

from tests.hostile.catalogue import JSON, Call, End, Step, framed, head, hostile, right

MEBIBYTE = 1024 * 1024


@hostile()
def promises_more_and_closes(call: Call) -> Iterator[Step]:
    """Announces more than it sends, and closes the connection."""
    yield framed(call.right.status, call.right.body, call.right.headers, length=len(call.right.body) + 50)
    yield End.CLOSE


@hostile()
def promises_more_and_waits(call: Call) -> Iterator[Step]:
    """Announces more than it sends, and leaves the connection open."""
    yield framed(call.right.status, call.right.body, call.right.headers, length=len(call.right.body) + 50)
    yield End.HANG


@hostile()
def sends_more_than_it_announced(call: Call) -> Iterator[Step]:
    """Sends a sound answer, and more bytes behind it."""
    yield right(call) + b"and more"


@hostile()
def answers_the_next_request_too(call: Call) -> Iterator[Step]:
    """Sends two answers at once: the second is a success that nobody has asked for yet."""
    yield right(call) + framed(200, b'{"status_code":"OK","currency":"EUR","balance":"30"}', JSON)


@hostile()
def sends_two_lengths(call: Call) -> Iterator[Step]:
    """Announces two lengths."""
    yield head(b"Content-Length: 2", b"Content-Length: 50") + b"{}"
    yield End.CLOSE


@hostile()
def announces_a_negative_length(call: Call) -> Iterator[Step]:
    """Announces a length of -1."""
    yield head(b"Content-Length: -1") + b"{}"
    yield End.CLOSE


@hostile()
def announces_an_endless_length(call: Call) -> Iterator[Step]:
    """Announces a length of 400 digits."""
    yield head(b"Content-Length: " + b"9" * 400) + b"{}"
    yield End.HANG


@hostile()
def sends_chunks_without_end(call: Call) -> Iterator[Step]:
    """Sends chunks as fast as they are taken, for ever."""
    yield head(b"Transfer-Encoding: chunked")
    while True:
        yield b"10000\r\n" + b" " * 65536 + b"\r\n"


@hostile()
def sends_tiny_chunks_without_end(call: Call) -> Iterator[Step]:
    """Sends chunks of one byte as fast as they are taken, for ever."""
    yield head(b"Transfer-Encoding: chunked")
    while True:
        yield b"1\r\n \r\n" * 10_000


@hostile()
def sends_garbage_for_chunks(call: Call) -> Iterator[Step]:
    """Says that chunks follow, and sends none."""
    yield head(b"Transfer-Encoding: chunked") + b"zz\r\nno chunk\r\n\r\n"
    yield End.CLOSE


@hostile()
def sends_a_chunk_without_end(call: Call) -> Iterator[Step]:
    """Announces a chunk of 2^80 bytes."""
    yield head(b"Transfer-Encoding: chunked") + b"F" * 20 + b"\r\n" + b" " * 1000
    yield End.HANG


@hostile()
def sends_a_body_until_it_closes(call: Call) -> Iterator[Step]:
    """Sends a body without a length, and never closes."""
    yield head(b"Content-Type: application/json") + call.right.body
    yield End.HANG


@hostile()
def sends_a_gzip_bomb(call: Call) -> Iterator[Step]:
    """Sends two hundred kilobytes that unpack to two hundred megabytes."""
    yield framed(200, _GZIP_HEAD + _megabyte() * 200, ((b"Content-Encoding", b"gzip"),))


_GZIP_HEAD = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255))


@cache
def _megabyte() -> bytes:
    """A megabyte of zeros as blocks of a deflate stream, which can be repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)


@hostile()
def packs_its_answer_twice(call: Call) -> Iterator[Step]:
    """Sends gzip within gzip, which nobody asked for."""
    packed = gzip.compress(gzip.compress(call.right.body))
    yield framed(call.right.status, packed, (*call.right.headers, (b"Content-Encoding", b"gzip, gzip")))


@hostile()
def says_that_it_packs(call: Call) -> Iterator[Step]:
    """Sends a sound answer as it is, and says that it is gzip."""
    yield framed(call.right.status, call.right.body, (*call.right.headers, (b"Content-Encoding", b"gzip")))


@hostile()
def packs_in_an_unknown_way(call: Call) -> Iterator[Step]:
    """Names a content coding that does not exist."""
    packed = bytes(byte ^ 0x5A for byte in call.right.body)
    yield framed(call.right.status, packed, (*call.right.headers, (b"Content-Encoding", b"x-certain")))


@hostile()
def breaks_off_its_gzip(call: Call) -> Iterator[Step]:
    """Sends the first half of a gzip stream."""
    packed = gzip.compress(call.right.body)
    yield framed(200, packed[: len(packed) // 2], ((b"Content-Encoding", b"gzip"),))
