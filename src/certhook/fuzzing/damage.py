"""What recipes do: to the bytes of a body, whatever they are, to a draft, and to a finished request.

Places in a body are thousandths of it, so that they always fit. Nothing here draws: recipes are drawn by one process
and applied by another, which needs no Hypothesis for that.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from certhook.building.change import Draft
from certhook.building.encoding import form_encode
from certhook.exchange import Request

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": lambda body: body,
    "identity": lambda body: body,
}
"""What a body is written as by the name of an encoding, rightly or not."""

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


def put(place: str, value: Any, draft: Draft) -> None:
    """Give a field another value; as JSON even where that is what UTF-8 cannot hold, such as lone surrogates."""
    draft.put(place, value)
    draft.body = draft.encoded()


def add(name: str, value: Any, draft: Draft) -> None:
    """Add a field, in the same way."""
    draft.fields.setdefault(name, value)
    draft.body = draft.encoded()


def drop(place: str, draft: Draft) -> None:
    """Take a field out."""
    draft.drop(place)


def fill(plain: Mapping[str, Any], apply: Callable[[Draft], None], draft: Draft) -> None:
    """Do something to a form that has more parameters than the control's."""
    draft.body = form_encode({**draft.operation.carried("form", draft.fields), **plain}.items())
    apply(draft)


def set_parameter(place: str, text: str, draft: Draft) -> None:
    """Give a parameter of a form a text."""
    draft.fields[place] = text


def cut_into(sizes: tuple[int, ...], draft: Draft) -> None:
    """Send the body in chunks of these sizes."""
    draft.chunks = sizes


def pack(encoding: str, draft: Draft) -> None:
    """Write the body in an encoding for the way."""
    draft.body = PACKINGS[encoding](draft.body)


def put_header(name: str, value: bytes | None, request: Request) -> Request:
    """Put a header in the place of another one, or of none; take it out where the value is None."""
    return request.with_header(name, value)


def _place(body: bytes, thousandths: int) -> int:
    return len(body) * thousandths // 1000
