"""Faults in the answer to another HTTP method than POST."""

from __future__ import annotations

from certhook.reference import mishaps
from certhook.reference.application import Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evi.target import GENERAL_ERROR, PLAYER, EviTarget
from certhook.reference.wire import HttpAnswer, HttpRequest


@fault("get-accepted", breaks=["evi.methods.not-accepted"], also=["evi.methods.status-405"])
class GetAccepted(EviTarget):
    """Answers a GET with the player whom it authenticated last."""

    def authenticate(self, request: HttpRequest) -> Reply:
        return self.succeed(PLAYER, {}) if request.method == "GET" else super().authenticate(request)


@fault("any-method-accepted", breaks=["evi.methods.not-accepted"], also=["evi.methods.status-405"])
class AnyMethodAccepted(EviTarget):
    """Routes every method that has a body like POST."""

    methods = ("POST", "PUT", "PATCH", "DELETE")


@fault("get-with-body-accepted", breaks=["evi.methods.not-accepted"], also=["evi.methods.status-405"])
class GetWithBodyAccepted(EviTarget):
    """Routes GET like POST, and finds no credentials where there is no body."""

    methods = ("POST", "GET")


@fault("methods-400", breaks=["evi.methods.status-405"])
class Methods400(EviTarget):
    """Answers other methods as a bad request, with HTTP 400."""

    def check_method(self, request: HttpRequest) -> None:
        if request.method not in self.methods:
            raise Refusal(GENERAL_ERROR, 400)


@fault("methods-html", breaks=["evi.robustness.front-html"])
class MethodsHtml(EviTarget):
    """Leaves the web server's own page for other methods."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        page = b"<html><head><title>405</title></head><body><center>openresty</center></body></html>"
        return HttpAnswer(405, ((b"Content-Type", b"text/html"), (b"Allow", b"POST")), page)


@fault("other-bodies-left-unread", breaks=["evi.robustness.recovers"])
class OtherBodiesLeftUnread(mishaps.OtherBodiesLeftUnread, EviTarget):
    """Answers other methods before it has read their bodies, with which the next request on the connection begins."""
