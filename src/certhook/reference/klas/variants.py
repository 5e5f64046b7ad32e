"""Legal variants of the klas target: other choices where the document is open."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import replace

from certhook.reference import choices
from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import variant
from certhook.reference.klas.target import BAD_PARAMS, INTEGRITY, INVALID_BODY, PLAYER, UNKNOWN, KlasTarget, Player
from certhook.reference.wire import Headers, HttpAnswer, HttpRequest


@variant("shape-first")
class ShapeFirst(KlasTarget):
    """Checks the shape of the body before its signature."""

    def examine(self, request: HttpRequest) -> Reply:
        self.check_shape(self.parse(request.body))
        return super().examine(request)


@variant("timestamp-first")
class TimestampFirst(KlasTarget):
    """Checks the time, where there is one, before the other fields."""

    def check_shape(self, fields: Fields) -> None:
        self.check_number(fields.get("timestamp"))
        self.check_timestamp(fields)
        super().check_shape(fields)


@variant("refusals-as-400")
class RefusalsAs400(KlasTarget):
    """Answers refusals, but for that of the signature, with HTTP 400."""

    def refusal_status(self, refusal: Refusal) -> int:
        return 400 if refusal.status == 200 and refusal.code != INTEGRITY else refusal.status


@variant("replays-refused")
class ReplaysRefused(KlasTarget):
    """Knows every signature that it has found right, and finds it wrong from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def check_signature(self, request: HttpRequest) -> None:
        super().check_signature(request)
        given = self.given_signature(request) or ""
        if given in self.known:
            self.signature_wrong(request)
        self.known.add(given)


@variant("unknown-account-404")
class UnknownAccount404(KlasTarget):
    """Answers an unknown player or session with HTTP 404 and ERR_UNKNOWN."""

    def admit(self, fields: Fields) -> Reply:
        try:
            return super().admit(fields)
        except Refusal:
            raise Refusal(UNKNOWN, 404) from None


@variant("bad-params-as-invalid-body")
class BadParamsAsInvalidBody(KlasTarget):
    """Has one code for all that is wrong with a body."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"status_code": INVALID_BODY if refusal.code == BAD_PARAMS else refusal.code}


@variant("bad-params-as-unknown")
class BadParamsAsUnknown(KlasTarget):
    """Answers bad parameters as an internal error, which is tolerated."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"status_code": UNKNOWN if refusal.code == BAD_PARAMS else refusal.code}


@variant("malformed-as-bad-params")
class MalformedAsBadParams(KlasTarget):
    """Has one code for all that is wrong with a request."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"status_code": BAD_PARAMS if refusal.code == INVALID_BODY else refusal.code}


@variant("missing-signature-401")
class MissingSignature401(KlasTarget):
    """Answers a missing signature with HTTP 401."""

    def signature_missing(self, request: HttpRequest) -> None:
        raise Refusal(BAD_PARAMS, 401)


@variant("pretty-with-extras")
class PrettyWithExtras(KlasTarget):
    """Indents its answers and adds fields of its own, and signs what goes out."""

    def serialise(self, fields: Fields) -> bytes:
        extras = {"server": "caf\u00e9", "version": 3, "trace": None}
        return json.dumps({**extras, **fields}, indent=4, ensure_ascii=False).encode() + b"\n"


@variant("refusals-with-zero")
class RefusalsWithZero(KlasTarget):
    """Fills refusals up with an empty account."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {"balance": "0", "currency": "EUR", **super().refusal_fields(refusal, request)}


@variant("chunked-with-charset")
class ChunkedWithCharset(KlasTarget):
    """Sends answers in chunks and names their character set."""

    def media_type(self, reply: Reply) -> Headers:
        return ((b"content-type", b'Application/JSON; charset="UTF-8"'),)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        return replace(super().answer(request), chunked=True)


@variant("connection-close")
class ConnectionClose(choices.ConnectionClose, KlasTarget):
    """Closes the connection after every answer."""


@variant("coercing")
class Coercing(KlasTarget):
    """Takes numbers for texts, and texts of digits or truth values for numbers."""

    def check_shape(self, fields: Fields) -> None:
        for name in self.texts:
            value = fields.get(name)
            fields[name] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        value = fields.get("timestamp")
        if isinstance(value, bool) or (isinstance(value, str) and value.isascii() and value.isdigit()):
            fields["timestamp"] = int(value)
        super().check_shape(fields)


@variant("numbers-cast")
class NumbersCast(KlasTarget):
    """Takes a text for the number that it begins with, or for zero."""

    def check_shape(self, fields: Fields) -> None:
        value = fields.get("timestamp")
        if isinstance(value, str):
            digits = re.match(r"\s*([0-9]{1,15})", value)
            fields["timestamp"] = int(digits[1]) if digits else 0
        super().check_shape(fields)


@variant("query-refused")
class QueryRefused(KlasTarget):
    """Has nothing at its path with a query behind it."""

    def check_route(self, request: HttpRequest) -> None:
        super().check_route(request)
        if request.query:
            raise self.misdirected(404)


