"""Recorded requests and answers as text: what is UTF-8 as it is, other bytes in hexadecimal."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from certhook.reporting.escaping import visible, visible_lines
from certhook.reporting.exchange_text import exchange_line
from certhook.reporting.page.model import Passage, ShownExchange

LONGEST = 16 * 1024
"""Characters of a request or an answer that are shown at most."""

_ROW = 8


def shown_exchange(record: dict[str, Any]) -> ShownExchange:
    """An exchange's line of the journal, as the page has it."""
    request, response = record["request"], record["response"]
    return ShownExchange(
        record["number"],
        exchange_line(record),
        record["case"],
        record["started"],
        tuple(_remarks(record)),
        _passage(f"{request['method']} {request['url']}", request),
        response and _passage(f"{response['http_version']} {response['status']}", response),
    )


def _remarks(record: Mapping[str, Any]) -> Iterator[str]:
    chunks = record["request"].get("chunks")
    if chunks:
        yield f"The body was sent in chunks of {', '.join(map(str, chunks[:_ROW]))} bytes."


def _passage(first: str, part: Mapping[str, Any]) -> Passage:
    body = part["body"]
    head = "\n".join(map(visible, [first, *(f"{name}: {value}" for name, value in part["headers"])]))
    text = f"{head}\n\n{_body(body)}" if body["bytes"] else head
    elsewhere = f"The body has {body['bytes']:,} bytes; exchanges.har holds what was recorded of it."
    return Passage(text[:LONGEST], len(text) <= LONGEST and "cut" not in body, elsewhere)


def _body(body: Mapping[str, Any]) -> str:
    if "text" in body:
        return visible_lines(body["text"])
    return "\n".join(_dump(b64decode(body["base64"])[:LONGEST]))


def _dump(data: bytes) -> Iterator[str]:
    """Rows of eight bytes, which fit half a page: their place, their values, and the characters among them."""
    for at in range(0, len(data), _ROW):
        row = data[at : at + _ROW]
        characters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{at:04x}  {row.hex(' '):<{3 * _ROW}} {characters}"
