"""Targets that lose connections, or are no HTTP servers at all."""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.catalogue import Call, End, Step, framed, head, hostile, right


@hostile(door=True)
def closes_at_once(call: Call) -> Iterator[Step]:
    """Accepts connections and closes them."""
    yield End.CLOSE


@hostile(door=True)
def resets_at_once(call: Call) -> Iterator[Step]:
    """Accepts connections and resets them."""
    yield End.RESET


@hostile()
def closes_in_place_of_answering(call: Call) -> Iterator[Step]:
    """Reads requests and closes the connection."""
    yield End.CLOSE


@hostile()
def resets_in_its_body(call: Call) -> Iterator[Step]:
    """Resets the connection half-way through its answer."""
    yield framed(200, b"{" * 100, length=200)
    yield End.RESET


@hostile()
def breaks_off_in_its_status_line(call: Call) -> Iterator[Step]:
    """Sends half a status line, and closes the connection."""
    yield b"HTTP/1.1 2"
    yield End.CLOSE


@hostile(door=True)
def greets_as_a_mail_server(call: Call) -> Iterator[Step]:
    """Speaks SMTP."""
    yield b"220 mail.example ESMTP Postfix\r\n"
    yield 0.3
    yield b"500 5.5.2 Error: bad syntax\r\n"
    yield End.CLOSE


@hostile()
def speaks_http_2(call: Call) -> Iterator[Step]:
    """Answers with the preface and the settings frame of HTTP/2."""
    yield b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    yield End.CLOSE


@hostile()
def speaks_http_0_9(call: Call) -> Iterator[Step]:
    """Answers with a bare body, as HTTP/0.9 did."""
    yield call.right.body
    yield End.CLOSE


@hostile()
def switches_protocols(call: Call) -> Iterator[Step]:
    """Answers 101 and goes on in another protocol."""
    yield head(b"Connection: Upgrade", b"Upgrade: websocket", status=101) + b"\x81\x05hello"
    yield End.HANG


@hostile(refusing=())
def dies_at_the_40th_request(call: Call) -> Iterator[Step]:
    """Answers soundly forty times, then drops every connection."""
    if call.number >= 40:
        yield End.RESET
    yield right(call)


@hostile(always=(1,), refusing=())
def takes_60_requests_and_no_more(call: Call) -> Iterator[Step]:
    """Answers sixty requests, and those after it with 403 and a page."""
    yield framed(403, b"<html>quota</html>", ((b"Content-Type", b"text/html"),)) if call.number >= 60 else right(call)


@hostile(always=(1, 3), refusing=())
def stalls_every_second_connection(call: Call) -> Iterator[Step]:
    """Answers soundly, but never on every second connection."""
    if call.connection % 2:
        yield End.HANG
    yield right(call)


@hostile(always=(1, 3), refusing=())
def drops_every_fifth_request(call: Call) -> Iterator[Step]:
    """Answers soundly but for every fifth request, which it drops."""
    if call.number % 5 == 4:
        yield End.CLOSE
    yield right(call)
