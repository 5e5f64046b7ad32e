"""Recipes for how a body is declared and carried, the body itself being valid."""

from __future__ import annotations

from functools import partial

from hypothesis import strategies as st

from certhook.building.change import Stage, untouched
from certhook.fuzzing import damage
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


def chunked() -> st.SearchStrategy[Recipe]:
    """The body in chunks of odd sizes."""
    return st.builds(_chunked, st.lists(st.integers(1, 40), min_size=1, max_size=4))


def _declared(media_type: str | None) -> Recipe:
    if media_type is None:
        return _with_header("Content-Type", None, "no media type")
    return _with_header("Content-Type", media_type.encode(), f"the media type {media_type!r}")


def _with_header(name: str, value: bytes | None, says: str) -> Recipe:
    return Recipe(Stage.WIRE, says, untouched, partial(damage.put_header, name, value), harmless=True)


def _chunked(sizes: list[int]) -> Recipe:
    says = f"its body in chunks of {', '.join(map(str, sizes))} bytes"
    return Recipe(Stage.WIRE, says, partial(damage.cut_into, tuple(sizes)), harmless=True)


def _packed(encoding: str) -> Recipe:
    finish = partial(damage.put_header, "Content-Encoding", encoding.encode())
    return Recipe(Stage.WIRE, f"its body encoded as {encoding}", partial(damage.pack, encoding), finish, harmless=True)


DECLARED = (
    *map(_declared, _MEDIA_TYPES),
    *map(_packed, sorted(damage.PACKINGS)),
    _with_header("Expect", b"100-continue", "an Expect header"),
)
"""Another media type, a compressed body, a client that asks before it sends."""
