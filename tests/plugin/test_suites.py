"""The suites as plain pytest: the same run, by pytest's own means."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from certhook.pack.loading import protocols
from certhook.places import suites_dir
from certhook.recording.journal import read_journal
from certhook.recording.results import result_of
from tests.running import FEW, certhook, outcomes_in, profile_file, pytest_suites, result_in, started
from tests.targets import conformant, dropping, serving, wrong_from

SOME = ("--group", "timestamp", "--group", "methods", *FEW)

CRASHING = """
import pytest
from certhook.running import group_run

def broken(self, case):
    if "nibble" in case.id or "transfer" in case.id:
        raise ZeroDivisionError("a bug in certhook")
    return sound(self, case)

sound, group_run.GroupRun.result = group_run.GroupRun.result, broken
"""


DYING = """
import os, signal
from certhook.running import group_run

def dying(self, case):
    if "nibble" in case.id:
        os.kill(os.getpid(), signal.SIGKILL)
    return sound(self, case)

sound, group_run.GroupRun.result = group_run.GroupRun.result, dying
"""


def test_plain_pytest_is_the_same_run(tmp_path: Path) -> None:
    """Pytest over the suites and `certhook run` come to the same, requirement by requirement."""
    one = certhook("run", "klas", "--embedded", *SOME, "--output", "one", cwd=tmp_path)
    two = pytest_suites("--protocol", "klas", *SOME, "--output", "two", cwd=tmp_path)
    assert one.status == two.status == 0, one.said + two.said
    assert outcomes_in(tmp_path / "one") == outcomes_in(tmp_path / "two")
    assert (tmp_path / "two" / "allure-results").is_dir()
    assert "passed" in two.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--protocol", "klas", "--target", ""), "credentials.secret: is missing"),
        (("--protocol", "klass"), "unknown protocol 'klass'; did you mean klas?"),
    ],
)
def test_wrong_words_to_pytest_are_wrong_usage(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """A target that a variable was to name is not left out, and a misspelling is answered as the command does."""
    run = pytest_suites(*words, "--output", "out", cwd=tmp_path)
    assert (run.status, said in run.said) == (2, True), run.said
    assert not (tmp_path / "out").exists()


def test_without_options_every_protocol_is_certified(tmp_path: Path) -> None:
    """`pytest suites` alone runs every embedded target, each into a folder of its own."""
    ready = [
        name
        for name in protocols()
        if (Path(sys.modules["certhook"].__file__ or "").parent / "reference" / name).is_dir()
    ]
    if len(ready) < len(protocols()):
        pytest.skip("a protocol has no reference target yet")
    words = ("--max-examples", "0", "-n", "2")
    ended = pytest_suites(*words, cwd=tmp_path)
    (folder,) = (tmp_path / "reports").iterdir()
    assert {path.name for path in folder.iterdir() if path.is_dir()} - {"allure-results"} == set(protocols())
    assert ended.status == 0, ended.out[-3000:]


def test_what_pytest_deselects_is_missing(tmp_path: Path) -> None:
    """Some cases of a requirement do not stand for all of them, whoever took the others away."""
    ended = pytest_suites("--protocol", "klas", *SOME, "-k", "not stale", "--output", "run", cwd=tmp_path)
    assert ended.status == 3, ended.said
    result = result_in(tmp_path / "run")
    (stale,) = (one for one in result["requirements"] if one["id"] == "klas.timestamp.stale")
    assert stale["outcome"] == "blocked"
    assert "not finished when the run ended" in stale["reason"]


def test_a_group_is_tested_where_there_is_one(tmp_path: Path) -> None:
    """Without a protocol, a group concerns the protocols that have something to test in it, and no others."""
    ended = pytest_suites("--group", "timestamp", *FEW, "--output", "run", cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert {path.parent.name for path in (tmp_path / "run").glob("*/result.json")} == {"klas", "fargames"}


def test_a_group_that_no_protocol_has_is_refused(tmp_path: Path) -> None:
    """One word among others that nobody knows is not passed over."""
    ended = pytest_suites("--group", "timestamp", "--group", "statsu", *FEW, "--output", "run", cwd=tmp_path)
    assert ended.status == 2
    assert "'statsu'; did you mean status?" in ended.said


def test_a_requirement_alone_is_tested_alone(tmp_path: Path) -> None:
    """Selecting one requirement leaves one in the result, and a handful of requests."""
    ended = pytest_suites(
        "--protocol", "klas", "--requirement", "klas.signature.header-missing", "--output", "out", cwd=tmp_path
    )
    assert ended.status == 0
    result = result_in(tmp_path / "out")
    assert [(one["id"], one["outcome"]) for one in result["requirements"]] == [
        ("klas.signature.header-missing", "passed")
    ]
    assert result["requests"] < 12


def test_nothing_left_by_pytest_s_own_selection_is_wrong_usage(tmp_path: Path) -> None:
    """`-k` that leaves no case ends with 2 and one line, and never with a verdict."""
    ended = pytest_suites("--protocol", "klas", "-k", "no_such_case", "--output", "out", cwd=tmp_path)
    assert ended.status == 2
    assert "certhook: the selection leaves nothing to test" in ended.err
    assert not (tmp_path / "out" / "result.json").exists()


def test_a_part_that_pytest_selects_blocks_the_rest(tmp_path: Path) -> None:
    """Requirements for which `-k` left nothing to send are blocked, never passed."""
    words = ("--protocol", "klas", "-k", "header-missing", "--group", "signature", "--output", "out")
    assert pytest_suites(*words, cwd=tmp_path).status == 3
    outcomes = outcomes_in(tmp_path / "out")
    assert outcomes["klas.signature.header-missing"] == "passed"
    assert outcomes["klas.signature.nibble"] == "blocked"


def test_collecting_sends_nothing(tmp_path: Path) -> None:
    """--collect-only lists the cases and opens no connection."""
    with serving(conformant) as served:
        profile = profile_file(tmp_path, served.url)
        words = ("--protocol", "klas", "--profile", str(profile), "--output", "out", "--collect-only", "-q")
        ended = pytest_suites(*words, cwd=tmp_path)
    assert ended.status == 0
    assert "klas-authenticate.signature.random" in ended.out
    assert served.calls == []


def test_a_target_that_dies_is_blocked_and_not_passed(tmp_path: Path) -> None:
    """What was not judged when the target went away is blocked; the run is incomplete."""
    with serving(wrong_from(30, dropping)) as served:
        profile = profile_file(tmp_path, served.url)
        words = ("--protocol", "klas", "--profile", str(profile), "--output", "out", *FEW)
        ended = pytest_suites(*words, cwd=tmp_path)
    assert ended.status == 3
    outcomes = outcomes_in(tmp_path / "out")
    assert outcomes["klas.methods.not-accepted"] == "blocked"
    assert "failed" not in outcomes.values()
    assert result_in(tmp_path / "out")["verdict"] == "incomplete"


def test_a_crash_of_certhook_accuses_nobody(tmp_path: Path) -> None:
    """A bug in certhook blocks the requirements that it kept from being judged, and fails none of the target's."""
    (tmp_path / "crashing.py").write_text(CRASHING)
    ended = pytest_suites(
        "--protocol", "klas", "-p", "crashing", "--output", "out", *FEW, cwd=tmp_path, PYTHONPATH=str(tmp_path)
    )
    assert ended.status == 3
    outcomes = outcomes_in(tmp_path / "out")
    assert "failed" not in outcomes.values()
    assert outcomes["klas.signature.nibble"] == "blocked"
    assert outcomes["klas.robustness.answers"] == "blocked", "a request that is only to be survived crashed as well"
    assert outcomes["klas.signature.header-missing"] == "passed"
    reasons = {one["reason"] for one in result_in(tmp_path / "out")["requirements"] if one["outcome"] == "blocked"}
    assert any("certhook itself failed: ZeroDivisionError" in reason for reason in reasons)


