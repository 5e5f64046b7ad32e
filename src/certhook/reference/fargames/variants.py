"""Legal variants of the fargames target: other choices where the document is open."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from certhook.building.encoding import json_canonical
from certhook.reference import choices
from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import variant
from certhook.reference.fargames.platform import AGENT, GAMES, INVALID, Agent, Game, refusal
from certhook.reference.fargames.target import DEMO, FargamesTarget
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest


@variant("signature-recomputed")
class SignatureRecomputed(FargamesTarget):
    """Decodes the body, sorts its keys and encodes it again before it computes the signature."""

    def signed_content(self, request: HttpRequest) -> bytes:
        return json_canonical(self.read(request.body))


@variant("signature-first")
class SignatureFirst(FargamesTarget):
    """Checks the signature of whatever it can read an agent from before it looks at any other field."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        self.check_number("agent_id", fields.get("agent_id"))

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        super().check_signature(operation, given, request, agent)
        super().check_shape(operation, self.read(request.body))


@variant("numbers-with-a-point")
class NumbersWithAPoint(FargamesTarget):
    """Writes integers as 101.0, as some do that know but one kind of number."""

    def listed(self, game: Game) -> Fields:
        listed = super().listed(game)
        return {**listed, "id": float(listed["id"])}

    def total(self, games: Sequence[Fields]) -> object:
        return float(len(games))


@variant("agent-guessed")
class AgentGuessed(FargamesTarget):
    """Says of everything that is wrong with an agent that the signature is."""

    def check_number(self, name: str, value: object) -> None:
        try:
            super().check_number(name, value)
        except Refusal:
            raise refusal("invalid_signature" if name == "agent_id" else INVALID) from None

    def find_agent(self, agent_id: int) -> Agent:
        try:
            return super().find_agent(agent_id)
        except Refusal:
            raise refusal("invalid_signature") from None


@variant("agent-blocked")
class AgentBlocked(FargamesTarget):
    """Takes an unknown agent that comes again for somebody who tries, and refuses it as invalid from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.tried: set[int] = set()

    def find_agent(self, agent_id: int) -> Agent:
        if agent_id in self.tried:
            raise refusal(INVALID)
        try:
            return super().find_agent(agent_id)
        except Refusal:
            self.tried.add(agent_id)
            raise


@variant("timestamp-first")
class TimestampFirst(FargamesTarget):
    """Checks the time before anything else in the body, and calls any that is bad expired."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        timestamp = fields.get("timestamp")
        if isinstance(timestamp, bool) or not isinstance(timestamp, int) or timestamp <= 0:
            raise refusal("request_expired")
        self.check_timestamp(operation, timestamp)
        super().check_shape(operation, fields)


@variant("malformed-400")
class Malformed400(FargamesTarget):
    """Answers malformed bodies with HTTP 400 and a code of its framework's."""

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal:
            raise Refusal("bad_request", 400) from None


@variant("malformed-as-signature")
class MalformedAsSignature(FargamesTarget):
    """Finds the signature wrong where it cannot decode the body."""

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal:
            raise refusal("invalid_signature") from None


