"""A flow sends what no case of its group has sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook.judging.judge import Judgement
from certhook.running.conversation import Conversation
from certhook.running.items import Item
from certhook.running.watch import Observed
from certhook.suite import observation
from tests.certifying import authenticate, certifying, change
from tests.targets import conformant, serving

CHANGES = [change(f"methods.{method}") for method in ("get", "put")]


@pytest.mark.parametrize(("planned", "sent"), [(True, 1), (False, 2)])
def test_what_cases_have_brought_is_not_asked_for_again(tmp_path: Path, planned: bool, sent: int) -> None:  # noqa: FBT001 - a parameter
    """A change that was sent as a case brings that answer; one that was not is sent now."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        cases = [case for case in certification.cases if case.group == "methods"]
        certification.plan([case for case in cases if case.change.name == "methods.get"] if planned else [])
        conversation = Conversation(
            Item("flow", certification, "methods", authenticate(), ("klas.methods.status-405",))
        )
        deliveries = conversation.brought(CHANGES)
    assert [one.exchange.request.method for one in deliveries] == ["GET", "PUT"]
    assert {one.exchange.number for one in conversation.deliveries} == {one.exchange.number for one in deliveries}
    assert len([one for one in deliveries if one.exchange.case == "flow"]) == sent


def test_a_finding_about_a_flow_says_what_was_sent(tmp_path: Path) -> None:
    """What a rule for every answer finds in one of its answers names the request, and not the flow."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        item = Item("authenticate.status.flow", certification, "status", authenticate(), ("klas.status.second-player",))
        conversation = Conversation(item)
        conversation.second_player()
        exchange = conversation.deliveries[0].exchange
        seen = Observed(breach=Judgement("klas.fields.currency", "a string", "nothing", exchange))
        outcome = observation(certification, seen)
    assert outcome.finding is not None
    assert outcome.finding.message == "a valid authenticate request, but for the profile's second player"
