"""Faults in the HTTP status, the codes and the media type of answers."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.fargames.faults.consequences import ANSWERED_BY_CODE, BAD_FIELDS, INVALID, NOT_ACCEPTED
from certhook.reference.fargames.platform import Agent, Game, refusal
from certhook.reference.fargames.target import LINK, LIST, FargamesTarget
from certhook.reference.wire import Headers, HttpRequest


@fault("link-refused-in-turn", breaks=["fargames.status.valid-accepted"], also=NOT_ACCEPTED)
class LinkRefusedInTurn(FargamesTarget):
    """Asks two game servers in turn for a link, one of which has lost its games."""

    def __init__(self) -> None:
        self.servers = itertools.cycle([True, False])

    def link(self, game: Game, fields: Fields) -> Fields:
        if next(self.servers):
            return super().link(game, fields)
        raise refusal("game_not_available")


@fault("link-201", breaks=["fargames.status.success-http"])
class Link201(FargamesTarget):
    """Answers a link with HTTP 201, since it creates a session."""

    def success_status(self, operation: str) -> int:
        return 201 if operation == LINK else 200


@fault(
    "unknown-game-marked-success",
    breaks=["fargames.status.success-http", "fargames.parameters.unknown-game", "fargames.fields.content"],
    also=["fargames.fields.other-envelope"],
)
class UnknownGameMarkedSuccess(FargamesTarget):
    """Answers an unknown game with HTTP 404 and the success marker."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "status": "success"} if refusal.code == "game_not_found" else fields


class _OwnStatus(FargamesTarget):
    """Answers one code with another HTTP status."""

    own_code, own_status = "", 200

    def refusal_status(self, refusal: Refusal) -> int:
        return self.own_status if refusal.code == self.own_code else super().refusal_status(refusal)


@fault(
    "closed-game-200",
    breaks=[
        "fargames.status.refusal-http",
        "fargames.status.code-and-status",
        "fargames.parameters.unavailable-game",
        "fargames.parameters.unavailable-game-demo",
    ],
)
class ClosedGame200(_OwnStatus):
    """Answers a closed game with an error envelope and HTTP 200."""

    own_code = "game_not_available"


@fault(
    "refusals-200",
    breaks=["fargames.status.refusal-http", "fargames.status.code-and-status", "fargames.signature.answer"],
    also=ANSWERED_BY_CODE,
)
class Refusals200(FargamesTarget):
    """Answers everything with HTTP 200."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 200


@fault(
    "refusals-400",
    breaks=["fargames.status.code-and-status", "fargames.signature.answer", "fargames.parameters.missing"],
    also=ANSWERED_BY_CODE,
)
class Refusals400(FargamesTarget):
    """Answers every refusal with HTTP 400."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 400


@fault(
    "unknown-game-own-code",
    breaks=["fargames.status.documented-code", "fargames.parameters.unknown-game"],
)
class UnknownGameOwnCode(FargamesTarget):
    """Has a code of its own for an unknown game."""

    def find_game(self, operation: str, game_id: int) -> Game:
        if all(game.game_id != game_id for game in self.games):
            raise Refusal("unknown_game", 404)
        return super().find_game(operation, game_id)


@fault(
    "unknown-agent-upper-case",
    breaks=[
        "fargames.status.documented-code",
        "fargames.parameters.unknown-agent",
        "fargames.parameters.unknown-agent-code",
    ],
)
class UnknownAgentUpperCase(FargamesTarget):
    """Writes the code of an unknown agent in upper case."""

    def find_agent(self, agent_id: int) -> Agent:
        if all(agent.agent_id != agent_id for agent in self.agents):
            raise Refusal("AGENT_NOT_FOUND", 404)
        return super().find_agent(agent_id)


@fault(
    "expired-401",
    breaks=["fargames.status.code-and-status", "fargames.timestamp.stale", "fargames.timestamp.future-code"],
)
class Expired401(_OwnStatus):
    """Answers a request out of time with HTTP 401."""

    own_code, own_status = "request_expired", 401


@fault("no-provider-400", breaks=["fargames.status.code-and-status", "fargames.semantics.no-demo-code"])
class NoProvider400(_OwnStatus):
    """Answers a game without demo with HTTP 400."""

    own_code, own_status = "game_provider_not_found", 400


@fault(
    "list-invalid-400",
    breaks=["fargames.status.code-and-status", "fargames.parameters.bad-agent", "fargames.parameters.bad-timestamp"],
    also=INVALID | {"fargames.malformed.code", "fargames.timestamp.not-positive"},
)
class ListInvalid400(FargamesTarget):
    """Answers an invalid list request, and no other, with HTTP 400."""

    def refuse(self, refusal: Refusal, request: HttpRequest) -> Reply:
        reply = super().refuse(refusal, request)
        own = request.path.endswith(f"/{LIST}") and refusal.code == "validation_error"
        return Reply(400, reply.fields, reply.headers) if own else reply


@fault(
    "invalid-500",
    breaks=["fargames.robustness.no-server-error", *BAD_FIELDS],
    also=ANSWERED_BY_CODE
    | {"fargames.malformed.byte-order-mark", "fargames.malformed.duplicate-keys"}
    | {"fargames.malformed.out-of-range", "fargames.timestamp.stale-written-otherwise"},
)
class Invalid500(_OwnStatus):
    """Answers bad fields with the documented envelope and HTTP 500."""

    own_code, own_status = "validation_error", 500


@fault("media-type-html", breaks=["fargames.status.media-type"])
class MediaTypeHtml(FargamesTarget):
    """Leaves the default media type of its language."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"Content-Type", b"text/html; charset=UTF-8"),)


@fault("media-type-of-refusals", breaks=["fargames.status.media-type"])
class MediaTypeOfRefusals(FargamesTarget):
    """Declares refusals as plain text."""

    def media_type(self, reply: Reply) -> Headers:
        success = reply.fields.get("status") == "success"
        return super().media_type(reply) if success else ((b"Content-Type", b"text/plain"),)
