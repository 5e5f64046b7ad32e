"""Faults in the signature of the response."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import base64
import hashlib
import json

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import BAD_PARAMS, INTEGRITY, KlasTarget, Player
from certhook.reference.wire import Headers


def _is_success(reply: Reply) -> bool:
    return bool(reply.fields.get("status_code") == "OK")


@fault("response-unsigned", breaks=["klas.signature.response-present"])
class ResponseUnsigned(KlasTarget):
    """Signs no response."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return ()


@fault("response-signed-twice", breaks=["klas.signature.response-right"])
class ResponseSignedTwice(KlasTarget):
    """Signs in the application and once more in a layer before it, which has an older key."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return (*super().sign(reply, body), (b"X-Signature", hashlib.sha256(body).hexdigest().encode()))


@fault("response-unsigned-refusals", breaks=["klas.signature.response-present"])
class ResponseUnsignedRefusals(KlasTarget):
    """Signs only successes."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return super().sign(reply, body) if _is_success(reply) else ()


@fault("response-unsigned-successes", breaks=["klas.signature.response-present"])
class ResponseUnsignedSuccesses(KlasTarget):
    """Signs only refusals."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return () if _is_success(reply) else super().sign(reply, body)


@fault("response-unsigned-integrity", breaks=["klas.signature.response-present"])
class ResponseUnsignedIntegrity(KlasTarget):
    """Answers a failed check from a filter that comes before the one that signs."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return () if reply.fields.get("status_code") == INTEGRITY else super().sign(reply, body)


@fault("response-not-found-unsigned", breaks=["klas.signature.response-present"])
class ResponseNotFoundUnsigned(KlasTarget):
    """Says of an unknown player that there is nothing, with HTTP 404, and signs only answers with HTTP 200."""

    def find_player(self, player_id: str) -> Player:
        try:
            return super().find_player(player_id)
        except Refusal:
            raise Refusal(BAD_PARAMS, 404) from None

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return super().sign(reply, body) if reply.status == 200 else ()


@fault("response-signature-empty", breaks=["klas.signature.response-present"])
class ResponseSignatureEmpty(KlasTarget):
    """Sends the header without a value on refusals."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return super().sign(reply, body) if _is_success(reply) else ((b"X-Signature", b""),)


@fault("response-signed-early", breaks=["klas.signature.response-right"])
class ResponseSignedEarly(KlasTarget):
    """Signs the response before the framework writes it, in another form."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return super().sign(reply, json.dumps(reply.fields).encode())


@fault("response-refusals-signed-early", breaks=["klas.signature.response-right"])
class ResponseRefusalsSignedEarly(KlasTarget):
    """Signs an empty body on refusals, since their body is filled in later."""

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return super().sign(reply, body if _is_success(reply) else b"")


@fault("response-signed-unkeyed", breaks=["klas.signature.response-right"])
class ResponseSignedUnkeyed(KlasTarget):
    """Signs the response with a plain hash."""

    def response_signature(self, body: bytes) -> str:
        return hashlib.sha256(body).hexdigest()


@fault("response-signed-prefixed", breaks=["klas.signature.response-right"])
class ResponseSignedPrefixed(KlasTarget):
    """Names the algorithm before the signature, as other webhooks do."""

    def response_signature(self, body: bytes) -> str:
        return f"sha256={self.signature(body)}"


@fault("response-signed-before-line-break", breaks=["klas.signature.response-right"])
class ResponseSignedBeforeLineBreak(KlasTarget):
    """Signs the response before its framework puts a line break behind it."""

    def serialise(self, fields: Fields) -> bytes:
        return super().serialise(fields) + b"\n"

    def response_signature(self, body: bytes) -> str:
        return self.signature(body.removesuffix(b"\n"))


@fault("response-signed-base64", breaks=["klas.signature.response-right"])
class ResponseSignedBase64(KlasTarget):
    """Signs the response in base64."""

    def response_signature(self, body: bytes) -> str:
        return base64.b64encode(bytes.fromhex(self.signature(body))).decode()


@fault("response-signed-upper-case", breaks=["klas.signature.response-lower-case"])
class ResponseSignedUpperCase(KlasTarget):
    """Signs the response in upper-case hex."""

    def response_signature(self, body: bytes) -> str:
        return self.signature(body).upper()


@fault("response-signature-constant", breaks=["klas.signature.response-right"])
class ResponseSignatureConstant(KlasTarget):
    """Sends the signature that its test environment was given as an example."""

    def response_signature(self, body: bytes) -> str:
        return self.signature(b"example")
