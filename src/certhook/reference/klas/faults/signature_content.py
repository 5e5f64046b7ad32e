"""Faults in what the request's signature is computed of: the key, the algorithm, the bytes."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
from codecs import BOM_UTF8
from typing import Any

from certhook.reference.application import Refusal
from certhook.reference.catalogue import fault
from certhook.reference.klas.faults.consequences import OTHER_BYTES, WITH_ANYTHING
from certhook.reference.klas.target import INTEGRITY, KlasTarget
from certhook.reference.wire import HttpRequest

# Where the body is not written as the target would write it, a right signature is taken for a wrong one.
_WRITTEN_OTHERWISE = frozenset(
    {
        "klas.malformed.code",
        "klas.malformed.grammar",
        "klas.malformed.root",
        "klas.parameters.code",
        "klas.parameters.missing",
        "klas.parameters.not-integrity",
        "klas.parameters.null",
        "klas.parameters.wrong-type",
        "klas.signature.any-text",
    }
)


class _Lenient(KlasTarget):
    """Accepts, beside the right signature, any of `others`."""

    def check_signature(self, request: HttpRequest) -> None:
        given = request.header("X-Signature") or ""
        if given not in self.others(request.body):
            super().check_signature(request)

    def others(self, body: bytes) -> set[str]:
        raise NotImplementedError


def _fields(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


@fault("signature-of-latin-1", breaks=["klas.signature.any-text"], also=_WRITTEN_OTHERWISE)
class SignatureOfLatin1(KlasTarget):
    """Computes the signature of the body as a text of its default character set, where é has one byte."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return request.body.decode("utf-8", "replace").encode("latin-1", "replace")


@fault("signature-of-code-points", breaks=["klas.signature.any-text"], also=_WRITTEN_OTHERWISE)
class SignatureOfCodePoints(KlasTarget):
    """Reads the bytes of the body as Latin-1 and signs that as UTF-8: two bytes for each that is not ASCII."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return request.body.decode("latin-1").encode()


@fault("signature-of-three-bytes", breaks=["klas.signature.any-text"], also=_WRITTEN_OTHERWISE)
class SignatureOfThreeBytes(KlasTarget):
    """Signs the body as its database writes it, which has no more than three bytes for a character."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return re.sub(rb"[\xf0-\xf4][\x80-\xbf]{3}", b"?", request.body)


@fault("signature-empty-key", breaks=["klas.signature.empty-key"])
class SignatureEmptyKey(_Lenient):
    """Tries the keys of all brands, one of which has none configured."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(b"", body, "sha256").hex()}


@fault("signature-key-in-any-case", breaks=["klas.signature.other-key"])
class SignatureKeyInAnyCase(_Lenient):
    """Tries the secret as its back office shows it, in upper case, too."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(self.secret.upper(), body, "sha256").hex()}


@fault("signature-key-of-tests", breaks=["klas.signature.other-key"])
class SignatureKeyOfTests(_Lenient):
    """Accepts, beside the right key, the one that its tests use."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(b"test", body, "sha256").hex()}


@fault("signature-key-as-delivered", breaks=["klas.signature.other-key"])
class SignatureKeyAsDelivered(_Lenient):
    """Still has the key of the example configuration among its keys."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(b"secret", body, "sha256").hex()}


@fault("signature-unkeyed", breaks=["klas.signature.plain-hash"])
class SignatureUnkeyed(_Lenient):
    """Accepts the plain hash of the body."""

    def others(self, body: bytes) -> set[str]:
        return {hashlib.sha256(body).hexdigest()}


@fault("signature-key-before-body", breaks=["klas.signature.plain-hash"])
class SignatureKeyBeforeBody(_Lenient):
    """Accepts the plain hash of key and body, as an older integration had it."""

    def others(self, body: bytes) -> set[str]:
        return {hashlib.sha256(self.secret + body).hexdigest()}


@fault("signature-key-after-body", breaks=["klas.signature.plain-hash"])
class SignatureKeyAfterBody(_Lenient):
    """Accepts the plain hash of body and key."""

    def others(self, body: bytes) -> set[str]:
        return {hashlib.sha256(body + self.secret).hexdigest()}


@fault("signature-sha1", breaks=["klas.signature.other-algorithm"])
class SignatureSha1(_Lenient):
    """Accepts HMAC-SHA1 for older callers."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(self.secret, body, "sha1").hex()}


@fault("signature-md5", breaks=["klas.signature.other-algorithm"])
class SignatureMd5(_Lenient):
    """Accepts HMAC-MD5 for older callers."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(self.secret, body, "md5").hex()}


@fault("signature-by-length", breaks=["klas.signature.other-algorithm"])
class SignatureByLength(_Lenient):
    """Guesses the algorithm from the number of digits, SHA-512 among them."""

    def others(self, body: bytes) -> set[str]:
        return {hmac.digest(self.secret, body, name).hex() for name in ("sha1", "sha384", "sha512")}


