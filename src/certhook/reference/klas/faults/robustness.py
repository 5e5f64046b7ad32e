"""Faults that hostile bytes bring out: crashes, silence, and damage that outlasts the request."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from typing import Any

from certhook.reference import mishaps
from certhook.reference.application import Crash, Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.json_reader import Unreadable
from certhook.reference.klas.faults.consequences import DISPUTED, NOT_ACCEPTED
from certhook.reference.klas.target import INTEGRITY, INVALID_BODY, UNKNOWN, KlasTarget, Player
from certhook.reference.wire import Dropped, HttpAnswer, HttpRequest

# What comes next on the connection may be any request at all.
_AFTER_POISON = (
    NOT_ACCEPTED
    | DISPUTED
    | {"klas.malformed.grammar", "klas.malformed.root", "klas.robustness.answers", "klas.robustness.readable"}
    | {"klas.signature.response-present", "klas.status.media-type", "klas.methods.status-405"}
)
# Ids that nobody has are not refused with a code by what crashes over them.
_UNKNOWN = ("klas.parameters.unknown-player", "klas.parameters.unknown-session")


@fault("inherited-name-crash", breaks=["klas.robustness.no-server-error"], also=_UNKNOWN)
class InheritedNameCrash(KlasTarget):
    """Looks players up in an object that inherits members of its own, none of which is a player."""

    def find_player(self, player_id: str) -> Player:
        if player_id in ("__proto__", "constructor"):
            raise Crash
        return super().find_player(player_id)


@fault(
    "malformed-dropped",
    breaks=["klas.robustness.answers", "klas.malformed.grammar", "klas.malformed.root"],
    also=DISPUTED,
)
class MalformedDropped(mishaps.MalformedDropped, KlasTarget):
    """Closes the connection where the body is malformed."""


@fault("blank-body-hangs", breaks=["klas.robustness.answers", "klas.malformed.grammar"], limits={"timeout_s": 1})
class BlankBodyHangs(mishaps.BlankBodyHangs, KlasTarget):
    """Waits for the rest of a body that is white space only."""


@fault("connection-poisoned", breaks=["klas.robustness.recovers"], also=_AFTER_POISON)
class ConnectionPoisoned(mishaps.ConnectionPoisoned, KlasTarget):
    """Leaves a malformed body's rest in its buffer, and takes it for the next request on the connection."""


@fault("connection-dropped-later", breaks=["klas.robustness.recovers"], also=_AFTER_POISON)
class ConnectionDroppedLater(mishaps.ConnectionDroppedLater, KlasTarget):
    """Kills the worker of a connection over a malformed body, which its next request finds out."""


@fault("locked-out", breaks=["klas.robustness.recovers"], also=NOT_ACCEPTED)
class LockedOut(KlasTarget):
    """Refuses the next valid requests of a caller whose signature was wrong."""

    penalty = 3

    def __init__(self) -> None:
        self.refusals_left = 0

    def signature_wrong(self, request: HttpRequest) -> None:
        self.refusals_left = self.penalty
        super().signature_wrong(request)

    def succeed(self, player: Player) -> Reply:
        if self.refusals_left:
            self.refusals_left -= 1
            raise Refusal(UNKNOWN)
        return super().succeed(player)


@fault("trace-in-refusal", breaks=["klas.robustness.no-trace"])
class TraceInRefusal(KlasTarget):
    """Runs with its debug switch on, and adds a trace to the refusal of a malformed body."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "detail": mishaps.TRACE} if refusal.code == INVALID_BODY else fields


@fault("long-text-crash", breaks=["klas.robustness.no-server-error"])
class LongTextCrash(KlasTarget):
    """Writes every text to a column of 255 characters, and does not look at what the database says of more."""

    column = 255

    def check_text(self, name: str, value: object) -> None:
        super().check_text(name, value)
        if len(str(value)) > self.column:
            raise Crash


@fault("longer-text-crash", breaks=["klas.robustness.no-server-error"])
class LongerTextCrash(LongTextCrash):
    """Writes every text to a column of 4,000 characters, and does not look at what the database says of more."""

    column = 4000


@fault("right-signature-told", breaks=["klas.robustness.keeps-secret"])
class RightSignatureTold(KlasTarget):
    """Says in the refusal of a wrong signature which one would have been right."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "expected": self.signature(request.body).upper()} if refusal.code == INTEGRITY else fields


