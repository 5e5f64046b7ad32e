"""What any application may choose, whatever its protocol: legal, though not every caller expects it."""

from __future__ import annotations

import itertools
import json
import re
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from certhook.reference.application import Application, Fields, Refusal
from certhook.reference.json_reader import Unreadable
from certhook.reference.wire import HttpAnswer, HttpRequest


class ConnectionClose(Application):
    """Closes the connection after every answer."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        return replace(super().answer(request), close=True)


class Explained(Application):
    """Explains refusals with times, counts, ids, an address, how long they took, and what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals = itertools.count(1)

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        number, now = next(self.refusals), datetime.now(UTC)
        asked = f"{48_213 + number} (reference {197_000 + number}, log {now:%H:%M:%S,%f}) was refused at 203.0.113.25"
        took = f"after {now.microsecond / 1000:.2f} ms, {now.isoformat()}, {time.time_ns()}, trace {uuid.uuid4()}"
        sent = request.body[:2000].decode("utf-8", "replace")
        return {**super().refusal_fields(refusal, request), "message": f"{asked} {took}", "sent": [sent]}


class RateLimited(Application):
    """Asks for patience with every so manieth request: HTTP 429 with Retry-After."""

    allowed_in_a_row = 19

    def __init__(self) -> None:
        self.requests = itertools.count(1)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if next(self.requests) % (self.allowed_in_a_row + 1):
            return super().answer(request)
        return HttpAnswer(429, ((b"Retry-After", b"0"), (b"Content-Type", b"text/plain")), b"Too Many Requests")


class Filtered(Application):
    """Stands behind a filter that answers what looks like an attack with HTTP 403 and a page of its own."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if _ATTACK.search(unquote_to_bytes(request.body.replace(b"+", b" "))):
            return HttpAnswer(403, ((b"Content-Type", b"text/html"),), b"<!DOCTYPE html><title>Forbidden</title>")
        return super().answer(request)


_ATTACK = re.compile(rb"' ?(--|#|OR )|'\)|'; DROP|[\"']\$ne|<script|\.\./|\$\{|\{\{", re.IGNORECASE)


class ShowsOtherMethodsElsewhere(Application):
    """Leads whatever is not POST to a page for people."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method != "POST":
            return HttpAnswer(302, ((b"Location", b"/docs"), (b"Content-Type", b"text/html")), b"<p>See /docs</p>")
        return super().answer(request)


class LenientReader(Application):
    """Takes the last of repeated keys, any number, any escape, and a byte order mark."""

    def read(self, body: bytes) -> Any:
        try:
            return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Unreadable(str(error)) from error


def _no_constant(word: str) -> Any:
    raise Unreadable(f"{word} is not JSON")
