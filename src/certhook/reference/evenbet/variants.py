"""Legal variants of the evenbet target: other choices where the document is open."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from certhook.reference import choices
from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import variant
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import PLAYER_NOT_FOUND, EvenbetTarget
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest


@variant("other-methods-redirected")
class OtherMethodsRedirected(choices.ShowsOtherMethodsElsewhere, EvenbetTarget):
    """Leads whatever is not POST to a page for people."""


@variant("filtered")
class Filtered(choices.Filtered, EvenbetTarget):
    """Stands behind a filter that answers what looks like an attack with HTTP 403 and a page of its own."""


@variant("created-201")
class Created201(EvenbetTarget):
    """Answers a success with HTTP 201, as JSON:API has it for what was created."""

    def success_status(self) -> int:
        return 201


@variant("launch-options-decoded")
class LaunchOptionsDecoded(EvenbetTarget):
    """Decodes launchOptions before it checks the signature, and joins what they hold."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        values = super().signed_values(parameters)
        if "launchOptions" in values:
            values["launchOptions"] = "".join(_joined(_decoded(values["launchOptions"])))
        return values


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _joined(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in sorted(value):
            yield from _joined(value[name])
    elif isinstance(value, list):
        for inner in value:
            yield from _joined(inner)
    else:
        # A lone surrogate, which JSON can escape, is no text that could be hashed.
        yield str(value).encode("utf-8", "replace").decode()


@variant("without-secret")
class WithoutSecret(EvenbetTarget):
    """Has given the casino no key, and so checks no signature."""

    secret = None


@variant("currency-optional", options={"currency_mandatory": False})
class CurrencyOptional(EvenbetTarget):
    """Is not configured to ask for a currency, and takes its default one where it does not know the one that came."""

    currency_mandatory = False


@variant("nick-refusals-4xx")
class NickRefusals4xx(EvenbetTarget):
    """Answers a nickname that is taken or too long as the client's mistake that it is."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 409 if refusal.status == 500 else refusal.status


@variant("hostile-nick-500")
class HostileNick500(EvenbetTarget):
    """Leaves it to the database to refuse a nickname, and answers with HTTP 500 and no JSON where it does."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        answer = super().answer(request)
        nick = self.read_form(request.body).get("nick", "")
        if answer.status == 500 or not nick.isprintable():
            return HttpAnswer(500, ((b"Content-Type", b"text/plain"),), b"Internal Server Error")
        return answer


@variant("front-404")
class Front404(EvenbetTarget):
    """Stands behind a router that answers unknown paths and other methods with HTTP 404 and a line of text."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method in self.methods and self.route.fullmatch(request.path):
            return super().answer(request)
        return HttpAnswer(404, ((b"Content-Type", b"text/plain"),), b"404 page not found\n")


@variant("slashes-merged")
class SlashesMerged(EvenbetTarget):
    """Stands behind a router that redirects a path with an empty segment to one without."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if "//" not in request.path:
            return super().answer(request)
        return HttpAnswer(301, ((b"Location", request.path.replace("//", "/").encode("latin-1")),))


@variant("errors-in-full")
class ErrorsInFull(EvenbetTarget):
    """Fills its errors with all members that JSON:API knows, and says in detail what the page says."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        error = {
            "id": "e-1",
            "links": {"about": "https://docs.reference.example/errors"},
            "status": str(refusal.status),
            "code": "0",
            "title": "Request refused",
            "detail": f"{refusal.code.upper()} (see the documentation)",
            "source": {"parameter": "form"},
            "meta": {"retry": False},
        }
        return {"jsonapi": {"version": "1.0"}, "errors": [error, {"title": "Another"}]}


@variant("plain-refusals")
class PlainRefusals(EvenbetTarget):
    """Writes refusals in a form of its own, and some as pages, with the documented status."""

    def send(self, reply: Reply) -> HttpAnswer:
        if "data" in reply.fields:
            return super().send(reply)
        if reply.status == 422:
            return HttpAnswer(422, ((b"Content-Type", b"text/html"),), b"<html><body>Unprocessable</body></html>")
        return super().send(replace(reply, fields={"message": reply.fields["errors"][0]["title"]}))


@variant("pretty-with-extras")
class PrettyWithExtras(EvenbetTarget):
    """Indents its answers and adds members of its own."""

    def serialise(self, fields: Fields) -> bytes:
        extras = {"jsonapi": {"version": "1.1"}, "meta": {"caf\u00e9": None}}
        return json.dumps({**extras, **fields}, indent=4, ensure_ascii=False).encode() + b"\n"

    def attributes(self, parameters: Parameters, auth: str) -> Fields:
        return {**super().attributes(parameters, auth), "is-new": False, "balance": 0}


@variant("token-escaped-in-url")
class TokenEscapedInUrl(EvenbetTarget):
    """Has tokens of other characters, which the URL carries escaped, and the language in its path."""

    def token(self) -> str:
        return f"{super().token()}/+=="

    def redirect_url(self, auth: str, language: str) -> object:
        return f"http://lobby.reference.example/{language}/open#auth={quote(auth, safe='')}"


@variant("parameters-first")
class ParametersFirst(EvenbetTarget):
    """Checks what the parameters say before it looks at the casino."""

    def examine(self, request: HttpRequest, parameters: Parameters) -> Reply:
        self.check_auth_type(parameters.form)
        self.check_currency(parameters.form)
        return super().examine(request, parameters)


@variant("players-first")
class PlayersFirst(EvenbetTarget):
    """Looks for the user among those it knows, which is one, before it checks the signature."""

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if parameters.path["userId"] != "100":
            raise Refusal(PLAYER_NOT_FOUND, 404)
        super().check_signature(request, parameters)


@variant("players-by-name", subject={"user_id": "Ann.Lee"})
class PlayersByName(EvenbetTarget):
    """Looks for users by names, whatever their case and the blanks around them, before it checks the signature."""

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if parameters.path["userId"].strip(" .").lower() not in {"100", "ann.lee"}:
            raise Refusal(PLAYER_NOT_FOUND, 404)
        super().check_signature(request, parameters)


@variant("auth-type-any-case")
class AuthTypeAnyCase(EvenbetTarget):
    """Tells no cases apart in authType."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        super().check_auth_type({"authType": form.get("authType", "external").lower()})


@variant("signature-anywhere")
class SignatureAnywhere(EvenbetTarget):
    """Looks for the signature in the query and in the form where the header has none, and checks it all the same."""

    def signature_missing(self, request: HttpRequest) -> None:
        parameters = self.read(request)
        if not self.signature_matches(parameters.all.get("sign", ""), parameters):
            super().signature_missing(request)


class _Sessions(EvenbetTarget):
    """Keeps its answer to each sessionId."""

    def __init__(self) -> None:
        self.opened: dict[str, Reply] = {}

    def succeed(self, parameters: Parameters) -> Reply:
        name = parameters.form.get("sessionId")
        if name is None:
            return super().succeed(parameters)
        if name not in self.opened:
            self.opened[name] = super().succeed(parameters)
            return self.opened[name]
        return self.again(self.opened[name])

    def again(self, reply: Reply) -> Reply:
        raise NotImplementedError


@variant("session-kept")
class SessionKept(_Sessions):
    """Answers a sessionId that it knows with the session that it has."""

    def again(self, reply: Reply) -> Reply:
        return reply


@variant("session-once")
class SessionOnce(_Sessions):
    """Refuses a sessionId that it knows."""

    def again(self, reply: Reply) -> Reply:
        raise Refusal("Session exists", 409)


@variant("brackets-refused")
class BracketsRefused(EvenbetTarget):
    """Refuses forms that are not plain pairs: repeated names, names in brackets, broken escapes, odd characters."""

    def read_form(self, body: bytes) -> dict[str, str]:
        form = super().read_form(body)
        if any("[" in name or not f"{name}{value}".isprintable() for name, value in form.items()) or b"%zz" in body:
            raise Refusal("Malformed form", 400)
        return form


@variant("media-type-with-parameter")
class MediaTypeWithParameter(EvenbetTarget):
    """Names a character set with its media type, and sends answers in chunks."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"content-type", b"Application/vnd.api+JSON; charset=utf-8"),)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        return replace(super().answer(request), chunked=True)


@variant("currency-optional-and-checked", options={"currency_mandatory": False})
class CurrencyOptionalAndChecked(EvenbetTarget):
    """Refuses unknown currencies though it does not ask for one."""

    currency_mandatory = False

    def check_currency(self, form: Mapping[str, str]) -> None:
        if form.get("currency"):
            self.check_configured(form["currency"])


@variant("says-what-it-was-asked")
class SaysWhatItWasAsked(EvenbetTarget):
    """Repeats in every answer how a session was asked for, under names that others have, and what there is none of."""

    def send(self, reply: Reply) -> HttpAnswer:
        said = {"request": {"auth": "external", "lang": "en"}, "previous": {"redirect-url": None, "auth": ""}}
        return super().send(replace(reply, fields={**reply.fields, "meta": said}))
