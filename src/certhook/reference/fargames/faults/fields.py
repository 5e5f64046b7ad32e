"""Faults in the envelopes that all answers have in common."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from certhook.reference.application import Fields, Refusal, Reply
from certhook.reference.catalogue import fault
from certhook.reference.fargames.target import DEMO, LIST, FargamesTarget
from certhook.reference.wire import HttpAnswer, HttpRequest

_TIMES = ("fargames.fields.timestamp", "fargames.fields.timestamp-utc", "fargames.fields.timestamp-now")
_OF_OTHER_METHODS = ("fargames.methods.envelope",)
"""What has no whole envelope anywhere has none where another method is refused."""


class _OwnRefusal(FargamesTarget):
    """Answers one code with other fields than any other."""

    own_code = ""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        return self.own_fields(fields) if refusal.code == self.own_code else fields

    def own_fields(self, fields: Fields) -> Fields:
        raise NotImplementedError


@fault(
    "expired-without-status",
    breaks=["fargames.fields.status", "fargames.robustness.readable", "fargames.timestamp.stale"],
    also=["fargames.timestamp.future", "fargames.timestamp.future-code", "fargames.timestamp.milliseconds"],
)
class ExpiredWithoutStatus(_OwnRefusal):
    """Answers a request out of time from a filter that writes the envelope by hand, and forgets its mark."""

    own_code = "request_expired"

    def own_fields(self, fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name != "status"}


@fault("list-without-status", breaks=["fargames.fields.status", "fargames.status.valid-accepted"])
class ListWithoutStatus(FargamesTarget):
    """Answers the list of games without the success marker."""

    def succeed(self, operation: str, content: Fields) -> Reply:
        reply = super().succeed(operation, content)
        if operation == LIST:
            del reply.fields["status"]
        return reply


@fault("list-names-status-twice", breaks=["fargames.robustness.readable", "fargames.status.valid-accepted"])
class ListNamesStatusTwice(FargamesTarget):
    """Puts its mark before a list of games that has one."""

    def send(self, reply: Reply) -> HttpAnswer:
        answer = super().send(reply)
        if "games" not in reply.fields.get("content", {}):
            return answer
        return replace(answer, body=b'{"status":"success",' + answer.body[1:])


@fault("timestamp-number", breaks=["fargames.fields.timestamp"], also=[*_TIMES, *_OF_OTHER_METHODS])
class TimestampNumber(FargamesTarget):
    """Answers with Unix seconds, as it is asked with."""

    def timestamp(self) -> object:
        return int(self.now())


@fault(
    "timestamp-spaced",
    breaks=["fargames.fields.timestamp", "fargames.fields.timestamp-utc"],
    also=_OF_OTHER_METHODS,
)
class TimestampSpaced(FargamesTarget):
    """Writes the time as its database does."""

    def timestamp(self) -> object:
        return datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d %H:%M:%S")


@fault("timestamp-missing-in-refusals", breaks=["fargames.fields.timestamp"], also=_OF_OTHER_METHODS)
class TimestampMissingInRefusals(FargamesTarget):
    """Leaves the time out of refusals."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        del fields["timestamp"]
        return fields


@fault("timestamp-local", breaks=["fargames.fields.timestamp-utc"])
class TimestampLocal(FargamesTarget):
    """Writes its local time, with the offset."""

    def timestamp(self) -> object:
        there = timezone(timedelta(hours=3))
        return datetime.fromtimestamp(self.now(), there).isoformat(timespec="milliseconds")


@fault("timestamp-microseconds", breaks=["fargames.fields.timestamp-utc"])
class TimestampMicroseconds(FargamesTarget):
    """Writes microseconds."""

    def timestamp(self) -> object:
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@fault("timestamp-of-the-example", breaks=["fargames.fields.timestamp-now"])
class TimestampOfTheExample(FargamesTarget):
    """Answers with the time in the documentation."""

    def timestamp(self) -> object:
        return "2024-01-01T00:00:00.000Z"


@fault("timestamp-wrong-zone", breaks=["fargames.fields.timestamp-now"])
class TimestampWrongZone(FargamesTarget):
    """Writes its local time and says that it is UTC."""

    def now(self) -> float:
        return super().now() + 3 * 3600

    def is_fresh(self, sent: float, now: float) -> bool:
        return super().is_fresh(sent, super().now())


@fault("request-id-number", breaks=["fargames.fields.request-id"], also=_OF_OTHER_METHODS)
class RequestIdNumber(FargamesTarget):
    """Numbers its answers."""

    def __init__(self) -> None:
        self.last = 0

    def request_id(self) -> object:
        self.last += 1
        return self.last


