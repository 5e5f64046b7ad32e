"""Faults by which the check of the signature is left out: ways around it that were not meant as such."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from certhook.reference.application import Fields, Reply
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import KlasTarget
from certhook.reference.wire import HttpRequest

_AROUND = ("klas.signature.whatever-else",)


class _Sometimes(KlasTarget):
    """Checks signatures, that are there at all, of those requests only that are `checked`."""

    def check_signature(self, request: HttpRequest) -> None:
        if self.checked(request) or not request.header("X-Signature"):
            super().check_signature(request)

    def checked(self, request: HttpRequest) -> bool:
        raise NotImplementedError


def _media_type(request: HttpRequest) -> str:
    return request.header("Content-Type") or ""


@fault("signature-not-with-charset", breaks=_AROUND)
class SignatureNotWithCharset(_Sometimes):
    """Has a check for application/json, and none where a parameter follows."""

    def checked(self, request: HttpRequest) -> bool:
        return not _media_type(request).startswith("application/json;")


@fault("signature-not-of-forms", breaks=_AROUND)
class SignatureNotOfForms(_Sometimes):
    """Keeps the raw body for its check where no form parser has taken it."""

    def checked(self, request: HttpRequest) -> bool:
        return _media_type(request) != "application/x-www-form-urlencoded"


@fault("signature-not-of-multipart", breaks=_AROUND)
class SignatureNotOfMultipart(_Sometimes):
    """Leaves multipart bodies to a parser of their own, behind which nobody checks."""

    def checked(self, request: HttpRequest) -> bool:
        return not _media_type(request).startswith("multipart/")


@fault("signature-not-of-text", breaks=_AROUND)
class SignatureNotOfText(_Sometimes):
    """Lets its monitoring through, which sends plain text."""

    def checked(self, request: HttpRequest) -> bool:
        return not _media_type(request).startswith("text/")


@fault("signature-where-declared", breaks=_AROUND)
class SignatureWhereDeclared(_Sometimes):
    """Takes a request without a media type for one without a body."""

    def checked(self, request: HttpRequest) -> bool:
        return bool(_media_type(request))


@fault("signature-by-content-length", breaks=_AROUND)
class SignatureByContentLength(_Sometimes):
    """Checks as many bytes as Content-Length says, and nothing where it is not given."""

    def checked(self, request: HttpRequest) -> bool:
        return request.header("Content-Length") is not None


@fault("signature-of-small-bodies", breaks=_AROUND)
class SignatureOfSmallBodies(_Sometimes):
    """Buffers four KiB of a body for its check, and lets through what is longer."""

    def checked(self, request: HttpRequest) -> bool:
        return len(request.body) <= 4 * 1024


@fault("signature-not-from-within", breaks=_AROUND)
class SignatureNotFromWithin(_Sometimes):
    """Trusts its own machine, and whoever says that they are it."""

    def checked(self, request: HttpRequest) -> bool:
        return (request.header("X-Forwarded-For") or "").split(",")[0].strip() != "127.0.0.1"


@fault("query-fills-gaps", breaks=["klas.signature.query-ignored"])
class QueryFillsGaps(KlasTarget):
    """Takes from the query what the body lacks."""

    def fields_of(self, request: HttpRequest) -> Fields:
        return {**dict(parse_qsl(request.query)), **super().fields_of(request)}


@fault("query-overrides-body", breaks=["klas.signature.query-ignored"])
class QueryOverridesBody(KlasTarget):
    """Hands out query and body as one, as its framework does, and the query counts more."""

    def fields_of(self, request: HttpRequest) -> Fields:
        return {**super().fields_of(request), **dict(parse_qsl(request.query))}


@fault("repeated-body-from-store", breaks=["klas.signature.repeated-body"])
class RepeatedBodyFromStore(KlasTarget):
    """Keeps its answers by request_id, and gives them again before it looks at the signature."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Reply] = {}

    def examine(self, request: HttpRequest) -> Reply:
        id = _request_id(request.body)
        if id not in self.known:
            self.known[id] = super().examine(request)
        return self.known[id]


def _request_id(body: bytes) -> str:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(fields.get("request_id", "")) if isinstance(fields, dict) else ""