@variant("coercing")
class Coercing(FargamesTarget):
    """Takes numbers for texts, and texts of digits for numbers."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        for name in self.texts[operation]:
            value = fields.get(name)
            fields[name] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name in self.numbers[operation]:
            value = fields.get(name)
            if isinstance(value, bool) or (isinstance(value, str) and value.isascii() and value.isdigit()):
                fields[name] = int(value)
        super().check_shape(operation, fields)


@variant("lenient-values")
class LenientValues(FargamesTarget):
    """Takes any text in any field, the empty one too."""

    def check_text(self, name: str, value: object) -> None:
        if not isinstance(value, str):
            raise refusal(INVALID)

    def check_values(self, fields: Fields) -> None:
        return


@variant("plain-values-only")
class PlainValuesOnly(FargamesTarget):
    """Takes names in ASCII only, and addresses without a query."""

    def check_values(self, fields: Fields) -> None:
        super().check_values(fields)
        if not fields["player_username"].isascii() or "?" in fields["home_url"]:
            raise refusal(INVALID)


@variant("lenient-reader")
class LenientReader(choices.LenientReader, FargamesTarget):
    """Takes the last of repeated keys, any number, any escape, and a byte order mark."""


@variant("extra-fields-refused")
class ExtraFieldsRefused(FargamesTarget):
    """Refuses fields that it does not know."""

    def check_shape(self, operation: str, fields: Fields) -> None:
        super().check_shape(operation, fields)
        if len(fields) > len(self.numbers[operation]) + len(self.texts[operation]):
            raise refusal(INVALID)


@variant("no-demo-is-not-available")
class NoDemoIsNotAvailable(FargamesTarget):
    """Says of a game without demo that it is not available."""

    def check_demo(self, game: Game) -> None:
        if not game.demo:
            raise refusal("game_not_available")


@variant("every-game-has-demo")
class EveryGameHasDemo(FargamesTarget):
    """Has no game without a demo mode."""

    games = tuple(replace(game, demo=True) for game in FargamesTarget.games)


@variant("closed-neighbours")
class ClosedNeighbours(FargamesTarget):
    """Has games beside the listed ones that are closed to the agent."""

    games = (*FargamesTarget.games, Game(111, "Members Only", "Nord", demo=True), Game(100, "Zero", "Nord", demo=False))

    def find_agent(self, agent_id: int) -> Agent:
        agent = super().find_agent(agent_id)
        return (
            replace(agent, closed_games=agent.closed_games | {100, 111}) if agent.agent_id == AGENT.agent_id else agent
        )


class _FewBits(FargamesTarget):
    """Refuses ids as invalid that are larger than its largest, which the last of its few games has."""

    largest_id = 2**31 - 1

    def check_number(self, name: str, value: object) -> None:
        super().check_number(name, value)
        if name == "game_id" and isinstance(value, int) and value > self.largest_id:
            raise refusal(INVALID)


@variant("ids-of-32-bits")
class IdsOf32Bits(_FewBits):
    """Has few games, the last with the largest id of 32 bits, and refuses larger ids as invalid."""

    games = (
        *(game for game in FargamesTarget.games if game.game_id in {101, 102, 109}),
        replace(GAMES[-1], game_id=2**31 - 1),
    )


@variant("ids-of-16-bits")
class IdsOf16Bits(_FewBits):
    """The same with 16 bits."""

    largest_id = 2**16 - 1
    games = (*IdsOf32Bits.games[:-1], replace(GAMES[-1], game_id=2**16 - 1))


@variant("closed-games-without-demo")
class ClosedGamesWithoutDemo(FargamesTarget):
    """Looks for a demo mode before it looks whether a game is open, and has none for closed games."""

    def check_open(self, operation: str, game: Game, agent: Agent) -> None:
        try:
            super().check_open(operation, game, agent)
        except Refusal:
            raise refusal("game_provider_not_found" if operation == DEMO else "game_not_available") from None


@variant("empty-signature-401")
class EmptySignature401(FargamesTarget):
    """Takes an empty header for a missing one."""

    def given_signature(self, operation: str, request: HttpRequest) -> str:
        given = super().given_signature(operation, request)
        if not given:
            self.signature_missing(operation, request)
        return given


@variant("signature-any-case")
class SignatureAnyCase(FargamesTarget):
    """Reads signatures in either case."""

    def signature_matches(self, given: str, right: str, key: bytes, content: bytes) -> bool:
        return super().signature_matches(given.lower(), right, key, content)


@variant("future-invalid")
class FutureInvalid(FargamesTarget):
    """Calls a time that is ahead of its own invalid."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if timestamp > self.now() + self.window_s:
            raise refusal(INVALID)
        super().check_timestamp(operation, timestamp)


