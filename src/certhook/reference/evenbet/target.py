"""The conformant evenbet target: a chain of small steps, each of which a fault or a variant can override.

handle: check_route -> check_method -> check_encoding -> check_media_type -> examine: read -> find_client
    -> check_signature -> check_auth_type -> check_currency -> find_player -> check_nick -> succeed
"""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode

from certhook.reference.application import Application, Fields, Refusal, Reply
from certhook.reference.evenbet.parameters import Parameters, joined, pairs
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest

NOT_VALID = "Not valid request"
PLAYER_NOT_FOUND = "Player not found"
AUTH_TYPE = "Auth type not valid"
CURRENCY_BLANK = "Currency cannot be blank"
CURRENCY_UNKNOWN = "Currency not found"
CURRENCY_INACTIVE = "This currency is not active"
NICK_TAKEN = "A Player with this username already exists in the system."
NICK_LONG = "The maximum username length is {}"

EXCLUDED = frozenset(
    {
        "clientId",
        "access-token",
        "action",
        "auth",
        "channel",
        "controller",
        "locale",
        "method",
        "module",
        "sign",
        "version",
        "per-page",
        "page",
        "sort",
    }
)
FORM = "application/x-www-form-urlencoded"


class EvenbetTarget(Application):
    """A poker platform that does all that the document asks for, and is configured to ask for a currency."""

    route = re.compile(r"/v2/app/users/([^/]+)/session")
    secret: bytes | None = b"evenbet-reference-3b8e60f2"
    client_id = "reference-casino"
    currency_mandatory = True
    currencies: Mapping[str, bool] = {"EUR": True, "USD": True, "CHF": False}
    auth_types: tuple[str, ...] = ("internal", "external")
    players: tuple[str, ...] = ("EBG-100001",)
    nicks: tuple[str, ...] = ("HighRoller",)
    max_nick_length = 16

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        """The profile with which the target at `url` is tested in full."""
        return {
            "target": {"url": url},
            "credentials": {"secret": cls.secret.decode()} if cls.secret else {},
            "subject": {
                "client_id": cls.client_id,
                "user_id": "100",
                "unknown_platform_user_id": "EBG-900009",
                "taken_nick": cls.nicks[0],
                "max_nick_length": cls.max_nick_length,
                "game_id": "roulette-7",
                "currency": "EUR",
                "inactive_currency": "CHF",
            },
            "options": {"currency_mandatory": cls.currency_mandatory},
        }

    # ------------------------------------------------------------- the exchange

    def handle(self, request: HttpRequest) -> Reply:
        self.check_route(request)
        self.check_method(request)
        self.check_encoding(request)
        self.check_media_type(request)
        return self.examine(request, self.read(request))

    def examine(self, request: HttpRequest, parameters: Parameters) -> Reply:
        """The document's checks in their order."""
        self.check_client(parameters)
        self.check_signature(request, parameters)
        return self.admit(parameters)

    def admit(self, parameters: Parameters) -> Reply:
        """The checks of what the parameters say."""
        form = parameters.form
        self.check_auth_type(form)
        self.check_currency(form)
        self.check_player(parameters.path["userId"])
        self.check_nick(form)
        return self.succeed(parameters)

    # ------------------------------------------------------------- HTTP

    def check_route(self, request: HttpRequest) -> None:
        if not self.route.fullmatch(request.path):
            raise Refusal("Not found", 404)

    def misdirected(self, status: int, headers: Headers = ()) -> Refusal:
        return Refusal("Method not allowed", status, headers)

    def illegible(self, status: int = 200) -> Refusal:
        return Refusal("Unsupported encoding", status)

    def check_media_type(self, request: HttpRequest) -> None:
        given = (request.header("Content-Type") or FORM).partition(";")[0].strip().lower()
        if given != FORM:
            raise Refusal("Unsupported media type", 415)

    def read(self, request: HttpRequest) -> Parameters:
        """The parameters; whether they make sense is looked at later."""
        found = self.route.fullmatch(request.path)
        user_id = unquote(found[1], errors="surrogateescape") if found else ""
        return Parameters({"userId": user_id}, dict(pairs(request.query)), self.read_form(request.body))

    def read_form(self, body: bytes) -> dict[str, str]:
        return dict(pairs(body))

    # ------------------------------------------------------------- the signature

    def check_client(self, parameters: Parameters) -> None:
        if parameters.query.get("clientId") != self.client_id:
            raise Refusal("Client not found", 403)

    def check_signature(self, request: HttpRequest, parameters: Parameters) -> None:
        if self.secret is None:
            return
        given = request.header("sign")
        if not given:
            self.signature_missing(request)
        elif not self.signature_matches(given, parameters):
            self.signature_wrong(parameters)

    def signature_missing(self, request: HttpRequest) -> None:
        raise Refusal(NOT_VALID, 400)

    def signature_wrong(self, parameters: Parameters) -> None:
        raise Refusal(NOT_VALID, 400)

    def signature_matches(self, given: str, parameters: Parameters) -> bool:
        return self.same(given, self.signature(self.signed_content(parameters)))

    def same(self, given: str, right: str) -> bool:
        return hmac.compare_digest(given.encode("latin-1"), right.encode("ascii"))

    def signed_content(self, parameters: Parameters) -> bytes:
        values = self.signed_values(parameters)
        return joined(values[name] for name in sorted(values))

    def signed_values(self, parameters: Parameters) -> dict[str, str]:
        return {name: value for name, value in parameters.all.items() if name not in EXCLUDED}

    def signature(self, content: bytes) -> str:
        return hashlib.sha256(content + (self.secret or b"")).hexdigest()

    # ------------------------------------------------------------- the parameters

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if form.get("authType", "external") not in self.auth_types:
            raise Refusal(AUTH_TYPE, 422)

    def check_currency(self, form: Mapping[str, str]) -> None:
        if not self.currency_mandatory:
            return
        currency = form.get("currency", "")
        if not currency:
            raise Refusal(CURRENCY_BLANK, 422)
        self.check_configured(currency)

    def check_configured(self, currency: str) -> None:
        if currency not in self.currencies:
            raise Refusal(CURRENCY_UNKNOWN, 422)
        if not self.currencies[currency]:
            raise Refusal(CURRENCY_INACTIVE, 422)

    def check_player(self, user_id: str) -> None:
        if user_id.startswith("EBG-") and user_id not in self.players:
            raise Refusal(PLAYER_NOT_FOUND, 404)

    def check_nick(self, form: Mapping[str, str]) -> None:
        nick = form.get("nick", "")
        if nick in self.nicks:
            self.nick_taken()
        if len(nick) > self.max_nick_length:
            self.nick_long()

    def nick_taken(self) -> None:
        raise Refusal(NICK_TAKEN, 500)

    def nick_long(self) -> None:
        raise Refusal(NICK_LONG.format(self.max_nick_length), 500)

    # ------------------------------------------------------------- the answer

    def succeed(self, parameters: Parameters) -> Reply:
        return Reply(self.success_status(), {"data": self.resource(parameters)})

    def success_status(self) -> int:
        return 200

    def resource(self, parameters: Parameters) -> Fields:
        auth = self.token()
        return {"id": self.session(auth), "type": "session", "attributes": self.attributes(parameters, auth)}

    def token(self) -> str:
        return secrets.token_hex(16).upper()

    def session(self, auth: str) -> object:
        return auth

    def attributes(self, parameters: Parameters, auth: str) -> Fields:
        return {
            "user-id": parameters.path["userId"].encode("utf-8", "replace").decode(),
            "redirect-url": self.redirect_url(auth, self.language(parameters.form)),
            "auth": auth,
            "session-id": f"EXT{secrets.token_hex(16).upper()}",
        }

    def language(self, form: Mapping[str, str]) -> str:
        given = form.get("lang", "")
        return given if re.fullmatch("[a-z]{2}", given) else "en"

    def redirect_url(self, auth: str, language: str) -> object:
        return "https://lobby.reference.example/html5/?" + urlencode({"auth": auth, "lang": language})

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"errors": [{"status": str(refusal.status), "title": refusal.code}]}

    def refuse_http(self, status: int) -> HttpAnswer:
        """The answer to what is no HTTP request, or too large a one."""
        return self.send(Reply(status, {"errors": [{"status": str(status), "title": "Bad request"}]}))

    def media_type(self, reply: Reply) -> Headers:
        return ((b"Content-Type", b"application/vnd.api+json"),)
