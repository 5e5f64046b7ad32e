"""Targets whose heads are too large, or are none."""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.catalogue import JSON, Call, End, Step, framed, head, hostile


def _with(call: Call, *fields: tuple[bytes, bytes]) -> bytes:
    return framed(call.right.status, call.right.body, (*call.right.headers, *fields))


@hostile()
def sends_10_000_headers(call: Call) -> Iterator[Step]:
    """Sends ten thousand header fields."""
    yield _with(call, *((b"X-%d" % number, b"y") for number in range(10_000)))


@hostile()
def sends_a_flood_of_short_headers(call: Call) -> Iterator[Step]:
    """Sends five thousand header fields of four bytes each."""
    yield _with(call, *((b"a", b"") for _ in range(5_000)))


@hostile()
def sends_a_header_of_10_mb(call: Call) -> Iterator[Step]:
    """Sends one header field of ten megabytes."""
    yield _with(call, (b"X-Long", b"y" * 10_000_000))


@hostile()
def sends_headers_without_end(call: Call) -> Iterator[Step]:
    """Sends header fields as fast as they are taken, for ever."""
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: y\r\n" * 1000


@hostile()
def sends_interim_answers_without_end(call: Call) -> Iterator[Step]:
    """Sends 100 Continue as fast as it is taken, for ever."""
    while True:
        yield head(status=100) * 1000


@hostile()
def floods_with_cookies(call: Call) -> Iterator[Step]:
    """Sets two thousand cookies with each answer."""
    yield _with(call, *((b"Set-Cookie", b"c%d=%d; Path=/; Domain=.example" % (n, n)) for n in range(2_000)))


@hostile()
def sends_control_characters_in_a_header(call: Call) -> Iterator[Step]:
    """Puts NUL, escape and bell into a header."""
    yield _with(call, (b"X-Odd", b"\x00\x1b[2J\x07"))


@hostile()
def splits_its_head(call: Call) -> Iterator[Step]:
    """Has a bare carriage return in a header."""
    yield _with(call, (b"X-Odd", b"a\rX-Injected: yes"))


@hostile(always=(1,))
def sends_odd_header_text(call: Call) -> Iterator[Step]:
    """Puts bytes that are no ASCII, and markup, into headers, and an unknown code into refusals."""
    fields = ((b"X-Odd", b"\xff\xfe\x9b31m\xe9"), (b"X-Markup", b"<script>alert(1)</script>=1+1"))
    if call.valid:
        yield _with(call, *fields)
    else:
        yield framed(200, b'{"status_code":"ERR_\xc3\xa9"}', (*JSON, *fields))


@hostile()
def names_an_unknown_charset(call: Call) -> Iterator[Step]:
    """Declares a character set that does not exist, and sends bytes in none."""
    yield framed(200, b"\xff\xfe\x00{", ((b"Content-Type", b'application/json; charset="no-such\\"'),))


@hostile()
def has_a_status_of_four_digits(call: Call) -> Iterator[Step]:
    """Answers with the status 2000."""
    yield head(b"Content-Length: 2", status=2000) + b"{}"
    yield End.CLOSE


@hostile()
def has_a_status_without_a_meaning(call: Call) -> Iterator[Step]:
    """Answers with the status 799."""
    yield framed(799, b"{}", JSON)


@hostile(refusing=(3,))
def asks_for_patience_for_ever(call: Call) -> Iterator[Step]:
    """Answers 429 to everything, with a Retry-After of a day."""
    yield framed(429, b"", ((b"Retry-After", b"86400"),))


@hostile(refusing=(3,))
def is_overloaded_for_ever(call: Call) -> Iterator[Step]:
    """Answers 503 to everything, with a Retry-After of a second."""
    yield framed(503, b"", ((b"Retry-After", b"1"),))


@hostile(refusing=(3,))
def asks_for_patience_without_sense(call: Call) -> Iterator[Step]:
    """Answers 429 to everything, with a Retry-After that is no number."""
    yield framed(429, b"", ((b"Retry-After", b"\xb2\xb9-1e9"),))