@fault("signature-seen-before", breaks=["klas.signature.captured"])
class SignatureSeenBefore(KlasTarget):
    """Caches signatures that were right once, and does not compute them again."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def signature_matches(self, given: str, right: str) -> bool:
        if super().signature_matches(given, right):
            self.known.add(given)
        return given in self.known


@fault(
    "signature-over-compact",
    breaks=["klas.signature.whitespace-changed", "klas.signature.any-serialisation", "klas.signature.reserialised"],
    also=_WRITTEN_OTHERWISE,
)
class SignatureOverCompact(KlasTarget):
    """Signs the parsed body as it writes it itself, without whitespace."""

    def signed_content(self, request: HttpRequest) -> bytes:
        fields = _fields(request.body)
        return request.body if fields is None else json.dumps(fields, separators=(",", ":")).encode()


@fault("signature-over-compact-too", breaks=["klas.signature.whitespace-changed", "klas.signature.reserialised"])
class SignatureOverCompactToo(_Lenient):
    """Tries the body as it writes it itself where the bytes received do not fit."""

    def others(self, body: bytes) -> set[str]:
        return {self.signature(json.dumps(_fields(body), separators=(",", ":")).encode())}


@fault("signature-over-pretty-too", breaks=["klas.signature.reserialised"])
class SignatureOverPrettyToo(_Lenient):
    """Tries indented forms of the body, as its log shows them, where the bytes received do not fit."""

    def others(self, body: bytes) -> set[str]:
        return {self.signature(json.dumps(_fields(body), indent=indent).encode()) for indent in (2, 4)}


@fault("signature-over-sorted-too", breaks=["klas.signature.reserialised"])
class SignatureOverSortedToo(_Lenient):
    """Tries the body with its fields sorted, as another integration signs it, where the bytes received do not fit."""

    def others(self, body: bytes) -> set[str]:
        return {self.signature(json.dumps(_fields(body), separators=(",", ":"), sort_keys=True).encode())}


@fault("signature-over-spaced-too", breaks=["klas.signature.reserialised"])
class SignatureOverSpacedToo(_Lenient):
    """Tries the body as its language writes it by default, with spaces, where the bytes received do not fit."""

    def others(self, body: bytes) -> set[str]:
        return {self.signature(json.dumps(_fields(body)).encode())}


@fault("signature-over-sorted-and-spaced-too", breaks=["klas.signature.reserialised"])
class SignatureOverSortedAndSpacedToo(_Lenient):
    """Tries the body with its fields sorted and with spaces, where the bytes received do not fit."""

    def others(self, body: bytes) -> set[str]:
        return {self.signature(json.dumps(_fields(body), sort_keys=True).encode())}


@fault(
    "signature-in-any-order",
    breaks=["klas.signature.key-order-changed", "klas.signature.whitespace-changed", "klas.signature.reserialised"],
)
class SignatureInAnyOrder(_Lenient):
    """Keeps fields in a map without order, and so accepts the signature of any order of them."""

    def others(self, body: bytes) -> set[str]:
        fields = _fields(body)
        if not isinstance(fields, dict) or len(fields) > 5:
            return set()
        orders = itertools.permutations(fields.items())
        return {self.signature(json.dumps(dict(order), separators=(",", ":")).encode()) for order in orders}


@fault("signature-over-text", breaks=["klas.parameters.not-integrity", "klas.malformed.grammar", "klas.malformed.code"])
class SignatureOverText(KlasTarget):
    """Signs the body as decoded to text and encoded again, which changes what is no UTF-8."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return request.body.decode("utf-8", "replace").encode()


@fault("signature-over-text-without-mark", breaks=["klas.parameters.not-integrity"])
class SignatureOverTextWithoutMark(KlasTarget):
    """Signs the body as its framework hands it on, which takes a byte order mark off."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return request.body.removeprefix(BOM_UTF8)


@fault(
    "signature-over-stripped",
    breaks=["klas.signature.any-serialisation"],
    also=_WRITTEN_OTHERWISE
    | {"klas.signature.reserialised", "klas.signature.whitespace-changed", "klas.parameters.extra-field"},
)
class SignatureOverStripped(KlasTarget):
    """Signs the body without any whitespace in it."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return b"".join(request.body.split())


@fault("signature-over-unescaped", breaks=["klas.signature.any-serialisation"], also=_WRITTEN_OTHERWISE)
class SignatureOverUnescaped(KlasTarget):
    """Resolves escapes before it signs the body, as a framework that hands out decoded text does."""

    def signed_content(self, request: HttpRequest) -> bytes:
        if b"\\u" not in request.body:
            return request.body
        return re.sub(rb"\\u00([0-7][0-9a-f])", lambda escape: bytes.fromhex(escape[1].decode()), request.body)


@fault(
    "session-trusted",
    breaks=["klas.signature.random", "klas.signature.other-key"],
    also=[
        *OTHER_BYTES,
        *WITH_ANYTHING,
        "klas.signature.behind",
        "klas.signature.nibble",
        "klas.signature.prefix",
        "klas.signature.truncated",
        "klas.signature.empty-key",
        "klas.signature.plain-hash",
        "klas.signature.other-algorithm",
        "klas.signature.not-hex",
        "klas.signature.non-ascii",
        "klas.signature.long",
        "klas.signature.base64",
        "klas.signature.prefixed",
    ],
)
class SessionTrusted(KlasTarget):
    """Trusts every signed request of a session that it has authenticated once."""

    def __init__(self) -> None:
        self.trusted: set[str] = set()

    def check_signature(self, request: HttpRequest) -> None:
        try:
            super().check_signature(request)
        except Refusal:
            fields = _fields(request.body)
            trusted = isinstance(fields, dict) and str(fields.get("session_id")) in self.trusted
            if not trusted or not request.header("X-Signature"):
                raise Refusal(INTEGRITY) from None
        else:
            fields = _fields(request.body)
            if isinstance(fields, dict):
                self.trusted.add(str(fields.get("session_id")))
