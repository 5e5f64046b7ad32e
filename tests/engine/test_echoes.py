"""What an answer repeats of its request's path, and what names it and no other."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from certhook.building.builder import Builder
from certhook.changes import CONTROL
from certhook.changes.parameters import replaced
from certhook.exchange import Exchange, Response
from certhook.judging.judge import Judge
from certhook.pack.loading import load_pack
from certhook.profile.profile import profile_from

PACK = load_pack("evenbet")
OPERATION = PACK.operations[0]
USER_ID, AUTH = "evenbet.semantics.user-id", "evenbet.semantics.auth-differs"


def judge(user_id: str) -> tuple[Builder, Judge]:
    """The judge of a run for that user."""
    subject = {"client_id": "c", "user_id": user_id}
    data = {"target": {"url": "http://h"}, "subject": subject, "credentials": {}, "options": {}}
    ids = [one.id for one in PACK.requirements]
    schema = PACK.profile_schema
    profile = profile_from(data, source="test", protocol="evenbet", protocol_schema=schema, requirement_ids=ids)
    builder = Builder(PACK, profile)
    return builder, Judge(PACK, builder, frozenset({USER_ID, AUTH}))


def success(user_id: object, auth: str = "T") -> Response:
    """A session of that user."""
    attributes = {"user-id": user_id, "auth": auth, "redirect-url": "http://l", "session-id": "s"}
    data = {"type": "session", "id": auth, "attributes": attributes}
    return Response(200, (), json.dumps({"data": data}).encode())


def observed(user_id: str, *answers: Response, legal: bool = True) -> dict[str, str | None]:
    """What the last of several answers to requests of that user says of each requirement."""
    builder, judging = judge(user_id)
    change = CONTROL if legal else replaced(lang="xx")
    said: dict[str, str | None] = {}
    for number, answer in enumerate(answers, 1):
        exchange = Exchange(number, "case", builder.build(OPERATION), answer, datetime(2026, 11, 20, tzinfo=UTC), 0.01)
        found = judging.invariants(exchange, judging.read(exchange, change), change)
        said = {one.requirement: one.observed for one in found}
    return said


@pytest.mark.parametrize("user_id", ["100", "a/b", "Zoë 1", "a%2Fb?c"])
def test_every_success_repeats_the_user_of_its_path(user_id: str) -> None:
    """However the path had to spell it, and not only that of the first request."""
    assert observed(user_id, success("7"), success(user_id))[USER_ID] is None
    assert observed(user_id, success(user_id), success("7"))[USER_ID] == f"'7', where {user_id!r} was sent"


def test_only_a_success_to_a_valid_request_repeats() -> None:
    """One to any other is a finding of its own; a number in place of a text, or nothing, is that of the schema."""
    assert USER_ID not in observed("100", success("7"), legal=False)
    assert USER_ID not in observed("100", success(None))
    assert observed("100", success(100))[USER_ID] is None


def test_every_session_has_a_token_of_its_own() -> None:
    """The first and the second may differ, and the third be the first again."""
    assert observed("100", success("100", "A"), success("100", "B"))[AUTH] is None
    said = observed("100", success("100", "A"), success("100", "B"), success("100", "A"))[AUTH]
    assert said == "the auth that exchange 1 was answered with"
