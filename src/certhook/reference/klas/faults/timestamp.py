"""Faults in the check of the timestamp."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from certhook.reference.application import Crash, Fields, Refusal
from certhook.reference.catalogue import fault
from certhook.reference.klas.target import BAD_PARAMS, UNKNOWN, KlasTarget


@fault("timestamp-ignored", breaks=["klas.timestamp.stale", "klas.timestamp.future", "klas.status.second-player"])
class TimestampIgnored(KlasTarget):
    """Does not look at the time."""

    def check_timestamp(self, fields: Fields) -> None:
        return


@fault("timestamp-one-hour", breaks=["klas.timestamp.stale", "klas.timestamp.future"])
class TimestampOneHour(KlasTarget):
    """Has a window of an hour."""

    window_s = 3600


@fault("timestamp-window-unit", breaks=["klas.timestamp.stale", "klas.timestamp.future"])
class TimestampWindowUnit(KlasTarget):
    """Has the window in milliseconds and compares it with seconds."""

    window_s = 300_000


@fault("timestamp-future-accepted", breaks=["klas.timestamp.future"])
class TimestampFutureAccepted(KlasTarget):
    """Forgets that a difference may be negative."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return now - sent <= self.window_s


@fault("timestamp-past-accepted", breaks=["klas.timestamp.stale", "klas.status.second-player"])
class TimestampPastAccepted(KlasTarget):
    """Subtracts the wrong way round, and so refuses only the future."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return sent - now <= self.window_s


@fault("timestamp-milliseconds-accepted", breaks=["klas.timestamp.future"])
class TimestampMillisecondsAccepted(KlasTarget):
    """Guesses the unit from the size of the number."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return super().is_fresh(sent / 1000 if 1e11 < sent < 1e15 else sent, now)


@fault("timestamp-zero-skipped", breaks=["klas.timestamp.stale"])
class TimestampZeroSkipped(KlasTarget):
    """Takes zero for a timestamp that was not given, and checks none."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return not sent or super().is_fresh(sent, now)


@fault("timestamp-negative-skipped", breaks=["klas.timestamp.stale"])
class TimestampNegativeSkipped(KlasTarget):
    """Takes a negative number for an overflow of its clock, and lets it pass."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return sent < 0 or super().is_fresh(sent, now)


@fault("timestamp-as-date", breaks=["klas.timestamp.not-a-number"])
class TimestampAsDate(KlasTarget):
    """Makes a date of whatever its language makes one of."""

    def check_shape(self, fields: Fields) -> None:
        given = fields.get("timestamp")
        if isinstance(given, str):
            with suppress(ValueError):
                fields["timestamp"] = datetime.fromisoformat(given).timestamp()
        super().check_shape(fields)


@fault("timestamp-text-unchecked", breaks=["klas.timestamp.stale", "klas.parameters.coercible"])
class TimestampTextUnchecked(KlasTarget):
    """Takes a text of digits for a timestamp, and compares only numbers with its clock."""

    def check_shape(self, fields: Fields) -> None:
        given = fields.get("timestamp")
        if isinstance(given, str) and given.isascii() and given.isdigit():
            fields["timestamp"] = self.now()
        super().check_shape(fields)


@fault("timestamp-fraction-unchecked", breaks=["klas.timestamp.stale"])
class TimestampFractionUnchecked(KlasTarget):
    """Compares only whole numbers with its clock."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return not float(sent).is_integer() or super().is_fresh(sent, now)


@fault("timestamp-empty-is-now", breaks=["klas.timestamp.not-a-number"], also=["klas.parameters.coercible"])
class TimestampEmptyIsNow(KlasTarget):
    """Takes the time of arrival where the timestamp is an empty text, as where none is needed."""

    def check_shape(self, fields: Fields) -> None:
        if fields.get("timestamp") == "":
            fields["timestamp"] = self.now()
        super().check_shape(fields)


@fault("timestamp-one-minute", breaks=["klas.timestamp.inside-window"])
class TimestampOneMinute(KlasTarget):
    """Has a window of a minute."""

    window_s = 60


@fault("timestamp-no-skew", breaks=["klas.timestamp.slightly-ahead"])
class TimestampNoSkew(KlasTarget):
    """Allows for no clock that is ahead of its own by more than five seconds."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return now - self.window_s <= sent <= now + 5


@fault("timestamp-code", breaks=["klas.timestamp.code", "klas.status.documented-code"])
class TimestampCode(KlasTarget):
    """Has a code of its own for requests out of time."""

    def check_timestamp(self, fields: Fields) -> None:
        if not self.is_fresh(fields["timestamp"], self.now()):
            raise Refusal("ERR_TIMESTAMP_EXPIRED")


@fault(
    "timestamp-503",
    breaks=[
        "klas.status.refusal-http",
        "klas.timestamp.stale",
        "klas.timestamp.future",
        "klas.robustness.no-server-error",
    ],
)
class Timestamp503(KlasTarget):
    """Answers a request out of time as an internal error, with HTTP 503."""

    def check_timestamp(self, fields: Fields) -> None:
        if not self.is_fresh(fields["timestamp"], self.now()):
            raise Refusal(UNKNOWN, 503)


@fault("timestamp-crash", breaks=["klas.robustness.no-server-error", "klas.timestamp.future"])
class TimestampCrash(KlasTarget):
    """Makes a date of the timestamp, which milliseconds are too large for."""

    def check_timestamp(self, fields: Fields) -> None:
        try:
            datetime.fromtimestamp(fields["timestamp"], UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise Crash from error
        if not self.is_fresh(fields["timestamp"], self.now()):
            raise Refusal(BAD_PARAMS)
