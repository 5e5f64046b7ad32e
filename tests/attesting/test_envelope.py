"""An envelope gives out what its key signed, byte for byte, or says in a line why not."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, example, given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # does not say what it exports

from certhook.attesting.envelope import LARGEST, MOST_SIGNATURES, NotAuthentic, _signed, opened, sealed
from certhook.attesting.keys import key_id
from certhook.judging.jsontext import MOST_VALUES
from tests.attesting.runs import certificate_schema, signer

KIND = "application/vnd.in-toto+json"
PAYLOAD = b'{"a": "payload~?!"}'
ENVELOPE = sealed(PAYLOAD, KIND, signer())


def reopened(data: bytes) -> bytes:
    """The payload, by the key that the tests trust."""
    return opened(data, KIND, signer().public_key())


def parsed(data: bytes = ENVELOPE) -> dict[str, Any]:
    """An envelope as JSON, to be changed."""
    document: dict[str, Any] = json.loads(data)
    return document


def written(document: Any) -> bytes:
    """A changed envelope."""
    return json.dumps(document).encode()


@given(st.binary(max_size=200))
def test_what_was_sealed_is_what_comes_out(payload: bytes) -> None:
    """The payload comes out of an envelope as it went in, and equal payloads make equal envelopes."""
    envelope = sealed(payload, KIND, signer())
    assert reopened(envelope) == payload
    assert envelope == sealed(payload, KIND, signer())
    certificate_schema().validate(json.loads(envelope))


def test_what_is_signed_is_what_the_protocol_says() -> None:
    """The encoding that is signed is that of DSSE's own example."""
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert _signed("http://example.com/HelloWorld", b"hello world") == expected


@given(at=st.integers(0, len(ENVELOPE) - 2), byte=st.integers(0, 255))
@example(at=ENVELOPE.index(b"keyid"), byte=ord("x"))
@example(at=ENVELOPE.index(b"keyid") + len('keyid":"'), byte=ord("x"))
@example(at=ENVELOPE.index(b"vnd"), byte=ord("x"))
def test_no_changed_byte_goes_unnoticed(at: int, byte: int) -> None:
    """Whatever byte is changed before the last line break, the envelope is not opened."""
    old = ENVELOPE[at]
    assume(byte != old)
    assume({byte, old} not in (set(b"+-"), set(b"/_")))  # the two alphabets spell the same bytes
    with pytest.raises(NotAuthentic):
        reopened(ENVELOPE[:at] + bytes([byte]) + ENVELOPE[at + 1 :])


@given(st.integers(0, len(ENVELOPE) - 2))
def test_no_part_passes_for_the_whole(length: int) -> None:
    """A cut envelope is not opened."""
    with pytest.raises(NotAuthentic, match="not JSON"):
        reopened(ENVELOPE[:length])


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    """No bytes make more of a fuss than a line."""
    with pytest.raises(NotAuthentic) as refusal:
        reopened(data)
    assert "\n" not in str(refusal.value)


def with_member(**changed: Any) -> bytes:
    """The envelope with other members."""
    return written({**parsed(), **changed})


def with_signature(**changed: Any) -> bytes:
    """The envelope with other members of its signature."""
    return with_member(signatures=[{**parsed()["signatures"][0], **changed}])


