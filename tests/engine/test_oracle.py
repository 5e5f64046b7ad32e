"""The oracle: what is wrong with a body is decided from its bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhook.changes.bodies import CATALOGUE, GRAMMAR, OPEN, ROOT, Body, catalogue
from certhook.fuzzing.json_strategies import json_values
from certhook.judging.oracle import CATEGORIES
from tests.certifying import authenticate, categories_of

VALID = {"request_id": "r-1", "timestamp": 1_800_000_000, "session_id": "s-1", "player_id": "p-1"}
BYTES = json.dumps(VALID, separators=(",", ":")).encode()


def of(body: bytes) -> set[str]:
    """The categories of a body."""
    return set(categories_of(body, authenticate(), VALID))


def with_value(name: str, value: Any) -> set[str]:
    """The categories of the valid body with one other value."""
    return of(json.dumps(VALID | {name: value}).encode())


def by_name(body: Body) -> str:
    """What a body is called in a test's id."""
    return body.name


def test_a_valid_body_is_in_no_category() -> None:
    """However it is spelled, nothing is wrong with a valid body."""
    assert of(BYTES) == set()
    assert of(json.dumps(VALID, indent=2).encode()) == set()
    assert of(json.dumps(dict(reversed(VALID.items()))).encode()) == set()


@pytest.mark.parametrize("body", GRAMMAR, ids=by_name)
def test_bodies_against_the_grammar_are_all_that(body: Body) -> None:
    """Every body of the grammar section is no RFC 8259 text."""
    assert of(body.make(BYTES)) == {"grammar"}


@pytest.mark.parametrize("body", ROOT, ids=by_name)
def test_bodies_without_an_object_are_all_that(body: Body) -> None:
    """Every body of the root section is a JSON text, and no object."""
    assert of(body.make(BYTES)) == {"root"}


@pytest.mark.parametrize("body", OPEN, ids=by_name)
def test_the_others_are_objects_that_the_grammar_allows(body: Body) -> None:
    """What remains is about something else than grammar and root, and not valid as it is."""
    found = of(body.make(BYTES))
    assert found
    assert not found & {"grammar", "root"}


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("duplicate-key", "duplicate-keys"),
        ("duplicate-extra", "duplicate-keys"),
        ("duplicate-escaped", "duplicate-keys"),
        ("byte-order-mark", "byte-order-mark"),
        ("huge-number", "out-of-range"),
        ("lone-surrogate", "out-of-range"),
        ("empty-object", "missing"),
        ("deep-extra", "deep"),
        ("empty-key", "extra"),
    ],
)
def test_what_an_open_body_is_about(name: str, category: str) -> None:
    """Each open body of the catalogue is found to be what its name says."""
    body = next(one for one in OPEN if one.name == name)
    assert category in of(body.make(BYTES))


def test_the_catalogue_has_no_name_twice() -> None:
    """Cases are known by the names of bodies."""
    assert len({body.name for body in CATALOGUE}) == len(CATALOGUE)


def test_the_catalogue_is_for_json() -> None:
    """Operations whose body is a form have none of it."""
    assert len(list(catalogue("json"))) == len(CATALOGUE)
    assert list(catalogue("form")) == []


@pytest.mark.parametrize(
    ("name", "value", "category"),
    [
        ("player_id", None, "null"),
        ("player_id", "", "empty-identifier"),
        ("request_id", "", "empty-text"),
        ("player_id", 12001, "coercible"),
        ("player_id", 1.5, "coercible"),
        ("player_id", True, "wrong-type"),
        ("player_id", {"a": 1}, "wrong-type"),
        ("player_id", ["p-1"], "wrong-type"),
        ("player_id", {}, "other-value"),
        ("player_id", [], "other-value"),
        ("player_id", "p-2", "other-value"),
        ("timestamp", "1800000000", "coercible"),
        ("timestamp", " 12", "coercible"),
        ("timestamp", "", "coercible"),
        ("timestamp", "12 days", "coercible"),
        ("timestamp", True, "coercible"),
        ("timestamp", "yesterday", "wrong-type"),
        ("timestamp", {"a": 1}, "wrong-type"),
        ("timestamp", None, "null"),
        ("timestamp", 1_800_000_001, "other-value"),
        ("request_id", "another", None),
        ("x", "extra", "extra"),
    ],
)
def test_a_value_is_in_the_category_that_its_type_says(name: str, value: Any, category: str | None) -> None:
    """What frameworks coerce is coercible, what they cannot is a wrong type, and another id is nothing at all."""
    assert with_value(name, value) == ({category} if category else set())


def test_a_missing_field_is_missing() -> None:
    """A mandatory field that is not there is found, whatever else is."""
    for name in VALID:
        rest = {key: value for key, value in VALID.items() if key != name}
        assert of(json.dumps(rest).encode()) == {"missing"}


def test_several_things_are_all_found() -> None:
    """One field missing, one null, and one too many are three categories."""
    body = {"request_id": None, "timestamp": 1_800_000_000, "session_id": "s-1", "more": 1}
    assert of(json.dumps(body).encode()) == {"missing", "null", "extra"}


@given(st.binary(max_size=200))
def test_any_bytes_have_a_category(body: bytes) -> None:
    """Random bytes are never valid, and the oracle never fails on them."""
    found = of(body)
    assert found
    assert found <= set(CATEGORIES)


@given(json_values())
def test_any_json_but_an_object_is_a_root(value: Any) -> None:
    """A JSON text is in `root` exactly where it is no object, unless its numbers or escapes say more."""
    found = of(json.dumps(value).encode())
    assert found == {"root"} or isinstance(value, dict)


@given(st.sampled_from(sorted(VALID)), json_values())
def test_the_same_bytes_are_always_the_same(name: str, value: Any) -> None:
    """The verdict hangs on the bytes alone, not on how they came about."""
    body = json.dumps(VALID | {name: value}).encode()
    assert of(body) == of(bytes(bytearray(body)))


@given(st.dictionaries(st.text(max_size=5).filter(lambda name: name not in VALID), json_values(), min_size=1))
def test_unknown_members_are_extra(members: dict[str, Any]) -> None:
    """Whatever unknown members hold, they are extra, and none of the mandatory ones is blamed."""
    found = of(json.dumps(VALID | members).encode())
    assert found <= {"extra", "out-of-range", "deep"}
    assert "extra" in found or "deep" in found
