"""A statement says of a run what its result says, in in-toto's words and in certhook's, and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from certhook.attesting.statement import canonical, contradictions, read_statement, statement_of
from certhook.recording.results import result_bytes, result_of
from tests.attesting.runs import PACK_DIGEST, certificate_schema, head
from tests.recording.lines import (
    ENDED,
    MUST,
    SHOULD,
    STARTED,
    Line,
    case_line,
    doctor_line,
    end_line,
    journal_at,
    outcome,
    requirement,
    waiver,
)

OTHERS = [f"klas.signature.n-{letter}" for letter in "abc"]


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """The result of a journal with those lines, and the statement that is made from it."""

    def make(*lines: Line) -> tuple[Line, Line]:
        result = result_of(journal_at(tmp_path / "journal.ndjson", *lines))
        statement = statement_of(result, result_bytes(result))
        certificate_schema("statement").validate(statement)
        assert list(contradictions(statement)) == []
        assert read_statement(canonical(statement)) == json.loads(canonical(statement))
        return result, statement

    return make


def test_it_is_about_the_target_with_this_profile(made: Any) -> None:
    """The subject is the target's URL, with the digest of the redacted profile."""
    profile = {"credentials": {"secret": "***"}, "subject": {"name": "é"}}
    _, statement = made(head(profile=profile), case_line(), end_line())
    spelled = b'{"credentials":{"secret":"***"},"subject":{"name":"\\u00e9"}}'
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    digest = {"sha256": hashlib.sha256(spelled).hexdigest()}
    assert statement["subject"] == [{"name": "http://target.example/", "digest": digest}]
    assert statement["predicate"]["configuration"] == [
        {"name": "pack", "digest": {"sha256": PACK_DIGEST}},
        {"name": "profile", "digest": digest},
    ]


def test_everything_that_bears_on_the_verdict_is_in_it(made: Any) -> None:
    """Verdict, counts, outcomes, versions, seed, times, waivers and notices are those of the result."""
    line = head(waivers=[waiver()], notices=["TLS was not verified"])
    result, statement = made(line, case_line(outcome(what="failed", observed="x")), end_line())
    own = statement["predicate"]["certhook"]
    assert own.keys() >= {"verdict", "incomplete_because", "counts", "versions", "pack_digest", "seed", "duration_s"}
    for name in own.keys() - {"requirements", "result"}:
        assert own[name] == result[name], name
    assert own["requirements"] == [{"id": MUST, "level": "MUST", "outcome": "waived"}]
    assert own["result"] == {
        "name": "result.json",
        "digest": {"sha256": hashlib.sha256(result_bytes(result)).hexdigest()},
    }
    assert (own["verdict"], own["started"], own["notices"]) == ("certified", STARTED, ["TLS was not verified"])
    assert own["waivers"][0]["owner"] == "Ada"


RUNS: dict[str, tuple[tuple[Line, ...], str]] = {
    "certified": ((head(), case_line(), end_line()), "PASSED"),
    "warned": ((head(requirement(SHOULD, "SHOULD")), case_line(outcome(SHOULD, "warned")), end_line()), "WARNED"),
    "waived": ((head(waivers=[waiver()]), case_line(outcome(what="failed")), end_line()), "WARNED"),
    "failed": ((head(), case_line(outcome(what="failed")), end_line()), "FAILED"),
    "blocked": ((head(), case_line(outcome(what="blocked")), end_line()), "FAILED"),
    "unreachable": ((head(), doctor_line(ok=False, reason="dead"), end_line()), "FAILED"),
    "interrupted": ((head(), case_line(), end_line("Ctrl-C")), "FAILED"),
    "killed": ((head(), case_line()), "FAILED"),
    "expired waiver": ((head(waivers=[waiver(expired=True)]), case_line(), end_line()), "FAILED"),
    "unused waiver": ((head(waivers=[waiver()]), case_line(), end_line()), "FAILED"),
}


@pytest.mark.parametrize("kind", RUNS)
def test_only_a_certified_run_passes(made: Any, kind: str) -> None:
    """PASSED and WARNED are certified runs; any other run is FAILED, with certhook's verdict as it is."""
    lines, expected = RUNS[kind]
    result, statement = made(*lines)
    assert statement["predicate"]["result"] == expected
    assert statement["predicate"]["certhook"]["verdict"] == result["verdict"]
    assert (result["verdict"] == "certified") == (expected != "FAILED")


