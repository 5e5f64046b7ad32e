"""`certhook report`: from the folder of a run to its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from certhook.reference.klas.target import KlasTarget
from tests.recording.lines import case_line, end_line, journal_at, run_line
from tests.running import FEW, certhook, inline, result_in

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def test_a_run_is_reported(tmp_path: Path, monkeypatch: Patch, capfd: Capture) -> None:
    """The report of a real run has its verdict and all of its findings with their exchanges, and no secret of it."""
    run = ("run", "klas", "--embedded", "--fault", "signature-prefix", "--group", "signature", *FEW)
    assert certhook(*run, "--output", "out", cwd=tmp_path).status == 1
    ended = inline(monkeypatch, capfd, "report", "out", "--no-allure", cwd=tmp_path)
    assert (ended.status, ended.out, ended.err) == (0, "out/report.html\n", "")
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    findings = [finding for one in result_in(tmp_path / "out")["requirements"] for finding in one["findings"]]
    assert "<h1>Not certified</h1>" in text
    assert findings
    assert text.count("<h5>Request</h5>") == text.count("<h5>Answer</h5>") == len(findings)
    assert all(f"certhook replay out {finding['exchange']}</pre>" in text for finding in findings)
    assert KlasTarget.secret.decode() not in text


def test_a_killed_run_is_reported(tmp_path: Path, monkeypatch: Patch, capfd: Capture) -> None:
    """Where a run left its journal only, its result is made first."""
    journal_at(tmp_path / "journal.ndjson", run_line(), case_line())
    assert inline(monkeypatch, capfd, "report", str(tmp_path), "--no-allure").status == 0
    assert result_in(tmp_path)["verdict"] == "incomplete"
    assert "<h1>Incomplete</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_each_of_several_runs_is_reported(tmp_path: Path, monkeypatch: Patch, capfd: Capture) -> None:
    """The folder of several runs gets a report in each of theirs, one path to a line."""
    for name in ("evi", "klas"):
        (tmp_path / name).mkdir()
        journal_at(tmp_path / name / "journal.ndjson", run_line(), case_line(), end_line())
    ended = inline(monkeypatch, capfd, "report", str(tmp_path), "--no-allure")
    assert ended.out.splitlines() == [str(tmp_path / name / "report.html") for name in ("evi", "klas")]
    assert all(Path(line).is_file() for line in ended.out.splitlines())


def test_nothing_is_written_where_one_run_cannot_be_read(tmp_path: Path, monkeypatch: Patch, capfd: Capture) -> None:
    """One cut result among several runs is named, and none of them is reported."""
    for name, text in (("evi", ""), ("klas", '{"protocol": "klas", ')):
        (tmp_path / name).mkdir()
        journal_at(tmp_path / name / "journal.ndjson", run_line(), case_line(), end_line())
        (tmp_path / name / "result.json").write_text(text) if text else None
    ended = inline(monkeypatch, capfd, "report", str(tmp_path), "--no-allure")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "klas/result.json" in ended.err
    assert not list(tmp_path.glob("*/report.html"))


@pytest.mark.parametrize("name", ["nowhere", "empty", "file"])
def test_no_run(tmp_path: Path, name: str, monkeypatch: Patch, capfd: Capture) -> None:
    """A folder that holds no run, or is none, is named in one line with exit status 2."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    ended = inline(monkeypatch, capfd, "report", str(tmp_path / name))
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert str(tmp_path / name) in ended.err
    assert "Traceback" not in ended.err


def test_a_report_that_cannot_be_written(tmp_path: Path, monkeypatch: Patch, capfd: Capture) -> None:
    """A folder where report.html stands in the way is named, and nothing half-written is left."""
    journal_at(tmp_path / "journal.ndjson", run_line(), case_line(), end_line())
    (tmp_path / "report.html").mkdir()
    ended = inline(monkeypatch, capfd, "report", str(tmp_path), "--no-allure")
    assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert "cannot be read or written: Is a directory" in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"journal.ndjson", "result.json", "report.html"}
