"""The strict reader is right about RFC 8259: beside a grammar written from the RFC, and for a table of cases."""

import json
import math
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import LarkError

from certhook.judging import jsontext
from certhook.judging.jsontext import DEEPEST, FATHOMED, MOST_VALUES, UNREADABLE, Flaw, read_json

steady = settings(derandomize=True, deadline=None, max_examples=400)

# RFC 8259 § 2 to 7, rule by rule; it knows nothing of the library's decoder.
GRAMMAR = Lark(
    r"""
    start: value
    value: object | array | STRING | NUMBER | "true" | "false" | "null"
    object: "{" [member ("," member)*] "}"
    member: STRING ":" value
    array: "[" [value ("," value)*] "]"
    STRING: /"(?:[^"\\\x00-\x1f]|\\(?:["\\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/
    NUMBER: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/
    %ignore /[\x20\x09\x0a\x0d]+/
    """,
    parser="lalr",
)

PIECES = [
    *"{}[],:\"\\ \t\n\r/'#-+.eE019aut\f\v\0\x1f\x7f\xa0\u2028\ufeff\u0661é🎰",
    '"a"',
    '"a":',
    '{"a":1}',
    "[1,2]",
    "true",
    "false",
    "null",
    "NaN",
    "Infinity",
    "nul",
    "0.5",
    "-0",
    "1e5",
    "01",
    "\\u0061",
    "\\ud83c",
    "\\udfb0",
    "\\x",
    "\\u12",
    "//",
    "/**/",
]
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def fits_grammar(data: bytes) -> bool:
    """What the grammar says of the bytes."""
    try:
        GRAMMAR.parse(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except (LarkError, UnicodeDecodeError):
        return False
    return True


@st.composite
def damaged_texts(draw: st.DrawFn) -> bytes:
    """Valid JSON in which a few bytes are removed, replaced or doubled."""
    indent = draw(st.sampled_from([None, 1]))
    data = bytearray(json.dumps(draw(values), indent=indent, ensure_ascii=draw(st.booleans())).encode())
    for _ in range(draw(st.integers(0, 2))):
        position = draw(st.integers(0, len(data)))
        data[position : position + draw(st.integers(0, 2))] = draw(st.sampled_from(PIECES)).encode()
    return bytes(data)


texts = st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: "".join(pieces).encode())


@steady
@given(damaged_texts() | texts | st.binary(max_size=12))
@example(b"")
@example(b"\xef\xbb\xbf")
def test_reader_agrees_with_the_grammar(data: bytes) -> None:
    """A text has the flaw GRAMMAR exactly where the RFC's rules do not derive it."""
    assert (Flaw.GRAMMAR in read_json(data).flaws) is not fits_grammar(data)


@steady
@given(damaged_texts() | texts)
def test_walk_agrees_with_the_library(data: bytes) -> None:
    """The reader without recursion finds the values and flaws that the library's decoder finds."""
    text = data.decode("utf-8", "replace")
    walked = outcome(lambda decoder: jsontext._Walk(text, decoder).value())
    assert walked == outcome(lambda decoder: decoder.decode(text))


def outcome(read: Callable[[json.JSONDecoder], Any]) -> tuple[str, set[Flaw]] | None:
    """A value as its repr, which tells 1 from 1.0, with the flaws; None where the text is refused."""
    flaws: set[Flaw] = set()
    try:
        return repr(read(jsontext._decoder(flaws))), flaws
    except ValueError:
        return None


@steady
@given(st.dictionaries(st.text(), values, max_size=4))
def test_written_objects_read_back_without_flaws(value: dict[str, Any]) -> None:
    """What a writer of JSON writes is read as it was, and nothing is held against it."""
    text = read_json(json.dumps(value, ensure_ascii=False).encode())
    assert (text.value, text.flaws) == (value, frozenset())


