"""What becomes of a command whose output cannot go where it should: its exit status is its own nevertheless."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import Ended, result_in, unread

QUICK = ("--embedded", "--group", "methods", "--max-examples", "0")
FAULTY = ("--fault", "put-accepted")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a signed run that was certified, and one that was not, of which nobody read a word."""
    folder = tmp_path_factory.mktemp("unread")
    signed = ("--sign-key", "ops.key", "--output")
    assert unread("keygen", "--output", "ops", cwd=folder) == Ended(0, "", "")
    assert unread("run", "klas", *QUICK, *signed, "sound", cwd=folder) == Ended(0, "", "")
    assert unread("run", "klas", *QUICK, *FAULTY, *signed, "faulty", cwd=folder) == Ended(1, "", "")
    return folder


def test_a_run_that_nobody_reads_leaves_its_reports(runs: Path) -> None:
    """Both runs came to their ends."""
    verdicts = {name: result_in(runs / name)["verdict"] for name in ("sound", "faulty")}
    assert verdicts == {"sound": "certified", "faulty": "not-certified"}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("compare sound sound", 0),
        ("compare sound faulty", 1),
        ("verify sound/certificate.json --key ops.pub", 0),
        ("verify faulty/certificate.json --key ops.pub", 1),
        ("list klas --json", 0),
        ("--help", 0),
    ],
)
def test_the_exit_status_does_not_depend_on_a_reader(words: str, status: int, runs: Path) -> None:
    """A command whose reader has left ends as it would have, and neither it nor Python complains."""
    assert unread(*words.split(), cwd=runs) == Ended(status, "", "")


@pytest.mark.parametrize(("words", "status"), [("compare sound faulty", 1), ("list klass", 2)])
def test_a_command_without_any_streams_ends_as_ever(words: str, status: int, runs: Path) -> None:
    """Standard output and error may be closed before a command begins."""
    line = f"exec {shlex.quote(sys.executable)} -m certhook {words} >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", line], cwd=runs, check=False).returncode == status


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device is Linux's")
@pytest.mark.parametrize("words", ["list klas", "export openapi klas"])
def test_output_that_cannot_be_written_is_one_line(words: str, tmp_path: Path) -> None:
    """Where output is lost to a full disk, a line says so of standard output, and the status is not 0."""
    line = f"exec {shlex.quote(sys.executable)} -m certhook {words} > /dev/full"
    done = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "certhook: standard output: No space left on device: not all of it could be written\n"
