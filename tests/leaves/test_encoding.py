"""Encodings: they say the same in other bytes, and the bytes are the documented ones."""

import json
import math
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook.building.encoding import (
    ENCODERS,
    encoder,
    expand_path,
    form_encode,
    json_canonical,
    json_compact,
    json_escaped,
    json_pretty,
    query_encode,
    text_bytes,
)
from certhook.errors import PackError

steady = settings(derandomize=True, deadline=None, max_examples=100)
any_text = st.text(st.characters() | st.sampled_from("\ud83c\udfb0\udcff"), max_size=8)
sendable_text = st.text(max_size=8)
exact_doubles = st.floats(-(2.0**53), 2.0**53)
scalars = st.none() | st.booleans() | st.integers() | exact_doubles | any_text
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(sendable_text, inner, max_size=3),
    max_leaves=10,
)
writers = pytest.mark.parametrize("write", [json_compact, json_pretty, json_canonical, json_escaped])


def joined_pairs(value: Any) -> Any:
    """The value with every surrogate pair joined, as any reader of JSON joins them."""
    return json.loads(json.dumps(value))


@writers
@steady
@given(value=values)
def test_every_json_spelling_reads_back(write: Any, value: Any) -> None:
    """Whatever the spelling, a reader finds the value that was written, and the bytes are UTF-8."""
    assert json.loads(write(value).decode("utf-8")) == joined_pairs(value)


@writers
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_has_no_word_for_is_refused(write: Any, number: float) -> None:
    """NaN and the infinities are never written by chance."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        write({"field": [number]})


def test_spellings_of_the_same_fields() -> None:
    """Each spelling is what its name says."""
    fields = {"b": "é/", "a": [1, True, None]}
    assert json_compact(fields) == '{"b":"é/","a":[1,true,null]}'.encode()
    assert json_pretty(fields) == '{\n  "b": "é/",\n  "a": [\n    1,\n    true,\n    null\n  ]\n}'.encode()
    assert json_canonical(fields) == b'{"a":[1,true,null],"b":"\\u00e9\\/"}'
    assert json_escaped(fields) == b'{"\\u0062":"\\u00e9\\u002f","\\u0061":[1,true,null]}'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('"\\/', b'"\\"\\\\\\/"'),
        ("\b\f\n\r\t", b'"\\b\\f\\n\\r\\t"'),
        ("\x00\x0b\x1f", b'"\\u0000\\u000b\\u001f"'),
        ("\x7f", b'"\x7f"'),
        ("\\u007f\x7f/", b'"\\\\u007f\x7f\\/"'),
        ("\x80é", b'"\\u0080\\u00e9"'),
        ("\u2028\ufeff", b'"\\u2028\\ufeff"'),
        ("🎰", b'"\\ud83c\\udfb0"'),
        ("<b>'&", b'"<b>\'&"'),
        ("\udfff", b'"\\udfff"'),
    ],
)
def test_canonical_text_is_php_s(text: str, written: bytes) -> None:
    """Every kind of character is written as PHP's json_encode writes it by default."""
    assert json_canonical(text) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (10.0, b"10"),
        (-0.0, b"-0"),
        (0.5, b"0.5"),
        (-1.25, b"-1.25"),
        (0.0001, b"0.0001"),
        (0.00001, b"1.0e-5"),
        (1.25e-7, b"1.25e-7"),
        (1e16, b"10000000000000000"),
        (1e25, b"1.0e+25"),
        (123456.789, b"123456.789"),
    ],
)
def test_canonical_numbers_are_php_s(number: float, written: bytes) -> None:
    """A fraction is laid out as PHP lays it out, so that a target that writes it again finds the same bytes."""
    assert json_canonical(number) == written


@steady
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_numbers_keep_their_value(number: float) -> None:
    """No digit is lost."""
    written = json_canonical(number).decode()
    assert float(written) == number
    assert Decimal(written) == Decimal(repr(number))