# Objects and scalars that the grammar derives.
ALLOWED = [
    b"{}",
    b"[]",
    b" {} ",
    b"\t\n\r {\t\n\r }\t\n\r ",
    b"0",
    b"-0",
    b"-1",
    b"1.5",
    b"0.0",
    b"-0.0",
    b"1e5",
    b"1E5",
    b"1e+5",
    b"1E-5",
    b"1.5e05",
    b"0e0",
    b"0e+1",
    b"-0e-1",
    b"123456789012345678901234567890",
    b"1e-400",
    b'""',
    b'" "',
    b'"a"',
    b'"\\""',
    b'"\\\\"',
    b'"\\/"',
    b'"/"',
    b'"\\b\\f\\n\\r\\t"',
    b'"\\u0000"',
    b'"\\u001f"',
    b'"\\u00E9\\u00e9"',
    b'"\\uFFFF"',
    b'"\\ud83c\\udfb0"',
    b'"\\uD83C\\uDFB0"',
    b'"\\\\ud800"',
    b'"\\\\\\u0061"',
    b'"\x7f"',
    b'"\xc2\x80"',
    b'"\xc3\xa9"',
    b'"\xe2\x80\xa8\xe2\x80\xa9"',
    b'"\xef\xbf\xbf"',
    b'"\xef\xbb\xbf"',
    b'"\xf0\x9f\x8e\xb0"',
    b'"\xf4\x8f\xbf\xbf"',
    b'"\'"',
    b'"//"',
    b'"[{"',
    b"true",
    b"false",
    b"null",
    b"[1,2]",
    b"[1 , 2]",
    b"[[],[[]],{}]",
    b'[null,true,false,0,"",{},[]]',
    b'{"":0}',
    b'{"a":1,"b":2}',
    b'{ "a" : [ 1 ] }',
    b'{"a":{"a":{"a":1}}}',
    b'{"a":1,"A":2}',
    b'{"a b":1}',
    b'{"\\u0061":1}',
    b"\n1\n",
]