@variant("media-type-checked")
class MediaTypeChecked(KlasTarget):
    """Answers a body that is not declared as JSON with HTTP 415."""

    def check_encoding(self, request: HttpRequest) -> None:
        super().check_encoding(request)
        if not (request.header("Content-Type") or "").startswith("application/json"):
            raise self.illegible(415)


@variant("body-parser")
class BodyParser(KlasTarget):
    """Sees no body of another media type, and so finds its signature wrong."""

    def examine(self, request: HttpRequest) -> Reply:
        declared = (request.header("Content-Type") or "").startswith("application/json")
        return super().examine(request if declared else replace(request, body=b""))


@variant("live-balance")
class LiveBalance(KlasTarget):
    """Has a player who is playing: the balance moves between answers."""

    def __init__(self) -> None:
        self.rounds = itertools.count(1)

    def balance(self, player: Player) -> object:
        return f"{float(player.balance) + next(self.rounds) * 0.25:.2f}"


@variant("balance-negative")
class BalanceNegative(KlasTarget):
    """Has a player in debt."""

    def balance(self, player: Player) -> object:
        return "-12.50"


@variant("balance-two-decimals")
class BalanceTwoDecimals(KlasTarget):
    """Writes every balance with two decimals."""

    def balance(self, player: Player) -> object:
        return f"{float(player.balance):.2f}"


@variant("repeats-refused")
class RepeatsRefused(KlasTarget):
    """Accepts a request id once."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def check_shape(self, fields: Fields) -> None:
        super().check_shape(fields)
        if fields["request_id"] in self.seen:
            raise Refusal(BAD_PARAMS)
        self.seen.add(fields["request_id"])


@variant("misused-session-closed")
class MisusedSessionClosed(KlasTarget):
    """Closes a session that another player comes with."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: set[str] = set()

    def check_session(self, player: Player, session_id: str) -> None:
        if session_id != player.session_id:
            self.closed.add(session_id)
        if session_id in self.closed:
            raise Refusal(BAD_PARAMS)


@variant("second-player-gone")
class SecondPlayerGone(KlasTarget):
    """Does not have the profile's second player any more."""

    players: Mapping[str, Player] = {PLAYER.player_id: PLAYER}


@variant("request-id-ascii")
class RequestIdAscii(KlasTarget):
    """Takes no request id that is not ASCII."""

    def check_text(self, name: str, value: object) -> None:
        super().check_text(name, value)
        if name == "request_id" and not str(value).isascii():
            raise Refusal(BAD_PARAMS)


@variant("front-411")
class Front411(KlasTarget):
    """Stands behind a web server that asks for the length of a body where there is none."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method == "POST" and not request.body:
            return HttpAnswer(411, ((b"Content-Type", b"text/html"),), b"<html><h1>411 Length Required</h1></html>")
        return super().answer(request)


@variant("front-413")
class Front413(KlasTarget):
    """Stands behind a web server that takes no body above 64 KiB, and says so with its own page."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if len(request.body) <= 64 * 1024:
            return super().answer(request)
        page = b"<html><head><title>413 Request Entity Too Large</title></head></html>"
        return HttpAnswer(413, ((b"Content-Type", b"text/html"),), page, close=True)


@variant("other-methods-redirected")
class OtherMethodsRedirected(choices.ShowsOtherMethodsElsewhere, KlasTarget):
    """Leads whatever is not POST to a page for people."""


@variant("filtered")
class Filtered(choices.Filtered, KlasTarget):
    """Stands behind a filter that answers what looks like an attack with HTTP 403 and a page of its own."""


@variant("refusals-explained")
class RefusalsExplained(choices.Explained, KlasTarget):
    """Explains refusals at length, with a count that comes to be the same number as the balance."""

    def balance(self, player: Player) -> object:
        return "48251"


@variant("rate-limited")
class RateLimited(choices.RateLimited, KlasTarget):
    """Asks for patience with every twentieth request: HTTP 429 with Retry-After."""


@variant("signs-in-upper-case")
class SignsInUpperCase(KlasTarget):
    """Writes its signatures in upper-case hex, and reads them in any case."""

    def response_signature(self, body: bytes) -> str:
        return self.signature(body).upper()

    def signature_matches(self, given: str, right: str) -> bool:
        return super().signature_matches(given.lower(), right)


@variant("lenient-reader")
class LenientReader(choices.LenientReader, KlasTarget):
    """Takes the last of repeated keys, any number, any escape, and a byte order mark."""


@variant("future-accepted")
class FutureAccepted(KlasTarget):
    """Refuses old requests, not those that are ahead of its clock."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return now - self.window_s <= sent


@variant("extra-fields-refused")
class ExtraFieldsRefused(KlasTarget):
    """Refuses fields that it does not know."""

    def check_shape(self, fields: Fields) -> None:
        super().check_shape(fields)
        if len(fields) > len(self.texts) + 1:
            raise Refusal(BAD_PARAMS)


@variant("other-methods-signed-empty")
class OtherMethodsSignedEmpty(KlasTarget):
    """Answers other methods without a body, and signs that as it signs any."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        if request.method == "POST":
            return super().answer(request)
        return HttpAnswer(405, ((b"X-Signature", self.signature(b"").encode()),), b"")
