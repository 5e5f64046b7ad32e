"""The signature of a response."""

from __future__ import annotations

import re

from certhook.judging.answers import FRONT
from certhook.judging.invariants.rule import Seen, invariant
from certhook.judging.signature_hints import likeness


def _signs(seen: Seen) -> bool:
    """Responses are signed, and this one is not the HTTP server's own, which needs no signature.

    A layer in front that finds nothing at a path knows none of the document's codes: a 404 with one was written by
    whoever knows the protocol.
    """
    signed = bool(seen.pack.signing.response_header)
    not_found = seen.answer.status == 404 and str(seen.answer.code) in seen.pack.codes
    return signed and seen.own and (not_found or str(seen.answer.status) not in FRONT)


def _given(seen: Seen) -> str | None:
    """The signature that an answer carries; all of them, where it carries several that differ."""
    name = seen.pack.signing.response_header.lower()
    values = [value for key, value in seen.response.headers if key.lower() == name]
    return ", ".join(dict.fromkeys(values)) if values else None


def _signs_with_header(seen: Seen) -> bool:
    return _signs(seen) and bool(_given(seen))


@invariant("response-signed", "a signature header in every response", _signs)
def response_signed(seen: Seen) -> str | None:
    return None if _given(seen) else f"{seen.answer.says}, without {seen.pack.signing.response_header}"


@invariant("response-signature-right", "the signature of the response's raw body", _signs_with_header)
def response_signature_right(seen: Seen) -> str | None:
    right, given = seen.right_signature(seen.response.body), _given(seen) or ""
    if right is None or given.lower() == right:
        return None
    sent = seen.request_signature(seen.exchange.request)
    known = likeness(given, right, body=seen.response.body, sign=seen.right_signature, sent=sent)
    what = f", but {known}" if known else ""
    return f"{seen.answer.says}, with a {seen.pack.signing.response_header} that is not that of its body{what}"


def _signs_in_hex(seen: Seen) -> bool:
    return _signs(seen) and bool(_HEX.fullmatch(_given(seen) or ""))


_HEX = re.compile("[0-9A-Fa-f]+")


@invariant("response-signature-lower-case", "lower-case hex digits", _signs_in_hex)
def response_signature_lower_case(seen: Seen) -> str | None:
    given = _given(seen) or ""
    return None if given == given.lower() else "upper-case digits in the response's signature"
