"""What is signed is what the journal of a run comes to; nothing else can be had signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from certhook.attesting.signing import certificate_of
from certhook.errors import UsageError
from certhook.recording.results import write_result
from tests.attesting.runs import FAILED, certificate_schema, head, run_at, signed, signer, stated
from tests.recording.lines import case_line, end_line, journal_at, waiver


def test_a_certificate_says_what_the_result_says(tmp_path: Path) -> None:
    """The certificate of a run fits its schema and states the run's verdict."""
    for name, outcomes, verdict in (("good", (), "certified"), ("bad", (FAILED,), "not-certified")):
        data = signed(run_at(tmp_path / name, *outcomes))
        certificate_schema().validate(json.loads(data))
        assert stated(data)["predicate"]["certhook"]["verdict"] == verdict


def test_signing_again_makes_the_same_bytes(tmp_path: Path) -> None:
    """A certificate hangs on the run and the key alone."""
    assert signed(run_at(tmp_path / "run")) == signed(run_at(tmp_path / "run"))


def test_nothing_is_written_until_it_is_asked_for(tmp_path: Path) -> None:
    """Making a certificate leaves the folder alone; writing it adds certificate.json and nothing else."""
    run = run_at(tmp_path / "run")
    before = set(run.iterdir())
    certificate = certificate_of(run, signer())
    assert set(run.iterdir()) == before
    certificate.write()
    assert set(run.iterdir()) - before == {run / "certificate.json"}
    assert (run / "certificate.json").read_bytes() == certificate.data


def edited(run: Path, **changed: Any) -> None:
    """Change members of a run's result.json."""
    path = run / "result.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changed}, indent=2) + "\n")


EDITS: dict[str, dict[str, Any]] = {
    "verdict": {"verdict": "certified"},
    "requirements": {"requirements": []},
    "target": {"target": "http://other.example/"},
    "waivers": {"waivers": []},
    "more": {"more": 1},
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_result_is_not_signed(edit: str, tmp_path: Path) -> None:
    """A result.json that says anything but what the journal comes to is refused."""
    run = run_at(tmp_path / "run", FAILED, waivers=[waiver(expired=True)])
    edited(run, **EDITS[edit])
    with pytest.raises(UsageError, match=r"result\.json: is not what journal\.ndjson beside it comes to"):
        signed(run)


def test_a_result_that_was_laid_out_anew_is_not_signed(tmp_path: Path) -> None:
    """The digest is that of the bytes, so that these have to be the run's own."""
    run = run_at(tmp_path / "run")
    path = run / "result.json"
    for data in (path.read_bytes() + b"\n", path.read_bytes()[:-1], b""):
        path.write_bytes(data)
        with pytest.raises(UsageError, match="is not what"):
            signed(run)


def test_a_journal_that_says_otherwise_is_not_signed(tmp_path: Path) -> None:
    """A journal of a run that failed is not signed for the result of one that passed."""
    run = run_at(tmp_path / "run")
    journal_at(run / "journal.ndjson", head(), case_line(FAILED), end_line())
    with pytest.raises(UsageError, match="is not what"):
        signed(run)
    write_result(run)
    assert stated(signed(run))["predicate"]["result"] == "FAILED"


MISSING = {"journal.ndjson": "no journal to read", "result.json": "cannot be read: No such file"}


@pytest.mark.parametrize("name", MISSING)
def test_both_files_are_needed(name: str, tmp_path: Path) -> None:
    """Without journal or result there is nothing to be signed."""
    run = run_at(tmp_path / "run")
    (run / name).unlink()
    with pytest.raises(UsageError, match=MISSING[name]):
        signed(run)


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"run","format":1}',
        b'{"kind":"case","case":1,"outcomes":7,"ended":""}',
        b'{"kind":"end"}',
        b'{"kind":"exchange","started":"x","response":1}',
        b"[]",
        b'{"kind":"plan","cases":[{}]}',
        b'{"kind":"case","case":"x","ended":"x","outcomes":[{"requirement":"klas.signature.header-missing"}]}',
        json.dumps(head(waivers=[{"requirement": "klas.signature.header-missing"}])).encode(),
        json.dumps(head(started="yesterday")).encode(),
        json.dumps(head(pack_digest="short")).encode(),
        json.dumps(head(versions={})).encode(),
    ],
)
def test_a_journal_that_no_run_wrote_is_named(line: bytes, tmp_path: Path) -> None:
    """A line that is none of certhook's ends in one line, not in a traceback."""
    run = run_at(tmp_path / "run")
    journal = run / "journal.ndjson"
    journal.write_bytes(journal.read_bytes() + line + b"\n")
    with pytest.raises(UsageError, match=r"journal\.ndjson: ") as refusal:
        signed(run)
    assert "\n" not in str(refusal.value)
