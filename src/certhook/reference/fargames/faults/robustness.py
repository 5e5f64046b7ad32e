"""Faults that hostile bytes bring out: crashes, silence, and damage that outlasts the request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from certhook.reference import mishaps
from certhook.reference.application import Crash, Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.fargames.faults.consequences import DISPUTED, NOT_ACCEPTED
from certhook.reference.fargames.platform import AGENT, Agent, Game, refusal
from certhook.reference.fargames.target import FargamesTarget
from certhook.reference.wire import HttpRequest

# What comes next on the connection may be any request at all.
_AFTER_POISON = (
    NOT_ACCEPTED
    | DISPUTED
    | {
        "fargames.malformed.code",
        "fargames.malformed.grammar",
        "fargames.malformed.root",
        "fargames.robustness.answers",
        "fargames.robustness.readable",
        "fargames.status.media-type",
    }
)
_REFUSED = ("fargames.malformed.grammar", "fargames.malformed.root")


@fault("malformed-dropped", breaks=["fargames.robustness.answers", *_REFUSED], also=DISPUTED)
class MalformedDropped(mishaps.MalformedDropped, FargamesTarget):
    """Closes the connection where the body is malformed."""


@fault(
    "blank-body-hangs",
    breaks=["fargames.robustness.answers", "fargames.malformed.grammar"],
    limits={"timeout_s": 1},
)
class BlankBodyHangs(mishaps.BlankBodyHangs, FargamesTarget):
    """Waits for the rest of a body that is white space only."""


@fault("connection-poisoned", breaks=["fargames.robustness.recovers"], also=_AFTER_POISON)
class ConnectionPoisoned(mishaps.ConnectionPoisoned, FargamesTarget):
    """Leaves a malformed body's rest in its buffer, and takes it for the next request on the connection."""


@fault("connection-dropped-later", breaks=["fargames.robustness.recovers"], also=_AFTER_POISON)
class ConnectionDroppedLater(mishaps.ConnectionDroppedLater, FargamesTarget):
    """Kills the worker of a connection over a malformed body, which its next request finds out."""


@fault("locked-out", breaks=["fargames.robustness.recovers"], also=NOT_ACCEPTED)
class LockedOut(FargamesTarget):
    """Closes all games for the next valid requests after a wrong signature."""

    def __init__(self) -> None:
        self.closed_for = 0

    def signature_wrong(self, operation: str) -> None:
        self.closed_for = 3
        super().signature_wrong(operation)

    def perform(self, operation: str, fields: Fields, agent: Agent) -> Fields:
        if self.closed_for:
            self.closed_for -= 1
            raise refusal("game_not_available")
        return super().perform(operation, fields, agent)


@fault("retry-crash", breaks=["fargames.robustness.exact-retry", "fargames.robustness.no-server-error"])
class RetryCrash(FargamesTarget):
    """Writes sessions to a table in which they are unique, and does not look at what the database says of a second."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: set[str] = set()

    def link(self, game: Game, fields: Fields) -> Fields:
        if fields["agent_session_id"] in self.sessions:
            raise Crash
        self.sessions.add(fields["agent_session_id"])
        return super().link(game, fields)


@fault("home-port-crash", breaks=["fargames.robustness.no-server-error"])
class HomePortCrash(FargamesTarget):
    """Takes an address for good before it has read its port, and does not catch what is said of that."""

    def check_home_url(self, home_url: str) -> None:
        super().check_home_url(home_url)
        try:
            urlsplit(home_url).port  # noqa: B018 - read for what it raises
        except ValueError as error:
            raise Crash from error


@fault("ipv6-crash", breaks=["fargames.robustness.no-server-error"])
class Ipv6Crash(FargamesTarget):
    """Looks a player's country up by four numbers, and an address of the newer kind has none."""

    def check_values(self, fields: Fields) -> None:
        super().check_values(fields)
        if ":" in fields["ip"]:
            raise Crash


