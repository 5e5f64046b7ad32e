"""Faults in the answers to other methods than POST."""

from __future__ import annotations

from certhook.reference.application import Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.wire import HttpAnswer, HttpRequest


@fault("get-accepted", breaks=["evenbet.methods.not-accepted"], also=["evenbet.methods.status-405"])
class GetAccepted(EvenbetTarget):
    """Answers a GET of the path with a session."""

    def handle(self, request: HttpRequest) -> Reply:
        return self.succeed(self.read(request)) if request.method == "GET" else super().handle(request)


@fault("get-from-query", breaks=["evenbet.methods.not-accepted"], also=["evenbet.methods.status-405"])
class GetFromQuery(EvenbetTarget):
    """Routes GET like POST, checks it as thoroughly, and takes its parameters from the query."""

    methods = ("POST", "GET")

    def read(self, request: HttpRequest) -> Parameters:
        read = super().read(request)
        return Parameters(read.path, read.query, read.query) if request.method == "GET" else read


@fault("put-accepted", breaks=["evenbet.methods.not-accepted"], also=["evenbet.methods.status-405"])
class PutAccepted(EvenbetTarget):
    """Routes PUT like POST."""

    methods = ("POST", "PUT")


@fault("get-with-form-accepted", breaks=["evenbet.methods.not-accepted"])
class GetWithFormAccepted(EvenbetTarget):
    """Takes a GET that comes with a form for a POST."""

    def check_method(self, request: HttpRequest) -> None:
        if request.method != "GET" or not request.body:
            super().check_method(request)


@fault("put-unsigned-accepted", breaks=["evenbet.methods.not-accepted"])
class PutUnsignedAccepted(EvenbetTarget):
    """Has a PUT for its back office, which does not sign; whoever does is asked to POST."""

    def check_method(self, request: HttpRequest) -> None:
        if request.method != "PUT" or request.header("sign"):
            super().check_method(request)

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if request.method != "PUT":
            super().check_signature(request, parameters)


class _MethodStatus(EvenbetTarget):
    """Refuses other methods with a status of its own."""

    method_status = 405

    def check_method(self, request: HttpRequest) -> None:
        if request.method not in self.methods:
            raise Refusal("Not for this method", self.method_status)


@fault("methods-404", breaks=["evenbet.methods.status-405"])
class Methods404(_MethodStatus):
    """Knows the path for POST only, and answers HTTP 404 otherwise."""

    method_status = 404


@fault(
    "methods-500",
    breaks=["evenbet.robustness.no-server-error", "evenbet.methods.status-405", "evenbet.status.refusal-http"],
)
class Methods500(_MethodStatus):
    """Answers other methods as an internal error."""

    method_status = 500


@fault("methods-html", breaks=["evenbet.robustness.front-html"])
class MethodsHtml(EvenbetTarget):
    """Leaves the web server's own page for other methods."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        headers = ((b"Content-Type", b"text/html"), (b"Allow", b"POST"))
        return HttpAnswer(405, headers, b"<html><body><h1>405 Not Allowed</h1><hr>nginx</body></html>")
