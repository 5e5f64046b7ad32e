"""Requests to a quick target go out in bulk: all are built, all are sent, and then all are read."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from certhook.building.builder import Builder
from certhook.building.change import CONTROL
from certhook.changes.bodies import catalogue
from certhook.exchange import Request
from certhook.reference.wire import HttpAnswer
from certhook.sending import courier, lanes, transport
from certhook.sending.courier import Courier, Delivery, Errand
from certhook.sending.transport import Lane, Pace, Sent
from tests.certifying import authenticate, certifying, change
from tests.targets import Answering, Call, Served, conformant, plain, serving, wrong_once

SEVERAL = [CONTROL, change("signature.random"), CONTROL, change("signature.truncated:8"), CONTROL, CONTROL]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every target is a quick one, however busy the machine."""
    monkeypatch.setattr(lanes, "QUICK_S", 60.0)


@contextmanager
def sending(folder: Path, answering: Answering) -> Iterator[tuple[Courier, Served]]:
    """A courier that knows its target to be quick."""
    with serving(answering) as served, certifying(folder, served.profile()) as certification:
        certification.courier.deliver(certification.courier.control(authenticate(), "first"))
        served.calls.clear()
        yield certification.courier, served


def delivered(courier: Courier) -> list[Delivery]:
    """What became of several errands, each named after its place."""
    return courier.deliver_all(Errand(authenticate(), one, str(place)) for place, one in enumerate(SEVERAL))


def test_a_bulk_is_recorded_in_the_order_of_its_errands(tmp_path: Path) -> None:
    """Over whatever connection each went: numbers rise in the order in which the errands were given."""
    with sending(tmp_path, conformant) as (sender, served):
        deliveries = delivered(sender)
    assert [one.exchange.number for one in deliveries] == [*range(2, 2 + len(SEVERAL))]
    assert [one.errand.case for one in deliveries] == [*map(str, range(len(SEVERAL)))]
    assert [one.accepted for one in deliveries] == [one is CONTROL for one in SEVERAL]
    assert len(served.calls) == len(SEVERAL)


def test_what_became_old_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that waited for too long is not sent as it is, and what is judged by is that of the one sent."""
    built: list[Mapping[str, Any]] = []
    build = Builder.build_from

    def noting(*given: Any) -> tuple[Request, Mapping[str, Any]]:
        made = build(*given)
        built.append(made[1])
        return made

    with sending(tmp_path, conformant) as (sender, _):
        monkeypatch.setattr(Builder, "build_from", noting)
        monkeypatch.setattr(courier, "STALE_S", -1.0)
        deliveries = delivered(sender)
    assert len(built) == 2 * len(SEVERAL)
    for one in deliveries:
        assert one.valid not in built[: len(SEVERAL)]
        assert json.loads(one.exchange.request.body) == one.valid


@pytest.mark.parametrize("quick", [True, False])
def test_no_request_waits_for_its_turn_once_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, quick: bool
) -> None:
    """However long the run's pace holds it up: the time in a request is that of when it goes out."""
    monkeypatch.setattr(lanes, "QUICK_S", 60.0 if quick else 0.0)
    clock = iter(range(10**9))
    waited: dict[int, int] = {}
    built: dict[str, int] = {}
    build = Builder.build_from

    def waiting(_: Pace) -> None:
        waited[threading.get_ident()] = next(clock)

    def noting(*given: Any) -> tuple[Request, Mapping[str, Any]]:
        made = build(*given)
        built[made[1]["request_id"]] = next(clock)
        return made

    def sent(self: Lane, request: Request, *given: Any) -> Sent:
        late.append(built[json.loads(request.body)["request_id"]] < waited[threading.get_ident()])
        return send(self, request, *given)

    late: list[bool] = []
    send = Lane.send
    with sending(tmp_path, conformant) as (sender, _):
        monkeypatch.setattr(Pace, "wait", waiting)
        monkeypatch.setattr(Builder, "build_from", noting)
        monkeypatch.setattr(Lane, "send", sent)
        monkeypatch.setattr(courier, "STALE_S", -1.0)  # any wait is too long
        delivered(sender)
    assert late == [False] * len(SEVERAL)


def test_what_is_limited_goes_out_again_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request of a bulk that the target's rate limit refused is sent once more; the others are not."""
    monkeypatch.setattr(transport.Pace, "hold", lambda *_: True)

    def bad(call: Call) -> bool:
        return not call.valid

    with sending(tmp_path, wrong_once(bad, lambda _: plain(429))) as (sender, served):
        deliveries = delivered(sender)
    assert [one.errand.case for one in deliveries] == [*map(str, range(len(SEVERAL)))]
    assert [one.accepted for one in deliveries] == [one is CONTROL for one in SEVERAL]
    assert all(one.accepted or one.refused for one in deliveries)
    assert len(served.calls) == len(SEVERAL) + 1


def test_a_repetition_is_known(tmp_path: Path) -> None:
    """A body without an id of its own is the same each time: a target may take it for a replay, and not the others."""
    same = next(one for one in catalogue("json") if one.name == "malformed.null")
    with sending(tmp_path, conformant) as (sender, _):
        (once,) = sender.deliver_all([Errand(authenticate(), same, "once")])
        twice = sender.deliver_all([Errand(authenticate(), one, "") for one in (same, CONTROL, CONTROL)])
    assert not once.repeated
    assert [one.repeated for one in twice] == [True, False, False]


def one_at_once(call: Call) -> HttpAnswer:
    """Answer one request at a time, and tell any other to come later."""
    with call.served.lock:
        call.served.notes["at once"] = at_once = call.served.notes.get("at once", 0) + 1
    call.served.ending.wait(0.02)
    with call.served.lock:
        call.served.notes["at once"] -= 1
    return conformant(call) if at_once == 1 else plain(503, b"", (b"Retry-After", b"0"))


def test_a_target_that_is_asked_for_too_much_is_asked_for_less(tmp_path: Path) -> None:
    """Where several requests at once are turned away, they go out one by one, over no more connections than needed."""
    with sending(tmp_path, one_at_once) as (sender, served):
        deliveries = delivered(sender)
        assert sender.width == 1
        calls = len(served.calls)
        delivered(sender)
    assert [one.accepted for one in deliveries] == [one is CONTROL for one in SEVERAL]
    assert len(served.calls) == calls + len(SEVERAL)
