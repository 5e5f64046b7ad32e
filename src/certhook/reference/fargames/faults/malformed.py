"""Faults in reading the body: readers that take what is no JSON, and wrong answers to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from certhook.reference import lax_readers
from certhook.reference.application import Crash, Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.fargames.faults.consequences import DISPUTED, LENIENT
from certhook.reference.fargames.target import FargamesTarget
from certhook.reference.json_reader import Unreadable
from certhook.reference.wire import HttpAnswer

_REFUSED = ("fargames.malformed.grammar", "fargames.malformed.root")


@fault("json-nan", breaks=["fargames.malformed.grammar"], also=LENIENT)
class JsonNan(FargamesTarget):
    """Keeps its library's defaults, which allow NaN, repeated keys and anything in UTF-16."""

    def read(self, body: bytes) -> Any:
        return lax_readers.any_json(body)


@fault("json-trailing-bytes", breaks=["fargames.malformed.grammar"], also=LENIENT)
class JsonTrailingBytes(FargamesTarget):
    """Stops reading at the end of the first value."""

    def read(self, body: bytes) -> Any:
        return lax_readers.first_value(body)


@fault("json-array-unwrapped", breaks=["fargames.malformed.root"], also=["fargames.malformed.code"])
class JsonArrayUnwrapped(FargamesTarget):
    """Takes an array of one request for that request."""

    def read(self, body: bytes) -> Any:
        value = super().read(body)
        return value[0] if isinstance(value, list) and len(value) == 1 else value


@fault("form-for-json", breaks=["fargames.malformed.grammar"])
class FormForJson(FargamesTarget):
    """Reads what is no JSON as a form, as its framework does."""

    def read(self, body: bytes) -> Any:
        try:
            return super().read(body)
        except Unreadable:
            form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
            if not form:
                raise
            return {name: int(value) if value.isascii() and value.isdigit() else value for name, value in form.items()}


@fault("json-byte-order-mark", breaks=["fargames.malformed.byte-order-mark"], also=LENIENT)
class JsonByteOrderMark(FargamesTarget):
    """Skips a byte order mark."""

    def read(self, body: bytes) -> Any:
        return lax_readers.without_mark(body)


@fault("json-last-key-wins", breaks=["fargames.malformed.duplicate-keys"], also=LENIENT)
class JsonLastKeyWins(FargamesTarget):
    """Takes the last of repeated keys."""

    def read(self, body: bytes) -> Any:
        return lax_readers.last_key_wins(body)


@fault("json-out-of-range", breaks=["fargames.malformed.out-of-range"], also=LENIENT)
class JsonOutOfRange(FargamesTarget):
    """Takes any number and any escape."""

    def read(self, body: bytes) -> Any:
        return lax_readers.any_number(body)


class _Malformed(FargamesTarget):
    """Answers a body that is no object in its own way."""

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal:
            return self.malformed()

    def malformed(self) -> Fields:
        raise NotImplementedError


@fault("malformed-bad-request", breaks=["fargames.malformed.code"])
class MalformedBadRequest(_Malformed):
    """Has a code of its own for malformed bodies."""

    def malformed(self) -> Fields:
        raise Refusal("bad_request", 400)


@fault("malformed-as-signature", breaks=["fargames.malformed.code"])
class MalformedAsSignature(_Malformed):
    """Cannot sort the keys of a malformed body, and so finds its signature wrong."""

    def malformed(self) -> Fields:
        raise Refusal("invalid_signature", 403)


@fault("malformed-200", breaks=[*_REFUSED, "fargames.status.refusal-http"], also=["fargames.malformed.code"])
class Malformed200(_Malformed):
    """Answers a malformed body with an error envelope and HTTP 200."""

    def malformed(self) -> Fields:
        raise Refusal("validation_error", 200)


@fault("malformed-crash", breaks=[*_REFUSED, "fargames.robustness.no-server-error"], also=DISPUTED)
class MalformedCrash(_Malformed):
    """Does not catch its reader's error."""

    def malformed(self) -> Fields:
        raise Crash


@fault(
    "malformed-bare", breaks=[*_REFUSED, "fargames.robustness.readable"], also=DISPUTED | {"fargames.status.media-type"}
)
class MalformedBare(_Malformed):
    """Leaves malformed bodies to its framework, which answers HTTP 400 with plain words."""

    def malformed(self) -> Fields:
        raise Refusal("framework", 400)

    def send(self, reply: Reply) -> HttpAnswer:
        if reply.fields.get("error") != "framework":
            return super().send(reply)
        return HttpAnswer(400, ((b"Content-Type", b"text/plain"),), b"Bad Request")
