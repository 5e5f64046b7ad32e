"""What the tests of a protocol whose requests are forms are written with."""

from __future__ import annotations

from typing import Any

from certhook.building.builder import Builder
from certhook.building.change import Change
from certhook.changes import CONTROL, Scope, changes_of
from certhook.exchange import Request
from certhook.pack.loading import load_pack
from certhook.profile.profile import Profile, profile_from

PACK = load_pack("evenbet")
OPERATION = PACK.operations[0]
SUBJECT = {"client_id": "c 1", "user_id": "a/b"}
_SECRET = "sk-12345"


def profile(*, signed: bool = True, secret: str = _SECRET, options: Any = None, **subject: Any) -> Profile:
    """A profile of a protocol whose requests are forms."""
    data: dict[str, Any] = {"target": {"url": "http://h"}, "subject": SUBJECT | subject, "options": options or {}}
    data["credentials"] = {"secret": secret} if signed else {}
    ids = [one.id for one in PACK.requirements]
    schema = PACK.profile_schema
    return profile_from(data, source="test", protocol="evenbet", protocol_schema=schema, requirement_ids=ids)


def changes(family: str, **given: Any) -> list[Change]:
    """The changes of a family."""
    return list(changes_of(family, Scope(PACK, OPERATION, profile(**given))))


def built(change: Change = CONTROL, **given: Any) -> Request:
    """A request with that change."""
    return Builder(PACK, profile(**given)).build(OPERATION, change)
