"""The history of an Allure report holds each run once, in the order of the runs, and not for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from certhook.errors import UsageError
from certhook.reporting.allure_report.history import KEPT, History, Moment

Line = dict[str, Any]


def moment(minute: int, protocol: str = "klas", target: str = "http://a.example") -> Moment:
    """The moment of a run that started in that minute."""
    return Moment.of([{"protocol": protocol, "target": target, "started": f"2026-11-20T10:{minute:02}:00.000Z"}])


def reported(path: Path, when: Moment) -> list[Line]:
    """What Allure is told when it reports the run of that moment; then its own line goes into the history."""
    history = History(path)
    told = path.with_name("told.jsonl")
    history.write_earlier(when, told)
    before = lines(told)
    drawn = {"uuid": f"drawn for report {len(before)}", "timestamp": 1, "testResults": {}}
    told.write_bytes(told.read_bytes() + json.dumps(drawn).encode() + b"\n")
    history.add(when, told)
    return before


def lines(path: Path) -> list[Line]:
    """A history's lines."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history goes."""
    return tmp_path / "history.jsonl"


def test_a_run_is_told_of_those_before_it(path: Path) -> None:
    """Each report sees the runs before its own, oldest first."""
    told = [reported(path, moment(minute)) for minute in range(3)]
    assert [[line["uuid"] for line in each] for each in told] == [
        [moment(minute).uuid for minute in range(count)] for count in range(3)
    ]


def test_two_reports_at_once_lose_no_run(path: Path) -> None:
    """A report that ends while another is being made takes nothing out of the history that the other one wrote."""
    begun = History(path)
    reported(path, moment(0))
    told = path.with_name("told-of-the-other.jsonl")
    told.write_text(json.dumps({"uuid": "drawn", "timestamp": 1}) + "\n", encoding="ascii")
    begun.add(moment(1), told)
    assert [line["uuid"] for line in lines(path)] == [moment(0).uuid, moment(1).uuid]


def test_a_run_reported_twice_counts_once(path: Path) -> None:
    """A second report of a run replaces what the first put there, and sees no more than that one did."""
    for minute in (0, 1, 2, 1):
        told = reported(path, moment(minute))
    assert [line["uuid"] for line in told] == [moment(0).uuid]
    assert [line["uuid"] for line in lines(path)] == [moment(minute).uuid for minute in range(3)]


def test_the_order_is_that_of_the_runs(path: Path) -> None:
    """A run that is reported late stands where it belongs, with its own time."""
    for minute in (2, 0, 1):
        reported(path, moment(minute))
    assert [line["timestamp"] for line in lines(path)] == [moment(minute).started_ms for minute in range(3)]


def test_runs_of_other_protocols_are_kept_apart(path: Path) -> None:
    """Protocols share a file without seeing each other, and a run of both is a third thing."""
    both = Moment.of(
        [{"protocol": name, "target": "t", "started": "2026-11-20T10:09:00.000Z"} for name in ("klas", "evi")]
    )
    for when in (moment(0), moment(1, "evi"), both):
        assert reported(path, when) == []
    assert len(reported(path, moment(2))) == 1
    assert len(lines(path)) == 4


def test_what_somebody_else_wrote_stays(path: Path) -> None:
    """A line of Allure's own is kept, not shown and not counted."""
    foreign = {"uuid": "x", "timestamp": 7, "testResults": {}}
    path.write_text(f"{json.dumps(foreign)}\n")
    assert reported(path, moment(0)) == []
    assert lines(path)[0] == foreign


def test_a_bounded_number_of_runs_is_kept(path: Path) -> None:
    """The newest runs of a protocol are kept, and all of another that has fewer."""
    reported(path, moment(0, "evi"))
    for minute in range(KEPT + 3):
        reported(path, moment(minute))
    kept = [line["uuid"] for line in lines(path)]
    assert kept == [moment(0, "evi").uuid, *(moment(minute).uuid for minute in range(3, KEPT + 3))]


@pytest.mark.parametrize("content", [b"{", b"[]\n", b'{"uuid": "x"}\n', b"\xff", b'{"uuid": "x", "timestamp": "1"}\n'])
def test_what_is_no_history_is_refused(path: Path, content: bytes) -> None:
    """A file of something else is named, and left as it is."""
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"history\.jsonl: is no history of Allure's"):
        History(path)
    assert path.read_bytes() == content


def test_a_history_that_cannot_be_used_is_named(path: Path) -> None:
    """A folder in its place cannot be read, and a file in the place of its folder not be written."""
    with pytest.raises(UsageError, match=r"--history .*: cannot be read: Is a directory"):
        History(path.parent)
    history = History(path.parent / "file" / "history.jsonl")
    (path.parent / "file").touch()
    told = path.parent / "told.jsonl"
    told.write_text('{"uuid": "x", "timestamp": 1}\n')
    with pytest.raises(UsageError, match=r"--history .*: cannot be written: "):
        history.add(moment(0), told)
