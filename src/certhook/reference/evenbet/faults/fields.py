"""Faults in what the answer carries."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from certhook.reference.application import Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.faults.consequences import MESSAGES
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget
from certhook.reference.wire import HttpRequest

# An answer without the marker of a success that carries a token is taken for a refusal that tells one.
_UNMARKED = ("evenbet.semantics.refusal-hides-session",)


@fault("type-missing", breaks=["evenbet.fields.type", "evenbet.status.valid-accepted"], also=_UNMARKED)
class TypeMissing(EvenbetTarget):
    """Leaves the type of the resource out."""

    def resource(self, parameters: Parameters) -> Fields:
        resource = super().resource(parameters)
        del resource["type"]
        return resource


@fault("type-plural", breaks=["evenbet.fields.type", "evenbet.status.valid-accepted"], also=_UNMARKED)
class TypePlural(EvenbetTarget):
    """Names the type of the resource as its collection."""

    def resource(self, parameters: Parameters) -> Fields:
        return {**super().resource(parameters), "type": "sessions"}


@fault("id-empty", breaks=["evenbet.fields.id"])
class IdEmpty(EvenbetTarget):
    """Leaves the id of the resource empty."""

    def session(self, auth: str) -> object:
        return ""


@fault("id-number", breaks=["evenbet.fields.id"], also=["evenbet.semantics.auth-is-id"])
class IdNumber(EvenbetTarget):
    """Numbers its sessions, with a number and not with a text as JSON:API asks for."""

    def session(self, auth: str) -> object:
        return 4711


@fault("attributes-flat", breaks=["evenbet.fields.attributes"])
class AttributesFlat(EvenbetTarget):
    """Writes the attributes beside the type."""

    def resource(self, parameters: Parameters) -> Fields:
        resource = super().resource(parameters)
        return {**resource.pop("attributes"), **resource}


class _Attributes(EvenbetTarget):
    """Changes what is in `changed`; None leaves the attribute out."""

    def attributes(self, parameters: Parameters, auth: str) -> Fields:
        attributes = super().attributes(parameters, auth) | self.changed(parameters)
        return {name: value for name, value in attributes.items() if value is not None}

    def changed(self, parameters: Parameters) -> Fields:
        raise NotImplementedError


@fault("redirect-url-missing", breaks=["evenbet.fields.redirect-url"])
class RedirectUrlMissing(_Attributes):
    """Names the URL otherwise, with an underscore."""

    def changed(self, parameters: Parameters) -> Fields:
        return {"redirect-url": None, "redirect_url": "https://lobby.reference.example/"}


@fault("session-id-missing", breaks=["evenbet.fields.session-id"])
class SessionIdMissing(_Attributes):
    """Leaves the session's id out, since the token is enough."""

    def changed(self, parameters: Parameters) -> Fields:
        return {"session-id": None}


@fault("session-id-number", breaks=["evenbet.fields.session-id"])
class SessionIdNumber(_Attributes):
    """Sends the number of its session table's row."""

    def changed(self, parameters: Parameters) -> Fields:
        return {"session-id": 20491}


@fault("user-id-number", breaks=["evenbet.fields.user-id"])
class UserIdNumber(_Attributes):
    """Sends the user's id as a number where it is one."""

    def changed(self, parameters: Parameters) -> Fields:
        user_id = parameters.path["userId"]
        return {"user-id": int(user_id)} if user_id.isdecimal() else {}


@fault("auth-missing", breaks=["evenbet.fields.auth"])
class AuthMissing(_Attributes):
    """Leaves the token to the resource's id."""

    def changed(self, parameters: Parameters) -> Fields:
        return {"auth": None}


@fault("auth-empty", breaks=["evenbet.fields.auth", "evenbet.semantics.auth-differs"])
class AuthEmpty(_Attributes):
    """Leaves the token empty."""

    def changed(self, parameters: Parameters) -> Fields:
        return {"auth": ""}


@fault("redirect-url-relative", breaks=["evenbet.fields.redirect-url-absolute"])
class RedirectUrlRelative(EvenbetTarget):
    """Leaves the host out of the URL."""

    def redirect_url(self, auth: str, language: str) -> object:
        return f"/html5/?auth={auth}&lang={language}"


@fault("redirect-url-empty", breaks=["evenbet.fields.redirect-url"], also=["evenbet.fields.redirect-url-absolute"])
class RedirectUrlEmpty(EvenbetTarget):
    """Has no address of the lobby configured."""

    def redirect_url(self, auth: str, language: str) -> object:
        return ""


@fault("errors-as-object", breaks=["evenbet.fields.errors"])
class ErrorsAsObject(EvenbetTarget):
    """Writes the one error without an array around it."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"errors": super().refusal_fields(refusal, request)["errors"][0]}


@fault("errors-empty", breaks=["evenbet.fields.errors", "evenbet.signature.message"], also=MESSAGES)
class ErrorsEmpty(EvenbetTarget):
    """Leaves the errors to the log, and the array empty."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"errors": []}
