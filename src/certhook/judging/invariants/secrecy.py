"""What no answer may tell: how the target is made, its secrets, and what only an accepted request gets."""

from __future__ import annotations

from certhook.exchange import Response
from certhook.judging.answers import Kind, pointed
from certhook.judging.carried_secrets import carries_key, carries_signature
from certhook.judging.disclosures import NOTHING, is_words
from certhook.judging.escapes import unescaped
from certhook.judging.invariants.rule import Seen, invariant
from certhook.judging.members import members_within
from certhook.judging.oracle import malformations
from certhook.judging.traces import trace_in


@invariant(
    "no-trace", "no stack trace or source path", lambda seen: seen.answered and seen.answer.kind is not Kind.ACCEPTED
)
def no_trace(seen: Seen) -> str | None:
    found = trace_in(seen.response.body)
    return f"{seen.answer.says}, whose body has: {found.decode('utf-8', 'replace').strip()}" if found else None


_SHORTEST_KEY = 8
"""Bytes of a key, and characters of a password, that nobody writes by chance."""


@invariant(
    "keeps-secret",
    "neither the shared secret nor a signature that only its owners can make",
    lambda seen: seen.answered and len(seen.key) >= _SHORTEST_KEY,
)
def keeps_secret(seen: Seen) -> str | None:
    told = _told(seen.response)
    lowered = told.lower()
    if carries_key(told, lowered, seen.key):
        return f"{seen.answer.says}, which reveals the shared secret"
    right = (seen.request_signature(seen.exchange.request) or "").encode()
    if right and carries_signature(told, lowered, right) and not _sent_signature(seen, right):
        return f"{seen.answer.says}, which reveals the expected signature"
    return None


def _told(response: Response) -> bytes:
    """All that an answer says, in its headers too; what stands in escapes also as what it means."""
    around = "".join(value for _, value in response.headers).encode("utf-8", "surrogatepass")
    told = response.body + around
    return told + unescaped(told) if b"\\" in told else told


def _sent_signature(seen: Seen, signature: bytes) -> bool:
    """Whether the caller said it first."""
    sent = seen.exchange.request.header(seen.pack.signing.header) or b""
    return carries_signature(sent, sent.lower(), signature)


def _untold(seen: Seen) -> list[bytes]:
    """The passwords that the caller did not say, as far as that can be told: its request is JSON that anybody reads.

    Without those that may stand in an answer by chance.
    """
    passwords = [one.encode() for one in seen.passwords if len(one) >= _SHORTEST_KEY and not is_words(one)]
    request = seen.exchange.request
    if not (seen.answered and passwords) or malformations(request.body):
        return []
    sent = request.target.encode() + request.body
    said = (sent + unescaped(sent)).lower()
    return [one for one in passwords if one.lower() not in said]


@invariant("keeps-password", "no password that the request did not carry", lambda seen: bool(_untold(seen)))
def keeps_password(seen: Seen) -> str | None:
    told = _told(seen.response)
    lowered = told.lower()
    reveals = any(carries_key(told, lowered, one) for one in _untold(seen))
    return f"{seen.answer.says}, which reveals the right password" if reveals else None


@invariant(
    "discloses-nothing",
    "no account data in a refusal",
    lambda seen: seen.answered and seen.answer.kind is not Kind.ACCEPTED and not seen.change.legal,
)
def discloses_nothing(seen: Seen) -> str | None:
    reading = seen.pack.reading
    for pointer in reading.private:
        if pointer.startswith("/") and pointed(seen.answer.members, pointer):
            return f"{seen.answer.says}, which carries {pointer}"
    inside = members_within(seen.answer.members)  # once: there may be tens of thousands
    for member, value in inside:
        if member not in reading.private or value in NOTHING:
            continue
        # Deeper down, a name may be that of a field that is explained, or of another thing.
        if member in seen.answer.members or not is_words(value):
            return f"{seen.answer.says}, which carries {member}"
    told = seen.disclosed.again(seen.response, seen.answer.members, inside, seen.exchange.request)
    return f"{seen.answer.says}, which carries {told}" if told else None
