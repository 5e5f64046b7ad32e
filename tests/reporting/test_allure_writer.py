"""Allure's results, written by a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from allure_commons import model2

from certhook.reporting.allure_writer import AllureWriter
from tests.recording.lines import exchange_line

STARTER = """
import os, signal, sys
from pathlib import Path
from allure_commons import model2
from certhook.reporting.allure_writer import AllureWriter
from tests.recording.lines import exchange_line

writer = AllureWriter(Path(sys.argv[1]))
for number in range(50):
    exchange = exchange_line(number)
    writer.write(model2.TestResult(uuid=str(number), name=f"case {number}"), [exchange], exchange)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
    os.killpg(0, number)
os.kill(os.getpid(), signal.SIGKILL)
"""


def names_in(folder: Path) -> set[str]:
    """The names of the results in a folder, each with its own exchange beside it."""
    names = set()
    for path in folder.glob("*-result.json"):
        result = json.loads(path.read_text())
        (attachment,) = result["attachments"]
        text = (folder / attachment["source"]).read_text()
        assert text.startswith(f"exchange {result['uuid']}: POST -> ")
        names.add(result["name"])
    return names


def test_everything_is_written_when_it_is_closed(tmp_path: Path) -> None:
    """After close() nothing is on its way any more, and nothing is half-written."""
    writer = AllureWriter(tmp_path / "results")
    for number in range(20):
        exchange = exchange_line(number)
        writer.write(model2.TestResult(uuid=str(number), name=f"case {number}"), [exchange], exchange)
    writer.close()
    writer.close()
    assert names_in(tmp_path / "results") == {f"case {number}" for number in range(20)}
    assert not list((tmp_path / "results").glob("*.tmp"))


def test_what_was_handed_over_outlives_a_killed_run(tmp_path: Path) -> None:
    """A run that is interrupted, with all of its process group, and killed loses none of the results that it had."""
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as starter:
        assert starter.stderr is not None
        starter.stderr.read()  # ends when nobody holds the other end any more, the writer included
    assert starter.returncode == -signal.SIGKILL
    assert names_in(tmp_path) == {f"case {number}" for number in range(50)}


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The reason that the writing process had is raised where the results come from."""
    (tmp_path / "results").write_text("a file in the folder's place")
    writer = AllureWriter(tmp_path / "results")
    with pytest.raises(FileExistsError):
        writer.close()
