"""Cases: which requests a run sends, and for which requirements."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from certhook.building.builder import Builder
from certhook.errors import UsageError
from certhook.judging.invariants import INVARIANTS
from certhook.judging.oracle import Wrong
from certhook.pack.annotations import requirements_in
from certhook.pack.loading import load_pack, protocols
from certhook.places import suites_dir
from certhook.profile.profile import profile_from
from certhook.reference import profile as reference_profile
from certhook.reference.klas.target import KlasTarget
from certhook.running.cases import Case, Selected, asks_about, cases_of, select
from certhook.running.setup import Setup
from certhook.values import GROUPS, Level, Outcome
from tests.certifying import authenticate, builder, klas, profile

URL = "http://target.example"
COMPLETE = KlasTarget.profile(URL) | {"options": {"max_p95_ms": 5000}}
GROUPS_OF_KLAS = klas().groups


def selected(*groups: str, ids: tuple[str, ...] = (), data: dict[str, Any] | None = None) -> tuple[Selected, ...]:
    """The requirements of a klas run."""
    return select(klas(), profile(data or COMPLETE), groups, ids)


@cache
def cases(*groups: str, ids: tuple[str, ...] = ()) -> dict[str, Case]:
    """The cases of a klas run, by id."""
    found = cases_of(klas(), profile(COMPLETE), selected(*groups, ids=ids), builder(data=COMPLETE))
    assert len({case.id for case in found}) == len(found)
    return {case.id: case for case in found}


def flows() -> set[str]:
    """The requirements that a test in the suites is the flow of."""
    import re

    text = "".join(path.read_text(encoding="utf-8") for path in suites_dir().glob("test_*.py"))
    return set(re.findall(r'@flow\("([^"]+)"\)', text))


@pytest.mark.parametrize("group", GROUPS_OF_KLAS)
def test_a_case_keeps_its_id_whatever_is_selected(group: str) -> None:
    """A run about one group sends, under the same ids and in the same rounds, what a whole run sends for it."""
    whole = cases()
    for id, case in cases(group).items():
        assert id in whole
        assert (whole[id].group, whole[id].change.name) == (case.group, case.change.name)


@pytest.mark.parametrize("group", GROUPS_OF_KLAS)
def test_a_selected_group_is_asked_what_a_whole_run_asks_of_it(group: str) -> None:
    """Selecting a group leaves out none of its questions but those that other groups' probes ask again."""

    def asked(found: dict[str, Case]) -> set[tuple[str, str]]:
        sent = [case for case in found.values() if case.group == group or ".probe." not in case.id]
        pairs = {(case.id, ask.requirement.id) for case in sent for ask in case.asks}
        return {(id, requirement) for id, requirement in pairs if requirement.split(".")[1] == group}

    assert asked(cases(group)) == asked(cases())
    assert {ask.requirement.group for case in cases(group).values() for ask in case.asks} <= {group}


def test_what_is_wrong_is_also_wrong_later_on() -> None:
    """The probes of the last groups ask what the first groups ask: a target may let through later what it refused."""
    asked = {ask.requirement.id for id, case in cases().items() if ".semantics.probe." in id for ask in case.asks}
    assert asked >= {"klas.signature.random", "klas.timestamp.stale", "klas.parameters.unknown-player"}


def test_an_id_begins_with_its_round() -> None:
    """`operation.group.` is what keeps the cases of a round on one worker."""
    for case in cases().values():
        assert case.id.startswith(f"{case.operation.name}.{case.group}.")


def test_cases_are_in_the_order_of_groups() -> None:
    """Rounds come one after the other, in the order in which groups are known."""
    order = [GROUPS.index(case.group) for case in cases().values()]
    assert order == sorted(order)