# Bodies that the grammar does not derive.
FORBIDDEN = [
    b"",
    b" ",
    b"\n\t\r ",
    b"\f{}",
    b"\v{}",
    b"{}\f",
    b"\xc2\xa0{}",
    b"{}\xc2\xa0",
    b"\xe2\x80\xa8{}",
    b"\xe3\x80\x80{}",
    b"\x00",
    b"{}\x00",
    b"{",
    b"}",
    b"[",
    b"]",
    b"{]",
    b"[}",
    b"{}}",
    b"[]]",
    b"{}{}",
    b"{},",
    b"{} x",
    b"1 2",
    b",",
    b":",
    b"[,]",
    b"[1,]",
    b"[,1]",
    b"[1,,2]",
    b"[1 2]",
    b"[1;2]",
    b"[1",
    b"[1,",
    b"{,}",
    b'{"a"}',
    b'{"a":}',
    b'{"a":1,}',
    b'{,"a":1}',
    b'{"a":1,,"b":2}',
    b'{"a":1 "b":2}',
    b'{"a",1}',
    b'{"a"::1}',
    b'{"a":1:2}',
    b'{"a":1',
    b'{"a":',
    b'{"a"',
    b'{"a',
    b"{a:1}",
    b"{'a':1}",
    b"{1:1}",
    b"{null:1}",
    b"{[]:1}",
    b'{"a":1]',
    b'["a":1]',
    b"['a']",
    b"`a`",
    b'"',
    b'"a',
    b'a"',
    b'"a"b',
    b'"\\"',
    b'"\\',
    b'"\\a"',
    b'"\\x41"',
    b'"\\0"',
    b'"\\\'"',
    b'"\\U0061"',
    b'"\\u"',
    b'"\\u12"',
    b'"\\u123"',
    b'"\\u12g4"',
    b'"\\u 123"',
    b'"\\u+123"',
    b'"\\u0x12"',
    b'"\\u00\xc3\xa9"',
    b'"\\u\xef\xbc\x90\xef\xbc\x90\xef\xbc\x90\xef\xbc\x90"',
    b'"\\\n"',
    b'"\n"',
    b'"\t"',
    b'"\r"',
    b'"\x00"',
    b'"\x1f"',
    b"tru",
    b"truee",
    b"True",
    b"TRUE",
    b"nul",
    b"nulll",
    b"None",
    b"undefined",
    b"truefalse",
    b"NaN",
    b"-NaN",
    b"nan",
    b"Infinity",
    b"-Infinity",
    b"+Infinity",
    b"inf",
    b"[NaN]",
    b'{"a":NaN}',
    b'{"a":-Infinity}',
    b"-",
    b"--1",
    b"+1",
    b"+0",
    b"- 1",
    b"00",
    b"01",
    b"-01",
    b"1.",
    b"-1.",
    b".5",
    b"-.5",
    b"0.e1",
    b"1.e1",
    b"1e",
    b"1e+",
    b"1e-",
    b"1e1.5",
    b"1e 1",
    b"1 e1",
    b"e1",
    b"1.5.5",
    b"1_000",
    b"1,000",
    b"0x10",
    b"0b1",
    b"0o7",
    b"1a",
    b"1L",
    b"1f",
    b"\xef\xbc\x91",
    b"\xd9\xa1",
    b"1\xd9\xa1",
    b"1.\xd9\xa1",
    b"1e\xd9\xa1",
    b"// comment\n{}",
    b"{} // comment",
    b"/**/{}",
    b"{/**/}",
    b"# comment\n{}",
    b"{} # comment",
    b"<html></html>",
    b"a=1&b=2",
    b"{}\xef\xbb\xbf",
    b" \xef\xbb\xbf{}",
    b"{\xef\xbb\xbf}",
    b"\xff",
    b"\x80",
    b'"\xff"',
    b'"\x80"',
    b'"\xc3"',
    b'"\xc3("',
    b'"\xe2\x82"',
    b'"\xf0\x9f\x8e"',
    b'"\xc0\xaf"',
    b'"\xc1\xbf"',
    b'"\xe0\x80\xaf"',
    b'"\xf0\x80\x80\xaf"',
    b'"\xed\xa0\x80"',
    b'"\xed\xbf\xbf"',
    b'"\xed\xa0\xbc\xed\xbe\xb0"',
    b'"\xf4\x90\x80\x80"',
    b'"\xf8\x88\x80\x80\x80"',
    b'"\xfe"',
    b"{}\xff",
    "{}".encode("utf-16"),
    "{}".encode("utf-16-le"),
    "{}".encode("utf-16-be"),
    "{}".encode("utf-32"),
    "{}".encode("utf-32-le"),
    "{}".encode("utf-32-be"),
    "1".encode("utf-16-le"),
    '{"é":1}'.encode("latin-1"),
    b"\x1f\x8b\x08\x00",
]


@pytest.mark.parametrize("data", ALLOWED)
def test_allowed_text_is_read(data: bytes) -> None:
    """A text that the RFC allows has a value, and its root alone may be held against it."""
    text = read_json(data)
    assert text.value == json.loads(data)
    assert text.flaws == (frozenset() if isinstance(text.value, dict) else {Flaw.ROOT})
    assert fits_grammar(data)


@pytest.mark.parametrize("data", FORBIDDEN)
def test_forbidden_text_has_no_value(data: bytes) -> None:
    """A body that the RFC does not allow has the one flaw GRAMMAR and no value, inside an object too."""
    assert read_json(data) == jsontext.JsonText(UNREADABLE, frozenset({Flaw.GRAMMAR}))
    assert Flaw.GRAMMAR in read_json(b'{"a":{' + data).flaws
    assert not fits_grammar(data)


def test_table_has_no_case_twice() -> None:
    """Every case of the table stands there once."""
    assert len(set(ALLOWED + FORBIDDEN)) == len(ALLOWED) + len(FORBIDDEN)