@fault("trace-in-refusal", breaks=["fargames.robustness.no-trace"])
class TraceInRefusal(FargamesTarget):
    """Runs with its debug switch on, and adds a trace to the refusal of an unknown game."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "trace": mishaps.TRACE} if refusal.code == "game_not_found" else fields


@fault("token-told", breaks=["fargames.robustness.keeps-secret"])
class TokenTold(FargamesTarget):
    """Logs what it compared, and shows that line in the refusal of a wrong signature."""

    def message(self, code: str) -> object:
        said = super().message(code)
        return f"{said} for api_token={(AGENT.token or b'').decode()}" if code == "invalid_signature" else said


@fault(
    "nesting-crash",
    breaks=["fargames.robustness.no-trace", "fargames.robustness.no-server-error"],
    also=_REFUSED,
)
class NestingCrash(FargamesTarget):
    """Runs out of stack on deep nesting, and shows where."""

    def read(self, body: bytes) -> Any:
        if body.count(b"[") > 500 or body.count(b"{") > 500:
            raise Crash(mishaps.TRACE)
        return super().read(body)


@fault("four-byte-text-crash", breaks=["fargames.robustness.no-server-error"])
class FourByteTextCrash(FargamesTarget):
    """Stores every text in a column whose UTF-8 has three bytes at most."""

    def perform(self, operation: str, fields: Fields, agent: Agent) -> Fields:
        if any(character > "\uffff" for value in fields.values() if isinstance(value, str) for character in value):
            raise Crash
        return super().perform(operation, fields, agent)


@fault("cut-text-crash", breaks=["fargames.robustness.no-server-error"])
class CutTextCrash(FargamesTarget):
    """Logs the first bytes of a language, where a character may end in the middle."""

    def check_language(self, language: str) -> None:
        try:
            language.encode("utf-8", "replace")[:5].decode()
        except UnicodeDecodeError as error:
            raise Crash from error
        super().check_language(language)


@fault("quoted-name-crash", breaks=["fargames.robustness.no-server-error"])
class QuotedNameCrash(FargamesTarget):
    """Puts the player's name into a query between quotes."""

    def perform(self, operation: str, fields: Fields, agent: Agent) -> Fields:
        if "'" in str(fields.get("player_username", "")):
            raise Crash
        return super().perform(operation, fields, agent)


@fault("large-id-crash", breaks=["fargames.robustness.no-server-error"])
class LargeIdCrash(FargamesTarget):
    """Looks games up in a database whose integers have 64 bits."""

    def perform(self, operation: str, fields: Fields, agent: Agent) -> Fields:
        if isinstance(fields.get("game_id"), int) and fields["game_id"] >= 2**63:
            raise Crash
        return super().perform(operation, fields, agent)


@fault(
    "no-demo-crash",
    breaks=["fargames.robustness.no-server-error", "fargames.semantics.no-demo-refused"],
)
class NoDemoCrash(FargamesTarget):
    """Asks a provider that is not there for a demo."""

    def check_demo(self, game: Game) -> None:
        if not game.demo:
            raise Crash


@fault("logged-name-crash", breaks=["fargames.robustness.no-server-error"])
class LoggedNameCrash(FargamesTarget):
    """Writes the player's name into its log as a part of the format."""

    def perform(self, operation: str, fields: Fields, agent: Agent) -> Fields:
        if "% " in fields.get("player_username", ""):
            raise Crash
        return super().perform(operation, fields, agent)


@fault("home-bracket-crash", breaks=["fargames.robustness.no-server-error"])
class HomeBracketCrash(FargamesTarget):
    """Does not catch what its reader of addresses says of a bracket that is not closed."""

    def check_home_url(self, home_url: str) -> None:
        if "[" in home_url and "]" not in home_url:
            raise Crash
        super().check_home_url(home_url)


@fault("negative-id-crash", breaks=["fargames.robustness.no-server-error"])
class NegativeIdCrash(FargamesTarget):
    """Looks games up in a database whose ids have no sign."""

    def find_game(self, operation: str, game_id: int) -> Game:
        if game_id < 0:
            raise Crash
        return super().find_game(operation, game_id)


@fault("slow", breaks=["fargames.robustness.latency"], options={"max_p95_ms": 60})
class Slow(mishaps.Slow, FargamesTarget):
    """Takes its time."""
