"""Requests: a valid one, and one with exactly one change."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace

import pytest

from certhook.building.builder import Builder
from certhook.building.change import Draft, Stage
from certhook.changes import CONTROL, Change
from certhook.exchange import Request
from certhook.reference.klas.target import PLAYER, KlasTarget
from tests.certifying import NOW, authenticate, builder, change, changes, klas, profile

CHANGES = changes()
SIGNED_AFTERWARDS = [one for one in CHANGES if one.stage in (Stage.FIELDS, Stage.BODY)]


def by_name(one: Change) -> str:
    """What a change is called in a test's id."""
    return one.name


def right_signature(body: bytes) -> bytes:
    """The documented signature, computed here."""
    return hmac.digest(KlasTarget.secret, body, "sha256").hex().encode()


def without_ids(request: Request) -> tuple[bytes, ...]:
    """What is left of a request when its fresh id and what hangs on it are taken out."""
    fields = json.loads(request.body)
    return (request.method.encode(), request.target.encode(), json.dumps(fields | {"request_id": ""}).encode())


def test_a_valid_request_is_what_the_document_shows() -> None:
    """Method, path, media type, the four fields with the profile's values, and the signature of the raw body."""
    request = builder().build(authenticate())
    fields = json.loads(request.body)
    assert (request.method, request.target) == ("POST", "/authenticate")
    assert request.header("content-type") == b"application/json"
    assert fields.keys() == {"request_id", "timestamp", "session_id", "player_id"}
    assert (fields["player_id"], fields["session_id"]) == (PLAYER.player_id, PLAYER.session_id)
    assert fields["timestamp"] == int(NOW)
    assert request.header("x-signature") == right_signature(request.body)


def test_a_timestamp_is_in_the_profile_s_unit() -> None:
    """A profile that says milliseconds has them sent."""
    data = KlasTarget.profile("http://target.example") | {"options": {"timestamp_unit": "ms"}}
    assert json.loads(builder(data=data).build(authenticate()).body)["timestamp"] == int(NOW * 1000)


def test_every_request_has_an_id_of_its_own() -> None:
    """No two requests share the id that a target may refuse to see twice."""
    made = builder()
    ids = [json.loads(made.build(authenticate()).body)["request_id"] for _ in range(10)]
    assert len(set(ids)) == 10


@pytest.mark.parametrize("one", SIGNED_AFTERWARDS, ids=by_name)
def test_a_changed_body_is_signed_as_it_goes_out(one: Change) -> None:
    """What was changed before signing is signed: nothing but the change is wrong."""
    request = builder().build(authenticate(), one)
    assert request.header("x-signature") == right_signature(request.body)


@pytest.mark.parametrize("one", [one for one in CHANGES if one.stage is Stage.SIGNATURE], ids=by_name)
def test_a_changed_signature_is_not_the_right_one(one: Change) -> None:
    """A violation of the signature leaves no right signature on the request."""
    request = builder().build(authenticate(), one)
    assert request.header("x-signature") != right_signature(request.body)


@pytest.mark.parametrize("one", [one for one in CHANGES if one.stage is Stage.FIELDS], ids=by_name)
def test_a_changed_field_is_the_only_one(one: Change) -> None:
    """Of the fields that a request is made from, no other differs than the one that the change is about."""
    request, valid = builder().build_from(authenticate(), one)
    fields = json.loads(request.body)
    differing = {name for name in {*fields, *valid} if fields.get(name, KeyError) != valid.get(name, KeyError)}
    assert len(differing) == (one is not CONTROL)


def test_the_captured_signature_is_one_that_was_sent() -> None:
    """The signature of another valid request is that of the control sent before, of another body than this one."""
    made = builder()
    control = made.build(authenticate())
    request = made.build(authenticate(), change("signature.captured"))
    assert request.header("x-signature") == control.header("x-signature")
    assert request.body != control.body


def test_without_a_request_before_one_is_made_to_capture_from() -> None:
    """A captured signature is a right one of some body even where no control was built yet."""
    signature = builder().build(authenticate(), change("signature.captured")).header("x-signature")
    assert signature is not None
    assert len(signature) == 64


NOBODYS = ("parameters.unknown", "signature.query-overrides")
REPEATABLE = [one for one in CHANGES if one.stage is Stage.FIELDS and one.family not in NOBODYS]


@pytest.mark.parametrize("one", REPEATABLE, ids=by_name)
def test_the_same_seed_makes_the_same_request(one: Change) -> None:
    """But for ids and times, which stand still here or are taken out, a request depends on the seed alone."""
    first, second = (builder(seed=7).build(authenticate(), one) for _ in range(2))
    assert without_ids(first) == without_ids(second)


@pytest.mark.parametrize("name", ["signature.random"])
def test_the_seed_decides_what_is_random(name: str) -> None:
    """Random digits are the same for the same seed, and others for another."""
    digits = [builder(seed=seed).build(authenticate(), change(name)).header("x-signature") for seed in (1, 1, 2)]
    assert digits[0] == digits[1] != digits[2]


def test_a_profile_without_a_key_sends_no_signature() -> None:
    """Where there is no secret to sign with, there is no signature header, and none is expected back."""
    made = Builder(klas(), replace(profile(), credentials={}), clock=lambda: NOW)
    assert made.build(authenticate()).header("x-signature") is None
    assert made.response_signature(b"{}") is None


def test_a_response_s_signature_is_that_of_its_raw_body() -> None:
    """Responses are signed as requests are."""
    assert builder().response_signature(b'{"a":1}') == right_signature(b'{"a":1}').decode()


def test_a_change_s_headers_and_chunks_reach_the_request() -> None:
    """What a change puts into the draft after signing goes out."""

    def apply(draft: Draft) -> None:
        draft.headers.append(("X-More", b"1"))
        draft.chunks = (3,)

    request = builder().build(authenticate(), Change("more", "with more", Stage.WIRE, apply))
    assert request.header("x-more") == b"1"
    assert request.chunks == (3,)
