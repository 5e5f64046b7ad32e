"""A run that is killed loses nothing that it had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from certhook.recording.results import write_result
from tests.recording.lines import MUST, schema

WRITER = """
import itertools, sys
from pathlib import Path
from certhook.recording.journal import Journal
from certhook.recording.redaction import Redactor
from tests.recording.lines import case_line, exchange, outcome, plan_line, run_line

journal = Journal.open(Path(sys.argv[1]), Redactor([], [], b""))
for line in (run_line(), plan_line(first=[], last=[run_line()["requirements"][0]["id"]])):
    journal.write(**line)
for number in itertools.count():
    journal.exchange(exchange(body=b"x" * 60_000), "http://target.example/")
    journal.write(**case_line(outcome(), case=f"case-{number}"))
    if number == 20:
        print("going", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system cannot kill like that")
def test_killed_run(tmp_path: Path) -> None:
    """What a process wrote before SIGKILL is in the result, which is incomplete and names the case that was lost."""
    journal = tmp_path / "journal.ndjson"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])}
    command = [sys.executable, "-c", WRITER, str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"going"
        process.kill()
    result = write_result(tmp_path)
    schema("result").validate(result)
    whole = [line for line in journal.read_bytes().split(b"\n")[:-1] if line.startswith(b'{"kind":"exchange"')]
    assert result["requests"] in {len(whole), len(whole) + 1}
    assert result["requests"] >= 21
    assert result["verdict"] == "incomplete"
    assert f"{MUST} blocked: planned and never ended: last" in result["incomplete_because"]
