"""Faults in the codes, the HTTP status and the media type of answers."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools

from certhook.reference.application import Crash, Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.klas.faults.consequences import NOT_ACCEPTED
from certhook.reference.klas.target import BAD_PARAMS, KlasTarget, Player
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest

_ANSWERED_WITH_A_CODE = frozenset(
    {
        "klas.malformed.code",
        "klas.malformed.grammar",
        "klas.malformed.root",
        "klas.parameters.code",
        "klas.parameters.foreign-session",
        "klas.parameters.missing",
        "klas.parameters.null",
        "klas.parameters.unknown-player",
        "klas.parameters.unknown-session",
        "klas.parameters.wrong-type",
        "klas.signature.answer",
        "klas.signature.missing-answer",
        "klas.timestamp.code",
    }
)
_BAD_PARAMS = frozenset(
    {
        "klas.parameters.coercible",
        "klas.parameters.empty-identifier",
        "klas.parameters.empty-request-id",
        "klas.parameters.foreign-session",
        "klas.parameters.missing",
        "klas.parameters.null",
        "klas.parameters.unknown-player",
        "klas.parameters.unknown-session",
        "klas.parameters.wrong-type",
        "klas.timestamp.future",
        "klas.timestamp.not-a-number",
        "klas.timestamp.stale",
    }
)


@fault("valid-refused-in-turn", breaks=["klas.status.valid-accepted"], also=NOT_ACCEPTED)
class ValidRefusedInTurn(KlasTarget):
    """Answers from two replicas in turn, one of which has lost its sessions."""

    def __init__(self) -> None:
        self.replicas = itertools.cycle([True, False])

    def succeed(self, player: Player) -> Reply:
        if next(self.replicas):
            return super().succeed(player)
        raise Refusal(BAD_PARAMS)


@fault("success-without-code", breaks=["klas.status.valid-accepted", "klas.fields.status-code"])
class SuccessWithoutCode(KlasTarget):
    """Answers a success with the account alone."""

    def success_fields(self, player: Player) -> Fields:
        return {"currency": self.currency(player), "balance": self.balance(player)}


@fault("first-success-201", breaks=["klas.status.success-http"])
class FirstSuccess201(KlasTarget):
    """Answers the first success of all with HTTP 201, since it creates a session then."""

    def __init__(self) -> None:
        self.statuses = itertools.chain([201], itertools.repeat(200))

    def success_status(self) -> int:
        return next(self.statuses)


@fault("success-201", breaks=["klas.status.success-http"])
class Success201(KlasTarget):
    """Answers a success with HTTP 201, since it creates a session."""

    def success_status(self) -> int:
        return 201


@fault("code-of-its-own", breaks=["klas.status.documented-code", "klas.parameters.unknown-player"])
class CodeOfItsOwn(KlasTarget):
    """Has a code of its own for an unknown player."""

    def find_player(self, player_id: str) -> Player:
        if player_id not in self.players:
            raise Refusal("ERR_PLAYER_NOT_FOUND")
        return super().find_player(player_id)


@fault("code-lower-case", breaks=["klas.status.documented-code"], also=_ANSWERED_WITH_A_CODE)
class CodeLowerCase(KlasTarget):
    """Writes the codes of refusals in lower case."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"status_code": refusal.code.lower()}


@fault("refusals-400", breaks=["klas.status.refusal-http-200"])
class Refusals400(KlasTarget):
    """Answers bad bodies and parameters with HTTP 400."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 400 if refusal.code != "ERR_INTEGRITY_CHECK_FAILED" and refusal.status == 200 else refusal.status


@fault("refusals-202", breaks=["klas.status.refusal-http", "klas.status.refusal-http-200"])
class Refusals202(KlasTarget):
    """Answers bad parameters as if it would think about them: HTTP 202."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 202 if refusal.code == BAD_PARAMS and refusal.status == 200 else refusal.status


@fault("refusals-500", breaks=["klas.status.refusal-http", "klas.robustness.no-server-error"], also=_BAD_PARAMS)
class Refusals500(KlasTarget):
    """Answers bad parameters with the documented body and HTTP 500."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 500 if refusal.code == BAD_PARAMS and refusal.status == 200 else refusal.status


@fault(
    "unknown-session-redirects",
    breaks=[
        "klas.status.refusal-http",
        "klas.robustness.no-server-error",
        "klas.parameters.unknown-session",
        "klas.parameters.foreign-session",
    ],
)
class UnknownSessionRedirects(KlasTarget):
    """Sends whoever has no session to the login page."""

    def check_session(self, player: Player, session_id: str) -> None:
        if session_id != player.session_id:
            raise Refusal(BAD_PARAMS, 302, ((b"Location", b"/login"),))


@fault(
    "stale-204",
    breaks=["klas.timestamp.stale", "klas.robustness.readable", "klas.signature.response-present"],
    also=["klas.timestamp.future", "klas.status.media-type"],
)
class Stale204(KlasTarget):
    """Drops requests out of time without a word: HTTP 204."""

    def check_timestamp(self, fields: Fields) -> None:
        if not self.is_fresh(fields["timestamp"], self.now()):
            raise Crash

    def crashed(self, crash: Crash) -> HttpAnswer:
        return HttpAnswer(204)


@fault(
    "unknown-player-500",
    breaks=["klas.status.refusal-http", "klas.robustness.no-server-error", "klas.parameters.unknown-player"],
)
class UnknownPlayer500(KlasTarget):
    """Answers an unknown player as an internal error."""

    def find_player(self, player_id: str) -> Player:
        if player_id not in self.players:
            raise Refusal("ERR_UNKNOWN", 500)
        return super().find_player(player_id)


@fault("media-type-html", breaks=["klas.status.media-type"])
class MediaTypeHtml(KlasTarget):
    """Leaves the default media type of its language."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"Content-Type", b"text/html; charset=UTF-8"),)


@fault("media-type-missing", breaks=["klas.status.media-type"])
class MediaTypeMissing(KlasTarget):
    """Declares no media type."""

    def media_type(self, reply: Reply) -> Headers:
        return ()


@fault("media-type-refusals", breaks=["klas.status.media-type"])
class MediaTypeRefusals(KlasTarget):
    """Declares refusals as plain text."""

    def media_type(self, reply: Reply) -> Headers:
        success = reply.fields.get("status_code") == "OK"
        return super().media_type(reply) if success else ((b"Content-Type", b"text/plain"),)
