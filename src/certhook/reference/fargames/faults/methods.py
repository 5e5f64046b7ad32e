"""Faults in the answer to another HTTP method than POST."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from certhook.reference.application import Reply
from certhook.reference.catalogue import fault
from certhook.reference.fargames.platform import AGENT, INVALID, refusal
from certhook.reference.fargames.target import LIST, FargamesTarget
from certhook.reference.wire import HttpAnswer, HttpRequest

_NOT_ALLOWED = "fargames.methods.not-allowed"
_NOT_ACCEPTED = "fargames.methods.not-accepted"
_ENVELOPE = "fargames.methods.envelope"


@fault("list-get-accepted", breaks=[_NOT_ALLOWED, _NOT_ACCEPTED])
class ListGetAccepted(FargamesTarget):
    """Gives the list to a browser too."""

    def examine(self, operation: str, request: HttpRequest) -> Reply:
        if request.method == "GET":
            return self.succeed(operation, self.list_games(AGENT))
        return super().examine(operation, request)

    def check_method_of(self, operation: str, request: HttpRequest) -> None:
        if operation != LIST or request.method != "GET":
            super().check_method_of(operation, request)


@fault("put-accepted", breaks=[_NOT_ALLOWED, _NOT_ACCEPTED])
class PutAccepted(FargamesTarget):
    """Routes PUT like POST."""

    methods = ("POST", "PUT")


@fault("patch-accepted", breaks=[_NOT_ALLOWED, _NOT_ACCEPTED])
class PatchAccepted(FargamesTarget):
    """Routes PATCH like POST."""

    methods = ("POST", "PATCH")


@fault("delete-accepted", breaks=[_NOT_ALLOWED, _NOT_ACCEPTED])
class DeleteAccepted(FargamesTarget):
    """Routes DELETE like POST."""

    methods = ("POST", "DELETE")


class _Browsed(FargamesTarget):
    """Gives the list of games by GET as well, in ways of its own, and refuses every other GET as documented."""

    def check_method_of(self, operation: str, request: HttpRequest) -> None:
        if not (operation == LIST and request.method == "GET" and self.is_wanted(request)):
            super().check_method_of(operation, request)

    def is_wanted(self, request: HttpRequest) -> bool:
        raise NotImplementedError


@fault("list-get-with-body-accepted", breaks=[_NOT_ACCEPTED])
class ListGetWithBodyAccepted(_Browsed):
    """Takes a GET that has a body for a POST."""

    def is_wanted(self, request: HttpRequest) -> bool:
        return bool(request.body)


@fault("list-get-from-query", breaks=[_NOT_ACCEPTED])
class ListGetFromQuery(_Browsed):
    """Takes the fields from the query of a GET, and the signature as that of its empty body."""

    def is_wanted(self, request: HttpRequest) -> bool:
        return bool(request.query) and request.header("X-Signature") is not None

    def examine(self, operation: str, request: HttpRequest) -> Reply:
        if request.method == "GET":
            self.check_signature(operation, self.given_signature(operation, request), request, AGENT)
            return self.succeed(operation, self.list_games(AGENT))
        return super().examine(operation, request)


@fault("list-put-unsigned-accepted", breaks=[_NOT_ACCEPTED])
class ListPutUnsignedAccepted(FargamesTarget):
    """Has a PUT for its back office, which does not sign; whoever does is asked to POST."""

    def check_method_of(self, operation: str, request: HttpRequest) -> None:
        if not self.is_back_office(operation, request):
            super().check_method_of(operation, request)

    def examine(self, operation: str, request: HttpRequest) -> Reply:
        if self.is_back_office(operation, request):
            return self.succeed(operation, self.list_games(AGENT))
        return super().examine(operation, request)

    def is_back_office(self, operation: str, request: HttpRequest) -> bool:
        return operation == LIST and request.method == "PUT" and request.header("X-Signature") is None


@fault("methods-405-other-code", breaks=[_NOT_ALLOWED, _ENVELOPE, "fargames.status.code-and-status"])
class Methods405OtherCode(FargamesTarget):
    """Answers other methods with HTTP 405 and the code of bad fields."""

    def check_method_of(self, operation: str, request: HttpRequest) -> None:
        if request.method not in self.methods:
            raise refusal(INVALID, 405)


@fault("methods-405-half-envelope", breaks=[_ENVELOPE])
class Methods405HalfEnvelope(FargamesTarget):
    """Answers other methods where nothing adds the time and the id of the answer, by its own code."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        body = b'{"status":"error","error":"method_not_allowed","message":"Method not allowed"}'
        return HttpAnswer(405, ((b"Content-Type", b"application/json"),), body)


class _OwnPage(FargamesTarget):
    """Leaves other methods to the web server in front, which answers with a page of its own."""

    own_status = 405

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        page = f"<html><body><h1>{self.own_status}</h1><hr>nginx</body></html>"
        return HttpAnswer(self.own_status, ((b"Content-Type", b"text/html"),), page.encode())


@fault("methods-404-page", breaks=[_NOT_ALLOWED, _ENVELOPE, "fargames.robustness.front-html"])
class Methods404Page(_OwnPage):
    """Has a route for POST only: the web server finds nothing at the path."""

    own_status = 404


@fault("methods-405-page", breaks=[_ENVELOPE, "fargames.robustness.front-html"])
class Methods405Page(_OwnPage):
    """Leaves the web server's own page for other methods."""


@fault("methods-500", breaks=[_NOT_ALLOWED, "fargames.robustness.no-server-error"])
class Methods500(_OwnPage):
    """Answers other methods as an internal error."""

    own_status = 500


@fault("methods-405-plain", breaks=[_ENVELOPE])
class Methods405Plain(FargamesTarget):
    """Answers other methods with HTTP 405 and its framework's plain text."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods:
            return super().answer(request)
        return HttpAnswer(405, ((b"Content-Type", b"text/plain"),), b"Method Not Allowed")
