"""What the fargames reference target knows: its agents, its games, and which codes go with which status."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from certhook.reference.application import Refusal
from certhook.reference.wire import Headers

STATUSES = {
    "signature_required": 401,
    "invalid_signature": 403,
    "agent_not_found": 404,
    "api_token_not_found": 404,
    "game_not_found": 404,
    "game_not_available": 403,
    "game_provider_not_found": 404,
    "method_not_allowed": 405,
    "validation_error": 422,
    "request_expired": 400,
}
INVALID = "validation_error"
LANGUAGES = frozenset({"de", "en", "es", "fr", "pt", "ru", "tr", "uk"})
CURRENCIES = frozenset({"BRL", "EUR", "GBP", "RUB", "TRY", "UAH", "USD"})


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent; `token` is the key of its signatures, None where it has not been given one."""

    agent_id: int
    token: bytes | None
    closed_games: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Game:
    """A game of the platform; `demo` where its provider offers a demo mode."""

    game_id: int
    title: str
    brand: str
    demo: bool

    @property
    def image_url(self) -> str:
        return f"https://cdn.reference.example/images/games/{self.game_id}.jpg"


AGENT = Agent(41, b"fargames-reference-6c1e09d4", frozenset({109}))
OTHER_AGENT = Agent(43, b"fargames-reference-another-b7")
AGENT_WITHOUT_TOKEN = Agent(42, None)
GAMES = (
    Game(101, "Champagne Party", "Mega", demo=True),
    Game(102, "Book of Fortune", "Mega", demo=False),
    Game(103, "Caf\u00e9 Royale", "Nord", demo=True),
    Game(105, "Lucky/Wild", "Nord", demo=True),
    Game(106, "Red Baron", "Aero", demo=False),
    Game(107, "\u0417\u043e\u043b\u043e\u0442\u043e", "Aero", demo=True),
    Game(108, "Seven Seas", "Mega", demo=True),
    Game(109, "Closed Doors", "Mega", demo=True),
    Game(110, "Last Call", "Nord", demo=True),
)
CLOSED_GAME = 109


def refusal(code: str, status: int | None = None, headers: Headers = ()) -> Refusal:
    """A refusal with that code and, unless another is given, its own status."""
    return Refusal(code, STATUSES[code] if status is None else status, headers)


def is_web_address(text: str) -> bool:
    """Whether a player can be sent there."""
    try:
        return urlsplit(text).scheme in {"http", "https"} and bool(urlsplit(text).hostname)
    except ValueError:
        return False


def is_ip_address(text: str) -> bool:
    """Whether it is an address of version 4 or 6."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
