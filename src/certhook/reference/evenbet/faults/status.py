"""Faults in the HTTP status and the media type of answers."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.faults.consequences import NOT_ACCEPTED
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest


@fault("valid-refused-in-turn", breaks=["evenbet.status.valid-accepted"], also=NOT_ACCEPTED)
class ValidRefusedInTurn(EvenbetTarget):
    """Answers from two replicas in turn, one of which does not know the casino yet."""

    def __init__(self) -> None:
        self.replicas = itertools.cycle([True, False])

    def succeed(self, parameters: Parameters) -> Reply:
        if next(self.replicas):
            return super().succeed(parameters)
        raise Refusal("Client not found", 403)


@fault("success-202", breaks=["evenbet.status.success-http"])
class Success202(EvenbetTarget):
    """Answers a success with HTTP 202, since the lobby is prepared later."""

    def success_status(self) -> int:
        return 202


@fault(
    "client-unknown-200",
    breaks=["evenbet.status.refusal-http", "evenbet.parameters.client-unknown", "evenbet.parameters.client-missing"],
)
class ClientUnknown200(EvenbetTarget):
    """Answers an unknown casino with an error and HTTP 200."""

    def check_client(self, parameters: Parameters) -> None:
        if parameters.query.get("clientId") != self.client_id:
            raise Refusal("Client not found", 200)


@fault("refusals-as-text", breaks=["evenbet.status.refusal-json", "evenbet.status.media-type"])
class RefusalsAsText(EvenbetTarget):
    """Writes the message of a refusal as plain text."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        try:
            return self.send(self.handle(request))
        except Refusal as refusal:
            return HttpAnswer(refusal.status, ((b"Content-Type", b"text/plain"),), refusal.code.encode())


@fault(
    "signature-refused-as-page",
    breaks=["evenbet.status.refusal-json"],
    also=["evenbet.robustness.front-html"],  # the page for a body that is not declared as a form may be the server's
)
class SignatureRefusedAsPage(EvenbetTarget):
    """Answers a failed check with its framework's page."""

    def send(self, reply: Reply) -> HttpAnswer:
        if reply.status != 400:
            return super().send(reply)
        page = b"<!DOCTYPE html><html><body><h1>Bad Request (#400)</h1>Not valid request</body></html>"
        return HttpAnswer(400, self.media_type(reply), page)


@fault("media-type-json", breaks=["evenbet.status.media-type"])
class MediaTypeJson(EvenbetTarget):
    """Declares answers as plain JSON, whatever the client asked for."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"Content-Type", b"application/json; charset=UTF-8"),)


@fault("media-type-refusals", breaks=["evenbet.status.media-type"])
class MediaTypeRefusals(EvenbetTarget):
    """Declares errors as HTML, which its error handler was made for."""

    def media_type(self, reply: Reply) -> Headers:
        return super().media_type(reply) if "data" in reply.fields else ((b"Content-Type", b"text/html"),)


@fault("signature-refused-as-json-text", breaks=["evenbet.fields.errors"])
class SignatureRefusedAsJsonText(EvenbetTarget):
    """Answers a failed check in the form of its older interface."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        if refusal.status != 400:
            return super().refusal_fields(refusal, request)
        return {"name": "Bad Request", "message": refusal.code, "code": 0, "status": 400}
