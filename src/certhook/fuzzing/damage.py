"""What can be done to the bytes of a body, whatever they are. Places are thousandths of it, so that they always fit."""

from __future__ import annotations

import re

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def cut(at: int, body: bytes) -> bytes:
    """Leave out everything from a place on."""
    return body[: _place(body, at)]


def flip(at: int, bit: int, body: bytes) -> bytes:
    """Flip one bit of the byte at a place."""
    place = _place(body, at)
    return body[:place] + bytes([body[place] ^ (1 << bit)]) + body[place + 1 :] if body else body


def put_in(at: int, byte: int, body: bytes) -> bytes:
    """Put a byte in at a place."""
    place = _place(body, at)
    return body[:place] + bytes([byte]) + body[place:]


def take_out(at: int, size: int, body: bytes) -> bytes:
    """Take so many bytes out from a place on."""
    place = _place(body, at)
    return body[:place] + body[place + size :]


def write_twice(at: int, size: int, body: bytes) -> bytes:
    """Write so many bytes from a place on once more."""
    place = _place(body, at)
    return body[: place + size] + body[place:]


def swap_encoding(name: str, body: bytes) -> bytes:
    """Write the text of the body in another encoding."""
    return body.decode("utf-8", "replace").encode(name, "replace")


def change_token(at: int, spare: bytes, repeat: bool, body: bytes) -> bytes:  # noqa: FBT001 - drawn, not called
    """Put another token in the place of one of the body's JSON tokens, or the same once more."""
    tokens = list(_TOKENS.finditer(body))
    if not tokens:
        return body
    token = tokens[len(tokens) * at // 1000]
    return body[: token.start()] + (token.group() * 2 if repeat else spare) + body[token.end() :]


def replace_all(new: bytes, body: bytes) -> bytes:  # noqa: ARG001 - called as the others are
    """Take something else in place of the body."""
    return new


def _place(body: bytes, thousandths: int) -> int:
    return len(body) * thousandths // 1000
