"""Faults in what the signature is computed of: a body that the target writes again in a spelling of its own."""

from __future__ import annotations

import re

from certhook.reference.catalogue import fault
from certhook.reference.fargames.target import FargamesTarget
from certhook.reference.wire import HttpRequest

_PAIR = re.compile(rb"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})")
_BEYOND_ASCII = re.compile(rb"(?:\\u(?!00[0-7])[0-9a-f]{4})+")


@fault("signature-over-unescaped-text", breaks=["fargames.signature.canonical-text"], also=["fargames.malformed.code"])
class SignatureOverUnescapedText(FargamesTarget):
    """Writes letters beyond ASCII as they are when it writes the body again to check it."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return _BEYOND_ASCII.sub(_as_they_are, request.body)


@fault("signature-over-long-escapes", breaks=["fargames.signature.canonical-text"], also=["fargames.malformed.code"])
class SignatureOverLongEscapes(FargamesTarget):
    """Escapes a letter beyond U+FFFF by its number, and not as two halves, when it writes the body again."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return _PAIR.sub(_as_one, request.body)


def _as_one(pair: re.Match[bytes]) -> bytes:
    letter = bytes.fromhex((pair[1] + pair[2]).decode("ascii")).decode("utf-16-be")
    return b"\\u%x" % ord(letter)


def _as_they_are(escapes: re.Match[bytes]) -> bytes:
    units = bytes.fromhex(escapes[0].replace(b"\\u", b"").decode("ascii"))
    return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")


@fault("signature-over-escaped-markup", breaks=["fargames.signature.canonical-text"])
class SignatureOverEscapedMarkup(FargamesTarget):
    """Escapes what HTML might stumble over when it writes the body again to check it, as its language does."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return re.sub(rb"[&<>]", lambda sign: b"\\u00%02x" % ord(sign[0]), request.body)
