"""`certhook run --all`: one run per protocol, and a table that sums them up."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from certhook.pack.loading import protocols
from tests.running import certhook, result_in

QUICK = ("--max-examples", "0", "--group", "methods")
FIRST, SECOND = "evenbet", "evi"
TWO = ("--max-examples", "0", *(f"--requirement={one}.methods.not-accepted" for one in (FIRST, SECOND)))
"""Something of two protocols."""

BEFORE_A_GROUP = """
import os, sys
if {protocol!r} in sys.orig_argv:
    from certhook.running.group_run import GroupRun
    sound = GroupRun.opened

    def opened(*given):
        {does}
        return sound(*given)

    GroupRun.opened = opened
"""
"""A sitecustomize.py that lets one protocol's run do something before each of its groups."""


def while_running(folder: Path, protocol: str, does: str) -> str:
    """The PYTHONPATH with which the run of that protocol does that."""
    (folder / "sitecustomize.py").write_text(BEFORE_A_GROUP.format(protocol=protocol, does=does), encoding="utf-8")
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])


def table_in(out: str) -> list[list[str]]:
    """The protocol and the verdict of each line of the table at the end."""
    lines = [line.split() for line in out.splitlines()]
    titles = max(place for place, words in enumerate(lines) if words[:2] == ["protocol", "verdict"])
    return [words[:2] for words in lines[titles + 1 :] if words and words[0] in protocols()]


def test_every_protocol_is_certified_and_summed_up(tmp_path: Path) -> None:
    """Each protocol leaves a folder of its own, and has its line in the table."""
    ended = certhook("run", "--all", "--embedded", *QUICK, "--output", str(tmp_path / "all"), cwd=tmp_path)
    assert ended.status == 0, ended.said
    assert "== verdicts on a selection of the requirements" in ended.out
    table = ended.out.splitlines()[-len(protocols()) :]
    for protocol, line in zip(protocols(), table, strict=True):
        result = json.loads((tmp_path / "all" / protocol / "result.json").read_text(encoding="utf-8"))
        assert result["verdict"] == "certified"
        assert line.split()[:2] == [protocol, "certified"]


def test_a_target_of_one_protocol_is_not_for_all(tmp_path: Path) -> None:
    """A target and a profile belong to one protocol: --all without --embedded is wrong usage."""
    ended = certhook("run", "--all", "--target", "http://127.0.0.1:9", cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.startswith("certhook: --all needs --embedded")
    faulty = certhook("run", "--all", "--embedded", "--fault", "signature-prefix", cwd=tmp_path)
    assert faulty.status == 2
    assert faulty.err == "certhook: --fault excludes --all: signature-prefix is one protocol's\n"


def test_one_protocol_or_all(tmp_path: Path) -> None:
    """A protocol together with --all, or neither, is wrong usage."""
    for words in (("klas", "--all", "--embedded"), ("--embedded",)):
        ended = certhook("run", *words, cwd=tmp_path)
        assert ended.status == 2
        assert len(ended.err.splitlines()) == 1


def test_a_run_that_was_killed_is_incomplete(tmp_path: Path) -> None:
    """One protocol's run is killed: the other is certified, and both together are not."""
    path = while_running(tmp_path, FIRST, "os.kill(os.getpid(), 9)")
    ended = certhook("run", "--all", "--embedded", *TWO, "--output", "all", cwd=tmp_path, PYTHONPATH=path)
    assert ended.status == 3, ended.said
    assert table_in(ended.out) == [[FIRST, "no"], [SECOND, "certified"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_of_it_with_reports(number: signal.Signals, tmp_path: Path) -> None:
    """The run under way reports what was done, however slow its target, and no other protocol's begins."""
    path = while_running(tmp_path, FIRST, f"os.kill(os.getppid(), {number:d})")
    slow = ("--latency-ms", "100", *TWO, "--output", "all")
    ended = certhook("run", "--all", "--embedded", *slow, cwd=tmp_path, PYTHONPATH=path)
    assert ended.status == 128 + number, ended.said
    assert result_in(tmp_path / "all" / FIRST)["interrupted"]
    assert table_in(ended.out) == [[FIRST, "incomplete"]]
    assert [one.name for one in (tmp_path / "all").iterdir()] == [FIRST]
    assert "Traceback" not in ended.said


def test_the_verdicts_of_an_earlier_run_are_not_shown(tmp_path: Path) -> None:
    """A run that came to nothing has no result, though an earlier one left its own in the same folder."""
    words = ("run", "--all", "--embedded", *TWO, "--output", "all")
    assert certhook(*words, cwd=tmp_path).status == 0
    wrong = certhook(*words, "--sign-key", "nowhere", cwd=tmp_path)
    assert wrong.status == 2
    assert wrong.out == f"== {FIRST}\n"
    assert len(wrong.err.splitlines()) == 1


def test_a_protocol_without_anything_selected_is_left_out(tmp_path: Path) -> None:
    """A group that not every protocol has is tested where it is, and a line says where it is not."""
    words = ("--max-examples", "0", "--group", "credentials", "--output", "all")
    ended = certhook("run", "--all", "--embedded", *words, cwd=tmp_path)
    assert ended.status == 0, ended.said
    certified = [protocol for protocol, verdict in table_in(ended.out) if verdict == "certified"]
    assert "klas" not in certified
    assert len(certified) == len(table_in(ended.out)) > 0
    left_out = [one for one in protocols() if one not in certified]
    assert ended.out.splitlines()[-1].endswith(f": {', '.join(left_out)}")


def test_a_selection_that_no_protocol_knows_is_refused_once(tmp_path: Path) -> None:
    """A group that does not exist is one line and exit status 2."""
    ended = certhook("run", "--all", "--embedded", "--group", "signatur", cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert "did you mean signature?" in ended.err
