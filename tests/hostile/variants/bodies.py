"""Targets whose bodies are JSON, nearly, or a great deal of it."""

# ruff: noqa: ARG001 - a target takes the call, whether it looks at it or not

from __future__ import annotations

import json
from collections.abc import Iterator

from certhook.reference.klas.target import KlasTarget
from tests.hostile.catalogue import JSON, Call, Step, framed, hostile, right

LARGEST = 256 * 1024 - 100
"""Bytes of a body that is just not too large to be read, where a refusal is due."""


def _body(body: bytes) -> bytes:
    return framed(200, body, JSON)


@hostile()
def sends_a_long_text(call: Call) -> Iterator[Step]:
    """Sends an object with a text of a quarter of a megabyte."""
    yield _body(b'{"status_code":"ERR_BAD_PARAMS","x":"' + b"a" * (LARGEST - 50) + b'"}')


@hostile()
def sends_many_values(call: Call) -> Iterator[Step]:
    """Sends a quarter of a megabyte of small objects."""
    yield _body(b'{"status_code":"ERR_BAD_PARAMS","x":[' + b",".join([b'{"a":{}}'] * (LARGEST // 9 - 10)) + b"]}")


@hostile()
def sends_many_members(call: Call) -> Iterator[Step]:
    """Sends an object of ten thousand members."""
    yield _body(json.dumps({f"m{number}": number for number in range(10_000)}).encode())


@hostile()
def sends_more_than_anybody_wants(call: Call) -> Iterator[Step]:
    """Sends a JSON text of forty megabytes."""
    yield framed(200, b"", JSON, length=40_000_000) + b'{"x":[1'
    while True:
        yield b",1" * 100_000


@hostile()
def nests_without_end(call: Call) -> Iterator[Step]:
    """Opens a hundred thousand arrays within each other, and closes them."""
    yield _body(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@hostile()
def opens_without_closing(call: Call) -> Iterator[Step]:
    """Opens fifty thousand objects within each other, and closes none."""
    yield _body(b'{"x":' * 50_000)


@hostile()
def is_full_of_paths(call: Call) -> Iterator[Step]:
    """Sends a quarter of a megabyte of what might begin the path of a source file at every fourth byte."""
    yield _body(b'{"status_code":"ERR_BAD_PARAMS","x":"' + b"/usr" * ((LARGEST - 50) // 4) + b'"}')


@hostile(always=(1,))
def says_two_things(call: Call) -> Iterator[Step]:
    """Names the status twice: refused, then accepted."""
    yield _body(b'{"status_code":"ERR_BAD_PARAMS","status_code":"OK","currency":"EUR","balance":"30"}')


@hostile()
def says_two_things_the_other_way_round(call: Call) -> Iterator[Step]:
    """Names the status twice: accepted, then refused."""
    yield _body(b'{"status_code":"OK","currency":"EUR","balance":"30","status_code":"ERR_BAD_PARAMS"}')


@hostile()
def sends_invalid_utf_8(call: Call) -> Iterator[Step]:
    """Sends JSON with bytes that are no UTF-8."""
    yield _body(b'{"status_code":"ERR_\xff\xfe\xc0\x80"}')


@hostile()
def sends_utf_16(call: Call) -> Iterator[Step]:
    """Sends JSON in UTF-16."""
    yield _body('{"status_code":"ERR_BAD_PARAMS"}'.encode("utf-16"))


@hostile()
def sends_lone_surrogates(call: Call) -> Iterator[Step]:
    """Sends escapes that are halves of surrogate pairs, as a code, a name and a text."""
    yield _body(b'{"status_code":"ERR_\\ud800","\\udc00":"\\udbff\\ud800"}')


@hostile()
def sends_a_million_digits(call: Call) -> Iterator[Step]:
    """Sends a code of a million digits to valid requests, and of as many as are read to others."""
    yield _body(b'{"status_code":' + b"7" * (1_000_000 if call.valid else LARGEST) + b"}")


@hostile(always=(1,))
def sends_an_endless_exponent(call: Call) -> Iterator[Step]:
    """Sends a balance of 1e999999999, and a code like it."""
    yield _body(b'{"status_code":1e999999999,"balance":-1E+999999999}')


@hostile()
def sends_no_numbers(call: Call) -> Iterator[Step]:
    """Sends NaN and Infinity, which are no JSON."""
    yield _body(b'{"status_code":NaN,"balance":-Infinity}')


@hostile(always=())
def is_as_large_as_it_may_be(call: Call) -> Iterator[Step]:
    """Sends successes to what is to be refused, each with a text of a quarter of a megabyte."""
    yield _body(b'{"status_code":"OK","currency":"EUR","balance":"30","x":"' + b"a" * (LARGEST - 100) + b'"}')


@hostile(always=(0,), refusing=())
def is_large_but_sound(call: Call) -> Iterator[Step]:
    """Answers soundly, and adds to its successes a megabyte of small values that nobody asked for."""
    if not call.valid:
        yield right(call)
        return
    body = json.dumps({**json.loads(call.right.body), "extra": [{"a": 1}] * 60_000}).encode()
    yield framed(200, body, (*JSON, (b"X-Signature", KlasTarget().signature(body).encode())))


@hostile()
def sends_no_object(call: Call) -> Iterator[Step]:
    """Sends a JSON text that is no object."""
    yield _body(b'["OK"]')


@hostile()
def sends_nothing(call: Call) -> Iterator[Step]:
    """Sends an empty body."""
    yield _body(b"")