@pytest.mark.parametrize("protocol", protocols())
def test_every_requirement_is_tested_by_something(protocol: str) -> None:
    """Each that applies has a case that asks about it, a rule for all answers, a schema, or a flow in the suites."""
    pack = load_pack(protocol)
    full = profile_from(
        reference_profile(protocol, URL),
        source="test",
        protocol=protocol,
        protocol_schema=pack.profile_schema,
        requirement_ids=[one.id for one in pack.requirements],
    )
    chosen = select(pack, full)
    found = cases_of(pack, full, chosen, Builder(pack, full))
    covered = {ask.requirement.id for case in found for ask in case.asks}
    covered |= {id for one in pack.operations for part in (one.success, one.refusal) for id in requirements_in(part)}
    covered |= {entry.requirement.id for entry in pack.entries if entry.check.invariant in INVARIANTS} | flows()
    open_ones = {one.requirement.id for one in chosen if one.settled is None}
    assert open_ones - covered == set()


def test_every_flow_of_the_pack_is_in_the_suites() -> None:
    """A requirement that says that a flow tests it has one."""
    assert {entry.requirement.id for entry in klas().entries if entry.check.flow} <= flows()


def test_groups_and_ids_select_together() -> None:
    """A group with a requirement of another one is all of the group and that one."""
    chosen = {one.requirement.id for one in selected("timestamp", ids=("klas.status.valid-accepted",))}
    assert chosen == {one.id for one in klas().requirements if one.group == "timestamp"} | {
        "klas.status.valid-accepted"
    }


def test_without_a_selection_everything_is_selected() -> None:
    """A run is about the whole catalogue unless it is told otherwise."""
    assert [one.requirement for one in selected()] == list(klas().requirements)


def test_a_profile_may_change_a_level() -> None:
    """The requirement is judged at the profile's level; all others stay."""
    data = COMPLETE | {"levels": {"klas.timestamp.future": "MUST"}}
    levels = {one.requirement.id: one.requirement.level for one in selected(data=data)}
    assert levels["klas.timestamp.future"] is Level.MUST
    assert klas().requirement("klas.timestamp.future").level is Level.SHOULD
    assert all(levels[one.id] is one.level for one in klas().requirements if one.id != "klas.timestamp.future")


def test_what_needs_test_data_that_is_not_there_is_not_tested() -> None:
    """Without a second player, what needs one is settled before anything is sent, and says what is lacking."""
    data = KlasTarget.profile(URL)
    del data["subject"]["other_player_id"], data["subject"]["other_session_id"]
    lacking = [one for one in selected(data=data) if one.settled is Outcome.NOT_TESTED]
    assert lacking
    assert any("subject.other_" in one.reason for one in lacking)
    settled = {one.requirement.id for one in lacking}
    found = cases_of(klas(), profile(data), selected(data=data), builder(data=data))
    assert not settled & {ask.requirement.id for case in found for ask in case.asks}


def test_what_is_valid_with_a_profile_is_not_tested_with_it() -> None:
    """An account that the document shows cannot be refused to whoever has it; with any other, it can."""
    pack, reasons = load_pack("evi"), {}
    for password in ("evipassword", "another"):
        data = reference_profile("evi", URL)
        data["credentials"] = {"username": "eviuser", "password": password}
        whole = profile_from(
            data,
            source="test",
            protocol="evi",
            protocol_schema=pack.profile_schema,
            requirement_ids=[one.id for one in pack.requirements],
        )
        (one,) = select(pack, whole, ids=["evi.credentials.example-account"])
        reasons[password] = (one.settled, one.reason)
    assert reasons["another"] == (None, "")
    assert reasons["evipassword"][0] is Outcome.NOT_TESTED
    assert "credentials.username and credentials.password" in reasons["evipassword"][1]


def test_what_a_document_has_not_is_not_applicable() -> None:
    """A requirement without an object says why, and nothing is sent for it."""
    reasons = [one.reason for one in selected() if one.settled is Outcome.NOT_APPLICABLE]
    assert all(reasons)
    assert len(reasons) == len([one for one in klas().entries if one.check.not_applicable])


def test_what_applies_only_with_an_option_says_which() -> None:
    """A requirement with a condition is not applicable where the profile says otherwise, naming the place."""
    from dataclasses import replace

    entry = klas().entries[0]
    for wanted, shown in ((True, "true"), ("ms", '"ms"')):
        conditioned = replace(entry, check=replace(entry.check, when={"options.timestamp_unit": wanted}))
        (one,) = select(replace(klas(), entries=(conditioned,)), profile(COMPLETE))
        assert one.settled is Outcome.NOT_APPLICABLE
        assert f"options.timestamp_unit = {shown}" in one.reason