@pytest.mark.parametrize(
    ("data", "flaws"),
    [
        (b'\xef\xbb\xbf{"a":1}', {Flaw.BYTE_ORDER_MARK}),
        (b"\xef\xbb\xbf[]", {Flaw.BYTE_ORDER_MARK, Flaw.ROOT}),
        (b"\xef\xbb\xbf", {Flaw.BYTE_ORDER_MARK, Flaw.GRAMMAR}),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", {Flaw.BYTE_ORDER_MARK, Flaw.GRAMMAR}),
        (b'{"a":1,"a":1}', {Flaw.DUPLICATE_KEYS}),
        (b'{"a":1,"\\u0061":2}', {Flaw.DUPLICATE_KEYS}),
        (b'{"":1,"":2}', {Flaw.DUPLICATE_KEYS}),
        (b'{"a":{"b":1,"c":2,"b":3}}', {Flaw.DUPLICATE_KEYS}),
        (b'[{"a":1,"a":1}]', {Flaw.DUPLICATE_KEYS, Flaw.ROOT}),
        (b'{"a":1,"b":{"a":1}}', set()),
        (b'{"\xc3\xa9":1,"e\xcc\x81":2}', set()),
        (b'{"a":1e400}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":-1e400}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":1.8e308}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":1.7976931348623157e308}', set()),
        (b'{"a":' + b"9" * 308 + b"}", set()),
        (b'{"a":' + b"9" * 309 + b"}", {Flaw.OUT_OF_RANGE}),
        (b'{"a":' + b"1" + b"0" * 308 + b"}", set()),
        (b'{"a":-' + b"9" * 5000 + b"}", {Flaw.OUT_OF_RANGE}),
        (b'{"a":0.' + b"9" * 5000 + b"}", set()),
        (b'{"a":0e999}', set()),
        (b'{"a":"\\ud800"}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":"\\udfff"}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":"\\udfb0\\ud83c"}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":"\\ud83c\\ud83c\\udfb0"}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":"\\ud83cx\\udfb0"}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":"\\ud83c\\\\udfb0"}', {Flaw.OUT_OF_RANGE}),
        (b'{"\\uD800":1}', {Flaw.OUT_OF_RANGE}),
        (b'{"a":["\\ud800"],"a":1}', {Flaw.OUT_OF_RANGE, Flaw.DUPLICATE_KEYS}),
        (b'{"a":"\\\\ud800"}', set()),
    ],
)
def test_flaws_of_what_the_grammar_allows(data: bytes, flaws: set[Flaw]) -> None:
    """What the grammar allows and a target may refuse all the same is told apart by kind."""
    assert read_json(data).flaws == flaws


def test_values_beside_flaws() -> None:
    """The last of two equal names counts, and a number beyond a double is an infinity."""
    assert read_json(b'{"a":1,"a":2}').value == {"a": 2}
    assert read_json(b'{"a":1e400,"b":-' + b"9" * 400 + b"}").value == {"a": math.inf, "b": -math.inf}
    assert read_json(b'{"a":' + b"9" * 308 + b"}").value == {"a": 10**308 - 1}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nobody_looks_at_what_is_within_what_is_too_deep(opening: str, closing: str) -> None:
    """Beyond FATHOMED levels a text is deep, whatever stands in it: to walk down there would take long."""
    started = time.process_time()
    levels = MOST_VALUES - 1
    assert read_json((opening * levels + "not json" + closing * levels).encode()).flaws >= {Flaw.DEEP}
    levels = FATHOMED // 2
    assert Flaw.GRAMMAR in read_json((opening * levels + "not json" + closing * levels).encode()).flaws
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["[" * (MOST_VALUES - 1), '{"a":' * FATHOMED, "[" * DEEPEST + "]" * (DEEPEST + 1)])
def test_what_is_never_closed_is_no_json_at_any_depth(text: str) -> None:
    """Brackets that stay open, or are closed once more than they are opened, do not fit the grammar however many."""
    assert Flaw.GRAMMAR in read_json(text.encode()).flaws


