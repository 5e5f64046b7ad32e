"""Validation: two libraries that agree, the exact one imported only where something is wrong, and nothing fetched."""

import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from certhook.errors import PackError
from certhook.formats import FORMATS
from certhook.pack.loading import load_pack, protocols
from certhook.places import own_schema
from certhook.validation import _sound, errors, fits, flaw_of

STRANGE: list[Any] = [
    *(math.inf, -math.inf, 10**400, -(10**400), 2**64, -0.0, 0, 1.0, True, False, None),
    *("", "0", "\ud800", "\U0001f600", "success", "error", "OK", "EUR", "2024-01-01T00:00:00.000Z", "https://a/b"),
    *([], {}, [1, 1.0], [True, 1]),
]


def shipped() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas of every pack, its readings of answers among them, and those of what this project writes."""
    for name in ("result", "journal"):
        yield name, own_schema(name)
    for protocol in protocols():
        pack = load_pack(protocol)
        yield f"{protocol}-profile", pack.profile_schema
        yield f"{protocol}-accepted", pack.reading.accepted
        yield f"{protocol}-refused", pack.reading.refused
        for one in pack.operations:
            for part in ("request", "success", "refusal"):
                yield f"{protocol}-{one.name}-{part}", getattr(one, part)


def values(schema: Any) -> st.SearchStrategy[Any]:
    """JSON values, with the names and constants that a schema knows among them, and strange ones."""
    names, constants = set(_names(schema)), list(_constants(schema))
    scalars = st.sampled_from([*STRANGE, *constants]) | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4)
    keys = st.sampled_from(sorted(names)) if names else st.text(max_size=3)
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=8), max_leaves=12
    )


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _names(part)


def _constants(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield from [schema["const"]] if "const" in schema else schema.get("enum", [])
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _constants(part)


@pytest.mark.parametrize(("name", "schema"), list(shipped()), ids=lambda one: one if isinstance(one, str) else "")
@settings(derandomize=True, deadline=None, max_examples=40)
@given(data=st.data())
def test_both_libraries_agree_on_every_schema(name: str, schema: Mapping[str, Any], data: st.DataObject) -> None:
    """What one finds wrong, the other does, whatever the value: so a fault is neither missed nor made up."""
    value = data.draw(values(schema))
    wrong = list(_sound(schema).thorough.iter_errors(value))
    assert [one.message for one in errors(schema, value)] == [one.message for one in wrong], name
    if not _has_infinity(value):
        assert fits(schema, value) is not bool(wrong), name


def _has_infinity(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_infinity, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and math.isinf(value)


@pytest.mark.parametrize("name", ["accepted", "refused"])
@pytest.mark.parametrize("protocol", protocols())
def test_an_infinity_is_read_alike(protocol: str, name: str) -> None:
    """A number beyond a double makes an answer neither more nor less of a success, in whichever member it stands."""
    schema = getattr(load_pack(protocol).reading, name)
    for member in (None, *_names(schema)):
        for infinity in (math.inf, -math.inf):
            value: Any = infinity if member is None else {**dict.fromkeys(_names(schema), "a"), member: infinity}
            assert fits(schema, value) is _sound(schema).thorough.is_valid(value)


@pytest.mark.parametrize("value", ["\ud800", date(2027, 1, 31), object()])
def test_what_no_json_text_holds_is_judged_all_the_same(value: Any) -> None:
    """Half of a surrogate pair or a date of TOML has a type, or none; neither is a crash."""
    exact = Draft202012Validator({"type": "string"})
    assert fits({"type": "string"}, value) is exact.is_valid(value)
    assert [one.message for one in errors({"type": "string"}, value)] == [
        one.message for one in exact.iter_errors(value)
    ]


def test_a_value_as_deep_as_any_is_judged() -> None:
    """No nesting that a reader lets through is too deep."""
    value: Any = 0
    for _ in range(5000):
        value = [value]
    assert fits({"type": "array"}, value)


def test_validators_are_made_once() -> None:
    """A schema is looked at when it is first asked for; another one in its place is another one."""
    schema = {"type": "string"}
    assert _sound(schema) is _sound(schema)
    assert _sound(dict(schema)) is not _sound(schema)


def test_2020_12_is_what_is_read() -> None:
    """Keywords of draft 2020-12 count."""
    pairs = {"prefixItems": [{"type": "string"}], "items": False}
    assert fits(pairs, ["a"])
    assert not fits(pairs, ["a", 1])


def test_an_unknown_format_is_a_flaw() -> None:
    """A format that nobody knows would check nothing, so it is refused, wherever it stands."""
    schema = {"title": "page", "properties": {"a": {"allOf": [{"format": "iso-4271"}]}}}
    with pytest.raises(PackError, match=r"schema 'page': unknown format 'iso-4271'; did you mean iso-4217\?"):
        fits(schema, {})


def test_a_property_named_format_is_no_format() -> None:
    """A field may be called format, and a constant may hold one."""
    schema = {"properties": {"format": {"type": "string"}}, "const": {"format": "anything"}}
    assert fits(schema, {"format": "anything"})


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "strin"}, "$.type: 'strin' is not valid"),
        ({"properties": {"a": {"minLength": -1}}}, "$.properties.a.minLength: -1 is less than the minimum of 0"),
        ({"pattern": "("}, "is not"),
    ],
)
def test_a_schema_that_is_none_is_refused_in_one_line(schema: Any, says: str) -> None:
    """It is the pack's mistake, told with its title and place."""
    with pytest.raises(PackError, match=r"^schema 'page': ") as refusal:
        fits({"title": "page", **schema}, None)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_nothing_is_fetched() -> None:
    """A schema that refers to a document elsewhere is refused, rather than completed over the network."""
    assert flaw_of({"$ref": "http://127.0.0.1:9/schema.json"}) is not None


def test_only_errors_need_the_library_that_explains() -> None:
    """Where everything fits, jsonschema is not imported: it takes longer than a hundred answers."""
    code = (
        "import sys; from certhook.pack.loading import load_pack; from certhook.validation import fits\n"
        "fits(load_pack('klas').reading.accepted, {'status_code': 'OK'}); print('jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_format_is_asked_for_by_both() -> None:
    """A format of this project's goes before a library's of the same name, such as `date`."""
    for name in FORMATS:
        assert not fits({"format": name}, "neither \x00"), name
        assert list(errors({"format": name}, "neither \x00")), name
    assert {name for name in FORMATS if "date" in name} == {"date", "date-time", "date-time-utc-ms"}