def test_nobody_takes_the_place_of_a_worker_that_died(tmp_path: Path) -> None:
    """Who did would number its exchanges as others do, and be given what is used up; so the run is incomplete."""
    (tmp_path / "dying.py").write_text(DYING)
    ended = pytest_suites(
        *("--protocol", "klas", "-p", "dying", "-n", "2", "--output", "out", *FEW),
        cwd=tmp_path,
        PYTHONPATH=str(tmp_path),
    )
    assert ended.status == 3
    numbers = [one["number"] for one in read_journal(tmp_path / "out" / "journal.ndjson", "exchange")]
    assert len(set(numbers)) == len(numbers)
    assert {"failed", "passed"} & {*outcomes_in(tmp_path / "out").values()} == {"passed"}
    assert outcomes_in(tmp_path / "out")["klas.signature.nibble"] == "blocked"


def test_a_killed_run_leaves_what_it_knew(tmp_path: Path) -> None:
    """After kill -9 the journal alone tells what was done, as an incomplete run."""
    reached: list[int] = []

    def killing(call: Any) -> Any:
        if call.number == 60 and not reached:
            reached.append(call.number)
            process.send_signal(signal.SIGKILL)
        return conformant(call)

    with serving(killing) as served:
        profile = profile_file(tmp_path, served.url)
        process = started("run", "klas", "--profile", str(profile), "--output", "out", *FEW, cwd=tmp_path)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    result = result_of(tmp_path / "out" / "journal.ndjson")
    outcomes = [one["outcome"] for one in result["requirements"]]
    assert result["verdict"] == "incomplete"
    assert "passed" in outcomes
    assert "blocked" in outcomes
    assert "failed" not in outcomes


def test_a_second_run_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """A folder that a run wrote may be written again, and holds the second run alone."""
    words = ("run", "klas", "--embedded", "--group", "methods", *FEW, "--output", "out")
    certhook(*words, cwd=tmp_path)
    (tmp_path / "out" / "report.html").write_text("of the first run")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert certhook(*words, "--fault", "method-put-accepted", cwd=tmp_path).status in (1, 2)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_without_suites_the_plugin_keeps_out_of_the_way(tmp_path: Path) -> None:
    """In a pytest run over other folders nothing is certified, nothing written."""
    (tmp_path / "test_other.py").write_text("def test_it():\n    assert True\n")
    command = [sys.executable, "-m", "pytest", "-p", "certhook.plugin", "-p", "no:cacheprovider", "-q", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0
    assert "1 passed" in done.stdout
    assert not (tmp_path / "reports").exists()


def test_the_suites_of_a_checkout_are_run_by_the_certhook_that_is_installed(tmp_path: Path) -> None:
    """`pytest suites` in a checkout, whose folder is another one than the installed package's."""
    shutil.copytree(suites_dir(), tmp_path / "suites")
    options = ["-p", "certhook.plugin", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "suites"]
    words = ["--protocol", "klas", "--embedded", "--requirement", "klas.signature.header-missing", "--output", "out"]
    command = [sys.executable, "-m", "pytest", "suites", *options, "--import-mode=importlib", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stdout
    assert outcomes_in(tmp_path / "out") == {"klas.signature.header-missing": "passed"}
