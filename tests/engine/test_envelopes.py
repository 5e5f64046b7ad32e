"""What the engine does for protocols whose answers come in envelopes and whose operations are several: on fargames."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from certhook.building.builder import Builder
from certhook.changes import CONTROL, Change, Scope, changes_of
from certhook.changes.parameters import replaced
from certhook.exchange import Exchange, Request, Response
from certhook.judging.answers import allows, read_answer
from certhook.judging.invariants import INVARIANTS, Seen
from certhook.judging.judge import Judge
from certhook.judging.oracle import malformations
from certhook.pack.loading import load_pack
from certhook.profile.profile import profile_from
from certhook.reference.fargames import FargamesTarget
from tests.certifying import categories_of

PACK = load_pack("fargames")
LINK, DEMO, LIST = PACK.operations
PROFILE = profile_from(
    FargamesTarget.profile("http://target.example"),
    source="test",
    protocol=PACK.protocol,
    protocol_schema=PACK.profile_schema,
    requirement_ids=[one.id for one in PACK.requirements],
)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
BUILDER = Builder(PACK, PROFILE, clock=NOW.timestamp)


def changes(name: str, operation: Any = LINK) -> list[Change]:
    """The changes that a name stands for."""
    return list(changes_of(name, Scope(PACK, operation, PROFILE)))


def refusal(**fields: Any) -> bytes:
    """An error envelope."""
    envelope = {"status": "error", "error": "game_not_found", "message": "no", "request_id": "1"}
    return json.dumps(envelope | {"timestamp": "2026-11-20T00:00:00.000Z"} | fields).encode()


def seen(status: int, body: bytes, sent: Change = CONTROL, named: dict[int, int] | None = None) -> Seen:
    """An answer, of exchange 2, as invariants look at it."""
    exchange = Exchange(2, "case", BUILDER.build(LIST), Response(status, (), body), NOW, 0.01)
    answer = read_answer(PACK, exchange.answer, sent.front)
    return Seen(exchange, answer, sent, PACK, BUILDER.response_signature, named=named or {})


@pytest.mark.parametrize(
    ("rule", "what", "observed"),
    [
        ("refusal-not-success", seen(200, refusal()), "HTTP 200"),
        ("refusal-not-success", seen(404, refusal()), None),
        ("answer-time", seen(404, refusal(timestamp="2026-11-20T00:06:00Z")), "360 seconds"),
        ("answer-time", seen(404, refusal(timestamp="2026-11-20T03:00:00Z")), "3 hours: that of another time zone?"),
        ("answer-time", seen(404, refusal(timestamp="2026-11-20T03:00:00+03:00")), None),
        ("answer-id-unique", seen(404, refusal(), named={hash("1"): 1}), "exchange 1"),
        ("answer-id-unique", seen(404, refusal(), named={hash("1"): 2}), None),
        ("discloses-nothing", seen(404, refusal(content={"url": "http://a"}), replaced(game_id=1)), "/content/url"),
        ("discloses-nothing", seen(404, refusal(url="http://help"), replaced(game_id=1)), None),
        ("documented-code", seen(404, refusal(error="gone")), "gone"),
        ("code-status", seen(400, refusal()), "404"),
    ],
)
def test_an_envelope_is_held_against_a_rule(rule: str, what: Seen, observed: str | None) -> None:
    """Each rule of envelopes is met by one answer and broken by another."""
    assert INVARIANTS[rule].applies(what)
    found = INVARIANTS[rule].broken(what)
    assert found is None if observed is None else observed in str(found)


@pytest.mark.parametrize("timestamp", [None, 7, "yesterday", "2026-11-20T00:00:00"])
def test_a_time_that_cannot_be_read_is_not_compared(timestamp: object) -> None:
    """What is no time at all is the schema's finding."""
    assert not INVARIANTS["answer-time"].applies(seen(404, refusal(timestamp=timestamp)))


def test_the_http_server_may_name_its_refusals() -> None:
    """A code that comes with 415 is nobody's, where the HTTP server may refuse the request."""
    (other, *_) = changes("robustness.media-type")
    body = refusal(error="unsupported_media_type")
    assert not INVARIANTS["documented-code"].applies(seen(415, body, other))
    assert INVARIANTS["documented-code"].applies(seen(415, body))