@fault("request-id-missing-in-refusals", breaks=["fargames.fields.request-id"], also=_OF_OTHER_METHODS)
class RequestIdMissingInRefusals(FargamesTarget):
    """Leaves the request id out of refusals."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        fields = super().refusal_fields(refusal, request)
        del fields["request_id"]
        return fields


@fault("request-id-constant", breaks=["fargames.fields.request-id-unique"])
class RequestIdConstant(FargamesTarget):
    """Makes the request id when it starts."""

    def request_id(self) -> object:
        return "ba9d4445-779f-4b04-8bcb-6d17bc8dc3da"


@fault("request-id-empty-in-refusals", breaks=["fargames.fields.request-id-unique"])
class RequestIdEmptyInRefusals(FargamesTarget):
    """Gives a request its id when it has passed all checks."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "request_id": ""}


@fault("request-id-of-the-second", breaks=["fargames.fields.request-id-unique"])
class RequestIdOfTheSecond(FargamesTarget):
    """Makes the request id from the time in seconds."""

    def request_id(self) -> object:
        return f"req-{int(self.now())}"


@fault("demo-without-content", breaks=["fargames.fields.content"])
class DemoWithoutContent(FargamesTarget):
    """Answers a demo request with the URL beside the status."""

    def succeed(self, operation: str, content: Fields) -> Reply:
        reply = super().succeed(operation, content)
        if operation == DEMO:
            reply.fields.update(reply.fields.pop("content"))
        return reply


@fault("list-content-array", breaks=["fargames.fields.content"])
class ListContentArray(FargamesTarget):
    """Answers the list with an array as content."""

    def succeed(self, operation: str, content: Fields) -> Reply:
        reply = super().succeed(operation, content)
        if operation == LIST:
            reply.fields["content"] = content["games"]
        return reply


@fault(
    "expired-without-error",
    breaks=["fargames.fields.error", "fargames.timestamp.stale", "fargames.timestamp.future-code"],
)
class ExpiredWithoutError(_OwnRefusal):
    """Gives no code where a request is out of time."""

    own_code = "request_expired"

    def own_fields(self, fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name != "error"}


@fault(
    "closed-game-error-number",
    breaks=["fargames.fields.error", "fargames.status.documented-code", "fargames.parameters.unavailable-game"],
    also=["fargames.parameters.unavailable-game-demo"],
)
class ClosedGameErrorNumber(_OwnRefusal):
    """Answers a closed game with the status as its code."""

    own_code = "game_not_available"

    def own_fields(self, fields: Fields) -> Fields:
        return {**fields, "error": 403}


@fault("message-empty", breaks=["fargames.fields.message"])
class MessageEmpty(FargamesTarget):
    """Has no words for a wrong signature."""

    def message(self, code: str) -> object:
        return "" if code == "invalid_signature" else super().message(code)


@fault("message-missing", breaks=["fargames.fields.message"])
class MessageMissing(_OwnRefusal):
    """Leaves the message out where a field is bad."""

    own_code = "validation_error"

    def own_fields(self, fields: Fields) -> Fields:
        return {name: value for name, value in fields.items() if name != "message"}


@fault("message-per-language", breaks=["fargames.fields.message"], also=_OF_OTHER_METHODS)
class MessagePerLanguage(FargamesTarget):
    """Sends the message in each of its languages."""

    def message(self, code: str) -> object:
        return {"en": super().message(code), "ru": "\u043e\u0448\u0438\u0431\u043a\u0430"}


@fault("refusal-content-text", breaks=["fargames.fields.other-envelope"], also=_OF_OTHER_METHODS)
class RefusalContentText(FargamesTarget):
    """Writes text as the content of refusals."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "content": ""}


@fault("success-error-false", breaks=["fargames.fields.other-envelope"])
class SuccessErrorFalse(FargamesTarget):
    """Says in successes that there was no error."""

    def succeed(self, operation: str, content: Fields) -> Reply:
        reply = super().succeed(operation, content)
        reply.fields.update({"error": False})
        return reply


@fault("refusal-content-null", breaks=["fargames.fields.other-envelope-empty"], also=_OF_OTHER_METHODS)
class RefusalContentNull(FargamesTarget):
    """Writes all fields of a success into refusals, as null."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "content": None}


@fault("refusal-content-empty-array", breaks=["fargames.fields.other-envelope-empty"], also=_OF_OTHER_METHODS)
class RefusalContentEmptyArray(FargamesTarget):
    """Writes an empty content into refusals, which PHP encodes as an array."""

    def refusal_fields(self, refusal: Refusal, request: HttpRequest) -> Fields:
        return {**super().refusal_fields(refusal, request), "content": []}


@fault("success-error-null", breaks=["fargames.fields.other-envelope-empty"])
class SuccessErrorNull(FargamesTarget):
    """Writes all fields of a refusal into successes, as null."""

    def succeed(self, operation: str, content: Fields) -> Reply:
        reply = super().succeed(operation, content)
        reply.fields.update({"error": None, "message": None})
        return reply
