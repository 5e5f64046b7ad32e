"""Answers as invariants look at them, and what an invariant says of one."""

from __future__ import annotations

from datetime import UTC, datetime

from certhook.changes import Change
from certhook.exchange import Exchange, Failure, Request, Response
from certhook.judging.answers import read_answer
from certhook.judging.disclosures import Disclosures
from certhook.judging.invariants import INVARIANTS, Seen
from tests.certifying import builder, change, klas

REFUSAL = b'{"status_code":"ERR_BAD_PARAMS"}'
JSON = ("Content-Type", "application/json")
BAD = change("signature.random")
KEY = builder().key
REQUEST = Request("authenticate", "POST", "/authenticate", (), b"{}")


def signed(body: bytes) -> tuple[str, str]:
    """The right signature header of a body."""
    return ("X-Signature", builder().response_signature(body) or "")


def answered(status: int = 200, body: bytes = REFUSAL, *headers: tuple[str, str]) -> Response:
    """An answer; without headers, one with the right ones."""
    return Response(status, headers or (JSON, signed(body)), body)


def seen(answer: Response | Failure, sent: Change = BAD, account: tuple[tuple[str, str], ...] = ()) -> Seen:
    """An answer as invariants look at it."""
    exchange = Exchange(1, "case", REQUEST, answer, datetime(2026, 11, 20, tzinfo=UTC), 0.01)
    read = read_answer(klas(), answer, sent.front)
    making, told = builder(), Disclosures(dict.fromkeys(account))
    return Seen(
        exchange,
        read,
        sent,
        klas(),
        making.response_signature,
        told,
        key=making.key,
        request_signature=making.request_signature,
    )


def verdict(name: str, what: Seen) -> str | None:
    """`met`, `broken`, or None where the rule is not about such an answer."""
    rule = INVARIANTS[name]
    if not rule.applies(what):
        return None
    return "broken" if rule.broken(what) else "met"
