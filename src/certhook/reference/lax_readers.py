"""Readers of JSON that are lax in one thing: what the strict one refuses for it alone, they take."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from certhook.reference.json_reader import Unreadable, read_json


def any_json(text: str | bytes, **how: Any) -> Any:
    """What Python's own reader takes: NaN, repeated keys, UTF-16 and more. Raises Unreadable."""
    try:
        return json.loads(text, **how)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def first_value(body: bytes) -> Any:
    """The value at the beginning, whatever stands behind it."""
    try:
        text = body.decode().lstrip(" \t\r\n")
        end = json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return read_json(text[:end].encode())


def without_mark(body: bytes) -> Any:
    """The value behind a UTF-8 byte order mark, where there is one."""
    return read_json(body.removeprefix(b"\xef\xbb\xbf"))


def last_key_wins(body: bytes) -> Any:
    """The value with the last of repeated keys."""
    try:
        return read_json(body)
    except Unreadable:
        return read_json(json.dumps(any_json(_ascii(body), parse_constant=no_constant)).encode())


def any_number(body: bytes) -> Any:
    """The value with numbers of any size, and any escape."""
    try:
        return read_json(body)
    except Unreadable:
        return any_json(_ascii(body), parse_constant=no_constant)


def no_constant(word: str) -> NoReturn:
    """NaN and Infinity are no JSON, even to most lax readers."""
    raise Unreadable(f"{word} is not JSON")


def _ascii(body: bytes) -> str:
    return body.decode() if body.isascii() else ""
