"""Faults that show only when members of answers are held against each other, or against the request."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from collections.abc import Mapping

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.wire import HttpRequest


@fault("user-id-own", breaks=["evenbet.semantics.user-id"])
class UserIdOwn(EvenbetTarget):
    """Answers with the user id of its own in place of the casino's."""

    def attributes(self, parameters: Parameters, auth: str) -> Fields:
        return {**super().attributes(parameters, auth), "user-id": "EBG-100001"}


@fault("user-id-own-in-casino", breaks=["evenbet.semantics.user-id"])
class UserIdOwnInCasino(EvenbetTarget):
    """Hands the lobby of casino games to another platform, which knows the user by its own id."""

    def attributes(self, parameters: Parameters, auth: str) -> Fields:
        attributes = super().attributes(parameters, auth)
        return attributes | ({"user-id": "EBG-100001"} if parameters.form.get("gameCode") == "casinoLobby" else {})


@fault("id-apart", breaks=["evenbet.semantics.auth-is-id"])
class IdApart(EvenbetTarget):
    """Gives the resource an id of its own."""

    def session(self, auth: str) -> object:
        return auth[::-1] + "S"


@fault("url-without-auth", breaks=["evenbet.semantics.url-carries-auth"])
class UrlWithoutAuth(EvenbetTarget):
    """Leaves it to the casino to add the token to the URL."""

    def redirect_url(self, auth: str, language: str) -> object:
        return f"https://lobby.reference.example/html5/?lang={language}"


@fault("url-escaped", breaks=["evenbet.semantics.url-carries-auth"])
class UrlEscaped(EvenbetTarget):
    """Escapes the URL for HTML, as a template does."""

    def redirect_url(self, auth: str, language: str) -> object:
        return str(super().redirect_url(auth, language)).replace("&", "&amp;")


@fault("language-ignored", breaks=["evenbet.semantics.url-carries-lang"])
class LanguageIgnored(EvenbetTarget):
    """Opens every lobby in English."""

    def redirect_url(self, auth: str, language: str) -> object:
        return super().redirect_url(auth, "en")


@fault("auth-constant", breaks=["evenbet.semantics.auth-differs"])
class AuthConstant(EvenbetTarget):
    """Gives a user the same token for ever."""

    def token(self) -> str:
        return "4C8CE15B8F70AEB285EC7F1C6D41177E"


@fault("auth-kept-at-table", breaks=["evenbet.semantics.auth-differs"])
class AuthKeptAtTable(EvenbetTarget):
    """Lets whoever comes back to a table go on with the token of the last time."""

    def resource(self, parameters: Parameters) -> Fields:
        resource = super().resource(parameters)
        if "tableId" not in parameters.form:
            return resource
        auth = "4C8CE15B8F70AEB285EC7F1C6D41177E"
        return {**resource, "id": auth, "attributes": self.attributes(parameters, auth)}


@fault("refusal-with-token", breaks=["evenbet.semantics.refusal-hides-session"])
class RefusalWithToken(EvenbetTarget):
    """Creates the session before it looks at the signature, and sends it along with the error."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "meta": {"session": {"auth": self.token()}}} if refusal.status == 400 else fields


@fault("refusal-with-url", breaks=["evenbet.semantics.refusal-hides-session"])
class RefusalWithUrl(EvenbetTarget):
    """Attaches the lobby's URL to the error for a wrong authType, for support."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        link = {"redirect-url": self.redirect_url(self.token(), "en")}
        return {**fields, "links": link} if refusal.status == 422 else fields


class _Merged(EvenbetTarget):
    """Has a framework that merges the parameters of a request, so that another userId is the user's."""

    def read(self, request: HttpRequest) -> Parameters:
        read = super().read(request)
        user_id = self.merged(read).get("userId", read.path["userId"])
        return Parameters({"userId": user_id}, read.query, read.form)

    def merged(self, parameters: Parameters) -> Mapping[str, str]:
        raise NotImplementedError


@fault("user-from-form", breaks=["evenbet.semantics.user-id", "evenbet.signature.path-changed"])
class UserFromForm(_Merged):
    """Lets the form override the path."""

    def merged(self, parameters: Parameters) -> Mapping[str, str]:
        return parameters.form


@fault("user-from-query", breaks=["evenbet.semantics.user-id", "evenbet.signature.path-changed"])
class UserFromQuery(_Merged):
    """Lets the query override the path."""

    def merged(self, parameters: Parameters) -> Mapping[str, str]:
        return parameters.query


@fault("user-from-form-unsigned", breaks=["evenbet.semantics.user-id"])
class UserFromFormUnsigned(EvenbetTarget):
    """Checks the signature over the path's userId, and opens the session of the form's."""

    def succeed(self, parameters: Parameters) -> Reply:
        user_id = parameters.form.get("userId", parameters.path["userId"])
        return super().succeed(Parameters({"userId": user_id}, parameters.query, parameters.form))


@fault("user-from-form-of-both", breaks=["evenbet.semantics.user-id"])
class UserFromFormOfBoth(UserFromFormUnsigned):
    """Takes two userIds for an array where they are signed, and its last one for the user's."""

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        user_ids = [parameters.path["userId"], *filter(None, [parameters.form.get("userId")])]
        return {**super().signed_values(parameters), "userId": "".join(sorted(user_ids))}
