"""The conformant evi target: a chain of small steps, each of which a fault or a variant can override.

respond -> authenticate: fields_of: parse -> examine: check_account -> check_token -> check_optional -> find_player
    -> succeed, or refuse -> send: serialise
"""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.json_application import JsonApplication
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest

AUTHENTICATE_FAILED = "1"
INVALID_ROUND = "4"
GENERAL_ERROR = "900"


@dataclass(frozen=True, slots=True)
class Player:
    """Who opened a game."""

    player_id: str
    currency: str
    country: str
    balance: float
    operator: str


PLAYER = Player("PPT_327", "GBP", "GB", 197545.35, "PPT")
LAUNCH_TOKENS = tuple(f"PPT_{uuid.uuid5(uuid.NAMESPACE_URL, f'launch/{number}').hex.upper()}" for number in range(800))


class EviTarget(JsonApplication):
    """An EVI server that does all that the document asks for. Its launch tokens can be used again and again."""

    username = "evi-reference"
    password = "Launch9-harbour-Tulip"  # noqa: S105 - of a target that holds nothing
    path = "/Authenticate"
    optional: tuple[str, ...] = ("ExtraData", "GameCode", "ClientIp", "ClientIP")
    launched: Mapping[str, Player] = dict.fromkeys(LAUNCH_TOKENS, PLAYER)

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        """The profile with which the target at `url` is tested in full."""
        return {
            "target": {"url": url},
            "credentials": {"username": cls.username, "password": cls.password},
            "subject": {
                "client_tokens": list(LAUNCH_TOKENS[:1]),
                "game_code": "EVIGame_Desktop",
                "extra_data": "op%3DWTG%26net%3DJDT",
                "client_ip": "203.0.113.25",
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
        return self.examine(self.fields_of(request))

    def fields_of(self, request: HttpRequest) -> Fields:
        return self.parse(request.body)

    def examine(self, fields: Fields) -> Reply:
        """The document's checks in their order."""
        self.check_account(fields)
        self.check_token(fields)
        self.check_optional(fields)
        return self.succeed(self.find_player(fields["ClientToken"]), fields)

    def misdirected(self, status: int, headers: Headers = ()) -> Refusal:
        return Refusal(GENERAL_ERROR, status, headers)

    def illegible(self, status: int = 200) -> Refusal:
        return Refusal(GENERAL_ERROR, status)

    # ------------------------------------------------------------- credentials

    def check_account(self, fields: Fields) -> None:
        account = self.account(fields)
        user, password = self.credential(account, "Username"), self.credential(account, "Password")
        if not (self.user_matches(user) and self.password_matches(password)):
            raise Refusal(AUTHENTICATE_FAILED)

    def account(self, fields: Fields) -> Fields:
        account = fields.get("Account")
        if not isinstance(account, dict):
            raise Refusal(AUTHENTICATE_FAILED)
        return account

    def credential(self, account: Fields, name: str) -> str:
        value = account.get(name)
        if not isinstance(value, str) or not value:
            raise Refusal(AUTHENTICATE_FAILED)
        return value

    def user_matches(self, user: str) -> bool:
        return self.same(user, self.username)

    def password_matches(self, password: str) -> bool:
        return self.same(password, self.password)

    def same(self, given: str, right: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())

    # ------------------------------------------------------------- the other fields

    def check_token(self, fields: Fields) -> None:
        token = fields.get("ClientToken")
        if token is None or token == "":
            raise Refusal(INVALID_ROUND)
        if not isinstance(token, str):
            raise Refusal(GENERAL_ERROR)

    def check_optional(self, fields: Fields) -> None:
        for name in self.optional:
            if not isinstance(fields.get(name), str | None):
                raise Refusal(GENERAL_ERROR)

    def find_player(self, token: str) -> Player:
        player = self.launched.get(token)
        if player is None:
            raise Refusal(INVALID_ROUND)
        return player

    # ------------------------------------------------------------- the answer

    def succeed(self, player: Player, fields: Fields) -> Reply:
        return Reply(self.success_status(), self.success_fields(player, fields))

    def success_status(self) -> int:
        return 200

    def success_fields(self, player: Player, fields: Fields) -> Fields:
        return {
            "PlayerId": player.player_id,
            "Token": self.new_token(fields),
            "Balance": player.balance,
            "CurrencyCode": player.currency,
            "CountryCode": player.country,
            "OperatorCode": player.operator,
            "SessionData": self.session_data(player),
        }

    def new_token(self, fields: Fields) -> object:
        return uuid.uuid4().hex.upper()

    def session_data(self, player: Player) -> object:
        return {"TotalBet": 20.0, "TotalWin": 10.0, "SessionBalance": 220.0}

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"Balance": 0, "ErrorCode": self.error_code(refusal)}

    def error_code(self, refusal: Refusal) -> object:
        return int(refusal.code)

    def refuse_http(self, status: int) -> HttpAnswer:
        """The answer to what is no HTTP request, or too large a one."""
        return self.send(Reply(status, {"Balance": 0, "ErrorCode": int(GENERAL_ERROR)}))
