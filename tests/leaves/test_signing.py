"""Signing schemes: the vectors of another implementation, and what makes a wrong signature wrong."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook.building.encoding import json_canonical
from certhook.building.signing import ALGORITHMS, CONSTRUCTIONS, SCHEMES, Signable, scheme
from certhook.errors import PackError

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
EXCLUDED = [
    "clientId",
    "access-token",
    "action",
    "auth",
    "channel",
    "controller",
    "locale",
    "method",
    "module",
    "sign",
    "version",
    "per-page",
    "page",
    "sort",
]
BODY_HMAC = scheme("hmac-sha256-body")
JOINED = scheme("sha256-joined-values", excluded=EXCLUDED)

steady = settings(derandomize=True, deadline=None, max_examples=50)
names = st.text("abcXYZ", min_size=1, max_size=3)
parameters = st.dictionaries(names, st.text(max_size=5), max_size=6)


def each(group: str) -> pytest.MarkDecorator:
    """One test per vector of a group, named for its case."""
    return pytest.mark.parametrize("vector", VECTORS[group], ids=lambda vector: vector["case"])


@each("raw_body")
def test_body_hmac_agrees_with_php(vector: dict[str, Any]) -> None:
    """An HMAC over raw bytes, whatever they are, is the one that PHP and OpenSSL compute."""
    signable = Signable(base64.b64decode(vector["body_base64"]))
    assert BODY_HMAC.sign(BODY_HMAC.message(signable), vector["key"].encode()) == vector["signature"]


@each("canonical_body")
def test_canonical_body_agrees_with_php(vector: dict[str, Any]) -> None:
    """The canonical bytes and their signature are those of ksort, json_encode and hash_hmac."""
    body = json_canonical(vector["fields"])
    assert body.decode() == vector["body"]
    assert BODY_HMAC.sign(body, vector["key"].encode()) == vector["signature"]


@each("joined_values")
def test_joined_values_agree_with_php(vector: dict[str, Any]) -> None:
    """The joined message and its hash with the key are those of PHP."""
    message = JOINED.message(Signable(parameters=vector["parameters"]))
    assert message.decode() == vector["joined"]
    assert JOINED.sign(message, vector["key"].encode()) == vector["signature"]


@steady
@given(st.binary(max_size=50), st.binary(max_size=20), st.sampled_from(ALGORITHMS))
def test_constructions_are_what_they_say(message: bytes, key: bytes, algorithm: str) -> None:
    """Every construction puts key and message where its name says."""
    plain = {"key-first": key + message, "key-last": message + key, "no-key": message}
    for construction, hashed in plain.items():
        expected = hashlib.new(algorithm, hashed).hexdigest()
        assert BODY_HMAC.sign(message, key, algorithm, construction) == expected


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_constructions_differ_from_each_other(algorithm: str) -> None:
    """A wrong construction never gives the right signature by chance."""
    signatures = {BODY_HMAC.sign(b"message", b"key", algorithm, construction) for construction in CONSTRUCTIONS}
    assert len(signatures) == len(CONSTRUCTIONS)


@steady
@given(parameters)
def test_order_of_parameters_has_no_meaning(values: dict[str, str]) -> None:
    """The same values sent in another order have the same message."""
    backwards = dict(reversed(values.items()))
    assert JOINED.message(Signable(parameters=values)) == JOINED.message(Signable(parameters=backwards))


@steady
@given(parameters)
def test_excluded_names_have_no_part_in_the_message(values: dict[str, str]) -> None:
    """Excluded parameters change nothing, at the outermost level."""
    more = values | dict.fromkeys(EXCLUDED, "value")
    assert JOINED.message(Signable(parameters=more)) == JOINED.message(Signable(parameters=values))


def test_nested_values_are_joined_by_name_and_lists_in_order() -> None:
    """A holder is ordered like the outermost one, a list keeps its order, and an excluded name counts inside."""
    values = {"b": {"sort": "3", "a": "2"}, "a": ["z", "y"]}
    assert JOINED.message(Signable(parameters=values)) == b"zy23"


def test_values_that_are_not_text_count_as_sent() -> None:
    """Numbers, booleans and null count as the text that a form carries for them."""
    assert JOINED.message(Signable(parameters={"a": 1, "b": True, "c": None, "d": 1.5})) == b"1true1.5"


def test_bytes_that_are_no_utf8_are_signed_as_they_are() -> None:
    """A form value that was decoded with surrogateescape is signed over its original bytes."""
    text = b"a\xff".decode("utf-8", "surrogateescape")
    assert JOINED.message(Signable(parameters={"a": text})) == b"a\xff"


def test_none_signs_nothing() -> None:
    """The scheme for protocols without a signature has an empty message and signature."""
    unsigned = scheme("none")
    assert (unsigned.message(Signable(b"body")), unsigned.sign(b"body", b"key")) == (b"", "")


@pytest.mark.parametrize("name", SCHEMES)
def test_scheme_carries_its_name(name: str) -> None:
    """A scheme is found by the name that it carries."""
    assert scheme(name).name == name


@pytest.mark.parametrize(
    ("name", "setting", "message"),
    [
        ("hmac-sha256-bodi", {}, "unknown signing scheme 'hmac-sha256-bodi'; did you mean hmac-sha256-body?"),
        ("none", {"excluded": []}, "signing scheme none: unknown setting 'excluded'"),
        ("sha256-joined-values", {"exclude": []}, "unknown setting 'exclude'; did you mean excluded?"),
    ],
)
def test_unknown_scheme_or_setting_is_refused(name: str, setting: dict[str, Any], message: str) -> None:
    """A word that a pack misspells is named together with the nearest known one."""
    with pytest.raises(PackError) as refusal:
        scheme(name, **setting)
    assert message in str(refusal.value)


@pytest.mark.parametrize(("algorithm", "construction"), [("sha257", "hmac"), ("sha256", "key-fist")])
def test_unknown_algorithm_or_construction_is_refused(algorithm: str, construction: str) -> None:
    """A wrong signature is wrong in one of the known ways only."""
    with pytest.raises(PackError, match="did you mean"):
        BODY_HMAC.sign(b"", b"", algorithm, construction)