def test_tests_are_listed_by_what_became_of_them(made: Any) -> None:
    """Met, not met but accepted, and not met: each requirement is in one list, what was not judged in none."""
    blocked, failed, passed = OTHERS
    selected = [requirement(MUST), requirement(SHOULD, "SHOULD"), *map(requirement, OTHERS)]
    said = [outcome(MUST, "failed"), outcome(SHOULD, "warned"), outcome(blocked, "blocked")]
    said += [outcome(failed, "failed"), outcome(passed)]
    _, statement = made(head(*selected, waivers=[waiver()]), case_line(*said), end_line())
    predicate = statement["predicate"]
    assert predicate["passedTests"] == [passed]
    assert predicate["warnedTests"] == [SHOULD, MUST]
    assert predicate["failedTests"] == [failed]


def test_the_same_result_makes_the_same_bytes(made: Any) -> None:
    """The payload hangs on the result alone, not on the order in which its members were written."""
    result, statement = made(head(), case_line(), end_line())
    turned = json.loads(json.dumps(result), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert list(turned) != list(result)
    assert canonical(statement_of(turned, result_bytes(result))) == canonical(statement)
    assert ENDED not in canonical(statement).decode()


def test_half_a_character_is_carried(made: Any) -> None:
    """What a target put into a reason can be signed and read again, even half a surrogate pair."""
    _, statement = made(head(), doctor_line(ok=False, reason="\ud800\x1b"), end_line())
    assert "\ud800" in statement["predicate"]["certhook"]["incomplete_because"][1]


WRONG: dict[str, tuple[Any, str]] = {
    "not JSON": (b"{", "is not JSON"),
    "a list": (b"[]", "is not a JSON object"),
    "a member twice": (b'{"a":1,"a":2}', "names a member twice"),
    "empty": (b"{}", "is not a statement of certhook: _type is missing"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_statement_is_named(kind: str) -> None:
    """A payload that is no statement is named for what it is."""
    payload, expected = WRONG[kind]
    with pytest.raises(ValueError, match=expected):
        read_statement(payload)


def changed(statement: Line, place: str, value: Any) -> Line:
    """A copy of a statement with another value at a place."""
    copy: Line = json.loads(json.dumps(statement))
    *way, last = place.split(".")
    found: Any = copy
    for step in way:
        found = found[int(step)] if step.isdecimal() else found[step]
    found[last] = value
    return copy


MALFORMED: list[tuple[str, Any]] = [
    ("_type", "https://in-toto.io/Statement/v2"),
    ("predicateType", "https://slsa.dev/provenance/v1"),
    ("subject", []),
    ("subject.0.digest", {"md5": "x"}),
    ("predicate.result", "OK"),
    ("predicate.passedTests", None),
    ("predicate.certhook", []),
    ("predicate.certhook.verdict", "great"),
    ("predicate.certhook.requirements", []),
    ("predicate.certhook.started", "yesterday"),
    ("predicate.certhook.duration_s", float("1e999")),
    ("predicate.certhook.versions", {}),
    ("predicate.certhook.waivers", [{**waiver(), "expires": "never"}]),
    ("predicate.certhook.result.digest.sha256", "x"),
]


@pytest.mark.parametrize(("place", "value"), MALFORMED)
def test_a_malformed_statement_is_named_by_its_place(made: Any, place: str, value: Any) -> None:
    """A statement of another kind or shape is refused in one line that names the place."""
    _, statement = made(head(), case_line(), end_line())
    payload = json.dumps(changed(statement, place, value)).replace("Infinity", "1e999")
    with pytest.raises(ValueError, match="is not a statement of certhook") as refusal:
        read_statement(payload.encode())
    assert place.rsplit(".", maxsplit=1)[-1] in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_unknown_members_are_passed_over(made: Any) -> None:
    """What a newer certhook adds does not keep this one from reading the rest."""
    _, statement = made(head(), case_line(), end_line())
    for place in ("more", "predicate.more", "predicate.certhook.more", "subject.0.more"):
        newer = changed(statement, place, {"a": 1})
        assert read_statement(canonical(newer)) == newer


CONTRADICTORY: list[tuple[str, Any, str]] = [
    ("predicate.certhook.verdict", "certified", "its verdict"),
    ("predicate.certhook.requirements.0.outcome", "passed", "its verdict"),
    ("predicate.certhook.counts.failed", 0, "its counts"),
    ("predicate.result", "PASSED", "its result"),
    ("predicate.failedTests", [], "its result"),
    ("predicate.passedTests", [MUST], "its result"),
    ("subject.0.name", "http://other.example/", "its subject"),
]


@pytest.mark.parametrize(("place", "value", "says"), CONTRADICTORY)
def test_a_statement_that_contradicts_itself(made: Any, place: str, value: Any, says: str) -> None:
    """The verdict, the counts and in-toto's own fields have to be those of the requirements' outcomes."""
    _, statement = made(head(), case_line(outcome(what="failed")), end_line())
    assert any(line.startswith(says) for line in contradictions(changed(statement, place, value)))
