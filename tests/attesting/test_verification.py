"""A certificate is good where nothing speaks against it; whatever does is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certhook.attesting.envelope import sealed
from certhook.attesting.statement import MEDIA_TYPE, canonical
from certhook.attesting.verification import Expected, Verification, verified
from certhook.errors import UsageError
from tests.attesting.runs import FAILED, run_at, signed, signer, stated
from tests.recording.lines import MUST, Line, outcome, waiver

TODAY = Expected(date(2026, 11, 21))


def checked(data: bytes, expected: Expected = TODAY) -> Verification:
    """A certificate held against the key that the tests trust."""
    return verified(data, signer().public_key(), expected)


def test_a_certified_run_is_good(tmp_path: Path) -> None:
    """A certificate that nothing speaks against has a statement and no problem."""
    run = run_at(tmp_path / "run")
    expected = replace(TODAY, target="http://target.example", result=run / "result.json")
    found = checked(signed(run), expected)
    assert found.problems == ()
    assert found.statement == stated(signed(run))


NOT_CERTIFIED: dict[str, tuple[Line, str]] = {
    "failed": (FAILED, "authentic, but: not certified"),
    "blocked": (outcome(what="blocked", reason="gone"), "authentic, but: incomplete"),
}


@pytest.mark.parametrize("kind", NOT_CERTIFIED)
def test_a_run_that_is_not_certified_is_no_good(kind: str, tmp_path: Path) -> None:
    """A statement of a run that was not certified is authentic, and that is a problem."""
    said, expected = NOT_CERTIFIED[kind]
    found = checked(signed(run_at(tmp_path / "run", said)))
    assert found.problems == (expected,)
    assert found.statement is not None


def test_another_key(tmp_path: Path) -> None:
    """What another key signed is not authentic, and nothing of it is believed."""
    data = signed(run_at(tmp_path / "run"))
    found = verified(data, Ed25519PrivateKey.generate().public_key(), TODAY)
    assert found.statement is None
    assert [line.split(":")[:2] for line in found.problems] == [["not authentic", " it was signed with another key"]]


def test_another_target(tmp_path: Path) -> None:
    """A certificate of another target is named, with both; a slash at the end makes no other target."""
    data = signed(run_at(tmp_path / "run"))
    found = checked(data, replace(TODAY, target="http://target.example/v2\x1b"))
    (problem,) = found.problems
    assert problem == r"authentic, but: the target is http://target.example/, not http://target.example/v2\x1b"
    assert checked(data, replace(TODAY, target="http://target.example")).problems == ()


def test_another_result(tmp_path: Path) -> None:
    """A result.json that is not byte for byte the one that was signed is named."""
    run = run_at(tmp_path / "run")
    data, path = signed(run), run / "result.json"
    path.write_bytes(path.read_bytes().replace(b"passed", b"failed", 1))
    (problem,) = checked(data, replace(TODAY, result=path)).problems
    assert problem == f"authentic, but: {path} is not the result that was signed"
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        checked(data, replace(TODAY, result=run))


def test_an_expired_waiver(tmp_path: Path) -> None:
    """A certificate that rests on a waiver is good through the waiver's last day, and no longer."""
    data = signed(run_at(tmp_path / "run", FAILED, waivers=[waiver()]))
    assert checked(data, Expected(date(2027, 1, 31))).problems == ()
    (problem,) = checked(data, Expected(date(2027, 2, 1))).problems
    assert problem == f"authentic, but: the waiver of {MUST} expired on 2027-01-31"


def test_every_problem_is_named(tmp_path: Path) -> None:
    """One problem does not hide another."""
    run = run_at(tmp_path / "run", FAILED, waivers=[waiver(expired=True)])
    expected = Expected(date(2030, 1, 1), "http://other.example/", run / "journal.ndjson")
    assert len(checked(signed(run), expected).problems) == 4


def test_a_lie_in_a_right_envelope(tmp_path: Path) -> None:
    """A statement that was signed by other means than certhook's, and contradicts itself, is no good."""
    statement = stated(signed(run_at(tmp_path / "run", FAILED)))
    statement["predicate"]["certhook"]["verdict"] = "certified"
    statement["predicate"]["result"] = "PASSED"
    found = checked(sealed(canonical(statement), MEDIA_TYPE, signer()))
    assert found.problems == ("authentic, but: its verdict is not that of its requirements",)


def test_a_right_envelope_with_something_else() -> None:
    """A payload that is no statement of certhook is named, though the key is right."""
    found = checked(sealed(b"{}", MEDIA_TYPE, signer()))
    assert found.statement is None
    assert found.problems[0].startswith("authentic, but: it is not a statement of certhook: _type is missing")
