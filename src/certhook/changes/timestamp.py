"""Times well outside and well inside the window, never at its edge: clocks differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from certhook.building.change import Change, Draft, Stage
from certhook.building.clock import MARGIN_S, Window
from certhook.changes.registry import Scope, family

AHEAD_S = 30
DAY_S = 86_400
YEAR_S = 365 * DAY_S


def _time(
    scope: Scope, name: str, says: str, moment: Callable[[float], float], *, legal: bool = False
) -> Iterator[Change]:
    """One change of the timestamp to `moment(now)`, in seconds."""
    yield from _written(scope, name, says, lambda window, now: window.stamp(moment(now)), legal=legal)


def _written(
    scope: Scope, name: str, says: str, write: Callable[[Window, float], Any], *, legal: bool = False
) -> Iterator[Change]:
    """One change of the timestamp to what is written of now; none where the protocol has no clock."""
    window = Window.of(scope.pack, scope.profile)
    if window is None:
        return

    def apply(draft: Draft) -> None:
        draft.fields[window.field] = write(window, draft.now)

    yield Change(f"timestamp.{name}", says, Stage.FIELDS, apply, legal=legal)


def _distances(scope: Scope) -> dict[str, int]:
    """Seconds that lie well outside the window, by name."""
    window = Window.of(scope.pack, scope.profile)
    least = window.seconds + MARGIN_S if window else 0
    return {"just": least} | {name: far for name, far in {"day": DAY_S, "year": YEAR_S}.items() if far > least}


def _shifted(scope: Scope, name: str, says: str, seconds: float, *, legal: bool = False) -> Iterator[Change]:
    """One change of the timestamp by so many seconds, back where they are negative."""
    yield from _time(scope, name, says, lambda now: now + seconds, legal=legal)


@family("timestamp.stale")
def stale(scope: Scope) -> Iterator[Change]:
    for name, age in _distances(scope).items():
        yield from _shifted(scope, f"stale:{name}", f"{age} seconds old", -age)


@family("timestamp.stale-written-otherwise")
def stale_written_otherwise(scope: Scope) -> Iterator[Change]:
    """As a text of digits, and with a fraction: whether a target takes such a time is open, not whether it is old.

    Refused it says nothing, accepted that nobody looked how old it is.
    """
    age = _distances(scope)["just"]
    ways: dict[str, tuple[str, Callable[[Window, float], Any]]] = {
        "text": ("a text of digits", lambda window, now: str(window.stamp(now - age))),
        "fraction": ("a fraction", lambda window, now: window.stamp(now - age) - 0.5),
    }
    for word, (what, write) in ways.items():
        says = f"with a timestamp of {age} seconds ago as {what}"
        yield from _written(scope, f"stale-written-otherwise:{word}", says, write)


@family("timestamp.future")
def future(scope: Scope) -> Iterator[Change]:
    for name, lead in _distances(scope).items():
        yield from _shifted(scope, f"future:{name}", f"{lead} seconds ahead", lead)


@family("timestamp.not-positive")
def not_positive(scope: Scope) -> Iterator[Change]:
    yield from _time(scope, "not-positive:zero", "with the timestamp 0", lambda now: 0)
    yield from _time(scope, "not-positive:negative", "with a negative timestamp", lambda now: -now)


@family("timestamp.not-a-number")
def not_a_number(scope: Scope) -> Iterator[Change]:
    """Texts that some read as a time, and some as none given: that of now, which shows that nothing else is wrong."""
    yield from _written(scope, "not-a-number:date", "with its timestamp as a date", lambda _, now: _date(now))
    yield from _written(scope, "not-a-number:empty", "with an empty string as its timestamp", lambda _, now: "")


def _date(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@family("timestamp.milliseconds")
def milliseconds(scope: Scope) -> Iterator[Change]:
    """Where seconds are documented: a time in the far future."""
    window = Window.of(scope.pack, scope.profile)
    if window and window.unit == "s":
        yield from _time(scope, "milliseconds", "with its timestamp in milliseconds", lambda now: now * 1000)


@family("timestamp.seconds")
def seconds(scope: Scope) -> Iterator[Change]:
    """Where milliseconds are documented: a time in the far past."""
    window = Window.of(scope.pack, scope.profile)
    if window and window.unit == "ms":
        yield from _time(scope, "seconds", "with its timestamp in seconds", lambda now: now / 1000)


@family("timestamp.inside")
def inside(scope: Scope) -> Iterator[Change]:
    window = Window.of(scope.pack, scope.profile)
    if window:
        age = window.reach_s
        yield from _shifted(scope, "inside", f"{age} seconds old", -age, legal=True)


@family("timestamp.inside-ahead")
def inside_ahead(scope: Scope) -> Iterator[Change]:
    window = Window.of(scope.pack, scope.profile)
    if window:
        lead = window.reach_s
        yield from _shifted(scope, "inside-ahead", f"{lead} seconds ahead", lead, legal=True)


@family("timestamp.ahead")
def ahead(scope: Scope) -> Iterator[Change]:
    window = Window.of(scope.pack, scope.profile)
    if window:
        lead = min(AHEAD_S, window.seconds // 2)
        yield from _shifted(scope, "ahead", f"{lead} seconds ahead", lead, legal=True)