class _Debugging(KlasTarget):
    """Shows in the refusal of a wrong signature what it compared it with."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return {**fields, "debug": self.debug(request)} if refusal.code == INTEGRITY else fields

    def debug(self, request: HttpRequest) -> str:
        raise NotImplementedError


@fault("right-signature-told-in-base64", breaks=["klas.robustness.keeps-secret"])
class RightSignatureToldInBase64(_Debugging):
    """Shows in the refusal of a wrong signature the right one, as its logger writes bytes."""

    def debug(self, request: HttpRequest) -> str:
        return b64encode(bytes.fromhex(self.signature(request.body))).decode("ascii")


@fault("secret-told-in-base64", breaks=["klas.robustness.keeps-secret"])
class SecretToldInBase64(_Debugging):
    """Shows in the refusal of a wrong signature the secret, beside the name of the key, as text for URLs."""

    def debug(self, request: HttpRequest) -> str:
        return urlsafe_b64encode(b"primary:" + self.secret).rstrip(b"=").decode("ascii")


@fault("secret-told-in-hex", breaks=["klas.robustness.keeps-secret"])
class SecretToldInHex(_Debugging):
    """Shows in the refusal of a wrong signature the bytes of its secret."""

    def debug(self, request: HttpRequest) -> str:
        return self.secret.hex().upper()


@fault(
    "nesting-crash",
    breaks=["klas.robustness.no-trace", "klas.robustness.no-server-error"],
    also=["klas.malformed.grammar", "klas.malformed.root"],
)
class NestingCrash(KlasTarget):
    """Runs out of stack on deep nesting, and shows where."""

    def read(self, body: bytes) -> Any:
        if body.count(b"[") > 500 or body.count(b"{") > 500:
            raise Crash(mishaps.TRACE)
        return super().read(body)


@fault("nul-crash", breaks=["klas.robustness.no-server-error"], also=_UNKNOWN)
class NulCrash(KlasTarget):
    """Writes every text to a database that takes no NUL."""

    def admit(self, fields: Fields) -> Reply:
        if any("\0" in value for value in fields.values() if isinstance(value, str)):
            raise Crash
        return super().admit(fields)


@fault("nul-in-id-crash", breaks=["klas.robustness.no-server-error"], also=_UNKNOWN)
class NulInIdCrash(KlasTarget):
    """Looks ids up in a database that takes no NUL, and drops what it does not know."""

    def admit(self, fields: Fields) -> Reply:
        if any("\0" in str(fields.get(name)) for name in ("session_id", "player_id")):
            raise Crash
        return super().admit(fields)


@fault("overflowing-timestamp", breaks=["klas.robustness.no-server-error"])
class OverflowingTimestamp(KlasTarget):
    """Turns the timestamp into a date before it looks at how large it is."""

    def read(self, body: bytes) -> Any:
        if re.search(rb'"timestamp":-?1e400', body):
            raise Crash
        return super().read(body)


@fault("fraction-crash", breaks=["klas.robustness.no-server-error"])
class FractionCrash(KlasTarget):
    """Writes the timestamp to a column of whole numbers, and does not look at what the database says of others."""

    def admit(self, fields: Fields) -> Reply:
        if not float(fields["timestamp"]).is_integer():
            raise Crash
        return super().admit(fields)


@fault("player-in-address-crash", breaks=["klas.robustness.no-server-error"])
class PlayerInAddressCrash(KlasTarget):
    """Asks its wallet by an address with the player's id in it, which then has a part too many."""

    def find_player(self, player_id: str) -> Player:
        if "/" in player_id:
            raise Crash
        return super().find_player(player_id)


