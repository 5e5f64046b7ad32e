"""Faults that hostile bytes bring out: crashes, silence, and damage that outlasts the request."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from certhook.reference import mishaps
from certhook.reference.application import Crash, Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evi.faults.consequences import DISPUTED, NOT_ACCEPTED
from certhook.reference.evi.target import AUTHENTICATE_FAILED, GENERAL_ERROR, EviTarget, Player
from certhook.reference.json_reader import Unreadable
from certhook.reference.wire import Connection, HttpAnswer, HttpRequest

_TRACE = (
    "System.NullReferenceException: Object reference not set to an instance of an object.\n"
    "   at Evi.Controllers.AuthenticateController.Post() in C:\\build\\Evi\\AuthenticateController.cs:line 41"
)
# What comes next on the connection may be any request at all.
_AFTER_POISON = (
    NOT_ACCEPTED
    | DISPUTED
    | {"evi.malformed.grammar", "evi.malformed.root", "evi.robustness.answers", "evi.robustness.readable"}
    | {"evi.status.media-type", "evi.methods.status-405"}
)


@fault(
    "unreadable-dropped",
    breaks=["evi.robustness.answers", "evi.malformed.grammar", "evi.malformed.root"],
    also=DISPUTED,
)
class UnreadableDropped(mishaps.MalformedDropped, EviTarget):
    """Closes the connection where the body cannot be read."""


@fault(
    "unreadable-not-packed",
    breaks=["evi.robustness.answers", "evi.malformed.grammar", "evi.malformed.root"],
    also=DISPUTED,
)
class UnreadableNotPacked(EviTarget):
    """Has a layer of errors that takes the packing away from what it answers, and not what says that it is packed."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        answer = super().answer(request)
        if not mishaps.is_malformed(request):
            return answer
        return replace(answer, headers=(*answer.headers, (b"Content-Encoding", b"gzip")))


@fault("empty-body-hangs", breaks=["evi.robustness.answers", "evi.malformed.grammar"], limits={"timeout_s": 1})
class EmptyBodyHangs(EviTarget):
    """Waits for the body of a request that has none."""

    async def respond(self, request: HttpRequest, connection: Connection) -> HttpAnswer:
        if request.method == "POST" and not request.body:
            await asyncio.sleep(3600)
        return await super().respond(request, connection)


@fault("blank-body-hangs", breaks=["evi.robustness.answers", "evi.malformed.grammar"], limits={"timeout_s": 1})
class BlankBodyHangs(mishaps.BlankBodyHangs, EviTarget):
    """Waits for the rest of a body that is white space only."""


@fault("connection-poisoned", breaks=["evi.robustness.recovers"], also=_AFTER_POISON)
class ConnectionPoisoned(mishaps.ConnectionPoisoned, EviTarget):
    """Takes the rest of a malformed body for the next request on the connection."""


@fault(
    "text-crash",
    breaks=["evi.robustness.no-server-error", "evi.robustness.no-trace", "evi.parameters.unknown-token"],
)
class TextCrash(EviTarget):
    """Writes every text to a database that takes no NUL, and shows where that failed."""

    def examine(self, fields: Fields) -> Reply:
        if any("\0" in value for value in fields.values() if isinstance(value, str)):
            raise Crash(_TRACE)
        return super().examine(fields)


class _OptionalCrash(EviTarget):
    """Uses the fields that it need not look at before it knows what is in them."""

    def check_optional(self, fields: Fields) -> None:
        super().check_optional(fields)
        if any(name in fields and self.fails(name, fields[name]) for name in self.optional):
            raise Crash

    def fails(self, name: str, value: object) -> bool:
        raise NotImplementedError


@fault("optional-null-crash", breaks=["evi.robustness.no-server-error"])
class OptionalNullCrash(_OptionalCrash):
    """Trims the texts that it was sent, and has none where one is null."""

    def fails(self, name: str, value: object) -> bool:
        return name in self.optional and value is None


@fault("game-absent-crash", breaks=["evi.robustness.no-server-error"])
class GameAbsentCrash(EviTarget):
    """Looks the game up by a code that it takes for being there."""

    def check_optional(self, fields: Fields) -> None:
        super().check_optional(fields)
        if "GameCode" not in fields:
            raise Crash


@fault("game-number-crash", breaks=["evi.robustness.no-server-error"])
class GameNumberCrash(EviTarget):
    """Trims the game's code before it looks whether that is a text."""

    def check_optional(self, fields: Fields) -> None:
        if type(fields.get("GameCode")) is int:
            raise Crash
        super().check_optional(fields)


