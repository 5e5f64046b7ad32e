"""Faults in the codes, the HTTP status and the media type of answers."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evi.faults.consequences import NOT_ACCEPTED
from certhook.reference.evi.target import AUTHENTICATE_FAILED, GENERAL_ERROR, INVALID_ROUND, EviTarget, Player
from certhook.reference.wire import Headers

_INVALID_ROUND = frozenset(
    {
        "evi.parameters.coercible",
        "evi.parameters.empty-token",
        "evi.parameters.missing",
        "evi.parameters.null",
        "evi.parameters.unknown-token",
    }
)


@fault("valid-refused-in-turn", breaks=["evi.status.valid-accepted"], also=NOT_ACCEPTED)
class ValidRefusedInTurn(EviTarget):
    """Answers from two replicas in turn, one of which has no launches yet."""

    def __init__(self) -> None:
        self.replicas = itertools.cycle([True, False])

    def succeed(self, player: Player, fields: Fields) -> Reply:
        if next(self.replicas):
            return super().succeed(player, fields)
        raise Refusal(INVALID_ROUND)


@fault("success-201", breaks=["evi.status.success-http"])
class Success201(EviTarget):
    """Answers a success with HTTP 201, since it creates a session."""

    def success_status(self) -> int:
        return 201


@fault("refusals-202", breaks=["evi.status.refusal-http"])
class Refusals202(EviTarget):
    """Answers wrong credentials as if it would think about them: HTTP 202."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 202 if refusal.code == AUTHENTICATE_FAILED else refusal.status


@fault(
    "invalid-round-500",
    breaks=["evi.robustness.no-server-error", "evi.status.refusal-http", "evi.parameters.unknown-token"],
    also=_INVALID_ROUND,
)
class InvalidRound500(EviTarget):
    """Answers a launch token that leads nowhere with the documented body and HTTP 500."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 500 if refusal.code == INVALID_ROUND else refusal.status


@fault("code-of-its-own", breaks=["evi.status.documented-code", "evi.malformed.code"])
class CodeOfItsOwn(EviTarget):
    """Answers everything that it cannot read with a code of its own."""

    def error_code(self, refusal: Refusal) -> object:
        return 901 if refusal.code == GENERAL_ERROR else super().error_code(refusal)


@fault("media-type-html", breaks=["evi.status.media-type"])
class MediaTypeHtml(EviTarget):
    """Leaves the default media type of its language."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"Content-Type", b"text/html; charset=UTF-8"),)