@fault("large-player-crash", breaks=["klas.robustness.no-server-error"])
class LargePlayerCrash(KlasTarget):
    """Turns the player's id into a number for its database, whose numbers have 64 bits."""

    def find_player(self, player_id: str) -> Player:
        if player_id.isascii() and player_id.isdigit() and len(player_id) < 100 and int(player_id) >= 2**63:
            raise Crash
        return super().find_player(player_id)


@fault(
    "surrogate-crash",
    breaks=["klas.robustness.no-server-error", "klas.malformed.out-of-range"],
    also=DISPUTED | {"klas.malformed.grammar"},
)
class SurrogateCrash(KlasTarget):
    """Writes every text to a log in UTF-8, which has no lone surrogates."""

    def read(self, body: bytes) -> Any:
        try:
            return super().read(body)
        except Unreadable as error:
            if b"\\ud" in body.lower():
                raise Crash from error
            raise


@fault("four-byte-text-crash", breaks=["klas.robustness.no-server-error"])
class FourByteTextCrash(KlasTarget):
    """Stores every text in a column whose UTF-8 has three bytes at most."""

    def admit(self, fields: Fields) -> Reply:
        if any(character > "\uffff" for value in fields.values() if isinstance(value, str) for character in value):
            raise Crash
        return super().admit(fields)


@fault(
    "huge-number-crash",
    breaks=["klas.robustness.no-server-error"],
    also=["klas.malformed.out-of-range", "klas.malformed.grammar"],
)
class HugeNumberCrash(KlasTarget):
    """Does not catch what its reader says of a number of thousands of digits."""

    def read(self, body: bytes) -> Any:
        try:
            return super().read(body)
        except Unreadable as error:
            if b"1" * 4300 in body:
                raise Crash from error
            raise


@fault("latin-1-crash", breaks=["klas.robustness.no-server-error", "klas.malformed.grammar"])
class Latin1Crash(KlasTarget):
    """Decodes the body before anything guards it."""

    def read(self, body: bytes) -> Any:
        try:
            body.decode()
        except UnicodeDecodeError as error:
            raise Crash from error
        return super().read(body)


@fault("notice-before-body", breaks=["klas.robustness.readable", "klas.timestamp.stale", "klas.timestamp.future"])
class NoticeBeforeBody(KlasTarget):
    """Prints a warning into the answer to a request out of time."""

    def check_timestamp(self, fields: Fields) -> None:
        try:
            super().check_timestamp(fields)
        except Refusal as refusal:
            raise Refusal(refusal.code, headers=((b"X-Notice", b"1"),)) from None

    def send(self, reply: Reply) -> HttpAnswer:
        if not reply.headers:
            return super().send(reply)
        body = b"Warning: Undefined index\n" + self.serialise(reply.fields)
        return HttpAnswer(reply.status, (*self.media_type(reply), *self.sign(reply, body)), body)


class _RequestIdUnique(KlasTarget):
    """Writes every request that it accepts to a table whose request ids are unique."""

    def __init__(self) -> None:
        super().__init__()
        self.table: set[str] = set()

    def admit(self, fields: Fields) -> Reply:
        reply = super().admit(fields)
        if fields["request_id"] in self.table:
            raise self.violation()
        self.table.add(fields["request_id"])
        return reply

    def violation(self) -> Exception:
        raise NotImplementedError


@fault("retry-crash", breaks=["klas.robustness.exact-retry", "klas.robustness.no-server-error"])
class RetryCrash(_RequestIdUnique):
    """Does not catch what the database says of a request id that it has already."""

    def violation(self) -> Exception:
        return Crash()


@fault("retry-dropped", breaks=["klas.robustness.exact-retry", "klas.robustness.answers"])
class RetryDropped(_RequestIdUnique):
    """Drops the connection over a request id that it has already."""

    def violation(self) -> Exception:
        return Dropped()


@fault("slow", breaks=["klas.robustness.latency"], options={"max_p95_ms": 60})
class Slow(mishaps.Slow, KlasTarget):
    """Takes its time."""
