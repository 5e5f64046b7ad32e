"""A run that is killed loses nothing that it had."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from certhook.recording.journal import read_journal
from certhook.recording.results import write_result
from certhook.reference.wire import HttpAnswer
from tests.recording.lines import MUST, schema
from tests.running import FEW, profile_file, result_in, started
from tests.targets import Call, conformant, serving

WRITER = """
import itertools, sys
from pathlib import Path
from threading import Event
from certhook.recording.journal import Journal
from certhook.recording.redaction import Redactor
from tests.recording.lines import case_line, exchange, outcome, plan_line, run_line

journal = Journal(Path(sys.argv[1]), Redactor([], [], b""))
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
    assert f"{MUST} blocked: not finished when the run ended: last" in result["incomplete_because"]


class Killer:
    """A target at which the requests of these numbers, from 0, each cost the tester a worker process."""

    def __init__(self, deadly: set[int]) -> None:
        self._deadly = deadly
        self.killed: list[int] = []
        self.known = Event()
        self.tester = 0

    def __call__(self, call: Call) -> HttpAnswer:
        if call.number in self._deadly:
            self.known.wait()
            children = Path(f"/proc/{self.tester}/task/{self.tester}/children").read_text(encoding="ascii").split()
            self.killed.append(int(children[-1]))
            os.kill(self.killed[-1], signal.SIGKILL)
        return conformant(call)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not tell a process's children")
@pytest.mark.parametrize(
    ("deadly", "statuses"), [({70}, {0, 3}), (set(range(70, 400)), {3})], ids=["once", "again-and-again"]
)
def test_a_killed_worker(deadly: set[int], statuses: set[int], tmp_path: Path) -> None:
    """A run that loses a worker process keeps what that one saw, and certifies only what was tested in the end."""
    killer = Killer(deadly)
    with serving(killer) as served:
        words = ("--profile", str(profile_file(tmp_path, served.url)), "-n", "2", "--output", "out", *FEW)
        with started("run", "klas", *words, cwd=tmp_path) as run:
            killer.tester = run.pid
            killer.known.set()
            out, err = run.communicate(timeout=120)
    assert killer.killed
    assert run.returncode in statuses, out + err
    assert "Traceback" not in out + err
    journal, result = tmp_path / "out" / "journal.ndjson", result_in(tmp_path / "out")
    assert result["requests"] == sum(1 for _ in read_journal(journal, "exchange"))
    (plan,) = read_journal(journal, "plan")
    ended = {line["case"] for line in read_journal(journal, "case")}
    lost = {case["case"] for case in plan["cases"]} - ended
    assert bool(lost or result["counts"]["blocked"]) is (run.returncode == 3)
    assert result["verdict"] == ("incomplete" if run.returncode == 3 else "certified")
