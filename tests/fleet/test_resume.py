"""A night that was killed goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.fleet.fleets import DEAD, at, embedded, fleet_file, lines_of, standings_in
from tests.running import inline, started


def table(night: Path) -> list[tuple[str, str, str, int]]:
    """What the reports say of each operator, but for what no two runs have in common."""
    return sorted((line["operator"], line["standing"], line["why"], line["requests"]) for line in lines_of(night))


def test_a_killed_night_is_resumed_to_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """After SIGKILL, `--resume` runs only who was not done, and the final table is that of a whole night."""
    faulty = embedded("faulty", fault="put-accepted")
    path = fleet_file(tmp_path, embedded("one"), faulty, embedded("two"), at("dead", DEAD))
    command = ("fleet", str(path), "--history", str(tmp_path / "history.sqlite"))
    with started(*command, "--output", "killed", "--jobs", "1", cwd=tmp_path) as process:
        assert process.stdout is not None
        first = process.stdout.readline().split()[1]
        process.kill()
    before = standings_in(tmp_path / "killed")
    assert first in before
    assert len(before) < 4
    resumed = inline(monkeypatch, capfd, *command, "--resume", "killed", cwd=tmp_path)
    ran = {line.split()[1] for line in resumed.out.splitlines() if "/4 " in line}
    assert ran == {"one", "faulty", "two", "dead"} - before.keys()
    whole = inline(monkeypatch, capfd, *command, "--output", "whole", cwd=tmp_path)
    assert table(tmp_path / "killed") == table(tmp_path / "whole")
    assert (resumed.status, whole.status) == (3, 3)
    assert resumed.out.splitlines()[-2] == whole.out.splitlines()[-2]
    shown = inline(monkeypatch, capfd, "history", "one", "--history", str(tmp_path / "history.sqlite"), cwd=tmp_path)
    assert shown.out.count("one  certified") == 2


def test_an_interrupted_night_says_how_to_go_on(tmp_path: Path) -> None:
    """Ctrl-C ends the command, and the run that is under way, at once: status 130, and one line."""
    path = fleet_file(tmp_path, embedded("sound"), embedded("slow", latency_ms=50_000))
    with started("fleet", str(path), "--output", "night", "--jobs", "2", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert "sound certified" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "certhook: stopped; continue with --resume night"
