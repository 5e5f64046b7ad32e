"""Recipes for how a body is declared and carried, the body itself being valid."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import partial

from hypothesis import strategies as st

from certhook.building.change import Draft, Stage, untouched
from certhook.exchange import Request
from certhook.fuzzing.recipe import Recipe

_MEDIA_TYPES = (
    None,
    "",
    "text/plain",
    "text/html",
    "application/xml",
    "application/octet-stream",
    "application/json; charset=utf-16",
    "application/json; charset=no-such-charset",
    "application/json, application/xml",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "/",
    "a" * 300,
)
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": lambda body: body,
    "identity": lambda body: body,
}


def chunked() -> st.SearchStrategy[Recipe]:
    """The body in chunks of odd sizes."""
    return st.builds(_chunked, st.lists(st.integers(1, 40), min_size=1, max_size=4))


def _declared(media_type: str | None) -> Recipe:
    if media_type is None:
        return _with_header("Content-Type", None, "no media type")
    return _with_header("Content-Type", media_type.encode(), f"the media type {media_type!r}")


def _with_header(name: str, value: bytes | None, says: str) -> Recipe:
    return Recipe(Stage.WIRE, says, untouched, partial(_put_header, name, value), harmless=True)


def _put_header(name: str, value: bytes | None, request: Request) -> Request:
    return request.with_header(name, value)


def _chunked(sizes: list[int]) -> Recipe:
    says = f"its body in chunks of {', '.join(map(str, sizes))} bytes"
    return Recipe(Stage.WIRE, says, partial(_cut_into, tuple(sizes)), harmless=True)


def _cut_into(sizes: tuple[int, ...], draft: Draft) -> None:
    draft.chunks = sizes


def _packed(encoding: str) -> Recipe:
    finish = partial(_put_header, "Content-Encoding", encoding.encode())
    return Recipe(Stage.WIRE, f"its body encoded as {encoding}", partial(_pack, encoding), finish, harmless=True)


def _pack(encoding: str, draft: Draft) -> None:
    draft.body = PACKINGS[encoding](draft.body)


DECLARED = (
    *map(_declared, _MEDIA_TYPES),
    *map(_packed, sorted(PACKINGS)),
    _with_header("Expect", b"100-continue", "an Expect header"),
)
"""Another media type, a compressed body, a client that asks before it sends."""
