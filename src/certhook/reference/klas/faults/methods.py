"""Faults in the answer to another HTTP method than POST."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from certhook.reference import mishaps
from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import BAD_PARAMS, PLAYER, KlasTarget
from certhook.reference.wire import HttpAnswer, HttpRequest


@fault("get-accepted", breaks=["klas.methods.not-accepted"], also=["klas.methods.status-405"])
class GetAccepted(KlasTarget):
    """Answers a GET with the account that it answered a POST with last."""

    def authenticate(self, request: HttpRequest) -> Reply:
        return self.succeed(PLAYER) if request.method == "GET" else super().authenticate(request)


@fault("put-accepted", breaks=["klas.methods.not-accepted"], also=["klas.methods.status-405"])
class PutAccepted(KlasTarget):
    """Routes PUT like POST."""

    methods = ("POST", "PUT")


@fault("delete-accepted", breaks=["klas.methods.not-accepted"], also=["klas.methods.status-405"])
class DeleteAccepted(KlasTarget):
    """Routes every method that has a body like POST."""

    methods = ("POST", "DELETE", "PATCH")


@fault("get-with-body-accepted", breaks=["klas.methods.not-accepted"], also=["klas.methods.status-405"])
class GetWithBodyAccepted(KlasTarget):
    """Routes GET like POST, and finds no fields where there is no body."""

    methods = ("POST", "GET")


@fault("get-from-query", breaks=["klas.methods.not-accepted"])
class GetFromQuery(KlasTarget):
    """Takes the fields from the query of a GET, and the signature as that of its empty body."""

    def check_method(self, request: HttpRequest) -> None:
        if request.method != "GET" or not request.query:
            super().check_method(request)

    def parse(self, body: bytes) -> Fields:
        return super().parse(body or self.written)

    def examine(self, request: HttpRequest) -> Reply:
        fields: Fields = dict(parse_qsl(request.query))
        fields["timestamp"] = float(fields.get("timestamp", 0))
        self.written = json.dumps(fields).encode() if request.query else b""
        return super().examine(request)


@fault("get-unsigned-accepted", breaks=["klas.methods.not-accepted"])
class GetUnsignedAccepted(KlasTarget):
    """Shows the account to a browser, which cannot sign; whoever does is asked to POST."""

    def authenticate(self, request: HttpRequest) -> Reply:
        if request.method == "GET" and request.query and not request.header("X-Signature"):
            return self.succeed(PLAYER)
        return super().authenticate(request)


@fault("put-unsigned-accepted", breaks=["klas.methods.not-accepted"])
class PutUnsignedAccepted(KlasTarget):
    """Has a PUT for its back office, which does not sign; whoever does is asked to POST."""

    def authenticate(self, request: HttpRequest) -> Reply:
        if request.method != "PUT" or request.header("X-Signature"):
            return super().authenticate(request)
        fields = self.parse(request.body)
        self.check_shape(fields)
        return self.admit(fields)


class _MethodStatus(KlasTarget):
    """Refuses other methods with a status of its own."""

    method_status = 405

    def check_method(self, request: HttpRequest) -> None:
        if request.method not in self.methods:
            raise Refusal(BAD_PARAMS, self.method_status)


@fault("methods-404", breaks=["klas.methods.status-405"])
class Methods404(_MethodStatus):
    """Knows the path for POST only, and answers HTTP 404 otherwise."""

    method_status = 404


@fault("methods-200", breaks=["klas.methods.status-405"])
class Methods200(_MethodStatus):
    """Answers other methods like bad parameters, with HTTP 200."""

    method_status = 200


@fault("methods-500", breaks=["klas.status.refusal-http", "klas.robustness.no-server-error", "klas.methods.status-405"])
class Methods500(_MethodStatus):
    """Answers other methods as an internal error."""

    method_status = 500


@fault("methods-html", breaks=["klas.robustness.front-html"])
class MethodsHtml(KlasTarget):
    """Leaves the web server's own page for other methods."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        headers = ((b"Content-Type", b"text/html"), (b"Allow", b"POST"))
        return HttpAnswer(405, headers, b"<html><body><h1>405 Not Allowed</h1><hr>nginx</body></html>")


@fault("other-bodies-left-unread", breaks=["klas.robustness.recovers"])
class OtherBodiesLeftUnread(mishaps.OtherBodiesLeftUnread, KlasTarget):
    """Answers other methods before it has read their bodies, with which the next request on the connection begins."""