def test_what_has_too_many_values_is_not_read() -> None:
    """A few megabytes of brackets would be hundreds in memory: the text is large, and has no value."""
    many = read_json(b"[" + b"[]," * MOST_VALUES + b"[]]")
    assert many == jsontext.JsonText(UNREADABLE, frozenset({Flaw.LARGE}))
    assert read_json(b"[" + b"1," * (MOST_VALUES - 1) + b"1]").flaws == {Flaw.ROOT}


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_depth_is_counted(opening: bytes, closing: bytes) -> None:
    """A text is deep from one level beyond DEEPEST on, whatever nests in what."""
    levels = opening.count(b"[") + opening.count(b"{")
    assert Flaw.DEEP not in read_json(opening * (DEEPEST // levels) + b"1" + closing * (DEEPEST // levels)).flaws
    deep = read_json(opening * (DEEPEST // levels + 1) + b"1" + closing * (DEEPEST // levels + 1))
    assert deep == jsontext.JsonText(UNREADABLE, deep.flaws & {Flaw.ROOT} | {Flaw.DEEP})


def test_brackets_in_strings_and_side_by_side_are_not_depth() -> None:
    """Only brackets within each other count."""
    data = json.dumps({"a": "[" * 2000, "b": [[]] * 2000, '{"': '"\\'}).encode()
    assert read_json(data).flaws == frozenset()


@pytest.mark.parametrize(
    ("data", "flaws"),
    [
        (
            b'{"a":' + b"[" * 600 + b"]" * 600 + b',"b":1e400,"b":2}',
            {Flaw.DEEP, Flaw.OUT_OF_RANGE, Flaw.DUPLICATE_KEYS},
        ),
        (b'{"a":' + b"[" * 600 + b"]" * 600 + b"} x", {Flaw.GRAMMAR}),
        (b'{"a":' + b"[" * 600 + b"01" + b"]" * 600 + b"}", {Flaw.GRAMMAR}),
        (b'{"a":' + b"[" * 600 + b"]" * 599 + b"}", {Flaw.GRAMMAR}),
        (b'{"a":' + b"[" * 600 + b"NaN" + b"]" * 600 + b"}", {Flaw.GRAMMAR}),
        (b'{"a":' + b"[" * 600 + b"]" * 600 + b',b":1}', {Flaw.GRAMMAR}),
        (b'{"a":' + b"[" * 600 + b"]" * 600 + b',"b" 1}', {Flaw.GRAMMAR}),
    ],
)
def test_deep_text_is_still_judged(data: bytes, flaws: set[Flaw]) -> None:
    """Depth hides no other flaw."""
    assert read_json(data).flaws == flaws


def test_deep_stack_of_the_caller_changes_nothing() -> None:
    """A reader that is called where little stack is left reads the same."""

    def called_from(depth: int) -> Any:
        return called_from(depth - 1) if depth else read_json(b'{"a":' * 400 + b"1" + b"}" * 400)

    assert called_from(600) == called_from(0)


MEBIBYTE = 1 << 20
HUGE = {
    "openings": b"[" * MEBIBYTE,
    "brackets": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "digits": b"9" * MEBIBYTE,
    "fraction": b"0." + b"1" * MEBIBYTE,
    "exponent": b"1e" + b"9" * MEBIBYTE,
    "backslashes": b'"' + b"\\" * MEBIBYTE,
    "quotes": b'"' * MEBIBYTE,
    "spaces": b" " * MEBIBYTE,
    "long numbers": b"[" + b",".join([b"9" * 5000] * 200) + b"]",
    "half pairs": b'"' + b"\\ud800" * (MEBIBYTE // 6) + b'"',
    "strings that open": b'["' * (MEBIBYTE // 2),
    "wide": b"[" + b"[]," * (MEBIBYTE // 3) + b"1]",
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_bodies_take_bounded_time(name: str) -> None:
    """No body of a mebibyte exhausts the stack or takes more than seconds, which would be minutes at a square."""
    started = time.process_time()
    assert read_json(HUGE[name]).flaws
    assert time.process_time() - started < 20


def test_flaws_are_words() -> None:
    """A flaw is named as packs name it."""
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", flaw) for flaw in Flaw)
