"""Faults in the check of the timestamp."""

from __future__ import annotations

from datetime import UTC, datetime

from certhook.reference.application import Crash
from certhook.reference.catalogue import fault
from certhook.reference.fargames.faults.consequences import NOT_ACCEPTED
from certhook.reference.fargames.platform import INVALID, refusal
from certhook.reference.fargames.target import DEMO, LIST, FargamesTarget

_OUTSIDE = ("fargames.timestamp.stale", "fargames.timestamp.future")


@fault(
    "demo-timestamp-ignored",
    breaks=[*_OUTSIDE, "fargames.timestamp.milliseconds", "fargames.timestamp.not-positive"],
)
class DemoTimestampIgnored(FargamesTarget):
    """Does not look at the time of demo requests, since nothing is at stake."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if operation != DEMO:
            super().check_timestamp(operation, timestamp)


@fault("list-timestamp-one-day", breaks=_OUTSIDE)
class ListTimestampOneDay(FargamesTarget):
    """Takes list requests for a day."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if operation != LIST or abs(self.now() - timestamp) > 90_000:
            super().check_timestamp(operation, timestamp)


@fault("timestamp-one-hour", breaks=_OUTSIDE)
class TimestampOneHour(FargamesTarget):
    """Has a window of an hour."""

    window_s = 3600


@fault("timestamp-future-accepted", breaks=["fargames.timestamp.future", "fargames.timestamp.milliseconds"])
class TimestampFutureAccepted(FargamesTarget):
    """Forgets that a difference may be negative."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return now - sent <= self.window_s


@fault("timestamp-past-accepted", breaks=["fargames.timestamp.stale"])
class TimestampPastAccepted(FargamesTarget):
    """Subtracts the wrong way round, and so refuses only the future."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return sent - now <= self.window_s


@fault("timestamp-milliseconds-accepted", breaks=["fargames.timestamp.milliseconds"])
class TimestampMillisecondsAccepted(FargamesTarget):
    """Guesses the unit from the size of the number."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return super().is_fresh(sent / 1000 if sent > 1e11 else sent, now)


class _ComparesWholeNumbers(FargamesTarget):
    """Takes something else for a timestamp, too, and compares only whole numbers with its clock."""

    def takes(self, timestamp: object) -> bool:  # noqa: ARG002 - a fault looks at it
        """Whether something is taken that may be no whole number: nothing is where a fault says no more."""
        return False

    def check_number(self, name: str, value: object) -> None:
        if name != "timestamp" or not self.takes(value):
            super().check_number(name, value)

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if isinstance(timestamp, int):
            super().check_timestamp(operation, timestamp)


@fault(
    "timestamp-text-unchecked",
    breaks=["fargames.timestamp.stale-written-otherwise", "fargames.parameters.coercible"],
)
class TimestampTextUnchecked(_ComparesWholeNumbers):
    """Takes a text of digits for a timestamp, which is never old."""

    def takes(self, timestamp: object) -> bool:
        return isinstance(timestamp, str) and timestamp.isascii() and timestamp.isdigit()


@fault("timestamp-fraction-unchecked", breaks=["fargames.timestamp.stale-written-otherwise"])
class TimestampFractionUnchecked(_ComparesWholeNumbers):
    """Takes a fraction for a timestamp, which is never old."""

    def takes(self, timestamp: object) -> bool:
        return isinstance(timestamp, float)


@fault("timestamp-zero-skipped", breaks=["fargames.timestamp.not-positive"])
class TimestampZeroSkipped(FargamesTarget):
    """Takes zero for a timestamp that was not given, and checks none."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if timestamp:
            super().check_timestamp(operation, timestamp)


@fault("timestamp-sign-lost", breaks=["fargames.timestamp.not-positive"])
class TimestampSignLost(FargamesTarget):
    """Reads the number into an unsigned one and loses the sign."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        super().check_timestamp(operation, abs(timestamp))


# Requests that would be signed alike are given seconds of their own, some of them minutes back.
@fault(
    "timestamp-one-minute",
    breaks=["fargames.timestamp.inside-window"],
    also=NOT_ACCEPTED | {"fargames.semantics.no-demo-code"},
)
class TimestampOneMinute(FargamesTarget):
    """Has a window of a minute."""

    window_s = 60


@fault("timestamp-no-skew", breaks=["fargames.timestamp.inside-window"])
class TimestampNoSkew(FargamesTarget):
    """Allows for no clock that is ahead of its own by more than five seconds."""

    def is_fresh(self, sent: float, now: float) -> bool:
        return now - self.window_s <= sent <= now + 5


@fault("timestamp-future-invalid", breaks=["fargames.timestamp.future-code"])
class TimestampFutureInvalid(FargamesTarget):
    """Answers a time ahead of its own as invalid."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if timestamp > self.now() + self.window_s:
            raise refusal(INVALID)
        super().check_timestamp(operation, timestamp)


@fault("timestamp-stale-invalid", breaks=["fargames.timestamp.stale"])
class TimestampStaleInvalid(FargamesTarget):
    """Answers a time behind its own as invalid."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        if timestamp < self.now() - self.window_s:
            raise refusal(INVALID)
        super().check_timestamp(operation, timestamp)


@fault("timestamp-crash", breaks=["fargames.robustness.no-server-error", "fargames.timestamp.milliseconds"])
class TimestampCrash(FargamesTarget):
    """Makes a date of the timestamp, which milliseconds are too large for."""

    def check_timestamp(self, operation: str, timestamp: int) -> None:
        try:
            datetime.fromtimestamp(timestamp, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise Crash from error
        super().check_timestamp(operation, timestamp)
