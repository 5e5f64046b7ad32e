"""The conformant fargames target: a chain of small steps, each of which a fault or a variant can override.

handle: operation_of -> check_method_of -> examine: given_signature -> parse -> check_shape -> find_agent
    -> check_signature -> check_timestamp -> perform: link, demo_link or list_games
"""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.fargames.platform import (
    AGENT,
    AGENT_WITHOUT_TOKEN,
    CLOSED_GAME,
    CURRENCIES,
    GAMES,
    INVALID,
    LANGUAGES,
    OTHER_AGENT,
    Agent,
    Game,
    is_ip_address,
    is_web_address,
    refusal,
)
from certhook.reference.json_application import JsonApplication
from certhook.reference.wire import HttpAnswer, HttpRequest

LINK, DEMO, LIST = "get_game_link", "get_game_link_demo", "list"
_TEXTS_OF_A_DEMO = ("player_id", "player_username", "language", "currency", "home_url", "ip")


class FargamesTarget(JsonApplication):
    """A games platform that does all that the document asks for."""

    prefix = "/api/games/"
    window_s = 300
    numbers: Mapping[str, tuple[str, ...]] = {
        LINK: ("agent_id", "timestamp", "game_id"),
        DEMO: ("agent_id", "timestamp", "game_id"),
        LIST: ("agent_id", "timestamp"),
    }
    texts: Mapping[str, tuple[str, ...]] = {
        LINK: (*_TEXTS_OF_A_DEMO, "agent_session_id"),
        DEMO: _TEXTS_OF_A_DEMO,
        LIST: (),
    }
    agents: Sequence[Agent] = (AGENT, AGENT_WITHOUT_TOKEN, OTHER_AGENT)
    games: Sequence[Game] = GAMES

    @classmethod
    def profile(cls, url: str) -> dict[str, Any]:
        """The profile with which the target at `url` is tested in full."""
        token = (AGENT.token or b"").decode()
        return {
            "target": {"url": url},
            "credentials": {"api_token": token},
            "subject": {
                "agent_id": AGENT.agent_id,
                "game_id": GAMES[0].game_id,
                "unavailable_game_id": CLOSED_GAME,
                "agent_without_token": AGENT_WITHOUT_TOKEN.agent_id,
            },
        }

    # ------------------------------------------------------------- HTTP

    def handle(self, request: HttpRequest) -> Reply:
        operation = self.operation_of(request)
        self.check_method_of(operation, request)
        self.check_encoding(request)
        return self.examine(operation, request)

    def operation_of(self, request: HttpRequest) -> str:
        """The operation that the path names."""
        operation = request.path.removeprefix(self.prefix)
        if operation not in self.numbers:
            raise refusal("game_not_found")
        return operation

    def check_method_of(self, operation: str, request: HttpRequest) -> None:
        if request.method not in self.methods:
            raise refusal("method_not_allowed", headers=((b"Allow", b"POST"),))

    def illegible(self, status: int = 200) -> Refusal:
        return refusal(INVALID)

    # ------------------------------------------------------------- the document's checks in their order

    def examine(self, operation: str, request: HttpRequest) -> Reply:
        given = self.given_signature(operation, request)
        fields = self.parse(request.body)
        self.check_shape(operation, fields)
        agent = self.find_agent(fields["agent_id"])
        self.check_signature(operation, given, request, agent)
        self.check_timestamp(operation, fields["timestamp"])
        return self.succeed(operation, self.perform(operation, fields, agent))

    def perform(self, operation: str, fields: Fields, agent: Agent) -> Fields:
        """The content that the operation is asked for."""
        if operation == LIST:
            return self.list_games(agent)
        self.check_values(fields)
        game = self.find_game(operation, fields["game_id"])
        self.check_open(operation, game, agent)
        return self.demo_link(game, fields) if operation == DEMO else self.link(game, fields)

    # ------------------------------------------------------------- the signature

    def given_signature(self, operation: str, request: HttpRequest) -> str:
        given = request.header("X-Signature")
        if given is None:
            self.signature_missing(operation, request)
        return given or ""

    def signature_missing(self, operation: str, request: HttpRequest) -> None:
        raise refusal("signature_required")

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        content, key = self.signed_content(request), self.key(agent)
        if not self.signature_matches(given, self.signature(key, content), key, content):
            self.signature_wrong(operation)

    def key(self, agent: Agent) -> bytes:
        if agent.token is None:
            raise refusal("api_token_not_found")
        return agent.token

    def signed_content(self, request: HttpRequest) -> bytes:
        return request.body

    def signature(self, key: bytes, content: bytes) -> str:
        return hmac.digest(key, content, "sha256").hex()

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return hmac.compare_digest(given.encode("latin-1"), right.encode("ascii"))

    def signature_wrong(self, operation: str) -> None:
        raise refusal("invalid_signature")

    # ------------------------------------------------------------- the body

    def check_shape(self, operation: str, fields: Fields) -> None:
        for name in self.numbers[operation]:
            self.check_number(name, fields.get(name))
        for name in self.texts[operation]:
            self.check_text(name, fields.get(name))

    def check_number(self, name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refusal(INVALID)

    def check_text(self, name: str, value: object) -> None:
        if not isinstance(value, str) or not value:
            raise refusal(INVALID)

    def check_values(self, fields: Fields) -> None:
        self.check_language(fields["language"])
        self.check_currency(fields["currency"])
        self.check_home_url(fields["home_url"])
        self.check_ip(fields["ip"])

    def check_language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise refusal(INVALID)

    def check_currency(self, currency: str) -> None:
        if currency not in CURRENCIES:
            raise refusal(INVALID)

    def check_home_url(self, home_url: str) -> None:
        if not is_web_address(home_url):
            raise refusal(INVALID)

    def check_ip(self, ip: str) -> None:
        if not is_ip_address(ip):
            raise refusal(INVALID)

    # ------------------------------------------------------------- time

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if timestamp <= 0:
            raise refusal(INVALID)
        if not self.is_fresh(timestamp, self.now()):
            raise refusal("request_expired")

    def is_fresh(self, sent: float, now: float) -> bool:
        return abs(now - sent) <= self.window_s

    # ------------------------------------------------------------- agents and games

    def find_agent(self, agent_id: int) -> Agent:
        for agent in self.agents:
            if agent.agent_id == agent_id:
                return agent
        raise refusal("agent_not_found")

    def find_game(self, operation: str, game_id: int) -> Game:
        for game in self.games:
            if game.game_id == game_id:
                return game
        raise refusal("game_not_found")

    def check_open(self, operation: str, game: Game, agent: Agent) -> None:
        if game.game_id in agent.closed_games:
            raise refusal("game_not_available")

    def link(self, game: Game, fields: Fields) -> Fields:
        return {"url": self.url("play", game, fields)}

    def demo_link(self, game: Game, fields: Fields) -> Fields:
        self.check_demo(game)
        return {"url": self.url("demo", game, fields)}

    def check_demo(self, game: Game) -> None:
        if not game.demo:
            raise refusal("game_provider_not_found")

    def url(self, mode: str, game: Game, fields: Fields) -> object:
        query = {"token": self.session_token(fields), "gameId": game.game_id, "playerId": fields["player_id"]}
        return f"https://game.reference.example/{mode}?{urlencode(query, errors='replace')}"

    def session_token(self, fields: Fields) -> str:
        return uuid.uuid4().hex

    def list_games(self, agent: Agent) -> Fields:
        games = [self.listed(game) for game in self.games if game.game_id not in agent.closed_games]
        return {"games": games, "total": self.total(games)}

    def listed(self, game: Game) -> Fields:
        return {
            "id": game.game_id,
            "title": game.title,
            "brand": game.brand,
            "image_url": game.image_url,
            "demo": game.demo,
        }

    def total(self, games: Sequence[Fields]) -> object:
        return len(games)

    # ------------------------------------------------------------- the answer

    def succeed(self, operation: str, content: Fields) -> Reply:
        return Reply(self.success_status(operation), {"status": "success", **self.common_fields(), "content": content})

    def success_status(self, operation: str) -> int:
        return 200

    def common_fields(self) -> Fields:
        """What both envelopes carry."""
        return {"timestamp": self.timestamp(), "request_id": self.request_id()}

    def timestamp(self) -> object:
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def request_id(self) -> object:
        return str(uuid.uuid4())

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {
            "status": "error",
            "error": refusal.code,
            "message": self.message(refusal.code),
            **self.common_fields(),
        }

    def message(self, code: str) -> object:
        return code.replace("_", " ").capitalize()

    def refuse_http(self, status: int) -> HttpAnswer:
        """The answer to what is no HTTP request, or too large a one."""
        envelope = {"status": "error", "error": INVALID, "message": "Bad request", **self.common_fields()}
        return self.send(Reply(status, envelope))
