"""Fuzzing: bodies that nobody thought of find what the catalogue does not, and come down to small ones."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook.building.change import Stage
from certhook.fuzzing import exploration
from certhook.fuzzing.exploration import Exploration
from certhook.fuzzing.hypothesis_settings import draw_nothing_from_sources
from certhook.fuzzing.json_strategies import recipes
from certhook.fuzzing.recipe import Recipe
from certhook.recording.journal import read_journal
from certhook.running.certification import Certification
from certhook.suite import Item
from certhook.values import CaseOutcome, Outcome
from tests.certifying import authenticate, builder, certifying, klas
from tests.targets import Answering, Call, conformant, dropping, plain, serving, wrong_from, wrong_where


def has_fraction(call: Call) -> bool:
    """Whether a body is an object that holds a fractional number, as nothing in the catalogue does."""
    try:
        fields = json.loads(call.request.body)
    except (ValueError, RecursionError):
        return False
    values = fields.values() if isinstance(fields, dict) else ()
    return any(isinstance(value, float) and math.isfinite(value) for value in values)


def explored(certification: Certification) -> list[CaseOutcome]:
    """What fuzzing says of the requirements."""
    fuzzed = tuple(one.requirement.id for one in certification.selected if one.entry.check.bodies and not one.settled)
    item = Item("authenticate.malformed.fuzzed", certification, "malformed", authenticate(), fuzzed)
    with suppress(pytest.fail.Exception, pytest.xfail.Exception):
        Exploration(item).explore()
    return list(item.certification.ended.pop(item.id).outcomes)


def outcomes(folder: Path, target: Answering, **setup: Any) -> dict[str, CaseOutcome]:
    """The outcomes of fuzzing a target, by requirement."""
    words = {"max_examples": 120} | setup
    with serving(target) as served, certifying(folder, served.profile(), **words) as certification:
        return {one.requirement: one for one in explored(certification)}


def bodies(folder: Path) -> list[dict[str, Any]]:
    """The bodies of the fuzzed requests that were recorded, but for compressed ones, whose size hangs on fresh ids."""
    requests = [
        line["request"]
        for line in read_journal(folder / "journal.ndjson", "exchange")
        if line["case"].endswith(".fuzzed")
    ]
    return [one["body"] for one in requests if "Content-Encoding" not in dict(one["headers"])]


def test_a_conformant_target_is_not_accused(tmp_path: Path) -> None:
    """Whatever is drawn, a conformant target fails nothing."""
    found = outcomes(tmp_path, conformant)
    assert found
    assert {one.outcome for one in found.values()} == {Outcome.PASSED}


def test_a_fault_that_only_fuzzing_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash on fractions is found, and the finding's body is a small change of a valid one."""
    monkeypatch.setattr(exploration, "MAX_FINDINGS", 1)
    found = outcomes(tmp_path, wrong_where(has_fraction, lambda _: plain(500, b"overflow")), max_examples=300)
    crash = found["klas.robustness.no-server-error"]
    assert crash.outcome is Outcome.FAILED
    assert crash.finding is not None
    assert "HTTP 500" in crash.finding.observed
    assert len(crash.finding.message) < 300
    assert crash.finding.exchange is not None


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    """Two runs with one seed damage bodies alike; another seed draws others."""

    def drawn(name: str, seed: int) -> list[int]:
        folder = tmp_path / name
        folder.mkdir()
        outcomes(folder, conformant, seed=seed, max_examples=30)
        return sorted(body["bytes"] for body in bodies(folder))

    assert drawn("first", 1) == drawn("second", 1) != drawn("third", 2)


def test_nothing_is_drawn_from_sources() -> None:
    """What Hypothesis has read of source files before, as under pytest, is put aside."""
    from hypothesis.internal.conjecture import providers

    draw_nothing_from_sources()
    constants = providers._get_local_constants()
    assert not any((constants.integers, constants.floats, constants.bytes, constants.strings))