@fault("game-empty-crash", breaks=["evi.robustness.no-server-error"])
class GameEmptyCrash(_OptionalCrash):
    """Takes the first word of the game's code, of which an empty one has none."""

    def fails(self, name: str, value: object) -> bool:
        return name == "GameCode" and value == ""


@fault("address-crash", breaks=["evi.robustness.no-server-error"])
class AddressCrash(_OptionalCrash):
    """Takes the player's address apart at its dots, of which one of version 6 has none."""

    def fails(self, name: str, value: object) -> bool:
        return name == "ClientIp" and isinstance(value, str) and ":" in value


@fault("escape-crash", breaks=["evi.robustness.no-server-error"])
class EscapeCrash(_OptionalCrash):
    """Decodes ExtraData with a function that throws where a percent sign begins no escape."""

    def fails(self, name: str, value: object) -> bool:
        return name == "ExtraData" and isinstance(value, str) and bool(re.search("%(?![0-9A-Fa-f]{2})", value))


@fault("pair-crash", breaks=["evi.robustness.no-server-error"])
class PairCrash(_OptionalCrash):
    """Splits ExtraData into names and values, in none of which there may be another `=`."""

    def fails(self, name: str, value: object) -> bool:
        pairs = unquote(value).split("&") if name == "ExtraData" and isinstance(value, str) else ()
        return any(pair.count("=") > 1 for pair in pairs)


@fault("header-case-crash", breaks=["evi.robustness.no-server-error"])
class HeaderCaseCrash(EviTarget):
    """Looks its headers up in one spelling."""

    def check_encoding(self, request: HttpRequest) -> None:
        if b"content-type" in dict(request.headers):
            raise Crash
        super().check_encoding(request)


@fault("token-of-digits-crash", breaks=["evi.robustness.no-server-error"])
class TokenOfDigitsCrash(EviTarget):
    """Takes a token of digits for the number of a launch, in a column of 64 bits."""

    def find_player(self, token: str) -> Player:
        if token.isdecimal() and int(token) >= 2**63:
            raise Crash
        return super().find_player(token)


@fault(
    "nesting-crash",
    breaks=["evi.robustness.no-server-error"],
    also=["evi.malformed.grammar", "evi.malformed.root"],
)
class NestingCrash(EviTarget):
    """Runs out of stack on deep nesting."""

    def read(self, body: bytes) -> Any:
        if max(body.count(b"["), body.count(b"{")) > 500:
            raise Crash
        return super().read(body)


@fault("trace-in-refusal", breaks=["evi.robustness.no-trace"])
class TraceInRefusal(EviTarget):
    """Explains general errors with a trace."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "Message": _TRACE} if refusal.code == GENERAL_ERROR else fields


@fault(
    "refusal-as-page",
    breaks=[
        "evi.robustness.readable",
        "evi.robustness.front-html",
        "evi.status.media-type",
        "evi.malformed.grammar",
        "evi.malformed.root",
    ],
    also=DISPUTED,
)
class RefusalAsPage(EviTarget):
    """Answers a body that it cannot read with a page of its framework, and HTTP 400."""

    def read(self, body: bytes) -> Any:
        try:
            value = super().read(body)
        except Unreadable as error:
            raise Crash from error
        if not isinstance(value, dict):
            raise Crash
        return value

    def crashed(self, crash: Crash) -> HttpAnswer:
        return HttpAnswer(400, ((b"Content-Type", b"text/html"),), f"<html>{crash.page}</html>".encode())


@fault("password-not-ascii-crash", breaks=["evi.robustness.no-server-error"])
class PasswordNotAsciiCrash(EviTarget):
    """Compares passwords with a function that takes ASCII only."""

    def check_account(self, fields: Fields) -> None:
        account = fields.get("Account")
        password = account.get("Password") if isinstance(account, dict) else None
        if isinstance(password, str) and not password.isascii():
            raise Crash
        super().check_account(fields)


@fault("locked-out", breaks=["evi.robustness.recovers"], also=NOT_ACCEPTED)
class LockedOut(EviTarget):
    """Refuses the next valid requests of a caller whose credentials were wrong."""

    penalty = 3

    def __init__(self) -> None:
        self.refusals_left = 0

    def check_account(self, fields: Fields) -> None:
        try:
            super().check_account(fields)
        except Refusal:
            self.refusals_left = self.penalty
            raise

    def succeed(self, player: Player, fields: Fields) -> Reply:
        if self.refusals_left:
            self.refusals_left -= 1
            raise Refusal(AUTHENTICATE_FAILED)
        return super().succeed(player, fields)


@fault("slow", breaks=["evi.robustness.latency"], options={"max_p95_ms": 60})
class Slow(mishaps.Slow, EviTarget):
    """Takes its time."""