@pytest.mark.parametrize(("status", "fits"), [(405, True), (404, False), (501, False)])
def test_a_front_refusal_is_held_against_the_status(status: int, fits: bool) -> None:  # noqa: FBT001 - parametrised
    """A web server's own page needs no code; where the set says so, it needs the status."""
    answer = read_answer(PACK, Response(status, (), b"<html></html>"), ("4xx", "501"))
    assert allows(PACK.answers["method-not-allowed"], answer, ("4xx", "501")) is fits


@pytest.mark.parametrize(("body", "judged"), [(b"{", False), (b"[]", False), (b'{"a":1}', True)])
def test_codes_of_malformed_bodies_are_not_judged(body: bytes, judged: bool) -> None:  # noqa: FBT001 - parametrised
    """A rule leaves out answers to bodies of the categories that its requirement names."""
    id = "fargames.status.documented-code"
    judge = Judge(PACK, BUILDER, frozenset({id}))
    request = Request("list", "POST", LIST.path, (), body)
    exchange = Exchange(1, "case", request, Response(400, (), refusal(error="bad_json")), NOW, 0.01)
    found = judge.invariants(exchange, judge.read(exchange, CONTROL), CONTROL)
    assert [one.requirement for one in found] == [id] * judged


def test_malformations_are_read_from_the_bytes() -> None:
    """What is wrong with the bytes is known without any schema."""
    assert malformations(b'{"a":1,"a":2}') == {"duplicate-keys"}
    assert malformations(b'{"a":1}') == frozenset()


@pytest.mark.parametrize("place", ["agent_id", "game_id"])
def test_an_unknown_number_is_plausible(place: str) -> None:
    """An integer that nobody has is a larger one, not an absurd one, and the same in every run."""
    (one,) = [one for one in changes("parameters.unknown") if one.place == place]
    values = [json.loads(BUILDER.build(LINK, one).body)[place] for _ in range(2)]
    assert values[0] == values[1]
    assert 5_000 <= values[0] - PROFILE.subject[place] < 25_000


def test_alternatives_come_from_the_profile() -> None:
    """Each is put where its schema says, and nowhere where the profile leaves it out."""
    sent = {
        one.place: json.loads(BUILDER.build(LINK, one).body)[one.place] for one in changes("parameters.alternative")
    }
    assert sent == {"agent_id": 42, "game_id": 109}


def test_meaningless_values_have_the_right_type() -> None:
    """Nothing but their meaning is wrong."""
    for one in changes("parameters.meaningless"):
        request, valid = BUILDER.build_from(LINK, one)
        assert categories_of(request.body, LINK, valid) == {"other-value"}


@pytest.mark.parametrize("operation", [LINK, DEMO, LIST])
def test_a_captured_signature_is_never_the_right_one(operation: Any) -> None:
    """Also where two requests of the same second are alike."""
    control = BUILDER.build(operation)
    (captured,) = changes("signature.captured", operation)
    request = BUILDER.build(operation, captured)
    assert request.header("X-Signature") == control.header("X-Signature")
    assert request.body != control.body


@pytest.mark.parametrize(
    ("operation", "name"), [(LINK, "agent_session_id"), (DEMO, "player_username"), (LIST, "timestamp")]
)
def test_what_is_changed_after_signing_names_nobody(operation: Any, name: str) -> None:
    """A fresh id where there is one, else what the schema marks."""
    (one,) = changes("signature.value-changed", operation)
    request, valid = BUILDER.build_from(operation, one)
    sent = json.loads(request.body)
    assert [key for key in sent if sent[key] != valid[key] and key != "agent_session_id"] == [name] * (
        operation != LINK
    )
    assert name in one.says


def test_a_spare_field_is_another_operation_s() -> None:
    """Only the operation that names it is sent it."""
    assert [one.name for one in changes("accepted.spare-field", DEMO)] == ["accepted.spare-field:agent_session_id"]
    assert changes("accepted.spare-field", LINK) == []
    assert "agent_session_id" in json.loads(BUILDER.build(DEMO, changes("accepted.spare-field", DEMO)[0]).body)


def test_the_window_reaches_ahead() -> None:
    """A request well inside the window may come from a clock that is ahead."""
    (one,) = changes("timestamp.inside-ahead")
    assert json.loads(BUILDER.build(LIST, one).body)["timestamp"] == int(NOW.timestamp()) + 240
    assert one.legal
