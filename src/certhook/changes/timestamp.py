"""Times well outside and well inside the window, never at its edge: clocks differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from certhook.changes.change import Change, Draft, Scope, Stage
from certhook.changes.registry import family
from certhook.clock import Window

MARGIN_S = 60
DAY_S = 86_400
YEAR_S = 365 * DAY_S


def _time(
    scope: Scope, name: str, says: str, moment: Callable[[float], float], *, legal: bool = False
) -> Iterator[Change]:
    """One change of the timestamp to `moment(now)`, in seconds; none where the protocol has no clock."""
    window = Window.of(scope.pack, scope.profile)
    if window is None:
        return

    def apply(draft: Draft) -> None:
        draft.fields[window.field] = window.stamp(moment(draft.now))

    yield Change(f"timestamp.{name}", says, Stage.FIELDS, apply, legal=legal)


def _seconds(scope: Scope) -> int:
    window = Window.of(scope.pack, scope.profile)
    return window.seconds if window else 0


@family("timestamp.stale")
def stale(scope: Scope) -> Iterator[Change]:
    ages = {"just": _seconds(scope) + MARGIN_S, "day": DAY_S, "year": YEAR_S}
    for name, age in ages.items():
        yield from _time(scope, f"stale:{name}", f"{age} seconds old", lambda now, age=age: now - age)


@family("timestamp.future")
def future(scope: Scope) -> Iterator[Change]:
    leads = {"just": _seconds(scope) + MARGIN_S, "day": DAY_S, "year": YEAR_S}
    for name, lead in leads.items():
        yield from _time(scope, f"future:{name}", f"{lead} seconds ahead", lambda now, lead=lead: now + lead)


@family("timestamp.not-positive")
def not_positive(scope: Scope) -> Iterator[Change]:
    yield from _time(scope, "not-positive:zero", "with the timestamp 0", lambda now: 0)
    yield from _time(scope, "not-positive:negative", "with a negative timestamp", lambda now: -now)


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
    age = _seconds(scope) - MARGIN_S
    yield from _time(scope, "inside", f"{age} seconds old", lambda now: now - age, legal=True)


@family("timestamp.ahead")
def ahead(scope: Scope) -> Iterator[Change]:
    yield from _time(scope, "ahead", "30 seconds ahead", lambda now: now + 30, legal=True)
