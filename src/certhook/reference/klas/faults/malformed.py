"""Faults in reading the body: readers that take what is no JSON, and wrong answers to it."""

from __future__ import annotations

import ast
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from certhook.reference import lax_readers
from certhook.reference.application import Crash, Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.json_reader import Unreadable, read_json
from certhook.reference.klas.faults.consequences import DISPUTED, LENIENT
from certhook.reference.klas.target import BAD_PARAMS, INTEGRITY, KlasTarget
from certhook.reference.wire import HttpRequest


class _Rewriting(KlasTarget):
    """Reads a body, where it is not valid as it is, in a form that is rewritten first."""

    def read(self, body: bytes) -> Any:
        try:
            return read_json(body)
        except Unreadable:
            return read_json(self.rewritten(body))

    def rewritten(self, body: bytes) -> bytes:
        raise NotImplementedError


@fault("json-comments", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonComments(_Rewriting):
    """Allows comments."""

    def rewritten(self, body: bytes) -> bytes:
        return re.sub(rb"/\*.*?\*/|//[^\n]*", b"", body)


@fault("json-nan", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonNan(KlasTarget):
    """Keeps its library's defaults, which allow NaN, repeated keys and anything in UTF-16."""

    def read(self, body: bytes) -> Any:
        return lax_readers.any_json(body)


@fault("json-trailing-bytes", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonTrailingBytes(KlasTarget):
    """Stops reading at the end of the first value."""

    def read(self, body: bytes) -> Any:
        return lax_readers.first_value(body)


@fault("json-single-quotes", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonSingleQuotes(_Rewriting):
    """Reads a body as its language's own literal where it is no JSON."""

    def rewritten(self, body: bytes) -> bytes:
        try:
            return json.dumps(ast.literal_eval(body.decode())).encode()
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
            raise Unreadable(str(error)) from error


@fault("json-trailing-comma", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonTrailingComma(_Rewriting):
    """Allows a comma before a closing brace."""

    def rewritten(self, body: bytes) -> bytes:
        return re.sub(rb",\s*([}\]])", rb"\1", body)


@fault("json-repaired", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonRepaired(_Rewriting):
    """Closes what the caller left open."""

    def rewritten(self, body: bytes) -> bytes:
        return body + b"}"


@fault("json-leading-zeros", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonLeadingZeros(_Rewriting):
    """Reads numbers with leading zeros."""

    def rewritten(self, body: bytes) -> bytes:
        return re.sub(rb"(:\s*)0+(\d)", rb"\1\2", body)


@fault("json-raw-controls", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonRawControls(KlasTarget):
    """Allows line breaks and NUL bytes inside strings."""

    def read(self, body: bytes) -> Any:
        try:
            return read_json(body)
        except Unreadable:
            return lax_readers.any_json(body.decode("utf-8", "strict") if body.isascii() else "", strict=False)


@fault("json-utf-16", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonUtf16(_Rewriting):
    """Finds out the encoding by itself."""

    def rewritten(self, body: bytes) -> bytes:
        return body.decode(json.detect_encoding(body), "replace").removeprefix("\ufeff").encode()


@fault("json-invalid-utf-8", breaks=["klas.malformed.grammar"], also=LENIENT)
class JsonInvalidUtf8(_Rewriting):
    """Replaces what is no UTF-8."""

    def rewritten(self, body: bytes) -> bytes:
        return body.decode("utf-8", "replace").encode()


@fault("json-byte-order-mark", breaks=["klas.malformed.byte-order-mark"], also=LENIENT)
class JsonByteOrderMark(KlasTarget):
    """Skips a byte order mark."""

    def read(self, body: bytes) -> Any:
        return lax_readers.without_mark(body)


@fault("json-last-key-wins", breaks=["klas.malformed.duplicate-keys"], also=LENIENT)
class JsonLastKeyWins(KlasTarget):
    """Takes the last of repeated keys."""

    def read(self, body: bytes) -> Any:
        return lax_readers.last_key_wins(body)


@fault("json-out-of-range", breaks=["klas.malformed.out-of-range"], also=LENIENT)
class JsonOutOfRange(KlasTarget):
    """Takes any number and any escape."""

    def read(self, body: bytes) -> Any:
        return lax_readers.any_number(body)


@fault("json-array-unwrapped", breaks=["klas.malformed.root"], also=["klas.malformed.code"])
class JsonArrayUnwrapped(KlasTarget):
    """Takes an array of one request for that request."""

    def read(self, body: bytes) -> Any:
        value = super().read(body)
        return value[0] if isinstance(value, list) and len(value) == 1 else value


@fault("json-decoded-twice", breaks=["klas.malformed.root"], also=["klas.malformed.code"])
class JsonDecodedTwice(KlasTarget):
    """Decodes a string once more."""

    def read(self, body: bytes) -> Any:
        value = super().read(body)
        return read_json(value.encode()) if isinstance(value, str) else value


@fault("form-fallback", breaks=["klas.malformed.code"])
class FormFallback(KlasTarget):
    """Reads a body that is no JSON as a form."""

    def read(self, body: bytes) -> Any:
        try:
            return super().read(body)
        except Unreadable:
            return dict(parse_qsl(body.decode("latin-1")))


@fault("form-where-declared", breaks=["klas.malformed.declared-form"])
class FormWhereDeclared(KlasTarget):
    """Has a reader for each media type, that of forms among them."""

    def fields_of(self, request: HttpRequest) -> Fields:
        if request.header("Content-Type") != "application/x-www-form-urlencoded":
            return super().fields_of(request)
        return {
            name: int(value) if name == "timestamp" and value.isdecimal() else value
            for name, value in parse_qsl(request.body.decode("latin-1"))
        }


@fault("malformed-as-empty", breaks=["klas.malformed.code"])
class MalformedAsEmpty(KlasTarget):
    """Takes a body that it cannot read for one without fields."""

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal:
            return {}


@fault(
    "malformed-as-integrity",
    breaks=["klas.malformed.grammar", "klas.malformed.root", "klas.malformed.code", "klas.parameters.not-integrity"],
)
class MalformedAsIntegrity(KlasTarget):
    """Answers a malformed body as a failed integrity check."""

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal:
            raise Refusal(INTEGRITY) from None


@fault(
    "malformed-crash",
    breaks=["klas.malformed.grammar", "klas.malformed.root", "klas.robustness.no-server-error"],
    also=DISPUTED,
)
class MalformedCrash(KlasTarget):
    """Does not catch its reader's error."""

    def read(self, body: bytes) -> Any:
        try:
            return super().read(body)
        except Unreadable as error:
            raise Crash from error


@fault("root-crash", breaks=["klas.malformed.root", "klas.robustness.no-server-error"])
class RootCrash(KlasTarget):
    """Looks for fields in whatever value it read."""

    def parse(self, body: bytes) -> Fields:
        try:
            value = self.read(body)
        except Unreadable:
            raise Refusal("ERR_INVALID_BODY") from None
        if not isinstance(value, dict):
            raise Crash
        return value


@fault("empty-body-crash", breaks=["klas.malformed.grammar", "klas.robustness.no-server-error"])
class EmptyBodyCrash(KlasTarget):
    """Has no answer to a request without a body."""

    def parse(self, body: bytes) -> Fields:
        if not body:
            raise Crash
        return super().parse(body)


@fault("root-bad-params", breaks=["klas.malformed.code"])
class RootBadParams(KlasTarget):
    """Answers a body that is no object as one that lacks all fields."""

    def parse(self, body: bytes) -> Fields:
        try:
            value = self.read(body)
        except Unreadable:
            raise Refusal("ERR_INVALID_BODY") from None
        if not isinstance(value, dict):
            raise Refusal(BAD_PARAMS)
        return value
