"""The conformant klas target: a chain of small steps, each of which a fault or a variant can override.

respond -> authenticate -> examine: check_signature -> parse -> check_shape -> check_timestamp -> find_player
    -> check_session -> succeed, or refuse -> send: serialise -> sign
"""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.json_application import JsonApplication
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest

INVALID_BODY = "ERR_INVALID_BODY"
BAD_PARAMS = "ERR_BAD_PARAMS"
UNKNOWN = "ERR_UNKNOWN"
INTEGRITY = "ERR_INTEGRITY_CHECK_FAILED"


@dataclass(frozen=True, slots=True)
class Player:
    """An account: `balance` is the decimal number as the wire carries it."""

    player_id: str
    session_id: str
    currency: str
    balance: str


PLAYER = Player("12001", "7b0f3a52-6d0c-4f9e-9a38-2f6f5d1c8e01", "EUR", "30")
OTHER_PLAYER = Player("12002", "c4d9e8f7-1b2a-4c3d-8e5f-60718293a4b5", "USD", "125.50")


class KlasTarget(JsonApplication):
    """An operator's webhook that does all that the document asks for."""

    secret = b"klas-reference-9f2d41c7"
    path = "/authenticate"
    window_s = 300
    texts: tuple[str, ...] = ("request_id", "session_id", "player_id")
    players: Mapping[str, Player] = {player.player_id: player for player in (PLAYER, OTHER_PLAYER)}

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        """The profile with which the target at `url` is tested in full."""
        return {
            "target": {"url": url},
            "credentials": {"secret": cls.secret.decode()},
            "subject": {
                "player_id": PLAYER.player_id,
                "session_id": PLAYER.session_id,
                "other_player_id": OTHER_PLAYER.player_id,
                "other_session_id": OTHER_PLAYER.session_id,
            },
        }

    # ------------------------------------------------------------- the exchange

    def handle(self, request: HttpRequest) -> Reply:
        return self.authenticate(request)

    def authenticate(self, request: HttpRequest) -> Reply:
        """What any web application checks, and then the document's own checks."""
        self.check_route(request)
        self.check_method(request)
        self.check_encoding(request)
        return self.examine(request)

    def examine(self, request: HttpRequest) -> Reply:
        """The document's checks in their order."""
        self.check_signature(request)
        fields = self.fields_of(request)
        self.check_shape(fields)
        self.check_timestamp(fields)
        return self.admit(fields)

    def fields_of(self, request: HttpRequest) -> Fields:
        return self.parse(request.body)

    def admit(self, fields: Fields) -> Reply:
        """The account that the player and the session name."""
        player = self.find_player(fields["player_id"])
        self.check_session(player, fields["session_id"])
        return self.succeed(player)

    def misdirected(self, status: int, headers: Headers = ()) -> Refusal:
        return Refusal(BAD_PARAMS, status, headers)

    def illegible(self, status: int = 200) -> Refusal:
        return Refusal(INVALID_BODY, status)

    # ------------------------------------------------------------- the signature

    def check_signature(self, request: HttpRequest) -> None:
        given = self.given_signature(request)
        if not given:
            self.signature_missing(request)
        elif not self.signature_matches(given, self.signature(self.signed_content(request))):
            self.signature_wrong(request)

    def given_signature(self, request: HttpRequest) -> str | None:
        return request.header("X-Signature")

    def signature_missing(self, request: HttpRequest) -> None:
        raise Refusal(INTEGRITY)

    def signature_wrong(self, request: HttpRequest) -> None:
        raise Refusal(INTEGRITY)

    def signed_content(self, request: HttpRequest) -> bytes:
        return request.body

    def signature(self, content: bytes) -> str:
        return hmac.digest(self.secret, content, "sha256").hex()

    def signature_matches(self, given: str, right: str) -> bool:
        return hmac.compare_digest(given.encode("latin-1"), right.encode("ascii"))

    # ------------------------------------------------------------- the fields

    def check_shape(self, fields: Fields) -> None:
        for name in self.texts:
            self.check_text(name, fields.get(name))
        self.check_number(fields.get("timestamp"))

    def check_text(self, name: str, value: object) -> None:
        if not isinstance(value, str) or not value:
            raise Refusal(BAD_PARAMS)

    def check_number(self, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal(BAD_PARAMS)

    # ------------------------------------------------------------- time

    def check_timestamp(self, fields: Fields) -> None:
        if not self.is_fresh(fields["timestamp"], self.now()):
            raise Refusal(BAD_PARAMS)

    def is_fresh(self, sent: float, now: float) -> bool:
        return now - self.window_s <= sent <= now + self.window_s

    # ------------------------------------------------------------- the account

    def find_player(self, player_id: str) -> Player:
        player = self.players.get(player_id)
        if player is None:
            raise Refusal(BAD_PARAMS)
        return player

    def check_session(self, player: Player, session_id: str) -> None:
        if session_id != player.session_id:
            raise Refusal(BAD_PARAMS)

    # ------------------------------------------------------------- the answer

    def succeed(self, player: Player) -> Reply:
        return Reply(self.success_status(), self.success_fields(player))

    def success_status(self) -> int:
        return 200

    def success_fields(self, player: Player) -> Fields:
        return {"currency": self.currency(player), "balance": self.balance(player), "status_code": "OK"}

    def currency(self, player: Player) -> object:
        return player.currency

    def balance(self, player: Player) -> object:
        return player.balance

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"status_code": refusal.code}

    def refuse_http(self, status: int) -> HttpAnswer:
        """The answer to what is no HTTP request, or too large a one."""
        return self.send(Reply(status, {"status_code": INVALID_BODY}))

    def sign(self, reply: Reply, body: bytes) -> Headers:
        return ((b"X-Signature", self.response_signature(body).encode("ascii")),)

    def response_signature(self, body: bytes) -> str:
        return self.signature(body)