def slack(text: str) -> str:
    """Base64 that spells the same bytes in another way: bits that do not count are set."""
    last = text.rstrip("=")[-1]
    return text.replace(f"{last}=", f"{chr(ord(last) + 1)}=")


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is not JSON"),
    "a list": (b"[]", "it is not a JSON object"),
    "not UTF-8": (b'{"payload": "\xff"}', "it is not JSON in UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf" + ENVELOPE, "byte order mark"),
    "deep": (b'{"payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested too deeply"),
    "large": (b'{"payload":[' + b"0," * MOST_VALUES + b"0]}", "has more values than a certificate"),
    "deep and cut": (b'{"payload":' + b"[" * 100_000, "it is not JSON"),
    "huge": (ENVELOPE + b" " * LARGEST, "larger than 1024 KiB"),
    "a member twice": (ENVELOPE.replace(b'"signatures":', b'"payload":"","signatures":'), "names a member twice"),
    "a member too many": (with_member(more=1), "has an unknown member more"),
    "a member that colours the screen": (with_member(**{"\x1b[31m": 1}), r"unknown member \\x1b\[31m"),
    "no payload": (written({"payloadType": KIND, "signatures": []}), "lacks member payload"),
    "a payload that is not text": (with_member(payload=1), "has a payload that is not text"),
    "a payload that is not base64": (with_member(payload="{}"), "has a payload that is not base64"),
    "a payload spelled oddly": (with_member(payload=slack(parsed()["payload"])), "has a payload that is not base64"),
    "a type that is not text": (with_member(payloadType=None), "has a payloadType that is not text"),
    "signatures that are no list": (with_member(signatures={}), "has no list of signatures"),
    "no signature": (with_member(signatures=[]), "has no list of signatures"),
    "too many signatures": (
        with_member(signatures=parsed()["signatures"] * (MOST_SIGNATURES + 1)),
        "or one of more than 16",
    ),
    "a signature that is not an object": (with_member(signatures=["x"]), "has a signature that is not an object"),
    "a signature without sig": (with_member(signatures=[{"keyid": "x"}]), "lacks member sig"),
    "a signature with more": (with_signature(more=1), "has an unknown member more"),
    "a keyid that is not text": (with_signature(keyid=0), "has a keyid that is not text"),
    "a sig that is not base64": (with_signature(sig="*"), "has a sig that is not base64"),
    "a short sig": (with_signature(sig="AAAA"), "signature does not match"),
    "another payload": (with_member(payload=b64encode(b"{}").decode()), "signature does not match"),
    "another type": (with_member(payloadType="text/plain"), "signature does not match"),
    "a type that is half a character": (with_member(payloadType="\ud800"), "signature does not match"),
    "signed as another type": (sealed(PAYLOAD, "text/plain\x1b", signer()), r"signed is text/plain\\x1b, not"),
    "another key": (sealed(PAYLOAD, KIND, Ed25519PrivateKey.generate()), "signed with another key"),
    "another key's id": (with_signature(keyid="\x1b" * 200), r"its key id is \\x1b.* more characters\), not"),
    "another key under this one's id": (
        with_signature(sig=parsed(sealed(PAYLOAD, KIND, Ed25519PrivateKey.generate()))["signatures"][0]["sig"]),
        "signature does not match",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_wrong_is_named(kind: str) -> None:
    """Whatever is wrong with an envelope, one printable line says it."""
    data, expected = HOSTILE[kind]
    with pytest.raises(NotAuthentic, match=expected) as refusal:
        reopened(data)
    assert str(refusal.value).isprintable()


def test_a_key_id_is_only_a_hint() -> None:
    """A signature without a key id, or with an empty one, is tried."""
    bare = {"sig": parsed()["signatures"][0]["sig"]}
    for signature in (bare, {**bare, "keyid": ""}):
        assert reopened(with_member(signatures=[signature])) == PAYLOAD


def test_one_signature_of_several_is_enough() -> None:
    """Others may sign beside the key that is trusted, and vouch for nothing."""
    other = parsed(sealed(PAYLOAD, KIND, Ed25519PrivateKey.generate()))["signatures"]
    own = parsed()["signatures"]
    assert reopened(with_member(signatures=other + own)) == PAYLOAD
    with pytest.raises(NotAuthentic, match="signed with another key"):
        reopened(with_member(signatures=other * 2))


def test_both_alphabets_of_base64_are_read() -> None:
    """URL-safe base64 is read like the standard one, as DSSE asks."""
    payload = urlsafe_b64encode(PAYLOAD).decode()
    assert payload != b64encode(PAYLOAD).decode()
    assert reopened(with_member(payload=payload)) == PAYLOAD


def sslib_key(key: Ed25519PrivateKey) -> SSlibKey:
    """A public key as securesystemslib has it, under our id."""
    public = key.public_key()
    return SSlibKey.from_crypto(public, keyid=key_id(public))


def test_securesystemslib_verifies_ours() -> None:
    """Another implementation of DSSE opens our envelope with the right key, and not with another one."""
    envelope = Envelope.from_dict(parsed())
    key = sslib_key(signer())
    assert envelope.verify([key], 1) == {key.keyid: key}
    assert (envelope.payload, envelope.payload_type) == (PAYLOAD, KIND)
    with pytest.raises(VerificationError):
        envelope.verify([sslib_key(Ed25519PrivateKey.generate())], 1)


def test_ours_verifies_securesystemslib_s() -> None:
    """We open the envelope of another implementation, and not where it signed something else."""
    signing = CryptoSigner(signer(), sslib_key(signer()))
    envelope = Envelope(PAYLOAD, KIND, {})
    envelope.sign(signing)
    assert reopened(written(envelope.to_dict())) == PAYLOAD
    envelope.payload += b" "
    with pytest.raises(NotAuthentic, match="does not match"):
        reopened(written(envelope.to_dict()))


def test_both_make_the_same_envelope() -> None:
    """Ours and another implementation's signature of the same payload are the same bytes."""
    envelope = Envelope(PAYLOAD, KIND, {})
    envelope.sign(CryptoSigner(signer(), sslib_key(signer())))
    assert envelope.to_dict() == parsed()
    assert b64decode(parsed()["payload"]) == PAYLOAD