@pytest.mark.parametrize(
    ("categories", "answers"),
    [
        (set(), {"not-integrity"}),
        ({"extra"}, {"not-integrity"}),
        ({"other-value"}, set()),
        ({"grammar", "deep"}, set()),
        ({"missing", "other-value"}, set()),
    ],
)
def test_a_body_that_nobody_can_foretell_is_asked_nothing(categories: set[str], answers: set[str]) -> None:
    """Other values and hidden depth are only to be survived; of a valid body a right signature must not be doubted."""
    asks = asks_about(map(Wrong, categories), klas(), selected(), authenticate())
    assert {ask.allowed.name for ask in asks} == answers


def test_one_thing_wrong_is_asked_exactly() -> None:
    """A body that breaks the grammar alone is asked every requirement about the grammar."""
    asks = asks_about([Wrong("grammar")], klas(), selected(), authenticate())
    assert {ask.requirement.id for ask in asks} == {
        entry.requirement.id for entry in klas().entries if "grammar" in entry.check.bodies
    }


def test_two_things_wrong_are_asked_to_be_refused_only() -> None:
    """Of a body with several mistakes nobody can say which code it gets, only that it is refused."""
    asks = asks_about([Wrong("missing"), Wrong("null")], klas(), selected(), authenticate())
    assert [(ask.allowed.name, ask.requirement.level) for ask in asks] == [("refused", Level.MUST)]


def test_everything_survives_being_handed_to_a_worker() -> None:
    """A setup comes back from JSON as it was, and selects the same."""
    import json

    setup = Setup("klas", "out", profile=COMPLETE, groups=("fields",), requirements=("klas.status.valid-accepted",))
    again = Setup.from_json(json.loads(json.dumps(setup.as_json())))
    assert again == setup
    assert again.load().selected == setup.load().selected


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"groups": ("feilds",)}, "unknown group 'feilds'; did you mean fields?"),
        ({"groups": ("credentials",)}, "klas has no requirement in group 'credentials'"),
        ({"requirements": ("klas.fields.currancy",)}, "did you mean klas.fields.currency?"),
        ({"requirements": ("nonsense",)}, "certhook list klas shows them all"),
        ({"protocol": "klass"}, "unknown protocol 'klass'; did you mean klas?"),
    ],
)
def test_what_nobody_knows_is_refused(changed: dict[str, Any], says: str) -> None:
    """An unknown name is wrong usage, and the message has the nearest right one."""
    words = {"protocol": "klas", "output": "out", "profile": COMPLETE} | changed
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        Setup(**words).load()


def test_the_profile_s_file_may_add_to_the_embedded_target_s(tmp_path: Path) -> None:
    """Address, credentials and test data are the embedded target's own; options and limits may come from a file."""
    path = tmp_path / "p.toml"
    path.write_text('[credentials]\nsecret = "other"\n[limits]\ntimeout_s = 3\n[options]\ntimestamp_window_s = 200\n')
    loaded = Setup("klas", "out", profile=COMPLETE, profile_path=str(path), max_examples=5, embedded=True).load()
    assert loaded.profile.limits.timeout_s == 3
    assert loaded.profile.limits.max_examples == 5
    assert loaded.profile.options["timestamp_window_s"] == 200
    assert loaded.profile.credentials["secret"] == COMPLETE["credentials"]["secret"]


def test_a_profile_cannot_soften_the_document(tmp_path: Path) -> None:
    """Only what this suite ruled has a level that a profile may change; a document's MUST stays one."""
    path = tmp_path / "p.toml"
    path.write_text('[levels]\n"klas.fields.currency" = "SHOULD"\n')
    with pytest.raises(UsageError, match=r'levels\."klas\.fields\.currency": its basis is document'):
        Setup("klas", "out", profile=COMPLETE, profile_path=str(path)).load()
