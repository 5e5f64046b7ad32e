"""How to damage a valid body: recipes that Hypothesis draws and shrinks.

A recipe is applied when the request is built, so that ids and times stay fresh. Strategies are built from the request
schema of an operation alone.
"""

from __future__ import annotations

import json
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from certhook.building.change import Stage
from certhook.fuzzing import damage
from certhook.fuzzing.form_strategies import on_a_form, parameters_changed
from certhook.fuzzing.recipe import Recipe, on_body
from certhook.fuzzing.wire_strategies import DECLARED, chunked
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
    "__proto__",
    "constructor",
)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, 0.1, -0.0, 1e-320, 1e308)

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


_PLACE = st.sampled_from(range(1000))


def _bytes_damaged() -> st.SearchStrategy[Recipe]:
    """Cut, flip a bit, put something in, take something out, write something twice."""
    byte, bit, size = (st.sampled_from(some) for some in (range(256), range(8), range(1, 41)))
    return st.one_of(
        st.builds(lambda at: on_body(f"its body cut at {at}/1000", partial(damage.cut, at)), _PLACE),
        st.builds(
            lambda at, bit: on_body(f"bit {bit} flipped at {at}/1000 of its body", partial(damage.flip, at, bit)),
            _PLACE,
            bit,
        ),
        st.builds(
            lambda at, byte: on_body(
                f"byte {byte:#04x} put in at {at}/1000 of its body", partial(damage.put_in, at, byte)
            ),
            _PLACE,
            byte,
        ),
        st.builds(
            lambda at, size: on_body(
                f"{size} bytes taken out at {at}/1000 of its body", partial(damage.take_out, at, size)
            ),
            _PLACE,
            size,
        ),
        st.builds(
            lambda at, size: on_body(
                f"{size} bytes written twice at {at}/1000 of its body", partial(damage.write_twice, at, size)
            ),
            _PLACE,
            size,
        ),
    )


def _encoding_swapped(name: str) -> Recipe:
    return on_body(f"its body in {name}", partial(damage.swap_encoding, name))


def _tokens_damaged() -> st.SearchStrategy[Recipe]:
    """Drop, repeat or replace one token of the JSON text."""

    def damaged(at: int, spare: bytes | None, repeat: bool) -> Recipe:  # noqa: FBT001 - drawn, not called
        what = "repeated" if repeat else f"replaced by {spare!r}" if spare else "dropped"
        return on_body(f"the JSON token at {at}/1000 {what}", partial(damage.change_token, at, spare or b"", repeat))

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
        return Recipe(Stage.BODY, f"{json.dumps(value)} as {place}", partial(damage.put, place, value))

    def added(name: str, value: Any) -> Recipe:
        says = f"an extra field {json.dumps(name)} with {json.dumps(value)}"
        return Recipe(Stage.BODY, says, partial(damage.add, name, value))

    return st.one_of(
        st.builds(replaced, st.sampled_from(places), json_values()),
        st.builds(added, st.text(max_size=10), json_values()),
    )


def _field_removed(place: str) -> Recipe:
    return Recipe(Stage.FIELDS, f"{place} taken out", partial(damage.drop, place))


def _whole_replaced() -> st.SearchStrategy[Recipe]:
    """Something else altogether."""

    def other(value: Any) -> Recipe:
        text = json.dumps(value)
        return on_body(f"the body {text}", partial(damage.replace_all, text.encode()))

    def noise(data: bytes) -> Recipe:
        return on_body(f"the body {data!r}", partial(damage.replace_all, data))

    return st.builds(other, json_values()) | st.builds(noise, st.binary(max_size=60))
