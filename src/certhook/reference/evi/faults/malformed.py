"""Faults in reading the body, and in what is answered to a body that cannot be read."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from certhook.reference.application import Crash, Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evi.faults.consequences import DISPUTED, LENIENT
from certhook.reference.evi.target import INVALID_ROUND, EviTarget
from certhook.reference.json_reader import Unreadable, read_json
from certhook.reference.wire import HttpRequest


class _SecondAttempt(EviTarget):
    """Reads a body that is not valid once more, in another way."""

    def read(self, body: bytes) -> Any:
        try:
            return read_json(body)
        except Unreadable:
            return self.read_again(body)

    def read_again(self, body: bytes) -> Any:
        raise NotImplementedError


@fault("json-defaults", breaks=["evi.malformed.grammar", "evi.malformed.duplicate-keys"], also=LENIENT)
class JsonDefaults(_SecondAttempt):
    """Keeps its library's defaults, which allow NaN, repeated keys and anything in UTF-16."""

    def read_again(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unreadable(str(error)) from error


@fault("json-rest-ignored", breaks=["evi.malformed.grammar"], also=LENIENT)
class JsonRestIgnored(_SecondAttempt):
    """Stops reading behind the last closing brace."""

    def read_again(self, body: bytes) -> Any:
        return read_json(body[: body.rfind(b"}") + 1])


@fault("json-array-unwrapped", breaks=["evi.malformed.root"], also=["evi.malformed.code"])
class JsonArrayUnwrapped(EviTarget):
    """Takes an array of one request for that request."""

    def object_of(self, value: Any) -> Fields:
        return super().object_of(value[0] if isinstance(value, list) and len(value) == 1 else value)


@fault("json-mark-skipped", breaks=["evi.malformed.byte-order-mark"], also=LENIENT)
class JsonMarkSkipped(_SecondAttempt):
    """Skips a byte order mark."""

    def read_again(self, body: bytes) -> Any:
        return read_json(body.removeprefix(b"\xef\xbb\xbf"))


@fault("json-any-number", breaks=["evi.malformed.out-of-range"], also=LENIENT)
class JsonAnyNumber(_SecondAttempt):
    """Takes a number that is too large for infinity."""

    def read_again(self, body: bytes) -> Any:
        return read_json(body.replace(b"1e400", b"1e300"))


class _Unreadable(EviTarget):
    """Does something of its own where a body cannot be read or is no object."""

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal as refusal:
            return self.unreadable(refusal)

    def unreadable(self, refusal: Refusal) -> Fields:
        raise NotImplementedError


@fault("malformed-as-unknown-player", breaks=["evi.malformed.code"])
class MalformedAsUnknownPlayer(_Unreadable):
    """Answers a body that it cannot read like one that names no player."""

    def unreadable(self, refusal: Refusal) -> Fields:
        raise Refusal(INVALID_ROUND) from refusal


@fault(
    "malformed-crash",
    breaks=["evi.malformed.grammar", "evi.malformed.root", "evi.robustness.no-server-error"],
    also=DISPUTED,
)
class MalformedCrash(_Unreadable):
    """Does not catch its reader's error."""

    def unreadable(self, refusal: Refusal) -> Fields:
        raise Crash from refusal


@fault("form-where-declared", breaks=["evi.malformed.declared-form"])
class FormWhereDeclared(EviTarget):
    """Has a reader for each media type, that of forms among them."""

    def fields_of(self, request: HttpRequest) -> Fields:
        if request.header("Content-Type") != "application/x-www-form-urlencoded":
            return super().fields_of(request)
        given = dict(parse_qsl(request.body.decode("latin-1")))
        account = {name: given.pop(f"Account[{name}]", "") for name in ("Username", "Password")}
        return {**given, "Account": account}


@fault("json-in-one-line", breaks=["evi.parameters.any-spelling"], also=["evi.credentials.unusable-code"])
class JsonInOneLine(EviTarget):
    """Finds members with patterns that expect no white space."""

    def read(self, body: bytes) -> Any:
        value = super().read(body)
        if re.search(rb'":\s', body):
            raise Unreadable("white space between a name and its value")
        return value


@fault("json-in-order", breaks=["evi.parameters.any-spelling"], also=["evi.credentials.unusable-code"])
class JsonInOrder(EviTarget):
    """Reads members by their position, the credentials behind the token."""

    def object_of(self, value: Any) -> Fields:
        fields = super().object_of(value)
        named = [name for name in fields if name in ("ClientToken", "Account")]
        if named == ["Account", "ClientToken"]:
            raise self.illegible()
        return fields


@fault("json-escapes-kept", breaks=["evi.parameters.any-spelling"])
class JsonEscapesKept(EviTarget):
    """Takes escapes in names for what the names are."""

    def read(self, body: bytes) -> Any:
        value = super().read(body)
        return {} if b'"\\u' in body.partition(b":")[0] else value
