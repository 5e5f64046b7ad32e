"""Requests that have nothing of their own but their time: no two are the same in every byte."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from certhook.building.builder import Builder
from certhook.building.clock import Moments, MomentScope, Window
from certhook.changes import CONTROL, Scope, changes_of
from certhook.changes.parameters import replaced
from certhook.profile.profile import Profile
from tests.engine.test_envelopes import DEMO, LINK, LIST, PACK, PROFILE

NOW = 1_800_000_000.25
WINDOW = Window("timestamp", "s", 40)
ALL = [int(NOW) - step for step in range(1, 21)]


def building() -> Builder:
    """A builder whose clock stands still."""
    return Builder(PACK, PROFILE, clock=lambda: NOW)


def taken(moments: Moments, operation: str, now: float) -> int:
    """The second of the next request that is moved."""
    moment = moments.spare(operation, now)
    moments.use(operation, moment)
    return int(moment)


def test_each_gets_a_second_of_its_own_near_now() -> None:
    """The closest first, none in the future, and none near the edge of the window."""
    moments = Moments(WINDOW, MomentScope())
    assert moments.latest(NOW) == NOW
    assert [taken(moments, "a", NOW) for _ in ALL] == ALL
    assert moments.spare("a", NOW) == NOW, "where all are used up, they are shared"
    assert moments.spare("b", NOW) == NOW - 1, "another operation has others"


def test_processes_share_the_seconds() -> None:
    """No two take the same, and none takes those that were used before them."""
    first = int(NOW) - 4
    for share in range(3):
        moments = Moments(WINDOW, MomentScope(share, 3, (first, int(NOW))))
        seconds = [int(moments.latest(NOW + 3)), taken(moments, "a", NOW + 3)]
        assert all(second % 3 == share and not first <= second <= NOW for second in seconds)


def test_no_two_valid_requests_are_the_same() -> None:
    """Controls, and requests with a change that changes nothing, differ in their time and so in their signature."""
    one = building()
    same = replaced(game_id=PROFILE.subject["game_id"])
    made = [one.build(operation, change) for operation in (DEMO, LIST) for change in (CONTROL, same, CONTROL, same)]
    assert len({(request.target, request.body) for request in made}) == len(made)
    times = [json.loads(request.body)["timestamp"] for request in made]
    assert all(abs(time - NOW) <= 20 for time in times)


def test_no_operation_is_asked_with_the_signature_of_another() -> None:
    """A request for a link that lacks its session is, by its body, one for a demo link: it has another time."""
    one = Builder(PACK, without_optional(), clock=lambda: NOW)
    (lacking,) = changes_of("parameters.missing:agent_session_id", Scope(PACK, LINK, PROFILE))
    made = [one.build(DEMO), one.build(LINK, lacking), one.build(LINK, lacking), one.build(DEMO)]
    assert len({json.loads(request.body).keys() == json.loads(made[0].body).keys() for request in made}) == 1
    assert len({request.header("X-Signature") for request in made}) == len(made)


def without_optional() -> Profile:
    """The profile of somebody who gives no more than has to be given."""
    subject = {name: PROFILE.subject[name] for name in ("agent_id", "game_id")}
    return replace(PROFILE, subject=subject)


@pytest.mark.parametrize("share", [0, 1])
def test_a_captured_signature_is_wrong_for_its_body(share: int) -> None:
    """Whatever second a process has to itself, and where it has none left: it is not the signature of this request."""
    one = Builder(PACK, PROFILE, clock=lambda: NOW, moments=MomentScope(share, 2))
    for operation in (LINK, DEMO, LIST):
        (captured,) = changes_of("signature.captured", Scope(PACK, operation, PROFILE))
        for change in (CONTROL, captured, *[CONTROL] * 200, captured, captured):
            request = one.build(operation, change)
            right = one.request_signature(request)
            assert right is not None
            assert (request.header(PACK.signing.header) == right.encode()) is (change is CONTROL)


def test_an_id_of_its_own_is_enough() -> None:
    """Where each request has one, its time is now."""
    one = building()
    assert {json.loads(one.build(LINK).body)["timestamp"] for _ in range(5)} == {int(NOW)}