def test_the_next_run_begins_with_what_the_last_one_found(tmp_path: Path) -> None:
    """With the same examples database, whatever the seed, a body that was found is among the first that are sent."""
    target = wrong_where(has_fraction, lambda _: plain(500, b"overflow"))
    for name, seed, count in (("first", 0, 400), ("second", 99, 1)):
        folder = tmp_path / name
        folder.mkdir()
        found = outcomes(folder, target, max_examples=count, seed=seed, examples_db=str(tmp_path / "kept"))
        assert found["klas.robustness.no-server-error"].outcome is Outcome.FAILED
    texts = [body["text"] for body in bodies(tmp_path / "second")[:5]]
    assert any(re.search(r":-?[0-9]+\.[0-9]", text) for text in texts)


@pytest.mark.parametrize("wanted", [0, 7, 60, 460])
def test_as_many_bodies_are_sent_as_were_asked_for(wanted: int, tmp_path: Path) -> None:
    """max_examples is the number of bodies that are sent, where none of them finds anything."""
    outcomes(tmp_path, conformant, max_examples=wanted)
    exchanges = read_journal(tmp_path / "journal.ndjson", "exchange")
    assert sum(1 for line in exchanges if line["case"].endswith(".fuzzed")) == wanted


def test_a_refused_control_blocks_what_was_to_be_fuzzed(tmp_path: Path) -> None:
    """Where the control is not accepted, every requirement of the item is blocked and nothing is drawn."""
    found = outcomes(tmp_path, dropping)
    assert {one.outcome for one in found.values()} == {Outcome.BLOCKED}
    assert bodies(tmp_path) == []


def test_a_target_that_goes_away_leaves_nothing_passed(tmp_path: Path) -> None:
    """What the bodies said before the target went away does not make what is asked of bodies met."""
    found = outcomes(tmp_path, wrong_from(20, dropping))
    fuzzed = {entry.requirement.id for entry in klas().entries if entry.check.bodies}
    assert {one.outcome for id, one in found.items() if id in fuzzed} == {Outcome.BLOCKED}


def test_a_warning_does_not_hide_a_failure(tmp_path: Path) -> None:
    """A SHOULD that is broken is warned of, beside what else is found."""

    def misdeclared(call: Call) -> Any:
        given = conformant(call)
        signature = next(pair for pair in given.headers if pair[0] == b"X-Signature")
        return plain(given.status, given.body, (b"Content-Type", b"text/plain"), signature)

    target = wrong_where(lambda call: not call.valid, misdeclared)
    with serving(target) as served, certifying(tmp_path, served.profile(), max_examples=30) as certification:
        found = {one.requirement: one.outcome for one in explored(certification)}
    assert found["klas.status.media-type"] is Outcome.WARNED
    assert Outcome.FAILED not in found.values()


@settings(max_examples=60)
@given(st.data())
def test_every_recipe_can_be_applied(data: st.DataObject) -> None:
    """Whatever is drawn, a request comes of it, with a name for the report; what is done before signing is signed."""
    recipe: Recipe = data.draw(recipes(authenticate()))
    made = builder()
    request = made.build(authenticate(), recipe.as_change())
    if recipe.stage in (Stage.FIELDS, Stage.BODY):
        assert (request.header("x-signature") or b"").decode() == made.response_signature(request.body)
    assert recipe.says
    assert repr(recipe) == recipe.says
    assert "\n" not in recipe.says


@settings(max_examples=60)
@given(st.data())
def test_a_recipe_damages_every_body_alike(data: st.DataObject) -> None:
    """The same recipe on the same valid body makes the same bytes."""
    recipe: Recipe = data.draw(recipes(authenticate()))
    change = recipe.as_change()
    sizes = {len(builder().build(authenticate(), change).body) for _ in range(2)}
    assert len(sizes) == 1 or recipe.stage is Stage.WIRE  # compressed ids are not of one size


def test_a_requirement_of_refusals_judges_no_crash_of_a_repeated_body(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent before may be refused in any way; where it is not refused at all, that is another requirement's."""
    monkeypatch.setattr(exploration, "MAX_FINDINGS", 0)

    def unreadable(call: Call) -> bool:
        return not call.request.body.startswith(b"{")

    target = wrong_where(unreadable, lambda _: plain(500, b"crash"))
    with serving(target) as served, certifying(tmp_path, served.profile(), max_examples=120) as certification:
        explored(certification)
        again = {one.requirement: one.outcome for one in explored(certification)}
    assert again.get("klas.malformed.code") is not Outcome.WARNED, again