@variant("times-with-offset")
class TimesWithOffset(FargamesTarget):
    """Writes the time with an offset and without milliseconds."""

    def timestamp(self) -> object:
        return f"{str(super().timestamp())[:19]}+00:00"


@variant("pretty-with-extras")
class PrettyWithExtras(FargamesTarget):
    """Indents its answers, adds fields of its own, and links to its help."""

    def serialise(self, fields: Fields) -> bytes:
        extras = {"server": "caf\u00e9", "version": 3, "details": [{"url": "https://help.reference.example/errors"}]}
        return json.dumps({**extras, **fields}, indent=4, ensure_ascii=False).encode() + b"\n"


@variant("chunked-with-charset")
class ChunkedWithCharset(FargamesTarget):
    """Sends answers in chunks and names their character set."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"content-type", b'Application/JSON; charset="UTF-8"'),)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        return replace(super().answer(request), chunked=True)


@variant("web-server-in-front")
class WebServerInFront(FargamesTarget):
    """Stands behind a web server that takes POST and bodies of 64 KiB only, and says so with its own pages."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        status = 405 if request.method != "POST" else 413 if len(request.body) > 64 * 1024 else 0
        if not status:
            return super().answer(request)
        page = f"<html><head><title>{status}</title></head></html>".encode()
        return HttpAnswer(status, ((b"Content-Type", b"text/html"),), page, close=True)


@variant("media-type-checked")
class MediaTypeChecked(FargamesTarget):
    """Answers a body that is not declared as JSON with HTTP 415 and its framework's code."""

    def check_encoding(self, request: HttpRequest) -> None:
        super().check_encoding(request)
        if not (request.header("Content-Type") or "").startswith("application/json"):
            raise Refusal("unsupported_media_type", 415)


@variant("body-parser")
class BodyParser(FargamesTarget):
    """Sees no body in chunks or of another media type, and decodes it as declared; HTTP 400 for what it cannot read."""

    def handle(self, request: HttpRequest) -> Reply:
        declared = (request.header("Content-Type") or "").lower().replace(" ", "").split(";charset=")
        hidden = declared[0] != "application/json" or request.header("Transfer-Encoding") is not None
        try:
            body = b"" if hidden else request.body.decode(declared[1] if len(declared) > 1 else "utf-8").encode()
        except (LookupError, UnicodeError):
            raise self.unread() from None
        return super().handle(replace(request, body=body))

    def parse(self, body: bytes) -> Fields:
        try:
            return super().parse(body)
        except Refusal:
            raise self.unread() from None

    def unread(self) -> Refusal:
        return refusal(INVALID, 400)


@variant("replays-refused")
class ReplaysRefused(FargamesTarget):
    """Knows every signature that it has found right, and finds it wrong from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def check_signature(self, operation: str, given: str, request: HttpRequest, agent: Agent) -> None:
        super().check_signature(operation, given, request, agent)
        if given in self.known:
            self.signature_wrong(operation)
        self.known.add(given)


@variant("answers-kept")
class AnswersKept(FargamesTarget):
    """Keeps the answer with the link of a session, and gives the same one to whoever asks again."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Reply] = {}

    def succeed(self, operation: str, content: Fields) -> Reply:
        session = str(content.pop("session", ""))
        reply = super().succeed(operation, content)
        return self.kept.setdefault(session, reply) if session else reply

    def link(self, game: Game, fields: Fields) -> Fields:
        return {**super().link(game, fields), "session": fields["agent_session_id"]}


@variant("filtered")
class Filtered(choices.Filtered, FargamesTarget):
    """Stands behind a filter that answers what looks like an attack with HTTP 403 and a page of its own."""


@variant("rate-limited")
class RateLimited(choices.RateLimited, FargamesTarget):
    """Asks for patience with every fiftieth request: HTTP 429 with Retry-After."""

    allowed_in_a_row = 49
