"""Targets that take their time."""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.catalogue import JSON, Call, End, Step, framed, head, hostile, right

TICK_S = 0.05


@hostile()
def drips_its_head(call: Call) -> Iterator[Step]:
    """Sends the head of its answer byte by byte, for ever."""
    yield b"HTTP/1.1 200 OK\r\nX-Drip: "
    while True:
        yield TICK_S
        yield b"x"


@hostile()
def drips_its_body(call: Call) -> Iterator[Step]:
    """Sends the body of its answer byte by byte, and announces a megabyte."""
    yield framed(200, b"", JSON, length=1_000_000)
    while True:
        yield TICK_S
        yield b" "


@hostile()
def drips_chunks(call: Call) -> Iterator[Step]:
    """Sends a body without end in chunks of one byte."""
    yield head(b"Transfer-Encoding: chunked")
    while True:
        yield TICK_S
        yield b"1\r\n \r\n"


@hostile()
def drips_interim_answers(call: Call) -> Iterator[Step]:
    """Says 102, that it is still working, again and again."""
    while True:
        yield head(status=102)
        yield TICK_S


@hostile(door=True)
def takes_connections_only(call: Call) -> Iterator[Step]:
    """Accepts connections and reads nothing."""
    yield End.HANG


@hostile()
def never_answers(call: Call) -> Iterator[Step]:
    """Takes requests and never answers."""
    yield End.HANG


@hostile()
def stops_in_its_head(call: Call) -> Iterator[Step]:
    """Sends half a status line, and waits."""
    yield b"HTTP/1.1 2"
    yield End.HANG


@hostile(always=(0,), refusing=(0,))
def is_slow(call: Call) -> Iterator[Step]:
    """Answers soundly, each time after three tenths of the time limit."""
    yield 0.15
    yield right(call)


@hostile(refusing=())
def hangs_from_the_40th_on(call: Call) -> Iterator[Step]:
    """Answers soundly forty times, then never again."""
    if call.number >= 40:
        yield End.HANG
    yield right(call)
