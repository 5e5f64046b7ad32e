"""How to damage a valid body: recipes that Hypothesis draws and shrinks.

A recipe is applied when the request is built, so that ids and times stay fresh. Positions are fractions of the body, so
that a recipe fits whatever its length. Strategies are built from an operation's request schema alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from certhook.building.change import Draft, Stage
from certhook.fuzzing.forms import on_a_form, parameters_changed
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.wire import DECLARED, chunked
from certhook.pack.dotted import leaves
from certhook.pack.model import Operation

EDGES = (
    "",
    " ",
    "0",
    "-1",
    "null",
    "true",
    "\x00",
    "\n",
    "\u202e",
    "\ufeff",
    "\ud800",
    "\U0001f3b0",
    "a" * 1_000,
    "%00",
    "%s%n",
    "${7*7}",
    "{{7*7}}",
    "' OR '1'='1",
    "'; DROP TABLE players; --",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, 0.1, -0.0, 1e-320, 1e308)

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_SPARE_TOKENS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"null",
    b"true",
    b"0",
    b"-",
    b"1e999",
    b"NaN",
    b'""',
    b'"',
    b"\\",
    b"//",
)
_ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp037")


def recipes(operation: Operation) -> st.SearchStrategy[Recipe]:
    """Recipes for the bodies of an operation."""
    swapped = [_encoding_swapped(name) for name in _ENCODINGS]
    if operation.encoding == "form":
        texts = st.sampled_from(EDGES) | st.sampled_from(NUMBERS) | st.text(max_size=20)
        filled = on_a_form(operation)
        kinds = [_bytes_damaged().map(filled), parameters_changed(operation, texts)]
        few = [*map(filled, swapped), *DECLARED]
    else:
        places = [place for place, schema in leaves(operation.request).items() if not schema.get("x-in")]
        kinds = [_bytes_damaged(), _tokens_damaged(), _fields_changed(places), _whole_replaced()]
        few = [*swapped, *map(_field_removed, places), *DECLARED]
    # Each kind of which there are but a few would soon be drawn in vain, so these are one kind together.
    return st.one_of(*kinds, st.sampled_from(few), chunked())


def _on_body(says: str, change: Callable[[bytes], bytes]) -> Recipe:
    def apply(draft: Draft) -> None:
        draft.body = change(draft.body)

    return Recipe(Stage.BODY, says, apply)


def _at(body: bytes, thousandths: int) -> int:
    return len(body) * thousandths // 1000


_PLACE = st.sampled_from(range(1000))


def _bytes_damaged() -> st.SearchStrategy[Recipe]:
    """Cut, flip a bit, put something in, take something out, write something twice."""
    byte = st.sampled_from(range(256))
    return st.one_of(
        st.builds(lambda at: _on_body(f"its body cut at {at}/1000", lambda body: body[: _at(body, at)]), _PLACE),
        st.builds(
            lambda at, bit: _on_body(
                f"bit {bit} flipped at {at}/1000 of its body", lambda body: _flipped(body, at, bit)
            ),
            _PLACE,
            st.sampled_from(range(8)),
        ),
        st.builds(
            lambda at, value: _on_body(
                f"byte {value:#04x} put in at {at}/1000 of its body",
                lambda body: body[: _at(body, at)] + bytes([value]) + body[_at(body, at) :],
            ),
            _PLACE,
            byte,
        ),
        st.builds(
            lambda at, size: _on_body(
                f"{size} bytes taken out at {at}/1000 of its body",
                lambda body: body[: _at(body, at)] + body[_at(body, at) + size :],
            ),
            _PLACE,
            st.sampled_from(range(1, 41)),
        ),
        st.builds(
            lambda at, size: _on_body(
                f"{size} bytes written twice at {at}/1000 of its body",
                lambda body: body[: _at(body, at) + size] + body[_at(body, at) :],
            ),
            _PLACE,
            st.sampled_from(range(1, 41)),
        ),
    )


def _flipped(body: bytes, at: int, bit: int) -> bytes:
    place = _at(body, at)
    return body[:place] + bytes([body[place] ^ (1 << bit)]) + body[place + 1 :] if body else body


def _encoding_swapped(name: str) -> Recipe:
    return _on_body(f"its body in {name}", lambda body: body.decode("utf-8", "replace").encode(name, "replace"))


def _tokens_damaged() -> st.SearchStrategy[Recipe]:
    """Drop, repeat or replace one token of the JSON text."""

    def damaged(at: int, spare: bytes | None, repeat: bool) -> Recipe:  # noqa: FBT001 - drawn, not called
        def change(body: bytes) -> bytes:
            tokens = list(_TOKENS.finditer(body))
            if not tokens:
                return body
            token = tokens[len(tokens) * at // 1000]
            new = token.group() * 2 if repeat else spare or b""
            return body[: token.start()] + new + body[token.end() :]

        what = "repeated" if repeat else f"replaced by {spare!r}" if spare else "dropped"
        return _on_body(f"the JSON token at {at}/1000 {what}", change)

    spares = st.none() | st.sampled_from(_SPARE_TOKENS)
    return st.builds(damaged, _PLACE, spares, st.booleans())


@cache
def json_values(depth: int = 3) -> st.SearchStrategy[Any]:
    """Any JSON value, with a liking for edges, nested up to that depth."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from(NUMBERS),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(EDGES),
        st.text(max_size=20),
    )
    if depth == 0:
        return scalars
    # Hypothesis's own recursive() and dictionaries() draw far more than they give.
    inner = json_values(depth - 1)
    members = st.tuples(st.text(max_size=8), inner)
    return scalars | st.lists(inner, min_size=1, max_size=3) | st.lists(members, min_size=1, max_size=3).map(dict)


def _fields_changed(places: list[str]) -> st.SearchStrategy[Recipe]:
    """One field given another value, at any depth, or an extra one added."""

    def replaced(place: str, value: Any) -> Recipe:
        change = _reencoding(lambda draft: draft.put(place, value))
        return Recipe(Stage.BODY, f"{json.dumps(value)} as {place}", change)

    def added(name: str, value: Any) -> Recipe:
        def apply(draft: Draft) -> None:
            draft.fields.setdefault(name, value)

        return Recipe(Stage.BODY, f"an extra field {json.dumps(name)} with {json.dumps(value)}", _reencoding(apply))

    return st.one_of(
        st.builds(replaced, st.sampled_from(places), json_values()),
        st.builds(added, st.text(max_size=10), json_values()),
    )


def _field_removed(place: str) -> Recipe:
    return Recipe(Stage.FIELDS, f"{place} taken out", lambda draft: draft.drop(place))


def _reencoding(change: Callable[[Draft], None]) -> Callable[[Draft], None]:
    """Write the changed fields as JSON even where they hold what UTF-8 cannot, such as lone surrogates."""

    def apply(draft: Draft) -> None:
        change(draft)
        draft.body = draft.encoded()

    return apply


def _whole_replaced() -> st.SearchStrategy[Recipe]:
    """Something else altogether."""

    def other(value: Any) -> Recipe:
        return _on_body(f"the body {json.dumps(value)}", lambda _body: json.dumps(value).encode())

    def noise(data: bytes) -> Recipe:
        return _on_body(f"the body {data!r}", lambda _body: data)

    return st.builds(other, json_values()) | st.builds(noise, st.binary(max_size=60))
