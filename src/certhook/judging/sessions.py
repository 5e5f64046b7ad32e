"""Which session a request is for, and which session each link was given to.

Hashes are kept, and no links: of all that a run gets, none may be forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from certhook.exchange import Request
from certhook.judging.answers import pointed
from certhook.judging.jsontext import read_json
from certhook.pack.model import Pack

_MADE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form of an id that was made for one request; others may be read as something else, and so be equal."""


def session_of(pack: Pack, request: Request) -> str | None:
    """The session that a request names; None where it names none, or none that everybody reads in the same way."""
    name = pack.reading.session
    if not name or name not in pack.operation(request.operation).properties:
        return None
    body = read_json(request.body)
    given = body.value.get(name) if not body.flaws and isinstance(body.value, dict) else None
    return given if isinstance(given, str) and _MADE.fullmatch(given) else None


@dataclass(slots=True)
class Links:
    """By the hash of a link: that of the session which got it first, and in which exchange."""

    first: dict[int, tuple[int, int]] = field(default_factory=dict)

    def note(self, link: Any, session: str | None, number: int) -> None:
        """Take account of an accepted answer."""
        if isinstance(link, str) and session is not None:
            self.first.setdefault(hash(link), (hash(session), number))

    def other(self, link: str, session: str) -> int | None:
        """The exchange in which another session got that link before."""
        owner, number = self.first.get(hash(link), (hash(session), 0))
        return None if owner == hash(session) else number


def link_in(pack: Pack, members: Any) -> Any:
    """What a success carries as the link of its session."""
    return pointed(members, pack.reading.session_link) if pack.reading.session_link else None
