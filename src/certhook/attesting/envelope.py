"""DSSE envelopes: signed bytes, and the type that says how to read them.

After "DSSE: Dead Simple Signing Envelope", protocol 1.0.0. An envelope may carry several signatures; the one that
counts is that of the key which the reader trusts.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certhook.attesting.keys import key_id
from certhook.attesting.reading import json_object
from certhook.reporting.escaping import visible

LARGEST = 1024 * 1024
"""Bytes of an envelope; that of 75 requirements has 12,000."""

MOST_SIGNATURES = 16
_URL_SAFE = str.maketrans("-_", "+/")
_SHOWN = 80


class NotAuthentic(Exception):
    """Bytes that a key did not sign. The message is one line that says why."""


@dataclass(frozen=True, slots=True)
class _Signature:
    """`keyid` is a hint that nothing vouches for; empty where there is none."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, its type, and signatures over both, none of them checked."""

    payload: bytes
    payload_type: str
    signatures: tuple[_Signature, ...]


def sealed(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> bytes:
    """The envelope with one signature, as a line of JSON."""
    signature = key.sign(_signed(payload_type, payload))
    envelope = {
        "payload": b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": key_id(key.public_key()), "sig": b64encode(signature).decode()}],
    }
    return json.dumps(envelope, separators=(",", ":")).encode() + b"\n"


def opened(data: bytes, payload_type: str, key: Ed25519PublicKey) -> bytes:
    """The payload of an envelope of that type that the key signed. Raises NotAuthentic."""
    try:
        envelope = _read(data)
    except ValueError as error:
        raise NotAuthentic(f"not a DSSE envelope: it {error}") from None
    _check_signature(envelope, key)
    if envelope.payload_type != payload_type:
        raise NotAuthentic(f"what was signed is {visible(envelope.payload_type, _SHOWN)}, not {payload_type}")
    return envelope.payload


def _signed(payload_type: str, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding."""
    kind = payload_type.encode("utf-8", "surrogatepass")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _check_signature(envelope: Envelope, key: Ed25519PublicKey) -> None:
    id = key_id(key)
    own = [one for one in envelope.signatures if one.keyid in {"", id}]
    if not own:
        others = ", ".join(visible(one.keyid, _SHOWN) for one in envelope.signatures)
        raise NotAuthentic(f"it was signed with another key: its key id is {others}, not {id}")
    if not any(_fits(one, envelope, key) for one in own):
        raise NotAuthentic("the signature does not match: something was changed after it was signed")


def _fits(signature: _Signature, envelope: Envelope, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature.sig, _signed(envelope.payload_type, envelope.payload))
    except InvalidSignature:
        return False
    return True


# Reading is strict, so that a changed byte never goes unnoticed for being in a place that nobody looks at.


def _read(data: bytes) -> Envelope:
    """Raises ValueError, whose text goes on after "it"."""
    if len(data) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 1024} KiB")
    document = json_object(data)
    _check_members(document, {"payload", "payloadType", "signatures"})
    signatures = document["signatures"]
    if not isinstance(signatures, list) or not 0 < len(signatures) <= MOST_SIGNATURES:
        raise ValueError(f"has no list of signatures, or one of more than {MOST_SIGNATURES}")
    return Envelope(
        _decoded(document["payload"], "payload"),
        _text(document["payloadType"], "payloadType"),
        tuple(map(_signature, signatures)),
    )


def _signature(document: Any) -> _Signature:
    if not isinstance(document, dict):
        raise ValueError("has a signature that is not an object")  # noqa: TRY004 - a document's fault, not a caller's
    _check_members(document, {"sig"}, frozenset({"keyid"}))
    return _Signature(_text(document.get("keyid", ""), "keyid"), _decoded(document["sig"], "sig"))


def _check_members(document: Mapping[str, Any], wanted: set[str], allowed: frozenset[str] = frozenset()) -> None:
    odd = sorted(wanted ^ (document.keys() - allowed))
    if odd:
        raise ValueError(f"{'lacks' if odd[0] in wanted else 'has an unknown'} member {visible(odd[0], _SHOWN)}")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"has a {name} that is not text")  # noqa: TRY004 - as above
    return value


def _decoded(value: Any, name: str) -> bytes:
    """Base64 in either alphabet, spelled in the one way in which its bytes are spelled."""
    text = _text(value, name).translate(_URL_SAFE)
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        data = b""
    if b64encode(data).decode() != text:
        raise ValueError(f"has a {name} that is not base64")
    return data
