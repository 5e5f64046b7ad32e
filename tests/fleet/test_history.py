"""The history: each run once, the right night before, and what it says of a requirement over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from certhook.errors import UsageError
from certhook.fleet.history import History
from certhook.fleet.standing import Standing
from certhook.fleet.tables import HistoryGone
from certhook.reporting.comparison import DifferenceKind, compared
from certhook.values import Outcome
from tests.fleet.fleets import ended, result
from tests.running import inline

PASSED, FAILED, WARNED = Outcome.PASSED, Outcome.FAILED, Outcome.WARNED


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty one."""
    with closing(History(str(tmp_path / "history.sqlite"), make=True)) as found:
        yield found


def test_a_run_stands_once(history: History) -> None:
    """Entering a night again changes nothing."""
    for _ in range(2):
        history.record("night-1", ended(), result({"a": PASSED, "b": FAILED}), {"a"})
    (run,) = history.runs_of("acme", 10)
    assert (run.operator, run.standing, run.failed, run.flaky, run.requests) == ("acme", Standing.CERTIFIED, 1, 1, 7)


def test_the_night_before_is_the_last_that_examined_the_target(history: History) -> None:
    """Neither this night, nor a later one, nor one in which nobody answered, nor another operator's or protocol's."""
    history.record("night-1", ended(day=1), result({"a": PASSED, "gone": PASSED}, day=1), ())
    history.record("night-2", ended(day=2, standing=Standing.UNREACHABLE), result({"a": Outcome.BLOCKED}, day=2), ())
    history.record("night-3", ended(day=3, standing=Standing.NOT_RUN), None, ())
    history.record("night-3", ended("other", day=3), result({"a": FAILED}, day=3), ())
    history.record("night-5", ended(day=5), result({"a": FAILED}, day=5), ())
    tonight = ended(day=4)
    history.record("night-4", tonight, result({"a": FAILED}, day=4), ())
    before = history.before("night-4", tonight)
    assert before is not None
    assert before["started"] == "2027-01-01T02:00:00.000Z"
    comparison = compared(before, result({"a": FAILED, "new": PASSED}, day=4, verdict="not-certified"))
    assert [(one.id, one.title) for one in comparison.of_kind(DifferenceKind.REGRESSION)] == [("a", "Title of a")]
    assert [one.id for one in comparison.gone] == ["gone"]
    assert [one.id for one in comparison.appeared] == ["new"]
    assert comparison.verdict_regressed
    assert history.before("night-1", ended(day=1)) is None


def test_what_failed_and_flaked_over_time(history: History) -> None:
    """When a requirement first failed, how often it failed and flaked in how many runs, and how it is now."""
    nights = [
        ({"mended": FAILED, "broken": PASSED, "flaky": WARNED, "sound": PASSED}, {"flaky"}),
        ({"mended": PASSED, "broken": FAILED, "flaky": WARNED, "sound": PASSED}, {"flaky"}),
        ({"mended": PASSED, "broken": FAILED, "sound": PASSED}, ()),
    ]
    for day, (outcomes, flaky) in enumerate(nights, 1):
        history.record(f"night-{day}", ended(day=day), result(outcomes, day=day), flaky)
    found = {one.requirement: one for one in history.troubles_of("acme")}
    assert found.keys() == {"mended", "broken", "flaky"}
    assert found["broken"].first_failed == "2027-01-02T02:00:00.000Z"
    assert (found["broken"].failed, found["broken"].runs, found["broken"].now) == (2, 3, FAILED)
    assert (found["mended"].failed, found["mended"].now) == (1, PASSED)
    assert (found["flaky"].first_failed, found["flaky"].flaked, found["flaky"].runs) == (None, 2, 2)
    assert found["flaky"].now is WARNED


def test_the_last_run_of_each(history: History) -> None:
    """One run per operator, in the order of their names; the last runs of one, the latest first."""
    for day in (1, 3, 2):
        history.record(f"night-{day}", ended("beta", day=day), None, ())
        history.record(f"night-{day}", ended("alpha", day=day), None, ())
    assert [(run.operator, run.started[:10]) for run in history.last_of_each()] == [
        ("alpha", "2027-01-03"),
        ("beta", "2027-01-03"),
    ]
    assert [run.started[:10] for run in history.runs_of("beta", 2)] == ["2027-01-03", "2027-01-02"]


def test_the_command_shows_it(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every operator's last run, or one operator's; as lines, or as JSON; a name that is not known is wrong usage."""
    history.record("night-1", ended(), result({"a": FAILED, "b": WARNED}), {"b"})
    words = ("history", "--history", str(tmp_path / "history.sqlite"))

    def shown(*more: str) -> str:
        return inline(monkeypatch, capfd, *words, *more, cwd=tmp_path).out

    line = "2027-01-01 02:00Z  acme  certified, 1 failed, 1 flaky, 7 requests in 1.0 s\n"
    assert shown() == line
    assert shown("acme") == (
        f"{line}a  failed in 1 of 1 runs, first 2027-01-01 02:00Z; now failed\nb  flaked in 1 of 1 runs; now warned\n"
    )
    assert '"first_failed": "2027-01-01T02:00:00.000Z"' in shown("acme", "--json")
    wrong = inline(monkeypatch, capfd, *words, "acne", cwd=tmp_path)
    assert (wrong.status, wrong.err) == (2, "certhook: no run of an operator 'acne'; did you mean acme?\n")
    missing = inline(monkeypatch, capfd, "history", cwd=tmp_path)
    assert missing.status == 2
    assert "there is no such file; certhook fleet makes it" in missing.err


def test_tables_of_another_version_are_refused(history: History, tmp_path: Path) -> None:
    """A history that a later certhook made is left as it is."""
    history.close()
    place = tmp_path / "history.sqlite"
    with closing(sqlite3.connect(place)) as database, database:
        database.execute("update certhook_schema set version = 2")
    with pytest.raises(UsageError, match=r"history\.sqlite: has tables of version 2, and this certhook knows 1"):
        History(str(place), make=True)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """It is named in one line, with what the database said."""
    (tmp_path / "letter.txt").write_text("dear " * 100)
    with pytest.raises(UsageError, match=r"letter\.txt: cannot be used: file is not a database$"):
        History(str(tmp_path / "letter.txt"), make=True)


def test_reading_a_history_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Another program's database is left as it is, and a name of no file stays one; each is one line, status 2."""
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as database, database:
        database.execute("create table theirs (id integer)")
    before = other.read_bytes()

    def said(place: str) -> str:
        ended = inline(monkeypatch, capfd, "history", "--history", place, cwd=tmp_path)
        assert ended.status == 2
        return ended.err

    assert said("other.sqlite") == "certhook: --history other.sqlite: holds no history; certhook fleet makes one\n"
    for place in ("mistyped.sqlite", "sqlite:///mistyped.sqlite"):
        assert said(place) == f"certhook: --history {place}: there is no such file; certhook fleet makes it\n"
    assert [path.name for path in tmp_path.iterdir()] == ["other.sqlite"]
    assert other.read_bytes() == before


def test_a_history_that_breaks_is_one_line(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the database said, and not the statement that it said it of."""
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as database, database:
        database.execute("drop table certhook_outcomes")
    broken = inline(monkeypatch, capfd, "history", "--history", "history.sqlite", cwd=tmp_path)
    what = "certhook: --history history.sqlite: cannot be used: no such table: certhook_outcomes\n"
    assert (broken.status, broken.err) == (2, what)
    with pytest.raises(HistoryGone, match=r"cannot be used: no such table: certhook_outcomes$"):
        history.runs_of("acme", 1)