@steady
@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.none()))
def test_canonical_members_are_written_as_they_are_alone(fields: dict[str, Any]) -> None:
    """A whole request at once is what its names and values are, one by one, in the order of the names."""
    members = (json_canonical(name) + b":" + json_canonical(fields[name]) for name in sorted(fields))
    assert json_canonical(fields) == b"{" + b",".join(members) + b"}"


def test_canonical_names_are_sorted_at_every_level() -> None:
    """Upper case stands before lower case, in nested objects as well."""
    assert json_canonical({"b": {"d": 1, "D": 2}, "_": 3, "B": 4}) == b'{"B":4,"_":3,"b":{"D":2,"d":1}}'


@steady
@given(st.lists(st.tuples(sendable_text, sendable_text), max_size=5))
def test_form_and_query_read_back(pairs: list[tuple[str, str]]) -> None:
    """A form and a query carry the pairs in order, repeated names and empty values included."""
    assert parse_qsl(form_encode(pairs).decode("ascii"), keep_blank_values=True) == pairs
    assert parse_qsl(query_encode(pairs), keep_blank_values=True) == pairs


def test_form_bytes() -> None:
    """Only letters, digits and *-._ stand for themselves, and a space is a plus (a %20 in a query)."""
    assert form_encode([("a b", "*-._~+&=é/")]) == b"a+b=*-._%7E%2B%26%3D%C3%A9%2F"
    assert query_encode([("a b", "~+&=é/")]) == "a%20b=~%2B%26%3D%C3%A9%2F"


def test_form_values_that_are_not_text() -> None:
    """Numbers and booleans are written plainly, null as nothing, holders as compact JSON."""
    fields = {"i": 1, "b": True, "n": None, "o": {"a": ["é"]}}
    assert parse_qsl(encoder("form")(fields).decode(), keep_blank_values=True) == [
        ("i", "1"),
        ("b", "true"),
        ("n", ""),
        ("o", '{"a":["é"]}'),
    ]


@steady
@given(any_text)
def test_any_text_has_bytes(text: str) -> None:
    """Text that is proper has its UTF-8, and text that holds surrogates has bytes all the same."""
    proper = not any("\ud800" <= character <= "\udfff" for character in text)
    assert not proper or text_bytes(text) == text.encode("utf-8")
    assert len(text_bytes(text)) >= len(text)


def test_undecodable_bytes_survive() -> None:
    """Bytes that are not UTF-8, read with surrogateescape, go out as they came."""
    raw = b"\xc3\xa9\xff\x80"
    assert text_bytes(raw.decode("utf-8", "surrogateescape")) == raw


def test_surrogate_that_stands_for_no_byte_is_written_all_the_same() -> None:
    """Half of a pair goes out in the three bytes that a careless writer of UTF-8 would send."""
    assert text_bytes("\ud83c") == b"\xed\xa0\xbc"


@steady
@given(st.text(min_size=1, max_size=8))
def test_path_value_stays_one_segment(value: str) -> None:
    """Whatever the value, the path keeps its segments and the value reads back."""
    path = urlsplit("http://host" + expand_path("/users/:userId/session", {"userId": value})).path
    _, users, segment, session = path.split("/")
    assert (users, unquote(segment), session) == ("users", value, "session")
    assert segment not in {".", ".."}


def test_path_without_placeholders_is_itself() -> None:
    """A colon inside a segment is no placeholder."""
    assert expand_path("/v1/a:b", {}) == "/v1/a:b"


def test_path_value_that_is_missing_is_named() -> None:
    """A path that asks for a value which nobody gives is the pack's mistake."""
    with pytest.raises(PackError, match="no value for userId; did you mean user_id"):
        expand_path("/users/:userId", {"user_id": "1"})


@pytest.mark.parametrize("name", ENCODERS)
def test_encoders_take_fields(name: str) -> None:
    """Every encoder makes bytes of named fields."""
    assert b"value" in encoder(name)({"name": "value"})


def test_unknown_encoder_is_refused() -> None:
    """A misspelt encoding is named together with the nearest known one."""
    with pytest.raises(PackError, match="unknown encoding 'jsn'; did you mean json"):
        encoder("jsn")
